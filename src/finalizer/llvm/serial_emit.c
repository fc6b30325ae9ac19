/* SPDX-License-Identifier: MIT
 * Loops that lanes run one after another, in IR: the loop over chunks has one over the active lanes
 * in it, and that the turns of one lane, on plain numbers. What a chunk does goes to the registers
 * in memory behind its last lane only, so that a fault finds the chunk as it was. A lane makes so
 * many turns at most, then waits for the others, as in loops by chunk; fuel is counted behind.
 */
#include "finalizer/llvm/serial.h"

#include "finalizer/llvm/lift_scalar.h"
#include "finalizer/llvm/lift_valu.h"

#include <stdio.h>
#include <string.h>

enum { STRIP_INSNS = 8192, KNOWN = 64, REACHES = 8, MOST_SHIFT = 4, USUAL_TURNS = 16 };

/* A number of 64 bits and its halves. */
struct whole {
    LLVMValueRef low, high, value;
};

struct sum { /* v_add_co_u32 */
    LLVMValueRef carry, a, b, low;
    uint16_t code[2]; /* of the sources */
};

/* A number of which is known that it is within 2^bits of what lanes begin with (`base`: of the
 * halves, operand codes; as values, where these are no vector registers), or of 0. */
struct near {
    LLVMValueRef value;
    unsigned bits;
    bool from_base;
    uint16_t code[2];
    LLVMValueRef half[2];
    LLVMValueRef base; /* i64, in place of halves */
};

/* One lane as its instructions are emitted. */
struct lane {
    struct cairn_lift *lift;
    const struct cairn_serial *serial;
    LLVMBasicBlockRef together;     /* where the vector form begins */
    LLVMValueRef from[CAIRN_VREGS]; /* ptr: where a register is that has not been looked at */
    LLVMValueRef value[CAIRN_VREGS], mask[128]; /* i32; i1 by the even code */
    bool dirty[CAIRN_VREGS], put[128];
    struct whole whole[KNOWN];
    struct sum sum[KNOWN];
    struct near near[KNOWN];
    unsigned wholes, sums, nears;
    /* What is to be checked before the first turn. */
    bool pair_used[CAIRN_SERIAL_PAIRS];
    struct near reach[REACHES];
    unsigned reaches;
};

/* Stack slots of the loop. */
struct slots {
    LLVMValueRef from[CAIRN_VREGS]; /* the register's own row */
    LLVMValueRef row[CAIRN_VREGS];  /* what the chunk leaves there */
    LLVMValueRef bits[128];         /* i32: masks of the chunk, by the even code */
    LLVMValueRef value[CAIRN_VREGS], pair[CAIRN_SERIAL_PAIRS], mask[128]; /* of the lane */
    LLVMValueRef todo, left, again;
    LLVMBasicBlockRef together;
};

static LLVMValueRef slot(struct cairn_lift *lift, LLVMTypeRef type, unsigned align)
{
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMPositionBuilderBefore(lift->builder, LLVMGetFirstInstruction(entry));
    LLVMValueRef made = LLVMBuildAlloca(lift->builder, type, "");
    LLVMSetAlignment(made, align);
    LLVMPositionBuilderAtEnd(lift->builder, here);
    return made;
}

static LLVMValueRef load(struct cairn_lift *lift, LLVMTypeRef type, LLVMValueRef at)
{
    return LLVMBuildLoad2(lift->builder, type, at, "");
}

static void store(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef at)
{
    LLVMBuildStore(lift->builder, value, at);
}

static LLVMValueRef element(struct cairn_lift *lift, LLVMValueRef row, LLVMValueRef lane)
{
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i32, row, &lane, 1, "");
}

/* ---- numbers of 64 bits */

static LLVMValueRef low_half(struct cairn_lift *lift, LLVMValueRef value)
{
    return LLVMBuildTrunc(lift->builder, value, lift->i32, "");
}

static LLVMValueRef high_half(struct cairn_lift *lift, LLVMValueRef value)
{
    value = LLVMBuildLShr(lift->builder, value, cairn_lift_const64(lift, 32), "");
    return low_half(lift, value);
}

static void remember(struct lane *lane, LLVMValueRef low, LLVMValueRef high, LLVMValueRef value)
{
    lane->whole[lane->wholes++ % KNOWN] = (struct whole){low, high, value};
}

static LLVMValueRef known_whole(const struct lane *lane, LLVMValueRef low, LLVMValueRef high)
{
    for (unsigned i = 0; i < KNOWN; i++)
        if (lane->whole[i].low == low && lane->whole[i].high == high)
            return lane->whole[i].value;
    return NULL;
}

