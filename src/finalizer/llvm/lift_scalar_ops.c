/* SPDX-License-Identifier: MIT
 * Meanings of scalar instructions as IR, the same as machine/sem_scalar.h has them as C, where the
 * manual's sections are named. Operands have the widths of machine/scalar.def.
 */
#include "finalizer/llvm/lift_scalar.h"

/* ---- small things */

static LLVMValueRef number(LLVMValueRef like, uint64_t value)
{
    return LLVMConstInt(LLVMTypeOf(like), value, true);
}

static unsigned bits_of(LLVMValueRef value)
{
    return LLVMGetIntTypeWidth(LLVMTypeOf(value));
}

static LLVMValueRef wide(struct cairn_scalar_op *op, LLVMValueRef value)
{
    return LLVMBuildZExt(op->b, value, op->lift->i64, "");
}

static LLVMValueRef narrow(struct cairn_scalar_op *op, LLVMValueRef value)
{
    return LLVMBuildTrunc(op->b, value, op->lift->i32, "");
}

/* The low bits of a shift amount that count for `shifted`, in its type. */
static LLVMValueRef amount(struct cairn_scalar_op *op, LLVMValueRef shifted, LLVMValueRef by)
{
    LLVMValueRef low = LLVMBuildAnd(op->b, by, number(by, bits_of(shifted) - 1), "");
    return LLVMBuildZExtOrBitCast(op->b, low, LLVMTypeOf(shifted), "");
}

static LLVMValueRef unary(struct cairn_scalar_op *op, const char *name, LLVMValueRef value)
{
    LLVMTypeRef type = LLVMTypeOf(value);
    return cairn_lift_intrinsic(op->lift, name, &type, 1, &value, 1);
}

static LLVMValueRef is_negative(struct cairn_scalar_op *op, LLVMValueRef value)
{
    return LLVMBuildICmp(op->b, LLVMIntSLT, value, number(value, 0), "");
}

static void give(struct cairn_scalar_op *op, LLVMValueRef value)
{
    op->value = value;
}

/* SCC = result is not zero. */
static void give_nz(struct cairn_scalar_op *op, LLVMValueRef value)
{
    op->value = value;
    op->scc = LLVMBuildICmp(op->b, LLVMIntNE, value, number(value, 0), "");
}

/* ---- arithmetic */

/* A 64-bit sum: its low half, and as SCC whether the high half is not zero. */
static void give_sum(struct cairn_scalar_op *op, LLVMValueRef sum)
{
    op->value = narrow(op, sum);
    op->scc = LLVMBuildICmp(op->b, LLVMIntUGT, sum, number(sum, UINT32_MAX), "");
}

static void add_unsigned(struct cairn_scalar_op *op)
{
    op->value = LLVMBuildAdd(op->b, op->s0, op->s1, "");
    op->scc = LLVMBuildICmp(op->b, LLVMIntULT, op->value, op->s0, "");
}

static void sub_unsigned(struct cairn_scalar_op *op)
{
    op->value = LLVMBuildSub(op->b, op->s0, op->s1, "");
    op->scc = LLVMBuildICmp(op->b, LLVMIntUGT, op->s1, op->s0, "");
}

/* Overflow: addends alike and the sum not; of a difference: operands not alike. */
static void add_signed(struct cairn_scalar_op *op, bool subtract)
{
    LLVMBuilderRef b = op->b;
    LLVMValueRef result =
        subtract ? LLVMBuildSub(b, op->s0, op->s1, "") : LLVMBuildAdd(b, op->s0, op->s1, "");
    LLVMValueRef differ = LLVMBuildXor(b, op->s0, op->s1, "");
    LLVMValueRef changed = LLVMBuildXor(b, op->s0, result, "");
    if (!subtract)
        differ = LLVMBuildNot(b, differ, "");
    op->value = result;
    op->scc = is_negative(op, LLVMBuildAnd(b, differ, changed, ""));
}

