/* SPDX-License-Identifier: MIT
 * The frame of every memory access: the branch between fast and slow, the call of the slow path,
 * and ways between vectors and lanes.
 */
#include "finalizer/llvm/lift_memory.h"
#include "finalizer/llvm/lift_shuffle.h"

#include <string.h>

void cairn_lift_access_init(struct cairn_lift *lift, struct cairn_lift_access *access,
                            unsigned bytes)
{
    LLVMValueRef mask = cairn_lift_exec(lift);
    *access = (struct cairn_lift_access){
        .lift = lift,
        .bytes = bytes,
        .dwords = (bytes + 3) / 4,
        .mask = mask,
        .full = mask == LLVMConstAllOnes(lift->v1),
        .is_volatile = lift->insn->glc,
    };
}

LLVMValueRef cairn_lift_access_bits(struct cairn_lift *lift, LLVMValueRef mask)
{
    LLVMTypeRef type = LLVMIntTypeInContext(lift->context, lift->width);
    return LLVMBuildBitCast(lift->builder, mask, type, "");
}

LLVMValueRef cairn_lift_and(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    return LLVMBuildAnd(lift->builder, a, b, "");
}

LLVMValueRef cairn_lift_access_none(struct cairn_lift_access *access, LLVMValueRef bad)
{
    struct cairn_lift *lift = access->lift;
    if (!access->full)
        bad = LLVMBuildAnd(lift->builder, bad, access->mask, "");
    LLVMValueRef bits = cairn_lift_access_bits(lift, bad);
    return LLVMBuildICmp(lift->builder, LLVMIntEQ, bits, LLVMConstNull(LLVMTypeOf(bits)), "");
}

/* Index of the first active lane; 0 or the last lane where there is none. */
LLVMValueRef cairn_lift_access_first(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    if (access->full)
        return cairn_lift_const32(lift, 0);
    LLVMValueRef bits = cairn_lift_access_bits(lift, access->mask);
    bits = LLVMBuildZExt(lift->builder, bits, lift->i32, "");
    bits = LLVMBuildOr(lift->builder, bits, cairn_lift_const32(lift, 1u << (lift->width - 1)), "");
    LLVMValueRef args[] = {bits, LLVMConstInt(lift->i1, 1, false)};
    return cairn_lift_intrinsic(lift, "llvm.cttz", &lift->i32, 1, args, 2);
}

/* ---- fields */

static LLVMValueRef field(struct cairn_lift *lift, LLVMValueRef base, size_t offset)
{
    LLVMValueRef index = cairn_lift_const64(lift, offset);
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i8, base, &index, 1, "");
}

LLVMValueRef cairn_lift_frame_constant(struct cairn_lift *lift, LLVMTypeRef type, size_t offset)
{
    static const char name[] = "invariant.load";
    LLVMValueRef value = LLVMBuildLoad2(lift->builder, type, field(lift, lift->frame, offset), "");
    LLVMMetadataRef empty = LLVMMDNodeInContext2(lift->context, NULL, 0);
    unsigned kind = LLVMGetMDKindIDInContext(lift->context, name, sizeof name - 1);
    cairn_lift_tag_state(lift, value);
    LLVMSetMetadata(value, kind, LLVMMetadataAsValue(lift->context, empty));
    return value;
}

LLVMValueRef cairn_lift_lds_bytes(struct cairn_lift *lift)
{
    return cairn_lift_frame_constant(lift, lift->i64,
                                     offsetof(struct cairn_native_frame, lds_bytes));
}

/* The one struct cairn_access on the stack is among the first instructions of the function. */
LLVMValueRef cairn_lift_access_memory(struct cairn_lift *lift)
{
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMValueRef first = LLVMGetFirstInstruction(entry);
    LLVMTypeRef type = LLVMArrayType2(lift->i8, sizeof(struct cairn_access));
    for (LLVMValueRef at = first; at != NULL && LLVMIsAAllocaInst(at);
         at = LLVMGetNextInstruction(at))
        if (LLVMGetAllocatedType(at) == type)
            return at;
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(lift->context);
    if (first != NULL)
        LLVMPositionBuilderBefore(builder, first);
    else
        LLVMPositionBuilderAtEnd(builder, entry);
    LLVMValueRef memory = LLVMBuildAlloca(builder, type, "access");
    LLVMSetAlignment(memory, 64);
    LLVMDisposeBuilder(builder);
    return memory;
}

