/* SPDX-License-Identifier: MIT
 * Loops that lanes run one after another, in IR: the loop over chunks has one over the active lanes
 * in it, and that the turns of one lane. What a chunk does goes to the registers in memory behind
 * its last lane only, so that a fault, or going over to the vector form, finds the chunk as it was.
 * A lane makes so many turns at most, then waits for the others, as in other loops by chunk.
 */
#include "finalizer/llvm/serial_lane.h"

#include <string.h>

enum { STRIP_INSNS = 8192, USUAL_TURNS = 16 };

/* Stack slots of the loop. */
struct slots {
    LLVMValueRef from[CAIRN_VREGS]; /* the register's own row */
    LLVMValueRef row[CAIRN_VREGS];  /* what the chunk leaves there */
    LLVMValueRef bits[128];         /* i32: masks of the chunk, by the even code */
    LLVMValueRef value[CAIRN_VREGS], pair[CAIRN_SERIAL_PAIRS], mask[128]; /* of the lane */
    LLVMValueRef todo, left, again;
    LLVMBasicBlockRef together;
};

static LLVMValueRef slot(struct cairn_lift *lift, LLVMTypeRef type, unsigned align)
{
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMPositionBuilderBefore(lift->builder, LLVMGetFirstInstruction(entry));
    LLVMValueRef made = LLVMBuildAlloca(lift->builder, type, "");
    LLVMSetAlignment(made, align);
    LLVMPositionBuilderAtEnd(lift->builder, here);
    return made;
}

static LLVMValueRef load(struct cairn_lift *lift, LLVMTypeRef type, LLVMValueRef at)
{
    return LLVMBuildLoad2(lift->builder, type, at, "");
}

static void store(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef at)
{
    LLVMBuildStore(lift->builder, value, at);
}

static LLVMValueRef element(struct cairn_lift *lift, LLVMValueRef row, LLVMValueRef lane)
{
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i32, row, &lane, 1, "");
}

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
            lane.from[i] = element(lift, cairn_lift_row(lift, i, chunk), number);
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

/* ---- chunks */

static bool written(const struct cairn_serial *serial, unsigned vreg)
{
    return cairn_regs_has_v(&serial->writes, vreg);
}

/* Registers that lanes begin with, and that they leave behind. */
static bool takes(const struct cairn_lift *lift, const struct cairn_serial *serial, unsigned vreg)
{
    return cairn_regs_has_v(&lift->live->live_in[serial->block], vreg) &&
           (cairn_regs_has_v(&serial->reads, vreg) || written(serial, vreg));
}

static bool leaves(const struct cairn_lift *lift, const struct cairn_serial *serial, unsigned vreg)
{
    return cairn_regs_has_v(&lift->live->live_out[serial->block], vreg) && written(serial, vreg);
}

static bool has_pair(const struct cairn_regs *regs, unsigned code)
{
    return cairn_regs_has_s(regs, code) || cairn_regs_has_s(regs, code + 1);
}

static bool leaves_mask(const struct cairn_lift *lift, const struct cairn_serial *serial,
                        unsigned code)
{
    return cairn_regs_has_s(&serial->writes, code) &&
           (code == CAIRN_CODE_EXEC_LO || has_pair(&lift->live->live_out[serial->block], code));
}

static bool has_mask(const struct cairn_lift *lift, const struct cairn_serial *serial,
                     unsigned code)
{
    return leaves_mask(lift, serial, code) || (cairn_regs_has_s(&serial->reads, code) &&
                                               has_pair(&lift->live->live_in[serial->block], code));
}

static void make_slots(struct cairn_lift *lift, const struct cairn_serial *serial,
                       struct slots *slots)
{
    LLVMTypeRef row = LLVMArrayType2(lift->i32, lift->width);
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (leaves(lift, serial, i))
            slots->row[i] = slot(lift, row, 4 * lift->width);
        if (cairn_regs_has_v(&serial->reads, i) || written(serial, i))
            slots->value[i] = slot(lift, lift->i32, 4);
    }
    for (unsigned i = 0; i < serial->pair_count; i++)
        slots->pair[i] = slot(lift, lift->i64, 8);
    for (unsigned i = 0; i < 128; i += 2)
        if (has_mask(lift, serial, i)) {
            slots->bits[i] = slot(lift, lift->i32, 4);
            slots->mask[i] = slot(lift, lift->i1, 1);
        }
    slots->todo = slot(lift, lift->i32, 4);
    slots->left = slot(lift, lift->i64, 8);
    slots->again = slot(lift, lift->i1, 1);
}

