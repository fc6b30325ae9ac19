/* SPDX-License-Identifier: MIT
 * The packet processor: one thread a queue, which takes packets in order, waits where they say so,
 * and starts dispatches. "HSA Platform System Architecture" 1.2, sections 2.8 and 2.9.
 */
#include "device/queue_priv.h"

#include "device/device_priv.h"
#include "device/futex.h"
#include "device/here.h"
#include "device/launch.h"
#include "device/soft/engine.h"
#include "device/soft/soft.h"
#include "device/stats.h"

#include <stdio.h>
#include <string.h>

static const uint64_t bell_spin_ns = 20000;
static const uint64_t here_ns = 20000; /* how long a producer's thread is kept in its doorbell */
static const uint64_t signal_slice_ns = 2000000;

static bool must_end(const struct cairn_queue_state *state)
{
    return atomic_load_explicit(&state->stop, memory_order_relaxed) != 0 ||
           atomic_load_explicit(&state->failed, memory_order_acquire) != 0;
}

/* Sleeps until the bell is no longer `seen`; spins a moment before. */
static void wait_bell(struct cairn_queue_state *state, uint32_t seen)
{
    uint64_t until = cairn_clock_now() + bell_spin_ns;
    do {
        for (int i = 0; i < 64; i++) {
            if (atomic_load_explicit(&state->bell, memory_order_acquire) != seen)
                return;
            cairn_spin_hint();
        }
    } while (cairn_clock_now() < until);
    atomic_store_explicit(&state->sleeping, 1, memory_order_seq_cst);
    while (atomic_load_explicit(&state->bell, memory_order_seq_cst) == seen)
        cairn_futex_wait(&state->bell, seen, UINT64_MAX);
    atomic_store_explicit(&state->sleeping, 0, memory_order_relaxed);
}

static void want_room(struct cairn_queue_state *state, bool wanted)
{
    atomic_store_explicit(&state->wants_room, wanted, memory_order_seq_cst);
}

/* Waits until all dispatches of this queue are done; false: the queue must end. */
static bool wait_idle(struct cairn_queue_state *state)
{
    bool ends = must_end(state);
    if (!ends && atomic_load_explicit(&state->in_flight, memory_order_acquire) == 0)
        return true;
    want_room(state, true);
    for (;;) {
        uint32_t seen = atomic_load_explicit(&state->bell, memory_order_acquire);
        ends = must_end(state);
        if (ends || atomic_load_explicit(&state->in_flight, memory_order_seq_cst) == 0)
            break;
        wait_bell(state, seen);
    }
    want_room(state, false);
    return !ends;
}

/* The read index passes the packet; its slot may be used again at once. */
static void consume(struct cairn_queue_state *state)
{
    union aql_packet *packet = &state->ring[state->read_index & state->mask];
    atomic_store_explicit(&packet->header_and_setup, AQL_INVALID, memory_order_release);
    state->read_index++;
    atomic_store_explicit(&state->shared->amd.read_dispatch_id, state->read_index,
                          memory_order_release);
    cairn_stats_add(CAIRN_COUNT_PACKETS, 1);
}

/* A handle from a packet as a signal: null, or what lies in memory of ours. */
static bool take_signal(uint64_t handle, struct cairn_signal **out)
{
    struct cairn_allocation where;
    *out = (struct cairn_signal *)handle;
    if (handle == 0 || (handle % 64 == 0 && cairn_signal_is_pooled(handle)))
        return true;
    return handle % 64 == 0 && cairn_memory_find(*out, &where) == CAIRN_OK && !where.registered;
}

static bool refuse(struct cairn_queue_state *state, const char *what, uint64_t value)
{
    char text[128];
    snprintf(text, sizeof text, "packet %llu: %s 0x%llx", (unsigned long long)state->read_index,
             what, (unsigned long long)value);
    cairn_queue_fail(state, CAIRN_QUEUE_INVALID_PACKET, NULL, text);
    return false;
}

static void complete(struct cairn_signal *signal, uint64_t start_ns, uint64_t end_ns)
{
    if (signal == NULL)
        return;
    /* Several dispatches may share a signal: then the times of the last one stay. */
    __atomic_store_n(&signal->start_ts, start_ns, __ATOMIC_RELAXED);
    __atomic_store_n(&signal->end_ts, end_ns, __ATOMIC_RELAXED);
    cairn_signal_add(signal, -1);
}

/* ---- dispatches */

