/*
 * A connection of the host: frames in, frames out, and which state allows which. What to wait for
 * follows from the state alone and is worked out anew after every event, in conn_update().
 *
 * Memory: one struct conn (41 KiB) and, once a process reads standard input, JSBX_WINDOW bytes;
 * JSBX_MAX_CONNECTIONS of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define FRAMES_A_ROUND 64 /* so that one connection does not starve the others */
#define LEAST_DATA 4096   /* smaller DATA frames are not worth a system call */
#define LINGER_MS 10000

static struct conn *all;
static size_t count;

size_t conn_count(void) {
    return count;
}

static void conn_free(struct conn *c) {
    if (c->dead) {
        return;
    }
    c->dead = true;
    for (struct conn **at = &all; *at != NULL; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            count--;
            break;
        }
    }
    watch_close(&c->sock);
    watch_close(&c->session.out[0]);
    watch_close(&c->session.out[1]);
    free(c->body);
    c->body = NULL; /* its frame may be just what is being dispatched */
    free(c->session.input.bytes);
    c->session.input.bytes = NULL;
    loop_free_later(c);
}

void conn_drop(struct conn *c) {
    if (c->dead || c->state == CONN_GONE) {
        return;
    }
    bool process = c->state == CONN_SESSION && c->session.pid != 0;
    c->state = CONN_GONE;
    watch_close(&c->sock);
    session_hangup(c);
    if (!process) {
        conn_free(c);
    }
}

/* ---- frames out ---- */

size_t frame_room(struct conn *c) {
    if (c->out_at == c->out_end) {
        c->out_at = c->out_end = 0;
    }
    size_t limit = sizeof c->out - OUT_RESERVE;
    size_t used = c->out_end + JSBX_HEADER;
    return used + LEAST_DATA <= limit ? limit - used : 0;
}

uint8_t *frame_payload(struct conn *c) {
    return c->out + c->out_end + JSBX_HEADER;
}

void frame_commit(struct conn *c, int type, int stream, size_t length) {
    uint8_t *head = c->out + c->out_end;
    head[0] = (uint8_t)type;
    head[1] = (uint8_t)stream;
    put_u16(head + 2, 0);
    put_u32(head + 4, (uint32_t)length);
    c->out_end += JSBX_HEADER + length;
}

void frame_send(struct conn *c, int type, int stream, const void *payload, size_t length) {
    if (c->out_end + JSBX_HEADER + length > sizeof c->out) {
        memmove(c->out, c->out + c->out_at, c->out_end - c->out_at);
        c->out_end -= c->out_at;
        c->out_at = 0;
    }
    if (c->out_end + JSBX_HEADER + length > sizeof c->out) {
        log_error("connection dropped: the host takes no frames");
        conn_drop(c);
        return;
    }
    if (length > 0) {
        memcpy(frame_payload(c), payload, length);
    }
    frame_commit(c, type, stream, length);
}

void frame_done(struct conn *c, int error, const char *message) {
    uint8_t payload[8 + 256];
    size_t length = strlen(message);
    length = length > 256 ? 256 : length;
    put_u32(payload, (uint32_t)error);
    put_u32(payload + 4, (uint32_t)length);
    memcpy(payload + 8, message, length);
    frame_send(c, JSBX_DONE, 0, payload, 8 + length);
}

static void send_hello(struct conn *c) {
    uint8_t payload[256];
    put_u32(payload, JSBX_MAGIC);
    put_u32(payload + 4, JSBX_VERSION);
    put_u64(payload + 8, boottime_ns());
    frame_send(c, JSBX_HELLO, 0, payload, 16 + timeline_put(payload + 16, sizeof payload - 16));
}

static void flush(struct conn *c) {
    while (!c->dead && c->sock.fd >= 0 && c->out_at < c->out_end) {
        ssize_t n = send(c->sock.fd, c->out + c->out_at, c->out_end - c->out_at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            if (errno != EAGAIN) {
                conn_drop(c);
            }
            return;
        }
        c->out_at += (size_t)n;
    }
}

void conn_finish(struct conn *c) {
    c->state = CONN_CLOSING;
    c->linger_until = now_ms() + LINGER_MS;
    loop_wake_at(c->linger_until);
}

