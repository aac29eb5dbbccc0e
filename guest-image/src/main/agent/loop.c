/*
 * The event loop. Level-triggered, so that whoever leaves bytes behind is called again; what nobody
 * wants at the moment is out of the epoll set altogether, since EPOLLHUP cannot be masked and would
 * spin.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define ROUND 64

static int epoll = -1;
static struct watch signals;
static int64_t wake_at;
static void *to_free[2 * JSBX_MAX_CONNECTIONS];
static size_t to_free_count;

static uint64_t clock_ns(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int64_t now_ms(void) {
    return (int64_t)(clock_ns(CLOCK_MONOTONIC) / 1000000);
}

uint64_t boottime_ns(void) {
    return clock_ns(CLOCK_BOOTTIME);
}

void watch_init(struct watch *w, int fd, void (*ready)(struct watch *, uint32_t)) {
    w->fd = fd;
    w->events = 0;
    w->ready = ready;
}

void watch_want(struct watch *w, uint32_t events) {
    if (w->fd < 0 || events == w->events) {
        return;
    }
    int op = events == 0 ? EPOLL_CTL_DEL : w->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    struct epoll_event e = {.events = events, .data.ptr = w};
    if (epoll_ctl(epoll, op, w->fd, &e) != 0) {
        log_error("epoll_ctl: errno %d", errno);
        return;
    }
    w->events = events;
}

void watch_close(struct watch *w) {
    if (w->fd >= 0) {
        watch_want(w, 0); /* a child may hold the same open file, which would stay in the set */
        close(w->fd);
        w->fd = -1;
    }
}

void loop_free_later(void *memory) {
    if (to_free_count < sizeof to_free / sizeof *to_free) {
        to_free[to_free_count++] = memory;
    }
}

void close_inherited(void) {
    close_range(STDERR_FILENO + 1, ~0u, 0);
}

void loop_wake_at(int64_t ms) {
    if (wake_at == 0 || ms < wake_at) {
        wake_at = ms;
    }
}

static void reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        conn_child_exited(pid, status);
    }
    power_child_gone();
}

static void signal_came(struct watch *w, uint32_t events) {
    (void)events;
    struct signalfd_siginfo info;
    while (read(w->fd, &info, sizeof info) == sizeof info) {
        int number = (int)info.ssi_signo;
        if (number == SIGCHLD) {
            reap();
        } else if (number == SIGTERM || number == SIGRTMIN + 5) {
            power_request(JSBX_REBOOT, 2000); /* what busybox and systemd send for "reboot" */
        } else {
            power_request(JSBX_POWER_OFF, 2000);
        }
    }
}

void loop_init(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (is_init) {
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGUSR1);
        sigaddset(&set, SIGUSR2);
        sigaddset(&set, SIGRTMIN + 3); /* systemd: halt, power off, reboot */
        sigaddset(&set, SIGRTMIN + 4);
        sigaddset(&set, SIGRTMIN + 5);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch_init(&signals, signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), signal_came);
    watch_want(&signals, EPOLLIN);
}

static int wait_ms(void) {
    if (wake_at == 0) {
        return -1;
    }
    int64_t left = wake_at - now_ms();
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void ticks(void) {
    int64_t now = now_ms();
    if (wake_at != 0 && now >= wake_at) {
        wake_at = 0;
        conn_tick();
        power_tick(now);
    }
}

void loop_run(void) {
    struct epoll_event events[ROUND];
    for (;;) {
        int n = epoll_wait(epoll, events, ROUND, wait_ms());
        for (int i = 0; i < n; i++) {
            struct watch *w = events[i].data.ptr;
            if (w->events != 0) { /* else an earlier event of this round closed it */
                w->ready(w, events[i].events);
            }
        }
        ticks();
        while (to_free_count > 0) {
            free(to_free[--to_free_count]);
        }
    }
}