static void put_field(struct cairn_lift *lift, LLVMValueRef value, size_t offset, unsigned align)
{
    if (value == NULL)
        return;
    LLVMValueRef at = field(lift, cairn_lift_access_memory(lift), offset);
    LLVMValueRef store = LLVMBuildStore(lift->builder, value, at);
    LLVMSetAlignment(store, align);
    cairn_lift_tag_state(lift, store);
}

/* A vector into a row of the access. */
static void put_row(struct cairn_lift *lift, LLVMValueRef value, size_t offset)
{
    put_field(lift, value, offset, 4 * lift->width);
}

void cairn_lift_access_spill(struct cairn_lift *lift, LLVMValueRef vector, size_t row)
{
    put_field(lift, vector, row, 4 * lift->width);
}

LLVMValueRef cairn_lift_access_lane(struct cairn_lift *lift, LLVMTypeRef type, size_t row,
                                    unsigned lane)
{
    unsigned bytes = LLVMGetIntTypeWidth(type) / 8;
    LLVMValueRef at = field(lift, cairn_lift_access_memory(lift), row + lane * bytes);
    LLVMValueRef value = LLVMBuildLoad2(lift->builder, type, at, "");
    LLVMSetAlignment(value, bytes);
    LLVMSetVolatile(value, true); /* so that it stays a load, in its place */
    cairn_lift_tag_state(lift, value);
    return value;
}

void cairn_lift_access_lanes(struct cairn_lift *lift, LLVMValueRef vector, LLVMValueRef *lanes)
{
    LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(vector));
    const size_t row = offsetof(struct cairn_access, low);
    bool constant = LLVMIsConstant(vector);
    if (!constant)
        cairn_lift_access_spill(lift, vector, row);
    for (unsigned i = 0; i < lift->width; i++)
        lanes[i] = constant ? LLVMBuildExtractElement(lift->builder, vector,
                                                      cairn_lift_const32(lift, i), "")
                            : cairn_lift_access_lane(lift, type, row, i);
}

void cairn_lift_weigh(struct cairn_lift *lift, LLVMValueRef branch, uint32_t first, uint32_t second)
{
    static const char name[] = "branch_weights";
    LLVMMetadataRef parts[] = {
        LLVMMDStringInContext2(lift->context, name, sizeof name - 1),
        LLVMValueAsMetadata(cairn_lift_const32(lift, first)),
        LLVMValueAsMetadata(cairn_lift_const32(lift, second)),
    };
    LLVMMetadataRef node = LLVMMDNodeInContext2(lift->context, parts, 3);
    unsigned kind = LLVMGetMDKindIDInContext(lift->context, "prof", 4);
    LLVMSetMetadata(branch, kind, LLVMMetadataAsValue(lift->context, node));
}

void cairn_lift_expect(struct cairn_lift *lift, LLVMValueRef branch)
{
    cairn_lift_weigh(lift, branch, 2000, 1);
}

/* ---- high halves of addresses */

static LLVMValueRef all_are(struct cairn_lift_access *access, LLVMValueRef high)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef other =
        LLVMBuildICmp(lift->builder, LLVMIntNE, access->high, cairn_lift_splat(lift, high), "");
    return cairn_lift_access_none(access, other);
}

/* Nearly always it is that of the access before; so nothing waits for a lane of the vector. */
LLVMValueRef cairn_lift_access_high(struct cairn_lift_access *access, LLVMValueRef *good)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef at =
        field(lift, cairn_lift_access_memory(lift), offsetof(struct cairn_access, high_seen));
    LLVMBasicBlockRef look = cairn_lift_block(lift, "look"),
                      known = cairn_lift_block(lift, "known");
    LLVMValueRef seen = LLVMBuildLoad2(b, lift->i32, at, "");
    LLVMSetVolatile(seen, true); /* it may hold anything at first */
    cairn_lift_tag_state(lift, seen);
    LLVMValueRef branch = LLVMBuildCondBr(b, all_are(access, seen), known, look);
    LLVMBasicBlockRef from[] = {LLVMGetInsertBlock(b), look};
    cairn_lift_expect(lift, branch);
    LLVMPositionBuilderAtEnd(b, look);
    LLVMValueRef first =
        LLVMBuildExtractElement(b, access->high, cairn_lift_access_first(access), "");
    LLVMValueRef store = LLVMBuildStore(b, first, at);
    LLVMSetVolatile(store, true);
    cairn_lift_tag_state(lift, store);
    LLVMValueRef values[] = {seen, first};
    LLVMValueRef goods[] = {LLVMConstInt(lift->i1, 1, false), all_are(access, first)};
    LLVMBuildBr(b, known);
    LLVMPositionBuilderAtEnd(b, known);
    LLVMValueRef high = LLVMBuildPhi(b, lift->i32, "");
    LLVMAddIncoming(high, values, from, 2);
    *good = LLVMBuildPhi(b, lift->i1, "");
    LLVMAddIncoming(*good, goods, from, 2);
    return high;
}

