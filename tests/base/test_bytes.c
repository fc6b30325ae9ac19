/* SPDX-License-Identifier: MIT
 * Bounded reading: the end of the data is an error that changes nothing, and no sum wraps.
 */
#include "base/bytes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static void take_past_the_end_fails_and_keeps_the_position(void **state)
{
    (void)state;
    static const uint8_t data[] = {1, 2, 3};
    struct cairn_bytes in = cairn_bytes_of(data, sizeof data);
    uint16_t half = 0;
    uint32_t word = 0;
    assert_int_equal(cairn_bytes_take_u16(&in, &half), CAIRN_OK);
    assert_int_equal(half, 0x0201);
    assert_int_equal(cairn_bytes_take_u32(&in, &word), CAIRN_ERR_TRUNCATED);
    assert_int_equal(in.left, 1);
    assert_int_equal(word, 0);
}

static void slice_bounds_do_not_wrap(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset, size;
        enum cairn_status expected;
        const char *why;
    } cases[] = {
        {0, 8, CAIRN_OK, "all"},
        {8, 0, CAIRN_OK, "empty at the end"},
        {9, 0, CAIRN_ERR_TRUNCATED, "starts past the end"},
        {4, 5, CAIRN_ERR_TRUNCATED, "ends past the end"},
        {4, UINT64_MAX - 2, CAIRN_ERR_TRUNCATED, "offset + size wraps"},
    };
    static const uint8_t data[8];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_bytes part;
        enum cairn_status got = cairn_bytes_slice(cairn_bytes_of(data, sizeof data),
                                                  cases[i].offset, cases[i].size, &part);
        if (got != cases[i].expected)
            fail_msg("%s: %s", cases[i].why, cairn_status_name(got));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(take_past_the_end_fails_and_keeps_the_position),
        cmocka_unit_test(slice_bounds_do_not_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
