/* SPDX-License-Identifier: MIT
 * Data sets: the inputs and results of actions.
 */
#include "comgr/comgr.h"

#include <stdlib.h>

struct comgr_data_set *comgr_data_set_of(amd_comgr_data_set_t set)
{
    return comgr_handle_find(COMGR_DATA_SET, set.handle);
}

amd_comgr_status_t comgr_data_set_append(struct comgr_data_set *set, struct comgr_data *data)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i] == data)
            return AMD_COMGR_STATUS_SUCCESS;
    if (set->count == set->room) {
        size_t room = set->room == 0 ? 8 : 2 * set->room;
        struct comgr_data **items = realloc(set->items, room * sizeof *items);
        if (items == NULL)
            return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
        set->items = items;
        set->room = room;
    }
    comgr_data_hold(data);
    set->items[set->count++] = data;
    return AMD_COMGR_STATUS_SUCCESS;
}

static void remove_kind(struct comgr_data_set *set, amd_comgr_data_kind_t kind)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (kind == AMD_COMGR_DATA_KIND_UNDEF || set->items[i]->kind == kind)
            comgr_data_drop(set->items[i]);
        else
            set->items[kept++] = set->items[i];
    }
    set->count = kept;
}

void comgr_data_set_clear(struct comgr_data_set *set)
{
    remove_kind(set, AMD_COMGR_DATA_KIND_UNDEF);
}

amd_comgr_status_t amd_comgr_create_data_set(amd_comgr_data_set_t *out)
{
    if (out == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    struct comgr_data_set *set = calloc(1, sizeof *set);
    if (set == NULL || !comgr_handle_add(COMGR_DATA_SET, set, &out->handle)) {
        free(set);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_destroy_data_set(amd_comgr_data_set_t handle)
{
    struct comgr_data_set *set = comgr_handle_take(COMGR_DATA_SET, handle.handle);
    if (set == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    comgr_data_set_clear(set);
    free(set->items);
    free(set);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_data_set_add(amd_comgr_data_set_t set_handle,
                                          amd_comgr_data_t data_handle)
{
    struct comgr_data_set *set = comgr_data_set_of(set_handle);
    struct comgr_data *data = comgr_data_of(data_handle);
    if (set == NULL || data == NULL ||
        (data->kind == AMD_COMGR_DATA_KIND_INCLUDE && data->name[0] == '\0'))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_data_set_append(set, data);
}

amd_comgr_status_t amd_comgr_data_set_remove(amd_comgr_data_set_t handle,
                                             amd_comgr_data_kind_t kind)
{
    struct comgr_data_set *set = comgr_data_set_of(handle);
    if (set == NULL || (kind != AMD_COMGR_DATA_KIND_UNDEF && !comgr_is_data_kind(kind)))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    remove_kind(set, kind);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_data_count(amd_comgr_data_set_t handle,
                                               amd_comgr_data_kind_t kind, size_t *count)
{
    struct comgr_data_set *set = comgr_data_set_of(handle);
    if (set == NULL || !comgr_is_data_kind(kind) || count == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *count = 0;
    for (size_t i = 0; i < set->count; i++)
        *count += set->items[i]->kind == kind;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_data_get_data(amd_comgr_data_set_t handle,
                                                  amd_comgr_data_kind_t kind, size_t index,
                                                  amd_comgr_data_t *out)
{
    struct comgr_data_set *set = comgr_data_set_of(handle);
    if (set == NULL || !comgr_is_data_kind(kind) || out == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i]->kind != kind || index-- != 0)
            continue;
        comgr_data_hold(set->items[i]);
        out->handle = set->items[i]->handle;
        return AMD_COMGR_STATUS_SUCCESS;
    }
    return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
}
