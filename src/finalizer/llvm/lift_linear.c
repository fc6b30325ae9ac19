/* SPDX-License-Identifier: MIT
 * GLOBAL and FLAT loads and stores. Where lanes are known to lie a constant stride apart, one
 * scalar check of the whole span and vector accesses; else all addresses are checked at once and
 * gathered. Whatever is not in the window of guest memory goes the slow way.
 */
#include "finalizer/llvm/lift_memory.h"

#include <string.h>

enum { MAX_STRIDE = 4096 };

static bool stride_allowed(int64_t stride)
{
    return stride >= 0 && stride <= MAX_STRIDE;
}

static LLVMValueRef compare(struct cairn_lift *lift, LLVMIntPredicate how, LLVMValueRef a,
                            LLVMValueRef b)
{
    return LLVMBuildICmp(lift->builder, how, a, b, "");
}

LLVMValueRef cairn_lift_no_wrap(struct cairn_lift *lift, LLVMValueRef offset, int64_t stride,
                                unsigned lanes)
{
    if (stride == 0)
        return NULL;
    uint32_t top = UINT32_MAX - (uint32_t)(stride * (lanes - 1));
    return compare(lift, LLVMIntULE, offset, cairn_lift_const32(lift, top));
}

static LLVMValueRef no_wrap(struct cairn_lift *lift, LLVMValueRef offset, int64_t stride)
{
    return cairn_lift_no_wrap(lift, offset, stride, lift->width);
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
    bool exact = cairn_shape_is_same(high);
    LLVMValueRef first, last;
    if (cairn_lift_ends64(lift, CAIRN_SLOT_ADDR, &first, &last) && low.pair &&
        stride_allowed(low.pair_stride)) {
        uint64_t span = (uint64_t)low.pair_stride * (lift->width - 1);
        out->regular = true;
        out->stride = low.pair_stride;
        out->from[0] = first;
        out->first = LLVMBuildAdd(b, first, access->base, "");
        out->good = compare(lift, LLVMIntEQ, last,
                            LLVMBuildAdd(b, first, cairn_lift_const64(lift, span), ""));
        out->run = low.pair_run;
        out->last = LLVMBuildAdd(b, last, access->base, "");
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

/* Of a pair that is not regular: from what is known of it. */
static void wide_addresses(struct cairn_lift_access *access, struct cairn_lift_addresses *out)
{
    struct cairn_lift *lift = access->lift;
    struct cairn_lift_wide wide;
    if (out->regular || !cairn_lift_wide_of(lift, CAIRN_SLOT_ADDR, &wide))
        return;
    out->origin = LLVMBuildAdd(lift->builder, wide.base, access->base, "");
    out->index = wide.index;
    out->shift = wide.shift;
    out->zero = wide.zero;
}

/* A scalar base and offsets of 32 bits in access->low. `first`: i32, lane 0's offset. */
void cairn_lift_offset_addresses(struct cairn_lift_access *access, struct cairn_shape shape,
                                 LLVMValueRef first, struct cairn_lift_addresses *out)
{
    struct cairn_lift *lift = access->lift;
    int64_t stride = shape.kind == CAIRN_SHAPE_AFFINE ? shape.stride : 0;
    out->regular = shape.kind != CAIRN_SHAPE_VARYING && stride_allowed(stride);
    out->stride = stride;
    if (!out->regular) {
        out->origin = access->base;
        out->index = access->low;
        out->zero = true;
        return;
    }
    out->good = no_wrap(lift, first, stride);
    out->run = shape.run;
    out->offset = out->from[0] = first;
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
        wide_addresses(access, addresses);
        return;
    }
    LLVMValueRef base = cairn_lift_sgpr64(lift, saddr->code & 127);
    access->base = LLVMBuildAdd(lift->builder, base, access->base, "");
    struct cairn_shape shape = cairn_lift_shape(lift, CAIRN_SLOT_ADDR, 0);
    LLVMValueRef first =
        shape.kind == CAIRN_SHAPE_VARYING ? NULL : cairn_lift_base(lift, CAIRN_SLOT_ADDR, 0);
    cairn_lift_offset_addresses(access, shape, first, addresses);
    addresses->from[1] = base;
}

/* ---- checks */

LLVMValueRef cairn_lift_span_in_window(struct cairn_lift *lift, LLVMValueRef at, uint64_t bytes)
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
bool cairn_lift_is_rows(const struct cairn_lift_access *access, int64_t stride, bool loads)
{
    return loads && stride == 4 && access->bytes > 4;
}

static void spread(struct cairn_lift_access *access)
{
    for (unsigned i = 0; i < access->dwords; i++)
        access->data[i] = cairn_lift_splat(access->lift, access->data[i]);
    access->uniform = false;
}

/* Waves whose chunks go in step load all of their lines before they store any, which the host's
 * prefetchers do not follow well. Where the wave lies side by side the next one's lines lie behind,
 * mostly, and a hint of the first of them does; else the neighbour is a later workgroup. */
static void fetch_next_waves(struct cairn_lift_access *access, LLVMValueRef first, bool loads)
{
    enum { NEXT = 256, LATER = 2048, LINE = 64 };
    unsigned ahead = access->together ? NEXT : LATER;
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < access->bytes * lift->width && cairn_lift_in_step(lift); i += LINE) {
        LLVMValueRef at = LLVMBuildAdd(b, first, cairn_lift_const64(lift, ahead + i), "");
        LLVMValueRef args[] = {LLVMBuildIntToPtr(b, at, lift->ptr, ""),
                               cairn_lift_const32(lift, loads ? 0 : 1), cairn_lift_const32(lift, 3),
                               cairn_lift_const32(lift, 1)};
        cairn_lift_intrinsic(lift, "llvm.prefetch", &lift->ptr, 1, args, 4);
    }
}

