/* SPDX-License-Identifier: MIT
 * Placement in an address range: aligned, without overlap, everything comes back, and a freed
 * address is not the next one to be given out.
 */
#include "device/extents.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

static const uint64_t base = 0x100000000, page = 4096, range = (uint64_t)1 << 30;

static void placement_is_aligned_and_fills_the_range_exactly(void **state)
{
    (void)state;
    struct cairn_extents extents;
    assert_true(cairn_extents_init(&extents, base, range));
    struct cairn_extent *big = cairn_extents_take(&extents, range / 2, 1 << 21);
    assert_non_null(big);
    assert_int_equal(big->start % (1 << 21), 0);
    assert_non_null(cairn_extents_take(&extents, range / 2, page));
    assert_null(cairn_extents_take(&extents, page, page));
    cairn_extents_give(&extents, big);
    assert_null(cairn_extents_take(&extents, range / 2 + page, page));
    assert_non_null(cairn_extents_take(&extents, range / 2, page));
    cairn_extents_clear(&extents);
}

static void freed_address_rests(void **state)
{
    (void)state;
    struct cairn_extents extents;
    assert_true(cairn_extents_init(&extents, base, range));
    struct cairn_extent *first = cairn_extents_take(&extents, page, page);
    uint64_t start = first->start;
    cairn_extents_give(&extents, first);
    assert_true(cairn_extents_take(&extents, page, page)->start != start);
    cairn_extents_clear(&extents);
}

/* Random takes and gives against a plain map of pages. */
static void random_use_agrees_with_a_page_map(void **state)
{
    (void)state;
    enum { PAGES = 4096, LIVE = 256, ROUNDS = 20000 };
    static uint16_t owner[PAGES];
    struct cairn_extent *live[LIVE] = {0};
    struct cairn_extents extents;
    srand(42);
    assert_true(cairn_extents_init(&extents, base, PAGES * page));
    for (int round = 0; round < ROUNDS; round++) {
        int i = rand() % LIVE;
        if (live[i] != NULL) {
            for (uint64_t p = 0; p < live[i]->size / page; p++)
                owner[(live[i]->start - base) / page + p] = 0;
            cairn_extents_give(&extents, live[i]);
            live[i] = NULL;
        } else {
            uint64_t size = (uint64_t)(1 + rand() % 20) * page, alignment = page << rand() % 4;
            live[i] = cairn_extents_take(&extents, size, alignment);
            if (live[i] == NULL)
                continue;
            assert_int_equal(live[i]->start % alignment, 0);
            for (uint64_t p = 0; p < size / page; p++) {
                assert_int_equal(owner[(live[i]->start - base) / page + p], 0);
                owner[(live[i]->start - base) / page + p] = (uint16_t)(i + 1);
            }
        }
        uint64_t at = (uint64_t)(rand() % PAGES);
        struct cairn_extent *found = cairn_extents_find(&extents, base + at * page + 5);
        assert_non_null(found);
        assert_int_equal(found->used, owner[at] != 0);
        if (found->used)
            assert_ptr_equal(found, live[owner[at] - 1]);
    }
    for (int i = 0; i < LIVE; i++)
        if (live[i] != NULL)
            cairn_extents_give(&extents, live[i]);
    assert_int_equal(extents.used_count, 0);
    assert_int_equal(cairn_extents_find(&extents, base)->size, PAGES * page);
    cairn_extents_clear(&extents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placement_is_aligned_and_fills_the_range_exactly),
        cmocka_unit_test(freed_address_rests),
        cmocka_unit_test(random_use_agrees_with_a_page_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
