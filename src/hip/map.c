/* SPDX-License-Identifier: MIT
 * Open addressing with linear probing; grows at three quarters.
 */
#include "hip/map.h"

#include <stdint.h>
#include <stdlib.h>

#define REMOVED ((const void *)-1)

static size_t slot_of(const void *key, size_t capacity)
{
    uint64_t mixed = (uint64_t)(uintptr_t)key * 0x9E3779B97F4A7C15u;
    return (size_t)(mixed >> 20) & (capacity - 1);
}

static struct hip_map_slot *find(const struct hip_map *map, const void *key)
{
    if (map->capacity == 0)
        return NULL;
    for (size_t i = slot_of(key, map->capacity);; i = (i + 1) & (map->capacity - 1)) {
        if (map->slots[i].key == NULL)
            return NULL;
        if (map->slots[i].key == key)
            return &map->slots[i];
    }
}

static void insert(struct hip_map_slot *slots, size_t capacity, const void *key, void *value)
{
    size_t i = slot_of(key, capacity);
    while (slots[i].key != NULL)
        i = (i + 1) & (capacity - 1);
    slots[i] = (struct hip_map_slot){key, value};
}

static bool grow(struct hip_map *map)
{
    size_t capacity = 64;
    while (capacity * 3 / 4 <= map->count * 2)
        capacity *= 2;
    struct hip_map_slot *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].key != NULL && map->slots[i].key != REMOVED)
            insert(slots, capacity, map->slots[i].key, map->slots[i].value);
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    map->used = map->count;
    return true;
}

void *hip_map_get(const struct hip_map *map, const void *key)
{
    struct hip_map_slot *slot = find(map, key);
    return slot == NULL ? NULL : slot->value;
}

bool hip_map_put(struct hip_map *map, const void *key, void *value)
{
    struct hip_map_slot *slot = find(map, key);
    if (slot != NULL) {
        slot->value = value;
        return true;
    }
    if (map->used + 1 > map->capacity * 3 / 4 && !grow(map))
        return false;
    insert(map->slots, map->capacity, key, value);
    map->used++;
    map->count++;
    return true;
}

void *hip_map_remove(struct hip_map *map, const void *key)
{
    struct hip_map_slot *slot = find(map, key);
    if (slot == NULL)
        return NULL;
    void *value = slot->value;
    *slot = (struct hip_map_slot){REMOVED, NULL};
    map->count--;
    return value;
}

void hip_map_clear(struct hip_map *map)
{
    free(map->slots);
    *map = (struct hip_map){0};
}
