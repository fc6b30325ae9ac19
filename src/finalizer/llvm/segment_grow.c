/* SPDX-License-Identifier: MIT
 * A segment grows by instructions and by blocks: whether chunks may do these for themselves,
 * whether the order of memory accesses could be seen, and which way a chunk goes at a block's end.
 */
#include "finalizer/llvm/segment_grow_priv.h"

#include <string.h>

uint32_t cairn_segment_body_end(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    const struct cairn_lift_family *family;
    uint32_t end = at->first + at->count;
    if (at->count > 0 && cairn_lift_kind_of(lift, end - 1, &family) == CAIRN_LIFT_CONTROL)
        end--;
    return end;
}

bool cairn_growth_has(const struct cairn_growth *growth, uint32_t block)
{
    const struct cairn_segment *segment = growth->segment;
    for (uint32_t i = 0; i < segment->count; i++)
        if (segment->block[i] == block)
            return true;
    return false;
}

/* ---- instructions */

/* May each chunk do it for itself? */
static bool is_pure(const struct cairn_growth *growth, uint32_t index)
{
    const struct cairn_program_insn *at = &growth->program->insns[index];
    const struct cairn_lift_family *family;
    struct cairn_regs reads, writes;
    bool any;
    unsigned slot;
    uint64_t own[3];
    memcpy(own, growth->own, sizeof own);
    if (cairn_lanes_step(growth->lift, index, own).why != NULL)
        return false;
    cairn_insn_registers(&at->insn, &reads, &writes, &any);
    switch (cairn_lift_kind_of(growth->lift, index, &family)) {
    case CAIRN_LIFT_NONE:
        return !cairn_lift_is_order(&at->insn);
    case CAIRN_LIFT_LANE:
        return !any && !cairn_lift_looks_across(&at->insn, growth->lift->width, &slot);
    case CAIRN_LIFT_MASK:
        return !any;
    case CAIRN_LIFT_SCALAR:
        return !any && at->insn.encoding < CAIRN_ENC_VOP1 &&
               !cairn_regs_has_s(&writes, CAIRN_SREG_MODE);
    default:
        return false;
    }
}

/* The masks among what a vector instruction reads. */
static void add_masks_read(struct cairn_regs *to, const struct cairn_insn *insn)
{
    cairn_regs_add_s(to, CAIRN_CODE_EXEC_LO);
    cairn_regs_add_s(to, CAIRN_CODE_EXEC_HI);
    if (cairn_isa_flags(insn) & CAIRN_ISA_READS_VCC) { /* v_div_fmas */
        cairn_regs_add_s(to, CAIRN_CODE_VCC_LO);
        cairn_regs_add_s(to, CAIRN_CODE_VCC_HI);
    }
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++)
        for (unsigned d = 0; insn->slot[i].type == CAIRN_TYPE_MASK && insn->slot[i].code < 128 &&
                             d < insn->slot[i].dwords;
             d++)
            cairn_regs_add_s(to, insn->slot[i].code + d);
}

/* Scalar instructions in front of the chunks write what no vector instruction before them has
 * looked at as a mask, or written. */
static bool touched(const struct cairn_segment *segment, const struct cairn_regs *writes)
{
    struct cairn_regs all = segment->reads;
    cairn_regs_join(&all, &segment->writes);
    all.s[2] = 0; /* SCC and MODE are no masks */
    return cairn_codes_meet(all.s, writes->s);
}

static void note_lane(struct cairn_growth *growth, const struct cairn_insn *insn,
                      const struct cairn_regs *reads, const struct cairn_regs *writes)
{
    struct cairn_segment *segment = growth->segment;
    struct cairn_regs vectors = *reads;
    memset(vectors.s, 0, sizeof vectors.s);
    add_masks_read(&vectors, insn);
    cairn_regs_join(&segment->reads, &vectors);
    cairn_regs_join(&segment->writes, writes);
    growth->lane = true;
}

