"""Packs a tree of difficult files into the shared directory, out of it and back, and compares.

    tree.py SHARED LOCAL COUNT

A tree of COUNT files is made in LOCAL, packed there, unpacked in SHARED, packed there and unpacked
in LOCAL again: sparse files, hard links, symbolic links, names in several scripts and of 255 bytes,
modes, times to the nanosecond.
"""
import hashlib
import os
import shutil
import stat
import subprocess
import sys

NAMES = ["plain", "with space", "tab\tand\nnewline", "-rf", "日本語", "Ünïcödé", "e\u0301 combined",
         "🙂", "x" * 255, "ü" * 127, ".hidden", "quote'\"\\", "a:b*c?"]


def make(root, count):
    for i in range(count):
        directory = os.path.join(root, "d%d" % (i % 7), NAMES[i % len(NAMES)])
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, NAMES[i // 7 % len(NAMES)] if i % 3 else "f%d" % i)
        if os.path.lexists(path):
            continue
        with open(path, "wb") as file:
            file.write(("%d\n" % i).encode() * (i % 500))
        os.chmod(path, 0o600 | i % 0o200)
        os.utime(path, ns=(i * 1_000_000_007, i * 1_000_000_007 + 5))
        if i % 5 == 0:
            os.link(path, os.path.join(root, "link%d" % i))
        if i % 5 == 1:
            os.symlink("../" * (i % 4) + "nowhere/" + NAMES[i % 9], os.path.join(root, "soft%d" % i))
    for i in range(3):
        with open(os.path.join(root, "sparse%d" % i), "wb") as file:
            for place in (0, 5 << 20, (16 << 20) + i * 4096):
                file.seek(place)
                file.write(b"island" * 1000)
            file.truncate((40 << 20) + i)


def describe(root):
    seen, links, found = {}, {}, {}
    for directory, directories, files in os.walk(root):
        for name in directories + files:
            path = os.path.join(directory, name)
            relative = os.path.relpath(path, root)
            s = os.lstat(path)
            entry = [stat.filemode(s.st_mode), s.st_uid == os.getuid()]
            if stat.S_ISREG(s.st_mode):
                if s.st_ino not in seen:
                    with open(path, "rb") as file:
                        seen[s.st_ino] = hashlib.file_digest(file, "sha256").hexdigest()
                links.setdefault(s.st_ino, []).append(relative)
                entry += [s.st_size, s.st_nlink, s.st_mtime_ns, seen[s.st_ino]]
                if relative.startswith("sparse") and s.st_blocks * 512 > 4 << 20:
                    sys.exit("%s is not sparse: %d blocks" % (path, s.st_blocks))
            elif stat.S_ISLNK(s.st_mode):
                entry.append(os.readlink(path))
            found[relative] = entry
    groups = {tuple(sorted(names)) for names in links.values() if len(names) > 1}
    return found, groups


def tar(*words):
    subprocess.run(["tar", *words], check=True)


def main(shared, local, count):
    os.makedirs(local + "/first")
    make(local + "/first", count)
    before = describe(local + "/first")
    options = ["--format=posix", "--sparse", "-cf"]
    tar(*options, local + "/1.tar", "-C", local + "/first", ".")
    os.makedirs(shared + "/tree")
    tar("-xpf", local + "/1.tar", "-C", shared + "/tree")
    if describe(shared + "/tree") != before:
        sys.exit("unpacked in the shared directory it is another tree")
    tar(*options, shared + "/2.tar", "-C", shared + "/tree", ".")
    os.makedirs(local + "/second")
    tar("-xpf", shared + "/2.tar", "-C", local + "/second")
    if describe(local + "/second") != before:
        sys.exit("unpacked out of the shared directory it is another tree")
    shutil.rmtree(shared + "/tree")
    os.unlink(shared + "/2.tar")
    shutil.rmtree(local)
    print("tree: %d files and %d groups of links came back" % (len(before[0]), len(before[1])))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
