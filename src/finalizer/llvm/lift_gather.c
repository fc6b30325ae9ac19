/* SPDX-License-Identifier: MIT
 * Elements of a chunk's lanes from and to host memory, of which each lane has an index: gathers and
 * scatters of the host where it has them, else lane by lane.
 */
#include "finalizer/llvm/lift_vector.h"

static bool has_avx512(const struct cairn_lift *lift)
{
    return lift->width == 16;
}

static LLVMValueRef behind(struct cairn_lift *lift, LLVMValueRef at, int64_t bytes)
{
    LLVMValueRef index = cairn_lift_const64(lift, (uint64_t)bytes);
    return LLVMBuildGEP2(lift->builder, lift->i8, at, &index, 1, "");
}

/* Bytes of memory that an index steps over, as a type. */
static LLVMTypeRef step_type(struct cairn_lift *lift, unsigned shift)
{
    return shift <= 3 ? LLVMIntTypeInContext(lift->context, 8u << shift)
                      : LLVMArrayType2(lift->i64, 1u << (shift - 3));
}

/* base + (index << shift); of lanes, or of one (i64). */
static LLVMValueRef pointers_from(struct cairn_lift *lift, LLVMValueRef base, LLVMValueRef index,
                                  unsigned shift)
{
    return LLVMBuildGEP2(lift->builder, step_type(lift, shift), base, &index, 1, "");
}

static bool has_scatter(const struct cairn_lift_access *access)
{
    return has_avx512(access->lift) && (access->bytes == 4 || access->bytes == 8);
}

/* Less than a dword is gathered as part of one, unless indices are counted in halves of it. */
static bool has_gather(const struct cairn_lift_access *access, unsigned shift)
{
    return has_scatter(access) || (has_avx512(access->lift) && access->bytes < 4 && shift != 1);
}

static LLVMValueRef masked_gather(struct cairn_lift_access *access, LLVMTypeRef type,
                                  LLVMValueRef pointers)
{
    struct cairn_lift *lift = access->lift;
    LLVMTypeRef types[] = {type, LLVMTypeOf(pointers)};
    LLVMValueRef args[] = {pointers, access->mask, LLVMConstNull(type)};
    LLVMValueRef value = cairn_lift_intrinsic(lift, "llvm.masked.gather", types, 2, args, 3);
    cairn_lift_tag_guest(lift, value);
    return value;
}

/* How far the address is into its dword, of each lane, or of all (i32). */
static LLVMValueRef into_dword(struct cairn_lift *lift, LLVMValueRef low, LLVMValueRef index,
                               unsigned shift)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef three = cairn_lift_const32(lift, 3);
    if (shift >= 2)
        return LLVMBuildAnd(b, low, three, "");
    LLVMValueRef at = LLVMBuildAdd(b, index, cairn_lift_splat(lift, low), "");
    return LLVMBuildAnd(b, at, cairn_lift_splat(lift, three), "");
}

LLVMValueRef cairn_lift_gather_misses(struct cairn_lift_access *access, LLVMValueRef low,
                                      LLVMValueRef index, unsigned shift)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    if (access->bytes > 2 || !has_gather(access, shift))
        return NULL;
    LLVMValueRef top = cairn_lift_splat(lift, cairn_lift_const32(lift, INT32_MAX - 3));
    LLVMValueRef ends = shift > 0 ? NULL : LLVMBuildICmp(b, LLVMIntSGT, index, top, "");
    if (access->bytes == 1)
        return ends;
    LLVMValueRef into = into_dword(lift, low, index, shift);
    if (LLVMTypeOf(into) == lift->i32)
        into = cairn_lift_splat(lift, into);
    LLVMValueRef last = cairn_lift_splat(lift, cairn_lift_const32(lift, 3));
    LLVMValueRef straddles = LLVMBuildICmp(b, LLVMIntEQ, into, last, "");
    return ends == NULL ? straddles : LLVMBuildOr(b, straddles, ends, "");
}

/* The dwords that bytes or shorts lie in. LDS may be read beyond its end, so that no dword of it
 * needs to be aligned. */
