"""Plays a user at a terminal: terminal.py SCENE COMMAND... Prints "as it should be" at the end."""
import fcntl, os, pty, signal, struct, sys, termios, time

scene, command = sys.argv[1], sys.argv[2:]
PATIENCE = 300


def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def expect(text):
    """Reads until the text has been shown; returns all that was."""
    global seen
    deadline = time.time() + PATIENCE
    while text not in seen:
        if time.time() > deadline:
            sys.exit("waited for %r, saw %r" % (text, seen))
        try:
            seen += os.read(user, 4096)
        except OSError:
            sys.exit("ended before %r, saw %r" % (text, seen))
    before, seen = seen.split(text, 1)
    return before


def type_(text):
    os.write(user, text)


def check(condition, what):
    if not condition:
        sys.exit("not so: %s; the rest was %r" % (what, seen))


# The terminal stays open in this process, so that its settings can be looked at afterwards.
user, terminal = pty.openpty()
size(user, 30, 100)
before = termios.tcgetattr(terminal)
seen = b""
script = {
    "resize": "stty size; echo ready; x=; while [ -z \"$x\" ]; do read x; stty size; done; exit 3",
    "interrupt": "trap 'echo caught; exit 4' INT; echo ready; while :; do sleep 1; done",
    "detach": "echo ready; sleep 600",
    "killed": "echo ready; sleep 600",
    "back": "echo ready; read x; stty size; echo said $x; exit 5",
}[scene]


def start(line):
    child = os.fork()
    if child == 0:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(terminal, fd)
        os.execvp(line[0], line)
    return child


def await_end(child):
    deadline = time.time() + PATIENCE
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if time.time() > deadline:
            sys.exit("does not end; the rest was %r" % seen)
        time.sleep(0.05)


child = start(command + ["sh", "-c", script])
expect(b"ready\r\n" if scene != "resize" else b"30 100\r\nready\r\n")
check(termios.tcgetattr(terminal) != before, "the terminal is raw meanwhile")
if scene == "resize":
    size(user, 44, 111)
    # The kernel itself sends SIGWINCH; when it has got through to the guest only the guest knows.
    deadline = time.time() + PATIENCE
    while b"44 111\r\n" not in seen:
        check(time.time() < deadline, "the guest's terminal has the new size")
        type_(b"\r")
        time.sleep(0.1)
        seen += os.read(user, 4096)
    type_(b"x\r")
    wanted = 3
elif scene == "interrupt":
    type_(b"\x03")
    expect(b"caught\r\n")
    wanted = 4
elif scene == "detach":
    type_(b"\x10\x11")
    expect(b"jsbx: detached")
    wanted = 0
elif scene == "back":
    type_(b"\x10\x11")
    expect(b"jsbx: detached: it goes on")
    code = await_end(child)
    check(code == 0, "who leaves has 0, not %r" % code)
    size(user, 25, 90)
    child = start([command[0], "attach", "kept"])
    expect(b"ready\r\n")
    type_(b"this\r")
    expect(b"25 90\r\nsaid this\r\n")
    wanted = 5
else:
    os.kill(child, signal.SIGKILL)
    wanted = -9

code = await_end(child)
deadline = time.time() + PATIENCE
check(code == wanted, "exit code %r, wanted %r" % (code, wanted))
while termios.tcgetattr(terminal) != before:
    check(time.time() < deadline, "the terminal is as it was")
    time.sleep(0.05)
print("as it should be")
