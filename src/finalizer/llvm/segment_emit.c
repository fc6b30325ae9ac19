/* SPDX-License-Identifier: MIT
 * Segments in IR: a loop over chunks with the segment's blocks in its body.
 *
 * Of a loop a chunk makes a strip of turns, then the next chunk does; behind a strip the state in
 * memory is that of a wave at the loop's start, so that fuel, faults and waiting work as
 * everywhere. A chunk whose part of EXEC is empty stops early. Scalar registers come from the chunk
 * that made the most turns.
 */
#include "finalizer/llvm/lift_memory.h"
#include "finalizer/llvm/segment_priv.h"

#include <stdlib.h>
#include <string.h>

enum { STRIP_INSNS = 8192 };

/* ---- instructions */

/* What one part has done with scalar registers, the others know. */
static void share_scalars(const struct cairn_parts *parts, const struct cairn_insn *insn)
{
    const struct cairn_lift_region *from = parts->region[0];
    struct cairn_regs reads, writes;
    bool any;
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

/* Of all parts at once. */
static void emit_together(struct cairn_lift *lift, const struct cairn_parts *parts, uint32_t index,
                          struct cairn_plan plan)
{
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_parts_use(lift, parts, k);
        cairn_control_begin_insn(lift, index, plan);
    }
    cairn_lift_together(lift, parts->region, parts->count);
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_parts_use(lift, parts, k);
        cairn_lift_known_after(lift);
    }
}

static void emit_insn(struct cairn_lift *lift, const struct cairn_parts *parts, uint32_t block,
                      uint32_t index)
{
    uint64_t behind[3];
    memcpy(behind, parts->segment[0]->own, sizeof behind);
    bool in_lanes = cairn_lanes_step(lift, index, behind).in_lanes;
    struct cairn_plan plan = {.mode = (uint8_t)mode_of(lift, index, in_lanes)};
    bool each = plan.mode == CAIRN_PLAN_LANE || plan.mode == CAIRN_PLAN_MASK_LANE;
    bool at_once = plan.mode == CAIRN_PLAN_LANE && parts->count > 1 &&
                   cairn_lift_together_knows(lift, &lift->program->insns[index].insn);
    if (at_once)
        emit_together(lift, parts, index, plan);
    for (unsigned k = 0; k < (each ? parts->count : 1) && !at_once; k++) {
        cairn_parts_use(lift, parts, k);
        cairn_control_emit(lift, block, index, plan);
    }
    if (!each)
        share_scalars(parts, &lift->program->insns[index].insn);
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_region_advance(parts->region[k]->shape, lift, index);
        memcpy(parts->segment[k]->own, behind, sizeof behind);
    }
}

/* ---- blocks */

/* i1: the branch at the end of the block is taken. */
static LLVMValueRef taken(struct cairn_lift *lift, const struct cairn_parts *parts, unsigned op)
{
    LLVMValueRef zero = LLVMConstNull(cairn_lift_mask_type(lift));
    cairn_parts_use(lift, parts, 0);
    switch (op) {
    case CAIRN_OP_s_cbranch_scc0:
        return LLVMBuildNot(lift->builder, cairn_lift_scc(lift), "");
    case CAIRN_OP_s_cbranch_scc1:
        return cairn_lift_scc(lift);
    case CAIRN_OP_s_cbranch_execz:
        return LLVMBuildICmp(lift->builder, LLVMIntEQ, cairn_parts_exec(lift, parts), zero, "");
    default:
        return LLVMBuildICmp(lift->builder, LLVMIntNE, cairn_parts_exec(lift, parts), zero, "");
    }
}

static void finish_block(struct cairn_lift *lift, const struct cairn_parts *parts, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBasicBlockRef *blocks = cairn_lifter_of(lift)->function.blocks;
    if (at->end == CAIRN_END_COND) {
        LLVMValueRef goes = taken(lift, parts, cairn_program_last(lift->program, block)->op);
        if (parts->segment[0]->in_front)
            cairn_parts_leave_front(lift, parts);
        cairn_parts_hand_on(lift, parts, at->taken);
        cairn_parts_hand_on(lift, parts, at->next);
        LLVMBuildCondBr(lift->builder, goes, blocks[at->taken], blocks[at->next]);
        return;
    }
    uint32_t to = at->end == CAIRN_END_NEXT ? at->next : at->taken;
    if (parts->segment[0]->in_front)
        cairn_parts_leave_front(lift, parts);
    cairn_parts_hand_on(lift, parts, to);
    LLVMBuildBr(lift->builder, blocks[to]);
}

