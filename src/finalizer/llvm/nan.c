/* SPDX-License-Identifier: MIT
 * Settling float results that wait. A value that is live hangs on operations by straight code; that
 * code is copied into a function of its own, with calls of the exact functions in place of the
 * operations, which is called where one of the results that no other covers is NaN. What it needs
 * and gives goes through a buffer on the stack; registers and guest memory it loads again if
 * nothing was stored since, since to keep their values would cost the usual path.
 */
#include "finalizer/llvm/nan.h"

#include "finalizer/llvm/lift_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what waits */

static bool waits(const struct cairn_lift *lift, const struct cairn_nan *nan, unsigned vreg)
{
    return nan->waiting[vreg] != NULL && nan->waiting[vreg] == lift->region->vector[vreg];
}

/* Is a source among what waits, and no `type`? */
static bool reads_other(const struct cairn_lift *lift, const struct cairn_nan *nan, unsigned type)
{
    for (unsigned slot = CAIRN_SLOT_SRC0; slot < CAIRN_SLOT_COUNT; slot++) {
        const struct cairn_operand *operand = &lift->insn->slot[slot];
        for (unsigned i = 0; cairn_code_is_vector(operand->code) && i < operand->dwords; i++) {
            unsigned vreg = cairn_vreg_of_code(operand->code) + i;
            if (waits(lift, nan, vreg) && nan->type[vreg] != type)
                return true;
        }
    }
    return false;
}

void cairn_nan_begin(struct cairn_lift *lift, enum cairn_nan_policy policy, unsigned type)
{
    struct cairn_nan *nan = &lift->region->nan;
    if (nan->count + 4 > CAIRN_NAN_OPERATIONS || nan->blocks + 2 > CAIRN_NAN_BLOCKS ||
        (policy == CAIRN_NAN_COMPARE && reads_other(lift, nan, type)))
        cairn_nan_settle(lift);
    nan->policy = policy;
    nan->touched = nan->bits = false;
}

static void note_block(struct cairn_nan *nan, LLVMBasicBlockRef block)
{
    if (nan->blocks == 0 || nan->block[nan->blocks - 1] != block)
        nan->block[nan->blocks++] = block;
}

void cairn_nan_end(struct cairn_lift *lift, unsigned type)
{
    struct cairn_nan *nan = &lift->region->nan;
    const struct cairn_operand *dst = &lift->insn->slot[CAIRN_SLOT_DST];
    nan->policy = CAIRN_NAN_STRICT;
    if (!nan->touched || !cairn_operand_present(dst) || !cairn_code_is_vector(dst->code))
        return;
    note_block(nan, LLVMGetInsertBlock(lift->builder));
    for (unsigned i = 0; i < dst->dwords; i++) {
        unsigned vreg = cairn_vreg_of_code(dst->code) + i;
        nan->waiting[vreg] = lift->region->vector[vreg];
        nan->type[vreg] = nan->bits ? CAIRN_TYPE_NONE : (uint8_t)type;
    }
}

void cairn_nan_note(struct cairn_lift *lift, const struct cairn_nan_operation *operation)
{
    struct cairn_nan *nan = &lift->region->nan;
    if (LLVMIsAInstruction(operation->result) == NULL)
        return;
    struct cairn_nan_operation *made = &nan->operation[nan->count++];
    *made = *operation;
    made->exec = cairn_lift_exec(lift);
    made->positive = lift->insn->op == CAIRN_OP_v_rsq_f32;
    note_block(nan, LLVMGetInsertBlock(lift->builder));
    nan->touched = true;
    nan->bits = operation->kind == CAIRN_NAN_DROPS;
    nan->policy = CAIRN_NAN_WAITS; /* what is read now is the old destination */
}

void cairn_nan_read(struct cairn_lift *lift, unsigned vreg)
{
    struct cairn_nan *nan = &lift->region->nan;
    if (!waits(lift, nan, vreg))
        return;
    if (nan->policy == CAIRN_NAN_STRICT)
        cairn_nan_settle(lift);
    else
        nan->touched = true;
}

void cairn_nan_forget(struct cairn_lift *lift)
{
    struct cairn_nan *nan = &lift->region->nan;
    nan->count = nan->blocks = 0;
    memset(nan->waiting, 0, sizeof nan->waiting);
}

/* ---- the copy */

struct copied {
    LLVMValueRef value, copy; /* copy: NULL while there is none */
    struct cairn_nan_operation *operation;
    enum { UNKNOWN, STAYS, CHANGES } state; /* does it hang on operations, or load again? */
};

