/* SPDX-License-Identifier: MIT
 * Packed instructions: the kernel of one element runs on the low halves (or dwords) of all lanes,
 * then on the high ones. op_sel picks what the low result reads, op_sel_hi what the high one does.
 * AMD "CDNA2 ISA" 6.7. v_pk_fmac_f16 outside of VOP3P pairs like with like.
 */
#include "fp/arith.h"
#include "interp/dpp.h"
#include "interp/fetch.h"

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

/* One 16-bit element of a source, zero-extended. */
static void take_half(uint32_t *out, const uint32_t *row, bool high, uint32_t flip)
{
    unsigned shift = high ? 16 : 0;
    for (unsigned l = 0; l < ROW; l++)
        out[l] = (row[l] >> shift & 0xffff) ^ flip;
}

static void run_packed16(struct cairn_wave *wave, const struct cairn_interp_op *op,
                         const uint32_t *const s[3], uint32_t *result)
{
    _Alignas(64) uint32_t part[3][ROW], out[2][ROW];
    const struct cairn_valu_row *row = op->valu;
    struct selection select = selection_of(&op->insn);
    bool is_float = row->dst == CAIRN_TYPE_PK_F16, limited = op->insn.clamp;
    cairn_valu_kernel kernel = limited && row->clamp != NULL ? row->clamp : kernel_for(wave, op);
    for (unsigned element = 0; element < 2; element++) {
        for (unsigned i = 0; i < 3 && s[i] != NULL; i++) {
            uint32_t flip = is_float && (select.negate[element] >> i & 1) ? 0x8000 : 0;
            take_half(part[i], s[i], select.half[element] >> i & 1, flip);
        }
        kernel(wave->mode, 0, out[element], part[0], part[1], part[2]);
        if (is_float && (limited || op->insn.omod))
            for (unsigned l = 0; l < ROW; l++)
                out[element][l] =
                    cairn_fp_finish_f16(wave->mode, limited, op->insn.omod, out[element][l]);
    }
    for (unsigned l = 0; l < ROW; l++)
        result[l] = (out[0][l] & 0xffff) | out[1][l] << 16;
}

static void run_packed32(struct cairn_wave *wave, const struct cairn_interp_op *op,
                         const uint32_t *const s[3], uint32_t *result)
{
    _Alignas(64) uint32_t space[3][ROW];
    const struct cairn_insn *insn = &op->insn;
    struct selection select = selection_of(insn);
    cairn_valu_kernel kernel = kernel_for(wave, op);
    for (unsigned element = 0; element < 2; element++) {
        const uint32_t *part[3] = {NULL, NULL, NULL};
        for (unsigned i = 0; i < 3 && s[i] != NULL; i++) {
            part[i] = s[i] + (select.half[element] >> i & 1) * ROW;
            if (!(select.negate[element] >> i & 1))
                continue;
            for (unsigned l = 0; l < ROW; l++)
                space[i][l] = part[i][l] ^ 0x80000000u;
            part[i] = space[i];
        }
        kernel(wave->mode, 0, result + element * ROW, part[0], part[1], part[2]);
    }
}

static void run_packed(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Alignas(64) uint32_t space[3][2 * ROW], result[2 * ROW];
    const struct cairn_valu_row *row = op->valu;
    const uint32_t *s[3] = {NULL, NULL, NULL};
    struct dpp_lanes lanes = {.written = cairn_exec(wave)};
    uint32_t *d = dst_rows(wave, op);
    for (unsigned i = 0; i < row->sources; i++)
        s[i] = source_rows(wave, op, i, space[i]);
    if (op->insn.variant == CAIRN_VARIANT_DPP) {
        dpp_find(&lanes, &op->insn, lanes.written);
        dpp_gather(space[0], s[0], &lanes, 1);
        s[0] = space[0];
    }
    if (row->flags & CAIRN_VALU_ACC)
        s[2] = d;
    if (row->dst == CAIRN_TYPE_PK_F32)
        run_packed32(wave, op, s, result);
    else
        run_packed16(wave, op, s, result);
    for (unsigned i = 0; i < cairn_type_rows(row->dst); i++)
        row_merge(d + i * ROW, result + i * ROW, lanes.written);
}

void CAIRN_TARGET(cairn_valu_packed)(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    run_packed(wave, op);
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

/* Pairs of dwords without modifiers in a full wave: low results do not disturb what high ones read.
 */
void CAIRN_TARGET(cairn_valu_pairs)(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    if (__builtin_expect(cairn_exec(wave) != ~UINT64_C(0), 0)) {
        run_packed(wave, op);
    } else {
        _Alignas(64) uint32_t space[3][2 * ROW];
        const uint32_t *s[3] = {NULL, NULL, NULL};
        uint32_t *d = dst_rows(wave, op);
        cairn_valu_kernel kernel = kernel_for(wave, op);
        for (unsigned i = 0; i < op->valu->sources; i++)
            s[i] = source_rows(wave, op, i, space[i]);
        kernel(wave->mode, 0, d, s[0], s[1], s[2]);
        kernel(wave->mode, 0, d + ROW, s[0] + ROW, s[1] + ROW, s[2] == NULL ? NULL : s[2] + ROW);
    }
    CAIRN_TAIL return op[1].run(wave, op + 1);
}
