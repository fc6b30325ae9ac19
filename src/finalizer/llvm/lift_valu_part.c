/* SPDX-License-Identifier: MIT
 * Operands and results of vector instructions, in the order of the hardware: which lane or part of
 * a register is read (DPP, SDWA, op_sel), sign extension, abs, neg, the operation, clamp, which
 * part of the destination is written. AMD "CDNA2 ISA" 6.2, 6.3, 12.8, 13.3.8, 13.3.9. omod does
 * nothing in the modes that are lifted: they have IEEE set.
 */
#include "finalizer/llvm/lift_valu.h"

#include <stdio.h>
#include <string.h>

/* ---- small things */

static LLVMTypeRef type32(const struct cairn_lift_valu *v)
{
    return v->scalar ? v->lift->i32 : v->lift->v32;
}

LLVMValueRef cairn_lift_valu_const32(const struct cairn_lift_valu *v, uint32_t value)
{
    LLVMValueRef scalar = cairn_lift_const32(v->lift, value);
    return v->scalar ? scalar : cairn_lift_splat(v->lift, scalar);
}

LLVMValueRef cairn_lift_valu_const64(const struct cairn_lift_valu *v, uint64_t value)
{
    LLVMValueRef scalar = cairn_lift_const64(v->lift, value);
    return v->scalar ? scalar : cairn_lift_splat(v->lift, scalar);
}

LLVMValueRef cairn_lift_valu_and(const struct cairn_lift_valu *v, LLVMValueRef value, uint32_t bits)
{
    if (bits == UINT32_MAX)
        return value;
    return LLVMBuildAnd(v->builder, value, cairn_lift_valu_const32(v, bits), "");
}

LLVMValueRef cairn_lift_valu_xor(const struct cairn_lift_valu *v, LLVMValueRef value, uint32_t bits)
{
    if (bits == 0)
        return value;
    return LLVMBuildXor(v->builder, value, cairn_lift_valu_const32(v, bits), "");
}

static LLVMValueRef shl(const struct cairn_lift_valu *v, LLVMValueRef value, unsigned by)
{
    return by == 0 ? value : LLVMBuildShl(v->builder, value, cairn_lift_valu_const32(v, by), "");
}

LLVMValueRef cairn_lift_valu_lshr(const struct cairn_lift_valu *v, LLVMValueRef value, unsigned by)
{
    return by == 0 ? value : LLVMBuildLShr(v->builder, value, cairn_lift_valu_const32(v, by), "");
}

/* ---- sources */

static LLVMValueRef lane_0(const struct cairn_lift_valu *v, LLVMValueRef vector)
{
    return LLVMBuildExtractElement(v->builder, vector, cairn_lift_const64(v->lift, 0), "");
}

LLVMValueRef cairn_lift_valu_dword(const struct cairn_lift_valu *v, unsigned slot, unsigned dword)
{
    if (!v->scalar)
        return cairn_lift_source(v->lift, slot, dword);
    if (cairn_lift_shape(v->lift, slot, dword).kind == CAIRN_SHAPE_VARYING)
        return lane_0(v, cairn_lift_source(v->lift, slot, dword));
    return cairn_lift_base(v->lift, slot, dword);
}

LLVMValueRef cairn_lift_valu_raw(const struct cairn_lift_valu *v, unsigned slot, unsigned type)
{
    if (!cairn_lift_valu_is_wide(type))
        return cairn_lift_valu_dword(v, slot, 0);
    if (!v->scalar)
        return cairn_lift_source64(v->lift, slot);
    LLVMTypeRef i64 = v->lift->i64;
    LLVMValueRef low = LLVMBuildZExt(v->builder, cairn_lift_valu_dword(v, slot, 0), i64, "");
    LLVMValueRef high = LLVMBuildZExt(v->builder, cairn_lift_valu_dword(v, slot, 1), i64, "");
    high = LLVMBuildShl(v->builder, high, cairn_lift_const64(v->lift, 32), "");
    return LLVMBuildOr(v->builder, low, high, "");
}

