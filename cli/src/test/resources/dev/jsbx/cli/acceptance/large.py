"""Writes a file across the places where 31, 32 and 33 bits end, and reads it back.

    large.py FILE
"""
import hashlib
import os
import sys

AROUND = 24 << 20
PLACES = [0, (1 << 31) - AROUND // 2, (1 << 32) - AROUND // 2, (1 << 33) - AROUND // 2]


def block(place, i):
    return hashlib.sha256(b"%d %d" % (place, i)).digest() * 2048


def main(path):
    with open(path, "w+b", buffering=0) as file:
        for place in PLACES:
            for i in range(AROUND // 65536):
                file.seek(place + i * 65536)
                file.write(block(place, i))
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        for place in PLACES:
            for i in range(AROUND // 65536):
                file.seek(place + i * 65536)
                if file.read(65536) != block(place, i):
                    sys.exit("other bytes at %d" % (place + i * 65536))
        size = os.fstat(file.fileno()).st_size
        if size != PLACES[-1] + AROUND:
            sys.exit("size %d" % size)
        hole = os.lseek(file.fileno(), PLACES[1] + 1, os.SEEK_HOLE)
        if hole < PLACES[1] + AROUND or hole > PLACES[2]:
            sys.exit("a hole at %d" % hole)
        os.truncate(path, (1 << 32) + 5)
        if os.stat(path).st_size != (1 << 32) + 5:
            sys.exit("truncated to %d" % os.stat(path).st_size)
    print("large: %d bytes" % size)


main(sys.argv[1])
