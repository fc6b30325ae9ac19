/* SPDX-License-Identifier: MIT
 * Drivers of vector instructions without modifiers: fetch rows, run the kernel into the
 * destination, or merge its result where some lanes are off. Also the choice of a driver.
 */
#include "interp/fetch.h"

/* abs and neg of an f32 or f64 source: an edit of its sign bit. */
ROW_INLINE const uint32_t *signed_rows(const struct cairn_interp_op *op, unsigned slot,
                                       const uint32_t *rows, uint32_t *space)
{
    const struct cairn_operand *operand = &op->insn.slot[CAIRN_SLOT_SRC0 + slot];
    if (!operand->abs && !operand->neg)
        return rows;
    uint32_t keep = operand->abs ? 0x7fffffff : UINT32_MAX, flip = (uint32_t)operand->neg << 31;
    unsigned sign_row = operand->dwords == 2 ? ROW : 0;
    if (sign_row != 0 && rows != space)
        row_copy(space, rows);
    FOR_LANES(l)
    {
        space[sign_row + l] = (rows[sign_row + l] & keep) ^ flip;
    }
    return space;
}

/* Runs the kernel on `sources` sources and writes what lanes of EXEC get. Returns its mask. */
ROW_INLINE uint64_t run_kernel(struct cairn_wave *wave, const struct cairn_interp_op *op,
                               unsigned sources, unsigned rows, bool accumulates, uint64_t in,
                               bool with_signs)
{
    _Alignas(64) uint32_t space[3][2 * ROW], result[4 * ROW];
    const uint32_t *s[3] = {NULL, NULL, NULL};
    uint64_t exec = cairn_exec(wave);
    uint32_t *d = dst_rows(wave, op);
    for (unsigned i = 0; i < sources; i++) {
        s[i] = source_rows(wave, op, i, space[i]);
        if (with_signs)
            s[i] = signed_rows(op, i, s[i], space[i]);
    }
    if (accumulates)
        s[2] = d;
    cairn_valu_kernel kernel = kernel_for(wave, op);
    if (__builtin_expect(exec == ~UINT64_C(0), 1))
        return kernel(wave->mode, in, d, s[0], s[1], s[2]);
    uint64_t out = kernel(wave->mode, in, result, s[0], s[1], s[2]);
    for (unsigned i = 0; i < rows; i++)
        row_merge(d + i * ROW, result + i * ROW, exec);
    return out & exec;
}

#define DRIVER_WITH(name, sources, rows, accumulates, with_signs)                                  \
    static void name(struct cairn_wave *wave, const struct cairn_interp_op *op)                    \
    {                                                                                              \
        run_kernel(wave, op, sources, rows, accumulates, 0, with_signs);                           \
        CAIRN_TAIL return op[1].run(wave, op + 1);                                                 \
    }
