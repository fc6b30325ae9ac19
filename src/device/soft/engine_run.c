/* SPDX-License-Identifier: MIT
 * The driver of finalized code: one turn of a wave, with the interpreter's help.
 */
#include "device/soft/engine_run.h"

#include "finalizer/access.h"
#include "finalizer/matrix.h"
#include "finalizer/object.h"
#include "fp/fp.h"
#include "interp/interp.h"
#include "isa/insn.h"
#include "machine/guard.h"

#include <stdlib.h>
#include <string.h>

enum { REPLAY_LIMIT = 1 << 16 }; /* more than a strip of a loop has */
/* A group comes back after so many barriers, so that somebody looks at the watchdog. */
enum { BARRIERS_LIMIT = 1024 };
enum { MOST_WAVES = 32 }; /* 1024 work-items in waves of 32 */

struct native_run {
    struct cairn_native_frame frame; /* first: the callbacks get its address */
    struct cairn_guard guard;
    struct cairn_native_code *code;
    uint64_t stepped;
    uint32_t barriers;              /* that all waves of the group have met at */
    bool yielded;                   /* the wave lets others run: the turn is over */
    struct cairn_native_line *line; /* may be NULL */
    uint64_t ahead;                 /* frame.groups_left when it was last looked at */
};

/* Tells the driver to which workgroup the code has gone on. */
static void catch_up(struct native_run *run)
{
    uint64_t went = run->ahead - run->frame.groups_left;
    struct cairn_workgroup *group = run->frame.wave->group;
    if (__builtin_expect(went == 0, 1))
        return;
    run->ahead = run->frame.groups_left;
    cairn_mold_rename(group, run->frame.id);
    run->line->went(run->line, group, went);
}

/* ---- places that the code does not know */

static size_t place_of(const struct cairn_wave *wave)
{
    return (wave->pc - wave->launch->code->base) / 4;
}

static bool is_strange(struct cairn_native_code *code, const struct cairn_wave *wave)
{
    _Atomic uint64_t *strange = atomic_load_explicit(&code->strange, memory_order_acquire);
    if (__builtin_expect(strange == NULL, 1))
        return false;
    size_t place = place_of(wave);
    if (place >= wave->launch->code->size / 4)
        return true;
    return atomic_load_explicit(&strange[place / 64], memory_order_relaxed) >> (place % 64) & 1;
}

/* Without memory for the table, the entry is asked again and again: slow, not wrong. */
static void mark_strange(struct cairn_native_code *code, const struct cairn_wave *wave)
{
    _Atomic uint64_t *strange = atomic_load_explicit(&code->strange, memory_order_acquire);
    size_t place = place_of(wave), places = wave->launch->code->size / 4;
    if (strange == NULL) {
        _Atomic uint64_t *made = calloc(places / 64 + 1, sizeof *made);
        if (made == NULL)
            return;
        if (atomic_compare_exchange_strong_explicit(&code->strange, &strange, made,
                                                    memory_order_acq_rel, memory_order_acquire))
            strange = made;
        else
            free((void *)made);
    }
    if (place < places)
        atomic_fetch_or_explicit(&strange[place / 64], UINT64_C(1) << (place % 64),
                                 memory_order_relaxed);
}

void cairn_native_code_destroy(struct cairn_native_code *code)
{
    if (code == NULL)
        return;
    cairn_object_destroy(code->object);
    free((void *)code->strange);
    free(code);
}

/* ---- what finalized code calls */

static bool step(struct cairn_native_frame *frame, struct cairn_wave *wave)
{
    struct native_run *run = (struct native_run *)frame;
    run->guard.native = false;
    run->guard.wave = wave;
    catch_up(run);
    run->stepped++;
    frame->foreign = 1;
    bool goes_on = cairn_interp_step(wave, &run->yielded);
    run->guard.wave = frame->wave;
    run->guard.native = true;
    return goes_on && !run->yielded;
}

static void give_up(struct cairn_native_frame *frame)
{
    struct native_run *run = (struct native_run *)frame;
    run->guard.address = 0;
    run->guard.read_only = run->guard.stored = false;
    siglongjmp(run->guard.jump, 1);
}

