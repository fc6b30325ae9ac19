/* SPDX-License-Identifier: MIT
 * Reading lanes of other chunks: rows of registers are put in order in front of the loop over
 * chunks, from the registers' memory, and the chunks read what they need of them. The planner has
 * cut the region where its own instructions have written such a row before.
 */
#include "finalizer/llvm/lift_cross.h"

#include "finalizer/llvm/lift_priv.h"

#include <string.h>

enum { ROW_BYTES = CAIRN_WAVE_LANES * sizeof(uint32_t) };

/* ---- places */

static LLVMValueRef stack_bytes(struct cairn_lift *lift, uint64_t bytes)
{
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(lift->context);
    LLVMValueRef first = LLVMGetFirstInstruction(entry);
    if (first != NULL)
        LLVMPositionBuilderBefore(builder, first);
    else
        LLVMPositionBuilderAtEnd(builder, entry);
    LLVMValueRef slot = LLVMBuildAlloca(builder, LLVMArrayType2(lift->i8, bytes), "");
    LLVMSetAlignment(slot, 64);
    LLVMDisposeBuilder(builder);
    return slot;
}

LLVMValueRef cairn_lift_stack_rows(struct cairn_lift *lift, unsigned rows)
{
    return stack_bytes(lift, (uint64_t)rows * ROW_BYTES);
}

LLVMValueRef cairn_lift_spare_rows(struct cairn_lift *lift, enum cairn_lift_spare which)
{
    LLVMValueRef *rows = &lift->region->wave_rows[which];
    if (*rows == NULL)
        *rows = stack_bytes(lift, (which == CAIRN_SPARE_C ? 33 : 2) * ROW_BYTES);
    return *rows;
}

/* Rows for all waves. What a region has taken is free again behind it. */
static LLVMValueRef take_rows(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    uint64_t bytes = (uint64_t)cairn_lift_waves(lift) * ROW_BYTES;
    if (region->rows_taken >= sizeof region->spare_rows / sizeof region->spare_rows[0])
        return stack_bytes(lift, bytes);
    LLVMValueRef *rows = &region->spare_rows[region->rows_taken++];
    if (*rows == NULL)
        *rows = stack_bytes(lift, bytes);
    return *rows;
}

static LLVMValueRef bytes_behind(struct cairn_lift *lift, LLVMValueRef pointer, LLVMValueRef offset)
{
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i8, pointer, &offset, 1, "");
}

static LLVMValueRef at(struct cairn_lift *lift, LLVMValueRef pointer, uint64_t offset)
{
    return offset == 0 ? pointer : bytes_behind(lift, pointer, cairn_lift_const64(lift, offset));
}

unsigned cairn_lift_waves(const struct cairn_lift *lift)
{
    return lift->geometry->merged ? (unsigned)cairn_geometry_waves(lift->geometry) : 1;
}

LLVMValueRef cairn_lift_wave_row(struct cairn_lift *lift, unsigned vreg, unsigned wave)
{
    return cairn_lift_row(lift, vreg, cairn_lift_const32(lift, wave * lift->chunks));
}

LLVMValueRef cairn_lift_of_chunk(struct cairn_lift *lift, LLVMValueRef base, uint64_t wave_bytes,
                                 uint64_t chunk_bytes)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef chunk = LLVMBuildZExt(b, cairn_lift_chunk(lift), lift->i64, ""), wave = NULL;
    if (lift->geometry->merged) {
        LLVMValueRef count = cairn_lift_const64(lift, lift->chunks);
        wave = LLVMBuildUDiv(b, chunk, count, "");
        chunk = LLVMBuildURem(b, chunk, count, "");
    }
    LLVMValueRef offset = LLVMBuildMul(b, chunk, cairn_lift_const64(lift, chunk_bytes), "");
    if (wave != NULL) {
        wave = LLVMBuildMul(b, wave, cairn_lift_const64(lift, wave_bytes), "");
        offset = LLVMBuildAdd(b, offset, wave, "");
    }
    return bytes_behind(lift, base, offset);
}

