/* SPDX-License-Identifier: MIT
 * Segments in IR: a loop over chunks with the segment's blocks in its body. What registers hold
 * where blocks meet is in stack slots, which LLVM makes SSA values of.
 *
 * Chunks may go in step, several in one turn of the loop over chunks: instruction by instruction
 * each of them in turn, as the lanes of a wave do. Each is a part, with registers of its own;
 * scalar registers they have in common.
 *
 * Of a loop a chunk makes a strip of turns, then the next chunk does; behind a strip the state in
 * memory is that of a wave at the loop's start, so that fuel, faults and waiting work as
 * everywhere. A chunk whose part of EXEC is empty stops early. Scalar registers come from the chunk
 * that made the most turns.
 */
#include "finalizer/llvm/segment.h"

#include <stdlib.h>
#include <string.h>

enum { STRIP_INSNS = 8192, SEGMENT_SCALARS = CAIRN_SREGS + 2 };

/* The chunks of one turn. lift->region is that of the part that is emitted. */
struct parts {
    unsigned count;
    struct cairn_lift_region *region[CAIRN_SEGMENT_PARTS];
    struct cairn_segment *segment[CAIRN_SEGMENT_PARTS];
};

static void use_part(struct cairn_lift *lift, const struct parts *parts, unsigned i)
{
    lift->region = parts->region[i];
}

/* ---- slots */

LLVMValueRef cairn_segment_slot(struct cairn_lift *lift, LLVMTypeRef type)
{
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMPositionBuilderBefore(lift->builder, LLVMGetFirstInstruction(entry));
    LLVMValueRef slot = LLVMBuildAlloca(lift->builder, type, "");
    LLVMPositionBuilderAtEnd(lift->builder, here);
    return slot;
}

LLVMValueRef cairn_lift_loop_slot(struct cairn_lift *lift, LLVMTypeRef type)
{
    if (lift->region->segment == NULL || !lift->region->segment->loop)
        return NULL;
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMValueRef slot = cairn_segment_slot(lift, type);
    LLVMPositionBuilderBefore(lift->builder, LLVMGetBasicBlockTerminator(entry));
    LLVMBuildStore(lift->builder, LLVMConstNull(type), slot);
    LLVMPositionBuilderAtEnd(lift->builder, here);
    return slot;
}

bool cairn_lift_in_step(const struct cairn_lift *lift)
{
    return lift->region->segment != NULL && lift->region->segment->parts > 1;
}

static LLVMValueRef dword_of(struct cairn_lift *lift, LLVMValueRef slots, unsigned code)
{
    LLVMValueRef index = cairn_lift_const64(lift, 4 * (uint64_t)code);
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i8, slots, &index, 1, "");
}

LLVMValueRef cairn_segment_sgpr_pointer(struct cairn_lift *lift, unsigned code)
{
    return dword_of(lift, lift->region->segment->scalars, code);
}

static LLVMValueRef load(struct cairn_lift *lift, LLVMTypeRef type, LLVMValueRef at)
{
    return LLVMBuildLoad2(lift->builder, type, at, "");
}

static void store(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef at)
{
    LLVMBuildStore(lift->builder, value, at);
}

static bool has_pair(const struct cairn_regs *regs, unsigned code)
{
    return cairn_regs_has_s(regs, code) || cairn_regs_has_s(regs, code + 1);
}

/* Those that each part has its own of. */
static void make_part_slots(struct cairn_lift *lift, struct cairn_segment *segment)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&segment->reads, i) || cairn_regs_has_v(&segment->writes, i)) {
            segment->row[i] = cairn_segment_slot(lift, lift->v32);
            segment->base[i] = cairn_segment_slot(lift, lift->i32);
        }
    for (unsigned i = 0; i < 128; i += 2)
        if (has_pair(&segment->reads, i) || has_pair(&segment->writes, i))
            segment->mask[i] = cairn_segment_slot(lift, lift->v1);
}

