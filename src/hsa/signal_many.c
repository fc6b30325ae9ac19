/* SPDX-License-Identifier: MIT
 * Waiting for several signals: any of them, all of them, and signal groups.
 */
#include "hsa_priv.h"

#include <stdlib.h>
#include <string.h>

enum { ON_STACK = 32 };

/* Arrays in the form that the device wants, on the stack if they are short. */
struct wait_arrays {
    struct cairn_signal *few_signals[ON_STACK], **signals;
    enum cairn_condition few_conditions[ON_STACK], *conditions;
};

static bool arrays_open(struct wait_arrays *arrays, uint32_t count)
{
    arrays->signals = arrays->few_signals;
    arrays->conditions = arrays->few_conditions;
    if (count <= ON_STACK)
        return true;
    arrays->signals = calloc(count, sizeof *arrays->signals);
    arrays->conditions = calloc(count, sizeof *arrays->conditions);
    if (arrays->signals != NULL && arrays->conditions != NULL)
        return true;
    free(arrays->signals);
    free(arrays->conditions);
    return false;
}

static void arrays_close(struct wait_arrays *arrays)
{
    if (arrays->signals == arrays->few_signals)
        return;
    free(arrays->signals);
    free(arrays->conditions);
}

/* Index of a signal that meets its condition; UINT32_MAX: time over, or no memory. */
static uint32_t wait_any(uint32_t count, const hsa_signal_t *signals,
                         const hsa_signal_condition_t *conditions, const int64_t *compares,
                         uint64_t timeout_ns, int64_t *value)
{
    struct wait_arrays arrays;
    if (!arrays_open(&arrays, count))
        return UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        arrays.signals[i] = cairn_hsa_signal_of(signals[i]);
        arrays.conditions[i] = (enum cairn_condition)conditions[i];
    }
    uint32_t index = cairn_signal_wait_any(count, arrays.signals, arrays.conditions, compares,
                                           timeout_ns, value);
    arrays_close(&arrays);
    return index;
}

uint32_t hsa_amd_signal_wait_any(uint32_t signal_count, hsa_signal_t *signals,
                                 hsa_signal_condition_t *conds, hsa_signal_value_t *values,
                                 uint64_t timeout_hint, hsa_wait_state_t wait_hint,
                                 hsa_signal_value_t *satisfying_value)
{
    int64_t seen = 0;
    if (!cairn_hsa_is_open() || signal_count == 0 || signals == NULL || conds == NULL ||
        values == NULL)
        return UINT32_MAX;
    for (uint32_t i = 0; i < signal_count; i++)
        if (signals[i].handle == 0)
            return UINT32_MAX;
    uint32_t index = wait_any(signal_count, signals, conds, values, timeout_hint, &seen);
    if (index != UINT32_MAX && satisfying_value != NULL)
        *satisfying_value = seen;
    return index;
}

static uint64_t time_left(uint64_t start, uint64_t timeout_ns)
{
    uint64_t passed = cairn_clock_now() - start;
    if (timeout_ns == UINT64_MAX)
        return UINT64_MAX;
    return passed < timeout_ns ? timeout_ns - passed : 0;
}

static bool holds(hsa_signal_condition_t condition, int64_t value, int64_t compare)
{
    switch (condition) {
    case HSA_SIGNAL_CONDITION_EQ:
        return value == compare;
    case HSA_SIGNAL_CONDITION_NE:
        return value != compare;
    case HSA_SIGNAL_CONDITION_LT:
        return value < compare;
    case HSA_SIGNAL_CONDITION_GTE:
        return value >= compare;
    }
    return false;
}

