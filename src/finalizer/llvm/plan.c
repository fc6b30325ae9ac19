/* SPDX-License-Identifier: MIT
 * Cuts a block into regions. A region runs chunk after chunk, so it ends where that order would
 * show: at instructions that need all lanes, where the scalar side reads a mask that the chunks of
 * this region make, and where lanes could see each other's memory accesses in another order than
 * that of a wave whose lanes run in lock step.
 */
#include "finalizer/llvm/lanes.h"
#include "finalizer/llvm/lift_ds.h"

#include <string.h>

enum { SPACE_LDS = 1, SPACE_GLOBAL = 2 };
enum { SPACES = 2 };
enum { LDS_DWORDS = 1 << 14 };

/* Accesses of one address space in the region so far. */
struct traffic {
    bool loads, stores;
    /* All with the same address registers, and each lane in its own stretch of memory. */
    bool shared;
    uint16_t address, base; /* operand codes */
    int64_t low, high, stride;
};

struct planner {
    const struct cairn_lift *lift;
    struct cairn_shape shape[CAIRN_VREGS];
    struct cairn_known_state known, next; /* in front of the instruction and behind it */
    /* LDS by dwords: the last chunk, counted from 1, that loads or stores it, as far as the
     * region's accesses are all known. */
    uint8_t loaded[LDS_DWORDS], stored[LDS_DWORDS];
    bool lds_used, lds_known;
    struct traffic traffic[SPACES];
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
    memset(plan->traffic, 0, sizeof plan->traffic);
    memset(plan->pending, 0, sizeof plan->pending);
    memset(plan->mask_read, 0, sizeof plan->mask_read);
    memset(plan->read, 0, sizeof plan->read);
    memset(plan->written, 0, sizeof plan->written);
    plan->scc_pending = plan->lanes = plan->crossed = false;
    if (plan->lds_used)
        memset(plan->loaded, 0, sizeof plan->loaded + sizeof plan->stored);
    plan->lds_used = false;
    plan->lds_known = true;
}

/* ---- memory order */

static unsigned spaces_of(const struct cairn_lift *lift, const struct cairn_insn *insn)
{
    switch (insn->encoding) {
    case CAIRN_ENC_DS:
        return SPACE_LDS;
    case CAIRN_ENC_FLAT:
        return SPACE_LDS | SPACE_GLOBAL;
    case CAIRN_ENC_GLOBAL:
    case CAIRN_ENC_MTBUF:
        return SPACE_GLOBAL | (insn->lds ? SPACE_LDS : 0);
    case CAIRN_ENC_MUBUF: /* scratch through s[0:3]: a lane's own memory */
        if (lift->geometry->has_scratch && insn->slot[CAIRN_SLOT_RSRC].code == 0 && !insn->idxen)
            return 0;
        return SPACE_GLOBAL | (insn->lds ? SPACE_LDS : 0);
    default:
        return 0;
    }
}

static int64_t access_bytes(const struct cairn_insn *insn)
{
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    const struct cairn_operand *data = &insn->slot[CAIRN_SLOT_DATA0];
    unsigned dwords = cairn_operand_present(dst) ? dst->dwords : 0;
    if (cairn_operand_present(data) && data->dwords > dwords)
        dwords = data->dwords;
    return 4 * (int64_t)dwords;
}

/* How far apart the addresses of neighbouring lanes are, all over the wave; 0: not known, or lanes
 * may meet. Of 64-bit addresses the low halves tell them apart. */
static int64_t stride_of(const struct planner *plan, const struct cairn_insn *insn)
{
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    if (!cairn_operand_present(address) || !cairn_code_is_vector(address->code))
        return 0;
    const struct cairn_shape *shape = &plan->shape[cairn_vreg_of_code(address->code)];
    int64_t stride = shape->stride < 0 ? -(int64_t)shape->stride : shape->stride;
    bool apart = shape->kind == CAIRN_SHAPE_AFFINE && shape->whole &&
                 stride <= UINT32_MAX / CAIRN_WAVE_LANES;
    return apart ? stride : 0;
}

static bool has_two_offsets(const struct cairn_insn *insn)
{
    return insn->encoding == CAIRN_ENC_DS && cairn_operand_present(&insn->slot[CAIRN_SLOT_DATA1]);
}

