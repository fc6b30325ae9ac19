/* SPDX-License-Identifier: MIT
 * GLOBAL and FLAT loads and stores. Where lanes are known to lie a constant stride apart, one
 * scalar check of the whole span and vector accesses; else all addresses are checked at once and
 * gathered. Whatever is not in the window of guest memory goes the slow way.
 */
#include "finalizer/llvm/lift_memory.h"

#include <string.h>

enum { MAX_STRIDE = 4096 };

static bool is_uniform(struct cairn_shape shape)
{
    return shape.kind == CAIRN_SHAPE_UNIFORM || shape.kind == CAIRN_SHAPE_GROUP_UNIFORM;
}

static bool stride_allowed(int64_t stride)
{
    return stride >= 0 && stride <= MAX_STRIDE;
}

static LLVMValueRef compare(struct cairn_lift *lift, LLVMIntPredicate how, LLVMValueRef a,
                            LLVMValueRef b)
{
    return LLVMBuildICmp(lift->builder, how, a, b, "");
}

/* i1: no lane of base + i * stride (i32) wraps. */
static LLVMValueRef no_wrap(struct cairn_lift *lift, LLVMValueRef base, int64_t stride)
{
    if (stride == 0)
        return NULL;
    uint32_t top = UINT32_MAX - (uint32_t)(stride * (lift->width - 1));
    return compare(lift, LLVMIntULE, base, cairn_lift_const32(lift, top));
}

/* i1: the active lanes have the high half of lane 0. Their low halves then say where they are. */
static LLVMValueRef same_high(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef first = cairn_lift_splat(lift, cairn_lift_base(lift, CAIRN_SLOT_ADDR, 1));
    return cairn_lift_access_none(access, compare(lift, LLVMIntNE, access->high, first));
}

/* Addresses in a pair of registers: from the scalars that were made along with it, or from the
 * vectors. Of a high half that is only said to go with its low half nothing is taken for granted
 * then: where its carry was made, other lanes may have been on. */
static void pair_addresses(struct cairn_lift_access *access, struct cairn_lift_addresses *out)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    struct cairn_shape low = cairn_lift_shape(lift, CAIRN_SLOT_ADDR, 0);
    struct cairn_shape high = cairn_lift_shape(lift, CAIRN_SLOT_ADDR, 1);
    int64_t stride = low.kind == CAIRN_SHAPE_AFFINE ? low.stride : 0;
    bool exact = is_uniform(high);
    LLVMValueRef first, last;
    if (cairn_lift_ends64(lift, CAIRN_SLOT_ADDR, &first, &last) && low.pair &&
        stride_allowed(low.pair_stride)) {
        uint64_t span = (uint64_t)low.pair_stride * (lift->width - 1);
        out->regular = true;
        out->stride = low.pair_stride;
        out->first = LLVMBuildAdd(b, first, access->base, "");
        out->good = compare(lift, LLVMIntEQ, last,
                            LLVMBuildAdd(b, first, cairn_lift_const64(lift, span), ""));
        return;
    }
    out->regular = low.kind != CAIRN_SHAPE_VARYING && (low.pair || exact) && stride_allowed(stride);
    out->stride = stride;
    if (!out->regular)
        return;
    first = cairn_lift_base64(lift, CAIRN_SLOT_ADDR);
    out->first = LLVMBuildAdd(b, first, access->base, "");
    out->good = no_wrap(lift, cairn_lift_base(lift, CAIRN_SLOT_ADDR, 0), stride);
    if (!exact)
        out->good = cairn_lift_and(lift, out->good, same_high(access));
}

/* A scalar base and offsets of 32 bits in access->low. `first`: i32, lane 0's offset. */
void cairn_lift_offset_addresses(struct cairn_lift_access *access, struct cairn_shape shape,
                                 LLVMValueRef first, struct cairn_lift_addresses *out)
{
    struct cairn_lift *lift = access->lift;
    int64_t stride = shape.kind == CAIRN_SHAPE_AFFINE ? shape.stride : 0;
    out->regular = shape.kind != CAIRN_SHAPE_VARYING && stride_allowed(stride);
    out->stride = stride;
    if (!out->regular)
        return;
    out->good = no_wrap(lift, first, stride);
    first = LLVMBuildZExt(lift->builder, first, lift->i64, "");
    out->first = LLVMBuildAdd(lift->builder, first, access->base, "");
}

