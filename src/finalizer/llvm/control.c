/* SPDX-License-Identifier: MIT
 * The frame of the function and what leads from block to block: a switch on wave->pc that
 * (re)enters anywhere a wave may go on, yields at back edges, branches, barriers, and the call that
 * leaves an instruction to the interpreter.
 */
#include "finalizer/llvm/restart.h"

#include <stdio.h>

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
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef bits;
    LLVMValueRef known = cairn_lift_known_any(lift, code);
    if (known != NULL)
        return known;
    if (lift->region->any[code] != NULL)
        return lift->region->any[code];
    if (!lift->geometry->merged) {
        bits = cairn_lift_sgpr64(lift, code);
    } else {
        bits = wave_mask(lift, 0, code);
        for (uint32_t i = 1; i < cairn_geometry_waves(lift->geometry); i++)
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

/* ---- control instructions */

static LLVMValueRef return_address(struct cairn_lift *lift, uint32_t index)
{
    LLVMValueRef base = frame_load(lift, lift->i64, offsetof(struct cairn_native_frame, code_base));
    return LLVMBuildAdd(lift->builder, base,
                        cairn_lift_const64(lift, cairn_insn_end(&lift->program->insns[index])), "");
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
    return lift->geometry->merged || cairn_geometry_waves(lift->geometry) <= 1;
}

void cairn_control_build(struct cairn_lift *lift, uint32_t block, uint32_t index)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    const struct cairn_program_block *at = &lift->program->blocks[block];
    unsigned op = lift->insn->op;
    switch (op) {
    case CAIRN_OP_s_barrier:
        if (single_wave(lift))
            break;
        cairn_lift_store_pc(lift, cairn_insn_end(&lift->program->insns[index]));
        if (function->arrived != NULL)
            LLVMBuildBr(lift->builder, function->arrived);
        else
            leave(lift, CAIRN_NATIVE_BARRIER);
        return;
    case CAIRN_OP_s_sleep:
        cairn_control_yield(lift, cairn_insn_end(&lift->program->insns[index]));
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

/* ---- the interpreter */

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
