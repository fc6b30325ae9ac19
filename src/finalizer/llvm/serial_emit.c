/* SPDX-License-Identifier: MIT
 * Loops that lanes run one after another, in IR: the loop over chunks has one over the active lanes
 * in it, and that the turns of one lane. What a chunk does goes to the registers in memory behind
 * its last lane only, so that a fault, or going over to the vector form, finds the chunk as it was.
 * A lane makes so many turns at most, then waits for the others, as in other loops by chunk.
 */
#include "finalizer/llvm/serial_lane.h"

#include <string.h>

enum { STRIP_INSNS = 8192, USUAL_TURNS = 16 };
/* Turns that are written out one behind the other, so that only the last one counts: of loops of so
 * many instructions at most. */
enum { COPIES = 4, COPIED_INSNS = 40 };

/* Stack slots of the loop. */
struct slots {
    LLVMValueRef from[CAIRN_VREGS]; /* the register's own row */
    LLVMValueRef row[CAIRN_VREGS];  /* what the chunk leaves there */
    LLVMValueRef bits[128];         /* i32: masks of the chunk, by the even code */
    LLVMValueRef value[CAIRN_VREGS], pair[CAIRN_SERIAL_PAIRS], mask[128]; /* of the lane */
    LLVMValueRef todo, left, again;
    LLVMBasicBlockRef together;
    LLVMBasicBlockRef enter; /* in front of a chunk's first lane: what is checked for all of them */
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

/* EXEC, and the mask of leaving, which is its opposite in lanes that have made a turn: said for all
 * lanes in front, as if all would leave. */
static bool is_settled(const struct cairn_serial *serial, unsigned code)
{
    return serial->leaving != 0 && (code == serial->leaving || code == CAIRN_CODE_EXEC_LO);
}

static void all_leave(struct cairn_lift *lift, const struct cairn_serial *serial,
                      const struct slots *slots)
{
    LLVMValueRef todo = load(lift, lift->i32, slots->todo), at = slots->bits[serial->leaving];
    store(lift, LLVMBuildOr(lift->builder, load(lift, lift->i32, at), todo, ""), at);
    store(lift, cairn_lift_const32(lift, 0), slots->bits[CAIRN_CODE_EXEC_LO]);
}

/* Lane `at` does not. */
static void note_stays(struct cairn_lift *lift, const struct cairn_serial *serial,
                       const struct slots *slots, LLVMValueRef at)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef one = LLVMBuildShl(b, cairn_lift_const32(lift, 1), at, "");
    LLVMValueRef exec = slots->bits[CAIRN_CODE_EXEC_LO], left = slots->bits[serial->leaving];
    store(lift, LLVMBuildOr(b, load(lift, lift->i32, exec), one, ""), exec);
    store(lift, LLVMBuildAnd(b, load(lift, lift->i32, left), LLVMBuildNot(b, one, ""), ""), left);
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
    if (serial->leaving != 0)
        note_stays(lift, serial, slots, at);
    LLVMBuildBr(b, left);
    LLVMPositionBuilderAtEnd(b, left);
    for (unsigned i = 0; i < 128; i += 2) {
        if (!leaves_mask(lift, serial, i) || is_settled(serial, i))
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
        lane->mask[serial->leaving] = LLVMConstNull(lift->i1); /* likewise; see check_chunk */
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

/* ---- what lanes can reach, checked in front of their first turn */

enum { SLACK = 8192 }; /* offsets of instructions, and elements */

static LLVMValueRef like(struct cairn_lift *lift, LLVMValueRef scalar, LLVMValueRef value)
{
    return LLVMTypeOf(value) == lift->i64 ? scalar : cairn_lift_splat(lift, scalar);
}

/* i1, or a vector of it: [value + first, value + end) lies in the window. */
static LLVMValueRef span_inside(struct cairn_lift *lift, LLVMValueRef value, int64_t first,
                                int64_t end)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef base =
        LLVMBuildSub(b, lift->window_base, cairn_lift_const64(lift, (uint64_t)first), "");
    value = LLVMBuildSub(b, value, like(lift, base, value), "");
    LLVMValueRef args[] = {lift->window_size, cairn_lift_const64(lift, (uint64_t)(end - first))};
    LLVMValueRef top = cairn_lift_intrinsic(lift, "llvm.usub.sat", &lift->i64, 1, args, 2);
    return LLVMBuildICmp(b, LLVMIntULT, value, like(lift, top, value), "");
}

static bool is_uniform(struct cairn_lift *lift, const struct cairn_serial *serial, unsigned code)
{
    unsigned kind = CAIRN_SHAPE_GROUP_UNIFORM;
    if (cairn_code_is_vector((uint16_t)code))
        kind = lift->facts->entry[serial->block][cairn_vreg_of_code(code)].kind;
    return kind == CAIRN_SHAPE_UNIFORM || kind == CAIRN_SHAPE_GROUP_UNIFORM;
}

/* Is it one base for all lanes of a chunk? */
static bool is_common(struct cairn_lift *lift, const struct cairn_serial *serial,
                      const struct cairn_serial_near *near)
{
    return near->base != NULL ||
           (is_uniform(lift, serial, near->code[0]) && is_uniform(lift, serial, near->code[1]));
}

/* `common`: in front of the lanes, when their slots are not filled. */
static LLVMValueRef base_of(struct cairn_serial_lane *lane, const struct slots *slots,
                            const struct cairn_serial_near *near, bool common)
{
    struct cairn_lift *lift = lane->lift;
    LLVMValueRef half[2];
    if (near->base != NULL)
        return near->base;
    for (unsigned i = 0; i < 2; i++) {
        unsigned vreg = cairn_vreg_of_code(near->code[i]);
        if (!cairn_code_is_vector(near->code[i]))
            half[i] = near->half[i];
        else if (common)
            half[i] = cairn_lift_state_load(lift, lift->i32, slots->from[vreg], 4);
        else
            half[i] = load(lift, lift->i32, slots->value[vreg]);
    }
    struct cairn_serial_lane before = {.lift = lift};
    return cairn_serial_join(&before, half[0], half[1]);
}

/* Of bases that lanes may have their own of, or (`common`) not. */
static LLVMValueRef reach_is_good(struct cairn_serial_lane *lane, const struct slots *slots,
                                  bool common)
{
    struct cairn_lift *lift = lane->lift;
    LLVMValueRef good = LLVMConstInt(lift->i1, 1, false);
    for (unsigned i = 0; i < lane->reaches; i++) {
        if (is_common(lift, lane->serial, &lane->reach[i]) != common)
            continue;
        int64_t span = ((int64_t)1 << lane->reach[i].bits) + SLACK;
        LLVMValueRef base = base_of(lane, slots, &lane->reach[i], common);
        good = LLVMBuildAnd(lift->builder, good, span_inside(lift, base, -span, span), "");
    }
    return good;
}

/* i1: all that the active lanes' pair can become in a strip lies in the window. */
static LLVMValueRef pair_is_good(struct cairn_lift *lift, const struct slots *slots,
                                 const struct cairn_serial_pair *pair, uint32_t turns)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef half[2];
    for (unsigned i = 0; i < 2; i++) {
        LLVMValueRef at = slots->from[i == 0 ? pair->low : pair->high];
        half[i] = cairn_lift_state_load(lift, lift->v32, at, 4 * lift->width);
        half[i] = LLVMBuildZExt(b, half[i], lift->v64, "");
    }
    LLVMValueRef by = cairn_lift_splat(lift, cairn_lift_const64(lift, 32));
    LLVMValueRef value = LLVMBuildOr(b, half[0], LLVMBuildShl(b, half[1], by, ""), "");
    int64_t end = (int64_t)pair->step * (turns + 1) + SLACK;
    LLVMValueRef bad = LLVMBuildNot(b, span_inside(lift, value, -SLACK, end), "");
    LLVMTypeRef type = cairn_lift_mask_type(lift);
    LLVMValueRef todo = LLVMBuildTrunc(b, load(lift, lift->i32, slots->todo), type, "");
    bad = LLVMBuildAnd(b, LLVMBuildBitCast(b, bad, type, ""), todo, "");
    return LLVMBuildICmp(b, LLVMIntEQ, bad, LLVMConstNull(type), "");
}

