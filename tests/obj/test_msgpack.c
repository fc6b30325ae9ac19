/* SPDX-License-Identifier: MIT
 * MessagePack items: each family of first bytes, and counts that the input cannot hold.
 */
#include "obj/msgpack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct item_case {
    const char *why;
    uint8_t bytes[12];
    size_t size;
    enum cairn_status status;
    enum cairn_msgpack_kind kind;
    uint64_t number;
};

static const struct item_case cases[] = {
    {"positive fixint", {0x7f}, 1, CAIRN_OK, CAIRN_MSGPACK_UINT, 127},
    {"negative fixint", {0xff}, 1, CAIRN_OK, CAIRN_MSGPACK_INT, UINT64_MAX},
    {"nil", {0xc0}, 1, CAIRN_OK, CAIRN_MSGPACK_NIL, 0},
    {"false", {0xc2}, 1, CAIRN_OK, CAIRN_MSGPACK_BOOL, 0},
    {"true", {0xc3}, 1, CAIRN_OK, CAIRN_MSGPACK_BOOL, 1},
    {"uint 16 is big-endian", {0xcd, 0x12, 0x34}, 3, CAIRN_OK, CAIRN_MSGPACK_UINT, 0x1234},
    {"uint 64",
     {0xcf, 1, 2, 3, 4, 5, 6, 7, 8},
     9,
     CAIRN_OK,
     CAIRN_MSGPACK_UINT,
     0x0102030405060708},
    {"positive int 8", {0xd0, 5}, 2, CAIRN_OK, CAIRN_MSGPACK_UINT, 5},
    {"negative int 8", {0xd0, 0x80}, 2, CAIRN_OK, CAIRN_MSGPACK_INT, (uint64_t)-128},
    {"negative int 32",
     {0xd2, 0xff, 0xff, 0xff, 0xfe},
     5,
     CAIRN_OK,
     CAIRN_MSGPACK_INT,
     (uint64_t)-2},
    {"fixstr", {0xa3, 'a', 'b', 'c'}, 4, CAIRN_OK, CAIRN_MSGPACK_TEXT, 3},
    {"str 8", {0xd9, 2, 'a', 'b'}, 4, CAIRN_OK, CAIRN_MSGPACK_TEXT, 2},
    {"fixext 1 counts its type byte", {0xd4, 9, 1}, 3, CAIRN_OK, CAIRN_MSGPACK_EXTENSION, 2},
    {"fixarray", {0x92, 1, 2}, 3, CAIRN_OK, CAIRN_MSGPACK_ARRAY, 2},
    {"fixmap", {0x81, 1, 2}, 3, CAIRN_OK, CAIRN_MSGPACK_MAP, 1},
    {"0xc1 is never used", {0xc1}, 1, CAIRN_ERR_BAD_FORMAT, 0, 0},
    {"no byte at all", {0}, 0, CAIRN_ERR_TRUNCATED, 0, 0},
    {"uint 32 cut", {0xce, 0, 0}, 3, CAIRN_ERR_TRUNCATED, 0, 0},
    {"string cut", {0xa3, 'a'}, 2, CAIRN_ERR_TRUNCATED, 0, 0},
    {"array larger than the input", {0xdd, 0xff, 0xff, 0xff, 0xff}, 5, CAIRN_ERR_TRUNCATED, 0, 0},
    {"map larger than the input", {0x82, 1, 2, 3}, 4, CAIRN_ERR_TRUNCATED, 0, 0},
};

static void items_are_read_as_the_format_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct item_case *row = &cases[i];
        struct cairn_bytes in = cairn_bytes_of(row->bytes, row->size);
        struct cairn_msgpack_item item;
        enum cairn_status status = cairn_msgpack_take(&in, &item);
        if (status != row->status)
            fail_msg("%s: %s", row->why, cairn_status_name(status));
        if (status != CAIRN_OK)
            assert_int_equal(in.left, row->size);
        else if (item.kind != row->kind || item.number != row->number)
            fail_msg("%s: kind %d number %llx", row->why, item.kind,
                     (unsigned long long)item.number);
    }
}

static void skip_passes_nested_containers_without_recursion(void **state)
{
    (void)state;
    static uint8_t deep[100001];
    memset(deep, 0x91, sizeof deep - 1); /* [[[[...1...]]]] */
    deep[sizeof deep - 1] = 1;
    struct cairn_bytes in = cairn_bytes_of(deep, sizeof deep);
    struct cairn_msgpack_item item;
    assert_int_equal(cairn_msgpack_take(&in, &item), CAIRN_OK);
    assert_int_equal(cairn_msgpack_skip(&in, &item), CAIRN_OK);
    assert_int_equal(in.left, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_read_as_the_format_says),
        cmocka_unit_test(skip_passes_nested_containers_without_recursion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
