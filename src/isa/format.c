/* SPDX-License-Identifier: MIT
 * The disassembler's text: a decoded instruction in the words of LLVM's AMDGPU assembler, so that
 * llvm-mc assembles it back to the same instruction. Operands are printed in the order of the row's
 * fields; memory instructions have an order of their own.
 */
#include "isa/text_priv.h"

/* --- operands ----------------------------------------------------------------------------------
 */

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
static void put_operand(struct text *t, const struct cairn_insn *insn,
                        const struct cairn_operand *o)
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

/* --- the parts of a line -----------------------------------------------------------------------
 */

struct line {
    struct text *text;
    const struct cairn_insn *insn;
    bool has_operands;
};

static void separate(struct line *l)
{
    text_string(l->text, l->has_operands ? ", " : " ");
    l->has_operands = true;
}

static void add_slot(struct line *l, enum cairn_slot slot)
{
    if (!cairn_operand_present(&l->insn->slot[slot]))
        return;
    separate(l);
    put_operand(l->text, l->insn, &l->insn->slot[slot]);
}

static void add_slot_or_off(struct line *l, enum cairn_slot slot)
{
    if (cairn_operand_present(&l->insn->slot[slot])) {
        add_slot(l, slot);
    } else {
        separate(l);
        text_string(l->text, "off");
    }
}

static void add_fields(struct line *l)
{
    const struct cairn_isa_row *row = l->insn->row;
    for (unsigned i = 0; i < row->field_count; i++)
        add_slot(l, (enum cairn_slot)row->fields[i].slot);
}

static bool has(const struct line *l, enum row_mod mod)
{
    return (l->insn->row->mods & mod) != 0;
}

static void add_flag(struct line *l, bool on, const char *name)
{
    if (on)
        text_string(l->text, name);
}

static void add_number(struct line *l, const char *name, int64_t value)
{
    if (value == 0)
        return;
    text_string(l->text, name);
    text_decimal(l->text, value);
}

/* " name:[a,b,c]" of the low `count` bits. */
static void add_bits(struct line *l, const char *name, unsigned bits, unsigned count)
{
    text_string(l->text, name);
    for (unsigned i = 0; i < count; i++) {
        text_char(l->text, i == 0 ? '[' : ',');
        text_char(l->text, (char)('0' + (bits >> i & 1)));
    }
    text_char(l->text, ']');
}

static unsigned source_count(const struct cairn_insn *insn)
{
    unsigned count = 0;
    for (unsigned i = 0; i < 3; i++)
        count += cairn_operand_present(&insn->slot[CAIRN_SLOT_SRC0 + i]);
    return count;
}

static void add_clamp_omod(struct line *l)
{
    static const char *const omods[] = {"", " mul:2", " mul:4", " div:2"};
    add_flag(l, l->insn->clamp, " clamp");
    text_string(l->text, omods[l->insn->omod]);
}

/* --- encodings ---------------------------------------------------------------------------------
 */

static void put_vop(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    unsigned sources = source_count(insn);
    add_fields(l);
    if (insn->variant == CAIRN_VARIANT_DPP) {
        text_dpp(l->text, insn);
    } else if (insn->variant == CAIRN_VARIANT_SDWA && sources > 0) {
        if (insn->encoding != CAIRN_ENC_VOPC)
            add_clamp_omod(l);
        text_sdwa(l->text, insn, sources);
    }
}

/* Sources, then the destination (bit 3). */
static void add_vop3_op_sel(struct line *l)
{
    unsigned sources = source_count(l->insn);
    unsigned bits = (l->insn->op_sel & ((1u << sources) - 1)) | (l->insn->op_sel >> 3 & 1u)
                                                                    << sources;
    add_bits(l, " op_sel:", bits, sources + 1);
}

static void put_vop3(struct line *l)
{
    add_fields(l);
    if (l->insn->op_sel != 0)
        add_vop3_op_sel(l);
    add_clamp_omod(l);
}

