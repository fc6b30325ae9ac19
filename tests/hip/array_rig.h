/* SPDX-License-Identifier: MIT
 * What the tests of array copies share: an array's size, patterns, memory of each kind, comparing.
 */
#ifndef TESTS_HIP_ARRAY_RIG_H
#define TESTS_HIP_ARRAY_RIG_H

#include "rig.h"

/* Deprecated functions are tested, too. */
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

enum {
    ELEMENT = 4,
    WIDTH = 19, /* elements */
    HEIGHT = 7,
    DEPTH = 5,
    ROW = WIDTH * ELEMENT,
    SLICE = ROW * HEIGHT,
    PLAIN = SLICE * DEPTH,
    ROOM = 8192, /* of the memory that is copied from and to */
};

static const hipChannelFormatDesc four_bytes = {32, 0, 0, 0, hipChannelFormatKindUnsigned};

static inline unsigned char pattern(size_t i, unsigned seed)
{
    return (unsigned char)((i * 2654435761u + seed * 40503u) >> 13);
}

static inline void fill_pattern(unsigned char *bytes, size_t count, unsigned seed)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = pattern(i, seed);
}

/* ---- memory of each kind ---- */

enum place { PAGEABLE, PINNED, DEVICE, PLACES };
static const char *const place_name[] = {"pageable", "pinned", "device"};

static inline unsigned char *memory_new(enum place place)
{
    void *memory = NULL;
    if (place == PAGEABLE)
        memory = malloc(ROOM);
    else if (place == PINNED)
        OK(hipHostMalloc(&memory, ROOM, 0));
    else
        OK(hipMalloc(&memory, ROOM));
    assert_non_null(memory);
    return memory;
}

static inline void memory_free(enum place place, void *memory)
{
    if (place == PAGEABLE)
        free(memory);
    else if (place == PINNED)
        OK(hipHostFree(memory));
    else
        OK(hipFree(memory));
}

static inline void memory_put(void *memory, const unsigned char *from)
{
    OK(hipMemcpy(memory, from, ROOM, hipMemcpyDefault));
}

static inline void memory_get(unsigned char *to, const void *memory)
{
    OK(hipMemcpy(to, memory, ROOM, hipMemcpyDefault));
}

static inline void compare(const char *name, const char *why, enum place place, const char *what,
                           const unsigned char *got, const unsigned char *want, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (got[i] != want[i])
            fail_msg("%s, %s, %s memory: byte %zu of the %s is 0x%02x, want 0x%02x", name, why,
                     place_name[place], i, what, got[i], want[i]);
}

static inline void copy_box(unsigned char *to, size_t to_pitch, const unsigned char *from,
                            size_t from_pitch, size_t width, size_t height)
{
    for (size_t y = 0; y < height; y++)
        memcpy(to + y * to_pitch, from + y * from_pitch, width);
}

#endif
