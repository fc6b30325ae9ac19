/* SPDX-License-Identifier: MIT
 * The code between a branch on EXEC and the place where it would have jumped to, run with an empty
 * EXEC: no number that it writes may be looked at behind it, EXEC must be empty at its end, and
 * every mask that is looked at behind it must be what it was.
 */
#include "finalizer/llvm/gate.h"

#include "finalizer/llvm/idle.h"

#include <stdlib.h>
#include <string.h>

struct cairn_gates {
    const struct cairn_lift *lift;
    const struct cairn_lanes *lanes;
    /* Of the gate that is looked at. */
    uint32_t join;  /* where skipping lanes go */
    bool *inside;   /* by block */
    uint32_t *list; /* blocks inside, in order */
    uint32_t count;
    uint8_t (*idle)[128];
    uint64_t numbers[3]; /* written inside */
    bool waits;
    /* What was found out, by block. */
    bool *known, *can_wait;
    const char **why;
};

/* ---- one instruction */

/* d = EXEC; EXEC = s op EXEC. */
static void idle_saveexec(uint8_t *idle, const struct cairn_insn *insn)
{
    uint8_t source = cairn_idle_of(idle, &insn->slot[CAIRN_SLOT_SRC0]);
    uint8_t exec = idle[CAIRN_CODE_EXEC_LO], result = CAIRN_IDLE_UNKNOWN;
    unsigned dst = insn->slot[CAIRN_SLOT_DST].code;
    if (insn->op == CAIRN_OP_s_and_saveexec_b64 || insn->op == CAIRN_OP_s_andn1_saveexec_b64)
        result = insn->op == CAIRN_OP_s_and_saveexec_b64 ? cairn_idle_and(source, exec)
                                                         : cairn_idle_and(exec, exec);
    else if (insn->op == CAIRN_OP_s_or_saveexec_b64 || insn->op == CAIRN_OP_s_xor_saveexec_b64)
        result = cairn_idle_or(source, exec);
    else if (insn->op == CAIRN_OP_s_andn2_saveexec_b64)
        result = source == CAIRN_IDLE_ZERO ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
    idle[dst] = idle[dst + 1] = exec;
    idle[CAIRN_CODE_EXEC_LO] = idle[CAIRN_CODE_EXEC_HI] = result;
}

static bool is_saveexec(const struct cairn_insn *insn)
{
    return insn->encoding == CAIRN_ENC_SOP1 &&
           (cairn_isa_flags(insn) & CAIRN_ISA_WRITES_EXEC) != 0 &&
           insn->slot[CAIRN_SLOT_DST].code != CAIRN_CODE_EXEC_LO;
}

/* Does it get what other waves may have changed? What is only added to memory tells nothing. */
static bool hears_of_others(const struct cairn_program_insn *at)
{
    bool gets = cairn_operand_present(&at->insn.slot[CAIRN_SLOT_DST]);
    return gets &&
           ((at->flags & CAIRN_ISA_ATOMIC) ||
            ((at->flags & CAIRN_ISA_LOADS) && (at->insn.glc || at->insn.encoding == CAIRN_ENC_DS)));
}

static void idle_insn(struct cairn_gates *gate, uint32_t index, uint8_t *idle)
{
    const struct cairn_program_insn *at = &gate->lift->program->insns[index];
    const struct cairn_lift_family *family;
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(&at->insn, &reads, &writes, &any);
    enum cairn_lift_kind kind = cairn_lift_kind_of(gate->lift, index, &family);
    gate->waits = gate->waits || hears_of_others(at);
    bool number =
        kind == CAIRN_LIFT_SCALAR || (kind == CAIRN_LIFT_MASK && !gate->lanes->in_lanes[index]);
    for (unsigned i = 0; i < 3 && number; i++)
        gate->numbers[i] |= writes.s[i];
    if (kind == CAIRN_LIFT_MASK && is_saveexec(&at->insn)) {
        idle_saveexec(idle, &at->insn);
        return;
    }
    if (kind == CAIRN_LIFT_MASK) {
        uint8_t result = cairn_idle_result(idle, &at->insn);
        for (unsigned code = 0; code < 128; code++)
            if (cairn_regs_has_s(&writes, code))
                idle[code] = result;
        return;
    }
    for (unsigned code = 0; code < 128; code++)
        if (cairn_regs_has_s(&writes, code)) /* compares give 0 for lanes that are off */
            idle[code] = kind == CAIRN_LIFT_LANE ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
}

