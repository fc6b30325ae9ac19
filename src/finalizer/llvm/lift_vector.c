/* SPDX-License-Identifier: MIT
 * Elements of a chunk's lanes from and to host memory: blocks that lie side by side, one address
 * for all, and constant strides; lift_gather.c has an address a lane. Dwords of an element come
 * apart into one vector each. Everything is aligned to a byte only, as the guest's accesses may be.
 */
#include "finalizer/llvm/lift_vector.h"

#include "finalizer/llvm/lift_shuffle.h"

static bool has_avx512(const struct cairn_lift *lift)
{
    return lift->width == 16;
}

static LLVMTypeRef integer_of(struct cairn_lift *lift, unsigned bytes)
{
    return LLVMIntTypeInContext(lift->context, 8 * bytes);
}

static LLVMValueRef behind(struct cairn_lift *lift, LLVMValueRef at, int64_t bytes)
{
    LLVMValueRef index = cairn_lift_const64(lift, (uint64_t)bytes);
    return bytes == 0 ? at : LLVMBuildGEP2(lift->builder, lift->i8, at, &index, 1, "");
}

static LLVMValueRef plain_load(struct cairn_lift_access *access, LLVMTypeRef type, LLVMValueRef at)
{
    LLVMValueRef value = LLVMBuildLoad2(access->lift->builder, type, at, "");
    LLVMSetAlignment(value, 1);
    LLVMSetVolatile(value, access->is_volatile);
    cairn_lift_tag_guest(access->lift, value);
    return value;
}

static void go_past_caches(struct cairn_lift_access *access, LLVMValueRef store)
{
    static const char name[] = "nontemporal";
    struct cairn_lift *lift = access->lift;
    LLVMMetadataRef one = LLVMValueAsMetadata(cairn_lift_const32(lift, 1));
    LLVMMetadataRef node = LLVMMDNodeInContext2(lift->context, &one, 1);
    unsigned kind = LLVMGetMDKindIDInContext(lift->context, name, sizeof name - 1);
    LLVMSetMetadata(store, kind, LLVMMetadataAsValue(lift->context, node));
    LLVMSetAlignment(store, access->past);
}

static void plain_store(struct cairn_lift_access *access, LLVMValueRef value, LLVMValueRef at)
{
    LLVMValueRef store = LLVMBuildStore(access->lift->builder, value, at);
    LLVMSetAlignment(store, 1);
    LLVMSetVolatile(store, access->is_volatile);
    if (access->past != 0)
        go_past_caches(access, store);
    cairn_lift_tag_guest(access->lift, store);
}

/* ---- blocks */

/* Masked accesses that the target has instructions for. */
static bool can_mask(const struct cairn_lift_access *access)
{
    const struct cairn_lift *lift = access->lift;
    if (has_avx512(lift))
        return access->bytes <= 8;
    return lift->request->target == CAIRN_TARGET_V3 && access->bytes == 4;
}

bool cairn_lift_block_needs_full(const struct cairn_lift_access *access, bool loads)
{
    (void)loads;
    return !access->full && !access->quiet && !can_mask(access);
}

LLVMTypeRef cairn_lift_element_vector(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    return LLVMVectorType(integer_of(lift, access->bytes < 8 ? access->bytes : 8), lift->width);
}

static LLVMValueRef masked_load(struct cairn_lift_access *access, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    LLVMTypeRef type = cairn_lift_element_vector(access), types[] = {type, lift->ptr};
    LLVMValueRef args[] = {at, access->mask, LLVMConstNull(type)};
    LLVMValueRef value = cairn_lift_intrinsic(lift, "llvm.masked.load", types, 2, args, 3);
    cairn_lift_tag_guest(lift, value);
    return value;
}

static void masked_store(struct cairn_lift_access *access, LLVMValueRef value, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    LLVMTypeRef types[] = {LLVMTypeOf(value), lift->ptr};
    LLVMValueRef args[] = {value, at, access->mask};
    LLVMValueRef call = cairn_lift_intrinsic(lift, "llvm.masked.store", types, 2, args, 3);
    cairn_lift_tag_guest(lift, call);
}

void cairn_lift_spread_elements(struct cairn_lift_access *access, LLVMValueRef value)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    if (access->bytes < 4) {
        access->data[0] = LLVMBuildZExt(b, value, lift->v32, "");
    } else if (access->bytes == 4) {
        access->data[0] = value;
    } else {
        LLVMTypeRef dwords = LLVMVectorType(lift->i32, 2 * lift->width);
        access->wide = access->bytes == 8 ? LLVMBuildBitCast(b, value, lift->v64, "") : NULL;
        value = LLVMBuildBitCast(b, value, dwords, "");
        for (unsigned i = 0; i < 2; i++)
            access->data[i] = cairn_lift_every(lift, value, i, 2);
    }
}

