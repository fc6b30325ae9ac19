/* SPDX-License-Identifier: MIT
 * Follows masks through the program: what compares write is one, and what bit operations make of
 * one. Where control may come in ways that the program does not show, everything may be one.
 */
#include "finalizer/llvm/lanes.h"

#include "finalizer/scopes.h"

#include <stdlib.h>
#include <string.h>

struct pass {
    const struct cairn_lift *lift;
    const struct cairn_program *program;
    struct cairn_lanes *lanes;
    uint64_t now[3];
    bool *reached;
    struct cairn_lanes_note note; /* of the instruction that is looked at */
    bool changed;
};

static void set_code(uint64_t set[3], unsigned code, bool on)
{
    uint64_t bit = UINT64_C(1) << (code % 64);
    set[code / 64] = on ? set[code / 64] | bit : set[code / 64] & ~bit;
}

/* ---- one instruction */

/* Sources that are live state of masks. */
static bool looks_at_mask(const struct pass *pass, unsigned code)
{
    return (code == CAIRN_CODE_VCCZ && cairn_lanes_has(pass->now, CAIRN_CODE_VCC_LO)) ||
           code == CAIRN_CODE_EXECZ ||
           (code == CAIRN_CODE_SCC && cairn_lanes_has(pass->now, CAIRN_SREG_SCC));
}

/* What a vector instruction reads as numbers: scalar operands that are no masks. */
static bool reads_own_number(const struct pass *pass, const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (looks_at_mask(pass, operand->code))
            return true;
        if (operand->code >= 128 || operand->type == CAIRN_TYPE_MASK)
            continue;
        for (unsigned d = 0; d < operand->dwords; d++)
            if (cairn_lanes_has(pass->now, operand->code + d))
                return true;
    }
    return cairn_lanes_has(pass->now, CAIRN_CODE_M0) &&
           (cairn_isa_flags(insn) & CAIRN_ISA_READS_M0) != 0;
}

static void note_mask(struct pass *pass, unsigned code)
{
    if (pass->lanes != NULL)
        pass->lanes->is_mask[code] = pass->lanes->is_mask[code + 1] = true;
}

static void note_masks(struct pass *pass, const struct cairn_insn *insn, bool all)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        bool source = i != CAIRN_SLOT_DST && i != CAIRN_SLOT_SDST;
        if (operand->code >= 127 || !source || (!all && operand->type != CAIRN_TYPE_MASK))
            continue;
        note_mask(pass, operand->code);
        if (cairn_lanes_has(pass->now, operand->code) !=
            cairn_lanes_has(pass->now, operand->code + 1))
            pass->note.why = "half of a lane mask is a number";
    }
}

static void set_masks(struct pass *pass, const struct cairn_regs *writes)
{
    for (unsigned code = 0; code < 128; code++)
        if (cairn_regs_has_s(writes, code))
            set_code(pass->now, code, true);
}

/* Are all sources the same in all lanes of the workgroup? Asked where waves are merged alone:
 * chunks that run by themselves (cairn_lanes_step) have their masks to themselves. */
static bool is_same_everywhere(const struct pass *pass, uint32_t index)
{
    return pass->lanes != NULL && pass->lift->facts->insn[index].same_sources;
}

/* EXEC is 64 ones there, as good as a number. */
static bool is_full(const struct pass *pass, uint32_t index)
{
    return pass->lanes != NULL && pass->lift->facts->insn[index].exec_full;
}

/* Comparisons of such values by all lanes: 64 equal bits, as good as a number. */
static bool compares_same(const struct pass *pass, uint32_t index, const struct cairn_insn *insn,
                          const struct cairn_regs *writes)
{
    bool plain = insn->variant == CAIRN_VARIANT_PLAIN || insn->variant == CAIRN_VARIANT_SDWA;
    for (unsigned i = 0; i < 8; i++)
        plain = plain && writes->v[i] == 0;
    return plain && insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_VOP3P &&
           is_full(pass, index) && !cairn_regs_has_s(writes, CAIRN_CODE_EXEC_LO) &&
           is_same_everywhere(pass, index);
}

static void run_lane(struct pass *pass, uint32_t index, const struct cairn_insn *insn,
                     const struct cairn_regs *writes)
{
    if (reads_own_number(pass, insn))
        pass->note.why = "a lane mask is read as a number by a vector instruction";
    note_masks(pass, insn, false);
    bool own = !compares_same(pass, index, insn, writes);
    for (unsigned code = 0; code < 128; code++)
        if (cairn_regs_has_s(writes, code))
            set_code(pass->now, code, own);
}