enum { MOST_OPERANDS = 8, ALIGNMENT = 64 };

/* One settling. */
struct settling {
    struct cairn_lift *lift;
    struct cairn_nan *nan;
    LLVMBasicBlockRef here;  /* that ends now */
    LLVMValueRef guest, any; /* the last instructions in it that may write guest memory, memory */
    struct copied *table;    /* open addressing */
    size_t capacity, used;
    LLVMBuilderRef copies; /* in the function */
    LLVMValueRef function;
    LLVMBuilderRef call; /* in the cold block */
    uint64_t offset;     /* in the buffer: what comes next */
};

static struct copied *slot_of(struct copied *table, size_t capacity, LLVMValueRef value)
{
    size_t at = (uintptr_t)value / sizeof(void *) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    while (table[at & (capacity - 1)].value != NULL && table[at & (capacity - 1)].value != value)
        at++;
    return &table[at & (capacity - 1)];
}

static bool grow(struct settling *s)
{
    size_t capacity = 2 * s->capacity;
    struct copied *table = calloc(capacity, sizeof *table);
    if (table == NULL)
        return false;
    for (size_t i = 0; i < s->capacity; i++)
        if (s->table[i].value != NULL)
            *slot_of(table, capacity, s->table[i].value) = s->table[i];
    free(s->table);
    s->table = table;
    s->capacity = capacity;
    return true;
}

/* NULL: no memory. */
static struct copied *entry_of(struct settling *s, LLVMValueRef value)
{
    if (2 * s->used >= s->capacity && !grow(s))
        return NULL;
    struct copied *at = slot_of(s->table, s->capacity, value);
    s->used += at->value == NULL;
    at->value = value;
    return at;
}

static bool open_table(struct settling *s)
{
    s->capacity = 256;
    while (s->capacity < 4 * (size_t)s->nan->count)
        s->capacity *= 2;
    s->table = calloc(s->capacity, sizeof *s->table);
    for (unsigned i = 0; s->table != NULL && i < s->nan->count; i++) {
        LLVMValueRef result = s->nan->operation[i].result;
        *slot_of(s->table, s->capacity, result) =
            (struct copied){result, NULL, &s->nan->operation[i], CHANGES};
    }
    s->used = s->nan->count;
    return s->table != NULL;
}

static struct cairn_nan_operation *operation_of(const struct settling *s, LLVMValueRef value)
{
    return slot_of(s->table, s->capacity, value)->operation;
}

static bool is_tagged(const struct settling *s, LLVMValueRef access, LLVMValueRef list)
{
    return LLVMGetMetadata(access, cairn_lifter_of(s->lift)->function.kind_scope) == list;
}

/* Finds the last writes of the block. Calls of intrinsics are arithmetic, but those on memory. */
static bool writes_memory(LLVMValueRef insn)
{
    size_t length;
    if (LLVMIsAStoreInst(insn) != NULL)
        return true;
    if (LLVMIsACallInst(insn) == NULL)
        return LLVMIsAAtomicRMWInst(insn) != NULL || LLVMIsAFenceInst(insn) != NULL;
    const char *name = LLVMGetValueName2(LLVMGetCalledValue(insn), &length);
    return strncmp(name, "llvm.", 5) != 0 || strncmp(name, "llvm.masked", 11) == 0;
}

/* The instruction before, also where it is only settling that lies between. */
static LLVMValueRef one_before(const struct settling *s, LLVMValueRef insn)
{
    LLVMValueRef before = LLVMGetPreviousInstruction(insn);
    const struct cairn_nan_buffer *buffer = &cairn_lifter_of(s->lift)->nan_buffer;
    LLVMBasicBlockRef block = LLVMGetInstructionParent(insn);
    for (unsigned i = 0; before == NULL && i < CAIRN_NAN_FORKS; i++)
        if (buffer->fork[i].on == block)
            before = LLVMGetLastInstruction(buffer->fork[i].here);
    return before;
}

static void find_writes(struct settling *s)
{
    LLVMValueRef state = cairn_lifter_of(s->lift)->function.state_list;
    for (LLVMValueRef i = LLVMGetLastInstruction(s->here); i != NULL && s->guest == NULL;
         i = one_before(s, i)) {
        if (!writes_memory(i))
            continue;
        s->any = s->any == NULL ? i : s->any;
        if (!is_tagged(s, i, state))
            s->guest = i;
    }
}

