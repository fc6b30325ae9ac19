/* SPDX-License-Identifier: MIT
 * The decoder's modifiers, an encoding a function. A reserved bit that is set makes the instruction
 * illegal; which bits are reserved and which are ignored follows LLVM 22. Bit positions: AMD "CDNA2
 * Instruction Set Architecture", section 12.
 */
#include "isa/decode_priv.h"

/* Takes the abs and neg bits of source `slot` if they act; a bit that is set on a source without
 * them is illegal. */
static bool take_abs_neg(struct cairn_insn *out, const struct field *f, unsigned abs, unsigned neg)
{
    if (f->mods == MODS_ACT) {
        out->slot[f->slot].abs = abs & 1;
        out->slot[f->slot].neg = neg & 1;
    }
    return f->mods != MODS_ILLEGAL || ((abs | neg) & 1) == 0;
}

/* The field of source i, or NULL. */
static const struct field *source_field(const struct cairn_isa_row *row, unsigned i)
{
    for (unsigned k = 0; k < row->field_count; k++)
        if (row->fields[k].slot == CAIRN_SLOT_SRC0 + i && row->fields[k].kind != FIELD_VCC)
            return &row->fields[k];
    return NULL;
}

static bool take_clamp_omod(const struct decoding *d, struct cairn_insn *out, unsigned clamp,
                            unsigned omod)
{
    out->clamp = clamp & 1;
    out->omod = omod & 3;
    return (clamp == 0 || decode_has(d, MOD_CLAMP)) && (omod == 0 || decode_has(d, MOD_OMOD));
}

static bool finish_vop3(const struct decoding *d, struct cairn_insn *out)
{
    if (d->row->field_count == 0 && bits_at(d, 0, 8) != 0)
        return false;
    bool carries = d->row->encoding == CAIRN_ENC_VOP3B;
    unsigned abs = carries ? 0 : bits_at(d, 8, 3);
    unsigned op_sel = carries ? 0 : bits_at(d, 11, 4);
    unsigned neg = bits_at(d, 61, 3);
    for (unsigned i = 0; i < 3; i++, abs >>= 1, neg >>= 1) {
        const struct field *f = source_field(d->row, i);
        if (f == NULL || f->type == CAIRN_TYPE_MASK) {
            if ((abs | neg) & 1)
                return false;
            if (f == NULL && decode_has(d, MOD_OP_SEL) && op_sel >> i & 1)
                return false;
        } else if (!take_abs_neg(out, f, abs, neg)) {
            return false;
        }
    }
    if (decode_has(d, MOD_OP_SEL))
        out->op_sel = (uint8_t)op_sel;
    return take_clamp_omod(d, out, bits_at(d, 15, 1), bits_at(d, 59, 2));
}

static bool finish_vop3p(const struct decoding *d, struct cairn_insn *out)
{
    unsigned op_sel = bits_at(d, 11, 3);
    unsigned neg_lo = bits_at(d, 61, 3);
    unsigned neg_hi = bits_at(d, 8, 3);
    unsigned used = source_field(d->row, 2) != NULL ? 7 : 3;
    if (((op_sel | neg_lo | neg_hi) & ~used) != 0)
        return false;
    if (!decode_has(d, MOD_OP_SEL) && op_sel != 0)
        return false;
    out->op_sel_hi = 7;
    if (decode_has(d, MOD_OP_SEL)) {
        out->op_sel = (uint8_t)op_sel;
        out->op_sel_hi = (uint8_t)(bits_at(d, 59, 2) | bits_at(d, 14, 1) << 2);
    }
    out->op_sel_hi &= used;
    out->neg_lo = (uint8_t)neg_lo;
    out->neg_hi = (uint8_t)neg_hi;
    for (unsigned i = 0; i < 3 && decode_has(d, MOD_MIX); i++) {
        struct cairn_operand *source = &out->slot[CAIRN_SLOT_SRC0 + i];
        source->abs = neg_hi >> i & 1;
        source->neg = neg_lo >> i & 1;
        source->type = out->op_sel_hi >> i & 1 ? CAIRN_TYPE_F16 : CAIRN_TYPE_F32;
    }
    out->clamp = bits_at(d, 15, 1);
    return true;
}

