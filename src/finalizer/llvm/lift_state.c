/* SPDX-License-Identifier: MIT
 * What all lifting is made of: constants, blocks and stack slots of the function, and the state of
 * waves in memory: where fields, rows and masks of a chunk are, and accesses to them that are known
 * not to be the guest's.
 */
#include "finalizer/llvm/lift_priv.h"

#include <string.h>

/* ---- constants */

LLVMValueRef cairn_lift_const32(struct cairn_lift *lift, uint32_t value)
{
    return LLVMConstInt(lift->i32, value, false);
}

LLVMValueRef cairn_lift_const64(struct cairn_lift *lift, uint64_t value)
{
    return LLVMConstInt(lift->i64, value, false);
}

LLVMValueRef cairn_lift_splat(struct cairn_lift *lift, LLVMValueRef scalar)
{
    LLVMTypeRef type = LLVMVectorType(LLVMTypeOf(scalar), lift->width);
    if (lift->width == 1)
        return LLVMBuildBitCast(lift->builder, scalar, type, "");
    if (LLVMIsConstant(scalar)) {
        LLVMValueRef elements[64];
        for (unsigned i = 0; i < lift->width; i++)
            elements[i] = scalar;
        return LLVMConstVector(elements, lift->width);
    }
    LLVMValueRef first = LLVMBuildInsertElement(lift->builder, LLVMGetPoison(type), scalar,
                                                cairn_lift_const64(lift, 0), "");
    return LLVMBuildShuffleVector(lift->builder, first, LLVMGetPoison(type),
                                  LLVMConstNull(lift->v32), "");
}

LLVMValueRef cairn_lift_iota(struct cairn_lift *lift, int32_t stride)
{
    LLVMValueRef elements[64];
    for (unsigned i = 0; i < lift->width; i++)
        elements[i] = cairn_lift_const32(lift, (uint32_t)stride * i);
    return LLVMConstVector(elements, lift->width);
}

/* ---- code */

LLVMBasicBlockRef cairn_lift_block(struct cairn_lift *lift, const char *name)
{
    return LLVMAppendBasicBlockInContext(lift->context, lift->function, name);
}

LLVMValueRef cairn_lift_intrinsic(struct cairn_lift *lift, const char *name, LLVMTypeRef *types,
                                  unsigned type_count, LLVMValueRef *args, unsigned count)
{
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    LLVMValueRef callee = LLVMGetIntrinsicDeclaration(lift->module, id, types, type_count);
    LLVMTypeRef type = LLVMIntrinsicGetType(lift->context, id, types, type_count);
    return LLVMBuildCall2(lift->builder, type, callee, args, count, "");
}

LLVMValueRef cairn_lift_slot(struct cairn_lift *lift, LLVMTypeRef type)
{
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMPositionBuilderBefore(lift->builder, LLVMGetFirstInstruction(entry));
    LLVMValueRef slot = LLVMBuildAlloca(lift->builder, type, "");
    LLVMPositionBuilderAtEnd(lift->builder, here);
    return slot;
}

/* ---- memory of the wave */

void cairn_lift_tag_state(struct cairn_lift *lift, LLVMValueRef access)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    LLVMSetMetadata(access, function->kind_scope, function->state_list);
    LLVMSetMetadata(access, function->kind_noalias, function->guest_list);
}

void cairn_lift_tag_guest(struct cairn_lift *lift, LLVMValueRef access)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    LLVMSetMetadata(access, function->kind_scope, function->guest_list);
    LLVMSetMetadata(access, function->kind_noalias, function->state_list);
}

LLVMValueRef cairn_lift_state_load(struct cairn_lift *lift, LLVMTypeRef type, LLVMValueRef at,
                                   unsigned align)
{
    LLVMValueRef value = LLVMBuildLoad2(lift->builder, type, at, "");
    LLVMSetAlignment(value, align);
    cairn_lift_tag_state(lift, value);
    return value;
}

void cairn_lift_state_store(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef at,
                            unsigned align)
{
    LLVMValueRef store = LLVMBuildStore(lift->builder, value, at);
    LLVMSetAlignment(store, align);
    cairn_lift_tag_state(lift, store);
}

static LLVMValueRef bytes_behind(struct cairn_lift *lift, LLVMValueRef pointer, uint64_t offset)
{
    LLVMValueRef index = cairn_lift_const64(lift, offset);
    return offset == 0 ? pointer
                       : LLVMBuildInBoundsGEP2(lift->builder, lift->i8, pointer, &index, 1, "");
}

LLVMValueRef cairn_lift_frame_field(struct cairn_lift *lift, size_t offset)
{
    return bytes_behind(lift, lift->frame, offset);
}

