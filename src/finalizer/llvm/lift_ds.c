/* SPDX-License-Identifier: MIT
 * LDS: loads and stores with one or two offsets, and atomics. Offsets are 32 bits. What lies
 * outside of the workgroup's allocation reads as zeros, as the device has mapped it: loads need no
 * check, and so no branches, between which values could not be moved. Stores there are left out.
 * One thread at a time works on LDS: inactive lanes may be read and written back.
 */
#include "finalizer/llvm/lift_ds.h"

/* X(name behind ds_, bytes, form, count of accesses, scale of their offsets) */
#define READS(X)                                                                                   \
    X(read_u8, 1, PLAIN, 1, 1)                                                                     \
    X(read_i8, 1, SIGNED, 1, 1)                                                                    \
    X(read_u16, 2, PLAIN, 1, 1)                                                                    \
    X(read_i16, 2, SIGNED, 1, 1)                                                                   \
    X(read_u8_d16, 1, PLAIN, 1, 1)                                                                 \
    X(read_u8_d16_hi, 1, D16_HI, 1, 1)                                                             \
    X(read_i8_d16, 1, SIGNED_D16, 1, 1)                                                            \
    X(read_i8_d16_hi, 1, SIGNED_D16_HI, 1, 1)                                                      \
    X(read_u16_d16, 2, PLAIN, 1, 1)                                                                \
    X(read_u16_d16_hi, 2, D16_HI, 1, 1)                                                            \
    X(read_b32, 4, PLAIN, 1, 1)                                                                    \
    X(read_b64, 8, PLAIN, 1, 1)                                                                    \
    X(read_b96, 12, PLAIN, 1, 1)                                                                   \
    X(read_b128, 16, PLAIN, 1, 1)                                                                  \
    X(read2_b32, 4, PLAIN, 2, 4)                                                                   \
    X(read2st64_b32, 4, PLAIN, 2, 256)                                                             \
    X(read2_b64, 8, PLAIN, 2, 8)                                                                   \
    X(read2st64_b64, 8, PLAIN, 2, 512)
#define WRITES(X)                                                                                  \
    X(write_b8, 1, PLAIN, 1, 1)                                                                    \
    X(write_b16, 2, PLAIN, 1, 1)                                                                   \
    X(write_b8_d16_hi, 1, D16_HI, 1, 1)                                                            \
    X(write_b16_d16_hi, 2, D16_HI, 1, 1)                                                           \
    X(write_b32, 4, PLAIN, 1, 1)                                                                   \
    X(write_b64, 8, PLAIN, 1, 1)                                                                   \
    X(write_b96, 12, PLAIN, 1, 1)                                                                  \
    X(write_b128, 16, PLAIN, 1, 1)                                                                 \
    X(write2_b32, 4, PLAIN, 2, 4)                                                                  \
    X(write2st64_b32, 4, PLAIN, 2, 256)                                                            \
    X(write2_b64, 8, PLAIN, 2, 8)                                                                  \
    X(write2st64_b64, 8, PLAIN, 2, 512)