static void emit_block(struct cairn_lift *lift, const struct cairn_parts *parts, uint32_t n)
{
    const struct cairn_segment *segment = parts->segment[0];
    uint32_t block = segment->block[n];
    uint32_t first = n == 0 ? segment->first : lift->program->blocks[block].first;
    bool last = n + 1 == segment->count;
    if (n > 0)
        LLVMPositionBuilderAtEnd(lift->builder, cairn_lifter_of(lift)->function.blocks[block]);
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_parts_use(lift, parts, k);
        if (n > 0)
            cairn_segment_start_block(lift, n, first);
        if (!segment->in_front)
            cairn_segment_forget(lift);
    }
    uint32_t end = last ? segment->end : cairn_segment_body_end(lift, block);
    for (uint32_t i = first; i < end; i++)
        emit_insn(lift, parts, block, i);
    cairn_region_lane(lift, true);
    for (unsigned k = parts->count; k-- > 0;) {
        cairn_parts_use(lift, parts, k);
        cairn_nan_settle(lift);
    }
    if (!last)
        finish_block(lift, parts, block);
}

/* The end of a turn: once more, or out. */
static void finish_turn(struct cairn_lift *lift, const struct cairn_parts *parts,
                        LLVMBasicBlockRef turn)
{
    const struct cairn_segment *segment = parts->segment[0];
    LLVMBuilderRef b = lift->builder;
    uint32_t header = segment->block[0], last = segment->block[segment->count - 1];
    const struct cairn_program_block *at = &lift->program->blocks[last];
    LLVMBasicBlockRef out = cairn_lift_block(lift, "out");
    LLVMValueRef wants = taken(lift, parts, cairn_program_last(lift->program, last)->op);
    if (at->taken != header)
        wants = LLVMBuildNot(b, wants, "");
    cairn_parts_hand_on(lift, parts, header);
    LLVMValueRef left = LLVMBuildSub(b, cairn_lift_slot_load(lift, lift->i32, segment->left),
                                     cairn_lift_const32(lift, 1), "");
    cairn_lift_slot_store(lift, left, segment->left);
    LLVMValueRef may = LLVMBuildICmp(b, LLVMIntNE, left, cairn_lift_const32(lift, 0), "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, LLVMBuildAnd(b, wants, may, ""), turn, out));
    LLVMPositionBuilderAtEnd(b, out);
    LLVMValueRef again =
        LLVMBuildOr(b, cairn_lift_slot_load(lift, lift->i1, segment->again), wants, "");
    cairn_lift_slot_store(lift, again, segment->again);
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

/* Behind a strip: once more from the header, or on. */
static void finish_strip(struct cairn_lift *lift, const struct cairn_segment *segment,
                         uint32_t turns)
{
    const struct cairn_program *program = lift->program;
    uint32_t header = segment->block[0], last = segment->block[segment->count - 1];
    const struct cairn_program_block *at = &program->blocks[last];
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef made = LLVMBuildSub(b, cairn_lift_const32(lift, turns),
                                     cairn_lift_slot_load(lift, lift->i32, segment->least), "");
    LLVMValueRef insns = LLVMBuildMul(b, LLVMBuildZExt(b, made, lift->i64, ""),
                                      cairn_lift_const64(lift, segment->insns + 1), "");
    LLVMValueRef fuel = cairn_control_burn(lift, insns);
    LLVMBasicBlockRef on = cairn_lift_block(lift, "strip"), rest = cairn_lift_block(lift, "yield");
    uint32_t exit = at->taken == header ? at->next : at->taken;
    LLVMValueRef again = cairn_lift_slot_load(lift, lift->i1, segment->again);
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
    cairn_segment_make_slots(lift, segment);
    cairn_lift_slot_store(lift, cairn_lift_const32(lift, turns + 1), segment->least);
    cairn_lift_slot_store(lift, LLVMConstNull(lift->i1), segment->again);
    cairn_lift_slot_store(lift, LLVMConstNull(cairn_lift_mask_type(lift)), segment->any);
    region->first = segment->first;
    region->last = segment->end;
    region->rows_taken = 0;
    segment->loaded_count = 0;
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
    cairn_segment_store_scalars(lift, segment, live);
    region->segment = segment;
    cairn_segment_forget(lift);
    region->segment = NULL;
    if (!cairn_regs_has_s(&segment->writes, CAIRN_CODE_EXEC_LO))
        return;
    LLVMTypeRef type = cairn_lift_mask_type(lift);
    region->any[CAIRN_CODE_EXEC_LO] =
        LLVMBuildICmp(lift->builder, LLVMIntNE, cairn_lift_slot_load(lift, type, segment->any),
                      LLVMConstNull(type), "");
}

/* The chunks of the turn that begins; false: no memory. */
static bool make_parts(struct cairn_lift *lift, struct cairn_segment *segment,
                       struct cairn_parts *parts)
{
    struct cairn_lift_region *region = lift->region;
    region->segment = segment;
    *parts =
        (struct cairn_parts){.count = segment->parts, .region = {region}, .segment = {segment}};
    for (unsigned k = 1; k < parts->count; k++) {
        struct cairn_lift_region *mine = parts->region[k] = malloc(sizeof *mine);
        struct cairn_segment *slots = parts->segment[k] = malloc(sizeof *slots);
        if (mine == NULL || slots == NULL)
            return false;
        *mine = *region;
        *slots = *segment;
        mine->segment = slots;
        cairn_parts_use(lift, parts, k);
        cairn_parts_make_slots(lift, slots);
        mine->chunk = LLVMBuildAdd(lift->builder, region->chunk, cairn_lift_const32(lift, k), "");
        cairn_lift_chunk_pointers(lift);
    }
    cairn_parts_use(lift, parts, 0);
    return true;
}

static void free_parts(struct cairn_lift *lift, const struct cairn_parts *parts)
{
    cairn_parts_use(lift, parts, 0);
    for (unsigned k = 1; k < parts->count; k++) {
        free(parts->region[k]);
        free(parts->segment[k]);
    }
    lift->region->segment = NULL;
}

static void enter(struct cairn_lift *lift, const struct cairn_parts *parts,
                  const LLVMValueRef *start, uint32_t turns)
{
    const struct cairn_segment *segment = parts->segment[0];
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_parts_use(lift, parts, k);
        cairn_segment_start_block(lift, 0, segment->first);
        cairn_parts_enter(lift);
    }
    cairn_parts_use(lift, parts, 0);
    if (!segment->front)
        cairn_parts_enter_scalars(lift, segment, start);
    cairn_lift_slot_store(lift, cairn_lift_const32(lift, turns), segment->left);
}

static void emit_parts(struct cairn_lift *lift, const struct cairn_parts *parts,
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
    cairn_parts_leave(lift, parts, live);
}

/* Does the wave end behind the segment? Nobody looks at EXEC then. */
static bool ends_behind(const struct cairn_lift *lift, const struct cairn_segment *segment)
{
    const struct cairn_program *program = lift->program;
    const struct cairn_program_block *at = &program->blocks[segment->block[segment->count - 1]];
    uint32_t next = segment->end;
    if (next == at->first + at->count && at->end == CAIRN_END_NEXT)
        next = program->blocks[at->next].first;
    return !segment->loop && next < program->insn_count &&
           program->insns[next].insn.op == CAIRN_OP_s_endpgm;
}

bool cairn_segment_emit(struct cairn_lift *lift, struct cairn_segment *segment)
{
    uint32_t turns = STRIP_INSNS / (segment->insns + 1) + 1;
    bool memory = may_fault(lift, segment);
    LLVMValueRef start[CAIRN_SREGS] = {NULL};
    struct cairn_regs live;
    struct cairn_parts parts;
    uint32_t last = segment->block[segment->count - 1];
    if (segment->loop)
        live = lift->live->live_out[last];
    else
        cairn_segment_live_behind(lift, last, segment->end, &live);
    if (!ends_behind(lift, segment))
        cairn_regs_add_s(&live, CAIRN_CODE_EXEC_LO); /* what follows looks for it in memory */
    prepare(lift, segment, turns, memory);
    segment->in_front = segment->front;
    if (!segment->front)
        cairn_segment_load_start(lift, segment, start);
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