static void run_mask(struct pass *pass, uint32_t index, const struct cairn_insn *insn,
                     const struct cairn_regs *reads, const struct cairn_regs *writes)
{
    bool own = cairn_regs_has_s(writes, CAIRN_CODE_EXEC_LO);
    for (unsigned code = 0; code < 128; code++) {
        bool ones = code >= CAIRN_CODE_EXEC_LO && is_full(pass, index);
        own = own || (!ones && cairn_regs_has_s(reads, code) && cairn_lanes_has(pass->now, code));
    }
    if (cairn_regs_has_s(reads, CAIRN_SREG_SCC) && cairn_lanes_has(pass->now, CAIRN_SREG_SCC))
        pass->note.why = "SCC of a lane mask is selected by";
    pass->note.in_lanes = own;
    note_masks(pass, insn, true); /* lanes may do it, whatever it is on: plan.c */
    for (unsigned code = 0; code <= CAIRN_SREG_SCC; code++)
        if (cairn_regs_has_s(writes, code))
            set_code(pass->now, code, own);
}

static void run_scalar(struct pass *pass, uint32_t index, const struct cairn_insn *insn,
                       const struct cairn_regs *reads, const struct cairn_regs *writes)
{
    bool reads_lane =
        insn->op == CAIRN_OP_v_readfirstlane_b32 || insn->op == CAIRN_OP_v_readlane_b32;
    bool same = reads_lane && is_same_everywhere(pass, index);
    struct cairn_regs numbers = *reads;
    if (same) /* whichever lane it is, EXEC does not matter */
        numbers.s[1] &= ~(UINT64_C(3) << (CAIRN_CODE_EXEC_LO - 64));
    if (cairn_codes_meet(numbers.s, pass->now))
        pass->note.why = "a lane mask is read as a number";
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(reads, i) && !same && !cairn_regs_has_v(writes, i)) /* v_writelane */
            pass->note.why = "a lane is read as a number";
    if (cairn_regs_has_s(writes, CAIRN_CODE_EXEC_LO) ||
        cairn_regs_has_s(writes, CAIRN_CODE_EXEC_HI))
        pass->note.why = "half of EXEC is written";
    for (unsigned i = 0; i < 3; i++)
        pass->now[i] &= ~writes->s[i];
    if (cairn_regs_has_s(writes, CAIRN_CODE_EXEC_LO) ||
        cairn_regs_has_s(writes, CAIRN_CODE_EXEC_HI)) {
        set_code(pass->now, CAIRN_CODE_EXEC_LO, true);
        set_code(pass->now, CAIRN_CODE_EXEC_HI, true);
    }
}

static void run_control(struct pass *pass, const struct cairn_insn *insn)
{
    switch (insn->op) {
    case CAIRN_OP_s_branch:
    case CAIRN_OP_s_endpgm:
    case CAIRN_OP_s_barrier:
    case CAIRN_OP_s_cbranch_execz:
    case CAIRN_OP_s_cbranch_execnz:
        return;
    case CAIRN_OP_s_cbranch_scc0:
    case CAIRN_OP_s_cbranch_scc1:
        if (cairn_lanes_has(pass->now, CAIRN_SREG_SCC))
            pass->note.why = "a branch looks at SCC of a lane mask";
        return;
    case CAIRN_OP_s_cbranch_vccz:
    case CAIRN_OP_s_cbranch_vccnz:
        if (cairn_lanes_has(pass->now, CAIRN_CODE_VCC_LO))
            pass->note.why = "a branch looks at a lane mask in VCC";
        note_mask(pass, CAIRN_CODE_VCC_LO); /* it asks all waves: all must have the number */
        return;
    default:
        pass->note.why = "calls, sleeps or jumps to a register";
    }
}

static void run_insn(struct pass *pass, uint32_t index)
{
    const struct cairn_insn *insn = &pass->program->insns[index].insn;
    const struct cairn_lift_family *family;
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    pass->note = (struct cairn_lanes_note){0};
    switch (cairn_lift_kind_of(pass->lift, index, &family)) {
    case CAIRN_LIFT_NONE:
        return;
    case CAIRN_LIFT_LANE:
        run_lane(pass, index, insn, &writes);
        return;
    case CAIRN_LIFT_MASK:
        run_mask(pass, index, insn, &reads, &writes);
        return;
    case CAIRN_LIFT_SCALAR:
        run_scalar(pass, index, insn, &reads, &writes);
        return;
    case CAIRN_LIFT_CONTROL:
        run_control(pass, insn);
        return;
    default:
        set_masks(pass, &writes);
        pass->note.why = "an instruction needs all lanes of one wave";
    }
}