struct plain {
    uint8_t bytes, form, count;
    bool loads;
    uint16_t scale;
};
#define READ_ROW(name, bytes, form, count, scale)                                                  \
    [CAIRN_OP_ds_##name] = {bytes, CAIRN_FORM_##form, count, true, scale},
#define WRITE_ROW(name, bytes, form, count, scale)                                                 \
    [CAIRN_OP_ds_##name] = {bytes, CAIRN_FORM_##form, count, false, scale},
static const struct plain plains[] = {READS(READ_ROW) WRITES(WRITE_ROW)};

static const struct plain *plain_of(const struct cairn_insn *insn)
{
    bool known = insn->op < sizeof plains / sizeof plains[0] && plains[insn->op].bytes != 0;
    return known ? &plains[insn->op] : NULL;
}

bool cairn_lift_ds_knows(const struct cairn_insn *insn)
{
    return plain_of(insn) != NULL || cairn_lift_ds_atomic_knows(insn);
}

bool cairn_lift_ds_span_of(const struct cairn_insn *insn, struct cairn_lift_ds_span *out)
{
    const struct plain *plain = plain_of(insn);
    uint32_t imm = (uint32_t)insn->imm & 0xffff;
    if (insn->encoding != CAIRN_ENC_DS || !cairn_lift_ds_knows(insn))
        return false;
    *out = (struct cairn_lift_ds_span){1, 8, {imm, imm}, true, true}; /* an atomic */
    if (plain == NULL)
        return true;
    out->bytes = plain->bytes;
    out->loads = plain->loads;
    out->stores = !plain->loads;
    if (plain->count == 2) {
        out->count = 2;
        out->offset[0] = (imm & 255) * plain->scale;
        out->offset[1] = (imm >> 8) * plain->scale;
    }
    return true;
}

/* ---- where lanes are */

enum { MAX_STRIDE = 1024 };

static LLVMValueRef compare(struct cairn_lift *lift, LLVMIntPredicate how, LLVMValueRef a,
                            LLVMValueRef b)
{
    return LLVMBuildICmp(lift->builder, how, a, b, "");
}

struct cairn_lift_ds_place cairn_lift_ds_place_of(struct cairn_lift *lift, uint32_t imm)
{
    struct cairn_shape shape = cairn_lift_shape(lift, CAIRN_SLOT_ADDR, 0);
    LLVMValueRef offset = cairn_lift_const32(lift, imm);
    struct cairn_lift_ds_place place = {.imm = imm};
    place.own = cairn_lift_source(lift, CAIRN_SLOT_ADDR, 0);
    place.all = LLVMBuildAdd(lift->builder, place.own, cairn_lift_splat(lift, offset), "");
    if (shape.kind == CAIRN_SHAPE_VARYING)
        return place;
    int32_t stride = shape.kind == CAIRN_SHAPE_AFFINE ? shape.stride : 0;
    if (stride < -MAX_STRIDE || stride > MAX_STRIDE)
        return place;
    place.regular = true;
    place.stride = stride;
    place.first =
        LLVMBuildAdd(lift->builder, cairn_lift_base(lift, CAIRN_SLOT_ADDR, 0), offset, "");
    return place;
}

LLVMValueRef cairn_lift_ds_span_inside(struct cairn_lift *lift, LLVMValueRef first, uint64_t span)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef end =
        LLVMBuildAdd(b, LLVMBuildZExt(b, first, lift->i64, ""), cairn_lift_const64(lift, span), "");
    return compare(lift, LLVMIntULE, end, cairn_lift_lds_bytes(lift));
}

LLVMValueRef cairn_lift_ds_inside(struct cairn_lift_access *access, LLVMValueRef offsets)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef args[] = {cairn_lift_lds_bytes(lift), cairn_lift_const64(lift, access->bytes - 1)};
    LLVMValueRef limit = cairn_lift_intrinsic(lift, "llvm.usub.sat", &lift->i64, 1, args, 2);
    limit = LLVMBuildTrunc(lift->builder, limit, lift->i32, "");
    return compare(lift, LLVMIntULT, offsets, cairn_lift_splat(lift, limit));
}

LLVMValueRef cairn_lift_ds_lanes_inside(struct cairn_lift_access *access, LLVMValueRef offsets)
{
    LLVMValueRef inside = cairn_lift_ds_inside(access, offsets);
    return cairn_lift_access_none(access, LLVMBuildNot(access->lift->builder, inside, ""));
}

LLVMValueRef cairn_lift_ds_pointer(struct cairn_lift *lift, LLVMValueRef offset)
{
    LLVMValueRef index = LLVMBuildZExt(lift->builder, offset, lift->i64, "");
    return LLVMBuildGEP2(lift->builder, lift->i8, lift->lds, &index, 1, "");
}

/* ---- loads. Offsets are taken as signed: there are 2 GiB of zeros on either side. */

static LLVMValueRef signed_pointer(struct cairn_lift *lift, LLVMValueRef offset)
{
    LLVMValueRef index = LLVMBuildSExt(lift->builder, offset, lift->i64, "");
    return LLVMBuildGEP2(lift->builder, lift->i8, lift->lds, &index, 1, "");
}

/* One address for all lanes: dword by dword, so that each can be broadcast from memory. */
static void load_uniform(struct cairn_lift_access *access, LLVMValueRef at)
{
    struct cairn_lift *lift = access->lift;
    for (unsigned i = 0; i < access->dwords; i++) {
        struct cairn_lift_access one = *access;
        LLVMValueRef index = cairn_lift_const64(lift, 4 * i);
        one.bytes = access->bytes < 4 ? access->bytes : 4;
        one.dwords = 1;
        cairn_lift_uniform_load(&one, LLVMBuildGEP2(lift->builder, lift->i8, at, &index, 1, ""));
        access->data[i] = one.data[0];
    }
}