/* SDWA: a byte or half of the register, extended. */
static LLVMValueRef select_part(const struct cairn_lift_valu *v, LLVMValueRef value,
                                const struct cairn_operand *operand)
{
    bool word = operand->sel >= CAIRN_SEL_WORD0;
    unsigned bits = word ? 16 : 8;
    unsigned shift = word ? 16 * (operand->sel - CAIRN_SEL_WORD0) : 8u * operand->sel;
    if (!operand->sext)
        return cairn_lift_valu_and(v, cairn_lift_valu_lshr(v, value, shift), (1u << bits) - 1);
    LLVMValueRef top = shl(v, value, 32 - bits - shift);
    return LLVMBuildAShr(v->builder, top, cairn_lift_valu_const32(v, 32 - bits), "");
}

static bool has_sign(const struct cairn_operand *operand)
{
    switch (operand->type) {
    case CAIRN_TYPE_F16:
    case CAIRN_TYPE_F32:
    case CAIRN_TYPE_F64:
    case CAIRN_TYPE_B32: /* v_mov, v_cndmask */
    case CAIRN_TYPE_PK_F16:
        return operand->abs || operand->neg;
    default:
        return false;
    }
}

/* abs and neg are edits of the sign bit of the operand's format. Packed halves (dot2c, pk_fmac in
 * forms other than VOP3P): neg is the low half's, abs the high half's. */
static LLVMValueRef edit_sign(const struct cairn_lift_valu *v, LLVMValueRef value,
                              const struct cairn_operand *operand, bool wide)
{
    if (operand->type == CAIRN_TYPE_PK_F16)
        return cairn_lift_valu_xor(v, value,
                                   (operand->neg ? 0x8000 : 0) | (operand->abs ? 0x80000000u : 0));
    if (wide) {
        uint64_t sign = UINT64_C(1) << 63;
        if (operand->abs)
            value = LLVMBuildAnd(v->builder, value, cairn_lift_valu_const64(v, ~sign), "");
        return operand->neg ? LLVMBuildXor(v->builder, value, cairn_lift_valu_const64(v, sign), "")
                            : value;
    }
    uint32_t sign = cairn_lift_valu_is_16(operand->type) ? 0x8000 : 0x80000000u;
    value = cairn_lift_valu_and(v, value, operand->abs ? ~sign : UINT32_MAX);
    return cairn_lift_valu_xor(v, value, operand->neg ? sign : 0);
}

/* Halves of a VOP3P source that is used whole: op_sel picks the low one, op_sel_hi the high one. */
static LLVMValueRef select_halves(const struct cairn_lift_valu *v, LLVMValueRef value, unsigned i)
{
    const struct cairn_insn *insn = v->insn;
    bool low_high = insn->op_sel >> i & 1, high_high = insn->op_sel_hi >> i & 1;
    if (low_high || !high_high) {
        LLVMValueRef low =
            cairn_lift_valu_and(v, cairn_lift_valu_lshr(v, value, low_high ? 16 : 0), 0xffff);
        LLVMValueRef high =
            high_high ? cairn_lift_valu_and(v, value, 0xffff0000u) : shl(v, value, 16);
        value = LLVMBuildOr(v->builder, low, high, "");
    }
    if (insn->slot[CAIRN_SLOT_SRC0 + i].type != CAIRN_TYPE_PK_F16)
        return value;
    return cairn_lift_valu_xor(v, value,
                               (insn->neg_lo >> i & 1u) << 15 | (insn->neg_hi >> i & 1u) << 31);
}

static LLVMValueRef vop3p_source(const struct cairn_lift_valu *v, LLVMValueRef value, unsigned i)
{
    const struct cairn_insn *insn = v->insn;
    unsigned type = insn->slot[CAIRN_SLOT_SRC0 + i].type;
    if (cairn_lift_valu_is_packed16(type))
        return select_halves(v, value, i);
    if (type != CAIRN_TYPE_F32)
        return value;
    value = cairn_lift_valu_and(v, value, insn->neg_hi >> i & 1 ? 0x7fffffff : UINT32_MAX);
    return cairn_lift_valu_xor(v, value, (uint32_t)(insn->neg_lo >> i & 1) << 31);
}

