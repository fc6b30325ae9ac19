/* SPDX-License-Identifier: MIT
 * Divisions of f32 and f64: compilers make them of ten instructions (LLVM SIISelLowering,
 * LowerFDIV32 and LowerFDIV64), whose result is the IEEE quotient for all operands
 * (tests/fp/test_div.c). Where v_div_fixup ends that very sequence, the host's division takes its
 * place, and what led to it is left without use. The NaNs are the same, too: x86 returns the first
 * NaN operand in the order n, d, made quiet, and the negative one for 0/0, as v_div_fixup does; but
 * LLVM may move changes of signs past a division, so a NaN is settled as others are (nan.h).
 */
#include "finalizer/llvm/lift_valu.h"

struct match {
    const struct cairn_lift_valu *v;
    LLVMValueRef exec;
    bool wide;
};

static bool is(LLVMValueRef value, LLVMOpcode opcode)
{
    return value != NULL && LLVMIsAInstruction(value) != NULL &&
           LLVMGetInstructionOpcode(value) == opcode;
}

/* ---- remembering */

void cairn_lift_valu_note(const struct cairn_lift_valu *v, const LLVMValueRef *source,
                          LLVMValueRef value, LLVMValueRef mask)
{
    struct cairn_lift_recent *recent = &v->lift->recent;
    unsigned op = v->insn->op;
    switch (op) {
    case CAIRN_OP_v_fmac_f32:
        op = CAIRN_OP_v_fma_f32;
        break;
    case CAIRN_OP_v_fmac_f64:
        op = CAIRN_OP_v_fma_f64;
        break;
    case CAIRN_OP_v_div_scale_f32:
    case CAIRN_OP_v_div_scale_f64:
    case CAIRN_OP_v_div_fmas_f32:
    case CAIRN_OP_v_div_fmas_f64:
    case CAIRN_OP_v_rcp_f32:
    case CAIRN_OP_v_rcp_f64:
    case CAIRN_OP_v_fma_f32:
    case CAIRN_OP_v_fma_f64:
    case CAIRN_OP_v_mul_f32:
    case CAIRN_OP_v_mul_f64:
        break;
    default:
        return;
    }
    if (v->insn->clamp || v->insn->variant != CAIRN_VARIANT_PLAIN)
        return;
    struct cairn_lift_result *result = &recent->result[recent->next++ % CAIRN_LIFT_RECENT];
    *result = (struct cairn_lift_result){.op = (uint16_t)op, .value = value, .mask = mask};
    if (v->row->flags & CAIRN_LIFT_VALU_MASK_OUT) { /* written just now */
        LLVMValueRef last = LLVMGetLastInstruction(LLVMGetInsertBlock(v->builder));
        result->store = is(last, LLVMStore) ? last : NULL;
        result->code = v->insn->slot[CAIRN_SLOT_SDST].code;
    }
    for (unsigned i = 0; i < v->row->sources + ((v->row->flags & CAIRN_LIFT_VALU_ACC) != 0); i++)
        result->source[i] = source[i];
}

/* ---- comparing values */

/* Where only lanes of EXEC are written, the value that they get. */
static LLVMValueRef in_active_lanes(const struct match *m, LLVMValueRef value)
{
    while (is(value, LLVMSelect) && LLVMGetOperand(value, 0) == m->exec)
        value = LLVMGetOperand(value, 1);
    return value;
}

/* The same value, be it computed twice: scalars made vectors, signs edited. */
static bool same(const struct match *m, LLVMValueRef a, LLVMValueRef b)
{
    a = in_active_lanes(m, a);
    b = in_active_lanes(m, b);
    if (a == b)
        return true;
    if (LLVMIsAInstruction(a) == NULL || LLVMIsAInstruction(b) == NULL)
        return false;
    LLVMOpcode opcode = LLVMGetInstructionOpcode(a);
    if (opcode != LLVMGetInstructionOpcode(b) || LLVMTypeOf(a) != LLVMTypeOf(b))
        return false;
    switch (opcode) {
    case LLVMXor:
    case LLVMAnd:
    case LLVMOr:
    case LLVMShl:
    case LLVMInsertElement:
        return same(m, LLVMGetOperand(a, 0), LLVMGetOperand(b, 0)) &&
               same(m, LLVMGetOperand(a, 1), LLVMGetOperand(b, 1));
    case LLVMZExt:
    case LLVMBitCast:
        return same(m, LLVMGetOperand(a, 0), LLVMGetOperand(b, 0));
    case LLVMShuffleVector:
        return LLVMIsConstant(LLVMGetOperand(a, 1)) &&
               LLVMGetOperand(a, 1) == LLVMGetOperand(b, 1) &&
               LLVMGetNumMaskElements(a) == LLVMGetNumMaskElements(b) &&
               LLVMGetMaskValue(a, 0) == LLVMGetMaskValue(b, 0) &&
               LLVMGetMaskValue(a, LLVMGetNumMaskElements(a) - 1) ==
                   LLVMGetMaskValue(b, LLVMGetNumMaskElements(b) - 1) &&
               same(m, LLVMGetOperand(a, 0), LLVMGetOperand(b, 0));
    default:
        return false;
    }
}

