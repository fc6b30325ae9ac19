/* SPDX-License-Identifier: MIT
 * Loops that lanes run one after another, in IR: the loop over chunks has one over the active lanes
 * in it, and that the turns of one lane. What a chunk does goes to the registers in memory behind
 * its last lane only, so that a fault, or going over to the vector form, finds the chunk as it was.
 * A lane makes so many turns at most, then waits for the others, as in other loops by chunk.
 */
#include "finalizer/llvm/serial_priv.h"

#include <string.h>

enum { STRIP_INSNS = 8192, USUAL_TURNS = 16 };
/* Turns that are written out one behind the other, so that only the last one counts: of loops of so
 * many instructions at most. */
enum { COPIES = 8, COPIED_INSNS = 40 };

/* ---- is it worth it? */

/* i64: the address of the first load, in a lane of the first chunk. */
static LLVMValueRef first_address(struct cairn_lift *lift, const struct cairn_serial *serial,
                                  unsigned which)
{
    const struct cairn_program_block *at = &lift->program->blocks[serial->block];
    struct cairn_serial_lane lane = {.lift = lift, .serial = serial};
    LLVMValueRef chunk = cairn_lift_const32(lift, 0), number = cairn_lift_const32(lift, which);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&serial->reads, i))
            lane.from[i] = cairn_serial_element(lift, cairn_lift_row(lift, i, chunk), number);
    for (uint32_t i = at->first; i < serial->first_load; i++)
        cairn_serial_emit_insn(&lane, i);
    cairn_serial_select(lift, serial->first_load);
    return cairn_serial_address(&lane);
}

static LLVMValueRef lanes_are_apart(struct cairn_lift *lift, const struct cairn_serial *serial)
{
    LLVMBuilderRef b = lift->builder;
    bool is_signed;
    unsigned bytes =
        cairn_serial_load_bytes(&lift->program->insns[serial->first_load].insn, &is_signed);
    LLVMValueRef first = first_address(lift, serial, 0), second = first_address(lift, serial, 1);
    LLVMValueRef step = LLVMBuildSub(b, second, first, "");
    return LLVMBuildICmp(b, LLVMIntUGT, step, cairn_lift_const64(lift, bytes), "");
}

/* ---- turns */

/* What counts turns: a pair that goes up by a step, or `left`. */
struct counter {
    LLVMValueRef slot, step, end; /* i64 */
};

static struct counter begin_count(struct cairn_lift *lift, const struct cairn_serial *serial,
                                  const struct cairn_serial_slots *slots, LLVMValueRef most,
                                  unsigned copies)
{
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < serial->pair_count; i++) {
        if (!serial->pair[i].steady || serial->pair[i].step == 0)
            continue;
        LLVMValueRef first = cairn_lift_slot_load(lift, lift->i64, slots->pair[i]);
        most = LLVMBuildMul(b, most, cairn_lift_const64(lift, serial->pair[i].step), "");
        return (struct counter){slots->pair[i], NULL, LLVMBuildAdd(b, first, most, "")};
    }
    cairn_lift_slot_store(lift, cairn_lift_const64(lift, 0), slots->left);
    return (struct counter){slots->left, cairn_lift_const64(lift, copies), most};
}

/* i1: there may be one more. */
static LLVMValueRef count(struct cairn_lift *lift, const struct counter *counter)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef now = cairn_lift_slot_load(lift, lift->i64, counter->slot);
    if (counter->step != NULL) {
        now = LLVMBuildAdd(b, now, counter->step, "");
        cairn_lift_slot_store(lift, now, counter->slot);
    }
    return LLVMBuildICmp(b, LLVMIntNE, now, counter->end, "");
}

/* One turn, and out of the loop where it was the last. */
static void emit_turn(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots,
                      LLVMBasicBlockRef out)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_program_block *at = &lift->program->blocks[lane->serial->block];
    LLVMBasicBlockRef stays = cairn_lift_block(lift, "stays");
    cairn_serial_start_turn(lane, slots);
    for (uint32_t i = 0; i + 1 < at->count; i++)
        cairn_serial_emit_insn(lane, at->first + i);
    cairn_serial_end_turn(lane, slots);
    LLVMBuildCondBr(lift->builder, lane->mask[CAIRN_CODE_EXEC_LO], stays, out);
    LLVMPositionBuilderAtEnd(lift->builder, stays);
}

/* The next turn knows nothing but what is to be checked before the first one. */
static void forget_turn(struct cairn_serial_lane *lane)
{
    struct cairn_serial_lane next = {
        .lift = lane->lift, .serial = lane->serial, .together = lane->together};
    memcpy(next.pair_used, lane->pair_used, sizeof next.pair_used);
    memcpy(next.reach, lane->reach, sizeof next.reach);
    next.reaches = lane->reaches;
    *lane = next;
}

static unsigned copies_of(const struct cairn_lift *lift, const struct cairn_serial *serial)
{
    bool few = lift->program->blocks[serial->block].count <= COPIED_INSNS;
    return few && lift->request->tier == CAIRN_TIER_FULL ? COPIES : 1;
}

