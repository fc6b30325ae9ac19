/* SPDX-License-Identifier: MIT
 * Which blocks are loops that may run by chunk, and their IR.
 *
 * Legal are loops of one block without stores, atomics and anything that needs all lanes, that go
 * on while a scalar condition holds (the same for all chunks) or while EXEC has bits. A chunk makes
 * a strip of turns, then the next one; behind a strip the state in memory is that of a wave at the
 * loop's header, so that fuel, faults and waiting work as everywhere. A chunk whose part of EXEC is
 * empty stops early: more turns would change none of its registers, nor any mask that matters
 * (checked). Scalar registers come from the chunk that made the most turns.
 */
#include "finalizer/llvm/loop.h"

#include "finalizer/llvm/idle.h"

#include <string.h>

enum { STRIP_INSNS = 8192, SCALARS = CAIRN_SREGS + 2 };

struct plan_sets {
    struct cairn_regs lanes_read, lanes_written; /* v: all; s: as masks */
    struct cairn_regs scalar_read, scalar_written;
};

/* ---- is it one? */

static const struct cairn_insn *last_insn(const struct cairn_lift *lift,
                                          const struct cairn_program_block *at)
{
    return &lift->program->insns[at->first + at->count - 1].insn;
}

/* Looks at other chunks' lanes, or from the scalar side at lanes. */
static bool crosses_chunks(const struct cairn_lift *lift, const struct cairn_insn *insn,
                           unsigned mode)
{
    unsigned slot;
    return cairn_lift_looks_across(insn, lift->width, &slot) ||
           (mode == CAIRN_PLAN_SCALAR && insn->encoding >= CAIRN_ENC_VOP1);
}

static bool has_form(const struct cairn_lift *lift, uint32_t block, const struct cairn_plan *plans)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    if (at->end != CAIRN_END_COND || at->count < 2 || (at->taken != block && at->next != block) ||
        at->taken == at->next)
        return false;
    bool lanes = false;
    for (uint32_t i = 0; i + 1 < at->count; i++) {
        const struct cairn_program_insn *insn = &lift->program->insns[at->first + i];
        bool lane = plans[i].mode == CAIRN_PLAN_LANE || plans[i].mode == CAIRN_PLAN_MASK_LANE;
        bool idle = plans[i].mode == CAIRN_PLAN_NONE && !cairn_lift_is_order(&insn->insn);
        lanes = lanes || lane;
        if ((!lane && !idle && plans[i].mode != CAIRN_PLAN_SCALAR) ||
            (plans[i].region_ends && i + 2 < at->count))
            return false;
        if ((insn->flags & (CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC)) ||
            crosses_chunks(lift, &insn->insn, plans[i].mode))
            return false;
    }
    return lanes;
}

static void add_regs(struct cairn_regs *to, const struct cairn_regs *from)
{
    for (unsigned i = 0; i < 3; i++)
        to->s[i] |= from->s[i];
    for (unsigned i = 0; i < 8; i++)
        to->v[i] |= from->v[i];
}

/* Of a vector instruction: masks are what the lanes read and write; the rest are numbers. */
static void add_lane(struct plan_sets *sets, const struct cairn_insn *insn,
                     const struct cairn_regs *reads, const struct cairn_regs *writes)
{
    struct cairn_regs masks = *reads, numbers;
    memset(masks.s, 0, sizeof masks.s);
    cairn_regs_add_s(&masks, CAIRN_CODE_EXEC_LO);
    cairn_regs_add_s(&masks, CAIRN_CODE_EXEC_HI);
    if (cairn_isa_flags(insn) & CAIRN_ISA_READS_VCC) { /* v_div_fmas */
        cairn_regs_add_s(&masks, CAIRN_CODE_VCC_LO);
        cairn_regs_add_s(&masks, CAIRN_CODE_VCC_HI);
    }
    memset(&numbers, 0, sizeof numbers);
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        bool source = i != CAIRN_SLOT_DST && i != CAIRN_SLOT_SDST;
        for (unsigned d = 0; operand->code < 128 && source && d < operand->dwords; d++)
            cairn_regs_add_s(operand->type == CAIRN_TYPE_MASK ? &masks : &numbers,
                             operand->code + d);
    }
    add_regs(&sets->lanes_read, &masks);
    add_regs(&sets->lanes_written, writes);
    add_regs(&sets->scalar_read, &numbers);
}

