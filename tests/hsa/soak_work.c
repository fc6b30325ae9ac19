/* SPDX-License-Identifier: MIT
 * See soak_work.h. Nothing here asserts: steps run on several threads, and in child processes.
 */
#include "soak_work.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t patience_ns = UINT64_C(60000000000); /* a step that takes longer hangs */

enum { GROUP = 64, MAX_GROUPS = 512, MAX_COPY = 3 << 20 };

static bool tell(const char *what, int line)
{
    printf("soak: process %d, line %d: %s\n", (int)getpid(), line, what);
    fflush(stdout);
    return false;
}
#define TRY(call)                                                                                  \
    if ((call) != HSA_STATUS_SUCCESS)                                                              \
    return tell(#call, __LINE__)
#define MUST(condition)                                                                            \
    if (!(condition))                                                                              \
    return tell(#condition, __LINE__)

uint32_t soak_draw(uint64_t *random, uint32_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*random >> 33) % below;
}

static bool wait_zero(hsa_signal_t signal)
{
    return hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_EQ, 0, patience_ns,
                                     HSA_WAIT_STATE_BLOCKED) == 0;
}

static hsa_status_t allocate(hsa_amd_memory_pool_t pool, size_t size, void *out)
{
    return hsa_amd_memory_pool_allocate(pool, size, 0, out);
}

/* ---- packets ---- */

static void put(hsa_queue_t *queue, const void *packet, uint32_t first)
{
    uint64_t index = hsa_queue_add_write_index_scacq_screl(queue, 1);
    while (index - hsa_queue_load_read_index_scacquire(queue) >= queue->size)
        usleep(10);
    char *slot = (char *)queue->base_address + (index & (queue->size - 1)) * 64;
    memcpy(slot + 4, (const char *)packet + 4, 60);
    __atomic_store_n((uint32_t *)(void *)slot, first, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
}

static bool dispatch(const struct program *program, hsa_queue_t *queue, const char *kernel,
                     uint32_t groups, void *kernarg, hsa_signal_t done)
{
    hsa_executable_symbol_t symbol;
    hsa_kernel_dispatch_packet_t packet = {.workgroup_size_x = GROUP,
                                           .workgroup_size_y = 1,
                                           .workgroup_size_z = 1,
                                           .grid_size_x = groups * GROUP,
                                           .grid_size_y = 1,
                                           .grid_size_z = 1,
                                           .kernarg_address = kernarg,
                                           .completion_signal = done};
    TRY(hsa_executable_get_symbol_by_name(program->executable, kernel, &rig.gpu, &symbol));
    TRY(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT,
                                       &packet.kernel_object));
    TRY(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE,
                                       &packet.group_segment_size));
    put(queue, &packet,
        HSA_PACKET_TYPE_KERNEL_DISPATCH | 1u << HSA_PACKET_HEADER_BARRIER | 1u << 16);
    return true;
}

static void put_barrier(hsa_queue_t *queue, hsa_signal_t a, hsa_signal_t b)
{
    hsa_barrier_and_packet_t packet = {.dep_signal = {a, b}};
    put(queue, &packet, HSA_PACKET_TYPE_BARRIER_AND | 1u << HSA_PACKET_HEADER_BARRIER);
}

/* ---- the steps ---- */

/* Copies in, a barrier for both, a sum, a copy out that waits for it: all in flight at once. */
static bool step_add(struct soak *soak)
{
    size_t count = (size_t)GROUP * (1 + soak_draw(&soak->random, MAX_GROUPS));
    size_t bytes = count * sizeof(int32_t);
    int32_t *host, *device, **kernarg, factor = (int32_t)soak_draw(&soak->random, 1000) + 1;
    hsa_signal_t in[2], done, out;
    TRY(allocate(rig.fine, 3 * bytes, &host));
    TRY(allocate(rig.vram, 3 * bytes, &device));
    TRY(allocate(rig.kernarg, 64, &kernarg));
    TRY(hsa_signal_create(1, 0, NULL, &in[0]));
    TRY(hsa_signal_create(1, 0, NULL, &in[1]));
    TRY(hsa_signal_create(1, 0, NULL, &done));
    TRY(hsa_signal_create(1, 0, NULL, &out));
    for (size_t i = 0; i < 2 * count; i++)
        host[i] = (int32_t)i * factor;
    for (int i = 0; i < 3; i++)
        kernarg[i] = device + (size_t)i * count;
    TRY(hsa_amd_memory_async_copy(device, rig.gpu, host, rig.cpu, bytes, 0, NULL, in[0]));
    TRY(hsa_amd_memory_async_copy(device + count, rig.gpu, host + count, rig.cpu, bytes, 0, NULL,
                                  in[1]));
    put_barrier(soak->queue, in[0], in[1]);
    MUST(dispatch(&soak->program, soak->queue, "add.kd", (uint32_t)(count / GROUP), kernarg, done));
    TRY(hsa_amd_memory_async_copy(host + 2 * count, rig.cpu, device + 2 * count, rig.gpu, bytes, 1,
                                  &done, out));
    MUST(wait_zero(out));
    for (size_t i = 0; i < count; i++)
        MUST(host[2 * count + i] == host[i] + host[count + i]);
    TRY(hsa_signal_destroy(in[0]));
    TRY(hsa_signal_destroy(in[1]));
    TRY(hsa_signal_destroy(done));
    TRY(hsa_signal_destroy(out));
    TRY(hsa_amd_memory_pool_free(host));
    TRY(hsa_amd_memory_pool_free(device));
    TRY(hsa_amd_memory_pool_free(kernarg));
    return true;
}

