/*
 * What a shared directory's big file costs: prints the milliseconds of each row. The current
 * directory has the file "big", and "small" with the files 0 to 499.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define BLOCK (1 << 20)
#define TIMES 4000
#define FILES 500

static char block[BLOCK];
static struct timespec start;
static uint64_t state = 1;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void row(const char *name)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (name != NULL)
		printf("%s\t%.1f\n", name,
		       (now.tv_sec - start.tv_sec) * 1e3 + (now.tv_nsec - start.tv_nsec) / 1e6);
	clock_gettime(CLOCK_MONOTONIC, &start);
}

static long somewhere(long size)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (long)((state >> 33) % (uint64_t)(size / PAGE)) * PAGE;
}

static void sequential(int fd)
{
	ssize_t got;

	lseek(fd, 0, SEEK_SET);
	while ((got = read(fd, block, BLOCK)) > 0)
		;
	if (got < 0)
		fail("read");
}

static long touch(const char *map, long size)
{
	long sum = 0;

	for (int i = 0; i < TIMES; i++)
		sum += map[somewhere(size)];
	return sum;
}

static void small(void)
{
	char name[32];

	for (int i = 0; i < FILES; i++) {
		int fd;

		snprintf(name, sizeof name, "small/%d", i);
		fd = open(name, O_RDONLY);
		if (fd < 0 || read(fd, block, BLOCK) < 0)
			fail(name);
		close(fd);
	}
}

int main(void)
{
	struct stat status;
	volatile long sum;
	char *map;
	int fd = open("big", O_RDWR);

	if (fd < 0 || fstat(fd, &status) != 0)
		fail("big");
	map = mmap(NULL, status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		fail("mmap");
	row(NULL);
	sum = touch(map, status.st_size);
	row("mmap, random pages, cold");
	sum += touch(map, status.st_size);
	row("mmap, random pages, again");
	row(NULL);
	sequential(fd);
	row("read in blocks of 1 MiB, cold but for those pages");
	sequential(fd);
	row("read in blocks of 1 MiB, again");
	for (int i = 0; i < TIMES; i++)
		if (pwrite(fd, block, PAGE, somewhere(status.st_size)) != PAGE)
			fail("pwrite");
	row("write 4 KiB at random places, in place");
	if (fsync(fd) != 0)
		fail("fsync");
	row("fsync");
	small();
	row("open, read and close 500 small files");
	return sum == 1;
}
