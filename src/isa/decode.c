/* SPDX-License-Identifier: MIT
 * The decoder: finds the row of the bytes' encoding and opcode, reads its operand fields, then the
 * modifiers of the encoding. What it accepts is what the row's chip executes; a reserved bit or an
 * operand that the class does not allow makes the instruction illegal. Bit positions: AMD "CDNA2
 * Instruction Set Architecture", section 12 (microcode formats).
 */
#include "isa/isa_priv.h"

struct decoding {
    const struct cairn_gfx *gfx;
    const struct cairn_isa_row *row;
    uint64_t bits; /* first dword, and the second where the form has 64 bits */
    enum cairn_encoding encoding;
    enum cairn_variant variant;
    unsigned opcode;
    bool wide;         /* the form has 64 bits */
    bool may_literal;  /* code 255 is legal in a source */
    bool uses_literal; /* a dword follows */
};

static uint32_t bits_at(const struct decoding *d, unsigned shift, unsigned width)
{
    return (uint32_t)(d->bits >> shift) & ((1u << width) - 1);
}

static int32_t sign_extend(uint32_t value, unsigned width)
{
    return (int32_t)(value << (32 - width)) >> (32 - width);
}

/* --- which encoding ----------------------------------------------------------------------------
 */

static bool set(struct decoding *d, enum cairn_encoding encoding, unsigned opcode, bool wide)
{
    d->encoding = encoding;
    d->opcode = opcode;
    d->wide = wide;
    return true;
}

static bool classify_scalar(struct decoding *d)
{
    uint32_t w = (uint32_t)d->bits;
    d->may_literal = true;
    switch (w >> 23) {
    case 0x17d:
        return set(d, CAIRN_ENC_SOP1, w >> 8 & 0xff, false);
    case 0x17e:
        return set(d, CAIRN_ENC_SOPC, w >> 16 & 0x7f, false);
    case 0x17f:
        return set(d, CAIRN_ENC_SOPP, w >> 16 & 0x7f, false);
    }
    if (w >> 28 == 0xb)
        return set(d, CAIRN_ENC_SOPK, w >> 23 & 0x1f, false);
    return set(d, CAIRN_ENC_SOP2, w >> 23 & 0x7f, false);
}

static bool classify_vector32(struct decoding *d)
{
    uint32_t w = (uint32_t)d->bits;
    unsigned op = w >> 25;
    unsigned src0 = w & 0x1ff;
    if (op == 0x3e)
        set(d, CAIRN_ENC_VOPC, w >> 17 & 0xff, false);
    else if (op == 0x3f)
        set(d, CAIRN_ENC_VOP1, w >> 9 & 0xff, false);
    else
        set(d, CAIRN_ENC_VOP2, op, false);
    if (src0 == 0xf9)
        d->variant = CAIRN_VARIANT_SDWA;
    else if (src0 == 0xfa)
        d->variant = CAIRN_VARIANT_DPP;
    d->wide = d->variant != CAIRN_VARIANT_PLAIN;
    d->may_literal = !d->wide;
    return true;
}

static bool classify_flat(struct decoding *d)
{
    static const uint8_t encodings[] = {CAIRN_ENC_FLAT, CAIRN_ENC_SCRATCH, CAIRN_ENC_GLOBAL};
    unsigned segment = bits_at(d, 14, 2);
    return segment < 3 && set(d, (enum cairn_encoding)encodings[segment], bits_at(d, 18, 7), true);
}

static bool classify(struct decoding *d)
{
    uint32_t w = (uint32_t)d->bits;
    if (w >> 31 == 0)
        return classify_vector32(d);
    if (w >> 30 == 2)
        return classify_scalar(d);
    switch (w >> 26) {
    case 0x30:
        return set(d, CAIRN_ENC_SMEM, w >> 18 & 0xff, true);
    case 0x34:
        if (w >> 23 == 0x1a7)
            return set(d, CAIRN_ENC_VOP3P, w >> 16 & 0x7f, true);
        return set(d, CAIRN_ENC_VOP3A, w >> 16 & 0x3ff, true);
    case 0x36:
        return set(d, CAIRN_ENC_DS, w >> 17 & 0xff, true);
    case 0x37:
        return classify_flat(d);
    case 0x38:
        return set(d, CAIRN_ENC_MUBUF, w >> 18 & 0x7f, true);
    case 0x3a:
        return set(d, CAIRN_ENC_MTBUF, w >> 15 & 0xf, true);
    case 0x3c:
        return set(d, CAIRN_ENC_MIMG, w >> 18 & 0x7f, true);
    }
    return false;
}

