/* SPDX-License-Identifier: MIT
 * Buffers of a case and the pseudo-random data in them. The generator is fixed: every program of a
 * bench run makes the same input.
 */
#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

void bench_fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    printf("error ");
    vprintf(format, list);
    printf("\n");
    va_end(list);
    exit(1);
}

void *bench_memory(size_t size_bytes)
{
    const size_t page = (size_t)2 << 20;
    size_t rounded = (size_bytes + page - 1) / page * page;
    void *memory = aligned_alloc(page, rounded);
    if (memory == NULL)
        bench_fail("no memory for %zu bytes", size_bytes);
    madvise(memory, rounded, MADV_HUGEPAGE);
    memset(memory, 0, size_bytes);
    return memory;
}

static struct buffer *add(struct run *run, size_t size_bytes)
{
    if (run->buffer_count == MAX_BUFFERS)
        bench_fail("%s has too many buffers", run->row->name);
    struct buffer *buffer = &run->buffers[run->buffer_count++];
    buffer->host = bench_memory(size_bytes);
    buffer->size_bytes = size_bytes;
    return buffer;
}

void *bench_input(struct run *run, size_t size_bytes)
{
    return add(run, size_bytes)->host;
}

void *bench_inout(struct run *run, size_t size_bytes, enum element result)
{
    struct buffer *buffer = add(run, size_bytes);
    buffer->start = bench_memory(size_bytes);
    buffer->result = result;
    buffer->written = true;
    return buffer->start;
}

void *bench_output(struct run *run, size_t size_bytes, enum element result)
{
    struct buffer *buffer = add(run, size_bytes);
    buffer->result = result;
    buffer->written = true;
    return buffer->host;
}

uint32_t bench_random(void)
{
    static uint64_t state = 0x853c49e6748fea9bu;
    state = state * 6364136223846793005u + 1442695040888963407u;
    uint32_t mixed = (uint32_t)(((state >> 18) ^ state) >> 27), turn = (uint32_t)(state >> 59);
    return mixed >> turn | mixed << (-turn & 31); /* PCG-XSH-RR 64/32 */
}

void bench_fill_f32(float *to, size_t count, float low, float high)
{
    for (size_t i = 0; i < count; i++)
        to[i] = low + (high - low) * (float)(bench_random() >> 8) * 0x1p-24f;
}

void bench_fill_f64(double *to, size_t count, double low, double high)
{
    for (size_t i = 0; i < count; i++)
        to[i] = low + (high - low) * bench_random() * 0x1p-32;
}

void bench_fill_u32(uint32_t *to, size_t count, uint32_t below)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (uint32_t)((uint64_t)bench_random() * below >> 32);
}