static void enter_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                        struct slots *slots)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (takes(lift, serial, i) || slots->row[i] != NULL)
            slots->from[i] = slots->row[i] != NULL ? cairn_lift_register_place(lift, i)
                                                   : cairn_lift_register_pointer(lift, i);
        if (slots->row[i] != NULL)
            store(lift, cairn_lift_state_load(lift, lift->v32, slots->from[i], 4 * lift->width),
                  slots->row[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (slots->bits[i] == NULL)
            continue;
        LLVMValueRef bits = cairn_lift_state_load(
            lift, cairn_lift_mask_type(lift), cairn_lift_mask_pointer(lift, i), lift->width / 8);
        store(lift, LLVMBuildZExt(lift->builder, bits, lift->i32, ""), slots->bits[i]);
    }
    store(lift, load(lift, lift->i32, slots->bits[CAIRN_CODE_EXEC_LO]), slots->todo);
}

static void leave_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                        const struct slots *slots)
{
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (slots->row[i] != NULL)
            cairn_lift_state_store(lift, load(lift, lift->v32, slots->row[i]), slots->from[i],
                                   4 * lift->width);
    for (unsigned i = 0; i < 128; i += 2) {
        if (!leaves_mask(lift, serial, i))
            continue;
        LLVMValueRef bits = load(lift, lift->i32, slots->bits[i]);
        cairn_lift_state_store(lift, LLVMBuildTrunc(b, bits, cairn_lift_mask_type(lift), ""),
                               cairn_lift_mask_pointer(lift, i), lift->width / 8);
    }
    LLVMValueRef exec = load(lift, lift->i32, slots->bits[CAIRN_CODE_EXEC_LO]);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntNE, exec, cairn_lift_const32(lift, 0), "");
    store(lift, LLVMBuildOr(b, load(lift, lift->i1, slots->again), more, ""), slots->again);
}

/* ---- lanes */

static void enter_lane(struct cairn_serial_lane *lane, const struct slots *slots, LLVMValueRef at)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (takes(lift, serial, i)) {
            LLVMValueRef value = load(lift, lift->i32, element(lift, slots->from[i], at));
            cairn_lift_tag_state(lift, value);
            store(lift, value, slots->value[i]);
        }
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef low = load(lift, lift->i32, slots->value[serial->pair[i].low]);
        LLVMValueRef high = load(lift, lift->i32, slots->value[serial->pair[i].high]);
        store(lift, cairn_serial_join(lane, low, high), slots->pair[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (slots->bits[i] == NULL)
            continue;
        LLVMValueRef bit = LLVMBuildLShr(b, load(lift, lift->i32, slots->bits[i]), at, "");
        store(lift, LLVMBuildTrunc(b, bit, lift->i1, ""), slots->mask[i]);
    }
}

/* Registers of one lane that are live in front of the block `at`. */
static void leave_registers(struct cairn_lift *lift, const struct slots *slots, uint32_t block,
                            LLVMValueRef at)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (slots->row[i] != NULL && cairn_regs_has_v(&lift->live->live_in[block], i))
            store(lift, load(lift, lift->i32, slots->value[i]), element(lift, slots->row[i], at));
}

static void split_pairs(struct cairn_lift *lift, const struct cairn_serial *serial,
                        const struct slots *slots)
{
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef value = load(lift, lift->i64, slots->pair[i]);
        store(lift, cairn_serial_low_half(lift, value), slots->value[serial->pair[i].low]);
        store(lift, cairn_serial_high_half(lift, value), slots->value[serial->pair[i].high]);
    }
}

