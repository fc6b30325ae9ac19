/* SPDX-License-Identifier: MIT
 * The queue protocol: every workgroup of every dispatch runs once, in order where packets ask for
 * it, from many producers and around the ring's end; barrier packets wait for what they name; each
 * bad packet stops its own queue with a reason.
 */
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Counts its lanes, by workgroup. */
struct tally {
    _Atomic uint32_t lanes, waves;
    _Atomic uint64_t groups_sum;
};

static enum cairn_wave_state count_lanes(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct tally *tally = (struct tally *)wave->launch->kernarg_address;
    (void)budget;
    (void)step;
    tally->lanes += (uint32_t)__builtin_popcountll(wave->valid_lanes);
    tally->waves++;
    if (wave->index == 0)
        tally->groups_sum += wave->group->id[0] + 1;
    return CAIRN_WAVE_DONE;
}

static void ragged_grids_run_every_work_item_once(void **state)
{
    (void)state;
    static const struct {
        uint32_t grid;
        uint16_t workgroup;
    } cases[] = {{1, 1}, {1, 64}, {64, 64}, {65, 64}, {1000, 256}, {100000, 192}, {1023, 1024}};
    struct rig_queue q;
    uint64_t kernel = rig_kernel(count_lanes, NULL);
    struct cairn_signal *done = rig_signal(0);
    rig_queue_open(&q, 16);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tally tally = {0};
        union aql_packet p = rig_dispatch(kernel, cases[i].grid, cases[i].workgroup, &tally, done);
        cairn_signal_store(done, 1);
        rig_push(&q, &p);
        rig_wait(done);
        uint64_t groups = (cases[i].grid + cases[i].workgroup - 1) / cases[i].workgroup;
        assert_int_equal(tally.lanes, cases[i].grid);
        assert_int_equal(tally.groups_sum, groups * (groups + 1) / 2);
        assert_true(done->start_ts != 0 && done->end_ts >= done->start_ts);
    }
    assert_int_equal(q.errors, 0);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
}

static enum cairn_wave_state count_3d(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    _Atomic uint32_t *seen = (_Atomic uint32_t *)wave->launch->kernarg_address;
    const uint32_t *id = wave->group->id;
    (void)budget;
    (void)step;
    if (wave->index == 0)
        seen[id[0] + 3 * (id[1] + 4 * id[2])] +=
            wave->group->size[0] * 100 + wave->group->size[1] * 10 + wave->group->size[2];
    return CAIRN_WAVE_DONE;
}

static void three_dimensions_have_partial_edges(void **state)
{
    (void)state;
    struct rig_queue q;
    static _Atomic uint32_t seen[3 * 4 * 5];
    struct cairn_signal *done = rig_signal(1);
    union aql_packet p = rig_dispatch(rig_kernel(count_3d, NULL), 0, 0, (void *)seen, done);
    p.dispatch.setup = 3;
    memcpy(p.dispatch.workgroup, (uint16_t[]){8, 4, 2}, 6);
    memcpy(p.dispatch.grid, (uint32_t[]){8 * 2 + 3, 4 * 3 + 1, 2 * 4 + 1}, 12);
    rig_queue_open(&q, 4);
    rig_push(&q, &p);
    rig_wait(done);
    for (uint32_t z = 0; z < 5; z++)
        for (uint32_t y = 0; y < 4; y++)
            for (uint32_t x = 0; x < 3; x++)
                assert_int_equal(seen[x + 3 * (y + 4 * z)],
                                 (x == 2 ? 3 : 8) * 100 + (y == 3 ? 1 : 4) * 10 + (z == 4 ? 1 : 2));
    rig_queue_close(&q);
    cairn_signal_destroy(done);
}

/* Each dispatch checks that it is the next one in its sequence. */
struct sequence {
    _Atomic uint64_t next;
    _Atomic uint32_t wrong;
};
struct sequence_arguments {
    struct sequence *sequence;
    uint64_t mine;
};

static enum cairn_wave_state check_order(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct sequence_arguments *a = (struct sequence_arguments *)wave->launch->kernarg_address;
    (void)budget;
    (void)step;
    if (a->sequence->next != a->mine)
        a->sequence->wrong++;
    a->sequence->next = a->mine + 1;
    return CAIRN_WAVE_DONE;
}