static void make_slots(struct cairn_lift *lift, struct cairn_segment *segment)
{
    LLVMTypeRef scalars = LLVMArrayType2(lift->i32, SEGMENT_SCALARS);
    make_part_slots(lift, segment);
    for (unsigned i = 0; i < 128; i += 2)
        segment->inside[i] = segment->inside[i + 1] = has_pair(&segment->scalar_writes, i);
    segment->inside[CAIRN_SREG_SCC] = cairn_regs_has_s(&segment->scalar_writes, CAIRN_SREG_SCC);
    segment->scalars = cairn_segment_slot(lift, scalars);
    segment->best = cairn_segment_slot(lift, scalars);
    segment->left = cairn_segment_slot(lift, lift->i32);
    segment->least = cairn_segment_slot(lift, lift->i32);
    segment->again = cairn_segment_slot(lift, lift->i1);
    segment->any = cairn_segment_slot(lift, cairn_lift_mask_type(lift));
}

static bool is_varying(const struct cairn_shape *shape)
{
    return shape->kind == CAIRN_SHAPE_VARYING;
}

/* ---- what is known where a block begins */

static void forget_inside(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    const struct cairn_segment *segment = region->segment;
    for (unsigned i = 0; i < 128; i++) {
        if (segment->inside[i])
            region->sgpr[i] = region->sgpr64[i] = NULL;
        if (segment->mask[i & ~1u] != NULL)
            region->any[i] = NULL;
    }
    if (segment->inside[CAIRN_SREG_SCC])
        region->scc = NULL;
    region->scc_of = -1;
}

static void start_block(struct cairn_lift *lift, uint32_t n, uint32_t from)
{
    struct cairn_lift_region *region = lift->region;
    struct cairn_segment *segment = region->segment;
    uint32_t block = segment->block[n];
    memcpy(region->shape, lift->facts->entry[block], sizeof region->shape);
    region->known = *cairn_known_entry(lift->facts->known, block);
    for (uint32_t i = lift->program->blocks[block].first; i < from; i++) {
        cairn_region_advance(region->shape, lift, i);
        cairn_known_step(lift->facts->known, i, &region->known);
    }
    memcpy(segment->own, segment->masks[n], sizeof segment->own);
    cairn_region_forget_lanes(lift);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        segment->as_base[i] = !is_varying(&region->shape[i]);
}

/* ---- from memory to slots */

static LLVMValueRef outer_pointer(struct cairn_lift *lift, unsigned code)
{
    size_t offset = code == CAIRN_SREG_SCC ? offsetof(struct cairn_wave, scc)
                                           : offsetof(struct cairn_wave, sgpr) + 4 * code;
    return cairn_lift_wave_field(lift, lift->wave, offset);
}

static void enter_chunk(struct cairn_lift *lift)
{
    const struct cairn_segment *segment = lift->region->segment;
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (segment->row[i] == NULL)
            continue;
        LLVMValueRef at = cairn_lift_register_pointer(lift, i);
        if (segment->as_base[i])
            store(lift, cairn_lift_state_load(lift, lift->i32, at, 4), segment->base[i]);
        else
            store(lift, cairn_lift_state_load(lift, lift->v32, at, 4 * lift->width),
                  segment->row[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (segment->mask[i] == NULL)
            continue;
        LLVMValueRef bits = cairn_lift_state_load(
            lift, cairn_lift_mask_type(lift), cairn_lift_mask_pointer(lift, i), lift->width / 8);
        store(lift, LLVMBuildBitCast(lift->builder, bits, lift->v1, ""), segment->mask[i]);
    }
}

/* Scalar registers that each chunk has its own of, as they are in front of the chunks. */
static void enter_scalars(struct cairn_lift *lift, const struct cairn_segment *segment,
                          const LLVMValueRef *start)
{
    for (unsigned i = 0; i < CAIRN_SREGS; i++)
        if (segment->inside[i])
            store(lift, start[i], dword_of(lift, segment->scalars, i));
}

static void load_start(struct cairn_lift *lift, const struct cairn_segment *segment,
                       LLVMValueRef *start)
{
    for (unsigned i = 0; i < CAIRN_SREG_SCC; i++)
        if (segment->inside[i])
            start[i] = cairn_lift_sgpr(lift, i);
    if (segment->inside[CAIRN_SREG_SCC])
        start[CAIRN_SREG_SCC] = LLVMBuildZExt(lift->builder, cairn_lift_scc(lift), lift->i32, "");
}

/* Behind the scalar instructions that were done in front: what they wrote, to the slots. */
static void leave_front(struct cairn_lift *lift, const struct parts *parts)
{
    LLVMValueRef start[CAIRN_SREGS] = {NULL};
    use_part(lift, parts, 0);
    cairn_region_lane(lift, false);
    load_start(lift, parts->segment[0], start);
    cairn_region_lane(lift, true);
    enter_scalars(lift, parts->segment[0], start);
    for (unsigned k = 0; k < parts->count; k++) {
        const struct cairn_lift_region *region = parts->region[k];
        use_part(lift, parts, k);
        for (unsigned i = 0; i < 128; i += 2)
            if (parts->segment[k]->mask[i] != NULL &&
                (region->deferred[i] || region->deferred[i + 1]))
                store(lift, cairn_lift_mask_code(lift, i), parts->segment[k]->mask[i]);
    }
    for (unsigned k = 0; k < parts->count; k++)
        parts->segment[k]->in_front = false;
}

/* ---- where a block ends */

static const uint64_t *masks_of(const struct cairn_segment *segment, uint32_t block)
{
    uint32_t n = 0;
    while (segment->block[n] != block)
        n++;
    return segment->masks[n];
}

/* Registers, where those who come next look for them. */
static void hand_on_part(struct cairn_lift *lift, uint32_t to)
{
    struct cairn_lift_region *region = lift->region;
    const struct cairn_segment *segment = region->segment;
    const struct cairn_regs *live = &lift->live->live_in[to];
    const uint64_t *masks = masks_of(segment, to);
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (segment->row[i] == NULL || !cairn_regs_has_v(live, i))
            continue;
        bool varying = is_varying(&lift->facts->entry[to][i]);
        if (!region->dirty[i] && segment->as_base[i] == !varying)
            continue;
        if (varying)
            store(lift, cairn_lift_register(lift, i), segment->row[i]);
        else
            store(lift, cairn_lift_register_base(lift, i), segment->base[i]);
    }
    for (unsigned i = 0; i < 128; i += 2)
        if (segment->mask[i] != NULL && has_pair(live, i) && !cairn_lanes_has(segment->own, i) &&
            cairn_lanes_has(masks, i) && segment->inside[i])
            store(lift, cairn_lift_mask_code(lift, i), segment->mask[i]);
}

