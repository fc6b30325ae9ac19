/* SPDX-License-Identifier: MIT
 * Lifts vector instructions that work lane by lane: finds what an instruction does in the table,
 * gets its operands, puts in the operation from the semantics library, and writes its results.
 * Where all lanes of a result follow from lane 0, it is computed for lane 0 alone.
 */
#include "finalizer/llvm/lift_valu.h"

#include "fp/mode.h"

#include <string.h>

/* Operations that the library has no straight code for. */
static bool is_left_out(unsigned op)
{
    return op == CAIRN_OP_v_trig_preop_f64;
}

static bool is_packed(unsigned type)
{
    return cairn_lift_valu_is_packed16(type) || type == CAIRN_TYPE_PK_F32;
}

bool cairn_lift_needs_mode(const struct cairn_insn *insn)
{
    const struct cairn_lift_valu_row *row = cairn_lift_valu_row_of(insn->op);
    return row != NULL && (row->flags & CAIRN_LIFT_VALU_FLOAT);
}

static enum cairn_lift_kind kind(const struct cairn_insn *insn,
                                 const struct cairn_geometry *geometry, bool exact_nan)
{
    const struct cairn_lift_valu_row *row = cairn_lift_valu_row_of(insn->op);
    (void)exact_nan;
    if (row == NULL || insn->encoding < CAIRN_ENC_VOP1 || insn->encoding > CAIRN_ENC_MAI ||
        is_left_out(insn->op))
        return CAIRN_LIFT_STEP;
    if (insn->variant == CAIRN_VARIANT_DPP8)
        return CAIRN_LIFT_STEP;
    if (is_packed(row->dst) && insn->variant == CAIRN_VARIANT_SDWA)
        return CAIRN_LIFT_STEP; /* the interpreter has none either */
    if ((row->flags & CAIRN_LIFT_VALU_FLOAT) &&
        cairn_semantics_mode_of(geometry->mode) == CAIRN_SEMANTICS_MODES)
        return CAIRN_LIFT_STEP;
    return CAIRN_LIFT_LANE;
}

/* ---- masks */

static LLVMValueRef mask_in(struct cairn_lift *lift)
{
    const struct cairn_operand *operand = &lift->insn->slot[CAIRN_SLOT_SRC2];
    if (operand->type == CAIRN_TYPE_MASK && cairn_operand_present(operand))
        return cairn_lift_mask(lift, CAIRN_SLOT_SRC2);
    return cairn_lift_mask_code(lift, CAIRN_CODE_VCC_LO);
}

static LLVMValueRef masked(struct cairn_lift *lift, LLVMValueRef bits, LLVMValueRef mask)
{
    if (LLVMIsConstant(mask) && mask == LLVMConstAllOnes(lift->v1))
        return bits;
    return LLVMBuildAnd(lift->builder, bits, mask, "");
}

/* Every bit is written: 0 in lanes that are off. Lanes that DPP leaves out keep their bit. Returns
 * what was written. */
static LLVMValueRef put_mask(const struct cairn_lift_valu *v, LLVMValueRef bits)
{
    struct cairn_lift *lift = v->lift;
    unsigned code = v->insn->slot[CAIRN_SLOT_SDST].code;
    code = code == CAIRN_CODE_NONE ? CAIRN_CODE_VCC_LO : code;
    LLVMValueRef exec = cairn_lift_exec(lift);
    LLVMValueRef mask = masked(lift, bits, v->written != NULL ? v->written : exec);
    if (v->written != NULL) {
        LLVMValueRef left_out = LLVMBuildNot(v->builder, v->written, "");
        LLVMValueRef old = masked(lift, cairn_lift_mask_code(lift, code), exec);
        mask = LLVMBuildOr(v->builder, mask, LLVMBuildAnd(v->builder, old, left_out, ""), "");
    }
    if (code < CAIRN_CODE_TTMP0 || code >= CAIRN_CODE_M0)
        cairn_lift_put_mask_code(lift, code, mask);
    if (v->row->flags & CAIRN_LIFT_VALU_CMPX)
        cairn_lift_put_mask_code(lift, CAIRN_CODE_EXEC_LO, mask);
    return mask;
}

/* ---- operands beyond the sources */

/* The lane's number in the wave. */
static LLVMValueRef lane_number(const struct cairn_lift_valu *v)
{
    struct cairn_lift *lift = v->lift;
    LLVMValueRef chunk = LLVMBuildURem(v->builder, cairn_lift_chunk(lift),
                                       cairn_lift_const32(lift, lift->chunks), "");
    LLVMValueRef first = LLVMBuildMul(v->builder, chunk, cairn_lift_const32(lift, lift->width), "");
    if (v->scalar)
        return first;
    return LLVMBuildAdd(v->builder, cairn_lift_splat(lift, first), cairn_lift_iota(lift, 1), "");
}