/* Is `insn` behind the write `last` (NULL: there is none), on the way here? */
static bool is_behind(const struct settling *s, LLVMValueRef insn, LLVMValueRef last)
{
    for (LLVMValueRef i = LLVMGetLastInstruction(s->here); i != NULL && i != last;
         i = one_before(s, i))
        if (i == insn)
            return true;
    return false;
}

/* Slots are to become SSA values: nobody else may know where they are. */
static bool is_slot(LLVMValueRef pointer)
{
    while (LLVMIsAGetElementPtrInst(pointer) != NULL)
        pointer = LLVMGetOperand(pointer, 0);
    return LLVMIsAAllocaInst(pointer) != NULL;
}

static bool may_load_again(const struct settling *s, LLVMValueRef load)
{
    bool guest = is_tagged(s, load, cairn_lifter_of(s->lift)->function.guest_list);
    return !LLVMGetVolatile(load) && !is_slot(LLVMGetOperand(load, 0)) &&
           is_behind(s, load, guest ? s->guest : s->any);
}

static bool is_known_block(const struct settling *s, LLVMBasicBlockRef block)
{
    for (unsigned i = 0; i < s->nan->blocks; i++)
        if (s->nan->block[i] == block)
            return true;
    return block == s->here;
}

static bool is_copied(const struct settling *s, LLVMValueRef value)
{
    if (LLVMIsAInstruction(value) == NULL || !is_known_block(s, LLVMGetInstructionParent(value)) ||
        LLVMIsAPHINode(value) != NULL || LLVMIsAAllocaInst(value) != NULL || writes_memory(value) ||
        LLVMIsATerminatorInst(value) != NULL)
        return false;
    if (LLVMIsALoadInst(value) != NULL)
        return may_load_again(s, value);
    return true;
}

static bool changes(struct settling *s, LLVMValueRef value)
{
    const struct copied *known = slot_of(s->table, s->capacity, value);
    if (known->value != NULL && known->state != UNKNOWN)
        return known->state == CHANGES;
    if (!is_copied(s, value) || LLVMGetNumOperands(value) > MOST_OPERANDS)
        return false;
    bool call = LLVMIsACallInst(value) != NULL, found = LLVMIsALoadInst(value) != NULL;
    for (int i = 0; i < LLVMGetNumOperands(value) - call && !found; i++)
        found = changes(s, LLVMGetOperand(value, (unsigned)i));
    struct copied *entry = entry_of(s, value);
    if (entry != NULL)
        entry->state = found ? CHANGES : STAYS;
    return found;
}

/* ---- the buffer */

static LLVMValueRef place(struct settling *s, LLVMBuilderRef builder, LLVMValueRef buffer,
                          uint64_t offset)
{
    LLVMValueRef index = cairn_lift_const64(s->lift, offset);
    return LLVMBuildInBoundsGEP2(builder, s->lift->i8, buffer, &index, 1, "");
}

/* One for all, as long as the longest. */
static LLVMValueRef buffer_of(struct settling *s)
{
    struct cairn_lift *lift = s->lift;
    struct cairn_nan_buffer *buffer = &cairn_lifter_of(lift)->nan_buffer;
    if (buffer->at == NULL) {
        LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
        LLVMBuilderRef builder = LLVMCreateBuilderInContext(lift->context);
        LLVMPositionBuilderBefore(builder, LLVMGetFirstInstruction(entry));
        buffer->at = LLVMBuildArrayAlloca(builder, lift->i8, cairn_lift_const64(lift, 0), "");
        LLVMSetAlignment(buffer->at, ALIGNMENT);
        LLVMDisposeBuilder(builder);
    }
    return buffer->at;
}

static uint64_t take_place(struct settling *s)
{
    uint64_t at = s->offset;
    s->offset += sizeof(uint64_t) * s->lift->width; /* nothing is larger */
    struct cairn_nan_buffer *buffer = &cairn_lifter_of(s->lift)->nan_buffer;
    if (s->offset > buffer->bytes) {
        buffer->bytes = s->offset;
        LLVMSetOperand(buffer_of(s), 0, cairn_lift_const64(s->lift, s->offset));
    }
    return at;
}