static const struct near *near_of(const struct lane *lane, LLVMValueRef value)
{
    for (unsigned i = 0; i < KNOWN && value != NULL; i++)
        if (lane->near[i].value == value)
            return &lane->near[i];
    return NULL;
}

static void remember_near(struct lane *lane, struct near near)
{
    lane->near[lane->nears++ % KNOWN] = near;
}

static LLVMValueRef join(struct lane *lane, LLVMValueRef low, LLVMValueRef high)
{
    struct cairn_lift *lift = lane->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef value = known_whole(lane, low, high);
    if (value != NULL)
        return value;
    value = LLVMBuildZExt(b, high, lift->i64, "");
    value = LLVMBuildShl(b, value, cairn_lift_const64(lift, 32), "");
    value = LLVMBuildOr(b, value, LLVMBuildZExt(b, low, lift->i64, ""), "");
    remember(lane, low, high, value);
    if (LLVMIsConstant(high) && LLVMIsNull(high))
        remember_near(lane, (struct near){.value = value, .bits = 32});
    return value;
}

/* ---- registers */

static LLVMValueRef get(struct lane *lane, unsigned vreg)
{
    if (lane->value[vreg] == NULL)
        lane->value[vreg] = load(lane->lift, lane->lift->i32, lane->from[vreg]);
    return lane->value[vreg];
}

static void put(struct lane *lane, unsigned vreg, LLVMValueRef value)
{
    lane->value[vreg] = value;
    lane->dirty[vreg] = true;
}

static void put64(struct lane *lane, unsigned vreg, LLVMValueRef value)
{
    LLVMValueRef low = low_half(lane->lift, value), high = high_half(lane->lift, value);
    put(lane, vreg, low);
    put(lane, vreg + 1, high);
    remember(lane, low, high, value);
}

static LLVMValueRef source32(struct lane *lane, unsigned which)
{
    unsigned code = lane->lift->insn->slot[which].code;
    return cairn_code_is_vector((uint16_t)code) ? get(lane, cairn_vreg_of_code(code))
                                                : cairn_lift_base(lane->lift, which, 0);
}

static LLVMValueRef source64(struct lane *lane, unsigned which)
{
    unsigned code = lane->lift->insn->slot[which].code, vreg;
    if (!cairn_code_is_vector((uint16_t)code))
        return cairn_lift_base64(lane->lift, which);
    vreg = cairn_vreg_of_code(code);
    return join(lane, get(lane, vreg), get(lane, vreg + 1));
}

static LLVMValueRef mask_of(struct lane *lane, unsigned code)
{
    if (lane->mask[code] == NULL) /* only where lanes are asked where they will go: any will do */
        lane->mask[code] = LLVMConstNull(lane->lift->i1);
    return lane->mask[code];
}

static void put_mask(struct lane *lane, unsigned code, LLVMValueRef value)
{
    lane->mask[code] = value;
    lane->put[code] = true;
}

/* ---- arithmetic */

