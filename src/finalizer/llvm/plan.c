/* SPDX-License-Identifier: MIT
 * Cuts a block into regions. A region runs chunk after chunk, so it ends where that order would
 * show: at instructions that need all lanes, where the scalar side reads a mask that the chunks of
 * this region make, and where lanes could see each other's memory accesses in another order than
 * that of a wave whose lanes run in lock step.
 */
#include "finalizer/llvm/lanes.h"
#include "finalizer/llvm/order.h"

#include <string.h>

struct planner {
    const struct cairn_lift *lift;
    struct cairn_shape shape[CAIRN_VREGS];
    struct cairn_known_state known, next; /* in front of the instruction and behind it */
    struct cairn_order order;
    uint64_t pending[3], mask_read[3]; /* scalar registers by code */
    bool lanes;
    /* Something has looked at lanes of other chunks: a replay of the region after a fault, with the
     * lanes of chunks that are done off, would not find them. */
    bool crossed;
    bool scc_pending; /* SCC is whether mask scc_code is not 0 */
    unsigned scc_code;
    bool read[CAIRN_VREGS], written[CAIRN_VREGS]; /* in this region */
};

static void start_region(struct planner *plan)
{
    cairn_order_start(&plan->order, plan->lift);
    memset(plan->pending, 0, sizeof plan->pending);
    memset(plan->mask_read, 0, sizeof plan->mask_read);
    memset(plan->read, 0, sizeof plan->read);
    memset(plan->written, 0, sizeof plan->written);
    plan->scc_pending = plan->lanes = plan->crossed = false;
}

/* ---- masks */

static void add_code(uint64_t set[3], unsigned code, unsigned dwords)
{
    for (unsigned i = code; i < code + dwords && i < CAIRN_SREGS; i++)
        set[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Scalar registers that a vector instruction reads as lane masks, and those it reads as numbers. */
static void split_reads(const struct cairn_insn *insn, const struct cairn_regs *reads,
                        uint64_t masks[3], uint64_t numbers[3])
{
    memset(masks, 0, 3 * sizeof masks[0]);
    memcpy(numbers, reads->s, 3 * sizeof numbers[0]);
    add_code(masks, CAIRN_CODE_EXEC_LO, 2);
    if (cairn_isa_flags(insn) & CAIRN_ISA_READS_VCC) /* v_div_fmas */
        add_code(masks, CAIRN_CODE_VCC_LO, 2);
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++)
        if (insn->slot[i].type == CAIRN_TYPE_MASK && insn->slot[i].code < 128)
            add_code(masks, insn->slot[i].code, insn->slot[i].dwords);
    for (unsigned i = 0; i < 3; i++)
        numbers[i] &= ~masks[i];
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++)
        if (insn->slot[i].type != CAIRN_TYPE_MASK && insn->slot[i].code < 128)
            add_code(numbers, insn->slot[i].code, insn->slot[i].dwords);
}

static void note_lane(struct planner *plan, const struct cairn_insn *insn,
                      const struct cairn_regs *reads, const struct cairn_regs *writes,
                      const uint64_t masks[3])
{
    unsigned slot;
    plan->lanes = true;
    cairn_order_wrote(&plan->order, writes);
    plan->crossed =
        plan->crossed || cairn_lift_looks_across(insn, plan->lift->geometry->width, &slot);
    for (unsigned i = 0; i < 3; i++) {
        plan->mask_read[i] |= masks[i];
        plan->pending[i] |= writes->s[i];
    }
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        plan->read[i] = plan->read[i] || cairn_regs_has_v(reads, i);
        plan->written[i] = plan->written[i] || cairn_regs_has_v(writes, i);
    }
}

/* Lanes of other chunks are looked at in memory: of a register, and of EXEC. */
static bool misses_rows(const struct planner *plan, const struct cairn_insn *insn)
{
    unsigned slot;
    uint64_t exec[3] = {0};
    if (!cairn_lift_looks_across(insn, plan->lift->geometry->width, &slot))
        return false;
    const struct cairn_operand *operand = &insn->slot[slot];
    add_code(exec, CAIRN_CODE_EXEC_LO, 2);
    bool misses = cairn_codes_meet(exec, plan->pending);
    for (unsigned i = 0; cairn_code_is_vector(operand->code) && i < operand->dwords; i++)
        misses = misses || plan->written[cairn_vreg_of_code(operand->code) + i];
    return misses;
}

