/* SPDX-License-Identifier: MIT
 * The conformance walk, third part: signal operations and queue indices in every memory order they
 * are exported for, waits on many signals, groups, handlers, queues and profiling: valid uses and
 * documented errors.
 */
#include "rig.h"

#include "hsa/amd_hsa_queue.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static const hsa_agent_t nobody = {8};

static hsa_queue_t *new_queue(void)
{
    hsa_queue_t *queue;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                        &queue));
    return queue;
}

/* ---- every order ---- */

#define EACH_ORDER(ROW, name)                                                                      \
    ROW(name, relaxed)                                                                             \
    ROW(name, scacquire)                                                                           \
    ROW(name, screlease)                                                                           \
    ROW(name, scacq_screl)                                                                         \
    ROW(name, acquire)                                                                             \
    ROW(name, release)                                                                             \
    ROW(name, acq_rel)

static void signals_change_alike_in_every_order(void **state)
{
    hsa_signal_t signal = rig_signal(0);
    struct {
        void (*operate)(hsa_signal_t, hsa_signal_value_t);
        hsa_signal_value_t before, operand, after;
    } rows[] = {
#define ADD(name, order) {hsa_signal_add_##order, 5, 3, 8},
        EACH_ORDER(ADD, add)
#define SUBTRACT(name, order) {hsa_signal_subtract_##order, 5, 3, 2},
            EACH_ORDER(SUBTRACT, subtract)
#define AND(name, order) {hsa_signal_and_##order, 6, 3, 2},
                EACH_ORDER(AND, and)
#define OR(name, order) {hsa_signal_or_##order, 6, 3, 7},
                    EACH_ORDER(OR, or)
#define XOR(name, order) {hsa_signal_xor_##order, 6, 3, 5},
                        EACH_ORDER(XOR, xor){hsa_signal_store_relaxed, 6, 3, 3},
        {hsa_signal_store_screlease, 6, 4, 4},
        {hsa_signal_store_release, 6, 5, 5},
        {hsa_signal_silent_store_relaxed, 6, 7, 7},
        {hsa_signal_silent_store_screlease, 6, 8, 8},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hsa_signal_store_relaxed(signal, rows[i].before);
        rows[i].operate(signal, rows[i].operand);
        if (hsa_signal_load_relaxed(signal) != rows[i].after ||
            hsa_signal_load_scacquire(signal) != rows[i].after ||
            hsa_signal_load_acquire(signal) != rows[i].after)
            fail_msg("row %zu", i);
    }
#define EXCHANGE(name, order)                                                                      \
    hsa_signal_store_relaxed(signal, 5);                                                           \
    assert_int_equal(hsa_signal_exchange_##order(signal, 9), 5);                                   \
    assert_int_equal(hsa_signal_load_relaxed(signal), 9);                                          \
    assert_int_equal(hsa_signal_cas_##order(signal, 8, 1), 9);                                     \
    assert_int_equal(hsa_signal_cas_##order(signal, 9, 2), 9);                                     \
    assert_int_equal(hsa_signal_load_relaxed(signal), 2);
    EACH_ORDER(EXCHANGE, exchange)
    assert_int_equal(
        hsa_signal_wait_relaxed(signal, HSA_SIGNAL_CONDITION_EQ, 2, 0, HSA_WAIT_STATE_ACTIVE), 2);
    assert_int_equal(
        hsa_signal_wait_acquire(signal, HSA_SIGNAL_CONDITION_NE, 3, 0, HSA_WAIT_STATE_ACTIVE), 2);
    OK(hsa_signal_destroy(signal));
}

static void queue_indices_change_alike_in_every_order(void **state)
{
    hsa_signal_t doorbell = rig_signal(0);
    hsa_queue_t *queue;
    hsa_region_t region = {rig.fine.handle};
    OK(hsa_soft_queue_create(region, 64, HSA_QUEUE_TYPE_SINGLE, HSA_QUEUE_FEATURE_AGENT_DISPATCH,
                             doorbell, &queue));
    uint64_t at = 0;
#define INDEX(name, order)                                                                         \
    assert_int_equal(hsa_queue_add_write_index_##order(queue, 3), at);                             \
    at += 3;                                                                                       \
    assert_int_equal(hsa_queue_cas_write_index_##order(queue, 99, 1), at);                         \
    assert_int_equal(hsa_queue_cas_write_index_##order(queue, at, at + 1), at);                    \
    at++;                                                                                          \
    assert_int_equal(hsa_queue_load_write_index_relaxed(queue), at);
    EACH_ORDER(INDEX, index)
    hsa_queue_store_write_index_relaxed(queue, 10);
    assert_int_equal(hsa_queue_load_write_index_scacquire(queue), 10);
    hsa_queue_store_write_index_screlease(queue, 11);
    assert_int_equal(hsa_queue_load_write_index_acquire(queue), 11);
    hsa_queue_store_write_index_release(queue, 12);
    assert_int_equal(hsa_queue_load_write_index_relaxed(queue), 12);
    hsa_queue_store_read_index_relaxed(queue, 5);
    assert_int_equal(hsa_queue_load_read_index_scacquire(queue), 5);
    hsa_queue_store_read_index_screlease(queue, 6);
    assert_int_equal(hsa_queue_load_read_index_acquire(queue), 6);
    hsa_queue_store_read_index_release(queue, 7);
    assert_int_equal(hsa_queue_load_read_index_relaxed(queue), 7);
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(doorbell));
}

/* ---- waiting on many ---- */

static void waits_on_many_hold_for_each_condition(void **state)
{
    enum { MANY = 40 };
    hsa_signal_t signals[MANY], zero = {0};
    hsa_signal_condition_t conditions[MANY];
    hsa_signal_value_t values[MANY], seen[MANY];
    for (int i = 0; i < MANY; i++) {
        signals[i] = rig_signal(i);
        conditions[i] = HSA_SIGNAL_CONDITION_LT;
        values[i] = 0;
    }
    assert_int_equal(hsa_amd_signal_wait_any(MANY, signals, conditions, values, 1000,
                                             HSA_WAIT_STATE_BLOCKED, seen),
                     UINT32_MAX);
    values[37] = 38;
    assert_int_equal(hsa_amd_signal_wait_any(MANY, signals, conditions, values, UINT64_MAX,
                                             HSA_WAIT_STATE_BLOCKED, seen),
                     37);
    assert_int_equal(seen[0], 37);
    static const hsa_signal_condition_t each[] = {HSA_SIGNAL_CONDITION_EQ, HSA_SIGNAL_CONDITION_NE,
                                                  HSA_SIGNAL_CONDITION_LT,
                                                  HSA_SIGNAL_CONDITION_GTE};
    static const int difference[] = {0, 1, 1, 0};
    for (int i = 0; i < MANY; i++) {
        conditions[i] = each[i % 4];
        values[i] = i + difference[i % 4];
    }
    hsa_signal_t last = signals[MANY - 1];
    signals[MANY - 1] = zero; /* met already */
    assert_int_equal(
        hsa_amd_signal_wait_all(MANY, signals, conditions, values, 0, HSA_WAIT_STATE_BLOCKED, seen),
        0);
    assert_int_equal(seen[7], 7);
    for (int wrong = 0; wrong < 4; wrong++) {
        hsa_signal_value_t kept = values[wrong];
        values[wrong] = wrong + 1 - 2 * difference[wrong] + (wrong == 1);
        if (wrong == 2)
            values[wrong] = 2;
        assert_int_equal(hsa_amd_signal_wait_all(MANY, signals, conditions, values, 1000,
                                                 HSA_WAIT_STATE_BLOCKED, NULL),
                         UINT32_MAX);
        values[wrong] = kept;
    }
    assert_int_equal(
        hsa_amd_signal_wait_any(0, signals, conditions, values, 0, HSA_WAIT_STATE_BLOCKED, seen),
        UINT32_MAX);
    assert_int_equal(
        hsa_amd_signal_wait_any(MANY, signals, conditions, values, 0, HSA_WAIT_STATE_BLOCKED, seen),
        UINT32_MAX); /* one of them is no signal */
    assert_int_equal(
        hsa_amd_signal_wait_all(MANY, NULL, conditions, values, 0, HSA_WAIT_STATE_BLOCKED, seen),
        UINT32_MAX);
    signals[MANY - 1] = last;
    for (int i = 0; i < MANY; i++)
        OK(hsa_signal_destroy(signals[i]));
}

static void groups_wait_and_check_their_arguments(void **state)
{
    hsa_signal_t signals[3] = {rig_signal(1), rig_signal(2), rig_signal(3)}, met, none[1] = {{0}};
    hsa_signal_condition_t conditions[3] = {HSA_SIGNAL_CONDITION_EQ, HSA_SIGNAL_CONDITION_EQ,
                                            HSA_SIGNAL_CONDITION_EQ};
    hsa_signal_value_t values[3] = {0, 2, 0}, seen;
    hsa_signal_group_t group;
    OK(hsa_signal_group_create(3, signals, 1, &rig.gpu, &group));
    OK(hsa_signal_group_wait_any_relaxed(group, conditions, values, HSA_WAIT_STATE_BLOCKED, &met,
                                         &seen));
    assert_int_equal(met.handle, signals[1].handle);
    assert_int_equal(seen, 2);
    OK(hsa_signal_group_wait_any_scacquire(group, conditions, values, HSA_WAIT_STATE_BLOCKED, &met,
                                           &seen));
    FAILS(hsa_signal_group_wait_any_scacquire(group, NULL, values, HSA_WAIT_STATE_BLOCKED, &met,
                                              &seen),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_group_create(0, signals, 0, NULL, &group), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_group_create(3, signals, 1, NULL, &group), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_group_create(3, signals, 1, &nobody, &group), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_signal_group_create(1, none, 0, NULL, &group), HSA_STATUS_ERROR_INVALID_SIGNAL);
    OK(hsa_signal_group_destroy(group));
    FAILS(hsa_signal_group_destroy(group), HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP);
    FAILS(hsa_signal_group_wait_any_relaxed(group, conditions, values, HSA_WAIT_STATE_BLOCKED, &met,
                                            &seen),
          HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP);
    OK(hsa_signal_group_create(3, signals, 0, NULL, &group)); /* left to shut-down */
    for (int i = 0; i < 3; i++)
        OK(hsa_signal_destroy(signals[i]));
}

static bool never_again(hsa_signal_value_t value, void *data)
{
    hsa_signal_store_screlease(*(hsa_signal_t *)data, 0);
    return false;
}

static void do_nothing(void *data)
{
}

static hsa_status_t ignore_event(const hsa_amd_event_t *event, void *data)
{
    return HSA_STATUS_SUCCESS;
}

static void signal_calls_check_their_arguments(void **state)
{
    hsa_signal_t signal = rig_signal(1), done = rig_signal(1), none = {0}, odd = {3}, made;
    const hsa_agent_t twice[2] = {rig.gpu, rig.gpu};
    volatile hsa_signal_value_t *value;
    FAILS(hsa_signal_create(0, 1, NULL, &made), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_create(0, 2, twice, &made), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_create(0, 1, &nobody, &made), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_signal_create(0, 0, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_signal_create(0, 1, &rig.gpu, HSA_AMD_SIGNAL_AMD_GPU_ONLY, &made));
    OK(hsa_signal_destroy(made));
    FAILS(hsa_signal_destroy(none), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_signal_destroy(odd), HSA_STATUS_ERROR_INVALID_SIGNAL);
    OK(hsa_amd_signal_value_pointer(signal, &value));
    assert_int_equal(*value, 1);
    FAILS(hsa_amd_signal_value_pointer(none, &value), HSA_STATUS_ERROR_INVALID_SIGNAL);
    FAILS(hsa_amd_signal_value_pointer(signal, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_signal_async_handler(none, HSA_SIGNAL_CONDITION_EQ, 0, never_again, &done),
          HSA_STATUS_ERROR_INVALID_SIGNAL);
    FAILS(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_EQ, 0, NULL, &done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_signal_async_handler(signal, (hsa_signal_condition_t)9, 0, never_again, &done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_EQ, 0, never_again, &done));
    hsa_signal_store_screlease(signal, 0);
    rig_wait_zero(done);
    FAILS(hsa_amd_async_function(NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_async_function(do_nothing, NULL));
    FAILS(hsa_amd_register_system_event_handler(NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_register_system_event_handler(ignore_event, NULL));
    OK(hsa_signal_destroy(signal));
    OK(hsa_signal_destroy(done));
}

/* ---- queues ---- */

static void queue_calls_check_their_arguments(void **state)
{
    hsa_queue_t *queue = new_queue(), *made;
    hsa_queue_t strange = {0};
    hsa_signal_t doorbell = rig_signal(0), none = {0};
    const hsa_region_t region = {rig.fine.handle}, group = {rig.group.handle};
    uint32_t mask[8] = {1, 0, 0, 0, 0, 0, 0, 0};
    uint64_t value;
    FAILS(hsa_queue_create(nobody, 64, 0, NULL, NULL, 0, 0, &made), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_queue_create(rig.cpu, 64, 0, NULL, NULL, 0, 0, &made),
          HSA_STATUS_ERROR_INVALID_QUEUE_CREATION);
    FAILS(hsa_queue_create(rig.gpu, 65, 0, NULL, NULL, 0, 0, &made),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_create(rig.gpu, 0, 0, NULL, NULL, 0, 0, &made),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_create(rig.gpu, 64, 9, NULL, NULL, 0, 0, &made),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_create(rig.gpu, 64, 0, NULL, NULL, 0, 0, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_soft_queue_create(group, 64, 0, 1, doorbell, &made), HSA_STATUS_ERROR_INVALID_REGION);
    FAILS(hsa_soft_queue_create(region, 63, 0, 1, doorbell, &made),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_soft_queue_create(region, 64, 0, 0, doorbell, &made),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_soft_queue_create(region, 64, 0, 8, doorbell, &made),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_soft_queue_create(region, 64, 0, 1, none, &made), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_destroy(NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_destroy(&strange), HSA_STATUS_ERROR_INVALID_QUEUE);
    FAILS(hsa_queue_inactivate(NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_inactivate(&strange), HSA_STATUS_ERROR_INVALID_QUEUE);
    OK(hsa_amd_queue_set_priority(queue, HSA_AMD_QUEUE_PRIORITY_HIGH));
    FAILS(hsa_amd_queue_set_priority(queue, (hsa_amd_queue_priority_t)5),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_queue_set_priority(&strange, HSA_AMD_QUEUE_PRIORITY_LOW),
          HSA_STATUS_ERROR_INVALID_QUEUE);
    OK(hsa_amd_queue_cu_set_mask(queue, 32, mask));
    mask[7] = 1; /* more units than there are */
    FAILS(hsa_amd_queue_cu_set_mask(queue, 256, mask), HSA_STATUS_CU_MASK_REDUCED);
    memset(mask, 0xff, sizeof mask);
    OK(hsa_amd_queue_cu_get_mask(queue, 256, mask));
    assert_int_equal(mask[0], 1);
    assert_int_equal(mask[7], 0);
    FAILS(hsa_amd_queue_cu_set_mask(queue, 31, mask), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_queue_cu_set_mask(queue, 32, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_queue_cu_set_mask(&strange, 32, mask), HSA_STATUS_ERROR_INVALID_QUEUE);
    FAILS(hsa_amd_queue_cu_get_mask(queue, 0, mask), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_queue_cu_get_mask(&strange, 32, mask), HSA_STATUS_ERROR_INVALID_QUEUE);
    OK(hsa_amd_queue_get_info(queue, HSA_AMD_QUEUE_INFO_AGENT, &value));
    assert_int_equal(value, rig.gpu.handle);
    OK(hsa_amd_queue_get_info(queue, HSA_AMD_QUEUE_INFO_DOORBELL_ID, &value));
    FAILS(hsa_amd_queue_get_info(queue, HSA_AMD_QUEUE_INFO_AGENT, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_queue_get_info(queue, (hsa_queue_info_attribute_t)9, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_queue_get_info(&strange, HSA_AMD_QUEUE_INFO_AGENT, &value),
          HSA_STATUS_ERROR_INVALID_QUEUE);
    OK(hsa_queue_inactivate(queue));
    OK(hsa_queue_destroy(queue));
    OK(hsa_soft_queue_create(region, 64, 0, 1, doorbell, &made));
    OK(hsa_queue_inactivate(made));
    OK(hsa_amd_queue_set_priority(made, HSA_AMD_QUEUE_PRIORITY_LOW));
    OK(hsa_queue_destroy(made));
    OK(hsa_signal_destroy(doorbell));
}

/* ---- profiling ---- */

static void profiling_calls_check_their_arguments(void **state)
{
    hsa_queue_t *queue = new_queue(), strange = {0};
    hsa_signal_t signal = rig_signal(0), none = {0};
    hsa_amd_profiling_dispatch_time_t dispatch;
    hsa_amd_profiling_async_copy_time_t copy;
    uint64_t tick;
    const uint32_t bit = AMD_QUEUE_PROPERTIES_ENABLE_PROFILING;
    OK(hsa_amd_profiling_set_profiler_enabled(queue, 1));
    assert_int_not_equal(((amd_queue_t *)queue)->queue_properties & bit, 0);
    OK(hsa_amd_profiling_set_profiler_enabled(queue, 0));
    assert_int_equal(((amd_queue_t *)queue)->queue_properties & bit, 0);
    FAILS(hsa_amd_profiling_set_profiler_enabled(&strange, 1), HSA_STATUS_ERROR_INVALID_QUEUE);
    OK(hsa_amd_profiling_async_copy_enable(true));
    OK(hsa_amd_profiling_get_dispatch_time(rig.gpu, signal, &dispatch));
    assert_int_equal(dispatch.start, 0);
    FAILS(hsa_amd_profiling_get_dispatch_time(rig.gpu, signal, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_profiling_get_dispatch_time(rig.cpu, signal, &dispatch),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_profiling_get_dispatch_time(rig.gpu, none, &dispatch),
          HSA_STATUS_ERROR_INVALID_SIGNAL);
    FAILS(hsa_amd_profiling_get_async_copy_time(signal, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_profiling_get_async_copy_time(none, &copy), HSA_STATUS_ERROR_INVALID_SIGNAL);
    OK(hsa_amd_profiling_convert_tick_to_system_domain(rig.gpu, 12345, &tick));
    assert_int_equal(tick, 12345);
    FAILS(hsa_amd_profiling_convert_tick_to_system_domain(rig.cpu, 1, &tick),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_profiling_convert_tick_to_system_domain(rig.gpu, 1, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(signal));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_change_alike_in_every_order),
        cmocka_unit_test(queue_indices_change_alike_in_every_order),
        cmocka_unit_test(waits_on_many_hold_for_each_condition),
        cmocka_unit_test(groups_wait_and_check_their_arguments),
        cmocka_unit_test(signal_calls_check_their_arguments),
        cmocka_unit_test(queue_calls_check_their_arguments),
        cmocka_unit_test(profiling_calls_check_their_arguments),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