/* --- operands ----------------------------------------------------------------------------------
 */

/* A scalar register or tuple: tuples of 2 start even, wider ones at a multiple of 4, and none
 * crosses the end of its group. */
static bool scalar_register(unsigned code, unsigned dwords)
{
    unsigned step = dwords == 1 ? 1 : dwords == 2 ? 2 : 4;
    if (code % step != 0)
        return false;
    if (code < CAIRN_CODE_FLAT_SCRATCH_LO)
        return code + dwords <= CAIRN_CODE_FLAT_SCRATCH_LO;
    if (code < CAIRN_CODE_TTMP0)
        return dwords <= 2;
    if (code < CAIRN_CODE_M0)
        return code + dwords <= CAIRN_CODE_M0;
    if (code == CAIRN_CODE_M0)
        return dwords == 1;
    return code >= CAIRN_CODE_EXEC_LO && code <= CAIRN_CODE_EXEC_HI && dwords <= 2;
}

static bool is_inline_constant(unsigned code)
{
    return (code >= CAIRN_CODE_INT_0 && code <= CAIRN_CODE_INT_LAST) ||
           (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST);
}

/* A scalar source without literal: register, constant or one of the special values. */
static bool scalar_source(unsigned code, unsigned dwords)
{
    if (code <= CAIRN_CODE_EXEC_HI)
        return scalar_register(code, dwords);
    return is_inline_constant(code) ||
           (code >= CAIRN_CODE_SHARED_BASE && code <= CAIRN_CODE_POPS_WAVE_ID) ||
           (code >= CAIRN_CODE_VCCZ && code <= CAIRN_CODE_SCC);
}

/* Vector tuples start at an even register on chips with one register file for VGPRs and AGPRs. */
static bool vector_register(const struct decoding *d, unsigned number, unsigned dwords)
{
    return number + dwords <= 256 && (dwords == 1 || number % 2 == 0);
}

static bool put(struct cairn_operand *operand, unsigned code)
{
    operand->code = (uint16_t)code;
    return true;
}

static bool put_vector(const struct decoding *d, const struct field *f, unsigned number, bool agpr,
                       struct cairn_operand *operand)
{
    if (!vector_register(d, number, f->dwords))
        return false;
    return put(operand, (agpr ? CAIRN_CODE_AGPR0 : CAIRN_CODE_VGPR0) + number);
}

static bool acc_bit(const struct decoding *d, const struct field *f)
{
    return f->acc >= 0 && (d->bits >> f->acc & 1) != 0;
}

static bool put_source(struct decoding *d, const struct field *f, unsigned code,
                       struct cairn_operand *operand)
{
    if (code >= CAIRN_CODE_VGPR0)
        return put_vector(d, f, code - CAIRN_CODE_VGPR0, false, operand);
    if (code == CAIRN_CODE_LITERAL) {
        d->uses_literal = true;
        return d->may_literal && put(operand, code);
    }
    if (code == CAIRN_CODE_LDS_DIRECT)
        return f->width == 9 && f->dwords == 1 && put(operand, code);
    return scalar_source(code, f->dwords) && put(operand, code);
}

static bool put_scalar_source(struct decoding *d, const struct field *f, unsigned code,
                              struct cairn_operand *operand)
{
    if (code >= CAIRN_CODE_LDS_DIRECT && code != CAIRN_CODE_LITERAL)
        return false;
    return put_source(d, f, code, operand);
}

static bool put_scalar_register(const struct field *f, unsigned code, struct cairn_operand *operand)
{
    return scalar_register(code, f->dwords) && put(operand, code);
}

/* Buffer vaddr: an index, an offset, or index then offset in a pair. */
static bool put_buffer_address(const struct decoding *d, const struct field *f, unsigned number,
                               struct cairn_operand *operand)
{
    unsigned dwords = bits_at(d, 12, 1) + bits_at(d, 13, 1);
    if (dwords == 0)
        return true;
    operand->dwords = (uint8_t)dwords;
    operand->type = dwords == 2 ? CAIRN_TYPE_B64 : CAIRN_TYPE_B32;
    return number + dwords <= 256 && (dwords == 1 || number % 2 == 0) &&
           put(operand, CAIRN_CODE_VGPR0 + number);
}

enum { SADDR_OFF = 0x7f };

/* Global and scratch: saddr off, or not. The vaddr beside a saddr is a 32-bit offset for global
 * memory and absent for scratch. */
