/* SPDX-License-Identifier: MIT
 * Streams and their operations. Kernels go to the stream's own HSA queue as AQL packets; everything
 * else is done by a host thread. Each operation has an HSA signal (1 pending, 0 complete), which is
 * how operations wait for each other across queues, host threads and devices.
 *
 * An error of a kernel stops its queue. All pending operations of the stream then end with that
 * error, new ones are refused with it, and the next call that waits for the stream returns it and
 * clears it; the next operation gets a new queue. Other streams are not touched.
 */
#ifndef CAIRN_HIP_STREAM_H
#define CAIRN_HIP_STREAM_H

#include "hip/command.h"
#include "hip/runtime.h"

enum { HIP_OP_INLINE_DEPS = 4, HIP_CU_MASK_WORDS = 16 };

struct hip_kernarg {
    struct hip_kernarg *next; /* in the free list */
    void *memory;
    size_t size;
};

struct hip_op {
    struct hip_op *next; /* in the stream's pending list, or in the device's free list */
    struct hip_op *next_work;
    _Atomic int references;
    _Atomic int error; /* hipError_t; written before the signal becomes 0 */
    hsa_signal_t signal;
    struct hip_device *device;
    struct ihipStream_t *stream; /* valid while pending */
    uint64_t order;              /* among the stream's operations */
    bool in_queue;               /* its packet is in the stream's HSA queue */
    bool traced;                 /* a profiler is told when it is over (trace.h) */
    uint32_t trace_kind;
    uint64_t correlation;
    uint64_t start, end; /* HSA ticks; of host operations */
    struct hip_kernarg *kernarg;
    struct hip_op *inline_deps[HIP_OP_INLINE_DEPS];
    struct hip_op **deps; /* operations to wait for; references held */
    uint32_t dep_count, dep_capacity;
    struct hip_command command;
};

struct hip_capture;

struct ihipStream_t {
    struct ihipStream_t *next; /* in the device's list */
    uint64_t number;           /* no other stream has or had it */
    struct hip_device *device;
    unsigned flags;
    int priority;
    bool is_null;
    bool has_cu_mask; /* set before the stream is known to anybody */
    uint32_t cu_mask[HIP_CU_MASK_WORDS];
    _Atomic int error; /* hipError_t that the next waiting call reports */

    /* guarded by device->lock */
    bool is_of_thread; /* which alone destroys it: after a reset, or when it ends */
    hsa_queue_t *queue;
    uint64_t packets_put;    /* into the queue */
    uint64_t packets_read;   /* of them, when last asked */
    _Atomic int queue_error; /* set by HSA's callback before it takes the lock */
    struct hip_op *first, *last;
    uint64_t last_order;
    struct hip_op *spare;  /* finished ones, with their kernel argument memory; linked by next */
    struct hip_op **waits; /* hipStreamWaitEvent: the next operation waits for these too */
    uint32_t wait_count, wait_capacity;

    /* the host thread; guarded by work_lock */
    pthread_mutex_t work_lock;
    pthread_cond_t work_ready;
    pthread_t worker;
    bool has_worker, stop_worker;
    struct hip_op *work_first, *work_last;

    struct hip_capture *_Atomic capture; /* not NULL: commands go into a graph */
};

/* ---- streams ---- */

hipError_t hip_stream_create(struct hip_device *device, unsigned flags, int priority,
                             struct ihipStream_t **out);
/* Its operations run on the compute units of `mask` alone (`words` of 32 bits; none: no mask),
 * within what ROC_GLOBAL_CU_MASK leaves. Before the stream's first operation. */
void hip_cu_mask_set(struct ihipStream_t *stream, uint32_t words, const uint32_t *mask);
/* hipErrorInvalidValue: no room for all units of the device. */
hipError_t hip_cu_mask_get(const struct ihipStream_t *stream, uint32_t words, uint32_t *mask);
/* Waits for what is pending. */
void hip_stream_destroy(struct ihipStream_t *stream);
/* A handle as programs pass it: null, legacy, per-thread or their own. */
hipError_t hip_stream_find(hipStream_t handle, struct ihipStream_t **out);
/* The null stream of a device. */
hipError_t hip_stream_null(struct hip_device *device, struct ihipStream_t **out);
/* For the null stream: does a handle name it? */
bool hip_stream_is_null(hipStream_t handle);

