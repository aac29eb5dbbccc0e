/*
 * The file systems of the guest.
 *
 *     rootfs (initramfs)            what the session sees
 *       /lower    EROFS, read-only   \
 *       /layers   more of them        \
 *       /upper    ext4 or tmpfs       >  overlay on /newroot, moved to /
 *         data/ work/ binds/         /
 *       /proc /sys /dev /run            moved along
 *
 * Without jsbx.root the guest stays in the initramfs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define DEVICE_WAIT_MS 5000

static void mount_or_fail(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
    if (mount(source, target, type, flags, data) != 0) {
        init_failed("mounting %s (%s) on %s: %s", source, type, target, strerror(errno));
    }
}

static void mount_if_possible(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
    mkdir(target, 0755);
    if (mount(source, target, type, flags, data) != 0) {
        log_info("mounting %s on %s: %s", type, target, strerror(errno));
    }
}

void mount_kernel_file_systems(void) {
    unsigned long safe = MS_NOSUID | MS_NOEXEC | MS_NODEV;
    mount("dev", "/dev", "devtmpfs", MS_NOSUID, "mode=0755"); /* first: the log is in there */
    mount("proc", "/proc", "proc", safe, NULL);
    mount("sys", "/sys", "sysfs", safe, NULL);
    mount("run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");
    mkdir("/dev/pts", 0755);
    mkdir("/dev/shm", 01777);
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620,ptmxmode=0666");
    mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"},
        {"/proc/self/fd/0", "/dev/stdin"},
        {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"},
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (symlink(links[i][0], links[i][1]) != 0 && errno != EEXIST) {
            log_info("%s: %s", links[i][1], strerror(errno));
        }
    }
}

void mount_rest(void) {
    unsigned long safe = MS_NOSUID | MS_NOEXEC | MS_NODEV;
    mount_if_possible("cgroup2", "/sys/fs/cgroup", "cgroup2", safe, "nsdelegate,memory_recursiveprot");
    static const char *const controllers[] = {"+cpuset", "+cpu", "+io", "+memory", "+pids"};
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
        write_file("/sys/fs/cgroup/cgroup.subtree_control", controllers[i]);
    }
    mount_if_possible("mqueue", "/dev/mqueue", "mqueue", safe, NULL);
}

/* Disks appear while their driver probes, which may go on after its module is in. */
static void wait_for(const char *device) {
    struct timespec pause = {.tv_nsec = 1000000};
    for (int64_t deadline = now_ms() + DEVICE_WAIT_MS; access(device, F_OK) != 0;) {
        if (now_ms() > deadline) {
            init_failed("%s did not appear within %d s", device, DEVICE_WAIT_MS / 1000);
        }
        nanosleep(&pause, NULL);
    }
}

static void mount_disk(const char *name, const char *target, const char *type, unsigned long flags, const char *data) {
    char device[64];
    snprintf(device, sizeof device, "%s%s", strncmp(name, "/dev/", 5) == 0 ? "" : "/dev/", name);
    wait_for(device);
    mount_or_fail(device, target, type, flags, data);
}

static void mount_upper(const struct settings *s) {
    if (s->upper != NULL) {
        /* noinit_itable: no thread that fills inode tables behind everybody's back. */
        const char *data = strcmp(s->upper_type, "ext4") == 0 ? "noinit_itable,discard" : NULL;
        mount_disk(s->upper, "/upper", s->upper_type, MS_NOATIME, data);
    } else {
        mount_or_fail("upper", "/upper", "tmpfs", 0, "mode=0755");
    }
    mkdir("/upper/data", 0755);
    mkdir("/upper/work", 0755);
}

static void move_mount_to(const char *from, const char *to) {
    if (mount(from, to, NULL, MS_MOVE, NULL) != 0) {
        init_failed("moving %s to %s: %s", from, to, strerror(errno));
    }
}

/* Directories of the upper disk itself, "NAME:PATH,...": overlay over overlay does not work. */
static void mount_binds(const char *binds) {
    for (const char *list = binds; list != NULL;) {
        char from[256], to[4096], *item = settings_next(&list, ',');
        const char *rest = item;
        char *name = settings_next(&rest, ':'), *path = settings_next(&rest, ':');
        if (name == NULL || path == NULL || strchr(name, '/') != NULL || path[0] != '/') {
            init_failed("command line: jsbx.binds=%s", binds);
        }
        snprintf(from, sizeof from, "/upper/binds/%s", name);
        snprintf(to, sizeof to, "/newroot%s", path);
        int error = make_directories(from);
        error = error != 0 ? error : make_directories(to);
        if (error != 0) {
            init_failed("%s: %s", path, strerror(error));
        }
        mount_or_fail(from, to, "bind", MS_BIND, NULL);
        free(item);
        free(name);
        free(path);
    }
}

/* Mounts the layers and puts their directories before /lower, the last one in front. */
static void mount_layers(const struct settings *s, char *lower, size_t room) {
    snprintf(lower, room, "/lower");
    mkdir("/layers", 0755);
    for (size_t i = 0; i < s->layer_count; i++) {
        const struct layer *layer = &s->layers[i];
        char mounted[64], below[1024];
        snprintf(mounted, sizeof mounted, "/layers/%zu", i);
        mkdir(mounted, 0755);
        /* noload: what was unmounted in order has nothing in its journal, and nobody may write it. */
        const char *data = strcmp(layer->type, "ext4") == 0 ? "noload" : NULL;
        mount_disk(layer->device, mounted, layer->type, MS_RDONLY, data);
        snprintf(below, sizeof below, "%s", lower);
        int length = snprintf(lower, room, "%s/%.256s:%s", mounted, layer->directory, below);
        if (length < 0 || (size_t)length >= room) {
            init_failed("command line: jsbx.layer=%s: too many", layer->device);
        }
    }
}

void mount_root(const struct settings *s) {
    if (s->root == NULL) {
        return;
    }
    char lower[1024], options[1200];
    mount_disk(s->root, "/lower", s->root_type, MS_RDONLY, NULL);
    mount_layers(s, lower, sizeof lower);
    mount_upper(s);
    /* redirect_dir: directories of the image can be renamed, which npm and dpkg do. */
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=/upper/data,workdir=/upper/work,redirect_dir=on,metacopy=off", lower);
    mount_or_fail("overlay", "/newroot", "overlay", 0, options);
    mount_binds(s->binds);
    move_mount_to("/dev", "/newroot/dev");
    move_mount_to("/proc", "/newroot/proc");
    move_mount_to("/sys", "/newroot/sys");
    move_mount_to("/run", "/newroot/run");
    if (chdir("/newroot") != 0) {
        init_failed("chdir: %s", strerror(errno));
    }
    move_mount_to(".", "/");
    if (chroot(".") != 0 || chdir("/") != 0) {
        init_failed("chroot: %s", strerror(errno));
    }
}
