/* SPDX-License-Identifier: MIT
 * The frame of the function and its blocks: a switch on wave->pc that (re)enters anywhere a wave
 * may go on, branches, barriers, yields at back edges, and instructions left to the interpreter.
 */
#include "base/log.h"
#include "finalizer/llvm/restart.h"
#include "finalizer/llvm/segment.h"
#include "finalizer/llvm/serial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void leave(struct cairn_lift *lift, enum cairn_native_exit how)
{
    LLVMBuildRet(lift->builder, cairn_lift_const32(lift, how));
}

static LLVMValueRef frame_load(struct cairn_lift *lift, LLVMTypeRef type, size_t offset)
{
    return cairn_lift_state_load(lift, type, cairn_lift_frame_field(lift, offset), 8);
}

/* ---- entry */

static void load_frame(struct cairn_lift *lift)
{
    lift->lds = frame_load(lift, lift->ptr, offsetof(struct cairn_native_frame, lds));
    lift->window_base =
        frame_load(lift, lift->i64, offsetof(struct cairn_native_frame, window_base));
    lift->window_size =
        frame_load(lift, lift->i64, offsetof(struct cairn_native_frame, window_size));
}

static void load_wave(struct cairn_lift *lift)
{
    lift->wave = frame_load(lift, lift->ptr, offsetof(struct cairn_native_frame, wave));
    LLVMValueRef vgprs = cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, vgpr));
    lift->vgprs = cairn_lift_state_load(lift, lift->ptr, vgprs, 8);
}

static void make_blocks(struct cairn_lift *lift)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    char name[24];
    for (uint32_t i = 0; i < lift->program->block_count; i++) {
        snprintf(name, sizeof name, "at_%x", lift->program->blocks[i].offset);
        function->blocks[i] = cairn_lift_block(lift, name);
    }
}

static void build_switch(struct cairn_lift *lift)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    const struct cairn_program *program = lift->program;
    LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, pc));
    LLVMValueRef pc = cairn_lift_state_load(lift, lift->i64, at, 8);
    LLVMValueRef base = frame_load(lift, lift->i64, offsetof(struct cairn_native_frame, code_base));
    LLVMValueRef offset = LLVMBuildSub(lift->builder, pc, base, "");
    LLVMValueRef choice =
        LLVMBuildSwitch(lift->builder, offset, function->leave, program->block_count);
    for (uint32_t i = 0; i < program->block_count; i++)
        if (program->blocks[i].resumable)
            LLVMAddCase(choice, cairn_lift_const64(lift, program->blocks[i].offset),
                        function->blocks[i]);
}

void cairn_control_begin(struct cairn_lift *lift)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    LLVMBasicBlockRef entry = cairn_lift_block(lift, "entry");
    function->start = cairn_lift_block(lift, "start");
    function->dispatch = cairn_lift_block(lift, "dispatch");
    function->leave = cairn_lift_block(lift, "leave");
    cairn_restart_begin(lift);
    make_blocks(lift);
    cairn_region_lane(lift, false);
    LLVMPositionBuilderAtEnd(lift->builder, entry);
    load_frame(lift);
    LLVMBuildBr(lift->builder, function->start);
    LLVMPositionBuilderAtEnd(lift->builder, function->start);
    load_wave(lift);
    LLVMBuildBr(lift->builder, function->dispatch);
    LLVMPositionBuilderAtEnd(lift->builder, function->dispatch);
    build_switch(lift);
    LLVMPositionBuilderAtEnd(lift->builder, function->leave);
    leave(lift, CAIRN_NATIVE_LEAVE);
}

/* ---- edges */

static LLVMValueRef fuel_pointer(struct cairn_lift *lift)
{
    return cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, fuel));
}

LLVMValueRef cairn_control_burn(struct cairn_lift *lift, LLVMValueRef instructions)
{
    LLVMValueRef before = cairn_lift_state_load(lift, lift->i64, fuel_pointer(lift), 8);
    LLVMValueRef fuel = LLVMBuildSub(lift->builder, before, instructions, "");
    cairn_lift_state_store(lift, fuel, fuel_pointer(lift), 8);
    return fuel;
}

static LLVMValueRef burn(struct cairn_lift *lift, uint32_t instructions)
{
    return cairn_control_burn(lift, cairn_lift_const64(lift, instructions));
}

static bool is_back_edge(const struct cairn_lift *lift, uint32_t from, uint32_t to)
{
    return lift->program->blocks[to].position <= lift->program->blocks[from].position;
}

void cairn_control_yield(struct cairn_lift *lift, uint32_t offset)
{
    cairn_lift_store_pc(lift, offset);
    leave(lift, CAIRN_NATIVE_YIELD);
}

