/* SPDX-License-Identifier: MIT
 * The device interface: what the HSA runtime needs of a GPU, whichever it is. Queues and signals
 * have AMD's memory layout (amd_queue_t, amd_signal_t), because guest code reads and writes them.
 * Thread safety: every function may be called from any thread; objects are destroyed by one thread,
 * once, when nobody uses them.
 */
#ifndef CAIRN_DEVICE_DEVICE_H
#define CAIRN_DEVICE_DEVICE_H

#include "base/status.h"
#include "gfx/gfx.h"
#include "machine/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cairn_device;
struct cairn_queue;
struct cairn_code;

/* ---- devices
 * ------------------------------------------------------------------------------------- */

struct cairn_device_info {
    const struct cairn_gfx *gfx;
    char target_id[64]; /* "gfx90a:sramecc+:xnack-" */
    uint32_t ordinal;
    uint64_t vram_bytes;
    uint32_t worker_threads;
};

/* The devices that CAIRN_DEVICES names ("gfx90a,gfx90a:xnack+"), made at the first call. On a
 * device with xnack, kernels reach all memory of the process, else what was allocated or registered
 * here. A forked child has no devices until it opens them anew; its parent's memory stays readable.
 * CAIRN_ERR_INVALID_ARGUMENT: the
 * variable names a chip that is not in the table (logged). */
CAIRN_MUST_CHECK enum cairn_status cairn_devices_open(void);
/* Stops worker threads; after it cairn_devices_open may be called again. */
void cairn_devices_close(void);
uint32_t cairn_device_count(void);
struct cairn_device *cairn_device_at(uint32_t ordinal);
const struct cairn_device_info *cairn_device_info(const struct cairn_device *device);

/* ---- memory
 * -------------------------------------------------------------------------------------- */

enum cairn_memory_kind {
    CAIRN_MEMORY_HOST,   /* system memory, any agent, counts against nothing */
    CAIRN_MEMORY_DEVICE, /* counts against the device's VRAM */
    CAIRN_MEMORY_CODE,   /* loaded code objects: writable by the host, readable by the device */
};

struct cairn_allocation {
    uint64_t address,
        size_bytes; /* size as asked; mapped to whole pages, an unmapped page after it */
    enum cairn_memory_kind kind;
    struct cairn_device *device; /* NULL for host memory */
    uint64_t flags;              /* caller's */
    void *user;                  /* caller's */
    bool registered;             /* host memory of the application: memory_register */
    bool attached;               /* another process's, or another interface's: device/share.h */
    bool foreign;                /* attached, and not made by Cairn */
    bool mapped;                 /* a mapping in reserved addresses: device/vmem.h */
    bool no_read, no_write;      /* what the mapping's rights do not allow */
};

/* `alignment` is a power of two or 0 (page). Zero-filled. CAIRN_ERR_NO_MEMORY: the device's VRAM,
 * or the machine, has not that much left; nothing else fails because of it. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_alloc(struct cairn_device *device,
                                                      enum cairn_memory_kind kind,
                                                      uint64_t size_bytes, uint64_t alignment,
                                                      uint64_t flags, void **out);
/* NOT_FOUND: `address` is not the start of an allocation. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_free(void *address);
/* Makes application memory reachable for kernels, as hsa_amd_memory_lock does; counted. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_register(void *address, uint64_t size_bytes,
                                                         uint64_t flags);
CAIRN_MUST_CHECK enum cairn_status cairn_memory_unregister(void *address);
/* The registration of just this size, where several start at the address. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_unregister_sized(void *address,
                                                                 uint64_t size_bytes);
/* Copies out the allocation (or registration) that contains `address`; NOT_FOUND otherwise. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_find(const void *address,
                                                     struct cairn_allocation *out);
CAIRN_MUST_CHECK enum cairn_status cairn_memory_set_user(void *address, void *user);
uint64_t cairn_device_vram_used(const struct cairn_device *device);

/* ---- signals
 * ------------------------------------------------------------------------------------- */

/* amd_signal_t: 64 bytes, 64-byte aligned, its address is the hsa_signal_t handle. From LLVM's
 * AMDGPUUsage and AMD's public amd_hsa_signal.h. Waiters sleep on a futex; guest code wakes them
 * through event_mailbox and s_sendmsg, so a sleeping waiter also looks again every few
 * milliseconds. */
struct cairn_signal {
    int64_t kind; /* 1 user, -1 doorbell, 0 invalid */
    _Atomic int64_t value;
    uint64_t event_mailbox;
    uint32_t event_id;
    uint32_t reserved1;
    uint64_t start_ts, end_ts; /* of the dispatch or copy, in cairn_clock_now() ticks */
    uint64_t queue_ptr;
    _Atomic uint32_t waiters; /* ours: futex word lives here; the spec reserves these 8 bytes */
    _Atomic uint32_t wake_sequence;
};
_Static_assert(sizeof(struct cairn_signal) == 64, "amd_signal_t");

enum cairn_condition { CAIRN_COND_EQ, CAIRN_COND_NE, CAIRN_COND_LT, CAIRN_COND_GTE };

CAIRN_MUST_CHECK enum cairn_status cairn_signal_create(int64_t initial, struct cairn_signal **out);
void cairn_signal_destroy(struct cairn_signal *signal);
/* Value changes by the host go through these (release order), or call cairn_signal_wake after a
 * change. */
void cairn_signal_store(struct cairn_signal *signal, int64_t value);
int64_t cairn_signal_add(struct cairn_signal *signal, int64_t delta); /* returns the old value */
void cairn_signal_wake(struct cairn_signal *signal);
/* Waits until `value <condition> compare` or timeout (ns, UINT64_MAX: for ever); returns the value
 * seen last. Spins briefly, then sleeps. */
