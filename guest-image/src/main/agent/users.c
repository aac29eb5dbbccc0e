/*
 * Users and groups straight from /etc: a static program cannot load libc's name services, and PID 1
 * must not hang in them. Called in the child only, so that a slow disk stops nobody else.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define PASSWD_FIELDS 7
#define GROUP_FIELDS 4

/* Splits a line at its colons, in place; returns how many fields it has. */
static int split(char *line, char **fields, int max) {
    int n = 0;
    line[strcspn(line, "\n")] = 0;
    for (char *at = line; n < max && at != NULL; n++) {
        fields[n] = at;
        at = strchr(at, ':');
        if (at != NULL) {
            *at++ = 0;
        }
    }
    return n;
}

static bool number(const char *text, unsigned long *value) {
    char *end;
    errno = 0;
    *value = strtoul(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == 0 && *value < UINT32_MAX;
}

static void defaults(struct user *u, uid_t uid) {
    memset(u, 0, sizeof *u);
    u->uid = uid;
    u->gid = uid;
    snprintf(u->name, sizeof u->name, "%s", uid == 0 ? "root" : "");
    snprintf(u->home, sizeof u->home, "%s", uid == 0 ? "/root" : "/");
    snprintf(u->shell, sizeof u->shell, "/bin/sh");
}

static bool find_passwd(const char *name, bool by_uid, unsigned long uid, struct user *u) {
    FILE *file = fopen("/etc/passwd", "re");
    if (file == NULL) {
        return false;
    }
    char line[1024], *f[PASSWD_FIELDS];
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        unsigned long id, gid;
        if (split(line, f, PASSWD_FIELDS) != PASSWD_FIELDS || !number(f[2], &id) || !number(f[3], &gid)) {
            continue;
        }
        found = by_uid ? id == uid : strcmp(f[0], name) == 0;
        if (found) {
            u->uid = (uid_t)id;
            u->gid = (gid_t)gid;
            snprintf(u->name, sizeof u->name, "%s", f[0]);
            snprintf(u->home, sizeof u->home, "%s", *f[5] != 0 ? f[5] : "/");
            snprintf(u->shell, sizeof u->shell, "%s", *f[6] != 0 ? f[6] : "/bin/sh");
        }
    }
    fclose(file);
    return found;
}

static bool member(char *list, const char *name) {
    for (char *save = NULL, *m = strtok_r(list, ",", &save); m != NULL; m = strtok_r(NULL, ",", &save)) {
        if (strcmp(m, name) == 0) {
            return true;
        }
    }
    return false;
}

static void find_groups(struct user *u) {
    u->groups[u->group_count++] = u->gid;
    FILE *file = fopen("/etc/group", "re");
    if (file == NULL) {
        return;
    }
    char line[4096], *f[GROUP_FIELDS];
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned long gid;
        bool full = u->group_count == sizeof u->groups / sizeof *u->groups;
        if (full || split(line, f, GROUP_FIELDS) != GROUP_FIELDS || !number(f[2], &gid)) {
            continue;
        }
        if (gid != u->gid && member(f[3], u->name)) {
            u->groups[u->group_count++] = (gid_t)gid;
        }
    }
    fclose(file);
}

int user_find(const char *name_or_uid, struct user *u) {
    unsigned long uid = getuid();
    bool by_uid = *name_or_uid == 0 || number(name_or_uid, &uid);
    defaults(u, (uid_t)uid);
    bool found = find_passwd(name_or_uid, by_uid, uid, u);
    if (!found && !by_uid && strcmp(name_or_uid, "root") != 0) {
        return ENOENT; /* root and plain numbers do without an entry */
    }
    if (!found && !by_uid) {
        defaults(u, 0);
    }
    find_groups(u);
    return 0;
}
