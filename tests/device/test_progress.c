/* SPDX-License-Identifier: MIT
 * Forward progress: whatever a workgroup waits for, another workgroup, all of them, another queue
 * or the host, gets its turn, with waves that say that they wait (s_sleep) and with waves that do
 * not.
 */
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct world {
    bool sleeps; /* waiting waves yield; else they use up their budget */
    uint32_t groups;
    _Atomic uint32_t lock, inside, wrong, arrived[8], flag;
    _Atomic uint64_t sum;
    _Atomic uint64_t prefix[4096];
};

static struct world *world_of(const struct cairn_wave *wave)
{
    return (struct world *)wave->launch->kernarg_address;
}

static enum cairn_wave_state wait_more(struct cairn_wave *wave, uint64_t budget)
{
    if (!world_of(wave)->sleeps)
        wave->instructions += budget;
    return CAIRN_WAVE_READY;
}

/* Small state of a wave's program, in its SGPRs. */
enum { PHASE = 0, COUNT = 1 };

static enum cairn_wave_state spin_lock(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct world *world = world_of(wave);
    uint32_t expected = 0;
    if (step == 0)
        wave->sgpr[PHASE] = wave->sgpr[COUNT] = 0;
    if (wave->sgpr[PHASE] == 0) {
        if (!atomic_compare_exchange_strong(&world->lock, &expected, 1))
            return wait_more(wave, budget);
        world->wrong += world->inside++ != 0;
        wave->sgpr[PHASE] = 1;
    }
    if (wave->sgpr[COUNT]++ < 40) { /* long enough to be parked while it holds the lock */
        wave->instructions += budget;
        return CAIRN_WAVE_READY;
    }
    world->sum++;
    world->inside--;
    world->lock = 0;
    return CAIRN_WAVE_DONE;
}

static enum cairn_wave_state look_back(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct world *world = world_of(wave);
    uint32_t id = wave->group->id[0];
    (void)step;
    uint64_t before = id == 0 ? 1 : atomic_load(&world->prefix[id - 1]);
    if (before == 0)
        return wait_more(wave, budget);
    atomic_store(&world->prefix[id], before + id);
    return CAIRN_WAVE_DONE;
}

/* Three grid barriers in a row. */
static enum cairn_wave_state grid_barrier(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct world *world = world_of(wave);
    if (step == 0) {
        wave->sgpr[PHASE] = 0;
        world->arrived[0]++;
    }
    uint32_t phase = wave->sgpr[PHASE];
    if (world->arrived[phase] < world->groups)
        return wait_more(wave, budget);
    if (phase == 2)
        return CAIRN_WAVE_DONE;
    world->arrived[++wave->sgpr[PHASE]]++;
    return CAIRN_WAVE_READY;
}

/* Waves overwrite, after a barrier, what all of them read there: right on a chip, where all have
 * read it long before one comes to write. */
static enum cairn_wave_state read_then_write(struct cairn_wave *wave, uint64_t budget,
                                             uint64_t step)
{
    struct world *world = world_of(wave);
    if (step == 0) {
        world->flag = 1;
        wave->sgpr[PHASE] = 0;
        return CAIRN_WAVE_BARRIER;
    }
    if (wave->sgpr[PHASE]++ == 0) {
        world->sum += world->flag;
        wave->instructions++;
        if (budget <= 1)
            return CAIRN_WAVE_READY;
    }
    world->flag = 100;
    return CAIRN_WAVE_DONE;
}

/* Workgroups loop over s_barrier until the last one of the grid has set the flag. */
static enum cairn_wave_state barrier_loop(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct world *world = world_of(wave);
    (void)step;
    wave->instructions += budget / 4;
    if (wave->group->id[0] == world->groups - 1)
        world->flag = 1;
    if (world->flag == 0)
        return CAIRN_WAVE_BARRIER;
    return CAIRN_WAVE_DONE;
}

static enum cairn_wave_state wait_flag(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)step;
    if (world_of(wave)->flag == 0)
        return wait_more(wave, budget);
    world_of(wave)->sum++;
    return CAIRN_WAVE_DONE;
}

static enum cairn_wave_state set_flag(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)budget;
    (void)step;
    world_of(wave)->flag = 1;
    return CAIRN_WAVE_DONE;
}

/* Works, never waits, and is long enough to be parked again and again. `inside`: workgroups that
 * have begun and not ended; arrived[0]: the most there were. */