/* A lane that has left needs nothing of what only the loop reads. */
static void leave_lane(struct cairn_serial_lane *lane, const struct slots *slots, LLVMValueRef at)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    const struct cairn_program_block *block = &lift->program->blocks[serial->block];
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef stays = cairn_lift_block(lift, "stayed"),
                      left = cairn_lift_block(lift, "left");
    split_pairs(lift, serial, slots);
    leave_registers(lift, slots, block->taken == serial->block ? block->next : block->taken, at);
    LLVMValueRef exec = load(lift, lift->i1, slots->mask[CAIRN_CODE_EXEC_LO]);
    LLVMBuildCondBr(b, exec, stays, left);
    LLVMPositionBuilderAtEnd(b, stays);
    leave_registers(lift, slots, serial->block, at);
    LLVMBuildBr(b, left);
    LLVMPositionBuilderAtEnd(b, left);
    for (unsigned i = 0; i < 128; i += 2) {
        if (!leaves_mask(lift, serial, i))
            continue;
        LLVMValueRef one = LLVMBuildShl(b, cairn_lift_const32(lift, 1), at, "");
        LLVMValueRef bit = LLVMBuildZExt(b, load(lift, lift->i1, slots->mask[i]), lift->i32, "");
        LLVMValueRef rest =
            LLVMBuildAnd(b, load(lift, lift->i32, slots->bits[i]), LLVMBuildNot(b, one, ""), "");
        store(lift, LLVMBuildOr(b, rest, LLVMBuildShl(b, bit, at, ""), ""), slots->bits[i]);
    }
}

static void start_turn(struct cairn_serial_lane *lane, const struct slots *slots)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    memcpy(lane->from, slots->value, sizeof lane->from);
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef value = load(lift, lift->i64, slots->pair[i]);
        lane->value[serial->pair[i].low] = cairn_serial_low_half(lift, value);
        lane->value[serial->pair[i].high] = cairn_serial_high_half(lift, value);
        cairn_serial_remember(lane, lane->value[serial->pair[i].low],
                              lane->value[serial->pair[i].high], value);
    }
    for (unsigned i = 0; i < 128; i += 2)
        if (slots->mask[i] != NULL)
            lane->mask[i] = load(lift, lift->i1, slots->mask[i]);
    lane->mask[CAIRN_CODE_EXEC_LO] = LLVMConstInt(lift->i1, 1, false); /* or it would not turn */
    if (serial->leaving != 0)
        lane->mask[serial->leaving] = LLVMConstNull(lift->i1); /* likewise; see emit_turns */
}

static void end_turn(struct cairn_serial_lane *lane, const struct slots *slots)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    for (unsigned i = 0; i < serial->pair_count; i++)
        store(lift,
              cairn_serial_join(lane, cairn_serial_get(lane, serial->pair[i].low),
                                cairn_serial_get(lane, serial->pair[i].high)),
              slots->pair[i]);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (lane->dirty[i])
            store(lift, lane->value[i], slots->value[i]);
    for (unsigned i = 0; i < 128; i += 2)
        if (lane->put[i] && slots->mask[i] != NULL)
            store(lift, lane->mask[i], slots->mask[i]);
}

/* i1: [value + first, value + end) lies in the window. */
static LLVMValueRef span_inside(struct cairn_lift *lift, LLVMValueRef value, int64_t first,
                                int64_t end)
{
    LLVMBuilderRef b = lift->builder;
    value = LLVMBuildAdd(b, value, cairn_lift_const64(lift, (uint64_t)first), "");
    value = LLVMBuildSub(b, value, lift->window_base, "");
    LLVMValueRef args[] = {lift->window_size, cairn_lift_const64(lift, (uint64_t)(end - first))};
    LLVMValueRef top = cairn_lift_intrinsic(lift, "llvm.usub.sat", &lift->i64, 1, args, 2);
    return LLVMBuildICmp(b, LLVMIntULT, value, top, "");
}