static void add_with_carry(struct cairn_scalar_op *op)
{
    LLVMValueRef sum = LLVMBuildAdd(op->b, wide(op, op->s0), wide(op, op->s1), "");
    give_sum(op, LLVMBuildAdd(op->b, sum, wide(op, op->carry), ""));
}

static void sub_with_borrow(struct cairn_scalar_op *op)
{
    LLVMBuilderRef b = op->b;
    LLVMValueRef less = LLVMBuildAdd(b, wide(op, op->s1), wide(op, op->carry), "");
    op->value = LLVMBuildSub(b, op->s0, narrow(op, less), "");
    op->scc = LLVMBuildICmp(b, LLVMIntUGT, less, wide(op, op->s0), "");
}

static void shift_add(struct cairn_scalar_op *op, unsigned by)
{
    LLVMValueRef first = wide(op, op->s0);
    first = LLVMBuildShl(op->b, first, number(first, by), "");
    give_sum(op, LLVMBuildAdd(op->b, first, wide(op, op->s1), ""));
}

/* SCC: the first operand was taken. */
static void pick(struct cairn_scalar_op *op, LLVMIntPredicate first)
{
    op->scc = LLVMBuildICmp(op->b, first, op->s0, op->s1, "");
    op->value = LLVMBuildSelect(op->b, op->scc, op->s0, op->s1, "");
}

static void multiply_high(struct cairn_scalar_op *op, bool is_signed)
{
    LLVMTypeRef i64 = op->lift->i64;
    LLVMValueRef x = is_signed ? LLVMBuildSExt(op->b, op->s0, i64, "") : wide(op, op->s0);
    LLVMValueRef y = is_signed ? LLVMBuildSExt(op->b, op->s1, i64, "") : wide(op, op->s1);
    LLVMValueRef product = LLVMBuildMul(op->b, x, y, "");
    give(op, narrow(op, LLVMBuildLShr(op->b, product, number(product, 32), "")));
}

static void give_absolute(struct cairn_scalar_op *op, LLVMValueRef value)
{
    LLVMValueRef minus = LLVMBuildNeg(op->b, value, "");
    give_nz(op, LLVMBuildSelect(op->b, is_negative(op, value), minus, value, ""));
}

bool cairn_scalar_arithmetic(struct cairn_scalar_op *op)
{
    switch (op->op) {
    case CAIRN_OP_s_add_u32:
        return add_unsigned(op), true;
    case CAIRN_OP_s_sub_u32:
        return sub_unsigned(op), true;
    case CAIRN_OP_s_add_i32:
    case CAIRN_OP_s_addk_i32:
        return add_signed(op, false), true;
    case CAIRN_OP_s_sub_i32:
        return add_signed(op, true), true;
    case CAIRN_OP_s_addc_u32:
        return add_with_carry(op), true;
    case CAIRN_OP_s_subb_u32:
        return sub_with_borrow(op), true;
    case CAIRN_OP_s_min_i32:
        return pick(op, LLVMIntSLT), true;
    case CAIRN_OP_s_min_u32:
        return pick(op, LLVMIntULT), true;
    case CAIRN_OP_s_max_i32:
        return pick(op, LLVMIntSGE), true;
    case CAIRN_OP_s_max_u32:
        return pick(op, LLVMIntUGE), true;
    case CAIRN_OP_s_mul_i32:
    case CAIRN_OP_s_mulk_i32:
        return give(op, LLVMBuildMul(op->b, op->s0, op->s1, "")), true;
    case CAIRN_OP_s_mul_hi_u32:
        return multiply_high(op, false), true;
    case CAIRN_OP_s_mul_hi_i32:
        return multiply_high(op, true), true;
    case CAIRN_OP_s_absdiff_i32:
        return give_absolute(op, LLVMBuildSub(op->b, op->s0, op->s1, "")), true;
    case CAIRN_OP_s_abs_i32:
        return give_absolute(op, op->s0), true;
    case CAIRN_OP_s_lshl1_add_u32:
        return shift_add(op, 1), true;
    case CAIRN_OP_s_lshl2_add_u32:
        return shift_add(op, 2), true;
    case CAIRN_OP_s_lshl3_add_u32:
        return shift_add(op, 3), true;
    case CAIRN_OP_s_lshl4_add_u32:
        return shift_add(op, 4), true;
    default:
        return false;
    }
}

