/* SPDX-License-Identifier: MIT
 * The rig of the queue tests.
 */
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { KERNEL_BYTES = 256, ENTRY_OFFSET = 128, MAX_KERNELS = 256 };

static uint8_t *code_memory;
static struct cairn_code *code;
static uint32_t kernel_count;
static char names[MAX_KERNELS][16];

static const char *name_of(void *user, uint64_t pc)
{
    return names[(pc - (uint64_t)user) / KERNEL_BYTES];
}

void rig_open(void)
{
    void *at;
    assert_int_equal(cairn_devices_open(), CAIRN_OK);
    assert_int_equal(cairn_memory_alloc(cairn_device_at(0), CAIRN_MEMORY_CODE,
                                        MAX_KERNELS * KERNEL_BYTES, 0, 0, &at),
                     CAIRN_OK);
    code_memory = at;
    kernel_count = 0;
    assert_int_equal(
        cairn_code_register((uint64_t)at, MAX_KERNELS * KERNEL_BYTES, name_of, at, &code),
        CAIRN_OK);
}

void rig_close(void)
{
    cairn_code_unregister(code);
    cairn_devices_close();
}

uint64_t rig_kernel(fake_kernel kernel, const struct cairn_kernel_descriptor *descriptor)
{
    struct cairn_kernel_descriptor kd = {0};
    assert_true(kernel_count < MAX_KERNELS);
    snprintf(names[kernel_count], sizeof names[0], "kernel%u", kernel_count);
    uint8_t *at = code_memory + kernel_count++ * KERNEL_BYTES;
    if (descriptor != NULL)
        kd = *descriptor;
    kd.kernel_code_entry_byte_offset = ENTRY_OFFSET;
    memcpy(at, &kd, sizeof kd);
    memcpy(at + ENTRY_OFFSET, &kernel, sizeof kernel);
    return (uint64_t)at;
}

static void on_error(struct cairn_queue *queue, enum cairn_queue_error error,
                     const struct cairn_fault *fault, const char *text, void *user)
{
    struct rig_queue *rig = user;
    assert_ptr_equal(queue, rig->queue);
    rig->error = error;
    rig->has_fault = fault != NULL;
    if (fault != NULL)
        rig->fault = *fault;
    snprintf(rig->text, sizeof rig->text, "%s", text);
    atomic_fetch_add(&rig->errors, 1);
}

static void open_queue(struct rig_queue *rig, struct cairn_device *device, uint32_t size_packets,
                       bool cooperative)
{
    memset(rig, 0, sizeof *rig);
    struct cairn_queue_params params = {.device = device,
                                        .size_packets = size_packets,
                                        .cooperative = cooperative,
                                        .on_error = on_error,
                                        .user = rig};
    assert_int_equal(cairn_queue_create(&params, &rig->queue), CAIRN_OK);
    rig->amd = cairn_queue_amd(rig->queue);
}

void rig_queue_open(struct rig_queue *rig, uint32_t size_packets)
{
    open_queue(rig, cairn_device_at(0), size_packets, false);
}

void rig_queue_open_on(struct rig_queue *rig, struct cairn_device *device)
{
    open_queue(rig, device, 8, false);
}

void rig_queue_open_cooperative(struct rig_queue *rig, uint32_t size_packets)
{
    open_queue(rig, cairn_device_at(0), size_packets, true);
}

void rig_queue_close(struct rig_queue *rig)
{
    cairn_queue_destroy(rig->queue);
}

void rig_queue_wait_error(struct rig_queue *rig)
{
    uint64_t start = cairn_clock_now();
    while (atomic_load(&rig->errors) == 0) {
        assert_true(cairn_clock_now() - start < 10000000000u);
        sched_yield();
    }
}

struct cairn_signal *rig_signal(int64_t value)
{
    struct cairn_signal *signal = NULL;
    assert_int_equal(cairn_signal_create(value, &signal), CAIRN_OK);
    return signal;
}

void rig_wait(struct cairn_signal *signal)
{
    int64_t value = cairn_signal_wait(signal, CAIRN_COND_EQ, 0, 60000000000u);
    if (value != 0)
        fail_msg("signal is still at %lld after 60 s", (long long)value);
}

union aql_packet rig_dispatch(uint64_t kernel, uint32_t grid, uint16_t workgroup, void *kernarg,
                              struct cairn_signal *completion)
{
    union aql_packet packet = {.dispatch = {.header = AQL_KERNEL_DISPATCH,
                                            .setup = 1,
                                            .workgroup = {workgroup, 1, 1},
                                            .grid = {grid, 1, 1},
                                            .kernel_object = kernel,
                                            .kernarg_address = (uint64_t)kernarg,
                                            .completion_signal = (uint64_t)completion}};
    return packet;
}

union aql_packet rig_barrier(enum aql_type type, struct cairn_signal *completion)
{
    union aql_packet packet = {
        .barrier = {.header = (uint16_t)type, .completion_signal = (uint64_t)completion}};
    return packet;
}

void rig_push(struct rig_queue *rig, const union aql_packet *packet)
{
    union aql_packet *ring = (union aql_packet *)rig->amd->base_address;
    uint64_t index =
        atomic_fetch_add_explicit(&rig->amd->write_dispatch_id, 1, memory_order_relaxed);
    while (index - atomic_load_explicit(&rig->amd->read_dispatch_id, memory_order_acquire) >=
           rig->amd->size_packets)
        sched_yield();
    union aql_packet *slot = &ring[index & (rig->amd->size_packets - 1)];
    memcpy((char *)slot + 4, (const char *)packet + 4, sizeof *packet - 4);
    atomic_store_explicit(&slot->header_and_setup, (uint32_t)packet->words[0],
                          memory_order_release);
    cairn_queue_ring(rig->queue);
}

int rig_open_group(void **state)
{
    (void)state;
    rig_open();
    return 0;
}

int rig_close_group(void **state)
{
    (void)state;
    rig_close();
    return 0;
}