#define DRIVER(name, sources, rows, accumulates)                                                   \
    DRIVER_WITH(name, sources, rows, accumulates, false)                                           \
    DRIVER_WITH(name##_signs, sources, rows, accumulates, true)
DRIVER(run_1_1, 1, 1, false)
DRIVER(run_1_2, 1, 2, false)
DRIVER(run_2_1, 2, 1, false)
DRIVER(run_2_2, 2, 2, false)
DRIVER(run_3_1, 3, 1, false)
DRIVER(run_3_2, 3, 2, false)
DRIVER_WITH(run_3_4, 3, 4, false, false)
DRIVER(run_acc_1, 2, 1, true)
DRIVER(run_acc_2, 2, 2, true)

/* Mask in, mask out, or both: carries, v_cndmask, division helpers. */
#define MASK_DRIVER(name, sources, rows)                                                           \
    static void name(struct cairn_wave *wave, const struct cairn_interp_op *op)                    \
    {                                                                                              \
        unsigned flags = op->valu->flags;                                                          \
        uint64_t in = flags & CAIRN_VALU_MASK_IN ? mask_in(wave, op) : 0;                          \
        uint64_t out = run_kernel(wave, op, sources, rows, false, in, false);                      \
        if (flags & CAIRN_VALU_MASK_OUT)                                                           \
            write_mask(wave, op, out);                                                             \
        CAIRN_TAIL return op[1].run(wave, op + 1);                                                 \
    }
MASK_DRIVER(run_mask_2_1, 2, 1)
MASK_DRIVER(run_mask_3_1, 3, 1)
MASK_DRIVER(run_mask_3_2, 3, 2)

static void run_compare(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Alignas(64) uint32_t space[2][2 * ROW];
    const uint32_t *a = source_rows(wave, op, 0, space[0]);
    const uint32_t *b = source_rows(wave, op, 1, space[1]);
    uint64_t mask = kernel_for(wave, op)(wave->mode, 0, NULL, a, b, NULL);
    write_mask(wave, op, mask & cairn_exec(wave));
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static cairn_op_run plain_driver(const struct cairn_valu_row *row)
{
    unsigned rows = cairn_type_rows(row->dst);
    if (row->flags & CAIRN_VALU_NO_DST)
        return run_compare;
    if (row->flags & (CAIRN_VALU_MASK_IN | CAIRN_VALU_MASK_OUT))
        return row->sources == 2 ? run_mask_2_1 : rows == 1 ? run_mask_3_1 : run_mask_3_2;
    if (row->flags & CAIRN_VALU_ACC)
        return rows == 1 ? run_acc_1 : run_acc_2;
    if (rows == 4)
        return run_3_4;
    static const cairn_op_run drivers[3][2] = {
        {run_1_1, run_1_2}, {run_2_1, run_2_2}, {run_3_1, run_3_2}};
    return drivers[row->sources - 1][rows - 1];
}

static bool has_signs(const struct cairn_insn *insn)
{
    bool any = false;
    for (unsigned i = 0; i < 3; i++) {
        const struct cairn_operand *operand = &insn->slot[CAIRN_SLOT_SRC0 + i];
        any = any || operand->abs || operand->neg || operand->sext;
    }
    return any;
}

/* The driver where abs and neg of f32 and f64 sources are all there is; NULL if it is not so. */
static cairn_op_run signs_driver(const struct cairn_insn *insn, const struct cairn_valu_row *row)
{
    unsigned rows = cairn_type_rows(row->dst);
    for (unsigned i = 0; i < row->sources; i++) {
        const struct cairn_operand *operand = &insn->slot[CAIRN_SLOT_SRC0 + i];
        bool edited = operand->abs || operand->neg;
        if (edited && operand->type != CAIRN_TYPE_F32 && operand->type != CAIRN_TYPE_F64)
            return NULL;
    }
    if (row->flags & ~(CAIRN_VALU_FLOAT | CAIRN_VALU_ACC))
        return NULL;
    if (row->flags & CAIRN_VALU_ACC)
        return rows == 1 ? run_acc_1_signs : run_acc_2_signs;
    static const cairn_op_run drivers[3][2] = {{run_1_1_signs, run_1_2_signs},
                                               {run_2_1_signs, run_2_2_signs},
                                               {run_3_1_signs, run_3_2_signs}};
    return drivers[row->sources - 1][rows - 1];
}

/* Does the instruction do more than its kernel, signs of sources aside? */
static bool is_modified(const struct cairn_insn *insn, const struct cairn_valu_row *row)
{
    return insn->variant != CAIRN_VARIANT_PLAIN || insn->omod != 0 || insn->op_sel != 0 ||
           (row->flags & (CAIRN_VALU_KEEP | CAIRN_VALU_HIGH | CAIRN_VALU_MIX)) ||
           (insn->clamp && !(row->flags & CAIRN_VALU_NO_DST));
}

/* A dot product takes halves that op_sel and neg have chosen: all of VOP3P is modified, but for the
 * usual selection. */
static bool is_modified_vop3p(const struct cairn_insn *insn, const struct cairn_valu_row *row)
{
    unsigned all = (1u << row->sources) - 1;
    return insn->op_sel != 0 || insn->neg_lo != 0 || insn->neg_hi != 0 ||
           (insn->op_sel_hi & all) != all;
}

bool CAIRN_TARGET(cairn_valu_prepare)(struct cairn_interp_op *op)
{
    const struct cairn_insn *insn = &op->insn;
    const struct cairn_valu_row *row = CAIRN_TARGET(cairn_valu_int_row)(insn->op);
    if (insn->op == CAIRN_OP_v_swap_b32)
        op->run = CAIRN_TARGET(cairn_valu_swap);
    if (insn->op == CAIRN_OP_v_pk_mov_b32)
        op->run = CAIRN_TARGET(cairn_valu_pk_mov);
    if (op->run != NULL)
        return true;
    if (row == NULL)
        row = CAIRN_TARGET(cairn_valu_float_row)(insn->op);
    if (row == NULL)
        row = CAIRN_TARGET(cairn_valu_hand_row)(insn->op);
    if (row == NULL)
        return false;
    op->valu = row;
    bool packed = cairn_type_is_packed16(row->dst) || row->dst == CAIRN_TYPE_PK_F32;
    if (packed && insn->variant == CAIRN_VARIANT_SDWA)
        return false; /* v_pk_fmac_f16_sdwa: what a part of a pair would be is not written down */
    op->run = plain_driver(row);
    if (packed && row->dst == CAIRN_TYPE_PK_F32 && !is_modified_vop3p(insn, row))
        op->run = CAIRN_TARGET(cairn_valu_pairs);
    else if (packed)
        op->run = CAIRN_TARGET(cairn_valu_packed);
    else if (is_modified(insn, row) ||
             (insn->encoding == CAIRN_ENC_VOP3P && is_modified_vop3p(insn, row)))
        op->run = CAIRN_TARGET(cairn_valu_modified);
    else if (has_signs(insn))
        op->run = signs_driver(insn, row);
    if (op->run == NULL)
        op->run = CAIRN_TARGET(cairn_valu_modified);
    return true;
}
