/* SPDX-License-Identifier: MIT
 * Runs one workgroup for a while: its waves in turn, each with a budget of instructions, until all
 * have ended, one has faulted, or it is time to let other workgroups run.
 */
#include "device/soft/soft_priv.h"

#include "base/option.h"
#include "device/soft/engine.h"
#include "device/soft/engine_run.h"
#include "interp/interp.h"

#include <string.h>

/* Instructions of one turn of a wave. The interpreter takes about 0.04 us for each; finalized code
 * takes an eighth of it or less, and gets turns and slices that much longer. */
enum { FIRST_BUDGET = 64, SHORT_BUDGET = 256, MIDDLE_BUDGET = 1024, LONG_BUDGET = 4096 };
enum { FINALIZED_SCALE = 8 };
enum { LEAST_COST = 16, ROUNDS_OF_LENGTH = 4 };
/* After a barrier each wave of the interpreter first runs a single block, so that all have read
 * what lies in LDS before one of them runs ahead and writes there. Programs that lack a barrier
 * between the two are wrong, but work on real chips, where waves run side by side. */
enum { SETTLE_BUDGET = 1 };
/* How far the interpreter looks for a place where finalized code takes a wave. */
enum { HAND_OVER_BLOCKS = 64 };
/* So many rounds in which all waves yielded are waiting too, whatever their registers say. */
enum { IDLE_ROUNDS = 64 };

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

/* What a round of turns brought. */
struct round {
    bool moved;    /* a wave ended, or all met at the barrier */
    bool released; /* all met at the barrier */
    bool works;    /* a wave ran and is not known to wait */
    bool spins;    /* a wave used up its turn */
    bool faulted;
    uint64_t instructions; /* of all waves */
};

/* The workgroups that come after one in finalized code. */
struct line {
    struct cairn_native_line line; /* first */
    struct cairn_dispatch *dispatch;
    struct cairn_slot *slot;
    struct cairn_soft_run *run;
    uint64_t ended;
};

static void note_ended(struct cairn_soft_run *run, const struct cairn_workgroup *group)
{
    run->ended++;
    run->waves += group->wave_count;
    for (uint32_t i = 0; i < group->wave_count; i++)
        run->instructions += group->waves[i].instructions;
}

static void note_longest(struct cairn_soft_run *run, const struct cairn_workgroup *group)
{
    if (group->waves[0].instructions > run->longest)
        run->longest = group->waves[0].instructions;
}

/* How many may be started now. */
static uint64_t ready(const struct line *line)
{
    const struct cairn_soft_run *run = line->run;
    if (run->instructions > run->most ||
        atomic_load_explicit(&line->dispatch->launch.stop, memory_order_relaxed) != 0 ||
        atomic_load_explicit(&line->dispatch->parked_count, memory_order_relaxed) != 0)
        return 0;
    return run->end - run->next;
}

static uint64_t groups_ahead(struct cairn_native_line *at, const struct cairn_mold **mold)
{
    struct line *line = (struct line *)at;
    const struct cairn_launch *launch = &line->dispatch->launch;
    const uint32_t last[3] = {launch->workgroups[0] - 1, launch->workgroups[1] - 1,
                              launch->workgroups[2] - 1};
    *mold = &line->slot->mold;
    if (line->slot->mold.waves == NULL || !cairn_workgroup_is_whole(launch, last))
        return 0;
    return ready(line);
}

/* The instructions of all are in the waves of the last one. */
static void groups_went(struct cairn_native_line *at, struct cairn_workgroup *group, uint64_t count)
{
    struct line *line = (struct line *)at;
    struct cairn_soft_run *run = line->run;
    for (uint32_t i = 0; i < group->wave_count; i++) {
        uint64_t one = group->waves[i].instructions / (count + 1);
        group->waves[i].instructions -= one * count;
        run->instructions += one * count;
    }
    run->ended += count;
    run->waves += count * group->wave_count;
    run->next += count;
    line->ended += count;
    line->slot->ticket += count;
}

static bool next_group(struct cairn_native_line *at, struct cairn_workgroup *group)
{
    struct line *line = (struct line *)at;
    struct cairn_soft_run *run = line->run;
    struct cairn_slot *slot = line->slot;
    struct cairn_dispatch *dispatch = line->dispatch;
    bool merged = slot->merged;
    if (ready(line) == 0)
        return false;
    note_ended(run, group);
    note_longest(run, group);
    line->ended++;
    cairn_slot_place(slot, &dispatch->launch, &dispatch->needs, run->next++);
    slot->begun = true;
    slot->merged = merged;
    return true;
}