void cairn_lift_linear_operands(struct cairn_lift_access *access,
                                struct cairn_lift_addresses *addresses)
{
    struct cairn_lift *lift = access->lift;
    const struct cairn_operand *saddr = &lift->insn->slot[CAIRN_SLOT_SADDR];
    *addresses = (struct cairn_lift_addresses){.regular = false};
    access->base = cairn_lift_const64(lift, (uint64_t)(int64_t)lift->insn->imm);
    access->low = cairn_lift_source(lift, CAIRN_SLOT_ADDR, 0);
    if (!cairn_operand_present(saddr)) {
        access->high = cairn_lift_source(lift, CAIRN_SLOT_ADDR, 1);
        pair_addresses(access, addresses);
        return;
    }
    access->base =
        LLVMBuildAdd(lift->builder, cairn_lift_sgpr64(lift, saddr->code & 127), access->base, "");
    struct cairn_shape shape = cairn_lift_shape(lift, CAIRN_SLOT_ADDR, 0);
    LLVMValueRef first =
        shape.kind == CAIRN_SHAPE_VARYING ? NULL : cairn_lift_base(lift, CAIRN_SLOT_ADDR, 0);
    cairn_lift_offset_addresses(access, shape, first, addresses);
}

/* ---- checks */

/* Is [at, at + bytes) in the window? */
static LLVMValueRef span_in_window(struct cairn_lift *lift, LLVMValueRef at, uint64_t bytes)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef offset = LLVMBuildSub(b, at, lift->window_base, "");
    LLVMValueRef top = LLVMBuildSub(b, lift->window_size, cairn_lift_const64(lift, bytes), "");
    return compare(lift, LLVMIntULE, offset, top);
}

static LLVMValueRef mask_is_full(struct cairn_lift_access *access)
{
    LLVMValueRef bits = cairn_lift_access_bits(access->lift, access->mask);
    return compare(access->lift, LLVMIntEQ, bits, LLVMConstAllOnes(LLVMTypeOf(bits)));
}

static LLVMValueRef mask_is_not_empty(struct cairn_lift_access *access)
{
    LLVMValueRef bits = cairn_lift_access_bits(access->lift, access->mask);
    return compare(access->lift, LLVMIntNE, bits, LLVMConstNull(LLVMTypeOf(bits)));
}

static LLVMValueRef saturating_sub(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b)
{
    LLVMValueRef args[] = {a, b};
    return cairn_lift_intrinsic(lift, "llvm.usub.sat", &lift->i64, 1, args, 2);
}

static LLVMValueRef minimum(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b)
{
    LLVMValueRef args[] = {a, b};
    return cairn_lift_intrinsic(lift, "llvm.umin", &lift->i64, 1, args, 2);
}

/* Loads of memory in the block of the instruction. */
static unsigned loads_around(const struct cairn_lift *lift)
{
    const struct cairn_program *program = lift->program;
    const struct cairn_program_block *block = &program->blocks[program->insns[lift->at].block];
    unsigned count = 0;
    for (uint32_t i = block->first; i < block->first + block->count; i++)
        count += (program->insns[i].flags & CAIRN_ISA_LOADS) != 0 &&
                 program->insns[i].insn.encoding >= CAIRN_ENC_FLAT;
    return count;
}

/* A chunk that runs a loop for itself strides over the data of the others, which the host's
 * prefetchers do not follow: fetches what this place will load some turns on, if it goes on as it
 * did since the last turn. Strides are often powers of two, so that all lines fall into one set of
 * the cache: done for one stream of single lines only, and not far. */
static void fetch_ahead(struct cairn_lift_access *access, LLVMValueRef at)
{
    enum { TURNS = 8, LINE = 64 };
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    if (access->bytes * lift->width > LINE || loads_around(lift) > 1)
        return;
    LLVMValueRef slot = cairn_lift_loop_slot(lift, lift->i64);
    if (slot == NULL)
        return;
    LLVMValueRef step = LLVMBuildSub(b, at, LLVMBuildLoad2(b, lift->i64, slot, ""), "");
    LLVMBuildStore(b, at, slot);
    step = LLVMBuildMul(b, step, cairn_lift_const64(lift, TURNS), "");
    LLVMValueRef then = LLVMBuildIntToPtr(b, LLVMBuildAdd(b, at, step, ""), lift->ptr, "");
    LLVMValueRef args[] = {then, cairn_lift_const32(lift, 0), cairn_lift_const32(lift, 3),
                           cairn_lift_const32(lift, 1)};
    cairn_lift_intrinsic(lift, "llvm.prefetch", &lift->ptr, 1, args, 4);
}

/* ---- regular lanes */

/* Overlapping elements, as of a stencil: rows of dwords. */
static bool is_rows(const struct cairn_lift_access *access, int64_t stride, bool loads)
{
    return loads && stride == 4 && access->bytes > 4;
}

