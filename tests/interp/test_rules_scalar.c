/* SPDX-License-Identifier: MIT
 * Rules of scalar instructions, of registers out of range, of scalar memory and of control, each
 * where an emulator is most likely to be wrong.
 */
#include "rules.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* The waves of the next tests have 16 VGPRs and 8 AGPRs behind them. */
static void few_registers(struct asm_machine *m)
{
    m->launch.vgprs = 24;
    m->launch.agpr_offset = 16;
}

static void vgprs_out_of_range(void **state)
{
    static const struct rule rules[] = {
        {"R3 a source out of range reads v0", "v_mov_b32 v1, v16", {V(1, 5, 5)}},
        {"R3 both sources", "v_add_u32 v1, v17, v255", {V(1, 7, 14)}},
        {"R3 a destination out of range cancels, VCC included",
         "s_mov_b64 vcc, 5\nv_add_co_u32 v16, vcc, -1, v0",
         {VCC(5, 0)}},
        {"R3 a pair half out of range cancels",
         "v_mov_b32 v15, 3\nv_cvt_f64_u32 v[16:17], v0",
         {V(15, 1, 3)}},
        {"R3 compares have no vector destination", "v_cmp_eq_u32 vcc, v20, v0", {VCC(~0u, ~0u)}},
        {"R4 a load whose last register is out of range loads nothing",
         "v_mov_b32 v14, 9\nv_mov_b32 v1, 0\nglobal_load_dwordx4 v[14:17], v1, s[16:17]\n",
         {V(14, 0, 9)}},
        {"R4 an atomic whose result is out of range does nothing",
         "v_mov_b32 v1, 0\nv_mov_b32 v2, 4\nglobal_atomic_add v16, v1, v2, s[16:17] glc",
         {DATA(0, 0)}},
        {"R7 a0 is behind the VGPRs, not v0",
         "v_mov_b32 v1, 7\nv_accvgpr_write_b32 a0, v1\nv_accvgpr_read_b32 v2, a0",
         {A(0, 3, 7), V(0, 3, 3), V(2, 3, 7)}},
        {"R7 AGPRs have their own bound: a8 reads v0", "v_accvgpr_read_b32 v2, a8", {V(2, 9, 9)}},
    };
    rules_check(rules, COUNT(rules), few_registers);
}