/* A value of the kernel's, in the function. */
static LLVMValueRef brought(struct settling *s, LLVMValueRef value)
{
    struct cairn_lift *lift = s->lift;
    if (LLVMIsConstant(value))
        return value;
    const struct copied *known = slot_of(s->table, s->capacity, value);
    if (known->value != NULL && known->copy != NULL)
        return known->copy;
    bool mask = LLVMTypeOf(value) == lift->v1;
    LLVMTypeRef type = mask ? cairn_lift_mask_type(lift) : LLVMTypeOf(value);
    LLVMValueRef sent = mask ? LLVMBuildBitCast(s->call, value, type, "") : value;
    uint64_t at = take_place(s);
    LLVMBuildStore(s->call, sent, place(s, s->call, buffer_of(s), at));
    LLVMValueRef got =
        LLVMBuildLoad2(s->copies, type, place(s, s->copies, LLVMGetParam(s->function, 0), at), "");
    if (mask)
        got = LLVMBuildBitCast(s->copies, got, lift->v1, "");
    struct copied *entry = entry_of(s, value);
    if (entry != NULL)
        entry->copy = got;
    return got;
}

static LLVMValueRef copy(struct settling *s, LLVMValueRef value);

static LLVMValueRef copy_insn(struct settling *s, LLVMValueRef value)
{
    LLVMValueRef operand[MOST_OPERANDS];
    unsigned count = (unsigned)LLVMGetNumOperands(value) - (LLVMIsACallInst(value) != NULL);
    for (unsigned i = 0; i < count; i++)
        operand[i] = copy(s, LLVMGetOperand(value, i));
    LLVMValueRef again = LLVMInstructionClone(value);
    for (unsigned i = 0; i < count; i++)
        LLVMSetOperand(again, i, operand[i]);
    LLVMInsertIntoBuilder(s->copies, again);
    return again;
}

static LLVMValueRef new_function(struct cairn_lift *lift, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMAddFunction(lift->module, name, type);
    LLVMAttributeRef attributes[32];
    LLVMAttributeIndex index = (LLVMAttributeIndex)LLVMAttributeFunctionIndex;
    unsigned count = LLVMGetAttributeCountAtIndex(lift->function, index);
    LLVMSetLinkage(function, LLVMInternalLinkage);
    if (count > sizeof attributes / sizeof *attributes)
        return function;
    LLVMGetAttributesAtIndex(lift->function, index, attributes);
    for (unsigned i = 0; i < count; i++)
        LLVMAddAttributeAtIndex(function, index, attributes[i]);
    return function;
}

/* What the operation should be. */
static LLVMValueRef exact_function(struct cairn_lift *lift,
                                   const struct cairn_nan_operation *operation, bool scalar,
                                   LLVMTypeRef *type)
{
    char name[64];
    LLVMTypeRef params[3];
    for (unsigned i = 0; i < operation->count; i++)
        params[i] = LLVMTypeOf(operation->arg[i]);
    snprintf(name, sizeof name, "cairn_nan_%s_%u%s", operation->name, (unsigned)operation->mode,
             scalar ? "_lane" : "");
    *type = LLVMFunctionType(LLVMTypeOf(operation->result), params, operation->count, false);
    LLVMValueRef function = LLVMGetNamedFunction(lift->module, name);
    if (function != NULL)
        return function;
    function = new_function(lift, name, *type);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(lift->context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(lift->context, function, ""));
    LLVMValueRef args[3];
    for (unsigned i = 0; i < operation->count; i++)
        args[i] = LLVMGetParam(function, i);
    const struct cairn_semantics_function *exact =
        cairn_semantics_find_as(lift->semantics, operation->name, scalar, operation->mode, true);
    LLVMValueRef result =
        cairn_semantics_splice(lift->semantics, exact, builder, lift->module, args);
    LLVMBuildRet(builder, LLVMBuildBitCast(builder, result, LLVMTypeOf(operation->result), ""));
    LLVMDisposeBuilder(builder);
    return function;
}

/* Does it change only the sign of a value of the type, or nothing that counts? */
static bool edits_sign(LLVMValueRef insn, unsigned type)
{
    LLVMOpcode opcode = LLVMGetInstructionOpcode(insn);
    if (opcode == LLVMBitCast)
        return true;
    if (opcode != LLVMXor && opcode != LLVMAnd && opcode != LLVMOr)
        return false;
    LLVMValueRef lanes = LLVMGetOperand(insn, 1);
    LLVMValueRef constant = LLVMIsConstant(lanes) ? LLVMGetAggregateElement(lanes, 0) : NULL;
    if (constant == NULL || LLVMIsAConstantInt(constant) == NULL)
        return false;
    uint64_t bits = LLVMConstIntGetZExtValue(constant);
    uint64_t sign = type == CAIRN_TYPE_F16   ? 0x8000
                    : type == CAIRN_TYPE_F32 ? 0x80000000
                                             : UINT64_C(1) << 63;
    return opcode == LLVMAnd ? (bits | sign) == 2 * sign - 1 : bits == sign;
}

