/* SPDX-License-Identifier: MIT
 * What one instruction makes of known values. A write under EXEC gives the lanes that are on
 * something new and leaves the others; lanes that nobody reads before they are written again (full
 * writes) may hold anything, and are taken to be written too.
 */
#include "finalizer/known_priv.h"
#include "machine/constant.h"

#include <string.h>

/* ---- operands */

static void set_number(struct cairn_known_state *state, unsigned code, uint32_t value)
{
    state->numbers[code / 64] |= UINT64_C(1) << (code % 64);
    state->number[code] = value;
}

bool cairn_known_number_of(const struct cairn_known_step *step, unsigned slot, uint32_t *out)
{
    const struct cairn_operand *operand = &step->insn->slot[slot];
    unsigned code = operand->code;
    if (code < 128 && cairn_known_has_number(step->state, code))
        *out = step->state->number[code];
    else if (code == CAIRN_CODE_LITERAL)
        *out = (uint32_t)cairn_literal_value(step->insn->literal, operand->type);
    else if ((code >= CAIRN_CODE_INT_0 && code <= CAIRN_CODE_INT_LAST) ||
             (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST))
        *out = (uint32_t)cairn_inline_constant(code, operand->type);
    else
        return false;
    return true;
}

bool cairn_known_wide_constant(const struct cairn_known_step *step, unsigned slot, uint64_t *out)
{
    const struct cairn_operand *operand = &step->insn->slot[slot];
    if (operand->code >= CAIRN_CODE_INT_0 && operand->code <= CAIRN_CODE_INT_LAST)
        *out = cairn_inline_constant(operand->code, operand->type);
    else if (operand->code == CAIRN_CODE_LITERAL)
        *out = cairn_literal_value(step->insn->literal, operand->type);
    else
        return false;
    return true;
}

/* A source of a vector instruction: its words, or one number for all lanes. */
struct source {
    const uint32_t *lane;
    uint32_t number;
};

static bool source_of(const struct cairn_known_step *step, unsigned slot, struct source *out)
{
    const struct cairn_operand *operand = &step->insn->slot[slot];
    *out = (struct source){NULL, 0};
    if (!cairn_code_is_vector(operand->code))
        return cairn_known_number_of(step, slot, &out->number);
    uint32_t id = step->state->vector[cairn_vreg_of_code(operand->code)];
    if (id != 0)
        out->lane = cairn_known_words(&step->known->vectors, id);
    return id != 0;
}

static uint32_t at(const struct source *source, uint32_t lane)
{
    return source->lane != NULL ? source->lane[lane] : source->number;
}

static uint32_t mask_of_number(struct cairn_known *known, uint64_t number)
{
    uint32_t words[CAIRN_KNOWN_MASK_WORDS];
    for (uint32_t i = 0; i < known->lanes / 32; i++)
        words[i] = (uint32_t)(number >> (32 * i % known->wave_size));
    return cairn_known_intern(&known->masks, words);
}

uint32_t cairn_known_mask_of(struct cairn_known *known, const struct cairn_known_state *state,
                             unsigned code)
{
    if (code % 2 != 0 || code >= 128)
        return 0;
    if (state->mask[code / 2] != 0 || !cairn_known_has_number(state, code) ||
        !cairn_known_has_number(state, code + 1))
        return state->mask[code / 2];
    return mask_of_number(known, state->number[code] | (uint64_t)state->number[code + 1] << 32);
}

uint32_t cairn_known_mask_source(const struct cairn_known_step *step, unsigned slot)
{
    const struct cairn_operand *operand = &step->insn->slot[slot];
    uint64_t number;
    if (operand->code < 128)
        return cairn_known_mask_of(step->known, step->state, operand->code);
    return cairn_known_wide_constant(step, slot, &number) ? mask_of_number(step->known, number) : 0;
}

uint32_t cairn_known_exec_of(const struct cairn_known_step *step)
{
    return step->state->mask[CAIRN_CODE_EXEC_LO / 2];
}

static bool bit_of(const uint32_t *mask, uint32_t lane)
{
    return mask[lane / 32] >> (lane % 32) & 1;
}

/* ---- results */

static void forget_scalar(struct cairn_known_state *state, unsigned code)
{
    state->numbers[code / 64] &= ~(UINT64_C(1) << (code % 64));
    state->number[code] = 0;
    state->mask[code / 2] = 0;
}