/* A back edge: how long the loop is comes off the fuel. Returns the block to jump to. */
static LLVMBasicBlockRef build_back_edge(struct cairn_lift *lift, uint32_t from, uint32_t to)
{
    const struct cairn_program *program = lift->program;
    const struct cairn_program_block *header = &program->blocks[to], *end = &program->blocks[from];
    LLVMBasicBlockRef edge = cairn_lift_block(lift, "again"), out = cairn_lift_block(lift, "yield");
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMPositionBuilderAtEnd(lift->builder, edge);
    uint32_t first = header->first < end->first ? header->first : end->first;
    uint32_t last =
        header->first < end->first ? end->first + end->count : header->first + header->count;
    LLVMValueRef fuel = burn(lift, last - first);
    LLVMValueRef left =
        LLVMBuildICmp(lift->builder, LLVMIntSGT, fuel, cairn_lift_const64(lift, 0), "");
    LLVMBuildCondBr(lift->builder, left, cairn_lifter_of(lift)->function.blocks[to], out);
    LLVMPositionBuilderAtEnd(lift->builder, out);
    cairn_control_yield(lift, header->offset);
    LLVMPositionBuilderAtEnd(lift->builder, here);
    return edge;
}

LLVMBasicBlockRef cairn_control_edge(struct cairn_lift *lift, uint32_t from, uint32_t to)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    if (to == CAIRN_NO_BLOCK)
        return function->leave;
    return is_back_edge(lift, from, to) ? build_back_edge(lift, from, to) : function->blocks[to];
}

/* ---- conditions */

static LLVMValueRef wave_mask(struct cairn_lift *lift, uint32_t wave, unsigned code)
{
    size_t offset = wave * sizeof(struct cairn_wave) + offsetof(struct cairn_wave, sgpr);
    LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offset + 4 * code);
    return cairn_lift_state_load(lift, lift->i64, at, 4);
}

LLVMValueRef cairn_lift_any_of(struct cairn_lift *lift, unsigned code)
{
    const struct cairn_geometry *geometry = lift->geometry;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef bits;
    LLVMValueRef known = cairn_lift_known_any(lift, code);
    if (known != NULL)
        return known;
    if (lift->region->any[code] != NULL)
        return lift->region->any[code];
    if (!geometry->merged) {
        bits = cairn_lift_sgpr64(lift, code);
    } else {
        uint32_t items = geometry->workgroup[0] * geometry->workgroup[1] * geometry->workgroup[2];
        bits = wave_mask(lift, 0, code);
        for (uint32_t i = 1; i * geometry->wave_size < items; i++)
            bits = LLVMBuildOr(b, bits, wave_mask(lift, i, code), "");
    }
    return LLVMBuildICmp(b, LLVMIntNE, bits, cairn_lift_const64(lift, 0), "");
}

static LLVMValueRef condition(struct cairn_lift *lift, unsigned op)
{
    LLVMBuilderRef b = lift->builder;
    bool on_exec = op == CAIRN_OP_s_cbranch_execz || op == CAIRN_OP_s_cbranch_execnz;
    if (on_exec && lift->insn_facts->exec_full)
        return LLVMConstInt(lift->i1, op == CAIRN_OP_s_cbranch_execnz, false);
    switch (op) {
    case CAIRN_OP_s_cbranch_scc0:
        return LLVMBuildNot(b, cairn_lift_scc(lift), "");
    case CAIRN_OP_s_cbranch_scc1:
        return cairn_lift_scc(lift);
    case CAIRN_OP_s_cbranch_vccz:
        return LLVMBuildNot(b, cairn_lift_any_of(lift, CAIRN_CODE_VCC_LO), "");
    case CAIRN_OP_s_cbranch_vccnz:
        return cairn_lift_any_of(lift, CAIRN_CODE_VCC_LO);
    case CAIRN_OP_s_cbranch_execz:
        return LLVMBuildNot(b, cairn_lift_any_of(lift, CAIRN_CODE_EXEC_LO), "");
    default:
        return cairn_lift_any_of(lift, CAIRN_CODE_EXEC_LO);
    }
}

/* ---- instructions of the core's own */

static uint32_t behind(const struct cairn_lift *lift, uint32_t index)
{
    const struct cairn_program_insn *at = &lift->program->insns[index];
    return at->offset + at->insn.size_bytes;
}

static LLVMValueRef return_address(struct cairn_lift *lift, uint32_t index)
{
    LLVMValueRef base = frame_load(lift, lift->i64, offsetof(struct cairn_native_frame, code_base));
    return LLVMBuildAdd(lift->builder, base, cairn_lift_const64(lift, behind(lift, index)), "");
}

