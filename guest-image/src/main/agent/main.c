/* One program, three callers: the kernel (PID 1), people (poweroff, reboot), tests (--listen). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent.h"

bool is_init;

static struct watch listener;

static void client_connects(struct watch *w, uint32_t events) {
    (void)events;
    int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        conn_accept(fd, true);
    }
}

/* Serves sessions as the user who runs it, on a Unix socket: the whole agent but init. */
static int listen_on(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "agent: %s: path too long for a socket\n", path);
        return 1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 128) != 0) {
        fprintf(stderr, "agent: %s: %s\n", path, strerror(errno));
        return 1;
    }
    timeline_mark(JSBX_T_INIT);
    loop_init();
    watch_init(&listener, fd, client_connects);
    watch_want(&listener, EPOLLIN);
    timeline_mark(JSBX_T_READY);
    puts("ready");
    fflush(stdout);
    loop_run();
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--listen") == 0) {
        return listen_on(argv[2]);
    }
    if (argc == 2 && strcmp(argv[1], "--tsc-khz") == 0) {
        return print_tsc_khz();
    }
    if (getpid() == 1) {
        is_init = true;
        init_run();
    }
    const char *slash = strrchr(argv[0], '/'), *name = slash != NULL ? slash + 1 : argv[0];
    static const char *const power[] = {"poweroff", "reboot", "halt", "shutdown"};
    for (size_t i = 0; i < sizeof power / sizeof *power; i++) {
        if (strcmp(name, power[i]) == 0) {
            return power_command(argc, argv);
        }
    }
    fprintf(stderr, "usage: agent --listen SOCKET | --tsc-khz, or PID 1 of a jsbx guest\n");
    return 2;
}
