/* SPDX-License-Identifier: MIT
 * Scalar registers: written through to struct cairn_wave at once, so that it is always up to date,
 * and remembered for the rest of the block. Their loads and stores stand in front of the loop over
 * chunks, whatever asks for them.
 */
#include "finalizer/llvm/segment.h"
#include "machine/constant.h"

/* Does each chunk of the segment that is being lifted have its own? */
static bool is_inside(const struct cairn_lift *lift, unsigned code)
{
    const struct cairn_segment *segment = lift->region->segment;
    return segment != NULL && !segment->in_front && segment->inside[code];
}

/* Runs `lift->builder` in front of the loop for as long as the value of this is needed. */
static LLVMBuilderRef enter_scalar(struct cairn_lift *lift, unsigned code)
{
    LLVMBuilderRef before = lift->builder;
    lift->builder = is_inside(lift, code) ? lift->region->lane : lift->region->scalar;
    return before;
}

static LLVMValueRef sgpr_pointer(struct cairn_lift *lift, unsigned code)
{
    if (is_inside(lift, code))
        return cairn_segment_sgpr_pointer(lift, code);
    return cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, sgpr) + 4 * code);
}

/* A 32-bit value may be known as half of a 64-bit one. */
static LLVMValueRef known32(struct cairn_lift *lift, unsigned code)
{
    struct cairn_lift_region *region = lift->region;
    LLVMBuilderRef b = lift->builder;
    if (region->sgpr[code] != NULL)
        return region->sgpr[code];
    if (region->sgpr64[code] != NULL)
        return LLVMBuildTrunc(b, region->sgpr64[code], lift->i32, "");
    if (code > 0 && region->sgpr64[code - 1] != NULL)
        return LLVMBuildTrunc(
            b, LLVMBuildLShr(b, region->sgpr64[code - 1], cairn_lift_const64(lift, 32), ""),
            lift->i32, "");
    return cairn_lift_state_load(lift, lift->i32, sgpr_pointer(lift, code), 4);
}

LLVMValueRef cairn_lift_sgpr(struct cairn_lift *lift, unsigned code)
{
    LLVMBuilderRef before = enter_scalar(lift, code);
    LLVMValueRef value = known32(lift, code);
    lift->region->sgpr[code] = value;
    lift->builder = before;
    return value;
}

static LLVMValueRef joined(struct cairn_lift *lift, LLVMValueRef low, LLVMValueRef high)
{
    LLVMBuilderRef b = lift->builder;
    low = LLVMBuildZExt(b, low, lift->i64, "");
    high = LLVMBuildZExt(b, high, lift->i64, "");
    return LLVMBuildOr(b, low, LLVMBuildShl(b, high, cairn_lift_const64(lift, 32), ""), "");
}

LLVMValueRef cairn_lift_sgpr64(struct cairn_lift *lift, unsigned code)
{
    struct cairn_lift_region *region = lift->region;
    LLVMBuilderRef before = enter_scalar(lift, code);
    LLVMValueRef value = region->sgpr64[code];
    if (value == NULL && (region->sgpr[code] != NULL || region->sgpr[code + 1] != NULL))
        value = joined(lift, known32(lift, code), known32(lift, code + 1));
    if (value == NULL)
        value = cairn_lift_state_load(lift, lift->i64, sgpr_pointer(lift, code), 4);
    region->sgpr64[code] = value;
    lift->builder = before;
    return value;
}

/* The register is about to be written: what is known of its neighbours as halves of pairs with it
 * is kept. */
static void split_pairs_of(struct cairn_lift *lift, unsigned code)
{
    struct cairn_lift_region *region = lift->region;
    if (region->sgpr64[code] != NULL && code + 1 < CAIRN_SREGS)
        region->sgpr[code + 1] = known32(lift, code + 1);
    if (code > 0 && region->sgpr64[code - 1] != NULL)
        region->sgpr[code - 1] = known32(lift, code - 1);
}

static void forget_pairs_of(struct cairn_lift_region *region, unsigned code)
{
    region->sgpr64[code] = NULL;
    if (code > 0)
        region->sgpr64[code - 1] = NULL;
    region->mask[code] = region->any[code] = NULL;
    if (code > 0)
        region->mask[code - 1] = region->any[code - 1] = NULL;
}