static void barrier_bit_keeps_order_around_the_ring(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    static struct sequence_arguments arguments[COUNT];
    struct sequence sequence = {0};
    struct rig_queue q;
    uint64_t kernel = rig_kernel(check_order, NULL);
    struct cairn_signal *done = rig_signal(COUNT);
    rig_queue_open(&q, 8);
    for (int i = 0; i < COUNT; i++) {
        arguments[i] = (struct sequence_arguments){&sequence, (uint64_t)i};
        union aql_packet p = rig_dispatch(kernel, 1, 1, &arguments[i], done);
        p.dispatch.header |= AQL_HEADER_BARRIER;
        rig_push(&q, &p);
    }
    rig_wait(done);
    assert_int_equal(sequence.wrong, 0);
    assert_int_equal(sequence.next, COUNT);
    assert_int_equal(q.amd->read_dispatch_id, COUNT);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
}

enum { PRODUCERS = 4, EACH = 1500 };
struct producer {
    struct rig_queue *q;
    uint64_t kernel;
    struct tally *tally;
    struct cairn_signal *done;
};

static void *produce(void *argument)
{
    struct producer *me = argument;
    for (int i = 0; i < EACH; i++) {
        union aql_packet p = rig_dispatch(me->kernel, 130, 64, me->tally, me->done);
        if (i % 3 == 0)
            p.dispatch.header |= AQL_HEADER_BARRIER;
        rig_push(me->q, &p);
    }
    return NULL;
}

static void many_producers_lose_no_packet(void **state)
{
    (void)state;
    struct rig_queue q;
    struct tally tally = {0};
    pthread_t threads[PRODUCERS];
    struct producer me = {&q, rig_kernel(count_lanes, NULL), &tally, rig_signal(PRODUCERS * EACH)};
    rig_queue_open(&q, 64);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_create(&threads[i], NULL, produce, &me);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    rig_wait(me.done);
    assert_int_equal(tally.lanes, PRODUCERS * EACH * 130);
    rig_queue_close(&q);
    cairn_signal_destroy(me.done);
}

static void barrier_and_waits_for_all_and_holds_back_what_follows(void **state)
{
    (void)state;
    struct rig_queue q;
    struct tally tally = {0};
    struct cairn_signal *a = rig_signal(1), *b = rig_signal(1), *done = rig_signal(1),
                        *after = rig_signal(1);
    rig_queue_open(&q, 16);
    union aql_packet barrier = rig_barrier(AQL_BARRIER_AND, done);
    barrier.barrier.dependency[1] = (uint64_t)a;
    barrier.barrier.dependency[4] = (uint64_t)b;
    union aql_packet p = rig_dispatch(rig_kernel(count_lanes, NULL), 1, 1, &tally, after);
    rig_push(&q, &barrier);
    rig_push(&q, &p);
    cairn_signal_store(a, 0);
    assert_int_equal(cairn_signal_wait(done, CAIRN_COND_EQ, 0, 200000000), 1); /* time to look */
    cairn_signal_store(a, 7); /* was seen at zero: need not stay there */
    assert_int_equal(tally.lanes, 0);
    cairn_signal_store(b, 0);
    rig_wait(done);
    rig_wait(after);
    rig_queue_close(&q);
    cairn_signal_destroy(a);
    cairn_signal_destroy(b);
    cairn_signal_destroy(done);
    cairn_signal_destroy(after);
}

static void barrier_or_waits_for_one(void **state)
{
    (void)state;
    struct rig_queue q;
    struct cairn_signal *a = rig_signal(1), *b = rig_signal(1), *done = rig_signal(1);
    rig_queue_open(&q, 16);
    union aql_packet p = rig_barrier(AQL_BARRIER_OR, done);
    p.barrier.dependency[0] = (uint64_t)a;
    p.barrier.dependency[2] = (uint64_t)b;
    rig_push(&q, &p);
    assert_int_equal(cairn_signal_wait(done, CAIRN_COND_EQ, 0, 10000000), 1);
    cairn_signal_store(b, 0);
    rig_wait(done);
    cairn_signal_store(done, 2);
    p = rig_barrier(AQL_BARRIER_OR, done); /* null dependencies: nothing to wait for */
    rig_push(&q, &p);
    p = rig_barrier(AQL_BARRIER_AND, done);
    rig_push(&q, &p);
    rig_wait(done);
    rig_queue_close(&q);
    cairn_signal_destroy(a);
    cairn_signal_destroy(b);
    cairn_signal_destroy(done);
}