static bool collect(const struct cairn_lift *lift, uint32_t block, const struct cairn_plan *plans,
                    struct plan_sets *sets)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    memset(sets, 0, sizeof *sets);
    for (uint32_t i = 0; i + 1 < at->count; i++) {
        const struct cairn_insn *insn = &lift->program->insns[at->first + i].insn;
        struct cairn_regs reads, writes;
        bool any;
        memset(&reads, 0, sizeof reads);
        memset(&writes, 0, sizeof writes);
        cairn_insn_registers(insn, &reads, &writes, &any);
        if (any)
            return false;
        if (plans[i].mode == CAIRN_PLAN_LANE)
            add_lane(sets, insn, &reads, &writes);
        if (plans[i].mode == CAIRN_PLAN_MASK_LANE) {
            if (cairn_regs_has_s(&reads, CAIRN_SREG_SCC))
                return false;
            add_regs(&sets->lanes_read, &reads);
            add_regs(&sets->lanes_written, &writes);
        }
        if (plans[i].mode == CAIRN_PLAN_SCALAR) {
            add_regs(&sets->scalar_read, &reads);
            add_regs(&sets->scalar_written, &writes);
        }
    }
    return true;
}

static bool meet_in_registers(const struct cairn_regs *a, const struct cairn_regs *b)
{
    return (a->s[0] & b->s[0]) | (a->s[1] & b->s[1]);
}

/* The loop's condition is known to each chunk. */
static bool has_condition(const struct cairn_lift *lift, uint32_t block,
                          const struct cairn_plan *plans, const struct plan_sets *sets,
                          bool *by_exec)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    int scc_of = -1;
    for (uint32_t i = 0; i + 1 < at->count; i++) {
        const struct cairn_program_insn *insn = &lift->program->insns[at->first + i];
        if (!(insn->flags & CAIRN_ISA_WRITES_SCC))
            continue;
        scc_of = -1;
        if (plans[i].mode == CAIRN_PLAN_MASK_LANE)
            scc_of = insn->flags & CAIRN_ISA_WRITES_EXEC ? CAIRN_CODE_EXEC_LO
                                                         : insn->insn.slot[CAIRN_SLOT_DST].code;
    }
    bool lanes_set_exec = cairn_regs_has_s(&sets->lanes_written, CAIRN_CODE_EXEC_LO);
    switch (last_insn(lift, at)->op) {
    case CAIRN_OP_s_cbranch_scc0:
    case CAIRN_OP_s_cbranch_scc1:
        *by_exec = false;
        return scc_of < 0 && cairn_regs_has_s(&sets->scalar_written, CAIRN_SREG_SCC);
    case CAIRN_OP_s_cbranch_execz:
        *by_exec = true;
        return lanes_set_exec && at->next == block;
    case CAIRN_OP_s_cbranch_execnz:
        *by_exec = true;
        return lanes_set_exec && at->taken == block;
    default:
        return false;
    }
}

static void idle_turn(const struct cairn_lift *lift, uint32_t block, const struct cairn_plan *plans,
                      uint8_t *idle)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    for (uint32_t i = 0; i + 1 < at->count; i++) {
        const struct cairn_program_insn *insn = &lift->program->insns[at->first + i];
        struct cairn_regs reads, writes;
        bool any;
        memset(&reads, 0, sizeof reads);
        memset(&writes, 0, sizeof writes);
        cairn_insn_registers(&insn->insn, &reads, &writes, &any);
        uint8_t result = plans[i].mode == CAIRN_PLAN_LANE ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
        bool plain_mask =
            plans[i].mode == CAIRN_PLAN_MASK_LANE &&
            (insn->insn.op == CAIRN_OP_s_mov_b64 || insn->insn.encoding == CAIRN_ENC_SOP2);
        if (plain_mask)
            result = cairn_idle_result(idle, &insn->insn);
        for (unsigned code = 0; code < 128; code++)
            if (cairn_regs_has_s(&writes, code))
                idle[code] = result;
    }
}

/* A chunk may stop when its part of EXEC is empty: no mask that is looked at later would change,
 * and EXEC would stay empty. */
