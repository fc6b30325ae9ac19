/* SPDX-License-Identifier: MIT
 * The decoder's operands: what each kind of field may name. Register groups, alignment and special
 * values: AMD "CDNA2 Instruction Set Architecture", section 3 and the operand tables of section 12.
 */
#include "isa/decode_priv.h"

/* A scalar register or tuple: tuples of 2 start even, wider ones at a multiple of 4, and none
 * crosses the end of its group. */
bool decode_scalar_register(unsigned code, unsigned dwords)
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
        return decode_scalar_register(code, dwords);
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
        return (f->width == 9 || f->kind == FIELD_SDWA) && f->dwords == 1 && put(operand, code);
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
    return decode_scalar_register(code, f->dwords) && put(operand, code);
}

static bool put_pair_but_exec(const struct field *f, unsigned code, struct cairn_operand *operand)
{
    return code != CAIRN_CODE_EXEC_LO && put_scalar_register(f, code, operand);
}

/* Image data: a register a set bit of dmask, one at least; packed in pairs with d16. */
static bool put_image_data(const struct decoding *d, const struct field *f, unsigned number,
                           struct cairn_operand *operand)
{
    unsigned dwords = (unsigned)__builtin_popcount(bits_at(d, 8, 4));
    unsigned least = d->row->op == CAIRN_OP_image_atomic_cmpswap ? 2 : 1;
    if (bits_at(d, 63, 1))
        dwords = (dwords + 1) / 2;
    struct field sized = *f;
    sized.dwords = (uint8_t)(dwords < least ? least : dwords);
    operand->dwords = sized.dwords;
    return put_vector(d, &sized, number, acc_bit(d, f), operand);
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
        return off || put_pair_but_exec(f, number, operand);
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
    case FIELD_SSRC_INLINE:
        return (is_inline_constant(raw) && put(operand, raw)) ||
               put_scalar_register(f, raw, operand);
    case FIELD_SSRC_REG:
    case FIELD_MASK:
    case FIELD_SREG:
        return put_scalar_register(f, raw, operand);
    case FIELD_SDST:
        return raw != CAIRN_CODE_M0 && put_scalar_register(f, raw, operand);
    case FIELD_SDATA:
        return raw < CAIRN_CODE_M0 && put_scalar_register(f, raw, operand);
    case FIELD_DMASK:
        return put_image_data(d, f, raw, operand);
    case FIELD_VGPR:
        return put_vector(d, f, raw, false, operand);
    case FIELD_AGPR:
        return put_vector(d, f, raw, true, operand);
    case FIELD_AV:
        return put_vector(d, f, raw, acc_bit(d, f), operand);
    case FIELD_AV_GLC:
        return !bits_at(d, 16, 1) || put_vector(d, f, raw, acc_bit(d, f), operand);
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
        return acc_bit(d, f) ? put_source(d, f, raw, operand)
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

bool decode_operands(struct decoding *d, struct cairn_insn *out)
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
