/* SPDX-License-Identifier: MIT
 * Private memory: SCRATCH, and MUBUF with the descriptor of wave set-up. Dwords of the lanes lie
 * side by side, so an offset that all lanes share is a row of the wave's scratch: spills. Buffers
 * of plain memory are done as GLOBAL; everything else about buffers goes the slow way.
 */
#include "finalizer/llvm/lift_memory.h"

enum { ROW_BYTES = 4 * CAIRN_WAVE_LANES };

/* Where a lane's piece of private memory is: at base + offset, in bytes of swizzled memory. */
struct place {
    LLVMValueRef base;  /* i64 */
    LLVMValueRef guard; /* i1: it is the wave's scratch that lies there; NULL: true */
    LLVMValueRef own;   /* i32: the lane's own offset, lane 0's or of each lane (v32) */
    LLVMValueRef extra; /* i32: added behind the swizzle */
};

static LLVMValueRef compare(struct cairn_lift *lift, LLVMIntPredicate how, LLVMValueRef a,
                            LLVMValueRef b)
{
    return LLVMBuildICmp(lift->builder, how, a, b, "");
}

static LLVMValueRef wave_field(struct cairn_lift *lift, LLVMTypeRef type, size_t offset)
{
    LLVMValueRef wave = cairn_lift_wave_pointer(lift, cairn_lift_chunk(lift));
    LLVMValueRef index = cairn_lift_const64(lift, offset);
    LLVMValueRef at = LLVMBuildInBoundsGEP2(lift->builder, lift->i8, wave, &index, 1, "");
    LLVMValueRef value = LLVMBuildLoad2(lift->builder, type, at, "");
    cairn_lift_tag_state(lift, value);
    return value;
}

static LLVMValueRef like(struct cairn_lift *lift, LLVMValueRef model, uint32_t value)
{
    LLVMValueRef scalar = cairn_lift_const32(lift, value);
    return LLVMTypeOf(model) == lift->i32 ? scalar : cairn_lift_splat(lift, scalar);
}

/* Bytes from place->base, modulo 2^32, of a scalar or of each lane. */
static LLVMValueRef swizzled(struct cairn_lift *lift, const struct place *place)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef own = place->own, first = cairn_lift_first_lane(lift);
    first = LLVMBuildShl(b, first, cairn_lift_const32(lift, 2), "");
    first = LLVMBuildAdd(b, first, place->extra, "");
    LLVMValueRef lanes = first;
    if (LLVMTypeOf(own) != lift->i32)
        lanes = LLVMBuildAdd(b, cairn_lift_splat(lift, first), cairn_lift_iota(lift, 4), "");
    LLVMValueRef row = LLVMBuildAnd(b, own, like(lift, own, ~3u), "");
    row = LLVMBuildShl(b, row, like(lift, own, 6), "");
    LLVMValueRef byte = LLVMBuildAnd(b, own, like(lift, own, 3), "");
    return LLVMBuildAdd(b, LLVMBuildAdd(b, row, byte, ""), lanes, "");
}

/* i1 or v1: the piece stays within its dword. */
static LLVMValueRef in_dword(struct cairn_lift *lift, LLVMValueRef own, unsigned bytes)
{
    unsigned piece = bytes < 4 ? bytes : 4;
    LLVMValueRef byte = LLVMBuildAnd(lift->builder, own, like(lift, own, 3), "");
    return compare(lift, LLVMIntULE, byte, like(lift, own, 4 - piece));
}

/* i64: how many byte offsets into the wave's scratch there are at which `span` bytes lie inside. */
static LLVMValueRef room(struct cairn_lift *lift, uint64_t span)
{
    LLVMValueRef bytes = wave_field(lift, lift->i32, offsetof(struct cairn_wave, scratch_bytes));
    bytes = LLVMBuildZExt(lift->builder, bytes, lift->i64, "");
    LLVMValueRef args[] = {LLVMBuildAdd(lift->builder, bytes, cairn_lift_const64(lift, 1), ""),
                           cairn_lift_const64(lift, span)};
    return cairn_lift_intrinsic(lift, "llvm.usub.sat", &lift->i64, 1, args, 2);
}

static LLVMValueRef behind(struct cairn_lift *lift, LLVMValueRef at, uint64_t bytes)
{
    LLVMValueRef index = cairn_lift_const64(lift, bytes);
    return bytes == 0 ? at : LLVMBuildGEP2(lift->builder, lift->i8, at, &index, 1, "");
}