static void put_vop3p(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    unsigned sources = source_count(insn);
    unsigned all = (1u << sources) - 1;
    unsigned default_hi = has(l, MOD_MIX) ? 0 : all;
    add_fields(l);
    if (insn->op_sel != 0)
        add_bits(l, " op_sel:", insn->op_sel, sources);
    if ((insn->op_sel_hi & all) != default_hi)
        add_bits(l, " op_sel_hi:", insn->op_sel_hi, sources);
    if (insn->neg_lo != 0 && !has(l, MOD_MIX))
        add_bits(l, " neg_lo:", insn->neg_lo, sources);
    if (insn->neg_hi != 0 && !has(l, MOD_MIX))
        add_bits(l, " neg_hi:", insn->neg_hi, sources);
    add_flag(l, insn->clamp, " clamp");
}

static void put_mai(struct line *l)
{
    add_fields(l);
    add_number(l, " cbsz:", l->insn->cbsz);
    add_number(l, " abid:", l->insn->abid);
    add_number(l, " blgp:", l->insn->blgp);
}

static void put_simm16(struct line *l)
{
    unsigned value = (uint16_t)l->insn->imm;
    bool sopp = l->insn->encoding == CAIRN_ENC_SOPP;
    bool ends = (l->insn->row->flags & CAIRN_ISA_ENDS) != 0;
    if (ends && value == 0)
        return;
    if ((l->insn->row->mods &
         (MOD_IMM | MOD_BRANCH | MOD_HWREG | MOD_WAITCNT | MOD_SENDMSG | MOD_GPR_IDX)) == 0)
        return;
    separate(l);
    if (has(l, MOD_HWREG))
        text_hwreg(l->text, value);
    else if (has(l, MOD_WAITCNT))
        text_waitcnt(l->text, value);
    else if (has(l, MOD_SENDMSG))
        text_sendmsg(l->text, value);
    else if (has(l, MOD_GPR_IDX))
        text_gpr_idx(l->text, value);
    else if (has(l, MOD_BRANCH) || ends)
        text_decimal(l->text, value);
    else if (sopp)
        text_small(l->text, value);
    else
        text_hex(l->text, value);
}

/* s_setreg prints the register that it sets first. */
static void put_scalar(struct line *l)
{
    bool imm_first = has(l, MOD_HWREG) && !cairn_operand_present(&l->insn->slot[CAIRN_SLOT_DST]);
    if (imm_first)
        put_simm16(l);
    add_fields(l);
    if (!imm_first)
        put_simm16(l);
}

static void put_smem(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    bool soffset = cairn_operand_present(&insn->slot[CAIRN_SLOT_SOFFSET]);
    if (has(l, MOD_IMM7)) {
        separate(l);
        text_hex(l->text, insn->imm7);
    }
    if (has(l, MOD_RTN))
        add_slot(l, CAIRN_SLOT_DATA0);
    else
        add_slot(l, CAIRN_SLOT_DST);
    if (!has(l, MOD_RTN))
        add_slot(l, CAIRN_SLOT_DATA0);
    add_slot(l, CAIRN_SLOT_ADDR);
    if (has(l, MOD_OFF)) {
        add_slot(l, CAIRN_SLOT_SOFFSET);
        if (!soffset) {
            separate(l);
            if (insn->imm < 0)
                text_char(l->text, '-');
            text_hex(l->text, (uint64_t)(insn->imm < 0 ? -(int64_t)insn->imm : insn->imm));
        } else if (insn->imm != 0) {
            text_string(l->text, " offset:");
            text_hex(l->text, (uint64_t)(int64_t)insn->imm);
        }
    }
    add_flag(l, insn->glc, " glc");
}

static void put_ds(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    add_slot(l, CAIRN_SLOT_DST);
    add_slot(l, CAIRN_SLOT_ADDR);
    add_slot(l, CAIRN_SLOT_DATA0);
    add_slot(l, CAIRN_SLOT_DATA1);
    if (has(l, MOD_OFF2)) {
        add_number(l, " offset0:", insn->imm & 0xff);
        add_number(l, " offset1:", insn->imm >> 8);
    } else if (has(l, MOD_SWIZZLE)) {
        text_swizzle(l->text, (unsigned)insn->imm);
    } else if (has(l, MOD_OFF)) {
        add_number(l, " offset:", insn->imm);
    }
    add_flag(l, insn->gds, " gds");
}

