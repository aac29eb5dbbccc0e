/*
 * Takes an exclusive lock of a file and keeps it until a signal comes.
 *
 *     hold-lock fcntl|flock FILE
 *
 * Says "waits" before and "has it" after.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (argc != 3) {
		fprintf(stderr, "usage: hold-lock fcntl|flock FILE\n");
		return 2;
	}
	int fd = open(argv[2], O_RDWR);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	setlinebuf(stdout);
	puts("waits");
	if (strcmp(argv[1], "flock") ? fcntl(fd, F_SETLKW, &whole) : flock(fd, LOCK_EX)) {
		perror(argv[1]);
		return 1;
	}
	puts("has it");
	for (;;)
		pause();
}