static enum cairn_wave_state long_work(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct world *world = world_of(wave);
    if (step == 0) {
        wave->sgpr[COUNT] = 0;
        if (wave->index == 0) {
            uint32_t now = ++world->inside, most = world->arrived[0];
            while (now > most && !atomic_compare_exchange_weak(&world->arrived[0], &most, now))
                ;
        }
    }
    wave->instructions += budget;
    if (wave->sgpr[COUNT]++ < 200)
        return CAIRN_WAVE_READY;
    world->inside -= wave->index == 0;
    return CAIRN_WAVE_DONE;
}

static struct world *world_new(uint32_t groups, bool sleeps)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->groups = groups;
    world->sleeps = sleeps;
    return world;
}

static void run(fake_kernel kernel, struct world *world, uint16_t workgroup, bool cooperative)
{
    struct rig_queue q;
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p =
        rig_dispatch(rig_kernel(kernel, NULL), world->groups * workgroup, workgroup, world, done);
    if (cooperative)
        rig_queue_open_cooperative(&q, 4);
    else
        rig_queue_open(&q, 4);
    p.dispatch.group_bytes = workgroup > 64 ? 1024 : 0;
    rig_push(&q, &p);
    rig_wait(done);
    assert_int_equal(q.errors, 0);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
}

static void spin_lock_across_1000_workgroups_finishes(void **state)
{
    (void)state;
    for (int sleeps = 0; sleeps < 2; sleeps++) {
        struct world *world = world_new(1000, sleeps);
        run(spin_lock, world, 64, false);
        assert_int_equal(world->sum, 1000);
        assert_int_equal(world->wrong, 0);
        free(world);
    }
}

static void look_back_over_4096_workgroups_finishes(void **state)
{
    (void)state;
    for (int sleeps = 0; sleeps < 2; sleeps++) {
        struct world *world = world_new(4096, sleeps);
        run(look_back, world, 64, false);
        assert_int_equal(world->prefix[4095], 1 + 4095 * 4096 / 2);
        free(world);
    }
}

static void grid_barriers_finish_whatever_the_number_of_workgroups(void **state)
{
    (void)state;
    static const uint32_t groups[] = {1, 2, 3, 64, 832};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        for (int form = 0; form < 4; form++) {
            struct world *world = world_new(groups[i], form % 2);
            run(grid_barrier, world, 64, form / 2);
            assert_int_equal(world->arrived[2], groups[i]);
            free(world);
        }
}

/* 32 KiB of LDS: two workgroups on each of the 104 compute units. Each worker runs one more. */
static void no_more_work_at_once_than_the_chip_would_hold(void **state)
{
    (void)state;
    enum { GROUPS = 1500, CAPACITY = 2 * 104 };
    struct rig_queue q;
    struct world *world = world_new(GROUPS, false);
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p = rig_dispatch(rig_kernel(long_work, NULL), GROUPS * 64, 64, world, done);
    p.dispatch.group_bytes = 32 << 10;
    rig_queue_open(&q, 4);
    rig_push(&q, &p);
    rig_wait(done);
    uint32_t most = world->arrived[0];
    assert_in_range(most, 1, CAPACITY + cairn_device_info(cairn_device_at(0))->worker_threads + 1);
    assert_int_equal(world->inside, 0);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
    free(world);
}

static void after_a_barrier_all_waves_run_before_one_runs_ahead(void **state)
{
    (void)state;
    for (uint16_t waves = 2; waves <= 16; waves *= 2) {
        struct world *world = world_new(1, false);
        run(read_then_write, world, waves * 64, false);
        assert_int_equal(world->sum, waves);
        free(world);
    }
}

static void barriers_in_a_waiting_loop_do_not_starve_others(void **state)
{
    (void)state;
    struct world *world = world_new(50, false);
    run(barrier_loop, world, 256, false);
    free(world);
}