/* Lane 0's carry, were it active. */
static void note_carry(const struct cairn_lift_valu *v, LLVMValueRef mask, LLVMValueRef sum,
                       LLVMValueRef part)
{
    if (v->scalar && v->insn->op == CAIRN_OP_v_add_co_u32 && !v->insn->clamp &&
        v->insn->variant == CAIRN_VARIANT_PLAIN)
        cairn_lift_note_bit(v->lift, mask, LLVMBuildICmp(v->builder, LLVMIntULT, sum, part, ""));
}

static void operands_of(struct cairn_lift_valu *v, LLVMValueRef args[4])
{
    unsigned count = v->row->sources;
    for (unsigned i = 0; i < count; i++)
        args[i] = cairn_lift_valu_source(v, i);
    if (v->row->flags & CAIRN_LIFT_VALU_ACC)
        args[count++] = cairn_lift_valu_raw(v, CAIRN_SLOT_DST, v->row->dst);
    if (v->row->flags & CAIRN_LIFT_VALU_LANE)
        args[count++] = lane_number(v);
    if (v->row->flags & CAIRN_LIFT_VALU_MASK_IN) {
        LLVMValueRef mask = mask_in(v->lift);
        args[count++] = v->scalar ? cairn_lift_bit_of(v->lift, mask) : mask;
    }
}

/* ---- instructions */

/* v_swap_b32: what the facts say of the destination does not hold for the other register. */
static void emit_swap(const struct cairn_lift_valu *v)
{
    struct cairn_lift *lift = v->lift;
    LLVMValueRef exec = cairn_lift_exec(lift);
    LLVMValueRef a = cairn_lift_source(lift, CAIRN_SLOT_DST, 0);
    LLVMValueRef b = cairn_lift_source(lift, CAIRN_SLOT_SRC0, 0);
    cairn_lift_put_masked(lift, CAIRN_SLOT_DST, 0, b, exec);
    cairn_lift_put_masked(lift, CAIRN_SLOT_SRC0, 0, a, exec);
}

static void emit_compare(struct cairn_lift_valu *v)
{
    char name[64];
    LLVMValueRef args[4];
    strncpy(name, v->row->name, sizeof name - 1);
    name[sizeof name - 1] = '\0';
    if (strncmp(name, "v_cmpx_", 7) == 0)
        memmove(name + 5, name + 6, strlen(name + 6) + 1);
    operands_of(v, args);
    put_mask(v, cairn_lift_valu_call(v, name, "", args));
}

/* Returns the result, before it was put into its place. */
static LLVMValueRef emit_value(struct cairn_lift_valu *v, const LLVMValueRef args[4])
{
    bool limited = v->insn->clamp && (v->row->flags & CAIRN_LIFT_VALU_CLAMP);
    LLVMValueRef result;
    if (v->insn->op == CAIRN_OP_v_cndmask_b32)
        result = LLVMBuildSelect(v->builder, args[2], args[1], args[0], "");
    else
        result = cairn_lift_valu_quotient(v, args);
    if (result == NULL)
        result = cairn_lift_valu_call(v, v->row->name, limited ? "_clamp" : "", args);
    result = cairn_lift_valu_finished(v, result);
    if (cairn_lift_valu_is_wide(v->row->dst))
        cairn_lift_valu_put64(v, result);
    else
        cairn_lift_valu_put(v, 0, cairn_lift_valu_placed(v, result));
    return result;
}

static void emit_plain(struct cairn_lift_valu *v)
{
    LLVMValueRef args[4], flag = NULL;
    if (v->row->flags & CAIRN_LIFT_VALU_MASK_OUT) { /* before the destination changes a source */
        bool scalar = v->scalar;
        v->scalar = false;
        operands_of(v, args);
        flag = cairn_lift_valu_call(v, v->row->name, "_flag", args);
        v->scalar = scalar;
    }
    if (flag == NULL || v->scalar)
        operands_of(v, args);
    LLVMValueRef result = emit_value(v, args), mask = flag;
    if (flag != NULL) {
        mask = put_mask(v, flag);
        note_carry(v, mask, result, args[0]);
    } else if (v->row->flags & CAIRN_LIFT_VALU_MASK_IN) {
        mask = args[v->row->sources];
    }
    cairn_lift_valu_note(v, args, result, mask);
}

