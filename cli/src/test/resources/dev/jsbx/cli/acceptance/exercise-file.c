/*
 * Does random things to one file, in the manner of fsx, and compares all that it reads with a copy
 * in memory.
 *
 *     exercise-file FILE OPERATIONS SEED
 *
 * It tells of each 100 000 operations. Exit code 0 if nothing differed; otherwise it names the
 * operation, the offset and the seed, with which the same operations come again, and prints the
 * last ones before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST (256 << 10)
#define LONGEST (24 << 10)
#define REMEMBERED 24
#define PAGE 4096

static const char *path;
static int fd;
static long size;
static char expected[LARGEST], buffer[LARGEST];
static char history[REMEMBERED][96];
static unsigned long number;
static uint64_t state, seed;

static uint64_t next(void)
{
	/* SplitMix64 */
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static long below(long limit)
{
	return limit <= 0 ? 0 : (long)(next() % (uint64_t)limit);
}

static void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(history[number % REMEMBERED], sizeof *history, format, args);
	va_end(args);
}

static void fail(const char *what, long offset)
{
	fprintf(stderr, "exercise-file: %s at %ld, operation %lu of seed %llu, errno %d (%s)\n", what, offset,
		number, (unsigned long long)seed, errno, strerror(errno));
	for (unsigned long i = number < REMEMBERED ? 0 : number - REMEMBERED + 1; i <= number; i++)
		fprintf(stderr, "  %lu %s\n", i, history[i % REMEMBERED]);
	exit(1);
}

static void compare(const char *what, const char *got, long offset, long length)
{
	if (memcmp(got, expected + offset, length) == 0)
		return;
	errno = 0;
	for (long i = 0; i < length; i++)
		if (got[i] != expected[offset + i]) {
			fprintf(stderr, "exercise-file: 0x%02x, not 0x%02x\n", (unsigned char)got[i],
				(unsigned char)expected[offset + i]);
			fail(what, offset + i);
		}
}

static void grow_to(long end)
{
	/* What was beyond the end reads as zeros: expected is cleared whenever the file shrinks. */
	if (end > size)
		size = end;
}

static void open_file(void)
{
	fd = open(path, O_RDWR);
	if (fd < 0)
		fail("open", 0);
}

static void do_read(void)
{
	long offset = below(size), length = below(LONGEST);

	note("read %ld+%ld of %ld", offset, length, size);
	long wanted = offset + length > size ? size - offset : length;
	if (pread(fd, buffer, length, offset) != wanted)
		fail("read's length", offset);
	compare("read", buffer, offset, wanted);
}

static void fill(long offset, long length)
{
	/* A word at a time: the guest's processor is emulated. */
	while (length > 0) {
		uint64_t word = next();
		long part = length < (long)sizeof word ? length : (long)sizeof word;

		memcpy(expected + offset, &word, part);
		offset += part;
		length -= part;
	}
}

static void do_write(void)
{
	long offset = below(LARGEST - 1), length = 1 + below(LONGEST);

	if (offset + length > LARGEST)
		length = LARGEST - offset;
	note("write %ld+%ld of %ld", offset, length, size);
	fill(offset, length);
	if (pwrite(fd, expected + offset, length, offset) != length)
		fail("write", offset);
	grow_to(offset + length);
}

static void do_append(void)
{
	long length = 1 + below(PAGE);

	if (size + length > LARGEST)
		return;
	note("append %ld to %ld", length, size);
	int other = open(path, O_WRONLY | O_APPEND);
	fill(size, length);
	if (other < 0 || write(other, expected + size, length) != length)
		fail("append", size);
	close(other);
	grow_to(size + length);
}

static void do_truncate(void)
{
	long to = below(LARGEST);

	note("truncate %ld to %ld", size, to);
	if (next() & 1 ? ftruncate(fd, to) : truncate(path, to))
		fail("truncate", to);
	if (to < size)
		memset(expected + to, 0, size - to);
	size = to;
}

static void do_map(int writing)
{
	if (size == 0)
		return;
	long offset = below(size), start = offset & ~(PAGE - 1L), length = 1 + below(LONGEST);

	if (offset + length > size)
		length = size - offset;
	note("map%s %ld+%ld of %ld", writing ? "write" : "read", offset, length, size);
	char *map = mmap(NULL, offset - start + length, writing ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd,
			 start);
	if (map == MAP_FAILED)
		fail("mmap", offset);
	if (writing) {
		fill(offset, length);
		memcpy(map + (offset - start), expected + offset, length);
		if ((next() & 15) == 0 && msync(map, offset - start + length, MS_SYNC))
			fail("msync", offset);
	}
	compare("map", map + (offset - start), offset, length);
	munmap(map, offset - start + length);
}