LLVMValueRef cairn_lift_wave_field(struct cairn_lift *lift, LLVMValueRef wave, size_t offset)
{
    return bytes_behind(lift, wave, offset);
}

static uint32_t row_of(const struct cairn_lift *lift, unsigned vreg)
{
    return vreg < 256 ? vreg : lift->geometry->arch_rows + (vreg - 256);
}

static uint64_t bytes_of_row(void)
{
    return CAIRN_WAVE_LANES * sizeof(uint32_t);
}

/* Waves of a workgroup lie side by side: structs and register files have a constant distance. */
static uint64_t file_bytes(const struct cairn_lift *lift)
{
    return bytes_of_row() * lift->geometry->rows;
}

static LLVMValueRef scaled(struct cairn_lift *lift, LLVMValueRef index, uint64_t factor)
{
    LLVMValueRef wide = LLVMBuildZExt(lift->builder, index, lift->i64, "");
    return LLVMBuildMul(lift->builder, wide, cairn_lift_const64(lift, factor), "");
}

static LLVMValueRef chunk_in_wave(struct cairn_lift *lift, LLVMValueRef chunk)
{
    return LLVMBuildAnd(lift->builder, chunk, cairn_lift_const32(lift, lift->chunks - 1), "");
}

/* base + (chunk / chunks of a wave) * wave_bytes + (chunk % chunks) * chunk_bytes. */
static LLVMValueRef chunk_pointer(struct cairn_lift *lift, LLVMValueRef base, LLVMValueRef chunk,
                                  uint64_t wave_bytes, uint64_t chunk_bytes)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef in_wave = chunk, offset;
    if (lift->geometry->merged) {
        LLVMValueRef shift = cairn_lift_const32(lift, (uint32_t)__builtin_ctz(lift->chunks));
        LLVMValueRef wave = LLVMBuildLShr(b, chunk, shift, "");
        in_wave = chunk_in_wave(lift, chunk);
        offset =
            LLVMBuildAdd(b, scaled(lift, wave, wave_bytes), scaled(lift, in_wave, chunk_bytes), "");
    } else {
        offset = scaled(lift, in_wave, chunk_bytes);
    }
    return LLVMBuildInBoundsGEP2(b, lift->i8, base, &offset, 1, "");
}

LLVMValueRef cairn_lift_wave_pointer(struct cairn_lift *lift, LLVMValueRef chunk)
{
    return lift->geometry->merged
               ? chunk_pointer(lift, lift->wave, chunk, sizeof(struct cairn_wave), 0)
               : lift->wave;
}

LLVMValueRef cairn_lift_row(struct cairn_lift *lift, unsigned vreg, LLVMValueRef chunk)
{
    cairn_regs_add_v(&cairn_lifter_of(lift)->function.stored, vreg);
    LLVMValueRef rows =
        chunk_pointer(lift, lift->vgprs, chunk, file_bytes(lift), lift->width * sizeof(uint32_t));
    return bytes_behind(lift, rows, bytes_of_row() * row_of(lift, vreg));
}

/* ---- of the chunk */

/* Called by region.c when a loop begins, at the start of its body. */
void cairn_lift_chunk_pointers(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    LLVMValueRef masks = bytes_behind(lift, lift->wave, offsetof(struct cairn_wave, sgpr));
    region->rows = chunk_pointer(lift, lift->vgprs, region->chunk, file_bytes(lift),
                                 lift->width * sizeof(uint32_t));
    region->masks =
        chunk_pointer(lift, masks, region->chunk, sizeof(struct cairn_wave), lift->width / 8);
}

LLVMValueRef cairn_lift_chunk(struct cairn_lift *lift)
{
    return lift->region->chunk;
}

LLVMValueRef cairn_lift_chunk_start(struct cairn_lift *lift)
{
    return scaled(lift, chunk_in_wave(lift, lift->region->chunk), lift->width);
}

LLVMValueRef cairn_lift_register_pointer(struct cairn_lift *lift, unsigned vreg)
{
    return bytes_behind(lift, lift->region->rows, bytes_of_row() * row_of(lift, vreg));
}

LLVMValueRef cairn_lift_register_place(struct cairn_lift *lift, unsigned vreg)
{
    cairn_regs_add_v(&cairn_lifter_of(lift)->function.stored, vreg);
    return cairn_lift_register_pointer(lift, vreg);
}

LLVMTypeRef cairn_lift_mask_type(struct cairn_lift *lift)
{
    return LLVMIntTypeInContext(lift->context, lift->width);
}

LLVMValueRef cairn_lift_mask_pointer(struct cairn_lift *lift, unsigned code)
{
    return bytes_behind(lift, lift->region->masks, 4 * code);
}
