/*
 * Kernel modules from the initramfs. /modules/order has one line a module, "NAME: DEPENDENCY ...",
 * with only such dependencies as are modules too; NAME.ko stands beside it. Opened by descriptor, so
 * that it stays in reach when the root file system has taken the initramfs' place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

#define MAX_MODULES 128
#define MAX_DEPTH 16

static struct {
    char *name, *depends;
    bool loaded;
} modules[MAX_MODULES];

static size_t count;
static int directory = -1;

static FILE *open_list(void) {
    int fd = openat(directory, "order", O_RDONLY | O_CLOEXEC);
    return fd < 0 ? NULL : fdopen(fd, "r");
}

int modules_open(const char *path) {
    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    FILE *list = directory < 0 ? NULL : open_list();
    if (list == NULL) {
        return errno;
    }
    char line[512];
    while (count < MAX_MODULES && fgets(line, sizeof line, list) != NULL) {
        char *colon = strchr(line, ':');
        line[strcspn(line, "\n")] = 0;
        if (colon != NULL) {
            *colon = 0;
            modules[count].name = strdup(line);
            modules[count].depends = strdup(colon + 1);
            count++;
        }
    }
    fclose(list);
    return 0;
}

static size_t find(const char *name) {
    size_t i = 0;
    while (i < count && strcmp(modules[i].name, name) != 0) {
        i++;
    }
    return i;
}

bool module_known(const char *name) {
    return find(name) < count;
}

static int insert(const char *name) {
    char file[128];
    snprintf(file, sizeof file, "%s.ko", name);
    int fd = openat(directory, file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    int error = syscall(SYS_finit_module, fd, "", 0) == 0 || errno == EEXIST ? 0 : errno;
    close(fd);
    return error;
}

static int load(const char *name, int depth) {
    size_t i = find(name);
    if (i == count || depth > MAX_DEPTH) {
        return ENOENT;
    }
    if (modules[i].loaded) {
        return 0;
    }
    char *names = strdup(modules[i].depends), *save = NULL;
    int error = names == NULL ? ENOMEM : 0;
    for (char *d = strtok_r(names, " ", &save); error == 0 && d != NULL; d = strtok_r(NULL, " ", &save)) {
        error = load(d, depth + 1);
    }
    free(names);
    error = error != 0 ? error : insert(name);
    modules[i].loaded = error == 0;
    return error;
}

int module_load(const char *name) {
    return load(name, 0);
}

void modules_forget(void) {
    for (size_t i = 0; i < count; i++) {
        char file[128];
        snprintf(file, sizeof file, "%s.ko", modules[i].name);
        unlinkat(directory, file, 0);
    }
}

void modules_keep_only(void) {
    directory = dup2(directory, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0u, 0);
}
