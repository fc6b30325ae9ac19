/* SPDX-License-Identifier: MIT
 * Rules of vector instructions: integers, carries, clamp, compares, lanes, and the modifiers SDWA,
 * DPP, op_sel, abs, neg, omod.
 */
#include "rules.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void integers(void **state)
{
    static const struct rule rules[] = {
        {"I1 clamp: add_u32", "v_mov_b32 v1, -1\nv_add_u32_e64 v2, v1, 1 clamp", {V(2, 0, ~0u)}},
        {"I1 clamp: sub_u32", "v_mov_b32 v1, 0\nv_sub_u32_e64 v2, v1, 1 clamp", {V(2, 0, 0)}},
        {"I1 clamp: subrev_u32", "v_mov_b32 v1, 1\nv_subrev_u32_e64 v2, v1, 0 clamp", {V(2, 0, 0)}},
        {"I1 clamp: add_i32",
         "v_bfrev_b32 v1, -2\nv_add_i32 v2, v1, 1 clamp\nv_add_i32 v3, v1, 1",
         {V(2, 0, 0x7fffffff), V(3, 0, 0x80000000)}},
        {"I1 clamp: sub_i32",
         "v_bfrev_b32 v1, 1\nv_sub_i32 v2, v1, 1 clamp",
         {V(2, 0, 0x80000000)}},
        {"I1 clamp: subb takes the borrow out unclamped",
         "v_mov_b32 v1, 0\ns_mov_b64 s[8:9], 0\nv_subb_co_u32_e64 v2, s[10:11], v1, 1, s[8:9] "
         "clamp",
         {V(2, 0, 0), S(10, ~0u), S(11, ~0u)}},
        {"I1 clamp: addc",
         "v_mov_b32 v1, -1\ns_mov_b64 s[8:9], -1\nv_addc_co_u32_e64 v2, s[10:11], v1, 0, s[8:9] "
         "clamp",
         {V(2, 0, ~0u), S(10, ~0u)}},
        {"I1 clamp: mad_u16",
         "v_mov_b32 v1, 0xffff\nv_mov_b32 v2, 0x12340000\nv_mad_u16 v2, v1, 2, 0 clamp",
         {V(2, 0, 0x1234ffff)}},
        {"I1 clamp: mad_legacy_i16",
         "v_mov_b32 v1, 0x8000\nv_mad_legacy_i16 v2, v1, 2, 0 clamp",
         {V(2, 0, 0x8000)}},
        {"I1 clamp: mad_u32_u24",
         "v_mov_b32 v1, 0xffffff\nv_mad_u32_u24 v2, v1, v1, 0 clamp\nv_mad_u32_u24 v3, v1, v1, 0",
         {V(2, 0, ~0u), V(3, 0, 0xfe000001)}},
        {"I1 clamp: packed",
         "v_mov_b32 v1, 0x7fffffff\nv_mov_b32 v2, 0x10001\nv_pk_add_i16 v3, v1, v2 clamp\n"
         "v_pk_add_u16 v4, v1, v2 clamp\nv_pk_sub_u16 v5, v2, v1 clamp",
         {V(3, 0, 0x7fff0000), V(4, 0, 0x8000ffff), V(5, 0, 0)}},
        {"I3 carries write the whole mask",
         "s_mov_b64 vcc, -1\ns_mov_b64 exec, 1\nv_add_co_u32 v1, vcc, -1, v0",
         {VCC(0, 0)}},
        {"I3 only active lanes carry",
         "v_mov_b32 v1, -1\ns_mov_b64 exec, 3\nv_add_co_u32 v1, vcc, 1, v1",
         {VCC(3, 0), V(1, 1, 0), V(1, 2, ~0u)}},
        {"I3 borrow of subb looks at 64 bits",
         "s_mov_b64 vcc, -1\nv_mov_b32 v1, -1\nv_subb_co_u32 v2, vcc, -1, v1, vcc",
         {V(2, 0, ~0u), VCC(~0u, ~0u)}},
        {"I4 VOP3 carry in from SGPRs",
         "s_mov_b64 s[8:9], 2\nv_mov_b32 v1, 5\nv_addc_co_u32_e64 v2, s[10:11], v1, v1, s[8:9]",
         {V(2, 0, 10), V(2, 1, 11), S(10, 0)}},
        {"I4 mad_u64_u32 is a 65-bit sum",
         "v_mov_b32 v2, -1\nv_mov_b32 v3, -1\nv_mov_b32 v1, -1\n"
         "v_mad_u64_u32 v[4:5], s[8:9], v1, v1, v[2:3]",
         {V(4, 0, 0), V(5, 0, 0xfffffffe), S(8, ~0u), S(9, ~0u)}},
        {"I4 mad_i64_i32",
         "v_mov_b32 v1, -2\nv_mad_i64_i32 v[4:5], s[8:9], v1, 3, 1",
         {V(4, 0, -5u), V(5, 0, ~0u)}},
        {"I6 bcnt adds", "v_mov_b32 v1, 0xff\nv_bcnt_u32_b32 v2, v1, 4", {V(2, 0, 12)}},
        {"I6 mbcnt ignores EXEC",
         "s_mov_b64 s[8:9], -1\ns_lshl_b64 exec, 1, 40\nv_mbcnt_lo_u32_b32 v1, s8, 50\n"
         "v_mbcnt_hi_u32_b32 v1, s9, v1",
         {V(1, 40, 90)}},
        {"I7 24-bit multiplies ignore the top byte",
         "v_mov_b32 v1, 0xff000003\nv_mul_u32_u24 v2, v1, v1\nv_mul_i32_i24 v3, v1, v1",
         {V(2, 0, 9), V(3, 0, 9)}},
        {"I7 high part is bits 47:32, sign-extended",
         "v_mov_b32 v1, 0x800000\nv_mul_hi_i32_i24 v2, v1, 1\nv_mul_hi_u32_u24 v3, v1, v1\n"
         "v_mul_hi_i32_i24 v4, v1, v1",
         {V(2, 0, ~0u), V(3, 0, 0x4000), V(4, 0, 0x4000)}},
        {"I8 perm selectors",
         "v_mov_b32 v1, 0x80018182\nv_mov_b32 v2, 0x7f008384\nv_mov_b32 v3, 0x0d0c0a08\n"
         "v_perm_b32 v4, v1, v2, v3\nv_mov_b32 v3, 0x07040300\nv_perm_b32 v5, v1, v2, v3\n"
         "v_mov_b32 v3, 0xff0b0a09\nv_perm_b32 v6, v1, v2, v3",
         {V(4, 0, 0xff00ffff), V(5, 0, 0x80827f84), V(6, 0, 0xffffff00)}},
        {"I8 alignbyte and alignbit mask their counts",
         "v_mov_b32 v1, 0x11223344\nv_mov_b32 v2, 0x55667788\nv_alignbyte_b32 v3, v1, v2, 5\n"
         "v_alignbit_b32 v4, v1, v2, 36",
         {V(3, 0, 0x44556677), V(4, 0, 0x45566778)}},
        {"I9 msad skips bytes where the reference is 0",
         "v_mov_b32 v1, 0x05050505\nv_mov_b32 v2, 0x00030006\nv_msad_u8 v3, v1, v2, 1\n"
         "v_sad_u8 v4, v1, v2, 1",
         {V(3, 0, 4), V(4, 0, 14)}},
        {"I9 lerp rounds by bit 0",
         "v_mov_b32 v1, 0xff010203\nv_mov_b32 v2, 0xff020304\nv_mov_b32 v3, 0x01000100\n"
         "v_lerp_u8 v4, v1, v2, v3",
         {V(4, 0, 0xff010303)}},
        {"I9 mqsad_u32 slides by a byte and accumulates in 128 bits",
         "v_mov_b32 v2, 0x04030201\nv_mov_b32 v3, 0x08070605\nv_mov_b32 v1, 0x01010101\n"
         "v_mov_b32 v4, 1\nv_mov_b32 v7, 100\nv_mqsad_u32_u8 v[4:7], v[2:3], v1, v[4:7]",
         {V(4, 0, 7), V(5, 0, 10), V(6, 0, 14), V(7, 0, 118)}},
        {"I10 16-bit shifts use 4 bits of the count",
         "v_mov_b32 v1, 0xffff0001\nv_lshlrev_b16 v2, 17, v1\nv_pk_lshlrev_b16 v3, 17, v1 "
         "op_sel_hi:[0,1]",
         {V(2, 0, 2), V(3, 0, 0xfffe0002)}},
        {"I11 cndmask honours neg as a sign edit",
         "s_mov_b64 vcc, 1\nv_mov_b32 v1, 1.0\nv_cndmask_b32_e64 v2, -v1, |v1|, vcc",
         {V(2, 0, 0x3f800000), V(2, 1, 0xbf800000)}},
        {"S4 v_bfe masks the width: 32 is 0",
         "v_mov_b32 v1, -1\nv_bfe_u32 v2, v1, 0, 32\nv_bfe_i32 v3, v1, 28, 8\nv_bfe_i32 v4, v1, 0, "
         "32",
         {V(2, 0, 0), V(3, 0, ~0u), V(4, 0, 0)}},
        {"S7 ffbh and ffbl of nothing",
         "v_ffbh_u32 v1, 0\nv_ffbl_b32 v2, 0\nv_ffbh_i32 v3, -1\nv_ffbh_i32 v4, 0\nv_ffbh_u32 v5, "
         "1",
         {V(1, 0, ~0u), V(2, 0, ~0u), V(3, 0, ~0u), V(4, 0, ~0u), V(5, 0, 31)}},
        {"pk_mov may turn a pair round",
         "v_mov_b32 v2, 2\nv_mov_b32 v3, 3\nv_pk_mov_b32 v[2:3], v[2:3], v[2:3] op_sel:[1,0]\n"
         "s_mov_b64 exec, 1\nv_pk_mov_b32 v[2:3], v[2:3], v[2:3] op_sel:[1,0]",
         {V(2, 0, 2), V(3, 0, 3), V(2, 1, 3), V(3, 1, 2)}},
        {"P3 pk_mov takes the dwords that op_sel names",
         "v_mov_b32 v2, 2\nv_mov_b32 v3, 3\nv_mov_b32 v4, 4\nv_mov_b32 v5, 5\n"
         "v_pk_mov_b32 v[6:7], v[2:3], v[4:5] op_sel:[1,0]\ns_mov_b32 s8, 8\ns_mov_b32 s9, 9\n"
         "v_pk_mov_b32 v[8:9], s[8:9], s[8:9] op_sel:[0,1]",
         {V(6, 0, 3), V(7, 0, 4), V(8, 0, 8), V(9, 0, 9)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

static void compares(void **state)
{
    static const struct rule rules[] = {
        {"K1 every bit of the mask is written",
         "s_mov_b64 vcc, -1\ns_mov_b64 exec, 0xf0\nv_cmp_t_u32 vcc, v0, v0",
         {VCC(0xf0, 0)}},
        {"K1 VOP3 too",
         "s_mov_b64 s[8:9], -1\ns_mov_b64 exec, 0xf0\nv_cmp_eq_u32 s[8:9], v0, v0",
         {S(8, 0xf0), S(9, 0)}},
        {"K2 cmpx writes its mask and EXEC",
         "v_cmpx_gt_u32 vcc, 4, v0\nv_mov_b32 v1, 1",
         {VCC(0xf, 0), EXEC(0xf, 0), V(1, 3, 1), V(1, 4, 0)}},
        {"K2 cmpx with an explicit mask leaves VCC",
         "s_mov_b64 vcc, 5\nv_cmpx_gt_u32_e64 s[8:9], 4, v0",
         {VCC(5, 0), S(8, 0xf), EXEC(0xf, 0)}},
        {"K3 unordered predicates",
         "v_mov_b32 v1, 0x7fc00000\nv_cmp_neq_f32 s[8:9], v1, v1\nv_cmp_lg_f32 s[10:11], v1, v1\n"
         "v_cmp_nge_f32 s[12:13], v1, v1\nv_cmp_u_f32 s[14:15], v1, v1\nv_cmp_o_f32 vcc, v1, v1",
         {S(8, ~0u), S(10, 0), S(12, ~0u), S(14, ~0u), VCC(0, 0)}},
        {"K3 zeros are equal", "v_bfrev_b32 v1, 1\nv_cmp_eq_f32 vcc, 0, v1", {VCC(~0u, ~0u)}},
        {"K4 class bits",
         "v_mov_b32 v1, 1.0\nv_cmp_class_f32 s[8:9], v1, v2\nv_mov_b32 v2, 0x100\n"
         "v_cmp_class_f32 s[10:11], v1, v2\nv_mov_b32 v2, 0x8\nv_cmp_class_f32 s[12:13], -v1, v2",
         {S(8, 0), S(10, ~0u), S(12, ~0u)}},
        {"K5 clamp on a compare changes nothing",
         "v_mov_b32 v1, 1.0\nv_cmp_eq_f32_e64 s[8:9], v1, 1.0 clamp",
         {S(8, ~0u)}},
        {"K6 SDWA compares",
         "v_mov_b32 v1, 0x00050000\n"
         "v_cmp_eq_u32_sdwa vcc, v1, v0 src0_sel:WORD_1 src1_sel:DWORD\n"
         "v_cmp_eq_u32_sdwa s[8:9], v1, v0 src0_sel:BYTE_2 src1_sel:DWORD",
         {VCC(0x20, 0), S(8, 0x20), S(9, 0)}},
        {"64-bit compares",
         "v_mov_b32 v2, 0\nv_mov_b32 v3, -1\nv_cmp_lt_i64 s[8:9], v[2:3], 0\n"
         "v_cmp_lt_u64 s[10:11], v[2:3], 0",
         {S(8, ~0u), S(10, 0)}},
        {"16-bit compares look at 16 bits",
         "v_mov_b32 v1, 0x1ffff\nv_cmp_lt_i16 s[8:9], v1, 0\nv_cmp_eq_u16 s[10:11], v1, -1",
         {S(8, ~0u), S(10, ~0u)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

static void lanes(void **state)
{
    static const struct rule rules[] = {
        {"X1 readfirstlane: the lowest active lane",
         "s_mov_b64 exec, 0xf0\nv_readfirstlane_b32 s8, v0\ns_mov_b64 exec, 0\n"
         "v_add_u32 v0, 1, v0\nv_readfirstlane_b32 s9, v0",
         {S(8, 4), S(9, 0)}},
        {"X2 readlane and writelane: lane modulo 64, EXEC ignored",
         "s_mov_b64 exec, 0\nv_writelane_b32 v1, 7, 1\ns_movk_i32 s8, 0x42\nv_readlane_b32 s9, v0, "
         "s8\n"
         "s_movk_i32 m0, 0x41\nv_writelane_b32 v2, 9, m0",
         {V(1, 1, 7), V(1, 0, 0), S(9, 2), V(2, 1, 9)}},
        {"X8 swap: active lanes only",
         "v_mov_b32 v1, 5\nv_mov_b32 v2, 6\ns_mov_b64 exec, 2\nv_swap_b32 v1, v2",
         {V(1, 0, 5), V(1, 1, 6), V(2, 0, 6), V(2, 1, 5)}},
        {"P14 AGPR moves obey EXEC",
         "s_mov_b64 exec, 2\nv_accvgpr_write_b32 a3, 5\nv_accvgpr_mov_b32 a4, a3\n"
         "s_mov_b64 exec, -1\nv_accvgpr_read_b32 v1, a4",
         {V(1, 1, 5), V(1, 0, 0), A(3, 0, 0)}},
        {"cndmask selects by lane",
         "s_mov_b64 s[8:9], 6\nv_cndmask_b32 v1, 10, 20, s[8:9]",
         {V(1, 0, 10), V(1, 1, 20), V(1, 2, 20), V(1, 3, 10)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

#define DPP(control) "v_mov_b32 v1, 0x99\nv_mov_b32_dpp v1, v0 " control "\n"
#define ALL          " row_mask:0xf bank_mask:0xf"

static void dpp(void **state)
{
    static const struct rule rules[] = {
        {"X5 row_shr reads the lane below; lane 0 keeps its old value",
         DPP("row_shr:1" ALL),
         {V(1, 1, 0), V(1, 15, 14), V(1, 0, 0x99), V(1, 16, 0x99)}},
        {"X5 bound_ctrl: it reads 0",
         DPP("row_shr:1" ALL " bound_ctrl:1"),
         {V(1, 0, 0), V(1, 1, 0), V(1, 2, 1)}},
        {"row_shl reads the lane above",
         DPP("row_shl:3" ALL),
         {V(1, 0, 3), V(1, 12, 15), V(1, 13, 0x99)}},
        {"row_ror turns within the row",
         DPP("row_ror:1" ALL),
         {V(1, 0, 15), V(1, 1, 0), V(1, 16, 31)}},
        {"quad_perm", DPP("quad_perm:[3,2,1,0]" ALL), {V(1, 0, 3), V(1, 5, 6), V(1, 63, 60)}},
        {"row_mirror and half mirror",
         DPP("row_mirror" ALL) "v_mov_b32_dpp v2, v0 row_half_mirror" ALL,
         {V(1, 0, 15), V(1, 17, 30), V(2, 0, 7), V(2, 9, 14)}},
        {"row_bcast:15 and 31",
         DPP("row_bcast:15" ALL) "v_mov_b32 v2, 0x99\nv_mov_b32_dpp v2, v0 row_bcast:31" ALL,
         {V(1, 0, 0x99), V(1, 16, 15), V(1, 40, 31), V(2, 31, 0x99), V(2, 32, 31), V(2, 63, 31)}},
        {"row_newbcast", DPP("row_newbcast:5" ALL), {V(1, 0, 5), V(1, 63, 53)}},
        {"wave shifts and rotations",
         DPP("wave_shl:1" ALL) "v_mov_b32_dpp v2, v0 wave_ror:1" ALL
                               "\nv_mov_b32_dpp v3, v0 wave_rol:1" ALL
                               "\nv_mov_b32_dpp v4, v0 wave_shr:1" ALL,
         {V(1, 0, 1), V(1, 63, 0x99), V(2, 0, 63), V(3, 63, 0), V(4, 16, 15), V(4, 0, 0)}},
        {"row and bank masks",
         DPP("quad_perm:[0,0,0,0] row_mask:0x2 bank_mask:0x5"),
         {V(1, 0, 0x99), V(1, 17, 16), V(1, 21, 0x99), V(1, 26, 24), V(1, 33, 0x99)}},
        {"X5 an inactive source counts as missing",
         "v_mov_b32 v1, 0x99\ns_mov_b64 exec, 0xe\nv_mov_b32_dpp v1, v0 row_shr:1" ALL,
         {V(1, 1, 0x99), V(1, 2, 1), V(1, 3, 2), V(1, 0, 0x99)}},
        {"X5 lanes that DPP leaves out keep their carry bit",
         "s_mov_b64 vcc, 3\nv_mov_b32 v1, -1\ns_mov_b64 exec, 0xf\n"
         "v_add_co_u32_dpp v2, vcc, v0, v1 row_shr:1" ALL,
         {VCC(0xd, 0), V(2, 2, 0), V(2, 0, 0)}},
        {"neg applies after the fetch",
         "v_mov_b32 v1, 1.0\nv_add_f32_dpp v2, -v1, v1 quad_perm:[0,0,0,0]" ALL,
         {V(2, 0, 0)}},
        {"X6 64-bit operands take row_newbcast",
         "v_cvt_f64_u32 v[2:3], v0\nv_ceil_f64_dpp v[4:5], v[2:3] row_newbcast:3" ALL,
         {V(5, 0, 0x40080000), V(4, 0, 0), V(5, 16, 0x40330000)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

#define SDWA_VALUES "v_mov_b32 v1, 0x80ff7f01\nv_mov_b32 v2, 0xaabbccdd\nv_mov_b32 v3, 0\n"

static void sdwa(void **state)
{
    static const struct rule rules[] = {
        {"sources: parts are zero-extended",
         SDWA_VALUES "v_add_u32_sdwa v4, v1, v3 dst_sel:DWORD src0_sel:BYTE_2 src1_sel:DWORD\n"
                     "v_add_u32_sdwa v5, v1, v3 dst_sel:DWORD src0_sel:WORD_1 src1_sel:DWORD",
         {V(4, 0, 0xff), V(5, 0, 0x80ff)}},
        {"sext extends the part",
         SDWA_VALUES
         "v_add_u32_sdwa v4, sext(v1), v3 dst_sel:DWORD src0_sel:BYTE_2 src1_sel:DWORD\n"
         "v_add_u32_sdwa v5, v3, sext(v1) dst_sel:DWORD src0_sel:DWORD src1_sel:WORD_1",
         {V(4, 0, ~0u), V(5, 0, 0xffff80ff)}},
        {"X7 dst_sel places the low bits: pad",
         SDWA_VALUES "v_mov_b32_sdwa v2, v1 dst_sel:BYTE_1 dst_unused:UNUSED_PAD src0_sel:DWORD",
         {V(2, 0, 0x00000100)}},
        {"X7 preserve",
         SDWA_VALUES
         "v_mov_b32_sdwa v2, v1 dst_sel:BYTE_1 dst_unused:UNUSED_PRESERVE src0_sel:DWORD",
         {V(2, 0, 0xaabb01dd)}},
        {"X7 sign",
         SDWA_VALUES "v_mov_b32_sdwa v2, v1 dst_sel:WORD_0 dst_unused:UNUSED_SEXT src0_sel:WORD_1\n"
                     "v_mov_b32_sdwa v3, v1 dst_sel:BYTE_1 dst_unused:UNUSED_SEXT src0_sel:BYTE_3",
         {V(2, 0, 0xffff80ff), V(3, 0, 0xffff8000)}},
        {"X7 carries with SDWA",
         "v_mov_b32 v1, -1\nv_mov_b32 v2, 1\nv_add_co_u32_sdwa v3, vcc, v1, v2 dst_sel:DWORD "
         "src0_sel:DWORD src1_sel:DWORD",
         {V(3, 0, 0), VCC(~0u, ~0u)}},
        {"cndmask with SDWA selects by VCC",
         SDWA_VALUES "s_mov_b64 vcc, 1\nv_cndmask_b32_sdwa v4, v1, v2, vcc dst_sel:DWORD "
                     "src0_sel:BYTE_0 src1_sel:BYTE_3",
         {V(4, 0, 0xaa), V(4, 1, 1)}},
        {"f16 from a word, negated in its own format",
         "v_mov_b32 v1, 0x3c000000\nv_add_f16_sdwa v2, -v1, v1 dst_sel:WORD_1 "
         "dst_unused:UNUSED_PRESERVE src0_sel:WORD_1 src1_sel:WORD_0\n",
         {V(2, 0, 0xbc000000)}},
        {"scalar sources",
         "s_movk_i32 s8, 0x1234\nv_mov_b32 v1, 0\nv_add_u32_sdwa v2, s8, v1 dst_sel:DWORD "
         "src0_sel:BYTE_1 src1_sel:DWORD",
         {V(2, 0, 0x12)}},
        {"lanes that are off stay",
         SDWA_VALUES
         "s_mov_b64 exec, 2\nv_mov_b32_sdwa v2, v1 dst_sel:BYTE_0 dst_unused:UNUSED_PAD "
         "src0_sel:BYTE_2",
         {V(2, 0, 0xaabbccdd), V(2, 1, 0xff)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

static void float_modifiers_and_halves(void **state)
{
    static const struct rule rules[] = {
        {"F4 clamp to [0, 1]; NaN to 0 with DX10_CLAMP",
         "v_mov_b32 v1, 2.0\nv_add_f32_e64 v2, v1, v1 clamp\nv_add_f32_e64 v3, -v1, -v1 clamp\n"
         "v_mov_b32 v1, 0x7fc00000\nv_add_f32_e64 v4, v1, v1 clamp",
         {V(2, 0, 0x3f800000), V(3, 0, 0), V(4, 0, 0)}},
        {"F4 NaN stays without DX10_CLAMP",
         "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 8, 1), 0\nv_mov_b32 v1, 0x7fc00000\n"
         "v_add_f32_e64 v4, v1, v1 clamp",
         {V(4, 0, 0x7fc00000)}},
        {"F5 omod does nothing with IEEE",
         "v_mov_b32 v1, 1.0\nv_add_f32_e64 v2, v1, v1 mul:2",
         {V(2, 0, 0x40000000)}},
        {"F5 omod without IEEE and without denormals",
         "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 9, 1), 0\n"
         "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 0\n"
         "v_mov_b32 v1, 1.0\nv_add_f32_e64 v2, v1, v1 mul:2\nv_add_f32_e64 v3, v1, v1 div:2",
         {V(2, 0, 0x40800000), V(3, 0, 0x3f800000)}},
        {"F1 denormals follow MODE as it is now",
         "v_mov_b32 v1, 1\nv_add_f32 v2, 0, v1\ns_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 0\n"
         "v_add_f32 v3, 0, v1",
         {V(2, 0, 1), V(3, 0, 0)}},
        {"F1 rounding follows MODE as it is now",
         "v_mov_b32 v1, 1.0\nv_mov_b32 v2, 0x33000000\ns_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, "
         "2), 1\n"
         "v_add_f32 v3, v1, v2\ns_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 2), 2\nv_add_f32 v4, v1, "
         "v2",
         {V(3, 0, 0x3f800001), V(4, 0, 0x3f800000)}},
        {"abs then neg", "v_mov_b32 v1, -2.0\nv_add_f32_e64 v2, -|v1|, 0", {V(2, 0, 0xc0000000)}},
        {"abs of a double",
         "v_mov_b32 v3, 0xbff00000\nv_add_f64 v[4:5], |v[2:3]|, 0",
         {V(5, 0, 0x3ff00000)}},
        {"C4 a conversion honours abs",
         "v_mov_b32 v1, 0xc0400000\nv_cvt_u32_f32_e64 v2, |v1|",
         {V(2, 0, 3)}},
        {"F7 fma_mix takes halves by op_sel, abs by neg_hi",
         "v_mov_b32 v1, 0xc0003c00\nv_fma_mix_f32 v2, v1, v1, 1.0 op_sel:[0,1,0] "
         "op_sel_hi:[1,1,0]\n"
         "v_fma_mix_f32 v3, v1, |v1|, 1.0 op_sel:[0,1,0] op_sel_hi:[1,1,0]",
         {V(2, 0, 0xbf800000), V(3, 0, 0x40400000)}},
        {"F7 mixlo keeps the high half, mixhi the low",
         "v_mov_b32 v2, 0xdeadbeef\nv_mov_b32 v3, v2\nv_fma_mixlo_f16 v2, 1.0, 1.0, 1.0\n"
         "v_fma_mixhi_f16 v3, 1.0, 1.0, 1.0",
         {V(2, 0, 0xdead4000), V(3, 0, 0x4000beef)}},
        {"F13 older 16-bit instructions clear the high half",
         "v_mov_b32 v1, 0x3c00\nv_mov_b32 v2, 0xdeadbeef\nv_add_f16 v2, v1, v1\n"
         "v_mov_b32 v3, 0xdeadbeef\nv_add_u16 v3, v1, v1\nv_mov_b32 v4, 0xdeadbeef\n"
         "v_fma_legacy_f16 v4, v1, v1, v1",
         {V(2, 0, 0x4000), V(3, 0, 0x7800), V(4, 0, 0x4000)}},
        {"F13 newer ones keep it",
         "v_mov_b32 v1, 0x3c00\nv_mov_b32 v2, 0xdeadbeef\nv_fma_f16 v2, v1, v1, v1\n"
         "v_mov_b32 v3, 0xdeadbeef\nv_mad_u16 v3, v1, 1, 1",
         {V(2, 0, 0xdead4000), V(3, 0, 0xdead3c01)}},
        {"F13 op_sel[3] writes the high half and keeps the low",
         "v_mov_b32 v1, 0x3c00\nv_mov_b32 v2, 0xdeadbeef\nv_fma_f16 v2, v1, v1, v1 "
         "op_sel:[0,0,0,1]",
         {V(2, 0, 0x4000beef)}},
        {"op_sel picks source halves",
         "v_mov_b32 v1, 0x40003c00\nv_fma_f16 v2, v1, v1, 0 op_sel:[1,1,0,0]",
         {V(2, 0, 0x4400)}},
        {"P1 packed inline constants: the f16 in the low half, 0 in the high",
         "v_mov_b32 v1, 0\nv_pk_add_f16 v2, v1, 1.0\nv_pk_add_f16 v3, v1, 1.0 op_sel_hi:[1,0]",
         {V(2, 0, 0x3c00), V(3, 0, 0x3c003c00)}},
        {"P1 packed integers are sign-extended to 32 bits",
         "v_mov_b32 v1, 0\nv_pk_add_u16 v2, v1, -1\nv_pk_add_u16 v3, v1, 1",
         {V(2, 0, ~0u), V(3, 0, 1)}},
        {"P2 clamp works on each half",
         "v_mov_b32 v1, 0xc0004000\nv_pk_add_f16 v2, v1, v1 clamp",
         {V(2, 0, 0x00003c00)}},
        {"neg_lo and neg_hi",
         "v_mov_b32 v1, 0x3c003c00\nv_pk_mul_f16 v2, v1, v1 neg_lo:[1,0] neg_hi:[0,0]\n"
         "v_pk_mul_f16 v3, v1, v1 neg_hi:[0,1]",
         {V(2, 0, 0x3c00bc00), V(3, 0, 0xbc003c00)}},
        {"P3 pk f32 picks dwords, SGPR pairs too",
         "s_mov_b32 s8, 2.0\ns_mov_b32 s9, 4.0\nv_mov_b32 v2, 1.0\nv_mov_b32 v3, 0.5\n"
         "v_pk_mul_f32 v[4:5], v[2:3], s[8:9]\n"
         "v_pk_mul_f32 v[6:7], v[2:3], s[8:9] op_sel:[1,1] op_sel_hi:[0,0]\n"
         "v_pk_add_f32 v[8:9], v[2:3], v[2:3] neg_lo:[0,1] neg_hi:[0,0]",
         {V(4, 0, 0x40000000), V(5, 0, 0x40000000), V(6, 0, 0x40000000), V(7, 0, 0x40000000),
          V(8, 0, 0), V(9, 0, 0x3f800000)}},
        {"P7 fmac reads the old destination",
         "v_mov_b32 v1, 2.0\nv_mov_b32 v2, 1.0\nv_fmac_f32 v2, v1, v1\nv_fmac_f32_e64 v2, -v1, v1",
         {V(2, 0, 0x3f800000)}},
        {"literals and 16-bit constants",
         "v_mov_b32 v1, 0x3c00\nv_add_f16 v2, 1.0, v1\nv_add_f16 v3, 0x4000, v1\n"
         "v_fmac_f64 v[4:5], 1.0, 2.0",
         {V(2, 0, 0x4000), V(3, 0, 0x4200), V(4, 0, 0), V(5, 0, 0x40000000)}},
        {"madmk and madak",
         "v_mov_b32 v1, 2.0\nv_mov_b32 v2, 1.0\nv_madmk_f32 v3, v1, 0x40400000, v2\n"
         "v_madak_f32 v4, v1, v1, 0x40400000",
         {V(3, 0, 0x40e00000), V(4, 0, 0x40e00000)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

/* The division sequence that LLVM emits needs div_scale's mask to reach div_fmas. */
static void division_masks(void **state)
{
    static const struct rule rules[] = {
        {"F16 div_scale writes the whole mask",
         "s_mov_b64 vcc, -1\nv_mov_b32 v1, 1.0\nv_div_scale_f32 v2, vcc, v1, v1, v1",
         {VCC(0, 0), V(2, 0, 0x3f800000)}},
        {"F16 div_fmas scales where VCC is set",
         "s_mov_b64 vcc, 1\nv_mov_b32 v1, 1.0\nv_mov_b32 v2, 0x40000000\n"
         "v_div_fmas_f32 v3, v1, v1, v2",
         {V(3, 1, 0x40400000), V(3, 0, 0x60400000)}},
    };
    rules_check(rules, COUNT(rules), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),       cmocka_unit_test(compares),
        cmocka_unit_test(lanes),          cmocka_unit_test(dpp),
        cmocka_unit_test(sdwa),           cmocka_unit_test(float_modifiers_and_halves),
        cmocka_unit_test(division_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
