/* Numbers and strings in frames, little-endian. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define MAX_STRS 16384

static uint64_t take(struct reader *r, size_t n) {
    if (r->bad || (size_t)(r->end - r->at) < n) {
        r->bad = true;
        return 0;
    }
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v |= (uint64_t)r->at[i] << (8 * i);
    }
    r->at += n;
    return v;
}

uint16_t read_u16(struct reader *r) {
    return (uint16_t)take(r, 2);
}

uint32_t read_u32(struct reader *r) {
    return (uint32_t)take(r, 4);
}

uint64_t read_u64(struct reader *r) {
    return take(r, 8);
}

char *read_str(struct reader *r) {
    uint32_t length = read_u32(r);
    if (r->bad || (size_t)(r->end - r->at) < length || memchr(r->at, 0, length) != NULL) {
        r->bad = true;
        return NULL;
    }
    char *s = malloc((size_t)length + 1);
    if (s == NULL) {
        r->bad = true;
        return NULL;
    }
    memcpy(s, r->at, length);
    s[length] = 0;
    r->at += length;
    return s;
}

char **read_strs(struct reader *r) {
    uint32_t n = read_u32(r);
    if (r->bad || n > MAX_STRS) {
        r->bad = true;
        return NULL;
    }
    char **strs = calloc((size_t)n + 1, sizeof *strs);
    for (uint32_t i = 0; strs != NULL && i < n && !r->bad; i++) {
        strs[i] = read_str(r);
    }
    r->bad = r->bad || strs == NULL;
    return strs;
}

void free_strs(char **strs) {
    for (char **s = strs; s != NULL && *s != NULL; s++) {
        free(*s);
    }
    free(strs);
}

static void put(uint8_t *at, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        at[i] = (uint8_t)(v >> (8 * i));
    }
}

void put_u16(uint8_t *at, uint16_t v) {
    put(at, v, 2);
}

void put_u32(uint8_t *at, uint32_t v) {
    put(at, v, 4);
}

void put_u64(uint8_t *at, uint64_t v) {
    put(at, v, 8);
}

int write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    size_t length = strlen(text);
    int error = write(fd, text, length) == (ssize_t)length ? 0 : errno;
    close(fd);
    return error;
}