static void gather_parts(struct cairn_lift_access *access, LLVMValueRef base, LLVMValueRef index,
                         unsigned shift)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef into = NULL, value;
    if (!access->quiet) {
        LLVMValueRef low = LLVMBuildPtrToInt(b, base, lift->i32, "");
        into = into_dword(lift, low, index, shift);
        if (shift >= 2) {
            LLVMValueRef back = LLVMBuildNeg(b, LLVMBuildZExt(b, into, lift->i64, ""), "");
            base = LLVMBuildGEP2(b, lift->i8, base, &back, 1, "");
            into = cairn_lift_splat(lift, into);
        }
    }
    LLVMValueRef pointers;
    if (into != NULL && shift == 0) { /* from the dword below the base on: no index below -2^31 */
        LLVMValueRef low = LLVMBuildPtrToInt(b, base, lift->i64, "");
        low = LLVMBuildAnd(b, low, cairn_lift_const64(lift, 3), "");
        LLVMValueRef back = LLVMBuildNeg(b, low, "");
        LLVMValueRef more = cairn_lift_splat(lift, LLVMBuildTrunc(b, low, lift->i32, ""));
        base = LLVMBuildGEP2(b, lift->i8, base, &back, 1, "");
        index = LLVMBuildSub(b, LLVMBuildAdd(b, index, more, ""), into, "");
        pointers = pointers_from(lift, base, index, 0);
    } else {
        pointers = pointers_from(lift, base, index, shift);
    }
    value = masked_gather(access, lift->v32, pointers);
    if (into != NULL) {
        LLVMValueRef bits = cairn_lift_splat(lift, cairn_lift_const32(lift, 3));
        value = LLVMBuildLShr(b, value, LLVMBuildShl(b, into, bits, ""), "");
    }
    LLVMValueRef part = cairn_lift_const32(lift, (1u << 8 * access->bytes) - 1);
    access->data[0] = LLVMBuildAnd(b, value, cairn_lift_splat(lift, part), "");
}

/* Pointers of all lanes as scalars; the inactive ones point to `data` on the stack. */
static void lane_pointers(struct cairn_lift_access *access, LLVMValueRef base, LLVMValueRef index,
                          unsigned shift, LLVMValueRef *lanes)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    if (access->full) {
        cairn_lift_access_lanes(lift, index, lanes);
        for (unsigned i = 0; i < lift->width; i++) {
            lanes[i] = LLVMBuildSExt(b, lanes[i], lift->i64, "");
            lanes[i] = pointers_from(lift, base, lanes[i], shift);
        }
        return;
    }
    LLVMValueRef dummy =
        behind(lift, cairn_lift_access_memory(lift), offsetof(struct cairn_access, data));
    dummy = cairn_lift_splat(lift, LLVMBuildPtrToInt(b, dummy, lift->i64, ""));
    LLVMValueRef at = LLVMBuildPtrToInt(b, pointers_from(lift, base, index, shift), lift->v64, "");
    cairn_lift_access_lanes(lift, LLVMBuildSelect(b, access->mask, at, dummy, ""), lanes);
    for (unsigned i = 0; i < lift->width; i++)
        lanes[i] = LLVMBuildIntToPtr(b, lanes[i], lift->ptr, "");
}

void cairn_lift_gather(struct cairn_lift_access *access, LLVMValueRef base, LLVMValueRef index,
                       unsigned shift)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef lanes[CAIRN_LIFT_MAX_WIDTH];
    if (!has_gather(access, shift)) {
        lane_pointers(access, base, index, shift, lanes);
        cairn_lift_load_lanes(access, lanes);
    } else if (access->bytes < 4) {
        gather_parts(access, base, index, shift);
    } else {
        LLVMValueRef pointers = pointers_from(lift, base, index, shift);
        cairn_lift_spread_elements(
            access, masked_gather(access, cairn_lift_element_vector(access), pointers));
    }
}

void cairn_lift_scatter(struct cairn_lift_access *access, LLVMValueRef base, LLVMValueRef index,
                        unsigned shift)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef lanes[CAIRN_LIFT_MAX_WIDTH];
    if (!has_scatter(access)) {
        lane_pointers(access, base, index, shift, lanes);
        cairn_lift_store_lanes(access, lanes);
        return;
    }
    LLVMValueRef value = cairn_lift_join_elements(access),
                 pointers = pointers_from(lift, base, index, shift);
    LLVMTypeRef types[] = {LLVMTypeOf(value), LLVMTypeOf(pointers)};
    LLVMValueRef args[] = {value, pointers, access->mask};
    LLVMValueRef call = cairn_lift_intrinsic(lift, "llvm.masked.scatter", types, 2, args, 3);
    cairn_lift_tag_guest(lift, call);
}
