/* SPDX-License-Identifier: MIT
 * Values: where sources come from and results go. Vector registers of the chunk are kept as SSA
 * values while a region is open; scalar registers are stored at once and remembered for the rest of
 * the block.
 */
#include "finalizer/llvm/segment.h"

/* ---- vector registers of the chunk */

static LLVMValueRef vector_of_base(struct cairn_lift *lift, LLVMValueRef base,
                                   struct cairn_shape shape)
{
    LLVMValueRef all = cairn_lift_splat(lift, base);
    if (shape.kind != CAIRN_SHAPE_AFFINE)
        return all;
    return LLVMBuildAdd(lift->builder, all, cairn_lift_iota(lift, shape.stride), "");
}

/* Where a register is that this block has not looked at yet: in memory, or in a slot of the
 * segment. */
static LLVMValueRef find_vector(struct cairn_lift *lift, unsigned vreg)
{
    const struct cairn_segment *segment = lift->region->segment;
    if (segment != NULL && segment->row[vreg] != NULL)
        return LLVMBuildLoad2(lift->builder, lift->v32, segment->row[vreg], "");
    return cairn_lift_state_load(lift, lift->v32, cairn_lift_register_pointer(lift, vreg),
                                 4 * lift->width);
}

static LLVMValueRef find_base(struct cairn_lift *lift, unsigned vreg)
{
    const struct cairn_segment *segment = lift->region->segment;
    if (segment != NULL && segment->row[vreg] != NULL)
        return LLVMBuildLoad2(lift->builder, lift->i32, segment->base[vreg], "");
    return cairn_lift_state_load(lift, lift->i32, cairn_lift_register_pointer(lift, vreg), 4);
}

/* Is it lane 0's value that is in the slot? */
static bool is_kept_as_base(const struct cairn_lift *lift, unsigned vreg)
{
    const struct cairn_segment *segment = lift->region->segment;
    return segment != NULL && segment->row[vreg] != NULL && segment->as_base[vreg];
}

LLVMValueRef cairn_lift_register(struct cairn_lift *lift, unsigned vreg)
{
    struct cairn_lift_region *region = lift->region;
    cairn_nan_read(lift, vreg);
    if (region->vector[vreg] == NULL && region->base[vreg] == NULL && is_kept_as_base(lift, vreg))
        region->base[vreg] = find_base(lift, vreg);
    if (region->vector[vreg] == NULL && region->base[vreg] != NULL)
        region->vector[vreg] = vector_of_base(lift, region->base[vreg], region->shape[vreg]);
    if (region->vector[vreg] == NULL)
        region->vector[vreg] = find_vector(lift, vreg);
    return region->vector[vreg];
}

LLVMValueRef cairn_lift_register_base(struct cairn_lift *lift, unsigned vreg)
{
    struct cairn_lift_region *region = lift->region;
    bool in_row = region->segment != NULL && region->segment->row[vreg] != NULL &&
                  !is_kept_as_base(lift, vreg);
    if (region->known_base[vreg] == NULL)
        region->known_base[vreg] = cairn_lift_known_base(lift, vreg);
    if (region->known_base[vreg] != NULL)
        return region->known_base[vreg];
    if (region->base[vreg] != NULL)
        return region->base[vreg];
    if (region->vector[vreg] == NULL && in_row)
        region->vector[vreg] = find_vector(lift, vreg);
    if (region->vector[vreg] != NULL)
        return LLVMBuildExtractElement(lift->builder, cairn_lift_register(lift, vreg),
                                       cairn_lift_const64(lift, 0), "");
    region->base[vreg] = find_base(lift, vreg);
    return region->base[vreg];
}

/* ---- results */

static const struct cairn_operand *operand_of(const struct cairn_lift *lift, unsigned slot)
{
    return &lift->insn->slot[slot];
}

static void set_register(struct cairn_lift *lift, unsigned vreg, LLVMValueRef vector,
                         LLVMValueRef base)
{
    lift->region->vector[vreg] = vector;
    lift->region->base[vreg] = base;
    lift->region->dirty[vreg] = true;
    lift->region->known.vector[vreg] = 0; /* until the instruction is done */
    lift->region->known_base[vreg] = NULL;
    cairn_lift_ends_forget(lift, vreg);
}

