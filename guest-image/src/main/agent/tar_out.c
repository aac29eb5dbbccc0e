/*
 * A file or directory tree as a tar archive on standard output: ustar, with a pax header (POSIX.1-
 * 2001) before each entry that does not fit. Sockets are left out, as every tar does.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "agent.h"

#define MAX_NAME 4096
#define MAX_DEPTH 256
#define MAX_OCTAL_SIZE 077777777777LL
#define MAX_OCTAL_ID 07777777

struct pax {
    char text[3 * MAX_NAME];
    size_t length;
};

static bool failed; /* something could not be read; the rest still goes */

static void complain(const char *name) {
    fprintf(stderr, "tar: %s: %s\n", name, strerror(errno));
    failed = true;
}

static bool put_bytes(const void *bytes, size_t length) {
    return fwrite(bytes, 1, length, stdout) == length;
}

/* Zeros up to the next block after `length` bytes. */
static bool put_padding(unsigned long long length) {
    static const char zeros[TAR_BLOCK];
    return put_bytes(zeros, (TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK);
}

static bool put_block(const void *bytes, size_t length) {
    return put_bytes(bytes, length) && put_padding(length);
}

unsigned tar_checksum(const struct tar_header *h) {
    const unsigned char *bytes = (const unsigned char *)h;
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof *h; i++) {
        bool own = i >= offsetof(struct tar_header, checksum) && i < offsetof(struct tar_header, type);
        sum += own ? ' ' : bytes[i];
    }
    return sum;
}

