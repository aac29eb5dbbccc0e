/* What the agent's files share. See README.md in the module for the theory of operation. */
#ifndef JSBX_AGENT_H
#define JSBX_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "protocol.h"

/* log.c: lines for the kernel log as PID 1, for standard error otherwise. */
void log_to_kernel(void);
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* loop.c: one thread, one epoll; whoever wants to wait for something gives a watch. */
struct watch {
    int fd; /* -1: closed */
    uint32_t events;
    void (*ready)(struct watch *w, uint32_t events);
};

void loop_init(void);
void loop_run(void) __attribute__((noreturn));
void close_inherited(void); /* in a child that runs the agent's own code: all but stdio */
void watch_init(struct watch *w, int fd, void (*ready)(struct watch *, uint32_t));
void watch_want(struct watch *w, uint32_t events); /* 0 takes it out of epoll, EPOLLHUP included */
void watch_close(struct watch *w);
void loop_free_later(void *memory); /* after this round's events, which may still point to it */
void loop_wake_at(int64_t ms);      /* conn_tick() is called then, or earlier */
int64_t now_ms(void);
uint64_t boottime_ns(void);

/* buffer.c: reading of what came, bounds checked; a reader that failed stays failed. */
struct reader {
    const uint8_t *at, *end;
    bool bad;
};

uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
char *read_str(struct reader *r); /* malloc'ed; NULL if bad, or with a NUL within */
char **read_strs(struct reader *r);
void free_strs(char **strs);
void put_u16(uint8_t *at, uint16_t v);
void put_u32(uint8_t *at, uint32_t v);
void put_u64(uint8_t *at, uint64_t v);
int write_file(const char *path, const char *text); /* 0 or errno */

/* spawn.c: a process in a session of its own. */
struct command {
    uint32_t flags;
    uint16_t rows, columns;
    char *user, *cwd, **argv, **env;
    int (*builtin)(const char *argument); /* runs in the child instead of a program */
    char *argument;
};

struct start_failure { /* what the child writes to `status` instead of becoming the program */
    int32_t code, error;
    char message[256];
};

struct process {
    pid_t pid;
    int in, out, err; /* with a TTY all is `in`, the master; detached: -1 */
    int status;       /* end of file: the program runs */
};

int spawn(const struct command *c, struct process *p); /* 0 or errno */
void command_free(struct command *c);

/* users.c */
struct user {
    uid_t uid;
    gid_t gid;
    char name[64], home[256], shell[256];
    gid_t groups[64];
    size_t group_count;
};

int user_find(const char *name_or_uid, struct user *u); /* 0 or errno; "" is who runs the agent */

/* conn.c: a connection of the host; session.c: the process it may have. */
struct ring {
    uint8_t *bytes; /* JSBX_WINDOW of them; NULL while unused */
    size_t at, length;
};

struct session {
    pid_t pid; /* 0 once reaped */
    bool tty, detached, started, exited;
    int wait_status;
    struct start_failure failure;
    size_t failure_length;
    int64_t kill_at;       /* after a hang-up; 0: not */
    int64_t drain_until;   /* after the exit, for a terminal that others still hold; 0: not */
    struct watch in;       /* the terminal, or the pipe to stdin */
    struct watch out[2];   /* stdout, stderr; closed with a terminal */
    struct watch status;
    bool out_ended[2];
    uint32_t credit[2];    /* what the host gave for them, bytes */
    int64_t left[2];       /* bytes to pass on after the exit; -1: until end of file */
    struct ring input;
    bool input_ended;        /* the host has no more */
    bool input_refused;      /* the process takes no more */
    uint32_t input_credit;   /* what the host may still send, bytes */
    uint32_t input_consumed; /* not yet given back as credit */
};

enum conn_state {
    CONN_CONNECTING, /* towards the host */
    CONN_READY,      /* takes requests */
    CONN_BUSY,       /* a child does a control request */
    CONN_SESSION,    /* has a process */
    CONN_CLOSING,    /* the last frames are under way */
    CONN_GONE        /* the host has left; the process may still be there */
};

#define OUT_RESERVE 8192 /* so that small frames always have room */

struct conn {
    struct watch sock;
    enum conn_state state;
    struct conn *next;
    bool dead, shut;
    int64_t linger_until; /* CONN_CLOSING */
    uint8_t head[JSBX_HEADER];
    size_t head_length;
    uint8_t *body; /* of a frame other than DATA */
    uint32_t body_length, body_got;
    uint32_t data_left; /* of a DATA frame */
    pid_t helper;       /* CONN_BUSY: who does it */
    struct session session;
    size_t out_at, out_end;
    uint8_t out[JSBX_HEADER + JSBX_MAX_DATA + OUT_RESERVE];
};

