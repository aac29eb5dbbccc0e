/*
 * Unpacks a tar archive from standard input beneath a directory: ustar, pax headers for path,
 * linkpath, size and mtime, and GNU's long names. Names that would leave the directory are refused.
 * Owners are kept when root unpacks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "agent.h"

#define MAX_NAME 4096
#define MAX_META 65536

struct entry {
    char name[MAX_NAME], link[MAX_NAME];
    long long size, mtime;
    uid_t uid;
    gid_t gid;
    mode_t mode;
    dev_t device;
    char type;
};

struct override { /* by a pax or GNU header, for the next entry */
    char name[MAX_NAME], link[MAX_NAME];
    long long size, mtime;
};

/* Directories get their mode and time last: they may be read-only, and filling them sets the time. */
struct directory {
    struct directory *next;
    mode_t mode;
    long long mtime;
    char name[];
};

static struct override next;
static struct directory *directories;
static bool failed;

static void complain(const char *name) {
    fprintf(stderr, "tar: %s: %s\n", name, strerror(errno));
    failed = true;
}

static bool corrupt(const char *what) {
    fprintf(stderr, "tar: archive is corrupt: %s\n", what);
    return false;
}

static void forget_overrides(void) {
    next.name[0] = next.link[0] = 0;
    next.size = next.mtime = -1;
}

/* Octal text, or base 256 when the first bit is set (GNU, for what octal cannot hold). */
static long long number(const char *field, size_t size) {
    const unsigned char *f = (const unsigned char *)field;
    long long v = 0;
    if ((f[0] & 0x80) != 0) {
        for (size_t i = size > 8 ? size - 8 : 1; i < size; i++) {
            v = (long long)((unsigned long long)v << 8 | f[i]);
        }
        return v < 0 ? 0 : v;
    }
    for (size_t i = 0; i < size && f[i] != 0; i++) {
        if (f[i] >= '0' && f[i] <= '7') {
            v = v * 8 + (f[i] - '0');
        }
    }
    return v;
}

static bool get(void *into, size_t length) {
    return fread(into, 1, length, stdin) == length;
}

static long long padding(long long size) {
    return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

static bool skip(long long length) {
    char buffer[4096];
    while (length > 0) {
        size_t n = length < (long long)sizeof buffer ? (size_t)length : sizeof buffer;
        if (!get(buffer, n)) {
            return corrupt("it ends early");
        }
        length -= (long long)n;
    }
    return true;
}

static char *get_meta(long long size) {
    char *text = size >= 0 && size <= MAX_META ? malloc((size_t)size + 1) : NULL;
    if (text == NULL || !get(text, (size_t)size) || !skip(padding(size))) {
        free(text);
        corrupt("header of a header");
        return NULL;
    }
    text[size] = 0;
    return text;
}

static void pax_record(const char *key, const char *value) {
    if (strcmp(key, "path") == 0) {
        snprintf(next.name, sizeof next.name, "%s", value);
    } else if (strcmp(key, "linkpath") == 0) {
        snprintf(next.link, sizeof next.link, "%s", value);
    } else if (strcmp(key, "size") == 0) {
        next.size = atoll(value);
    } else if (strcmp(key, "mtime") == 0) {
        next.mtime = atoll(value);
    }
}

static bool get_pax(long long size) {
    char *text = get_meta(size), *end = text + (text != NULL ? size : 0);
    for (char *at = text; at != NULL && at < end;) {
        char *rest;
        unsigned long length = strtoul(at, &rest, 10);
        char *equals = *rest == ' ' ? strchr(rest, '=') : NULL;
        if (equals == NULL || length < 5 || length > (unsigned long)(end - at) || equals >= at + length
            || at[length - 1] != '\n') {
            free(text);
            return corrupt("pax record");
        }
        at[length - 1] = 0;
        *equals = 0;
        pax_record(rest + 1, equals + 1);
        at += length;
    }
    free(text);
    return end != NULL;
}

static bool get_long_name(long long size, char *into) {
    char *text = get_meta(size);
    if (text != NULL) {
        snprintf(into, MAX_NAME, "%s", text);
    }
    free(text);
    return text != NULL;
}

static void read_entry(const struct tar_header *h, struct entry *e) {
    memset(e, 0, sizeof *e);
    if (next.name[0] != 0) {
        memcpy(e->name, next.name, sizeof e->name);
    } else if (h->prefix[0] != 0 && memcmp(h->magic, "ustar", 6) == 0) {
        snprintf(e->name, sizeof e->name, "%.155s/%.100s", h->prefix, h->name);
    } else {
        snprintf(e->name, sizeof e->name, "%.100s", h->name);
    }
    if (next.link[0] != 0) {
        memcpy(e->link, next.link, sizeof e->link);
    } else {
        snprintf(e->link, sizeof e->link, "%.100s", h->linkname);
    }
    e->size = next.size >= 0 ? next.size : number(h->size, sizeof h->size);
    e->mtime = next.mtime >= 0 ? next.mtime : number(h->mtime, sizeof h->mtime);
    e->mode = (mode_t)number(h->mode, sizeof h->mode) & 07777;
    e->uid = (uid_t)number(h->uid, sizeof h->uid);
    e->gid = (gid_t)number(h->gid, sizeof h->gid);
    e->device = makedev((unsigned)number(h->devmajor, 8), (unsigned)number(h->devminor, 8));
    e->type = h->type == 0 ? '0' : h->type;
    size_t length = strlen(e->name);
    if (e->type == '0' && length > 0 && e->name[length - 1] == '/') {
        e->type = '5'; /* as before POSIX */
    }
    forget_overrides();
}

/* The name made relative; NULL if it has a ".." component. */
static char *safe_name(char *name) {
    for (char *at = name; *at != 0;) {
        size_t n = strcspn(at, "/");
        if (n == 2 && memcmp(at, "..", 2) == 0) {
            return NULL;
        }
        at += n + (at[n] == '/');
    }
    name += strspn(name, "/");
    for (size_t n = strlen(name); n > 0 && name[n - 1] == '/';) {
        name[--n] = 0;
    }
    return *name == 0 ? "." : name;
}

static void make_parents(char *name) {
    char *slash = strrchr(name, '/');
    if (slash != NULL) {
        *slash = 0;
        make_directories(name);
        *slash = '/';
    }
}

static void set_attributes(const char *name, const struct entry *e) {
    struct timespec times[] = {{.tv_sec = e->mtime}, {.tv_sec = e->mtime}};
    if (geteuid() == 0 && fchownat(AT_FDCWD, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) != 0) {
        complain(name);
    }
    if (e->type != '2' && chmod(name, e->mode) != 0) {
        complain(name);
    }
    utimensat(AT_FDCWD, name, times, AT_SYMLINK_NOFOLLOW);
}

static void finish_later(const char *name, const struct entry *e) {
    size_t length = strlen(name) + 1;
    struct directory *d = malloc(sizeof *d + length);
    if (d != NULL) {
        *d = (struct directory){directories, e->mode, e->mtime};
        memcpy(d->name, name, length);
        directories = d;
    }
    if (geteuid() == 0 && lchown(name, e->uid, e->gid) != 0) {
        complain(name);
    }
}

static void finish_directories(void) {
    while (directories != NULL) {
        struct directory *d = directories;
        struct timespec times[] = {{.tv_sec = d->mtime}, {.tv_sec = d->mtime}};
        if (chmod(d->name, d->mode) != 0) {
            complain(d->name);
        }
        utimensat(AT_FDCWD, d->name, times, 0);
        directories = d->next;
        free(d);
    }
}

static bool get_file(const char *name, const struct entry *e) {
    static char buffer[64 << 10];
    unlink(name);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        complain(name);
    }
    for (long long left = e->size; left > 0;) {
        size_t n = left < (long long)sizeof buffer ? (size_t)left : sizeof buffer;
        if (!get(buffer, n)) {
            close(fd);
            return corrupt("it ends early");
        }
        for (size_t at = 0; fd >= 0 && at < n;) {
            ssize_t w = write(fd, buffer + at, n - at);
            if (w < 0) {
                complain(name);
                close(fd);
                fd = -1;
            }
            at += w > 0 ? (size_t)w : 0;
        }
        left -= (long long)n;
    }
    if (fd >= 0) {
        close(fd);
        set_attributes(name, e);
    }
    return skip(padding(e->size));
}

