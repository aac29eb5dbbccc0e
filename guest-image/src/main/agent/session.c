/*
 * A process and its streams.
 *
 *     host --DATA--> ring (JSBX_WINDOW) --> pipe or terminal --> process
 *     host <--DATA-- conn's out buffer <--- pipes or terminal <-- process
 *
 * Output is read only while the host gave credit for it and the connection has room, so a reader
 * that is slow stops the process, and nobody else.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"

#define CREDIT_STEP (JSBX_WINDOW / 4)
#define MAX_CREDIT (64u << 20)
#define TERMINAL_DRAIN_MS 100
#define CONTROL_D 4

static struct conn *conn_of(struct session *s) {
    return (struct conn *)((char *)s - offsetof(struct conn, session));
}

/* ---- standard input ---- */

static void input_refuse(struct session *s) {
    if (!s->input_refused) {
        s->input_refused = true;
        frame_send(conn_of(s), JSBX_EOF, JSBX_STDIN, NULL, 0);
    }
    s->input_consumed += (uint32_t)s->input.length;
    s->input.length = 0;
    if (!s->tty) {
        watch_close(&s->in);
    }
}

/* The ring's filled part, or its free one, as at most two pieces. */
static int pieces(struct ring *r, bool filled, size_t limit, struct iovec v[2]) {
    size_t start = filled ? r->at : (r->at + r->length) % JSBX_WINDOW;
    size_t length = filled ? r->length : JSBX_WINDOW - r->length;
    length = length < limit ? length : limit;
    size_t first = length < JSBX_WINDOW - start ? length : JSBX_WINDOW - start;
    v[0] = (struct iovec){r->bytes + start, first};
    v[1] = (struct iovec){r->bytes, length - first};
    return length > first ? 2 : 1;
}

static void input_write(struct session *s) {
    while (s->input.length > 0) {
        struct iovec v[2];
        ssize_t n = writev(s->in.fd, v, pieces(&s->input, true, SIZE_MAX, v));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n < 0) {
            input_refuse(s);
            return;
        }
        s->input.at = (s->input.at + (size_t)n) % JSBX_WINDOW;
        s->input.length -= (size_t)n;
        s->input_consumed += (uint32_t)n;
    }
    if (s->input_ended && !s->tty) {
        watch_close(&s->in);
    }
}

bool session_data(struct conn *c, int stream, uint32_t length) {
    struct session *s = &c->session;
    bool good = stream == JSBX_STDIN && !s->input_ended && length <= s->input_credit;
    if (good) {
        s->input_credit -= length;
    }
    return good;
}

ssize_t session_receive(struct conn *c, size_t length) {
    struct session *s = &c->session;
    bool discard = c->state != CONN_SESSION || s->input_refused || s->in.fd < 0;
    if (!discard && s->input.bytes == NULL) {
        s->input.bytes = malloc(JSBX_WINDOW);
        discard = s->input.bytes == NULL;
    }
    if (discard) {
        uint8_t scratch[4096];
        ssize_t n = recv(c->sock.fd, scratch, length < sizeof scratch ? length : sizeof scratch, 0);
        s->input_consumed += n > 0 ? (uint32_t)n : 0;
        return n;
    }
    struct iovec v[2];
    int count = pieces(&s->input, false, length, v);
    ssize_t n = readv(c->sock.fd, v, count);
    s->input.length += n > 0 ? (size_t)n : 0;
    return n;
}

/* A terminal has no end of file; a line discipline in canonical mode takes control-D for it. */
static void input_end(struct session *s) {
    s->input_ended = true;
    if (s->tty && s->in.fd >= 0 && s->input.length < JSBX_WINDOW) {
        if (s->input.bytes == NULL && (s->input.bytes = malloc(JSBX_WINDOW)) == NULL) {
            return;
        }
        s->input.bytes[(s->input.at + s->input.length) % JSBX_WINDOW] = CONTROL_D;
        s->input.length++;
    }
}