void cairn_lift_linear_block(struct cairn_lift_access *access, LLVMValueRef first, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef at = LLVMBuildIntToPtr(lift->builder, first, lift->ptr, "");
    if (access->past == 0 && !access->near)
        fetch_next_waves(access, first, loads);
    if (loads) {
        fetch_ahead(access, first);
        cairn_lift_block_load(access, at);
    } else {
        cairn_lift_block_store(access, at);
    }
}

/* i1: all of the span may be touched. */
static LLVMValueRef span_is_good(struct cairn_lift_access *access,
                                 const struct cairn_lift_addresses *addresses)
{
    struct cairn_lift *lift = access->lift;
    uint64_t span = (uint64_t)addresses->stride * (lift->width - 1) + access->bytes;
    LLVMValueRef good = cairn_lift_span_in_window(lift, addresses->first, span);
    good = cairn_lift_and(lift, good, addresses->good);
    good = cairn_lift_and(lift, good, addresses->guard);
    if (addresses->limit != NULL) {
        LLVMValueRef end = LLVMBuildSub(lift->builder, addresses->first, access->base, "");
        end = LLVMBuildAdd(lift->builder, end, cairn_lift_const64(lift, span), "");
        good = cairn_lift_and(lift, good, compare(lift, LLVMIntULE, end, addresses->limit));
    }
    return good;
}

/* Lanes apart from each other, of which some may be off. */
static void run_masked_strides(struct cairn_lift_access *access,
                               const struct cairn_lift_addresses *addresses, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef steps = cairn_lift_iota(lift, (int32_t)addresses->stride);
    LLVMValueRef low = LLVMBuildTrunc(lift->builder, addresses->first, lift->i32, "");
    LLVMValueRef good = span_is_good(access, addresses);
    LLVMValueRef misses = loads ? cairn_lift_gather_misses(access, low, steps, 0) : NULL;
    if (misses != NULL)
        good = cairn_lift_and(lift, good, cairn_lift_access_none(access, misses));
    cairn_lift_access_fork(access, good, true);
    LLVMValueRef at = LLVMBuildIntToPtr(lift->builder, addresses->first, lift->ptr, "");
    if (loads)
        cairn_lift_gather(access, at, steps, 0);
    else
        cairn_lift_scatter(access, at, steps, 0);
    cairn_lift_access_join(access, loads);
}

