/* SPDX-License-Identifier: MIT
 * Segments in IR: a loop over chunks with the segment's blocks in its body. What registers hold
 * where blocks meet is in stack slots, which LLVM makes SSA values of.
 *
 * Of a loop a chunk makes a strip of turns, then the next chunk does; behind a strip the state in
 * memory is that of a wave at the loop's start, so that fuel, faults and waiting work as
 * everywhere. A chunk whose part of EXEC is empty stops early. Scalar registers come from the chunk
 * that made the most turns.
 */
#include "finalizer/llvm/segment.h"

#include <string.h>

enum { STRIP_INSNS = 8192, SEGMENT_SCALARS = CAIRN_SREGS + 2 };

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

static void make_slots(struct cairn_lift *lift, struct cairn_segment *segment)
{
    LLVMTypeRef scalars = LLVMArrayType2(lift->i32, SEGMENT_SCALARS);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&segment->reads, i) || cairn_regs_has_v(&segment->writes, i)) {
            segment->row[i] = cairn_segment_slot(lift, lift->v32);
            segment->base[i] = cairn_segment_slot(lift, lift->i32);
        }
    for (unsigned i = 0; i < 128; i += 2) {
        segment->inside[i] = segment->inside[i + 1] = has_pair(&segment->scalar_writes, i);
        if (has_pair(&segment->reads, i) || has_pair(&segment->writes, i))
            segment->mask[i] = cairn_segment_slot(lift, lift->v1);
    }
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
    for (unsigned i = 0; i < 128; i++)
        if (segment->inside[i] || segment->mask[i & ~1u] != NULL)
            region->sgpr[i] = region->sgpr64[i] = region->any[i] = NULL;
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

