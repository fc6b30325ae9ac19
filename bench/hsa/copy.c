/* SPDX-License-Identifier: MIT
 * Copies from host memory to the device's, against memcpy between the same two buffers, turn by
 * turn. The asynchronous copy is waited for; that belongs to its time.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 41 };

struct buffers {
    char *host, *device;
    size_t size;
    hsa_signal_t done;
    unsigned repeat; /* copies a round */
};

static void by_memcpy(struct buffers *b)
{
    memcpy(b->device, b->host, b->size);
    __asm__ volatile("" ::"r"(b->device) : "memory");
}

static void by_copy(struct buffers *b)
{
    OK(hsa_memory_copy(b->device, b->host, b->size));
}

static void by_async_copy(struct buffers *b)
{
    hsa_signal_store_relaxed(b->done, 1);
    OK(hsa_amd_memory_async_copy(b->device, rig.gpu, b->host, rig.cpu, b->size, 0, NULL, b->done));
    hsa_signal_wait_scacquire(b->done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                              HSA_WAIT_STATE_BLOCKED);
}

static double gigabytes_per_second(struct buffers *b, void (*copy)(struct buffers *))
{
    uint64_t start = bench_wall_ns();
    for (unsigned i = 0; i < b->repeat; i++)
        copy(b);
    return (double)b->size * b->repeat / (double)(bench_wall_ns() - start);
}

static void compare(size_t size)
{
    static void (*const ways[3])(struct buffers *) = {by_memcpy, by_copy, by_async_copy};
    static const char *const names[3] = {"memcpy", "hsa_memory_copy", "async copy"};
    struct buffers b = {.host = rig_alloc(rig.fine, size),
                        .device = rig_alloc(rig.vram, size),
                        .size = size,
                        .done = rig_signal(1),
                        .repeat = (unsigned)((8u << 20) / size) + 1};
    double rates[3][ROUNDS], base = 0;
    char text[80];
    memset(b.host, 1, size);
    memset(b.device, 2, size);
    for (int round = 0; round < ROUNDS; round++)
        for (int way = 0; way < 3; way++)
            rates[way][round] = gigabytes_per_second(&b, ways[way]);
    for (int way = 0; way < 3; way++) {
        double median = bench_quantile(rates[way], ROUNDS, 0.5);
        if (way == 0)
            base = median;
        snprintf(text, sizeof text, "host to device, %zu KiB, %s", size >> 10, names[way]);
        bench_say(text, median, "GB/s", NULL);
        if (way > 0)
            bench_say("    of memcpy", 100 * median / base, "%", size >= 1 << 20 ? "90" : NULL);
    }
    OK(hsa_signal_destroy(b.done));
    OK(hsa_amd_memory_pool_free(b.host));
    OK(hsa_amd_memory_pool_free(b.device));
}

void bench_copy(void)
{
    compare(4u << 10);
    compare(64u << 10);
    compare(1u << 20);
    compare(16u << 20);
    compare(256u << 20);
}