/* v_fma_mix: op_sel_hi makes the source an f16, of which op_sel picks the half; neg_hi is abs. */
static LLVMValueRef mix_source(const struct cairn_lift_valu *v, LLVMValueRef value, unsigned i)
{
    const struct cairn_insn *insn = v->insn;
    if (insn->op_sel_hi >> i & 1) {
        value = cairn_lift_valu_lshr(v, value, insn->op_sel >> i & 1 ? 16 : 0);
        value = cairn_lift_valu_call(v, "mix_operand", "", &value);
    }
    value = cairn_lift_valu_and(v, value, insn->neg_hi >> i & 1 ? 0x7fffffff : UINT32_MAX);
    return cairn_lift_valu_xor(v, value, (uint32_t)(insn->neg_lo >> i & 1) << 31);
}

LLVMValueRef cairn_lift_valu_source(struct cairn_lift_valu *v, unsigned i)
{
    const struct cairn_insn *insn = v->insn;
    unsigned slot = CAIRN_SLOT_SRC0 + i, type = v->row->src[i];
    const struct cairn_operand *operand = &insn->slot[slot];
    LLVMValueRef value = cairn_lift_valu_raw(v, slot, type);
    if (v->row->flags & CAIRN_LIFT_VALU_MIX)
        return mix_source(v, value, i);
    if (insn->variant == CAIRN_VARIANT_DPP && i == 0)
        value = cairn_lift_valu_dpp(v, value);
    if (insn->variant == CAIRN_VARIANT_SDWA && operand->sel != CAIRN_SEL_DWORD)
        value = select_part(v, value, operand);
    if (insn->encoding == CAIRN_ENC_VOP3P)
        return vop3p_source(v, value, i);
    if (insn->op_sel >> i & 1 && cairn_lift_valu_is_16(type))
        value = cairn_lift_valu_lshr(v, value, 16);
    return has_sign(operand) ? edit_sign(v, value, operand, cairn_lift_valu_is_wide(type)) : value;
}

/* ---- DPP */

/* Lanes of the chunk that row_mask and bank_mask enable, or NULL: all. */
static LLVMValueRef enabled_lanes(const struct cairn_lift_valu *v)
{
    struct cairn_lift *lift = v->lift;
    uint64_t rows = 0, banks = 0;
    for (unsigned i = 0; i < 4; i++) {
        rows |= v->insn->row_mask >> i & 1 ? UINT64_C(0xffff) << (16 * i) : 0;
        banks |= v->insn->bank_mask >> i & 1 ? UINT64_C(0x000f000f000f000f) << (4 * i) : 0;
    }
    if ((rows & banks) == UINT64_MAX)
        return NULL;
    LLVMValueRef chunk = LLVMBuildURem(v->builder, cairn_lift_chunk(lift),
                                       cairn_lift_const32(lift, lift->chunks), "");
    LLVMValueRef shift = LLVMBuildMul(v->builder, LLVMBuildZExt(v->builder, chunk, lift->i64, ""),
                                      cairn_lift_const64(lift, lift->width), "");
    LLVMValueRef bits =
        LLVMBuildLShr(v->builder, cairn_lift_const64(lift, rows & banks), shift, "");
    LLVMTypeRef type = LLVMIntTypeInContext(lift->context, lift->width);
    return LLVMBuildBitCast(v->builder, LLVMBuildTrunc(v->builder, bits, type, ""), lift->v1, "");
}

/* A lane is not written if its row or bank is masked out, or if it would read a lane that is not
 * there or not active, unless bound_ctrl: then it reads 0. */
