"""Makes many files in one directory, finds each, renames and removes them.

    many.py DIRECTORY COUNT
"""
import os
import sys


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
    expect("listed", set(os.listdir(".")), names)
    expect("nodes", len({os.stat(name).st_ino for name in names}), count)
    with os.scandir(".") as entries:
        seen = 0
        for entry in entries:  # entries go while the directory is being read
            if seen % 2 == 0:
                os.unlink(entry.name)
            else:
                os.rename(entry.name, "renamed-" + entry.name if len(entry.name) == 12 else entry.name)
            seen += 1
    left = os.listdir(".")
    expect("names are told twice", len(set(left)), len(left))
    for name in left:
        os.unlink(name)
    os.chdir("..")
    os.rmdir(path)
    print("many: %d files made, found and removed" % count)


main(sys.argv[1], int(sys.argv[2]))