static LLVMValueRef call(struct lane *lane, const struct cairn_lift_valu_row *row,
                         const char *suffix, const LLVMValueRef *args)
{
    struct cairn_lift *lift = lane->lift;
    enum cairn_semantics_mode mode = CAIRN_SEMANTICS_DEFAULT;
    char name[64];
    uint32_t bits;
    snprintf(name, sizeof name, "%s%s", row->name, suffix);
    if ((row->flags & CAIRN_LIFT_VALU_FLOAT) && cairn_lift_mode_known(lift, &bits))
        mode = cairn_semantics_mode_of(bits);
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

static unsigned arguments_of(struct lane *lane, const struct cairn_lift_valu_row *row,
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

static const struct sum *sum_of(const struct lane *lane, LLVMValueRef carry)
{
    for (unsigned i = 0; i < KNOWN; i++)
        if (lane->sum[i].carry == carry)
            return &lane->sum[i];
    return NULL;
}

/* Is it the same in all turns? */
static bool stays(const struct lane *lane, unsigned code)
{
    return !cairn_code_is_vector((uint16_t)code) ||
           !cairn_regs_has_v(&lane->serial->writes, cairn_vreg_of_code(code));
}

/* A sum of something small and of what stays is near to that. */
static void note_reach(struct lane *lane, const struct sum *sum, bool crossed, LLVMValueRef a,
                       LLVMValueRef b, LLVMValueRef value)
{
    const struct cairn_insn *insn = lane->lift->insn;
    for (unsigned i = 0; i < 2; i++) {
        const struct near *small = near_of(lane, i == 0 ? a : b);
        unsigned low = sum->code[!i];
        unsigned which = CAIRN_SLOT_SRC0 + (crossed ? i : !i), high = insn->slot[which].code;
        if (small == NULL || small->from_base || !stays(lane, low) || !stays(lane, high))
            continue;
        struct near near = {.value = value, .bits = small->bits, .from_base = true};
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
static LLVMValueRef whole_sum(struct lane *lane, const LLVMValueRef args[3])
{
    const struct sum *sum = sum_of(lane, args[2]);
    if (sum == NULL)
        return NULL;
    bool crossed =
        known_whole(lane, sum->a, args[1]) != NULL || known_whole(lane, sum->b, args[0]) != NULL;
    LLVMValueRef low = sum->low, a = join(lane, sum->a, args[crossed]);
    LLVMValueRef b = join(lane, sum->b, args[!crossed]);
    LLVMValueRef value = LLVMBuildAdd(lane->lift->builder, a, b, "");
    LLVMValueRef high = high_half(lane->lift, value);
    remember(lane, low, high, value);
    note_reach(lane, sum, crossed, a, b, value);
    return high;
}

static void note_result(struct lane *lane, const LLVMValueRef *args, LLVMValueRef result,
                        LLVMValueRef flag)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_insn *insn = lift->insn;
    if (insn->op == CAIRN_OP_v_add_co_u32)
        lane->sum[lane->sums++ % KNOWN] =
            (struct sum){flag,
                         args[0],
                         args[1],
                         result,
                         {insn->slot[CAIRN_SLOT_SRC0].code, insn->slot[CAIRN_SLOT_SRC1].code}};
    if (insn->op == CAIRN_OP_v_ashrrev_i32 &&
        insn->slot[CAIRN_SLOT_SRC0].code == CAIRN_CODE_INT_0 + 31) {
        LLVMValueRef value = LLVMBuildSExt(lift->builder, args[1], lift->i64, "");
        remember(lane, args[1], result, value);
        remember_near(lane, (struct near){.value = value, .bits = 31});
    }
}

/* v_lshlrev_b64. */
static void note_shift(struct lane *lane, const LLVMValueRef *args, LLVMValueRef result)
{
    const struct cairn_insn *insn = lane->lift->insn;
    unsigned by = insn->slot[CAIRN_SLOT_SRC0].code - CAIRN_CODE_INT_0;
    const struct near *small = near_of(lane, args[1]);
    if (insn->op == CAIRN_OP_v_lshlrev_b64 && by <= MOST_SHIFT && small != NULL &&
        !small->from_base)
        remember_near(lane, (struct near){.value = result, .bits = small->bits + by});
}

static void emit_arithmetic(struct lane *lane)
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

static LLVMValueRef address_of(struct lane *lane)
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
static void read_element(struct lane *lane, LLVMValueRef at, unsigned bytes, LLVMValueRef dwords[4])
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

/* May what lanes can reach be checked before the first turn? */
static bool checked_before(struct lane *lane)
{
    const struct cairn_serial *serial = lane->serial;
    const struct cairn_insn *insn = lane->lift->insn;
    unsigned low = cairn_vreg_of_code(insn->slot[CAIRN_SLOT_ADDR].code);
    struct near near = {.bits = 32, .from_base = true};
    if (cairn_operand_present(&insn->slot[CAIRN_SLOT_SADDR])) {
        near.base = cairn_lift_sgpr64(lane->lift, insn->slot[CAIRN_SLOT_SADDR].code & 127);
    } else {
        for (unsigned i = 0; i < serial->pair_count; i++)
            if (serial->pair[i].steady && serial->pair[i].low == low &&
                serial->pair[i].high == low + 1)
                return lane->pair_used[i] = true;
        const struct near *found = near_of(lane, source64(lane, CAIRN_SLOT_ADDR));
        if (found == NULL || !found->from_base)
            return false;
        near = *found;
    }
    if (lane->reaches == REACHES)
        return false;
    lane->reach[lane->reaches++] = near;
    return true;
}

/* Whatever is not in the window is left to the vector form. Where it is checked here, the element
 * is read by its offset in the window, so that one register will do for both. */
static LLVMValueRef place_of(struct lane *lane, unsigned bytes)
{
    struct cairn_lift *lift = lane->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef address = address_of(lane);
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

static void emit_load(struct lane *lane)
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

static void emit_mask(struct lane *lane)
{
    const struct cairn_insn *insn = lane->lift->insn;
    LLVMValueRef s0 = mask_of(lane, insn->slot[CAIRN_SLOT_SRC0].code), s1 = s0;
    if (cairn_operand_present(&insn->slot[CAIRN_SLOT_SRC1]))
        s1 = mask_of(lane, insn->slot[CAIRN_SLOT_SRC1].code);
    put_mask(lane, insn->slot[CAIRN_SLOT_DST].code,
             cairn_scalar_logic(lane->lift->builder, insn->op, s0, s1));
}

static void select_insn(struct cairn_lift *lift, uint32_t index)
{
    lift->at = index;
    lift->insn = &lift->program->insns[index].insn;
    lift->insn_facts = &lift->facts->insn[index];
}

static void emit_insn(struct lane *lane, uint32_t index)
{
    const struct cairn_lift_family *family;
    enum cairn_lift_kind kind = cairn_lift_kind_of(lane->lift, index, &family);
    select_insn(lane->lift, index);
    if (kind == CAIRN_LIFT_NONE)
        return;
    if (kind == CAIRN_LIFT_MASK)
        emit_mask(lane);
    else if (lane->lift->insn->encoding == CAIRN_ENC_GLOBAL)
        emit_load(lane);
    else
        emit_arithmetic(lane);
}

/* ---- is it worth it? */

/* i64: the address of the first load, in a lane of the first chunk. */
static LLVMValueRef first_address(struct cairn_lift *lift, const struct cairn_serial *serial,
                                  unsigned which)
{
    const struct cairn_program_block *at = &lift->program->blocks[serial->block];
    struct lane lane = {.lift = lift, .serial = serial};
    LLVMValueRef chunk = cairn_lift_const32(lift, 0), number = cairn_lift_const32(lift, which);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&serial->reads, i))
            lane.from[i] = element(lift, cairn_lift_row(lift, i, chunk), number);
    for (uint32_t i = at->first; i < serial->first_load; i++)
        emit_insn(&lane, i);
    select_insn(lift, serial->first_load);
    return address_of(&lane);
}

static LLVMValueRef lanes_are_apart(struct cairn_lift *lift, const struct cairn_serial *serial)
{
    LLVMBuilderRef b = lift->builder;
    bool is_signed;
    unsigned bytes =
        cairn_serial_load_bytes(&lift->program->insns[serial->first_load].insn, &is_signed);
    LLVMValueRef first = first_address(lift, serial, 0), second = first_address(lift, serial, 1);
    LLVMValueRef step = LLVMBuildSub(b, second, first, "");
    return LLVMBuildICmp(b, LLVMIntUGT, step, cairn_lift_const64(lift, bytes), "");
}

/* ---- chunks */

static bool written(const struct cairn_serial *serial, unsigned vreg)
{
    return cairn_regs_has_v(&serial->writes, vreg);
}

/* Registers that lanes begin with, and that they leave behind. */
static bool takes(const struct cairn_lift *lift, const struct cairn_serial *serial, unsigned vreg)
{
    return cairn_regs_has_v(&lift->live->live_in[serial->block], vreg) &&
           (cairn_regs_has_v(&serial->reads, vreg) || written(serial, vreg));
}

static bool leaves(const struct cairn_lift *lift, const struct cairn_serial *serial, unsigned vreg)
{
    return cairn_regs_has_v(&lift->live->live_out[serial->block], vreg) && written(serial, vreg);
}

static bool has_pair(const struct cairn_regs *regs, unsigned code)
{
    return cairn_regs_has_s(regs, code) || cairn_regs_has_s(regs, code + 1);
}

static bool leaves_mask(const struct cairn_lift *lift, const struct cairn_serial *serial,
                        unsigned code)
{
    return cairn_regs_has_s(&serial->writes, code) &&
           (code == CAIRN_CODE_EXEC_LO || has_pair(&lift->live->live_out[serial->block], code));
}

static bool has_mask(const struct cairn_lift *lift, const struct cairn_serial *serial,
                     unsigned code)
{
    return leaves_mask(lift, serial, code) || (cairn_regs_has_s(&serial->reads, code) &&
                                               has_pair(&lift->live->live_in[serial->block], code));
}

static void make_slots(struct cairn_lift *lift, const struct cairn_serial *serial,
                       struct slots *slots)
{
    LLVMTypeRef row = LLVMArrayType2(lift->i32, lift->width);
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (leaves(lift, serial, i))
            slots->row[i] = slot(lift, row, 4 * lift->width);
        if (cairn_regs_has_v(&serial->reads, i) || written(serial, i))
            slots->value[i] = slot(lift, lift->i32, 4);
    }
    for (unsigned i = 0; i < serial->pair_count; i++)
        slots->pair[i] = slot(lift, lift->i64, 8);
    for (unsigned i = 0; i < 128; i += 2)
        if (has_mask(lift, serial, i)) {
            slots->bits[i] = slot(lift, lift->i32, 4);
            slots->mask[i] = slot(lift, lift->i1, 1);
        }
    slots->todo = slot(lift, lift->i32, 4);
    slots->left = slot(lift, lift->i64, 8);
    slots->again = slot(lift, lift->i1, 1);
}

static void enter_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                        struct slots *slots)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (takes(lift, serial, i) || slots->row[i] != NULL)
            slots->from[i] = cairn_lift_register_pointer(lift, i);
        if (slots->row[i] != NULL)
            store(lift, cairn_lift_state_load(lift, lift->v32, slots->from[i], 4 * lift->width),
                  slots->row[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (slots->bits[i] == NULL)
            continue;
        LLVMValueRef bits = cairn_lift_state_load(
            lift, cairn_lift_mask_type(lift), cairn_lift_mask_pointer(lift, i), lift->width / 8);
        store(lift, LLVMBuildZExt(lift->builder, bits, lift->i32, ""), slots->bits[i]);
    }
    store(lift, load(lift, lift->i32, slots->bits[CAIRN_CODE_EXEC_LO]), slots->todo);
}

