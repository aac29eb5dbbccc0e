/*
 * PID 1 from the kernel's first user process to the loop that serves requests. What the first
 * command needs comes first; the rest is done by a child when requests are served already.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

#define LAST_WORDS_MS 2000

static int host = -1; /* the connection that tells the host that the guest is ready */
static struct watch listener;

/* The host learns why, if there is a way to tell it. */
void init_failed(const char *format, ...) {
    uint8_t frame[JSBX_HEADER + 4 + 400] = {JSBX_FAILED};
    char *text = (char *)frame + JSBX_HEADER + 4;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, 400, format, arguments);
    va_end(arguments);
    log_error("%s", text);
    struct pollfd p = {.fd = host, .events = POLLOUT};
    if (host >= 0 && poll(&p, 1, LAST_WORDS_MS) == 1) {
        size_t length = strlen(text);
        put_u32(frame + 4, (uint32_t)(4 + length));
        put_u32(frame + JSBX_HEADER, (uint32_t)length);
        if (send(host, frame, JSBX_HEADER + 4 + length, MSG_NOSIGNAL) > 0) {
            shutdown(host, SHUT_WR);
            p.events = POLLIN; /* until the host has read it and closed */
            poll(&p, 1, LAST_WORDS_MS);
        }
    }
    power_off_now(JSBX_POWER_OFF);
}

static void must_load(const char *name) {
    int error = module_load(name);
    if (error != 0) {
        init_failed("kernel module %s: %s", name, strerror(error));
    }
}

/* A file system or driver that the kernel has built in has no module. */
static void load_if_known(const char *name) {
    if (module_known(name)) {
        must_load(name);
    }
}

static void load_list(const char *names) {
    for (const char *list = names; list != NULL;) {
        char *name = settings_next(&list, ',');
        if (name != NULL && *name != 0) {
            must_load(name);
        }
        free(name);
    }
}

static void load_modules(const struct settings *s) {
    load_if_known("virtio_mmio");
    load_if_known("vmw_vsock_virtio_transport");
    host = vsock_connect(s->port);
    if (s->root != NULL) {
        load_if_known("virtio_blk");
        load_if_known(s->root_type);
        load_if_known("overlay");
    }
    if (s->upper != NULL) {
        load_if_known(s->upper_type);
    }
    for (size_t i = 0; i < s->layer_count; i++) {
        load_if_known(s->layers[i].type);
    }
    if (s->share_count > 0) {
        load_if_known("virtiofs");
    }
    if (s->net != NULL || s->net6 != NULL) {
        load_if_known("virtio_net");
    }
    load_list(s->modules);
}

static void open_stdio(void) {
    int fd = open("/dev/null", O_RDWR);
    for (int i = 0; i <= STDERR_FILENO; i++) {
        dup2(fd, i);
    }
    if (fd > STDERR_FILENO) {
        close(fd);
    }
}

static char *command_line(void) {
    static char text[4096];
    int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (n < 0) {
        init_failed("/proc/cmdline: %s", strerror(errno));
    }
    close(fd);
    text[n] = 0;
    return text;
}

/* sudo and others look their own host's name up; the image's /etc/hosts cannot know it. */
static void add_to_hosts(const char *name) {
    char text[8192], line[128];
    FILE *file = fopen("/etc/hosts", "a+e");
    if (file == NULL) {
        return;
    }
    rewind(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    text[n] = 0;
    int length = snprintf(line, sizeof line, "127.0.1.1 %.100s\n", name);
    if (length > 0 && strstr(text, line) == NULL) {
        fputs(line, file);
    }
    fclose(file);
}

void init_hostname(const char *name) {
    if (sethostname(name, strlen(name)) != 0) {
        log_error("hostname %s: %s", name, strerror(errno));
    }
    add_to_hosts(name);
}

static void host_connects(struct watch *w, uint32_t events) {
    (void)events;
    struct sockaddr_vm peer;
    socklen_t length = sizeof peer;
    int fd = accept4(w->fd, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0 && peer.svm_cid == VMADDR_CID_HOST) {
        conn_accept(fd, true);
    } else if (fd >= 0) {
        close(fd); /* somebody within the guest, by a loopback transport */
    }
}

static void serve(const struct settings *s) {
    watch_init(&listener, vsock_listen(s->port), host_connects);
    watch_want(&listener, EPOLLIN);
    timeline_mark(JSBX_T_READY);
    log_info("ready, %llu ms after the kernel's start", (unsigned long long)boottime_ns() / 1000000);
    if (host >= 0) {
        conn_accept(host, false);
    }
}

static void load_late(const char *name) {
    int error = name != NULL && module_known(name) ? module_load(name) : 0;
    if (error != 0) {
        log_error("kernel module %s: %s", name, strerror(error));
    }
}

static void do_the_rest(const struct settings *s) {
    if (fork() == 0) {
        modules_keep_only();
        load_late("virtio_rng"); /* the CPU's own source has seeded the kernel by now */
        load_late("virtio_balloon");
        for (const char *list = s->late_modules; list != NULL;) {
            load_late(settings_next(&list, ','));
        }
        modules_forget();
        mount_rest();
        _exit(0);
    }
}

static void set_up(const struct settings *s) {
    modules_open("/modules"); /* there are none if the kernel has all built in */
    load_modules(s);
    timeline_mark(JSBX_T_MODULES);
    mount_root(s);
    timeline_mark(JSBX_T_ROOT);
    for (size_t i = 0; i < s->share_count; i++) {
        const struct share *share = &s->shares[i];
        int error = mount_share(share->tag, share->path, share->flags);
        if (error != 0) {
            init_failed("mounting share %s on %s: %s", share->tag, share->path, strerror(error));
        }
    }
    timeline_mark(JSBX_T_SHARES);
    net_up_loopback();
    int error = net_configure(s);
    if (error != 0) {
        init_failed("network: %s", strerror(error));
    }
    init_hostname(s->hostname != NULL ? s->hostname : "jsbx");
    timeline_mark(JSBX_T_NET);
}

void init_run(void) {
    timeline_mark(JSBX_T_INIT);
    mount_kernel_file_systems();
    open_stdio();
    log_to_kernel();
    reboot(RB_DISABLE_CAD);
    write_file("/proc/self/oom_score_adj", "-1000");
    static struct settings s;
    int error = settings_read(command_line(), &s);
    if (error != 0) {
        init_failed("kernel command line: %s", strerror(error));
    }
    set_up(&s);
    loop_init();
    serve(&s);
    do_the_rest(&s);
    loop_run();
}
