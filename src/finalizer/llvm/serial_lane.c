/* SPDX-License-Identifier: MIT
 * Instructions of one lane, on plain numbers. Registers of 32 bits are put together again to the
 * 64-bit numbers that programs make of them, which the host adds and shifts at once; and it is
 * remembered of addresses what they are near to, so that one check before the first turn will do.
 */
#include "finalizer/llvm/serial_lane.h"

#include "finalizer/llvm/lift_scalar.h"
#include "finalizer/llvm/lift_valu.h"

#include <stdio.h>

enum { MOST_SHIFT = 4 };

static LLVMValueRef load(struct cairn_lift *lift, LLVMTypeRef type, LLVMValueRef at)
{
    return LLVMBuildLoad2(lift->builder, type, at, "");
}

/* ---- numbers of 64 bits */

LLVMValueRef cairn_serial_low_half(struct cairn_lift *lift, LLVMValueRef value)
{
    return LLVMBuildTrunc(lift->builder, value, lift->i32, "");
}

LLVMValueRef cairn_serial_high_half(struct cairn_lift *lift, LLVMValueRef value)
{
    value = LLVMBuildLShr(lift->builder, value, cairn_lift_const64(lift, 32), "");
    return cairn_serial_low_half(lift, value);
}

void cairn_serial_remember(struct cairn_serial_lane *lane, LLVMValueRef low, LLVMValueRef high,
                           LLVMValueRef value)
{
    lane->whole[lane->wholes++ % CAIRN_SERIAL_KNOWN] =
        (struct cairn_serial_whole){low, high, value};
}

static LLVMValueRef known_whole(const struct cairn_serial_lane *lane, LLVMValueRef low,
                                LLVMValueRef high)
{
    for (unsigned i = 0; i < CAIRN_SERIAL_KNOWN; i++)
        if (lane->whole[i].low == low && lane->whole[i].high == high)
            return lane->whole[i].value;
    return NULL;
}

static const struct cairn_serial_near *near_of(const struct cairn_serial_lane *lane,
                                               LLVMValueRef value)
{
    for (unsigned i = 0; i < CAIRN_SERIAL_KNOWN && value != NULL; i++)
        if (lane->near[i].value == value)
            return &lane->near[i];
    return NULL;
}

static void remember_near(struct cairn_serial_lane *lane, struct cairn_serial_near near)
{
    lane->near[lane->nears++ % CAIRN_SERIAL_KNOWN] = near;
}

LLVMValueRef cairn_serial_join(struct cairn_serial_lane *lane, LLVMValueRef low, LLVMValueRef high)
{
    struct cairn_lift *lift = lane->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef value = known_whole(lane, low, high);
    if (value != NULL)
        return value;
    value = LLVMBuildZExt(b, high, lift->i64, "");
    value = LLVMBuildShl(b, value, cairn_lift_const64(lift, 32), "");
    value = LLVMBuildOr(b, value, LLVMBuildZExt(b, low, lift->i64, ""), "");
    cairn_serial_remember(lane, low, high, value);
    if (LLVMIsConstant(high) && LLVMIsNull(high))
        remember_near(lane, (struct cairn_serial_near){.value = value, .bits = 32});
    return value;
}

/* ---- registers */

LLVMValueRef cairn_serial_get(struct cairn_serial_lane *lane, unsigned vreg)
{
    if (lane->value[vreg] == NULL)
        lane->value[vreg] = load(lane->lift, lane->lift->i32, lane->from[vreg]);
    return lane->value[vreg];
}

static void put(struct cairn_serial_lane *lane, unsigned vreg, LLVMValueRef value)
{
    lane->value[vreg] = value;
    lane->dirty[vreg] = true;
}

static void put64(struct cairn_serial_lane *lane, unsigned vreg, LLVMValueRef value)
{
    LLVMValueRef low = cairn_serial_low_half(lane->lift, value),
                 high = cairn_serial_high_half(lane->lift, value);
    put(lane, vreg, low);
    put(lane, vreg + 1, high);
    cairn_serial_remember(lane, low, high, value);
}

