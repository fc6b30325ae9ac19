/* SPDX-License-Identifier: MIT
 * Lifts matrix instructions: a call of the shape's function (finalizer/matrix.h) with the rows of
 * registers. Operands that are moved about (CBSZ, ABID, BLGP) or that the result would overwrite
 * are copied first. EXEC does not matter (AMD "CDNA2 ISA" 7.1).
 */
#include "finalizer/llvm/lift_cross.h"
#include "finalizer/matrix.h"
#include "machine/constant.h"
#include "machine/sem_mfma.h"

enum { ROW_BYTES = CAIRN_WAVE_LANES * sizeof(uint32_t) };

struct matrix {
    struct cairn_sem_mfma_shape shape;
    unsigned number; /* enum cairn_matrix_shape */
};

static bool find(unsigned op, struct matrix *out)
{
    switch (op) {
#define MFMA(op, M, K, KL, BLOCKS, KIND)                                                           \
    case CAIRN_OP_##op:                                                                            \
        *out = (struct matrix){{M, K, KL, BLOCKS, CAIRN_SEM_MFMA_##KIND}, CAIRN_MATRIX_##op};      \
        return true;
#include "machine/sem_mfma.def"
#undef MFMA
    default:
        return false;
    }
}

static bool is_f64(const struct matrix *matrix)
{
    return matrix->shape.kind == CAIRN_SEM_MFMA_F64;
}

/* Fields that the interpreter refuses are left to it: it names the fault. */
static enum cairn_lift_kind kind(const struct cairn_insn *insn,
                                 const struct cairn_geometry *geometry, bool exact_nan)
{
    struct matrix matrix;
    (void)exact_nan;
    if (insn->encoding != CAIRN_ENC_MAI || !find(insn->op, &matrix) || geometry->merged)
        return CAIRN_LIFT_STEP;
    unsigned group = 1u << insn->cbsz;
    if (!is_f64(&matrix) && insn->cbsz != 0 && (group > matrix.shape.blocks || insn->abid >= group))
        return CAIRN_LIFT_STEP;
    return CAIRN_LIFT_WAVE;
}

/* ---- operands */

static unsigned row_of(const struct cairn_lift *lift, unsigned slot)
{
    return cairn_vreg_of_code(lift->insn->slot[slot].code);
}

static LLVMValueRef behind(struct cairn_lift *lift, LLVMValueRef pointer, uint64_t bytes)
{
    LLVMValueRef offset = cairn_lift_const64(lift, bytes);
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i8, pointer, &offset, 1, "");
}

/* Do `dwords` registers of a source have some in common with D? */
static bool meets_d(const struct cairn_lift *lift, unsigned slot, unsigned dwords,
                    unsigned d_dwords)
{
    unsigned d = row_of(lift, CAIRN_SLOT_DST), source = row_of(lift, slot);
    return source < d + d_dwords && d < source + dwords;
}

static void copy_row(struct cairn_lift *lift, LLVMValueRef to, LLVMValueRef from, uint32_t flip)
{
    unsigned bytes = 4 * lift->width;
    for (unsigned chunk = 0; chunk < lift->chunks; chunk++) {
        LLVMValueRef value = LLVMBuildLoad2(lift->builder, lift->v32,
                                            behind(lift, from, (uint64_t)chunk * bytes), "");
        LLVMSetAlignment(value, bytes);
        cairn_lift_tag_state(lift, value);
        if (flip != 0)
            value = LLVMBuildXor(lift->builder, value,
                                 cairn_lift_splat(lift, cairn_lift_const32(lift, flip)), "");
        LLVMValueRef place = behind(lift, to, (uint64_t)chunk * bytes);
        LLVMSetAlignment(LLVMBuildStore(lift->builder, value, place), bytes);
    }
}

static enum cairn_lift_spare spare_of(unsigned slot)
{
    return slot == CAIRN_SLOT_SRC0   ? CAIRN_SPARE_A
           : slot == CAIRN_SLOT_SRC1 ? CAIRN_SPARE_B
                                     : CAIRN_SPARE_C;
}

/* ptr to a copy of a source; of an f64, `negate` flips its sign. */
static LLVMValueRef copy_of(struct cairn_lift *lift, unsigned slot, unsigned dwords, bool negate)
{
    LLVMValueRef copy = cairn_lift_spare_rows(lift, spare_of(slot));
    for (unsigned i = 0; i < dwords; i++)
        copy_row(lift, behind(lift, copy, (uint64_t)i * ROW_BYTES),
                 cairn_lift_wave_row(lift, row_of(lift, slot) + i, 0),
                 negate && i % 2 == 1 ? 0x80000000u : 0);
    return copy;
}

static LLVMValueRef moved(struct cairn_lift *lift, unsigned slot, unsigned dwords,
                          const struct cairn_lift_pattern *pattern)
{
    LLVMValueRef copy = cairn_lift_spare_rows(lift, spare_of(slot));
    for (unsigned i = 0; i < dwords; i++)
        cairn_lift_move_row(lift, pattern, cairn_lift_wave_row(lift, row_of(lift, slot) + i, 0),
                            behind(lift, copy, (uint64_t)i * ROW_BYTES));
    return copy;
}

/* A is source 0, B source 1. */
static LLVMValueRef factor(struct cairn_lift *lift, const struct matrix *matrix, unsigned slot)
{
    const struct cairn_insn *insn = lift->insn;
    struct cairn_lift_pattern pattern;
    unsigned dwords = cairn_sem_mfma_in_dwords(matrix->shape), i = slot - CAIRN_SLOT_SRC0;
    bool moves = !is_f64(matrix) && (i == 0 ? insn->cbsz != 0 : insn->blgp != 0);
    bool negate = is_f64(matrix) && (insn->blgp >> i & 1);
    for (unsigned lane = 0; moves && lane < CAIRN_WAVE_LANES; lane++)
        pattern.from[lane] = (int8_t)(i == 0 ? cairn_sem_mfma_a_source(insn->cbsz, insn->abid, lane)
                                             : cairn_sem_mfma_b_source(insn->blgp, lane));
    if (moves)
        return moved(lift, slot, dwords, &pattern);
    if (negate || meets_d(lift, slot, dwords, cairn_sem_mfma_out_dwords(matrix->shape)))
        return copy_of(lift, slot, dwords, negate);
    return cairn_lift_wave_row(lift, row_of(lift, slot), 0);
}

/* An inline constant in the lanes of one row, or of two. */
static LLVMValueRef constant_addend(struct cairn_lift *lift, const struct matrix *matrix,
                                    bool negate)
{
    static const uint8_t types[] = {[CAIRN_SEM_MFMA_F32] = CAIRN_TYPE_F32,
                                    [CAIRN_SEM_MFMA_F16] = CAIRN_TYPE_F32,
                                    [CAIRN_SEM_MFMA_BF16] = CAIRN_TYPE_F32,
                                    [CAIRN_SEM_MFMA_I8] = CAIRN_TYPE_I32,
                                    [CAIRN_SEM_MFMA_F64] = CAIRN_TYPE_F64};
    uint64_t bits =
        cairn_inline_constant(lift->insn->slot[CAIRN_SLOT_SRC2].code, types[matrix->shape.kind]);
    unsigned rows = is_f64(matrix) ? 2 : 1, bytes = 4 * lift->width;
    LLVMValueRef copy = cairn_lift_spare_rows(lift, CAIRN_SPARE_C);
    bits ^= negate ? UINT64_C(1) << 63 : 0;
    for (unsigned i = 0; i < rows * lift->chunks; i++) {
        uint32_t half = (uint32_t)(i < lift->chunks ? bits : bits >> 32);
        LLVMValueRef value = cairn_lift_splat(lift, cairn_lift_const32(lift, half));
        LLVMValueRef store =
            LLVMBuildStore(lift->builder, value, behind(lift, copy, (uint64_t)i * bytes));
        LLVMSetAlignment(store, bytes);
    }
    return copy;
}

static LLVMValueRef addend(struct cairn_lift *lift, const struct matrix *matrix, uint64_t *step)
{
    const struct cairn_operand *c = &lift->insn->slot[CAIRN_SLOT_SRC2];
    unsigned dwords = cairn_sem_mfma_out_dwords(matrix->shape);
    bool negate = is_f64(matrix) && (lift->insn->blgp >> 2 & 1);
    *step = 1;
    if (!cairn_code_is_vector(c->code)) {
        *step = 0;
        return constant_addend(lift, matrix, negate);
    }
    bool same = row_of(lift, CAIRN_SLOT_SRC2) == row_of(lift, CAIRN_SLOT_DST);
    if (negate || (!same && meets_d(lift, CAIRN_SLOT_SRC2, dwords, dwords)))
        return copy_of(lift, CAIRN_SLOT_SRC2, dwords, negate);
    return cairn_lift_wave_row(lift, row_of(lift, CAIRN_SLOT_SRC2), 0);
}

static void emit(struct cairn_lift *lift)
{
    struct matrix matrix;
    uint64_t step;
    if (!find(lift->insn->op, &matrix))
        return;
    LLVMTypeRef types[] = {lift->ptr, lift->ptr, lift->ptr, lift->ptr, lift->i64};
    LLVMTypeRef type = LLVMFunctionType(lift->void_type, types, 5, false);
    LLVMValueRef at = behind(lift, lift->frame, offsetof(struct cairn_native_frame, matrices));
    LLVMValueRef table = LLVMBuildLoad2(lift->builder, lift->ptr, at, "");
    cairn_lift_tag_state(lift, table);
    at = behind(lift, table,
                offsetof(struct cairn_matrix_table, run) + matrix.number * sizeof(void (*)(void)));
    LLVMValueRef run = LLVMBuildLoad2(lift->builder, lift->ptr, at, "");
    LLVMValueRef args[5] = {cairn_lift_wave_row(lift, row_of(lift, CAIRN_SLOT_DST), 0),
                            factor(lift, &matrix, CAIRN_SLOT_SRC0),
                            factor(lift, &matrix, CAIRN_SLOT_SRC1)};
    args[3] = addend(lift, &matrix, &step);
    args[4] = cairn_lift_const64(lift, step);
    LLVMBuildCall2(lift->builder, type, run, args, 5, "");
}

const struct cairn_lift_family cairn_lift_matrix_family = {.kind = kind, .emit = emit};
