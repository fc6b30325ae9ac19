/* SPDX-License-Identifier: MIT
 * Finds segments: grows them block by block as long as every way leads to one block, nothing needs
 * all lanes of a wave, and the order of memory accesses cannot be seen.
 */
#include "finalizer/llvm/segment_priv.h"

#include "finalizer/llvm/order.h"

#include <string.h>

struct growth {
    const struct cairn_lift *lift;
    bool in_step;  /* the chunks of a wave go in step: any order of accesses will do */
    bool conflict; /* that was needed */
    const struct cairn_program *program;
    struct cairn_segment *segment;
    struct cairn_order order;
    uint32_t stores; /* and atomics, but for those that may come in any order */
    bool lane;       /* there are vector instructions */
    struct cairn_shape shape[CAIRN_VREGS]; /* in front of the instruction that is looked at */
    struct cairn_known_state known;
    uint64_t own[3]; /* masks behind the last instruction that was looked at */
    uint64_t out[CAIRN_SEGMENT_BLOCKS][3]; /* and behind each block */
    uint64_t round[3];                     /* that come round a loop */
};

static bool member(const struct cairn_segment *segment, uint32_t block)
{
    for (uint32_t i = 0; i < segment->count; i++)
        if (segment->block[i] == block)
            return true;
    return false;
}

uint32_t cairn_segment_body_end(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    const struct cairn_lift_family *family;
    uint32_t end = at->first + at->count;
    if (at->count > 0 && cairn_lift_kind_of(lift, end - 1, &family) == CAIRN_LIFT_CONTROL)
        end--;
    return end;
}

/* ---- instructions */

/* May each chunk do it for itself? */
static bool is_pure(const struct growth *growth, uint32_t index)
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

static void add_regs(struct cairn_regs *to, const struct cairn_regs *from)
{
    for (unsigned i = 0; i < 3; i++)
        to->s[i] |= from->s[i];
    for (unsigned i = 0; i < 8; i++)
        to->v[i] |= from->v[i];
}

/* Scalar instructions in front of the chunks write what no vector instruction before them has
 * looked at as a mask, or written. */
static bool touched(const struct cairn_segment *segment, const struct cairn_regs *writes)
{
    struct cairn_regs all = segment->reads;
    add_regs(&all, &segment->writes);
    all.s[2] = 0; /* SCC and MODE are no masks */
    return cairn_codes_meet(all.s, writes->s);
}

static void note_lane(struct growth *growth, const struct cairn_insn *insn,
                      const struct cairn_regs *reads, const struct cairn_regs *writes)
{
    struct cairn_segment *segment = growth->segment;
    struct cairn_regs vectors = *reads;
    memset(vectors.s, 0, sizeof vectors.s);
    add_masks_read(&vectors, insn);
    add_regs(&segment->reads, &vectors);
    add_regs(&segment->writes, writes);
    growth->lane = true;
}

/* Adds an instruction; false: it must not be in one segment with those before. */
static bool add_insn(struct growth *growth, uint32_t index, bool front)
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
        add_regs(&segment->reads, &reads);
        add_regs(&segment->writes, &writes);
    } else if (kind != CAIRN_LIFT_NONE) {
        if (front && touched(segment, &writes))
            segment->front = false;
        if (!front)
            add_regs(&segment->scalar_writes, &writes);
    }
    return true;
}

/* ---- blocks */

static void enter_block(struct growth *growth, uint32_t block)
{
    const struct cairn_facts *facts = growth->lift->facts;
    memcpy(growth->shape, facts->entry[block], sizeof growth->shape);
    growth->known = *cairn_known_entry(facts->known, block);
}

static void advance(struct growth *growth, uint32_t index)
{
    cairn_region_advance(growth->shape, growth->lift, index);
    cairn_known_step(growth->lift->facts->known, index, &growth->known);
}

/* In front of a segment all masks are complete in memory, and may be read as numbers; but merged
 * waves have each their own. */