static LLVMValueRef source32(struct cairn_serial_lane *lane, unsigned which)
{
    unsigned code = lane->lift->insn->slot[which].code;
    return cairn_code_is_vector((uint16_t)code) ? cairn_serial_get(lane, cairn_vreg_of_code(code))
                                                : cairn_lift_base(lane->lift, which, 0);
}

static LLVMValueRef source64(struct cairn_serial_lane *lane, unsigned which)
{
    unsigned code = lane->lift->insn->slot[which].code, vreg;
    if (!cairn_code_is_vector((uint16_t)code))
        return cairn_lift_base64(lane->lift, which);
    vreg = cairn_vreg_of_code(code);
    return cairn_serial_join(lane, cairn_serial_get(lane, vreg), cairn_serial_get(lane, vreg + 1));
}

static LLVMValueRef mask_of(struct cairn_serial_lane *lane, unsigned code)
{
    if (lane->mask[code] == NULL) /* only where lanes are asked where they will go: any will do */
        lane->mask[code] = LLVMConstNull(lane->lift->i1);
    return lane->mask[code];
}

static void put_mask(struct cairn_serial_lane *lane, unsigned code, LLVMValueRef value)
{
    lane->mask[code] = value;
    lane->put[code] = true;
}

/* ---- arithmetic */

static LLVMValueRef call(struct cairn_serial_lane *lane, const struct cairn_lift_valu_row *row,
                         const char *suffix, const LLVMValueRef *args)
{
    struct cairn_lift *lift = lane->lift;
    enum cairn_semantics_mode mode = CAIRN_SEMANTICS_DEFAULT;
    char name[64];
    uint32_t bits;
    snprintf(name, sizeof name, "%s%s", row->name, suffix);
    if ((row->flags & CAIRN_LIFT_VALU_FLOAT) && cairn_lift_mode_known(lift, &bits))
        mode = cairn_semantics_mode_of(bits);
    if (lift->request->exact_nan && suffix[0] == '\0' &&
        cairn_lift_valu_nan_kind(lift->insn->op) == CAIRN_NAN_PASSES)
        return cairn_nan_scalar(lift, row->name, mode, row->dst, args);
    return cairn_semantics_emit(lift->semantics, name, true, mode, lift->builder, lift->module,
                                args);
}

static unsigned mask_operand(const struct cairn_insn *insn)
{
    const struct cairn_operand *operand = &insn->slot[CAIRN_SLOT_SRC2];
    return operand->type == CAIRN_TYPE_MASK && cairn_operand_present(operand) ? operand->code
                                                                              : CAIRN_CODE_VCC_LO;
}

static unsigned mask_result(const struct cairn_insn *insn)
{
    unsigned code = insn->slot[CAIRN_SLOT_SDST].code;
    return code == CAIRN_CODE_NONE ? CAIRN_CODE_VCC_LO : code;
}

static unsigned arguments_of(struct cairn_serial_lane *lane, const struct cairn_lift_valu_row *row,
                             LLVMValueRef args[5])
{
    unsigned count = row->sources;
    for (unsigned i = 0; i < count; i++)
        args[i] = cairn_lift_valu_is_wide(row->src[i]) ? source64(lane, CAIRN_SLOT_SRC0 + i)
                                                       : source32(lane, CAIRN_SLOT_SRC0 + i);
    if (row->flags & CAIRN_LIFT_VALU_ACC)
        args[count++] = cairn_lift_valu_is_wide(row->dst) ? source64(lane, CAIRN_SLOT_DST)
                                                          : source32(lane, CAIRN_SLOT_DST);
    if (row->flags & CAIRN_LIFT_VALU_MASK_IN)
        args[count++] = mask_of(lane, mask_operand(lane->lift->insn));
    return count;
}

static const struct cairn_serial_sum *sum_of(const struct cairn_serial_lane *lane,
                                             LLVMValueRef carry)
{
    for (unsigned i = 0; i < CAIRN_SERIAL_KNOWN; i++)
        if (lane->sum[i].carry == carry)
            return &lane->sum[i];
    return NULL;
}