static void hand_on(struct cairn_lift *lift, const struct parts *parts, uint32_t to)
{
    for (unsigned k = 0; k < parts->count; k++) {
        use_part(lift, parts, k);
        hand_on_part(lift, to);
    }
}

/* iW: EXEC of all parts. */
static LLVMValueRef exec_bits(struct cairn_lift *lift, const struct parts *parts)
{
    LLVMValueRef all = NULL;
    for (unsigned k = 0; k < parts->count; k++) {
        use_part(lift, parts, k);
        LLVMValueRef bits = cairn_lift_mask_code(lift, CAIRN_CODE_EXEC_LO);
        all = all == NULL ? bits : LLVMBuildOr(lift->builder, all, bits, "");
    }
    use_part(lift, parts, 0);
    return LLVMBuildBitCast(lift->builder, all, cairn_lift_mask_type(lift), "");
}

/* i1: the branch at the end of the block is taken. */
static LLVMValueRef taken(struct cairn_lift *lift, const struct parts *parts, unsigned op)
{
    LLVMValueRef zero = LLVMConstNull(cairn_lift_mask_type(lift));
    use_part(lift, parts, 0);
    switch (op) {
    case CAIRN_OP_s_cbranch_scc0:
        return LLVMBuildNot(lift->builder, cairn_lift_scc(lift), "");
    case CAIRN_OP_s_cbranch_scc1:
        return cairn_lift_scc(lift);
    case CAIRN_OP_s_cbranch_execz:
        return LLVMBuildICmp(lift->builder, LLVMIntEQ, exec_bits(lift, parts), zero, "");
    default:
        return LLVMBuildICmp(lift->builder, LLVMIntNE, exec_bits(lift, parts), zero, "");
    }
}

static const struct cairn_insn *last_insn(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    return &lift->program->insns[at->first + at->count - 1].insn;
}

static void finish_block(struct cairn_lift *lift, const struct parts *parts, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBasicBlockRef *blocks = cairn_lifter_of(lift)->function.blocks;
    if (at->end == CAIRN_END_COND) {
        LLVMValueRef goes = taken(lift, parts, last_insn(lift, block)->op);
        if (parts->segment[0]->in_front)
            leave_front(lift, parts);
        hand_on(lift, parts, at->taken);
        hand_on(lift, parts, at->next);
        LLVMBuildCondBr(lift->builder, goes, blocks[at->taken], blocks[at->next]);
        return;
    }
    uint32_t to = at->end == CAIRN_END_NEXT ? at->next : at->taken;
    if (parts->segment[0]->in_front)
        leave_front(lift, parts);
    hand_on(lift, parts, to);
    LLVMBuildBr(lift->builder, blocks[to]);
}