static void enter_masks(struct growth *growth, uint32_t block, uint32_t first)
{
    const struct cairn_lanes *lanes = cairn_lifter_of((struct cairn_lift *)growth->lift)->lanes;
    memset(growth->own, 0, sizeof growth->own);
    growth->own[CAIRN_CODE_EXEC_LO / 64] = UINT64_C(3) << (CAIRN_CODE_EXEC_LO % 64);
    if (growth->lift->geometry->merged)
        cairn_lanes_own_at(growth->lift, lanes, block, first, growth->own);
    memcpy(growth->segment->masks[0], growth->own, sizeof growth->own);
}

static void start(struct growth *growth, uint32_t block, uint32_t first)
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

/* Makes the last part of the block, behind whatever may not be, the segment so far. */
static void begin(struct growth *growth, uint32_t block, uint32_t from)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    uint32_t end = cairn_segment_body_end(growth->lift, block);
    enter_block(growth, block);
    for (uint32_t i = at->first; i < from; i++)
        advance(growth, i);
    start(growth, block, from);
    for (uint32_t i = from; i < end; i++) {
        if (!is_pure(growth, i)) {
            start(growth, block, i + 1);
        } else if (!add_insn(growth, i, true)) {
            start(growth, block, i);
            (void)add_insn(growth, i, true);
        }
        advance(growth, i);
    }
    memcpy(growth->out[0], growth->own, sizeof growth->own);
}

/* What comes to the block from its predecessors, which are all inside. */
static void meet_masks(struct growth *growth, uint32_t block)
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

/* Adds the block up to the first instruction that may not be in; returns where that is. */
static uint32_t add_block(struct growth *growth, uint32_t block)
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

/* A pair of which one half is a mask and the other a number is neither to whoever reads it later.
 */
static bool halves_agree(const struct growth *growth, const struct cairn_regs *live)
{
    for (unsigned code = 0; code < 128; code += 2)
        if (cairn_lanes_has(growth->own, code) != cairn_lanes_has(growth->own, code + 1) &&
            cairn_regs_has_s(live, code) && cairn_regs_has_s(live, code + 1))
            return false;
    return true;
}

/* Is EXEC known at the end of the block that was added last before the program runs? Then so is the
 * way that its branch goes, and which chunks have something to do: regions do that better. */
static bool exec_is_known(const struct growth *growth)
{
    return growth->known.mask[CAIRN_CODE_EXEC_LO / 2] != 0 && cairn_lift_knows(growth->lift);
}