/* Is it the same in all turns? */
static bool stays(const struct cairn_serial_lane *lane, unsigned code)
{
    return !cairn_code_is_vector((uint16_t)code) ||
           !cairn_regs_has_v(&lane->serial->writes, cairn_vreg_of_code(code));
}

/* A sum of something small and of what stays is near to that. */
static void note_reach(struct cairn_serial_lane *lane, const struct cairn_serial_sum *sum,
                       bool crossed, LLVMValueRef a, LLVMValueRef b, LLVMValueRef value)
{
    const struct cairn_insn *insn = lane->lift->insn;
    for (unsigned i = 0; i < 2; i++) {
        const struct cairn_serial_near *small = near_of(lane, i == 0 ? a : b);
        unsigned low = sum->code[!i];
        unsigned which = CAIRN_SLOT_SRC0 + (crossed ? i : !i), high = insn->slot[which].code;
        if (small == NULL || small->from_base || !stays(lane, low) || !stays(lane, high))
            continue;
        struct cairn_serial_near near = {.value = value, .bits = small->bits, .from_base = true};
        near.code[0] = (uint16_t)low;
        near.code[1] = (uint16_t)high;
        near.half[0] = i == 0 ? sum->b : sum->a;
        near.half[1] = source32(lane, which);
        remember_near(lane, near);
        return;
    }
}

/* The high half of a sum by way of the whole; NULL: the low half was made elsewhere. Which high
 * half belongs to which low one does not matter to the sum: those that are known together are taken
 * so.
 */
static LLVMValueRef whole_sum(struct cairn_serial_lane *lane, const LLVMValueRef args[3])
{
    const struct cairn_serial_sum *sum = sum_of(lane, args[2]);
    if (sum == NULL)
        return NULL;
    bool crossed =
        known_whole(lane, sum->a, args[1]) != NULL || known_whole(lane, sum->b, args[0]) != NULL;
    LLVMValueRef low = sum->low, a = cairn_serial_join(lane, sum->a, args[crossed]);
    LLVMValueRef b = cairn_serial_join(lane, sum->b, args[!crossed]);
    LLVMValueRef value = LLVMBuildAdd(lane->lift->builder, a, b, "");
    LLVMValueRef high = cairn_serial_high_half(lane->lift, value);
    cairn_serial_remember(lane, low, high, value);
    note_reach(lane, sum, crossed, a, b, value);
    return high;
}

static void note_result(struct cairn_serial_lane *lane, const LLVMValueRef *args,
                        LLVMValueRef result, LLVMValueRef flag)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_insn *insn = lift->insn;
    if (insn->op == CAIRN_OP_v_add_co_u32)
        lane->sum[lane->sums++ % CAIRN_SERIAL_KNOWN] = (struct cairn_serial_sum){
            flag,
            args[0],
            args[1],
            result,
            {insn->slot[CAIRN_SLOT_SRC0].code, insn->slot[CAIRN_SLOT_SRC1].code}};
    if (insn->op == CAIRN_OP_v_ashrrev_i32 &&
        insn->slot[CAIRN_SLOT_SRC0].code == CAIRN_CODE_INT_0 + 31) {
        LLVMValueRef value = LLVMBuildSExt(lift->builder, args[1], lift->i64, "");
        cairn_serial_remember(lane, args[1], result, value);
        remember_near(lane, (struct cairn_serial_near){.value = value, .bits = 31});
    }
}

/* v_lshlrev_b64. */
static void note_shift(struct cairn_serial_lane *lane, const LLVMValueRef *args,
                       LLVMValueRef result)
{
    const struct cairn_insn *insn = lane->lift->insn;
    unsigned by = insn->slot[CAIRN_SLOT_SRC0].code - CAIRN_CODE_INT_0;
    const struct cairn_serial_near *small = near_of(lane, args[1]);
    if (insn->op == CAIRN_OP_v_lshlrev_b64 && by <= MOST_SHIFT && small != NULL &&
        !small->from_base)
        remember_near(lane, (struct cairn_serial_near){.value = result, .bits = small->bits + by});
}

