/* SPDX-License-Identifier: MIT
 * How the lanes of a chunk relate in each vector register, by a forward pass over the blocks.
 * Beside the shape proper it keeps what is needed to carry shapes through bit operations: an upper
 * bound of the value, the number of low zero bits of lane 0's value, and of high bits that all
 * lanes share.
 */
#include "finalizer/facts_priv.h"
#include "finalizer/shapes_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- scalar registers */

/* Low bits of the result that are 0, of instructions that make starts of blocks. */
static uint8_t scalar_zeros(const struct cairn_shape_pass *pass)
{
    struct cairn_shape_value a = cairn_shape_source(pass, CAIRN_SLOT_SRC0, 0),
                             b = cairn_shape_source(pass, CAIRN_SLOT_SRC1, 0);
    uint32_t k;
    switch (pass->insn->op) {
    case CAIRN_OP_s_mov_b32:
        return a.zeros;
    case CAIRN_OP_s_add_u32:
    case CAIRN_OP_s_add_i32:
        return cairn_shape_least(a.zeros, b.zeros);
    case CAIRN_OP_s_mul_i32:
        return cairn_shape_least(32, (uint8_t)(a.zeros + b.zeros));
    case CAIRN_OP_s_lshl_b32:
        k = cairn_shape_constant(pass, CAIRN_SLOT_SRC1, &k) ? k & 31 : 0;
        return cairn_shape_least(32, (uint8_t)(a.zeros + k));
    default:
        return 0;
    }
}

static void write_scalars(struct cairn_shape_pass *pass, const struct cairn_regs *writes, bool any,
                          uint8_t zeros)
{
    for (unsigned i = 0; i < CAIRN_SHAPE_SCALARS; i++)
        if (any || cairn_regs_has_s(writes, i))
            pass->now.zeros[i] = zeros;
}

/* ---- one instruction */

/* The carry, or the low half that it belongs to, is overwritten. */
static void end_carries(struct cairn_shape_pass *pass, const struct cairn_regs *writes, bool any)
{
    struct cairn_shape_carry *carry = &pass->now.carry;
    if (any ||
        (carry->valid &&
         (cairn_regs_has_s(writes, carry->mask) || cairn_regs_has_s(writes, carry->mask + 1u) ||
          (carry->low != CAIRN_SHAPE_NO_VREG && cairn_regs_has_v(writes, carry->low)))))
        carry->valid = false;
}

static void write_all(struct cairn_shape_pass *pass, const struct cairn_regs *writes, bool any)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (!any && !cairn_regs_has_v(writes, i))
            continue;
        pass->now.v[i] = cairn_shape_varying;
        if (i + 1 < CAIRN_VREGS)
            pass->now.v[i + 1].shape.pair = false;
        if (pass->now.carry.valid && (i == pass->now.carry.high[0] || i == pass->now.carry.high[1]))
            pass->now.carry.valid = false;
        for (unsigned j = 0; j < CAIRN_VREGS; j++)
            if (pass->now.v[j].copy_of == i + 1)
                pass->now.v[j].copy_of = 0;
    }
}

static bool has_same_sources(const struct cairn_shape_pass *pass)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &pass->insn->slot[i];
        if (!cairn_operand_present(operand))
            continue;
        if (operand->type == CAIRN_TYPE_MASK)
            return false;
        for (unsigned d = 0; cairn_code_is_vector(operand->code) && d < operand->dwords; d++)
            if (pass->now.v[cairn_vreg_of_code(operand->code) + d].shape.kind !=
                CAIRN_SHAPE_GROUP_UNIFORM)
                return false;
    }
    return true;
}

static void run_insn(struct cairn_shape_pass *pass, uint32_t index)
{
    const struct cairn_insn *insn = &pass->program->insns[index].insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    struct cairn_insn_facts *facts = &pass->facts->insn[index];
    struct cairn_regs reads, writes;
    struct cairn_shape_value low = cairn_shape_varying, high = cairn_shape_varying;
    bool any, vector = insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_MAI;
    cairn_insn_registers(insn, &reads, &writes, &any);
    pass->insn = insn;
    pass->index = index;
    facts->same_sources = !any && has_same_sources(pass);
    bool has_dst = cairn_operand_present(dst) && cairn_code_is_vector(dst->code);
    if (vector && has_dst && facts->full_write && !any && !pass->stepped[index])
        cairn_shape_find_result(pass, &low, &high);
    struct cairn_shape_carry carry = cairn_shape_begin_carry(pass);
    end_carries(pass, &writes, any);
    write_all(pass, &writes, any);
    write_scalars(pass, &writes, any, scalar_zeros(pass));
    if (insn->op == CAIRN_OP_v_add_co_u32)
        pass->now.carry = carry;
    facts->shape = low.shape;
    facts->shape_high = dst->dwords == 2 ? high.shape : cairn_shape_varying.shape;
    if (!has_dst)
        return;
    unsigned vreg = cairn_shape_vreg_of(dst);
    if (low.copy_of == vreg + 1)
        low.copy_of = 0;
    pass->now.v[vreg] = low;
    if (dst->dwords == 2)
        pass->now.v[vreg + 1] = high;
}