void cairn_known_forget_mask(struct cairn_known_state *state, unsigned code)
{
    forget_scalar(state, code);
    forget_scalar(state, code + 1);
}

static void put_mask(const struct cairn_known_step *step, unsigned code, uint32_t id)
{
    if (code % 2 != 0 || code >= 128)
        return;
    cairn_known_forget_mask(step->state, code);
    step->state->mask[code / 2] = id;
}

/* The value of a register that gets `fresh`, and keeps `old` where EXEC is off. */
static uint32_t written(const struct cairn_known_step *step, uint32_t *fresh, uint32_t old)
{
    struct cairn_known *known = step->known;
    uint32_t exec = cairn_known_exec_of(step);
    if (!step->full_write && (exec == 0 || old == 0)) {
        const uint32_t *mask = exec != 0 ? cairn_known_words(&known->masks, exec) : NULL;
        for (uint32_t i = 0; i < known->lanes; i++)
            if (mask == NULL || !bit_of(mask, i))
                return 0;
    } else if (!step->full_write) {
        const uint32_t *mask = cairn_known_words(&known->masks, exec);
        const uint32_t *before = cairn_known_words(&known->vectors, old);
        for (uint32_t i = 0; i < known->lanes; i++)
            if (!bit_of(mask, i))
                fresh[i] = before[i];
    }
    return cairn_known_intern(&known->vectors, fresh);
}

/* ---- vector instructions */

static bool is_plain_vector(const struct cairn_insn *insn)
{
    return insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_MAI &&
           cairn_insn_is_plain(insn);
}

/* v_mbcnt_*: how many of the lanes below are set in a number. */
static uint32_t lanes_below(uint32_t bits, uint32_t lane, bool high)
{
    lane = high ? (lane < 32 ? 0 : lane - 32) : (lane < 32 ? lane : 32);
    return (uint32_t)__builtin_popcount(lane >= 32 ? bits : bits & ((1u << lane) - 1));
}

static bool count_lanes(const struct cairn_known_step *step, uint32_t *fresh)
{
    struct source bits, base;
    if (!source_of(step, CAIRN_SLOT_SRC0, &bits) || !source_of(step, CAIRN_SLOT_SRC1, &base))
        return false;
    bool high = step->insn->op == CAIRN_OP_v_mbcnt_hi_u32_b32;
    for (uint32_t i = 0; i < step->known->lanes; i++)
        fresh[i] = at(&base, i) + lanes_below(at(&bits, i), i % step->known->wave_size, high);
    return true;
}

static bool choose(const struct cairn_known_step *step, uint32_t *fresh)
{
    struct source zero, one;
    const struct cairn_operand *operand = &step->insn->slot[CAIRN_SLOT_SRC2];
    uint32_t mask = cairn_operand_present(operand)
                        ? cairn_known_mask_source(step, CAIRN_SLOT_SRC2)
                        : cairn_known_mask_of(step->known, step->state, CAIRN_CODE_VCC_LO);
    if (mask == 0 || !source_of(step, CAIRN_SLOT_SRC0, &zero) ||
        !source_of(step, CAIRN_SLOT_SRC1, &one))
        return false;
    const uint32_t *bits = cairn_known_words(&step->known->masks, mask);
    for (uint32_t i = 0; i < step->known->lanes; i++)
        fresh[i] = bit_of(bits, i) ? at(&one, i) : at(&zero, i);
    return true;
}

static bool compute(const struct cairn_known_step *step, const struct cairn_known_row *row,
                    uint32_t *fresh)
{
    struct source source[3] = {{NULL, 0}};
    for (unsigned i = 0; i < row->sources; i++)
        if (!source_of(step, CAIRN_SLOT_SRC0 + i, &source[i]))
            return false;
    for (uint32_t i = 0; i < step->known->lanes; i++)
        fresh[i] = row->value(at(&source[0], i), at(&source[1], i), at(&source[2], i));
    return true;
}