static double cpu_seconds(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

/* As a hostcall does: the wave sleeps until the host has answered. */
static void waiting_for_the_host_leaves_it_the_cpu(void **state)
{
    (void)state;
    struct rig_queue q;
    struct world *world = world_new(40, true);
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p = rig_dispatch(rig_kernel(wait_flag, NULL), 40 * 64, 64, world, done);
    rig_queue_open(&q, 4);
    rig_push(&q, &p);
    usleep(20000);
    double before = cpu_seconds();
    usleep(200000);
    double used = cpu_seconds() - before;
    world->flag = 1;
    uint64_t start = cairn_clock_now();
    rig_wait(done);
    print_message("waiting: %.0f ms CPU in 200 ms; seen after %llu us\n", used * 1e3,
                  (unsigned long long)(cairn_clock_now() - start) / 1000);
    assert_int_equal(world->sum, 40);
    assert_true(used < 0.1);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
    free(world);
}

/* One wave calls the host again and again, as device-side printf does: a plain store to a signal
 * that the host sleeps on, then waiting for the answer. */
struct calls {
    struct cairn_signal *bell;
    _Atomic uint32_t answered;
    uint32_t count;
};

static enum cairn_wave_state call_host(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct calls *calls = (struct calls *)wave->launch->kernarg_address;
    (void)budget;
    if (step == 0)
        wave->sgpr[COUNT] = 0;
    if (calls->answered != wave->sgpr[COUNT])
        return CAIRN_WAVE_READY;
    if (wave->sgpr[COUNT] == calls->count)
        return CAIRN_WAVE_DONE;
    calls->bell->value = ++wave->sgpr[COUNT];
    return CAIRN_WAVE_READY;
}

static void calls_to_the_host_are_answered_soon(void **state)
{
    (void)state;
    struct rig_queue q;
    struct calls calls = {rig_signal(0), 0, 200};
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p = rig_dispatch(rig_kernel(call_host, NULL), 64, 64, &calls, done);
    rig_queue_open(&q, 4);
    uint64_t start = cairn_clock_now();
    rig_push(&q, &p);
    for (uint32_t i = 1; i <= calls.count; i++) {
        assert_int_equal(cairn_signal_wait(calls.bell, CAIRN_COND_GTE, i, 10000000000u), i);
        calls.answered = i;
    }
    rig_wait(done);
    print_message("a call to the host: %llu us\n",
                  (unsigned long long)(cairn_clock_now() - start) / 1000 / calls.count);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
    cairn_signal_destroy(calls.bell);
}

/* The first queue's kernel can only end when the second queue's has run, and there are more of its
 * workgroups than workers. */
static void long_kernel_of_one_queue_does_not_starve_another(void **state)
{
    (void)state;
    for (int sleeps = 0; sleeps < 2; sleeps++) {
        struct rig_queue a, b;
        struct world *world = world_new(30, sleeps);
        struct cairn_signal *done = rig_signal(2);
        union aql_packet p = rig_dispatch(rig_kernel(wait_flag, NULL), 30 * 64, 64, world, done);
        rig_queue_open(&a, 4);
        rig_queue_open(&b, 4);
        rig_push(&a, &p);
        usleep(30000);
        assert_int_equal(done->value, 2);
        p = rig_dispatch(rig_kernel(set_flag, NULL), 20 * 64, 64, world, done);
        rig_push(&b, &p);
        rig_wait(done);
        assert_int_equal(world->sum, 30);
        rig_queue_close(&a);
        rig_queue_close(&b);
        cairn_signal_destroy(done);
        free(world);
    }
}

/* Without the barrier bit, a later dispatch of the same queue may run beside an earlier one. */
static void dispatches_of_one_queue_overlap(void **state)
{
    (void)state;
    struct rig_queue q;
    struct world *world = world_new(1, false);
    struct cairn_signal *done = rig_signal(2);
    union aql_packet p = rig_dispatch(rig_kernel(wait_flag, NULL), 64, 64, world, done);
    rig_queue_open(&q, 4);
    rig_push(&q, &p);
    p.dispatch.kernel_object = rig_kernel(set_flag, NULL);
    rig_push(&q, &p);
    rig_wait(done);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
    free(world);
}

/* Each wave of 16 adds, waits at the barrier, and must see the sum of all. Some end early. */
static enum cairn_wave_state check_barrier(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    _Atomic uint32_t *sums = (_Atomic uint32_t *)wave->group->lds;
    struct world *world = world_of(wave);
    (void)budget;
    if (wave->index % 5 == 4) {
        if (step == 0)
            return CAIRN_WAVE_READY;
        return CAIRN_WAVE_DONE;
    }
    if (step > 0)
        world->wrong += sums[step - 1] != 13 * (uint32_t)step;
    if (step == 8) {
        world->sum++;
        return CAIRN_WAVE_DONE;
    }
    sums[step] += (uint32_t)step + 1;
    return CAIRN_WAVE_BARRIER;
}

static enum cairn_wave_state clear_lds(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)budget;
    if (step == 0 && wave->index == 0)
        memset(wave->group->lds, 0, wave->group->lds_bytes);
    if (step == 0)
        return CAIRN_WAVE_BARRIER;
    return check_barrier(wave, budget, step - 1);
}