/* ---- standard output and error ---- */

static struct watch *output(struct session *s, int i) {
    return s->tty && i == 0 ? &s->in : &s->out[i];
}

static void output_end(struct session *s, int i) {
    if (!s->out_ended[i]) {
        s->out_ended[i] = true;
        if (s->tty) {
            watch_want(&s->in, 0); /* open until the exit: closing it would hang up on the process */
        } else {
            watch_close(&s->out[i]);
        }
        if (!s->tty || i == 0) {
            frame_send(conn_of(s), JSBX_EOF, JSBX_STDOUT + i, NULL, 0);
        }
    }
}

/* The host reads no more: the process learns by SIGPIPE, as it would on a pipe of its own. */
static void output_refused(struct session *s, int i) {
    if (!s->tty && !s->out_ended[i]) {
        s->out_ended[i] = true;
        watch_close(&s->out[i]);
    }
}

static bool output_wanted(struct session *s, int i) {
    return !s->out_ended[i] && s->credit[i] > 0 && frame_room(conn_of(s)) > 0;
}

static bool drained(const struct session *s) {
    return s->drain_until != 0 && now_ms() >= s->drain_until;
}

static void output_read(struct session *s, int i) {
    struct conn *c = conn_of(s);
    while (output_wanted(s, i)) {
        size_t most = frame_room(c);
        most = most < JSBX_MAX_DATA ? most : JSBX_MAX_DATA;
        most = most < s->credit[i] ? most : s->credit[i];
        if (s->left[i] >= 0 && most > (size_t)s->left[i]) {
            most = (size_t)s->left[i];
        }
        ssize_t n = most == 0 ? 0 : read(output(s, i)->fd, frame_payload(c), most);
        if (n > 0) {
            frame_commit(c, JSBX_DATA, JSBX_STDOUT + i, (size_t)n);
            s->credit[i] -= (uint32_t)n;
            s->left[i] -= s->left[i] > 0 ? n : 0;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR) || (errno == EAGAIN && drained(s))) {
            output_end(s, i); /* EIO: the terminal's last user has gone */
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

/* ---- events ---- */

static void update(struct session *s) {
    conn_update(conn_of(s));
}

static void in_ready(struct watch *w, uint32_t events) {
    struct session *s = (struct session *)((char *)w - offsetof(struct session, in));
    if (s->tty && (events & (EPOLLIN | EPOLLHUP)) != 0) {
        output_read(s, 0);
    }
    if (w->fd >= 0 && (events & (EPOLLOUT | EPOLLERR)) != 0) {
        input_write(s);
    }
    if (!s->tty && w->fd >= 0 && (events & EPOLLERR) != 0) {
        input_refuse(s); /* nobody has the pipe's other end any more */
    }
    update(s);
}

static void out_ready(struct watch *w, uint32_t events) {
    (void)events;
    struct session *s = (struct session *)((char *)w - offsetof(struct session, out));
    output_read(s, 0);
    update(s);
}

static void err_ready(struct watch *w, uint32_t events) {
    (void)events;
    struct session *s = (struct session *)((char *)(w - 1) - offsetof(struct session, out));
    output_read(s, 1);
    update(s);
}

static void send_started(struct session *s) {
    uint8_t payload[4];
    put_u32(payload, (uint32_t)s->pid);
    s->started = true;
    frame_send(conn_of(s), JSBX_STARTED, 0, payload, sizeof payload);
}

static void send_exit(struct conn *c, uint32_t kind, uint32_t value, uint32_t code, const char *message) {
    uint8_t payload[16 + sizeof c->session.failure.message];
    size_t length = strnlen(message, sizeof c->session.failure.message);
    put_u32(payload, kind);
    put_u32(payload + 4, value);
    put_u32(payload + 8, code);
    put_u32(payload + 12, (uint32_t)length);
    memcpy(payload + 16, message, length);
    frame_send(c, JSBX_EXIT, 0, payload, 16 + length);
    conn_finish(c);
}

static void status_ready(struct watch *w, uint32_t events) {
    (void)events;
    struct session *s = (struct session *)((char *)w - offsetof(struct session, status));
    uint8_t *at = (uint8_t *)&s->failure + s->failure_length;
    ssize_t n = read(w->fd, at, sizeof s->failure - s->failure_length);
    s->failure_length += n > 0 ? (size_t)n : 0;
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0 || s->failure_length == sizeof s->failure) {
        watch_close(w);
        if (s->failure_length == 0) {
            send_started(s);
        }
    }
    update(s);
}

void session_start(struct conn *c, const struct command *command) {
    struct session *s = &c->session;
    struct process p;
    int error = spawn(command, &p);
    if (error != 0) {
        send_exit(c, JSBX_NOT_STARTED, (uint32_t)error, JSBX_CODE_CANNOT_RUN, strerror(error));
        return;
    }
    c->state = CONN_SESSION;
    s->pid = p.pid;
    s->detached = (command->flags & JSBX_EXEC_DETACHED) != 0;
    s->tty = !s->detached && (command->flags & JSBX_EXEC_TTY) != 0;
    watch_init(&s->in, p.in, in_ready);
    watch_init(&s->out[0], p.out, out_ready);
    watch_init(&s->out[1], p.err, err_ready);
    watch_init(&s->status, p.status, status_ready);
    watch_want(&s->status, EPOLLIN);
    for (int i = 0; i < 2; i++) {
        s->credit[i] = JSBX_WINDOW;
        s->left[i] = -1;
        s->out_ended[i] = s->detached || (s->tty && i == 1);
    }
    s->input_credit = JSBX_WINDOW;
}

static void kill_group(struct session *s, int number) {
    if (s->pid != 0 && number >= 0 && number <= SIGRTMAX) {
        kill(-s->pid, number);
    }
}

static void signal_frame(struct session *s, uint32_t number) {
    pid_t foreground;
    if (number > (uint32_t)SIGRTMAX) {
        return;
    }
    if (s->tty && s->in.fd >= 0 && ioctl(s->in.fd, TIOCGPGRP, &foreground) == 0 && foreground > 1) {
        kill(-foreground, (int)number);
    } else {
        kill_group(s, (int)number);
    }
}

static void resize_frame(struct session *s, uint16_t rows, uint16_t columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    if (s->tty && s->in.fd >= 0) {
        ioctl(s->in.fd, TIOCSWINSZ, &size);
    }
}

bool session_frame(struct conn *c, int type, int stream, struct reader *r) {
    struct session *s = &c->session;
    if (type == JSBX_EOF && stream == JSBX_STDIN && !s->input_ended) {
        input_end(s);
    } else if (type == JSBX_EOF && (stream == JSBX_STDOUT || stream == JSBX_STDERR)) {
        output_refused(s, stream - JSBX_STDOUT);
    } else if (type == JSBX_CREDIT && (stream == JSBX_STDOUT || stream == JSBX_STDERR)) {
        uint32_t more = read_u32(r), *credit = &s->credit[stream - JSBX_STDOUT];
        if (more > MAX_CREDIT || *credit > MAX_CREDIT) {
            return false;
        }
        *credit += more;
    } else if (type == JSBX_RESIZE) {
        uint16_t rows = read_u16(r), columns = read_u16(r);
        resize_frame(s, rows, columns);
    } else if (type == JSBX_SIGNAL) {
        signal_frame(s, read_u32(r));
    } else {
        return false;
    }
    return true;
}

/*
 * The process has gone. What it wrote is in the pipes by now; what comes after that is from
 * processes it left behind, and they must not keep the session open.
 */
void session_exited(struct conn *c, int status) {
    struct session *s = &c->session;
    s->exited = true;
    s->wait_status = status;
    s->pid = 0;
    if (c->state == CONN_GONE) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        int bytes = 0;
        if (!s->tty && s->out[i].fd >= 0 && ioctl(s->out[i].fd, FIONREAD, &bytes) == 0) {
            s->left[i] = bytes;
            output_read(s, i);
        }
    }
    if (s->tty) {
        s->drain_until = now_ms() + TERMINAL_DRAIN_MS;
        loop_wake_at(s->drain_until);
    }
}