static uint32_t vector_result(const struct cairn_known_step *step, uint32_t old)
{
    uint32_t fresh[CAIRN_KNOWN_LANES];
    const struct cairn_operand *dst = &step->insn->slot[CAIRN_SLOT_DST];
    const struct cairn_known_row *row = cairn_known_row_of(step->insn->op);
    bool known = false;
    if (!cairn_operand_present(dst) || !cairn_code_is_vector(dst->code) || dst->dwords != 1 ||
        !is_plain_vector(step->insn))
        return 0;
    if (step->insn->op == CAIRN_OP_v_mbcnt_lo_u32_b32 ||
        step->insn->op == CAIRN_OP_v_mbcnt_hi_u32_b32)
        known = count_lanes(step, fresh);
    else if (step->insn->op == CAIRN_OP_v_cndmask_b32)
        known = choose(step, fresh);
    else if (row != NULL && row->value != NULL)
        known = compute(step, row, fresh);
    return known ? written(step, fresh, old) : 0;
}

/* Lanes that are off compare as 0. */
static uint32_t compare_result(const struct cairn_known_step *step,
                               const struct cairn_known_row *row)
{
    struct source a, b;
    uint32_t bits[CAIRN_KNOWN_MASK_WORDS] = {0}, exec = cairn_known_exec_of(step);
    if (exec == 0 || !is_plain_vector(step->insn) || !source_of(step, CAIRN_SLOT_SRC0, &a) ||
        !source_of(step, CAIRN_SLOT_SRC1, &b))
        return 0;
    const uint32_t *on = cairn_known_words(&step->known->masks, exec);
    for (uint32_t i = 0; i < step->known->lanes; i++)
        bits[i / 32] |= (uint32_t)(bit_of(on, i) && row->test(at(&a, i), at(&b, i))) << (i % 32);
    return cairn_known_intern(&step->known->masks, bits);
}

/* ---- one instruction */

static void forget_writes(const struct cairn_known_step *step)
{
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(step->insn, &reads, &writes, &any);
    if (any) {
        memset(step->state, 0, sizeof *step->state);
        return;
    }
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&writes, i))
            step->state->vector[i] = 0;
    for (unsigned i = 0; i < 128; i++)
        if (cairn_regs_has_s(&writes, i))
            forget_scalar(step->state, i);
}

static void put_results(const struct cairn_known_step *step, const struct cairn_known_masks *masks,
                        bool masks_made, uint32_t vector, uint32_t compared)
{
    const struct cairn_insn *insn = step->insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    const struct cairn_operand *sdst = &insn->slot[CAIRN_SLOT_SDST];
    if (vector != 0)
        step->state->vector[cairn_vreg_of_code(dst->code)] = vector;
    if (compared != 0) {
        const struct cairn_operand *to = dst->type == CAIRN_TYPE_MASK ? dst : sdst;
        put_mask(step, cairn_operand_present(to) ? to->code : CAIRN_CODE_VCC_LO, compared);
        if (cairn_isa_flags(insn) & CAIRN_ISA_WRITES_EXEC)
            put_mask(step, CAIRN_CODE_EXEC_LO, compared);
    }
    if (!masks_made)
        return;
    put_mask(step, dst->code, masks->result);
    if (masks->sets_exec)
        put_mask(step, CAIRN_CODE_EXEC_LO, masks->exec);
}

void cairn_known_step(struct cairn_known *known, uint32_t index, struct cairn_known_state *state)
{
    const struct cairn_insn *insn = &known->program->insns[index].insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    struct cairn_known_step step = {known, state, insn, known->facts[index].full_write};
    struct cairn_known_masks masks;
    uint32_t number = 0, vector, compared = 0;
    uint64_t wide = 0;
    if (known->lanes == 0)
        return;
    const struct cairn_known_row *row = cairn_known_row_of(insn->op);
    bool indexed = known->program->insns[index].indexed;
    bool to_vector = cairn_operand_present(dst) && cairn_code_is_vector(dst->code);
    bool one = cairn_known_number_result(&step, &number),
         two = cairn_known_wide_number(&step, &wide);
    bool made = cairn_known_mask_results(&step, &masks);
    vector = to_vector && !indexed
                 ? vector_result(&step, state->vector[cairn_vreg_of_code(dst->code)])
                 : 0;
    if (row != NULL && row->test != NULL && !indexed)
        compared = compare_result(&step, row);
    forget_writes(&step);
    if (indexed && to_vector)
        memset(state->vector, 0, sizeof state->vector);
    put_results(&step, &masks, made, vector, compared);
    if (one && dst->code < 128)
        set_number(state, dst->code, number);
    if (two && dst->code < 127) {
        set_number(state, dst->code, (uint32_t)wide);
        set_number(state, dst->code + 1, (uint32_t)(wide >> 32));
    }
}