static bool finish_mai(const struct decoding *d, struct cairn_insn *out)
{
    unsigned low = bits_at(d, 8, 6);
    if (!decode_has(d, MOD_CBSZ))
        return low == 0 && bits_at(d, 61, 3) == 0;
    out->cbsz = (uint8_t)bits_at(d, 8, 3);
    out->abid = (uint8_t)bits_at(d, 11, 4);
    out->blgp = (uint8_t)bits_at(d, 61, 3);
    return true;
}

static bool take_sdwa_source(const struct decoding *d, struct cairn_insn *out, unsigned i)
{
    const struct field *f = source_field(d->row, i);
    unsigned bits = bits_at(d, 48 + 8 * i, 8);
    unsigned sext = bits >> 3 & 1, neg = bits >> 4 & 1, abs = bits >> 5 & 1;
    if (f == NULL)
        return (bits & 0xbf) == 0;
    struct cairn_operand *source = &out->slot[f->slot];
    source->sel = bits & 7;
    if (f->mods == MODS_SEXT) {
        source->sext = sext & 1;
        return (neg | abs) == 0 && source->sel <= CAIRN_SEL_DWORD;
    }
    if (f->mods == MODS_ACT) {
        source->neg = neg & 1;
        source->abs = abs & 1;
    }
    return sext == 0 && source->sel <= CAIRN_SEL_DWORD;
}

/* Sub-dword selectors: 7 and dst_unused 3 are reserved. A comparison has no destination selector;
 * its clamp bit asks for exceptions only. */
static bool finish_sdwa(const struct decoding *d, struct cairn_insn *out)
{
    bool compare = d->encoding == CAIRN_ENC_VOPC;
    out->dst_sel = CAIRN_SEL_DWORD;
    out->clamp = bits_at(d, 45, 1);
    if (!compare) {
        out->dst_sel = (uint8_t)bits_at(d, 40, 3);
        out->dst_unused = (uint8_t)bits_at(d, 43, 2);
        out->omod = bits_at(d, 46, 2);
    }
    if (out->dst_sel > CAIRN_SEL_DWORD || out->dst_unused > 2)
        return false;
    if (out->omod != 0 && !decode_has(d, MOD_OMOD))
        return false;
    return take_sdwa_source(d, out, 0) && take_sdwa_source(d, out, 1);
}

enum { DPP_ROW_NEWBCAST0 = 0x150, DPP_ROW_NEWBCAST15 = 0x15f };

/* AMD "CDNA2 ISA" section 12.16.1 and LLVM: 64-bit operands move by row_newbcast only. */
static bool dpp_ctrl_legal(unsigned ctrl, bool is64)
{
    if (ctrl >= DPP_ROW_NEWBCAST0 && ctrl <= DPP_ROW_NEWBCAST15)
        return true;
    if (is64)
        return false;
    if (ctrl < 0x130) /* quad_perm, row_shl, row_shr, row_ror: rows of 16 without 0 */
        return ctrl < 0x100 || (ctrl & 15) != 0;
    return (ctrl < 0x140 && (ctrl & 3) == 0) || (ctrl >= 0x140 && ctrl <= 0x143);
}

static bool finish_dpp(const struct decoding *d, struct cairn_insn *out)
{
    bool is64 = false;
    out->dpp_ctrl = (uint16_t)bits_at(d, 40, 9);
    out->bound_ctrl = bits_at(d, 51, 1);
    out->bank_mask = (uint8_t)bits_at(d, 56, 4);
    out->row_mask = (uint8_t)bits_at(d, 60, 4);
    for (unsigned i = 0; i < 2; i++) {
        const struct field *f = source_field(d->row, i);
        unsigned neg = bits_at(d, 52 + 2 * i, 1);
        unsigned abs = bits_at(d, 53 + 2 * i, 1);
        if (f == NULL) {
            if (neg | abs)
                return false;
            continue;
        }
        is64 |= f->dwords == 2;
        if (!take_abs_neg(out, f, abs, neg))
            return false;
    }
    return dpp_ctrl_legal(out->dpp_ctrl, is64 || out->slot[CAIRN_SLOT_DST].dwords == 2);
}