static bool rests_idle(const struct cairn_lift *lift, uint32_t block,
                       const struct cairn_plan *plans, const struct plan_sets *sets)
{
    uint8_t idle[128];
    for (unsigned i = 0; i < 128; i++)
        idle[i] = CAIRN_IDLE_SAME;
    idle[CAIRN_CODE_EXEC_LO] = idle[CAIRN_CODE_EXEC_HI] = CAIRN_IDLE_ZERO;
    idle_turn(lift, block, plans, idle);
    for (unsigned i = 0; i < CAIRN_CODE_EXEC_LO; i++)
        if (cairn_regs_has_s(&sets->lanes_written, i) && idle[i] != CAIRN_IDLE_SAME &&
            cairn_regs_has_s(&lift->live->live_out[block], i))
            return false;
    return idle[CAIRN_CODE_EXEC_LO] == CAIRN_IDLE_ZERO;
}

/* SCC of a lane mask is only known behind all chunks: nobody may ask for it later. */
static bool scc_is_free(const struct cairn_lift *lift, uint32_t block, const struct plan_sets *sets)
{
    return !cairn_regs_has_s(&sets->lanes_written, CAIRN_SREG_SCC) ||
           (!cairn_regs_has_s(&lift->live->live_out[block], CAIRN_SREG_SCC) &&
            !cairn_regs_has_s(&lift->live->live_in[block], CAIRN_SREG_SCC));
}

static bool is_loop(const struct cairn_lift *lift, uint32_t block, const struct cairn_plan *plans,
                    struct plan_sets *sets, bool *by_exec)
{
    return has_form(lift, block, plans) && collect(lift, block, plans, sets) &&
           !meet_in_registers(&sets->lanes_written, &sets->scalar_read) &&
           !meet_in_registers(&sets->lanes_written, &sets->scalar_written) &&
           scc_is_free(lift, block, sets) && has_condition(lift, block, plans, sets, by_exec) &&
           (!*by_exec || rests_idle(lift, block, plans, sets));
}

/* ---- slots */

static LLVMValueRef new_slot(struct cairn_lift *lift, LLVMTypeRef type)
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
    if (lift->region->loop == NULL)
        return NULL;
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMValueRef slot = new_slot(lift, type);
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

LLVMValueRef cairn_loop_sgpr_pointer(struct cairn_lift *lift, unsigned code)
{
    return dword_of(lift, lift->region->loop->scalars, code);
}

static void make_slots(struct cairn_lift *lift, struct cairn_loop *loop,
                       const struct plan_sets *sets)
{
    LLVMTypeRef scalars = LLVMArrayType2(lift->i32, SCALARS);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&sets->lanes_read, i) || cairn_regs_has_v(&sets->lanes_written, i))
            loop->row[i] = new_slot(lift, lift->v32);
    for (unsigned i = 0; i < 128; i += 2) {
        bool scalar = cairn_regs_has_s(&sets->scalar_written, i) ||
                      cairn_regs_has_s(&sets->scalar_written, i + 1);
        bool lanes =
            cairn_regs_has_s(&sets->lanes_read, i) || cairn_regs_has_s(&sets->lanes_written, i);
        loop->inside[i] = loop->inside[i + 1] = scalar;
        if (lanes && !scalar)
            loop->mask[i] = new_slot(lift, cairn_lift_mask_type(lift));
    }
    loop->inside[CAIRN_SREG_SCC] = true;
    loop->scalars = new_slot(lift, scalars);
    loop->best = new_slot(lift, scalars);
    loop->left = new_slot(lift, lift->i32);
    loop->least = new_slot(lift, lift->i32);
    loop->again = new_slot(lift, lift->i1);
}

static LLVMValueRef load(struct cairn_lift *lift, LLVMTypeRef type, LLVMValueRef at)
{
    return LLVMBuildLoad2(lift->builder, type, at, "");
}

static void store(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef at)
{
    LLVMBuildStore(lift->builder, value, at);
}

/* Runs `lift` as if no loop were there, to reach the wave's own registers. */
static LLVMValueRef outer_pointer(struct cairn_lift *lift, unsigned code)
{
    size_t offset = code == CAIRN_SREG_SCC ? offsetof(struct cairn_wave, scc)
                                           : offsetof(struct cairn_wave, sgpr) + 4 * code;
    return cairn_lift_wave_field(lift, lift->wave, offset);
}

/* ---- from memory to slots and back */

