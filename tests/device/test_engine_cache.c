/* SPDX-License-Identifier: MIT
 * Finalized code is kept on disk: the second time, the compiler (stepper_module.c) is not asked;
 * and what would be other code is not taken for it. CAIRN_CACHE_DIR is this test's own.
 */
#include "asm_harness.h"

#include "device/soft/engine_priv.h"
#include "device/stats.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t compiled, cached;

/* Loads the kernel anew and tells what it took. */
static void find(struct asm_machine *m)
{
    compiled = cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED);
    cached = cairn_stats_get(CAIRN_COUNT_KERNELS_CACHED);
    struct cairn_engine_kernel *kernel = cairn_engine_find(&m->launch, NULL);
    compiled = cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED) - compiled;
    cached = cairn_stats_get(CAIRN_COUNT_KERNELS_CACHED) - cached;
    assert_non_null(kernel);
    cairn_engine_run_group(cairn_engine_code(kernel, false, false), &m->group, 1000, NULL);
    assert_int_equal(m->wave->state, CAIRN_WAVE_DONE);
    m->wave->state = CAIRN_WAVE_READY;
    m->wave->pc = m->launch.entry_pc;
    cairn_engine_forget(&m->code);
}

static void what_was_compiled_is_found_again(void **state)
{
    char text[64];
    sprintf(text, "s_mov_b32 s8, 0x%08x", (unsigned)time(NULL)); /* never seen before */
    struct asm_machine *m = asm_create(text);
    find(m);
    assert_int_equal(compiled, 1);
    find(m);
    assert_int_equal(compiled, 0);
    assert_int_equal(cached, 1);
    m->launch.private_bytes = 0;
    find(m);
    assert_int_equal(compiled, 1);
    m->launch.rsrc1 ^= 0x80 << 12; /* another float mode */
    find(m);
    assert_int_equal(compiled, 1);
    asm_destroy(m);
}

static void other_instructions_are_other_code(void **state)
{
    char text[64];
    sprintf(text, "s_mov_b32 s9, 0x%08x\ns_nop 0", (unsigned)time(NULL));
    struct asm_machine *m = asm_create(text);
    find(m);
    assert_int_equal(compiled, 1);
    uint32_t *code = (uint32_t *)(uintptr_t)m->code.base;
    code[2] = 0xbf800001; /* s_nop 1 */
    cairn_interp_forget(&m->code);
    find(m);
    assert_int_equal(compiled, 1);
    code[2] = 0xbf800000;
    cairn_interp_forget(&m->code);
    find(m);
    assert_int_equal(cached, 1);
    asm_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_compiled_is_found_again),
        cmocka_unit_test(other_instructions_are_other_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