/* To wherever the scalar source says. A loop made of such jumps burns fuel too. */
static void build_indirect(struct cairn_lift *lift, uint32_t index, bool links)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    LLVMValueRef target = cairn_lift_scalar64(lift, CAIRN_SLOT_SRC0);
    LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, pc));
    if (links)
        cairn_lift_put_sgpr64(lift, lift->insn->slot[CAIRN_SLOT_DST].code,
                              return_address(lift, index));
    cairn_lift_state_store(lift, target, at, 8);
    LLVMBasicBlockRef out = cairn_lift_block(lift, "yield");
    LLVMValueRef left =
        LLVMBuildICmp(lift->builder, LLVMIntSGT, burn(lift, 16), cairn_lift_const64(lift, 0), "");
    LLVMBuildCondBr(lift->builder, left, function->dispatch, out);
    LLVMPositionBuilderAtEnd(lift->builder, out);
    leave(lift, CAIRN_NATIVE_YIELD);
}

static bool single_wave(const struct cairn_lift *lift)
{
    const struct cairn_geometry *geometry = lift->geometry;
    return geometry->merged ||
           geometry->workgroup[0] * geometry->workgroup[1] * geometry->workgroup[2] <=
               geometry->wave_size;
}

static void build_control(struct cairn_lift *lift, uint32_t block, uint32_t index)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    const struct cairn_program_block *at = &lift->program->blocks[block];
    unsigned op = lift->insn->op;
    switch (op) {
    case CAIRN_OP_s_barrier:
        if (single_wave(lift))
            break;
        cairn_lift_store_pc(lift, behind(lift, index));
        if (function->arrived != NULL)
            LLVMBuildBr(lift->builder, function->arrived);
        else
            leave(lift, CAIRN_NATIVE_BARRIER);
        return;
    case CAIRN_OP_s_sleep:
        cairn_control_yield(lift, behind(lift, index));
        return;
    case CAIRN_OP_s_endpgm:
        cairn_lift_store_pc(lift, lift->program->insns[index].offset);
        burn(lift, at->count);
        if (function->ended != NULL)
            LLVMBuildBr(lift->builder, function->ended);
        else
            leave(lift, CAIRN_NATIVE_DONE);
        return;
    case CAIRN_OP_s_setpc_b64:
        build_indirect(lift, index, false);
        return;
    case CAIRN_OP_s_swappc_b64:
        build_indirect(lift, index, true);
        return;
    case CAIRN_OP_s_call_b64:
        cairn_lift_put_sgpr64(lift, lift->insn->slot[CAIRN_SLOT_DST].code,
                              return_address(lift, index));
        LLVMBuildBr(lift->builder, cairn_control_edge(lift, block, at->taken));
        return;
    case CAIRN_OP_s_branch:
        LLVMBuildBr(lift->builder, cairn_control_edge(lift, block, at->taken));
        return;
    default: {
        LLVMValueRef taken = condition(lift, op);
        LLVMBasicBlockRef to = cairn_control_edge(lift, block, at->taken),
                          next = cairn_control_edge(lift, block, at->next);
        LLVMBuildCondBr(lift->builder, taken, to, next);
        return;
    }
    }
    LLVMBuildBr(lift->builder,
                at->next != CAIRN_NO_BLOCK ? function->blocks[at->next] : function->leave);
}

void cairn_control_call_step(struct cairn_lift *lift)
{
    LLVMTypeRef arguments[] = {lift->ptr, lift->ptr};
    LLVMTypeRef type = LLVMFunctionType(lift->i1, arguments, 2, false);
    LLVMValueRef values[] = {lift->frame, lift->wave};
    LLVMValueRef step = frame_load(lift, lift->ptr, offsetof(struct cairn_native_frame, step));
    LLVMBasicBlockRef on = cairn_lift_block(lift, "on"), out = cairn_lift_block(lift, "out");
    LLVMValueRef went = LLVMBuildCall2(lift->builder, type, step, values, 2, "");
    unsigned zeroext = LLVMGetEnumAttributeKindForName("zeroext", 7);
    LLVMAddCallSiteAttribute(went, 0, LLVMCreateEnumAttribute(lift->context, zeroext, 0));
    LLVMBuildCondBr(lift->builder, went, on, out);
    LLVMPositionBuilderAtEnd(lift->builder, out);
    leave(lift, CAIRN_NATIVE_STATE);
    LLVMPositionBuilderAtEnd(lift->builder, on);
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

/* ---- blocks */

static bool is_of_lanes(struct cairn_plan plan)
{
    return plan.mode == CAIRN_PLAN_LANE || plan.mode == CAIRN_PLAN_MASK_LANE;
}

static uint32_t region_end(const struct cairn_plan *plans, uint32_t i)
{
    while (!plans[i].region_ends)
        i++;
    return i;
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
        build_control(lift, block, index);
        break;
    }
    cairn_lift_known_after(lift);
}

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
        uint32_t offset = at->count > 0 ? behind(lift, at->first + at->count - 1) : at->offset;
        cairn_lift_store_pc(lift, offset);
        LLVMBuildBr(lift->builder, function->leave);
        return;
    }
    LLVMBuildBr(lift->builder, function->dispatch); /* stepped over a jump: the pc is in memory */
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
