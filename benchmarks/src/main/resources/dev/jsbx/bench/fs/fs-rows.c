/* What the guest measures: each call does one thing to a directory and prints the seconds it took. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "fs-rows: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void create(int n)
{
	char name[32];

	for (int i = 0; i < n; i++) {
		sprintf(name, "f%d", i);
		int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0644);
		if (fd < 0)
			die(name);
		close(fd);
	}
}

static void stats(int n)
{
	char name[32];
	struct stat st;

	for (int i = 0; i < n; i++) {
		sprintf(name, "f%d", i);
		if (stat(name, &st))
			die(name);
	}
}

static void list(int n)
{
	DIR *d = opendir(".");
	int seen = 0;

	if (!d)
		die("opendir");
	while (readdir(d))
		seen++;
	closedir(d);
	if (seen != n + 2) {
		errno = EIO;
		die("readdir");
	}
}

static void removal(int n)
{
	char name[32];

	for (int i = 0; i < n; i++) {
		sprintf(name, "f%d", i);
		if (unlink(name))
			die(name);
	}
}

static void sequential(int mib, int writing)
{
	size_t block = 1 << 20;
	char *data = malloc(block);
	int fd = open("big", writing ? O_CREAT | O_TRUNC | O_WRONLY : O_RDONLY, 0644);

	if (fd < 0)
		die("big");
	memset(data, 'x', block);
	for (int i = 0; i < mib; i++)
		if ((writing ? write(fd, data, block) : read(fd, data, block)) != (ssize_t)block)
			die("big");
	if (writing && fsync(fd))
		die("fsync");
	close(fd);
}

static void run(char **command)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		execvp(command[0], command);
		die(command[0]);
	}
	waitpid(child, &status, 0);
	if (status) {
		fprintf(stderr, "fs-rows: %s: status %d\n", command[0], status);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc < 4 || chdir(argv[1]))
		die("usage: fs-rows DIRECTORY WHAT COUNT|COMMAND");
	char *what = argv[2];
	int n = atoi(argv[3]);
	double start = now();

	if (!strcmp(what, "create"))
		create(n);
	else if (!strcmp(what, "stat"))
		stats(n);
	else if (!strcmp(what, "readdir"))
		list(n);
	else if (!strcmp(what, "unlink"))
		removal(n);
	else if (!strcmp(what, "write"))
		sequential(n, 1);
	else if (!strcmp(what, "read"))
		sequential(n, 0);
	else
		run(argv + 3);
	printf("%.4f\n", now() - start);
	return 0;
}
