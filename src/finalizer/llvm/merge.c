/* SPDX-License-Identifier: MIT
 * Waves may run as one if nothing but vector registers and lane masks differs between them: scalar
 * registers hold either numbers, the same in all waves, or masks, of which each wave has its own
 * and which only lanes look at (lanes.h). Branches on numbers go one way for all. A branch on EXEC
 * being empty is taken when it is empty in all waves; so waves with an empty EXEC come along
 * through code that they would have skipped, which must leave nothing behind (gate.h). Loops that
 * could wait for another wave of the group are not for this.
 */
#include "finalizer/llvm/merge.h"

#include "finalizer/llvm/gate.h"

#include <stdlib.h>
#include <string.h>

/* Scalar registers in front of the loop are the first wave's alone: no instruction may look at all
 * lanes of one wave. */
static const char *check_insns(const struct cairn_lift *lift, const struct cairn_lanes *lanes)
{
    const struct cairn_program *program = lift->program;
    for (uint32_t i = 0; i < program->insn_count; i++)
        if (lanes->why[i] != NULL)
            return lanes->why[i];
    for (uint32_t i = 0; i < program->block_count; i++) {
        const struct cairn_program_block *block = &program->blocks[i];
        if (block->end == CAIRN_END_STOP || block->end == CAIRN_END_INDIRECT)
            return "runs into code that is not known";
    }
    return NULL;
}

static bool is_full(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    return lift->facts->insn[at->first + at->count - 1].exec_full;
}

static const char *check_gates(const struct cairn_lift *lift, struct cairn_gates *gates)
{
    const struct cairn_program *program = lift->program;
    for (uint32_t i = 0; i < program->block_count; i++) {
        if (!cairn_is_gate(program, i) || is_full(lift, i)) /* never empty: no way round */
            continue;
        const char *why = cairn_gate_why(gates, i);
        if (why != NULL)
            return why;
        if (cairn_gate_waits(gates, i))
            return "a loop may wait for another wave";
    }
    return NULL;
}

/* ---- the whole */

static bool has_barrier(const struct cairn_program *program)
{
    for (uint32_t i = 0; i < program->insn_count; i++)
        if (program->insns[i].insn.op == CAIRN_OP_s_barrier)
            return true;
    return false;
}

static bool has_loop(const struct cairn_program *program)
{
    for (uint32_t i = 0; i < program->block_count; i++)
        if (program->blocks[i].loop_header)
            return true;
    return false;
}

/* Without barriers, what is to win is one call for many waves (and workgroups: restart.h), which is
 * much if they are short, and what is to lose is that waves skip code alone, which is little if
 * that has no loops. rsrc2 bit 10: the workgroup info SGPR, which has the wave's number;
 * AMDGPUUsage. */
static const char *check_launch(const struct cairn_lift *lift)
{
    const struct cairn_geometry *geometry = lift->geometry;
    if (cairn_geometry_waves(geometry) <= 1)
        return "one wave";
    if (!geometry->whole_groups)
        return "workgroups of unequal size";
    if (geometry->has_scratch)
        return "has scratch";
    if (geometry->rsrc2 >> 10 & 1)
        return "knows the number of its wave";
    if (lift->program->indirect)
        return "jumps to a register";
    return has_barrier(lift->program) || !has_loop(lift->program) ? NULL : "loops, and no barriers";
}

const char *cairn_merge_why_not(const struct cairn_lift *lift)
{
    const struct cairn_lifter *lifter = cairn_lifter_of((struct cairn_lift *)lift);
    const char *why = check_launch(lift);
    if (why == NULL)
        why = check_insns(lift, lifter->lanes);
    return why == NULL ? check_gates(lift, lifter->gates) : why;
}

enum cairn_status cairn_merge_emit_table(struct cairn_lift *lift)
{
    const struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    const struct cairn_lanes *lanes = cairn_lifter_of(lift)->lanes;
    LLVMValueRef *words = calloc(3 * ((size_t)function->region_count + 1), sizeof(LLVMValueRef));
    if (words == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < function->region_count; i++) {
        uint64_t own[3];
        cairn_lanes_own_at(lift, lanes, lift->program->insns[function->regions[i]].block,
                           function->regions[i], own);
        words[3 * i] = cairn_lift_const64(lift, lift->program->insns[function->regions[i]].offset);
        words[3 * i + 1] = cairn_lift_const64(lift, own[0]);
        words[3 * i + 2] = cairn_lift_const64(lift, own[1]);
    }
    for (uint32_t i = 0; i < 3; i++)
        words[3 * function->region_count + i] = cairn_lift_const64(lift, UINT64_MAX);
    LLVMValueRef all =
        LLVMConstArray2(lift->i64, words, 3 * ((uint64_t)function->region_count + 1));
    LLVMValueRef table = LLVMAddGlobal(lift->module, LLVMTypeOf(all), CAIRN_NATIVE_OWN_SYMBOL);
    LLVMSetInitializer(table, all);
    LLVMSetGlobalConstant(table, true);
    LLVMSetAlignment(table, 8);
    free(words);
    return CAIRN_OK;
}