/* EXEC of one of the waves, in front of the loop. */
static LLVMValueRef exec_of(struct cairn_lift *lift, unsigned wave)
{
    if (lift->insn_facts->exec_full)
        return cairn_lift_const64(lift, UINT64_MAX);
    if (!lift->geometry->merged)
        return cairn_lift_mask64(lift, CAIRN_CODE_EXEC_LO);
    size_t offset = wave * sizeof(struct cairn_wave) + offsetof(struct cairn_wave, sgpr) +
                    CAIRN_CODE_EXEC_LO * sizeof(uint32_t);
    return cairn_lift_state_load(lift, lift->i64, cairn_lift_wave_field(lift, lift->wave, offset),
                                 4);
}

/* Lanes of a chunk out of 64 bits; `chunk` is i64, its number in the wave. */
static LLVMValueRef lanes_of(struct cairn_lift *lift, LLVMValueRef bits, LLVMValueRef chunk)
{
    LLVMBuilderRef b = lift->builder;
    LLVMTypeRef type = LLVMIntTypeInContext(lift->context, lift->width);
    LLVMValueRef shift = LLVMBuildMul(b, chunk, cairn_lift_const64(lift, lift->width), "");
    LLVMValueRef mine = LLVMBuildTrunc(b, LLVMBuildLShr(b, bits, shift, ""), type, "");
    return LLVMBuildBitCast(b, mine, lift->v1, "");
}

static LLVMValueRef load_chunk(struct cairn_lift *lift, LLVMValueRef row, unsigned chunk)
{
    unsigned bytes = 4 * lift->width;
    return cairn_lift_state_load(lift, lift->v32, at(lift, row, (uint64_t)chunk * bytes), bytes);
}

static void store_chunk(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef row,
                        unsigned chunk)
{
    unsigned bytes = 4 * lift->width;
    LLVMValueRef place = at(lift, row, (uint64_t)chunk * bytes);
    LLVMSetAlignment(LLVMBuildStore(lift->builder, value, place), bytes);
}

/* ---- rows that the chunks look up lanes in */

static bool region_writes(const struct cairn_lift *lift, unsigned vreg)
{
    for (uint32_t i = lift->region->first; i <= lift->region->last; i++) {
        struct cairn_regs reads, writes;
        bool any;
        cairn_insn_registers(&lift->program->insns[i].insn, &reads, &writes, &any);
        if (any || cairn_regs_has_v(&writes, vreg))
            return true;
    }
    return false;
}

static void copy_clean(struct cairn_lift *lift, unsigned vreg, unsigned wave, LLVMValueRef to)
{
    LLVMValueRef row = cairn_lift_wave_row(lift, vreg, wave), exec = exec_of(lift, wave);
    for (unsigned chunk = 0; chunk < lift->chunks; chunk++) {
        LLVMValueRef value = load_chunk(lift, row, chunk);
        if (!lift->insn_facts->exec_full) {
            LLVMValueRef active = lanes_of(lift, exec, cairn_lift_const64(lift, chunk));
            value = LLVMBuildSelect(lift->builder, active, value, LLVMConstNull(lift->v32), "");
        }
        store_chunk(lift, value, to, chunk);
    }
}

LLVMValueRef cairn_lift_clean_row(struct cairn_lift *lift, unsigned vreg)
{
    LLVMBuilderRef lane = lift->builder;
    unsigned waves = cairn_lift_waves(lift);
    lift->builder = lift->region->scalar;
    bool as_it_is = waves == 1 && lift->insn_facts->exec_full && !region_writes(lift, vreg);
    LLVMValueRef rows = as_it_is ? cairn_lift_wave_row(lift, vreg, 0) : take_rows(lift);
    for (unsigned wave = 0; wave < waves && !as_it_is; wave++)
        copy_clean(lift, vreg, wave, at(lift, rows, (uint64_t)wave * ROW_BYTES));
    lift->builder = lane;
    return waves == 1 ? rows : cairn_lift_of_chunk(lift, rows, ROW_BYTES, 0);
}

