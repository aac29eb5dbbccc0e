/*
 * A process in a session of its own, with a pseudoterminal or three pipes. All that may fail or
 * wait for a disk or a share (users, directories, the program) happens in the child, which tells by
 * the status pipe: end of file means that the program runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <grp.h>

#include "agent.h"

#define PTY_GROUP 5 /* "tty" on every distribution */
#define OPEN_FILES_SOFT 1024
#define OPEN_FILES_HARD 524288

struct stdio {
    int in, out, err;   /* the child's ends */
    char terminal[32];  /* path of the pseudoterminal, or empty */
};

static int status_fd;

static void fail(int code, int error, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

static void fail(int code, int error, const char *format, ...) {
    struct start_failure f = {.code = code, .error = error};
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(f.message, sizeof f.message, format, arguments);
    va_end(arguments);
    if (error != 0 && n >= 0 && (size_t)n < sizeof f.message) {
        snprintf(f.message + n, sizeof f.message - (size_t)n, ": %s", strerror(error));
    }
    ssize_t written = write(status_fd, &f, sizeof f);
    _exit(written == sizeof f ? code : JSBX_CODE_CANNOT_RUN);
}

static void reset_signals(void) {
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGQUIT}; /* by the agent, or who ran it */
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
        signal(ignored[i], SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_limits(void) {
    if (!is_init) {
        return;
    }
    struct rlimit files = {OPEN_FILES_SOFT, OPEN_FILES_HARD};
    setrlimit(RLIMIT_NOFILE, &files);
    struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_NPROC, &none);
    write_file("/proc/self/oom_score_adj", "0"); /* the agent has -1000 itself */
}

static void take_terminal(const struct stdio *io) {
    setsid();
    if (io->terminal[0] != 0 && ioctl(io->in, TIOCSCTTY, 0) != 0) {
        fail(JSBX_CODE_CANNOT_RUN, errno, "terminal %s", io->terminal);
    }
}

/* The user may open its own /dev/stdout and terminal again by name. */
static void own_stdio(const struct stdio *io, const struct user *u) {
    if (io->terminal[0] != 0) {
        if (fchown(io->in, u->uid, PTY_GROUP) == 0) {
            fchmod(io->in, 0620);
        }
        return;
    }
    int fds[] = {io->in, io->out, io->err};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        struct stat s;
        if (fstat(fds[i], &s) == 0 && S_ISFIFO(s.st_mode) && fchown(fds[i], u->uid, u->gid) != 0) {
            return; /* as somebody else than root they are ours already */
        }
    }
}

static void become(const struct user *u) {
    if (getuid() == u->uid && getuid() != 0) {
        return;
    }
    if (setgroups(u->group_count, u->groups) != 0 || setgid(u->gid) != 0 || setuid(u->uid) != 0) {
        fail(JSBX_CODE_CANNOT_RUN, errno, "user %s", u->name);
    }
}

static void go_to(const struct command *c, const struct user *u) {
    if (c->cwd[0] != 0) {
        if (chdir(c->cwd) != 0) {
            fail(JSBX_CODE_CANNOT_RUN, errno, "directory %s", c->cwd);
        }
    } else if (chdir(u->home) != 0 && chdir("/") != 0) {
        fail(JSBX_CODE_CANNOT_RUN, errno, "directory /");
    }
}

static void set(const char *name, const char *value) {
    if (setenv(name, value, 1) != 0) {
        fail(JSBX_CODE_CANNOT_RUN, errno, "environment");
    }
}

static void set_environment(const struct command *c, const struct user *u) {
    clearenv();
    if ((c->flags & JSBX_EXEC_CLEAN) == 0) {
        char path[512];
        const char *system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        snprintf(path, sizeof path, "%s/.local/bin:%s", u->home, system);
        set("PATH", u->uid == 0 ? system : path);
        set("HOME", u->home);
        set("SHELL", u->shell);
        set("LANG", "C.UTF-8");
        if (u->name[0] != 0) {
            set("USER", u->name);
            set("LOGNAME", u->name);
        }
        if ((c->flags & JSBX_EXEC_TTY) != 0) {
            set("TERM", "xterm-256color");
        }
    }
    for (char **e = c->env; *e != NULL; e++) {
        char *equals = strchr(*e, '=');
        if (equals == NULL || equals == *e) {
            fail(JSBX_CODE_CANNOT_RUN, 0, "environment: \"%.100s\" is not NAME=VALUE", *e);
        }
        *equals = 0;
        set(*e, equals + 1);
    }
}

/* A file without magic is a shell script, as execvp(3) and every shell have it. */
static void run_script(const char *file, char **argv) {
    size_t n = 0;
    while (argv[n] != NULL) {
        n++;
    }
    char **shell = calloc(n + 2, sizeof *shell);
    if (shell != NULL) {
        shell[0] = "/bin/sh";
        shell[1] = (char *)file;
        memcpy(shell + 2, argv + 1, n * sizeof *argv); /* with the NULL */
        execv(shell[0], shell);
    }
}

static int try(const char *file, char **argv) {
    execv(file, argv);
    if (errno == ENOEXEC) {
        run_script(file, argv);
        errno = ENOEXEC;
    }
    struct stat s;
    if (errno == EACCES && stat(file, &s) == 0 && S_ISDIR(s.st_mode)) {
        return EISDIR;
    }
    return errno;
}