static bool put_flat_address(const struct decoding *d, const struct field *f, unsigned number,
                             struct cairn_operand *operand)
{
    bool off = bits_at(d, 48, 7) == SADDR_OFF;
    switch (f->kind) {
    case FIELD_SADDR:
    case FIELD_SSADDR:
        return off || put_scalar_register(f, number, operand);
    case FIELD_SVADDR:
        return !off || put_vector(d, f, number, false, operand);
    default:
        if (off)
            return put_vector(d, f, number, false, operand);
        operand->dwords = 1;
        operand->type = CAIRN_TYPE_U32;
        return put(operand, CAIRN_CODE_VGPR0 + number);
    }
}

static bool read_field(struct decoding *d, const struct field *f, struct cairn_operand *operand)
{
    unsigned raw = bits_at(d, f->shift, f->width);
    operand->dwords = f->dwords;
    operand->type = f->type;
    switch ((enum field_kind)f->kind) {
    case FIELD_SRC:
        return put_source(d, f, raw, operand);
    case FIELD_SSRC:
        return put_scalar_source(d, f, raw, operand);
    case FIELD_SSRC_REG:
    case FIELD_SREG:
        return put_scalar_register(f, raw, operand);
    case FIELD_VGPR:
        return put_vector(d, f, raw, false, operand);
    case FIELD_AGPR:
        return put_vector(d, f, raw, true, operand);
    case FIELD_AV:
        return put_vector(d, f, raw, acc_bit(d, f), operand);
    case FIELD_VGPR9:
        return raw >= 256 && put_vector(d, f, raw - 256, false, operand);
    case FIELD_VGPR_LDS:
        return raw == CAIRN_CODE_LDS_DIRECT
                   ? put(operand, raw)
                   : raw >= 256 && put_vector(d, f, raw - 256, false, operand);
    case FIELD_AGPR9:
        return raw >= 256 && put_vector(d, f, raw - 256, true, operand);
    case FIELD_AV9:
        return raw >= 256 && put_vector(d, f, raw - 256, acc_bit(d, f), operand);
    case FIELD_ACC:
        return raw >= 256 ? put_vector(d, f, raw - 256, acc_bit(d, f), operand)
                          : is_inline_constant(raw) && put(operand, raw);
    case FIELD_LITERAL:
        d->uses_literal = true;
        return put(operand, CAIRN_CODE_LITERAL);
    case FIELD_VCC:
        return put(operand, CAIRN_CODE_VCC_LO);
    case FIELD_SDWA:
        return acc_bit(d, f) ? put_scalar_source(d, f, raw, operand)
                             : put_vector(d, f, raw, false, operand);
    case FIELD_SDWA_SD:
        return bits_at(d, 47, 1) ? put_scalar_register(f, raw, operand)
                                 : put(operand, CAIRN_CODE_VCC_LO);
    case FIELD_SBASE:
        return put_scalar_register(f, raw * 2, operand);
    case FIELD_RSRC:
        return put_scalar_register(f, raw * 4, operand);
    case FIELD_SOFFSET:
        return put_scalar_source(d, f, raw, operand);
    case FIELD_BADDR:
        return put_buffer_address(d, f, raw, operand);
    case FIELD_GADDR:
    case FIELD_SADDR:
    case FIELD_SVADDR:
    case FIELD_SSADDR:
        return put_flat_address(d, f, raw, operand);
    }
    return false;
}

/* --- modifiers of each encoding ----------------------------------------------------------------
 */

static bool has(const struct decoding *d, enum row_mod mod)
{
    return (d->row->mods & mod) != 0;
}

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
    return (clamp == 0 || has(d, MOD_CLAMP)) && (omod == 0 || has(d, MOD_OMOD));
}