/* ---- faults */

/* The wave stands at the start of a region, whose chunks before frame->chunk are done. Executes the
 * rest in lock step, as if it had been so from the beginning, until the fault happens again. */
static void replay(struct native_run *run, uint32_t chunk)
{
    struct cairn_wave *wave = run->frame.wave;
    uint64_t first = (uint64_t)chunk * run->code->width;
    uint64_t rest = first < CAIRN_WAVE_LANES ? ~UINT64_C(0) << first : 0;
    bool yielded;
    for (unsigned i = 0; i < REPLAY_LIMIT && wave->state == CAIRN_WAVE_READY; i++) {
        uint64_t now = cairn_wave_read64(wave, CAIRN_CODE_EXEC_LO);
        cairn_wave_write64(wave, CAIRN_CODE_EXEC_LO, now & rest);
        (void)cairn_interp_step(wave, &yielded);
    }
}

/* Of merged waves, the first has the scalar registers that are the same in all. Gives the wave of
 * the chunk that runs all that it has in common with the first, and goes on with it. */
static uint32_t part_waves(struct native_run *run)
{
    struct cairn_wave *first = run->frame.wave;
    uint32_t chunks = first->launch->wave_size / run->code->width;
    uint32_t index = run->frame.chunk / chunks;
    if (run->code->own == NULL || index == 0 || index >= first->group->wave_count)
        return run->frame.chunk % chunks;
    struct cairn_wave *wave = &first->group->waves[index];
    const struct cairn_native_own *own = run->code->own;
    while (own->offset != first->pc - run->frame.code_base && own->offset != UINT64_MAX)
        own++;
    for (unsigned code = 0; code < CAIRN_CODE_EXEC_LO; code++)
        if (!(own->own[code / 64] >> (code % 64) & 1))
            wave->sgpr[code] = first->sgpr[code];
    wave->pc = first->pc;
    wave->scc = first->scc;
    run->frame.wave = run->guard.wave = wave;
    return run->frame.chunk % chunks;
}

/* A signal, or the code gave up. */
static void caught(struct native_run *run)
{
    if (!run->guard.native) {
        cairn_interp_caught(&run->guard);
        return;
    }
    __builtin_ia32_sfence();
    catch_up(run);
    uint32_t chunk = part_waves(run);
    struct cairn_wave *wave = run->frame.wave;
    uint64_t address = run->guard.address;
    uint64_t pc = wave->pc, exec = cairn_wave_read64(wave, CAIRN_CODE_EXEC_LO);
    enum cairn_fault_kind kind = cairn_guard_kind(&run->guard);
    run->guard.native = false;
    if (sigsetjmp(run->guard.jump, 0) == 0)
        replay(run, chunk);
    else
        cairn_interp_caught(&run->guard);
    cairn_wave_write64(wave, CAIRN_CODE_EXEC_LO, exec);
    if (wave->state == CAIRN_WAVE_FAULTED)
        return;
    wave->pc = pc;
    wave->state = CAIRN_WAVE_READY;
    cairn_wave_raise(wave, kind, address, -1);
}

/* ---- turns */

/* What the code has stored past the caches comes before all that this thread does from now on. */
static void order_stores(struct native_run *run)
{
    if (run->frame.streamed != 0)
        __builtin_ia32_sfence();
    run->frame.streamed = 0;
}

/* Calls the code, and counts what it executed: of the wave that runs, of all merged ones, or of all
 * that may have a turn. */
static enum cairn_native_exit call(struct native_run *run)
{
    struct cairn_wave *waves = run->frame.first != NULL ? run->frame.first : run->frame.wave;
    uint32_t turns = run->frame.first != NULL ? waves->group->wave_count : 1;
    int64_t before[MOST_WAVES];
    for (uint32_t i = 0; i < turns; i++)
        before[i] = waves[i].fuel;
    run->guard.native = true;
    enum cairn_native_exit exit = run->code->entry(&run->frame);
    run->guard.native = false;
    order_stores(run);
    for (uint32_t i = 0; i < turns; i++)
        waves[i].instructions += (uint64_t)(before[i] - waves[i].fuel);
    for (uint32_t i = 1; i < run->frame.waves; i++)
        waves[i].instructions += (uint64_t)(before[0] - waves[0].fuel);
    catch_up(run);
    return exit;
}