/* A scalar register in memory. Of merged waves, each looks for lane masks in its own registers. */
void cairn_lift_store_sgpr(struct cairn_lift *lift, unsigned code, unsigned dwords,
                           LLVMValueRef value)
{
    const struct cairn_lanes *lanes = cairn_lifter_of(lift)->lanes;
    cairn_lift_state_store(lift, value, sgpr_pointer(lift, code), 4);
    if (!lift->geometry->merged || is_inside(lift, code) || lift->region->by_wave ||
        !(lanes->is_mask[code] || lanes->is_mask[code + dwords - 1]))
        return;
    for (unsigned i = 1; i < cairn_region_chunks(lift) / lift->chunks; i++) {
        size_t offset = i * sizeof(struct cairn_wave) + offsetof(struct cairn_wave, sgpr);
        LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offset + 4 * (size_t)code);
        cairn_lift_state_store(lift, value, at, 4);
    }
}

/* True: the value is only remembered for now. */
static bool defer(struct cairn_lift *lift, unsigned code)
{
    struct cairn_lift_region *region = lift->region;
    if (!region->defers || is_inside(lift, code))
        return false;
    region->deferred[code] = true;
    return true;
}

void cairn_lift_put_sgpr(struct cairn_lift *lift, unsigned code, LLVMValueRef value)
{
    LLVMBuilderRef before = enter_scalar(lift, code);
    if (!defer(lift, code) && code < CAIRN_SREG_SCC)
        cairn_lift_store_sgpr(lift, code, 1, value);
    split_pairs_of(lift, code);
    forget_pairs_of(lift->region, code);
    cairn_lift_ends_forget_mask(lift, code);
    lift->region->sgpr[code] = value;
    lift->builder = before;
}

void cairn_lift_put_sgpr64(struct cairn_lift *lift, unsigned code, LLVMValueRef value)
{
    LLVMBuilderRef before = enter_scalar(lift, code);
    struct cairn_lift_region *region = lift->region;
    if (!defer(lift, code) || !defer(lift, code + 1))
        cairn_lift_store_sgpr(lift, code, 2, value);
    split_pairs_of(lift, code);
    split_pairs_of(lift, code + 1);
    forget_pairs_of(region, code);
    forget_pairs_of(region, code + 1);
    cairn_lift_ends_forget_mask(lift, code);
    region->sgpr[code] = region->sgpr[code + 1] = NULL;
    region->sgpr64[code] = value;
    lift->builder = before;
}

LLVMValueRef cairn_lift_mask64(struct cairn_lift *lift, unsigned code)
{
    return cairn_lift_sgpr64(lift, code);
}

static LLVMValueRef scc_pointer(struct cairn_lift *lift)
{
    if (is_inside(lift, CAIRN_SREG_SCC))
        return cairn_segment_sgpr_pointer(lift, CAIRN_SREG_SCC);
    return cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, scc));
}

LLVMValueRef cairn_lift_scc(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    if (region->scc == NULL) {
        LLVMBuilderRef before = enter_scalar(lift, CAIRN_SREG_SCC);
        LLVMValueRef word = cairn_lift_state_load(lift, lift->i32, scc_pointer(lift), 4);
        region->scc =
            LLVMBuildICmp(lift->builder, LLVMIntNE, word, cairn_lift_const32(lift, 0), "");
        lift->builder = before;
    }
    return region->scc;
}

void cairn_lift_put_scc(struct cairn_lift *lift, LLVMValueRef value)
{
    LLVMBuilderRef before = enter_scalar(lift, CAIRN_SREG_SCC);
    LLVMValueRef word = LLVMBuildZExt(lift->builder, value, lift->i32, "");
    if (!defer(lift, CAIRN_SREG_SCC))
        cairn_lift_state_store(lift, word, scc_pointer(lift), 4);
    lift->region->scc = value;
    lift->region->scc_of = -1;
    lift->builder = before;
}

void cairn_lift_flush_scalars(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    LLVMBuilderRef before = lift->builder;
    lift->builder = region->scalar;
    region->defers = false;
    for (unsigned code = 0; code < CAIRN_SREG_SCC; code++)
        if (region->deferred[code])
            cairn_lift_store_sgpr(lift, code, 1, known32(lift, code));
    if (region->deferred[CAIRN_SREG_SCC] && region->scc != NULL) {
        LLVMValueRef word = LLVMBuildZExt(lift->builder, region->scc, lift->i32, "");
        cairn_lift_state_store(lift, word, scc_pointer(lift), 4);
    }
    for (unsigned code = 0; code < CAIRN_SREGS; code++)
        region->deferred[code] = false;
    lift->builder = before;
}