/* ---- one offset for all lanes: whole rows */

/* An access to one dword of each lane. */
static struct cairn_lift_access row_of(const struct cairn_lift_access *access, unsigned dword)
{
    struct cairn_lift_access row = *access;
    row.bytes = 4;
    row.dwords = 1;
    row.quiet = true;
    row.data[0] = access->data[dword];
    return row;
}

/* Bytes and shorts: part of the dword, `shift` (i32) bits up. */
static void load_part(struct cairn_lift_access *access, LLVMValueRef at, LLVMValueRef shift)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    struct cairn_lift_access row = row_of(access, 0);
    cairn_lift_block_load(&row, at);
    LLVMValueRef value = LLVMBuildLShr(b, row.data[0], cairn_lift_splat(lift, shift), "");
    access->data[0] = LLVMBuildAnd(b, value, like(lift, value, (1u << 8 * access->bytes) - 1), "");
}

static void store_part(struct cairn_lift_access *access, LLVMValueRef at, LLVMValueRef shift)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    struct cairn_lift_access row = row_of(access, 0);
    LLVMValueRef bits = cairn_lift_const32(lift, (1u << 8 * access->bytes) - 1);
    LLVMValueRef data = LLVMBuildAnd(b, access->data[0], cairn_lift_splat(lift, bits), "");
    data = LLVMBuildShl(b, data, cairn_lift_splat(lift, shift), "");
    LLVMValueRef keep = LLVMBuildNot(b, LLVMBuildShl(b, bits, shift, ""), "");
    cairn_lift_block_load(&row, at);
    LLVMValueRef old = LLVMBuildAnd(b, row.data[0], cairn_lift_splat(lift, keep), "");
    row.data[0] = LLVMBuildOr(b, old, data, "");
    cairn_lift_block_store(&row, at);
}

static void run_rows(struct cairn_lift_access *access, const struct place *place, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef shift = LLVMBuildAnd(b, place->own, cairn_lift_const32(lift, 3), "");
    LLVMValueRef at = LLVMBuildSub(b, swizzled(lift, place), shift, "");
    at = LLVMBuildAdd(b, place->base, LLVMBuildZExt(b, at, lift->i64, ""), "");
    LLVMValueRef scratch = wave_field(lift, lift->i64, offsetof(struct cairn_wave, scratch));
    LLVMValueRef good =
        compare(lift, LLVMIntULT, LLVMBuildSub(b, at, scratch, ""),
                room(lift, (uint64_t)ROW_BYTES * (access->dwords - 1) + 4 * lift->width));
    good = cairn_lift_and(lift, good, in_dword(lift, place->own, access->bytes));
    cairn_lift_access_fork(access, cairn_lift_and(lift, good, place->guard), true);
    LLVMValueRef rows = LLVMBuildIntToPtr(b, at, lift->ptr, "");
    shift = LLVMBuildShl(b, shift, cairn_lift_const32(lift, 3), "");
    for (unsigned i = 0; i < access->dwords && access->bytes >= 4; i++) {
        struct cairn_lift_access row = row_of(access, i);
        LLVMValueRef from = behind(lift, rows, (uint64_t)i * ROW_BYTES);
        if (loads)
            cairn_lift_block_load(&row, from);
        else
            cairn_lift_block_store(&row, from);
        access->data[i] = row.data[0];
    }
    if (access->bytes < 4 && loads)
        load_part(access, rows, shift);
    else if (access->bytes < 4)
        store_part(access, rows, shift);
    cairn_lift_access_join(access, loads);
}

/* ---- an offset a lane */