/* ---- fixed patterns */

bool cairn_lift_pattern_in_chunk(const struct cairn_lift_pattern *pattern, unsigned width)
{
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        int from = pattern->from[lane], first = pattern->from[lane % width];
        if (from >= 0 ? (unsigned)from / width != lane / width || first < 0 ||
                            (unsigned)first != (unsigned)from % width
                      : first >= 0)
            return false;
    }
    return true;
}

/* Bits of `exec` as the pattern moves them: one shift for each distance that occurs. */
static LLVMValueRef move_bits(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern,
                              LLVMValueRef exec)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef all = cairn_lift_const64(lift, 0);
    for (int distance = -63; distance <= 63; distance++) {
        uint64_t lanes = 0;
        for (int lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            if (pattern->from[lane] >= 0 && lane - pattern->from[lane] == distance)
                lanes |= UINT64_C(1) << lane;
        if (lanes == 0)
            continue;
        LLVMValueRef by = cairn_lift_const64(lift, (uint64_t)(distance < 0 ? -distance : distance));
        LLVMValueRef bits =
            distance < 0 ? LLVMBuildLShr(b, exec, by, "") : LLVMBuildShl(b, exec, by, "");
        bits = LLVMBuildAnd(b, bits, cairn_lift_const64(lift, lanes), "");
        all = LLVMBuildOr(b, all, bits, "");
    }
    return all;
}

/* One chunk of the moved row: a shuffle for each chunk that it reads. */
static LLVMValueRef move_chunk(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern,
                               LLVMValueRef row, unsigned chunk)
{
    unsigned width = lift->width;
    const int8_t *from = pattern->from + (size_t)chunk * width;
    LLVMValueRef value = LLVMConstNull(lift->v32), mask[CAIRN_WAVE_LANES];
    for (unsigned other = 0; other < lift->chunks; other++) {
        bool any = false;
        for (unsigned i = 0; i < width; i++) {
            bool here = from[i] >= 0 && (unsigned)from[i] / width == other;
            mask[i] = cairn_lift_const32(lift, here ? width + (unsigned)from[i] % width : i);
            any = any || here;
        }
        if (any)
            value = LLVMBuildShuffleVector(lift->builder, value, load_chunk(lift, row, other),
                                           LLVMConstVector(mask, width), "");
    }
    return value;
}

void cairn_lift_move_row(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern,
                         LLVMValueRef from, LLVMValueRef to)
{
    for (unsigned chunk = 0; chunk < lift->chunks; chunk++)
        store_chunk(lift, move_chunk(lift, pattern, from, chunk), to, chunk);
}

static LLVMValueRef moved_row(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern,
                              unsigned vreg)
{
    unsigned waves = cairn_lift_waves(lift);
    LLVMValueRef rows = take_rows(lift);
    for (unsigned wave = 0; wave < waves; wave++) {
        LLVMValueRef row = cairn_lift_wave_row(lift, vreg, wave);
        cairn_lift_move_row(lift, pattern, row, at(lift, rows, (uint64_t)wave * ROW_BYTES));
    }
    return rows;
}

/* i64 in front of the loop, or ptr to one for each of several waves. */
static LLVMValueRef moved_masks(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern)
{
    unsigned waves = cairn_lift_waves(lift);
    if (waves == 1)
        return move_bits(lift, pattern, exec_of(lift, 0));
    LLVMValueRef masks = stack_bytes(lift, waves * sizeof(uint64_t));
    for (unsigned wave = 0; wave < waves; wave++)
        LLVMBuildStore(lift->builder, move_bits(lift, pattern, exec_of(lift, wave)),
                       at(lift, masks, wave * sizeof(uint64_t)));
    return masks;
}