static LLVMValueRef base_of(struct cairn_serial_lane *lane, const struct slots *slots,
                            const struct cairn_serial_near *near)
{
    LLVMValueRef half[2];
    if (near->base != NULL)
        return near->base;
    for (unsigned i = 0; i < 2; i++)
        half[i] =
            cairn_code_is_vector(near->code[i])
                ? load(lane->lift, lane->lift->i32, slots->value[cairn_vreg_of_code(near->code[i])])
                : near->half[i];
    struct cairn_serial_lane before = {.lift = lane->lift};
    return cairn_serial_join(&before, half[0], half[1]);
}

/* In front of the first turn: is all that the lane can reach in the window? */
static LLVMValueRef reach_is_good(struct cairn_serial_lane *lane, const struct slots *slots,
                                  uint32_t turns)
{
    enum { SLACK = 8192 }; /* offsets of instructions, and elements */
    struct cairn_lift *lift = lane->lift;
    LLVMValueRef good = LLVMConstInt(lift->i1, 1, false);
    for (unsigned i = 0; i < lane->serial->pair_count; i++) {
        if (!lane->pair_used[i])
            continue;
        int64_t end = (int64_t)lane->serial->pair[i].step * (turns + 1) + SLACK;
        LLVMValueRef first = load(lift, lift->i64, slots->pair[i]);
        good = LLVMBuildAnd(lift->builder, good, span_inside(lift, first, -SLACK, end), "");
    }
    for (unsigned i = 0; i < lane->reaches; i++) {
        int64_t span = ((int64_t)1 << lane->reach[i].bits) + SLACK;
        LLVMValueRef base = base_of(lane, slots, &lane->reach[i]);
        good = LLVMBuildAnd(lift->builder, good, span_inside(lift, base, -span, span), "");
    }
    return good;
}

/* What counts turns: a pair that goes up by a step, or `left`. */
struct counter {
    LLVMValueRef slot, step, end; /* i64 */
};

static struct counter begin_count(struct cairn_lift *lift, const struct cairn_serial *serial,
                                  const struct slots *slots, LLVMValueRef most)
{
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < serial->pair_count; i++) {
        if (!serial->pair[i].steady || serial->pair[i].step == 0)
            continue;
        LLVMValueRef first = load(lift, lift->i64, slots->pair[i]);
        most = LLVMBuildMul(b, most, cairn_lift_const64(lift, serial->pair[i].step), "");
        return (struct counter){slots->pair[i], NULL, LLVMBuildAdd(b, first, most, "")};
    }
    store(lift, cairn_lift_const64(lift, 0), slots->left);
    return (struct counter){slots->left, cairn_lift_const64(lift, 1), most};
}

/* i1: there may be one more. */
static LLVMValueRef count(struct cairn_lift *lift, const struct counter *counter)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef now = load(lift, lift->i64, counter->slot);
    if (counter->step != NULL) {
        now = LLVMBuildAdd(b, now, counter->step, "");
        store(lift, now, counter->slot);
    }
    return LLVMBuildICmp(b, LLVMIntNE, now, counter->end, "");
}

/* The turns of one lane. One whose mask of leaving is set already makes one turn, so that the mask
 * is known to be clear in all others. */