/* Joins the access to those before; false if it goes elsewhere. */
static bool joins(const struct planner *plan, struct traffic *traffic,
                  const struct cairn_insn *insn)
{
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    int64_t stride = stride_of(plan, insn), low = insn->imm, high = low + access_bytes(insn);
    bool first = !traffic->loads && !traffic->stores;
    bool by_address = insn->encoding == CAIRN_ENC_DS || insn->encoding == CAIRN_ENC_GLOBAL;
    if (!by_address || stride == 0 || has_two_offsets(insn) ||
        plan->written[cairn_vreg_of_code(address->code)] ||
        (address->dwords == 2 && plan->written[cairn_vreg_of_code(address->code) + 1]))
        return false;
    if (!first && (!traffic->shared || traffic->address != address->code ||
                   traffic->base != insn->slot[CAIRN_SLOT_SADDR].code))
        return false;
    traffic->address = address->code;
    traffic->base = insn->slot[CAIRN_SLOT_SADDR].code;
    traffic->stride = stride;
    traffic->low = first || low < traffic->low ? low : traffic->low;
    traffic->high = first || high > traffic->high ? high : traffic->high;
    return traffic->high - traffic->low <= traffic->stride;
}

/* A scalar instruction writes registers: is a base address that accesses share among them? */
static void move_bases(struct planner *plan, const struct cairn_regs *writes)
{
    for (unsigned i = 0; i < SPACES; i++) {
        unsigned base = plan->traffic[i].base;
        if (base < 128 && (cairn_regs_has_s(writes, base) || cairn_regs_has_s(writes, base + 1)))
            plan->traffic[i].shared = false;
    }
}

/* Scalar accesses are made in front of the region's lanes. */
static bool scalar_conflicts(const struct planner *plan, const struct cairn_program_insn *at)
{
    const struct traffic *traffic = &plan->traffic[SPACE_GLOBAL - 1];
    bool stores = at->flags & (CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC);
    return at->insn.encoding == CAIRN_ENC_SMEM && (traffic->stores || (stores && traffic->loads));
}

/* ---- LDS whose addresses are known: what each chunk touches, dword by dword */

/* The dwords of one lane's access at `at`; none outside of LDS. */
static bool meets_later_chunk(struct planner *plan, const struct cairn_lift_ds_span *span,
                              uint32_t at, unsigned chunk)
{
    bool met = false;
    if (at > LDS_DWORDS * 4 - span->bytes)
        return false;
    for (uint32_t i = at / 4; i <= (at + span->bytes - 1) / 4; i++) {
        met = met || plan->stored[i] > chunk + 1 || (span->stores && plan->loaded[i] > chunk + 1);
        if (span->stores && plan->stored[i] < chunk + 1)
            plan->stored[i] = (uint8_t)(chunk + 1);
        if (span->loads && plan->loaded[i] < chunk + 1)
            plan->loaded[i] = (uint8_t)(chunk + 1);
    }
    return met;
}

static bool is_on(const uint32_t *exec, uint32_t lane)
{
    return exec == NULL || (exec[lane / 32] >> (lane % 32) & 1);
}

/* Chunk after chunk, would a lane come before one of an earlier instruction and a later chunk that
 * touches the same dword? *conflict: yes; false: it is not known. */
static bool known_conflict(struct planner *plan, const struct cairn_insn *insn, bool *conflict)
{
    const struct cairn_lift *lift = plan->lift;
    struct cairn_known *known = lift->facts->known;
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    struct cairn_lift_ds_span span;
    if (!cairn_lift_ds_span_of(insn, &span) || !cairn_code_is_vector(address->code) ||
        !cairn_lift_knows(lift) || !plan->lds_known)
        return false;
    uint32_t id = plan->known.vector[cairn_vreg_of_code(address->code)];
    uint32_t mask = plan->known.mask[CAIRN_CODE_EXEC_LO / 2];
    if (id == 0)
        return false;
    const uint32_t *lane = cairn_known_vector(known, id);
    const uint32_t *exec = mask != 0 ? cairn_known_mask(known, mask) : NULL;
    plan->lds_used = true;
    *conflict = false;
    for (uint32_t i = 0; i < cairn_known_lanes(known); i++)
        for (unsigned j = 0; j < span.count && is_on(exec, i); j++)
            if (meets_later_chunk(plan, &span, lane[i] + span.offset[j], i / lift->width))
                *conflict = true;
    return true;
}

