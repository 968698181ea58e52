/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the plugin must do where there is no managed code yet, or none any more: spare the runtime a thread and a search
 * when it starts, and start another program without a copy of this one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { lowest_priority = 19, handed_over = 3, stack_size = 16384 };

static const struct timespec way_for_others = { .tv_nsec = 1000000 };

static int has_begun;

/* The runtime is ready: from now on a thread is a thread. */
void netpol_begin(void)
{
	has_begun = 1;
}

/* The linker has the runtime call what follows in place of the functions of these names (--wrap). */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __real_statfs64(const char *path, struct statfs64 *answer);
FILE *__real_fopen64(const char *path, const char *mode);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __wrap_statfs64(const char *path, struct statfs64 *answer);
FILE *__wrap_fopen64(const char *path, const char *mode);

/*
 * The one thread that the runtime starts by itself is for finalizers, of which a program that ends in milliseconds needs none: what it
 * opens it disposes, or the kernel closes it. But a process has ended when its last thread has, and one that sleeps on a processor which
 * has gone idle takes up to a millisecond to be woken and die.
 */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
	if (has_begun)
		return __real_pthread_create(thread, attributes, start, argument);
	*thread = pthread_self();
	return 0;
}

/*
 * It would look twice through all mounts of the node for the limits of its control group, and then through the group. Its heap has a
 * limit already, and one thread is at work: here there are no control groups.
 */
int __wrap_statfs64(const char *path, struct statfs64 *answer)
{
	if (strcmp(path, "/sys/fs/cgroup") != 0)
		return __real_statfs64(path, answer);
	errno = ENOENT;
	return -1;
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	if (strcmp(path, "/proc/self/mountinfo") != 0)
		return __real_fopen64(path, mode);
	errno = ENOENT;
	return NULL;
}

struct errand {
	char **arguments;
	int right;
	sigset_t signals;
};

/*
 * In the child, on memory that is the parent's too, down to what the C library keeps of its thread: system calls alone, and by number
 * those at which a thread might be cancelled, which the library notes there.
 */
static int become(void *data)
{
	struct errand *errand = data;
	char *no_environment[] = { NULL };
	int right = errand->right;
	int nowhere, stream;

	/*
	 * The container waits for the parent, and then for the runtime, which must not find a processor busy with this: the start of a
	 * program is done inside the kernel, where a low priority gives way to nobody.
	 */
	setpriority(PRIO_PROCESS, 0, lowest_priority);
	syscall(SYS_nanosleep, &way_for_others, NULL);
	setsid();
	nowhere = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
	for (stream = 0; stream < handed_over; stream++)
		dup2(nowhere, stream);
	/* Its copy is not closed on exec; all else of ours is. Where it is that descriptor already, dup2 would leave it as it is. */
	if (right == handed_over)
		right = dup(right);
	dup2(right, handed_over);
	sigprocmask(SIG_SETMASK, &errand->signals, NULL);
	execve(errand->arguments[0], errand->arguments, no_environment);
	_exit(1);
}

/*
 * Starts a program that nobody waits for, in a session of its own, without environment and standard streams; of our descriptors it gets
 * one, as number 3. Answers a process id, or -1. To be called once, right before the end: the child goes on using this memory, its stack
 * and the arguments, until it is the new program. So nothing is copied for it, page tables least of all, and this process ends without
 * taking its memory apart, which is left to the child.
 */
int netpol_start_beside(char **arguments, int right)
{
	static char stack[stack_size] __attribute__((aligned(16)));
	static struct errand errand;
	sigset_t all;
	int child;

	errand.arguments = arguments;
	errand.right = right;
	/* No handler of ours may run in the child. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &errand.signals);
	child = clone(become, stack + stack_size, CLONE_VM | SIGCHLD, &errand);
	sigprocmask(SIG_SETMASK, &errand.signals, NULL);
	return child;
}
