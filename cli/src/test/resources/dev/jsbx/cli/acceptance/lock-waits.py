"""Who waits for a lock, of the guest's or of the host's, hears of signals and can be killed."""
import fcntl
import os
import signal
import subprocess
import sys
import time

PATIENCE = 60


def waiter(how, name, then=""):
    """A process that waits for a lock; it says so before."""
    program = (
        "import fcntl, signal, sys\n"
        "def late(*_): raise TimeoutError\n"
        "signal.signal(signal.SIGALRM, late)\n"
        "f = open(%r, 'r+')\n"
        "print('waits', flush=True)\n"
        "%s\n"
        "fcntl.%s(f, fcntl.LOCK_EX)\n"
        "print('has it', flush=True)\n" % (name, then, how)
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "waits\n"
    return process


def ends(process):
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


for how in "lockf", "flock":
    for name in "guest", "host":
        if name == "guest":
            held = open(name, "w+")
            getattr(fcntl, how)(held, fcntl.LOCK_EX)
        elif how == "flock":
            continue  # the host holds a lock of the other kind
        for number in signal.SIGKILL, signal.SIGTERM:
            process = waiter(how, name)
            time.sleep(1)
            assert process.poll() is None, "%s on %s does not wait" % (how, name)
            process.send_signal(number)
            assert ends(process)[0] == -number
        code, out, err = ends(waiter(how, name, "signal.alarm(1)"))
        assert code == 1 and "TimeoutError" in err and out == "", err
        print(how, name, "ends")
        if name == "guest":
            process = waiter(how, name)
            held.close()
            assert ends(process)[:2] == (0, "has it\n")
            print(how, name, "is granted")
assert subprocess.call(["timeout", str(PATIENCE), "flock", "-w", "1", "guest", "true"]) == 0
print("free at the end")
