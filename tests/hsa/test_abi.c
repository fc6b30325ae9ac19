/* SPDX-License-Identifier: MIT
 * Every enum value, size and offset of the public HSA headers against the measured table abi.def:
 * the rows are static assertions, so this file compiles only if all of them hold. The program
 * itself checks that the table is not empty.
 */
#include "hsa/amd_hsa_kernel_code.h"
#include "hsa/amd_hsa_queue.h"
#include "hsa/amd_hsa_signal.h"
#include "hsa/hsa.h"
#include "hsa/hsa_ext_amd.h"
#include "hsa/hsa_ext_finalize.h"
#include "hsa/hsa_ext_image.h"
#include "hsa/hsa_ven_amd_loader.h"
#include "hsa/hsa_ven_amd_pc_sampling.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#define VALUE(name, number) _Static_assert((long long)(name) == (number), #name);
#define LAYOUT(type, size)  _Static_assert(sizeof(type) == (size), #type);
#define FIELD(type, field, where)                                                                  \
    _Static_assert(offsetof(type, field) == (where), #type "." #field);
#include "abi.def"
#undef VALUE
#undef LAYOUT
#undef FIELD

enum {
    ROWS = 0
#define VALUE(...)  +1
#define LAYOUT(...) +1
#define FIELD(...)  +1
#include "abi.def"
};

static void the_table_has_rows_and_guest_structures_are_aligned(void **state)
{
    (void)state;
    assert_true(ROWS > 700);
    assert_int_equal(_Alignof(amd_signal_t), 64);
    assert_int_equal(_Alignof(amd_queue_t), 64);
    assert_int_equal(_Alignof(amd_kernel_code_t), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_rows_and_guest_structures_are_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
