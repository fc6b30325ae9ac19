/* SPDX-License-Identifier: MIT
 * Packed instructions: the function of one element is applied to the low halves (or dwords), then
 * to the high ones. op_sel picks what the low result reads, op_sel_hi what the high one does. AMD
 * "CDNA2 ISA" 6.7. v_pk_fmac_f16 outside of VOP3P pairs like with like.
 */
#include "finalizer/llvm/lift_valu.h"

struct selection {
    uint8_t half[2], negate[2]; /* bit i: source i; for the low and the high result */
};

static struct selection selection_of(const struct cairn_insn *insn)
{
    if (insn->encoding == CAIRN_ENC_VOP3P)
        return (struct selection){{insn->op_sel, insn->op_sel_hi}, {insn->neg_lo, insn->neg_hi}};
    struct selection s = {{0, 7}, {0, 0}};
    for (unsigned i = 0; i < 2; i++) {
        s.negate[0] |= (uint8_t)(insn->slot[CAIRN_SLOT_SRC0 + i].neg << i);
        s.negate[1] |= (uint8_t)(insn->slot[CAIRN_SLOT_SRC0 + i].abs << i);
    }
    return s;
}

/* Slots of the sources, the old destination included. */
static unsigned slots_of(const struct cairn_lift_valu *v, unsigned slot[3])
{
    unsigned count = v->row->sources;
    for (unsigned i = 0; i < count; i++)
        slot[i] = CAIRN_SLOT_SRC0 + i;
    if (v->row->flags & CAIRN_LIFT_VALU_ACC)
        slot[count++] = CAIRN_SLOT_DST;
    return count;
}

static LLVMValueRef half_result(const struct cairn_lift_valu *v, const LLVMValueRef *source,
                                unsigned count, unsigned element)
{
    struct selection select = selection_of(v->insn);
    bool is_float = v->row->dst == CAIRN_TYPE_PK_F16;
    bool limited = v->insn->clamp && (v->row->flags & CAIRN_LIFT_VALU_CLAMP);
    LLVMValueRef part[3];
    for (unsigned i = 0; i < count; i++) {
        bool high = select.half[element] >> i & 1;
        bool flip = is_float && (select.negate[element] >> i & 1);
        part[i] = cairn_lift_valu_lshr(v, source[i], high ? 16 : 0);
        part[i] = cairn_lift_valu_xor(v, part[i], flip ? 0x8000 : 0);
    }
    return cairn_lift_valu_finished(
        v, cairn_lift_valu_call(v, v->row->name, limited ? "_clamp" : "", part));
}

static void packed16(struct cairn_lift_valu *v)
{
    unsigned slot[3], count = slots_of(v, slot);
    LLVMValueRef source[3];
    for (unsigned i = 0; i < count; i++)
        source[i] = cairn_lift_valu_dword(v, slot[i], 0);
    if (v->insn->variant == CAIRN_VARIANT_DPP)
        source[0] = cairn_lift_valu_dpp(v, source[0]);
    LLVMValueRef low = half_result(v, source, count, 0), high = half_result(v, source, count, 1);
    high = LLVMBuildShl(v->builder, high, cairn_lift_valu_const32(v, 16), "");
    cairn_lift_valu_put(v, 0, LLVMBuildOr(v->builder, low, high, ""));
}

static void packed32(struct cairn_lift_valu *v)
{
    struct selection select = selection_of(v->insn);
    unsigned slot[3], count = slots_of(v, slot);
    LLVMValueRef result[2];
    for (unsigned element = 0; element < 2; element++) {
        LLVMValueRef part[3];
        for (unsigned i = 0; i < count; i++) {
            part[i] = cairn_lift_valu_dword(v, slot[i], select.half[element] >> i & 1);
            part[i] = cairn_lift_valu_xor(v, part[i], (select.negate[element] >> i & 1u) << 31);
        }
        result[element] = cairn_lift_valu_call(v, v->row->name, "", part);
    }
    cairn_lift_valu_put(v, 0, result[0]);
    cairn_lift_valu_put(v, 1, result[1]);
}

void cairn_lift_valu_packed(struct cairn_lift_valu *v)
{
    if (v->row->dst == CAIRN_TYPE_PK_F32)
        packed32(v);
    else
        packed16(v);
}

/* Low result from src0, high result from src1, the dwords that op_sel names. */
void cairn_lift_valu_pk_mov(struct cairn_lift_valu *v)
{
    LLVMValueRef low = cairn_lift_valu_dword(v, CAIRN_SLOT_SRC0, v->insn->op_sel & 1);
    LLVMValueRef high = cairn_lift_valu_dword(v, CAIRN_SLOT_SRC1, v->insn->op_sel >> 1 & 1);
    cairn_lift_valu_put(v, 0, low);
    cairn_lift_valu_put(v, 1, high);
}

/* v_mqsad_u32_u8: four masked sums, of the bytes of src0 from byte 0, 1, 2 and 3 on. */
void cairn_lift_valu_mqsad(struct cairn_lift_valu *v)
{
    LLVMValueRef a = cairn_lift_valu_raw(v, CAIRN_SLOT_SRC0, CAIRN_TYPE_U64), result[4];
    LLVMTypeRef dwords = v->scalar ? v->lift->i32 : v->lift->v32;
    for (unsigned i = 0; i < 4; i++) {
        LLVMValueRef bytes = LLVMBuildLShr(v->builder, a, cairn_lift_valu_const64(v, 8 * i), "");
        LLVMValueRef part[3] = {LLVMBuildTrunc(v->builder, bytes, dwords, ""),
                                cairn_lift_valu_dword(v, CAIRN_SLOT_SRC1, 0),
                                cairn_lift_valu_dword(v, CAIRN_SLOT_SRC2, i)};
        result[i] = cairn_lift_valu_call(v, "v_msad_u8", v->insn->clamp ? "_clamp" : "", part);
    }
    for (unsigned i = 0; i < 4; i++)
        cairn_lift_valu_put(v, i, result[i]);
}
