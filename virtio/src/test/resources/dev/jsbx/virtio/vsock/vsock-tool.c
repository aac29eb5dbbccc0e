/* Streams over AF_VSOCK, for tests in a guest:
 *   vsock-tool echo PORT              serves PORT, echoes every connection, for ever
 *   vsock-tool connect CID PORT       standard input to the peer, the peer to standard output
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

static char buffer[1 << 16];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void write_all(int fd, const char *bytes, ssize_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);
		if (n < 0)
			fail("write");
		bytes += n;
		length -= n;
	}
}

static void echo(int peer)
{
	ssize_t n;
	while ((n = read(peer, buffer, sizeof buffer)) > 0)
		write_all(peer, buffer, n);
	if (n < 0)
		fail("read");
}

static int address(struct sockaddr_vm *to, unsigned cid, unsigned port)
{
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);
	if (fd < 0)
		fail("socket");
	memset(to, 0, sizeof *to);
	to->svm_family = AF_VSOCK;
	to->svm_cid = cid;
	to->svm_port = port;
	return fd;
}

static void serve(unsigned port)
{
	struct sockaddr_vm self;
	int fd = address(&self, VMADDR_CID_ANY, port);
	if (bind(fd, (struct sockaddr *)&self, sizeof self) || listen(fd, 64))
		fail("listen");
	puts("LISTENING");
	fflush(stdout);
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		if (peer < 0)
			fail("accept");
		if (fork() == 0) {
			echo(peer);
			_exit(0);
		}
		close(peer);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static void join(unsigned cid, unsigned port)
{
	struct sockaddr_vm peer;
	int fd = address(&peer, cid, port);
	if (connect(fd, (struct sockaddr *)&peer, sizeof peer))
		fail("connect");
	struct pollfd wait[2] = { { .fd = 0, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
	while (wait[0].fd >= 0 || wait[1].fd >= 0) {
		wait[0].revents = wait[1].revents = 0;
		if (poll(wait, 2, -1) < 0)
			fail("poll");
		if (wait[0].revents) {
			ssize_t n = read(0, buffer, sizeof buffer);
			if (n <= 0) {
				shutdown(fd, SHUT_WR);
				wait[0].fd = -1;
			} else {
				write_all(fd, buffer, n);
			}
		}
		if (wait[1].revents) {
			ssize_t n = read(fd, buffer, sizeof buffer);
			if (n < 0)
				fail("read");
			if (n == 0)
				wait[1].fd = -1;
			write_all(1, buffer, n);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "echo"))
		serve(atoi(argv[2]));
	else if (argc == 4 && !strcmp(argv[1], "connect"))
		join(atoi(argv[2]), atoi(argv[3]));
	else
		return 2;
	return 0;
}
