/* SPDX-License-Identifier: MIT
 * How queues share the workers: as much for a queue of one dispatch as for a queue of many, more
 * for a higher priority and something for each, and no more workers than a queue may have.
 */
#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { GROUPS = 1 << 20, MANY = 24, WORK_NS = 20000, ENOUGH = 1000 };

static _Atomic int over; /* all kernels end now */

/* What waves of one queue did. */
struct account {
    _Atomic uint64_t groups;
    _Atomic int inside, most_inside;
};

static enum cairn_wave_state work(struct cairn_wave *wave, uint64_t budget, uint64_t step)
{
    struct account *account = (struct account *)wave->launch->kernarg_address;
    uint64_t until = cairn_clock_now() + WORK_NS;
    (void)budget, (void)step;
    int inside = atomic_fetch_add(&account->inside, 1) + 1,
        most = atomic_load(&account->most_inside);
    while (inside > most && !atomic_compare_exchange_weak(&account->most_inside, &most, inside))
        ;
    while (atomic_load_explicit(&over, memory_order_relaxed) == 0 && cairn_clock_now() < until)
        ;
    atomic_fetch_sub(&account->inside, 1);
    atomic_fetch_add(&account->groups, 1);
    return CAIRN_WAVE_DONE;
}

static void fill(struct rig_queue *queue, struct account *account, int dispatches)
{
    union aql_packet p = rig_dispatch(rig_kernel(work, NULL), GROUPS * 64u, 64, account, NULL);
    for (int i = 0; i < dispatches; i++)
        rig_push(queue, &p);
}

/* Groups of each account that ended while all queues had work: for `ms`, and on until each has
 * some, which takes longer on a machine that is busy with other things. */
static void measure(uint32_t count, struct account *accounts, uint64_t *groups, unsigned ms)
{
    uint64_t before[3], least;
    usleep(50000);
    for (uint32_t i = 0; i < count; i++)
        before[i] = atomic_load(&accounts[i].groups);
    for (int turn = 0; turn < 60; turn++) {
        usleep(ms * 1000);
        least = UINT64_MAX;
        for (uint32_t i = 0; i < count; i++) {
            groups[i] = atomic_load(&accounts[i].groups) - before[i];
            least = groups[i] < least ? groups[i] : least;
        }
        if (least >= ENOUGH)
            break;
    }
}

static void assert_ratio(const char *what, uint64_t a, uint64_t b, double low, double high)
{
    double ratio = (double)a / (double)(b > 0 ? b : 1);
    if (ratio < low || ratio > high)
        fail_msg("%s: %llu to %llu groups, ratio %.2f not in %.2f to %.2f", what,
                 (unsigned long long)a, (unsigned long long)b, ratio, low, high);
}

static void many_dispatches_get_a_queue_no_more_than_one(void **state)
{
    (void)state;
    struct rig_queue queues[2];
    struct account accounts[2] = {0};
    uint64_t groups[2];
    atomic_store(&over, 0);
    for (int i = 0; i < 2; i++)
        rig_queue_open(&queues[i], 64);
    fill(&queues[0], &accounts[0], MANY);
    fill(&queues[1], &accounts[1], 1);
    measure(2, accounts, groups, 300);
    atomic_store(&over, 1);
    assert_ratio("24 dispatches against 1", groups[0], groups[1], 0.5, 2.0);
    for (int i = 0; i < 2; i++)
        rig_queue_close(&queues[i]);
}

static void a_higher_priority_gets_more_turns_and_none_starves(void **state)
{
    (void)state;
    struct rig_queue queues[3];
    struct account accounts[3] = {0};
    uint64_t groups[3];
    atomic_store(&over, 0);
    for (int i = 0; i < 3; i++) {
        rig_queue_open(&queues[i], 4);
        cairn_queue_set_priority(queues[i].queue, (enum cairn_queue_priority)i);
        fill(&queues[i], &accounts[i], 1);
    }
    measure(3, accounts, groups, 500);
    atomic_store(&over, 1);
    assert_true(groups[CAIRN_PRIORITY_LOW] > 0);
    assert_ratio("high to normal", groups[CAIRN_PRIORITY_HIGH], groups[CAIRN_PRIORITY_NORMAL], 2,
                 8);
    assert_ratio("normal to low", groups[CAIRN_PRIORITY_NORMAL], groups[CAIRN_PRIORITY_LOW], 1.5,
                 10);
    for (int i = 0; i < 3; i++)
        rig_queue_close(&queues[i]);
}

static void a_queue_has_no_more_workers_than_it_may(void **state)
{
    (void)state;
    struct rig_queue queue;
    struct account account = {0};
    uint64_t groups;
    atomic_store(&over, 0);
    rig_queue_open(&queue, 64);
    cairn_queue_set_units(queue.queue, &(uint32_t){2}, 1);
    fill(&queue, &account, 4);
    measure(1, &account, &groups, 100);
    assert_int_equal(account.most_inside, 1);
    assert_true(groups > 0);
    cairn_queue_set_units(queue.queue, (uint32_t[]){~0u, ~0u, ~0u, ~0u}, 4);
    for (int i = 0; i < 5000 && atomic_load(&account.most_inside) == 1; i++)
        usleep(1000);
    int wanted = (int)cairn_device_info(cairn_device_at(0))->worker_threads;
    assert_true(account.most_inside > 1 || wanted == 1);
    atomic_store(&over, 1);
    rig_queue_close(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_dispatches_get_a_queue_no_more_than_one),
        cmocka_unit_test(a_higher_priority_gets_more_turns_and_none_starves),
        cmocka_unit_test(a_queue_has_no_more_workers_than_it_may),
    };
    return cmocka_run_group_tests(tests, rig_open_group, rig_close_group);
}