static void run_lanes(struct cairn_lift_access *access, const struct place *place, bool loads)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    unsigned piece = access->bytes < 4 ? access->bytes : 4;
    LLVMValueRef at = swizzled(lift, place);
    LLVMValueRef limit = room(lift, (uint64_t)ROW_BYTES * (access->dwords - 1) + piece);
    LLVMValueRef args[] = {limit, cairn_lift_const64(lift, UINT64_C(1) << 31)};
    limit = cairn_lift_intrinsic(lift, "llvm.umin", &lift->i64, 1, args, 2);
    limit = cairn_lift_splat(lift, LLVMBuildTrunc(b, limit, lift->i32, ""));
    LLVMValueRef bad = compare(lift, LLVMIntUGE, at, limit);
    LLVMValueRef crosses = LLVMBuildNot(b, in_dword(lift, place->own, access->bytes), "");
    LLVMValueRef scratch = wave_field(lift, lift->i64, offsetof(struct cairn_wave, scratch));
    LLVMValueRef good = cairn_lift_access_none(access, LLVMBuildOr(b, bad, crosses, ""));
    good = cairn_lift_and(lift, good, compare(lift, LLVMIntEQ, scratch, place->base));
    cairn_lift_access_fork(access, cairn_lift_and(lift, good, place->guard), true);
    LLVMValueRef base = LLVMBuildIntToPtr(b, place->base, lift->ptr, "");
    for (unsigned i = 0; i < access->dwords; i++) {
        struct cairn_lift_access row = row_of(access, i);
        row.bytes = piece;
        row.quiet = false;
        LLVMValueRef from = behind(lift, base, (uint64_t)i * ROW_BYTES);
        if (loads)
            cairn_lift_gather(&row, from, at, 0);
        else
            cairn_lift_scatter(&row, from, at, 0);
        access->data[i] = row.data[0];
    }
    cairn_lift_access_join(access, loads);
}

/* Only the slow path. */
static void run_slowly(struct cairn_lift_access *access, bool loads)
{
    cairn_lift_access_call(access, loads ? 0 : access->dwords, loads ? access->dwords : 0);
}

static bool is_uniform(struct cairn_lift *lift, unsigned dword)
{
    return cairn_shape_is_same(cairn_lift_shape(lift, CAIRN_SLOT_ADDR, dword));
}

/* ---- SCRATCH */

void cairn_lift_scratch_emit(struct cairn_lift *lift, unsigned bytes, enum cairn_lift_form form,
                             bool loads)
{
    const struct cairn_operand *saddr = &lift->insn->slot[CAIRN_SLOT_SADDR];
    bool vector = cairn_operand_present(&lift->insn->slot[CAIRN_SLOT_ADDR]);
    LLVMBuilderRef b = lift->builder;
    struct cairn_lift_access access;
    cairn_lift_plain_begin(lift, &access, CAIRN_PLACE_SCRATCH, bytes, form, loads);
    LLVMValueRef offset = cairn_lift_const32(lift, (uint32_t)lift->insn->imm);
    if (cairn_operand_present(saddr))
        offset = LLVMBuildAdd(b, offset, cairn_lift_sgpr(lift, saddr->code & 127), "");
    access.base = LLVMBuildZExt(b, offset, lift->i64, "");
    if (vector)
        access.low = cairn_lift_source(lift, CAIRN_SLOT_ADDR, 0);
    if (vector && !is_uniform(lift, 0)) {
        run_slowly(&access, loads);
    } else {
        if (vector)
            offset = LLVMBuildAdd(b, offset, cairn_lift_base(lift, CAIRN_SLOT_ADDR, 0), "");
        struct place place = {
            .base = cairn_lift_sgpr64(lift, CAIRN_CODE_FLAT_SCRATCH_LO),
            .own = offset,
            .extra = cairn_lift_const32(lift, 0),
            /* the product with 64 must not wrap at 32 bits */
            .guard = compare(lift, LLVMIntULT, offset, cairn_lift_const32(lift, 1u << 25)),
        };
        run_rows(&access, &place, loads);
    }
    cairn_lift_plain_end(&access, form, loads);
}

/* ---- buffers */

void cairn_lift_buffer_operands(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    const struct cairn_insn *insn = lift->insn;
    unsigned code = insn->slot[CAIRN_SLOT_RSRC].code & 124;
    for (unsigned i = 0; i < 4; i++)
        access->resource[i] = cairn_lift_sgpr(lift, code + i);
    access->soffset = cairn_lift_scalar(lift, CAIRN_SLOT_SOFFSET);
    access->base = cairn_lift_const64(lift, (uint32_t)insn->imm & 0xfff);
    access->indexed = cairn_lift_const32(lift, insn->idxen);
    if (insn->idxen)
        access->low = cairn_lift_source(lift, CAIRN_SLOT_ADDR, 0);
    if (insn->offen)
        access->high = cairn_lift_source(lift, CAIRN_SLOT_ADDR, insn->idxen);
}

/* i1: resource[which] & mask == value. */
static LLVMValueRef bits_are(struct cairn_lift_access *access, unsigned which, uint32_t mask,
                             uint32_t value)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef bits =
        LLVMBuildAnd(lift->builder, access->resource[which], cairn_lift_const32(lift, mask), "");
    return compare(lift, LLVMIntEQ, bits, cairn_lift_const32(lift, value));
}