/* ---- from slots to memory */

static void leave_masks(struct cairn_lift *lift, const struct cairn_regs *live)
{
    const struct cairn_segment *segment = lift->region->segment;
    for (unsigned i = 0; i < 128; i += 2) {
        bool written = has_pair(&segment->writes, i) || has_pair(&segment->scalar_writes, i);
        if (segment->mask[i] == NULL || !written || !cairn_lanes_has(segment->own, i) ||
            !(has_pair(live, i) || i == CAIRN_CODE_EXEC_LO))
            continue;
        LLVMValueRef bits = LLVMBuildBitCast(lift->builder, cairn_lift_mask_code(lift, i),
                                             cairn_lift_mask_type(lift), "");
        cairn_lift_state_store(lift, bits, cairn_lift_mask_pointer(lift, i), lift->width / 8);
    }
}

/* Numbers go to `best` if the chunk has made the most turns. */
static void leave_scalars(struct cairn_lift *lift, const struct cairn_segment *segment)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef more = NULL;
    if (segment->loop) {
        LLVMValueRef left = load(lift, lift->i32, segment->left);
        LLVMValueRef least = load(lift, lift->i32, segment->least);
        more = LLVMBuildICmp(b, LLVMIntULT, left, least, "");
        store(lift, LLVMBuildSelect(b, more, left, least, ""), segment->least);
    }
    for (unsigned i = 0; i < CAIRN_SREGS; i++) {
        if (!segment->inside[i])
            continue;
        LLVMValueRef mine = load(lift, lift->i32, dword_of(lift, segment->scalars, i));
        LLVMValueRef at = dword_of(lift, segment->best, i);
        if (more != NULL)
            mine = LLVMBuildSelect(b, more, mine, load(lift, lift->i32, at), "");
        store(lift, mine, at);
    }
}

static void leave_chunks(struct cairn_lift *lift, const struct parts *parts,
                         const struct cairn_regs *live)
{
    const struct cairn_segment *segment = parts->segment[0];
    if (segment->in_front)
        leave_front(lift, parts);
    for (unsigned k = 0; k < parts->count; k++) {
        use_part(lift, parts, k);
        for (unsigned i = 0; i < CAIRN_VREGS; i++)
            if (cairn_regs_has_v(&segment->writes, i) && cairn_regs_has_v(live, i))
                cairn_lift_state_store(lift, cairn_lift_register(lift, i),
                                       cairn_lift_register_pointer(lift, i), 4 * lift->width);
        leave_masks(lift, live);
    }
    use_part(lift, parts, 0);
    leave_scalars(lift, segment);
    if (cairn_regs_has_s(&segment->writes, CAIRN_CODE_EXEC_LO)) {
        LLVMValueRef any = load(lift, cairn_lift_mask_type(lift), segment->any);
        store(lift, LLVMBuildOr(lift->builder, any, exec_bits(lift, parts), ""), segment->any);
    }
}

/* Numbers that the segment leaves behind. */
static void store_scalars(struct cairn_lift *lift, const struct cairn_segment *segment,
                          const struct cairn_regs *live)
{
    for (unsigned i = 0; i < CAIRN_SREGS; i++) {
        bool pair_is_mask = i < 128 && cairn_lanes_has(segment->own, i & ~1u);
        if (!segment->inside[i] || pair_is_mask ||
            (segment->count > 1 && !cairn_regs_has_s(live, i)))
            continue;
        LLVMValueRef value = load(lift, lift->i32, dword_of(lift, segment->best, i));
        if (i < CAIRN_SREG_SCC && cairn_regs_has_s(&segment->scalar_writes, i))
            cairn_lift_store_sgpr(lift, i, 1, value);
        else
            cairn_lift_state_store(lift, value, outer_pointer(lift, i), 4);
    }
}

/* ---- instructions */

