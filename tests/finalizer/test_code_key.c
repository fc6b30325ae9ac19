/* SPDX-License-Identifier: MIT
 * The key of a kernel changes with everything that its finalized code depends on, and with nothing
 * else.
 */
#include "asm_harness.h"

#include "finalizer/code_key.h"
#include "gfx/gfx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Kernel at 0, another at 0x20; a word at 0x10 that nothing reaches; a call out of the first. */
static const char text[] = "s_call_b64 s[30:31], F\n"
                           "v_add_u32 v0, 0x1234, v1\n"
                           "s_endpgm\n"
                           ".long 0xbf800005\n"
                           "F: s_nop 1\n"
                           "s_setpc_b64 s[30:31]\n"
                           "s_nop 2\n"
                           "s_endpgm\n";
enum { LITERAL = 8, UNREACHED = 16, CALLEE = 20, NEIGHBOUR = 28 };

static uint8_t *code;

static int assemble(void **state)
{
    (void)state;
    size_t size;
    code = asm_assemble(text, &size);
    return size == 36 ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    free(code);
    return 0;
}

static struct cairn_finalize_request a_request(void)
{
    return (struct cairn_finalize_request){
        .gfx = cairn_gfx_by_name("gfx90a", 6),
        .code = cairn_bytes_of(code, 36),
        .geometry = {.workgroup = {256, 1, 1}, .wave_size = 64, .width = 16, .whole_groups = true},
        .target = CAIRN_TARGET_V4,
        .name = "kernel",
    };
}

static struct cairn_cache_key key_of(const struct cairn_finalize_request *request)
{
    struct cairn_cache_key key;
    assert_int_equal(cairn_code_key(request, &key), CAIRN_OK);
    return key;
}

static bool is_first_key(const struct cairn_finalize_request *request)
{
    struct cairn_finalize_request first = a_request();
    struct cairn_cache_key one = key_of(&first), two = key_of(request);
    return memcmp(&one, &two, sizeof one) == 0;
}

static void every_fact_of_the_launch_counts(void **state)
{
    (void)state;
    struct cairn_finalize_request request = a_request();
    struct cairn_geometry *geometry = &request.geometry;
    uint32_t *const numbers[] = {
        &geometry->workgroup[0], &geometry->workgroup[1], &geometry->workgroup[2],
        &geometry->wave_size,    &geometry->width,        &geometry->mode,
        &geometry->arch_rows,    &geometry->rows,         &geometry->rsrc1,
        &geometry->rsrc2,        &geometry->properties,   &geometry->lds_bytes,
    };
    bool *const flags[] = {&geometry->whole_groups, &geometry->merged, &geometry->has_scratch,
                           &request.exact_nan};
    assert_true(is_first_key(&request));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        *numbers[i] ^= 4;
        if (is_first_key(&request))
            fail_msg("number %zu does not count", i);
        *numbers[i] ^= 4;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        *flags[i] = !*flags[i];
        if (is_first_key(&request))
            fail_msg("flag %zu does not count", i);
        *flags[i] = !*flags[i];
    }
    request.target = CAIRN_TARGET_V3;
    assert_false(is_first_key(&request));
    request.target = CAIRN_TARGET_V4;
    request.gfx = cairn_gfx_by_name("gfx942", 6);
    if (request.gfx != NULL)
        assert_false(is_first_key(&request));
}

static void tier_and_name_do_not_count(void **state)
{
    (void)state;
    struct cairn_finalize_request request = a_request();
    request.tier = CAIRN_TIER_FULL;
    request.name = "other";
    assert_true(is_first_key(&request));
}

struct byte_case {
    const char *what;
    size_t at;
    bool counts;
};

static void reachable_code_counts_and_no_other(void **state)
{
    (void)state;
    static const struct byte_case cases[] = {
        {"a literal", LITERAL, true},
        {"a function that is called", CALLEE, true},
        {"bytes behind the end", UNREACHED, false},
        {"the next kernel", NEIGHBOUR, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t copy[36];
        memcpy(copy, code, sizeof copy);
        copy[cases[i].at] ^= 2;
        struct cairn_finalize_request request = a_request();
        request.code.at = copy;
        if (is_first_key(&request) == cases[i].counts)
            fail_msg("%s", cases[i].what);
    }
}

static void the_place_of_the_kernel_counts(void **state)
{
    (void)state;
    uint8_t moved[40] = {0};
    memcpy(moved + 4, code, 36);
    struct cairn_finalize_request request = a_request();
    request.code = cairn_bytes_of(moved, sizeof moved);
    request.entry_offset = 4;
    assert_false(is_first_key(&request));
    request = a_request();
    request.entry_offset = 4;
    assert_false(is_first_key(&request));
}

static void a_bad_entry_is_an_error(void **state)
{
    (void)state;
    struct cairn_finalize_request request = a_request();
    struct cairn_cache_key key;
    request.entry_offset = 36;
    assert_int_equal(cairn_code_key(&request, &key), CAIRN_ERR_INVALID_ARGUMENT);
    request.entry_offset = 2;
    assert_int_equal(cairn_code_key(&request, &key), CAIRN_ERR_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fact_of_the_launch_counts),
        cmocka_unit_test(tier_and_name_do_not_count),
        cmocka_unit_test(reachable_code_counts_and_no_other),
        cmocka_unit_test(the_place_of_the_kernel_counts),
        cmocka_unit_test(a_bad_entry_is_an_error),
    };
    return cmocka_run_group_tests(tests, assemble, drop);
}