static void put_cache_bits(struct line *l)
{
    add_flag(l, l->insn->glc, " glc");
    add_flag(l, l->insn->slc, " slc");
    add_flag(l, l->insn->scc, " scc");
}

static void put_flat(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    add_slot(l, CAIRN_SLOT_DST);
    add_slot_or_off(l, CAIRN_SLOT_ADDR);
    add_slot(l, CAIRN_SLOT_DATA0);
    if (insn->encoding != CAIRN_ENC_FLAT)
        add_slot_or_off(l, CAIRN_SLOT_SADDR);
    add_number(l, " offset:", insn->imm);
    put_cache_bits(l);
}

static void put_buffer(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    if (has(l, MOD_BARE)) {
        put_cache_bits(l);
        return;
    }
    if (!insn->lds)
        add_slot(l, has(l, MOD_RTN) ? CAIRN_SLOT_DATA0 : CAIRN_SLOT_DST);
    if (!has(l, MOD_RTN))
        add_slot(l, CAIRN_SLOT_DATA0);
    add_slot_or_off(l, CAIRN_SLOT_ADDR);
    add_slot(l, CAIRN_SLOT_RSRC);
    add_slot(l, CAIRN_SLOT_SOFFSET);
    if (insn->encoding == CAIRN_ENC_MTBUF)
        text_buffer_format(l->text, insn->dfmt, insn->nfmt);
    add_flag(l, insn->idxen, " idxen");
    add_flag(l, insn->offen, " offen");
    add_number(l, " offset:", insn->imm);
    put_cache_bits(l);
    add_flag(l, insn->lds, " lds");
}

static void put_mimg(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    static const char *const flags[] = {" unorm", " da", " r128", " tfe", " lwe", " d16"};
    add_slot(l, has(l, MOD_RTN) ? CAIRN_SLOT_DATA0 : CAIRN_SLOT_DST);
    if (!has(l, MOD_RTN))
        add_slot(l, CAIRN_SLOT_DATA0);
    add_slot(l, CAIRN_SLOT_ADDR);
    add_slot(l, CAIRN_SLOT_RSRC);
    add_slot(l, CAIRN_SLOT_SAMP);
    if (insn->dmask != 0) {
        text_string(l->text, " dmask:");
        text_hex(l->text, insn->dmask);
    }
    put_cache_bits(l);
    for (unsigned i = 0; i < 6; i++)
        add_flag(l, insn->mimg_flags >> i & 1, flags[i]);
}

static void put_line(struct line *l)
{
    text_string(l->text, l->insn->row->mnemonic);
    switch ((enum cairn_encoding)l->insn->encoding) {
    case CAIRN_ENC_VOP1:
    case CAIRN_ENC_VOP2:
    case CAIRN_ENC_VOPC:
        put_vop(l);
        break;
    case CAIRN_ENC_VOP3A:
    case CAIRN_ENC_VOP3B:
        put_vop3(l);
        break;
    case CAIRN_ENC_VOP3P:
        put_vop3p(l);
        break;
    case CAIRN_ENC_MAI:
        put_mai(l);
        break;
    case CAIRN_ENC_SMEM:
        put_smem(l);
        break;
    case CAIRN_ENC_DS:
        put_ds(l);
        break;
    case CAIRN_ENC_FLAT:
    case CAIRN_ENC_GLOBAL:
    case CAIRN_ENC_SCRATCH:
        put_flat(l);
        break;
    case CAIRN_ENC_MUBUF:
    case CAIRN_ENC_MTBUF:
        put_buffer(l);
        break;
    case CAIRN_ENC_MIMG:
        put_mimg(l);
        break;
    default:
        put_scalar(l);
        break;
    }
}

size_t cairn_isa_format(const struct cairn_gfx *gfx, const struct cairn_insn *insn, uint64_t pc,
                        char *text, size_t size)
{
    (void)gfx;
    (void)pc;
    struct text t = {.at = text, .size = size};
    struct line l = {.text = &t, .insn = insn};
    put_line(&l);
    if (size > 0)
        text[t.length < size ? t.length : size - 1] = '\0';
    return t.length;
}