/* ---- blocks */

static bool join_value(struct cairn_shape_value *a, const struct cairn_shape_value *b)
{
    struct cairn_shape_value before = *a;
    uint8_t run = cairn_shape_least(cairn_shape_run(*a), cairn_shape_run(*b));
    if (a->shape.kind != b->shape.kind || a->shape.stride != b->shape.stride) {
        bool uniform = cairn_shape_is_uniform(*a) && cairn_shape_is_uniform(*b);
        a->shape.kind = uniform ? CAIRN_SHAPE_UNIFORM : CAIRN_SHAPE_VARYING;
        a->shape.stride = 0;
    }
    a->shape.run = a->shape.kind != CAIRN_SHAPE_VARYING ? run : 0;
    a->shape.pair = a->shape.pair && b->shape.pair && a->shape.pair_stride == b->shape.pair_stride;
    a->shape.pair_run = a->shape.pair ? cairn_shape_least(a->shape.pair_run, b->shape.pair_run) : 0;
    if (!a->shape.pair)
        a->shape.pair_stride = 0;
    if (b->bits > a->bits)
        a->bits = 32; /* at once, or a counter would take 32 rounds */
    a->zeros = cairn_shape_least(a->zeros, b->zeros);
    a->alike = cairn_shape_least(a->alike, b->alike);
    a->packed = a->packed && b->packed;
    a->low_lanes = a->low_lanes && b->low_lanes;
    if (a->copy_of != b->copy_of)
        a->copy_of = 0;
    return memcmp(&before, a, sizeof before) != 0;
}

static void flow(struct cairn_shape_pass *pass, uint32_t to)
{
    if (to == CAIRN_NO_BLOCK)
        return;
    struct cairn_shape_state *in = &pass->in[to];
    if (!in->reached) {
        *in = pass->now;
        in->reached = true;
        in->carry.valid = false;
        pass->changed = true;
        return;
    }
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (join_value(&in->v[i], &pass->now.v[i]))
            pass->changed = true;
    for (unsigned i = 0; i < CAIRN_SHAPE_SCALARS; i++) {
        pass->changed = pass->changed || in->zeros[i] > pass->now.zeros[i];
        in->zeros[i] = cairn_shape_least(in->zeros[i], pass->now.zeros[i]);
    }
}

static void run_block(struct cairn_shape_pass *pass, uint32_t index)
{
    const struct cairn_program_block *block = &pass->program->blocks[index];
    pass->now = pass->in[index];
    for (uint32_t i = 0; i < block->count; i++)
        run_insn(pass, block->first + i);
    if (block->end == CAIRN_END_CALL || block->end == CAIRN_END_INDIRECT)
        return;
    flow(pass, block->next);
    flow(pass, block->taken);
}

static void set_roots(struct cairn_shape_pass *pass)
{
    for (uint32_t i = 0; i < pass->program->block_count; i++) {
        if (!cairn_block_is_root(pass->program, i))
            continue;
        pass->in[i].reached = true;
        for (unsigned j = 0; j < CAIRN_VREGS; j++)
            pass->in[i].v[j] = cairn_shape_varying;
    }
}

static void keep_entries(const struct cairn_shape_pass *pass)
{
    for (uint32_t i = 0; i < pass->program->block_count; i++)
        for (unsigned j = 0; j < CAIRN_VREGS; j++)
            pass->facts->entry[i][j] =
                pass->in[i].reached ? pass->in[i].v[j].shape : cairn_shape_varying.shape;
}

enum cairn_status cairn_facts_find_shapes(const struct cairn_program *program,
                                          const struct cairn_geometry *geometry,
                                          const bool *stepped, struct cairn_facts *facts)
{
    struct cairn_shape_pass pass = {
        .program = program, .geometry = geometry, .stepped = stepped, .facts = facts};
    pass.in = calloc(program->block_count + 1, sizeof *pass.in);
    if (pass.in == NULL)
        return CAIRN_ERR_NO_MEMORY;
    cairn_shape_set_entry(&pass);
    set_roots(&pass);
    do {
        pass.changed = false;
        for (uint32_t i = 0; i < program->block_count; i++)
            if (pass.in[program->order[i]].reached)
                run_block(&pass, program->order[i]);
    } while (pass.changed);
    keep_entries(&pass);
    free(pass.in);
    return CAIRN_OK;
}
