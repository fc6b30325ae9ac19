/* SPDX-License-Identifier: MIT
 * Atomics of LDS: lanes in ascending order, plain reads and writes. Operations of 32 bits that the
 * host has an instruction for are done in line, one lane after the other; the rest by calls.
 */
#include "finalizer/llvm/lift_ds.h"

#include "finalizer/llvm/semantics.h"
#include "fp/mode.h"

enum { NO_KIND = 0 };

/* kind + 1 by operation */
#define PLAIN_ROW(stem, type)  [CAIRN_OP_ds_##stem##_##type] = CAIRN_DS_##stem##_##type + 1,
#define RETURN_ROW(stem, type) [CAIRN_OP_ds_##stem##_rtn_##type] = CAIRN_DS_##stem##_##type + 1,
#define ROWS(stem, type)       PLAIN_ROW(stem, type) RETURN_ROW(stem, type)
#define PLAIN_AND_RETURN(X, R, u, i, b, f)                                                         \
    X(add, u)                                                                                      \
    X(sub, u)                                                                                      \
    X(rsub, u)                                                                                     \
    X(inc, u)                                                                                      \
    X(dec, u)                                                                                      \
    X(min, i)                                                                                      \
    X(max, i)                                                                                      \
    X(min, u)                                                                                      \
    X(max, u)                                                                                      \
    X(and, b)                                                                                      \
    X(or, b)                                                                                       \
    X(xor, b)                                                                                      \
    X(mskor, b)                                                                                    \
    X(cmpst, b)                                                                                    \
    X(cmpst, f)                                                                                    \
    X(min, f)                                                                                      \
    X(max, f)                                                                                      \
    X(add, f)                                                                                      \
    R(wrxchg, b)
static const uint8_t kinds[] = {PLAIN_AND_RETURN(ROWS, RETURN_ROW, u32, i32, b32, f32) RETURN_ROW(
    wrap, b32) PLAIN_AND_RETURN(ROWS, RETURN_ROW, u64, i64, b64, f64) RETURN_ROW(condxchg32, b64)};

static unsigned kind_of(const struct cairn_insn *insn)
{
    return insn->op < sizeof kinds / sizeof kinds[0] ? kinds[insn->op] : NO_KIND;
}

bool cairn_lift_ds_atomic_knows(const struct cairn_insn *insn)
{
    return kind_of(insn) != NO_KIND;
}

/* ---- in line */

static LLVMValueRef select_of(struct cairn_lift *lift, LLVMIntPredicate how, LLVMValueRef data,
                              LLVMValueRef old)
{
    LLVMValueRef better = LLVMBuildICmp(lift->builder, how, data, old, "");
    return LLVMBuildSelect(lift->builder, better, data, old, "");
}

static LLVMValueRef add_floats(struct cairn_lift *lift, LLVMValueRef old, LLVMValueRef data)
{
    LLVMValueRef args[2] = {old, data};
    return cairn_semantics_emit(lift->semantics, "v_add_f32", true, CAIRN_SEMANTICS_DEFAULT,
                                lift->builder, lift->module, args);
}

/* The new value; NULL: not in line. */
static LLVMValueRef new_value(struct cairn_lift *lift, unsigned kind, LLVMValueRef old,
                              LLVMValueRef data)
{
    LLVMBuilderRef b = lift->builder;
    switch (kind) {
    case CAIRN_DS_add_u32:
        return LLVMBuildAdd(b, old, data, "");
    case CAIRN_DS_sub_u32:
        return LLVMBuildSub(b, old, data, "");
    case CAIRN_DS_rsub_u32:
        return LLVMBuildSub(b, data, old, "");
    case CAIRN_DS_min_i32:
        return select_of(lift, LLVMIntSLT, data, old);
    case CAIRN_DS_max_i32:
        return select_of(lift, LLVMIntSGT, data, old);
    case CAIRN_DS_min_u32:
        return select_of(lift, LLVMIntULT, data, old);
    case CAIRN_DS_max_u32:
        return select_of(lift, LLVMIntUGT, data, old);
    case CAIRN_DS_and_b32:
        return LLVMBuildAnd(b, old, data, "");
    case CAIRN_DS_or_b32:
        return LLVMBuildOr(b, old, data, "");
    case CAIRN_DS_xor_b32:
        return LLVMBuildXor(b, old, data, "");
    case CAIRN_DS_wrxchg_b32:
        return data;
    case CAIRN_DS_add_f32:
        return add_floats(lift, old, data);
    default:
        return NULL;
    }
}