static void finish(struct session *s) {
    struct conn *c = conn_of(s);
    int status = s->wait_status;
    watch_close(&s->in);
    if (s->failure_length == sizeof s->failure) {
        s->failure.message[sizeof s->failure.message - 1] = 0;
        send_exit(c, JSBX_NOT_STARTED, (uint32_t)s->failure.error, (uint32_t)s->failure.code, s->failure.message);
    } else if (WIFSIGNALED(status)) {
        uint32_t number = (uint32_t)WTERMSIG(status);
        send_exit(c, JSBX_SIGNALED, number, 128 + number, strsignal((int)number));
    } else {
        uint32_t code = (uint32_t)WEXITSTATUS(status);
        send_exit(c, JSBX_EXITED, code, code, "");
    }
}

static void give_credit(struct session *s) {
    if (s->input_consumed >= CREDIT_STEP && !s->input_ended && frame_room(conn_of(s)) > 0) {
        uint8_t payload[4];
        put_u32(payload, s->input_consumed);
        s->input_credit += s->input_consumed;
        s->input_consumed = 0;
        frame_send(conn_of(s), JSBX_CREDIT, JSBX_STDIN, payload, sizeof payload);
    }
}

/* What needs no event to come to its end after the exit. */
static void drain_rest(struct session *s) {
    for (int i = 0; s->exited && i < 2; i++) {
        if (s->left[i] == 0) {
            output_end(s, i);
        }
    }
    if (s->exited && s->tty && drained(s)) {
        output_read(s, 0);
    }
}