static void make_special(const char *name, const struct entry *e) {
    char link[MAX_NAME];
    int result = -1;
    if (e->type == '5') {
        result = mkdir(name, 0700) != 0 && errno != EEXIST ? -1 : 0;
    } else {
        unlink(name);
        errno = EINVAL;
    }
    if (e->type == '1') {
        memcpy(link, e->link, sizeof link);
        char *target = safe_name(link);
        result = target == NULL ? -1 : linkat(AT_FDCWD, target, AT_FDCWD, name, 0);
    } else if (e->type == '2') {
        result = symlink(e->link, name);
    } else if (e->type == '3' || e->type == '4' || e->type == '6') {
        mode_t kind = e->type == '3' ? S_IFCHR : e->type == '4' ? S_IFBLK : S_IFIFO;
        result = mknod(name, kind | 0600, e->device);
    }
    if (result != 0) {
        complain(name);
    } else if (e->type == '5') {
        finish_later(name, e);
    } else if (e->type != '1') {
        set_attributes(name, e);
    }
}

static bool unpack(struct entry *e) {
    char *name = safe_name(e->name);
    if (name == NULL || e->size < 0) {
        errno = EINVAL;
        complain(e->name);
        return e->size >= 0 && skip(e->size) && skip(padding(e->size));
    }
    make_parents(name);
    if (e->type == '0' || e->type == '7') {
        return get_file(name, e);
    }
    make_special(name, e);
    return true;
}

static bool get_entry(const struct tar_header *h) {
    static struct entry e;
    long long size = number(h->size, sizeof h->size);
    switch (h->type) {
        case 'x': return get_pax(size);
        case 'L': return get_long_name(size, next.name);
        case 'K': return get_long_name(size, next.link);
        case 'g': return skip(size) && skip(padding(size));
        default: read_entry(h, &e); return unpack(&e);
    }
}

int tar_in(const char *directory) {
    struct tar_header h;
    if (chdir(directory) != 0) {
        complain(directory);
        return 1;
    }
    umask(0);
    forget_overrides();
    bool good = true;
    static const struct tar_header zero;
    while (good) {
        if (!get(&h, sizeof h)) {
            good = corrupt("it ends early");
        } else if (memcmp(&h, &zero, sizeof h) == 0) {
            break;
        } else if (number(h.checksum, sizeof h.checksum) != (long long)tar_checksum(&h)) {
            good = corrupt("checksum of a header");
        } else {
            good = get_entry(&h);
        }
    }
    finish_directories();
    for (char rest[4096]; good && fread(rest, 1, sizeof rest, stdin) > 0;) {
        /* The sender pads to its record size, and must not find the pipe closed. */
    }
    return good && !failed ? 0 : 1;
}