static bool finish_vop3(const struct decoding *d, struct cairn_insn *out)
{
    bool carries = d->row->encoding == CAIRN_ENC_VOP3B;
    unsigned abs = carries ? 0 : bits_at(d, 8, 3);
    unsigned op_sel = carries ? 0 : bits_at(d, 11, 4);
    unsigned neg = bits_at(d, 61, 3);
    for (unsigned i = 0; i < 3; i++, abs >>= 1, neg >>= 1) {
        const struct field *f = source_field(d->row, i);
        if (f == NULL || f->type == CAIRN_TYPE_MASK) {
            if ((abs | neg) & 1)
                return false;
            if (f == NULL && has(d, MOD_OP_SEL) && op_sel >> i & 1)
                return false;
        } else if (!take_abs_neg(out, f, abs, neg)) {
            return false;
        }
    }
    if (has(d, MOD_OP_SEL))
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
    if (!has(d, MOD_OP_SEL) && op_sel != 0)
        return false;
    out->op_sel_hi = 7;
    if (has(d, MOD_OP_SEL)) {
        out->op_sel = (uint8_t)op_sel;
        out->op_sel_hi = (uint8_t)(bits_at(d, 59, 2) | bits_at(d, 14, 1) << 2);
    }
    out->op_sel_hi &= used;
    out->neg_lo = (uint8_t)neg_lo;
    out->neg_hi = (uint8_t)neg_hi;
    for (unsigned i = 0; i < 3 && has(d, MOD_MIX); i++) {
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
    if (!has(d, MOD_CBSZ))
        return low == 0 && bits_at(d, 61, 3) == 0;
    out->cbsz = (uint8_t)bits_at(d, 8, 3);
    out->abid = (uint8_t)bits_at(d, 11, 4);
    out->blgp = (uint8_t)bits_at(d, 61, 3);
    return true;
}

/* Sub-dword selectors: 7 and dst_unused 3 are reserved. Sources of integers take sext, of floats
 * abs and neg. */
static bool finish_sdwa(const struct decoding *d, struct cairn_insn *out)
{
    bool compare = d->encoding == CAIRN_ENC_VOPC;
    out->dst_sel = CAIRN_SEL_DWORD;
    if (!compare) {
        out->dst_sel = (uint8_t)bits_at(d, 40, 3);
        out->dst_unused = (uint8_t)bits_at(d, 43, 2);
    }
    if (out->dst_sel > CAIRN_SEL_DWORD || out->dst_unused > 2)
        return false;
    out->clamp = bits_at(d, 45, 1);
    out->omod = compare ? 0 : bits_at(d, 46, 2);
    for (unsigned i = 0; i < 2; i++) {
        const struct field *f = source_field(d->row, i);
        unsigned base = 48 + 8 * i;
        if (f == NULL)
            continue;
        struct cairn_operand *source = &out->slot[f->slot];
        source->sel = bits_at(d, base, 3);
        source->sext = bits_at(d, base + 3, 1);
        source->neg = bits_at(d, base + 4, 1);
        source->abs = bits_at(d, base + 5, 1);
        if (source->sel > CAIRN_SEL_DWORD)
            return false;
    }
    return true;
}

enum { DPP_ROW_NEWBCAST0 = 0x150, DPP_ROW_NEWBCAST15 = 0x15f };

static bool dpp_ctrl_legal(unsigned ctrl, bool is64)
{
    if (is64)
        return ctrl >= DPP_ROW_NEWBCAST0 && ctrl <= DPP_ROW_NEWBCAST15;
    return true;
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
    out->glc = bits_at(d, 16, 1);
    if (has(d, MOD_IMM7))
        out->imm7 = (uint8_t)bits_at(d, 6, 7);
    if (!has(d, MOD_OFF))
        return true;
    unsigned reg = has_soffset ? bits_at(d, 57, 7) : bits_at(d, 32, 7);
    if (has_imm)
        out->imm = sign_extend(bits_at(d, 32, 21), 21);
    if (!has_imm || has_soffset) {
        if (!scalar_register(reg, 1))
            return false;
        out->slot[CAIRN_SLOT_SOFFSET] = (struct cairn_operand){
            .code = (uint16_t)reg, .dwords = 1, .type = CAIRN_TYPE_U32, .sel = CAIRN_SEL_DWORD};
    }
    return true;
}

static bool finish_ds(const struct decoding *d, struct cairn_insn *out)
{
    out->imm = (int32_t)bits_at(d, 0, 16);
    out->gds = bits_at(d, 16, 1);
    return true;
}

static bool finish_flat(const struct decoding *d, struct cairn_insn *out)
{
    out->imm = d->encoding == CAIRN_ENC_FLAT ? (int32_t)bits_at(d, 0, 12)
                                             : sign_extend(bits_at(d, 0, 13), 13);
    out->lds = bits_at(d, 13, 1);
    out->glc = bits_at(d, 16, 1);
    out->slc = bits_at(d, 17, 1);
    out->scc = bits_at(d, 25, 1);
    return !out->lds;
}

static bool finish_buffer(const struct decoding *d, struct cairn_insn *out)
{
    out->imm = (int32_t)bits_at(d, 0, 12);
    out->offen = bits_at(d, 12, 1);
    out->idxen = bits_at(d, 13, 1);
    out->glc = bits_at(d, 14, 1);
    if (d->encoding == CAIRN_ENC_MTBUF) {
        out->dfmt = (uint8_t)bits_at(d, 19, 4);
        out->nfmt = (uint8_t)bits_at(d, 23, 3);
        out->scc = bits_at(d, 53, 1);
        out->slc = bits_at(d, 54, 1);
        return true;
    }
    out->scc = bits_at(d, 15, 1);
    out->lds = bits_at(d, 16, 1);
    out->slc = bits_at(d, 17, 1);
    return !out->lds || has(d, MOD_LDS);
}

static bool finish_mimg(const struct decoding *d, struct cairn_insn *out)
{
    out->dmask = (uint8_t)bits_at(d, 8, 4);
    out->mimg_flags =
        (uint8_t)(bits_at(d, 12, 1) | bits_at(d, 14, 4) << 1 | bits_at(d, 63, 1) << 5);
    out->glc = bits_at(d, 13, 1);
    out->slc = bits_at(d, 25, 1);
    return true;
}

static bool finish_scalar(struct decoding *d, struct cairn_insn *out)
{
    if (d->encoding == CAIRN_ENC_SOPK || d->encoding == CAIRN_ENC_SOPP)
        out->imm = sign_extend(bits_at(d, 0, 16), 16);
    if (d->encoding == CAIRN_ENC_SOPC && has(d, MOD_GPR_IDX))
        out->imm = (int32_t)bits_at(d, 8, 8);
    return true;
}

static bool finish(struct decoding *d, struct cairn_insn *out)
{
    switch ((enum cairn_encoding)d->row->encoding) {
    case CAIRN_ENC_VOP1:
    case CAIRN_ENC_VOP2:
    case CAIRN_ENC_VOPC:
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
    case CAIRN_ENC_MTBUF:
        return finish_buffer(d, out);
    case CAIRN_ENC_MIMG:
        return finish_mimg(d, out);
    default:
        return finish_scalar(d, out);
    }
}

/* A returning atomic without glc has no destination; a scalar one returns into its data. */
static void drop_or_add_return(const struct decoding *d, struct cairn_insn *out)
{
    if (has(d, MOD_RTN) && !out->glc)
        out->slot[CAIRN_SLOT_DST] =
            (struct cairn_operand){.code = CAIRN_CODE_NONE, .sel = CAIRN_SEL_DWORD};
}

static bool read_operands(struct decoding *d, struct cairn_insn *out)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++)
        out->slot[i] = (struct cairn_operand){.code = CAIRN_CODE_NONE, .sel = CAIRN_SEL_DWORD};
    for (unsigned i = 0; i < d->row->field_count; i++) {
        const struct field *f = &d->row->fields[i];
        if (!read_field(d, f, &out->slot[f->slot]))
            return false;
    }
    return true;
}

