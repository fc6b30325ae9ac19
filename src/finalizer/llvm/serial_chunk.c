/* SPDX-License-Identifier: MIT
 * What a loop that lanes run one after another keeps in stack slots: registers and masks of the
 * chunk, which its lanes leave there, and of the lane that runs, from turn to turn.
 */
#include "finalizer/llvm/serial_priv.h"

#include <string.h>

static LLVMValueRef slot(struct cairn_lift *lift, LLVMTypeRef type, unsigned align)
{
    LLVMValueRef made = cairn_lift_slot(lift, type);
    LLVMSetAlignment(made, align);
    return made;
}

/* ---- what is kept */

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

static bool leaves_mask(const struct cairn_lift *lift, const struct cairn_serial *serial,
                        unsigned code)
{
    return cairn_regs_has_s(&serial->writes, code) &&
           (code == CAIRN_CODE_EXEC_LO ||
            cairn_regs_has_pair(&lift->live->live_out[serial->block], code));
}

static bool has_mask(const struct cairn_lift *lift, const struct cairn_serial *serial,
                     unsigned code)
{
    return leaves_mask(lift, serial, code) ||
           (cairn_regs_has_s(&serial->reads, code) &&
            cairn_regs_has_pair(&lift->live->live_in[serial->block], code));
}

void cairn_serial_make_slots(struct cairn_lift *lift, const struct cairn_serial *serial,
                             struct cairn_serial_slots *slots)
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

/* ---- chunks */

void cairn_serial_enter_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                              struct cairn_serial_slots *slots)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (takes(lift, serial, i) || slots->row[i] != NULL)
            slots->from[i] = slots->row[i] != NULL ? cairn_lift_register_place(lift, i)
                                                   : cairn_lift_register_pointer(lift, i);
        if (slots->row[i] != NULL)
            cairn_lift_slot_store(
                lift, cairn_lift_state_load(lift, lift->v32, slots->from[i], 4 * lift->width),
                slots->row[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (slots->bits[i] == NULL)
            continue;
        LLVMValueRef bits = cairn_lift_state_load(
            lift, cairn_lift_mask_type(lift), cairn_lift_mask_pointer(lift, i), lift->width / 8);
        cairn_lift_slot_store(lift, LLVMBuildZExt(lift->builder, bits, lift->i32, ""),
                              slots->bits[i]);
    }
    cairn_lift_slot_store(
        lift, cairn_lift_slot_load(lift, lift->i32, slots->bits[CAIRN_CODE_EXEC_LO]), slots->todo);
}

void cairn_serial_leave_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                              const struct cairn_serial_slots *slots)
{
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (slots->row[i] != NULL)
            cairn_lift_state_store(lift, cairn_lift_slot_load(lift, lift->v32, slots->row[i]),
                                   slots->from[i], 4 * lift->width);
    for (unsigned i = 0; i < 128; i += 2) {
        if (!leaves_mask(lift, serial, i))
            continue;
        LLVMValueRef bits = cairn_lift_slot_load(lift, lift->i32, slots->bits[i]);
        cairn_lift_state_store(lift, LLVMBuildTrunc(b, bits, cairn_lift_mask_type(lift), ""),
                               cairn_lift_mask_pointer(lift, i), lift->width / 8);
    }
    LLVMValueRef exec = cairn_lift_slot_load(lift, lift->i32, slots->bits[CAIRN_CODE_EXEC_LO]);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntNE, exec, cairn_lift_const32(lift, 0), "");
    cairn_lift_slot_store(
        lift, LLVMBuildOr(b, cairn_lift_slot_load(lift, lift->i1, slots->again), more, ""),
        slots->again);
}

/* ---- lanes */

void cairn_serial_enter_lane(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots,
                             LLVMValueRef at)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (takes(lift, serial, i)) {
            LLVMValueRef value = cairn_lift_slot_load(
                lift, lift->i32, cairn_serial_element(lift, slots->from[i], at));
            cairn_lift_tag_state(lift, value);
            cairn_lift_slot_store(lift, value, slots->value[i]);
        }
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef low = cairn_lift_slot_load(lift, lift->i32, slots->value[serial->pair[i].low]);
        LLVMValueRef high =
            cairn_lift_slot_load(lift, lift->i32, slots->value[serial->pair[i].high]);
        cairn_lift_slot_store(lift, cairn_serial_join(lane, low, high), slots->pair[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (slots->bits[i] == NULL)
            continue;
        LLVMValueRef bit =
            LLVMBuildLShr(b, cairn_lift_slot_load(lift, lift->i32, slots->bits[i]), at, "");
        cairn_lift_slot_store(lift, LLVMBuildTrunc(b, bit, lift->i1, ""), slots->mask[i]);
    }
}

/* Registers of one lane that are live in front of the block. */
static void leave_registers(struct cairn_lift *lift, const struct cairn_serial_slots *slots,
                            uint32_t block, LLVMValueRef at)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (slots->row[i] != NULL && cairn_regs_has_v(&lift->live->live_in[block], i))
            cairn_lift_slot_store(lift, cairn_lift_slot_load(lift, lift->i32, slots->value[i]),
                                  cairn_serial_element(lift, slots->row[i], at));
}

