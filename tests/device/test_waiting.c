/* SPDX-License-Identifier: MIT
 * The order in which waiting workgroups are resumed: that of their tickets, and from the successor
 * on when one has ended.
 */
#include "device/soft/slot.h"
#include "device/soft/waiting.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

enum { COUNT = 64 };

static struct cairn_waiting list;
static struct cairn_slot *slots[COUNT];

static int open_list(void **state)
{
    (void)state;
    list = (struct cairn_waiting){0};
    for (uint64_t i = 0; i < COUNT; i++) {
        slots[i] = cairn_slot_create();
        assert_non_null(slots[i]);
        slots[i]->ticket = i;
    }
    return 0;
}

static int close_list(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++)
        cairn_slot_destroy(slots[i]);
    return 0;
}

static void add_all(void)
{
    for (int i = 0; i < COUNT; i++)
        cairn_waiting_add(&list, slots[i * 37 % COUNT]); /* 37 and 64 share no divisor */
    assert_int_equal(list.count, COUNT);
}

static void added_in_any_order_they_are_taken_in_order(void **state)
{
    (void)state;
    add_all();
    for (uint64_t i = 0; i < COUNT; i++)
        assert_int_equal(cairn_waiting_take(&list)->ticket, i);
    assert_int_equal(list.count, 0);
    assert_null(list.first);
    assert_null(list.last);
}

static void one_that_still_waits_goes_back_and_the_next_is_taken(void **state)
{
    (void)state;
    add_all();
    for (uint64_t i = 0; i < 3 * COUNT; i++) {
        struct cairn_slot *slot = cairn_waiting_take(&list);
        assert_int_equal(slot->ticket, i % COUNT);
        cairn_waiting_add(&list, slot);
    }
}

static void two_workers_may_give_back_in_the_other_order(void **state)
{
    (void)state;
    add_all();
    for (uint64_t i = 0; i < 2 * COUNT; i += 2) {
        struct cairn_slot *one = cairn_waiting_take(&list), *two = cairn_waiting_take(&list);
        assert_int_equal(one->ticket, i % COUNT);
        assert_int_equal(two->ticket, i % COUNT + 1);
        cairn_waiting_add(&list, two);
        cairn_waiting_add(&list, one);
    }
}

static void when_one_has_ended_its_successor_is_next(void **state)
{
    static const struct row {
        uint64_t ended, next;
    } rows[] = {{9, 10}, {40, 41}, {0, 1}, {COUNT - 2, COUNT - 1}, {COUNT + 5, 0}, {19, 21}};
    (void)state;
    add_all();
    cairn_waiting_turn_after(&list, 19);
    assert_int_equal(cairn_waiting_take(&list)->ticket, 20); /* runs elsewhere from now on */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cairn_waiting_turn_after(&list, rows[i].ended);
        struct cairn_slot *slot = cairn_waiting_take(&list);
        assert_int_equal(slot->ticket, rows[i].next);
        cairn_waiting_add(&list, slot);
    }
}

static void an_empty_list_has_no_turn(void **state)
{
    (void)state;
    cairn_waiting_turn_after(&list, 3);
    cairn_waiting_add(&list, slots[1]);
    assert_ptr_equal(cairn_waiting_take(&list), slots[1]);
    assert_null(list.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(added_in_any_order_they_are_taken_in_order, open_list,
                                        close_list),
        cmocka_unit_test_setup_teardown(one_that_still_waits_goes_back_and_the_next_is_taken,
                                        open_list, close_list),
        cmocka_unit_test_setup_teardown(two_workers_may_give_back_in_the_other_order, open_list,
                                        close_list),
        cmocka_unit_test_setup_teardown(when_one_has_ended_its_successor_is_next, open_list,
                                        close_list),
        cmocka_unit_test_setup_teardown(an_empty_list_has_no_turn, open_list, close_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