static bool is_shift_16(LLVMValueRef value, LLVMOpcode opcode)
{
    if (LLVMIsAInstruction(value) == NULL || LLVMGetInstructionOpcode(value) != opcode)
        return false;
    LLVMValueRef by = LLVMGetOperand(value, 1);
    by = LLVMIsConstant(by) ? LLVMGetAggregateElement(by, 0) : NULL;
    return by != NULL && LLVMIsAConstantInt(by) != NULL && LLVMConstIntGetZExtValue(by) == 16;
}

/* Of two halves put together, and perhaps shifted, the one that is in the low bits. */
static LLVMValueRef low_half(LLVMValueRef value)
{
    bool high = is_shift_16(value, LLVMLShr);
    LLVMValueRef both = high ? LLVMGetOperand(value, 0) : value;
    if (LLVMIsAInstruction(both) == NULL || LLVMGetInstructionOpcode(both) != LLVMOr ||
        !is_shift_16(LLVMGetOperand(both, 1), LLVMShl))
        return value;
    return high ? LLVMGetOperand(LLVMGetOperand(both, 1), 0) : LLVMGetOperand(both, 0);
}

/* The operation whose result, or that with another sign, is `value`. */
static struct cairn_nan_operation *made_by(const struct settling *s, LLVMValueRef value,
                                           unsigned type)
{
    while (LLVMIsAInstruction(value) != NULL) {
        value = type == CAIRN_TYPE_F16 ? low_half(value) : value;
        struct cairn_nan_operation *operation = operation_of(s, value);
        if (operation != NULL || !edits_sign(value, type))
            return operation;
        value = LLVMGetOperand(value, 0);
    }
    return NULL;
}

/* Would a NaN of `from` in a lane that counts be seen where `by` is looked at? */
static bool lies_within(const struct cairn_nan_operation *from,
                        const struct cairn_nan_operation *by)
{
    return from->type == by->type && (from->exec == by->exec || LLVMIsConstant(by->exec));
}

static void cover(struct settling *s, const struct cairn_nan_operation *by)
{
    for (unsigned i = 0; i < by->count && by->kind == CAIRN_NAN_PASSES; i++) {
        struct cairn_nan_operation *from = made_by(s, by->arg[i], by->type);
        if (from != NULL && from != by && lies_within(from, by))
            from->covered = true;
    }
}

static LLVMValueRef copy_operation(struct settling *s, struct cairn_nan_operation *operation)
{
    LLVMValueRef args[3];
    LLVMTypeRef type;
    operation->reached = true;
    cover(s, operation);
    for (unsigned i = 0; i < operation->count; i++)
        args[i] = operation->arg[i] == operation->result ? copy_insn(s, operation->result)
                                                         : copy(s, operation->arg[i]);
    LLVMValueRef function = exact_function(s->lift, operation, false, &type);
    return LLVMBuildCall2(s->copies, type, function, args, operation->count, "");
}

static LLVMValueRef copy(struct settling *s, LLVMValueRef value)
{
    const struct copied *known = slot_of(s->table, s->capacity, value);
    if (known->value != NULL && known->copy != NULL)
        return known->copy;
    if (!changes(s, value))
        return brought(s, value);
    struct cairn_nan_operation *operation = operation_of(s, value);
    LLVMValueRef made = operation != NULL ? copy_operation(s, operation) : copy_insn(s, value);
    struct copied *entry = entry_of(s, value);
    if (entry != NULL)
        entry->copy = made;
    return made;
}

/* ---- the test */

/* A value that must not be NaN, or not negative, in the lanes of `exec`. */
struct suspect {
    LLVMValueRef value, exec;
    unsigned type; /* enum cairn_type; NONE: it was tested */
    bool sign;
};

struct suspects {
    struct suspect *at;
    unsigned count;
};

static void suspect(struct suspects *list, LLVMValueRef value, unsigned type, bool sign,
                    LLVMValueRef exec)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->at[i].value == value && list->at[i].exec == exec && list->at[i].sign == sign)
            return;
    list->at[list->count++] = (struct suspect){value, exec, type, sign};
}