static void leave_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                        const struct slots *slots)
{
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (slots->row[i] != NULL)
            cairn_lift_state_store(lift, load(lift, lift->v32, slots->row[i]), slots->from[i],
                                   4 * lift->width);
    for (unsigned i = 0; i < 128; i += 2) {
        if (!leaves_mask(lift, serial, i))
            continue;
        LLVMValueRef bits = load(lift, lift->i32, slots->bits[i]);
        cairn_lift_state_store(lift, LLVMBuildTrunc(b, bits, cairn_lift_mask_type(lift), ""),
                               cairn_lift_mask_pointer(lift, i), lift->width / 8);
    }
    LLVMValueRef exec = load(lift, lift->i32, slots->bits[CAIRN_CODE_EXEC_LO]);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntNE, exec, cairn_lift_const32(lift, 0), "");
    store(lift, LLVMBuildOr(b, load(lift, lift->i1, slots->again), more, ""), slots->again);
}

/* ---- lanes */

static void enter_lane(struct lane *lane, const struct slots *slots, LLVMValueRef at)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (takes(lift, serial, i)) {
            LLVMValueRef value = load(lift, lift->i32, element(lift, slots->from[i], at));
            cairn_lift_tag_state(lift, value);
            store(lift, value, slots->value[i]);
        }
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef low = load(lift, lift->i32, slots->value[serial->pair[i].low]);
        LLVMValueRef high = load(lift, lift->i32, slots->value[serial->pair[i].high]);
        store(lift, join(lane, low, high), slots->pair[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (slots->bits[i] == NULL)
            continue;
        LLVMValueRef bit = LLVMBuildLShr(b, load(lift, lift->i32, slots->bits[i]), at, "");
        store(lift, LLVMBuildTrunc(b, bit, lift->i1, ""), slots->mask[i]);
    }
}