/* ---- fields and single bits */

/* (1 << width) - 1 in 64 bits; all ones from 64 on. */
static LLVMValueRef low_mask(struct cairn_scalar_op *op, LLVMValueRef width)
{
    LLVMBuilderRef b = op->b;
    LLVMValueRef one = number(width, 1);
    LLVMValueRef whole = LLVMBuildICmp(b, LLVMIntUGE, width, number(width, 64), "");
    LLVMValueRef mask = LLVMBuildShl(b, one, LLVMBuildAnd(b, width, number(width, 63), ""), "");
    mask = LLVMBuildSub(b, mask, one, "");
    return LLVMBuildSelect(b, whole, number(width, UINT64_MAX), mask, "");
}

/* s1: offset in the low bits, width in bits 22:16. */
static void extract_field(struct cairn_scalar_op *op, bool is_signed)
{
    LLVMBuilderRef b = op->b;
    unsigned size = bits_of(op->s0);
    LLVMValueRef x = LLVMBuildZExtOrBitCast(b, op->s0, op->lift->i64, ""), s1 = wide(op, op->s1);
    LLVMValueRef offset = LLVMBuildAnd(b, s1, number(s1, size - 1), "");
    LLVMValueRef width = LLVMBuildLShr(b, s1, number(s1, 16), ""), result;
    width = LLVMBuildAnd(b, width, number(width, 127), "");
    x = LLVMBuildLShr(b, x, offset, "");
    if (is_signed) { /* from the top bit of the field, or of the register if that ends first */
        LLVMValueRef left = LLVMBuildSub(b, number(s1, size), offset, "");
        LLVMValueRef fits = LLVMBuildICmp(b, LLVMIntULT, width, left, "");
        width = LLVMBuildSelect(b, fits, width, left, "");
        LLVMValueRef none = LLVMBuildICmp(b, LLVMIntEQ, width, number(width, 0), "");
        LLVMValueRef up = LLVMBuildSub(b, number(width, 64), width, "");
        up = LLVMBuildAnd(b, up, number(up, 63), "");
        result = LLVMBuildAShr(b, LLVMBuildShl(b, x, up, ""), up, "");
        result = LLVMBuildSelect(b, none, number(result, 0), result, "");
    } else {
        result = LLVMBuildAnd(b, x, low_mask(op, width), "");
    }
    give_nz(op, LLVMBuildTruncOrBitCast(b, result, LLVMTypeOf(op->s0), ""));
}

/* Ones: as many as s0 says, from bit s1 on. */
static void make_field(struct cairn_scalar_op *op, LLVMTypeRef type)
{
    LLVMValueRef one = LLVMConstInt(type, 1, false);
    LLVMValueRef ones = LLVMBuildShl(op->b, one, amount(op, one, op->s0), "");
    ones = LLVMBuildSub(op->b, ones, one, "");
    give(op, LLVMBuildShl(op->b, ones, amount(op, one, op->s1), ""));
}

static void set_bit(struct cairn_scalar_op *op, bool on)
{
    LLVMValueRef one = number(op->old, 1);
    LLVMValueRef bit = LLVMBuildShl(op->b, one, amount(op, op->old, op->s0), "");
    if (on)
        give(op, LLVMBuildOr(op->b, op->old, bit, ""));
    else
        give(op, LLVMBuildAnd(op->b, op->old, LLVMBuildNot(op->b, bit, ""), ""));
}