void cairn_lift_put_masked(struct cairn_lift *lift, unsigned slot, unsigned dword,
                           LLVMValueRef value, LLVMValueRef mask)
{
    unsigned vreg = cairn_vreg_of_code(operand_of(lift, slot)->code) + dword;
    if (!(LLVMIsConstant(mask) && mask == LLVMConstAllOnes(lift->v1)))
        value = LLVMBuildSelect(lift->builder, mask, value, cairn_lift_register(lift, vreg), "");
    set_register(lift, vreg, value, NULL);
}

void cairn_lift_put(struct cairn_lift *lift, unsigned slot, unsigned dword, LLVMValueRef value)
{
    unsigned vreg = cairn_vreg_of_code(operand_of(lift, slot)->code) + dword;
    if (lift->insn_facts->full_write)
        set_register(lift, vreg, value, NULL);
    else
        cairn_lift_put_masked(lift, slot, dword, value, cairn_lift_exec(lift));
}

void cairn_lift_put_base(struct cairn_lift *lift, unsigned slot, unsigned dword, LLVMValueRef value)
{
    set_register(lift, cairn_vreg_of_code(operand_of(lift, slot)->code) + dword, NULL, value);
}

/* ---- pairs */

/* The `count` elements index(i) + add of `a` followed by `b`. */
static LLVMValueRef shuffled(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b,
                             unsigned count, unsigned (*index)(unsigned at, unsigned width),
                             unsigned add)
{
    LLVMValueRef mask[2 * 64];
    for (unsigned i = 0; i < count; i++)
        mask[i] = cairn_lift_const32(lift, index(i, lift->width) + add);
    return LLVMBuildShuffleVector(lift->builder, a, b, LLVMConstVector(mask, count), "");
}

static unsigned alternating(unsigned at, unsigned width)
{
    return at / 2 + at % 2 * width;
}

static unsigned every_second(unsigned at, unsigned width)
{
    (void)width;
    return 2 * at;
}

static LLVMValueRef joined(struct cairn_lift *lift, LLVMValueRef low, LLVMValueRef high)
{
    LLVMValueRef both = shuffled(lift, low, high, 2 * lift->width, alternating, 0);
    return LLVMBuildBitCast(lift->builder, both, lift->v64, "");
}

/* Dword 0 or 1 of each lane. */
static LLVMValueRef half_of(struct cairn_lift *lift, LLVMValueRef value, unsigned dword)
{
    LLVMTypeRef dwords = LLVMVectorType(lift->i32, 2 * lift->width);
    LLVMValueRef both = LLVMBuildBitCast(lift->builder, value, dwords, "");
    return shuffled(lift, both, LLVMGetPoison(dwords), lift->width, every_second, dword);
}

void cairn_lift_put64(struct cairn_lift *lift, unsigned slot, LLVMValueRef value)
{
    unsigned vreg = cairn_vreg_of_code(operand_of(lift, slot)->code);
    LLVMValueRef low = half_of(lift, value, 0), high = half_of(lift, value, 1);
    cairn_lift_put(lift, slot, 0, low);
    cairn_lift_put(lift, slot, 1, high);
    lift->region->pair[vreg] = (struct cairn_lift_pair){value, low, high, NULL};
}

/* Asked for with the vectors that the registers hold then; others are not taken for these. */
void cairn_lift_note_pair(struct cairn_lift *lift, unsigned slot, LLVMValueRef wide,
                          LLVMValueRef low, LLVMValueRef high)
{
    unsigned vreg = cairn_vreg_of_code(operand_of(lift, slot)->code);
    lift->region->pair[vreg] = (struct cairn_lift_pair){wide, low, high, NULL};
}

/* ---- sources */

LLVMValueRef cairn_lift_source(struct cairn_lift *lift, unsigned slot, unsigned dword)
{
    const struct cairn_operand *operand = operand_of(lift, slot);
    if (cairn_code_is_vector(operand->code))
        return cairn_lift_register(lift, cairn_vreg_of_code(operand->code) + dword);
    return cairn_lift_splat(lift, cairn_lift_base(lift, slot, dword));
}