LLVMValueRef cairn_lift_join_elements(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    if (access->bytes < 4)
        return LLVMBuildTrunc(lift->builder, access->data[0], cairn_lift_element_vector(access),
                              "");
    if (access->bytes == 4)
        return access->data[0];
    if (access->wide != NULL)
        return LLVMBuildBitCast(lift->builder, access->wide, cairn_lift_element_vector(access), "");
    LLVMValueRef both = cairn_lift_weave2(lift, access->data[0], access->data[1]);
    return LLVMBuildBitCast(lift->builder, both, cairn_lift_element_vector(access), "");
}

/* Blocks of three or four dwords a lane: vectors of `width` dwords, one behind the other. */
static void load_wide(struct cairn_lift_access *access, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef part[CAIRN_LIFT_MAX_DWORDS];
    for (unsigned i = 0; i < access->dwords; i++)
        part[i] = plain_load(access, lift->v32, behind(lift, at, 4 * i * lift->width));
    if (access->dwords == 4)
        cairn_lift_unweave4(lift, part, access->data);
    else
        cairn_lift_unweave3(lift, part, access->data);
}

static void store_wide(struct cairn_lift_access *access, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef part[CAIRN_LIFT_MAX_DWORDS];
    if (access->dwords == 4)
        cairn_lift_weave4(lift, access->data, part);
    else
        cairn_lift_weave3(lift, access->data, part);
    for (unsigned i = 0; i < access->dwords; i++)
        plain_store(access, part[i], behind(lift, at, 4 * i * lift->width));
}

enum { USUALLY_FULL = 8 }; /* so often to once: else LLVM asks first whether no lane is */

/* Goes two ways by whether all lanes are active: `part` is the block for when they are not, the
 * builder stands in the one for when they are. Plain accesses are what the host's CPU is fast at:
 * masked ones do not start its prefetchers, and masked stores take several times as long. */
static LLVMBasicBlockRef split_by_mask(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMTypeRef type = LLVMIntTypeInContext(lift->context, lift->width);
    LLVMBasicBlockRef all = cairn_lift_block(lift, "all"), part = cairn_lift_block(lift, "part");
    LLVMValueRef bits = LLVMBuildBitCast(b, access->mask, type, "");
    LLVMValueRef full = LLVMBuildICmp(b, LLVMIntEQ, bits, LLVMConstAllOnes(type), "");
    cairn_lift_weigh(lift, LLVMBuildCondBr(b, full, all, part), USUALLY_FULL, 1);
    LLVMPositionBuilderAtEnd(b, all);
    return part;
}

/* In the block for a mask that is not full: none of its lanes, to `join`, or some, where the
 * builder then stands. Masked accesses of no lane at all take hundreds of cycles where there is no
 * memory. */
static void leave_if_empty(struct cairn_lift_access *access, LLVMBasicBlockRef join)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef some = cairn_lift_block(lift, "some");
    LLVMValueRef bits = cairn_lift_access_bits(lift, access->mask);
    LLVMValueRef none = LLVMBuildICmp(b, LLVMIntEQ, bits, LLVMConstNull(LLVMTypeOf(bits)), "");
    LLVMBuildCondBr(b, none, join, some);
    LLVMPositionBuilderAtEnd(b, some);
}

static LLVMValueRef load_by_mask(struct cairn_lift_access *access, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMTypeRef type = cairn_lift_element_vector(access);
    LLVMBasicBlockRef join = cairn_lift_block(lift, "loaded"), part = split_by_mask(access);
    LLVMValueRef values[3] = {plain_load(access, type, at), LLVMConstNull(type)};
    LLVMBasicBlockRef from[3] = {LLVMGetInsertBlock(b), part};
    LLVMBuildBr(b, join);
    LLVMPositionBuilderAtEnd(b, part);
    leave_if_empty(access, join);
    from[2] = LLVMGetInsertBlock(b);
    values[2] = masked_load(access, at);
    LLVMBuildBr(b, join);
    LLVMPositionBuilderAtEnd(b, join);
    LLVMValueRef value = LLVMBuildPhi(b, type, "");
    LLVMAddIncoming(value, values, from, 3);
    return value;
}

static void store_by_mask(struct cairn_lift_access *access, LLVMValueRef value, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef join = cairn_lift_block(lift, "stored"), part = split_by_mask(access);
    plain_store(access, value, at);
    LLVMBuildBr(b, join);
    LLVMPositionBuilderAtEnd(b, part);
    leave_if_empty(access, join);
    masked_store(access, value, at);
    LLVMBuildBr(b, join);
    LLVMPositionBuilderAtEnd(b, join);
}

