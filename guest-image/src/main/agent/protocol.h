/*
 * The protocol between host and guest agent: the one description of it. dev.jsbx.image.agent.Protocol
 * has the same names and values without the prefix; a test compares the two.
 *
 * A connection is a byte stream: vsock in a guest, a Unix socket in tests. It carries frames both
 * ways, all numbers little-endian:
 *
 *      0        1        2                 4                                   8
 *     +--------+--------+-----------------+-----------------------------------+---------------+
 *     | type   | stream | 0               | length of payload, bytes          | payload ...   |
 *     +--------+--------+-----------------+-----------------------------------+---------------+
 *
 * "str" is a u32 length and that many bytes, without NUL.
 *
 * The agent speaks first on every connection: HELLO, or FAILED if the guest could not be set up.
 * The host need not wait for it. Then the connection takes control requests, each answered by DONE,
 * in order, until a request for a session comes:
 *
 *     host                                  agent
 *       |  <------------------------ HELLO    |   once ready
 *       |  CLOCK, MOUNT, ... ------------->   |   any number of control requests
 *       |  <------------------------- DONE    |
 *       |  EXEC | TAR_IN | TAR_OUT ------->   |   one session a connection
 *       |  <---------------------- STARTED    |
 *       |  DATA, EOF (stdin) ------------->   |   within the credit of that stream
 *       |  <---- DATA, EOF (stdout, stderr)   |   likewise
 *       |  <-------------------- CREDIT -->   |   for bytes that were consumed
 *       |  RESIZE, SIGNAL ---------------->   |
 *       |  <------------------------- EXIT    |   after the last DATA; then the agent closes
 *
 * FORWARD instead makes the connection a raw byte pipe after its DONE with errno 0.
 *
 * Flow control: each stream of a session starts with JSBX_WINDOW bytes of credit. A sender never
 * has more unconsumed bytes under way than that, so neither side buffers more, and a stream that
 * nobody reads holds up neither the other streams nor other sessions.
 *
 * A connection that ends before EXIT ends its session: the process group gets SIGHUP, and SIGKILL
 * when JSBX_HANGUP_GRACE_MS have passed.
 */
#ifndef JSBX_PROTOCOL_H
#define JSBX_PROTOCOL_H

#define JSBX_MAGIC 0x7862736a /* "jsbx" */
#define JSBX_VERSION 2
#define JSBX_PORT 1024 /* vsock port, both ways: the agent listens on it, and connects to the host's */

/* Sizes, bytes. */
#define JSBX_HEADER 8
#define JSBX_MAX_DATA 32768      /* payload of DATA */
#define JSBX_MAX_REQUEST 1048576 /* payload of EXEC */
#define JSBX_MAX_MESSAGE 4096    /* payload of any other frame */
#define JSBX_WINDOW 131072       /* credit at the start of a stream */

#define JSBX_MAX_CONNECTIONS 128
#define JSBX_HANGUP_GRACE_MS 3000

/* Streams. */
#define JSBX_STDIN 0
#define JSBX_STDOUT 1 /* with a TTY, everything */
#define JSBX_STDERR 2

/* Requests for a session. */
#define JSBX_EXEC 1     /* u32 flags, u16 rows, u16 columns, str user, str cwd, u32 n, n str argv, u32 n, n str NAME=value */
#define JSBX_TAR_OUT 2  /* str user, str path: a tar archive of path comes as stdout */
#define JSBX_TAR_IN 3   /* str user, str directory: a tar archive is taken from stdin */
#define JSBX_FORWARD 4  /* u16 port, str host: TCP connection from within the guest */

/* Control requests, each answered by DONE. */
#define JSBX_PING 16     /* empty */
#define JSBX_CLOCK 17    /* u64 nanoseconds since 1970: sets CLOCK_REALTIME */
#define JSBX_ENTROPY 18  /* bytes, credited in full; then the kernel reseeds */
#define JSBX_SYNC 19     /* empty: all file systems written out */
#define JSBX_SHUTDOWN 20 /* u32 how, u32 milliseconds between SIGTERM and SIGKILL; DONE comes first */
#define JSBX_MOUNT 21    /* u32 flags, str tag, str path: mounts a virtio-fs share */
#define JSBX_HOSTNAME 22 /* str name */
#define JSBX_SLEEPER 23  /* u32 thread: EINTR if it sleeps on in spite of a signal, ESRCH if it is gone */

/* Within a session. */
#define JSBX_DATA 32   /* bytes of a stream */
#define JSBX_EOF 33    /* empty: no more comes; or, against the stream's direction, no more is taken */
#define JSBX_CREDIT 34 /* u32 bytes: that many more may be sent */
#define JSBX_RESIZE 35 /* u16 rows, u16 columns */
#define JSBX_SIGNAL 36 /* u32 number, to the (foreground) process group */

/* From the agent. */
#define JSBX_HELLO 64   /* u32 magic, u32 version, u64 boot time now, u32 n, n (u32 point, u64 boot time), ns */
#define JSBX_FAILED 65  /* str what failed; the guest powers off */
#define JSBX_STARTED 66 /* u32 pid */
#define JSBX_EXIT 67    /* u32 kind, u32 value, u32 code as a shell has it, str message */
#define JSBX_DONE 68    /* u32 errno, 0 for success; str message */

/* Flags of EXEC. */
#define JSBX_EXEC_TTY 1      /* a pseudoterminal, of rows x columns */
#define JSBX_EXEC_DETACHED 2 /* stdio is /dev/null; EXIT with 0 as soon as it has started */
#define JSBX_EXEC_CLEAN 4    /* nothing in the environment but what the request has */

/* Flags of MOUNT. */
#define JSBX_MOUNT_READ_ONLY 1
#define JSBX_MOUNT_FILE 2 /* the share has one file, of the path's last name, which goes to the path */

/* How to shut down. */
#define JSBX_POWER_OFF 0
#define JSBX_REBOOT 1

/* Kinds of EXIT. */
#define JSBX_EXITED 0      /* value: exit status */
#define JSBX_SIGNALED 1    /* value: signal */
#define JSBX_NOT_STARTED 2 /* value: errno */

/* Codes of NOT_STARTED, as shells and docker have them. */
#define JSBX_CODE_CANNOT_RUN 126
#define JSBX_CODE_NOT_FOUND 127

/* Points of the time line. */
#define JSBX_T_INIT 1    /* the agent began as PID 1 */
#define JSBX_T_MODULES 2 /* modules are loaded */
#define JSBX_T_ROOT 3    /* the root file system is in place */
#define JSBX_T_SHARES 4  /* the shares of the command line are mounted */
#define JSBX_T_NET 5     /* the network is configured */
#define JSBX_T_READY 6   /* requests are served */

#endif