static bool step_reverse(struct soak *soak)
{
    uint32_t groups = 1 + soak_draw(&soak->random, 64);
    int32_t *data, **kernarg;
    hsa_signal_t done;
    TRY(allocate(rig.vram, groups * GROUP * sizeof *data, &data));
    TRY(allocate(rig.kernarg, 64, &kernarg));
    TRY(hsa_signal_create(1, 0, NULL, &done));
    for (uint32_t i = 0; i < groups * GROUP; i++)
        data[i] = (int32_t)i;
    kernarg[0] = data;
    MUST(dispatch(&soak->program, soak->queue, "reverse_in_group.kd", groups, kernarg, done));
    MUST(wait_zero(done));
    for (uint32_t i = 0; i < groups * GROUP; i++)
        MUST(data[i] == (int32_t)(i / GROUP * GROUP + GROUP - 1 - i % GROUP));
    TRY(hsa_signal_destroy(done));
    TRY(hsa_amd_memory_pool_free(data));
    TRY(hsa_amd_memory_pool_free(kernarg));
    return true;
}

/* There and back at odd places; the bytes around them stay. */
static bool step_copy(struct soak *soak)
{
    size_t size = 1 + soak_draw(&soak->random, MAX_COPY), at = soak_draw(&soak->random, 5000);
    size_t whole = size + at + 64;
    char *device, *from, *to, byte = (char)(1 + soak_draw(&soak->random, 100));
    hsa_signal_t there, back;
    TRY(allocate(rig.vram, whole, &device));
    TRY(allocate(rig.fine, size, &from));
    TRY(allocate(rig.fine, size, &to));
    TRY(hsa_signal_create(1, 0, NULL, &there));
    TRY(hsa_signal_create(1, 0, NULL, &back));
    memset(from, byte, size);
    TRY(hsa_amd_memory_async_copy(device + at, rig.gpu, from, rig.cpu, size, 0, NULL, there));
    TRY(hsa_amd_memory_async_copy(to, rig.cpu, device + at, rig.gpu, size, 1, &there, back));
    MUST(wait_zero(back));
    MUST(memcmp(from, to, size) == 0);
    MUST((at == 0 || device[at - 1] == 0) && device[at + size] == 0);
    TRY(hsa_signal_destroy(there));
    TRY(hsa_signal_destroy(back));
    TRY(hsa_amd_memory_pool_free(device));
    TRY(hsa_amd_memory_pool_free(from));
    TRY(hsa_amd_memory_pool_free(to));
    return true;
}

static bool step_allocations(struct soak *soak)
{
    enum { BLOCKS = 40 };
    uint32_t *blocks[BLOCKS];
    for (uint32_t i = 0; i < BLOCKS; i++) {
        size_t words = 1 + soak_draw(&soak->random, 30000);
        TRY(allocate(i % 3 == 0 ? rig.fine : rig.vram, words * 4, &blocks[i]));
        MUST(blocks[i][0] == 0 && blocks[i][words - 1] == 0);
        TRY(hsa_amd_memory_fill(blocks[i], i + 1, words));
        MUST(blocks[i][words - 1] == i + 1);
    }
    for (uint32_t i = 0; i < BLOCKS; i++) {
        uint32_t index = i * 7 % BLOCKS;
        MUST(blocks[index][0] == index + 1);
        TRY(hsa_amd_memory_pool_free(blocks[index]));
    }
    return true;
}

static void note_error(hsa_status_t status, hsa_queue_t *queue, void *data)
{
    atomic_store((_Atomic int *)data, (int)status);
}

static bool wait_error(_Atomic int *error)
{
    for (int i = 0; i < 60000 && atomic_load(error) == 0; i++)
        usleep(1000);
    return true;
}

/* A wild store and a trap, each on a queue of its own; the process and the other queues live on. */
static bool step_fault(struct soak *soak)
{
    bool wild = soak_draw(&soak->random, 2) == 0;
    _Atomic int error = 0;
    hsa_queue_t *queue;
    uint64_t *kernarg;
    TRY(allocate(rig.kernarg, 64, &kernarg));
    kernarg[0] = wild ? 4096 + 4 * (uint64_t)soak_draw(&soak->random, 1000) : (uint64_t)kernarg;
    TRY(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, note_error, &error, 0, 0, &queue));
    MUST(dispatch(&soak->program, queue, wild ? "store_at.kd" : "trap.kd", 1, kernarg,
                  (hsa_signal_t){0}));
    MUST(wait_error(&error));
    MUST(atomic_load(&error) ==
         (int)(wild ? HSA_STATUS_ERROR_MEMORY_FAULT : HSA_STATUS_ERROR_EXCEPTION));
    TRY(hsa_queue_destroy(queue));
    TRY(hsa_amd_memory_pool_free(kernarg));
    return true;
}