static void registers(void **state)
{
    static const struct rule rules[] = {
        {"R5 an odd scalar pair is illegal", ".long 0xbe840103", {FAULT(ILLEGAL_INSTRUCTION)}},
        {"R6 scalar loads may have VCC as destination",
         "s_mov_b32 s4, 0x1234\nv_mov_b32 v1, 0\nv_mov_b32 v2, s4\n"
         "global_store_dword v1, v2, s[16:17]\ns_load_dwordx2 vcc, s[16:17], 0x0\n"
         "v_cndmask_b32 v3, 1, 2, vcc",
         {VCC(0x1234, 0), V(3, 2, 2), V(3, 3, 1)}},
        {"R6 flat_scratch and xnack_mask are registers of their own",
         "s_mov_b64 flat_scratch, 5\ns_mov_b64 xnack_mask, 6\ns_mov_b64 vcc, 7",
         {S(102, 5), S(104, 6), S(106, 7)}},
        {"T6 trap temporaries read 0 and cannot be written",
         "s_mov_b32 ttmp3, 5\ns_mov_b64 ttmp[4:5], -1\ns_mov_b32 s8, 1\ns_mov_b32 s8, ttmp3\n"
         "s_memtime ttmp[0:1]\ns_getpc_b64 ttmp[2:3]",
         {S(8, 0), S(108, 0), S(110, 0), S(111, 0), S(112, 0)}},
        {"S12 a 32-bit read of an aperture is its low half",
         "s_mov_b32 s8, 1\ns_mov_b32 s8, src_shared_base\ns_mov_b32 s9, src_private_base",
         {S(8, 0), S(9, 0)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

static void scalar_alu(void **state)
{
    static const struct rule rules[] = {
        {"S1 signed overflow",
         "s_brev_b32 s8, -2\ns_add_i32 s9, s8, 1",
         {S(9, 0x80000000), SCC(1)}},
        {"S1 no signed overflow", "s_cmp_eq_u32 s0, s0\ns_add_i32 s9, -1, 1", {S(9, 0), SCC(0)}},
        {"S1 carry", "s_add_u32 s9, -1, 1", {S(9, 0), SCC(1)}},
        {"S1 addk overflows signed",
         "s_brev_b32 s8, -2\ns_addk_i32 s8, 0x1",
         {S(8, 0x80000000), SCC(1)}},
        {"S1 borrow", "s_sub_u32 s9, 1, 2", {S(9, ~0u), SCC(1)}},
        {"S1 addc", "s_cmp_eq_u32 s0, s0\ns_addc_u32 s9, -1, 0", {S(9, 0), SCC(1)}},
        {"S1 subb", "s_cmp_eq_u32 s0, s0\ns_subb_u32 s9, 0, 0", {S(9, ~0u), SCC(1)}},
        {"S2 max of equals", "s_max_i32 s9, 5, 5", {S(9, 5), SCC(1)}},
        {"S2 max unsigned of equals", "s_max_u32 s9, 5, 5", {SCC(1)}},
        {"S2 min of equals", "s_cmp_eq_u32 s0, s0\ns_min_i32 s9, 5, 5", {S(9, 5), SCC(0)}},
        {"S3 absdiff does not widen",
         "s_brev_b32 s8, 1\ns_absdiff_i32 s9, s8, 1\ns_absdiff_i32 s10, s8, 0",
         {S(9, 0x7fffffff), S(10, 0x80000000), SCC(1)}},
        {"S3 abs of the smallest",
         "s_brev_b32 s8, 1\ns_abs_i32 s9, s8",
         {S(9, 0x80000000), SCC(1)}},
        {"S4 bfe width 0", "s_bfe_u32 s9, -1, 4", {S(9, 0), SCC(0)}},
        {"S4 bfe past the top", "s_bfe_u32 s9, -1, 0x3f001c", {S(9, 15), SCC(1)}},
        {"S4 signed bfe", "s_bfe_i32 s9, 8, 0x40000", {S(9, 0xfffffff8), SCC(1)}},
        {"S4 64-bit bfe",
         "s_mov_b64 s[8:9], -1\ns_bfe_u64 s[10:11], s[8:9], 0x28003c",
         {S(10, 15), S(11, 0)}},
        {"S4 64-bit signed bfe",
         "s_mov_b64 s[8:9], 16\ns_bfe_i64 s[10:11], s[8:9], 0x50000",
         {S(10, 0xfffffff0), S(11, ~0u)}},
        {"S5 shift counts are masked", "s_lshl_b32 s9, 1, 33", {S(9, 2), SCC(1)}},
        {"S5 64-bit shift counts", "s_lshl_b64 s[8:9], 1, 0x41", {S(8, 2), S(9, 0)}},
        {"S5 s_mul_i32 leaves SCC", "s_cmp_eq_u32 s0, s0\ns_mul_i32 s9, 0, 5", {S(9, 0), SCC(1)}},
        {"S5 s_bfm leaves SCC", "s_cmp_lg_u32 s0, s0\ns_bfm_b32 s9, 4, 8", {S(9, 0xf00), SCC(0)}},
        {"S5 s_bcnt sets SCC", "s_bcnt1_i32_b64 s9, exec", {S(9, 64), SCC(1)}},
        {"S6 bits lost by the shift",
         "s_brev_b32 s8, 1\ns_lshl1_add_u32 s9, s8, 0",
         {S(9, 0), SCC(1)}},
        {"S7 flbit of 0 and -1",
         "s_flbit_i32 s8, 0\ns_flbit_i32 s9, -1\ns_flbit_i32_b32 s10, 0\ns_ff1_i32_b64 s11, 0",
         {S(8, ~0u), S(9, ~0u), S(10, ~0u), S(11, ~0u)}},
        {"S7 flbit of a negative number", "s_flbit_i32 s8, -16", {S(8, 28)}},
        {"S8 saveexec reads its source before it writes",
         "s_mov_b64 s[8:9], 0xf0\ns_and_saveexec_b64 s[8:9], s[8:9]",
         {S(8, ~0u), S(9, ~0u), EXEC(0xf0, 0), SCC(1)}},
        {"S8 SCC of an empty EXEC",
         "s_and_saveexec_b64 s[8:9], 0\ns_or_saveexec_b64 s[10:11], 3",
         {S(8, ~0u), S(10, 0), EXEC(3, 0), SCC(1)}},
        {"S8 andn2: source and not EXEC; orn1: not source or EXEC",
         "s_mov_b64 exec, 6\ns_andn2_saveexec_b64 s[8:9], 3\n"
         "s_mov_b64 exec, 6\ns_orn1_saveexec_b64 s[10:11], -4",
         {S(8, 6), EXEC(7, 0)}},
        {"S8 wrexec gives the new EXEC",
         "s_mov_b64 exec, 6\ns_andn1_wrexec_b64 s[8:9], 2",
         {S(8, 4), EXEC(4, 0), SCC(1)}},
        {"S9 movrels of a pair does not double M0",
         "s_mov_b32 m0, 2\ns_mov_b64 s[10:11], 77\ns_movrels_b64 s[18:19], s[8:9]",
         {S(18, 77), S(19, 0)}},
        {"S9 movreld", "s_mov_b32 m0, 3\ns_movreld_b32 s8, 5", {S(11, 5), S(8, 0)}},
        {"S10 cselect and cmov keep SCC",
         "s_mov_b32 s9, 4\ns_cmp_lg_u32 s0, s0\ns_cselect_b32 s8, 1, 2\ns_cmov_b32 s9, 3",
         {S(8, 2), S(9, 4), SCC(0)}},
        {"S10 bitcmp masks the bit number", "s_bitcmp1_b32 2, 33", {SCC(1)}},
        {"S11 1/(2 pi) as a double",
         "s_mov_b64 s[8:9], 0.15915494309189532",
         {S(8, 0x6dc9c882), S(9, 0x3fc45f30)}},
        {"S11 1/(2 pi) as a float", "s_mov_b32 s8, 0.15915494309189532", {S(8, 0x3e22f983)}},
        {"64-bit untyped literal is zero-extended",
         "s_mov_b64 s[8:9], 0x89abcdef",
         {S(8, 0x89abcdef), S(9, 0)}},
        {"64-bit inline integers are sign-extended",
         "s_mov_b64 s[8:9], -5",
         {S(8, -5u), S(9, ~0u)}},
        {"cmpk compares unsigned with a zero-extended immediate",
         "s_movk_i32 s8, 0xffff\ns_cmpk_gt_u32 s8, 0xffff",
         {S(8, ~0u), SCC(1)}},
        {"cmpk signed", "s_movk_i32 s8, 0xffff\ns_cmpk_eq_i32 s8, 0xffff", {SCC(1)}},
        {"wqm and quadmask",
         "s_mov_b64 s[8:9], 0x1008\ns_wqm_b64 s[10:11], s[8:9]\ns_quadmask_b64 s[12:13], s[8:9]",
         {S(10, 0xf00f), S(12, 9), SCC(1)}},
        {"bitreplicate",
         "s_bitreplicate_b64_b32 s[8:9], 0x80000005",
         {S(8, 0x33), S(9, 0xc0000000)}},
        {"pack",
         "s_mov_b32 s8, 0x11112222\ns_mov_b32 s9, 0x33334444\n"
         "s_pack_ll_b32_b16 s10, s8, s9\ns_pack_lh_b32_b16 s11, s8, s9\n"
         "s_pack_hh_b32_b16 s12, s8, s9",
         {S(10, 0x44442222), S(11, 0x33332222), S(12, 0x33331111)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

/* Data dwords 0..3 hold 10, 11, 12, 13; descriptor at s[20:23] with num_records in s22. */
#define DATA_TO_10                                                                                 \
    "v_add_u32 v1, 10, v0\nv_lshlrev_b32 v2, 2, v0\nglobal_store_dword v2, v1, s[16:17]\n"
#define DESCRIPTOR(stride, records)                                                                \
    "s_mov_b64 s[20:21], s[16:17]\ns_or_b32 s21, s21, " #stride "<<16\ns_mov_b32 s22, " #records   \
    "\ns_mov_b32 s23, 0\n"

static void scalar_memory(void **state)
{
    static const struct rule rules[] = {
        {"MS1 the low two bits of the sum are dropped",
         DATA_TO_10 "s_mov_b32 s8, 7\ns_load_dword s9, s[16:17], s8",
         {S(9, 11)}},
        {"MS1 the immediate is signed",
         DATA_TO_10
         "s_add_u32 s18, s16, 16\ns_addc_u32 s19, s17, 0\ns_load_dword s9, s[18:19], -0x8",
         {S(9, 12)}},
        {"MS2 dwords past num_records are 0",
         DATA_TO_10 DESCRIPTOR(0, 8) "s_buffer_load_dwordx4 s[8:11], s[20:23], 0x0",
         {S(8, 10), S(9, 11), S(10, 0), S(11, 0)}},
        {"MS2 stride times records is the bound, and no part of the address",
         DATA_TO_10 DESCRIPTOR(4, 3) "s_buffer_load_dwordx4 s[8:11], s[20:23], 0x4",
         {S(8, 11), S(9, 12), S(10, 0), S(11, 0)}},
        {"MS2 stores past num_records vanish",
         DESCRIPTOR(0, 4) "s_mov_b64 s[8:9], -1\ns_buffer_store_dwordx2 s[8:9], s[20:23], 0x0",
         {DATA(0, ~0u), DATA(1, 0)}},
        {"MS3 an atomic returns only with glc",
         "s_mov_b32 s8, 5\ns_atomic_add s8, s[16:17], 0x0\ns_mov_b32 s9, 6\n"
         "s_atomic_add s9, s[16:17], 0x0 glc",
         {S(8, 5), S(9, 5), DATA(0, 11)}},
        {"A1 compare-swap: low register new, high register compared",
         "s_mov_b32 s8, 2\ns_mov_b32 s9, 0\ns_atomic_cmpswap s[8:9], s[16:17], 0x0 glc",
         {S(8, 0), DATA(0, 2)}},
        {"A2 inc and dec wrap",
         "s_mov_b32 s8, 0\ns_atomic_inc s8, s[16:17], 0x0\ns_mov_b32 s8, 9\n"
         "s_atomic_dec s8, s[16:17], 0x0",
         {DATA(0, 9)}},
        {"64-bit atomics",
         "s_mov_b64 s[8:9], -1\ns_atomic_sub_x2 s[8:9], s[16:17], 0x8",
         {DATA(2, 1), DATA(3, 0)}},
        {"scalar stores",
         "s_mov_b64 s[8:9], 0x77\ns_mov_b64 s[10:11], 0x88\ns_store_dwordx4 s[8:11], s[16:17], "
         "0x10",
         {DATA(4, 0x77), DATA(5, 0), DATA(6, 0x88)}},
        {"a load from nowhere is a fault",
         "s_mov_b64 s[8:9], 0\ns_load_dword s10, s[8:9], 0x40",
         {FAULT(UNMAPPED)}},
        {"MS4 clocks run",
         "s_memtime s[8:9]\ns_memrealtime s[10:11]\ns_sleep 1\ns_memtime s[12:13]\n"
         "s_sub_u32 s14, s12, s8\ns_subb_u32 s15, s13, s9\ns_cmp_lg_u64 s[10:11], 0",
         {S(15, 0), SCC(1)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

static void control(void **state)
{
    static const struct rule rules[] = {
        {"T1 execz and vccz are live",
         "s_mov_b64 vcc, 0\ns_cbranch_vccz 1\ns_mov_b32 s8, 1\ns_mov_b64 exec, 0\n"
         "s_cbranch_execnz 1\ns_mov_b32 s9, 1",
         {S(8, 0), S(9, 1)}},
        {"T2 setreg merges its field and cannot change the rest",
         "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 0\ns_getreg_b32 s8, hwreg(HW_REG_MODE, 0, "
         "10)",
         {S(8, 0x3c0), MODE(0x3c0)}},
        {"T2 a reserved bit of MODE stays 0",
         "s_mov_b32 s8, -1\ns_setreg_b32 hwreg(HW_REG_MODE, 19, 2), s8",
         {MODE(0x3f0)}},
        {"T2 STATUS shows SCC, EXECZ and VCCZ",
         "s_mov_b64 exec, 0\ns_mov_b64 vcc, 1\ns_cmp_eq_u32 s0, s0\n"
         "s_getreg_b32 s8, hwreg(HW_REG_STATUS, 0, 11)",
         {S(8, 1 | 1 << 9)}},
        {"T2 STATUS cannot be written",
         "s_setreg_imm32_b32 hwreg(HW_REG_STATUS, 0, 1), 1\ns_mov_b32 s8, 3",
         {SCC(0), S(8, 3)}},
        {"MEM_BASES of older compilers' code",
         "s_getreg_b32 s8, hwreg(HW_REG_SH_MEM_BASES, 16, 16)\n"
         "s_getreg_b32 s9, hwreg(HW_REG_SH_MEM_BASES, 0, 16)",
         {S(8, 1), S(9, 2)}},
        {"T3 source index",
         "v_mov_b32 v4, 44\ns_mov_b32 s8, 3\ns_set_gpr_idx_on s8, gpr_idx(SRC0)\n"
         "v_mov_b32 v9, v1\ns_set_gpr_idx_off",
         {V(9, 0, 44), MODE(0x3f0)}},
        {"T3 destination index, and only that",
         "v_mov_b32 v2, 22\ns_set_gpr_idx_on 5, gpr_idx(DST)\nv_mov_b32 v3, v2\ns_set_gpr_idx_off",
         {V(8, 0, 22), V(3, 0, 0)}},
        {"T3 set_gpr_idx_on keeps other bits of M0",
         "s_mov_b32 m0, 0x00ff0f00\ns_set_gpr_idx_on 5, gpr_idx(SRC0,DST)\ns_set_gpr_idx_off",
         {S(124, 0x00ff9f05)}},
        {"T3 _idx and _mode write their own bits",
         "s_mov_b32 m0, 0xf0ff\ns_set_gpr_idx_idx 3\ns_set_gpr_idx_mode gpr_idx(SRC1)",
         {S(124, 0x2003)}},
        {"T3 scalar and constant sources are not indexed",
         "s_mov_b32 s8, 9\ns_set_gpr_idx_on 2, gpr_idx(SRC0)\nv_mov_b32 v3, s8\ns_set_gpr_idx_off",
         {V(3, 0, 9)}},
        {"T3 an index past the registers reads v0",
         "v_mov_b32 v1, 5\ns_set_gpr_idx_on 255, gpr_idx(SRC0)\nv_mov_b32 v3, v1\n"
         "v_mov_b32 v4, v0\ns_set_gpr_idx_off",
         {V(3, 6, 6), V(4, 6, 0)}},
        {"T4 getpc is the next instruction; setpc jumps there",
         "s_getpc_b64 s[8:9]\ns_add_u32 s8, s8, 16\ns_addc_u32 s9, s9, 0\ns_setpc_b64 s[8:9]\n"
         "s_mov_b32 s10, 1\ns_mov_b32 s11, 2\n",
         {S(10, 0), S(11, 2)}},
        {"T4 call saves the next address, swappc returns",
         "s_call_b64 s[8:9], 2\ns_mov_b32 s10, 5\ns_branch 2\ns_mov_b32 s11, 6\n"
         "s_swappc_b64 s[12:13], s[8:9]\n",
         {S(10, 5), S(11, 6)}},
        {"T4 a jump to 0 is an ordinary jump", "s_setpc_b64 s[18:19]", {FAULT(BAD_PC)}},
        {"T6 s_trap 2", "s_mov_b32 s8, 1\ns_trap 2\ns_mov_b32 s8, 2", {FAULT(TRAP), S(8, 1)}},
        {"s_trap 3 without a debugger", "s_trap 3\ns_mov_b32 s8, 2", {S(8, 2)}},
        {"T7 setkill ends the wave", "s_setkill 1\ns_mov_b32 s8, 2", {S(8, 0)}},
        {"T7 sethalt parks it", "s_sethalt 1\ns_mov_b32 s8, 2", {FAULT(HALT), S(8, 0)}},
        {"T7 sethalt 0 does nothing", "s_sethalt 0\ns_mov_b32 s8, 2", {S(8, 2)}},
        {"T7 no debugger: cdbg branches fall through",
         "s_cbranch_cdbgsys 1\ns_mov_b32 s8, 2\ns_cbranch_cdbguser 1\ns_mov_b32 s9, 3",
         {S(8, 2), S(9, 3)}},
        {"T8 VSKIP skips vector and memory instructions",
         "s_setvskip 1, 0\nv_mov_b32 v1, 5\nglobal_store_dword v0, v0, s[18:19]\ns_setvskip 0, 0\n"
         "v_mov_b32 v2, 6",
         {V(1, 0, 0), V(2, 0, 6)}},
        {"T9 fork runs the smaller side first, join the other one",
         "s_mov_b64 s[20:21], 0xf\ns_cbranch_i_fork s[20:21], 3\nv_add_u32 v1, 1, v1\n"
         "v_readfirstlane_b32 s22, v0\ns_branch 2\nv_add_u32 v1, 2, v1\n"
         "v_readfirstlane_b32 s23, v0\ns_mov_b32 s24, 0\ns_cbranch_join s24",
         {V(1, 3, 2), V(1, 4, 1), S(22, 4), S(23, 0), EXEC(0xfffffff0, ~0u), MODE(0x3f0)}},
        {"T9 one side alone forks nothing",
         "s_mov_b64 s[20:21], 0\ns_cbranch_i_fork s[20:21], 1\ns_mov_b32 s8, 1\ns_mov_b32 s9, 1",
         {S(8, 1), S(9, 1), MODE(0x3f0)}},
        {"sendmsg interrupt yields and goes on",
         "s_mov_b32 m0, 3\ns_sendmsg sendmsg(MSG_INTERRUPT)\ns_mov_b32 s8, 2",
         {S(8, 2)}},
        {"other messages are not made up",
         "s_sendmsg sendmsg(MSG_SAVEWAVE)",
         {FAULT(UNIMPLEMENTED)}},
        {"nothing is decoded past s_endpgm",
         "s_mov_b32 s8, 1\ns_endpgm\n.long 0xffffffff",
         {S(8, 1)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

static void hardware_id_is_stable(void **state)
{
    struct asm_machine *m = asm_create("s_getreg_b32 s8, hwreg(HW_REG_HW_ID)\ns_sleep 1\n"
                                       "s_getreg_b32 s9, hwreg(HW_REG_HW_ID)");
    assert_int_equal(asm_run(m), CAIRN_WAVE_DONE);
    assert_int_equal(m->wave->sgpr[8], m->wave->sgpr[9]);
    asm_destroy(m);
}

/* T5: waves that have ended count as arrived; T10: every enabled SGPR is there. */
static void barriers_do_not_wait_for_ended_waves(void **state)
{
    struct asm_machine *m = asm_create_items("v_readfirstlane_b32 s8, v0\ns_cmp_lt_u32 s8, 64\n"
                                             "s_cbranch_scc1 2\ns_barrier\ns_mov_b32 s9, 1",
                                             256);
    assert_int_equal(asm_run_slices(m, 50, 1000), CAIRN_WAVE_DONE);
    assert_int_equal(m->group.waves[0].sgpr[9], 0);
    for (unsigned i = 1; i < 4; i++)
        assert_int_equal(m->group.waves[i].sgpr[9], 1);
    asm_destroy(m);
}

static void a_spinning_wave_gives_way(void **state)
{
    struct asm_machine *m = asm_create("loop: s_branch loop");
    assert_int_equal(asm_run_slices(m, 3, 1000), CAIRN_WAVE_READY);
    assert_in_range(m->wave->instructions, 3000, 3200);
    atomic_store(&m->launch.stop, 1);
    assert_int_equal(cairn_interp_run(m->wave, UINT64_MAX), CAIRN_WAVE_READY);
    asm_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vgprs_out_of_range),
        cmocka_unit_test(registers),
        cmocka_unit_test(scalar_alu),
        cmocka_unit_test(scalar_memory),
        cmocka_unit_test(control),
        cmocka_unit_test(hardware_id_is_stable),
        cmocka_unit_test(barriers_do_not_wait_for_ended_waves),
        cmocka_unit_test(a_spinning_wave_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