static bool finish_smem(const struct decoding *d, struct cairn_insn *out)
{
    bool has_imm = bits_at(d, 17, 1);
    bool has_soffset = bits_at(d, 14, 1);
    if (decode_has(d, MOD_IMM7))
        out->imm7 = (uint8_t)bits_at(d, 6, 7);
    if (!decode_has(d, MOD_OFF))
        return !has_imm;
    out->glc = bits_at(d, 16, 1) && (d->row->flags & (CAIRN_ISA_LOADS | CAIRN_ISA_STORES));
    unsigned reg = has_soffset ? bits_at(d, 57, 7) : bits_at(d, 32, 7);
    out->offen = has_imm;
    if (has_imm)
        out->imm = sign_extend(bits_at(d, 32, 21), 21);
    if (!has_imm || has_soffset) {
        if (!decode_scalar_register(reg, 1))
            return false;
        out->slot[CAIRN_SLOT_SOFFSET] = (struct cairn_operand){
            .code = (uint16_t)reg, .dwords = 1, .type = CAIRN_TYPE_U32, .sel = CAIRN_SEL_DWORD};
    }
    return true;
}

/* The bits of the slots that a DS instruction does not use are zero. */
static bool finish_ds(const struct decoding *d, struct cairn_insn *out)
{
    uint32_t unused = 0xffffffff;
    for (unsigned i = 0; i < d->row->field_count; i++)
        unused &= ~(0xffu << (d->row->fields[i].shift - 32));
    out->imm = (int32_t)bits_at(d, 0, 16);
    out->gds = bits_at(d, 16, 1);
    if (d->row->field_count == 0 && bits_at(d, 25, 1))
        return false;
    if (d->row->mods == 0 && out->imm != 0)
        return false;
    if (decode_has(d, MOD_GWS) ? !out->gds : out->gds && !decode_has(d, MOD_GDS))
        return false;
    return ((uint32_t)(d->bits >> 32) & unused) == 0;
}

/* A load into LDS has no destination register. */
static bool take_lds(const struct decoding *d, struct cairn_insn *out, unsigned lds)
{
    out->lds = lds & 1;
    if (out->lds == 0)
        return !decode_has(d, MOD_STORE_LDS);
    if (bits_at(d, 55, 1))
        return false;
    out->slot[CAIRN_SLOT_DST] =
        (struct cairn_operand){.code = CAIRN_CODE_NONE, .sel = CAIRN_SEL_DWORD};
    return decode_has(d, MOD_LDS) || decode_has(d, MOD_STORE_LDS);
}

/* Offsets: FLAT 12 bits unsigned (the top bit is ignored), the others 13 bits signed. FLAT has no
 * saddr, its field is zero. */
static bool finish_flat(const struct decoding *d, struct cairn_insn *out)
{
    bool flat = d->encoding == CAIRN_ENC_FLAT;
    out->imm = flat ? (int32_t)bits_at(d, 0, 12) : sign_extend(bits_at(d, 0, 13), 13);
    out->glc = bits_at(d, 16, 1);
    out->slc = bits_at(d, 17, 1);
    out->scc = bits_at(d, 25, 1);
    if (flat && bits_at(d, 48, 7) != 0)
        return false;
    return take_lds(d, out, bits_at(d, 13, 1)) && !(out->scc && decode_has(d, MOD_NO_SCC));
}

/* Cache instructions use no operand; their other bits are partly reserved. */
static bool finish_bare_buffer(const struct decoding *d)
{
    bool writes_back = d->row->op == CAIRN_OP_buffer_wbl2;
    bool cached = bits_at(d, 14, 2) == 0 || writes_back;
    return bits_at(d, 12, 2) == 0 && bits_at(d, 16, 1) == 0 && bits_at(d, 55, 1) == 0 && cached;
}

static bool finish_mubuf(const struct decoding *d, struct cairn_insn *out)
{
    if (decode_has(d, MOD_BARE))
        return finish_bare_buffer(d);
    out->imm = (int32_t)bits_at(d, 0, 12);
    out->offen = bits_at(d, 12, 1);
    out->idxen = bits_at(d, 13, 1);
    out->glc = bits_at(d, 14, 1);
    out->scc = bits_at(d, 15, 1);
    out->slc = bits_at(d, 17, 1);
    if (!take_lds(d, out, bits_at(d, 16, 1)) || (out->scc && decode_has(d, MOD_NO_SCC)))
        return false;
    return !decode_has(d, MOD_STORE_LDS) || (!out->offen && !out->idxen);
}