void conn_accept(int fd, bool connected); /* takes over the descriptor */
void conn_child_exited(pid_t pid, int status);
void conn_tick(void);
size_t conn_count(void);
void conn_update(struct conn *c); /* what to wait for, after anything changed */
void conn_finish(struct conn *c); /* no more frames from here */
void conn_drop(struct conn *c);
size_t frame_room(struct conn *c);      /* for the payload of a DATA frame; 0 if little is left */
uint8_t *frame_payload(struct conn *c); /* where that payload goes */
void frame_commit(struct conn *c, int type, int stream, size_t length);
void frame_send(struct conn *c, int type, int stream, const void *payload, size_t length);
void frame_done(struct conn *c, int error, const char *message);

void session_start(struct conn *c, const struct command *command);
bool session_frame(struct conn *c, int type, int stream, struct reader *r); /* false: broken */
bool session_data(struct conn *c, int stream, uint32_t length);             /* likewise */
ssize_t session_receive(struct conn *c, size_t length); /* as recv(2), into the input ring */
void session_exited(struct conn *c, int status);
void session_hangup(struct conn *c);
void session_tick(struct conn *c, int64_t now);
void session_update(struct conn *c);

/* control.c */
bool control_request(struct conn *c, int type, struct reader *r); /* false: no such, or malformed */
int mount_share(const char *tag, const char *path, uint32_t flags); /* 0 or errno */
int make_directories(const char *path);

/* forward.c: takes over the connection's descriptor. */
void forward_start(struct conn *c, const char *host, uint16_t port);

/* tar_out.c, tar_in.c: run in a child with stdin and stdout; return its exit code. */
int tar_out(const char *path);
int tar_in(const char *directory);

#define TAR_BLOCK 512

struct tar_header { /* POSIX.1-1988 ustar, all fields text */
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, linkname[100];
    char magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8], prefix[155], pad[12];
};

unsigned tar_checksum(const struct tar_header *h); /* with blanks in its own place */

/* cmdline.c: the settings in the kernel's command line, all of them jsbx.NAME=VALUE. */
#define MAX_SHARES 32
#define MAX_LAYERS 4

struct share {
    char *tag, *path;
    uint32_t flags; /* JSBX_MOUNT_ */
};

/* What was installed on top of the root's image, read-only: a directory of a disk. */
struct layer {
    char *device, *type, *directory;
};

struct settings {
    char *root, *root_type, *upper, *upper_type, *hostname, *modules, *late_modules;
    char *net, *net6, *dns, *binds;
    uint32_t port;
    struct share shares[MAX_SHARES];
    size_t share_count;
    struct layer layers[MAX_LAYERS]; /* the lowest first */
    size_t layer_count;
};

int settings_read(const char *cmdline, struct settings *s); /* 0 or errno; changes nothing global */

char *settings_next(const char **list, char separator); /* splits off a part, decoded; malloc'ed */

/* init.c, mounts.c, modules.c, net.c, power.c: what only PID 1 does. */
void init_run(void) __attribute__((noreturn));
void init_failed(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void init_hostname(const char *name);
void mount_kernel_file_systems(void);
void mount_root(const struct settings *s);
void mount_rest(void); /* what no command needs from the first moment on */
int modules_open(const char *directory); /* reads the list of modules; 0 or errno */
int module_load(const char *name);       /* with what it depends on; 0 or errno */
bool module_known(const char *name);
void modules_keep_only(void); /* in a child: closes all but stdio and this */
void modules_forget(void); /* frees the memory that their files take in the initramfs */
int net_up_loopback(void);
int net_configure(const struct settings *s);
int vsock_listen(uint32_t port);
int vsock_connect(uint32_t port); /* without waiting; descriptor or -1 */
void power_request(uint32_t how, uint32_t grace_ms);
void power_tick(int64_t now);
void power_child_gone(void);
void power_off_now(uint32_t how) __attribute__((noreturn));
int power_command(int argc, char **argv); /* poweroff, reboot, halt, shutdown */

/* tsc.c */
int print_tsc_khz(void);

/* timeline.c */
void timeline_mark(uint32_t point);
size_t timeline_put(uint8_t *at, size_t room); /* count and entries; returns bytes */

extern bool is_init;

#endif