/* The turns of one lane, so many at most. */
static void emit_turns(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots,
                       uint32_t turns)
{
    struct cairn_lift *lift = lane->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef check = LLVMGetInsertBlock(b);
    LLVMBasicBlockRef turn = cairn_lift_block(lift, "turn"), out = cairn_lift_block(lift, "out");
    unsigned copies = copies_of(lift, lane->serial);
    struct counter counter =
        begin_count(lift, lane->serial, slots, cairn_lift_const64(lift, turns), copies);
    LLVMPositionBuilderAtEnd(b, turn);
    for (unsigned i = 0; i < copies; i++) {
        forget_turn(lane);
        emit_turn(lane, slots, out);
    }
    LLVMValueRef may = count(lift, &counter);
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, may, turn, out));
    LLVMPositionBuilderAtEnd(b, check);
    LLVMValueRef good = cairn_serial_reach_is_good(lane, slots);
    cairn_lift_expect(lift, LLVMBuildCondBr(b, good, turn, slots->together));
    LLVMPositionBuilderAtEnd(b, out);
}

/* All active lanes of the chunk. */
static void emit_lanes(struct cairn_lift *lift, const struct cairn_serial *serial,
                       struct cairn_serial_slots *slots, uint32_t turns)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef zero = cairn_lift_const32(lift, 0);
    LLVMBasicBlockRef some = cairn_lift_block(lift, "lane"), none = cairn_lift_block(lift, "idle");
    LLVMValueRef todo = cairn_lift_slot_load(lift, lift->i32, slots->todo);
    slots->enter = cairn_lift_block(lift, "enter");
    LLVMBuildCondBr(b, LLVMBuildICmp(b, LLVMIntNE, todo, zero, ""), slots->enter, none);
    LLVMPositionBuilderAtEnd(b, some);
    todo = cairn_lift_slot_load(lift, lift->i32, slots->todo);
    LLVMValueRef count_args[] = {todo, LLVMConstInt(lift->i1, 1, false)};
    LLVMValueRef at = cairn_lift_intrinsic(lift, "llvm.cttz", &lift->i32, 1, count_args, 2);
    struct cairn_serial_lane lane = {.lift = lift, .serial = serial, .together = slots->together};
    cairn_serial_enter_lane(&lane, slots, at);
    emit_turns(&lane, slots, turns);
    cairn_serial_leave_lane(&lane, slots, at);
    LLVMValueRef rest = LLVMBuildSub(b, todo, cairn_lift_const32(lift, 1), "");
    rest = LLVMBuildAnd(b, todo, rest, "");
    cairn_lift_slot_store(lift, rest, slots->todo);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntNE, rest, zero, "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, more, some, none));
    cairn_serial_check_chunk(&lane, slots, turns, some);
    LLVMPositionBuilderAtEnd(b, none);
}

/* ---- the whole */

/* Behind a strip: once more from the header, or on. */
static void finish_strip(struct cairn_lift *lift, uint32_t block,
                         const struct cairn_serial_slots *slots, uint32_t turns)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef again = cairn_lift_slot_load(lift, lift->i1, slots->again);
    LLVMValueRef insns =
        LLVMBuildSelect(b, again, cairn_lift_const64(lift, (uint64_t)turns * at->count),
                        cairn_lift_const64(lift, (uint64_t)USUAL_TURNS * at->count), "");
    LLVMValueRef fuel = cairn_control_burn(lift, insns);
    LLVMBasicBlockRef on = cairn_lift_block(lift, "strip"), rest = cairn_lift_block(lift, "yield");
    uint32_t exit = at->taken == block ? at->next : at->taken;
    LLVMBasicBlockRef behind = cairn_control_edge(lift, block, exit);
    LLVMBuildCondBr(b, again, on, behind);
    LLVMPositionBuilderAtEnd(b, on);
    LLVMValueRef fuelled = LLVMBuildICmp(b, LLVMIntSGT, fuel, cairn_lift_const64(lift, 0), "");
    LLVMBuildCondBr(b, fuelled, cairn_lifter_of(lift)->function.blocks[block], rest);
    LLVMPositionBuilderAtEnd(b, rest);
    cairn_control_yield(lift, at->offset);
}

void cairn_serial_emit(struct cairn_lift *lift, const struct cairn_serial *serial)
{
    const struct cairn_program_block *at = &lift->program->blocks[serial->block];
    struct cairn_serial_slots slots = {.todo = NULL};
    uint32_t turns = (STRIP_INSNS / at->count + COPIES) / COPIES * COPIES;
    cairn_region_lane(lift, false);
    LLVMBasicBlockRef apart = cairn_lift_block(lift, "apart");
    slots.together = cairn_lift_block(lift, "together");
    LLVMValueRef choice = lanes_are_apart(lift, serial);
    LLVMBuildCondBr(lift->builder, choice, apart, slots.together);
    LLVMPositionBuilderAtEnd(lift->builder, apart);
    cairn_serial_make_slots(lift, serial, &slots);
    cairn_lift_slot_store(lift, LLVMConstNull(lift->i1), slots.again);
    cairn_lift_store_pc(lift, at->offset);
    cairn_region_begin_chunks(lift, at->first, true);
    cairn_serial_enter_chunk(lift, serial, &slots);
    emit_lanes(lift, serial, &slots, turns);
    cairn_serial_leave_chunk(lift, serial, &slots);
    cairn_region_end_chunks(lift);
    cairn_region_lane(lift, false);
    cairn_region_forget_scalars(lift);
    finish_strip(lift, serial->block, &slots, turns);
    cairn_region_lane(lift, false);
    LLVMPositionBuilderAtEnd(lift->builder, slots.together);
    cairn_region_start_block(lift, serial->block);
}
