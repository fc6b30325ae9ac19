/* SPDX-License-Identifier: MIT
 * Handles: what the API gives out for objects. A handle of an object that is gone, or was never
 * there, is told from a live one, so that a caller's mistake is an error and not a crash. The upper
 * half of a handle is free for an index into the object (a node of a tree, a symbol).
 */
#ifndef CAIRN_COMGR_HANDLE_H
#define CAIRN_COMGR_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

enum comgr_type {
    COMGR_FREE,
    COMGR_DATA,
    COMGR_DATA_SET,
    COMGR_ACTION_INFO,
    COMGR_METADATA,
    COMGR_SYMBOLS,
    COMGR_DISASSEMBLY,
    COMGR_SYMBOLIZER,
};

/* False: memory is out, or there are a million objects; `out` is as it was. */
bool comgr_handle_add(enum comgr_type type, void *object, uint64_t *out);
/* NULL: no live object of this type. */
void *comgr_handle_find(enum comgr_type type, uint64_t handle);
void comgr_handle_remove(uint64_t handle);
/* Finds and removes: the object is the caller's alone. */
void *comgr_handle_take(enum comgr_type type, uint64_t handle);

static inline uint64_t comgr_handle_with(uint64_t handle, uint32_t index)
{
    return (handle & UINT32_MAX) | (uint64_t)index << 32;
}

static inline uint32_t comgr_handle_index(uint64_t handle)
{
    return (uint32_t)(handle >> 32);
}

#endif