/* True if the access must come behind all accesses of the region so far. */
static bool conflicts(struct planner *plan, const struct cairn_program_insn *at)
{
    unsigned spaces = spaces_of(plan->lift, &at->insn);
    bool stores = at->flags & (CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC);
    bool conflict = false;
    for (unsigned i = 0; i < SPACES; i++) {
        struct traffic *traffic = &plan->traffic[i];
        if (!(spaces >> i & 1))
            continue;
        bool met, known = spaces == SPACE_LDS && known_conflict(plan, &at->insn, &met);
        bool together =
            !(at->flags & CAIRN_ISA_ATOMIC) && spaces == 1u << i && joins(plan, traffic, &at->insn);
        traffic->shared = together;
        if (known)
            conflict = conflict || met;
        else
            conflict = conflict || (!together && (traffic->stores || (stores && traffic->loads)));
        if (spaces & SPACE_LDS && !known)
            plan->lds_known = false;
        traffic->stores = traffic->stores || stores;
        traffic->loads = traffic->loads || !stores;
    }
    return conflict;
}

/* ---- masks */

static bool meets(const uint64_t a[3], const uint64_t b[3])
{
    return (a[0] & b[0]) | (a[1] & b[1]) | (a[2] & b[2]);
}

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
    bool misses = meets(exec, plan->pending);
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
    bool conflict = memory && conflicts(plan, at);
    return conflict || (memory && plan->crossed) || meets(numbers, plan->pending) ||
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
    return meets(reads->s, plan->pending) || meets(writes->s, plan->pending) ||
           meets(writes->s, plan->mask_read) || rows_break(plan, reads, writes) ||
           (plan->scc_pending && meets(reads->s, scc));
}

/* A bit operation on masks is done by the lanes if the region has made or used one of its masks. */
static bool mask_in_lanes(const struct planner *plan, const struct cairn_regs *reads,
                          const struct cairn_regs *writes)
{
    uint64_t touched[3];
    for (unsigned i = 0; i < 3; i++)
        touched[i] = plan->pending[i] | plan->mask_read[i];
    touched[2] = 0; /* SCC and MODE are not masks */
    return plan->lanes && (meets(reads->s, plan->pending) || meets(writes->s, touched));
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
    memset(&reads, 0, sizeof reads);
    memset(&writes, 0, sizeof writes);
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
    *cut = scalar_breaks(plan, &reads, &writes) || scalar_conflicts(plan, at);
    move_bases(plan, &writes);
    plan->crossed = plan->crossed || (plan->lanes && at->insn.encoding >= CAIRN_ENC_VOP1);
    if (!*cut && cairn_regs_has_s(&writes, CAIRN_SREG_SCC))
        plan->scc_pending = false;
    return CAIRN_PLAN_SCALAR;
}

void cairn_plan_block(const struct cairn_lift *lift, uint32_t block, struct cairn_plan *plans)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    struct planner plan = {.lift = lift, .lds_used = false};
    memcpy(plan.shape, lift->facts->entry[block], sizeof plan.shape);
    plan.next = *cairn_known_entry(lift->facts->known, block);
    start_region(&plan);
    for (uint32_t i = 0; i < at->count; i++) {
        bool cut, alone_here;
        plan.known = plan.next;
        cairn_known_step(lift->facts->known, at->first + i, &plan.next);
        plans[i].mode = (uint8_t)choose(&plan, at->first + i, &cut);
        plans[i].region_ends = false;
        alone_here = plans[i].mode == CAIRN_PLAN_WAVE || plans[i].mode == CAIRN_PLAN_STEP ||
                     plans[i].mode == CAIRN_PLAN_CONTROL;
        if (cut && i > 0)
            plans[i - 1].region_ends = true;
        if (alone_here || (cut && plans[i].mode != CAIRN_PLAN_LANE))
            start_region(&plan);
        cairn_region_advance(plan.shape, lift, at->first + i);
    }
    if (at->count > 0)
        plans[at->count - 1].region_ends = true;
}