static void enter_chunk(struct cairn_lift *lift, struct cairn_loop *loop, LLVMValueRef *start,
                        uint32_t turns)
{
    struct cairn_lift_region *region = lift->region;
    region->loop = NULL; /* pointers into memory */
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (loop->row[i] != NULL)
            store(lift,
                  cairn_lift_state_load(lift, lift->v32, cairn_lift_register_pointer(lift, i),
                                        4 * lift->width),
                  loop->row[i]);
    for (unsigned i = 0; i < 128; i += 2)
        if (loop->mask[i] != NULL)
            store(lift,
                  cairn_lift_state_load(lift, cairn_lift_mask_type(lift),
                                        cairn_lift_mask_pointer(lift, i), lift->width / 8),
                  loop->mask[i]);
    region->loop = loop;
    for (unsigned i = 0; i < CAIRN_SREGS; i++)
        if (loop->inside[i])
            store(lift, start[i], cairn_loop_sgpr_pointer(lift, i));
    store(lift, cairn_lift_const32(lift, turns), loop->left);
}

static void leave_chunk(struct cairn_lift *lift, uint32_t block, struct cairn_loop *loop,
                        const struct plan_sets *sets)
{
    struct cairn_lift_region *region = lift->region;
    const struct cairn_liveness *live = lift->live;
    LLVMBuilderRef b = lift->builder;
    region->loop = NULL;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&sets->lanes_written, i) &&
            cairn_regs_has_v(&live->live_out[block], i))
            cairn_lift_state_store(lift, load(lift, lift->v32, loop->row[i]),
                                   cairn_lift_register_pointer(lift, i), 4 * lift->width);
    for (unsigned i = 0; i < 128; i += 2)
        if (loop->mask[i] != NULL && cairn_regs_has_s(&sets->lanes_written, i))
            cairn_lift_state_store(lift, load(lift, cairn_lift_mask_type(lift), loop->mask[i]),
                                   cairn_lift_mask_pointer(lift, i), lift->width / 8);
    region->loop = loop;
    LLVMValueRef left = load(lift, lift->i32, loop->left);
    LLVMValueRef least = load(lift, lift->i32, loop->least);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntULT, left, least, "");
    store(lift, LLVMBuildSelect(b, more, left, least, ""), loop->least);
    for (unsigned i = 0; i < CAIRN_SREGS; i++) {
        if (!loop->inside[i])
            continue;
        LLVMValueRef mine = load(lift, lift->i32, cairn_loop_sgpr_pointer(lift, i));
        LLVMValueRef at = dword_of(lift, loop->best, i);
        store(lift, LLVMBuildSelect(b, more, mine, load(lift, lift->i32, at), ""), at);
    }
}

/* ---- one turn */

static void emit_body(struct cairn_lift *lift, uint32_t block, struct cairn_loop *loop,
                      const struct cairn_plan *plans)
{
    struct cairn_lift_region *region = lift->region;
    const struct cairn_program_block *at = &lift->program->blocks[block];
    cairn_region_start_block(lift, block);
    cairn_region_forget_lanes(lift);
    region->first = at->first;
    region->last = at->first + at->count - 2;
    for (uint32_t i = 0; i + 1 < at->count; i++) {
        cairn_control_emit(lift, block, i, plans);
        cairn_region_advance(region->shape, lift, at->first + i);
    }
    cairn_region_lane(lift, true);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (region->dirty[i])
            store(lift, cairn_lift_register(lift, i), loop->row[i]);
}

/* i1: this chunk wants another turn. */
static LLVMValueRef condition(struct cairn_lift *lift, uint32_t block,
                              const struct cairn_loop *loop)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBuilderRef b = lift->builder;
    if (loop->by_exec) {
        LLVMTypeRef type = cairn_lift_mask_type(lift);
        LLVMValueRef exec = load(lift, type, loop->mask[CAIRN_CODE_EXEC_LO]);
        return LLVMBuildICmp(b, LLVMIntNE, exec, LLVMConstNull(type), "");
    }
    LLVMValueRef scc = cairn_lift_scc(lift);
    bool if_set = (last_insn(lift, at)->op == CAIRN_OP_s_cbranch_scc1) == (at->taken == block);
    return if_set ? scc : LLVMBuildNot(b, scc, "");
}