/* ---- the call */

static LLVMValueRef table_entry(struct cairn_lift *lift, unsigned kind)
{
    LLVMValueRef table =
        cairn_lift_frame_constant(lift, lift->ptr, offsetof(struct cairn_native_frame, access));
    size_t offset = offsetof(struct cairn_access_table, run) + kind * sizeof(void *);
    LLVMValueRef entry = LLVMBuildLoad2(lift->builder, lift->ptr, field(lift, table, offset), "");
    cairn_lift_tag_state(lift, entry);
    return entry;
}

LLVMValueRef cairn_lift_first_lane(struct cairn_lift *lift)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef chunk = cairn_lift_chunk(lift);
    chunk = LLVMBuildURem(b, chunk, cairn_lift_const32(lift, lift->chunks), "");
    return LLVMBuildMul(b, chunk, cairn_lift_const32(lift, lift->width), "");
}

static void add_attribute(struct cairn_lift *lift, LLVMValueRef call, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMAttributeRef attribute = LLVMCreateEnumAttribute(lift->context, kind, 0);
    LLVMAddCallSiteAttribute(call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, attribute);
}

static void call_entry(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    LLVMTypeRef parameters[] = {lift->ptr, lift->ptr, lift->ptr, lift->i32, lift->i32};
    LLVMTypeRef type = LLVMFunctionType(lift->void_type, parameters, 5, false);
    LLVMValueRef bits = cairn_lift_access_bits(lift, access->mask);
    LLVMValueRef args[] = {
        lift->frame,
        cairn_lift_wave_pointer(lift, cairn_lift_chunk(lift)),
        cairn_lift_access_memory(lift),
        LLVMBuildZExt(lift->builder, bits, lift->i32, ""),
        cairn_lift_first_lane(lift),
    };
    LLVMValueRef entry = table_entry(lift, access->kind);
    LLVMValueRef call = LLVMBuildCall2(lift->builder, type, entry, args, 5, "");
    add_attribute(lift, call, "nounwind");
    if (access->slow != NULL)
        add_attribute(lift, call, "cold");
}

static void put_data(struct cairn_lift_access *access, unsigned count)
{
    struct cairn_lift *lift = access->lift;
    for (unsigned i = 0; i < count; i++)
        if (access->data[i] != NULL)
            put_row(lift, access->data[i],
                    offsetof(struct cairn_access, data) + i * 4 * CAIRN_ACCESS_LANES);
}

/* Dword of the result: a vector, or that of the first active lane. */
static LLVMValueRef take_data(struct cairn_lift_access *access, unsigned dword)
{
    struct cairn_lift *lift = access->lift;
    size_t offset = offsetof(struct cairn_access, data) + dword * 4 * CAIRN_ACCESS_LANES;
    LLVMValueRef at = field(lift, cairn_lift_access_memory(lift), offset);
    if (access->uniform) {
        LLVMValueRef index = cairn_lift_access_first(access);
        at = LLVMBuildInBoundsGEP2(lift->builder, lift->i32, at, &index, 1, "");
    }
    LLVMTypeRef type = access->uniform ? lift->i32 : lift->v32;
    LLVMValueRef value = LLVMBuildLoad2(lift->builder, type, at, "");
    LLVMSetAlignment(value, access->uniform ? 4 : 4 * lift->width);
    cairn_lift_tag_state(lift, value);
    return value;
}

void cairn_lift_access_call(struct cairn_lift_access *access, unsigned in, unsigned out)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef zero = LLVMConstNull(lift->v32);
    const struct cairn_lift_access *from = access->operands != NULL ? access->operands : access;
    put_row(lift, from->low != NULL ? from->low : zero, offsetof(struct cairn_access, low));
    put_row(lift, from->high != NULL ? from->high : zero, offsetof(struct cairn_access, high));
    put_field(lift, from->base, offsetof(struct cairn_access, base), 8);
    for (unsigned i = 0; i < 4; i++)
        put_field(lift, access->resource[i], offsetof(struct cairn_access, resource) + 4 * i, 4);
    put_field(lift, access->soffset, offsetof(struct cairn_access, soffset), 4);
    put_field(lift, access->indexed, offsetof(struct cairn_access, indexed), 4);
    put_field(lift, access->mode, offsetof(struct cairn_access, mode), 4);
    put_data(access, in);
    call_entry(access);
    for (unsigned i = 0; i < out; i++)
        access->data[i] = take_data(access, i);
}

