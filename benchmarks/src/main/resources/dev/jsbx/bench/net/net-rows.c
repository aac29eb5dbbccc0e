/* Connections per second and round trips: the same program serves and measures.
 *   net-rows serve PORT              echoes, on the IPv4 loopback, at PORT and those after it
 *   net-rows crr ADDRESS PORT N      N times: connect, one byte there and back, close; prints per s
 *   net-rows rr ADDRESS PORT N       N times one byte there and back; prints the mean in us
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_FDS 256

/* A connection that has ended keeps its pair of ports for a minute, and Linux looks long for a free
 * one where many are taken. */
#define PORTS 32

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void no_delay(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static struct sockaddr_in address(const char *text, int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, text, &a.sin_addr) != 1) {
        die(text);
    }
    return a;
}

static int listening(int port) {
    struct sockaddr_in a = address("127.0.0.1", port);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 4096) != 0) {
        die("listen");
    }
    return fd;
}

static void serve(int port) {
    struct pollfd fds[MAX_FDS];
    int n = 0;
    for (; n < PORTS; n++) {
        fds[n] = (struct pollfd){.fd = listening(port + n), .events = POLLIN};
    }
    for (;;) {
        poll(fds, n, -1);
        for (int i = n - 1; i >= PORTS; i--) {
            char buffer[4096];
            if (fds[i].revents == 0) {
                continue;
            }
            ssize_t got = read(fds[i].fd, buffer, sizeof buffer);
            if (got <= 0 || write(fds[i].fd, buffer, got) != got) {
                close(fds[i].fd);
                fds[i] = fds[--n];
            }
        }
        for (int i = 0; i < PORTS && n < MAX_FDS; i++) {
            int fd = (fds[i].revents & POLLIN) != 0 ? accept(fds[i].fd, NULL, NULL) : -1;
            if (fd >= 0) {
                no_delay(fd);
                fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
            }
        }
    }
}

static int connected(const struct sockaddr_in *a) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr *)a, sizeof *a) != 0) {
        die("connect");
    }
    no_delay(fd);
    return fd;
}

static void trip(int fd) {
    char c = 0; /* no beginning of HTTP or TLS, which jsbx would look into */
    if (write(fd, &c, 1) != 1 || read(fd, &c, 1) != 1) {
        die("round trip");
    }
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 3 && strcmp(words[1], "serve") == 0) {
        serve(atoi(words[2]));
    }
    if (count != 5) {
        fprintf(stderr, "net-rows: see its source\n");
        return 2;
    }
    int port = atoi(words[3]), n = atoi(words[4]);
    struct sockaddr_in a = address(words[2], port);
    if (strcmp(words[1], "crr") == 0) {
        double start = now_us();
        for (int i = 0; i < n; i++) {
            a.sin_port = htons(port + i % PORTS);
            int fd = connected(&a);
            trip(fd);
            close(fd);
        }
        printf("%.1f\n", n / ((now_us() - start) / 1e6));
        return 0;
    }
    int fd = connected(&a);
    trip(fd); /* the first one opens the way */
    double start = now_us(); /* once: an emulated guest's clock may tick every 4 ms */
    for (int i = 0; i < n; i++) {
        trip(fd);
    }
    printf("%.1f\n", (now_us() - start) / n);
    return 0;
}