/* A kernel that would spin for ever ends by its flag, or with its queue. */
static bool step_spin(struct soak *soak)
{
    bool by_flag = soak_draw(&soak->random, 2) == 0;
    hsa_queue_t *queue;
    hsa_signal_t done;
    uint32_t *flag, groups = 1 + soak_draw(&soak->random, 20);
    void **kernarg;
    TRY(allocate(rig.fine, 64, &flag));
    TRY(allocate(rig.kernarg, 64, &kernarg));
    TRY(hsa_signal_create(1, 0, NULL, &done));
    TRY(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &queue));
    kernarg[0] = flag;
    MUST(dispatch(&soak->program, queue, "spin.kd", groups, kernarg, done));
    usleep(soak_draw(&soak->random, 2000));
    if (by_flag) {
        __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
        MUST(wait_zero(done));
    }
    TRY(hsa_queue_destroy(queue));
    TRY(hsa_signal_destroy(done));
    TRY(hsa_amd_memory_pool_free(flag));
    TRY(hsa_amd_memory_pool_free(kernarg));
    return true;
}

/* Fresh code has fresh variables. */
static bool step_reload(struct soak *soak)
{
    struct program program = program_load("basic.co");
    int32_t *out;
    void **kernarg;
    hsa_signal_t done;
    TRY(allocate(rig.vram, 64, &out));
    TRY(allocate(rig.kernarg, 64, &kernarg));
    TRY(hsa_signal_create(1, 0, NULL, &done));
    kernarg[0] = out;
    MUST(dispatch(&program, soak->queue, "touch_global.kd", 1, kernarg, done));
    MUST(wait_zero(done));
    MUST(out[0] == 7 && out[1] == 30);
    TRY(hsa_signal_destroy(done));
    TRY(hsa_amd_memory_pool_free(out));
    TRY(hsa_amd_memory_pool_free(kernarg));
    TRY(hsa_executable_destroy(program.executable));
    free(program.bytes);
    return true;
}

static bool count_down(hsa_signal_value_t value, void *data)
{
    hsa_signal_subtract_screlease(*(hsa_signal_t *)data, 1);
    return false;
}

static bool step_signals(struct soak *soak)
{
    enum { SIGNALS = 50 };
    hsa_signal_t signals[SIGNALS], left;
    TRY(hsa_signal_create(SIGNALS, 0, NULL, &left));
    for (int i = 0; i < SIGNALS; i++) {
        TRY(hsa_signal_create(0, 0, NULL, &signals[i]));
        TRY(hsa_amd_signal_async_handler(signals[i], HSA_SIGNAL_CONDITION_NE, 0, count_down,
                                         &left));
    }
    for (int i = 0; i < SIGNALS; i++)
        hsa_signal_store_screlease(signals[i * 7 % SIGNALS], 1);
    MUST(wait_zero(left));
    for (int i = 0; i < SIGNALS; i++)
        TRY(hsa_signal_destroy(signals[i]));
    TRY(hsa_signal_destroy(left));
    return true;
}

static const struct {
    bool (*run)(struct soak *);
    uint32_t weight;
} steps[] = {{step_add, 8},   {step_reverse, 8}, {step_copy, 4},   {step_allocations, 2},
             {step_fault, 1}, {step_spin, 2},    {step_reload, 1}, {step_signals, 2}};

bool soak_step(struct soak *soak)
{
    uint32_t sum = 0, drawn;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        sum += steps[i].weight;
    drawn = soak_draw(&soak->random, sum);
    soak->steps++;
    for (size_t i = 0;; i++) {
        if (drawn < steps[i].weight)
            return steps[i].run(soak);
        drawn -= steps[i].weight;
    }
}

bool soak_warm_up(struct soak *soak)
{
    bool good = true;
    for (size_t i = 0; i < 4 * sizeof steps / sizeof steps[0]; i++)
        good = good && steps[i / 4].run(soak);
    return good;
}

bool soak_open(struct soak *soak, uint64_t seed)
{
    *soak = (struct soak){.random = seed * 977 + 1};
    soak->program = program_load("basic.co");
    TRY(hsa_queue_create(rig.gpu, 64u << soak_draw(&soak->random, 5), HSA_QUEUE_TYPE_MULTI, NULL,
                         NULL, 0, 0, &soak->queue));
    return true;
}

bool soak_close(struct soak *soak)
{
    TRY(hsa_queue_destroy(soak->queue));
    TRY(hsa_executable_destroy(soak->program.executable));
    free(soak->program.bytes);
    return true;
}
