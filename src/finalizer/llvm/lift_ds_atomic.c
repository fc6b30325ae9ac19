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

/* Data with which the operation changes nothing. */
static bool neutral_data(unsigned kind, uint32_t *value)
{
    switch (kind) {
    case CAIRN_DS_add_u32:
    case CAIRN_DS_sub_u32:
    case CAIRN_DS_or_b32:
    case CAIRN_DS_xor_b32:
    case CAIRN_DS_max_u32:
        *value = 0;
        return true;
    case CAIRN_DS_and_b32:
    case CAIRN_DS_min_u32:
        *value = UINT32_MAX;
        return true;
    case CAIRN_DS_min_i32:
        *value = INT32_MAX;
        return true;
    case CAIRN_DS_max_i32:
        *value = (uint32_t)INT32_MIN;
        return true;
    default:
        return false;
    }
}

/* i1: every active lane is aligned and inside; inactive ones are moved to the start of LDS, each to
 * a dword of its own, if LDS has so many. */
static LLVMValueRef check_lanes(struct cairn_lift_access *access, LLVMValueRef *offsets)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef low =
        LLVMBuildAnd(b, *offsets, cairn_lift_splat(lift, cairn_lift_const32(lift, 3)), "");
    LLVMValueRef bad = LLVMBuildICmp(b, LLVMIntNE, low, LLVMConstNull(lift->v32), "");
    LLVMValueRef good = cairn_lift_ds_lanes_inside(access, *offsets);
    good = cairn_lift_and(lift, good, cairn_lift_access_none(access, bad));
    if (access->full)
        return good;
    LLVMValueRef enough = LLVMBuildICmp(b, LLVMIntUGE, cairn_lift_lds_bytes(lift),
                                        cairn_lift_const64(lift, 4 * lift->width), "");
    *offsets = LLVMBuildSelect(b, access->mask, *offsets, cairn_lift_iota(lift, 4), "");
    return cairn_lift_and(lift, good, enough);
}

/* One lane. `active`: i1, NULL if the lane may act whatever its mask bit. Returns the old value. */
static LLVMValueRef run_lane(struct cairn_lift *lift, unsigned kind, LLVMValueRef offset,
                             LLVMValueRef data, LLVMValueRef active)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef at = cairn_lift_ds_pointer(lift, offset);
    LLVMValueRef old = LLVMBuildLoad2(b, lift->i32, at, "");
    LLVMSetAlignment(old, 4);
    cairn_lift_tag_guest(lift, old);
    LLVMValueRef now = new_value(lift, kind, old, data);
    if (active != NULL)
        now = LLVMBuildSelect(b, active, now, old, "");
    LLVMValueRef store = LLVMBuildStore(b, now, at);
    LLVMSetAlignment(store, 4);
    cairn_lift_tag_guest(lift, store);
    return old;
}

/* Lanes one after the other; their offsets and data go by the stack, loads are cheaper than taking
 * vectors apart. Inactive ones have neutral data, or are told by the mask. Returns old values. */
static LLVMValueRef run_lanes(struct cairn_lift_access *access, unsigned kind, LLVMValueRef offsets,
                              LLVMValueRef data, LLVMValueRef same)
{
    const size_t offset_row = offsetof(struct cairn_access, low);
    const size_t data_row = offsetof(struct cairn_access, data);
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    uint32_t neutral = 0;
    bool by_mask = !access->full && !neutral_data(kind, &neutral);
    LLVMValueRef nothing = cairn_lift_splat(lift, cairn_lift_const32(lift, neutral));
    if (!access->full && !by_mask)
        data = LLVMBuildSelect(b, access->mask, data, nothing, "");
    cairn_lift_access_spill(lift, offsets, offset_row);
    if (same == NULL)
        cairn_lift_access_spill(lift, data, data_row);
    LLVMValueRef olds = LLVMGetPoison(lift->v32);
    for (unsigned i = 0; i < lift->width; i++) {
        LLVMValueRef index = cairn_lift_const32(lift, i), active = NULL;
        LLVMValueRef offset = cairn_lift_access_lane(lift, lift->i32, offset_row, i);
        LLVMValueRef one = same;
        if (same == NULL)
            one = cairn_lift_access_lane(lift, lift->i32, data_row, i);
        if (by_mask)
            active = LLVMBuildExtractElement(b, access->mask, index, "");
        LLVMValueRef old = run_lane(lift, kind, offset, one, active);
        olds = LLVMBuildInsertElement(b, olds, old, index, "");
    }
    return olds;
}

static void run_in_line(struct cairn_lift_access *access, unsigned kind, LLVMValueRef offsets,
                        bool returns)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef data = access->data[0], same = NULL;
    struct cairn_shape shape = cairn_lift_shape(lift, CAIRN_SLOT_DATA0, 0);
    if (access->full &&
        (shape.kind == CAIRN_SHAPE_UNIFORM || shape.kind == CAIRN_SHAPE_GROUP_UNIFORM))
        same = cairn_lift_base(lift, CAIRN_SLOT_DATA0, 0);
    cairn_lift_access_fork(access, check_lanes(access, &offsets), true);
    LLVMValueRef olds = run_lanes(access, kind, offsets, data, same);
    access->data[0] = olds;
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