static void enter_chunk(struct cairn_lift *lift, struct cairn_segment *segment)
{
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
static void leave_front(struct cairn_lift *lift, struct cairn_segment *segment)
{
    struct cairn_lift_region *region = lift->region;
    LLVMValueRef start[CAIRN_SREGS] = {NULL};
    cairn_region_lane(lift, false);
    load_start(lift, segment, start);
    cairn_region_lane(lift, true);
    enter_scalars(lift, segment, start);
    for (unsigned i = 0; i < 128; i += 2)
        if (segment->mask[i] != NULL && (region->deferred[i] || region->deferred[i + 1]))
            store(lift, cairn_lift_mask_code(lift, i), segment->mask[i]);
    segment->in_front = false;
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
static void hand_on(struct cairn_lift *lift, const struct cairn_segment *segment, uint32_t to)
{
    struct cairn_lift_region *region = lift->region;
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

static LLVMValueRef exec_bits(struct cairn_lift *lift)
{
    LLVMValueRef exec = cairn_lift_mask_code(lift, CAIRN_CODE_EXEC_LO);
    return LLVMBuildBitCast(lift->builder, exec, cairn_lift_mask_type(lift), "");
}

/* i1: the branch at the end of the block is taken by this chunk. */
static LLVMValueRef taken(struct cairn_lift *lift, unsigned op)
{
    LLVMValueRef zero = LLVMConstNull(cairn_lift_mask_type(lift));
    switch (op) {
    case CAIRN_OP_s_cbranch_scc0:
        return LLVMBuildNot(lift->builder, cairn_lift_scc(lift), "");
    case CAIRN_OP_s_cbranch_scc1:
        return cairn_lift_scc(lift);
    case CAIRN_OP_s_cbranch_execz:
        return LLVMBuildICmp(lift->builder, LLVMIntEQ, exec_bits(lift), zero, "");
    default:
        return LLVMBuildICmp(lift->builder, LLVMIntNE, exec_bits(lift), zero, "");
    }
}

static const struct cairn_insn *last_insn(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    return &lift->program->insns[at->first + at->count - 1].insn;
}

static void finish_block(struct cairn_lift *lift, struct cairn_segment *segment, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBasicBlockRef *blocks = cairn_lifter_of(lift)->function.blocks;
    if (at->end == CAIRN_END_COND) {
        LLVMValueRef goes = taken(lift, last_insn(lift, block)->op);
        if (segment->in_front)
            leave_front(lift, segment);
        hand_on(lift, segment, at->taken);
        hand_on(lift, segment, at->next);
        LLVMBuildCondBr(lift->builder, goes, blocks[at->taken], blocks[at->next]);
        return;
    }
    uint32_t to = at->end == CAIRN_END_NEXT ? at->next : at->taken;
    if (segment->in_front)
        leave_front(lift, segment);
    hand_on(lift, segment, to);
    LLVMBuildBr(lift->builder, blocks[to]);
}

/* ---- from slots to memory */

static void leave_masks(struct cairn_lift *lift, const struct cairn_segment *segment,
                        const struct cairn_regs *live)
{
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

static void leave_chunk(struct cairn_lift *lift, struct cairn_segment *segment,
                        const struct cairn_regs *live)
{
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&segment->writes, i) && cairn_regs_has_v(live, i))
            cairn_lift_state_store(lift, cairn_lift_register(lift, i),
                                   cairn_lift_register_pointer(lift, i), 4 * lift->width);
    leave_masks(lift, segment, live);
    leave_scalars(lift, segment);
    if (cairn_regs_has_s(&segment->writes, CAIRN_CODE_EXEC_LO)) {
        LLVMValueRef any = load(lift, cairn_lift_mask_type(lift), segment->any);
        store(lift, LLVMBuildOr(b, any, exec_bits(lift), ""), segment->any);
    }
}

/* Numbers that the segment leaves behind. */
static void store_scalars(struct cairn_lift *lift, const struct cairn_segment *segment,
                          const struct cairn_regs *live)
{
    for (unsigned i = 0; i < CAIRN_SREGS; i++) {
        bool pair_is_mask = i < 128 && cairn_lanes_has(segment->own, i & ~1u);
        if (!segment->inside[i] || pair_is_mask || !cairn_regs_has_s(live, i))
            continue;
        LLVMValueRef value = load(lift, lift->i32, dword_of(lift, segment->best, i));
        if (i < CAIRN_SREG_SCC && cairn_regs_has_s(&segment->scalar_writes, i))
            cairn_lift_store_sgpr(lift, i, 1, value);
        else
            cairn_lift_state_store(lift, value, outer_pointer(lift, i), 4);
    }
}

/* ---- instructions */

static void emit_insns(struct cairn_lift *lift, struct cairn_segment *segment, uint32_t block,
                       uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        const struct cairn_lift_family *family;
        struct cairn_plan plan = {.mode = CAIRN_PLAN_NONE};
        uint64_t behind[3];
        memcpy(behind, segment->own, sizeof behind);
        bool in_lanes = cairn_lanes_step(lift, i, behind).in_lanes;
        enum cairn_lift_kind kind = cairn_lift_kind_of(lift, i, &family);
        if (kind == CAIRN_LIFT_LANE)
            plan.mode = CAIRN_PLAN_LANE;
        else if (in_lanes)
            plan.mode = CAIRN_PLAN_MASK_LANE;
        else if (kind != CAIRN_LIFT_NONE)
            plan.mode = CAIRN_PLAN_SCALAR;
        cairn_control_emit(lift, block, i, plan);
        cairn_region_advance(lift->region->shape, lift, i);
        memcpy(segment->own, behind, sizeof behind);
    }
    cairn_region_lane(lift, true);
}

static uint32_t body_end(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    return at->first + at->count - (at->end != CAIRN_END_NEXT);
}

static void emit_block(struct cairn_lift *lift, struct cairn_segment *segment, uint32_t n)
{
    uint32_t block = segment->block[n];
    uint32_t first = n == 0 ? segment->first : lift->program->blocks[block].first;
    bool last = n + 1 == segment->count;
    if (n > 0) {
        LLVMPositionBuilderAtEnd(lift->builder, cairn_lifter_of(lift)->function.blocks[block]);
        start_block(lift, n, first);
    }
    if (!segment->in_front)
        forget_inside(lift);
    emit_insns(lift, segment, block, first, last ? segment->end : body_end(lift, block));
    if (!last)
        finish_block(lift, segment, block);
}

/* The end of a turn: once more, or out. */
static void finish_turn(struct cairn_lift *lift, struct cairn_segment *segment,
                        LLVMBasicBlockRef turn)
{
    LLVMBuilderRef b = lift->builder;
    uint32_t header = segment->block[0], last = segment->block[segment->count - 1];
    const struct cairn_program_block *at = &lift->program->blocks[last];
    LLVMBasicBlockRef out = cairn_lift_block(lift, "out");
    LLVMValueRef wants = taken(lift, last_insn(lift, last)->op);
    if (at->taken != header)
        wants = LLVMBuildNot(b, wants, "");
    hand_on(lift, segment, header);
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

static bool touches_memory(const struct cairn_lift *lift, const struct cairn_segment *segment)
{
    for (uint32_t n = 0; n < segment->count; n++) {
        const struct cairn_program_block *at = &lift->program->blocks[segment->block[n]];
        uint32_t first = n == 0 ? segment->first : at->first;
        uint32_t end = n + 1 == segment->count ? segment->end : at->first + at->count;
        if (end > first && cairn_region_may_fault(lift, first, end - 1))
            return true;
    }
    return false;
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

void cairn_segment_emit(struct cairn_lift *lift, struct cairn_segment *segment)
{
    struct cairn_lift_region *region = lift->region;
    uint32_t turns = STRIP_INSNS / (segment->insns + 1) + 1;
    bool memory = touches_memory(lift, segment);
    LLVMValueRef start[CAIRN_SREGS] = {NULL};
    struct cairn_regs live;
    live_behind(lift, segment, &live);
    prepare(lift, segment, turns, memory);
    segment->in_front = segment->front;
    if (!segment->front)
        load_start(lift, segment, start);
    cairn_region_begin_chunks(lift, segment->first, memory);
    region->segment = segment;
    start_block(lift, 0, segment->first);
    enter_chunk(lift, segment);
    if (!segment->front)
        enter_scalars(lift, segment, start);
    store(lift, cairn_lift_const32(lift, turns), segment->left);
    LLVMBasicBlockRef turn = NULL;
    if (segment->loop) {
        turn = cairn_lift_block(lift, "turn");
        LLVMBuildBr(lift->builder, turn);
        LLVMPositionBuilderAtEnd(lift->builder, turn);
    }
    for (uint32_t i = 0; i < segment->count; i++)
        emit_block(lift, segment, i);
    if (segment->loop)
        finish_turn(lift, segment, turn);
    leave_chunk(lift, segment, &live);
    region->segment = NULL;
    cairn_region_end_chunks(lift);
    settle(lift, segment, &live);
    if (segment->loop)
        finish_strip(lift, segment, turns);
}
