"""Makes many files in one directory, finds each, renames and removes them.

    many.py DIRECTORY COUNT
"""
import os
import sys
import time

began = time.monotonic()


def told(what):
    """Where the time goes."""
    global began
    now = time.monotonic()
    print("%s: %.1f s" % (what, now - began), file=sys.stderr, flush=True)
    began = now


def expect(what, got, wanted):
    if got != wanted:
        sys.exit("%s: %r, not %r" % (what, got, wanted))


def main(directory, count):
    path = os.path.join(directory, "many")
    os.mkdir(path)
    os.chdir(path)
    names = {"file-%07d" % i for i in range(count)}
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    told("made")
    expect("listed", set(os.listdir(".")), names)
    told("listed")
    expect("nodes", len({os.stat(name).st_ino for name in names}), count)
    told("asked for")
    with os.scandir(".") as entries:
        seen = 0
        for entry in entries:  # entries go while the directory is being read
            if seen % 2 == 0:
                os.unlink(entry.name)
            else:
                os.rename(entry.name, "renamed-" + entry.name if len(entry.name) == 12 else entry.name)
            seen += 1
    told("removed or renamed while being listed")
    left = os.listdir(".")
    expect("names are told twice", len(set(left)), len(left))
    for name in left:
        os.unlink(name)
    os.chdir("..")
    os.rmdir(path)
    told("removed")
    print("many: %d files made, found and removed" % count)


main(sys.argv[1], int(sys.argv[2]))