static struct cairn_dispatch *dispatch_take(struct cairn_queue_state *state)
{
    for (bool waits = false;;) {
        uint32_t seen = atomic_load_explicit(&state->bell, memory_order_acquire);
        uint64_t free_mask = atomic_load_explicit(&state->free_dispatches, memory_order_seq_cst);
        bool ends = must_end(state);
        if (waits && (ends || free_mask != 0))
            want_room(state, false);
        if (ends)
            return NULL;
        if (free_mask != 0) {
            uint32_t index = (uint32_t)__builtin_ctzll(free_mask);
            struct cairn_dispatch *dispatch = &state->dispatches[index];
            memset(dispatch, 0, sizeof *dispatch);
            dispatch->index = index;
            dispatch->queue = state;
            dispatch->share = &state->share;
            return dispatch;
        }
        if (waits)
            wait_bell(state, seen);
        else
            want_room(state, true);
        waits = true;
    }
}

static bool prepare(struct cairn_queue_state *state, struct cairn_dispatch *dispatch,
                    const union aql_packet *packet)
{
    char text[CAIRN_LAUNCH_TEXT_BYTES], line[QUEUE_TEXT_BYTES];
    struct cairn_launch *launch = &dispatch->launch;
    enum cairn_queue_error error =
        cairn_launch_prepare(state->params.device, &packet->dispatch, launch, text);
    if (error != CAIRN_QUEUE_OK) {
        snprintf(line, sizeof line, "packet %llu: %s", (unsigned long long)state->read_index, text);
        cairn_queue_fail(state, error, NULL, line);
        return false;
    }
    union aql_packet *copy = &state->shared->packets[dispatch->index];
    *copy = *packet;
    launch->packet_address = (uint64_t)copy;
    launch->queue_address = (uint64_t)state->shared;
    launch->dispatch_id = state->read_index;
    launch->gws = &state->gws;
    launch->units = &state->units;
    dispatch->total =
        (uint64_t)launch->workgroups[0] * launch->workgroups[1] * launch->workgroups[2];
    dispatch->cooperative = state->params.cooperative;
    cairn_workgroup_measure(launch, &dispatch->needs);
    dispatch->capacity = dispatch->cooperative ? UINT64_MAX : cairn_launch_capacity(launch);
    return true;
}

/* `here`: on a producer's thread, where nothing is compiled. */
static bool process_dispatch(struct cairn_queue_state *state, const union aql_packet *packet,
                             bool here)
{
    struct cairn_signal *completion;
    if (!take_signal(packet->dispatch.completion_signal, &completion))
        return refuse(state, "completion signal", packet->dispatch.completion_signal);
    struct cairn_dispatch *dispatch = dispatch_take(state);
    if (dispatch == NULL || !prepare(state, dispatch, packet) ||
        (here && !cairn_engine_is_ready(&dispatch->launch)))
        return false;
    dispatch->completion = completion;
    atomic_store_explicit(&dispatch->start_ns, cairn_clock_now(), memory_order_relaxed);
    atomic_fetch_and_explicit(&state->free_dispatches, ~(UINT64_C(1) << dispatch->index),
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&state->in_flight, 1, memory_order_relaxed);
    consume(state);
    if (cairn_soft_start(state->params.device->soft, state->worker, dispatch) == CAIRN_OK)
        return true;
    cairn_queue_fail(state, CAIRN_QUEUE_OUT_OF_RESOURCES, NULL,
                     "not enough memory or threads to run the dispatch");
    cairn_dispatch_done(dispatch);
    return false;
}

void cairn_dispatch_fail(struct cairn_dispatch *dispatch, enum cairn_queue_error error,
                         const struct cairn_fault *fault, const char *text)
{
    char line[QUEUE_TEXT_BYTES];
    if (text == NULL) {
        cairn_fault_describe(dispatch, fault, line, sizeof line);
        text = line;
    }
    cairn_queue_fail(dispatch->queue, error, fault, text);
    cairn_soft_cancel(dispatch->queue->params.device->soft, dispatch);
}

void cairn_dispatch_done(struct cairn_dispatch *dispatch)
{
    struct cairn_queue_state *state = dispatch->queue;
    uint64_t start = atomic_load_explicit(&dispatch->start_ns, memory_order_relaxed);
    uint64_t end = cairn_clock_now();
    bool good = atomic_load_explicit(&dispatch->launch.stop, memory_order_relaxed) == 0 &&
                atomic_load_explicit(&state->failed, memory_order_acquire) == 0;
    cairn_stats_add(CAIRN_COUNT_DISPATCHES, 1);
    cairn_stats_add(CAIRN_COUNT_FAILED_DISPATCHES, !good);
    cairn_stats_add(CAIRN_COUNT_WORKGROUPS, dispatch->total);
    cairn_stats_add(CAIRN_COUNT_WAVES, dispatch->waves);
    cairn_stats_add(CAIRN_COUNT_INSTRUCTIONS, dispatch->instructions);
    cairn_stats_add(CAIRN_COUNT_DISPATCH_NS, end - start);
    if (good)
        complete(dispatch->completion, start, end);
    cairn_signals_look();
    atomic_fetch_or_explicit(&state->free_dispatches, UINT64_C(1) << dispatch->index,
                             memory_order_seq_cst);
    atomic_fetch_sub_explicit(&state->in_flight, 1, memory_order_seq_cst);
    if (atomic_load_explicit(&state->wants_room, memory_order_seq_cst) != 0)
        cairn_queue_wake(state);
}