/* Do the facts say how the other lanes follow from lane 0? */
static bool follows_lane_0(const struct cairn_lift *lift, const struct cairn_lift_valu_row *row)
{
    const struct cairn_insn_facts *facts = lift->insn_facts;
    bool wide = cairn_lift_valu_is_wide(row->dst) || row->dst == CAIRN_TYPE_PK_F32 ||
                row->dst == CAIRN_TYPE_PK_B32;
    return facts->full_write && facts->shape.kind != CAIRN_SHAPE_VARYING &&
           (!wide || facts->shape_high.kind != CAIRN_SHAPE_VARYING) &&
           row->dst != CAIRN_TYPE_B128 && !(row->flags & CAIRN_LIFT_VALU_NO_DST) &&
           lift->insn->variant != CAIRN_VARIANT_DPP;
}

/* May results that wait be read, and the own one wait with them? DPP reads what lanes of other
 * instructions have, and the order of a mask's bits is nobody's to wait for. */
static enum cairn_nan_policy policy_of(const struct cairn_lift_valu *v)
{
    unsigned flags = v->row->flags;
    bool mask = flags & (CAIRN_LIFT_VALU_MASK_OUT | CAIRN_LIFT_VALU_NO_DST);
    if (v->scalar || v->insn->variant == CAIRN_VARIANT_DPP || v->insn->op == CAIRN_OP_v_swap_b32)
        return CAIRN_NAN_STRICT;
    if (!mask)
        return CAIRN_NAN_WAITS;
    bool one_type = v->row->src[1] == v->row->src[0] ||
                    !cairn_code_is_vector(v->insn->slot[CAIRN_SLOT_SRC1].code);
    return (flags & CAIRN_LIFT_VALU_FLOAT) && v->insn->variant == CAIRN_VARIANT_PLAIN && one_type
               ? CAIRN_NAN_COMPARE
               : CAIRN_NAN_STRICT;
}

static void emit_insn(struct cairn_lift_valu *v)
{
    const struct cairn_lift_valu_row *row = v->row;
    if (v->insn->op == CAIRN_OP_v_swap_b32)
        emit_swap(v);
    else if (v->insn->op == CAIRN_OP_v_pk_mov_b32)
        cairn_lift_valu_pk_mov(v);
    else if (v->insn->op == CAIRN_OP_v_mqsad_u32_u8)
        cairn_lift_valu_mqsad(v);
    else if (is_packed(row->dst))
        cairn_lift_valu_packed(v);
    else if (row->flags & CAIRN_LIFT_VALU_NO_DST)
        emit_compare(v);
    else
        emit_plain(v);
}

/* i32: the low half of a product with sum in lane 0, where it says how the other lanes follow and
 * the high half does not: 32-bit code multiplies so, and never looks at the high half. Else NULL.
 */
static LLVMValueRef low_half(struct cairn_lift *lift)
{
    unsigned op = lift->insn->op;
    const struct cairn_insn_facts *facts = lift->insn_facts;
    LLVMBuilderRef b = lift->builder;
    if ((op != CAIRN_OP_v_mad_u64_u32 && op != CAIRN_OP_v_mad_i64_i32) || lift->insn->clamp ||
        !facts->full_write || facts->shape.kind == CAIRN_SHAPE_VARYING ||
        facts->shape_high.kind != CAIRN_SHAPE_VARYING)
        return NULL;
    for (unsigned i = CAIRN_SLOT_SRC0; i <= CAIRN_SLOT_SRC2; i++)
        if (cairn_lift_shape(lift, i, 0).kind == CAIRN_SHAPE_VARYING)
            return NULL;
    LLVMValueRef product = LLVMBuildMul(b, cairn_lift_base(lift, CAIRN_SLOT_SRC0, 0),
                                        cairn_lift_base(lift, CAIRN_SLOT_SRC1, 0), "");
    return LLVMBuildAdd(b, product, cairn_lift_base(lift, CAIRN_SLOT_SRC2, 0), "");
}

static void emit(struct cairn_lift *lift)
{
    const struct cairn_lift_valu_row *row = cairn_lift_valu_row_of(lift->insn->op);
    struct cairn_lift_valu v = {
        .lift = lift,
        .builder = lift->builder,
        .insn = lift->insn,
        .row = row,
        .scalar = follows_lane_0(lift, row),
    };
    LLVMValueRef low = v.scalar ? NULL : low_half(lift);
    cairn_nan_begin(lift, policy_of(&v), row->src[0]);
    emit_insn(&v);
    if (low != NULL)
        cairn_lift_put_base(lift, CAIRN_SLOT_DST, 0, low);
    cairn_nan_end(lift, row->flags & CAIRN_LIFT_VALU_FLOAT ? cairn_lift_valu_element(row->dst)
                                                           : CAIRN_TYPE_NONE);
}

const struct cairn_lift_family cairn_lift_valu_family = {.kind = kind, .emit = emit};