static bool idle_join(uint8_t *to, const uint8_t *from)
{
    bool changed = false;
    for (unsigned i = 0; i < 128; i++) {
        uint8_t joined = to[i] == CAIRN_IDLE_NEW ? from[i]
                         : to[i] == from[i]      ? to[i]
                                                 : CAIRN_IDLE_UNKNOWN;
        changed = changed || joined != to[i];
        to[i] = joined;
    }
    return changed;
}

/* ---- the code inside */

static void add_inside(struct cairn_gates *gate, uint32_t block)
{
    if (block == CAIRN_NO_BLOCK || block == gate->join || gate->inside[block])
        return;
    gate->inside[block] = true;
    memset(gate->idle[block], CAIRN_IDLE_NEW, sizeof gate->idle[block]);
    gate->list[gate->count++] = block;
}

static int by_position(const void *a, const void *b, void *gate)
{
    const struct cairn_program_block *blocks =
        ((const struct cairn_gates *)gate)->lift->program->blocks;
    uint32_t x = blocks[*(const uint32_t *)a].position, y = blocks[*(const uint32_t *)b].position;
    return (x > y) - (x < y);
}

/* Blocks that are reached from `start` without passing the join. */
static void find_inside(struct cairn_gates *gate, uint32_t start)
{
    for (uint32_t i = 0; i < gate->count; i++)
        gate->inside[gate->list[i]] = false;
    gate->count = 0;
    add_inside(gate, start);
    for (uint32_t i = 0; i < gate->count; i++) {
        const struct cairn_program_block *block = &gate->lift->program->blocks[gate->list[i]];
        add_inside(gate, block->next);
        add_inside(gate, block->taken);
    }
    qsort_r(gate->list, gate->count, sizeof *gate->list, by_position, gate);
}

/* Runs a block inside; false: the program ends in it. */
static bool idle_block(struct cairn_gates *gate, uint32_t index, uint8_t *at_join, bool *changed)
{
    const struct cairn_program_block *block = &gate->lift->program->blocks[index];
    uint32_t to[] = {block->next, block->taken};
    uint8_t now[128];
    if (block->end != CAIRN_END_NEXT && block->end != CAIRN_END_BRANCH &&
        block->end != CAIRN_END_COND)
        return false;
    memcpy(now, gate->idle[index], sizeof now);
    for (uint32_t i = 0; i < block->count; i++)
        idle_insn(gate, block->first + i, now);
    for (unsigned i = 0; i < 2; i++)
        if (to[i] != CAIRN_NO_BLOCK &&
            idle_join(to[i] == gate->join ? at_join : gate->idle[to[i]], now))
            *changed = true;
    return true;
}

/* The masks as they come to the join. */
static bool idle_walk(struct cairn_gates *gate, uint32_t start, uint8_t *at_join)
{
    uint8_t first[128];
    memset(first, CAIRN_IDLE_SAME, sizeof first);
    first[CAIRN_CODE_EXEC_LO] = first[CAIRN_CODE_EXEC_HI] = CAIRN_IDLE_ZERO;
    memset(at_join, CAIRN_IDLE_NEW, 128);
    if (start == gate->join)
        return true;
    idle_join(gate->idle[start], first);
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < gate->count; i++)
            if (gate->idle[gate->list[i]][0] != CAIRN_IDLE_NEW &&
                !idle_block(gate, gate->list[i], at_join, &changed))
                return false;
    }
    return true;
}

