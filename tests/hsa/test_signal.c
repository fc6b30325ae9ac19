/* SPDX-License-Identifier: MIT
 * Signals: every operation in every order, waiting with and without timeout, several signals,
 * handlers, groups.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MS = 1000000 };

typedef void (*modify_fn)(hsa_signal_t, hsa_signal_value_t);

struct modify_case {
    const char *name;
    modify_fn call;
    int64_t before, operand, after;
};

#define ORDERS(op, before, operand, after)                                                         \
    {#op "_relaxed", hsa_signal_##op##_relaxed, before, operand, after},                           \
        {#op "_scacquire", hsa_signal_##op##_scacquire, before, operand, after},                   \
        {#op "_screlease", hsa_signal_##op##_screlease, before, operand, after},                   \
        {#op "_scacq_screl", hsa_signal_##op##_scacq_screl, before, operand, after},               \
        {#op "_acquire", hsa_signal_##op##_acquire, before, operand, after},                       \
        {#op "_release", hsa_signal_##op##_release, before, operand, after},                       \
    {                                                                                              \
        #op "_acq_rel", hsa_signal_##op##_acq_rel, before, operand, after                          \
    }

static const struct modify_case modify_cases[] = {
    ORDERS(add, 40, 2, 42),
    ORDERS(subtract, 40, 2, 38),
    ORDERS(and, 0x6c, 0x0f, 0x0c),
    ORDERS(or, 0x60, 0x0f, 0x6f),
    ORDERS(xor, 0x6c, 0x0f, 0x63),
    {"store_relaxed", hsa_signal_store_relaxed, 1, -5, -5},
    {"store_screlease", hsa_signal_store_screlease, 1, INT64_MIN, INT64_MIN},
    {"store_release", hsa_signal_store_release, 1, 7, 7},
    {"silent_store_relaxed", hsa_signal_silent_store_relaxed, 1, 8, 8},
    {"silent_store_screlease", hsa_signal_silent_store_screlease, 1, 9, 9},
};

static void operations_have_their_effect_in_every_order(void **state)
{
    hsa_signal_t signal = rig_signal(0);
    for (size_t i = 0; i < sizeof modify_cases / sizeof modify_cases[0]; i++) {
        const struct modify_case *row = &modify_cases[i];
        hsa_signal_store_relaxed(signal, row->before);
        row->call(signal, row->operand);
        int64_t after = hsa_signal_load_scacquire(signal);
        if (after != row->after)
            fail_msg("%s: %lld", row->name, (long long)after);
    }
    OK(hsa_signal_destroy(signal));
}

static void exchange_and_cas_return_the_old_value(void **state)
{
    hsa_signal_t signal = rig_signal(5);
    assert_int_equal(hsa_signal_exchange_scacq_screl(signal, 6), 5);
    assert_int_equal(hsa_signal_cas_scacq_screl(signal, 4, 9), 6);
    assert_int_equal(hsa_signal_load_relaxed(signal), 6);
    assert_int_equal(hsa_signal_cas_relaxed(signal, 6, 9), 6);
    assert_int_equal(hsa_signal_load_acquire(signal), 9);
    OK(hsa_signal_destroy(signal));
}

static void creation_checks_its_arguments(void **state)
{
    hsa_signal_t signal;
    const hsa_agent_t twice[] = {rig.gpu, rig.gpu}, wild[] = {{.handle = 64}};
    FAILS(hsa_signal_create(0, 0, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_create(0, 1, NULL, &signal), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_create(0, 2, twice, &signal), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_create(0, 1, wild, &signal), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_signal_destroy((hsa_signal_t){0}), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_signal_create(0, 0, NULL, 4, &signal), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_signal_create(3, 1, &rig.gpu, &signal));
    assert_int_equal(hsa_signal_load_relaxed(signal), 3);
    volatile hsa_signal_value_t *value;
    OK(hsa_amd_signal_value_pointer(signal, &value));
    assert_int_equal(*value, 3);
    OK(hsa_signal_destroy(signal));
    FAILS(hsa_signal_destroy(signal), HSA_STATUS_ERROR_INVALID_SIGNAL);
}

static void a_wait_that_is_not_met_ends_after_its_time(void **state)
{
    hsa_signal_t signal = rig_signal(1);
    uint64_t before, after;
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &before));
    assert_int_equal(hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_EQ, 0, 20 * MS,
                                               HSA_WAIT_STATE_BLOCKED),
                     1);
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &after));
    assert_true(after - before >= 20 * MS);
    OK(hsa_signal_destroy(signal));
}

struct late_store {
    hsa_signal_t signal;
    int64_t value;
};

static void *store_later(void *argument)
{
    const struct late_store *late = argument;
    usleep(20000);
    hsa_signal_store_screlease(late->signal, late->value);
    return NULL;
}

static void each_condition_wakes_a_sleeping_waiter(void **state)
{
    static const struct {
        hsa_signal_condition_t condition;
        int64_t compare, stored;
    } cases[] = {
        {HSA_SIGNAL_CONDITION_EQ, 0, 0},
        {HSA_SIGNAL_CONDITION_NE, 1, 2},
        {HSA_SIGNAL_CONDITION_LT, 1, -4},
        {HSA_SIGNAL_CONDITION_GTE, 5, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pthread_t thread;
        struct late_store late = {rig_signal(1), cases[i].stored};
        pthread_create(&thread, NULL, store_later, &late);
        int64_t seen = hsa_signal_wait_relaxed(late.signal, cases[i].condition, cases[i].compare,
                                               UINT64_MAX, HSA_WAIT_STATE_BLOCKED);
        pthread_join(thread, NULL);
        assert_int_equal(seen, cases[i].stored);
        OK(hsa_signal_destroy(late.signal));
    }
}

static void any_and_all_of_several(void **state)
{
    hsa_signal_t signals[3] = {rig_signal(1), rig_signal(1), rig_signal(1)};
    hsa_signal_condition_t conditions[3] = {HSA_SIGNAL_CONDITION_EQ, HSA_SIGNAL_CONDITION_EQ,
                                            HSA_SIGNAL_CONDITION_LT};
    hsa_signal_value_t values[3] = {0, 0, 0}, seen = 0, all[3];
    pthread_t thread;
    struct late_store late = {signals[2], -3};
    assert_int_equal(hsa_amd_signal_wait_any(3, signals, conditions, values, 10 * MS,
                                             HSA_WAIT_STATE_BLOCKED, &seen),
                     UINT32_MAX);
    pthread_create(&thread, NULL, store_later, &late);
    assert_int_equal(hsa_amd_signal_wait_any(3, signals, conditions, values, UINT64_MAX,
                                             HSA_WAIT_STATE_BLOCKED, &seen),
                     2);
    pthread_join(thread, NULL);
    assert_int_equal(seen, -3);
    assert_int_equal(hsa_amd_signal_wait_all(3, signals, conditions, values, 10 * MS,
                                             HSA_WAIT_STATE_BLOCKED, all),
                     UINT32_MAX);
    hsa_signal_store_relaxed(signals[0], 0);
    hsa_signal_store_relaxed(signals[1], 0);
    assert_int_equal(hsa_amd_signal_wait_all(3, signals, conditions, values, UINT64_MAX,
                                             HSA_WAIT_STATE_BLOCKED, all),
                     0);
    assert_int_equal(all[2], -3);

    hsa_signal_group_t group;
    hsa_signal_t which;
    OK(hsa_signal_group_create(3, signals, 0, NULL, &group));
    OK(hsa_signal_group_wait_any_relaxed(group, conditions, values, HSA_WAIT_STATE_BLOCKED, &which,
                                         &seen));
    assert_int_equal(which.handle, signals[0].handle);
    OK(hsa_signal_group_destroy(group));
    FAILS(hsa_signal_group_destroy(group), HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP);
    for (int i = 0; i < 3; i++)
        OK(hsa_signal_destroy(signals[i]));
}

/* ---- handlers ---- */