static void barrier_value_waits_for_its_condition(void **state)
{
    (void)state;
    struct rig_queue q;
    struct cairn_signal *a = rig_signal(0x10f), *done = rig_signal(1);
    union aql_packet p = {.barrier_value = {.header = AQL_VENDOR,
                                            .format = AQL_VENDOR_BARRIER_VALUE,
                                            .signal = (uint64_t)a,
                                            .value = 5,
                                            .mask = 0xff,
                                            .condition = CAIRN_COND_LT,
                                            .completion_signal = (uint64_t)done}};
    rig_queue_open(&q, 16);
    rig_push(&q, &p);
    assert_int_equal(cairn_signal_wait(done, CAIRN_COND_EQ, 0, 10000000), 1);
    cairn_signal_store(a, 0x704);
    rig_wait(done);
    p.barrier_value.format = AQL_VENDOR_PM4;
    cairn_signal_store(done, 1);
    rig_push(&q, &p);
    rig_wait(done);
    rig_queue_close(&q);
    cairn_signal_destroy(a);
    cairn_signal_destroy(done);
}

enum { FAULT_ADDRESS = 0x1234560 };

static enum cairn_wave_state fault_in_group_3(struct cairn_wave *wave, uint64_t budget,
                                              uint64_t step)
{
    (void)step;
    wave->instructions += budget;
    if (wave->group->id[0] != 3)
        return CAIRN_WAVE_READY; /* runs until it is stopped */
    cairn_wave_raise(wave, CAIRN_FAULT_UNMAPPED, FAULT_ADDRESS, 17);
    return CAIRN_WAVE_FAULTED;
}

/* The other queue goes on before, during and after. */
static void fault_stops_its_queue_only_and_says_where(void **state)
{
    (void)state;
    struct rig_queue bad, good;
    struct tally tally = {0};
    struct cairn_signal *never = rig_signal(2), *done = rig_signal(200);
    uint64_t count = rig_kernel(count_lanes, NULL), fault = rig_kernel(fault_in_group_3, NULL);
    rig_queue_open(&bad, 16);
    rig_queue_open(&good, 16);
    union aql_packet p = rig_dispatch(fault, 64 * 1000, 64, NULL, never);
    union aql_packet c = rig_dispatch(count, 300, 64, &tally, done);
    rig_push(&good, &c);
    rig_push(&bad, &p);
    p.dispatch.kernel_object = count;
    p.dispatch.header |= AQL_HEADER_BARRIER;
    rig_push(&bad, &p);
    for (int i = 1; i < 200; i++)
        rig_push(&good, &c);
    rig_wait(done);
    rig_queue_wait_error(&bad);
    assert_int_equal(bad.error, CAIRN_QUEUE_MEMORY_FAULT);
    assert_true(bad.has_fault);
    assert_int_equal(bad.fault.address, FAULT_ADDRESS);
    assert_int_equal(bad.fault.workgroup[0], 3);
    assert_int_equal(bad.fault.lane, 17);
    assert_non_null(strstr(bad.text, "0x1234560"));
    assert_non_null(strstr(bad.text, "(3,0,0)"));
    assert_non_null(strstr(bad.text, "lane 17"));
    assert_non_null(strstr(bad.text, "kernel"));
    assert_int_equal(never->value, 2);
    assert_int_equal(good.errors, 0);
    assert_int_equal(tally.lanes, 200 * 300);
    rig_queue_close(&bad);
    rig_queue_close(&good);
    assert_int_equal(bad.errors, 1);
    cairn_signal_destroy(never);
    cairn_signal_destroy(done);
}

struct bad_packet {
    const char *why, *text;
    enum cairn_queue_error error;
    void (*spoil)(union aql_packet *packet);
};