/* Does each chunk know which way to go at the end of the block? */
static bool hands_on(const struct growth *growth, struct cairn_gates *gates, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    if (!halves_agree(growth, &growth->lift->live->live_out[block]))
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

static bool all_from_inside(const struct growth *growth, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    for (uint32_t i = 0; i < at->predecessor_count; i++)
        if (!member(growth->segment, at->predecessors[i]))
            return false;
    return true;
}

/* Blocks that ways out of the segment lead to: how many, and one of them that all ways to are from
 * inside. */
static uint32_t open_targets(const struct growth *growth, uint32_t *candidate)
{
    const struct cairn_segment *segment = growth->segment;
    uint32_t targets[2 * CAIRN_SEGMENT_BLOCKS], count = 0;
    *candidate = CAIRN_NO_BLOCK;
    for (uint32_t i = 0; i < segment->count; i++) {
        const struct cairn_program_block *at = &growth->program->blocks[segment->block[i]];
        uint32_t to[] = {at->next, at->taken};
        for (unsigned j = 0; j < 2; j++) {
            bool known = to[j] == CAIRN_NO_BLOCK || member(segment, to[j]);
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

/* ---- ends */

/* SCC of a lane mask is known behind all chunks only: nobody may ask for it. */
static bool may_end(const struct growth *growth, uint32_t block, uint32_t end)
{
    struct cairn_regs live;
    cairn_segment_live_behind(growth->lift, block, end, &live);
    return halves_agree(growth, &live) &&
           !(cairn_regs_has_s(&live, CAIRN_SREG_SCC) &&
             cairn_lanes_has(growth->own, CAIRN_SREG_SCC) &&
             cairn_regs_has_s(&growth->segment->writes, CAIRN_SREG_SCC));
}

/* May chunks make turns of a loop one after the other? */
static bool turns_in_any_order(const struct growth *growth)
{
    const struct cairn_traffic *lds = &growth->order.traffic[CAIRN_SPACE_LDS - 1];
    return growth->stores == 0 && (!lds->stores || lds->commutes != 0);
}

/* The block, whose body is in the segment, leads back to its start or out of it. */
static bool is_latch(const struct growth *growth, struct cairn_gates *gates, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    struct cairn_segment *segment = growth->segment;
    uint32_t header = segment->block[0];
    if ((!growth->in_step && !turns_in_any_order(growth)) || !hands_on(growth, gates, block) ||
        at->end != CAIRN_END_COND || (at->taken == header) == (at->next == header))
        return false;
    switch (cairn_program_last(growth->program, block)->op) {
    case CAIRN_OP_s_cbranch_scc0:
    case CAIRN_OP_s_cbranch_scc1:
        segment->by_exec = false;
        return cairn_regs_has_s(&segment->scalar_writes, CAIRN_SREG_SCC);
    case CAIRN_OP_s_cbranch_execz:
        segment->by_exec = true;
        return at->next == header && cairn_regs_has_s(&segment->writes, CAIRN_CODE_EXEC_LO);
    default:
        segment->by_exec = true;
        return at->taken == header && cairn_regs_has_s(&segment->writes, CAIRN_CODE_EXEC_LO);
    }
}

/* ---- the whole */

/* Only the last block leads out of the segment. */
static bool leaves_at_end(const struct growth *growth)
{
    const struct cairn_segment *segment = growth->segment;
    for (uint32_t i = 0; i + 1 < segment->count; i++) {
        const struct cairn_program_block *at = &growth->program->blocks[segment->block[i]];
        if ((at->next != CAIRN_NO_BLOCK && !member(segment, at->next)) ||
            (at->taken != CAIRN_NO_BLOCK && !member(segment, at->taken)))
            return false;
    }
    return true;
}

/* Grows a loop from its header, `segment` so far; true: it is all in. */
static bool grow_loop(struct growth *growth, struct cairn_gates *gates)
{
    struct cairn_segment *segment = growth->segment;
    uint32_t last = segment->block[0], candidate;
    segment->front = false;
    for (;;) {
        uint32_t outside = open_targets(growth, &candidate);
        const struct cairn_program_block *at = &growth->program->blocks[last];
        if ((at->taken == segment->block[0] || at->next == segment->block[0])) {
            segment->end = cairn_segment_body_end(growth->lift, last);
            return outside == 1 && leaves_at_end(growth) && is_latch(growth, gates, last) &&
                   may_end(growth, last, segment->end);
        }
        if (!hands_on(growth, gates, last) || candidate == CAIRN_NO_BLOCK ||
            segment->count == CAIRN_SEGMENT_BLOCKS ||
            add_block(growth, candidate) != cairn_segment_body_end(growth->lift, candidate))
            return false;
        last = candidate;
    }
}

/* Masks that come round the loop are masks at its start: true if that was so already. */
static bool masks_come_round(struct growth *growth)
{
    struct cairn_segment *segment = growth->segment;
    bool known = true;
    for (unsigned k = 0; k < 3; k++) {
        known = known && (growth->own[k] & ~segment->masks[0][k]) == 0;
        growth->round[k] |= growth->own[k];
    }
    return known;
}

static bool find_loop(struct growth *growth, struct cairn_gates *gates, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    if (!at->loop_header)
        return false;
    memset(growth->round, 0, sizeof growth->round);
    do {
        start(growth, block, at->first);
        growth->segment->count = 0;
        for (unsigned k = 0; k < 3; k++)
            growth->segment->masks[0][k] = growth->own[k] |= growth->round[k];
        if (add_block(growth, block) != cairn_segment_body_end(growth->lift, block) ||
            !grow_loop(growth, gates) || !growth->lane)
            return false;
    } while (!masks_come_round(growth));
    growth->segment->loop = true;
    return true;
}

static bool leads_to(const struct growth *growth, uint32_t from, uint32_t to)
{
    const struct cairn_program_block *at = &growth->program->blocks[from];
    return at->next == to || at->taken == to;
}

/* The segment so far, if it may end in front of that instruction of its last block. */
static bool note_end(struct growth *growth, uint32_t end, struct cairn_segment *out)
{
    struct cairn_segment *segment = growth->segment;
    if (!growth->lane || growth->conflict != growth->in_step ||
        !may_end(growth, segment->block[segment->count - 1], end))
        return false;
    segment->end = end;
    *out = *segment;
    return true;
}

/* Grows from the end of a block; the longest that is found is *out. */
static bool grow(struct growth *growth, struct cairn_gates *gates, struct cairn_segment *out)
{
    struct cairn_segment *segment = growth->segment;
    uint32_t last = segment->block[0], candidate;
    bool found =
        growth->in_step && note_end(growth, cairn_segment_body_end(growth->lift, last), out);
    while (hands_on(growth, gates, last) && !leads_to(growth, last, segment->block[0]) &&
           segment->count < CAIRN_SEGMENT_BLOCKS) {
        bool only = open_targets(growth, &candidate) == 1;
        if (candidate == CAIRN_NO_BLOCK)
            break;
        uint32_t end = add_block(growth, candidate);
        found = (only && note_end(growth, end, out)) || found;
        if (end != cairn_segment_body_end(growth->lift, candidate))
            break;
        last = candidate;
    }
    return found;
}

/* Scalar instructions of the first block that each chunk runs, too. */
static void add_front(const struct cairn_lift *lift, struct cairn_segment *segment)
{
    const struct cairn_program_block *at = &lift->program->blocks[segment->block[0]];
    uint64_t own[3];
    memcpy(own, segment->masks[0], sizeof own);
    for (uint32_t i = segment->first; i < at->first + at->count; i++) {
        const struct cairn_lift_family *family;
        struct cairn_regs reads, writes;
        bool any;
        enum cairn_lift_kind kind = cairn_lift_kind_of(lift, i, &family);
        bool in_lanes = cairn_lanes_step(lift, i, own).in_lanes;
        cairn_insn_registers(&lift->program->insns[i].insn, &reads, &writes, &any);
        if (kind == CAIRN_LIFT_SCALAR || (kind == CAIRN_LIFT_MASK && !in_lanes))
            add_regs(&segment->scalar_writes, &writes);
    }
}

/* ---- all of it */

static bool find(struct growth *growth, struct cairn_gates *gates, uint32_t block, uint32_t from,
                 struct cairn_segment *out)
{
    const struct cairn_lift *lift = growth->lift;
    const struct cairn_program_block *at = &lift->program->blocks[block];
    if (from == at->first && find_loop(growth, gates, block) &&
        growth->conflict == growth->in_step) {
        *out = *growth->segment;
        return true;
    }
    begin(growth, block, from);
    if (growth->segment->first == at->first + at->count || !grow(growth, gates, out))
        return false;
    if (!out->front)
        add_front(lift, out);
    return true;
}

bool cairn_segment_find(const struct cairn_lift *lift, uint32_t block, uint32_t from,
                        struct cairn_segment *out)
{
    const struct cairn_lifter *lifter = cairn_lifter_of((struct cairn_lift *)lift);
    struct cairn_segment segment, in_step;
    struct growth growth = {.lift = lift, .program = lift->program, .segment = &segment};
    if (lift->program->blocks[block].count == 0)
        return false;
    bool found = find(&growth, lifter->gates, block, from, out);
    if (found && out->loop) {
        out->parts = cairn_segment_loop_parts(lift, out);
        return true;
    }
    growth.in_step = true;
    if (!find(&growth, lifter->gates, block, from, &in_step) ||
        (found && out->first <= in_step.first && out->insns >= in_step.insns) ||
        !cairn_segment_fits(lift, &in_step))
        return found;
    *out = in_step;
    return true;
}