/* ---- barrier packets */

/* Waits until one of the signals is zero and returns its index; UINT32_MAX: the queue must end, or
 * `once`: none is zero now. */
static uint32_t wait_zero(struct cairn_queue_state *state, uint32_t count,
                          struct cairn_signal *const *signals, bool once)
{
    static const enum cairn_condition equal[5];
    static const int64_t zero[5];
    uint32_t found = UINT32_MAX;
    while (!must_end(state)) {
        found =
            cairn_signal_wait_any(count, signals, equal, zero, once ? 0 : signal_slice_ns, NULL);
        if (found != UINT32_MAX || once)
            break;
    }
    return found;
}

/* AND: each is seen at zero once, which need not be at the same time. OR: any one. Null handles do
 * not count; with none, the packet waits for nothing. `here`: false where it would have to wait. */
static bool process_barrier(struct cairn_queue_state *state, const struct aql_barrier *packet,
                            bool all, bool here)
{
    struct cairn_signal *signals[5], *completion;
    uint32_t count = 0;
    uint64_t start = cairn_clock_now();
    for (int i = 0; i < 5; i++) {
        if (packet->dependency[i] == 0)
            continue;
        if (!take_signal(packet->dependency[i], &signals[count++]))
            return refuse(state, "dependency signal", packet->dependency[i]);
    }
    if (!take_signal(packet->completion_signal, &completion))
        return refuse(state, "completion signal", packet->completion_signal);
    while (count > 0) {
        uint32_t found = wait_zero(state, count, signals, here);
        if (found == UINT32_MAX)
            return false;
        signals[found] = signals[--count];
        if (!all)
            break;
    }
    consume(state);
    complete(completion, start, cairn_clock_now());
    return true;
}

static bool value_holds(const struct aql_barrier_value *packet, int64_t value)
{
    switch ((enum cairn_condition)packet->condition) {
    case CAIRN_COND_EQ:
        return value == packet->value;
    case CAIRN_COND_NE:
        return value != packet->value;
    case CAIRN_COND_LT:
        return value < packet->value;
    case CAIRN_COND_GTE:
        return value >= packet->value;
    }
    return false;
}

/* AMD's barrier value packet: (signal & mask) against a value. */
static bool process_barrier_value(struct cairn_queue_state *state,
                                  const struct aql_barrier_value *packet)
{
    struct cairn_signal *signal, *completion;
    uint64_t start = cairn_clock_now();
    if (packet->condition > CAIRN_COND_GTE)
        return refuse(state, "barrier value condition", packet->condition);
    if (!take_signal(packet->signal, &signal))
        return refuse(state, "dependency signal", packet->signal);
    if (!take_signal(packet->completion_signal, &completion))
        return refuse(state, "completion signal", packet->completion_signal);
    while (signal != NULL) {
        int64_t value = atomic_load_explicit(&signal->value, memory_order_acquire);
        if (value_holds(packet, value & packet->mask))
            break;
        if (must_end(state))
            return false;
        cairn_signal_wait(signal, CAIRN_COND_NE, value, signal_slice_ns);
    }
    consume(state);
    complete(completion, start, cairn_clock_now());
    return true;
}

static bool process_vendor(struct cairn_queue_state *state, const union aql_packet *packet)
{
    struct cairn_signal *completion;
    if (packet->barrier_value.format == AQL_VENDOR_BARRIER_VALUE)
        return process_barrier_value(state, &packet->barrier_value);
    if (packet->barrier_value.format != AQL_VENDOR_PM4)
        return refuse(state, "unknown vendor packet format", packet->barrier_value.format);
    /* AMD's runtime puts cache maintenance into these: memory is coherent here, nothing to do. */
    if (!take_signal(packet->barrier.completion_signal, &completion))
        return refuse(state, "completion signal", packet->barrier.completion_signal);
    consume(state);
    uint64_t now = cairn_clock_now();
    complete(completion, now, now);
    return true;
}

/* ---- the thread */

/* Handles one packet, whose header was read; false: the queue must end or has failed. `here`: on a
 * producer's thread, for packets that need not wait (can_start). */