/* ---- frames in ---- */

static bool exec_request(struct conn *c, struct reader *r) {
    struct command command = {.flags = read_u32(r)};
    command.rows = read_u16(r);
    command.columns = read_u16(r);
    command.user = read_str(r);
    command.cwd = read_str(r);
    command.argv = read_strs(r);
    command.env = r->bad ? NULL : read_strs(r);
    bool good = !r->bad && command.argv[0] != NULL;
    if (good) {
        session_start(c, &command);
    }
    command_free(&command);
    return good;
}

static bool tar_request(struct conn *c, int type, struct reader *r) {
    struct command command = {.builtin = type == JSBX_TAR_OUT ? tar_out : tar_in};
    command.user = read_str(r);
    command.argument = read_str(r);
    command.cwd = strdup("/");
    command.env = calloc(1, sizeof *command.env);
    bool good = !r->bad && command.cwd != NULL && command.env != NULL;
    if (good) {
        session_start(c, &command);
    }
    command_free(&command);
    return good;
}

static bool forward_request(struct conn *c, struct reader *r) {
    uint16_t port = read_u16(r);
    char *host = read_str(r);
    bool good = !r->bad;
    if (good) {
        forward_start(c, host, port);
    }
    free(host);
    return good;
}

static bool request(struct conn *c, int type, struct reader *r) {
    switch (type) {
        case JSBX_EXEC: return exec_request(c, r);
        case JSBX_TAR_OUT:
        case JSBX_TAR_IN: return tar_request(c, type, r);
        case JSBX_FORWARD: return forward_request(c, r);
        default: return control_request(c, type, r);
    }
}

static bool dispatch(struct conn *c) {
    struct reader r = {c->body, c->body + c->body_length, false};
    int type = c->head[0], stream = c->head[1];
    bool good = c->state == CONN_READY     ? request(c, type, &r)
                : c->state == CONN_SESSION ? session_frame(c, type, stream, &r)
                                           : true; /* CLOSING: too late to matter */
    return good && !r.bad;
}

static uint32_t cap(int type) {
    return type == JSBX_EXEC ? JSBX_MAX_REQUEST : type == JSBX_DATA ? JSBX_MAX_DATA : JSBX_MAX_MESSAGE;
}

static bool head_complete(struct conn *c) {
    struct reader r = {c->head + 4, c->head + JSBX_HEADER, false};
    uint32_t length = read_u32(&r);
    if (length > cap(c->head[0]) || c->head[2] != 0 || c->head[3] != 0) {
        return false;
    }
    if (c->head[0] == JSBX_DATA) {
        c->data_left = length;
        return c->state == CONN_CLOSING || (c->state == CONN_SESSION && session_data(c, c->head[1], length));
    }
    c->body_length = length;
    c->body_got = 0;
    c->body = malloc(length + 1);
    return c->body != NULL;
}

/* Reads what comes next. Returns as recv(2) does; EPROTO if the host breaks the protocol. */
static ssize_t read_some(struct conn *c) {
    int fd = c->sock.fd;
    if (c->data_left > 0) {
        ssize_t n = session_receive(c, c->data_left);
        c->data_left -= n > 0 ? (uint32_t)n : 0;
        return n;
    }
    ssize_t n = 1;
    if (c->head_length < JSBX_HEADER) {
        n = recv(fd, c->head + c->head_length, JSBX_HEADER - c->head_length, 0);
        c->head_length += n > 0 ? (size_t)n : 0;
        if (c->head_length < JSBX_HEADER) {
            return n;
        }
        if (!head_complete(c)) {
            errno = EPROTO;
            return -1;
        }
    } else if (c->body != NULL && c->body_got < c->body_length) {
        n = recv(fd, c->body + c->body_got, c->body_length - c->body_got, 0);
        c->body_got += n > 0 ? (uint32_t)n : 0;
    }
    if (c->body == NULL) {
        c->head_length = 0; /* DATA: its bytes follow */
    } else if (n > 0 && c->body_got == c->body_length) {
        bool good = dispatch(c);
        free(c->body);
        c->body = NULL;
        c->head_length = 0;
        if (!good) {
            errno = EPROTO;
            return -1;
        }
    }
    return n;
}