/* What one part has done with scalar registers, the others know. */
static void share_scalars(const struct parts *parts, const struct cairn_insn *insn)
{
    const struct cairn_lift_region *from = parts->region[0];
    struct cairn_regs reads, writes;
    bool any;
    memset(&reads, 0, sizeof reads);
    memset(&writes, 0, sizeof writes);
    cairn_insn_registers(insn, &reads, &writes, &any);
    for (unsigned k = 1; k < parts->count; k++) {
        struct cairn_lift_region *to = parts->region[k];
        memcpy(to->sgpr, from->sgpr, sizeof to->sgpr);
        memcpy(to->sgpr64, from->sgpr64, sizeof to->sgpr64);
        memcpy(to->deferred, from->deferred, sizeof to->deferred);
        to->scc = from->scc;
        to->scc_of = from->scc_of;
        to->defers = from->defers;
        to->known = from->known;
        for (unsigned code = 0; code < 128; code++)
            if (cairn_regs_has_s(&writes, code))
                to->mask[code & ~1u] = NULL;
    }
}

static enum cairn_plan_mode mode_of(const struct cairn_lift *lift, uint32_t index, bool in_lanes)
{
    const struct cairn_lift_family *family;
    enum cairn_lift_kind kind = cairn_lift_kind_of(lift, index, &family);
    if (kind == CAIRN_LIFT_LANE)
        return CAIRN_PLAN_LANE;
    if (in_lanes)
        return CAIRN_PLAN_MASK_LANE;
    return kind == CAIRN_LIFT_NONE ? CAIRN_PLAN_NONE : CAIRN_PLAN_SCALAR;
}

static void emit_insn(struct cairn_lift *lift, const struct parts *parts, uint32_t block,
                      uint32_t index)
{
    uint64_t behind[3];
    memcpy(behind, parts->segment[0]->own, sizeof behind);
    bool in_lanes = cairn_lanes_step(lift, index, behind).in_lanes;
    struct cairn_plan plan = {.mode = (uint8_t)mode_of(lift, index, in_lanes)};
    bool each = plan.mode == CAIRN_PLAN_LANE || plan.mode == CAIRN_PLAN_MASK_LANE;
    for (unsigned k = 0; k < (each ? parts->count : 1); k++) {
        use_part(lift, parts, k);
        cairn_control_emit(lift, block, index, plan);
    }
    if (!each)
        share_scalars(parts, &lift->program->insns[index].insn);
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_region_advance(parts->region[k]->shape, lift, index);
        memcpy(parts->segment[k]->own, behind, sizeof behind);
    }
}

static uint32_t body_end(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    return at->first + at->count - (at->end != CAIRN_END_NEXT);
}

static void emit_block(struct cairn_lift *lift, const struct parts *parts, uint32_t n)
{
    const struct cairn_segment *segment = parts->segment[0];
    uint32_t block = segment->block[n];
    uint32_t first = n == 0 ? segment->first : lift->program->blocks[block].first;
    bool last = n + 1 == segment->count;
    if (n > 0)
        LLVMPositionBuilderAtEnd(lift->builder, cairn_lifter_of(lift)->function.blocks[block]);
    for (unsigned k = 0; k < parts->count; k++) {
        use_part(lift, parts, k);
        if (n > 0)
            start_block(lift, n, first);
        if (!segment->in_front)
            forget_inside(lift);
    }
    uint32_t end = last ? segment->end : body_end(lift, block);
    for (uint32_t i = first; i < end; i++)
        emit_insn(lift, parts, block, i);
    use_part(lift, parts, 0);
    cairn_region_lane(lift, true);
    if (!last)
        finish_block(lift, parts, block);
}