LLVMValueRef cairn_lift_valu_dpp(struct cairn_lift_valu *v, LLVMValueRef source)
{
    struct cairn_lift *lift = v->lift;
    LLVMValueRef valid, enabled = enabled_lanes(v);
    LLVMValueRef value = cairn_lift_dpp(lift, source, &valid);
    LLVMValueRef written = cairn_lift_exec(lift);
    if (enabled != NULL)
        written = LLVMBuildAnd(v->builder, written, enabled, "");
    if (!v->insn->bound_ctrl)
        written = LLVMBuildAnd(v->builder, written, valid, "");
    v->written = written;
    return LLVMBuildSelect(v->builder, valid, value, LLVMConstNull(LLVMTypeOf(value)), "");
}

/* ---- the operation */

enum cairn_nan_kind cairn_lift_valu_nan_kind(unsigned op)
{
    switch (op) {
#define WAITS_3(name)                                                                              \
    case CAIRN_OP_##name##_f16:                                                                    \
    case CAIRN_OP_##name##_f32:                                                                    \
    case CAIRN_OP_##name##_f64:
        WAITS_3(v_rcp)
        WAITS_3(v_rsq)
        WAITS_3(v_sqrt)
        WAITS_3(v_fma)
        WAITS_3(v_floor)
        WAITS_3(v_ceil)
        WAITS_3(v_trunc)
        WAITS_3(v_rndne)
    case CAIRN_OP_v_add_f16:
    case CAIRN_OP_v_add_f32:
    case CAIRN_OP_v_add_f64:
    case CAIRN_OP_v_mul_f16:
    case CAIRN_OP_v_mul_f32:
    case CAIRN_OP_v_mul_f64:
    case CAIRN_OP_v_sub_f16:
    case CAIRN_OP_v_sub_f32:
    case CAIRN_OP_v_subrev_f16:
    case CAIRN_OP_v_subrev_f32:
    case CAIRN_OP_v_fmac_f32:
    case CAIRN_OP_v_fmac_f64:
    case CAIRN_OP_v_log_f16:
    case CAIRN_OP_v_log_f32:
    case CAIRN_OP_v_exp_f16:
    case CAIRN_OP_v_sin_f16:
    case CAIRN_OP_v_sin_f32:
    case CAIRN_OP_v_cos_f16:
    case CAIRN_OP_v_cos_f32:
    case CAIRN_OP_v_fma_mix_f32:
    case CAIRN_OP_v_pk_add_f16:
    case CAIRN_OP_v_pk_mul_f16:
    case CAIRN_OP_v_pk_fma_f16:
    case CAIRN_OP_v_pk_add_f32:
    case CAIRN_OP_v_pk_mul_f32:
    case CAIRN_OP_v_pk_fma_f32:
        return CAIRN_NAN_PASSES;
        WAITS_3(v_min)
        WAITS_3(v_max)
    case CAIRN_OP_v_min3_f16:
    case CAIRN_OP_v_min3_f32:
    case CAIRN_OP_v_max3_f16:
    case CAIRN_OP_v_max3_f32:
    case CAIRN_OP_v_med3_f16:
    case CAIRN_OP_v_med3_f32:
    case CAIRN_OP_v_pk_min_f16:
    case CAIRN_OP_v_pk_max_f16:
        return CAIRN_NAN_DROPS;
    default:
        return CAIRN_NAN_SAME;
    }
#undef WAITS_3
}

/* By the host's rules it is no NaN of -0 and -infinity, which counts even where bits of NaNs do
 * not.
 */
static bool is_quick_rsq(const struct cairn_lift_valu *v)
{
    return v->insn->op == CAIRN_OP_v_rsq_f32;
}

static bool waits(const struct cairn_lift_valu *v)
{
    return !v->scalar && (v->lift->request->exact_nan || is_quick_rsq(v)) &&
           cairn_lift_valu_nan_kind(v->insn->op) != CAIRN_NAN_SAME;
}