static LLVMValueRef valid_lanes(struct cairn_lift *lift, LLVMValueRef masks)
{
    LLVMBuilderRef b = lift->builder;
    if (LLVMIsConstant(masks) && LLVMIsAConstantInt(masks) != NULL &&
        LLVMConstIntGetZExtValue(masks) == UINT64_MAX)
        return LLVMConstAllOnes(lift->v1);
    LLVMValueRef chunk = LLVMBuildZExt(b, cairn_lift_chunk(lift), lift->i64, "");
    if (LLVMGetTypeKind(LLVMTypeOf(masks)) == LLVMPointerTypeKind) {
        masks = cairn_lift_of_chunk(lift, masks, sizeof(uint64_t), 0);
        masks = LLVMBuildLoad2(b, lift->i64, masks, "");
        chunk = LLVMBuildURem(b, chunk, cairn_lift_const64(lift, lift->chunks), "");
    }
    return lanes_of(lift, masks, chunk);
}

static LLVMValueRef load_moved(struct cairn_lift *lift, LLVMValueRef rows)
{
    unsigned bytes = 4 * lift->width;
    LLVMValueRef value = LLVMBuildLoad2(lift->builder, lift->v32,
                                        cairn_lift_of_chunk(lift, rows, ROW_BYTES, bytes), "");
    LLVMSetAlignment(value, bytes);
    return value;
}

static LLVMValueRef apply_across(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern,
                                 unsigned slot, bool wide, LLVMValueRef *valid)
{
    LLVMBuilderRef lane = lift->builder;
    unsigned vreg = cairn_vreg_of_code(lift->insn->slot[slot].code);
    lift->builder = lift->region->scalar;
    LLVMValueRef low = moved_row(lift, pattern, vreg);
    LLVMValueRef high = wide ? moved_row(lift, pattern, vreg + 1) : NULL;
    LLVMValueRef masks = moved_masks(lift, pattern);
    lift->builder = lane;
    *valid = valid_lanes(lift, masks);
    low = load_moved(lift, low);
    if (!wide)
        return low;
    high = LLVMBuildZExt(lane, load_moved(lift, high), lift->v64, "");
    high = LLVMBuildShl(lane, high, cairn_lift_splat(lift, cairn_lift_const64(lift, 32)), "");
    return LLVMBuildOr(lane, LLVMBuildZExt(lane, low, lift->v64, ""), high, "");
}

static LLVMValueRef apply_inside(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern,
                                 LLVMValueRef source, LLVMValueRef *valid)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef mask[CAIRN_WAVE_LANES], there[CAIRN_WAVE_LANES];
    for (unsigned i = 0; i < lift->width; i++) {
        bool has = pattern->from[i] >= 0;
        mask[i] = cairn_lift_const32(lift, has ? (uint32_t)pattern->from[i] : i);
        there[i] = LLVMConstInt(lift->i1, has, false);
    }
    LLVMValueRef moves = LLVMConstVector(mask, lift->width);
    *valid = LLVMConstVector(there, lift->width);
    if (!lift->insn_facts->exec_full) {
        LLVMValueRef exec = cairn_lift_exec(lift);
        exec = LLVMBuildShuffleVector(b, exec, LLVMGetPoison(lift->v1), moves, "");
        *valid = LLVMBuildAnd(b, *valid, exec, "");
    }
    return LLVMBuildShuffleVector(b, source, LLVMGetPoison(LLVMTypeOf(source)), moves, "");
}

LLVMValueRef cairn_lift_pattern_apply(struct cairn_lift *lift,
                                      const struct cairn_lift_pattern *pattern, unsigned slot,
                                      LLVMValueRef source, LLVMValueRef *valid)
{
    bool vector = cairn_code_is_vector(lift->insn->slot[slot].code);
    if (cairn_lift_pattern_in_chunk(pattern, lift->width))
        return apply_inside(lift, pattern, source, valid);
    if (!vector) { /* all lanes hold the same */
        LLVMBuilderRef lane = lift->builder;
        lift->builder = lift->region->scalar;
        LLVMValueRef masks = moved_masks(lift, pattern);
        lift->builder = lane;
        *valid = valid_lanes(lift, masks);
        return source;
    }
    bool wide = LLVMTypeOf(source) == lift->v64;
    return apply_across(lift, pattern, slot, wide, valid);
}