/* Looks the program up in the PATH of the session. Returns only with a reason. */
static int run(char **argv) {
    if (strchr(argv[0], '/') != NULL) {
        return try(argv[0], argv);
    }
    const char *path = getenv("PATH");
    int reason = ENOENT;
    for (const char *at = path != NULL ? path : "/usr/bin:/bin"; at != NULL;) {
        size_t length = strcspn(at, ":");
        char file[4096];
        int n = snprintf(file, sizeof file, "%.*s%s%s", (int)length, at, length != 0 ? "/" : "./", argv[0]);
        if (n > 0 && (size_t)n < sizeof file) {
            int error = try(file, argv);
            if (error != ENOENT && error != ENOTDIR && error != EISDIR) {
                reason = error; /* keep looking: a later directory may have one that runs */
            }
        }
        at = at[length] == ':' ? at + length + 1 : NULL;
    }
    return reason;
}

static void child(const struct command *c, const struct stdio *io) __attribute__((noreturn));

static void child(const struct command *c, const struct stdio *io) {
    reset_signals();
    take_terminal(io);
    dup2(io->in, STDIN_FILENO);
    dup2(io->out, STDOUT_FILENO);
    dup2(io->err, STDERR_FILENO);
    set_limits();
    umask(022);
    struct user u;
    int error = user_find(c->user, &u);
    if (error != 0) {
        fail(JSBX_CODE_CANNOT_RUN, 0, "user %.100s: no such user in the guest", c->user);
    }
    own_stdio(io, &u);
    become(&u);
    go_to(c, &u);
    set_environment(c, &u);
    if (c->builtin != NULL) {
        close_inherited(); /* status_fd among them, which says that it runs */
        _exit(c->builtin(c->argument));
    }
    error = run(c->argv);
    bool missing = error == ENOENT || error == ENOTDIR;
    if (missing && strchr(c->argv[0], '/') == NULL) {
        fail(JSBX_CODE_NOT_FOUND, 0, "%.200s: command not found", c->argv[0]);
    }
    fail(missing ? JSBX_CODE_NOT_FOUND : JSBX_CODE_CANNOT_RUN, error, "%.200s", c->argv[0]);
}

static int open_terminal(const struct command *c, struct stdio *io, struct process *p) {
    p->in = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    unsigned number;
    int unlock = 0;
    if (p->in < 0 || ioctl(p->in, TIOCSPTLCK, &unlock) != 0 || ioctl(p->in, TIOCGPTN, &number) != 0) {
        return errno;
    }
    struct winsize size = {.ws_row = c->rows, .ws_col = c->columns};
    ioctl(p->in, TIOCSWINSZ, &size);
    snprintf(io->terminal, sizeof io->terminal, "/dev/pts/%u", number);
    io->in = io->out = io->err = open(io->terminal, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return io->in < 0 ? errno : 0;
}

static int open_null(struct stdio *io) {
    io->in = io->out = io->err = open("/dev/null", O_RDWR | O_CLOEXEC);
    return io->in < 0 ? errno : 0;
}

static int open_pipes(struct stdio *io, struct process *p) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    int failed = pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0;
    int error = failed ? errno : 0;
    io->in = in[0];
    p->in = in[1];
    p->out = out[0];
    io->out = out[1];
    p->err = err[0];
    io->err = err[1];
    int ours[] = {p->in, p->out, p->err};
    for (size_t i = 0; i < 3 && !failed; i++) {
        fcntl(ours[i], F_SETFL, fcntl(ours[i], F_GETFL) | O_NONBLOCK);
    }
    return error;
}

static void close_if_open(int fd) {
    if (fd >= 0) {
        close(fd);
    }
}

static void close_child_ends(const struct stdio *io) {
    close_if_open(io->in);
    if (io->out != io->in) {
        close_if_open(io->out);
        close_if_open(io->err);
    }
}

int spawn(const struct command *c, struct process *p) {
    struct stdio io = {.in = -1, .out = -1, .err = -1};
    int status[2] = {-1, -1};
    *p = (struct process){.pid = -1, .in = -1, .out = -1, .err = -1, .status = -1};
    int error = (c->flags & JSBX_EXEC_DETACHED) != 0 ? open_null(&io)
                : (c->flags & JSBX_EXEC_TTY) != 0    ? open_terminal(c, &io, p)
                                                     : open_pipes(&io, p);
    if (error == 0 && pipe2(status, O_CLOEXEC | O_NONBLOCK) != 0) {
        error = errno;
    }
    if (error == 0) {
        p->pid = fork();
        error = p->pid < 0 ? errno : 0;
    }
    if (p->pid == 0) {
        status_fd = status[1];
        child(c, &io);
    }
    close_child_ends(&io);
    close_if_open(status[1]);
    p->status = status[0];
    if (error != 0) {
        close_if_open(p->in);
        close_if_open(p->out);
        close_if_open(p->err);
        close_if_open(p->status);
    }
    return error;
}

void command_free(struct command *c) {
    free(c->user);
    free(c->cwd);
    free(c->argument);
    free_strs(c->argv);
    free_strs(c->env);
}
