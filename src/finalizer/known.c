/* SPDX-License-Identifier: MIT
 * Known values by a forward pass over the blocks until nothing changes. Where ways meet, a register
 * is known if it holds the same on all of them. A write under EXEC gives the lanes that are on
 * something new and leaves the others; lanes that nobody reads before they are written again (full
 * writes) may hold anything, and are taken to be written too.
 */
#include "finalizer/known.h"

#include "finalizer/known_value.h"
#include "finalizer/scopes.h"
#include "machine/constant.h"

#include <stdlib.h>
#include <string.h>

struct cairn_known {
    const struct cairn_program *program;
    const struct cairn_insn_facts *facts;
    uint32_t lanes, wave_size;
    struct cairn_known_pool vectors, masks;
    struct cairn_known_state *in; /* by block */
    bool *reached;
    bool changed;
};

struct step {
    struct cairn_known *known;
    struct cairn_known_state *state;
    const struct cairn_insn *insn;
    bool full_write;
};

enum { MASK_WORDS = CAIRN_KNOWN_LANES / 32 };

/* ---- operands */

static bool has_number(const struct cairn_known_state *state, unsigned code)
{
    return state->numbers[code / 64] >> (code % 64) & 1;
}

static void set_number(struct cairn_known_state *state, unsigned code, uint32_t value)
{
    state->numbers[code / 64] |= UINT64_C(1) << (code % 64);
    state->number[code] = value;
}