static void emit_turns(struct cairn_lift *lift, const struct cairn_serial *serial,
                       const struct slots *slots, uint32_t turns)
{
    const struct cairn_program_block *at = &lift->program->blocks[serial->block];
    struct cairn_serial_lane lane = {.lift = lift, .serial = serial, .together = slots->together};
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef check = LLVMGetInsertBlock(b);
    LLVMBasicBlockRef turn = cairn_lift_block(lift, "turn"), out = cairn_lift_block(lift, "out");
    LLVMBasicBlockRef stays = cairn_lift_block(lift, "stays");
    LLVMValueRef most = cairn_lift_const64(lift, turns), leaving = LLVMConstNull(lift->i1);
    if (serial->leaving != 0) {
        leaving = load(lift, lift->i1, slots->mask[serial->leaving]);
        most = LLVMBuildSelect(b, leaving, cairn_lift_const64(lift, 1), most, "");
    }
    struct counter counter = begin_count(lift, serial, slots, most);
    LLVMPositionBuilderAtEnd(b, turn);
    start_turn(&lane, slots);
    for (uint32_t i = 0; i + 1 < at->count; i++)
        cairn_serial_emit_insn(&lane, at->first + i);
    end_turn(&lane, slots);
    LLVMBuildCondBr(b, lane.mask[CAIRN_CODE_EXEC_LO], stays, out);
    LLVMPositionBuilderAtEnd(b, stays);
    LLVMValueRef may = count(lift, &counter);
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, may, turn, out));
    LLVMPositionBuilderAtEnd(b, check);
    LLVMValueRef good = reach_is_good(&lane, slots, turns);
    cairn_lift_expect(lift, LLVMBuildCondBr(b, good, turn, slots->together));
    LLVMPositionBuilderAtEnd(b, out);
    if (serial->leaving == 0)
        return;
    LLVMValueRef left_by = slots->mask[serial->leaving], exec = slots->mask[CAIRN_CODE_EXEC_LO];
    store(lift, LLVMBuildOr(b, load(lift, lift->i1, left_by), leaving, ""), left_by);
    store(lift, LLVMBuildAnd(b, load(lift, lift->i1, exec), LLVMBuildNot(b, leaving, ""), ""),
          exec);
}

/* All active lanes of the chunk. */
static void emit_lanes(struct cairn_lift *lift, const struct cairn_serial *serial,
                       const struct slots *slots, uint32_t turns)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef zero = cairn_lift_const32(lift, 0);
    LLVMBasicBlockRef some = cairn_lift_block(lift, "lane"), none = cairn_lift_block(lift, "idle");
    LLVMValueRef todo = load(lift, lift->i32, slots->todo);
    LLVMBuildCondBr(b, LLVMBuildICmp(b, LLVMIntNE, todo, zero, ""), some, none);
    LLVMPositionBuilderAtEnd(b, some);
    todo = load(lift, lift->i32, slots->todo);
    LLVMValueRef count_args[] = {todo, LLVMConstInt(lift->i1, 1, false)};
    LLVMValueRef at = cairn_lift_intrinsic(lift, "llvm.cttz", &lift->i32, 1, count_args, 2);
    struct cairn_serial_lane lane = {.lift = lift, .serial = serial};
    enter_lane(&lane, slots, at);
    emit_turns(lift, serial, slots, turns);
    leave_lane(&lane, slots, at);
    LLVMValueRef rest = LLVMBuildSub(b, todo, cairn_lift_const32(lift, 1), "");
    rest = LLVMBuildAnd(b, todo, rest, "");
    store(lift, rest, slots->todo);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntNE, rest, zero, "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, more, some, none));
    LLVMPositionBuilderAtEnd(b, none);
}

/* ---- the whole */

/* Behind a strip: once more from the header, or on. */
static void finish_strip(struct cairn_lift *lift, uint32_t block, const struct slots *slots,
                         uint32_t turns)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef again = load(lift, lift->i1, slots->again);
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
    struct slots slots = {.todo = NULL};
    uint32_t turns = STRIP_INSNS / at->count + 1;
    cairn_region_lane(lift, false);
    LLVMBasicBlockRef apart = cairn_lift_block(lift, "apart");
    slots.together = cairn_lift_block(lift, "together");
    LLVMValueRef choice = lanes_are_apart(lift, serial);
    LLVMBuildCondBr(lift->builder, choice, apart, slots.together);
    LLVMPositionBuilderAtEnd(lift->builder, apart);
    make_slots(lift, serial, &slots);
    store(lift, LLVMConstNull(lift->i1), slots.again);
    cairn_lift_store_pc(lift, at->offset);
    cairn_region_begin_chunks(lift, at->first, true);
    enter_chunk(lift, serial, &slots);
    emit_lanes(lift, serial, &slots, turns);
    leave_chunk(lift, serial, &slots);
    cairn_region_end_chunks(lift);
    cairn_region_lane(lift, false);
    cairn_region_forget_scalars(lift);
    finish_strip(lift, serial->block, &slots, turns);
    cairn_region_lane(lift, false);
    LLVMPositionBuilderAtEnd(lift->builder, slots.together);
    cairn_region_start_block(lift, serial->block);
}