/* ---- the program */

static void run_block(struct pass *pass, uint32_t index)
{
    const struct cairn_program_block *block = &pass->program->blocks[index];
    memcpy(pass->now, pass->lanes->own[index], sizeof pass->now);
    for (uint32_t i = 0; i < block->count; i++) {
        run_insn(pass, block->first + i);
        pass->lanes->why[block->first + i] = pass->note.why;
        pass->lanes->in_lanes[block->first + i] = pass->note.in_lanes;
    }
}

static void flow(struct pass *pass, uint32_t to)
{
    if (to == CAIRN_NO_BLOCK)
        return;
    pass->changed = pass->changed || !pass->reached[to];
    pass->reached[to] = true;
    for (unsigned i = 0; i < 3; i++) {
        pass->changed = pass->changed || (pass->now[i] & ~pass->lanes->own[to][i]);
        pass->lanes->own[to][i] |= pass->now[i];
    }
}

static void follow(struct pass *pass)
{
    const struct cairn_program *program = pass->program;
    for (uint32_t i = 0; i < program->block_count; i++) {
        bool entry = i == program->entry;
        pass->reached[i] = entry || cairn_block_is_root(program, i);
        if (pass->reached[i] && !entry)
            memset(pass->lanes->own[i], 0xff, sizeof pass->lanes->own[i]);
    }
    set_code(pass->lanes->own[program->entry], CAIRN_CODE_EXEC_LO, true);
    set_code(pass->lanes->own[program->entry], CAIRN_CODE_EXEC_HI, true);
    do {
        pass->changed = false;
        for (uint32_t i = 0; i < program->block_count; i++) {
            const struct cairn_program_block *block = &program->blocks[program->order[i]];
            if (!pass->reached[program->order[i]])
                continue;
            run_block(pass, program->order[i]);
            flow(pass, block->next);
            flow(pass, block->taken);
        }
    } while (pass->changed);
}

enum cairn_status cairn_lanes_build(const struct cairn_lift *lift, struct cairn_lanes **out)
{
    const struct cairn_program *program = lift->program;
    struct cairn_lanes *lanes = calloc(1, sizeof *lanes);
    struct pass pass = {.lift = lift, .program = program, .lanes = lanes};
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    pass.reached = calloc(program->block_count + 1, sizeof *pass.reached);
    if (lanes != NULL) {
        lanes->in_lanes = calloc(program->insn_count + 1, sizeof *lanes->in_lanes);
        lanes->why = calloc(program->insn_count + 1, sizeof *lanes->why);
        lanes->own = calloc(program->block_count + 1, sizeof *lanes->own);
    }
    if (pass.reached != NULL && lanes != NULL && lanes->in_lanes != NULL && lanes->why != NULL &&
        lanes->own != NULL) {
        follow(&pass);
        *out = lanes;
        status = CAIRN_OK;
    } else {
        cairn_lanes_destroy(lanes);
    }
    free(pass.reached);
    return status;
}

struct cairn_lanes_note cairn_lanes_step(const struct cairn_lift *lift, uint32_t insn,
                                         uint64_t own[3])
{
    struct pass pass = {.lift = lift, .program = lift->program};
    memcpy(pass.now, own, sizeof pass.now);
    run_insn(&pass, insn);
    memcpy(own, pass.now, sizeof pass.now);
    return pass.note;
}

void cairn_lanes_own_at(const struct cairn_lift *lift, const struct cairn_lanes *lanes,
                        uint32_t block, uint32_t insn, uint64_t own[3])
{
    memcpy(own, lanes->own[block], 3 * sizeof own[0]);
    for (uint32_t i = lift->program->blocks[block].first; i < insn; i++)
        cairn_lanes_step(lift, i, own);
}

void cairn_lanes_destroy(struct cairn_lanes *lanes)
{
    if (lanes == NULL)
        return;
    free(lanes->in_lanes);
    free((void *)lanes->why);
    free(lanes->own);
    free(lanes);
}