static bool is_in_line(struct cairn_lift *lift, unsigned kind)
{
    const uint32_t keep = CAIRN_FP_KEEP_IN_32 | CAIRN_FP_KEEP_OUT_32;
    uint32_t mode;
    switch (kind) {
    case CAIRN_DS_add_f32:
        return cairn_lift_mode_known(lift, &mode) && (mode & keep) == keep;
    case CAIRN_DS_add_u32:
    case CAIRN_DS_sub_u32:
    case CAIRN_DS_rsub_u32:
    case CAIRN_DS_min_i32:
    case CAIRN_DS_max_i32:
    case CAIRN_DS_min_u32:
    case CAIRN_DS_max_u32:
    case CAIRN_DS_and_b32:
    case CAIRN_DS_or_b32:
    case CAIRN_DS_xor_b32:
    case CAIRN_DS_wrxchg_b32:
        return true;
    default:
        return false;
    }
}

/* i1: every active lane is aligned and inside. */
static LLVMValueRef check_lanes(struct cairn_lift_access *access, LLVMValueRef offsets)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef low =
        LLVMBuildAnd(b, offsets, cairn_lift_splat(lift, cairn_lift_const32(lift, 3)), "");
    LLVMValueRef bad = LLVMBuildICmp(b, LLVMIntNE, low, LLVMConstNull(lift->v32), "");
    LLVMValueRef outside = LLVMBuildNot(b, cairn_lift_ds_inside(access, offsets), "");
    return cairn_lift_access_none(access, LLVMBuildOr(b, bad, outside, ""));
}

/* One lane. Returns the old value. */
static LLVMValueRef run_lane(struct cairn_lift *lift, unsigned kind, LLVMValueRef offset,
                             LLVMValueRef data)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef at = cairn_lift_ds_pointer(lift, offset);
    LLVMValueRef old = LLVMBuildLoad2(b, lift->i32, at, "");
    LLVMSetAlignment(old, 4);
    cairn_lift_tag_guest(lift, old);
    LLVMValueRef store = LLVMBuildStore(b, new_value(lift, kind, old, data), at);
    LLVMSetAlignment(store, 4);
    cairn_lift_tag_guest(lift, store);
    return old;
}

enum {
    OFFSET_ROW = offsetof(struct cairn_access, low),
    DATA_ROW = offsetof(struct cairn_access, data),
};

/* All lanes, one after the other; `same`: their data, or NULL. Offsets and data come by the stack:
 * loads are cheaper than taking vectors apart. Returns old values. */
static LLVMValueRef run_all(struct cairn_lift *lift, unsigned kind, LLVMValueRef same)
{
    LLVMValueRef olds = LLVMGetPoison(lift->v32);
    for (unsigned i = 0; i < lift->width; i++) {
        LLVMValueRef offset = cairn_lift_access_lane(lift, lift->i32, OFFSET_ROW, i), one = same;
        if (same == NULL)
            one = cairn_lift_access_lane(lift, lift->i32, DATA_ROW, i);
        LLVMValueRef old = run_lane(lift, kind, offset, one);
        olds = LLVMBuildInsertElement(lift->builder, olds, old, cairn_lift_const32(lift, i), "");
    }
    return olds;
}

static LLVMValueRef element_of_row(struct cairn_lift *lift, size_t row, LLVMValueRef index)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef start = cairn_lift_const64(lift, row), memory = cairn_lift_access_memory(lift);
    memory = LLVMBuildInBoundsGEP2(b, lift->i8, memory, &start, 1, "");
    return LLVMBuildInBoundsGEP2(b, lift->i32, memory, &index, 1, "");
}

static LLVMValueRef state_dword(struct cairn_lift *lift, LLVMValueRef at)
{
    LLVMValueRef value = LLVMBuildLoad2(lift->builder, lift->i32, at, "");
    cairn_lift_tag_state(lift, value);
    return value;
}

/* The lanes of the mask, a turn of a loop each. Old values take the place of the data. */
static LLVMValueRef run_some(struct cairn_lift_access *access, unsigned kind, bool returns)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef before = LLVMGetInsertBlock(b), turn = cairn_lift_block(lift, "lane");
    LLVMBasicBlockRef look = cairn_lift_block(lift, "lanes"), done = cairn_lift_block(lift, "all");
    LLVMValueRef bits = cairn_lift_access_bits(lift, access->mask);
    bits = LLVMBuildZExt(b, bits, lift->i32, "");
    LLVMBuildBr(b, look);
    LLVMPositionBuilderAtEnd(b, look);
    LLVMValueRef left = LLVMBuildPhi(b, lift->i32, "");
    LLVMValueRef any = LLVMBuildICmp(b, LLVMIntNE, left, cairn_lift_const32(lift, 0), "");
    LLVMBuildCondBr(b, any, turn, done);
    LLVMPositionBuilderAtEnd(b, turn);
    LLVMValueRef args[] = {left, LLVMConstInt(lift->i1, 1, false)};
    LLVMValueRef lane = cairn_lift_intrinsic(lift, "llvm.cttz", &lift->i32, 1, args, 2);
    LLVMValueRef data_at = element_of_row(lift, DATA_ROW, lane);
    LLVMValueRef offset = state_dword(lift, element_of_row(lift, OFFSET_ROW, lane));
    LLVMValueRef old = run_lane(lift, kind, offset, state_dword(lift, data_at));
    if (returns)
        cairn_lift_tag_state(lift, LLVMBuildStore(b, old, data_at));
    LLVMValueRef less = LLVMBuildSub(b, left, cairn_lift_const32(lift, 1), "");
    LLVMValueRef values[] = {bits, LLVMBuildAnd(b, left, less, "")};
    LLVMBasicBlockRef from[] = {before, LLVMGetInsertBlock(b)};
    LLVMBuildBr(b, look);
    LLVMAddIncoming(left, values, from, 2);
    LLVMPositionBuilderAtEnd(b, done);
    if (!returns)
        return LLVMGetPoison(lift->v32);
    LLVMValueRef olds = LLVMBuildLoad2(
        b, lift->v32, element_of_row(lift, DATA_ROW, cairn_lift_const32(lift, 0)), "");
    LLVMSetAlignment(olds, 4 * lift->width);
    cairn_lift_tag_state(lift, olds);
    return olds;
}

