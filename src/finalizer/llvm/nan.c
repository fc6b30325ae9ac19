/* SPDX-License-Identifier: MIT
 * Float results that wait: which registers hold such, what an instruction may do with them, and
 * settling, where somebody could see their bits. Then one test asks whether a result is NaN, and if
 * so, a function is called that computes the registers that are live once more, exactly.
 */
#include "finalizer/llvm/nan_priv.h"

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

/* ---- settling */

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

static void join(struct cairn_nan_settling *s, LLVMBasicBlockRef cold, const uint16_t *vregs,
                 unsigned count, const uint64_t *places)
{
    struct cairn_lift *lift = s->lift;
    LLVMBasicBlockRef from[] = {s->here, cold};
    for (unsigned i = 0; i < count; i++) {
        if (places[i] == UINT64_MAX)
            continue;
        LLVMValueRef value = lift->region->vector[vregs[i]];
        LLVMValueRef values[] = {value, cairn_nan_take_back(s, LLVMTypeOf(value), places[i])};
        LLVMValueRef phi = LLVMBuildPhi(lift->builder, LLVMTypeOf(value), "");
        LLVMAddIncoming(phi, values, from, 2);
        lift->region->vector[vregs[i]] = phi;
    }
}

static void settle(struct cairn_nan_settling *s, const uint16_t *vregs, unsigned count)
{
    struct cairn_lift *lift = s->lift;
    uint64_t places[CAIRN_VREGS];
    s->here = LLVMGetInsertBlock(lift->builder);
    LLVMBasicBlockRef cold = cairn_lift_block(lift, "nan");
    s->call = LLVMCreateBuilderInContext(lift->context);
    LLVMPositionBuilderAtEnd(s->call, cold);
    cairn_nan_build_copies(s, vregs, count, places);
    LLVMValueRef test = cairn_nan_build_test(s);
    if (test == NULL) {
        LLVMDeleteBasicBlock(cold);
        LLVMDeleteFunction(s->function);
    } else {
        LLVMBasicBlockRef on = cairn_lift_block(lift, "settled");
        struct cairn_nan_buffer *buffer = &cairn_lifter_of(lift)->nan_buffer;
        buffer->fork[buffer->forks++ % CAIRN_NAN_FORKS] = (struct cairn_nan_fork){s->here, on};
        cairn_lift_weigh(lift, LLVMBuildCondBr(lift->builder, test, cold, on), CAIRN_NAN_SELDOM,
                         CAIRN_NAN_MOSTLY);
        LLVMPositionBuilderAtEnd(lift->builder, on);
        join(s, cold, vregs, count, places);
        LLVMBuildBr(s->call, on);
    }
    LLVMDisposeBuilder(s->call);
}

void cairn_nan_settle(struct cairn_lift *lift)
{
    struct cairn_nan_settling s = {.lift = lift, .nan = &lift->region->nan};
    uint16_t vregs[CAIRN_VREGS];
    unsigned count = s.nan->count == 0 ? 0 : waiting_registers(lift, vregs);
    if (count > 0 && cairn_nan_open(&s)) {
        settle(&s, vregs, count);
        cairn_nan_close(&s);
    }
    cairn_nan_forget(lift);
}