static void spoil_type(union aql_packet *p)
{
    p->dispatch.header = 9;
}
static void spoil_agent(union aql_packet *p)
{
    p->dispatch.header = AQL_AGENT_DISPATCH;
}
static void spoil_vendor(union aql_packet *p)
{
    p->dispatch.header = AQL_VENDOR;
    p->barrier_value.format = 77;
}
static void spoil_dimensions(union aql_packet *p)
{
    p->dispatch.setup = 0;
}
static void spoil_grid(union aql_packet *p)
{
    p->dispatch.grid[0] = 0;
}
static void spoil_workgroup_zero(union aql_packet *p)
{
    p->dispatch.setup = 2;
    p->dispatch.workgroup[1] = 0;
}
static void spoil_workgroup_large(union aql_packet *p)
{
    p->dispatch.setup = 3;
    memcpy(p->dispatch.workgroup, (uint16_t[]){32, 32, 2}, 6);
}
static void spoil_workgroup_wraps(union aql_packet *p)
{
    p->dispatch.setup = 3;
    memcpy(p->dispatch.workgroup, (uint16_t[]){0xffff, 0xffff, 0xffff}, 6);
}
static void spoil_lds(union aql_packet *p)
{
    p->dispatch.group_bytes = 65537;
}
static void spoil_object_null(union aql_packet *p)
{
    p->dispatch.kernel_object = 0;
}
static void spoil_object_odd(union aql_packet *p)
{
    p->dispatch.kernel_object += 8;
}
static void spoil_object_stack(union aql_packet *p)
{
    p->dispatch.kernel_object = (uint64_t)p & ~(uint64_t)63;
}
static void spoil_private(union aql_packet *p)
{
    p->dispatch.private_bytes = 1u << 30;
}
static void spoil_signal(union aql_packet *p)
{
    p->dispatch.completion_signal = 0x1000;
}
static void spoil_dependency(union aql_packet *p)
{
    p->dispatch.header = AQL_BARRIER_AND;
    memset(p->barrier.dependency, 0, sizeof p->barrier.dependency);
    p->barrier.dependency[2] = 0xdead0000;
}
static void spoil_grid_huge(union aql_packet *p)
{
    p->dispatch.setup = 3;
    memcpy(p->dispatch.workgroup, (uint16_t[]){1, 1, 1}, 6);
    memset(p->dispatch.grid, 0xff, 12);
}

static void bad_packets_stop_the_queue_with_a_reason(void **state)
{
    (void)state;
    static const struct bad_packet cases[] = {
        {"type", "packet type", CAIRN_QUEUE_INVALID_PACKET, spoil_type},
        {"agent dispatch", "agent dispatch", CAIRN_QUEUE_INVALID_PACKET, spoil_agent},
        {"vendor format", "vendor", CAIRN_QUEUE_INVALID_PACKET, spoil_vendor},
        {"no dimensions", "dimensions", CAIRN_QUEUE_INVALID_DIMENSIONS, spoil_dimensions},
        {"grid of zero", "zero", CAIRN_QUEUE_INVALID_DIMENSIONS, spoil_grid},
        {"workgroup of zero", "zero", CAIRN_QUEUE_INVALID_DIMENSIONS, spoil_workgroup_zero},
        {"grid too large", "too large", CAIRN_QUEUE_INVALID_DIMENSIONS, spoil_grid_huge},
        {"workgroup of 2048", "2048", CAIRN_QUEUE_GROUP_TOO_LARGE, spoil_workgroup_large},
        {"workgroup size wraps", "room for", CAIRN_QUEUE_GROUP_TOO_LARGE, spoil_workgroup_wraps},
        {"LDS", "65537", CAIRN_QUEUE_LDS_TOO_LARGE, spoil_lds},
        {"no kernel", "kernel object", CAIRN_QUEUE_INVALID_CODE, spoil_object_null},
        {"kernel misaligned", "kernel object", CAIRN_QUEUE_INVALID_CODE, spoil_object_odd},
        {"kernel on the stack", "kernel object", CAIRN_QUEUE_INVALID_CODE, spoil_object_stack},
        {"scratch", "scratch", CAIRN_QUEUE_OUT_OF_RESOURCES, spoil_private},
        {"completion signal", "signal", CAIRN_QUEUE_INVALID_PACKET, spoil_signal},
        {"dependency", "signal", CAIRN_QUEUE_INVALID_PACKET, spoil_dependency},
    };
    uint64_t kernel = rig_kernel(count_lanes, NULL);
    struct cairn_signal *done = rig_signal(1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig_queue q;
        struct tally tally = {0};
        union aql_packet p = rig_dispatch(kernel, 64, 64, &tally, done);
        cases[i].spoil(&p);
        rig_queue_open(&q, 4);
        rig_push(&q, &p);
        rig_queue_wait_error(&q);
        if (q.error != cases[i].error || strstr(q.text, cases[i].text) == NULL)
            fail_msg("%s: error %d, \"%s\"", cases[i].why, q.error, q.text);
        assert_false(q.has_fault);
        assert_int_equal(done->value, 1);
        assert_int_equal(tally.lanes, 0);
        rig_queue_close(&q);
    }
    cairn_signal_destroy(done);
}

/* ---- packets that are processed by the thread that rings */

static _Atomic uint64_t runner; /* thread that ran the kernel */