/* ---- the first lanes alone: what the host has just stored of them it can load again at once only
 * if the load takes no more than the store, and masked stores it has to wait for. */

unsigned cairn_lift_first_lanes(const struct cairn_lift *lift, LLVMValueRef mask)
{
    unsigned count = 0;
    if (!LLVMIsConstant(mask))
        return 0;
    for (unsigned i = 0; i < lift->width; i++) {
        LLVMValueRef lane = LLVMGetAggregateElement(mask, i);
        if (lane == NULL || LLVMIsAConstantInt(lane) == NULL)
            return 0;
        bool on = LLVMConstIntGetZExtValue(lane) != 0;
        if (on && count != i)
            return 0;
        count += on;
    }
    return (count & (count - 1)) == 0 && count < lift->width ? count : 0;
}

/* Elements [0, count) of a vector with `from` ones, and zeros up to `to` of them. */
static LLVMValueRef resized(struct cairn_lift *lift, LLVMValueRef value, unsigned count,
                            unsigned from, unsigned to)
{
    LLVMValueRef index[CAIRN_LIFT_MAX_WIDTH];
    for (unsigned i = 0; i < to; i++)
        index[i] = cairn_lift_const32(lift, i < count ? i : from);
    LLVMValueRef zero = LLVMConstNull(LLVMTypeOf(value));
    return LLVMBuildShuffleVector(lift->builder, value, zero, LLVMConstVector(index, to), "");
}

static LLVMValueRef load_few(struct cairn_lift_access *access, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    LLVMTypeRef element = LLVMGetElementType(cairn_lift_element_vector(access));
    LLVMValueRef value = plain_load(access, LLVMVectorType(element, access->few), at);
    return resized(lift, value, access->few, access->few, lift->width);
}

static void store_few(struct cairn_lift_access *access, LLVMValueRef value, LLVMValueRef at,
                      unsigned count)
{
    struct cairn_lift *lift = access->lift;
    plain_store(access, resized(lift, value, count, lift->width, count), at);
}

/* ---- */

void cairn_lift_block_load(struct cairn_lift_access *access, LLVMValueRef at)
{
    bool masked = !access->full && !access->quiet && can_mask(access);
    if (access->bytes > 8)
        load_wide(access, at);
    else if (access->few != 0)
        cairn_lift_spread_elements(access, load_few(access, at));
    else if (masked)
        cairn_lift_spread_elements(access, load_by_mask(access, at));
    else
        cairn_lift_spread_elements(access,
                                   plain_load(access, cairn_lift_element_vector(access), at));
}

/* Inactive lanes write back what they read: memory of one thread. */
static void keep_inactive(struct cairn_lift_access *access, LLVMValueRef at)
{
    struct cairn_lift_access old = *access;
    cairn_lift_block_load(&old, at);
    access->wide = NULL;
    for (unsigned i = 0; i < access->dwords; i++)
        access->data[i] =
            LLVMBuildSelect(access->lift->builder, access->mask, access->data[i], old.data[i], "");
}

void cairn_lift_block_store(struct cairn_lift_access *access, LLVMValueRef at)
{
    LLVMValueRef data[CAIRN_LIFT_MAX_DWORDS], wide = access->wide;
    for (unsigned i = 0; i < CAIRN_LIFT_MAX_DWORDS; i++)
        data[i] = access->data[i];
    unsigned few = access->bytes <= 8 ? cairn_lift_first_lanes(access->lift, access->mask) : 0;
    bool masked = !access->full && can_mask(access);
    if (few == 0 && !masked && !access->full && access->quiet)
        keep_inactive(access, at);
    if (few != 0)
        store_few(access, cairn_lift_join_elements(access), at, few);
    else if (access->bytes > 8)
        store_wide(access, at);
    else if (masked)
        store_by_mask(access, cairn_lift_join_elements(access), at);
    else
        plain_store(access, cairn_lift_join_elements(access), at);
    for (unsigned i = 0; i < CAIRN_LIFT_MAX_DWORDS; i++)
        access->data[i] = data[i]; /* of the slow path */
    access->wide = wide;
}

/* ---- one lane */

/* Dwords of an element as scalars. */
static void load_scalar(struct cairn_lift_access *access, LLVMValueRef at, LLVMValueRef *dwords)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    if (access->bytes <= 4) {
        LLVMValueRef value = plain_load(access, integer_of(lift, access->bytes), at);
        dwords[0] = access->bytes < 4 ? LLVMBuildZExt(b, value, lift->i32, "") : value;
        return;
    }
    if (access->bytes == 16) {
        LLVMValueRef all = plain_load(access, LLVMVectorType(lift->i32, 4), at);
        for (unsigned i = 0; i < 4; i++)
            dwords[i] = LLVMBuildExtractElement(b, all, cairn_lift_const32(lift, i), "");
        return;
    }
    LLVMValueRef pair = plain_load(access, lift->i64, at);
    LLVMValueRef high = LLVMBuildLShr(b, pair, cairn_lift_const64(lift, 32), "");
    dwords[0] = LLVMBuildTrunc(b, pair, lift->i32, "");
    dwords[1] = LLVMBuildTrunc(b, high, lift->i32, "");
    if (access->bytes == 12)
        dwords[2] = plain_load(access, lift->i32, behind(lift, at, 8));
}

