/* SPDX-License-Identifier: MIT
 * The disassembler's text: a decoded instruction in the words of LLVM's AMDGPU assembler, so that
 * llvm-mc assembles it back to the same instruction. Operands are printed in the order of the row's
 * fields; memory instructions have an order of their own.
 */
#include "isa/text_priv.h"

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
    text_operand(l->text, l->insn, &l->insn->slot[slot]);
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
        text_small(l->text, insn->imm7);
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
        if (!soffset)
            separate(l);
        else if (insn->offen)
            text_string(l->text, " offset:");
        if (insn->offen)
            text_signed_hex(l->text, insn->imm);
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
    add_flag(l, has(l, MOD_GWS), " gds");
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
    add_flag(l, insn->lds, " lds");
}

static void put_buffer(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    bool from_lds = has(l, MOD_STORE_LDS);
    if (has(l, MOD_BARE))
        return;
    add_slot(l, has(l, MOD_RTN) ? CAIRN_SLOT_DATA0 : CAIRN_SLOT_DST);
    if (!has(l, MOD_RTN))
        add_slot(l, CAIRN_SLOT_DATA0);
    if (!from_lds)
        add_slot_or_off(l, CAIRN_SLOT_ADDR);
    add_slot(l, CAIRN_SLOT_RSRC);
    add_slot(l, CAIRN_SLOT_SOFFSET);
    if (insn->encoding == CAIRN_ENC_MTBUF)
        text_buffer_format(l->text, insn->dfmt, insn->nfmt);
    add_flag(l, insn->idxen, " idxen");
    add_flag(l, insn->offen, " offen");
    add_number(l, " offset:", insn->imm);
    add_flag(l, from_lds, " lds");
    put_cache_bits(l);
    add_flag(l, insn->lds && !from_lds, " lds");
}

static void put_mimg(struct line *l)
{
    const struct cairn_insn *insn = l->insn;
    static const char *const flags[] = {" a16", " lwe", " da", " d16"};
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
    add_flag(l, insn->mimg_flags & 1, " unorm");
    put_cache_bits(l);
    for (unsigned i = 0; i < 4; i++)
        add_flag(l, insn->mimg_flags >> (i + 1) & 1, flags[i]);
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