static bool finish_mtbuf(const struct decoding *d, struct cairn_insn *out)
{
    out->imm = (int32_t)bits_at(d, 0, 12);
    out->offen = bits_at(d, 12, 1);
    out->idxen = bits_at(d, 13, 1);
    out->glc = bits_at(d, 14, 1);
    out->dfmt = (uint8_t)bits_at(d, 19, 4);
    out->nfmt = (uint8_t)bits_at(d, 23, 3);
    out->scc = bits_at(d, 53, 1);
    out->slc = bits_at(d, 54, 1);
    return true;
}

/* Only sampling has a sampler field, only unpacked accesses have d16. */
static bool finish_mimg(const struct decoding *d, struct cairn_insn *out)
{
    out->dmask = (uint8_t)bits_at(d, 8, 4);
    out->mimg_flags =
        (uint8_t)(bits_at(d, 12, 1) | bits_at(d, 15, 1) << 1 | bits_at(d, 17, 1) << 2 |
                  bits_at(d, 14, 1) << 3 | bits_at(d, 63, 1) << 4);
    out->glc = bits_at(d, 13, 1);
    out->scc = bits_at(d, 7, 1);
    out->slc = bits_at(d, 25, 1);
    if (bits_at(d, 0, 1) || (!decode_has(d, MOD_SAMP) && bits_at(d, 53, 5) != 0))
        return false;
    return decode_has(d, MOD_D16) || bits_at(d, 63, 1) == 0;
}

static bool finish_scalar(struct decoding *d, struct cairn_insn *out)
{
    if (d->encoding == CAIRN_ENC_SOPK || d->encoding == CAIRN_ENC_SOPP)
        out->imm = sign_extend(bits_at(d, 0, 16), 16);
    if (d->encoding == CAIRN_ENC_SOPP && d->row->mods == 0 && out->imm != 0)
        return false;
    if (d->encoding == CAIRN_ENC_SOPC && decode_has(d, MOD_GPR_IDX))
        out->imm = (int32_t)bits_at(d, 8, 8);
    return true;
}

static bool finish(struct decoding *d, struct cairn_insn *out)
{
    switch ((enum cairn_encoding)d->row->encoding) {
    case CAIRN_ENC_VOP1:
    case CAIRN_ENC_VOP2:
    case CAIRN_ENC_VOPC:
        if (d->row->field_count == 0 && bits_at(d, 17, 8) != 0)
            return false;
        return d->variant == CAIRN_VARIANT_SDWA  ? finish_sdwa(d, out)
               : d->variant == CAIRN_VARIANT_DPP ? finish_dpp(d, out)
                                                 : true;
    case CAIRN_ENC_VOP3A:
    case CAIRN_ENC_VOP3B:
        return finish_vop3(d, out);
    case CAIRN_ENC_VOP3P:
        return finish_vop3p(d, out);
    case CAIRN_ENC_MAI:
        return finish_mai(d, out);
    case CAIRN_ENC_SMEM:
        return finish_smem(d, out);
    case CAIRN_ENC_DS:
        return finish_ds(d, out);
    case CAIRN_ENC_FLAT:
    case CAIRN_ENC_GLOBAL:
    case CAIRN_ENC_SCRATCH:
        return finish_flat(d, out);
    case CAIRN_ENC_MUBUF:
        return finish_mubuf(d, out);
    case CAIRN_ENC_MTBUF:
        return finish_mtbuf(d, out);
    case CAIRN_ENC_MIMG:
        return finish_mimg(d, out);
    default:
        return finish_scalar(d, out);
    }
}

/* An atomic has a destination only if glc asks for the old value. */
static void drop_unreturned(const struct decoding *d, struct cairn_insn *out)
{
    if (decode_has(d, MOD_RTN) && !out->glc)
        out->slot[CAIRN_SLOT_DST] =
            (struct cairn_operand){.code = CAIRN_CODE_NONE, .sel = CAIRN_SEL_DWORD};
}

bool decode_modifiers(struct decoding *d, struct cairn_insn *out)
{
    if (!finish(d, out))
        return false;
    drop_unreturned(d, out);
    return true;
}