/* Registers of one lane that are live in front of the block `at`. */
static void leave_registers(struct cairn_lift *lift, const struct slots *slots, uint32_t block,
                            LLVMValueRef at)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (slots->row[i] != NULL && cairn_regs_has_v(&lift->live->live_in[block], i))
            store(lift, load(lift, lift->i32, slots->value[i]), element(lift, slots->row[i], at));
}

static void split_pairs(struct cairn_lift *lift, const struct cairn_serial *serial,
                        const struct slots *slots)
{
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef value = load(lift, lift->i64, slots->pair[i]);
        store(lift, low_half(lift, value), slots->value[serial->pair[i].low]);
        store(lift, high_half(lift, value), slots->value[serial->pair[i].high]);
    }
}

/* A lane that has left needs nothing of what only the loop reads. */
static void leave_lane(struct lane *lane, const struct slots *slots, LLVMValueRef at)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    const struct cairn_program_block *block = &lift->program->blocks[serial->block];
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef stays = cairn_lift_block(lift, "stayed"),
                      left = cairn_lift_block(lift, "left");
    split_pairs(lift, serial, slots);
    leave_registers(lift, slots, block->taken == serial->block ? block->next : block->taken, at);
    LLVMValueRef exec = load(lift, lift->i1, slots->mask[CAIRN_CODE_EXEC_LO]);
    LLVMBuildCondBr(b, exec, stays, left);
    LLVMPositionBuilderAtEnd(b, stays);
    leave_registers(lift, slots, serial->block, at);
    LLVMBuildBr(b, left);
    LLVMPositionBuilderAtEnd(b, left);
    for (unsigned i = 0; i < 128; i += 2) {
        if (!leaves_mask(lift, serial, i))
            continue;
        LLVMValueRef one = LLVMBuildShl(b, cairn_lift_const32(lift, 1), at, "");
        LLVMValueRef bit = LLVMBuildZExt(b, load(lift, lift->i1, slots->mask[i]), lift->i32, "");
        LLVMValueRef rest =
            LLVMBuildAnd(b, load(lift, lift->i32, slots->bits[i]), LLVMBuildNot(b, one, ""), "");
        store(lift, LLVMBuildOr(b, rest, LLVMBuildShl(b, bit, at, ""), ""), slots->bits[i]);
    }
}

