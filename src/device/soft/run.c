/* SPDX-License-Identifier: MIT
 * Runs one workgroup for a while: its waves in turn, each with a budget of instructions, until all
 * have ended, one has faulted, or it is time to let other workgroups run.
 */
#include "device/soft/soft_priv.h"

#include "base/option.h"
#include "interp/interp.h"

#include <stdio.h>

/* True if the watchdog or somebody else has stopped the dispatch. */
static bool is_stopped(struct cairn_dispatch *dispatch, const struct cairn_wave *wave)
{
    if (atomic_load_explicit(&dispatch->launch.stop, memory_order_relaxed) != 0)
        return true;
    uint64_t limit_ms = cairn_option_u64(CAIRN_OPTION_WATCHDOG_MS);
    if (limit_ms == 0)
        return false;
    uint64_t start = atomic_load_explicit(&dispatch->start_ns, memory_order_relaxed);
    if (cairn_clock_now() - start < limit_ms * 1000000)
        return false;
    struct cairn_fault fault = {.kind = CAIRN_FAULT_WATCHDOG, .pc = wave->pc, .lane = -1};
    for (int i = 0; i < 3; i++)
        fault.workgroup[i] = wave->group->id[i];
    cairn_dispatch_fail(dispatch, CAIRN_QUEUE_WATCHDOG, &fault, NULL);
    return true;
}

static enum cairn_queue_error error_of(enum cairn_fault_kind kind)
{
    switch (kind) {
    case CAIRN_FAULT_APERTURE:
        return CAIRN_QUEUE_APERTURE;
    case CAIRN_FAULT_ILLEGAL_INSTRUCTION:
    case CAIRN_FAULT_UNIMPLEMENTED:
    case CAIRN_FAULT_BAD_REGISTER:
        return CAIRN_QUEUE_ILLEGAL_INSTRUCTION;
    case CAIRN_FAULT_TRAP:
    case CAIRN_FAULT_HALT:
        return CAIRN_QUEUE_EXCEPTION;
    case CAIRN_FAULT_WATCHDOG:
        return CAIRN_QUEUE_WATCHDOG;
    default:
        return CAIRN_QUEUE_MEMORY_FAULT;
    }
}

/* A wave that came back because the dispatch was stopped is no news. */
static void report_fault(struct cairn_dispatch *dispatch, struct cairn_wave *wave)
{
    struct cairn_fault fault = wave->fault;
    if (atomic_load_explicit(&dispatch->launch.stop, memory_order_relaxed) != 0)
        return;
    for (int i = 0; i < 3; i++)
        fault.workgroup[i] = wave->group->id[i];
    cairn_dispatch_fail(dispatch, error_of(fault.kind), &fault, NULL);
}

struct round {
    bool busy; /* a wave used up its budget, or got anywhere by ending or at a barrier */
    bool faulted;
};

static void run_wave(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                     struct cairn_wave *wave, unsigned budget, struct round *round)
{
    uint64_t before = wave->instructions;
    enum cairn_wave_state state = cairn_interp_run(wave, budget);
    switch (state) {
    case CAIRN_WAVE_READY:
        if (wave->instructions - before >= budget / 2)
            round->busy = true;
        break;
    case CAIRN_WAVE_DONE:
        slot->live_waves--;
        round->busy = true;
        if (slot->live_waves > 0)
            (void)cairn_workgroup_release_barrier(&slot->group);
        break;
    case CAIRN_WAVE_BARRIER:
        if (cairn_workgroup_release_barrier(&slot->group))
            round->busy = true;
        break;
    case CAIRN_WAVE_FAULTED:
        report_fault(dispatch, wave);
        round->faulted = true;
        break;
    }
}

/* Every wave gets one turn, beginning with the one that is first now. */
static struct round run_round(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                              unsigned budget)
{
    struct round round = {0};
    uint32_t count = slot->group.wave_count;
    for (uint32_t i = 0; i < count && !round.faulted; i++) {
        uint32_t index = slot->first_wave + i;
        struct cairn_wave *wave = &slot->group.waves[index < count ? index : index - count];
        if (wave->state == CAIRN_WAVE_READY)
            run_wave(dispatch, slot, wave, budget, &round);
    }
    return round;
}

enum cairn_group_end cairn_soft_run_group(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                                          const struct cairn_soft_slice *slice, bool *idle)
{
    unsigned idle_rounds = 0;
    *idle = false;
    for (unsigned done = 0; done < slice->rounds; done++) {
        struct round round = run_round(dispatch, slot, slice->budget);
        if (slot->live_waves == 0)
            return CAIRN_GROUP_DONE;
        if (round.faulted || is_stopped(dispatch, &slot->group.waves[slot->first_wave]))
            return CAIRN_GROUP_STOPPED;
        if (++slot->first_wave >= slot->group.wave_count)
            slot->first_wave = 0;
        idle_rounds = round.busy ? 0 : idle_rounds + 1;
        if (idle_rounds == 2) {
            *idle = true;
            break;
        }
    }
    return CAIRN_GROUP_PARKED;
}