static void run_native(struct native_run *run)
{
    struct cairn_wave *entered = run->frame.wave;
    uint64_t pc = entered->pc;
    int64_t fuel = entered->fuel;
    enum cairn_native_exit exit = call(run);
    struct cairn_wave *wave = run->frame.wave;
    switch (exit) {
    case CAIRN_NATIVE_DONE:
        wave->state = CAIRN_WAVE_DONE;
        break;
    case CAIRN_NATIVE_BARRIER:
        if (wave->group->wave_count > 1)
            wave->state = CAIRN_WAVE_BARRIER;
        break;
    case CAIRN_NATIVE_YIELD:
        run->yielded = true;
        break;
    case CAIRN_NATIVE_LEAVE:
        if (wave == entered && wave->pc == pc && wave->fuel == fuel)
            mark_strange(run->code, wave);
        wave->fuel--; /* loops that go through here end their turns, too */
        break;
    case CAIRN_NATIVE_STATE:
        wave->fuel--;
        break;
    }
}

/* Begins as the turn of one wave and ends as that of a later one if the code takes turns. */
static void run_turn(struct native_run *run)
{
    for (;;) {
        struct cairn_wave *wave = run->guard.wave = run->frame.wave;
        if (wave->state != CAIRN_WAVE_READY || wave->fuel <= 0 || run->yielded ||
            atomic_load_explicit(&wave->launch->stop, memory_order_relaxed) != 0)
            return;
        if (__builtin_expect(is_strange(run->code, wave), 0)) {
            run->frame.foreign = 1;
            cairn_interp_block(wave);
        } else {
            run_native(run);
        }
    }
}

static void set_up(struct native_run *run, struct cairn_native_code *code,
                   const struct cairn_workgroup *group)
{
    const struct cairn_launch *launch = group->launch;
    run->code = code;
    run->stepped = 0;
    run->barriers = 0;
    run->frame = (struct cairn_native_frame){
        .waves = 1,
        .code_base = launch->code->base,
        .window_base = launch->space->window_base,
        .window_size = launch->space->window_size,
        .private_aperture = launch->space->private_aperture,
        .lds = group->lds,
        .lds_bytes = group->lds_bytes,
        .step = step,
        .give_up = give_up,
        .access = &cairn_finalizer_accesses,
        .matrices = cairn_finalizer_matrices(),
        .stop = (const uint32_t *)&launch->stop,
        .stream_from = launch->stream_from != 0 ? launch->stream_from : UINT32_MAX,
    };
    memcpy(run->frame.workgroups, launch->workgroups, sizeof run->frame.workgroups);
    run->line = NULL;
    run->ahead = 0;
}

/* Else other code may have had it before. */
static bool has_just_begun(const struct cairn_workgroup *group)
{
    bool begun = true;
    for (uint32_t i = 0; i < group->wave_count; i++)
        begun = begun && group->waves[i].pc == group->launch->entry_pc &&
                group->waves[i].instructions == 0 && group->waves[i].state == CAIRN_WAVE_READY;
    return begun;
}

/* Lets the code go on to workgroups behind `group`, with fuel for all. */
static void look_ahead(struct native_run *run, const struct cairn_workgroup *group, uint64_t budget)
{
    const struct cairn_mold *mold = NULL;
    int64_t fuel;
    run->ahead = run->line != NULL ? run->line->ahead(run->line, &mold) : 0;
    run->frame.groups_left = run->ahead;
    if (__builtin_mul_overflow(budget, run->ahead + 1, &fuel))
        fuel = INT64_MAX;
    for (uint32_t i = 0; i < group->wave_count; i++)
        group->waves[i].fuel = fuel;
    if (run->ahead == 0)
        return;
    run->frame.foreign = !has_just_begun(group);
    memcpy(run->frame.id, group->id, sizeof group->id);
    run->frame.entry_waves = mold->waves;
    run->frame.entry_ids = mold->ids;
}