uint32_t hsa_amd_signal_wait_all(uint32_t signal_count, hsa_signal_t *signals,
                                 hsa_signal_condition_t *conds, hsa_signal_value_t *values,
                                 uint64_t timeout_hint, hsa_wait_state_t wait_hint,
                                 hsa_signal_value_t *satisfying_values)
{
    if (!cairn_hsa_is_open() || signal_count == 0 || signals == NULL || conds == NULL ||
        values == NULL)
        return UINT32_MAX;
    uint64_t start = cairn_clock_now();
    for (uint32_t i = 0; i < signal_count; i++) { /* a zero handle is met already */
        if (signals[i].handle == 0)
            continue;
        struct cairn_signal *signal = cairn_hsa_signal_of(signals[i]);
        cairn_hsa_copies_hurry(signal, time_left(start, timeout_hint));
        int64_t value = cairn_signal_wait(signal, (enum cairn_condition)conds[i], values[i],
                                          time_left(start, timeout_hint));
        if (!holds(conds[i], value, values[i]))
            return UINT32_MAX;
        if (satisfying_values != NULL)
            satisfying_values[i] = value;
    }
    return 0;
}

/* ---- groups ---- */

struct signal_group {
    uint32_t count;
    hsa_signal_t signals[];
};

hsa_status_t hsa_signal_group_create(uint32_t num_signals, const hsa_signal_t *signals,
                                     uint32_t num_consumers, const hsa_agent_t *consumers,
                                     hsa_signal_group_t *signal_group)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (num_signals == 0 || signals == NULL || signal_group == NULL ||
        (num_consumers != 0 && consumers == NULL))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < num_consumers; i++)
        if (cairn_hsa_agent_of(consumers[i]) == NULL)
            return HSA_STATUS_ERROR_INVALID_AGENT;
    for (uint32_t i = 0; i < num_signals; i++)
        if (signals[i].handle == 0)
            return HSA_STATUS_ERROR_INVALID_SIGNAL;
    struct signal_group *group = malloc(sizeof *group + num_signals * sizeof group->signals[0]);
    if (group == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    group->count = num_signals;
    memcpy(group->signals, signals, num_signals * sizeof signals[0]);
    if (cairn_hsa_handle_add(HANDLE_SIGNAL_GROUP, (uintptr_t)group, group) != CAIRN_OK) {
        free(group);
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    signal_group->handle = (uintptr_t)group;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_signal_group_destroy(hsa_signal_group_t signal_group)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct signal_group *group = cairn_hsa_handle_remove(HANDLE_SIGNAL_GROUP, signal_group.handle);
    if (group == NULL)
        return HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP;
    free(group);
    return HSA_STATUS_SUCCESS;
}

void cairn_hsa_signal_groups_destroy(void)
{
    uint64_t handle;
    while (cairn_hsa_handle_any(HANDLE_SIGNAL_GROUP, &handle) != NULL)
        free(cairn_hsa_handle_remove(HANDLE_SIGNAL_GROUP, handle));
}

hsa_status_t hsa_signal_group_wait_any_scacquire(hsa_signal_group_t signal_group,
                                                 const hsa_signal_condition_t *conditions,
                                                 const hsa_signal_value_t *compare_values,
                                                 hsa_wait_state_t wait_state_hint,
                                                 hsa_signal_t *signal, hsa_signal_value_t *value)
{
    int64_t seen = 0;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct signal_group *group =
        cairn_hsa_handle_find(HANDLE_SIGNAL_GROUP, signal_group.handle);
    if (group == NULL)
        return HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP;
    if (conditions == NULL || compare_values == NULL || signal == NULL || value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    uint32_t index =
        wait_any(group->count, group->signals, conditions, compare_values, UINT64_MAX, &seen);
    if (index == UINT32_MAX)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *signal = group->signals[index];
    *value = seen;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_signal_group_wait_any_relaxed(hsa_signal_group_t signal_group,
                                               const hsa_signal_condition_t *conditions,
                                               const hsa_signal_value_t *compare_values,
                                               hsa_wait_state_t wait_state_hint,
                                               hsa_signal_t *signal, hsa_signal_value_t *value)
{
    return hsa_signal_group_wait_any_scacquire(signal_group, conditions, compare_values,
                                               wait_state_hint, signal, value);
}