/* ---- forks */

void cairn_lift_access_fork(struct cairn_lift_access *access, LLVMValueRef good, bool likely)
{
    struct cairn_lift *lift = access->lift;
    LLVMBasicBlockRef fast = cairn_lift_block(lift, "fast");
    access->slow = cairn_lift_block(lift, "slow");
    if (access->done == NULL)
        access->done = cairn_lift_block(lift, "done");
    LLVMValueRef branch = LLVMBuildCondBr(lift->builder, good, fast, access->slow);
    if (likely)
        cairn_lift_expect(lift, branch);
    LLVMPositionBuilderAtEnd(lift->builder, fast);
}

static void end_way(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    access->ways[access->way_count].end = LLVMGetInsertBlock(lift->builder);
    memcpy(access->ways[access->way_count].data, access->data, sizeof access->data);
    access->ways[access->way_count].wide = access->wide;
    access->wide = NULL;
    access->way_count++;
    LLVMBuildBr(lift->builder, access->done);
}

void cairn_lift_access_way(struct cairn_lift_access *access)
{
    end_way(access);
    LLVMPositionBuilderAtEnd(access->lift->builder, access->slow);
}

static LLVMValueRef merged(struct cairn_lift_access *access, unsigned dword)
{
    LLVMTypeRef type = LLVMTypeOf(access->ways[0].data[dword]);
    LLVMValueRef phi = LLVMBuildPhi(access->lift->builder, type, "");
    for (unsigned way = 0; way < access->way_count; way++)
        LLVMAddIncoming(phi, &access->ways[way].data[dword], &access->ways[way].end, 1);
    return phi;
}

void cairn_lift_access_join(struct cairn_lift_access *access, bool loads)
{
    cairn_lift_access_way(access);
    cairn_lift_access_call(access, loads ? 0 : access->dwords, loads ? access->dwords : 0);
    cairn_lift_access_meet(access, loads);
}

void cairn_lift_access_widen(struct cairn_lift *lift, struct cairn_lift_access *access)
{
    if (access->wide == NULL)
        access->wide = LLVMBuildBitCast(lift->builder,
                                        cairn_lift_weave2(lift, access->data[0], access->data[1]),
                                        lift->v64, "");
}

/* v64 of all ways, if one of them has it; the others have to weave it. */
static LLVMValueRef merged_wide(struct cairn_lift_access *access)
{
    LLVMBuilderRef b = access->lift->builder;
    LLVMValueRef some = NULL;
    for (unsigned way = 0; way < access->way_count; way++)
        some = some != NULL ? some : access->ways[way].wide;
    if (some == NULL)
        return NULL;
    for (unsigned way = 0; way < access->way_count; way++) {
        LLVMValueRef *data = access->ways[way].data;
        if (access->ways[way].wide != NULL)
            continue;
        LLVMPositionBuilderBefore(b, LLVMGetBasicBlockTerminator(access->ways[way].end));
        access->ways[way].wide = LLVMBuildBitCast(
            b, cairn_lift_weave2(access->lift, data[0], data[1]), access->lift->v64, "");
    }
    LLVMPositionBuilderAtEnd(b, access->done);
    LLVMValueRef phi = LLVMBuildPhi(b, access->lift->v64, "");
    for (unsigned way = 0; way < access->way_count; way++)
        LLVMAddIncoming(phi, &access->ways[way].wide, &access->ways[way].end, 1);
    return phi;
}

/* Made of the whole: it may be that nobody asks for it. */
LLVMValueRef cairn_lift_access_half(struct cairn_lift_access *access, unsigned dword)
{
    struct cairn_lift *lift = access->lift;
    LLVMTypeRef dwords = LLVMVectorType(lift->i32, 2 * lift->width);
    LLVMValueRef both = LLVMBuildBitCast(lift->builder, access->wide, dwords, "");
    return cairn_lift_every(lift, both, dword, 2);
}

void cairn_lift_access_meet(struct cairn_lift_access *access, bool loads)
{
    end_way(access);
    LLVMPositionBuilderAtEnd(access->lift->builder, access->done);
    access->wide = loads && access->dwords == 2 && !access->uniform ? merged_wide(access) : NULL;
    for (unsigned i = 0; i < access->dwords && loads; i++)
        access->data[i] =
            access->wide != NULL ? cairn_lift_access_half(access, i) : merged(access, i);
    access->slow = access->done = NULL;
    access->way_count = 0;
}
