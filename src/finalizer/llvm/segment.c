/* SPDX-License-Identifier: MIT
 * Finds segments: they grow block by block as long as every way leads to one block, nothing needs
 * all lanes of a wave, and the order of memory accesses cannot be seen; here is where one may end,
 * what is a loop, and which of those that are found is taken.
 */
#include "finalizer/llvm/segment_grow_priv.h"

#include <string.h>

/* ---- ends */

/* SCC of a lane mask is known behind all chunks only: nobody may ask for it. */
static bool may_end(const struct cairn_growth *growth, uint32_t block, uint32_t end)
{
    struct cairn_regs live;
    cairn_segment_live_behind(growth->lift, block, end, &live);
    return cairn_growth_halves_agree(growth, &live) &&
           !(cairn_regs_has_s(&live, CAIRN_SREG_SCC) &&
             cairn_lanes_has(growth->own, CAIRN_SREG_SCC) &&
             cairn_regs_has_s(&growth->segment->writes, CAIRN_SREG_SCC));
}

/* May chunks make turns of a loop one after the other? */
static bool turns_in_any_order(const struct cairn_growth *growth)
{
    const struct cairn_traffic *lds = &growth->order.traffic[CAIRN_SPACE_LDS - 1];
    return growth->stores == 0 && (!lds->stores || lds->commutes != 0);
}

/* The block, whose body is in the segment, leads back to its start or out of it. */
static bool is_latch(const struct cairn_growth *growth, struct cairn_gates *gates, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    struct cairn_segment *segment = growth->segment;
    uint32_t header = segment->block[0];
    if ((!growth->in_step && !turns_in_any_order(growth)) ||
        !cairn_growth_hands_on(growth, gates, block) || at->end != CAIRN_END_COND ||
        (at->taken == header) == (at->next == header))
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

/* Only the last block leads out of the segment. */
static bool leaves_at_end(const struct cairn_growth *growth)
{
    const struct cairn_segment *segment = growth->segment;
    for (uint32_t i = 0; i + 1 < segment->count; i++) {
        const struct cairn_program_block *at = &growth->program->blocks[segment->block[i]];
        if ((at->next != CAIRN_NO_BLOCK && !cairn_growth_has(growth, at->next)) ||
            (at->taken != CAIRN_NO_BLOCK && !cairn_growth_has(growth, at->taken)))
            return false;
    }
    return true;
}

/* ---- loops */

/* Grows a loop from its header, `segment` so far; true: it is all in. */
static bool grow_loop(struct cairn_growth *growth, struct cairn_gates *gates)
{
    struct cairn_segment *segment = growth->segment;
    uint32_t last = segment->block[0], candidate;
    segment->front = false;
    for (;;) {
        uint32_t outside = cairn_growth_targets(growth, &candidate);
        const struct cairn_program_block *at = &growth->program->blocks[last];
        if ((at->taken == segment->block[0] || at->next == segment->block[0])) {
            segment->end = cairn_segment_body_end(growth->lift, last);
            return outside == 1 && leaves_at_end(growth) && is_latch(growth, gates, last) &&
                   may_end(growth, last, segment->end);
        }
        if (!cairn_growth_hands_on(growth, gates, last) || candidate == CAIRN_NO_BLOCK ||
            segment->count == CAIRN_SEGMENT_BLOCKS ||
            cairn_growth_add_block(growth, candidate) !=
                cairn_segment_body_end(growth->lift, candidate))
            return false;
        last = candidate;
    }
}

/* Masks that come round the loop are masks at its start: true if that was so already. */
static bool masks_come_round(struct cairn_growth *growth)
{
    struct cairn_segment *segment = growth->segment;
    bool known = true;
    for (unsigned k = 0; k < 3; k++) {
        known = known && (growth->own[k] & ~segment->masks[0][k]) == 0;
        growth->round[k] |= growth->own[k];
    }
    return known;
}

static bool find_loop(struct cairn_growth *growth, struct cairn_gates *gates, uint32_t block)
{
    const struct cairn_program_block *at = &growth->program->blocks[block];
    if (!at->loop_header)
        return false;
    memset(growth->round, 0, sizeof growth->round);
    do {
        cairn_growth_start(growth, block, at->first);
        growth->segment->count = 0;
        for (unsigned k = 0; k < 3; k++)
            growth->segment->masks[0][k] = growth->own[k] |= growth->round[k];
        if (cairn_growth_add_block(growth, block) != cairn_segment_body_end(growth->lift, block) ||
            !grow_loop(growth, gates) || !growth->lane)
            return false;
    } while (!masks_come_round(growth));
    growth->segment->loop = true;
    return true;
}

/* ---- from one block to another */

static bool leads_to(const struct cairn_growth *growth, uint32_t from, uint32_t to)
{
    const struct cairn_program_block *at = &growth->program->blocks[from];
    return at->next == to || at->taken == to;
}

/* The segment so far, if it may end in front of that instruction of its last block. */
static bool note_end(struct cairn_growth *growth, uint32_t end, struct cairn_segment *out)
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
static bool grow(struct cairn_growth *growth, struct cairn_gates *gates, struct cairn_segment *out)
{
    struct cairn_segment *segment = growth->segment;
    uint32_t last = segment->block[0], candidate;
    bool found =
        growth->in_step && note_end(growth, cairn_segment_body_end(growth->lift, last), out);
    while (cairn_growth_hands_on(growth, gates, last) &&
           !leads_to(growth, last, segment->block[0]) && segment->count < CAIRN_SEGMENT_BLOCKS) {
        bool only = cairn_growth_targets(growth, &candidate) == 1;
        if (candidate == CAIRN_NO_BLOCK)
            break;
        uint32_t end = cairn_growth_add_block(growth, candidate);
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
            cairn_regs_join(&segment->scalar_writes, &writes);
    }
}

/* ---- all of it */

static bool find(struct cairn_growth *growth, struct cairn_gates *gates, uint32_t block,
                 uint32_t from, struct cairn_segment *out)
{
    const struct cairn_lift *lift = growth->lift;
    const struct cairn_program_block *at = &lift->program->blocks[block];
    if (from == at->first && find_loop(growth, gates, block) &&
        growth->conflict == growth->in_step) {
        *out = *growth->segment;
        return true;
    }
    cairn_growth_begin(growth, block, from);
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
    struct cairn_growth growth = {.lift = lift, .program = lift->program, .segment = &segment};
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