/* Is `negated` -value? */
static bool is_negative(const struct match *m, LLVMValueRef negated, LLVMValueRef value)
{
    const struct cairn_lift_valu *v = m->v;
    LLVMValueRef sign = m->wide ? cairn_lift_valu_const64(v, UINT64_C(1) << 63)
                                : cairn_lift_valu_const32(v, 0x80000000u);
    negated = in_active_lanes(m, negated);
    return is(negated, LLVMXor) && LLVMGetOperand(negated, 1) == sign &&
           same(m, LLVMGetOperand(negated, 0), value);
}

static const struct cairn_lift_result *made_by(const struct match *m, LLVMValueRef value,
                                               unsigned op32, unsigned op64)
{
    const struct cairn_lift_recent *recent = &m->v->lift->recent;
    unsigned op = m->wide ? op64 : op32;
    value = in_active_lanes(m, value);
    for (unsigned i = 0; i < CAIRN_LIFT_RECENT; i++)
        if (recent->result[i].value == value && recent->result[i].op == op)
            return &recent->result[i];
    return NULL;
}

#define MADE_BY(m, value, name) made_by(m, value, CAIRN_OP_v_##name##_f32, CAIRN_OP_v_##name##_f64)

/* Is `value` a * b + c, with -a where `negative`; a and b in either order? */
static bool is_fma(const struct match *m, LLVMValueRef value, LLVMValueRef a, bool negative,
                   LLVMValueRef b, LLVMValueRef c)
{
    const struct cairn_lift_result *fma = MADE_BY(m, value, fma);
    if (fma == NULL || !same(m, fma->source[2], c))
        return false;
    for (unsigned i = 0; i < 2; i++) {
        LLVMValueRef first = fma->source[i], second = fma->source[1 - i];
        bool fits = negative ? is_negative(m, first, a) : same(m, first, a);
        if (fits && same(m, second, b))
            return true;
    }
    return false;
}

/* ---- the sequences. `down`: d as div_scale made it; `up`: n likewise; r: about 1 / down. */

static bool is_scaled(const struct match *m, const struct cairn_lift_result *scale,
                      LLVMValueRef which, LLVMValueRef d, LLVMValueRef n)
{
    return scale != NULL && same(m, scale->source[0], which) && same(m, scale->source[1], d) &&
           same(m, scale->source[2], n);
}

static LLVMValueRef one(const struct match *m)
{
    return m->wide ? cairn_lift_valu_const64(m->v, UINT64_C(0x3ff0000000000000))
                   : cairn_lift_valu_const32(m->v, 0x3f800000);
}

/* r1 = r + r * (1 - down * r): one Newton step; returns r, or NULL. */
static LLVMValueRef before_newton(const struct match *m, LLVMValueRef r1, LLVMValueRef down)
{
    const struct cairn_lift_result *step = MADE_BY(m, r1, fma);
    if (step == NULL)
        return NULL;
    LLVMValueRef r = step->source[2];
    for (unsigned i = 0; i < 2; i++)
        if (same(m, step->source[i], r) && is_fma(m, step->source[1 - i], down, true, r, one(m)))
            return r;
    return NULL;
}

/* The divisor as div_scale made it, from a chain of `steps` Newton steps that ends in r1. */
static LLVMValueRef scaled_divisor(const struct match *m, LLVMValueRef r1, LLVMValueRef down,
                                   unsigned steps)
{
    for (unsigned i = 0; i < steps && r1 != NULL; i++)
        r1 = before_newton(m, r1, down);
    const struct cairn_lift_result *rcp = r1 == NULL ? NULL : MADE_BY(m, r1, rcp);
    return rcp != NULL && same(m, rcp->source[0], down) ? rcp->source[0] : NULL;
}

/* rest = up - down * q: finds down, which is negated in it. */
static LLVMValueRef negated_source(const struct match *m, LLVMValueRef rest)
{
    const struct cairn_lift_result *fma = MADE_BY(m, rest, fma);
    for (unsigned i = 0; fma != NULL && i < 2; i++) {
        LLVMValueRef source = in_active_lanes(m, fma->source[i]);
        if (is(source, LLVMXor))
            return LLVMGetOperand(source, 0);
    }
    return NULL;
}