static bool number_of(const struct step *step, unsigned slot, uint32_t *out)
{
    const struct cairn_operand *operand = &step->insn->slot[slot];
    unsigned code = operand->code;
    if (code < 128 && has_number(step->state, code))
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

/* A source of a vector instruction: its words, or one number for all lanes. */
struct source {
    const uint32_t *lane;
    uint32_t number;
};

static bool source_of(const struct step *step, unsigned slot, struct source *out)
{
    const struct cairn_operand *operand = &step->insn->slot[slot];
    *out = (struct source){NULL, 0};
    if (!cairn_code_is_vector(operand->code))
        return number_of(step, slot, &out->number);
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
    uint32_t words[MASK_WORDS];
    for (uint32_t i = 0; i < known->lanes / 32; i++)
        words[i] = (uint32_t)(number >> (32 * i % known->wave_size));
    return cairn_known_intern(&known->masks, words);
}

uint32_t cairn_known_mask_of(struct cairn_known *known, const struct cairn_known_state *state,
                             unsigned code)
{
    if (code % 2 != 0 || code >= 128)
        return 0;
    if (state->mask[code / 2] != 0 || !has_number(state, code) || !has_number(state, code + 1))
        return state->mask[code / 2];
    return mask_of_number(known, state->number[code] | (uint64_t)state->number[code + 1] << 32);
}

static uint32_t mask_source(const struct step *step, unsigned slot)
{
    const struct cairn_operand *operand = &step->insn->slot[slot];
    if (operand->code < 128)
        return cairn_known_mask_of(step->known, step->state, operand->code);
    if (operand->code >= CAIRN_CODE_INT_0 && operand->code <= CAIRN_CODE_INT_LAST)
        return mask_of_number(step->known, cairn_inline_constant(operand->code, operand->type));
    if (operand->code == CAIRN_CODE_LITERAL)
        return mask_of_number(step->known, cairn_literal_value(step->insn->literal, operand->type));
    return 0;
}

static uint32_t exec_of(const struct step *step)
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

static void put_mask(const struct step *step, unsigned code, uint32_t id)
{
    if (code % 2 != 0 || code >= 128)
        return;
    cairn_known_forget_mask(step->state, code);
    step->state->mask[code / 2] = id;
}

/* The value of a register that gets `fresh`, and keeps `old` where EXEC is off. */
static uint32_t written(const struct step *step, uint32_t *fresh, uint32_t old)
{
    struct cairn_known *known = step->known;
    uint32_t exec = exec_of(step);
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

static bool plain(const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i <= CAIRN_SLOT_SRC2; i++)
        if (insn->slot[i].abs || insn->slot[i].neg)
            return false;
    return insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_MAI &&
           insn->variant == CAIRN_VARIANT_PLAIN && !insn->clamp && !insn->omod && !insn->op_sel;
}

/* v_mbcnt_*: how many of the lanes below are set in a number. */
static uint32_t lanes_below(uint32_t bits, uint32_t lane, bool high)
{
    lane = high ? (lane < 32 ? 0 : lane - 32) : (lane < 32 ? lane : 32);
    return (uint32_t)__builtin_popcount(lane >= 32 ? bits : bits & ((1u << lane) - 1));
}

static bool count_lanes(const struct step *step, uint32_t *fresh)
{
    struct source bits, base;
    if (!source_of(step, CAIRN_SLOT_SRC0, &bits) || !source_of(step, CAIRN_SLOT_SRC1, &base))
        return false;
    bool high = step->insn->op == CAIRN_OP_v_mbcnt_hi_u32_b32;
    for (uint32_t i = 0; i < step->known->lanes; i++)
        fresh[i] = at(&base, i) + lanes_below(at(&bits, i), i % step->known->wave_size, high);
    return true;
}

static bool choose(const struct step *step, uint32_t *fresh)
{
    struct source zero, one;
    const struct cairn_operand *operand = &step->insn->slot[CAIRN_SLOT_SRC2];
    uint32_t mask = cairn_operand_present(operand)
                        ? mask_source(step, CAIRN_SLOT_SRC2)
                        : cairn_known_mask_of(step->known, step->state, CAIRN_CODE_VCC_LO);
    if (mask == 0 || !source_of(step, CAIRN_SLOT_SRC0, &zero) ||
        !source_of(step, CAIRN_SLOT_SRC1, &one))
        return false;
    const uint32_t *bits = cairn_known_words(&step->known->masks, mask);
    for (uint32_t i = 0; i < step->known->lanes; i++)
        fresh[i] = bit_of(bits, i) ? at(&one, i) : at(&zero, i);
    return true;
}

static bool compute(const struct step *step, const struct cairn_known_row *row, uint32_t *fresh)
{
    struct source source[3] = {{NULL, 0}};
    for (unsigned i = 0; i < row->sources; i++)
        if (!source_of(step, CAIRN_SLOT_SRC0 + i, &source[i]))
            return false;
    for (uint32_t i = 0; i < step->known->lanes; i++)
        fresh[i] = row->value(at(&source[0], i), at(&source[1], i), at(&source[2], i));
    return true;
}

static uint32_t vector_result(const struct step *step, uint32_t old)
{
    uint32_t fresh[CAIRN_KNOWN_LANES];
    const struct cairn_operand *dst = &step->insn->slot[CAIRN_SLOT_DST];
    const struct cairn_known_row *row = cairn_known_row_of(step->insn->op);
    bool known = false;
    if (!cairn_operand_present(dst) || !cairn_code_is_vector(dst->code) || dst->dwords != 1 ||
        !plain(step->insn))
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
static uint32_t compare_result(const struct step *step, const struct cairn_known_row *row)
{
    struct source a, b;
    uint32_t bits[MASK_WORDS] = {0}, exec = exec_of(step);
    if (exec == 0 || !plain(step->insn) || !source_of(step, CAIRN_SLOT_SRC0, &a) ||
        !source_of(step, CAIRN_SLOT_SRC1, &b))
        return 0;
    const uint32_t *on = cairn_known_words(&step->known->masks, exec);
    for (uint32_t i = 0; i < step->known->lanes; i++)
        bits[i / 32] |= (uint32_t)(bit_of(on, i) && row->test(at(&a, i), at(&b, i))) << (i % 32);
    return cairn_known_intern(&step->known->masks, bits);
}

/* ---- scalar instructions */

static uint32_t logic(unsigned op, uint32_t a, uint32_t b)
{
    switch (op) {
    case CAIRN_OP_s_and_b64:
    case CAIRN_OP_s_and_saveexec_b64:
        return a & b;
    case CAIRN_OP_s_or_b64:
    case CAIRN_OP_s_or_saveexec_b64:
        return a | b;
    case CAIRN_OP_s_xor_b64:
    case CAIRN_OP_s_xor_saveexec_b64:
        return a ^ b;
    case CAIRN_OP_s_andn2_b64:
    case CAIRN_OP_s_andn2_saveexec_b64:
    case CAIRN_OP_s_andn2_wrexec_b64:
        return a & ~b;
    case CAIRN_OP_s_andn1_saveexec_b64:
    case CAIRN_OP_s_andn1_wrexec_b64:
        return ~a & b;
    case CAIRN_OP_s_orn2_b64:
    case CAIRN_OP_s_orn2_saveexec_b64:
        return a | ~b;
    case CAIRN_OP_s_orn1_saveexec_b64:
        return ~a | b;
    case CAIRN_OP_s_nand_b64:
    case CAIRN_OP_s_nand_saveexec_b64:
        return ~(a & b);
    case CAIRN_OP_s_nor_b64:
    case CAIRN_OP_s_nor_saveexec_b64:
        return ~(a | b);
    case CAIRN_OP_s_xnor_b64:
    case CAIRN_OP_s_xnor_saveexec_b64:
        return ~(a ^ b);
    case CAIRN_OP_s_not_b64:
        return ~a;
    default:
        return a;
    }
}

enum form { FORM_NONE, FORM_ONE, FORM_TWO, FORM_SAVES, FORM_EXEC };

static enum form form_of(unsigned op)
{
    switch (op) {
    case CAIRN_OP_s_mov_b64:
    case CAIRN_OP_s_not_b64:
        return FORM_ONE;
    case CAIRN_OP_s_and_b64:
    case CAIRN_OP_s_or_b64:
    case CAIRN_OP_s_xor_b64:
    case CAIRN_OP_s_andn2_b64:
    case CAIRN_OP_s_orn2_b64:
    case CAIRN_OP_s_nand_b64:
    case CAIRN_OP_s_nor_b64:
    case CAIRN_OP_s_xnor_b64:
        return FORM_TWO;
    case CAIRN_OP_s_and_saveexec_b64:
    case CAIRN_OP_s_or_saveexec_b64:
    case CAIRN_OP_s_xor_saveexec_b64:
    case CAIRN_OP_s_andn2_saveexec_b64:
    case CAIRN_OP_s_orn2_saveexec_b64:
    case CAIRN_OP_s_nand_saveexec_b64:
    case CAIRN_OP_s_nor_saveexec_b64:
    case CAIRN_OP_s_xnor_saveexec_b64:
    case CAIRN_OP_s_andn1_saveexec_b64:
    case CAIRN_OP_s_orn1_saveexec_b64:
        return FORM_SAVES;
    case CAIRN_OP_s_andn1_wrexec_b64:
    case CAIRN_OP_s_andn2_wrexec_b64:
        return FORM_EXEC;
    default:
        return FORM_NONE;
    }
}

static uint32_t combined(const struct step *step, uint32_t a, uint32_t b)
{
    uint32_t words[MASK_WORDS];
    if (a == 0 || b == 0)
        return 0;
    for (uint32_t i = 0; i < step->known->lanes / 32; i++)
        words[i] = logic(step->insn->op, cairn_known_words(&step->known->masks, a)[i],
                         cairn_known_words(&step->known->masks, b)[i]);
    return cairn_known_intern(&step->known->masks, words);
}

/* Masks that an instruction of the scalar unit makes: of its destination, and of EXEC. */
struct masks {
    uint32_t result, exec;
    bool sets_exec;
};

static bool mask_results(const struct step *step, struct masks *out)
{
    enum form form = form_of(step->insn->op);
    uint32_t exec = exec_of(step);
    *out = (struct masks){0};
    if (form == FORM_NONE)
        return false;
    uint32_t a = mask_source(step, CAIRN_SLOT_SRC0);
    if (form == FORM_ONE)
        out->result = combined(step, a, a);
    else if (form == FORM_TWO)
        out->result = combined(step, a, mask_source(step, CAIRN_SLOT_SRC1));
    else
        out->exec = combined(step, a, exec);
    out->sets_exec = form == FORM_SAVES || form == FORM_EXEC;
    if (out->sets_exec)
        out->result = form == FORM_SAVES ? exec : out->exec;
    return true;
}

/* Numbers that are the same in all waves. */
static bool number_result(const struct step *step, uint32_t *out)
{
    const struct cairn_insn *insn = step->insn;
    const struct cairn_operand *source = &insn->slot[CAIRN_SLOT_SRC0];
    switch (insn->op) {
    case CAIRN_OP_s_mov_b32:
        return number_of(step, CAIRN_SLOT_SRC0, out);
    case CAIRN_OP_s_movk_i32:
        *out = (uint32_t)insn->imm;
        return true;
    case CAIRN_OP_v_readfirstlane_b32: {
        uint32_t id = 0;
        if (cairn_code_is_vector(source->code))
            id = step->state->vector[cairn_vreg_of_code(source->code)];
        const uint32_t *lane = id != 0 ? cairn_known_words(&step->known->vectors, id) : NULL;
        for (uint32_t i = 1; lane != NULL && i < step->known->lanes; i++)
            if (lane[i] != lane[0])
                return false;
        if (lane != NULL)
            *out = lane[0];
        return lane != NULL;
    }
    default:
        return false;
    }
}

/* s_mov_b64 of a constant makes two numbers of it. */
static bool wide_number(const struct step *step, uint64_t *out)
{
    const struct cairn_operand *source = &step->insn->slot[CAIRN_SLOT_SRC0];
    if (step->insn->op != CAIRN_OP_s_mov_b64)
        return false;
    if (source->code == CAIRN_CODE_LITERAL)
        *out = cairn_literal_value(step->insn->literal, source->type);
    else if (source->code >= CAIRN_CODE_INT_0 && source->code <= CAIRN_CODE_INT_LAST)
        *out = cairn_inline_constant(source->code, source->type);
    else if (source->code < 127 && has_number(step->state, source->code) &&
             has_number(step->state, source->code + 1))
        *out = step->state->number[source->code] | (uint64_t)step->state->number[source->code + 1]
                                                       << 32;
    else
        return false;
    return true;
}

/* ---- one instruction */

static void forget_writes(const struct step *step)
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

static void put_results(const struct step *step, const struct masks *masks, bool masks_made,
                        uint32_t vector, uint32_t compared)
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
    struct step step = {known, state, insn, known->facts[index].full_write};
    struct masks masks;
    uint32_t number = 0, vector, compared = 0;
    uint64_t wide = 0;
    if (known->lanes == 0)
        return;
    const struct cairn_known_row *row = cairn_known_row_of(insn->op);
    bool indexed = known->program->insns[index].indexed;
    bool to_vector = cairn_operand_present(dst) && cairn_code_is_vector(dst->code);
    bool one = number_result(&step, &number), two = wide_number(&step, &wide);
    bool made = mask_results(&step, &masks);
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

/* ---- blocks */

static void join(struct cairn_known *known, struct cairn_known_state *to,
                 const struct cairn_known_state *from)
{
    struct cairn_known_state before = *to;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (to->vector[i] != from->vector[i])
            to->vector[i] = 0;
    for (unsigned i = 0; i < CAIRN_KNOWN_PAIRS; i++)
        if (to->mask[i] != from->mask[i])
            to->mask[i] = 0;
    for (unsigned i = 0; i < 128; i++)
        if (has_number(to, i) && (!has_number(from, i) || from->number[i] != to->number[i])) {
            to->numbers[i / 64] &= ~(UINT64_C(1) << (i % 64));
            to->number[i] = 0;
        }
    known->changed = known->changed || memcmp(&before, to, sizeof before) != 0;
}

static void flow(struct cairn_known *known, uint32_t to, const struct cairn_known_state *state)
{
    if (to == CAIRN_NO_BLOCK)
        return;
    if (known->reached[to]) {
        join(known, &known->in[to], state);
        return;
    }
    known->in[to] = *state;
    known->reached[to] = known->changed = true;
}

static void run(struct cairn_known *known)
{
    const struct cairn_program *program = known->program;
    struct cairn_known_state state;
    do {
        known->changed = false;
        for (uint32_t i = 0; i < program->block_count; i++) {
            const struct cairn_program_block *block = &program->blocks[program->order[i]];
            if (!known->reached[program->order[i]])
                continue;
            state = known->in[program->order[i]];
            for (uint32_t j = 0; j < block->count; j++)
                cairn_known_step(known, block->first + j, &state);
            if (block->end == CAIRN_END_CALL || block->end == CAIRN_END_INDIRECT)
                continue;
            flow(known, block->next, &state);
            flow(known, block->taken, &state);
        }
    } while (known->changed);
}

/* ---- at entry; see cairn_workgroup_init */

static void set_ids(struct cairn_known *known, const struct cairn_geometry *geometry,
                    struct cairn_known_state *state)
{
    uint32_t id[3][CAIRN_KNOWN_LANES], bits[MASK_WORDS] = {0};
    const uint32_t *size = geometry->workgroup;
    uint32_t items = size[0] * size[1] * size[2], dims = geometry->rsrc2 >> 11 & 3;
    bool packed = known->program->gfx->packed_work_item_ids;
    for (uint32_t i = 0; i < known->lanes; i++) {
        uint32_t item = i < items ? i : items - 1; /* lanes behind the last one count on */
        id[0][i] = item % size[0] + (i - item);
        id[1][i] = dims >= 1 ? item / size[0] % size[1] : 0;
        id[2][i] = dims >= 2 ? item / size[0] / size[1] : 0;
        if (packed)
            id[0][i] |= id[1][i] << 10 | id[2][i] << 20;
        bits[i / 32] |= (uint32_t)(i < items) << (i % 32);
    }
    for (unsigned i = 0; i < 3; i++)
        if (i == 0 || (!packed && i <= dims))
            state->vector[i] = cairn_known_intern(&known->vectors, id[i]);
    state->mask[CAIRN_CODE_EXEC_LO / 2] = cairn_known_intern(&known->masks, bits);
}

static void start(struct cairn_known *known, const struct cairn_geometry *geometry)
{
    uint64_t items =
        (uint64_t)geometry->workgroup[0] * geometry->workgroup[1] * geometry->workgroup[2];
    uint64_t waves = (items + geometry->wave_size - 1) / geometry->wave_size;
    if (!geometry->whole_groups || geometry->wave_size != 64 || waves == 0 ||
        waves * geometry->wave_size > CAIRN_KNOWN_LANES)
        return;
    known->lanes = (uint32_t)(waves * geometry->wave_size);
    known->wave_size = geometry->wave_size;
    known->vectors.words_each = known->lanes;
    known->masks.words_each = known->lanes / 32;
    set_ids(known, geometry, &known->in[known->program->entry]);
    known->reached[known->program->entry] = true;
    for (uint32_t i = 0; i < known->program->block_count; i++)
        if (cairn_block_is_root(known->program, i))
            memset(&known->in[i], 0, sizeof known->in[i]), known->reached[i] = true;
    run(known);
}

/* ---- the face */

enum cairn_status cairn_known_build(const struct cairn_program *program,
                                    const struct cairn_geometry *geometry,
                                    const struct cairn_insn_facts *facts, struct cairn_known **out)
{
    struct cairn_known *known = calloc(1, sizeof *known);
    if (known == NULL)
        return CAIRN_ERR_NO_MEMORY;
    known->program = program;
    known->facts = facts;
    known->in = calloc(program->block_count + 1, sizeof *known->in);
    known->reached = calloc(program->block_count + 1, sizeof *known->reached);
    if (known->in == NULL || known->reached == NULL) {
        cairn_known_destroy(known);
        return CAIRN_ERR_NO_MEMORY;
    }
    start(known, geometry);
    *out = known;
    return CAIRN_OK;
}

void cairn_known_destroy(struct cairn_known *known)
{
    if (known == NULL)
        return;
    cairn_known_pool_close(&known->vectors);
    cairn_known_pool_close(&known->masks);
    free(known->in);
    free(known->reached);
    free(known);
}

uint32_t cairn_known_lanes(const struct cairn_known *known)
{
    return known->lanes;
}

const struct cairn_known_state *cairn_known_entry(const struct cairn_known *known, uint32_t block)
{
    return &known->in[block];
}

const uint32_t *cairn_known_vector(const struct cairn_known *known, uint32_t id)
{
    return cairn_known_words(&known->vectors, id);
}

const uint32_t *cairn_known_mask(const struct cairn_known *known, uint32_t id)
{
    return cairn_known_words(&known->masks, id);
}