/* Scratch may hold what a loop counts, but hardly one that yields. */
static bool is_waiting(struct cairn_slot *slot, const struct cairn_wave *wave, bool yielded)
{
    bool with_scratch = !yielded && wave->launch->private_bytes > 0;
    if (!slot->watched)
        memset(slot->watches, 0, slot->group.wave_count * sizeof slot->watches[0]);
    slot->watched = true;
    return cairn_watch_repeats(&slot->watches[wave->index], wave, with_scratch);
}

/* After a turn of a wave that is still ready. */
static void note_ready(struct cairn_slot *slot, const struct cairn_wave *wave, uint64_t before,
                       unsigned budget, struct round *round)
{
    bool yielded = wave->instructions - before < budget / 2;
    round->spins = round->spins || !yielded;
    if (slot->settles || !is_waiting(slot, wave, yielded))
        round->works = true;
}

static void run_wave(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                     struct cairn_wave *wave, unsigned budget, struct round *round)
{
    uint64_t before = wave->instructions;
    enum cairn_wave_state state = cairn_interp_run(wave, budget);
    round->instructions += wave->instructions - before;
    switch (state) {
    case CAIRN_WAVE_READY:
        note_ready(slot, wave, before, budget, round);
        break;
    case CAIRN_WAVE_DONE:
        slot->live_waves--;
        round->moved = true;
        if (slot->live_waves > 0)
            round->released = cairn_workgroup_release_barrier(&slot->group);
        break;
    case CAIRN_WAVE_BARRIER:
        round->released = cairn_workgroup_release_barrier(&slot->group);
        round->moved = round->moved || round->released;
        break;
    case CAIRN_WAVE_FAULTED:
        report_fault(dispatch, wave);
        round->faulted = true;
        break;
    }
}

/* Every wave gets one turn, beginning with the one that is first now. Ends when a barrier is
 * released: those that are left were at the barrier, and it is time to settle. */
static struct round run_round(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                              unsigned budget)
{
    struct round round = {0};
    uint32_t count = slot->group.wave_count;
    slot->interpreted = true;
    for (uint32_t i = 0; i < count && !round.faulted && !round.released; i++) {
        uint32_t index = slot->first_wave + i;
        struct cairn_wave *wave = &slot->group.waves[index < count ? index : index - count];
        if (wave->state == CAIRN_WAVE_READY)
            run_wave(dispatch, slot, wave, budget, &round);
    }
    if (++slot->first_wave >= count)
        slot->first_wave = 0;
    return round;
}

/* The same in finalized code, over barriers, and on with the run's next workgroups. */
static struct round run_finalized(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                                  struct cairn_soft_run *run, struct cairn_native_code *code,
                                  unsigned budget)
{
    struct round round = {0};
    struct line line = {{next_group, groups_ahead, groups_went}, dispatch, slot, run, 0};
    struct cairn_workgroup *group = &slot->group;
    uint64_t before[CAIRN_SLOT_WAVES];
    uint32_t live = 0;
    for (uint32_t i = 0; i < group->wave_count; i++)
        before[i] = group->waves[i].instructions;
    round.moved = cairn_engine_run_group(code, group, budget, &line.line) > 0;
    if (line.ended > 0)
        memset(before, 0, sizeof before);
    for (uint32_t i = 0; i < group->wave_count; i++) {
        struct cairn_wave *wave = &group->waves[i];
        round.instructions += wave->instructions - before[i];
        live += wave->state != CAIRN_WAVE_DONE;
        if (wave->state == CAIRN_WAVE_READY)
            note_ready(slot, wave, before[i], budget, &round);
        if (wave->state == CAIRN_WAVE_FAULTED) {
            report_fault(dispatch, wave);
            round.faulted = true;
        }
    }
    round.moved = round.moved || live < slot->live_waves;
    slot->live_waves = live;
    return round;
}

/* Turns are short at first, in case the waves only wait, and four of each length, so that a loop is
 * left at the same place again. */
static unsigned budget_of_round(unsigned round, unsigned scale, uint64_t left)
{
    static const unsigned budgets[] = {FIRST_BUDGET, SHORT_BUDGET, MIDDLE_BUDGET, LONG_BUDGET};
    unsigned budget = scale * budgets[round < 3 * ROUNDS_OF_LENGTH ? round / ROUNDS_OF_LENGTH : 3];
    return budget < left ? budget : (unsigned)left;
}