/* Adds an instruction; false: it must not be in one segment with those before. */
static bool add_insn(struct cairn_growth *growth, uint32_t index, bool front)
{
    const struct cairn_program_insn *at = &growth->program->insns[index];
    struct cairn_segment *segment = growth->segment;
    const struct cairn_lift_family *family;
    struct cairn_regs reads, writes;
    bool any, memory = at->flags & (CAIRN_ISA_LOADS | CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC);
    enum cairn_lift_kind kind = cairn_lift_kind_of(growth->lift, index, &family);
    cairn_insn_registers(&at->insn, &reads, &writes, &any);
    if (kind == CAIRN_LIFT_LANE && memory &&
        cairn_order_conflicts(&growth->order, growth->shape, &growth->known, at)) {
        if (!growth->in_step)
            return false;
        growth->conflict = true;
    }
    if (kind == CAIRN_LIFT_SCALAR && cairn_order_scalar_conflicts(&growth->order, at))
        return false;
    growth->stores += (at->flags & (CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC)) != 0 &&
                      !cairn_order_commutes(&at->insn);
    cairn_order_wrote(&growth->order, &writes);
    segment->insns++;
    struct cairn_lanes_note note = cairn_lanes_step(growth->lift, index, growth->own);
    if (kind == CAIRN_LIFT_LANE) {
        note_lane(growth, &at->insn, &reads, &writes);
    } else if (note.in_lanes) {
        cairn_regs_join(&segment->reads, &reads);
        cairn_regs_join(&segment->writes, &writes);
    } else if (kind != CAIRN_LIFT_NONE) {
        if (front && touched(segment, &writes))
            segment->front = false;
        if (!front)
            cairn_regs_join(&segment->scalar_writes, &writes);
    }
    return true;
}

/* ---- blocks */

static void enter_block(struct cairn_growth *growth, uint32_t block)
{
    const struct cairn_facts *facts = growth->lift->facts;
    memcpy(growth->shape, facts->entry[block], sizeof growth->shape);
    growth->known = *cairn_known_entry(facts->known, block);
}

static void advance(struct cairn_growth *growth, uint32_t index)
{
    cairn_region_advance(growth->shape, growth->lift, index);
    cairn_known_step(growth->lift->facts->known, index, &growth->known);
}

/* In front of a segment all masks are complete in memory, and may be read as numbers; but merged
 * waves have each their own. */
static void enter_masks(struct cairn_growth *growth, uint32_t block, uint32_t first)
{
    const struct cairn_lanes *lanes = cairn_lifter_of((struct cairn_lift *)growth->lift)->lanes;
    memset(growth->own, 0, sizeof growth->own);
    growth->own[CAIRN_CODE_EXEC_LO / 64] = UINT64_C(3) << (CAIRN_CODE_EXEC_LO % 64);
    if (growth->lift->geometry->merged)
        cairn_lanes_own_at(growth->lift, lanes, block, first, growth->own);
    memcpy(growth->segment->masks[0], growth->own, sizeof growth->own);
}

void cairn_growth_start(struct cairn_growth *growth, uint32_t block, uint32_t first)
{
    struct cairn_segment *segment = growth->segment;
    memset(segment, 0, sizeof *segment);
    segment->first = first;
    segment->front = true;
    segment->parts = growth->in_step ? growth->lift->chunks : 1;
    segment->block[segment->count++] = block;
    growth->stores = 0;
    growth->conflict = false;
    growth->lane = false;
    cairn_order_start(&growth->order, growth->lift);
    enter_masks(growth, block, first);
}

void cairn_growth_begin(struct cairn_growth *growth, uint32_t block, uint32_t from)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    uint32_t end = cairn_segment_body_end(growth->lift, block);
    enter_block(growth, block);
    for (uint32_t i = at->first; i < from; i++)
        advance(growth, i);
    cairn_growth_start(growth, block, from);
    for (uint32_t i = from; i < end; i++) {
        if (!is_pure(growth, i)) {
            cairn_growth_start(growth, block, i + 1);
        } else if (!add_insn(growth, i, true)) {
            cairn_growth_start(growth, block, i);
            (void)add_insn(growth, i, true);
        }
        advance(growth, i);
    }
    memcpy(growth->out[0], growth->own, sizeof growth->own);
}

