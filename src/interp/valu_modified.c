/* SPDX-License-Identifier: MIT
 * The driver of vector instructions with modifiers, in the order of the hardware: which lane or
 * part of a register is read (DPP, SDWA, op_sel), sign extension, abs, neg, the operation, omod,
 * clamp, which part of the destination is written. AMD "CDNA2 ISA" 6.2, 6.3, 12.8, 13.3.8, 13.3.9.
 */
#include "fp/arith.h"
#include "interp/dpp.h"
#include "interp/fetch.h"
#include "machine/sem_float.h"

/* ---- sources: each step copies to `space` what it changes */

static void select_part(uint32_t *space, const uint32_t *row, const struct cairn_operand *operand)
{
    unsigned word = operand->sel >= CAIRN_SEL_WORD0;
    unsigned bits = word ? 16 : 8;
    unsigned shift = word ? 16 * (operand->sel - CAIRN_SEL_WORD0) : 8 * operand->sel;
    bool extend = operand->sext;
    for (unsigned l = 0; l < ROW; l++) {
        uint32_t top = row[l] >> shift << (32 - bits);
        space[l] = extend ? (uint32_t)((int32_t)top >> (32 - bits)) : top >> (32 - bits);
    }
}

/* abs and neg are edits of the sign bit of the operand's format. Packed halves (dot2c, pk_fmac in
 * forms other than VOP3P): neg is the low half's, abs the high half's. */
static void edit_sign(uint32_t *space, const uint32_t *rows, const struct cairn_operand *operand)
{
    uint32_t sign = cairn_type_is_16(operand->type) ? 0x8000 : 0x80000000u;
    bool wide = operand->dwords == 2;
    const uint32_t *from = wide ? rows + ROW : rows;
    uint32_t *to = wide ? space + ROW : space;
    uint32_t keep = operand->abs ? ~sign : UINT32_MAX, flip = operand->neg ? sign : 0;
    if (operand->type == CAIRN_TYPE_PK_F16) {
        keep = UINT32_MAX;
        flip = (operand->neg ? 0x8000 : 0) | (operand->abs ? 0x80000000u : 0);
    }
    if (wide && space != rows)
        row_copy(space, rows);
    for (unsigned l = 0; l < ROW; l++)
        to[l] = (from[l] & keep) ^ flip;
}

static bool has_sign(const struct cairn_operand *operand)
{
    switch (operand->type) {
    case CAIRN_TYPE_F16:
    case CAIRN_TYPE_F32:
    case CAIRN_TYPE_F64:
    case CAIRN_TYPE_B32: /* v_mov, v_cndmask */
    case CAIRN_TYPE_PK_F16:
        return operand->abs || operand->neg;
    default:
        return false;
    }
}

/* Halves of a VOP3P source that is used whole: op_sel picks the low one, op_sel_hi the high one. */
static void select_halves(uint32_t *space, const uint32_t *row, const struct cairn_insn *insn,
                          unsigned i)
{
    unsigned low = insn->op_sel >> i & 1 ? 16 : 0, high = insn->op_sel_hi >> i & 1 ? 16 : 0;
    bool is_float = insn->slot[CAIRN_SLOT_SRC0 + i].type == CAIRN_TYPE_PK_F16;
    uint32_t flip =
        is_float ? (insn->neg_lo >> i & 1) << 15 | (uint32_t)(insn->neg_hi >> i & 1) << 31 : 0;
    for (unsigned l = 0; l < ROW; l++)
        space[l] = ((row[l] >> low & 0xffff) | row[l] >> high << 16) ^ flip;
}