/* ---- commands ---- */

/* Runs the command after everything before it in the stream, or adds it to the graph that is being
 * captured. `out`, if not NULL, gets a reference to the operation (NULL under capture). */
hipError_t hip_stream_enqueue(struct ihipStream_t *stream, const struct hip_command *command,
                              struct hip_op **out);
/* As hip_stream_enqueue without looking for a capture. */
hipError_t hip_stream_submit(struct ihipStream_t *stream, const struct hip_command *command,
                             struct hip_op **out);
/* Enqueues and waits. Not under capture: hipErrorStreamCaptureUnsupported. */
hipError_t hip_stream_do(struct ihipStream_t *stream, const struct hip_command *command);
/* Waits until all is done; returns the stream's error and clears it. */
hipError_t hip_stream_wait(struct ihipStream_t *stream);
/* hipSuccess, hipErrorNotReady, or the stream's error, which it clears. */
hipError_t hip_stream_query(struct ihipStream_t *stream);
/* Waits for all streams of a device; the first error. */
hipError_t hip_device_wait(struct hip_device *device);
/* As hip_device_wait, but leaves errors to be reported by somebody else. */
void hip_device_drain(struct hip_device *device);

/* What completes when the stream has reached this point: the last operation (a reference), or NULL
 * if nothing is pending. */
hipError_t hip_stream_mark(struct ihipStream_t *stream, struct hip_op **out);
/* The stream's next operation also waits for `op` (takes its own reference). */
hipError_t hip_stream_wait_for(struct ihipStream_t *stream, struct hip_op *op);

/* ---- operations ---- */

struct hip_op *hip_op_take(struct hip_device *device);
/* For the next operation of the stream; device lock held. */
struct hip_op *hip_op_take_locked(struct ihipStream_t *stream);
/* Gives back the stream's own reference; device lock held. */
void hip_op_drop_locked(struct ihipStream_t *stream, struct hip_op *op);
/* Nobody has a reference any more: back to the device. */
void hip_op_discard(struct hip_op *op);
void hip_op_hold(struct hip_op *op);
void hip_op_release(struct hip_op *op); /* NULL allowed */
bool hip_op_done(const struct hip_op *op);
void hip_op_wait(const struct hip_op *op);
bool hip_op_depend(struct hip_op *op, struct hip_op *on);
/* Times of a complete operation in HSA ticks. */
void hip_op_times(const struct hip_op *op, uint64_t *start, uint64_t *end);
/* Ends a host operation. */
void hip_op_complete(struct hip_op *op, hipError_t error);

struct hip_kernarg *hip_kernarg_take(struct hip_device *device, size_t size);
void hip_kernarg_give(struct hip_device *device, struct hip_kernarg *kernarg);

/* ---- inside: the queue side and the host side of submission ---- */

/* Takes the device's lock when the stream's queue has room for an operation: whoever waits for room
 * with the lock held keeps from work those whom the queue may wait for. */
void hip_queue_lock_with_room(struct ihipStream_t *stream);
/* Writes the packets of `op`; device lock held. On failure nothing was written. */
hipError_t hip_queue_submit_locked(struct ihipStream_t *stream, struct hip_op *op,
                                   const struct hip_command *command);
void hip_queue_bury_dead(struct hip_device *device);
/* Gives `op` to the stream's host thread. */
hipError_t hip_work_submit(struct ihipStream_t *stream, struct hip_op *op);
void hip_work_run(struct hip_op *op);
void hip_work_stop(struct ihipStream_t *stream);

/* Fills kernarg memory and the dispatch packet's fields for a launch (launch.c). *kernarg: NULL, or
 * what may be used again; on success what is used. */
hipError_t hip_launch_prepare(struct hip_device *device, const struct hip_kernel_launch *launch,
                              struct hip_kernarg **kernarg, hsa_kernel_dispatch_packet_t *packet);

void hip_thread_watch_end(void);
/* Ends the calling thread's own stream of a device, if it has one. */
void hip_thread_drop_stream(struct hip_thread *thread, int ordinal);

#endif