enum cairn_status cairn_isa_decode(const struct cairn_gfx *gfx, struct cairn_bytes code,
                                   struct cairn_insn *out)
{
    struct decoding d = {.gfx = gfx};
    struct cairn_insn insn = {0};
    uint32_t word = 0;
    size_t before = code.left;
    if (cairn_bytes_take_u32(&code, &word) != CAIRN_OK)
        return CAIRN_ERR_TRUNCATED;
    d.bits = word;
    if (!classify(&d))
        return CAIRN_ERR_ILLEGAL_INSTRUCTION;
    d.row = isa_row(gfx, d.encoding, d.variant, d.opcode);
    if (d.row == NULL)
        return CAIRN_ERR_ILLEGAL_INSTRUCTION;
    if (d.wide) {
        if (cairn_bytes_take_u32(&code, &word) != CAIRN_OK)
            return CAIRN_ERR_TRUNCATED;
        d.bits |= (uint64_t)word << 32;
    }
    if (!read_operands(&d, &insn) || !finish(&d, &insn))
        return CAIRN_ERR_ILLEGAL_INSTRUCTION;
    if (d.uses_literal && cairn_bytes_take_u32(&code, &insn.literal) != CAIRN_OK)
        return CAIRN_ERR_TRUNCATED;
    drop_or_add_return(&d, &insn);
    insn.row = d.row;
    insn.op = d.row->op;
    insn.encoding = d.row->encoding;
    insn.variant = d.row->variant;
    insn.size_bytes = (uint8_t)(before - code.left);
    *out = insn;
    return CAIRN_OK;
}