static void pack(struct cairn_scalar_op *op, bool high0, bool high1)
{
    LLVMBuilderRef b = op->b;
    LLVMValueRef half = number(op->s0, 16), low, high;
    low = high0 ? LLVMBuildLShr(b, op->s0, half, "")
                : LLVMBuildAnd(b, op->s0, number(op->s0, 0xffff), "");
    high = high1 ? LLVMBuildAnd(b, op->s1, number(op->s1, 0xffff0000u), "")
                 : LLVMBuildShl(b, op->s1, half, "");
    give(op, LLVMBuildOr(b, low, high, ""));
}

static void extend(struct cairn_scalar_op *op, LLVMTypeRef from)
{
    LLVMValueRef low = LLVMBuildTrunc(op->b, op->s0, from, "");
    give(op, LLVMBuildSExt(op->b, low, op->lift->i32, ""));
}

/* ---- counting */

static void count_bits(struct cairn_scalar_op *op, bool zeros)
{
    LLVMValueRef x = zeros ? LLVMBuildNot(op->b, op->s0, "") : op->s0;
    LLVMValueRef count = unary(op, "llvm.ctpop", x);
    give_nz(op, LLVMBuildTruncOrBitCast(op->b, count, op->lift->i32, ""));
}

/* llvm.cttz or llvm.ctlz of x; -1 if x is 0. */
static void find_bit(struct cairn_scalar_op *op, const char *name, LLVMValueRef x)
{
    LLVMTypeRef type = LLVMTypeOf(x);
    LLVMValueRef arguments[] = {x, LLVMConstInt(op->lift->i1, 1, false)};
    LLVMValueRef at = cairn_lift_intrinsic(op->lift, name, &type, 1, arguments, 2);
    LLVMValueRef none = LLVMBuildICmp(op->b, LLVMIntEQ, x, number(x, 0), "");
    at = LLVMBuildSelect(op->b, none, number(at, UINT64_MAX), at, "");
    give(op, LLVMBuildTruncOrBitCast(op->b, at, op->lift->i32, ""));
}

/* With the sign bit off, by turning all bits over where it is on. */
static LLVMValueRef without_sign(struct cairn_scalar_op *op, LLVMValueRef x)
{
    return LLVMBuildSelect(op->b, is_negative(op, x), LLVMBuildNot(op->b, x, ""), x, "");
}

/* ---- bits in groups */

static LLVMValueRef or_shifted(struct cairn_scalar_op *op, LLVMValueRef x, unsigned right)
{
    return LLVMBuildOr(op->b, x, LLVMBuildLShr(op->b, x, number(x, right), ""), "");
}

static LLVMValueRef and_with(struct cairn_scalar_op *op, LLVMValueRef x, uint64_t mask)
{
    return LLVMBuildAnd(op->b, x, number(x, mask), "");
}

/* Bit 4 i: is one of the four bits from there on set? */
static LLVMValueRef quads(struct cairn_scalar_op *op)
{
    LLVMValueRef x = or_shifted(op, or_shifted(op, op->s0, 1), 2);
    return and_with(op, x, UINT64_C(0x1111111111111111));
}

/* Bits 0, 4, 8, ... next to each other. */
static LLVMValueRef gather_quads(struct cairn_scalar_op *op, LLVMValueRef x)
{
    x = and_with(op, or_shifted(op, x, 3), UINT64_C(0x0303030303030303));
    x = and_with(op, or_shifted(op, x, 6), UINT64_C(0x000f000f000f000f));
    x = and_with(op, or_shifted(op, x, 12), UINT64_C(0x000000ff000000ff));
    return bits_of(x) == 32 ? x : and_with(op, or_shifted(op, x, 24), 0xffff);
}

/* Bit i at 2 i and 2 i + 1. */
static LLVMValueRef replicate(struct cairn_scalar_op *op)
{
    static const struct {
        unsigned by;
        uint64_t mask;
    } steps[] = {
        {16, UINT64_C(0x0000ffff0000ffff)}, {8, UINT64_C(0x00ff00ff00ff00ff)},
        {4, UINT64_C(0x0f0f0f0f0f0f0f0f)},  {2, UINT64_C(0x3333333333333333)},
        {1, UINT64_C(0x5555555555555555)},
    };
    LLVMValueRef x = wide(op, op->s0);
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        LLVMValueRef up = LLVMBuildShl(op->b, x, number(x, steps[i].by), "");
        x = and_with(op, LLVMBuildOr(op->b, x, up, ""), steps[i].mask);
    }
    return LLVMBuildMul(op->b, x, number(x, 3), "");
}