/* True: the instruction cannot be in the region that has begun. */
static bool lane_breaks(struct planner *plan, const struct cairn_program_insn *at,
                        const struct cairn_regs *reads, const struct cairn_regs *writes,
                        uint64_t masks[3])
{
    uint64_t numbers[3];
    split_reads(&at->insn, reads, masks, numbers);
    bool memory = at->flags & (CAIRN_ISA_LOADS | CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC);
    bool conflict = memory && cairn_order_conflicts(&plan->order, plan->shape, &plan->known, at);
    return conflict || (memory && plan->crossed) || cairn_codes_meet(numbers, plan->pending) ||
           misses_rows(plan, &at->insn) ||
           (plan->scc_pending && cairn_regs_has_s(writes, plan->scc_code));
}

/* Scalar instructions see the memory of vector registers in front of the region. */
static bool rows_break(const struct planner *plan, const struct cairn_regs *reads,
                       const struct cairn_regs *writes)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if ((plan->written[i] && (cairn_regs_has_v(reads, i) || cairn_regs_has_v(writes, i))) ||
            (plan->read[i] && cairn_regs_has_v(writes, i)))
            return true;
    return false;
}

static bool scalar_breaks(const struct planner *plan, const struct cairn_regs *reads,
                          const struct cairn_regs *writes)
{
    uint64_t scc[3] = {0};
    add_code(scc, CAIRN_SREG_SCC, 1);
    return cairn_codes_meet(reads->s, plan->pending) ||
           cairn_codes_meet(writes->s, plan->pending) ||
           cairn_codes_meet(writes->s, plan->mask_read) || rows_break(plan, reads, writes) ||
           (plan->scc_pending && cairn_codes_meet(reads->s, scc));
}

/* A bit operation on masks is done by the lanes if the region has made or used one of its masks. */
static bool mask_in_lanes(const struct planner *plan, const struct cairn_regs *reads,
                          const struct cairn_regs *writes)
{
    uint64_t touched[3];
    for (unsigned i = 0; i < 3; i++)
        touched[i] = plan->pending[i] | plan->mask_read[i];
    touched[2] = 0; /* SCC and MODE are not masks */
    return plan->lanes &&
           (cairn_codes_meet(reads->s, plan->pending) || cairn_codes_meet(writes->s, touched));
}

/* Merged waves have each their own bits of the mask. */
static bool needs_lanes(const struct cairn_lift *lift, uint32_t index)
{
    return lift->geometry->merged &&
           cairn_lifter_of((struct cairn_lift *)lift)->lanes->in_lanes[index];
}

/* Can it be done by the lanes? Then SCC, if written, waits for them. */
static bool mask_joins(struct planner *plan, const struct cairn_program_insn *at,
                       const struct cairn_regs *reads, const struct cairn_regs *writes,
                       bool in_lanes)
{
    bool writes_scc = cairn_regs_has_s(writes, CAIRN_SREG_SCC);
    if (!in_lanes && !mask_in_lanes(plan, reads, writes))
        return false;
    if (plan->scc_pending && (cairn_regs_has_s(reads, CAIRN_SREG_SCC) ||
                              (!writes_scc && cairn_regs_has_s(writes, plan->scc_code))))
        return false;
    if (writes_scc) {
        plan->scc_pending = true;
        plan->scc_code = at->flags & CAIRN_ISA_WRITES_EXEC ? CAIRN_CODE_EXEC_LO
                                                           : at->insn.slot[CAIRN_SLOT_DST].code;
    }
    return true;
}

static enum cairn_plan_mode alone(enum cairn_lift_kind kind)
{
    switch (kind) {
    case CAIRN_LIFT_WAVE:
        return CAIRN_PLAN_WAVE;
    case CAIRN_LIFT_CONTROL:
        return CAIRN_PLAN_CONTROL;
    default:
        return CAIRN_PLAN_STEP;
    }
}

/* Masks that nobody has to compute: lanes know them, others wait for the end of the region. True:
 * the region ends in front. */