/* Dwords that lie in one or two vectors, in an order that is known: no gather. */
static bool load_in_order(struct cairn_lift_access *access, LLVMValueRef at, const uint32_t *apart)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef part[2] = {NULL, LLVMGetPoison(lift->v32)}, order[CAIRN_LIFT_MAX_WIDTH];
    uint32_t most = 0;
    for (unsigned i = 0; i < lift->width; i++) {
        most = apart[i] > most ? apart[i] : most;
        if (apart[i] % 4 != 0)
            return false;
        order[i] = cairn_lift_const32(lift, apart[i] / 4);
    }
    if (access->bytes != 4 || most >= 2 * 4 * lift->width)
        return false;
    for (unsigned i = 0; i <= most / (4 * lift->width); i++) {
        struct cairn_lift_access one = *access;
        LLVMValueRef index = cairn_lift_const64(lift, 4 * i * lift->width);
        cairn_lift_block_load(&one, LLVMBuildGEP2(lift->builder, lift->i8, at, &index, 1, ""));
        part[i] = one.data[0];
    }
    access->data[0] = LLVMBuildShuffleVector(lift->builder, part[0], part[1],
                                             LLVMConstVector(order, lift->width), "");
    return true;
}

static LLVMValueRef constants(struct cairn_lift *lift, const uint32_t *values)
{
    LLVMValueRef lanes[CAIRN_LIFT_MAX_WIDTH];
    for (unsigned i = 0; i < lift->width; i++)
        lanes[i] = cairn_lift_const32(lift, values[i]);
    return LLVMConstVector(lanes, lift->width);
}

/* A base and constants, if that is known of the lanes' offsets; else LDS and `all`. Constant
 * indices stay 32 bits wide in what the host gathers from, and cost nothing to make. */
static LLVMValueRef scattered(struct cairn_lift *lift, const struct cairn_lift_ds_place *place,
                              LLVMValueRef *index, uint32_t *apart)
{
    LLVMValueRef first;
    *index = place->all;
    apart[0] = UINT32_MAX;
    if (!cairn_lift_known_apart(lift, CAIRN_SLOT_ADDR, &first, apart))
        return lift->lds;
    for (unsigned i = 0; i < lift->width; i++)
        if (apart[i] > INT32_MAX)
            return lift->lds;
    first = LLVMBuildAdd(lift->builder, first, cairn_lift_const32(lift, place->imm), "");
    *index = constants(lift, apart);
    return signed_pointer(lift, first);
}

/* Where nothing is known of offsets, lanes often lie side by side all the same (a ring that wraps,
 * a start that was looked up), and a gather or scatter costs as much as ten blocks. */
static bool may_be_block(const struct cairn_lift_access *access)
{
    return access->lift->width == 16 && (access->bytes == 4 || access->bytes == 8);
}

/* i1: the active lanes lie side by side from lane 0's `first` on, within what i32 counts. */
static LLVMValueRef is_block(struct cairn_lift_access *access, LLVMValueRef offsets,
                             LLVMValueRef first)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef steps = cairn_lift_iota(lift, (int32_t)access->bytes);
    LLVMValueRef block = LLVMBuildAdd(lift->builder, cairn_lift_splat(lift, first), steps, "");
    LLVMValueRef good = cairn_lift_access_none(access, compare(lift, LLVMIntNE, offsets, block));
    LLVMValueRef top = cairn_lift_const32(lift, INT32_MAX - access->bytes * lift->width);
    return cairn_lift_and(lift, good, compare(lift, LLVMIntSLE, first, top));
}

static LLVMValueRef lane0(struct cairn_lift *lift, LLVMValueRef vector)
{
    return LLVMBuildExtractElement(lift->builder, vector, cairn_lift_const32(lift, 0), "");
}

static void load_lanes(struct cairn_lift_access *access, LLVMValueRef offsets, LLVMValueRef is_one)
{
    struct cairn_lift *lift = access->lift;
    if (is_one != NULL) {
        cairn_lift_access_fork(access, is_one, false);
        cairn_lift_block_load(access, signed_pointer(lift, lane0(lift, offsets)));
        cairn_lift_access_way(access);
    }
    cairn_lift_gather(access, lift->lds, offsets, 0);
    if (is_one != NULL)
        cairn_lift_access_meet(access, true);
}