/* The end of a turn: once more, or out. */
static void finish_turn(struct cairn_lift *lift, const struct parts *parts, LLVMBasicBlockRef turn)
{
    const struct cairn_segment *segment = parts->segment[0];
    LLVMBuilderRef b = lift->builder;
    uint32_t header = segment->block[0], last = segment->block[segment->count - 1];
    const struct cairn_program_block *at = &lift->program->blocks[last];
    LLVMBasicBlockRef out = cairn_lift_block(lift, "out");
    LLVMValueRef wants = taken(lift, parts, last_insn(lift, last)->op);
    if (at->taken != header)
        wants = LLVMBuildNot(b, wants, "");
    hand_on(lift, parts, header);
    LLVMValueRef left =
        LLVMBuildSub(b, load(lift, lift->i32, segment->left), cairn_lift_const32(lift, 1), "");
    store(lift, left, segment->left);
    LLVMValueRef may = LLVMBuildICmp(b, LLVMIntNE, left, cairn_lift_const32(lift, 0), "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, LLVMBuildAnd(b, wants, may, ""), turn, out));
    LLVMPositionBuilderAtEnd(b, out);
    LLVMValueRef again = LLVMBuildOr(b, load(lift, lift->i1, segment->again), wants, "");
    store(lift, again, segment->again);
}

/* ---- the whole */

/* May a block of it fault? */
static bool part_may_fault(struct cairn_lift *lift, const struct cairn_segment *segment, uint32_t n)
{
    struct cairn_lift_region *region = lift->region;
    const struct cairn_program_block *at = &lift->program->blocks[segment->block[n]];
    uint32_t first = n == 0 ? segment->first : at->first;
    uint32_t end = n + 1 == segment->count ? segment->end : at->first + at->count;
    region->known = *cairn_known_entry(lift->facts->known, segment->block[n]);
    for (uint32_t i = at->first; i < first; i++)
        cairn_known_step(lift->facts->known, i, &region->known);
    return end > first && cairn_region_may_fault(lift, first, end - 1);
}

static bool may_fault(struct cairn_lift *lift, const struct cairn_segment *segment)
{
    struct cairn_known_state before = lift->region->known;
    bool may = false;
    for (uint32_t n = 0; n < segment->count && !may; n++)
        may = part_may_fault(lift, segment, n);
    lift->region->known = before;
    return may;
}

static void live_behind(const struct cairn_lift *lift, const struct cairn_segment *segment,
                        struct cairn_regs *live)
{
    const struct cairn_program *program = lift->program;
    uint32_t last = segment->block[segment->count - 1];
    if (segment->loop) {
        *live = lift->live->live_out[last];
    } else if (segment->end == program->blocks[last].first) {
        *live = lift->live->live_in[last];
    } else {
        cairn_liveness_after(program, lift->live, cairn_lifter_of((struct cairn_lift *)lift)->full,
                             segment->end - 1, live);
    }
}

/* Behind a strip: once more from the header, or on. */
static void finish_strip(struct cairn_lift *lift, const struct cairn_segment *segment,
                         uint32_t turns)
{
    const struct cairn_program *program = lift->program;
    uint32_t header = segment->block[0], last = segment->block[segment->count - 1];
    const struct cairn_program_block *at = &program->blocks[last];
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef made =
        LLVMBuildSub(b, cairn_lift_const32(lift, turns), load(lift, lift->i32, segment->least), "");
    LLVMValueRef insns = LLVMBuildMul(b, LLVMBuildZExt(b, made, lift->i64, ""),
                                      cairn_lift_const64(lift, segment->insns + 1), "");
    LLVMValueRef fuel = cairn_control_burn(lift, insns);
    LLVMBasicBlockRef on = cairn_lift_block(lift, "strip"), rest = cairn_lift_block(lift, "yield");
    uint32_t exit = at->taken == header ? at->next : at->taken;
    LLVMValueRef again = load(lift, lift->i1, segment->again);
    LLVMBasicBlockRef behind = cairn_control_edge(lift, last, exit);
    LLVMBuildCondBr(b, again, on, behind);
    LLVMPositionBuilderAtEnd(b, on);
    LLVMValueRef fuelled = LLVMBuildICmp(b, LLVMIntSGT, fuel, cairn_lift_const64(lift, 0), "");
    LLVMBuildCondBr(b, fuelled, cairn_lifter_of(lift)->function.blocks[header], rest);
    LLVMPositionBuilderAtEnd(b, rest);
    cairn_control_yield(lift, program->blocks[header].offset);
}

/* In front of the chunks. */
static void prepare(struct cairn_lift *lift, struct cairn_segment *segment, uint32_t turns,
                    bool memory)
{
    struct cairn_lift_region *region = lift->region;
    cairn_region_lane(lift, false);
    make_slots(lift, segment);
    store(lift, cairn_lift_const32(lift, turns + 1), segment->least);
    store(lift, LLVMConstNull(lift->i1), segment->again);
    store(lift, LLVMConstNull(cairn_lift_mask_type(lift)), segment->any);
    region->first = segment->first;
    region->last = segment->end;
    region->rows_taken = 0;
    region->defers = memory;
    memset(region->put, 0, sizeof region->put);
    if (memory)
        cairn_lift_store_pc(lift, lift->program->insns[segment->first].offset);
}

/* Behind the chunks: scalar registers in memory, and what is still known of them. */
static void settle(struct cairn_lift *lift, struct cairn_segment *segment,
                   const struct cairn_regs *live)
{
    struct cairn_lift_region *region = lift->region;
    cairn_region_lane(lift, false);
    cairn_lift_flush_scalars(lift);
    store_scalars(lift, segment, live);
    region->segment = segment;
    forget_inside(lift);
    region->segment = NULL;
    if (!cairn_regs_has_s(&segment->writes, CAIRN_CODE_EXEC_LO))
        return;
    LLVMTypeRef type = cairn_lift_mask_type(lift);
    region->any[CAIRN_CODE_EXEC_LO] = LLVMBuildICmp(
        lift->builder, LLVMIntNE, load(lift, type, segment->any), LLVMConstNull(type), "");
}

/* The chunks of the turn that begins; false: no memory. */
static bool make_parts(struct cairn_lift *lift, struct cairn_segment *segment, struct parts *parts)
{
    struct cairn_lift_region *region = lift->region;
    region->segment = segment;
    *parts = (struct parts){.count = segment->parts, .region = {region}, .segment = {segment}};
    for (unsigned k = 1; k < parts->count; k++) {
        struct cairn_lift_region *mine = parts->region[k] = malloc(sizeof *mine);
        struct cairn_segment *slots = parts->segment[k] = malloc(sizeof *slots);
        if (mine == NULL || slots == NULL)
            return false;
        *mine = *region;
        *slots = *segment;
        mine->segment = slots;
        use_part(lift, parts, k);
        make_part_slots(lift, slots);
        mine->chunk = LLVMBuildAdd(lift->builder, region->chunk, cairn_lift_const32(lift, k), "");
        cairn_lift_chunk_pointers(lift);
    }
    use_part(lift, parts, 0);
    return true;
}

static void free_parts(struct cairn_lift *lift, const struct parts *parts)
{
    use_part(lift, parts, 0);
    for (unsigned k = 1; k < parts->count; k++) {
        free(parts->region[k]);
        free(parts->segment[k]);
    }
    lift->region->segment = NULL;
}

static void enter(struct cairn_lift *lift, const struct parts *parts, const LLVMValueRef *start,
                  uint32_t turns)
{
    const struct cairn_segment *segment = parts->segment[0];
    for (unsigned k = 0; k < parts->count; k++) {
        use_part(lift, parts, k);
        start_block(lift, 0, segment->first);
        enter_chunk(lift);
    }
    use_part(lift, parts, 0);
    if (!segment->front)
        enter_scalars(lift, segment, start);
    store(lift, cairn_lift_const32(lift, turns), segment->left);
}

static void emit_parts(struct cairn_lift *lift, const struct parts *parts,
                       const struct cairn_regs *live)
{
    const struct cairn_segment *segment = parts->segment[0];
    LLVMBasicBlockRef turn = NULL;
    if (segment->loop) {
        turn = cairn_lift_block(lift, "turn");
        LLVMBuildBr(lift->builder, turn);
        LLVMPositionBuilderAtEnd(lift->builder, turn);
    }
    for (uint32_t i = 0; i < segment->count; i++)
        emit_block(lift, parts, i);
    if (segment->loop)
        finish_turn(lift, parts, turn);
    leave_chunks(lift, parts, live);
}

bool cairn_segment_emit(struct cairn_lift *lift, struct cairn_segment *segment)
{
    uint32_t turns = STRIP_INSNS / (segment->insns + 1) + 1;
    bool memory = may_fault(lift, segment);
    LLVMValueRef start[CAIRN_SREGS] = {NULL};
    struct cairn_regs live;
    struct parts parts;
    live_behind(lift, segment, &live);
    prepare(lift, segment, turns, memory);
    segment->in_front = segment->front;
    if (!segment->front)
        load_start(lift, segment, start);
    lift->region->chunk_step = segment->parts;
    cairn_region_begin_chunks(lift, segment->first, memory);
    bool made = make_parts(lift, segment, &parts);
    if (made) {
        enter(lift, &parts, start, turns);
        emit_parts(lift, &parts, &live);
    }
    free_parts(lift, &parts);
    if (!made)
        return false;
    cairn_region_end_chunks(lift);
    lift->region->chunk_step = 1;
    settle(lift, segment, &live);
    if (segment->loop)
        finish_strip(lift, segment, turns);
    return true;
}