struct handler_log {
    _Atomic int calls;
    _Atomic int64_t last;
    int keep; /* so many calls return true */
    hsa_signal_t done;
};

static bool note_call(hsa_signal_value_t value, void *argument)
{
    struct handler_log *log = argument;
    atomic_store(&log->last, value);
    bool again = atomic_fetch_add(&log->calls, 1) + 1 <= log->keep;
    hsa_signal_subtract_screlease(log->done, 1); /* the log may be gone from now on */
    return again;
}

static void a_handler_runs_until_it_says_no(void **state)
{
    struct handler_log log = {.keep = 2, .done = rig_signal(3)};
    hsa_signal_t signal = rig_signal(1);
    OK(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_LT, 1, note_call, &log));
    usleep(20000);
    assert_int_equal(log.calls, 0);
    hsa_signal_store_screlease(signal, -2); /* stays true, so it is called three times */
    rig_wait_zero(log.done);
    usleep(20000);
    assert_int_equal(log.calls, 3);
    assert_int_equal(log.last, -2);
    OK(hsa_signal_destroy(signal));
    OK(hsa_signal_destroy(log.done));
}

static void many_handlers_all_run(void **state)
{
    enum { COUNT = 100 };
    struct handler_log log = {.done = rig_signal(COUNT)};
    hsa_signal_t signals[COUNT];
    for (int i = 0; i < COUNT; i++) {
        signals[i] = rig_signal(1);
        OK(hsa_amd_signal_async_handler(signals[i], HSA_SIGNAL_CONDITION_EQ, 0, note_call, &log));
    }
    for (int i = COUNT - 1; i >= 0; i--)
        hsa_signal_subtract_screlease(signals[i], 1);
    rig_wait_zero(log.done);
    assert_int_equal(log.calls, COUNT);
    for (int i = 0; i < COUNT; i++)
        OK(hsa_signal_destroy(signals[i]));
    OK(hsa_signal_destroy(log.done));
}