static void run_regular(struct cairn_lift_access *access,
                        const struct cairn_lift_addresses *addresses, bool loads)
{
    struct cairn_lift *lift = access->lift;
    int64_t stride = addresses->stride;
    bool rows = cairn_lift_is_rows(access, stride, loads), block = stride == access->bytes;
    if (!access->full && !rows && !block && !(stride == 0 && loads)) {
        run_masked_strides(access, addresses, loads);
        return;
    }
    LLVMValueRef good = span_is_good(access, addresses);
    access->uniform = stride == 0 && loads;
    if (access->uniform && !access->full)
        good = cairn_lift_and(lift, good, mask_is_not_empty(access));
    else if (rows ? cairn_lift_rows_need_full(access)
                  : block && cairn_lift_block_needs_full(access, loads))
        good = cairn_lift_and(lift, good, mask_is_full(access));
    cairn_lift_access_fork(access, good, true);
    LLVMValueRef at = LLVMBuildIntToPtr(lift->builder, addresses->first, lift->ptr, "");
    if (access->uniform) {
        cairn_lift_uniform_load(access, at);
        if (lift->insn->encoding == CAIRN_ENC_FLAT)
            spread(access); /* private memory, reached the slow way, differs from lane to lane */
    } else if (rows) {
        cairn_lift_rows_load(access, at);
    } else if (block) {
        cairn_lift_linear_block(access, addresses->first, loads);
    } else if (loads) {
        cairn_lift_strided_load(access, at, stride);
    } else {
        cairn_lift_strided_store(access, at, stride);
    }
    cairn_lift_access_join(access, loads);
}

/* ---- an index a lane: origin + (index << shift), of which all that 32 bits can reach must lie in
 * the window. Which instructions are regular all the same is seen at run time. */

/* The same addresses by signed indices. */
static struct cairn_lift_addresses signed_addresses(struct cairn_lift *lift,
                                                    const struct cairn_lift_addresses *from)
{
    struct cairn_lift_addresses to = *from;
    if (!from->zero)
        return to;
    LLVMValueRef half = cairn_lift_const64(lift, UINT64_C(1) << (31 + from->shift));
    LLVMValueRef sign = cairn_lift_splat(lift, cairn_lift_const32(lift, 1u << 31));
    to.origin = LLVMBuildAdd(lift->builder, from->origin, half, "");
    to.index = LLVMBuildXor(lift->builder, from->index, sign, "");
    to.zero = false;
    return to;
}

/* i1: all that signed indices can reach from the origin lies in the window. */
static LLVMValueRef reach_in_window(struct cairn_lift_access *access,
                                    const struct cairn_lift_addresses *addresses)
{
    struct cairn_lift *lift = access->lift;
    uint64_t half = UINT64_C(1) << (31 + addresses->shift), span = 2 * half + access->bytes;
    LLVMValueRef low =
        LLVMBuildSub(lift->builder, addresses->origin, cairn_lift_const64(lift, half), "");
    low = LLVMBuildSub(lift->builder, low, lift->window_base, "");
    LLVMValueRef top = saturating_sub(lift, lift->window_size, cairn_lift_const64(lift, span - 1));
    return compare(lift, LLVMIntULT, low, top);
}

/* Buffers end: offsets, which are the unsigned indices. */
static LLVMValueRef below_limit(struct cairn_lift_access *access,
                                const struct cairn_lift_addresses *addresses)
{
    struct cairn_lift *lift = access->lift;
    if (addresses->limit == NULL)
        return NULL;
    LLVMValueRef limit =
        saturating_sub(lift, addresses->limit, cairn_lift_const64(lift, access->bytes - 1));
    limit = cairn_lift_splat(lift, LLVMBuildTrunc(lift->builder, limit, lift->i32, ""));
    return cairn_lift_access_none(access, compare(lift, LLVMIntUGE, addresses->index, limit));
}

/* i32 vector: 0, step, 2 * step ... where the elements lie side by side; false: they cannot. */
static bool block_steps(struct cairn_lift_access *access, unsigned shift, LLVMValueRef *steps)
{
    if (access->bytes < 4 || access->bytes >> shift << shift != access->bytes)
        return false;
    *steps = cairn_lift_iota(access->lift, (int32_t)(access->bytes >> shift));
    return true;
}

