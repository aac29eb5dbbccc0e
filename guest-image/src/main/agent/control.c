/* Requests that concern the guest as a whole. What may block is done by a child. */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

int make_directories(const char *path) {
    char copy[4096];
    size_t length = strlen(path);
    if (length >= sizeof copy) {
        return ENAMETOOLONG;
    }
    memcpy(copy, path, length + 1);
    for (char *slash = strchr(copy + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash != NULL) {
            *slash = 0;
        }
        if (mkdir(copy, 0755) != 0 && errno != EEXIST) {
            return errno;
        }
        if (slash == NULL) {
            return 0;
        }
        *slash = '/';
    }
}

static int mount_directory(const char *tag, const char *path, uint32_t flags) {
    int error = make_directories(path);
    if (error == 0 && mount(tag, path, "virtiofs", flags & JSBX_MOUNT_READ_ONLY ? MS_RDONLY : 0, NULL) != 0) {
        error = errno;
    }
    return error;
}

/* A file can only be bound from a directory; that one stands where nobody looks. */
static int mount_file(const char *tag, const char *path, uint32_t flags) {
    char directory[64], file[512], parent[4096];
    const char *name = strrchr(path, '/') + 1;
    size_t above = (size_t)(name - path) - 1;
    int length = snprintf(directory, sizeof directory, "/run/jsbx/shares/%s", tag);
    if (length >= (int)sizeof directory || above >= sizeof parent || strlen(name) > 255) {
        return ENAMETOOLONG;
    }
    snprintf(file, sizeof file, "%s/%s", directory, name);
    snprintf(parent, sizeof parent, "%.*s", (int)above, path);
    int error = mount_directory(tag, directory, flags);
    if (error == 0 && above > 0) {
        error = make_directories(parent);
    }
    if (error != 0) {
        return error;
    }
    int place = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
    if (place < 0) {
        return errno;
    }
    close(place);
    return mount(file, path, NULL, MS_BIND, NULL) == 0 ? 0 : errno;
}

int mount_share(const char *tag, const char *path, uint32_t flags) {
    size_t length = strlen(path);
    if (path[0] != '/' || length < 2 || path[length - 1] == '/') {
        return EINVAL;
    }
    return flags & JSBX_MOUNT_FILE ? mount_file(tag, path, flags) : mount_directory(tag, path, flags);
}

static int set_clock(uint64_t ns) {
    struct timespec t = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    return clock_settime(CLOCK_REALTIME, &t) == 0 ? 0 : errno;
}

static int add_entropy(const uint8_t *bytes, size_t length) {
    struct rand_pool_info *pool = malloc(sizeof *pool + length);
    int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
    int error = 0;
    if (pool == NULL || fd < 0) {
        error = pool == NULL ? ENOMEM : errno;
    } else {
        pool->entropy_count = (int)(8 * length);
        pool->buf_size = (int)length;
        memcpy(pool->buf, bytes, length);
        if (ioctl(fd, RNDADDENTROPY, pool) != 0 || ioctl(fd, RNDRESEEDCRNG) != 0) {
            error = errno;
        }
        explicit_bzero(pool, sizeof *pool + length);
    }
    free(pool);
    if (fd >= 0) {
        close(fd);
    }
    return error;
}

/* True in the child that does the work; the parent goes on with the connection waiting for it. */
static bool helper(struct conn *c) {
    pid_t pid = fork();
    if (pid < 0) {
        frame_done(c, errno, strerror(errno));
    } else if (pid == 0) {
        close_inherited();
        return true;
    } else {
        c->helper = pid;
        c->state = CONN_BUSY;
    }
    return false;
}

static void answer(struct conn *c, int error) {
    frame_done(c, error, error == 0 ? "" : strerror(error));
}

static bool mount_request(struct conn *c, struct reader *r) {
    uint32_t flags = read_u32(r);
    char *tag = read_str(r), *path = read_str(r);
    if (!r->bad && helper(c)) {
        _exit(mount_share(tag, path, flags));
    }
    free(tag);
    free(path);
    return !r->bad;
}

static bool hostname_request(struct conn *c, struct reader *r) {
    char *name = read_str(r);
    if (!r->bad) {
        init_hostname(name);
        answer(c, 0);
    }
    free(name);
    return !r->bad;
}

static bool shutdown_request(struct conn *c, struct reader *r) {
    uint32_t how = read_u32(r), grace = read_u32(r);
    if (r->bad) {
        return false;
    }
    answer(c, 0);
    conn_update(c); /* while there is somebody to send it */
    power_request(how, grace);
    return true;
}

static bool clock_request(struct conn *c, struct reader *r) {
    uint64_t ns = read_u64(r);
    if (!r->bad) {
        answer(c, set_clock(ns));
    }
    return !r->bad;
}

/*
 * Linux's FUSE waits for a reply so that signals wake it (state S) until one does; from then on it
 * waits for nothing but the reply (state D), and leaves it to the server to give it one early.
 */
static int sleeper(uint32_t thread) {
    char path[32], line[512];
    snprintf(path, sizeof path, "/proc/%u/stat", thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
    if (fd >= 0) {
        close(fd);
    }
    if (n <= 0) {
        return ESRCH;
    }
    line[n] = 0;
    /* "1 (name) S ...", where the name may be anything. */
    const char *name_end = strrchr(line, ')');
    return name_end != NULL && strncmp(name_end, ") D", 3) == 0 ? EINTR : 0;
}

static bool sleeper_request(struct conn *c, struct reader *r) {
    uint32_t thread = read_u32(r);
    if (!r->bad) {
        answer(c, sleeper(thread));
    }
    return !r->bad;
}

/* Outside a guest, in tests, the machine is not the agent's to change. */
static bool forbidden(int type) {
    return !is_init && type != JSBX_PING && type != JSBX_SYNC && type != JSBX_SLEEPER;
}

bool control_request(struct conn *c, int type, struct reader *r) {
    if (type >= JSBX_PING && type <= JSBX_SLEEPER && forbidden(type)) {
        answer(c, EPERM);
        return true;
    }
    switch (type) {
        case JSBX_PING: answer(c, 0); return true;
        case JSBX_CLOCK: return clock_request(c, r);
        case JSBX_ENTROPY: answer(c, add_entropy(r->at, (size_t)(r->end - r->at))); return true;
        case JSBX_SYNC:
            if (helper(c)) {
                sync();
                _exit(0);
            }
            return true;
        case JSBX_SHUTDOWN: return shutdown_request(c, r);
        case JSBX_MOUNT: return mount_request(c, r);
        case JSBX_HOSTNAME: return hostname_request(c, r);
        case JSBX_SLEEPER: return sleeper_request(c, r);
        default: return false;
    }
}