static void start_turn(struct lane *lane, const struct slots *slots)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    memcpy(lane->from, slots->value, sizeof lane->from);
    for (unsigned i = 0; i < serial->pair_count; i++) {
        LLVMValueRef value = load(lift, lift->i64, slots->pair[i]);
        lane->value[serial->pair[i].low] = low_half(lift, value);
        lane->value[serial->pair[i].high] = high_half(lift, value);
        remember(lane, lane->value[serial->pair[i].low], lane->value[serial->pair[i].high], value);
    }
    for (unsigned i = 0; i < 128; i += 2)
        if (slots->mask[i] != NULL)
            lane->mask[i] = load(lift, lift->i1, slots->mask[i]);
    lane->mask[CAIRN_CODE_EXEC_LO] = LLVMConstInt(lift->i1, 1, false); /* or it would not turn */
    if (serial->leaving != 0)
        lane->mask[serial->leaving] = LLVMConstNull(lift->i1); /* likewise; see emit_turns */
}

static void end_turn(struct lane *lane, const struct slots *slots)
{
    struct cairn_lift *lift = lane->lift;
    const struct cairn_serial *serial = lane->serial;
    for (unsigned i = 0; i < serial->pair_count; i++)
        store(lift, join(lane, get(lane, serial->pair[i].low), get(lane, serial->pair[i].high)),
              slots->pair[i]);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (lane->dirty[i])
            store(lift, lane->value[i], slots->value[i]);
    for (unsigned i = 0; i < 128; i += 2)
        if (lane->put[i] && slots->mask[i] != NULL)
            store(lift, lane->mask[i], slots->mask[i]);
}

/* i1: [value + first, value + end) lies in the window. */
static LLVMValueRef span_inside(struct cairn_lift *lift, LLVMValueRef value, int64_t first,
                                int64_t end)
{
    LLVMBuilderRef b = lift->builder;
    value = LLVMBuildAdd(b, value, cairn_lift_const64(lift, (uint64_t)first), "");
    value = LLVMBuildSub(b, value, lift->window_base, "");
    LLVMValueRef args[] = {lift->window_size, cairn_lift_const64(lift, (uint64_t)(end - first))};
    LLVMValueRef top = cairn_lift_intrinsic(lift, "llvm.usub.sat", &lift->i64, 1, args, 2);
    return LLVMBuildICmp(b, LLVMIntULT, value, top, "");
}

static LLVMValueRef base_of(struct lane *lane, const struct slots *slots, const struct near *near)
{
    LLVMValueRef half[2];
    if (near->base != NULL)
        return near->base;
    for (unsigned i = 0; i < 2; i++)
        half[i] =
            cairn_code_is_vector(near->code[i])
                ? load(lane->lift, lane->lift->i32, slots->value[cairn_vreg_of_code(near->code[i])])
                : near->half[i];
    struct lane before = {.lift = lane->lift};
    return join(&before, half[0], half[1]);
}

