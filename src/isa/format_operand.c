/* SPDX-License-Identifier: MIT
 * The formatter's operands: registers, inline constants, literals, and the modifiers written around
 * them.
 */
#include "isa/text_priv.h"

static void put_range(struct text *t, char prefix, unsigned first, unsigned dwords)
{
    text_char(t, prefix);
    if (dwords <= 1) {
        text_decimal(t, first);
        return;
    }
    text_char(t, '[');
    text_decimal(t, first);
    text_char(t, ':');
    text_decimal(t, first + dwords - 1);
    text_char(t, ']');
}

static void put_ttmp(struct text *t, unsigned first, unsigned dwords)
{
    text_string(t, "ttm");
    put_range(t, 'p', first, dwords);
}

/* Registers and values with a name; pairs are named without _lo. */
static const char *special_name(unsigned code, bool pair)
{
    switch (code) {
    case CAIRN_CODE_FLAT_SCRATCH_LO:
        return pair ? "flat_scratch" : "flat_scratch_lo";
    case CAIRN_CODE_FLAT_SCRATCH_HI:
        return "flat_scratch_hi";
    case CAIRN_CODE_XNACK_MASK_LO:
        return pair ? "xnack_mask" : "xnack_mask_lo";
    case CAIRN_CODE_XNACK_MASK_HI:
        return "xnack_mask_hi";
    case CAIRN_CODE_VCC_LO:
        return pair ? "vcc" : "vcc_lo";
    case CAIRN_CODE_VCC_HI:
        return "vcc_hi";
    case CAIRN_CODE_M0:
        return "m0";
    case CAIRN_CODE_NULL:
        return "null";
    case CAIRN_CODE_EXEC_LO:
        return pair ? "exec" : "exec_lo";
    case CAIRN_CODE_EXEC_HI:
        return "exec_hi";
    case CAIRN_CODE_SHARED_BASE:
        return "src_shared_base";
    case CAIRN_CODE_SHARED_LIMIT:
        return "src_shared_limit";
    case CAIRN_CODE_PRIVATE_BASE:
        return "src_private_base";
    case CAIRN_CODE_PRIVATE_LIMIT:
        return "src_private_limit";
    case CAIRN_CODE_POPS_WAVE_ID:
        return "src_pops_exiting_wave_id";
    case CAIRN_CODE_VCCZ:
        return "src_vccz";
    case CAIRN_CODE_EXECZ:
        return "src_execz";
    case CAIRN_CODE_SCC:
        return "src_scc";
    case CAIRN_CODE_LDS_DIRECT:
        return "src_lds_direct";
    }
    return "?";
}

static void put_inline(struct text *t, unsigned code, unsigned type)
{
    static const char *const names[] = {"0.5", "-0.5", "1.0", "-1.0", "2.0", "-2.0", "4.0", "-4.0"};
    static const uint16_t halves[] = {0x3800, 0xb800, 0x3c00, 0xbc00, 0x4000,
                                      0xc000, 0x4400, 0xc400, 0x3118};
    bool int16 = isa_type_is_16bit(type) && type != CAIRN_TYPE_F16;
    if (code >= CAIRN_CODE_FLOAT_FIRST && int16)
        text_hex(t, halves[code - CAIRN_CODE_FLOAT_FIRST]);
    else if (code == CAIRN_CODE_FLOAT_LAST)
        text_string(t, isa_type_is_64bit(type) ? "0.15915494309189532" : "0.15915494");
    else if (code >= CAIRN_CODE_FLOAT_FIRST)
        text_string(t, names[code - CAIRN_CODE_FLOAT_FIRST]);
    else if (code >= CAIRN_CODE_INT_MINUS_1)
        text_decimal(t, CAIRN_CODE_INT_MINUS_1 - 1 - (int)code);
    else
        text_decimal(t, code - CAIRN_CODE_INT_0);
}

/* The constant of an instruction that has no room for inline ones is plain hexadecimal. A literal
 * that an inline constant could also say is marked lit(), so that assembling keeps it. f64 takes
 * the literal as its high half. */
static void put_literal(struct text *t, const struct cairn_insn *insn,
                        const struct cairn_operand *o)
{
    uint32_t value = insn->literal;
    unsigned type = o->type;
    unsigned code = isa_inline_code(type, value);
    bool always_literal = insn->encoding == CAIRN_ENC_VOP2 && o != &insn->slot[CAIRN_SLOT_SRC0];
    if (always_literal) {
        text_hex(t, value);
    } else if (code != CAIRN_CODE_NONE &&
               (type == CAIRN_TYPE_F64 || insn->encoding == CAIRN_ENC_SOPK)) {
        put_inline(t, code, type);
    } else if (code != CAIRN_CODE_NONE) {
        text_string(t, "lit(");
        text_hex(t, value);
        text_char(t, ')');
    } else {
        text_hex(t, isa_type_is_16bit(type) ? value & 0xffff : value);
    }
}

static void put_register(struct text *t, const struct cairn_operand *o)
{
    if (o->code >= CAIRN_CODE_AGPR0)
        put_range(t, 'a', o->code - CAIRN_CODE_AGPR0, o->dwords);
    else if (o->code >= CAIRN_CODE_VGPR0)
        put_range(t, 'v', o->code - CAIRN_CODE_VGPR0, o->dwords);
    else if (o->code < CAIRN_CODE_FLAT_SCRATCH_LO)
        put_range(t, 's', o->code, o->dwords);
    else if (o->code >= CAIRN_CODE_TTMP0 && o->code < CAIRN_CODE_M0)
        put_ttmp(t, o->code - CAIRN_CODE_TTMP0, o->dwords);
    else
        text_string(t, special_name(o->code, o->dwords == 2));
}

static bool is_constant(unsigned code)
{
    return (code >= CAIRN_CODE_INT_0 && code <= CAIRN_CODE_INT_LAST) ||
           (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST) ||
           code == CAIRN_CODE_LITERAL;
}

static void put_constant(struct text *t, const struct cairn_insn *insn,
                         const struct cairn_operand *o)
{
    if (o->code == CAIRN_CODE_LITERAL)
        put_literal(t, insn, o);
    else
        put_inline(t, o->code, o->type);
}

static void put_plain(struct text *t, const struct cairn_insn *insn, const struct cairn_operand *o)
{
    if (is_constant(o->code))
        put_constant(t, insn, o);
    else
        put_register(t, o);
}

/* A minus before a constant would read as another constant: neg(). */
void text_operand(struct text *t, const struct cairn_insn *insn, const struct cairn_operand *o)
{
    bool word = o->neg && !o->abs && is_constant(o->code);
    if (o->neg)
        text_string(t, word ? "neg(" : "-");
    if (o->abs)
        text_char(t, '|');
    if (o->sext)
        text_string(t, "sext(");
    put_plain(t, insn, o);
    if (o->sext)
        text_char(t, ')');
    if (o->abs)
        text_char(t, '|');
    if (word)
        text_char(t, ')');
}
