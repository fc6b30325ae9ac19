/* SPDX-License-Identifier: MIT
 * What the lanes of a loop that runs lane by lane can reach in a strip of turns, checked in front
 * of their first turn, so that no turn need look: bases that a chunk has in common once for its
 * lanes, those of their own lane by lane.
 */
#include "finalizer/llvm/serial_priv.h"

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
    return !cairn_code_is_vector((uint16_t)code) ||
           cairn_shape_is_same(lift->facts->entry[serial->block][cairn_vreg_of_code(code)]);
}

/* Is it one base for all lanes of a chunk? */
static bool is_common(struct cairn_lift *lift, const struct cairn_serial *serial,
                      const struct cairn_serial_near *near)
{
    return near->base != NULL ||
           (is_uniform(lift, serial, near->code[0]) && is_uniform(lift, serial, near->code[1]));
}

/* `common`: in front of the lanes, when their slots are not filled. */
static LLVMValueRef base_of(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots,
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
            half[i] = cairn_lift_slot_load(lift, lift->i32, slots->value[vreg]);
    }
    struct cairn_serial_lane before = {.lift = lift};
    return cairn_serial_join(&before, half[0], half[1]);
}

/* Of bases that lanes may have their own of, or (`common`) not. */
static LLVMValueRef bases_are_good(struct cairn_serial_lane *lane,
                                   const struct cairn_serial_slots *slots, bool common)
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

LLVMValueRef cairn_serial_reach_is_good(struct cairn_serial_lane *lane,
                                        const struct cairn_serial_slots *slots)
{
    return bases_are_good(lane, slots, false);
}

/* i1: all that the active lanes' pair can become in a strip lies in the window. */
static LLVMValueRef pair_is_good(struct cairn_lift *lift, const struct cairn_serial_slots *slots,
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
    LLVMValueRef todo =
        LLVMBuildTrunc(b, cairn_lift_slot_load(lift, lift->i32, slots->todo), type, "");
    bad = LLVMBuildAnd(b, LLVMBuildBitCast(b, bad, type, ""), todo, "");
    return LLVMBuildICmp(b, LLVMIntEQ, bad, LLVMConstNull(type), "");
}

void cairn_serial_check_chunk(struct cairn_serial_lane *lane,
                              const struct cairn_serial_slots *slots, uint32_t turns,
                              LLVMBasicBlockRef some)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    LLVMBuilderRef b = lift->builder;
    LLVMPositionBuilderAtEnd(b, slots->enter);
    LLVMValueRef good = bases_are_good(lane, slots, true);
    for (unsigned i = 0; i < serial->pair_count; i++)
        if (lane->pair_used[i])
            good = LLVMBuildAnd(b, good, pair_is_good(lift, slots, &serial->pair[i], turns), "");
    if (serial->leaving != 0) {
        LLVMValueRef both = cairn_lift_slot_load(lift, lift->i32, slots->bits[serial->leaving]);
        both = LLVMBuildAnd(b, both, cairn_lift_slot_load(lift, lift->i32, slots->todo), "");
        LLVMValueRef none = LLVMBuildICmp(b, LLVMIntEQ, both, cairn_lift_const32(lift, 0), "");
        good = LLVMBuildAnd(b, good, none, "");
        cairn_serial_all_leave(lift, serial, slots);
    }
    cairn_lift_expect(lift, LLVMBuildCondBr(b, good, some, slots->together));
}