static bool counts_and_groups(struct cairn_scalar_op *op)
{
    switch (op->op) {
    case CAIRN_OP_s_bcnt0_i32_b32:
    case CAIRN_OP_s_bcnt0_i32_b64:
        return count_bits(op, true), true;
    case CAIRN_OP_s_bcnt1_i32_b32:
    case CAIRN_OP_s_bcnt1_i32_b64:
        return count_bits(op, false), true;
    case CAIRN_OP_s_ff0_i32_b32:
    case CAIRN_OP_s_ff0_i32_b64:
        return find_bit(op, "llvm.cttz", LLVMBuildNot(op->b, op->s0, "")), true;
    case CAIRN_OP_s_ff1_i32_b32:
    case CAIRN_OP_s_ff1_i32_b64:
        return find_bit(op, "llvm.cttz", op->s0), true;
    case CAIRN_OP_s_flbit_i32_b32:
    case CAIRN_OP_s_flbit_i32_b64:
        return find_bit(op, "llvm.ctlz", op->s0), true;
    case CAIRN_OP_s_flbit_i32:
    case CAIRN_OP_s_flbit_i32_i64:
        return find_bit(op, "llvm.ctlz", without_sign(op, op->s0)), true;
    case CAIRN_OP_s_brev_b32:
    case CAIRN_OP_s_brev_b64:
        return give(op, unary(op, "llvm.bitreverse", op->s0)), true;
    case CAIRN_OP_s_wqm_b32:
    case CAIRN_OP_s_wqm_b64:
        return give_nz(op, LLVMBuildMul(op->b, quads(op), number(op->s0, 15), "")), true;
    case CAIRN_OP_s_quadmask_b32:
    case CAIRN_OP_s_quadmask_b64:
        return give_nz(op, gather_quads(op, quads(op))), true;
    case CAIRN_OP_s_bitreplicate_b64_b32:
        return give(op, replicate(op)), true;
    default:
        return false;
    }
}

static bool shifts_and_fields(struct cairn_scalar_op *op)
{
    switch (op->op) {
    case CAIRN_OP_s_lshl_b32:
    case CAIRN_OP_s_lshl_b64:
        return give_nz(op, LLVMBuildShl(op->b, op->s0, amount(op, op->s0, op->s1), "")), true;
    case CAIRN_OP_s_lshr_b32:
    case CAIRN_OP_s_lshr_b64:
        return give_nz(op, LLVMBuildLShr(op->b, op->s0, amount(op, op->s0, op->s1), "")), true;
    case CAIRN_OP_s_ashr_i32:
    case CAIRN_OP_s_ashr_i64:
        return give_nz(op, LLVMBuildAShr(op->b, op->s0, amount(op, op->s0, op->s1), "")), true;
    case CAIRN_OP_s_bfm_b32:
        return make_field(op, op->lift->i32), true;
    case CAIRN_OP_s_bfm_b64:
        return make_field(op, op->lift->i64), true;
    case CAIRN_OP_s_bfe_u32:
    case CAIRN_OP_s_bfe_u64:
        return extract_field(op, false), true;
    case CAIRN_OP_s_bfe_i32:
    case CAIRN_OP_s_bfe_i64:
        return extract_field(op, true), true;
    case CAIRN_OP_s_bitset0_b32:
    case CAIRN_OP_s_bitset0_b64:
        return set_bit(op, false), true;
    case CAIRN_OP_s_bitset1_b32:
    case CAIRN_OP_s_bitset1_b64:
        return set_bit(op, true), true;
    case CAIRN_OP_s_pack_ll_b32_b16:
        return pack(op, false, false), true;
    case CAIRN_OP_s_pack_lh_b32_b16:
        return pack(op, false, true), true;
    case CAIRN_OP_s_pack_hh_b32_b16:
        return pack(op, true, true), true;
    case CAIRN_OP_s_sext_i32_i8:
        return extend(op, op->lift->i8), true;
    case CAIRN_OP_s_sext_i32_i16:
        return extend(op, op->lift->i16), true;
    default:
        return false;
    }
}