int64_t cairn_signal_wait(struct cairn_signal *signal, enum cairn_condition condition,
                          int64_t compare, uint64_t timeout_ns);
/* Waits for any of `count` signals; returns the index, or UINT32_MAX on timeout. */
uint32_t cairn_signal_wait_any(uint32_t count, struct cairn_signal *const *signals,
                               const enum cairn_condition *conditions, const int64_t *compares,
                               uint64_t timeout_ns, int64_t *value);

/* Nanoseconds, monotonic, the clock of all timestamps. */
uint64_t cairn_clock_now(void);

/* ---- code
 * ---------------------------------------------------------------------------------------- */

/* Tells the device where a loaded code object's executable segment is. `name_of` finds the kernel
 * or function for fault messages; may be NULL. */
CAIRN_MUST_CHECK enum cairn_status
cairn_code_register(uint64_t base, uint64_t size, const char *(*name_of)(void *user, uint64_t pc),
                    void *user, struct cairn_code **out);
/* From now on fault messages name source lines too: `line_of`, called with the code's `user`,
 * writes "file:line" of a pc into `text`, or returns false. Before the first dispatch of the code.
 */
void cairn_code_set_lines(struct cairn_code *code,
                          bool (*line_of)(void *user, uint64_t pc, char *text, size_t size));
/* Waits for nothing: the caller knows that no dispatch uses it any more. */
void cairn_code_unregister(struct cairn_code *code);

/* ---- queues
 * -------------------------------------------------------------------------------------- */

enum cairn_queue_error {
    CAIRN_QUEUE_OK,
    CAIRN_QUEUE_INVALID_PACKET,     /* type, signals */
    CAIRN_QUEUE_INVALID_DIMENSIONS, /* none, or sizes of zero or too large a grid */
    CAIRN_QUEUE_INVALID_CODE, /* kernel_object points at no loaded kernel descriptor for this chip
                               */
    CAIRN_QUEUE_GROUP_TOO_LARGE,
    CAIRN_QUEUE_LDS_TOO_LARGE,
    CAIRN_QUEUE_OUT_OF_REGISTERS, /* for the waves of a workgroup */
    CAIRN_QUEUE_OUT_OF_RESOURCES, /* scratch, memory */
    CAIRN_QUEUE_MEMORY_FAULT,
    CAIRN_QUEUE_ILLEGAL_INSTRUCTION, /* unimplemented ones too */
    CAIRN_QUEUE_APERTURE,
    CAIRN_QUEUE_EXCEPTION, /* s_trap */
    CAIRN_QUEUE_WATCHDOG,
};

/* Called once, from a device thread, when a queue goes into error; the queue processes no packet
 * after it and completes no signal. `fault` is NULL unless a wave faulted; valid during the call
 * only. `text` is one line with kernel, workgroup, lane, address. */
typedef void (*cairn_queue_error_fn)(struct cairn_queue *queue, enum cairn_queue_error error,
                                     const struct cairn_fault *fault, const char *text, void *user);

struct cairn_queue_params {
    struct cairn_device *device;
    uint32_t size_packets; /* power of two */
    bool single_producer, cooperative;
    cairn_queue_error_fn on_error; /* may be NULL */
    void *user;
};

/* The returned queue begins with amd_queue_t (256 bytes, 64-byte aligned): hsa_queue_t at 0,
 * write_dispatch_id at 56, read_dispatch_id at 128, ... The doorbell is a cairn_signal of kind -1
 * whose store must go through cairn_queue_ring. */
CAIRN_MUST_CHECK enum cairn_status cairn_queue_create(const struct cairn_queue_params *params,
                                                      struct cairn_queue **out);
/* Cancels what runs, waits for it to stop, frees. The error callback may call it for its own queue:
 * then it is freed after the callback. */
void cairn_queue_destroy(struct cairn_queue *queue);
/* Cancels what runs and processes nothing more; packets not consumed stay. */
void cairn_queue_inactivate(struct cairn_queue *queue);
enum cairn_queue_priority {
    CAIRN_PRIORITY_LOW,
    CAIRN_PRIORITY_NORMAL,
    CAIRN_PRIORITY_HIGH,
};

/* While several queues of a device have work, one of a higher priority gets four times the turns of
 * the next lower one; none starves. A new queue is CAIRN_PRIORITY_NORMAL. */
void cairn_queue_set_priority(struct cairn_queue *queue, enum cairn_queue_priority priority);
/* Compute units that workgroups of the queue are placed on from now on: bit i % 32 of mask[i / 32],
 * `words` words; bits beyond the chip's units do not count. As large a part of the device's worker
 * threads, rounded up and never less than one, runs its dispatches at once; a small dispatch may
 * run on the thread that rings the doorbell all the same. */
void cairn_queue_set_units(struct cairn_queue *queue, const uint32_t *mask, uint32_t words);
/* The doorbell was written: look at headers again. Any value, any order. */
void cairn_queue_ring(struct cairn_queue *queue);
/* The queue that owns a doorbell signal, NULL if none. */
struct cairn_queue *cairn_queue_of_doorbell(const struct cairn_signal *doorbell);
void *cairn_queue_amd(struct cairn_queue *queue); /* its amd_queue_t */

/* 4096 border colors of four floats each, one table for all devices of the process. Samplers of
 * border type 3 name one; nothing guards it but its only writer. */
void *cairn_device_border_colors(void);

#endif