/* i1: active lanes lie side by side from lane 0's `first` on, without a change of sign. */
static LLVMValueRef is_block(struct cairn_lift_access *access, LLVMValueRef index,
                             LLVMValueRef first, unsigned shift, LLVMValueRef steps, bool loads)
{
    struct cairn_lift *lift = access->lift;
    uint32_t top = INT32_MAX - (access->bytes >> shift) * (lift->width - 1);
    LLVMValueRef expected = LLVMBuildAdd(lift->builder, cairn_lift_splat(lift, first), steps, "");
    LLVMValueRef good = cairn_lift_access_none(access, compare(lift, LLVMIntNE, index, expected));
    good =
        cairn_lift_and(lift, good, compare(lift, LLVMIntSLE, first, cairn_lift_const32(lift, top)));
    if (cairn_lift_block_needs_full(access, loads))
        good = cairn_lift_and(lift, good, mask_is_full(access));
    return good;
}

static LLVMValueRef lane0(struct cairn_lift *lift, LLVMValueRef vector)
{
    return LLVMBuildExtractElement(lift->builder, vector, cairn_lift_const32(lift, 0), "");
}

/* i64: the address of index `first` (i32). */
static LLVMValueRef address_of(struct cairn_lift *lift,
                               const struct cairn_lift_addresses *addresses, LLVMValueRef first)
{
    LLVMBuilderRef b = lift->builder;
    first = LLVMBuildSExt(b, first, lift->i64, "");
    first = LLVMBuildShl(b, first, cairn_lift_const64(lift, addresses->shift), "");
    return LLVMBuildAdd(b, addresses->origin, first, "");
}

/* As a block if it is one. Checked already: that memory may be touched. */
static void run_lanes(struct cairn_lift_access *access,
                      const struct cairn_lift_addresses *addresses, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    unsigned shift = addresses->shift;
    LLVMValueRef steps;
    struct cairn_lift_access inner = *access;
    bool may_be_block = addresses->limit == NULL && block_steps(access, shift, &steps);
    inner.done = NULL;
    inner.way_count = 0;
    if (may_be_block) {
        LLVMValueRef first = lane0(lift, addresses->index);
        LLVMValueRef good = is_block(access, addresses->index, first, shift, steps, loads);
        cairn_lift_access_fork(&inner, good, false);
        cairn_lift_linear_block(&inner, address_of(lift, addresses, first), loads);
        cairn_lift_access_way(&inner);
        memcpy(inner.data, access->data, sizeof inner.data);
    }
    LLVMValueRef base = LLVMBuildIntToPtr(b, addresses->origin, lift->ptr, "");
    if (loads)
        cairn_lift_gather(&inner, base, addresses->index, shift);
    else
        cairn_lift_scatter(&inner, base, addresses->index, shift);
    if (may_be_block)
        cairn_lift_access_meet(&inner, loads);
    if (loads)
        memcpy(access->data, inner.data, sizeof access->data);
}

static void run_indexed(struct cairn_lift_access *access, const struct cairn_lift_addresses *from,
                        bool loads)
{
    struct cairn_lift *lift = access->lift;
    struct cairn_lift_addresses addresses = signed_addresses(lift, from);
    LLVMValueRef good = reach_in_window(access, &addresses);
    LLVMValueRef low = LLVMBuildTrunc(lift->builder, addresses.origin, lift->i32, "");
    LLVMValueRef misses =
        loads ? cairn_lift_gather_misses(access, low, addresses.index, addresses.shift) : NULL;
    if (misses != NULL)
        good = cairn_lift_and(lift, good, cairn_lift_access_none(access, misses));
    good = cairn_lift_and(lift, good, below_limit(access, from));
    good = cairn_lift_and(lift, good, from->good);
    cairn_lift_access_fork(access, cairn_lift_and(lift, good, from->guard), true);
    run_lanes(access, &addresses, loads);
    cairn_lift_access_join(access, loads);
}

/* An address a lane: where the high halves are the same, by the low ones. */
static void run_addresses(struct cairn_lift_access *access, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    struct cairn_lift_addresses addresses = {.index = access->low, .zero = true};
    LLVMValueRef high = cairn_lift_access_high(access, &addresses.good);
    high = LLVMBuildShl(b, LLVMBuildZExt(b, high, lift->i64, ""), cairn_lift_const64(lift, 32), "");
    addresses.origin = LLVMBuildAdd(b, access->base, high, "");
    run_indexed(access, &addresses, loads);
}

void cairn_lift_linear_run(struct cairn_lift_access *access,
                           const struct cairn_lift_addresses *addresses, bool loads)
{
    if (addresses->regular)
        run_regular(access, addresses, loads);
    else if (addresses->index != NULL)
        run_indexed(access, addresses, loads);
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
