// SPDX-License-Identifier: Apache-2.0
/*
 * Transactions over TCP, timed from the client's side.
 *
 *   transact serve PORT                 answers one connection after the other, for ever
 *   transact crr ADDRESS PORT COUNT     connect, a byte each way, close: prints nanoseconds a transaction
 *   transact rr ADDRESS PORT COUNT      a byte each way on one connection: prints nanoseconds a transaction
 *   transact bulk ADDRESS PORT BYTES    prints nanoseconds for 2^20 bytes
 *   transact first ADDRESS PORT         one transaction: prints the answer's byte, exit code 1 where there is none
 *
 * `-c CPU` before all that: on this processor alone. The first byte of a connection says what it is for. Of a short one the server
 * closes first, so that no port of the client waits; of the port in the server's TIME_WAIT a new connection makes use.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SHORT 'c'
#define LONG 'r'
#define BULK 'b'
#define PIECE (128 << 10)
#define WARMUP 32

static char piece[PIECE];

static void fail(const char *what)
{
	fprintf(stderr, "transact: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long nanoseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static socklen_t parse(const char *text, const char *port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(atoi(port));
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(atoi(port));
		return sizeof(*v6);
	}
	errno = EINVAL;
	fail(text);
	return 0;
}

static int connected(const struct sockaddr_storage *to, socklen_t length, char purpose)
{
	int one = 1, fd = socket(to->ss_family, SOCK_STREAM, 0);

	if (fd < 0)
		fail("socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (const void *)to, length))
		fail("connect");
	if (write(fd, &purpose, 1) != 1)
		fail("write");
	return fd;
}

static void serve(const char *port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(port)) };
	int one = 1, listener = socket(AF_INET6, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (listener < 0 || bind(listener, (void *)&any, sizeof(any)) || listen(listener, 128))
		fail("listen");
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		char byte;

		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (read(fd, &byte, 1) == 1) {
			if (byte == BULK) {
				while (read(fd, piece, sizeof(piece)) > 0)
					;
			}
			while (write(fd, &byte, 1) == 1 && byte == LONG && read(fd, &byte, 1) == 1)
				;
		}
		close(fd);
	}
}

static long long short_ones(const struct sockaddr_storage *to, socklen_t length, long count)
{
	long long start = nanoseconds();
	char byte;
	long i;

	for (i = 0; i < count; i++) {
		int fd = connected(to, length, SHORT);

		if (read(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 0)
			fail("read");
		close(fd);
	}
	return nanoseconds() - start;
}

static long long exchanges(int fd, long count)
{
	long long start = nanoseconds();
	char byte = LONG;
	long i;

	for (i = 0; i < count; i++)
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			fail("exchange");
	return nanoseconds() - start;
}

static long long stream(int fd, long long bytes)
{
	long long start = nanoseconds(), sent = 0;
	char byte;

	while (sent < bytes) {
		ssize_t part = write(fd, piece, sizeof(piece));

		if (part <= 0)
			fail("write");
		sent += part;
	}
	shutdown(fd, SHUT_WR);
	if (read(fd, &byte, 1) != 1)
		fail("read");
	return (nanoseconds() - start) * (1 << 20) / sent;
}

int main(int count, char **words)
{
	struct sockaddr_storage to;
	socklen_t length;
	long long times;
	char byte;
	int fd;

	if (count > 2 && !strcmp(words[1], "-c")) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(atoi(words[2]), &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			fail("sched_setaffinity");
		words += 2;
		count -= 2;
	}
	if (count == 3 && !strcmp(words[1], "serve"))
		serve(words[2]);
	if (count < 4) {
		fprintf(stderr, "usage: transact [-c CPU] serve PORT | crr|rr|bulk ADDRESS PORT COUNT | first ADDRESS PORT\n");
		return 2;
	}
	length = parse(words[2], words[3], &to);
	if (!strcmp(words[1], "first")) {
		fd = connected(&to, length, SHORT);
		if (read(fd, &byte, 1) != 1)
			fail("read");
		putchar(byte);
		return 0;
	}
	if (count != 5 || (times = atoll(words[4])) <= 0)
		return 2;
	if (!strcmp(words[1], "crr")) {
		short_ones(&to, length, WARMUP);
		printf("%.1f\n", (double)short_ones(&to, length, times) / times);
	} else if (!strcmp(words[1], "rr")) {
		fd = connected(&to, length, LONG);
		if (read(fd, &byte, 1) != 1)
			fail("read");
		exchanges(fd, WARMUP);
		printf("%.1f\n", (double)exchanges(fd, times) / times);
	} else if (!strcmp(words[1], "bulk")) {
		printf("%.1f\n", (double)stream(connected(&to, length, BULK), times));
	}
	return 0;
}