/* A request may need room for its DONE, and the host must take that one first. */
static bool takes_input(const struct conn *c) {
    return c->state == CONN_SESSION || c->state == CONN_CLOSING
           || (c->state == CONN_READY && sizeof c->out - c->out_end >= JSBX_MAX_MESSAGE);
}

static void receive(struct conn *c) {
    for (int i = 0; i < FRAMES_A_ROUND && !c->dead && c->sock.fd >= 0 && takes_input(c); i++) {
        ssize_t n = read_some(c);
        if (n > 0 || (n < 0 && errno == EINTR)) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n < 0 && errno == EPROTO) {
            log_error("connection dropped: malformed frame, type %d", c->head[0]);
        }
        conn_drop(c);
        return;
    }
}

/* ---- events ---- */

void conn_update(struct conn *c) {
    if (c->dead || c->state == CONN_CONNECTING) {
        return;
    }
    if (c->state == CONN_SESSION) {
        session_update(c); /* may add frames, and end the session */
    }
    flush(c);
    if (c->dead || c->state == CONN_GONE) {
        return;
    }
    if (c->state == CONN_SESSION) {
        session_update(c); /* with the room that flushing made */
    }
    bool pending = c->out_at < c->out_end;
    if (c->state == CONN_CLOSING && !pending && !c->shut) {
        shutdown(c->sock.fd, SHUT_WR);
        c->shut = true;
    }
    uint32_t in = takes_input(c) ? EPOLLIN : 0, out = pending ? EPOLLOUT : 0;
    watch_want(&c->sock, in | out);
}

static void connected(struct conn *c) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->sock.fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        log_info("the host does not listen: errno %d", error);
        conn_drop(c);
        return;
    }
    c->state = CONN_READY;
    send_hello(c);
}

static void socket_ready(struct watch *w, uint32_t events) {
    struct conn *c = (struct conn *)((char *)w - offsetof(struct conn, sock));
    if (c->state == CONN_CONNECTING) {
        connected(c);
    } else if ((events & EPOLLIN) != 0) {
        receive(c);
    } else if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        conn_drop(c);
    }
    conn_update(c);
}

void conn_accept(int fd, bool is_connected) {
    struct conn *c = count < JSBX_MAX_CONNECTIONS ? calloc(1, sizeof *c) : NULL;
    if (c == NULL) {
        log_error("connection refused: %zu are open", count);
        close(fd);
        return;
    }
    c->next = all;
    all = c;
    count++;
    watch_init(&c->sock, fd, socket_ready);
    watch_init(&c->session.in, -1, NULL);
    watch_init(&c->session.out[0], -1, NULL);
    watch_init(&c->session.out[1], -1, NULL);
    watch_init(&c->session.status, -1, NULL);
    if (!is_connected) {
        c->state = CONN_CONNECTING;
        watch_want(&c->sock, EPOLLOUT);
        return;
    }
    c->state = CONN_READY;
    send_hello(c);
    conn_update(c);
}

static void helper_exited(struct conn *c, int status) {
    c->helper = 0;
    int error = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
    c->state = CONN_READY;
    frame_done(c, error, error == 0 ? "" : strerror(error));
}

void conn_child_exited(pid_t pid, int status) {
    for (struct conn *c = all, *next; c != NULL; c = next) {
        next = c->next;
        if (c->helper == pid && c->state == CONN_BUSY) {
            helper_exited(c, status);
        } else if (c->session.pid == pid) {
            session_exited(c, status);
            if (c->state == CONN_GONE) {
                conn_free(c);
            }
        } else {
            continue;
        }
        conn_update(c);
        return;
    }
}

void conn_tick(void) {
    int64_t now = now_ms();
    for (struct conn *c = all, *next; c != NULL; c = next) {
        next = c->next;
        session_tick(c, now);
        if (c->state == CONN_CLOSING) {
            if (now >= c->linger_until) {
                conn_drop(c);
            } else {
                loop_wake_at(c->linger_until);
            }
        }
        conn_update(c);
    }
}