static void do_zero(int mode, const char *what)
{
	if (size == 0)
		return;
	long offset = below(size), length = 1 + below(LONGEST);

	note("%s %ld+%ld of %ld", what, offset, length, size);
	if (fallocate(fd, mode | FALLOC_FL_KEEP_SIZE, offset, length)) {
		if (errno == EOPNOTSUPP)
			return;
		fail(what, offset);
	}
	memset(expected + offset, 0, offset + length > size ? size - offset : length);
}

static void do_allocate(void)
{
	long offset = below(LARGEST - 1), length = 1 + below(LONGEST);

	if (offset + length > LARGEST)
		length = LARGEST - offset;
	note("allocate %ld+%ld of %ld", offset, length, size);
	if (fallocate(fd, 0, offset, length)) {
		if (errno == EOPNOTSUPP)
			return;
		fail("allocate", offset);
	}
	grow_to(offset + length);
}

static void do_copy(void)
{
	if (size < 2)
		return;
	long from = below(size), length = 1 + below(LONGEST);

	if (from + length > size)
		length = size - from;
	long to = below(LARGEST - length);
	if (to + length > from && from + length > to)
		return; /* ranges of one file must not overlap */
	note("copy %ld+%ld to %ld of %ld", from, length, to, size);
	off_t in = from, out = to;
	for (long left = length; left > 0;) {
		ssize_t copied = copy_file_range(fd, &in, fd, &out, left, 0);
		if (copied <= 0)
			fail("copy", to);
		left -= copied;
	}
	memcpy(expected + to, expected + from, length);
	grow_to(to + length);
}

static void do_seek(void)
{
	if (size == 0)
		return;
	long offset = below(size);

	note("seek from %ld of %ld", offset, size);
	off_t hole = lseek(fd, offset, SEEK_HOLE), data = lseek(fd, offset, SEEK_DATA);
	if (hole < offset || hole > size || (data >= 0 ? data < offset || data > size : errno != ENXIO))
		fail("seek", offset);
	for (long i = offset; i < (data < 0 ? size : data); i++)
		if (expected[i])
			fail("data where a hole was told of", i);
}

static void do_reopen(void)
{
	note("reopen");
	if (close(fd))
		fail("close", 0);
	open_file();
}

static void do_drop(void)
{
	note("sync, and drop from the page cache");
	if (fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		fail("fsync", 0);
}

static void check_size(void)
{
	struct stat by_fd, by_path;

	if (fstat(fd, &by_fd) || stat(path, &by_path))
		fail("stat", 0);
	if (by_fd.st_size != size || by_path.st_size != size)
		fail("size", by_fd.st_size);
}

static void check_all(void)
{
	if (pread(fd, buffer, LARGEST, 0) != size)
		fail("the whole file's length", size);
	compare("the whole file", buffer, 0, size);
}

static void step(void)
{
	switch (below(64)) {
	case 0 ... 15:
		do_read();
		break;
	case 16 ... 29:
		do_write();
		break;
	case 30 ... 33:
		do_truncate();
		break;
	case 34 ... 38:
		do_map(0);
		break;
	case 39 ... 43:
		do_map(1);
		break;
	case 44 ... 47:
		do_zero(FALLOC_FL_PUNCH_HOLE, "punch");
		break;
	case 48 ... 49:
		do_zero(FALLOC_FL_ZERO_RANGE, "zero");
		break;
	case 50 ... 51:
		do_allocate();
		break;
	case 52 ... 55:
		do_copy();
		break;
	case 56 ... 57:
		do_append();
		break;
	case 58 ... 59:
		do_seek();
		break;
	case 60 ... 62:
		do_reopen();
		break;
	default:
		do_drop();
	}
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: exercise-file FILE OPERATIONS SEED\n");
		return 2;
	}
	path = argv[1];
	unsigned long operations = strtoul(argv[2], NULL, 10);
	state = seed = strtoull(argv[3], NULL, 10);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		fail("create", 0);
	for (number = 0; number < operations; number++) {
		step();
		if (number % 16 == 0)
			check_size();
		if (number % 4096 == 0)
			check_all();
		if (number % 100000 == 99999)
			fprintf(stderr, "%s: %lu operations of seed %llu\n", path, number + 1, (unsigned long long)seed);
	}
	check_size();
	check_all();
	close(fd);
	printf("%lu operations of seed %llu, %ld bytes at the end\n", number, (unsigned long long)seed, size);
	return 0;
}
