/* SPDX-License-Identifier: MIT
 * Packets that do nothing, through one queue: how many a second, and how long one takes.
 */
#include "bench.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { RING = 4096, PACKETS = 20000, ROUNDS = 21, LATENCY_ROUNDS = 20000, PRODUCERS = 4 };
enum { BARRIER_BIT = 1 << HSA_PACKET_HEADER_BARRIER };

struct stream {
    hsa_queue_t *queue;
    uint64_t kernel; /* 0: barrier packets */
    uint32_t header; /* flags of each packet's header */
    uint32_t doorbell_every, packets;
    hsa_signal_t done; /* of the last packet; may be null */
};

static void put(const struct stream *stream, uint64_t index, hsa_signal_t completion)
{
    hsa_queue_t *queue = stream->queue;
    char *slot = (char *)queue->base_address + (index & (queue->size - 1)) * 64;
    uint32_t first;
    if (stream->kernel != 0) {
        hsa_kernel_dispatch_packet_t packet = {.workgroup_size_x = 64,
                                               .workgroup_size_y = 1,
                                               .workgroup_size_z = 1,
                                               .grid_size_x = 64,
                                               .grid_size_y = 1,
                                               .grid_size_z = 1,
                                               .kernel_object = stream->kernel,
                                               .completion_signal = completion};
        memcpy(slot + 4, (char *)&packet + 4, sizeof packet - 4);
        first = HSA_PACKET_TYPE_KERNEL_DISPATCH | stream->header | 1u << 16;
    } else {
        hsa_barrier_and_packet_t packet = {.completion_signal = completion};
        memcpy(slot + 4, (char *)&packet + 4, sizeof packet - 4);
        first = HSA_PACKET_TYPE_BARRIER_AND | stream->header;
    }
    __atomic_store_n((uint32_t *)(void *)slot, first, __ATOMIC_RELEASE);
}

static void ring(const struct stream *stream, uint64_t index)
{
    hsa_signal_store_screlease(stream->queue->doorbell_signal, (hsa_signal_value_t)index);
}

/* Places for `count` packets; waits while the ring is full. */
static uint64_t reserve(const struct stream *stream, uint32_t count)
{
    uint64_t index = hsa_queue_add_write_index_scacq_screl(stream->queue, count);
    while (index + count - hsa_queue_load_read_index_scacquire(stream->queue) > RING)
        ;
    return index;
}

static void *produce(void *argument)
{
    const struct stream *stream = argument;
    for (uint32_t sent = 0; sent < stream->packets; sent += stream->doorbell_every) {
        uint64_t index = reserve(stream, stream->doorbell_every);
        for (uint32_t i = 0; i < stream->doorbell_every; i++) {
            bool last = sent + i + 1 == stream->packets;
            put(stream, index + i, last ? stream->done : (hsa_signal_t){0});
        }
        ring(stream, index + stream->doorbell_every - 1);
    }
    return NULL;
}

/* Each producer's last packet decrements the signal. */
static double rate(struct stream *stream, uint32_t producers)
{
    pthread_t threads[PRODUCERS];
    double rates[ROUNDS];
    stream->packets = PACKETS / producers / stream->doorbell_every * stream->doorbell_every;
    for (int round = 0; round < ROUNDS; round++) {
        stream->done = rig_signal(producers);
        uint64_t start = bench_wall_ns();
        for (uint32_t i = 1; i < producers; i++)
            pthread_create(&threads[i], NULL, produce, stream);
        produce(stream);
        for (uint32_t i = 1; i < producers; i++)
            pthread_join(threads[i], NULL);
        rig_wait_zero(stream->done);
        rates[round] =
            1e6 * (double)stream->packets * producers / (double)(bench_wall_ns() - start);
        OK(hsa_signal_destroy(stream->done));
    }
    return bench_quantile(rates, ROUNDS, 0.5);
}

static void latency(struct stream *stream, hsa_wait_state_t state, const char *what)
{
    static double times[LATENCY_ROUNDS];
    hsa_signal_t done = rig_signal(1);
    for (int round = 0; round < LATENCY_ROUNDS; round++) {
        hsa_signal_store_relaxed(done, 1);
        uint64_t start = bench_wall_ns(), index = reserve(stream, 1);
        put(stream, index, done);
        ring(stream, index);
        hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX, state);
        times[round] = (double)(bench_wall_ns() - start) / 1e3;
    }
    bench_say(what, bench_quantile(times, LATENCY_ROUNDS, 0.5), "us", NULL);
    OK(hsa_signal_destroy(done));
}

void bench_dispatch(void)
{
    struct program program = program_load("empty.co");
    struct stream stream = {.header = BARRIER_BIT, .doorbell_every = 1};
    OK(hsa_queue_create(rig.gpu, RING, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &stream.queue));
    const char *unit = "k/s";
    OK(hsa_executable_symbol_get_info(program_symbol(&program, "empty.kd"),
                                      HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &stream.kernel));
    bench_say("empty kernels, in order, a doorbell each", rate(&stream, 1), unit, "400");
    stream.doorbell_every = 100;
    bench_say("empty kernels, in order, a doorbell every 100", rate(&stream, 1), unit, "400");
    stream.header = 0;
    bench_say("empty kernels, any order, a doorbell every 100", rate(&stream, 1), unit, "400");
    stream.doorbell_every = 1;
    bench_say("empty kernels, any order, four producers", rate(&stream, PRODUCERS), unit, NULL);
    stream.header = BARRIER_BIT;
    latency(&stream, HSA_WAIT_STATE_BLOCKED, "one empty kernel, doorbell to signal");
    stream.kernel = 0;
    bench_say("barrier packets, a doorbell each", rate(&stream, 1), unit, "400");
    stream.doorbell_every = 100;
    bench_say("barrier packets, a doorbell every 100", rate(&stream, 1), unit, "400");
    latency(&stream, HSA_WAIT_STATE_BLOCKED, "one barrier packet, doorbell to signal");
    OK(hsa_queue_destroy(stream.queue));
    program_unload(&program);
}