/* In front of the first lane of a chunk, in block `enter`: on to `some`, or to the vector form.
 * Active lanes whose mask of leaving is set already are left to that, too, so that the mask is
 * known to be clear at the start of each turn. */
static void check_chunk(struct cairn_serial_lane *lane, const struct slots *slots, uint32_t turns,
                        LLVMBasicBlockRef some)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    LLVMBuilderRef b = lift->builder;
    LLVMPositionBuilderAtEnd(b, slots->enter);
    LLVMValueRef good = reach_is_good(lane, slots, true);
    for (unsigned i = 0; i < serial->pair_count; i++)
        if (lane->pair_used[i])
            good = LLVMBuildAnd(b, good, pair_is_good(lift, slots, &serial->pair[i], turns), "");
    if (serial->leaving != 0) {
        LLVMValueRef both = load(lift, lift->i32, slots->bits[serial->leaving]);
        both = LLVMBuildAnd(b, both, load(lift, lift->i32, slots->todo), "");
        LLVMValueRef none = LLVMBuildICmp(b, LLVMIntEQ, both, cairn_lift_const32(lift, 0), "");
        good = LLVMBuildAnd(b, good, none, "");
        all_leave(lift, serial, slots);
    }
    cairn_lift_expect(lift, LLVMBuildCondBr(b, good, some, slots->together));
}