static const uint32_t *vop3p_source(const struct cairn_interp_op *op, unsigned i,
                                    const uint32_t *rows, uint32_t *space)
{
    const struct cairn_insn *insn = &op->insn;
    unsigned type = insn->slot[CAIRN_SLOT_SRC0 + i].type;
    if (cairn_type_is_packed16(type)) {
        select_halves(space, rows, insn, i);
        return space;
    }
    if (type == CAIRN_TYPE_F32 && ((insn->neg_lo | insn->neg_hi) >> i & 1)) {
        uint32_t keep = insn->neg_hi >> i & 1 ? 0x7fffffff : UINT32_MAX;
        uint32_t flip = (uint32_t)(insn->neg_lo >> i & 1) << 31;
        for (unsigned l = 0; l < ROW; l++)
            space[l] = (rows[l] & keep) ^ flip;
        return space;
    }
    return rows;
}

/* v_fma_mix: op_sel_hi makes the source an f16, of which op_sel picks the half; neg_hi is abs. */
static const uint32_t *mix_source(const struct cairn_wave *wave, const struct cairn_interp_op *op,
                                  unsigned i, uint32_t *space)
{
    const struct cairn_insn *insn = &op->insn;
    bool half = insn->op_sel_hi >> i & 1;
    const uint32_t *row = source_rows(wave, op, i, space);
    unsigned shift = insn->op_sel >> i & 1 ? 16 : 0;
    uint32_t keep = insn->neg_hi >> i & 1 ? 0x7fffffff : UINT32_MAX;
    uint32_t flip = (uint32_t)(insn->neg_lo >> i & 1) << 31;
    for (unsigned l = 0; l < ROW; l++) {
        uint32_t value =
            half ? cairn_sem_mix_operand(wave->mode, row[l] >> shift & 0xffff) : row[l];
        space[l] = (value & keep) ^ flip;
    }
    return space;
}

static const uint32_t *modified_source(const struct cairn_wave *wave,
                                       const struct cairn_interp_op *op, unsigned i,
                                       const struct dpp_lanes *lanes, uint32_t *space)
{
    const struct cairn_insn *insn = &op->insn;
    const struct cairn_operand *operand = &insn->slot[CAIRN_SLOT_SRC0 + i];
    if (op->valu->flags & CAIRN_VALU_MIX)
        return mix_source(wave, op, i, space);
    const uint32_t *rows = source_rows(wave, op, i, space);
    if (insn->variant == CAIRN_VARIANT_DPP && i == 0) {
        dpp_gather(space, rows, lanes, operand->dwords);
        rows = space;
    }
    if (insn->variant == CAIRN_VARIANT_SDWA && operand->sel != CAIRN_SEL_DWORD) {
        select_part(space, rows, operand);
        rows = space;
    }
    if (insn->encoding == CAIRN_ENC_VOP3P)
        return vop3p_source(op, i, rows, space);
    if (insn->op_sel >> i & 1 && cairn_type_is_16(op->valu->src[i])) {
        for (unsigned l = 0; l < ROW; l++)
            space[l] = rows[l] >> 16;
        rows = space;
    }
    if (has_sign(operand)) {
        edit_sign(space, rows, operand);
        rows = space;
    }
    return rows;
}

/* ---- results */

static void finish_float(const struct cairn_wave *wave, const struct cairn_interp_op *op,
                         uint32_t *result)
{
    uint32_t mode = wave->mode;
    bool clamp = op->insn.clamp;
    unsigned omod = op->insn.omod;
    if (!clamp && omod == 0)
        return;
    switch (op->valu->dst) {
    case CAIRN_TYPE_F32:
        for (unsigned l = 0; l < ROW; l++)
            result[l] = cairn_fp_finish_f32(mode, clamp, omod, result[l]);
        break;
    case CAIRN_TYPE_F16:
        for (unsigned l = 0; l < ROW; l++)
            result[l] = cairn_fp_finish_f16(mode, clamp, omod, result[l]);
        break;
    case CAIRN_TYPE_F64:
        for (unsigned l = 0; l < ROW; l++) {
            uint64_t value = result[l] | (uint64_t)result[ROW + l] << 32;
            value = cairn_fp_finish_f64(mode, clamp, omod, value);
            result[l] = (uint32_t)value;
            result[ROW + l] = (uint32_t)(value >> 32);
        }
        break;
    default:
        break;
    }
}