static void load(struct cairn_lift_access *access, uint32_t imm)
{
    struct cairn_lift_ds_place place = cairn_lift_ds_place_of(access->lift, imm);
    LLVMValueRef is_one = NULL;
    if (!place.regular && may_be_block(access))
        is_one = is_block(access, place.all, lane0(access->lift, place.all));
    unsigned few = cairn_lift_first_lanes(access->lift, access->mask);
    access->quiet = true;
    access->full = true; /* inactive lanes may as well be read */
    access->mask = LLVMConstAllOnes(access->lift->v1);
    if (!place.regular) {
        uint32_t apart[64];
        LLVMValueRef index, base = scattered(access->lift, &place, &index, apart);
        if (base == access->lift->lds)
            load_lanes(access, place.all, is_one);
        else if (!load_in_order(access, base, apart))
            cairn_lift_gather(access, base, index, 0);
        return;
    }
    LLVMValueRef at = signed_pointer(access->lift, place.first);
    access->uniform = place.stride == 0;
    if (access->uniform)
        load_uniform(access, at);
    else if (place.stride == (int32_t)access->bytes) {
        access->few = few;
        cairn_lift_block_load(access, at);
    } else if (place.stride == 4 && access->bytes > 4)
        cairn_lift_rows_load(access, at);
    else
        cairn_lift_strided_load(access, at, place.stride);
}

/* ---- stores */

static void scatter_lanes(struct cairn_lift_access *access, LLVMValueRef offsets)
{
    struct cairn_lift *lift = access->lift;
    struct cairn_lift_access inner = *access; /* which may be in a fork */
    if (may_be_block(access)) {
        LLVMValueRef first = lane0(lift, offsets);
        inner.done = NULL;
        inner.way_count = 0;
        cairn_lift_access_fork(&inner, is_block(access, offsets, first), false);
        cairn_lift_block_store(&inner, signed_pointer(lift, first));
        cairn_lift_access_way(&inner);
    }
    cairn_lift_scatter(&inner, lift->lds, offsets, 0);
    if (may_be_block(access))
        cairn_lift_access_meet(&inner, false);
}

/* Dwords of AVX-512: lanes outside are masked off. */
static void store_masked(struct cairn_lift_access *access, const struct cairn_lift_ds_place *place)
{
    if (!place->inside) {
        LLVMValueRef inside = cairn_lift_ds_inside(access, place->all);
        access->mask = access->full ? inside : cairn_lift_and(access->lift, access->mask, inside);
        access->full = false;
    }
    uint32_t apart[64];
    LLVMValueRef index, base = scattered(access->lift, place, &index, apart);
    if (base == access->lift->lds)
        scatter_lanes(access, index);
    else
        cairn_lift_scatter(access, base, index, 0);
}

static void store_regular(struct cairn_lift_access *access, const struct cairn_lift_ds_place *place)
{
    struct cairn_lift *lift = access->lift;
    int32_t stride = place->stride;
    uint64_t span = (uint64_t)stride * (lift->width - 1) + access->bytes;
    if (!place->inside)
        cairn_lift_access_fork(access, cairn_lift_ds_span_inside(lift, place->first, span), true);
    LLVMValueRef at = cairn_lift_ds_pointer(lift, place->first);
    if (stride == (int32_t)access->bytes)
        cairn_lift_block_store(access, at);
    else
        cairn_lift_strided_store(access, at, stride);
    if (!place->inside)
        cairn_lift_access_join(access, false);
}

static void store_lanes(struct cairn_lift_access *access, const struct cairn_lift_ds_place *place)
{
    if (!place->inside)
        cairn_lift_access_fork(access, cairn_lift_ds_lanes_inside(access, place->all), true);
    scatter_lanes(access, place->all);
    if (!place->inside)
        cairn_lift_access_join(access, false);
}

