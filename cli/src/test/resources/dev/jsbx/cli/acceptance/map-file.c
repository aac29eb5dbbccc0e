/*
 * Works on a file through a shared mapping, step by step, as the lines of its standard input say:
 *
 *     map-file FILE
 *
 *     get OFFSET         prints the 8 characters there, or SIGBUS
 *     put OFFSET TEXT    writes the 8 characters there
 *     sync               has the file written, too
 *
 * After each it prints a line.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORD 8

static sigjmp_buf beyond_end;

static void caught(int signal)
{
	siglongjmp(beyond_end, signal);
}

static void step(char *map, long length, const char *verb, long offset, const char *text)
{
	char word[WORD + 1] = {0};

	if (offset < 0 || offset > length - WORD) {
		puts("outside");
	} else if (sigsetjmp(beyond_end, 1) != 0) {
		puts("SIGBUS");
	} else if (strcmp(verb, "get") == 0) {
		memcpy(word, map + offset, WORD);
		printf("[%s]\n", word);
	} else if (strcmp(verb, "put") == 0 && strlen(text) == WORD) {
		memcpy(map + offset, text, WORD);
		puts("put");
	} else if (strcmp(verb, "sync") == 0) {
		puts(msync(map, length, MS_SYNC) == 0 ? "synced" : "failed");
	} else {
		puts("what?");
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = caught};
	struct stat status;
	char line[256], verb[8], text[WORD + 1], *map;
	long offset;
	int fd;

	if (argc != 2 || (fd = open(argv[1], O_RDWR)) < 0 || fstat(fd, &status) != 0) {
		perror("map-file");
		return 1;
	}
	map = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || sigaction(SIGBUS, &action, NULL) != 0) {
		perror("map-file");
		return 1;
	}
	puts("mapped");
	fflush(stdout);
	while (fgets(line, sizeof line, stdin) != NULL) {
		verb[0] = text[0] = 0;
		offset = 0;
		sscanf(line, "%7s %ld %8s", verb, &offset, text);
		step(map, status.st_size, verb, offset, text);
	}
	return 0;
}