LLVMValueRef cairn_lift_source64(struct cairn_lift *lift, unsigned slot)
{
    if (!cairn_code_is_vector(operand_of(lift, slot)->code))
        return cairn_lift_splat(lift, cairn_lift_scalar64(lift, slot));
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMValueRef low = cairn_lift_source(lift, slot, 0), high = cairn_lift_source(lift, slot, 1);
    struct cairn_lift_pair *pair =
        &lift->region->pair[cairn_vreg_of_code(operand_of(lift, slot)->code)];
    if (pair->low == low && pair->high == high && (pair->block == NULL || pair->block == here))
        return pair->value;
    *pair = (struct cairn_lift_pair){joined(lift, low, high), low, high, here};
    return pair->value;
}

/* What is known of a pair is kept with its high register. */
struct cairn_shape cairn_lift_shape(struct cairn_lift *lift, unsigned slot, unsigned dword)
{
    const struct cairn_operand *operand = operand_of(lift, slot);
    if (!cairn_code_is_vector(operand->code))
        return (struct cairn_shape){.kind = CAIRN_SHAPE_GROUP_UNIFORM, .pair = true};
    const struct cairn_shape *shapes = &lift->region->shape[cairn_vreg_of_code(operand->code)];
    struct cairn_shape shape = shapes[dword];
    if (shape.kind == CAIRN_SHAPE_VARYING)
        cairn_lift_known_shape(lift, cairn_vreg_of_code(operand->code) + dword, &shape);
    shape.pair = false;
    if (dword == 0 && operand->dwords == 2) {
        bool uniform = cairn_shape_is_same(shapes[0]) && cairn_shape_is_same(shapes[1]);
        shape.pair = uniform || shapes[1].pair;
        shape.pair_run = !uniform && shapes[1].pair ? shapes[1].pair_run : 0;
        shape.pair_stride = uniform ? 0 : shapes[1].pair_stride;
    }
    return shape;
}

LLVMValueRef cairn_lift_base(struct cairn_lift *lift, unsigned slot, unsigned dword)
{
    const struct cairn_operand *operand = operand_of(lift, slot);
    LLVMBuilderRef b = lift->builder;
    if (cairn_code_is_vector(operand->code))
        return cairn_lift_register_base(lift, cairn_vreg_of_code(operand->code) + dword);
    if (operand->code < 128)
        return cairn_lift_sgpr(lift, operand->code + dword);
    if (operand->dwords < 2)
        return cairn_lift_scalar(lift, slot);
    LLVMValueRef both = cairn_lift_scalar64(lift, slot);
    if (dword > 0)
        both = LLVMBuildLShr(b, both, cairn_lift_const64(lift, 32), "");
    return LLVMBuildTrunc(b, both, lift->i32, "");
}

LLVMValueRef cairn_lift_base64(struct cairn_lift *lift, unsigned slot)
{
    LLVMBuilderRef b = lift->builder;
    if (!cairn_code_is_vector(operand_of(lift, slot)->code))
        return cairn_lift_scalar64(lift, slot);
    LLVMValueRef low = LLVMBuildZExt(b, cairn_lift_base(lift, slot, 0), lift->i64, "");
    LLVMValueRef high = LLVMBuildZExt(b, cairn_lift_base(lift, slot, 1), lift->i64, "");
    return LLVMBuildOr(b, low, LLVMBuildShl(b, high, cairn_lift_const64(lift, 32), ""), "");
}

/* ---- lane masks */

LLVMValueRef cairn_lift_exec(struct cairn_lift *lift)
{
    if (lift->insn_facts->exec_full)
        return LLVMConstAllOnes(lift->v1);
    return cairn_lift_mask_code(lift, CAIRN_CODE_EXEC_LO);
}

/* This chunk's bits of a mask that is at hand as a 64-bit number. */
static LLVMValueRef part_of_mask(struct cairn_lift *lift, LLVMValueRef bits)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef shift = cairn_lift_chunk_start(lift);
    LLVMValueRef mine =
        LLVMBuildTrunc(b, LLVMBuildLShr(b, bits, shift, ""), cairn_lift_mask_type(lift), "");
    return LLVMBuildBitCast(b, mine, lift->v1, "");
}

