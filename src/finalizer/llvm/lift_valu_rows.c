/* SPDX-License-Identifier: MIT
 * The tables of src/machine as rows for the lifter: types, flags, and the name of the function in
 * the semantics library (bitcode/rows.c).
 */
#include "finalizer/llvm/lift_valu.h"

enum {
    ACC = CAIRN_LIFT_VALU_ACC,
    KEEP = CAIRN_LIFT_VALU_KEEP,
    FLOAT = CAIRN_LIFT_VALU_FLOAT,
    CLAMP = CAIRN_LIFT_VALU_CLAMP,
    IN = CAIRN_LIFT_VALU_MASK_IN,
    OUT = CAIRN_LIFT_VALU_MASK_OUT,
    COMPARE = CAIRN_LIFT_VALU_MASK_OUT | CAIRN_LIFT_VALU_NO_DST,
    COMPARE_EXEC = COMPARE | CAIRN_LIFT_VALU_CMPX,
    MIX = FLOAT | CAIRN_LIFT_VALU_MIX,
};

/* f16 instructions of gfx9 that keep the other half of the destination; the older ones clear it
 * (LLVM SIISelLowering and GCNSubtarget, zeroesHigh16BitsOfDest). */
#define KEEPS(op)                                                                                  \
    ((CAIRN_OP_##op == CAIRN_OP_v_mad_f16 || CAIRN_OP_##op == CAIRN_OP_v_fma_f16 ||                \
      CAIRN_OP_##op == CAIRN_OP_v_div_fixup_f16 || CAIRN_OP_##op == CAIRN_OP_v_min3_f16 ||         \
      CAIRN_OP_##op == CAIRN_OP_v_max3_f16 || CAIRN_OP_##op == CAIRN_OP_v_med3_f16)                \
         ? KEEP                                                                                    \
         : 0)

#define T(t)                              CAIRN_TYPE_##t
#define ENTRY(op, name, D, A, B, C, n, f) [CAIRN_OP_##op] = {name, T(D), {T(A), T(B), T(C)}, n, f},

static const struct cairn_lift_valu_row rows[CAIRN_OP_COUNT] = {
#define VALU1(op, D, A, fn)            ENTRY(op, #op, D, A, NONE, NONE, 1, 0)
#define VALU2(op, D, A, B, fn)         ENTRY(op, #op, D, A, B, NONE, 2, 0)
#define VALU3(op, D, A, B, C, fn)      ENTRY(op, #op, D, A, B, C, 3, 0)
#define VALU2C(op, D, A, B, fn, s)     ENTRY(op, #op, D, A, B, NONE, 2, CLAMP)
#define VALU3C(op, D, A, B, C, fn, s)  ENTRY(op, #op, D, A, B, C, 3, CLAMP)
#define VALU2KC(op, D, A, B, fn, s)    ENTRY(op, #op, D, A, B, NONE, 2, KEEP | CLAMP)
#define VALU3K(op, D, A, B, C, fn)     ENTRY(op, #op, D, A, B, C, 3, KEEP)
#define VALU3KC(op, D, A, B, C, fn, s) ENTRY(op, #op, D, A, B, C, 3, KEEP | CLAMP)
#define VCMP(op, A, test)              ENTRY(op, #op, NONE, A, A, NONE, 2, COMPARE)
#define VCMPX(op, A, like)             ENTRY(op, #like, NONE, A, A, NONE, 2, COMPARE_EXEC)
#define CARRY_false                    0
#define CARRY_true                     IN
#define VCARRY(op, takes, fn, limit)                                                               \
    ENTRY(op, #op, U32, U32, U32, NONE, 2, CLAMP | OUT | CARRY_##takes)
#include "machine/valu_int.def"
#undef VALU2
#undef VALU3C

#define FALU1(op, D, A, fn)           ENTRY(op, #op, D, A, NONE, NONE, 1, FLOAT)
#define FALU2(op, D, A, B, fn)        ENTRY(op, #op, D, A, B, NONE, 2, FLOAT)
#define FALU3(op, D, A, B, C, fn)     ENTRY(op, #op, D, A, B, C, 3, FLOAT | KEEPS(op))
#define FACC2(op, D, A, B, fn)        ENTRY(op, #op, D, A, B, D, 2, FLOAT | ACC)
#define FCMP(op, A, fn)               ENTRY(op, #op, NONE, A, A, NONE, 2, FLOAT | COMPARE)
#define FCMPX(op, A, fn)              ENTRY(op, #op, NONE, A, A, NONE, 2, FLOAT | COMPARE_EXEC)
#define FCLASS(op, A, fn)             ENTRY(op, #op, NONE, A, U32, NONE, 2, FLOAT | COMPARE)
#define FCLASSX(op, A, fn)            ENTRY(op, #op, NONE, A, U32, NONE, 2, FLOAT | COMPARE_EXEC)
#define VALU2(op, D, A, B, fn)        ENTRY(op, #op, D, A, B, NONE, 2, 0)
#define VALU3C(op, D, A, B, C, fn, s) ENTRY(op, #op, D, A, B, C, 3, CLAMP)
#define VACC2C(op, D, A, B, fn, s)    ENTRY(op, #op, D, A, B, D, 2, ACC | CLAMP)
#include "machine/valu_float.def"

/* By hand. v_cndmask, v_pk_mov, v_swap and v_mqsad_u32_u8 are emitted without a function. */
#define HAND(op, D, A, B, C, n, f) ENTRY(op, #op, D, A, B, C, n, f)
    HAND(v_cndmask_b32, B32, B32, B32, NONE, 2, IN) HAND(v_mbcnt_lo_u32_b32, U32, B32, U32, NONE, 2,
                                                         CAIRN_LIFT_VALU_LANE)
        HAND(v_mbcnt_hi_u32_b32, U32, B32, U32, NONE, 2, CAIRN_LIFT_VALU_LANE)
            HAND(v_mad_u64_u32, U64, U32, U32, U64, 3, OUT | CLAMP)
                HAND(v_mad_i64_i32, I64, I32, I32, I64, 3, OUT) HAND(v_mqsad_u32_u8, B128, U64, U32,
                                                                     B128, 3, CLAMP)
                    HAND(v_swap_b32, B32, B32, NONE, NONE, 1, 0) HAND(v_pk_mov_b32, PK_B32, PK_B32,
                                                                      PK_B32, NONE, 2, 0)
                        HAND(v_div_scale_f32, F32, F32, F32, F32, 3, FLOAT | OUT)
                            HAND(v_div_scale_f64, F64, F64, F64, F64, 3, FLOAT | OUT)
                                HAND(v_div_fmas_f32, F32, F32, F32, F32, 3, FLOAT | IN)
                                    HAND(v_div_fmas_f64, F64, F64, F64, F64, 3, FLOAT | IN)
                                        HAND(v_fma_mix_f32, F32, F32, F32, F32, 3, MIX)
                                            HAND(v_fma_mixlo_f16, F16, F32, F32, F32, 3, MIX | KEEP)
                                                ENTRY(v_fma_mixhi_f16, "v_fma_mixlo_f16", F16, F32,
                                                      F32, F32, 3, MIX | CAIRN_LIFT_VALU_HIGH)};

const struct cairn_lift_valu_row *cairn_lift_valu_row_of(unsigned op)
{
    return op < CAIRN_OP_COUNT && rows[op].name != NULL ? &rows[op] : NULL;
}