/* What a round takes off a slice: what the waves executed on average. Rounds cut short by barriers
 * count for little, but for something. */
static uint64_t cost_of_round(const struct round *round, const struct cairn_slot *slot)
{
    uint64_t average = round->instructions / slot->group.wave_count;
    return average > LEAST_COST ? average : LEAST_COST;
}

/* Leads waves of the interpreter to places where the code takes them, block by block. */
static struct round hand_over(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                              const struct cairn_native_code *code)
{
    struct round round = {0};
    bool all = true;
    for (uint32_t i = 0; i < slot->group.wave_count && !round.faulted && !round.released; i++) {
        struct cairn_wave *wave = &slot->group.waves[i];
        bool taken = false;
        for (unsigned n = 0; n < HAND_OVER_BLOCKS && !taken && !round.faulted; n++) {
            taken = wave->state == CAIRN_WAVE_DONE || cairn_native_takes(code, wave);
            if (wave->state != CAIRN_WAVE_READY || taken)
                break;
            run_wave(dispatch, slot, wave, SETTLE_BUDGET, &round);
        }
        all = all && taken;
    }
    slot->interpreted = !all || round.released;
    return round;
}

/* One round in whatever executes the workgroup now: finalized code may come while it runs. */
static struct round run_some(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                             struct cairn_soft_run *run, unsigned number, uint64_t left)
{
    struct cairn_native_code *code = cairn_engine_code(dispatch->kernel, slot->begun, slot->merged);
    if (code != NULL && slot->interpreted) {
        struct round round = hand_over(dispatch, slot, code);
        if (round.faulted || round.released || slot->live_waves == 0)
            return round;
        if (slot->interpreted)
            code = NULL; /* a turn later, perhaps */
    }
    unsigned scale = code != NULL ? FINALIZED_SCALE : 1;
    unsigned budget = slot->settles ? SETTLE_BUDGET : budget_of_round(number, scale, left);
    if (code != NULL && 2 * run->longest > budget) /* as long as those before it took, at once */
        budget = (unsigned)(2 * run->longest < left ? 2 * run->longest : left);
    slot->begun = true;
    slot->merged = cairn_engine_merges(code);
    return code != NULL ? run_finalized(dispatch, slot, run, code, budget)
                        : run_round(dispatch, slot, budget);
}

/* *executed: instructions of all waves, and some for each wave, whose code may have none that
 * counts. */
static enum cairn_group_end run_rounds(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                                       struct cairn_soft_run *run, uint64_t instructions,
                                       bool *idle, uint64_t *executed)
{
    unsigned idle_rounds = 0;
    uint64_t used = 0;
    for (unsigned number = 0; used < instructions; number++) {
        struct round round = run_some(dispatch, slot, run, number, instructions - used);
        *executed += round.instructions + (uint64_t)LEAST_COST * slot->group.wave_count;
        slot->settles = round.released;
        if (slot->live_waves == 0)
            return CAIRN_GROUP_DONE;
        if (round.faulted || is_stopped(dispatch, &slot->group.waves[slot->first_wave]))
            return CAIRN_GROUP_STOPPED;
        idle_rounds = round.moved || round.spins ? 0 : idle_rounds + 1;
        slot->waits = (!round.moved && !round.works) || idle_rounds > IDLE_ROUNDS;
        if (slot->waits) {
            *idle = !round.spins;
            break;
        }
        used += cost_of_round(&round, slot);
    }
    return CAIRN_GROUP_PARKED;
}

enum cairn_group_end cairn_soft_run_group(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                                          struct cairn_soft_run *run, unsigned instructions,
                                          bool *idle)
{
    bool finalized = cairn_engine_code(dispatch->kernel, slot->begun, slot->merged) != NULL;
    uint64_t limit = (uint64_t)instructions * (finalized ? FINALIZED_SCALE : 1), executed = 0;
    uint64_t waves = run->waves, before = run->instructions;
    *idle = slot->waits = false;
    enum cairn_group_end end = run_rounds(dispatch, slot, run, limit, idle, &executed);
    if (end == CAIRN_GROUP_DONE && finalized)
        note_longest(run, &slot->group);
    executed += run->instructions - before + (run->waves - waves) * LEAST_COST;
    cairn_engine_spend(dispatch->kernel, executed);
    return end;
}