void cairn_lift_uniform_load(struct cairn_lift_access *access, LLVMValueRef at)
{
    load_scalar(access, at, access->data);
}

bool cairn_lift_rows_need_full(const struct cairn_lift_access *access)
{
    struct cairn_lift_access row = *access;
    row.bytes = 4;
    return cairn_lift_block_needs_full(&row, true);
}

void cairn_lift_rows_load(struct cairn_lift_access *access, LLVMValueRef at)
{
    for (unsigned i = 0; i < access->dwords; i++) {
        struct cairn_lift_access row = *access;
        row.bytes = 4;
        row.dwords = 1;
        cairn_lift_block_load(&row, behind(access->lift, at, 4 * i));
        access->data[i] = row.data[0];
    }
}

/* ---- lane by lane, at[i]: ptr */

static void load_lanes_wide(struct cairn_lift_access *access, const LLVMValueRef *at)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef lane[CAIRN_LIFT_MAX_WIDTH];
    for (unsigned i = 0; i < lift->width; i++)
        lane[i] = plain_load(access, LLVMVectorType(lift->i32, 4), at[i]);
    cairn_lift_columns_of_lanes(lift, lane, access->data);
}

static LLVMValueRef insert_lane(struct cairn_lift *lift, LLVMValueRef vector, LLVMValueRef value,
                                unsigned lane)
{
    return LLVMBuildInsertElement(lift->builder, vector, value, cairn_lift_const32(lift, lane), "");
}

void cairn_lift_load_lanes(struct cairn_lift_access *access, const LLVMValueRef *at)
{
    struct cairn_lift *lift = access->lift;
    if (access->bytes == 16) {
        load_lanes_wide(access, at);
        return;
    }
    unsigned bytes = access->bytes == 12 ? 8 : access->bytes;
    LLVMTypeRef type = integer_of(lift, bytes);
    LLVMValueRef all = LLVMGetPoison(LLVMVectorType(type, lift->width));
    LLVMValueRef third = LLVMGetPoison(lift->v32);
    for (unsigned i = 0; i < lift->width; i++) {
        all = insert_lane(lift, all, plain_load(access, type, at[i]), i);
        if (access->bytes == 12)
            third =
                insert_lane(lift, third, plain_load(access, lift->i32, behind(lift, at[i], 8)), i);
    }
    cairn_lift_spread_elements(access, all);
    if (access->bytes == 12)
        access->data[2] = third;
}

void cairn_lift_store_lanes(struct cairn_lift_access *access, const LLVMValueRef *at)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef lane[CAIRN_LIFT_MAX_WIDTH];
    if (access->bytes == 16)
        cairn_lift_lanes_of_columns(lift, access->data, lane);
    else {
        LLVMValueRef all = cairn_lift_join_elements(access);
        for (unsigned i = 0; i < lift->width; i++)
            lane[i] = LLVMBuildExtractElement(b, all, cairn_lift_const32(lift, i), "");
    }
    for (unsigned i = 0; i < lift->width; i++) {
        plain_store(access, lane[i], at[i]);
        if (access->bytes == 12) {
            LLVMValueRef third =
                LLVMBuildExtractElement(b, access->data[2], cairn_lift_const32(lift, i), "");
            plain_store(access, third, behind(lift, at[i], 8));
        }
    }
}

static void strided(struct cairn_lift *lift, LLVMValueRef at, int64_t stride, LLVMValueRef *lanes)
{
    for (unsigned i = 0; i < lift->width; i++)
        lanes[i] = behind(lift, at, stride * (int64_t)i);
}

void cairn_lift_strided_load(struct cairn_lift_access *access, LLVMValueRef at, int64_t stride)
{
    LLVMValueRef lanes[CAIRN_LIFT_MAX_WIDTH];
    strided(access->lift, at, stride, lanes);
    cairn_lift_load_lanes(access, lanes);
}

void cairn_lift_strided_store(struct cairn_lift_access *access, LLVMValueRef at, int64_t stride)
{
    LLVMValueRef lanes[CAIRN_LIFT_MAX_WIDTH];
    strided(access->lift, at, stride, lanes);
    cairn_lift_store_lanes(access, lanes);
}