static bool process(struct cairn_queue_state *state, uint32_t header, bool here)
{
    union aql_packet packet = state->ring[state->read_index & state->mask];
    if ((header & AQL_HEADER_BARRIER) != 0 && !wait_idle(state))
        return false;
    switch (header & AQL_HEADER_TYPE_MASK) {
    case AQL_VENDOR:
        return process_vendor(state, &packet);
    case AQL_KERNEL_DISPATCH:
        return process_dispatch(state, &packet, here);
    case AQL_BARRIER_AND:
        return process_barrier(state, &packet.barrier, true, here);
    case AQL_BARRIER_OR:
        return process_barrier(state, &packet.barrier, false, here);
    case AQL_AGENT_DISPATCH:
        return refuse(state, "agent dispatch is not supported, type", packet.dispatch.setup);
    default:
        return refuse(state, "unknown packet type", header & AQL_HEADER_TYPE_MASK);
    }
}

/* Stops what runs and waits until nothing does. */
static void drain(struct cairn_queue_state *state)
{
    want_room(state, true);
    for (;;) {
        uint32_t seen = atomic_load_explicit(&state->bell, memory_order_acquire);
        uint64_t busy = ~atomic_load_explicit(&state->free_dispatches, memory_order_acquire);
        for (; busy != 0; busy &= busy - 1)
            cairn_soft_cancel(state->params.device->soft,
                              &state->dispatches[__builtin_ctzll(busy)]);
        if (atomic_load_explicit(&state->in_flight, memory_order_seq_cst) == 0)
            break;
        wait_bell(state, seen);
    }
    want_room(state, false);
}

static void call_back(struct cairn_queue_state *state)
{
    pthread_mutex_lock(&state->error_lock);
    pthread_mutex_unlock(&state->error_lock); /* who recorded the error has finished doing so */
    if (state->params.on_error != NULL)
        state->params.on_error(state->shared, state->error, state->has_fault ? &state->fault : NULL,
                               state->text, state->params.user);
}

/* The header of the next packet; its type is AQL_INVALID if there is none. */
static uint32_t next_header(struct cairn_queue_state *state)
{
    union aql_packet *next = &state->ring[state->read_index & state->mask];
    return atomic_load_explicit(&next->header_and_setup, memory_order_acquire);
}

static bool has_packet(uint32_t header)
{
    return (header & AQL_HEADER_TYPE_MASK) != AQL_INVALID;
}

/* A packet that a producer's thread may take; it leaves a barrier that would have to wait. */
static bool can_start(struct cairn_queue_state *state, uint32_t header)
{
    bool ordered = (header & AQL_HEADER_BARRIER) != 0;
    uint32_t type = header & AQL_HEADER_TYPE_MASK;
    if (ordered && atomic_load_explicit(&state->in_flight, memory_order_acquire) != 0)
        return false;
    if (type == AQL_BARRIER_AND || type == AQL_BARRIER_OR)
        return true;
    return type == AQL_KERNEL_DISPATCH &&
           atomic_load_explicit(&state->free_dispatches, memory_order_acquire) != 0;
}

void cairn_queue_process_here(struct cairn_queue_state *state)
{
    bool left = true;
    if (cairn_may_run_here() && pthread_mutex_trylock(&state->owner) == 0) {
        uint64_t until = 0; /* set when there is more than one packet: clocks cost */
        bool goes_on = true;
        uint32_t header = next_header(state);
        while (goes_on && !must_end(state) && can_start(state, header)) {
            goes_on = process(state, header, true);
            header = next_header(state);
            if (goes_on && has_packet(header)) {
                uint64_t now = cairn_clock_now();
                until = until == 0 ? now + here_ns : until;
                goes_on = now < until;
            }
        }
        left = has_packet(next_header(state)) || must_end(state);
        pthread_mutex_unlock(&state->owner);
    }
    if (left)
        cairn_queue_wake(state);
}

void *cairn_queue_main(void *argument)
{
    struct cairn_queue_state *state = argument;
    while (!must_end(state)) {
        uint32_t seen = atomic_load_explicit(&state->bell, memory_order_acquire);
        pthread_mutex_lock(&state->owner);
        uint32_t header = must_end(state) ? AQL_INVALID : next_header(state);
        if (has_packet(header))
            process(state, header, false);
        pthread_mutex_unlock(&state->owner);
        if (!has_packet(header) && !must_end(state))
            wait_bell(state, seen);
    }
    pthread_mutex_lock(&state->owner); /* a producer may still be at it, the last one */
    pthread_mutex_unlock(&state->owner);
    drain(state);
    if (atomic_load_explicit(&state->failed, memory_order_acquire) != 0)
        call_back(state);
    atomic_store_explicit(&state->halted, 1, memory_order_release);
    cairn_futex_wake_all(&state->halted);
    if (state->destroy_self)
        cairn_queue_release(state);
    return NULL;
}
