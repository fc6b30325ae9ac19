/* SPDX-License-Identifier: MIT
 * The decoder: finds the row of the bytes' encoding and opcode, reads its operand fields, then the
 * modifiers of the encoding. What it accepts is what the row's chip executes; a reserved bit or an
 * operand that the class does not allow makes the instruction illegal. Bit positions: AMD "CDNA2
 * Instruction Set Architecture", section 12 (microcode formats).
 */
#include "isa/decode_priv.h"

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
    if (!decode_operands(&d, &insn) || !decode_modifiers(&d, &insn))
        return CAIRN_ERR_ILLEGAL_INSTRUCTION;
    if (d.uses_literal && cairn_bytes_take_u32(&code, &insn.literal) != CAIRN_OK)
        return CAIRN_ERR_TRUNCATED;
    insn.row = d.row;
    insn.op = d.row->op;
    insn.encoding = d.row->encoding;
    insn.variant = d.row->variant;
    insn.size_bytes = (uint8_t)(before - code.left);
    *out = insn;
    return CAIRN_OK;
}