static void barriers_hold_until_all_live_waves_arrive(void **state)
{
    (void)state;
    struct world *world = world_new(200, false);
    run(clear_lds, world, 1024, false);
    assert_int_equal(world->wrong, 0);
    assert_int_equal(world->sum, 200 * 13);
    free(world);
}

static enum cairn_wave_state check_lds_base(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct world *world = world_of(wave);
    uint64_t lds = (uint64_t)wave->group->lds;
    (void)budget;
    (void)step;
    world->wrong += lds == 0 || lds % ((uint64_t)1 << 32) != 0;
    world->wrong += cairn_memory_covers(wave->launch->space, lds, 4);
    world->wrong += (uint64_t)wave->vgpr % 64 != 0;
    memset(wave->group->lds, 1, wave->group->lds_bytes);
    memset(wave->vgpr, 2, wave->launch->vgprs * 256);
    memset(wave->scratch, 3, wave->scratch_bytes);
    world->sum++;
    return CAIRN_WAVE_DONE;
}

static void memory_of_a_workgroup_is_where_it_must_be(void **state)
{
    (void)state;
    static const uint32_t lds[] = {1, 512, 65536}, private[] = {4, 1000, 20000};
    struct rig_queue q;
    struct world *world = world_new(0, false);
    struct cairn_signal *done = rig_signal(9);
    rig_queue_open(&q, 16);
    for (int i = 0; i < 9; i++) {
        struct cairn_kernel_descriptor kd = {.compute_pgm_rsrc1 = 15};
        union aql_packet p = rig_dispatch(rig_kernel(check_lds_base, &kd), 640, 128, world, done);
        p.dispatch.group_bytes = lds[i % 3];
        p.dispatch.private_bytes = private[i / 3];
        rig_push(&q, &p);
    }
    rig_wait(done);
    assert_int_equal(world->wrong, 0);
    assert_int_equal(world->sum, 9 * 10);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
    free(world);
}

static void thirty_two_queues_share_the_workers(void **state)
{
    (void)state;
    enum { QUEUES = 32 };
    struct rig_queue q[QUEUES];
    struct world *world = world_new(64, true);
    struct cairn_signal *done = rig_signal(QUEUES * 20);
    union aql_packet p = rig_dispatch(rig_kernel(set_flag, NULL), 64 * 64, 64, world, done);
    for (int i = 0; i < QUEUES; i++)
        rig_queue_open(&q[i], 4);
    for (int round = 0; round < 20; round++)
        for (int i = 0; i < QUEUES; i++)
            rig_push(&q[i], &p);
    rig_wait(done);
    for (int i = 0; i < QUEUES; i++)
        rig_queue_close(&q[i]);
    cairn_signal_destroy(done);
    free(world);
}

int main(void)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spin_lock_across_1000_workgroups_finishes),
        cmocka_unit_test(look_back_over_4096_workgroups_finishes),
        cmocka_unit_test(grid_barriers_finish_whatever_the_number_of_workgroups),
        cmocka_unit_test(no_more_work_at_once_than_the_chip_would_hold),
        cmocka_unit_test(after_a_barrier_all_waves_run_before_one_runs_ahead),
        cmocka_unit_test(barriers_in_a_waiting_loop_do_not_starve_others),
        cmocka_unit_test(waiting_for_the_host_leaves_it_the_cpu),
        cmocka_unit_test(calls_to_the_host_are_answered_soon),
        cmocka_unit_test(long_kernel_of_one_queue_does_not_starve_another),
        cmocka_unit_test(dispatches_of_one_queue_overlap),
        cmocka_unit_test(barriers_hold_until_all_live_waves_arrive),
        cmocka_unit_test(memory_of_a_workgroup_is_where_it_must_be),
        cmocka_unit_test(thirty_two_queues_share_the_workers),
    };
    return cmocka_run_group_tests(tests, rig_open_group, rig_close_group);
}