static void emit_arithmetic(struct cairn_serial_lane *lane)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_insn *insn = lift->insn;
    const struct cairn_lift_valu_row *row = cairn_lift_valu_row_of(insn->op);
    unsigned dst = cairn_vreg_of_code(insn->slot[CAIRN_SLOT_DST].code);
    LLVMValueRef args[5], flag = NULL, result = NULL;
    arguments_of(lane, row, args);
    if (row->flags & CAIRN_LIFT_VALU_NO_DST) {
        put_mask(lane, mask_result(insn), call(lane, row, "", args));
        return;
    }
    if (row->flags & CAIRN_LIFT_VALU_MASK_OUT)
        flag = call(lane, row, "_flag", args);
    if (insn->op == CAIRN_OP_v_cndmask_b32)
        result = LLVMBuildSelect(lift->builder, args[2], args[1], args[0], "");
    else if (insn->op == CAIRN_OP_v_addc_co_u32)
        result = whole_sum(lane, args);
    if (result == NULL)
        result = call(lane, row, "", args);
    if (cairn_lift_valu_is_wide(row->dst)) {
        result = LLVMBuildBitCast(lift->builder, result, lift->i64, "");
        put64(lane, dst, result);
        note_shift(lane, args, result);
    } else {
        result = LLVMBuildBitCast(lift->builder, result, lift->i32, "");
        put(lane, dst, result);
        note_result(lane, args, result, flag);
    }
    if (flag != NULL)
        put_mask(lane, mask_result(insn), flag);
}

/* ---- loads */

LLVMValueRef cairn_serial_address(struct cairn_serial_lane *lane)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_operand *saddr = &lift->insn->slot[CAIRN_SLOT_SADDR];
    LLVMValueRef at, imm = cairn_lift_const64(lift, (uint64_t)(int64_t)lift->insn->imm);
    if (cairn_operand_present(saddr)) {
        at = LLVMBuildZExt(lift->builder, source32(lane, CAIRN_SLOT_ADDR), lift->i64, "");
        at = LLVMBuildAdd(lift->builder, at, cairn_lift_sgpr64(lift, saddr->code & 127), "");
    } else {
        at = source64(lane, CAIRN_SLOT_ADDR);
    }
    return LLVMBuildAdd(lift->builder, at, imm, "");
}

/* Dwords of the element, read where it is. */
static void read_element(struct cairn_serial_lane *lane, LLVMValueRef at, unsigned bytes,
                         LLVMValueRef dwords[4])
{
    struct cairn_lift *lift = lane->lift;
    for (unsigned i = 0; i < (bytes + 3) / 4; i++) {
        unsigned part = bytes < 4 ? bytes : 4;
        LLVMTypeRef type = LLVMIntTypeInContext(lift->context, 8 * part);
        LLVMValueRef step = cairn_lift_const64(lift, 4 * (uint64_t)i);
        LLVMValueRef dword = LLVMBuildGEP2(lift->builder, lift->i8, at, &step, 1, "");
        LLVMValueRef value = load(lift, type, dword);
        LLVMSetAlignment(value, 1);
        cairn_lift_tag_guest(lift, value);
        dwords[i] = bytes < 4 ? LLVMBuildZExt(lift->builder, value, lift->i32, "") : value;
    }
}

static bool is_same_reach(const struct cairn_serial_near *a, const struct cairn_serial_near *b)
{
    return a->bits == b->bits && a->base == b->base &&
           (a->base != NULL || (a->code[0] == b->code[0] && a->code[1] == b->code[1]));
}

/* May what lanes can reach be checked before the first turn? */
static bool checked_before(struct cairn_serial_lane *lane)
{
    const struct cairn_serial *serial = lane->serial;
    const struct cairn_insn *insn = lane->lift->insn;
    unsigned low = cairn_vreg_of_code(insn->slot[CAIRN_SLOT_ADDR].code);
    struct cairn_serial_near near = {.bits = 32, .from_base = true};
    if (cairn_operand_present(&insn->slot[CAIRN_SLOT_SADDR])) {
        near.base = cairn_lift_sgpr64(lane->lift, insn->slot[CAIRN_SLOT_SADDR].code & 127);
    } else {
        for (unsigned i = 0; i < serial->pair_count; i++)
            if (serial->pair[i].steady && serial->pair[i].low == low &&
                serial->pair[i].high == low + 1)
                return lane->pair_used[i] = true;
        const struct cairn_serial_near *found = near_of(lane, source64(lane, CAIRN_SLOT_ADDR));
        if (found == NULL || !found->from_base)
            return false;
        near = *found;
    }
    for (unsigned i = 0; i < lane->reaches; i++)
        if (is_same_reach(&lane->reach[i], &near))
            return true;
    if (lane->reaches == CAIRN_SERIAL_REACHES)
        return false;
    lane->reach[lane->reaches++] = near;
    return true;
}

