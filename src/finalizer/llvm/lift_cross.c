/* SPDX-License-Identifier: MIT
 * Lifts moves between lanes, and between lanes and scalars: v_readlane and its like, and the DS
 * instructions that touch no LDS. AMD "CDNA2 ISA" 6.6, 12.8, 12.12. The planner keeps the rows of
 * registers that these look at complete in memory (cairn_lift_looks_across).
 */
#include "finalizer/llvm/lift_cross.h"

#include "machine/sem_mem.h"

static enum cairn_lift_kind kind(const struct cairn_insn *insn,
                                 const struct cairn_geometry *geometry, bool exact_nan)
{
    (void)exact_nan;
    switch (insn->op) {
    case CAIRN_OP_v_readlane_b32:
    case CAIRN_OP_v_readfirstlane_b32:
        /* where waves run as one, the core has made sure that all read the same */
        return insn->slot[CAIRN_SLOT_SRC0].code == CAIRN_CODE_LDS_DIRECT ? CAIRN_LIFT_STEP
                                                                         : CAIRN_LIFT_SCALAR;
    case CAIRN_OP_v_writelane_b32:
        return CAIRN_LIFT_SCALAR;
    case CAIRN_OP_ds_swizzle_b32:
    case CAIRN_OP_ds_bpermute_b32:
        return CAIRN_LIFT_LANE;
    case CAIRN_OP_ds_permute_b32:
        return geometry->merged ? CAIRN_LIFT_STEP : CAIRN_LIFT_WAVE;
    default:
        return CAIRN_LIFT_STEP;
    }
}

static void swizzle_pattern(const struct cairn_insn *insn, struct cairn_lift_pattern *pattern)
{
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        pattern->from[lane] = (int8_t)cairn_sem_swizzle_lane((uint32_t)insn->imm & 0xffff, lane);
}

bool cairn_lift_looks_across(const struct cairn_insn *insn, unsigned width, unsigned *slot)
{
    struct cairn_lift_pattern pattern;
    *slot = CAIRN_SLOT_SRC0;
    if (insn->op == CAIRN_OP_ds_bpermute_b32) {
        *slot = CAIRN_SLOT_DATA0;
        return true;
    }
    if (insn->op == CAIRN_OP_ds_swizzle_b32)
        swizzle_pattern(insn, &pattern);
    else if (insn->variant == CAIRN_VARIANT_DPP)
        cairn_lift_dpp_pattern(insn->dpp_ctrl, &pattern);
    else
        return false;
    return !cairn_lift_pattern_in_chunk(&pattern, width);
}

/* ---- between lanes and scalars */

static LLVMValueRef lane_pointer(struct cairn_lift *lift, unsigned slot, unsigned wave,
                                 LLVMValueRef lane)
{
    unsigned vreg = cairn_vreg_of_code(lift->insn->slot[slot].code);
    LLVMValueRef row = cairn_lift_wave_row(lift, vreg, wave);
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i32, row, &lane, 1, "");
}

/* i64: the lane that source 1 names. */
static LLVMValueRef named_lane(struct cairn_lift *lift)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef lane = LLVMBuildAnd(b, cairn_lift_scalar(lift, CAIRN_SLOT_SRC1),
                                     cairn_lift_const32(lift, CAIRN_WAVE_LANES - 1), "");
    return LLVMBuildZExt(b, lane, lift->i64, "");
}

/* i64: the lowest active lane; lane 0 if none is active. */
static LLVMValueRef first_lane(struct cairn_lift *lift)
{
    LLVMBuilderRef b = lift->builder;
    if (lift->insn_facts->exec_full || lift->geometry->merged)
        return cairn_lift_const64(lift, 0);
    LLVMValueRef args[] = {cairn_lift_mask64(lift, CAIRN_CODE_EXEC_LO),
                           LLVMConstInt(lift->i1, 0, false)};
    LLVMValueRef count = cairn_lift_intrinsic(lift, "llvm.cttz", &lift->i64, 1, args, 2);
    return LLVMBuildAnd(b, count, cairn_lift_const64(lift, CAIRN_WAVE_LANES - 1), "");
}

static void emit_readlane(struct cairn_lift *lift)
{
    const struct cairn_operand *source = &lift->insn->slot[CAIRN_SLOT_SRC0];
    unsigned dst = lift->insn->slot[CAIRN_SLOT_DST].code;
    LLVMValueRef value;
    if (!cairn_code_is_vector(source->code)) {
        value = cairn_lift_scalar(lift, CAIRN_SLOT_SRC0);
    } else {
        LLVMValueRef lane =
            lift->insn->op == CAIRN_OP_v_readlane_b32 ? named_lane(lift) : first_lane(lift);
        LLVMValueRef at = lane_pointer(lift, CAIRN_SLOT_SRC0, 0, lane);
        value = LLVMBuildLoad2(lift->builder, lift->i32, at, "");
        cairn_lift_tag_state(lift, value);
    }
    if (dst < CAIRN_CODE_TTMP0 || dst >= CAIRN_CODE_M0)
        cairn_lift_put_sgpr(lift, dst, value);
}

