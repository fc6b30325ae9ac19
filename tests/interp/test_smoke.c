/* SPDX-License-Identifier: MIT
 * The interpreter runs assembly at all: scalars, vectors, memory, control flow, faults.
 */
#include "asm_harness.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void scalar_and_vector_arithmetic(void **state)
{
    struct asm_machine *m = asm_create("s_mov_b32 s8, 40\n"
                                       "s_add_u32 s8, s8, 2\n"
                                       "v_mov_b32 v1, s8\n"
                                       "v_add_u32 v2, v0, v1\n"
                                       "v_lshlrev_b32 v3, 1, v2\n"
                                       "v_cmp_gt_u32 vcc, v0, v1\n");
    assert_int_equal(asm_run(m), CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->sgpr[8], 42);
    for (unsigned lane = 0; lane < 64; lane++) {
        assert_int_equal(m->wave->vgpr[2][lane], lane + 42);
        assert_int_equal(m->wave->vgpr[3][lane], 2 * (lane + 42));
    }
    assert_true(asm_sgpr64(m, 106) == ~UINT64_C(0) << 43);
    asm_destroy(m);
}

static void a_loop_ends(void **state)
{
    struct asm_machine *m = asm_create("s_mov_b32 s8, 1000\n"
                                       "loop:\n"
                                       "v_add_u32 v1, 3, v1\n"
                                       "s_sub_u32 s8, s8, 1\n"
                                       "s_cmp_lg_u32 s8, 0\n"
                                       "s_cbranch_scc1 loop\n");
    assert_int_equal(asm_run(m), CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->vgpr[1][63], 3000);
    asm_destroy(m);
}

static void memory_is_read_and_written(void **state)
{
    struct asm_machine *m = asm_create("v_lshlrev_b32 v1, 2, v0\n"
                                       "global_load_dword v2, v1, s[8:9]\n"
                                       "s_load_dword s10, s[8:9], 0x8\n"
                                       "s_waitcnt vmcnt(0) lgkmcnt(0)\n"
                                       "v_add_u32 v2, s10, v2\n"
                                       "global_store_dword v1, v2, s[8:9] offset:1024\n");
    asm_set_sgpr64(m, 8, (uintptr_t)m->data);
    uint32_t *words = (uint32_t *)m->data;
    for (unsigned i = 0; i < 64; i++)
        words[i] = 100 * i;
    assert_int_equal(asm_run(m), CAIRN_WAVE_DONE);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(words[256 + i], 100 * i + 200);
    asm_destroy(m);
}

static void a_wild_store_is_a_fault_of_the_wave(void **state)
{
    struct asm_machine *m = asm_create("s_nop 0\n"
                                       "v_mov_b32 v3, 7\n"
                                       "v_lshlrev_b32 v1, 2, v0\n"
                                       "global_store_dword v1, v3, s[8:9]\n");
    uint64_t last = (uintptr_t)m->data + ASM_DATA_BYTES;
    asm_set_sgpr64(m, 8, last - 4 * 10);
    assert_int_equal(asm_run(m), CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_UNMAPPED);
    assert_true(m->wave->fault.address == last);
    assert_int_equal(m->wave->fault.lane, 10);
    assert_true(m->wave->fault.pc == m->code.base + 12);
    assert_string_equal(m->wave->fault.insn_name, "global_store_dword");
    asm_destroy(m);
}

static void waves_meet_at_a_barrier(void **state)
{
    struct asm_machine *m = asm_create_items("v_lshlrev_b32 v1, 2, v0\n"
                                             "ds_write_b32 v1, v0\n"
                                             "s_waitcnt lgkmcnt(0)\n"
                                             "s_barrier\n"
                                             "v_xor_b32 v1, 0x3fc, v1\n"
                                             "ds_read_b32 v2, v1\n"
                                             "s_waitcnt lgkmcnt(0)\n",
                                             256);
    assert_int_equal(asm_run(m), CAIRN_WAVE_DONE);
    for (unsigned i = 0; i < 256; i++)
        assert_int_equal(m->group.waves[i / 64].vgpr[2][i % 64], 255 - i);
    asm_destroy(m);
}

static void an_instruction_without_handler_is_named(void **state)
{
    struct asm_machine *m = asm_create("s_nop 0\nv_screen_partition_4se_b32 v1, v2\n");
    assert_int_equal(asm_run(m), CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_UNIMPLEMENTED);
    assert_string_equal(m->wave->fault.insn_name, "v_screen_partition_4se_b32_e32");
    assert_true(m->wave->fault.pc == m->code.base + 4);
    asm_destroy(m);
}

static void bytes_that_are_no_instruction_are_illegal(void **state)
{
    struct asm_machine *m = asm_create("s_nop 0\n.long 0xffffffff\n");
    assert_int_equal(asm_run(m), CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_ILLEGAL_INSTRUCTION);
    assert_true(m->wave->fault.pc == m->code.base + 4);
    asm_destroy(m);
}

static void a_jump_out_of_the_code_is_a_fault(void **state)
{
    struct asm_machine *m = asm_create("s_mov_b64 s[8:9], 64\ns_setpc_b64 s[8:9]\n");
    assert_int_equal(asm_run(m), CAIRN_WAVE_FAULTED);
    assert_int_equal(m->wave->fault.kind, CAIRN_FAULT_BAD_PC);
    assert_true(m->wave->fault.address == 64);
    asm_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalar_and_vector_arithmetic),
        cmocka_unit_test(a_loop_ends),
        cmocka_unit_test(memory_is_read_and_written),
        cmocka_unit_test(a_wild_store_is_a_fault_of_the_wave),
        cmocka_unit_test(waves_meet_at_a_barrier),
        cmocka_unit_test(an_instruction_without_handler_is_named),
        cmocka_unit_test(bytes_that_are_no_instruction_are_illegal),
        cmocka_unit_test(a_jump_out_of_the_code_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