/* Whatever is not in the window is left to the vector form. Where it is checked here, the element
 * is read by its offset in the window, so that one register will do for both. */
static LLVMValueRef place_of(struct cairn_serial_lane *lane, unsigned bytes)
{
    struct cairn_lift *lift = lane->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef address = cairn_serial_address(lane);
    if (checked_before(lane))
        return LLVMBuildIntToPtr(b, address, lift->ptr, "");
    LLVMValueRef offset = LLVMBuildSub(b, address, lift->window_base, "");
    LLVMValueRef top = LLVMBuildSub(b, lift->window_size, cairn_lift_const64(lift, bytes), "");
    LLVMBasicBlockRef inside = cairn_lift_block(lift, "inside");
    LLVMValueRef good = LLVMBuildICmp(b, LLVMIntULE, offset, top, "");
    cairn_lift_expect(lift, LLVMBuildCondBr(b, good, inside, lane->together));
    LLVMPositionBuilderAtEnd(b, inside);
    LLVMValueRef window = LLVMBuildIntToPtr(b, lift->window_base, lift->ptr, "");
    return LLVMBuildGEP2(b, lift->i8, window, &offset, 1, "");
}

static void emit_load(struct cairn_serial_lane *lane)
{
    struct cairn_lift *lift = lane->lift;
    LLVMBuilderRef b = lift->builder;
    bool is_signed;
    unsigned bytes = cairn_serial_load_bytes(lift->insn, &is_signed);
    unsigned dst = cairn_vreg_of_code(lift->insn->slot[CAIRN_SLOT_DST].code);
    LLVMValueRef dwords[4];
    read_element(lane, place_of(lane, bytes), bytes, dwords);
    LLVMValueRef shift = cairn_lift_const32(lift, 32 - 8 * (bytes < 4 ? bytes : 4));
    if (is_signed)
        dwords[0] = LLVMBuildAShr(b, LLVMBuildShl(b, dwords[0], shift, ""), shift, "");
    for (unsigned i = 0; i < (bytes + 3) / 4; i++)
        put(lane, dst + i, dwords[i]);
}

/* ---- instructions */

static void emit_mask(struct cairn_serial_lane *lane)
{
    const struct cairn_insn *insn = lane->lift->insn;
    LLVMValueRef s0 = mask_of(lane, insn->slot[CAIRN_SLOT_SRC0].code), s1 = s0;
    if (cairn_operand_present(&insn->slot[CAIRN_SLOT_SRC1]))
        s1 = mask_of(lane, insn->slot[CAIRN_SLOT_SRC1].code);
    put_mask(lane, insn->slot[CAIRN_SLOT_DST].code,
             cairn_scalar_logic(lane->lift->builder, insn->op, s0, s1));
}

void cairn_serial_select(struct cairn_lift *lift, uint32_t index)
{
    lift->at = index;
    lift->insn = &lift->program->insns[index].insn;
    lift->insn_facts = &lift->facts->insn[index];
}

void cairn_serial_emit_insn(struct cairn_serial_lane *lane, uint32_t index)
{
    const struct cairn_lift_family *family;
    enum cairn_lift_kind kind = cairn_lift_kind_of(lane->lift, index, &family);
    cairn_serial_select(lane->lift, index);
    if (kind == CAIRN_LIFT_NONE)
        return;
    if (kind == CAIRN_LIFT_MASK)
        emit_mask(lane);
    else if (lane->lift->insn->encoding == CAIRN_ENC_GLOBAL)
        emit_load(lane);
    else
        emit_arithmetic(lane);
}
