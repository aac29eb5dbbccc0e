/* When the guest reached which point, for the host's --timeline. */
#include "agent.h"

#define MAX_POINTS 16

static struct {
    uint32_t point;
    uint64_t ns;
} points[MAX_POINTS];

static size_t count;

void timeline_mark(uint32_t point) {
    if (count < MAX_POINTS) {
        points[count].point = point;
        points[count].ns = boottime_ns();
        count++;
    }
}

size_t timeline_put(uint8_t *at, size_t room) {
    size_t n = 0;
    while (n < count && 4 + 12 * (n + 1) <= room) {
        put_u32(at + 4 + 12 * n, points[n].point);
        put_u64(at + 4 + 12 * n + 4, points[n].ns);
        n++;
    }
    put_u32(at, (uint32_t)n);
    return 4 + 12 * n;
}
