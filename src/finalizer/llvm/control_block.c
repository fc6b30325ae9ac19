/* SPDX-License-Identifier: MIT
 * Blocks: from the plan of a block to its instructions, region by region, around the segments and
 * the loops lane by lane that are found in it.
 */
#include "base/log.h"
#include "finalizer/llvm/segment.h"
#include "finalizer/llvm/serial.h"

#include <stdlib.h>
#include <string.h>

/* ---- instructions */

static bool is_of_lanes(struct cairn_plan plan)
{
    return plan.mode == CAIRN_PLAN_LANE || plan.mode == CAIRN_PLAN_MASK_LANE;
}

/* SCC of a mask instruction is whether any bit of its result is set: of EXEC for those that save
 * it.
 */
static void note_scc(struct cairn_lift *lift)
{
    if (!(cairn_isa_flags(lift->insn) & CAIRN_ISA_WRITES_SCC))
        return;
    bool exec = cairn_isa_flags(lift->insn) & CAIRN_ISA_WRITES_EXEC;
    lift->region->scc_of = exec ? CAIRN_CODE_EXEC_LO : lift->insn->slot[CAIRN_SLOT_DST].code;
    lift->region->scc = NULL;
}

/* A mask instruction on the masks of each merged wave in turn, in its scalar form. SCC of such is
 * looked at by nobody. */
static void emit_by_wave(struct cairn_lift *lift, const struct cairn_lift_family *family)
{
    struct cairn_lift_region *region = lift->region;
    LLVMValueRef first = lift->wave, any = NULL;
    bool exec = cairn_isa_flags(lift->insn) & CAIRN_ISA_WRITES_EXEC ||
                lift->insn->slot[CAIRN_SLOT_DST].code == CAIRN_CODE_EXEC_LO;
    region->by_wave = true;
    for (unsigned i = 0; i < cairn_region_chunks(lift) / lift->chunks; i++) {
        lift->wave = cairn_lift_wave_field(lift, first, i * sizeof(struct cairn_wave));
        cairn_region_forget_scalars(lift);
        family->emit(lift);
        if (!exec)
            continue;
        LLVMValueRef bits = cairn_lift_sgpr64(lift, CAIRN_CODE_EXEC_LO);
        any = any == NULL ? bits : LLVMBuildOr(lift->builder, any, bits, "");
    }
    region->by_wave = false;
    lift->wave = first;
    cairn_region_forget_scalars(lift);
    if (exec)
        region->any[CAIRN_CODE_EXEC_LO] =
            LLVMBuildICmp(lift->builder, LLVMIntNE, any, cairn_lift_const64(lift, 0), "");
}

static void emit_lane(struct cairn_lift *lift, const struct cairn_lift_family *family)
{
    struct cairn_lift_ends_note ends;
    struct cairn_lift_wide_note wide;
    cairn_lift_ends_before(lift, &ends);
    cairn_lift_wide_before(lift, &wide);
    family->emit(lift);
    cairn_lift_ends_after(lift, &ends);
    cairn_lift_wide_after(lift, &wide);
}

/* The interpreter executes one instruction. */
static void build_step(struct cairn_lift *lift, uint32_t index)
{
    cairn_lift_store_pc(lift, lift->program->insns[index].offset);
    cairn_control_call_step(lift);
    cairn_region_forget_scalars(lift);
    cairn_lifter_of(lift)->function.stepped++;
}

static void build_order(struct cairn_lift *lift)
{
    LLVMBuildFence(lift->builder, LLVMAtomicOrderingSequentiallyConsistent, false, "");
}

void cairn_control_begin_insn(struct cairn_lift *lift, uint32_t index, struct cairn_plan plan)
{
    lift->at = index;
    lift->insn = &lift->program->insns[index].insn;
    lift->insn_facts = &lift->facts->insn[index];
    cairn_lift_matrix_settle(lift, (enum cairn_plan_mode)plan.mode);
    cairn_region_lane(lift, is_of_lanes(plan));
    cairn_lift_known_before(lift);
}

void cairn_control_emit(struct cairn_lift *lift, uint32_t block, uint32_t index,
                        struct cairn_plan plan)
{
    const struct cairn_lift_family *family;
    cairn_control_begin_insn(lift, index, plan);
    cairn_lift_kind_of(lift, index, &family);
    switch ((enum cairn_plan_mode)plan.mode) {
    case CAIRN_PLAN_NONE:
        if (cairn_lift_is_order(lift->insn))
            build_order(lift);
        break;
    case CAIRN_PLAN_SCALAR:
        family->emit(lift);
        break;
    case CAIRN_PLAN_LANE:
        emit_lane(lift, family);
        break;
    case CAIRN_PLAN_WAVE:
        family->emit(lift);
        break;
    case CAIRN_PLAN_MASK_WAVES:
        emit_by_wave(lift, family);
        break;
    case CAIRN_PLAN_MASK_LANE:
        cairn_lift_mask_op(lift);
        note_scc(lift);
        break;
    case CAIRN_PLAN_KNOWN:
        cairn_lift_known_emit(lift);
        break;
    case CAIRN_PLAN_STEP:
        build_step(lift, index);
        break;
    case CAIRN_PLAN_CONTROL:
        cairn_control_build(lift, block, index);
        break;
    }
    cairn_lift_known_after(lift);
}