static void emit_writelane(struct cairn_lift *lift)
{
    LLVMValueRef value = cairn_lift_scalar(lift, CAIRN_SLOT_SRC0), lane = named_lane(lift);
    for (unsigned wave = 0; wave < cairn_lift_waves(lift); wave++) {
        LLVMValueRef at = lane_pointer(lift, CAIRN_SLOT_DST, wave, lane);
        cairn_lift_tag_state(lift, LLVMBuildStore(lift->builder, value, at));
    }
}

/* ---- between lanes */

static void emit_swizzle(struct cairn_lift *lift)
{
    struct cairn_lift_pattern pattern;
    LLVMValueRef valid, source = cairn_lift_source(lift, CAIRN_SLOT_ADDR, 0);
    swizzle_pattern(lift->insn, &pattern);
    LLVMValueRef value = cairn_lift_pattern_apply(lift, &pattern, CAIRN_SLOT_ADDR, source, &valid);
    value = LLVMBuildSelect(lift->builder, valid, value, LLVMConstNull(lift->v32), "");
    cairn_lift_put(lift, CAIRN_SLOT_DST, 0, value);
}

/* <width x i32>: the lanes that an address source names. */
static LLVMValueRef permute_lanes(struct cairn_lift *lift, LLVMValueRef address)
{
    LLVMBuilderRef b = lift->builder;
    uint32_t offset = (uint32_t)lift->insn->imm & 0xffff;
    address =
        LLVMBuildAdd(b, address, cairn_lift_splat(lift, cairn_lift_const32(lift, offset)), "");
    address = LLVMBuildLShr(b, address, cairn_lift_splat(lift, cairn_lift_const32(lift, 2)), "");
    return LLVMBuildAnd(b, address,
                        cairn_lift_splat(lift, cairn_lift_const32(lift, CAIRN_WAVE_LANES - 1)), "");
}

/* Sixteen of 64 dwords in registers: two table look-ups of 32 each. */
static LLVMValueRef look_up_16(struct cairn_lift *lift, LLVMValueRef row, LLVMValueRef lanes)
{
    static const char permute[] = "llvm.x86.avx512.vpermi2var.d.512";
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef part[4], half[2];
    for (unsigned i = 0; i < 4; i++) {
        LLVMValueRef offset = cairn_lift_const64(lift, 16 * i);
        LLVMValueRef at = LLVMBuildInBoundsGEP2(b, lift->i32, row, &offset, 1, "");
        part[i] = LLVMBuildLoad2(b, lift->v32, at, "");
        LLVMSetAlignment(part[i], 64);
    }
    for (unsigned i = 0; i < 2; i++) {
        LLVMValueRef args[] = {part[2 * i], lanes, part[2 * i + 1]};
        half[i] = cairn_lift_intrinsic(lift, permute, NULL, 0, args, 3);
    }
    LLVMValueRef bit = cairn_lift_splat(lift, cairn_lift_const32(lift, 32));
    LLVMValueRef high =
        LLVMBuildICmp(b, LLVMIntNE, LLVMBuildAnd(b, lanes, bit, ""), LLVMConstNull(lift->v32), "");
    return LLVMBuildSelect(b, high, half[1], half[0], "");
}

static LLVMValueRef look_up(struct cairn_lift *lift, LLVMValueRef row, LLVMValueRef lanes)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef value = LLVMGetPoison(lift->v32);
    if (lift->width == 16)
        return look_up_16(lift, row, lanes);
    for (unsigned i = 0; i < lift->width; i++) {
        LLVMValueRef number = cairn_lift_const64(lift, i);
        LLVMValueRef lane = LLVMBuildExtractElement(b, lanes, number, "");
        lane = LLVMBuildZExt(b, lane, lift->i64, "");
        LLVMValueRef at = LLVMBuildInBoundsGEP2(b, lift->i32, row, &lane, 1, "");
        value = LLVMBuildInsertElement(b, value, LLVMBuildLoad2(b, lift->i32, at, ""), number, "");
    }
    return value;
}

static void emit_bpermute(struct cairn_lift *lift)
{
    const struct cairn_operand *data = &lift->insn->slot[CAIRN_SLOT_DATA0];
    LLVMValueRef lanes = permute_lanes(lift, cairn_lift_source(lift, CAIRN_SLOT_ADDR, 0));
    LLVMValueRef row = cairn_lift_clean_row(lift, cairn_vreg_of_code(data->code));
    cairn_lift_put(lift, CAIRN_SLOT_DST, 0, look_up(lift, row, lanes));
}

/* ---- ds_permute_b32: ascending lanes; the highest that hits a lane wins, 0 where none hits */

struct loop {
    LLVMValueRef counter; /* i64 */
    LLVMBasicBlockRef before, body;
};

static struct loop begin_loop(struct cairn_lift *lift)
{
    struct loop loop = {.before = LLVMGetInsertBlock(lift->builder),
                        .body = cairn_lift_block(lift, "lanes")};
    LLVMBuildBr(lift->builder, loop.body);
    LLVMPositionBuilderAtEnd(lift->builder, loop.body);
    loop.counter = LLVMBuildPhi(lift->builder, lift->i64, "");
    return loop;
}