static enum cairn_wave_state note_thread(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)wave, (void)budget, (void)step;
    atomic_store(&runner, (uint64_t)pthread_self());
    return CAIRN_WAVE_DONE;
}

static void *push_small(void *argument)
{
    bool blocks = argument != NULL;
    struct rig_queue q;
    struct cairn_signal *done = rig_signal(1);
    sigset_t faults;
    sigemptyset(&faults);
    sigaddset(&faults, SIGSEGV);
    if (blocks)
        pthread_sigmask(SIG_BLOCK, &faults, NULL);
    rig_queue_open(&q, 16);
    union aql_packet p = rig_dispatch(rig_kernel(note_thread, NULL), 64, 64, NULL, done);
    rig_push(&q, &p);
    rig_wait(done);
    bool here = atomic_load(&runner) == (uint64_t)pthread_self();
    rig_queue_close(&q);
    cairn_signal_destroy(done);
    return here == blocks ? &runner : NULL;
}

static void small_dispatches_run_in_the_doorbell_where_that_is_safe(void **state)
{
    (void)state;
    pthread_t thread;
    pthread_attr_t small;
    void *wrong;
    assert_null(push_small(NULL));
    pthread_create(&thread, NULL, push_small, &thread); /* blocks the signals of faults */
    pthread_join(thread, &wrong);
    assert_null(wrong);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 << 10);
    pthread_create(&thread, &small, push_small, NULL); /* too little stack */
    pthread_join(thread, &wrong);
    assert_non_null(wrong);
    pthread_attr_destroy(&small);
}

/* The doorbell leaves a barrier that has to wait, and whatever lies behind it, to the queue's
 * thread.
 */
static void barriers_that_need_not_wait_are_done_when_the_doorbell_returns(void **state)
{
    (void)state;
    struct rig_queue q;
    struct cairn_signal *met = rig_signal(0), *unmet = rig_signal(1), *done = rig_signal(1);
    static const uint8_t types[] = {AQL_BARRIER_AND, AQL_BARRIER_OR};
    rig_queue_open(&q, 16);
    for (size_t i = 0; i < sizeof types; i++) {
        cairn_signal_store(done, 1);
        union aql_packet ready = rig_barrier(types[i], done);
        ready.barrier.dependency[2] = (uint64_t)met;
        rig_push(&q, &ready);
        assert_int_equal(done->value, 0);
    }
    cairn_signal_store(done, 1);
    union aql_packet waits = rig_barrier(AQL_BARRIER_AND, done);
    waits.barrier.dependency[0] = (uint64_t)met;
    waits.barrier.dependency[1] = (uint64_t)unmet;
    rig_push(&q, &waits);
    assert_int_equal(cairn_signal_wait(done, CAIRN_COND_EQ, 0, 50000000), 1);
    cairn_signal_store(unmet, 0);
    rig_wait(done);
    rig_queue_close(&q);
    cairn_signal_destroy(met);
    cairn_signal_destroy(unmet);
    cairn_signal_destroy(done);
}

static void registers_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct rig_queue q;
    struct tally tally = {0};
    struct cairn_signal *done = rig_signal(1);
    struct cairn_kernel_descriptor kd = {.compute_pgm_rsrc1 = 16}; /* 136 VGPRs: 3 waves a SIMD */
    union aql_packet p = rig_dispatch(rig_kernel(count_lanes, &kd), 1024, 768, &tally, done);
    rig_queue_open(&q, 4);
    rig_push(&q, &p);
    rig_wait(done);
    p.dispatch.workgroup[0] = 1024;
    rig_push(&q, &p);
    rig_queue_wait_error(&q);
    assert_int_equal(q.error, CAIRN_QUEUE_OUT_OF_REGISTERS);
    rig_queue_close(&q);
    cairn_signal_destroy(done);
}

static enum cairn_wave_state run_for_ever(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    (void)step;
    wave->instructions += budget;
    return CAIRN_WAVE_READY;
}