void session_update(struct conn *c) {
    struct session *s = &c->session;
    if (s->detached && s->started) {
        s->pid = 0; /* the agent reaps it as it does orphans */
        send_exit(c, JSBX_EXITED, 0, 0, "");
        return;
    }
    drain_rest(s);
    if (s->exited && s->status.fd < 0 && s->out_ended[0] && s->out_ended[1]) {
        finish(s);
        return;
    }
    if (s->input_ended && s->input.length == 0 && !s->tty) {
        watch_close(&s->in);
    }
    give_credit(s);
    uint32_t in = s->input.length > 0 && !(s->tty && s->out_ended[0]) ? EPOLLOUT : 0;
    uint32_t out = s->tty && output_wanted(s, 0) ? EPOLLIN : 0;
    watch_want(&s->in, in | out);
    if (!s->tty) {
        watch_want(&s->out[0], output_wanted(s, 0) ? EPOLLIN : 0);
        watch_want(&s->out[1], output_wanted(s, 1) ? EPOLLIN : 0);
    }
}

void session_tick(struct conn *c, int64_t now) {
    struct session *s = &c->session;
    if (s->kill_at != 0 && s->pid != 0) {
        if (now >= s->kill_at) {
            kill_group(s, SIGKILL);
            s->kill_at = 0;
        } else {
            loop_wake_at(s->kill_at);
        }
    }
    if (c->state == CONN_SESSION && now < s->drain_until) {
        loop_wake_at(s->drain_until);
    }
}

/*
 * Output pipes stay, unread, until the process has gone: its last words, or its shell's, are not to
 * kill it by SIGPIPE before it has handled the hang-up.
 */
void session_hangup(struct conn *c) {
    struct session *s = &c->session;
    watch_close(&s->in);
    watch_close(&s->status);
    watch_want(&s->out[0], 0);
    watch_want(&s->out[1], 0);
    if (s->pid != 0) {
        kill_group(s, SIGHUP);
        kill_group(s, SIGCONT);
        s->kill_at = now_ms() + JSBX_HANGUP_GRACE_MS;
        loop_wake_at(s->kill_at);
    }
}