static void end_loop(struct cairn_lift *lift, const struct loop *loop, unsigned count)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef next = LLVMBuildAdd(b, loop->counter, cairn_lift_const64(lift, 1), "");
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntULT, next, cairn_lift_const64(lift, count), "");
    LLVMBasicBlockRef behind = cairn_lift_block(lift, "behind");
    LLVMValueRef values[] = {cairn_lift_const64(lift, 0), next};
    LLVMBasicBlockRef from[] = {loop->before, LLVMGetInsertBlock(b)};
    LLVMAddIncoming(loop->counter, values, from, 2);
    LLVMBuildCondBr(b, more, loop->body, behind);
    LLVMPositionBuilderAtEnd(b, behind);
}

static LLVMValueRef lane_of_row(struct cairn_lift *lift, unsigned slot, LLVMValueRef lane)
{
    const struct cairn_operand *operand = &lift->insn->slot[slot];
    if (!cairn_code_is_vector(operand->code))
        return cairn_lift_scalar(lift, slot);
    LLVMValueRef value =
        LLVMBuildLoad2(lift->builder, lift->i32, lane_pointer(lift, slot, 0, lane), "");
    cairn_lift_tag_state(lift, value);
    return value;
}

/* Lanes that are off write to a place behind the row. */
static void scatter(struct cairn_lift *lift, LLVMValueRef exec, LLVMValueRef got)
{
    LLVMBuilderRef b = lift->builder;
    uint32_t offset = (uint32_t)lift->insn->imm & 0xffff;
    struct loop loop = begin_loop(lift);
    LLVMValueRef to = LLVMBuildAdd(b, lane_of_row(lift, CAIRN_SLOT_ADDR, loop.counter),
                                   cairn_lift_const32(lift, offset), "");
    to = LLVMBuildLShr(b, to, cairn_lift_const32(lift, 2), "");
    to = LLVMBuildAnd(b, to, cairn_lift_const32(lift, CAIRN_WAVE_LANES - 1), "");
    to = LLVMBuildZExt(b, to, lift->i64, "");
    LLVMValueRef on = LLVMBuildTrunc(b, LLVMBuildLShr(b, exec, loop.counter, ""), lift->i1, "");
    to = LLVMBuildSelect(b, on, to, cairn_lift_const64(lift, CAIRN_WAVE_LANES), "");
    LLVMValueRef place = LLVMBuildInBoundsGEP2(b, lift->i32, got, &to, 1, "");
    LLVMBuildStore(b, lane_of_row(lift, CAIRN_SLOT_DATA0, loop.counter), place);
    end_loop(lift, &loop, CAIRN_WAVE_LANES);
}

static void keep_active(struct cairn_lift *lift, LLVMValueRef exec, LLVMValueRef got)
{
    LLVMBuilderRef b = lift->builder;
    struct loop loop = begin_loop(lift);
    LLVMValueRef on = LLVMBuildTrunc(b, LLVMBuildLShr(b, exec, loop.counter, ""), lift->i1, "");
    LLVMValueRef place = LLVMBuildInBoundsGEP2(b, lift->i32, got, &loop.counter, 1, "");
    LLVMValueRef value = LLVMBuildLoad2(b, lift->i32, place, "");
    value = LLVMBuildSelect(b, on, value, lane_of_row(lift, CAIRN_SLOT_DST, loop.counter), "");
    LLVMValueRef at = lane_pointer(lift, CAIRN_SLOT_DST, 0, loop.counter);
    cairn_lift_tag_state(lift, LLVMBuildStore(b, value, at));
    end_loop(lift, &loop, CAIRN_WAVE_LANES);
}

static void emit_permute(struct cairn_lift *lift)
{
    LLVMValueRef exec = cairn_lift_mask64(lift, CAIRN_CODE_EXEC_LO);
    LLVMValueRef got = cairn_lift_spare_rows(lift, CAIRN_SPARE_C);
    for (unsigned chunk = 0; chunk < lift->chunks; chunk++) {
        LLVMValueRef offset = cairn_lift_const64(lift, (uint64_t)chunk * lift->width);
        LLVMValueRef at = LLVMBuildInBoundsGEP2(lift->builder, lift->i32, got, &offset, 1, "");
        LLVMBuildStore(lift->builder, LLVMConstNull(lift->v32), at);
    }
    scatter(lift, exec, got);
    keep_active(lift, exec, got);
}

static void emit(struct cairn_lift *lift)
{
    switch (lift->insn->op) {
    case CAIRN_OP_v_writelane_b32:
        emit_writelane(lift);
        break;
    case CAIRN_OP_ds_swizzle_b32:
        emit_swizzle(lift);
        break;
    case CAIRN_OP_ds_bpermute_b32:
        emit_bpermute(lift);
        break;
    case CAIRN_OP_ds_permute_b32:
        emit_permute(lift);
        break;
    default:
        emit_readlane(lift);
    }
}

const struct cairn_lift_family cairn_lift_cross_family = {.kind = kind, .emit = emit};
