/* SPDX-License-Identifier: MIT
 * Lifts matrix instructions: a call of the shape's function (finalizer/matrix.h) with the rows of
 * registers. Operands that are moved about (CBSZ, ABID, BLGP) or that the result would overwrite
 * are copied first. EXEC does not matter (AMD "CDNA2 ISA" 7.1).
 */
#include "finalizer/llvm/lift_cross.h"
#include "finalizer/llvm/lift_priv.h"
#include "finalizer/matrix.h"
#include "machine/constant.h"
#include "machine/sem_mfma.h"

#include <string.h>

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

/* A function of the table that `offset` in struct cairn_matrix_table holds. */
static void call(struct cairn_lift *lift, size_t offset, LLVMValueRef *args, unsigned count)
{
    LLVMTypeRef types[5] = {NULL};
    for (unsigned i = 0; i < count; i++)
        types[i] = LLVMTypeOf(args[i]);
    LLVMTypeRef type = LLVMFunctionType(lift->void_type, types, count, false);
    LLVMValueRef at = behind(lift, lift->frame, offsetof(struct cairn_native_frame, matrices));
    LLVMValueRef table = LLVMBuildLoad2(lift->builder, lift->ptr, at, "");
    cairn_lift_tag_state(lift, table);
    LLVMValueRef run = LLVMBuildLoad2(lift->builder, lift->ptr, behind(lift, table, offset), "");
    LLVMBuildCall2(lift->builder, type, run, args, count, "");
}

static size_t run_offset(unsigned number)
{
    return offsetof(struct cairn_matrix_table, run) + number * sizeof(void (*)(void));
}

static void emit_alone(struct cairn_lift *lift, const struct matrix *matrix)
{
    uint64_t step;
    LLVMValueRef args[5] = {cairn_lift_wave_row(lift, row_of(lift, CAIRN_SLOT_DST), 0),
                            factor(lift, matrix, CAIRN_SLOT_SRC0),
                            factor(lift, matrix, CAIRN_SLOT_SRC1)};
    args[3] = addend(lift, matrix, &step);
    args[4] = cairn_lift_const64(lift, step);
    call(lift, run_offset(matrix->number), args, 5);
}

/* ---- two at once. An instruction that adds to its own D waits, with copies of A and B, for the
 * next one that does so with the same D: then D goes through the registers once for both. It waits
 * over other matrix instructions, vector and scalar arithmetic and LDS accesses that have nothing
 * to do with D; only a fault could show that. */

static const uint8_t twice[CAIRN_MATRIX_TWICE_COUNT] = {
    [CAIRN_MATRIX_TWICE_32x32x1] = CAIRN_MATRIX_v_mfma_f32_32x32x1f32,
    [CAIRN_MATRIX_TWICE_16x16x1] = CAIRN_MATRIX_v_mfma_f32_16x16x1f32,
    [CAIRN_MATRIX_TWICE_32x32x2] = CAIRN_MATRIX_v_mfma_f32_32x32x2f32,
    [CAIRN_MATRIX_TWICE_16x16x4] = CAIRN_MATRIX_v_mfma_f32_16x16x4f32,
};

/* Can it be one of two? *kind: which. */
static bool may_pair(const struct cairn_lift *lift, const struct matrix *matrix, unsigned *kind)
{
    const struct cairn_insn *insn = lift->insn;
    unsigned dwords = cairn_sem_mfma_out_dwords(matrix->shape);
    for (*kind = 0; *kind < CAIRN_MATRIX_TWICE_COUNT; ++*kind)
        if (twice[*kind] == matrix->number)
            break;
    return *kind < CAIRN_MATRIX_TWICE_COUNT && insn->cbsz == 0 && insn->blgp == 0 &&
           insn->slot[CAIRN_SLOT_SRC2].code == insn->slot[CAIRN_SLOT_DST].code &&
           !meets_d(lift, CAIRN_SLOT_SRC0, 1, dwords) && !meets_d(lift, CAIRN_SLOT_SRC1, 1, dwords);
}

/* A and B of number `i`. */
static LLVMValueRef waiting_rows(struct cairn_lift *lift, unsigned i)
{
    LLVMValueRef *rows = &lift->region->waiting_rows;
    if (*rows == NULL)
        *rows = cairn_lift_stack_rows(lift, 2 * CAIRN_LIFT_WAITING);
    return behind(lift, *rows, (uint64_t)2 * i * ROW_BYTES);
}

/* Does the one that waits alone, in front of the region that is open. */
static void settle(struct cairn_lift *lift, unsigned i)
{
    struct cairn_lift_waiting *waiting = &lift->region->waiting[i];
    LLVMBuilderRef before = lift->builder;
    lift->builder = lift->region->scalar;
    LLVMValueRef d = cairn_lift_wave_row(lift, waiting->d, 0), rows = waiting_rows(lift, i);
    LLVMValueRef args[] = {d, rows, behind(lift, rows, ROW_BYTES), d, cairn_lift_const64(lift, 1)};
    call(lift, run_offset(twice[waiting->twice]), args, 5);
    waiting->used = false;
    lift->builder = before;
}