static void switch_to(struct native_run *run, struct cairn_wave *wave)
{
    run->frame.wave = run->guard.wave = wave;
    run->frame.chunk = 0;
    run->yielded = false;
}

/* True: no wave is ready any more, and none has faulted. */
static bool run_pass(struct native_run *run, struct cairn_workgroup *group)
{
    for (uint32_t i = 0; i < group->wave_count; i++) {
        if (group->waves[i].state != CAIRN_WAVE_READY)
            continue;
        switch_to(run, &group->waves[i]);
        run_turn(run);
        if (run->frame.wave->state == CAIRN_WAVE_FAULTED)
            return false;
        i = run->frame.wave->index;
    }
    for (uint32_t i = 0; i < group->wave_count; i++)
        if (group->waves[i].state == CAIRN_WAVE_READY)
            return false;
    return true;
}

/* All waves at once, or the only one: the first one stands for them. */
static void run_merged(struct native_run *run, struct cairn_workgroup *group)
{
    struct cairn_wave *first = &group->waves[0];
    if (first->state != CAIRN_WAVE_READY)
        return;
    switch_to(run, first);
    run->frame.waves = group->wave_count;
    run_turn(run);
    for (uint32_t i = 1; i < group->wave_count && first->state == CAIRN_WAVE_DONE; i++)
        group->waves[i].state = CAIRN_WAVE_DONE;
}

static void run_waves(struct native_run *run, struct cairn_workgroup *group)
{
    if (run->code->own != NULL || group->wave_count == 1) {
        run_merged(run, group);
        return;
    }
    run->frame.first = group->waves;
    while (run_pass(run, group) && cairn_workgroup_release_barrier(group))
        if (++run->barriers == BARRIERS_LIMIT)
            return;
}

static bool all_ended(const struct cairn_workgroup *group)
{
    bool ended = true;
    for (uint32_t i = 0; i < group->wave_count; i++)
        ended = ended && group->waves[i].state == CAIRN_WAVE_DONE;
    return ended;
}

static void run_groups(struct native_run *run, struct cairn_workgroup *group, uint64_t budget,
                       struct cairn_native_line *line)
{
    run->line = line;
    do {
        look_ahead(run, group, budget);
        run_waves(run, group);
    } while (line != NULL && all_ended(group) && line->next(line, group));
}

uint32_t cairn_native_run_group(struct cairn_native_code *code, struct cairn_workgroup *group,
                                uint64_t budget, struct cairn_native_line *line, uint64_t *stepped)
{
    struct native_run run;
    uint32_t host_fp = cairn_fp_host_enter();
    set_up(&run, code, group);
    cairn_guard_enter(&run.guard, group->waves);
    if (sigsetjmp(run.guard.jump, 0) == 0)
        run_groups(&run, group, budget, line);
    else
        caught(&run);
    cairn_guard_leave(&run.guard);
    cairn_fp_host_leave(host_fp);
    *stepped += run.stepped;
    if (run.frame.wave != NULL && run.frame.wave->state == CAIRN_WAVE_FAULTED)
        cairn_interp_name_fault(run.frame.wave);
    return run.barriers + (uint32_t)run.frame.barriers;
}

enum cairn_wave_state cairn_native_run(struct cairn_native_code *code, struct cairn_wave *wave,
                                       uint64_t budget, uint64_t *stepped)
{
    struct native_run run;
    uint32_t host_fp = cairn_fp_host_enter();
    set_up(&run, code, wave->group);
    wave->fuel = budget > INT64_MAX ? INT64_MAX : (int64_t)budget;
    cairn_guard_enter(&run.guard, wave);
    switch_to(&run, wave);
    if (sigsetjmp(run.guard.jump, 0) == 0)
        run_turn(&run);
    else
        caught(&run);
    cairn_guard_leave(&run.guard);
    cairn_fp_host_leave(host_fp);
    *stepped += run.stepped;
    if (wave->state == CAIRN_WAVE_FAULTED)
        cairn_interp_name_fault(wave);
    return wave->state;
}