/* NULL: there is nothing to settle, since the rules agree. */
static LLVMValueRef waiting_call(const struct cairn_lift_valu *v, const char *name,
                                 enum cairn_semantics_mode mode, const LLVMValueRef *args)
{
    struct cairn_lift *lift = v->lift;
    const struct cairn_semantics_function *quick =
        cairn_semantics_find_as(lift->semantics, name, false, mode, false);
    if (quick == NULL || quick == cairn_semantics_find_as(lift->semantics, name, false, mode, true))
        return NULL;
    LLVMValueRef result =
        cairn_semantics_splice(lift->semantics, quick, v->builder, lift->module, args);
    struct cairn_nan_operation operation = {
        .name = v->row->name,
        .mode = mode,
        .result = result,
        .count = (uint8_t)cairn_semantics_arguments(quick),
        .type = (uint8_t)cairn_lift_valu_element(v->row->dst),
        .kind = cairn_lift_valu_nan_kind(v->insn->op),
    };
    memcpy(operation.arg, args, operation.count * sizeof *args);
    cairn_nan_note(lift, &operation);
    return result;
}

static LLVMValueRef call_in_mode(const struct cairn_lift_valu *v, const char *name,
                                 enum cairn_semantics_mode mode, const LLVMValueRef *args)
{
    struct cairn_lift *lift = v->lift;
    LLVMValueRef waiting = NULL;
    if (waits(v) && strcmp(name, v->row->name) == 0)
        waiting = waiting_call(v, name, mode, args);
    if (waiting != NULL)
        return waiting;
    if (is_quick_rsq(v)) {
        const struct cairn_semantics_function *exact =
            cairn_semantics_find_as(lift->semantics, name, v->scalar, mode, true);
        return cairn_semantics_splice(lift->semantics, exact, v->builder, lift->module, args);
    }
    return cairn_semantics_emit(lift->semantics, name, v->scalar, mode, v->builder, lift->module,
                                args);
}

/* MODE found at run time is one of the two that the library has: the core has seen to that. */
static LLVMValueRef call_in_either(const struct cairn_lift_valu *v, const char *name,
                                   const LLVMValueRef *args)
{
    struct cairn_lift *lift = v->lift;
    LLVMValueRef keep = call_in_mode(v, name, CAIRN_SEMANTICS_DEFAULT, args);
    LLVMValueRef flush = call_in_mode(v, name, CAIRN_SEMANTICS_FLUSH_32, args);
    LLVMValueRef field =
        LLVMBuildAnd(v->builder, cairn_lift_mode(lift), cairn_lift_const32(lift, 0x30), "");
    LLVMValueRef keeps =
        LLVMBuildICmp(v->builder, LLVMIntNE, field, cairn_lift_const32(lift, 0), "");
    return LLVMBuildSelect(v->builder, keeps, keep, flush, "");
}

LLVMValueRef cairn_lift_valu_call(const struct cairn_lift_valu *v, const char *name,
                                  const char *suffix, const LLVMValueRef *args)
{
    char whole[64];
    uint32_t mode = 0;
    LLVMValueRef result;
    snprintf(whole, sizeof whole, "%s%s", name, suffix);
    if (!(v->row->flags & CAIRN_LIFT_VALU_FLOAT))
        result = call_in_mode(v, whole, CAIRN_SEMANTICS_DEFAULT, args);
    else if (cairn_lift_mode_known(v->lift, &mode))
        result = call_in_mode(v, whole, cairn_semantics_mode_of(mode), args);
    else
        result = call_in_either(v, whole, args);
    return result;
}

/* ---- results */

LLVMValueRef cairn_lift_valu_finished(const struct cairn_lift_valu *v, LLVMValueRef result)
{
    if (!v->insn->clamp)
        return result;
    switch (v->row->dst) {
    case CAIRN_TYPE_F16:
    case CAIRN_TYPE_PK_F16: /* one half */
        return cairn_lift_valu_call(v, "clamp_f16", "", &result);
    case CAIRN_TYPE_F32:
        return cairn_lift_valu_call(v, "clamp_f32", "", &result);
    case CAIRN_TYPE_F64:
        return cairn_lift_valu_call(v, "clamp_f64", "", &result);
    default:
        return result;
    }
}

