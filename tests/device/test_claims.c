/* SPDX-License-Identifier: MIT
 * Workers claim consecutive workgroups together. Nothing that a program may rely on depends on it:
 * claimed workgroups start whatever becomes of the one before them, work is spread over all
 * workers, and a dispatch that fails ends.
 */
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUPS = 20000, STUCK = 15000, BEHIND = 200, HEAVY = 48, MAX_THREADS = 64 };

struct world {
    uint32_t groups;
    bool sleeps;
    _Atomic uint32_t started[GROUPS], ended;
    _Atomic uint32_t behind; /* of the BEHIND workgroups after STUCK, how many have ended */
    _Atomic uint32_t threads;
    _Atomic uint32_t heavy[MAX_THREADS]; /* workgroups of each thread */
};

static struct world *world_of(const struct cairn_wave *wave)
{
    return (struct world *)wave->launch->kernarg_address;
}

static uint32_t begin(struct cairn_wave *wave, uint64_t step)
{
    uint32_t id = wave->group->id[0];
    world_of(wave)->started[id] += step == 0;
    return id;
}

/* One workgroup waits for those behind it, which are mostly of the same claim. */
static enum cairn_wave_state wait_for_those_behind(struct cairn_wave *wave, uint64_t budget,
                                                   uint64_t step)
{
    struct world *world = world_of(wave);
    uint32_t id = begin(wave, step);
    if (id == STUCK && world->behind < BEHIND) {
        if (!world->sleeps)
            wave->instructions += budget;
        return CAIRN_WAVE_READY;
    }
    world->behind += id > STUCK && id <= STUCK + BEHIND;
    world->ended++;
    return CAIRN_WAVE_DONE;
}

/* The same, but it changes its registers on the way: nobody can tell that it waits. */
static enum cairn_wave_state work_until_those_behind(struct cairn_wave *wave, uint64_t budget,
                                                     uint64_t step)
{
    wave->sgpr[10] = (uint32_t)step;
    return wait_for_those_behind(wave, budget, step);
}

static void run(struct rig_queue *q, fake_kernel kernel, struct world *world)
{
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p =
        rig_dispatch(rig_kernel(kernel, NULL), world->groups * 64, 64, world, done);
    rig_push(q, &p);
    rig_wait(done);
    cairn_signal_destroy(done);
}

static void assert_all_ran_once(const struct world *world)
{
    for (uint32_t i = 0; i < world->groups; i++)
        if (world->started[i] != 1)
            fail_msg("workgroup %u was started %u times", i, world->started[i]);
    assert_int_equal(world->ended, world->groups);
}

static void workgroups_claimed_behind_a_stuck_one_are_started(void **state)
{
    (void)state;
    static const fake_kernel kernels[] = {wait_for_those_behind, work_until_those_behind};
    for (int form = 0; form < 4; form++) {
        struct rig_queue q;
        struct world *world = calloc(1, sizeof *world);
        assert_non_null(world);
        world->groups = GROUPS;
        world->sleeps = form % 2;
        rig_queue_open(&q, 4);
        run(&q, kernels[form / 2], world);
        assert_int_equal(q.errors, 0);
        assert_all_ran_once(world);
        rig_queue_close(&q);
        free(world);
    }
}

/* Light ones first, so that claims have become long. Heavy ones leave the CPU to whoever else could
 * take one. */
static enum cairn_wave_state heavy_at_the_end(struct cairn_wave *wave, uint64_t budget,
                                              uint64_t step)
{
    static _Thread_local uint32_t me;
    struct world *world = world_of(wave);
    uint32_t id = begin(wave, step);
    (void)budget;
    if (id >= world->groups - HEAVY) {
        if (me == 0)
            me = ++world->threads;
        if (me <= MAX_THREADS)
            world->heavy[me - 1]++;
        usleep(4000);
    }
    world->ended++;
    return CAIRN_WAVE_DONE;
}

static void heavy_workgroups_are_spread_over_the_workers(void **state)
{
    (void)state;
    static const uint32_t groups[] = {HEAVY, GROUPS};
    uint32_t workers = cairn_device_info(cairn_device_at(0))->worker_threads;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        struct rig_queue q;
        struct world *world = calloc(1, sizeof *world);
        assert_non_null(world);
        world->groups = groups[i];
        rig_queue_open(&q, 4);
        run(&q, heavy_at_the_end, world);
        assert_all_ran_once(world);
        uint32_t most = 0;
        for (int t = 0; t < MAX_THREADS; t++)
            most = world->heavy[t] > most ? world->heavy[t] : most;
        if (workers >= 2 && most > HEAVY * 3 / 4)
            fail_msg("%u of %d heavy workgroups on one of %u workers", most, HEAVY, workers);
        rig_queue_close(&q);
        free(world);
    }
}

static enum cairn_wave_state fail_in_the_middle(struct cairn_wave *wave, uint64_t budget,
                                                uint64_t step)
{
    uint32_t id = begin(wave, step);
    (void)budget;
    if (id == STUCK) {
        cairn_wave_raise(wave, CAIRN_FAULT_TRAP, 0, -1);
        return CAIRN_WAVE_FAULTED;
    }
    world_of(wave)->ended++;
    return CAIRN_WAVE_DONE;
}

/* Closing the queue waits until the dispatch is over: no claimed workgroup may be forgotten. */
static void a_fault_names_its_workgroup_and_ends_the_dispatch(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct rig_queue q;
        struct world *world = calloc(1, sizeof *world);
        assert_non_null(world);
        world->groups = GROUPS;
        rig_queue_open(&q, 4);
        union aql_packet p =
            rig_dispatch(rig_kernel(fail_in_the_middle, NULL), GROUPS * 64, 64, world, NULL);
        rig_push(&q, &p);
        rig_queue_wait_error(&q);
        assert_true(q.has_fault);
        assert_int_equal(q.fault.workgroup[0], STUCK);
        rig_queue_close(&q);
        assert_int_equal(world->started[STUCK], 1);
        free(world);
    }
}

int main(void)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workgroups_claimed_behind_a_stuck_one_are_started),
        cmocka_unit_test(heavy_workgroups_are_spread_over_the_workers),
        cmocka_unit_test(a_fault_names_its_workgroup_and_ends_the_dispatch),
    };
    return cmocka_run_group_tests(tests, rig_open_group, rig_close_group);
}
