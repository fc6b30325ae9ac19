/* SPDX-License-Identifier: MIT
 * One kernel dispatch in flight: made by the packet processor from a packet, run by the device,
 * given back through cairn_dispatch_done.
 */
#ifndef CAIRN_DEVICE_DISPATCH_H
#define CAIRN_DEVICE_DISPATCH_H

#include "device/aql.h"
#include "device/device.h"
#include "device/soft/waiting.h"
#include "machine/wave.h"

struct cairn_engine_kernel;
struct cairn_queue_state;
struct cairn_slot;

/* Consecutive tickets that a thread had claimed and gave back, since something keeps it from
 * starting them. */
struct cairn_ticket_rest {
    struct cairn_ticket_rest *next;
    uint64_t first, end;
};

/* What a queue gets of its device. */
struct cairn_queue_share {
    _Atomic uint32_t stride;  /* of its turns: the smaller, the more of them */
    _Atomic uint32_t workers; /* that may run its dispatches at once */
    _Atomic uint32_t running; /* that do; outlives the queue for a moment: never reset */
    uint64_t pass; /* strides of the turns that it had; guarded by the scheduler's lock */
};

struct cairn_dispatch {
    struct cairn_launch launch; /* immutable while in flight, but for `stop` */
    struct cairn_queue_state *queue;
    struct cairn_queue_share *share; /* its queue's; outlives it */
    struct cairn_signal *completion; /* may be NULL */
    struct cairn_workgroup_needs needs;
    struct cairn_engine_kernel *kernel; /* what executes it; NULL: the interpreter */
    uint32_t index;                     /* in its queue's table */
    bool cooperative;
    uint64_t total;    /* workgroups */
    uint64_t capacity; /* workgroups that the chip would hold at once */

    /* Tickets: workgroups are claimed in increasing order, some at a time. What was claimed and
     * given back is started first. */
    _Atomic uint64_t next_ticket;
    _Atomic uint32_t rest_count; /* of `rests` */
    /* A workgroup was seen to wait: each is claimed by itself from now on, so that no claim stands
     * between it and what it waits for. */
    _Atomic bool waits;
    /* Workgroups not finished, plus threads that look at this dispatch. Who brings it to zero
     * completes the dispatch; nobody may enter after that. */
    _Atomic uint64_t pending;
    _Atomic uint64_t start_ns; /* of the first workgroup; before it, of the packet */
    _Atomic uint64_t waves, instructions;

    /* Guarded by the device's scheduler lock. */
    struct cairn_dispatch *previous, *next; /* ring of active dispatches; NULL: not in it */
    struct cairn_slot_list {
        struct cairn_slot *first, *last;
        uint32_t count;
    } working;                       /* parked workgroups that were cut short */
    struct cairn_waiting waiting;    /* parked workgroups with nothing to do when last seen */
    struct cairn_ticket_rest *rests; /* owned; in increasing order */
    bool waiting_turn;               /* one of the waiting is next */
    uint32_t vain;                   /* waiting ones resumed since a workgroup was seen to end */
    uint32_t turns, quota; /* working ones to resume before new ones start; new ones to start */
    _Atomic uint32_t parked_count; /* of both lists */
    /* One more than the lowest ticket that ended since the scheduler last looked; 0: none. A hint:
     * nothing but the order depends on it. */
    _Atomic uint64_t ended;
};

/* Records why `dispatch` failed (the first reason of its queue wins), tells its queue, and stops
 * its waves. `fault` may be NULL; then `text` must be given. */
void cairn_dispatch_fail(struct cairn_dispatch *dispatch, enum cairn_queue_error error,
                         const struct cairn_fault *fault, const char *text);
/* All workgroups have ended or were dropped: completes the signal (unless it failed or was
 * cancelled) and gives the dispatch back to its queue. Called once, by the last who leaves it. */
void cairn_dispatch_done(struct cairn_dispatch *dispatch);

#endif