/* In front of the first turn: is all that the lane can reach in the window? */
static LLVMValueRef reach_is_good(struct lane *lane, const struct slots *slots, uint32_t turns)
{
    enum { SLACK = 8192 }; /* offsets of instructions, and elements */
    struct cairn_lift *lift = lane->lift;
    LLVMValueRef good = LLVMConstInt(lift->i1, 1, false);
    for (unsigned i = 0; i < lane->serial->pair_count; i++) {
        if (!lane->pair_used[i])
            continue;
        int64_t end = (int64_t)lane->serial->pair[i].step * (turns + 1) + SLACK;
        LLVMValueRef first = load(lift, lift->i64, slots->pair[i]);
        good = LLVMBuildAnd(lift->builder, good, span_inside(lift, first, -SLACK, end), "");
    }
    for (unsigned i = 0; i < lane->reaches; i++) {
        int64_t span = ((int64_t)1 << lane->reach[i].bits) + SLACK;
        LLVMValueRef base = base_of(lane, slots, &lane->reach[i]);
        good = LLVMBuildAnd(lift->builder, good, span_inside(lift, base, -span, span), "");
    }
    return good;
}

/* What counts turns: a pair that goes up by a step, or `left`. */
struct counter {
    LLVMValueRef slot, step, end; /* i64 */
};

static struct counter begin_count(struct cairn_lift *lift, const struct cairn_serial *serial,
                                  const struct slots *slots, LLVMValueRef most)
{
    LLVMBuilderRef b = lift->builder;
    for (unsigned i = 0; i < serial->pair_count; i++) {
        if (!serial->pair[i].steady || serial->pair[i].step == 0)
            continue;
        LLVMValueRef first = load(lift, lift->i64, slots->pair[i]);
        most = LLVMBuildMul(b, most, cairn_lift_const64(lift, serial->pair[i].step), "");
        return (struct counter){slots->pair[i], NULL, LLVMBuildAdd(b, first, most, "")};
    }
    store(lift, cairn_lift_const64(lift, 0), slots->left);
    return (struct counter){slots->left, cairn_lift_const64(lift, 1), most};
}

/* i1: there may be one more. */
static LLVMValueRef count(struct cairn_lift *lift, const struct counter *counter)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef now = load(lift, lift->i64, counter->slot);
    if (counter->step != NULL) {
        now = LLVMBuildAdd(b, now, counter->step, "");
        store(lift, now, counter->slot);
    }
    return LLVMBuildICmp(b, LLVMIntNE, now, counter->end, "");
}

/* The turns of one lane. One whose mask of leaving is set already makes one turn, so that the mask
 * is known to be clear in all others. */
static void emit_turns(struct cairn_lift *lift, const struct cairn_serial *serial,
                       const struct slots *slots, uint32_t turns)
{
    const struct cairn_program_block *at = &lift->program->blocks[serial->block];
    struct lane lane = {.lift = lift, .serial = serial, .together = slots->together};
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef check = LLVMGetInsertBlock(b);
    LLVMBasicBlockRef turn = cairn_lift_block(lift, "turn"), out = cairn_lift_block(lift, "out");
    LLVMBasicBlockRef stays = cairn_lift_block(lift, "stays");
    LLVMValueRef most = cairn_lift_const64(lift, turns), leaving = LLVMConstNull(lift->i1);
    if (serial->leaving != 0) {
        leaving = load(lift, lift->i1, slots->mask[serial->leaving]);
        most = LLVMBuildSelect(b, leaving, cairn_lift_const64(lift, 1), most, "");
    }
    struct counter counter = begin_count(lift, serial, slots, most);
    LLVMPositionBuilderAtEnd(b, turn);
    start_turn(&lane, slots);
    for (uint32_t i = 0; i + 1 < at->count; i++)
        emit_insn(&lane, at->first + i);
    end_turn(&lane, slots);
    LLVMBuildCondBr(b, lane.mask[CAIRN_CODE_EXEC_LO], stays, out);
    LLVMPositionBuilderAtEnd(b, stays);
    LLVMValueRef may = count(lift, &counter);
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, may, turn, out));
    LLVMPositionBuilderAtEnd(b, check);
    LLVMValueRef good = reach_is_good(&lane, slots, turns);
    cairn_lift_expect(lift, LLVMBuildCondBr(b, good, turn, slots->together));
    LLVMPositionBuilderAtEnd(b, out);
    if (serial->leaving == 0)
        return;
    LLVMValueRef left_by = slots->mask[serial->leaving], exec = slots->mask[CAIRN_CODE_EXEC_LO];
    store(lift, LLVMBuildOr(b, load(lift, lift->i1, left_by), leaving, ""), left_by);
    store(lift, LLVMBuildAnd(b, load(lift, lift->i1, exec), LLVMBuildNot(b, leaving, ""), ""),
          exec);
}