void cairn_lift_matrix_settle_all(struct cairn_lift *lift)
{
    for (unsigned i = 0; i < CAIRN_LIFT_WAITING; i++)
        if (lift->region->waiting[i].used)
            settle(lift, i);
}

/* May matrix instructions wait over it, if it does not touch their registers? */
static bool may_wait_over(const struct cairn_insn *insn, enum cairn_plan_mode mode)
{
    switch (mode) {
    case CAIRN_PLAN_NONE:
        return !cairn_lift_is_order(insn);
    case CAIRN_PLAN_SCALAR:
        return insn->encoding != CAIRN_ENC_SMEM;
    case CAIRN_PLAN_LANE:
    case CAIRN_PLAN_MASK_LANE:
        return insn->encoding <= CAIRN_ENC_DS;
    case CAIRN_PLAN_WAVE:
        return insn->encoding == CAIRN_ENC_MAI;
    default:
        return false;
    }
}

static bool touches(const struct cairn_regs *regs, const struct cairn_lift_waiting *waiting)
{
    for (unsigned i = 0; i < waiting->dwords; i++)
        if (cairn_regs_has_v(regs, waiting->d + i))
            return true;
    return false;
}

static bool joins(const struct cairn_lift *lift, const struct cairn_lift_waiting *waiting)
{
    struct matrix matrix;
    unsigned kind;
    return lift->insn->encoding == CAIRN_ENC_MAI && find(lift->insn->op, &matrix) &&
           may_pair(lift, &matrix, &kind) && kind == waiting->twice &&
           row_of(lift, CAIRN_SLOT_DST) == waiting->d;
}

void cairn_lift_matrix_settle(struct cairn_lift *lift, enum cairn_plan_mode mode)
{
    struct cairn_lift_waiting *waiting = lift->region->waiting;
    struct cairn_regs reads, writes;
    bool any = false, some = false;
    for (unsigned i = 0; i < CAIRN_LIFT_WAITING; i++)
        some = some || waiting[i].used;
    if (!some)
        return;
    cairn_insn_registers(lift->insn, &reads, &writes, &any);
    bool stays = !any && may_wait_over(lift->insn, mode);
    for (unsigned i = 0; i < CAIRN_LIFT_WAITING; i++)
        if (waiting[i].used &&
            (!stays || ((touches(&reads, &waiting[i]) || touches(&writes, &waiting[i])) &&
                        !joins(lift, &waiting[i]))))
            settle(lift, i);
}

static void emit_second(struct cairn_lift *lift, unsigned i)
{
    struct cairn_lift_waiting *waiting = &lift->region->waiting[i];
    LLVMValueRef args[] = {cairn_lift_wave_row(lift, waiting->d, 0), waiting_rows(lift, i),
                           cairn_lift_wave_row(lift, row_of(lift, CAIRN_SLOT_SRC0), 0),
                           cairn_lift_wave_row(lift, row_of(lift, CAIRN_SLOT_SRC1), 0)};
    call(lift, offsetof(struct cairn_matrix_table, twice) + waiting->twice * sizeof(void (*)(void)),
         args, 4);
    waiting->used = false;
}

static void wait(struct cairn_lift *lift, const struct matrix *matrix, unsigned kind)
{
    struct cairn_lift_waiting *waiting = lift->region->waiting;
    unsigned i = 0;
    while (i < CAIRN_LIFT_WAITING - 1 && waiting[i].used)
        i++;
    if (waiting[i].used)
        settle(lift, i);
    LLVMValueRef rows = waiting_rows(lift, i);
    copy_row(lift, rows, cairn_lift_wave_row(lift, row_of(lift, CAIRN_SLOT_SRC0), 0), 0);
    copy_row(lift, behind(lift, rows, ROW_BYTES),
             cairn_lift_wave_row(lift, row_of(lift, CAIRN_SLOT_SRC1), 0), 0);
    waiting[i] = (struct cairn_lift_waiting){
        .used = true,
        .twice = (uint8_t)kind,
        .d = (uint16_t)row_of(lift, CAIRN_SLOT_DST),
        .dwords = (uint16_t)cairn_sem_mfma_out_dwords(matrix->shape),
    };
}

static void emit(struct cairn_lift *lift)
{
    struct matrix matrix;
    unsigned kind;
    if (!find(lift->insn->op, &matrix))
        return;
    if (!may_pair(lift, &matrix, &kind)) {
        emit_alone(lift, &matrix);
        return;
    }
    for (unsigned i = 0; i < CAIRN_LIFT_WAITING; i++)
        if (lift->region->waiting[i].used && joins(lift, &lift->region->waiting[i])) {
            emit_second(lift, i);
            return;
        }
    wait(lift, &matrix, kind);
}

const struct cairn_lift_family cairn_lift_matrix_family = {.kind = kind, .emit = emit};