static bool note_known(struct planner *plan, const struct cairn_regs *writes)
{
    if (cairn_regs_has_s(writes, CAIRN_SREG_SCC))
        plan->scc_pending = false;
    bool cut = plan->scc_pending && cairn_regs_has_s(writes, plan->scc_code);
    if (cut)
        start_region(plan);
    for (unsigned i = 0; i < 2 && plan->lanes; i++)
        plan->pending[i] |= writes->s[i];
    return cut;
}

/* Mode of one instruction; *cut: the region ends in front of it. */
static enum cairn_plan_mode choose(struct planner *plan, uint32_t index, bool *cut)
{
    const struct cairn_program_insn *at = &plan->lift->program->insns[index];
    const struct cairn_lift_family *family;
    enum cairn_lift_kind kind = cairn_lift_kind_of(plan->lift, index, &family);
    struct cairn_regs reads, writes;
    bool any;
    uint64_t masks[3];
    cairn_insn_registers(&at->insn, &reads, &writes, &any);
    *cut = false;
    if (cairn_lift_makes_known(plan->lift, index, &plan->next)) {
        *cut = note_known(plan, &writes);
        return CAIRN_PLAN_KNOWN;
    }
    switch (kind) {
    case CAIRN_LIFT_NONE:
        *cut = cairn_lift_is_order(&at->insn);
        return CAIRN_PLAN_NONE;
    case CAIRN_LIFT_LANE:
        *cut = lane_breaks(plan, at, &reads, &writes, masks);
        if (*cut) {
            start_region(plan);
            lane_breaks(plan, at, &reads, &writes, masks);
        }
        note_lane(plan, &at->insn, &reads, &writes, masks);
        return CAIRN_PLAN_LANE;
    case CAIRN_LIFT_MASK:
        if (needs_lanes(plan->lift, index) && !plan->lanes)
            return CAIRN_PLAN_MASK_WAVES; /* nothing of this region is in the loop yet */
        if (needs_lanes(plan->lift, index) && !mask_joins(plan, at, &reads, &writes, true)) {
            *cut = true;
            start_region(plan);
        }
        if (!mask_joins(plan, at, &reads, &writes, needs_lanes(plan->lift, index)))
            break;
        plan->lanes = true;
        for (unsigned i = 0; i < 2; i++) {
            plan->pending[i] |= writes.s[i];
            plan->mask_read[i] |= reads.s[i];
        }
        return CAIRN_PLAN_MASK_LANE;
    case CAIRN_LIFT_SCALAR:
        break;
    default:
        *cut = true;
        return alone(kind);
    }
    *cut = scalar_breaks(plan, &reads, &writes) || cairn_order_scalar_conflicts(&plan->order, at);
    cairn_order_wrote(&plan->order, &writes);
    plan->crossed = plan->crossed || (plan->lanes && at->insn.encoding >= CAIRN_ENC_VOP1);
    if (!*cut && cairn_regs_has_s(&writes, CAIRN_SREG_SCC))
        plan->scc_pending = false;
    return CAIRN_PLAN_SCALAR;
}

void cairn_plan_block(const struct cairn_lift *lift, uint32_t block, uint32_t from,
                      struct cairn_plan *plans)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    struct planner plan = {.lift = lift};
    memcpy(plan.shape, lift->facts->entry[block], sizeof plan.shape);
    start_region(&plan);
    plan.next = *cairn_known_entry(lift->facts->known, block);
    for (uint32_t i = at->first; i < from; i++) {
        cairn_region_advance(plan.shape, lift, i);
        cairn_known_step(lift->facts->known, i, &plan.next);
    }
    for (uint32_t i = from - at->first; i < at->count; i++) {
        bool cut, alone_here;
        plan.known = plan.next;
        cairn_known_step(lift->facts->known, at->first + i, &plan.next);
        plans[i].mode = (uint8_t)choose(&plan, at->first + i, &cut);
        plans[i].region_ends = false;
        alone_here = plans[i].mode == CAIRN_PLAN_WAVE || plans[i].mode == CAIRN_PLAN_STEP ||
                     plans[i].mode == CAIRN_PLAN_CONTROL;
        if (cut && i > from - at->first)
            plans[i - 1].region_ends = true;
        if (alone_here || (cut && plans[i].mode != CAIRN_PLAN_LANE))
            start_region(&plan);
        cairn_region_advance(plan.shape, lift, at->first + i);
    }
    if (at->count > 0)
        plans[at->count - 1].region_ends = true;
}