static LLVMValueRef resource_base(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef low = LLVMBuildZExt(b, access->resource[0], lift->i64, "");
    LLVMValueRef high = LLVMBuildAnd(b, access->resource[1], cairn_lift_const32(lift, 0xffff), "");
    high = LLVMBuildShl(b, LLVMBuildZExt(b, high, lift->i64, ""), cairn_lift_const64(lift, 32), "");
    return LLVMBuildOr(b, low, high, "");
}

enum {
    SWIZZLE = 1u << 31,        /* of dword 1 */
    ADD_TID = 1 << 23,         /* of dword 3 */
    INDEX_STRIDE_64 = 3 << 21, /* of dword 3 */
    SCRATCH_BITS = ADD_TID | INDEX_STRIDE_64,
};

/* Offset of the lane in the record: the instruction's and the register's. */
static LLVMValueRef own_offset(struct cairn_lift_access *access, bool vector)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef imm = cairn_lift_const32(lift, (uint32_t)lift->insn->imm & 0xfff);
    if (!lift->insn->offen)
        return vector ? cairn_lift_splat(lift, imm) : imm;
    if (!vector)
        return LLVMBuildAdd(lift->builder, cairn_lift_base(lift, CAIRN_SLOT_ADDR, 0), imm, "");
    return LLVMBuildAdd(lift->builder, access->high, cairn_lift_splat(lift, imm), "");
}

static void run_scratch_buffer(struct cairn_lift_access *access, bool loads)
{
    struct cairn_lift *lift = access->lift;
    bool vector = lift->insn->offen && !is_uniform(lift, 0);
    struct place place = {
        .base = resource_base(access),
        .own = own_offset(access, vector),
        .extra = access->soffset,
    };
    place.guard = cairn_lift_and(lift, bits_are(access, 1, SWIZZLE, SWIZZLE),
                                 bits_are(access, 3, SCRATCH_BITS, SCRATCH_BITS));
    if (vector)
        run_lanes(access, &place, loads);
    else
        run_rows(access, &place, loads);
}

/* No swizzle and no index: an array of bytes that ends at the third dword. The fast path has
 * addresses, the slow one the buffer's operands. */
static void run_raw_buffer(struct cairn_lift_access *access, bool loads)
{
    struct cairn_lift *lift = access->lift;
    struct cairn_lift_access inner = *access;
    struct cairn_shape shape = {.kind = CAIRN_SHAPE_GROUP_UNIFORM};
    if (lift->insn->offen)
        shape = cairn_lift_shape(lift, CAIRN_SLOT_ADDR, 0);
    bool varying = shape.kind == CAIRN_SHAPE_VARYING;
    struct cairn_lift_addresses addresses = {.regular = false};
    LLVMValueRef soffset = LLVMBuildZExt(lift->builder, access->soffset, lift->i64, "");
    inner.base = LLVMBuildAdd(lift->builder, resource_base(access), soffset, "");
    inner.low = own_offset(access, true);
    inner.high = NULL;
    cairn_lift_offset_addresses(&inner, shape, varying ? NULL : own_offset(access, false),
                                &addresses);
    addresses.limit = LLVMBuildZExt(lift->builder, access->resource[2], lift->i64, "");
    addresses.guard =
        cairn_lift_and(lift, bits_are(access, 1, SWIZZLE, 0), bits_are(access, 3, ADD_TID, 0));
    inner.operands = access;
    cairn_lift_linear_run(&inner, &addresses, loads);
    for (unsigned i = 0; i < CAIRN_LIFT_MAX_DWORDS; i++)
        access->data[i] = inner.data[i];
    access->uniform = inner.uniform;
}

void cairn_lift_buffer_emit(struct cairn_lift *lift, unsigned bytes, enum cairn_lift_form form,
                            bool loads)
{
    struct cairn_lift_access access;
    cairn_lift_plain_begin(lift, &access, CAIRN_PLACE_BUFFER, bytes, form, loads);
    cairn_lift_buffer_operands(&access);
    if (lift->insn->idxen)
        run_slowly(&access, loads);
    else if (lift->geometry->has_scratch)
        run_scratch_buffer(&access, loads);
    else
        run_raw_buffer(&access, loads);
    cairn_lift_plain_end(&access, form, loads);
}