/* ---- blocks */

/* A block that does not end in a control instruction of ours. */
static void finish(struct cairn_lift *lift, uint32_t block)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    const struct cairn_program_block *at = &lift->program->blocks[block];
    if (LLVMGetBasicBlockTerminator(LLVMGetInsertBlock(lift->builder)) != NULL)
        return;
    if (at->end == CAIRN_END_NEXT && at->next != CAIRN_NO_BLOCK) {
        LLVMBuildBr(lift->builder, cairn_control_edge(lift, block, at->next));
        return;
    }
    if (at->end == CAIRN_END_STOP || at->end == CAIRN_END_NEXT) {
        uint32_t offset = at->count > 0
                              ? cairn_insn_end(&lift->program->insns[at->first + at->count - 1])
                              : at->offset;
        cairn_lift_store_pc(lift, offset);
        LLVMBuildBr(lift->builder, function->leave);
        return;
    }
    LLVMBuildBr(lift->builder, function->dispatch); /* stepped over a jump: the pc is in memory */
}

static uint32_t region_end(const struct cairn_plan *plans, uint32_t i)
{
    while (!plans[i].region_ends)
        i++;
    return i;
}

/* Instructions from..end-1 of the block, region by region. */
static bool emit_regions(struct cairn_lift *lift, uint32_t block, uint32_t from, uint32_t end)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    struct cairn_plan *plans = calloc((size_t)at->count + 1, sizeof *plans);
    if (plans == NULL)
        return false;
    cairn_plan_block(lift, block, from, plans);
    if (end > from)
        plans[end - 1 - at->first].region_ends = true;
    for (uint32_t i = from; i < end; i++) {
        struct cairn_plan plan = plans[i - at->first];
        if (is_of_lanes(plan) && !lift->region->open)
            cairn_region_open(lift, i, at->first + region_end(plans, i - at->first));
        cairn_control_emit(lift, block, i, plan);
        cairn_region_advance(lift->region->shape, lift, i);
        if (plan.region_ends)
            cairn_region_close(lift);
    }
    cairn_region_lane(lift, false);
    free(plans);
    return true;
}

/* Behind a segment, in the middle of its last block. */
static void go_on(struct cairn_lift *lift, const struct cairn_segment *segment, uint32_t block)
{
    struct cairn_lift_region *region = lift->region;
    memcpy(region->shape, lift->facts->entry[block], sizeof region->shape);
    region->known = *cairn_known_entry(lift->facts->known, block);
    for (uint32_t i = lift->program->blocks[block].first; i < segment->end; i++) {
        cairn_region_advance(region->shape, lift, i);
        cairn_known_step(lift->facts->known, i, &region->known);
    }
}

static void settle_matrices(struct cairn_lift *lift)
{
    cairn_region_lane(lift, false);
    if (LLVMGetBasicBlockTerminator(LLVMGetInsertBlock(lift->builder)) == NULL)
        cairn_lift_matrix_settle_all(lift);
}

bool cairn_control_block(struct cairn_lift *lift, uint32_t block)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    const struct cairn_program_block *at = &lift->program->blocks[block];
    struct cairn_segment segment;
    struct cairn_serial serial;
    uint32_t from = at->first;
    if (function->lifted[block])
        return true;
    LLVMPositionBuilderAtEnd(lift->region->scalar, function->blocks[block]);
    cairn_region_start_block(lift, block);
    if (cairn_serial_find(lift, block, &serial))
        cairn_serial_emit(lift, &serial);
    while (cairn_segment_find(lift, block, from, &segment)) {
        if (!emit_regions(lift, block, from, segment.first))
            return false;
        settle_matrices(lift);
        cairn_log(CAIRN_LOG_DEBUG, "%s: %u blocks, %u instructions from 0x%x on run by chunk%s%s",
                  lift->request->name, segment.count, segment.insns,
                  lift->program->insns[segment.first].offset, segment.loop ? ", a loop" : "",
                  segment.parts > 1 ? ", the chunks of a wave in step" : "");
        if (!cairn_segment_emit(lift, &segment))
            return false;
        for (uint32_t i = 0; i < segment.count; i++)
            function->lifted[segment.block[i]] = true;
        if (segment.loop)
            return true;
        block = segment.block[segment.count - 1];
        at = &lift->program->blocks[block];
        from = segment.end;
        go_on(lift, &segment, block);
    }
    if (!emit_regions(lift, block, from, at->first + at->count))
        return false;
    settle_matrices(lift);
    finish(lift, block);
    return true;
}
