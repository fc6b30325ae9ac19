/* SPDX-License-Identifier: MIT
 * What the queue tests share: fake kernels as loaded code, queues that record their errors, and
 * pushing packets as any producer does.
 */
#ifndef TESTS_DEVICE_RIG_H
#define TESTS_DEVICE_RIG_H

#include "device/aql.h"
#include "device/device.h"
#include "fake_interp.h"
#include "obj/obj.h"

struct rig_queue {
    struct cairn_queue *queue;
    struct aql_queue *amd;
    _Atomic int errors;
    enum cairn_queue_error error;
    bool has_fault;
    struct cairn_fault fault;
    char text[512];
};

void rig_open(void);
void rig_close(void);
/* The same, for cmocka_run_group_tests. */
int rig_open_group(void **state);
int rig_close_group(void **state);
/* The kernel object of a loaded kernel that runs `kernel`; `descriptor` (may be NULL) gives the
 * other fields. */
uint64_t rig_kernel(fake_kernel kernel, const struct cairn_kernel_descriptor *descriptor);

void rig_queue_open(struct rig_queue *rig, uint32_t size_packets);
void rig_queue_open_on(struct rig_queue *rig, struct cairn_device *device);
void rig_queue_open_cooperative(struct rig_queue *rig, uint32_t size_packets);
void rig_queue_close(struct rig_queue *rig);
/* Waits for the error callback; fails the test after 10 s. */
void rig_queue_wait_error(struct rig_queue *rig);

struct cairn_signal *rig_signal(int64_t value);
/* Waits until the signal is 0; fails the test after 60 s. */
void rig_wait(struct cairn_signal *signal);

/* A dispatch packet of one dimension with the barrier bit clear. */
union aql_packet rig_dispatch(uint64_t kernel, uint32_t grid, uint16_t workgroup, void *kernarg,
                              struct cairn_signal *completion);
union aql_packet rig_barrier(enum aql_type type, struct cairn_signal *completion);
/* Takes an index, waits for room, writes the packet, its header last, and rings. */
void rig_push(struct rig_queue *rig, const union aql_packet *packet);

#endif