static void octal(char *field, size_t size, unsigned long long value) {
    char text[32];
    snprintf(text, sizeof text, "%0*llo", (int)size - 1, value);
    memcpy(field, text, size - 1); /* the last byte is NUL already */
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts its own digits. */
static void pax_add(struct pax *p, const char *key, const char *value) {
    size_t body = strlen(key) + strlen(value) + 3, total = body + 1;
    for (size_t digits = 1, limit = 10; total >= limit; limit *= 10, digits++) {
        total = body + digits + 1;
    }
    int n = snprintf(p->text + p->length, sizeof p->text - p->length, "%zu %s=%s\n", total, key, value);
    p->length += n > 0 ? (size_t)n : 0;
}

static bool put_header(struct tar_header *h) {
    memcpy(h->magic, "ustar", 6);
    memcpy(h->version, "00", 2);
    snprintf(h->checksum, sizeof h->checksum, "%06o", tar_checksum(h));
    h->checksum[7] = ' ';
    return put_block(h, sizeof *h);
}

static bool put_pax(const struct pax *p) {
    struct tar_header h = {.name = "pax", .type = 'x'};
    octal(h.mode, sizeof h.mode, 0644);
    octal(h.size, sizeof h.size, p->length);
    return p->length == 0 || (put_header(&h) && put_block(p->text, p->length));
}

static void set_text(struct pax *p, const char *key, char *field, size_t size, const char *value) {
    size_t length = strlen(value);
    if (length > size) {
        pax_add(p, key, value);
        length = size;
    }
    memcpy(field, value, length);
}

static void set_number(struct pax *p, const char *key, char *field, size_t size, unsigned long long value, unsigned long long max) {
    if (value > max) {
        char text[32];
        snprintf(text, sizeof text, "%llu", value);
        pax_add(p, key, text);
        value = 0;
    }
    octal(field, size, value);
}

static bool put_entry(const char *name, const char *link, const struct stat *s, char type) {
    static struct pax p;
    p.length = 0;
    struct tar_header h = {.type = type};
    set_text(&p, "path", h.name, sizeof h.name, name);
    set_text(&p, "linkpath", h.linkname, sizeof h.linkname, link);
    octal(h.mode, sizeof h.mode, s->st_mode & 07777);
    set_number(&p, "uid", h.uid, sizeof h.uid, s->st_uid, MAX_OCTAL_ID);
    set_number(&p, "gid", h.gid, sizeof h.gid, s->st_gid, MAX_OCTAL_ID);
    set_number(&p, "size", h.size, sizeof h.size, type == '0' ? (unsigned long long)s->st_size : 0, MAX_OCTAL_SIZE);
    set_number(&p, "mtime", h.mtime, sizeof h.mtime, s->st_mtime < 0 ? 0 : (unsigned long long)s->st_mtime, MAX_OCTAL_SIZE);
    if (type == '3' || type == '4') {
        octal(h.devmajor, sizeof h.devmajor, major(s->st_rdev));
        octal(h.devminor, sizeof h.devminor, minor(s->st_rdev));
    }
    return put_pax(&p) && put_header(&h);
}

/* Exactly the bytes that the header promised, whatever becomes of the file meanwhile. */
static bool put_file(int fd, const char *name, off_t size) {
    static char buffer[64 << 10];
    off_t left = size;
    while (left > 0) {
        size_t most = left < (off_t)sizeof buffer ? (size_t)left : sizeof buffer;
        ssize_t n = read(fd, buffer, most);
        if (n <= 0) {
            complain(name);
            memset(buffer, 0, most);
            n = (ssize_t)most;
        }
        if (!put_bytes(buffer, (size_t)n)) {
            return false;
        }
        left -= n;
    }
    return put_padding((unsigned long long)size);
}

static bool put(int parent, const char *base, const char *name, int depth);

static bool put_directory(int parent, const char *base, const char *name, const struct stat *s, int depth) {
    char path[MAX_NAME];
    int fd = openat(parent, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 && depth < MAX_DEPTH ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        complain(name);
        if (fd >= 0) {
            close(fd);
        }
        return true;
    }
    snprintf(path, sizeof path, "%s/", name);
    bool good = put_entry(path, "", s, '5');
    for (struct dirent *e; good && (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        if ((size_t)snprintf(path, sizeof path, "%s/%s", name, e->d_name) >= sizeof path) {
            errno = ENAMETOOLONG;
            complain(name);
        } else {
            good = put(dirfd(dir), e->d_name, path, depth + 1);
        }
    }
    closedir(dir);
    return good;
}

static bool put_regular(int parent, const char *base, const char *name) {
    struct stat s;
    int fd = openat(parent, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s) != 0) {
        complain(name);
        return true;
    }
    bool good = put_entry(name, "", &s, '0') && put_file(fd, name, s.st_size);
    close(fd);
    return good;
}

static bool put_symlink(int parent, const char *base, const char *name, const struct stat *s) {
    char target[MAX_NAME];
    ssize_t n = readlinkat(parent, base, target, sizeof target - 1);
    if (n < 0) {
        complain(name);
        return true;
    }
    target[n] = 0;
    return put_entry(name, target, s, '2');
}

static bool put(int parent, const char *base, const char *name, int depth) {
    struct stat s;
    if (fstatat(parent, base, &s, AT_SYMLINK_NOFOLLOW) != 0) {
        complain(name);
        return true;
    }
    switch (s.st_mode & S_IFMT) {
        case S_IFREG: return put_regular(parent, base, name);
        case S_IFDIR: return put_directory(parent, base, name, &s, depth);
        case S_IFLNK: return put_symlink(parent, base, name, &s);
        case S_IFCHR: return put_entry(name, "", &s, '3');
        case S_IFBLK: return put_entry(name, "", &s, '4');
        case S_IFIFO: return put_entry(name, "", &s, '6');
        default: return true;
    }
}

int tar_out(const char *path) {
    char copy[MAX_NAME];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof copy) {
        errno = length == 0 ? ENOENT : ENAMETOOLONG;
        complain(path);
        return 1;
    }
    memcpy(copy, path, length + 1);
    while (length > 1 && copy[length - 1] == '/') {
        copy[--length] = 0;
    }
    const char *slash = strrchr(copy, '/');
    const char *name = slash == NULL ? copy : slash[1] == 0 ? "." : slash + 1;
    struct stat s;
    if (lstat(copy, &s) != 0) {
        complain(copy);
        return 1;
    }
    bool good = put(AT_FDCWD, copy, name, 0);
    static const char end[2 * TAR_BLOCK];
    good = good && put_bytes(end, sizeof end) && fflush(stdout) == 0;
    return good && !failed ? 0 : 1;
}