static void emit_turns(struct cairn_lift *lift, uint32_t block, struct cairn_loop *loop,
                       const struct cairn_plan *plans)
{
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef turn = cairn_lift_block(lift, "turn"), out = cairn_lift_block(lift, "out");
    LLVMBuildBr(b, turn);
    LLVMPositionBuilderAtEnd(b, turn);
    emit_body(lift, block, loop, plans);
    LLVMValueRef wants = condition(lift, block, loop);
    LLVMValueRef left =
        LLVMBuildSub(b, load(lift, lift->i32, loop->left), cairn_lift_const32(lift, 1), "");
    store(lift, left, loop->left);
    LLVMValueRef may = LLVMBuildICmp(b, LLVMIntNE, left, cairn_lift_const32(lift, 0), "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, LLVMBuildAnd(b, wants, may, ""), turn, out));
    LLVMPositionBuilderAtEnd(b, out);
    LLVMValueRef again = LLVMBuildOr(b, load(lift, lift->i1, loop->again), wants, "");
    store(lift, again, loop->again);
}

/* ---- the whole */

static void load_start(struct cairn_lift *lift, const struct cairn_loop *loop, LLVMValueRef *start)
{
    for (unsigned i = 0; i < CAIRN_SREGS; i++)
        if (loop->inside[i])
            start[i] = cairn_lift_state_load(lift, lift->i32, outer_pointer(lift, i), 4);
}

static void store_best(struct cairn_lift *lift, const struct cairn_loop *loop,
                       const struct plan_sets *sets)
{
    for (unsigned i = 0; i < CAIRN_SREGS; i++) {
        if (!loop->inside[i])
            continue;
        LLVMValueRef value = load(lift, lift->i32, dword_of(lift, loop->best, i));
        if (i < CAIRN_SREG_SCC && cairn_regs_has_s(&sets->scalar_written, i))
            cairn_lift_store_sgpr(lift, i, 1, value);
        else
            cairn_lift_state_store(lift, value, outer_pointer(lift, i), 4);
    }
}

/* Behind a strip: once more from the header, or on. */
static void finish_strip(struct cairn_lift *lift, uint32_t block, const struct cairn_loop *loop,
                         const struct plan_sets *sets, uint32_t turns)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBuilderRef b = lift->builder;
    store_best(lift, loop, sets);
    LLVMValueRef made =
        LLVMBuildSub(b, cairn_lift_const32(lift, turns), load(lift, lift->i32, loop->least), "");
    LLVMValueRef insns = LLVMBuildMul(b, LLVMBuildZExt(b, made, lift->i64, ""),
                                      cairn_lift_const64(lift, at->count), "");
    LLVMValueRef fuel = cairn_control_burn(lift, insns);
    LLVMBasicBlockRef on = cairn_lift_block(lift, "strip"), rest = cairn_lift_block(lift, "yield");
    uint32_t exit = at->taken == block ? at->next : at->taken;
    LLVMValueRef again = load(lift, lift->i1, loop->again);
    LLVMBasicBlockRef behind = cairn_control_edge(lift, block, exit);
    LLVMBuildCondBr(b, again, on, behind);
    LLVMPositionBuilderAtEnd(b, on);
    LLVMValueRef fuelled = LLVMBuildICmp(b, LLVMIntSGT, fuel, cairn_lift_const64(lift, 0), "");
    LLVMBuildCondBr(b, fuelled, cairn_lifter_of(lift)->function.blocks[block], rest);
    LLVMPositionBuilderAtEnd(b, rest);
    cairn_control_yield(lift, at->offset);
}

bool cairn_loop_emit(struct cairn_lift *lift, uint32_t block, const struct cairn_plan *plans)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    struct plan_sets sets;
    bool by_exec;
    if (!is_loop(lift, block, plans, &sets, &by_exec))
        return false;
    struct cairn_loop loop = {.by_exec = by_exec};
    LLVMValueRef start[CAIRN_SREGS] = {NULL};
    uint32_t turns = STRIP_INSNS / at->count + 1;
    bool memory = cairn_region_may_fault(lift, at->first, at->first + at->count - 1);
    cairn_region_lane(lift, false);
    make_slots(lift, &loop, &sets);
    load_start(lift, &loop, start);
    store(lift, cairn_lift_const32(lift, turns + 1), loop.least);
    store(lift, LLVMConstNull(lift->i1), loop.again);
    if (memory)
        cairn_lift_store_pc(lift, at->offset);
    cairn_region_begin_chunks(lift, at->first, memory);
    enter_chunk(lift, &loop, start, turns);
    emit_turns(lift, block, &loop, plans);
    leave_chunk(lift, block, &loop, &sets);
    lift->region->loop = NULL;
    cairn_region_end_chunks(lift);
    cairn_region_lane(lift, false);
    cairn_region_forget_scalars(lift);
    finish_strip(lift, block, &loop, &sets, turns);
    return true;
}
