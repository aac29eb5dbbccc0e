/*
 * A port exit there and back, as a VMM in C has it: KVM_RUN, look at the exit, call the device.
 * Prints the median in nanoseconds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#define CODE 0x1000
#define PORT 0x10
#define SAMPLES 100000

static volatile uint64_t last;

static void latch(uint16_t offset, int size, uint64_t value)
{
	(void)offset;
	(void)size;
	last = value;
}

/* Read through a pointer that the compiler does not know, as a bus would. */
static void (*volatile device)(uint16_t, int, uint64_t) = latch;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void round_trip(int cpu, struct kvm_run *run)
{
	if (ioctl(cpu, KVM_RUN, 0) < 0)
		fail("KVM_RUN");
	if (run->exit_reason != KVM_EXIT_IO || run->io.port != PORT) {
		fprintf(stderr, "exit %d\n", run->exit_reason);
		exit(1);
	}
	uint8_t *data = (uint8_t *)run + run->io.data_offset;
	for (uint32_t n = run->io.count; n > 0; n--, data += run->io.size)
		device(run->io.port - PORT, run->io.size, *data);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		fail("/dev/kvm");
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	size_t size = 2 << 20;
	uint8_t *memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = {
		.memory_size = size, .userspace_addr = (uintptr_t)memory};
	ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000);
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		fail("KVM_SET_USER_MEMORY_REGION");
	int cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	struct kvm_run *run = mmap(0, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE,
				   MAP_SHARED, cpu, 0);
	memcpy(memory + CODE, "\xe6\x10\xeb\xfc", 4); /* out 0x10, al; jmp */
	struct kvm_sregs sregs;
	ioctl(cpu, KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	ioctl(cpu, KVM_SET_SREGS, &sregs);
	struct kvm_regs regs = {.rip = CODE, .rflags = 2};
	if (ioctl(cpu, KVM_SET_REGS, &regs))
		fail("KVM_SET_REGS");

	static double samples[SAMPLES];
	for (int i = 0; i < SAMPLES; i++)
		round_trip(cpu, run);
	for (int i = 0; i < SAMPLES; i++) {
		double begin = now();
		round_trip(cpu, run);
		samples[i] = now() - begin;
	}
	qsort(samples, SAMPLES, sizeof *samples, ascending);
	printf("%.0f\n", samples[SAMPLES / 2]);
	return 0;
}