static bool has_regular_form(const struct cairn_lift_access *access,
                             const struct cairn_lift_addresses *addresses, bool loads)
{
    if (!addresses->regular)
        return false;
    if (addresses->stride == access->bytes || is_rows(access, addresses->stride, loads))
        return true;
    return access->full || (addresses->stride == 0 && loads);
}

static void spread(struct cairn_lift_access *access)
{
    for (unsigned i = 0; i < access->dwords; i++)
        access->data[i] = cairn_lift_splat(access->lift, access->data[i]);
    access->uniform = false;
}

static void run_regular(struct cairn_lift_access *access,
                        const struct cairn_lift_addresses *addresses, bool loads)
{
    struct cairn_lift *lift = access->lift;
    int64_t stride = addresses->stride;
    uint64_t span = (uint64_t)stride * (lift->width - 1) + access->bytes;
    LLVMValueRef good = span_in_window(lift, addresses->first, span);
    good = cairn_lift_and(lift, good, addresses->good);
    good = cairn_lift_and(lift, good, addresses->guard);
    if (addresses->limit != NULL) {
        LLVMValueRef end = LLVMBuildSub(lift->builder, addresses->first, access->base, "");
        end = LLVMBuildAdd(lift->builder, end, cairn_lift_const64(lift, span), "");
        good = cairn_lift_and(lift, good, compare(lift, LLVMIntULE, end, addresses->limit));
    }
    access->uniform = stride == 0 && loads;
    if (access->uniform && !access->full)
        good = cairn_lift_and(lift, good, mask_is_not_empty(access));
    else if (is_rows(access, stride, loads)
                 ? cairn_lift_rows_need_full(access)
                 : stride == access->bytes && cairn_lift_block_needs_full(access, loads))
        good = cairn_lift_and(lift, good, mask_is_full(access));
    cairn_lift_access_fork(access, good, true);
    LLVMValueRef at = LLVMBuildIntToPtr(lift->builder, addresses->first, lift->ptr, "");
    if (access->uniform) {
        cairn_lift_uniform_load(access, at);
        if (lift->insn->encoding == CAIRN_ENC_FLAT)
            spread(access); /* private memory, reached the slow way, differs from lane to lane */
    } else if (is_rows(access, stride, loads))
        cairn_lift_rows_load(access, at);
    else if (stride == access->bytes && loads) {
        fetch_ahead(access, addresses->first);
        cairn_lift_block_load(access, at);
    } else if (stride == access->bytes)
        cairn_lift_block_store(access, at);
    else if (loads)
        cairn_lift_strided_load(access, at, stride);
    else
        cairn_lift_strided_store(access, at, stride);
    cairn_lift_access_join(access, loads);
}

/* ---- an address a lane. Which instructions are regular all the same is seen at run time: a way of
 * its own for blocks. */

static bool may_be_block(const struct cairn_lift_access *access)
{
    return access->bytes >= 4;
}

/* v64 or v32: 0, bytes, 2 * bytes ... */
static LLVMValueRef steps(struct cairn_lift *lift, LLVMTypeRef type, unsigned bytes)
{
    LLVMValueRef elements[CAIRN_LIFT_MAX_WIDTH];
    for (unsigned i = 0; i < lift->width; i++)
        elements[i] = LLVMConstInt(type, i * bytes, false);
    return LLVMConstVector(elements, lift->width);
}

/* i1: active lanes lie side by side from `first` on, which is lane 0's. */
static LLVMValueRef is_block(struct cairn_lift_access *access, LLVMValueRef at, LLVMValueRef first)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef expected = LLVMBuildAdd(lift->builder, cairn_lift_splat(lift, first),
                                         steps(lift, LLVMTypeOf(first), access->bytes), "");
    return cairn_lift_access_none(access, compare(lift, LLVMIntNE, at, expected));
}

static LLVMValueRef lane0(struct cairn_lift *lift, LLVMValueRef vector)
{
    return LLVMBuildExtractElement(lift->builder, vector, cairn_lift_const32(lift, 0), "");
}