enum { UNUSED_PAD, UNUSED_SIGN, UNUSED_PRESERVE };

/* SDWA: the low bits of the result go to a part of the destination. */
static LLVMValueRef place_part(const struct cairn_lift_valu *v, LLVMValueRef result)
{
    const struct cairn_insn *insn = v->insn;
    bool word = insn->dst_sel >= CAIRN_SEL_WORD0;
    unsigned bits = word ? 16 : 8;
    unsigned shift = word ? 16 * (insn->dst_sel - CAIRN_SEL_WORD0) : 8u * insn->dst_sel;
    uint32_t field = (word ? 0xffffu : 0xffu) << shift;
    if (insn->dst_unused == UNUSED_SIGN) {
        LLVMValueRef extended = LLVMBuildAShr(v->builder, shl(v, result, 32 - bits),
                                              cairn_lift_valu_const32(v, 32 - bits), "");
        return shl(v, extended, shift);
    }
    LLVMValueRef part = cairn_lift_valu_and(v, shl(v, result, shift), field);
    if (insn->dst_unused != UNUSED_PRESERVE)
        return part;
    LLVMValueRef old = cairn_lift_valu_and(v, cairn_lift_valu_dword(v, CAIRN_SLOT_DST, 0), ~field);
    return LLVMBuildOr(v->builder, old, part, "");
}

/* 16-bit results outside of SDWA: which half is written, and what becomes of the other. */
static LLVMValueRef place_half(const struct cairn_lift_valu *v, LLVMValueRef result)
{
    bool high = (v->insn->op_sel >> 3 & 1) || (v->row->flags & CAIRN_LIFT_VALU_HIGH);
    if (!high && !(v->row->flags & CAIRN_LIFT_VALU_KEEP))
        return result;
    LLVMValueRef old = cairn_lift_valu_dword(v, CAIRN_SLOT_DST, 0);
    old = cairn_lift_valu_and(v, old, high ? 0xffff : 0xffff0000u);
    LLVMValueRef half = high ? shl(v, result, 16) : cairn_lift_valu_and(v, result, 0xffff);
    return LLVMBuildOr(v->builder, old, half, "");
}

LLVMValueRef cairn_lift_valu_placed(const struct cairn_lift_valu *v, LLVMValueRef result)
{
    if (v->insn->variant == CAIRN_VARIANT_SDWA)
        return v->insn->dst_sel == CAIRN_SEL_DWORD ? result : place_part(v, result);
    return cairn_lift_valu_is_16(v->row->dst) ? place_half(v, result) : result;
}

void cairn_lift_valu_put(const struct cairn_lift_valu *v, unsigned dword, LLVMValueRef value)
{
    if (v->scalar) {
        cairn_lift_put_base(v->lift, CAIRN_SLOT_DST, dword, value);
        return;
    }
    value = LLVMBuildBitCast(v->builder, value, type32(v), "");
    if (v->written != NULL)
        cairn_lift_put_masked(v->lift, CAIRN_SLOT_DST, dword, value, v->written);
    else
        cairn_lift_put(v->lift, CAIRN_SLOT_DST, dword, value);
}

void cairn_lift_valu_put64(const struct cairn_lift_valu *v, LLVMValueRef value)
{
    if (!v->scalar && v->written == NULL) {
        cairn_lift_put64(v->lift, CAIRN_SLOT_DST,
                         LLVMBuildBitCast(v->builder, value, v->lift->v64, ""));
        return;
    }
    LLVMValueRef high = LLVMBuildLShr(v->builder, value, cairn_lift_valu_const64(v, 32), "");
    cairn_lift_valu_put(v, 0, LLVMBuildTrunc(v->builder, value, type32(v), ""));
    cairn_lift_valu_put(v, 1, LLVMBuildTrunc(v->builder, high, type32(v), ""));
}
