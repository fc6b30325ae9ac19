/* SPDX-License-Identifier: MIT
 * Line tables that clang wrote, DWARF 4 and 5, give the lines of the source; code without them and
 * damaged ones give no answer, and never worse.
 */
#include "obj/line.h"
#include "obj/obj.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "load.h"

static const char *const with_lines[] = {"lines4.co", "lines5.co", "lines64.co"};
enum { WITH_LINES = sizeof with_lines / sizeof with_lines[0] };

static void function_range(struct cairn_bytes bytes, const char *name, uint64_t *from, uint64_t *to)
{
    struct cairn_obj *obj;
    assert_int_equal(cairn_obj_create(bytes, &obj), CAIRN_OK);
    *from = *to = 0;
    for (uint32_t i = 0; i < obj->symbol_count; i++)
        if (strcmp(obj->symbols[i].name, name) == 0) {
            *from = obj->symbols[i].value;
            *to = *from + obj->symbols[i].size;
        }
    cairn_obj_destroy(obj);
    assert_true(*from < *to);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static const struct line_case {
    const char *function, *file;
    uint32_t first, last, inside;
} cases[] = {
    {"sum", "lines.hip", 12, 18, 14},
    {"sum", "lines.hip", 12, 18, 17},
    {"elsewhere", "some/other.h", 78, 80, 79},
};

static void check_case(const char *object, const struct line_case *row)
{
    struct cairn_bytes bytes = load(object);
    struct cairn_line_table *table;
    struct cairn_line_place place;
    uint64_t from, to, hits = 0;
    function_range(bytes, row->function, &from, &to);
    assert_int_equal(cairn_line_table_create(bytes, &table), CAIRN_OK);
    free((void *)bytes.at); /* the table stands alone */
    for (uint64_t at = from; at < to; at += 4) {
        if (!cairn_line_find(table, at, &place))
            continue;
        if (!ends_with(place.file, row->file) || place.line < row->first || place.line > row->last)
            fail_msg("%s: %s + %#llx is said to be %s:%u", object, row->function,
                     (unsigned long long)(at - from), place.file, place.line);
        hits += place.line == row->inside;
    }
    if (hits == 0)
        fail_msg("%s: nothing of %s is at line %u", object, row->function, row->inside);
    assert_false(cairn_line_find(table, 0, &place));
    assert_false(cairn_line_find(table, to + 0x100000, &place));
    cairn_line_table_destroy(table);
}

static void each_address_has_its_line(void **state)
{
    for (size_t i = 0; i < WITH_LINES; i++)
        for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++)
            check_case(with_lines[i], &cases[n]);
}

static void code_without_lines_has_none(void **state)
{
    struct cairn_bytes bytes = load("v5.co");
    struct cairn_line_table *table = NULL;
    assert_int_equal(cairn_line_table_create(bytes, &table), CAIRN_ERR_NOT_FOUND);
    assert_int_equal(cairn_line_table_create(cairn_bytes_of(bytes.at, 70), &table),
                     CAIRN_ERR_NOT_FOUND);
    assert_null(table);
    free((void *)bytes.at);
}

static void ask(struct cairn_bytes bytes)
{
    struct cairn_line_table *table;
    struct cairn_line_place place;
    if (cairn_line_table_create(bytes, &table) != CAIRN_OK)
        return;
    for (uint64_t vaddr = 0x1000; vaddr < 0x2000; vaddr += 0x40)
        if (cairn_line_find(table, vaddr, &place))
            assert_true(place.line != 0 && strlen(place.file) < sizeof place.file);
    cairn_line_table_destroy(table);
}

static void damaged_tables_do_no_harm(void **state)
{
    uint32_t seed = 1;
    for (size_t n = 0; n < WITH_LINES; n++) {
        struct cairn_bytes bytes = load(with_lines[n]);
        uint8_t *copy = malloc(bytes.left); /* its own block: a sanitizer sees the end */
        assert_non_null(copy);
        for (int round = 0; round < 1500; round++) {
            memcpy(copy, bytes.at, bytes.left);
            for (int flips = 0; flips < 4; flips++) {
                seed = seed * 1664525 + 1013904223;
                copy[bytes.left - 1 - (seed >> 8) % bytes.left * (flips + 1) / 4] ^=
                    1 << (seed >> 29);
            }
            ask(cairn_bytes_of(copy, bytes.left));
        }
        free(copy);
        free((void *)bytes.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_has_its_line),
        cmocka_unit_test(code_without_lines_has_none),
        cmocka_unit_test(damaged_tables_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