/* q = up * r, and for f32 q' = q + r * (up - down * q). */
static bool is_estimate(const struct match *m, LLVMValueRef q, LLVMValueRef up, LLVMValueRef down,
                        LLVMValueRef r)
{
    if (!m->wide) {
        const struct cairn_lift_result *fma = MADE_BY(m, q, fma);
        if (fma == NULL)
            return false;
        LLVMValueRef first = fma->source[2];
        bool fits = false;
        for (unsigned i = 0; i < 2; i++)
            fits = fits || (same(m, fma->source[i], r) &&
                            is_fma(m, fma->source[1 - i], down, true, first, up));
        if (!fits)
            return false;
        q = first;
    }
    const struct cairn_lift_result *mul = MADE_BY(m, q, mul);
    return mul != NULL && ((same(m, mul->source[0], up) && same(m, mul->source[1], r)) ||
                           (same(m, mul->source[1], up) && same(m, mul->source[0], r)));
}

/* The flags of div_scale have done their work where nobody reads them later. */
static void forget_flag(const struct match *m, const struct cairn_lift_result *scale)
{
    struct cairn_lift *lift = m->v->lift;
    struct cairn_regs after;
    if (scale->store == NULL)
        return;
    cairn_liveness_after(lift->program, lift->live, NULL, lift->at, &after);
    if (scale->code < CAIRN_SREG_SCC && !cairn_regs_has_s(&after, scale->code) &&
        !cairn_regs_has_s(&after, scale->code + 1)) {
        LLVMInstructionEraseFromParent(scale->store);
        lift->recent.result[scale - lift->recent.result].store = NULL;
    }
}

static bool is_division(const struct match *m, LLVMValueRef q, LLVMValueRef d, LLVMValueRef n)
{
    const struct cairn_lift_result *fmas = MADE_BY(m, q, div_fmas);
    if (fmas == NULL)
        return false;
    LLVMValueRef rest = fmas->source[0], r = fmas->source[1], estimate = fmas->source[2];
    const struct cairn_lift_result *last = MADE_BY(m, rest, fma);
    LLVMValueRef down = negated_source(m, rest);
    if (last == NULL || down == NULL)
        return false;
    LLVMValueRef up = last->source[2];
    const struct cairn_lift_result *scale_n = MADE_BY(m, up, div_scale);
    const struct cairn_lift_result *scale_d = MADE_BY(m, down, div_scale);
    bool fits = is_scaled(m, scale_n, n, d, n) && is_scaled(m, scale_d, d, d, n) &&
                scale_n->mask == fmas->mask && is_fma(m, rest, down, true, estimate, up) &&
                scaled_divisor(m, r, down, m->wide ? 2 : 1) != NULL &&
                is_estimate(m, estimate, up, down, r);
    if (fits) {
        forget_flag(m, scale_n);
        forget_flag(m, scale_d);
    }
    return fits;
}

LLVMValueRef cairn_lift_valu_quotient(const struct cairn_lift_valu *v, const LLVMValueRef *source)
{
    struct cairn_lift *lift = v->lift;
    struct match m = {.v = v, .exec = cairn_lift_exec(lift)};
    m.wide = v->insn->op == CAIRN_OP_v_div_fixup_f64;
    if (!m.wide && v->insn->op != CAIRN_OP_v_div_fixup_f32)
        return NULL;
    uint32_t mode;
    if (!cairn_lift_mode_known(lift, &mode) ||
        cairn_semantics_mode_of(mode) != CAIRN_SEMANTICS_DEFAULT ||
        !is_division(&m, source[0], source[1], source[2]))
        return NULL;
    LLVMTypeRef type =
        v->scalar ? (m.wide ? lift->f64 : lift->f32) : (m.wide ? lift->vf64 : lift->vf32);
    LLVMValueRef n = LLVMBuildBitCast(v->builder, source[2], type, "");
    LLVMValueRef d = LLVMBuildBitCast(v->builder, source[1], type, "");
    LLVMValueRef q = LLVMBuildFDiv(v->builder, n, d, "");
    q = LLVMBuildBitCast(v->builder, q, LLVMTypeOf(source[2]), "");
    struct cairn_nan_operation operation = {
        .name = v->row->name,
        .mode = CAIRN_SEMANTICS_DEFAULT,
        .result = q,
        .arg = {q, source[1], source[2]},
        .count = 3,
        .type = v->row->dst,
        .kind = CAIRN_NAN_PASSES,
    };
    if (lift->request->exact_nan && !v->scalar)
        cairn_nan_note(lift, &operation);
    return q;
}