/* Operands that other operations have made are looked at with those. */
static void suspect_operands(struct settling *s, const struct cairn_nan_operation *of,
                             struct suspects *list)
{
    for (unsigned i = 0; i < of->count; i++) {
        const struct cairn_nan_operation *from = made_by(s, of->arg[i], of->type);
        bool wider = from != NULL && from->type == of->type &&
                     (from->exec == of->exec || LLVMIsConstant(from->exec));
        if (!wider && !LLVMIsConstant(of->arg[i]))
            suspect(list, of->arg[i], of->type, false, of->exec);
    }
}

static void find_suspects(struct settling *s, struct suspects *list)
{
    for (unsigned i = 0; i < s->nan->count; i++) {
        const struct cairn_nan_operation *operation = &s->nan->operation[i];
        if (!operation->reached)
            continue;
        bool exact = s->lift->request->exact_nan;
        if (exact && operation->kind == CAIRN_NAN_DROPS)
            suspect_operands(s, operation, list);
        else if (exact && !operation->covered)
            suspect(list, operation->result, operation->type, false, operation->exec);
        if (operation->positive)
            suspect(list, operation->result, operation->type, true, operation->exec);
    }
}

/* <width x i1>: lanes in which neither is NaN. */
static LLVMValueRef ordered(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b, unsigned type)
{
    LLVMBuilderRef builder = lift->builder;
    if (type == CAIRN_TYPE_F16) {
        LLVMValueRef most = cairn_lift_splat(lift, cairn_lift_const32(lift, 0x7c00));
        LLVMValueRef low = cairn_lift_splat(lift, cairn_lift_const32(lift, 0x7fff));
        a = LLVMBuildICmp(builder, LLVMIntULE, LLVMBuildAnd(builder, a, low, ""), most, "");
        b = LLVMBuildICmp(builder, LLVMIntULE, LLVMBuildAnd(builder, b, low, ""), most, "");
        return LLVMBuildAnd(builder, a, b, "");
    }
    LLVMTypeRef floats = type == CAIRN_TYPE_F64 ? lift->vf64 : lift->vf32;
    return LLVMBuildFCmp(builder, LLVMRealORD, LLVMBuildBitCast(builder, a, floats, ""),
                         LLVMBuildBitCast(builder, b, floats, ""), "");
}

/* <width x i1>: lanes in which suspect `first` and those like it behind are all right. Two go to a
 * test, and tests are ANDed, for which AVX-512 needs no instruction; of signs one tests all. */
static LLVMValueRef good_from(struct settling *s, struct suspects *list, unsigned first)
{
    LLVMBuilderRef builder = s->lift->builder;
    const struct suspect like = list->at[first];
    LLVMValueRef good = NULL, half = NULL;
    for (unsigned i = first; i < list->count; i++) {
        struct suspect *at = &list->at[i];
        if (at->exec != like.exec || at->type != like.type || at->sign != like.sign)
            continue;
        at->type = CAIRN_TYPE_NONE;
        if (half != NULL && !like.sign) {
            LLVMValueRef both = ordered(s->lift, half, at->value, like.type);
            good = good == NULL ? both : LLVMBuildAnd(builder, good, both, "");
            half = NULL;
        } else {
            half = half == NULL ? at->value : LLVMBuildOr(builder, half, at->value, "");
        }
    }
    if (like.sign)
        return LLVMBuildICmp(builder, LLVMIntSGE, half, LLVMConstNull(s->lift->v32), "");
    if (half == NULL)
        return good;
    LLVMValueRef one = ordered(s->lift, half, half, like.type);
    return good == NULL ? one : LLVMBuildAnd(builder, good, one, "");
}

/* i1; NULL: nothing that lives hangs on an operation, or there is no memory. */
static LLVMValueRef build_test(struct settling *s)
{
    LLVMBuilderRef builder = s->lift->builder;
    LLVMTypeRef bits = cairn_lift_mask_type(s->lift);
    struct suspects list = {.at = calloc(4 * (size_t)s->nan->count, sizeof *list.at)};
    LLVMValueRef found = NULL;
    if (list.at != NULL)
        find_suspects(s, &list);
    for (unsigned i = 0; i < list.count; i++) {
        if (list.at[i].type == CAIRN_TYPE_NONE)
            continue;
        LLVMValueRef exec = list.at[i].exec;
        LLVMValueRef bad = LLVMBuildNot(builder, good_from(s, &list, i), "");
        bad = LLVMIsConstant(exec) ? bad : LLVMBuildAnd(builder, bad, exec, "");
        found = found == NULL ? bad : LLVMBuildOr(builder, found, bad, "");
    }
    free(list.at);
    return found == NULL
               ? NULL
               : LLVMBuildICmp(builder, LLVMIntNE, LLVMBuildBitCast(builder, found, bits, ""),
                               LLVMConstNull(bits), "");
}