/* ---- moves, and bit operations */

bool cairn_scalar_bits(struct cairn_scalar_op *op)
{
    switch (op->op) {
    case CAIRN_OP_s_mov_b32:
    case CAIRN_OP_s_mov_b64:
        return give(op, op->s0), true;
    case CAIRN_OP_s_movk_i32:
        return give(op, op->s1), true;
    case CAIRN_OP_s_cmov_b32:
    case CAIRN_OP_s_cmov_b64:
        return give(op, LLVMBuildSelect(op->b, op->carry, op->s0, op->old, "")), true;
    case CAIRN_OP_s_cmovk_i32:
        return give(op, LLVMBuildSelect(op->b, op->carry, op->s1, op->s0, "")), true;
    case CAIRN_OP_s_cselect_b32:
    case CAIRN_OP_s_cselect_b64:
        return give(op, LLVMBuildSelect(op->b, op->carry, op->s0, op->s1, "")), true;
    default:
        break;
    }
    if (cairn_scalar_is_logic(op->op))
        return give_nz(op, cairn_scalar_logic(op->b, op->op, op->s0, op->s1)), true;
    return shifts_and_fields(op) || counts_and_groups(op);
}

/* ---- comparisons */

static void test_bit(struct cairn_scalar_op *op, bool on)
{
    LLVMValueRef shifted = LLVMBuildLShr(op->b, op->s0, amount(op, op->s0, op->s1), "");
    op->scc = LLVMBuildTrunc(op->b, shifted, op->lift->i1, "");
    if (!on)
        op->scc = LLVMBuildNot(op->b, op->scc, "");
}

#define SIGNED(name, predicate)                                                                    \
    [CAIRN_OP_s_cmp_##name##_i32] = predicate, [CAIRN_OP_s_cmpk_##name##_i32] = predicate
#define UNSIGNED(name, predicate)                                                                  \
    [CAIRN_OP_s_cmp_##name##_u32] = predicate, [CAIRN_OP_s_cmpk_##name##_u32] = predicate

static const uint8_t predicate_of[CAIRN_OP_COUNT] = {
    SIGNED(eq, LLVMIntEQ),
    SIGNED(lg, LLVMIntNE),
    SIGNED(gt, LLVMIntSGT),
    SIGNED(ge, LLVMIntSGE),
    SIGNED(lt, LLVMIntSLT),
    SIGNED(le, LLVMIntSLE),
    UNSIGNED(eq, LLVMIntEQ),
    UNSIGNED(lg, LLVMIntNE),
    UNSIGNED(gt, LLVMIntUGT),
    UNSIGNED(ge, LLVMIntUGE),
    UNSIGNED(lt, LLVMIntULT),
    UNSIGNED(le, LLVMIntULE),
    [CAIRN_OP_s_cmp_eq_u64] = LLVMIntEQ,
    [CAIRN_OP_s_cmp_lg_u64] = LLVMIntNE,
};

bool cairn_scalar_compare(struct cairn_scalar_op *op)
{
    switch (op->op) {
    case CAIRN_OP_s_bitcmp0_b32:
    case CAIRN_OP_s_bitcmp0_b64:
        return test_bit(op, false), true;
    case CAIRN_OP_s_bitcmp1_b32:
    case CAIRN_OP_s_bitcmp1_b64:
        return test_bit(op, true), true;
    default:
        break;
    }
    if (predicate_of[op->op] == 0)
        return false;
    op->scc = LLVMBuildICmp(op->b, (LLVMIntPredicate)predicate_of[op->op], op->s0, op->s1, "");
    return true;
}
