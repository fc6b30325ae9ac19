/* SPDX-License-Identifier: MIT
 * From a decoded instruction to an op: which family it belongs to, where its operands are, and what
 * runs instead if it cannot be run.
 */
#include "interp/block.h"

#include "interp/interp.h"
#include "interp/matrix.h"
#include "interp/memory.h"

#include <string.h>

/* ---- ops that are not instructions' own */

void cairn_op_end(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
}

void cairn_op_nop(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

void cairn_op_illegal(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
    cairn_wave_raise(wave, CAIRN_FAULT_ILLEGAL_INSTRUCTION, 0, -1);
}

void cairn_op_unimplemented(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
    cairn_wave_raise(wave, CAIRN_FAULT_UNIMPLEMENTED, 0, -1);
}

void cairn_op_bad_register(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
    cairn_wave_raise(wave, CAIRN_FAULT_BAD_REGISTER, 0, -1);
}

static void run_memory(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
    wave->memory_insn = &op->insn;
    op->memory(wave, &op->insn);
    wave->memory_insn = NULL;
    if (__builtin_expect(wave->state != CAIRN_WAVE_READY, 0))
        return;
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_matrix(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
    op->memory(wave, &op->insn);
    if (__builtin_expect(wave->state != CAIRN_WAVE_READY, 0))
        return;
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

/* ---- operands */

void cairn_op_source(struct cairn_interp_op *op, unsigned slot)
{
    const struct cairn_operand *operand = &op->insn.slot[CAIRN_SLOT_SRC0 + slot];
    struct cairn_interp_source *source = &op->src[slot];
    unsigned code = operand->code;
    source->dwords = operand->dwords;
    source->index = operand->code;
    if (!cairn_operand_present(operand)) {
        source->kind = CAIRN_SOURCE_NONE;
    } else if (code >= CAIRN_CODE_AGPR0) {
        source->kind = CAIRN_SOURCE_AGPR;
        source->index = (uint16_t)(code - CAIRN_CODE_AGPR0);
    } else if (code >= CAIRN_CODE_VGPR0) {
        source->kind = CAIRN_SOURCE_VGPR;
        source->index = (uint16_t)(code - CAIRN_CODE_VGPR0);
    } else if (code < 128) {
        source->kind = CAIRN_SOURCE_SGPR;
    } else if (code <= CAIRN_CODE_INT_LAST || code == CAIRN_CODE_LITERAL ||
               (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST)) {
        source->kind = CAIRN_SOURCE_CONST;
        source->value = cairn_scalar_value(NULL, &op->insn, operand);
    } else {
        source->kind = CAIRN_SOURCE_LIVE;
    }
}

bool cairn_insn_is_vector(const struct cairn_insn *insn)
{
    return insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_MAI;
}

static bool is_memory(const struct cairn_insn *insn)
{
    return insn->encoding >= CAIRN_ENC_DS && insn->encoding <= CAIRN_ENC_MIMG;
}

void cairn_op_rows(const struct cairn_insn *insn, uint16_t *arch_rows, uint16_t *acc_rows)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (!cairn_code_is_vector(operand->code))
            continue;
        bool acc = operand->code >= CAIRN_CODE_AGPR0;
        uint16_t *rows = acc ? acc_rows : arch_rows;
        unsigned end =
            operand->code - (acc ? CAIRN_CODE_AGPR0 : CAIRN_CODE_VGPR0) + operand->dwords;
        if (*rows < end)
            *rows = (uint16_t)end;
    }
}

/* Pairs and wider scalars start even; pairs and wider vectors too (gfx90a, isa/insn.h). Odd ones
 * are illegal rather than rounded (LLVM, Align2 register classes). */
static bool registers_aligned(const struct cairn_insn *insn)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (operand->code == CAIRN_CODE_NONE || operand->dwords < 2)
            continue;
        if (operand->code < 128 && (operand->code % 2 || operand->code + operand->dwords > 128))
            return false;
        if (cairn_code_is_vector(operand->code) && operand->code % 2 != 0)
            return false;
    }
    return true;
}

/* ---- choosing */

static bool prepare_memory(struct cairn_interp_op *op)
{
    op->memory = cairn_interp_memory_select(&op->insn);
    op->run = run_memory;
    return op->memory != NULL;
}

static bool prepare_matrix(struct cairn_interp_op *op)
{
    op->memory = cairn_interp_matrix_select(&op->insn);
    op->run = run_matrix;
    return op->memory != NULL;
}

static bool prepare_family(struct cairn_interp_op *op)
{
    const struct cairn_insn *insn = &op->insn;
    if (insn->encoding <= CAIRN_ENC_SOPP)
        return cairn_control_prepare(op) || cairn_scalar_prepare(op);
    if (insn->encoding == CAIRN_ENC_SMEM)
        return cairn_smem_prepare(op);
    if (is_memory(insn))
        return cairn_gws_prepare(op) || prepare_memory(op);
    return cairn_lane_prepare(op) || cairn_valu_prepare(op) ||
           (insn->encoding == CAIRN_ENC_MAI && prepare_matrix(op));
}

/* Trap temporaries cannot be written without privilege (CDNA2 ISA 3.1): the instruction runs alone,
 * and they are 0 again. */