/* ---- settling */

/* NaNs are made seldom. */
static void mark_unlikely(struct cairn_lift *lift, LLVMValueRef branch)
{
    static const char word[] = "branch_weights";
    LLVMMetadataRef parts[3] = {
        LLVMMDStringInContext2(lift->context, word, strlen(word)),
        LLVMValueAsMetadata(cairn_lift_const32(lift, 1)),
        LLVMValueAsMetadata(cairn_lift_const32(lift, 1 << 20)),
    };
    LLVMMetadataRef node = LLVMMDNodeInContext2(lift->context, parts, 3);
    LLVMSetMetadata(branch, LLVMGetMDKindIDInContext(lift->context, "prof", 4),
                    LLVMMetadataAsValue(lift->context, node));
}

/* Live behind the instruction that was emitted last, or read by the one that is emitted now. */
static void wanted_registers(struct cairn_lift *lift, struct cairn_regs *wanted)
{
    const bool *full = cairn_lifter_of(lift)->full;
    struct cairn_regs before;
    cairn_liveness_after(lift->program, lift->live, full, lift->at, wanted);
    before = *wanted;
    cairn_liveness_step(lift->program, full, lift->at, &before);
    for (unsigned i = 0; i < 8; i++)
        wanted->v[i] |= before.v[i];
}

static unsigned waiting_registers(struct cairn_lift *lift, uint16_t vregs[CAIRN_VREGS])
{
    struct cairn_nan *nan = &lift->region->nan;
    struct cairn_regs wanted;
    unsigned count = 0;
    wanted_registers(lift, &wanted);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (waits(lift, nan, i) && cairn_regs_has_v(&wanted, i))
            vregs[count++] = (uint16_t)i;
    return count;
}

/* A function that gives the registers' values as they should be, in the buffer: register i at
 * places[i], UINT64_MAX: as it is. */
static void build_copies(struct settling *s, const uint16_t *vregs, unsigned count,
                         uint64_t *places)
{
    struct cairn_lift *lift = s->lift;
    LLVMTypeRef type = LLVMFunctionType(lift->void_type, &lift->ptr, 1, false);
    s->function = new_function(lift, "cairn_nan", type);
    s->copies = LLVMCreateBuilderInContext(lift->context);
    LLVMPositionBuilderAtEnd(s->copies,
                             LLVMAppendBasicBlockInContext(lift->context, s->function, ""));
    for (unsigned i = 0; i < count; i++) {
        LLVMValueRef value = lift->region->vector[vregs[i]];
        places[i] = UINT64_MAX;
        if (!changes(s, value))
            continue;
        value = copy(s, value);
        places[i] = take_place(s);
        LLVMBuildStore(s->copies, value,
                       place(s, s->copies, LLVMGetParam(s->function, 0), places[i]));
    }
    LLVMBuildRetVoid(s->copies);
    LLVMDisposeBuilder(s->copies);
    LLVMValueRef buffer = buffer_of(s);
    LLVMBuildCall2(s->call, type, s->function, &buffer, 1, "");
}

static void join(struct settling *s, LLVMBasicBlockRef cold, const uint16_t *vregs, unsigned count,
                 const uint64_t *places)
{
    struct cairn_lift *lift = s->lift;
    LLVMBasicBlockRef from[] = {s->here, cold};
    for (unsigned i = 0; i < count; i++) {
        if (places[i] == UINT64_MAX)
            continue;
        LLVMValueRef value = lift->region->vector[vregs[i]];
        LLVMValueRef at = place(s, s->call, buffer_of(s), places[i]);
        LLVMValueRef values[] = {value, LLVMBuildLoad2(s->call, LLVMTypeOf(value), at, "")};
        LLVMValueRef phi = LLVMBuildPhi(lift->builder, LLVMTypeOf(value), "");
        LLVMAddIncoming(phi, values, from, 2);
        lift->region->vector[vregs[i]] = phi;
    }
}