static void a_destroyed_signal_takes_its_handler_along(void **state)
{
    struct handler_log log = {.done = rig_signal(1)}, other = {.done = rig_signal(1)};
    hsa_signal_t gone = rig_signal(1), stays = rig_signal(1);
    OK(hsa_amd_signal_async_handler(gone, HSA_SIGNAL_CONDITION_EQ, 0, note_call, &log));
    OK(hsa_amd_signal_async_handler(stays, HSA_SIGNAL_CONDITION_EQ, 0, note_call, &other));
    usleep(5000);
    OK(hsa_signal_destroy(gone));
    hsa_signal_store_screlease(stays, 0);
    rig_wait_zero(other.done);
    assert_int_equal(log.calls, 0);
    OK(hsa_signal_destroy(stays));
    OK(hsa_signal_destroy(log.done));
    OK(hsa_signal_destroy(other.done));
}

static void clear(void *signal)
{
    hsa_signal_store_screlease(*(hsa_signal_t *)signal, 0);
}

static void an_async_function_runs_once(void **state)
{
    hsa_signal_t done = rig_signal(1);
    OK(hsa_amd_async_function(clear, &done));
    rig_wait_zero(done);
    FAILS(hsa_amd_async_function(NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_signal_async_handler(done, HSA_SIGNAL_CONDITION_EQ, 0, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_signal_destroy(done));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_have_their_effect_in_every_order),
        cmocka_unit_test(exchange_and_cas_return_the_old_value),
        cmocka_unit_test(creation_checks_its_arguments),
        cmocka_unit_test(a_wait_that_is_not_met_ends_after_its_time),
        cmocka_unit_test(each_condition_wakes_a_sleeping_waiter),
        cmocka_unit_test(any_and_all_of_several),
        cmocka_unit_test(a_handler_runs_until_it_says_no),
        cmocka_unit_test(many_handlers_all_run),
        cmocka_unit_test(a_destroyed_signal_takes_its_handler_along),
        cmocka_unit_test(an_async_function_runs_once),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