static void run_to_ttmp(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    struct cairn_interp_op alone[2] = {*op, {.run = cairn_op_end, .pc = op->pc}};
    alone[0].run = op->inner;
    alone[0].run(wave, alone);
    for (unsigned code = CAIRN_CODE_TTMP0; code < CAIRN_CODE_M0; code++)
        wave->sgpr[code] = 0;
    if (wave->state != CAIRN_WAVE_READY)
        return;
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static bool writes_ttmp(const struct cairn_insn *insn)
{
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    return insn->encoding <= CAIRN_ENC_SMEM && dst->code < CAIRN_CODE_M0 &&
           dst->code + dst->dwords > CAIRN_CODE_TTMP0 &&
           (cairn_isa_flags(insn) & CAIRN_ISA_BRANCH) == 0;
}

void cairn_op_prepare(struct cairn_interp_op *op, unsigned mode)
{
    const struct cairn_insn *insn = &op->insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    bool vector = cairn_insn_is_vector(insn);
    if ((mode & CAIRN_BLOCK_SKIP) && (vector || is_memory(insn))) {
        op->run = cairn_op_nop;
        return;
    }
    for (unsigned i = 0; i < 3; i++)
        cairn_op_source(op, i);
    op->dst =
        cairn_code_is_vector(dst->code) ? (uint16_t)(dst->code - CAIRN_CODE_VGPR0) : dst->code;
    op->sdst = insn->slot[CAIRN_SLOT_SDST].code;
    if (!registers_aligned(insn))
        op->run = cairn_op_bad_register;
    else if (vector && (mode & (CAIRN_BLOCK_INDEXED | CAIRN_BLOCK_CHECKED)))
        op->run = cairn_op_redirected;
    else if (!prepare_family(op))
        op->run = cairn_op_unimplemented;
    if (writes_ttmp(insn) && op->run != cairn_op_bad_register) {
        op->inner = op->run;
        op->run = run_to_ttmp;
    }
}

bool cairn_interp_has(const struct cairn_insn *insn)
{
    struct cairn_interp_op op = {.insn = *insn};
    cairn_op_prepare(&op, 0);
    return op.run != cairn_op_unimplemented;
}

/* ---- registers found at run time */

/* M0 bits that apply VGPR indexing to src0, src1, src2 and the destination. */
static const uint8_t index_bit[CAIRN_SLOT_COUNT] = {
    [CAIRN_SLOT_DST] = 15,
    [CAIRN_SLOT_SRC0] = 12,
    [CAIRN_SLOT_SRC1] = 13,
    [CAIRN_SLOT_SRC2] = 14,
};

/* AMD "CDNA2 ISA" 6.6: M0[7:0] is added to the VGPR operands that M0[15:12] enable. */
static void apply_index(const struct cairn_wave *wave, struct cairn_insn *insn)
{
    uint32_t m0 = wave->sgpr[CAIRN_CODE_M0];
    if (!(wave->mode >> CAIRN_MODE_GPR_IDX_EN_BIT & 1))
        return;
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        struct cairn_operand *operand = &insn->slot[i];
        if (index_bit[i] != 0 && (m0 >> index_bit[i] & 1) && operand->code >= CAIRN_CODE_VGPR0 &&
            operand->code < CAIRN_CODE_AGPR0)
            operand->code = (uint16_t)(operand->code + (m0 & 0xff));
    }
}

static bool is_destination(const struct cairn_insn *insn, unsigned slot)
{
    return slot == CAIRN_SLOT_DST || slot == CAIRN_SLOT_SDST ||
           (insn->op == CAIRN_OP_v_swap_b32 && slot == CAIRN_SLOT_SRC0);
}

/* CDNA ISA 3.6.1 (VGPR out of range): a source reads v0, a destination cancels the instruction.
 * False: cancelled. An index may also carry a register past the VGPRs' own codes. */
static bool bound_registers(const struct cairn_wave *wave, const struct cairn_insn *original,
                            struct cairn_insn *insn)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        struct cairn_operand *operand = &insn->slot[i];
        unsigned was = original->slot[i].code;
        if (!cairn_code_is_vector((uint16_t)was))
            continue;
        bool past = was < CAIRN_CODE_AGPR0 && operand->code >= CAIRN_CODE_AGPR0;
        if (!past && cairn_rows_exist(wave->launch, operand->code, operand->dwords))
            continue;
        if (is_destination(insn, i))
            return false;
        operand->code = CAIRN_CODE_VGPR0;
    }
    return true;
}

/* The same instruction with the registers that it has now, prepared and run alone. */
void cairn_op_redirected(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    struct cairn_interp_op alone[2];
    memset(alone, 0, sizeof alone);
    alone[0].insn = op->insn;
    alone[0].pc = op->pc;
    alone[1].run = cairn_op_end;
    alone[1].pc = op->pc;
    apply_index(wave, &alone[0].insn);
    if (bound_registers(wave, &op->insn, &alone[0].insn)) {
        cairn_op_prepare(&alone[0], 0);
        alone[0].run(wave, alone);
        if (wave->state != CAIRN_WAVE_READY)
            return;
    }
    CAIRN_TAIL return op[1].run(wave, op + 1);
}