static void settle(struct settling *s, const uint16_t *vregs, unsigned count)
{
    struct cairn_lift *lift = s->lift;
    uint64_t places[CAIRN_VREGS];
    s->here = LLVMGetInsertBlock(lift->builder);
    find_writes(s);
    LLVMBasicBlockRef cold = cairn_lift_block(lift, "nan");
    s->call = LLVMCreateBuilderInContext(lift->context);
    LLVMPositionBuilderAtEnd(s->call, cold);
    build_copies(s, vregs, count, places);
    LLVMValueRef test = build_test(s);
    if (test == NULL) {
        LLVMDeleteBasicBlock(cold);
        LLVMDeleteFunction(s->function);
    } else {
        LLVMBasicBlockRef on = cairn_lift_block(lift, "settled");
        struct cairn_nan_buffer *buffer = &cairn_lifter_of(lift)->nan_buffer;
        buffer->fork[buffer->forks++ % CAIRN_NAN_FORKS] = (struct cairn_nan_fork){s->here, on};
        mark_unlikely(lift, LLVMBuildCondBr(lift->builder, test, cold, on));
        LLVMPositionBuilderAtEnd(lift->builder, on);
        join(s, cold, vregs, count, places);
        LLVMBuildBr(s->call, on);
    }
    LLVMDisposeBuilder(s->call);
}

void cairn_nan_settle(struct cairn_lift *lift)
{
    struct settling s = {.lift = lift, .nan = &lift->region->nan};
    uint16_t vregs[CAIRN_VREGS];
    unsigned count = s.nan->count == 0 ? 0 : waiting_registers(lift, vregs);
    if (count > 0 && open_table(&s)) {
        settle(&s, vregs, count);
        free(s.table);
    }
    cairn_nan_forget(lift);
}

/* ---- one lane */

/* As the host's registers hold it: then no move to another kind of register lies in the way. */
static LLVMTypeRef number_type(const struct cairn_lift *lift, unsigned type)
{
    return type == CAIRN_TYPE_F64 ? lift->f64 : type == CAIRN_TYPE_F32 ? lift->f32 : lift->i32;
}

static LLVMValueRef is_nan(struct cairn_lift *lift, LLVMValueRef number, unsigned type)
{
    LLVMBuilderRef builder = lift->builder;
    if (type != CAIRN_TYPE_F16)
        return LLVMBuildFCmp(builder, LLVMRealUNO, number, number, "");
    number = LLVMBuildAnd(builder, number, cairn_lift_const32(lift, 0x7fff), "");
    return LLVMBuildICmp(builder, LLVMIntUGT, number, cairn_lift_const32(lift, 0x7c00), "");
}

LLVMValueRef cairn_nan_scalar(struct cairn_lift *lift, const char *name,
                              enum cairn_semantics_mode mode, unsigned type,
                              const LLVMValueRef *args)
{
    struct cairn_semantics *semantics = lift->semantics;
    LLVMBuilderRef b = lift->builder;
    const struct cairn_semantics_function *quick =
        cairn_semantics_find_as(semantics, name, true, mode, false);
    LLVMValueRef result = cairn_semantics_splice(semantics, quick, b, lift->module, args);
    if (quick == cairn_semantics_find_as(semantics, name, true, mode, true))
        return result;
    LLVMTypeRef bits = LLVMTypeOf(result), number = number_type(lift, type), function_type;
    struct cairn_nan_operation operation = {.name = name, .mode = mode};
    operation.count = (uint8_t)cairn_semantics_arguments(quick);
    operation.result = LLVMBuildBitCast(b, result, number, "");
    for (unsigned i = 0; i < operation.count; i++)
        operation.arg[i] = LLVMBuildBitCast(b, args[i], number, "");
    LLVMValueRef function = exact_function(lift, &operation, true, &function_type);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(b);
    LLVMBasicBlockRef cold = cairn_lift_block(lift, "nan"), on = cairn_lift_block(lift, "on");
    LLVMValueRef found = is_nan(lift, operation.result, type);
    mark_unlikely(lift, LLVMBuildCondBr(b, found, cold, on));
    LLVMPositionBuilderAtEnd(b, cold);
    LLVMValueRef exact =
        LLVMBuildCall2(b, function_type, function, operation.arg, operation.count, "");
    LLVMBuildBr(b, on);
    LLVMPositionBuilderAtEnd(b, on);
    LLVMValueRef phi = LLVMBuildPhi(b, number, ""), values[] = {operation.result, exact};
    LLVMBasicBlockRef from[] = {here, cold};
    LLVMAddIncoming(phi, values, from, 2);
    return LLVMBuildBitCast(b, phi, bits, "");
}
