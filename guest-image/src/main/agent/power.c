/*
 * The end of the guest: SIGTERM to all, a grace, SIGKILL, everything written out and read-only, then
 * power off or reboot. Asked for by the host, or within the guest by signals, which busybox's and
 * systemd's poweroff send to PID 1; the agent itself answers to those names too.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define MAX_GRACE_MS 60000
#define KILL_GRACE_MS 1000

static bool requested, killed;
static uint32_t how_to;
static int64_t deadline;

void power_off_now(uint32_t how) {
    sync();
    write_file("/proc/sys/kernel/sysrq", "1");
    write_file("/proc/sysrq-trigger", "u"); /* remounts all read-only, the upper disk's journal closed */
    reboot(how == JSBX_REBOOT ? RB_AUTOBOOT : RB_POWER_OFF);
    for (;;) {
        pause();
    }
}

static bool children_left(void) {
    return waitpid(-1, NULL, WNOHANG) >= 0;
}

static void set_deadline(int64_t ms) {
    deadline = now_ms() + ms;
    loop_wake_at(deadline);
}

void power_request(uint32_t how, uint32_t grace_ms) {
    if (requested) {
        return;
    }
    requested = true;
    how_to = how;
    kill(-1, SIGTERM);
    kill(-1, SIGCONT);
    set_deadline(grace_ms < MAX_GRACE_MS ? grace_ms : MAX_GRACE_MS);
    power_child_gone();
}

void power_child_gone(void) {
    if (requested && !children_left()) {
        power_off_now(how_to);
    }
}

void power_tick(int64_t now) {
    if (!requested) {
        return;
    }
    if (now < deadline) {
        loop_wake_at(deadline);
    } else if (!killed) {
        killed = true;
        kill(-1, SIGKILL);
        set_deadline(KILL_GRACE_MS);
        power_child_gone();
    } else {
        power_off_now(how_to);
    }
}

int power_command(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/'), *name = slash != NULL ? slash + 1 : argv[0];
    int number = strcmp(name, "reboot") == 0 ? SIGTERM : SIGUSR2;
    for (int i = 1; i < argc; i++) {
        if (strcmp(name, "shutdown") == 0 && strcmp(argv[i], "-r") == 0) {
            number = SIGTERM;
        }
    }
    if (kill(1, number) != 0) {
        perror(name);
        return 1;
    }
    return 0;
}