static void store(struct cairn_lift_access *access, uint32_t imm)
{
    struct cairn_lift *lift = access->lift;
    struct cairn_lift_ds_place place = cairn_lift_ds_place_of(lift, imm);
    place.inside = cairn_lift_is_inside(lift);
    access->quiet = true;
    access->kind =
        CAIRN_ACCESS_STORE + CAIRN_PLACE_LDS * CAIRN_SIZE_COUNT + cairn_lift_size_of(access->bytes);
    access->low = place.own;
    access->base = cairn_lift_const64(lift, imm);
    bool block = place.stride == (int32_t)access->bytes;
    bool dwords = lift->width == 16 && access->bytes == 4;
    if (place.regular && place.stride >= 0 &&
        (block || (access->full && place.stride != 0 && !dwords)))
        store_regular(access, &place);
    else if (dwords)
        store_masked(access, &place);
    else
        store_lanes(access, &place);
}

/* ---- two at once */

/* Two neighbours of one lane that are together a lane's stride are one wider access. */
static bool is_block_of_two(struct cairn_lift *lift, const struct plain *plain, uint32_t first,
                            uint32_t second)
{
    struct cairn_shape shape = cairn_lift_shape(lift, CAIRN_SLOT_ADDR, 0);
    return plain->scale == plain->bytes && second == first + 1 &&
           shape.kind == CAIRN_SHAPE_AFFINE && shape.stride == 2 * plain->bytes;
}

static void read_two(struct cairn_lift *lift, const struct plain *plain, uint32_t first,
                     uint32_t second)
{
    struct cairn_lift_access access[2];
    unsigned dwords = plain->bytes / 4;
    if (is_block_of_two(lift, plain, first, second)) {
        cairn_lift_access_init(lift, &access[0], 2 * plain->bytes);
        load(&access[0], first * plain->scale);
        for (unsigned i = 0; i < 2 * dwords; i++)
            cairn_lift_access_take(&access[0], CAIRN_SLOT_DST, i, CAIRN_FORM_PLAIN);
        return;
    }
    for (unsigned which = 0; which < 2; which++) {
        cairn_lift_access_init(lift, &access[which], plain->bytes);
        load(&access[which], (which == 0 ? first : second) * plain->scale);
    }
    struct cairn_lift_access all = access[0];
    for (unsigned i = 0; i < dwords; i++)
        all.data[dwords + i] = access[1].data[i];
    for (unsigned i = 0; i < 2 * dwords; i++)
        cairn_lift_access_take(&all, CAIRN_SLOT_DST, i, CAIRN_FORM_PLAIN);
}

static void write_two(struct cairn_lift *lift, const struct plain *plain, uint32_t first,
                      uint32_t second)
{
    struct cairn_lift_access access;
    unsigned dwords = plain->bytes / 4;
    bool block = is_block_of_two(lift, plain, first, second);
    cairn_lift_access_init(lift, &access, block ? 2 * plain->bytes : plain->bytes);
    for (unsigned i = 0; i < dwords; i++) {
        access.data[i] = cairn_lift_source(lift, CAIRN_SLOT_DATA0, i);
        if (block)
            access.data[dwords + i] = cairn_lift_source(lift, CAIRN_SLOT_DATA1, i);
    }
    store(&access, first * plain->scale);
    if (block || second == first) /* equal offsets: one access, with DATA0 */
        return;
    cairn_lift_access_init(lift, &access, plain->bytes);
    for (unsigned i = 0; i < dwords; i++)
        access.data[i] = cairn_lift_source(lift, CAIRN_SLOT_DATA1, i);
    store(&access, second * plain->scale);
}

void cairn_lift_ds_emit(struct cairn_lift *lift)
{
    const struct plain *plain = plain_of(lift->insn);
    uint32_t imm = (uint32_t)lift->insn->imm & 0xffff;
    if (plain == NULL) {
        cairn_lift_ds_atomic_emit(lift);
        return;
    }
    if (plain->count == 2 && plain->loads) {
        read_two(lift, plain, imm & 255, imm >> 8);
    } else if (plain->count == 2) {
        write_two(lift, plain, imm & 255, imm >> 8);
    } else {
        struct cairn_lift_access access;
        enum cairn_lift_form form = (enum cairn_lift_form)plain->form;
        cairn_lift_plain_begin(lift, &access, CAIRN_PLACE_LDS, plain->bytes, form, plain->loads);
        if (plain->loads)
            load(&access, imm);
        else
            store(&access, imm);
        cairn_lift_plain_end(&access, form, plain->loads);
    }
}
