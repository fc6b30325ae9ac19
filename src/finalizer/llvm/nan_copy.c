/* SPDX-License-Identifier: MIT
 * The copy of straight code that makes registers' values exact. A value that is live hangs on
 * operations; what lies between is copied into a function of its own, with calls of the exact
 * functions in place of the operations. What it needs and gives goes through a buffer on the stack;
 * registers and guest memory it loads again if nothing was stored since, since to keep their values
 * would cost the usual path.
 */
#include "finalizer/llvm/nan_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- the table of values */

struct cairn_nan_copied {
    LLVMValueRef value, copy; /* copy: NULL while there is none */
    struct cairn_nan_operation *operation;
    enum { UNKNOWN, STAYS, CHANGES } state; /* does it hang on operations, or load again? */
};

enum { MOST_OPERANDS = 8, ALIGNMENT = 64 };

static struct cairn_nan_copied *slot_of(struct cairn_nan_copied *table, size_t capacity,
                                        LLVMValueRef value)
{
    size_t at = (uintptr_t)value / sizeof(void *) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    while (table[at & (capacity - 1)].value != NULL && table[at & (capacity - 1)].value != value)
        at++;
    return &table[at & (capacity - 1)];
}

static bool grow(struct cairn_nan_settling *s)
{
    size_t capacity = 2 * s->capacity;
    struct cairn_nan_copied *table = calloc(capacity, sizeof *table);
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
static struct cairn_nan_copied *entry_of(struct cairn_nan_settling *s, LLVMValueRef value)
{
    if (2 * s->used >= s->capacity && !grow(s))
        return NULL;
    struct cairn_nan_copied *at = slot_of(s->table, s->capacity, value);
    s->used += at->value == NULL;
    at->value = value;
    return at;
}

bool cairn_nan_open(struct cairn_nan_settling *s)
{
    s->capacity = 256;
    while (s->capacity < 4 * (size_t)s->nan->count)
        s->capacity *= 2;
    s->table = calloc(s->capacity, sizeof *s->table);
    for (unsigned i = 0; s->table != NULL && i < s->nan->count; i++) {
        LLVMValueRef result = s->nan->operation[i].result;
        *slot_of(s->table, s->capacity, result) =
            (struct cairn_nan_copied){result, NULL, &s->nan->operation[i], CHANGES};
    }
    s->used = s->nan->count;
    return s->table != NULL;
}

void cairn_nan_close(struct cairn_nan_settling *s)
{
    free(s->table);
}

struct cairn_nan_operation *cairn_nan_operation_of(const struct cairn_nan_settling *s,
                                                   LLVMValueRef value)
{
    return slot_of(s->table, s->capacity, value)->operation;
}

/* ---- what hangs on operations */

static bool is_tagged(const struct cairn_nan_settling *s, LLVMValueRef access, LLVMValueRef list)
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
static LLVMValueRef one_before(const struct cairn_nan_settling *s, LLVMValueRef insn)
{
    LLVMValueRef before = LLVMGetPreviousInstruction(insn);
    const struct cairn_nan_buffer *buffer = &cairn_lifter_of(s->lift)->nan_buffer;
    LLVMBasicBlockRef block = LLVMGetInstructionParent(insn);
    for (unsigned i = 0; before == NULL && i < CAIRN_NAN_FORKS; i++)
        if (buffer->fork[i].on == block)
            before = LLVMGetLastInstruction(buffer->fork[i].here);
    return before;
}

static void find_writes(struct cairn_nan_settling *s)
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
static bool is_behind(const struct cairn_nan_settling *s, LLVMValueRef insn, LLVMValueRef last)
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

static bool may_load_again(const struct cairn_nan_settling *s, LLVMValueRef load)
{
    bool guest = is_tagged(s, load, cairn_lifter_of(s->lift)->function.guest_list);
    return !LLVMGetVolatile(load) && !is_slot(LLVMGetOperand(load, 0)) &&
           is_behind(s, load, guest ? s->guest : s->any);
}

static bool is_known_block(const struct cairn_nan_settling *s, LLVMBasicBlockRef block)
{
    for (unsigned i = 0; i < s->nan->blocks; i++)
        if (s->nan->block[i] == block)
            return true;
    return block == s->here;
}

static bool is_copied(const struct cairn_nan_settling *s, LLVMValueRef value)
{
    if (LLVMIsAInstruction(value) == NULL || !is_known_block(s, LLVMGetInstructionParent(value)) ||
        LLVMIsAPHINode(value) != NULL || LLVMIsAAllocaInst(value) != NULL || writes_memory(value) ||
        LLVMIsATerminatorInst(value) != NULL)
        return false;
    if (LLVMIsALoadInst(value) != NULL)
        return may_load_again(s, value);
    return true;
}

static bool changes(struct cairn_nan_settling *s, LLVMValueRef value)
{
    const struct cairn_nan_copied *known = slot_of(s->table, s->capacity, value);
    if (known->value != NULL && known->state != UNKNOWN)
        return known->state == CHANGES;
    if (!is_copied(s, value) || LLVMGetNumOperands(value) > MOST_OPERANDS)
        return false;
    bool call = LLVMIsACallInst(value) != NULL, found = LLVMIsALoadInst(value) != NULL;
    for (int i = 0; i < LLVMGetNumOperands(value) - call && !found; i++)
        found = changes(s, LLVMGetOperand(value, (unsigned)i));
    struct cairn_nan_copied *entry = entry_of(s, value);
    if (entry != NULL)
        entry->state = found ? CHANGES : STAYS;
    return found;
}

/* ---- the buffer */

static LLVMValueRef place(struct cairn_nan_settling *s, LLVMBuilderRef builder, LLVMValueRef buffer,
                          uint64_t offset)
{
    LLVMValueRef index = cairn_lift_const64(s->lift, offset);
    return LLVMBuildInBoundsGEP2(builder, s->lift->i8, buffer, &index, 1, "");
}

/* One for all, as long as the longest. */
static LLVMValueRef buffer_of(struct cairn_nan_settling *s)
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

static uint64_t take_place(struct cairn_nan_settling *s)
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
static LLVMValueRef brought(struct cairn_nan_settling *s, LLVMValueRef value)
{
    struct cairn_lift *lift = s->lift;
    if (LLVMIsConstant(value))
        return value;
    const struct cairn_nan_copied *known = slot_of(s->table, s->capacity, value);
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
    struct cairn_nan_copied *entry = entry_of(s, value);
    if (entry != NULL)
        entry->copy = got;
    return got;
}

LLVMValueRef cairn_nan_take_back(struct cairn_nan_settling *s, LLVMTypeRef type, uint64_t at)
{
    return LLVMBuildLoad2(s->call, type, place(s, s->call, buffer_of(s), at), "");
}

/* ---- the function */

static LLVMValueRef copy(struct cairn_nan_settling *s, LLVMValueRef value);

static LLVMValueRef copy_insn(struct cairn_nan_settling *s, LLVMValueRef value)
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

static LLVMValueRef copy_operation(struct cairn_nan_settling *s,
                                   struct cairn_nan_operation *operation)
{
    LLVMValueRef args[3];
    LLVMTypeRef type;
    operation->reached = true;
    for (unsigned i = 0; i < operation->count; i++)
        args[i] = operation->arg[i] == operation->result ? copy_insn(s, operation->result)
                                                         : copy(s, operation->arg[i]);
    LLVMValueRef function = cairn_nan_exact_function(s->lift, operation, false, &type);
    return LLVMBuildCall2(s->copies, type, function, args, operation->count, "");
}

static LLVMValueRef copy(struct cairn_nan_settling *s, LLVMValueRef value)
{
    const struct cairn_nan_copied *known = slot_of(s->table, s->capacity, value);
    if (known->value != NULL && known->copy != NULL)
        return known->copy;
    if (!changes(s, value))
        return brought(s, value);
    struct cairn_nan_operation *operation = cairn_nan_operation_of(s, value);
    LLVMValueRef made = operation != NULL ? copy_operation(s, operation) : copy_insn(s, value);
    struct cairn_nan_copied *entry = entry_of(s, value);
    if (entry != NULL)
        entry->copy = made;
    return made;
}

void cairn_nan_build_copies(struct cairn_nan_settling *s, const uint16_t *vregs, unsigned count,
                            uint64_t *places)
{
    struct cairn_lift *lift = s->lift;
    find_writes(s);
    LLVMTypeRef type = LLVMFunctionType(lift->void_type, &lift->ptr, 1, false);
    s->function = cairn_nan_function(lift, "cairn_nan", type);
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