static LLVMValueRef mask_is_full(struct cairn_lift_access *access)
{
    LLVMValueRef bits = cairn_lift_access_bits(access->lift, access->mask);
    return LLVMBuildICmp(access->lift->builder, LLVMIntEQ, bits, LLVMConstAllOnes(LLVMTypeOf(bits)),
                         "");
}

/* The data of all lanes as a scalar, or NULL. */
static LLVMValueRef same_data(struct cairn_lift *lift)
{
    struct cairn_shape shape = cairn_lift_shape(lift, CAIRN_SLOT_DATA0, 0);
    bool uniform = shape.kind == CAIRN_SHAPE_UNIFORM || shape.kind == CAIRN_SHAPE_GROUP_UNIFORM;
    return uniform ? cairn_lift_base(lift, CAIRN_SLOT_DATA0, 0) : NULL;
}

static void spill_data(struct cairn_lift_access *access, LLVMValueRef data)
{
    cairn_lift_access_spill(access->lift, data, DATA_ROW);
}

static void run_in_line(struct cairn_lift_access *access, unsigned kind, LLVMValueRef offsets,
                        bool returns)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef data = access->data[0], same = same_data(lift);
    cairn_lift_access_fork(access, check_lanes(access, offsets), true);
    struct cairn_lift_access inner = *access;
    inner.done = NULL;
    inner.way_count = 0;
    cairn_lift_access_spill(lift, offsets, OFFSET_ROW);
    if (same == NULL)
        spill_data(access, data);
    if (!access->full)
        cairn_lift_access_fork(&inner, mask_is_full(access), true);
    inner.data[0] = run_all(lift, kind, same);
    if (!access->full) {
        cairn_lift_access_way(&inner);
        if (same != NULL)
            spill_data(access, data);
        inner.data[0] = run_some(access, kind, returns);
        cairn_lift_access_meet(&inner, returns);
    }
    access->data[0] = inner.data[0];
    cairn_lift_access_way(access);
    access->data[0] = data;
    access->data[1] = NULL;
    cairn_lift_access_call(access, 1, returns ? 1 : 0);
    cairn_lift_access_meet(access, returns);
}

/* ---- all of them */

static void take_data(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    bool second = cairn_operand_present(&lift->insn->slot[CAIRN_SLOT_DATA1]);
    for (unsigned i = 0; i < access->dwords; i++) {
        access->data[i] = cairn_lift_source(lift, CAIRN_SLOT_DATA0, i);
        access->data[access->dwords + i] =
            second ? cairn_lift_source(lift, CAIRN_SLOT_DATA1, i) : access->data[i];
    }
}

void cairn_lift_ds_atomic_emit(struct cairn_lift *lift)
{
    unsigned kind = kind_of(lift->insn) - 1;
    bool returns = cairn_operand_present(&lift->insn->slot[CAIRN_SLOT_DST]);
    uint32_t imm = (uint32_t)lift->insn->imm & 0xffff;
    struct cairn_lift_access access;
    cairn_lift_access_init(lift, &access, kind < CAIRN_DS_FIRST_64 ? 4 : 8);
    struct cairn_lift_ds_place place = cairn_lift_ds_place_of(lift, imm);
    access.kind = CAIRN_ACCESS_DS + kind;
    access.low = place.own;
    access.base = cairn_lift_const64(lift, imm);
    access.mode = cairn_lift_mode(lift);
    take_data(&access);
    if (is_in_line(lift, kind))
        run_in_line(&access, kind, place.all, returns);
    else
        cairn_lift_access_call(&access, 2 * access.dwords, returns ? access.dwords : 0);
    for (unsigned i = 0; i < access.dwords && returns; i++)
        cairn_lift_access_take(&access, CAIRN_SLOT_DST, i, CAIRN_FORM_PLAIN);
}