static const char *check(struct cairn_gates *gate, uint32_t from, uint32_t start)
{
    const struct cairn_regs *live = &gate->lift->live->live_in[gate->join];
    uint8_t at_join[128];
    memset(gate->numbers, 0, sizeof gate->numbers);
    gate->waits = false;
    find_inside(gate, start);
    if (!idle_walk(gate, start, at_join))
        return "the program ends for some waves first";
    gate->can_wait[from] = gate->inside[from] && gate->waits;
    if (cairn_codes_meet(gate->numbers, live->s))
        return "a number is written where some waves have no lanes";
    if (at_join[CAIRN_CODE_EXEC_LO] != CAIRN_IDLE_ZERO &&
        at_join[CAIRN_CODE_EXEC_LO] != CAIRN_IDLE_NEW)
        return "EXEC of a wave without lanes is not followed";
    for (unsigned code = 0; code < CAIRN_CODE_EXEC_LO; code++)
        if (cairn_regs_has_s(live, code) && at_join[code] != CAIRN_IDLE_SAME &&
            at_join[code] != CAIRN_IDLE_NEW && !cairn_lanes_has(gate->numbers, code))
            return "a mask of a wave without lanes is not followed";
    return NULL;
}

/* ---- gates */

bool cairn_is_gate(const struct cairn_program *program, uint32_t block)
{
    const struct cairn_program_block *at = &program->blocks[block];
    if (at->end != CAIRN_END_COND || at->count == 0)
        return false;
    unsigned op = cairn_program_last(program, block)->op;
    return op == CAIRN_OP_s_cbranch_execz || op == CAIRN_OP_s_cbranch_execnz;
}

static void look(struct cairn_gates *gates, uint32_t block)
{
    const struct cairn_program *program = gates->lift->program;
    const struct cairn_program_block *at = &program->blocks[block];
    bool zero = cairn_program_last(program, block)->op == CAIRN_OP_s_cbranch_execz;
    if (gates->known[block])
        return;
    gates->join = zero ? at->taken : at->next;
    uint32_t start = zero ? at->next : at->taken;
    bool leads = gates->join != CAIRN_NO_BLOCK && start != CAIRN_NO_BLOCK;
    gates->why[block] = leads ? check(gates, block, start) : "leads out of the program";
    gates->known[block] = true;
}

const char *cairn_gate_why(struct cairn_gates *gates, uint32_t block)
{
    look(gates, block);
    return gates->why[block];
}

bool cairn_gate_waits(struct cairn_gates *gates, uint32_t block)
{
    look(gates, block);
    return gates->can_wait[block];
}

enum cairn_status cairn_gates_create(const struct cairn_lift *lift, const struct cairn_lanes *lanes,
                                     struct cairn_gates **out)
{
    const struct cairn_program *program = lift->program;
    size_t count = (size_t)program->block_count + 1;
    struct cairn_gates *gates = calloc(1, sizeof *gates);
    if (gates == NULL)
        return CAIRN_ERR_NO_MEMORY;
    gates->lift = lift;
    gates->lanes = lanes;
    gates->inside = calloc(count, sizeof *gates->inside);
    gates->list = calloc(count, sizeof *gates->list);
    gates->idle = calloc(count, sizeof *gates->idle);
    gates->known = calloc(count, sizeof *gates->known);
    gates->can_wait = calloc(count, sizeof *gates->can_wait);
    gates->why = calloc(count, sizeof *gates->why);
    if (gates->inside == NULL || gates->list == NULL || gates->idle == NULL ||
        gates->known == NULL || gates->can_wait == NULL || gates->why == NULL) {
        cairn_gates_destroy(gates);
        return CAIRN_ERR_NO_MEMORY;
    }
    *out = gates;
    return CAIRN_OK;
}

void cairn_gates_destroy(struct cairn_gates *gates)
{
    if (gates == NULL)
        return;
    free(gates->inside);
    free(gates->list);
    free(gates->idle);
    free(gates->known);
    free(gates->can_wait);
    free((void *)gates->why);
    free(gates);
}
