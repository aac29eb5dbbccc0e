/*
 * A TCP connection from within the guest, as a raw byte pipe over the host's connection. Both
 * directions end on their own (half-close). Memory: two buffers of BUFFER bytes each.
 */
#include <errno.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

#define BUFFER 32768
#define MAX_FORWARDS 256

struct direction {
    uint8_t bytes[BUFFER];
    size_t at, end;
    bool ended, shut; /* the source has no more; the sink knows */
};

struct forward {
    struct watch host, guest;
    struct direction to_guest, to_host;
    bool connecting, dead;
};

static size_t count;

static void close_forward(struct forward *f) {
    if (!f->dead) {
        f->dead = true;
        watch_close(&f->host);
        watch_close(&f->guest);
        loop_free_later(f);
        count--;
    }
}

static bool passing(ssize_t n) {
    return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Moves what it can; false when one of the sockets is broken. */
static bool pump(struct direction *d, int from, int to) {
    if (d->at == d->end && !d->ended) {
        ssize_t n = recv(from, d->bytes, sizeof d->bytes, MSG_DONTWAIT);
        if (!passing(n)) {
            return false;
        }
        d->at = 0;
        d->end = n > 0 ? (size_t)n : 0;
        d->ended = n == 0;
    }
    if (d->at < d->end) {
        ssize_t n = send(to, d->bytes + d->at, d->end - d->at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (!passing(n)) {
            return false;
        }
        d->at += n > 0 ? (size_t)n : 0;
    }
    if (d->ended && d->at == d->end && !d->shut) {
        shutdown(to, SHUT_WR);
        d->shut = true;
    }
    return true;
}

static uint32_t wanted(const struct direction *in, const struct direction *out) {
    bool readable = in->at == in->end && !in->ended;
    return (readable ? EPOLLIN : 0) | (out->at < out->end ? EPOLLOUT : 0);
}

static void forward_update(struct forward *f) {
    bool good = pump(&f->to_guest, f->host.fd, f->guest.fd) && pump(&f->to_host, f->guest.fd, f->host.fd);
    if (!good || (f->to_guest.shut && f->to_host.shut)) {
        close_forward(f);
        return;
    }
    watch_want(&f->host, wanted(&f->to_guest, &f->to_host));
    watch_want(&f->guest, wanted(&f->to_host, &f->to_guest));
}

static bool say_done(struct forward *f, int error) {
    uint8_t frame[JSBX_HEADER + 8 + 128] = {JSBX_DONE};
    size_t length = error == 0 ? 0 : strnlen(strerror(error), 128);
    put_u32(frame + 4, (uint32_t)(8 + length));
    put_u32(frame + JSBX_HEADER, (uint32_t)error);
    put_u32(frame + JSBX_HEADER + 4, (uint32_t)length);
    memcpy(frame + JSBX_HEADER + 8, error == 0 ? "" : strerror(error), length);
    size_t total = JSBX_HEADER + 8 + length;
    return send(f->host.fd, frame, total, MSG_NOSIGNAL) == (ssize_t)total;
}

static void connect_result(struct forward *f, int error) {
    f->connecting = false;
    if (!say_done(f, error) || error != 0) {
        close_forward(f);
    } else {
        forward_update(f);
    }
}

static void either_ready(struct forward *f, uint32_t events) {
    if (f->connecting) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(f->guest.fd, SOL_SOCKET, SO_ERROR, &error, &length);
        connect_result(f, error);
    } else if ((events & (EPOLLIN | EPOLLOUT)) == 0 && (events & EPOLLERR) != 0) {
        close_forward(f);
    } else {
        forward_update(f);
    }
}

static void host_ready(struct watch *w, uint32_t events) {
    either_ready((struct forward *)((char *)w - offsetof(struct forward, host)), events);
}

static void guest_ready(struct watch *w, uint32_t events) {
    either_ready((struct forward *)((char *)w - offsetof(struct forward, guest)), events);
}

static int open_socket(const char *host, uint16_t port, int *fd) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    const char *name = *host == 0 || strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    struct sockaddr *address;
    socklen_t length;
    if (inet_pton(AF_INET, name, &v4.sin_addr) == 1) {
        address = (struct sockaddr *)&v4;
        length = sizeof v4;
    } else if (inet_pton(AF_INET6, name, &v6.sin6_addr) == 1) {
        address = (struct sockaddr *)&v6;
        length = sizeof v6;
    } else {
        return EINVAL; /* names are the host's business */
    }
    *fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return *fd >= 0 && connect(*fd, address, length) == 0 ? 0 : errno;
}

void forward_start(struct conn *c, const char *host, uint16_t port) {
    struct forward *f = count < MAX_FORWARDS ? calloc(1, sizeof *f) : NULL;
    if (f == NULL) {
        frame_done(c, ENOBUFS, "too many forwarded connections");
        return;
    }
    int fd = -1, error = open_socket(host, port, &fd);
    if (error != 0 && error != EINPROGRESS) {
        if (fd >= 0) {
            close(fd);
        }
        free(f);
        frame_done(c, error, strerror(error));
        return;
    }
    conn_update(c); /* sends what is queued; HELLO long since */
    count++;
    watch_init(&f->host, dup(c->sock.fd), host_ready);
    watch_init(&f->guest, fd, guest_ready);
    fcntl(f->host.fd, F_SETFD, FD_CLOEXEC);
    conn_drop(c);
    f->connecting = true;
    if (error == 0) {
        connect_result(f, 0);
    } else {
        watch_want(&f->guest, EPOLLOUT);
    }
}