static void split_pairs(struct cairn_lift *lift, const struct cairn_serial *serial,
                        const struct cairn_serial_slots *slots)
{
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef value = cairn_lift_slot_load(lift, lift->i64, slots->pair[i]);
        cairn_lift_slot_store(lift, cairn_serial_low_half(lift, value),
                              slots->value[serial->pair[i].low]);
        cairn_lift_slot_store(lift, cairn_serial_high_half(lift, value),
                              slots->value[serial->pair[i].high]);
    }
}

/* EXEC, and the mask of leaving, which is its opposite in lanes that have made a turn: said for all
 * lanes in front, as if all would leave. */
static bool is_settled(const struct cairn_serial *serial, unsigned code)
{
    return serial->leaving != 0 && (code == serial->leaving || code == CAIRN_CODE_EXEC_LO);
}

void cairn_serial_all_leave(struct cairn_lift *lift, const struct cairn_serial *serial,
                            const struct cairn_serial_slots *slots)
{
    LLVMValueRef todo = cairn_lift_slot_load(lift, lift->i32, slots->todo),
                 at = slots->bits[serial->leaving];
    cairn_lift_slot_store(
        lift, LLVMBuildOr(lift->builder, cairn_lift_slot_load(lift, lift->i32, at), todo, ""), at);
    cairn_lift_slot_store(lift, cairn_lift_const32(lift, 0), slots->bits[CAIRN_CODE_EXEC_LO]);
}

/* Lane `at` does not. */
static void note_stays(struct cairn_lift *lift, const struct cairn_serial *serial,
                       const struct cairn_serial_slots *slots, LLVMValueRef at)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef one = LLVMBuildShl(b, cairn_lift_const32(lift, 1), at, "");
    LLVMValueRef exec = slots->bits[CAIRN_CODE_EXEC_LO], left = slots->bits[serial->leaving];
    cairn_lift_slot_store(
        lift, LLVMBuildOr(b, cairn_lift_slot_load(lift, lift->i32, exec), one, ""), exec);
    cairn_lift_slot_store(
        lift,
        LLVMBuildAnd(b, cairn_lift_slot_load(lift, lift->i32, left), LLVMBuildNot(b, one, ""), ""),
        left);
}

/* A lane that has left needs nothing of what only the loop reads. */
void cairn_serial_leave_lane(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots,
                             LLVMValueRef at)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    const struct cairn_program_block *block = &lift->program->blocks[serial->block];
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef stays = cairn_lift_block(lift, "stayed"),
                      left = cairn_lift_block(lift, "left");
    split_pairs(lift, serial, slots);
    leave_registers(lift, slots, block->taken == serial->block ? block->next : block->taken, at);
    LLVMValueRef exec = cairn_lift_slot_load(lift, lift->i1, slots->mask[CAIRN_CODE_EXEC_LO]);
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
        LLVMValueRef bit =
            LLVMBuildZExt(b, cairn_lift_slot_load(lift, lift->i1, slots->mask[i]), lift->i32, "");
        LLVMValueRef rest = LLVMBuildAnd(b, cairn_lift_slot_load(lift, lift->i32, slots->bits[i]),
                                         LLVMBuildNot(b, one, ""), "");
        cairn_lift_slot_store(lift, LLVMBuildOr(b, rest, LLVMBuildShl(b, bit, at, ""), ""),
                              slots->bits[i]);
    }
}

/* ---- turns */

void cairn_serial_start_turn(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    memcpy(lane->from, slots->value, sizeof lane->from);
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef value = cairn_lift_slot_load(lift, lift->i64, slots->pair[i]);
        lane->value[serial->pair[i].low] = cairn_serial_low_half(lift, value);
        lane->value[serial->pair[i].high] = cairn_serial_high_half(lift, value);
        cairn_serial_remember(lane, lane->value[serial->pair[i].low],
                              lane->value[serial->pair[i].high], value);
    }
    for (unsigned i = 0; i < 128; i += 2)
        if (slots->mask[i] != NULL)
            lane->mask[i] = cairn_lift_slot_load(lift, lift->i1, slots->mask[i]);
    lane->mask[CAIRN_CODE_EXEC_LO] = LLVMConstInt(lift->i1, 1, false); /* or it would not turn */
    if (serial->leaving != 0)
        lane->mask[serial->leaving] = LLVMConstNull(lift->i1); /* likewise; see check_chunk */
}

void cairn_serial_end_turn(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    for (unsigned i = 0; i < serial->pair_count; i++)
        cairn_lift_slot_store(lift,
                              cairn_serial_join(lane, cairn_serial_get(lane, serial->pair[i].low),
                                                cairn_serial_get(lane, serial->pair[i].high)),
                              slots->pair[i]);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (lane->dirty[i])
            cairn_lift_slot_store(lift, lane->value[i], slots->value[i]);
    for (unsigned i = 0; i < 128; i += 2)
        if (lane->put[i] && slots->mask[i] != NULL)
            cairn_lift_slot_store(lift, lane->mask[i], slots->mask[i]);
}