/* All active lanes of the chunk. */
static void emit_lanes(struct cairn_lift *lift, const struct cairn_serial *serial,
                       const struct slots *slots, uint32_t turns)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef zero = cairn_lift_const32(lift, 0);
    LLVMBasicBlockRef some = cairn_lift_block(lift, "lane"), none = cairn_lift_block(lift, "idle");
    LLVMValueRef todo = load(lift, lift->i32, slots->todo);
    LLVMBuildCondBr(b, LLVMBuildICmp(b, LLVMIntNE, todo, zero, ""), some, none);
    LLVMPositionBuilderAtEnd(b, some);
    todo = load(lift, lift->i32, slots->todo);
    LLVMValueRef count_args[] = {todo, LLVMConstInt(lift->i1, 1, false)};
    LLVMValueRef at = cairn_lift_intrinsic(lift, "llvm.cttz", &lift->i32, 1, count_args, 2);
    struct lane lane = {.lift = lift, .serial = serial};
    enter_lane(&lane, slots, at);
    emit_turns(lift, serial, slots, turns);
    leave_lane(&lane, slots, at);
    LLVMValueRef rest = LLVMBuildSub(b, todo, cairn_lift_const32(lift, 1), "");
    rest = LLVMBuildAnd(b, todo, rest, "");
    store(lift, rest, slots->todo);
    LLVMValueRef more = LLVMBuildICmp(b, LLVMIntNE, rest, zero, "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, more, some, none));
    LLVMPositionBuilderAtEnd(b, none);
}

/* ---- the whole */

/* Behind a strip: once more from the header, or on. */
static void finish_strip(struct cairn_lift *lift, uint32_t block, const struct slots *slots,
                         uint32_t turns)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef again = load(lift, lift->i1, slots->again);
    LLVMValueRef insns =
        LLVMBuildSelect(b, again, cairn_lift_const64(lift, (uint64_t)turns * at->count),
                        cairn_lift_const64(lift, (uint64_t)USUAL_TURNS * at->count), "");
    LLVMValueRef fuel = cairn_control_burn(lift, insns);
    LLVMBasicBlockRef on = cairn_lift_block(lift, "strip"), rest = cairn_lift_block(lift, "yield");
    uint32_t exit = at->taken == block ? at->next : at->taken;
    LLVMBasicBlockRef behind = cairn_control_edge(lift, block, exit);
    LLVMBuildCondBr(b, again, on, behind);
    LLVMPositionBuilderAtEnd(b, on);
    LLVMValueRef fuelled = LLVMBuildICmp(b, LLVMIntSGT, fuel, cairn_lift_const64(lift, 0), "");
    LLVMBuildCondBr(b, fuelled, cairn_lifter_of(lift)->function.blocks[block], rest);
    LLVMPositionBuilderAtEnd(b, rest);
    cairn_control_yield(lift, at->offset);
}

void cairn_serial_emit(struct cairn_lift *lift, const struct cairn_serial *serial)
{
    const struct cairn_program_block *at = &lift->program->blocks[serial->block];
    struct slots slots = {.todo = NULL};
    uint32_t turns = STRIP_INSNS / at->count + 1;
    cairn_region_lane(lift, false);
    LLVMBasicBlockRef apart = cairn_lift_block(lift, "apart");
    slots.together = cairn_lift_block(lift, "together");
    LLVMValueRef choice = lanes_are_apart(lift, serial);
    LLVMBuildCondBr(lift->builder, choice, apart, slots.together);
    LLVMPositionBuilderAtEnd(lift->builder, apart);
    make_slots(lift, serial, &slots);
    store(lift, LLVMConstNull(lift->i1), slots.again);
    cairn_lift_store_pc(lift, at->offset);
    cairn_region_begin_chunks(lift, at->first, true);
    enter_chunk(lift, serial, &slots);
    emit_lanes(lift, serial, &slots, turns);
    leave_chunk(lift, serial, &slots);
    cairn_region_end_chunks(lift);
    cairn_region_lane(lift, false);
    cairn_region_forget_scalars(lift);
    finish_strip(lift, serial->block, &slots, turns);
    cairn_region_lane(lift, false);
    LLVMPositionBuilderAtEnd(lift->builder, slots.together);
    cairn_region_start_block(lift, serial->block);
}
