/* SPDX-License-Identifier: MIT
 * The public types have the sizes, offsets and values that compiled programs rely on.
 */
#include <hip/hip_deprecated.h>
#include <hip/hip_runtime_api.h>
#include <hip/library_types.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct row {
    const char *what;
    long long want, have;
};

static const struct row rows[] = {
#define SIZE(type, bytes)         {"sizeof " #type, bytes, sizeof(type)},
#define OFFSET(type, field, byte) {#type "." #field, byte, offsetof(type, field)},
#define VALUE(name, number)       {#name, number, name},
#include "layout.def"
#undef SIZE
#undef OFFSET
#undef VALUE
};

static void layout_is_that_of_rocm_6(void **state)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].have == rows[i].want)
            continue;
        print_error("%s: %lld, want %lld\n", rows[i].what, rows[i].have, rows[i].want);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void old_and_new_property_layouts_differ(void **state)
{
    assert_int_equal(sizeof(hipDeviceProp_tR0600), sizeof(hipDeviceProp_t));
    assert_int_not_equal(sizeof(hipDeviceProp_tR0000), sizeof(hipDeviceProp_t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout_is_that_of_rocm_6),
        cmocka_unit_test(old_and_new_property_layouts_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