enum { UNUSED_PAD, UNUSED_SIGN, UNUSED_PRESERVE };

/* SDWA: the low bits of the result go to a part of the destination. */
static void place_part(uint32_t *result, const uint32_t *old, const struct cairn_insn *insn)
{
    if (insn->dst_sel == CAIRN_SEL_DWORD)
        return;
    bool word = insn->dst_sel >= CAIRN_SEL_WORD0;
    unsigned bits = word ? 16 : 8;
    unsigned shift = word ? 16 * (insn->dst_sel - CAIRN_SEL_WORD0) : 8 * insn->dst_sel;
    uint32_t field = (word ? 0xffffu : 0xffu) << shift;
    for (unsigned l = 0; l < ROW; l++) {
        uint32_t top = result[l] << (32 - bits);
        uint32_t part = top >> (32 - bits) << shift;
        uint32_t extended = (uint32_t)((int32_t)top >> (32 - bits)) << shift;
        result[l] = insn->dst_unused == UNUSED_SIGN       ? extended
                    : insn->dst_unused == UNUSED_PRESERVE ? (old[l] & ~field) | part
                                                          : part;
    }
}

/* 16-bit results outside of SDWA: which half is written, and what becomes of the other. */
static void place_half(uint32_t *result, const uint32_t *old, const struct cairn_interp_op *op)
{
    bool high = (op->insn.op_sel >> 3 & 1) || (op->valu->flags & CAIRN_VALU_HIGH);
    if (high) {
        for (unsigned l = 0; l < ROW; l++)
            result[l] = (old[l] & 0xffff) | result[l] << 16;
    } else if (op->valu->flags & CAIRN_VALU_KEEP) {
        for (unsigned l = 0; l < ROW; l++)
            result[l] = (old[l] & 0xffff0000u) | (result[l] & 0xffff);
    }
}

static void place_result(struct cairn_wave *wave, const struct cairn_interp_op *op,
                         uint32_t *result, uint64_t lanes)
{
    uint32_t *d = dst_rows(wave, op);
    finish_float(wave, op, result);
    if (op->insn.variant == CAIRN_VARIANT_SDWA)
        place_part(result, d, &op->insn);
    else if (cairn_type_is_16(op->valu->dst))
        place_half(result, d, op);
    for (unsigned i = 0; i < cairn_type_rows(op->valu->dst); i++)
        row_merge(d + i * ROW, result + i * ROW, lanes);
}

static void run_modified(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Alignas(64) uint32_t space[3][4 * ROW], result[4 * ROW];
    const struct cairn_valu_row *row = op->valu;
    const uint32_t *s[3] = {NULL, NULL, NULL};
    uint64_t exec = cairn_exec(wave);
    struct dpp_lanes lanes = {.written = exec};
    if (op->insn.variant == CAIRN_VARIANT_DPP)
        dpp_find(&lanes, &op->insn, exec);
    for (unsigned i = 0; i < row->sources; i++)
        s[i] = modified_source(wave, op, i, &lanes, space[i]);
    if (row->flags & CAIRN_VALU_ACC)
        s[2] = dst_rows(wave, op);
    uint64_t in = row->flags & CAIRN_VALU_MASK_IN ? mask_in(wave, op) : 0;
    cairn_valu_kernel kernel =
        op->insn.clamp && row->clamp != NULL ? row->clamp : kernel_for(wave, op);
    uint64_t out = kernel(wave->mode, in, result, s[0], s[1], s[2]) & lanes.written;
    if (!(row->flags & CAIRN_VALU_NO_DST))
        place_result(wave, op, result, lanes.written);
    if (row->flags & CAIRN_VALU_MASK_OUT)
        write_mask(wave, op, dpp_mask(wave, op, out, exec & ~lanes.written));
}

void CAIRN_TARGET(cairn_valu_modified)(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    run_modified(wave, op);
    CAIRN_TAIL return op[1].run(wave, op + 1);
}
