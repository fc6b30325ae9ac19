/* SPDX-License-Identifier: MIT
 * A hash map from addresses to pointers, for handles and registered symbols. Not locked: its owner
 * says which lock guards it.
 */
#ifndef CAIRN_HIP_MAP_H
#define CAIRN_HIP_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct hip_map_slot {
    const void *key; /* NULL: free; (void *)-1: removed */
    void *value;
};

struct hip_map {
    struct hip_map_slot *slots;
    size_t capacity; /* power of two, or 0 */
    size_t used;     /* with removed slots */
    size_t count;
};

void *hip_map_get(const struct hip_map *map, const void *key);
/* Adds or replaces. False: out of memory, map unchanged. `value` is not NULL. */
bool hip_map_put(struct hip_map *map, const void *key, void *value);
/* Returns what was there, or NULL. */
void *hip_map_remove(struct hip_map *map, const void *key);
void hip_map_clear(struct hip_map *map);

#endif
