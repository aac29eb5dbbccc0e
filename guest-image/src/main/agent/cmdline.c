/*
 * Settings from the kernel's command line: jsbx.NAME=VALUE, values percent-encoded so that they may
 * hold blanks, colons and commas. Unknown names are errors: host and agent are built together.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

#define PREFIX "jsbx."

static int hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int hex_byte(const char *text) {
    int high = hex(text[0]), low = high >= 0 ? hex(text[1]) : -1;
    return low >= 0 ? high * 16 + low : -1;
}

/* A copy of the first bytes of `text`, decoded; NULL if a %XX is none or stands for NUL. */
static char *decode(const char *text, size_t length) {
    char *out = malloc(length + 1), *to = out;
    for (size_t i = 0; out != NULL && i < length; i++) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            byte = length - i > 2 ? hex_byte(text + i + 1) : -1;
            i += 2;
        }
        if (byte <= 0) {
            free(out);
            return NULL;
        }
        *to++ = (char)byte;
    }
    if (out != NULL) {
        *to = 0;
    }
    return out;
}

/* Splits off what comes before `separator`; the rest stays in *text, or NULL. */
static char *part(const char **text, char separator) {
    if (*text == NULL) {
        return NULL;
    }
    const char *end = strchr(*text, separator);
    char *result = decode(*text, end != NULL ? (size_t)(end - *text) : strlen(*text));
    *text = end != NULL ? end + 1 : NULL;
    return result;
}

static bool share(struct settings *s, const char *value) {
    if (s->share_count == MAX_SHARES) {
        return false;
    }
    struct share *share = &s->shares[s->share_count++];
    share->tag = part(&value, ':');
    share->path = part(&value, ':');
    bool known = true;
    while (value != NULL) {
        char *word = part(&value, ':');
        bool ro = word != NULL && strcmp(word, "ro") == 0, file = word != NULL && strcmp(word, "file") == 0;
        share->flags |= (ro ? JSBX_MOUNT_READ_ONLY : 0) | (file ? JSBX_MOUNT_FILE : 0);
        known = known && (ro || file);
        free(word);
    }
    return share->tag != NULL && share->path != NULL && known;
}

static bool disk(const char *value, const char *default_type, char **device, char **type) {
    *device = part(&value, ':');
    *type = value != NULL ? part(&value, ':') : strdup(default_type);
    return *device != NULL && *type != NULL;
}

static bool layer(struct settings *s, const char *value) {
    if (s->layer_count == MAX_LAYERS) {
        return false;
    }
    struct layer *layer = &s->layers[s->layer_count++];
    layer->device = part(&value, ':');
    layer->type = part(&value, ':');
    layer->directory = value != NULL ? part(&value, ':') : strdup("");
    return layer->device != NULL && layer->type != NULL && layer->directory != NULL && strchr(layer->directory, '/') == NULL;
}

static bool text(const char *value, char **into) {
    *into = decode(value, strlen(value));
    return *into != NULL;
}

static bool list(const char *value, char **into) {
    *into = strdup(value); /* its users decode the parts */
    return *into != NULL;
}

static bool port(const char *value, uint32_t *into) {
    char *end;
    unsigned long n = strtoul(value, &end, 10);
    *into = (uint32_t)n;
    return *value != 0 && *end == 0 && n > 0 && n < UINT32_MAX;
}

static bool setting(struct settings *s, const char *name, const char *value) {
    if (strcmp(name, "root") == 0) {
        return disk(value, "erofs", &s->root, &s->root_type);
    }
    if (strcmp(name, "upper") == 0) {
        return disk(value, "ext4", &s->upper, &s->upper_type);
    }
    if (strcmp(name, "port") == 0) {
        return port(value, &s->port);
    }
    return strcmp(name, "share") == 0          ? share(s, value)
           : strcmp(name, "layer") == 0        ? layer(s, value)
           : strcmp(name, "hostname") == 0     ? text(value, &s->hostname)
           : strcmp(name, "modules") == 0      ? text(value, &s->modules)
           : strcmp(name, "late_modules") == 0 ? text(value, &s->late_modules)
           : strcmp(name, "net") == 0          ? text(value, &s->net)
           : strcmp(name, "net6") == 0         ? text(value, &s->net6)
           : strcmp(name, "dns") == 0          ? text(value, &s->dns)
           : strcmp(name, "binds") == 0        ? list(value, &s->binds)
                                               : false;
}

int settings_read(const char *cmdline, struct settings *s) {
    *s = (struct settings){.port = JSBX_PORT};
    char *copy = strdup(cmdline), *save = NULL;
    int error = copy == NULL ? ENOMEM : 0;
    for (char *word = strtok_r(copy, " \n", &save); error == 0 && word != NULL; word = strtok_r(NULL, " \n", &save)) {
        if (strncmp(word, PREFIX, strlen(PREFIX)) != 0) {
            continue;
        }
        char *name = word + strlen(PREFIX), *equals = strchr(name, '=');
        if (equals == NULL) {
            error = EINVAL;
        } else {
            *equals = 0;
            error = setting(s, name, equals + 1) ? 0 : EINVAL;
        }
        if (error != 0) {
            log_error("command line: %s%s: unknown or malformed", PREFIX, name);
        }
    }
    free(copy);
    return error;
}

char *settings_next(const char **list_text, char separator) {
    return part(list_text, separator);
}