/* The way of a block at `first` (i64), if `good`. */
static void try_block(struct cairn_lift_access *access, LLVMValueRef first, LLVMValueRef good,
                      bool loads)
{
    struct cairn_lift *lift = access->lift;
    good = cairn_lift_and(lift, good,
                          span_in_window(lift, first, access->bytes * (uint64_t)lift->width));
    if (cairn_lift_block_needs_full(access, loads))
        good = cairn_lift_and(lift, good, mask_is_full(access));
    cairn_lift_access_fork(access, good, false);
    LLVMValueRef data[CAIRN_LIFT_MAX_DWORDS];
    memcpy(data, access->data, sizeof data);
    LLVMValueRef at = LLVMBuildIntToPtr(lift->builder, first, lift->ptr, "");
    if (loads) {
        fetch_ahead(access, first);
        cairn_lift_block_load(access, at);
    } else {
        cairn_lift_block_store(access, at);
    }
    cairn_lift_access_way(access);
    memcpy(access->data, data, sizeof data);
}

/* A scalar base: offsets are compared in 32 bits. */
static void run_offsets(struct cairn_lift_access *access,
                        const struct cairn_lift_addresses *addresses, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef before = LLVMBuildSub(b, access->base, lift->window_base, "");
    LLVMValueRef limit = saturating_sub(lift, lift->window_size, before);
    if (addresses->limit != NULL)
        limit = minimum(lift, limit, addresses->limit);
    limit = saturating_sub(lift, limit, cairn_lift_const64(lift, access->bytes - 1));
    limit = minimum(lift, limit, cairn_lift_const64(lift, UINT64_C(1) << 31));
    limit = cairn_lift_splat(lift, LLVMBuildTrunc(b, limit, lift->i32, ""));
    if (may_be_block(access) && addresses->limit == NULL) {
        LLVMValueRef first = lane0(lift, access->low);
        LLVMValueRef block = cairn_lift_and(lift, is_block(access, access->low, first),
                                            no_wrap(lift, first, access->bytes));
        first = LLVMBuildZExt(b, first, lift->i64, "");
        try_block(access, LLVMBuildAdd(b, first, access->base, ""), block, loads);
    }
    LLVMValueRef good =
        cairn_lift_access_none(access, compare(lift, LLVMIntUGE, access->low, limit));
    cairn_lift_access_fork(access, cairn_lift_and(lift, good, addresses->guard), true);
    LLVMValueRef base = LLVMBuildIntToPtr(b, access->base, lift->ptr, "");
    if (loads)
        cairn_lift_gather_from(access, base, access->low);
    else
        cairn_lift_scatter_to(access, base, access->low);
    cairn_lift_access_join(access, loads);
}

static void run_addresses(struct cairn_lift_access *access, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef at = LLVMBuildZExt(b, access->low, lift->v64, "");
    LLVMValueRef high = LLVMBuildZExt(b, access->high, lift->v64, "");
    LLVMValueRef shift = cairn_lift_splat(lift, cairn_lift_const64(lift, 32));
    at = LLVMBuildOr(b, at, LLVMBuildShl(b, high, shift, ""), "");
    at = LLVMBuildAdd(b, at, cairn_lift_splat(lift, access->base), "");
    if (may_be_block(access)) {
        LLVMValueRef first = lane0(lift, at);
        try_block(access, first, is_block(access, at, first), loads);
    }
    LLVMValueRef top =
        LLVMBuildSub(b, lift->window_size, cairn_lift_const64(lift, access->bytes), "");
    LLVMValueRef offset = LLVMBuildSub(b, at, cairn_lift_splat(lift, lift->window_base), "");
    LLVMValueRef outside = compare(lift, LLVMIntUGT, offset, cairn_lift_splat(lift, top));
    cairn_lift_access_fork(access, cairn_lift_access_none(access, outside), true);
    if (loads)
        cairn_lift_gather(access, at);
    else
        cairn_lift_scatter(access, at);
    cairn_lift_access_join(access, loads);
}

void cairn_lift_linear_run(struct cairn_lift_access *access,
                           const struct cairn_lift_addresses *addresses, bool loads)
{
    if (has_regular_form(access, addresses, loads))
        run_regular(access, addresses, loads);
    else if (access->high == NULL)
        run_offsets(access, addresses, loads);
    else
        run_addresses(access, loads);
}

void cairn_lift_linear_emit(struct cairn_lift *lift, unsigned bytes, enum cairn_lift_form form,
                            bool loads)
{
    struct cairn_lift_access access;
    struct cairn_lift_addresses addresses;
    bool flat = lift->insn->encoding == CAIRN_ENC_FLAT;
    cairn_lift_plain_begin(lift, &access, flat ? CAIRN_PLACE_FLAT : CAIRN_PLACE_GLOBAL, bytes, form,
                           loads);
    cairn_lift_linear_operands(&access, &addresses);
    cairn_lift_linear_run(&access, &addresses, loads);
    cairn_lift_plain_end(&access, form, loads);
}
