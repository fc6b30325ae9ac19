/* SPDX-License-Identifier: MIT
 * What clang inlined, DWARF 2 to 5, is told apart function by function, with the places they were
 * called from; damaged information does no harm. (tests/comgr compares with llvm-symbolizer.)
 */
#include "obj/frame.h"
#include "obj/obj.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "load.h"

static const char *const objects[] = {"frames2.co", "frames4.co", "frames5.co", "frames64.co"};
enum { OBJECTS = sizeof objects / sizeof objects[0], DEPTH = 4 };

static const struct expected {
    const char *name;
    uint32_t line, column;
} deepest[DEPTH] = {
    {"_ZL4deepi", 8, 0}, /* several columns */
    {"_ZL6middlei", 12, 12},
    {"_ZNK6holderIiE3getEi", 15, 46},
    {"count", 20, 31},
};

struct chain {
    uint32_t count;
    bool matches; /* every frame as in `deepest` */
    bool outermost_last;
};

static void note(const struct cairn_frame *frame, void *context)
{
    struct chain *chain = context;
    const char *end = strrchr(frame->file, '/');
    if (chain->count < DEPTH) {
        const struct expected *want = &deepest[chain->count];
        chain->matches = chain->matches && frame->name != NULL && frame->file[0] == '/' &&
                         strcmp(frame->name, want->name) == 0 && strcmp(end, "/frames.hip") == 0 &&
                         frame->line == want->line &&
                         (want->column == 0 || frame->column == want->column);
    }
    chain->outermost_last = frame->outermost;
    chain->count++;
}

static void inlined_functions_are_told_apart(void **state)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        struct cairn_bytes bytes = load(objects[i]);
        struct cairn_obj *obj;
        uint32_t deep = 0, shallow = 0;
        assert_int_equal(cairn_obj_create(bytes, &obj), CAIRN_OK);
        for (uint32_t s = 0; s < obj->symbol_count; s++) {
            if (strcmp(obj->symbols[s].name, "count") != 0)
                continue;
            for (uint64_t at = 0; at < obj->symbols[s].size; at += 4) {
                struct chain chain = {.matches = true};
                uint32_t count = cairn_frames_find(bytes, obj->symbols[s].value + at, note, &chain);
                assert_int_equal(count, chain.count);
                assert_true(chain.outermost_last);
                deep += count == DEPTH && chain.matches;
                shallow += count == 1;
            }
        }
        if (deep == 0 || shallow == 0)
            fail_msg("%s: %u addresses are in all four functions, %u in the kernel alone",
                     objects[i], deep, shallow);
        cairn_obj_destroy(obj);
        free((void *)bytes.at);
    }
}

static void what_is_not_known_has_no_frames(void **state)
{
    struct chain chain = {0};
    struct cairn_bytes bytes = load("frames5.co");
    assert_int_equal(cairn_frames_find(bytes, 0, note, &chain), 0);
    assert_int_equal(cairn_frames_find(bytes, UINT64_MAX, note, &chain), 0);
    assert_int_equal(cairn_frames_find(cairn_bytes_of(bytes.at, 70), 0x1900, note, &chain), 0);
    assert_int_equal(cairn_frames_find(cairn_bytes_of(NULL, 0), 0x1900, note, &chain), 0);
    assert_int_equal(chain.count, 0);
    free((void *)bytes.at);
}

static void read_all(const struct cairn_frame *frame, void *context)
{
    *(size_t *)context += strlen(frame->file) + (frame->name != NULL ? strlen(frame->name) : 0);
}

static void damaged_information_does_no_harm(void **state)
{
    uint32_t seed = 1;
    size_t read = 0;
    for (size_t n = 0; n < OBJECTS; n++) {
        struct cairn_bytes bytes = load(objects[n]);
        uint8_t *copy = malloc(bytes.left); /* its own block: a sanitizer sees the end */
        assert_non_null(copy);
        for (int round = 0; round < 400; round++) {
            memcpy(copy, bytes.at, bytes.left);
            for (int flips = 0; flips < 4; flips++) {
                seed = seed * 1664525 + 1013904223;
                copy[bytes.left - 1 - (seed >> 8) % bytes.left * (flips + 1) / 4] ^=
                    1 << (seed >> 29);
            }
            for (uint64_t vaddr = 0x1000; vaddr < 0x2000; vaddr += 0x40)
                cairn_frames_find(cairn_bytes_of(copy, bytes.left), vaddr, read_all, &read);
        }
        free(copy);
        free((void *)bytes.at);
    }
    assert_true(read != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inlined_functions_are_told_apart),
        cmocka_unit_test(what_is_not_known_has_no_frames),
        cmocka_unit_test(damaged_information_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