static void destroy_and_inactivate_stop_what_runs(void **state)
{
    (void)state;
    uint64_t kernel = rig_kernel(run_for_ever, NULL);
    struct cairn_signal *never = rig_signal(1), *dependency = rig_signal(1);
    for (int round = 0; round < 6; round++) {
        struct rig_queue q;
        union aql_packet p = rig_dispatch(kernel, round % 2 ? 64 : 64 * 100, 64, NULL, never);
        union aql_packet b = rig_barrier(AQL_BARRIER_AND, never);
        b.barrier.dependency[0] = (uint64_t)dependency;
        rig_queue_open(&q, 16);
        rig_push(&q, round < 4 ? &p : &b);
        rig_push(&q, &p);
        p.dispatch.header |= AQL_HEADER_BARRIER;
        rig_push(&q, &p);
        usleep(10000);
        uint64_t start = cairn_clock_now();
        if (round % 2)
            cairn_queue_inactivate(q.queue);
        rig_queue_close(&q);
        assert_true(cairn_clock_now() - start < 2000000000);
        assert_int_equal(q.errors, 0);
    }
    assert_int_equal(never->value, 1);
    cairn_signal_destroy(never);
    cairn_signal_destroy(dependency);
}

static void bad_queue_parameters_are_refused(void **state)
{
    (void)state;
    struct cairn_queue *queue = NULL;
    struct cairn_queue_params params = {.device = cairn_device_at(0), .size_packets = 12};
    assert_int_equal(cairn_queue_create(&params, &queue), CAIRN_ERR_INVALID_ARGUMENT);
    params.size_packets = 0;
    assert_int_equal(cairn_queue_create(&params, &queue), CAIRN_ERR_INVALID_ARGUMENT);
    params.size_packets = 16;
    params.device = NULL;
    assert_int_equal(cairn_queue_create(&params, &queue), CAIRN_ERR_INVALID_ARGUMENT);
    assert_null(queue);
}

static void doorbell_leads_to_its_queue(void **state)
{
    (void)state;
    struct rig_queue q;
    struct cairn_signal *other = rig_signal(0);
    rig_queue_open(&q, 4);
    struct cairn_signal *doorbell = (struct cairn_signal *)q.amd->doorbell_signal;
    assert_int_equal(doorbell->kind, -1);
    assert_ptr_equal(cairn_queue_of_doorbell(doorbell), q.queue);
    assert_null(cairn_queue_of_doorbell(other));
    rig_queue_close(&q);
    assert_null(cairn_queue_of_doorbell(doorbell));
    cairn_queue_ring(q.queue); /* late: does nothing */
    cairn_signal_destroy(other);
}

static void destroy_in_callback(struct cairn_queue *queue, enum cairn_queue_error error,
                                const struct cairn_fault *fault, const char *text, void *user)
{
    (void)error;
    (void)fault;
    (void)text;
    cairn_queue_destroy(queue);
    cairn_signal_store(user, 0);
}

static void queue_may_be_destroyed_by_its_error_callback(void **state)
{
    (void)state;
    struct cairn_signal *called = rig_signal(1);
    struct rig_queue q = {0};
    struct cairn_queue_params params = {.device = cairn_device_at(0),
                                        .size_packets = 4,
                                        .on_error = destroy_in_callback,
                                        .user = called};
    assert_int_equal(cairn_queue_create(&params, &q.queue), CAIRN_OK);
    q.amd = cairn_queue_amd(q.queue);
    union aql_packet p = rig_barrier(AQL_AGENT_DISPATCH, NULL);
    rig_push(&q, &p);
    rig_wait(called);
    cairn_signal_destroy(called);
}

int main(void)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1);
    setenv("CAIRN_THREADS", "3", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ragged_grids_run_every_work_item_once),
        cmocka_unit_test(three_dimensions_have_partial_edges),
        cmocka_unit_test(barrier_bit_keeps_order_around_the_ring),
        cmocka_unit_test(many_producers_lose_no_packet),
        cmocka_unit_test(barrier_and_waits_for_all_and_holds_back_what_follows),
        cmocka_unit_test(barrier_or_waits_for_one),
        cmocka_unit_test(barrier_value_waits_for_its_condition),
        cmocka_unit_test(fault_stops_its_queue_only_and_says_where),
        cmocka_unit_test(bad_packets_stop_the_queue_with_a_reason),
        cmocka_unit_test(small_dispatches_run_in_the_doorbell_where_that_is_safe),
        cmocka_unit_test(barriers_that_need_not_wait_are_done_when_the_doorbell_returns),
        cmocka_unit_test(registers_that_do_not_fit_are_refused),
        cmocka_unit_test(destroy_and_inactivate_stop_what_runs),
        cmocka_unit_test(bad_queue_parameters_are_refused),
        cmocka_unit_test(doorbell_leads_to_its_queue),
        cmocka_unit_test(queue_may_be_destroyed_by_its_error_callback),
    };
    return cmocka_run_group_tests(tests, rig_open_group, rig_close_group);
}