/* What comes to the block from its predecessors, which are all inside. */
static void meet_masks(struct cairn_growth *growth, uint32_t block)
{
    struct cairn_segment *segment = growth->segment;
    const struct cairn_program_block *at = &growth->program->blocks[block];
    memset(growth->own, 0, sizeof growth->own);
    for (uint32_t i = 0; i < at->predecessor_count; i++)
        for (uint32_t n = 0; n < segment->count; n++)
            for (unsigned k = 0; k < 3 && segment->block[n] == at->predecessors[i]; k++)
                growth->own[k] |= growth->out[n][k];
    memcpy(segment->masks[segment->count], growth->own, sizeof growth->own);
}

uint32_t cairn_growth_add_block(struct cairn_growth *growth, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    struct cairn_segment *segment = growth->segment;
    uint32_t i = at->first, end = cairn_segment_body_end(growth->lift, block);
    if (segment->count > 0)
        meet_masks(growth, block);
    segment->block[segment->count++] = block;
    enter_block(growth, block);
    while (i < end && is_pure(growth, i) && add_insn(growth, i, false))
        advance(growth, i++);
    memcpy(growth->out[segment->count - 1], growth->own, sizeof growth->own);
    return i;
}

/* ---- ways on */

bool cairn_growth_halves_agree(const struct cairn_growth *growth, const struct cairn_regs *live)
{
    for (unsigned code = 0; code < 128; code += 2)
        if (cairn_lanes_has(growth->own, code) != cairn_lanes_has(growth->own, code + 1) &&
            cairn_regs_has_s(live, code) && cairn_regs_has_s(live, code + 1))
            return false;
    return true;
}

/* Is EXEC known at the end of the block that was added last before the program runs? Then so is the
 * way that its branch goes, and which chunks have something to do: regions do that better. */
static bool exec_is_known(const struct cairn_growth *growth)
{
    return growth->known.mask[CAIRN_CODE_EXEC_LO / 2] != 0 && cairn_lift_knows(growth->lift);
}

bool cairn_growth_hands_on(const struct cairn_growth *growth, struct cairn_gates *gates,
                           uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    if (!cairn_growth_halves_agree(growth, &growth->lift->live->live_out[block]))
        return false;
    switch ((enum cairn_block_end)at->end) {
    case CAIRN_END_NEXT:
        return at->next != CAIRN_NO_BLOCK &&
               cairn_segment_body_end(growth->lift, block) == at->first + at->count;
    case CAIRN_END_BRANCH:
        return at->taken != CAIRN_NO_BLOCK &&
               cairn_program_last(growth->program, block)->op == CAIRN_OP_s_branch;
    case CAIRN_END_COND:
        if (at->taken == CAIRN_NO_BLOCK || at->next == CAIRN_NO_BLOCK || at->taken == at->next)
            return false;
        if (cairn_is_gate(growth->program, block))
            return cairn_gate_why(gates, block) == NULL && !exec_is_known(growth);
        return (cairn_program_last(growth->program, block)->op == CAIRN_OP_s_cbranch_scc0 ||
                cairn_program_last(growth->program, block)->op == CAIRN_OP_s_cbranch_scc1) &&
               !cairn_lanes_has(growth->own, CAIRN_SREG_SCC);
    default:
        return false;
    }
}

static bool all_from_inside(const struct cairn_growth *growth, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    for (uint32_t i = 0; i < at->predecessor_count; i++)
        if (!cairn_growth_has(growth, at->predecessors[i]))
            return false;
    return true;
}

uint32_t cairn_growth_targets(const struct cairn_growth *growth, uint32_t *candidate)
{
    const struct cairn_segment *segment = growth->segment;
    uint32_t targets[2 * CAIRN_SEGMENT_BLOCKS], count = 0;
    *candidate = CAIRN_NO_BLOCK;
    for (uint32_t i = 0; i < segment->count; i++) {
        const struct cairn_program_block *at = &growth->program->blocks[segment->block[i]];
        uint32_t to[] = {at->next, at->taken};
        for (unsigned j = 0; j < 2; j++) {
            bool known = to[j] == CAIRN_NO_BLOCK || cairn_growth_has(growth, to[j]);
            for (uint32_t k = 0; k < count && !known; k++)
                known = targets[k] == to[j];
            if (!known)
                targets[count++] = to[j];
        }
    }
    for (uint32_t k = 0; k < count && *candidate == CAIRN_NO_BLOCK; k++)
        if (!growth->program->blocks[targets[k]].resumable && all_from_inside(growth, targets[k]))
            *candidate = targets[k];
    return count;
}