/* ---- turns */

/* What counts turns: a pair that goes up by a step, or `left`. */
struct counter {
    LLVMValueRef slot, step, end; /* i64 */
};

static struct counter begin_count(struct cairn_lift *lift, const struct cairn_serial *serial,
                                  const struct slots *slots, LLVMValueRef most, unsigned copies)
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
    return (struct counter){slots->left, cairn_lift_const64(lift, copies), most};
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

/* One turn, and out of the loop where it was the last. */
static void emit_turn(struct cairn_serial_lane *lane, const struct slots *slots,
                      LLVMBasicBlockRef out)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_program_block *at = &lift->program->blocks[lane->serial->block];
    LLVMBasicBlockRef stays = cairn_lift_block(lift, "stays");
    start_turn(lane, slots);
    for (uint32_t i = 0; i + 1 < at->count; i++)
        cairn_serial_emit_insn(lane, at->first + i);
    end_turn(lane, slots);
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
static void emit_turns(struct cairn_serial_lane *lane, const struct slots *slots, uint32_t turns)
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
    LLVMValueRef good = reach_is_good(lane, slots, false);
    cairn_lift_expect(lift, LLVMBuildCondBr(b, good, turn, slots->together));
    LLVMPositionBuilderAtEnd(b, out);
}

/* All active lanes of the chunk. */
static void emit_lanes(struct cairn_lift *lift, const struct cairn_serial *serial,
                       struct slots *slots, uint32_t turns)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef zero = cairn_lift_const32(lift, 0);
    LLVMBasicBlockRef some = cairn_lift_block(lift, "lane"), none = cairn_lift_block(lift, "idle");
    LLVMValueRef todo = load(lift, lift->i32, slots->todo);
    slots->enter = cairn_lift_block(lift, "enter");
    LLVMBuildCondBr(b, LLVMBuildICmp(b, LLVMIntNE, todo, zero, ""), slots->enter, none);
    LLVMPositionBuilderAtEnd(b, some);
    todo = load(lift, lift->i32, slots->todo);
    LLVMValueRef count_args[] = {todo, LLVMConstInt(lift->i1, 1, false)};
    LLVMValueRef at = cairn_lift_intrinsic(lift, "llvm.cttz", &lift->i32, 1, count_args, 2);
    struct cairn_serial_lane lane = {.lift = lift, .serial = serial, .together = slots->together};
    enter_lane(&lane, slots, at);
    emit_turns(&lane, slots, turns);
    leave_lane(&lane, slots, at);
    LLVMValueRef rest = LLVMBuildSub(b, todo, cairn_lift_const32(lift, 1), "");
    rest = LLVMBuildAnd(b, todo, rest, "");
    store(lift, rest, slots->todo);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntNE, rest, zero, "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, more, some, none));
    check_chunk(&lane, slots, turns, some);
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
    uint32_t turns = (STRIP_INSNS / at->count + COPIES) / COPIES * COPIES;
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