LLVMValueRef cairn_lift_mask_code(struct cairn_lift *lift, unsigned code)
{
    struct cairn_lift_region *region = lift->region;
    LLVMValueRef known = cairn_lift_known_mask(lift, code);
    if (known != NULL)
        return known;
    if (region->mask[code] != NULL)
        return region->mask[code];
    const struct cairn_segment *segment = region->segment;
    bool in_slots = segment != NULL && !segment->in_front;
    bool number = in_slots && segment->inside[code] && !cairn_lanes_has(segment->own, code);
    bool deferred = !in_slots && (region->deferred[code] || region->deferred[code + 1]);
    if (number || deferred) /* written by scalar instructions, not in memory */
        return region->mask[code] = part_of_mask(lift, cairn_lift_sgpr64(lift, code));
    if (segment != NULL && segment->mask[code] != NULL)
        return region->mask[code] =
                   LLVMBuildLoad2(lift->builder, lift->v1, segment->mask[code], "");
    LLVMValueRef bits = cairn_lift_state_load(lift, cairn_lift_mask_type(lift),
                                              cairn_lift_mask_pointer(lift, code), lift->width / 8);
    return region->mask[code] = LLVMBuildBitCast(lift->builder, bits, lift->v1, "");
}

void cairn_lift_note_bit(struct cairn_lift *lift, LLVMValueRef mask, LLVMValueRef bit)
{
    lift->region->bit_mask = mask;
    lift->region->bit = bit;
}

LLVMValueRef cairn_lift_bit_of(struct cairn_lift *lift, LLVMValueRef mask)
{
    LLVMBuilderRef b = lift->builder;
    if (mask == lift->region->bit_mask)
        return lift->region->bit;
    if (lift->insn_facts->exec_full)
        return LLVMBuildExtractElement(b, mask, cairn_lift_const64(lift, 0), "");
    LLVMValueRef bits = LLVMBuildBitCast(b, mask, cairn_lift_mask_type(lift), "");
    return LLVMBuildICmp(b, LLVMIntNE, bits, LLVMConstNull(LLVMTypeOf(bits)), "");
}

LLVMValueRef cairn_lift_mask(struct cairn_lift *lift, unsigned slot)
{
    unsigned code = operand_of(lift, slot)->code;
    return code < 128 ? cairn_lift_mask_code(lift, code)
                      : part_of_mask(lift, cairn_lift_scalar64(lift, slot));
}

void cairn_lift_store_mask(struct cairn_lift *lift, unsigned code)
{
    LLVMValueRef bits = LLVMBuildBitCast(lift->builder, cairn_lift_mask_code(lift, code),
                                         cairn_lift_mask_type(lift), "");
    cairn_lift_state_store(lift, bits, cairn_lift_mask_pointer(lift, code), lift->width / 8);
}

void cairn_lift_forget_mask(struct cairn_lift *lift, unsigned code)
{
    struct cairn_lift_region *region = lift->region;
    cairn_lift_ends_forget_mask(lift, code);
    for (unsigned i = code; i < code + 2; i++) {
        region->sgpr[i] = NULL;
        region->deferred[i] = false;
    }
    region->sgpr64[code] = NULL;
    if (code > 0)
        region->sgpr64[code - 1] = NULL;
    region->sgpr64[code + 1] = NULL;
    region->mask[code] = region->any[code] = NULL;
    region->put[code] = false;
    region->known_pending[code / 2] = false;
}

void cairn_lift_put_mask_code(struct cairn_lift *lift, unsigned code, LLVMValueRef value)
{
    struct cairn_lift_region *region = lift->region;
    cairn_lift_forget_mask(lift, code);
    cairn_known_forget_mask(&region->known, code); /* until the instruction is done */
    region->mask[code] = value;
    if (region->segment != NULL && region->segment->mask[code] != NULL)
        LLVMBuildStore(lift->builder, value, region->segment->mask[code]);
    region->put[code] = true;
}

void cairn_lift_put_mask(struct cairn_lift *lift, unsigned slot, LLVMValueRef value)
{
    cairn_lift_put_mask_code(lift, operand_of(lift, slot)->code, value);
}