bool cairn_lift_mode_known(struct cairn_lift *lift, uint32_t *mode)
{
    *mode = lift->geometry->mode;
    return !cairn_lifter_of(lift)->function.mode_written;
}

LLVMValueRef cairn_lift_mode(struct cairn_lift *lift)
{
    uint32_t mode;
    if (cairn_lift_mode_known(lift, &mode))
        return cairn_lift_const32(lift, mode);
    LLVMBuilderRef before = enter_scalar(lift, CAIRN_SREG_MODE);
    LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, mode));
    LLVMValueRef value = cairn_lift_state_load(lift, lift->i32, at, 4);
    lift->builder = before;
    return value;
}

/* ---- operands that are not registers */

static LLVMValueRef is_zero64(struct cairn_lift *lift, unsigned code)
{
    return LLVMBuildICmp(lift->builder, LLVMIntEQ, cairn_lift_sgpr64(lift, code),
                         cairn_lift_const64(lift, 0), "");
}

/* Sources that are live state; see cairn_scalar_value of the interpreter. */
static LLVMValueRef live_value(struct cairn_lift *lift, unsigned code)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef low = cairn_lift_const64(lift, 0xffffffffu);
    LLVMValueRef at, shared = LLVMBuildPtrToInt(b, lift->lds, lift->i64, "");
    switch (code) {
    case CAIRN_CODE_SHARED_BASE:
        return shared;
    case CAIRN_CODE_SHARED_LIMIT:
        return LLVMBuildOr(b, shared, low, "");
    case CAIRN_CODE_PRIVATE_BASE:
    case CAIRN_CODE_PRIVATE_LIMIT:
        at = cairn_lift_frame_field(lift, offsetof(struct cairn_native_frame, private_aperture));
        at = cairn_lift_state_load(lift, lift->i64, at, 8);
        return code == CAIRN_CODE_PRIVATE_BASE ? at : LLVMBuildOr(b, at, low, "");
    case CAIRN_CODE_VCCZ:
        return LLVMBuildZExt(b, is_zero64(lift, CAIRN_CODE_VCC_LO), lift->i64, "");
    case CAIRN_CODE_EXECZ:
        return LLVMBuildZExt(b, is_zero64(lift, CAIRN_CODE_EXEC_LO), lift->i64, "");
    case CAIRN_CODE_SCC:
        return LLVMBuildZExt(b, cairn_lift_scc(lift), lift->i64, "");
    default:
        return cairn_lift_const64(lift, 0);
    }
}

/* The register that a live source looks at. */
static unsigned code_behind(unsigned code)
{
    switch (code) {
    case CAIRN_CODE_VCCZ:
        return CAIRN_CODE_VCC_LO;
    case CAIRN_CODE_EXECZ:
        return CAIRN_CODE_EXEC_LO;
    case CAIRN_CODE_SCC:
        return CAIRN_SREG_SCC;
    default:
        return CAIRN_SREG_MODE; /* never inside of a segment */
    }
}

static bool is_live(unsigned code)
{
    return code > CAIRN_CODE_INT_LAST && code != CAIRN_CODE_LITERAL &&
           (code < CAIRN_CODE_FLOAT_FIRST || code > CAIRN_CODE_FLOAT_LAST);
}

LLVMValueRef cairn_lift_scalar64(struct cairn_lift *lift, unsigned slot)
{
    const struct cairn_operand *operand = &lift->insn->slot[slot];
    if (operand->code < 127)
        return cairn_lift_sgpr64(lift, operand->code);
    if (operand->code == CAIRN_CODE_LITERAL)
        return cairn_lift_const64(lift, cairn_literal_value(lift->insn->literal, operand->type));
    if (!is_live(operand->code))
        return cairn_lift_const64(lift, cairn_inline_constant(operand->code, operand->type));
    LLVMBuilderRef before = enter_scalar(lift, code_behind(operand->code));
    LLVMValueRef value = live_value(lift, operand->code);
    lift->builder = before;
    return value;
}

LLVMValueRef cairn_lift_scalar(struct cairn_lift *lift, unsigned slot)
{
    const struct cairn_operand *operand = &lift->insn->slot[slot];
    if (operand->code < 128)
        return cairn_lift_sgpr(lift, operand->code);
    LLVMBuilderRef before = enter_scalar(lift, code_behind(operand->code));
    LLVMValueRef value =
        LLVMBuildTrunc(lift->builder, cairn_lift_scalar64(lift, slot), lift->i32, "");
    lift->builder = before;
    return value;
}
