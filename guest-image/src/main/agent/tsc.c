/*
 * The host's TSC frequency in kHz. A guest under QEMU's TCG sees the host's TSC, but has only the
 * PIT to calibrate it by, which on a busy host fails now and then; Linux then hangs, since without
 * TSC it waits for a timer interrupt that no hardware-reduced ACPI machine sends. So the host says
 * the frequency by tsc_early_khz=.
 */
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#include "agent.h"

#define TRIES 64
#define SPAN_NS 20000000

/* The pair with the least time between its two halves. */
static void sample(uint64_t *tsc, int64_t *ns) {
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        struct timespec t;
        uint64_t before = __rdtsc();
        clock_gettime(CLOCK_MONOTONIC_RAW, &t);
        uint64_t took = __rdtsc() - before;
        if (took < best) {
            best = took;
            *tsc = before + took / 2;
            *ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
        }
    }
}

int print_tsc_khz(void) {
    uint64_t tsc0 = 0, tsc1 = 0;
    int64_t ns0 = 0, ns1 = 0;
    struct timespec span = {.tv_nsec = SPAN_NS};
    sample(&tsc0, &ns0);
    nanosleep(&span, NULL);
    sample(&tsc1, &ns1);
    printf("%llu\n", (unsigned long long)((double)(tsc1 - tsc0) * 1e6 / (double)(ns1 - ns0) + 0.5));
    return 0;
}
