/* SPDX-License-Identifier: MIT
 * Waves may run as one if nothing but vector registers and lane masks differs between them: scalar
 * registers hold either numbers, the same in all waves, or masks, of which each wave has its own
 * and which only lanes look at. Branches on numbers go one way for all. A branch on EXEC being
 * empty is taken when it is empty in all waves; so waves with an empty EXEC come along through code
 * that they would have skipped: no number that it writes may be looked at behind it, and no mask
 * may have changed. Loops that could wait for another wave of the group are not for this.
 */
#include "finalizer/llvm/merge.h"

#include "finalizer/llvm/idle.h"

#include <stdlib.h>
#include <string.h>

struct pass {
    const struct cairn_lift *lift;
    const struct cairn_program *program;
    struct cairn_merge *merge;
    uint64_t now[3]; /* own masks; SCC of one */
    uint64_t (*in)[3];
    bool *reached;
    const char *why;
    bool changed;
};

static bool meets(const uint64_t a[3], const uint64_t b[3])
{
    return (a[0] & b[0]) | (a[1] & b[1]) | (a[2] & b[2]);
}

static void set_code(uint64_t set[3], unsigned code, bool on)
{
    uint64_t bit = UINT64_C(1) << (code % 64);
    set[code / 64] = on ? set[code / 64] | bit : set[code / 64] & ~bit;
}

static bool has_code(const uint64_t set[3], unsigned code)
{
    return set[code / 64] >> (code % 64) & 1;
}

static void registers(const struct cairn_insn *insn, struct cairn_regs *reads,
                      struct cairn_regs *writes)
{
    bool any;
    memset(reads, 0, sizeof *reads);
    memset(writes, 0, sizeof *writes);
    cairn_insn_registers(insn, reads, writes, &any);
}

/* ---- numbers and masks */

/* What a vector instruction reads as numbers: scalar operands that are no masks. */
static bool reads_own_number(const struct pass *pass, const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (operand->code >= 128 || operand->type == CAIRN_TYPE_MASK)
            continue;
        for (unsigned d = 0; d < operand->dwords; d++)
            if (has_code(pass->now, operand->code + d))
                return true;
    }
    return has_code(pass->now, CAIRN_CODE_M0) && (cairn_isa_flags(insn) & CAIRN_ISA_READS_M0) != 0;
}

static void note_masks(struct pass *pass, const struct cairn_insn *insn, bool all)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        bool source = i != CAIRN_SLOT_DST && i != CAIRN_SLOT_SDST;
        if (operand->code < 127 && source && (all || operand->type == CAIRN_TYPE_MASK))
            pass->merge->is_mask[operand->code] = pass->merge->is_mask[operand->code + 1] = true;
    }
}

static void run_lane(struct pass *pass, const struct cairn_insn *insn,
                     const struct cairn_regs *writes)
{
    if (reads_own_number(pass, insn))
        pass->why = "a lane mask is read as a number by a vector instruction";
    note_masks(pass, insn, false);
    for (unsigned code = 0; code < 128; code++)
        if (cairn_regs_has_s(writes, code))
            set_code(pass->now, code, true);
}

static void run_mask(struct pass *pass, uint32_t index, const struct cairn_insn *insn,
                     const struct cairn_regs *reads, const struct cairn_regs *writes)
{
    bool own = cairn_regs_has_s(writes, CAIRN_CODE_EXEC_LO);
    for (unsigned code = 0; code < 128; code++)
        own = own || (cairn_regs_has_s(reads, code) && has_code(pass->now, code));
    if (cairn_regs_has_s(reads, CAIRN_SREG_SCC) && has_code(pass->now, CAIRN_SREG_SCC))
        pass->why = "SCC of a lane mask is selected by";
    pass->merge->in_lanes[index] = own;
    if (own)
        note_masks(pass, insn, true);
    for (unsigned code = 0; code <= CAIRN_SREG_SCC; code++)
        if (cairn_regs_has_s(writes, code))
            set_code(pass->now, code, own);
}

static void run_scalar(struct pass *pass, const struct cairn_regs *reads,
                       const struct cairn_regs *writes)
{
    if (meets(reads->s, pass->now))
        pass->why = "a lane mask is read as a number";
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(reads, i) && !cairn_regs_has_v(writes, i)) /* not v_writelane */
            pass->why = "a lane is read as a number";
    if (cairn_regs_has_s(writes, CAIRN_CODE_EXEC_LO) ||
        cairn_regs_has_s(writes, CAIRN_CODE_EXEC_HI))
        pass->why = "half of EXEC is written";
    for (unsigned i = 0; i < 3; i++)
        pass->now[i] &= ~writes->s[i];
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
        if (has_code(pass->now, CAIRN_SREG_SCC))
            pass->why = "a branch looks at SCC of a lane mask";
        return;
    case CAIRN_OP_s_cbranch_vccz:
    case CAIRN_OP_s_cbranch_vccnz:
        if (has_code(pass->now, CAIRN_CODE_VCC_LO))
            pass->why = "a branch looks at a lane mask in VCC";
        return;
    default:
        pass->why = "calls, sleeps or jumps to a register";
    }
}

static void run_insn(struct pass *pass, uint32_t index)
{
    const struct cairn_insn *insn = &pass->program->insns[index].insn;
    const struct cairn_lift_family *family;
    struct cairn_regs reads, writes;
    registers(insn, &reads, &writes);
    switch (cairn_lift_kind_of(pass->lift, index, &family)) {
    case CAIRN_LIFT_NONE:
        return;
    case CAIRN_LIFT_LANE:
        run_lane(pass, insn, &writes);
        return;
    case CAIRN_LIFT_MASK:
        run_mask(pass, index, insn, &reads, &writes);
        return;
    case CAIRN_LIFT_SCALAR:
        run_scalar(pass, &reads, &writes);
        return;
    case CAIRN_LIFT_CONTROL:
        run_control(pass, insn);
        return;
    default:
        pass->why = "an instruction needs all lanes of one wave";
    }
}

static void flow(struct pass *pass, uint32_t to)
{
    if (to == CAIRN_NO_BLOCK)
        return;
    if (!pass->reached[to]) {
        pass->reached[to] = pass->changed = true;
        memcpy(pass->in[to], pass->now, sizeof pass->now);
        return;
    }
    for (unsigned i = 0; i < 3; i++) {
        pass->changed = pass->changed || (pass->now[i] & ~pass->in[to][i]);
        pass->in[to][i] |= pass->now[i];
    }
}

static void find_own(struct pass *pass)
{
    const struct cairn_program *program = pass->program;
    pass->reached[program->entry] = true;
    set_code(pass->in[program->entry], CAIRN_CODE_EXEC_LO, true);
    set_code(pass->in[program->entry], CAIRN_CODE_EXEC_HI, true);
    do {
        pass->changed = false;
        for (uint32_t i = 0; i < program->block_count && pass->why == NULL; i++) {
            const struct cairn_program_block *block = &program->blocks[program->order[i]];
            if (!pass->reached[program->order[i]])
                continue;
            memcpy(pass->now, pass->in[program->order[i]], sizeof pass->now);
            for (uint32_t j = 0; j < block->count && pass->why == NULL; j++)
                run_insn(pass, block->first + j);
            if (block->end == CAIRN_END_STOP || block->end == CAIRN_END_INDIRECT)
                pass->why = "runs into code that is not known";
            flow(pass, block->next);
            flow(pass, block->taken);
        }
    } while (pass->changed && pass->why == NULL);
}

/* ---- code that waves with an empty EXEC come along through */

struct gate {
    const struct cairn_lift *lift;
    const struct cairn_merge *merge;
    uint32_t join; /* where skipping waves go */
    bool *inside;  /* by block */
    uint8_t (*idle)[128];
    uint64_t numbers[3]; /* written inside */
    bool loops, waits;
};

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

static void idle_insn(struct gate *gate, uint32_t index, uint8_t *idle)
{
    const struct cairn_program_insn *at = &gate->lift->program->insns[index];
    const struct cairn_lift_family *family;
    struct cairn_regs reads, writes;
    registers(&at->insn, &reads, &writes);
    enum cairn_lift_kind kind = cairn_lift_kind_of(gate->lift, index, &family);
    bool loads = at->flags & (CAIRN_ISA_LOADS | CAIRN_ISA_ATOMIC);
    gate->waits = gate->waits || (at->flags & CAIRN_ISA_ATOMIC) ||
                  (loads && (at->insn.glc || at->insn.encoding == CAIRN_ENC_DS));
    if (kind == CAIRN_LIFT_MASK && gate->merge->in_lanes[index]) {
        if (is_saveexec(&at->insn)) {
            idle_saveexec(idle, &at->insn);
            return;
        }
        uint8_t result = cairn_idle_result(idle, &at->insn);
        for (unsigned code = 0; code < 128; code++)
            if (cairn_regs_has_s(&writes, code))
                idle[code] = result;
        return;
    }
    if (kind == CAIRN_LIFT_SCALAR || kind == CAIRN_LIFT_MASK)
        for (unsigned i = 0; i < 3; i++)
            gate->numbers[i] |= writes.s[i];
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

/* Blocks that are reached from `start` without passing the join. */
static void mark_inside(struct gate *gate, uint32_t start)
{
    const struct cairn_program *program = gate->lift->program;
    bool more = start != gate->join;
    if (more)
        gate->inside[start] = true;
    while (more) {
        more = false;
        for (uint32_t i = 0; i < program->block_count; i++) {
            const struct cairn_program_block *block = &program->blocks[program->order[i]];
            uint32_t to[] = {block->next, block->taken};
            for (unsigned j = 0; j < 2 && gate->inside[program->order[i]]; j++)
                if (to[j] != CAIRN_NO_BLOCK && to[j] != gate->join && !gate->inside[to[j]])
                    gate->inside[to[j]] = more = true;
        }
    }
}

/* The masks as they come to the join. */
static bool idle_walk(struct gate *gate, uint32_t start, uint8_t *at_join)
{
    const struct cairn_program *program = gate->lift->program;
    uint8_t first[128], now[128];
    memset(first, CAIRN_IDLE_SAME, sizeof first);
    first[CAIRN_CODE_EXEC_LO] = first[CAIRN_CODE_EXEC_HI] = CAIRN_IDLE_ZERO;
    memset(at_join, CAIRN_IDLE_NEW, 128);
    if (start == gate->join)
        return true;
    idle_join(gate->idle[start], first);
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < program->block_count; i++) {
            uint32_t index = program->order[i];
            const struct cairn_program_block *block = &program->blocks[index];
            uint32_t to[] = {block->next, block->taken};
            if (!gate->inside[index] || gate->idle[index][0] == CAIRN_IDLE_NEW)
                continue;
            if (block->end == CAIRN_END_PROGRAM)
                return false;
            memcpy(now, gate->idle[index], sizeof now);
            for (uint32_t j = 0; j < block->count; j++)
                idle_insn(gate, block->first + j, now);
            for (unsigned j = 0; j < 2; j++)
                if (to[j] != CAIRN_NO_BLOCK)
                    changed = idle_join(to[j] == gate->join ? at_join : gate->idle[to[j]], now) ||
                              changed;
        }
    }
    return true;
}

static const char *check_gate(struct gate *gate, uint32_t from, uint32_t start)
{
    const struct cairn_regs *live = &gate->lift->live->live_in[gate->join];
    uint8_t at_join[128];
    mark_inside(gate, start);
    if (!idle_walk(gate, start, at_join))
        return "the program ends for some waves first";
    if (gate->inside[from] && gate->waits)
        return "a loop may wait for another wave";
    if (meets(gate->numbers, live->s))
        return "a number is written where some waves have no lanes";
    if (at_join[CAIRN_CODE_EXEC_LO] != CAIRN_IDLE_ZERO &&
        at_join[CAIRN_CODE_EXEC_LO] != CAIRN_IDLE_NEW)
        return "EXEC of a wave without lanes is not followed";
    for (unsigned code = 0; code < CAIRN_CODE_EXEC_LO; code++)
        if (cairn_regs_has_s(live, code) && at_join[code] != CAIRN_IDLE_SAME &&
            at_join[code] != CAIRN_IDLE_NEW && !has_code(gate->numbers, code))
            return "a mask of a wave without lanes is not followed";
    return NULL;
}

/* Every branch on EXEC: skipping waves go to the join at once, the others over `start`. */
static enum cairn_status check_gates(struct pass *pass)
{
    const struct cairn_program *program = pass->program;
    size_t count = program->block_count + 1;
    struct gate gate = {.lift = pass->lift, .merge = pass->merge};
    gate.inside = calloc(count, sizeof *gate.inside);
    gate.idle = calloc(count, sizeof *gate.idle);
    for (uint32_t i = 0;
         i < program->block_count && gate.inside != NULL && gate.idle != NULL && pass->why == NULL;
         i++) {
        const struct cairn_program_block *block = &program->blocks[i];
        if (block->end != CAIRN_END_COND || block->count == 0)
            continue;
        unsigned op = program->insns[block->first + block->count - 1].insn.op;
        if (op != CAIRN_OP_s_cbranch_execz && op != CAIRN_OP_s_cbranch_execnz)
            continue;
        bool zero = op == CAIRN_OP_s_cbranch_execz;
        memset(gate.inside, 0, count * sizeof *gate.inside);
        memset(gate.idle, CAIRN_IDLE_NEW, count * sizeof *gate.idle);
        memset(gate.numbers, 0, sizeof gate.numbers);
        gate.waits = false;
        gate.join = zero ? block->taken : block->next;
        pass->why = check_gate(&gate, i, zero ? block->next : block->taken);
    }
    enum cairn_status status =
        gate.inside == NULL || gate.idle == NULL ? CAIRN_ERR_NO_MEMORY : CAIRN_OK;
    free(gate.inside);
    free(gate.idle);
    return status;
}

/* ---- the whole */

static bool has_barrier(const struct cairn_program *program)
{
    for (uint32_t i = 0; i < program->insn_count; i++)
        if (program->insns[i].insn.op == CAIRN_OP_s_barrier)
            return true;
    return false;
}

/* Without barriers there is nothing to win: waves that can skip code alone are faster.
 * rsrc2 bit 10: the workgroup info SGPR, which has the wave's number; AMDGPUUsage. */
static const char *check_launch(const struct cairn_lift *lift)
{
    const struct cairn_geometry *geometry = lift->geometry;
    uint64_t items =
        (uint64_t)geometry->workgroup[0] * geometry->workgroup[1] * geometry->workgroup[2];
    if (items <= geometry->wave_size)
        return "one wave";
    if (!geometry->whole_groups)
        return "workgroups of unequal size";
    if (geometry->has_scratch)
        return "has scratch";
    if (geometry->rsrc2 >> 10 & 1)
        return "knows the number of its wave";
    if (lift->program->indirect)
        return "jumps to a register";
    return has_barrier(lift->program) ? NULL : "no barriers";
}

static enum cairn_status run(struct pass *pass, size_t blocks)
{
    pass->in = calloc(blocks, sizeof *pass->in);
    pass->reached = calloc(blocks, sizeof *pass->reached);
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    if (pass->in != NULL && pass->reached != NULL) {
        find_own(pass);
        status = pass->why == NULL ? check_gates(pass) : CAIRN_OK;
        for (size_t i = 0; i + 1 < blocks; i++)
            memcpy(pass->merge->own[i], pass->in[i], sizeof pass->merge->own[i]);
    }
    free(pass->in);
    free(pass->reached);
    return status;
}

enum cairn_status cairn_merge_build(const struct cairn_lift *lift, struct cairn_merge **out,
                                    const char **why)
{
    const struct cairn_program *program = lift->program;
    struct cairn_merge *merge = calloc(1, sizeof *merge);
    struct pass pass = {.lift = lift, .program = program, .merge = merge};
    if (merge == NULL)
        return CAIRN_ERR_NO_MEMORY;
    merge->in_lanes = calloc(program->insn_count + 1, sizeof *merge->in_lanes);
    merge->own = calloc(program->block_count + 1, sizeof *merge->own);
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    if (merge->in_lanes != NULL && merge->own != NULL) {
        pass.why = check_launch(lift);
        status = pass.why == NULL ? run(&pass, program->block_count + 1) : CAIRN_OK;
    }
    if (status != CAIRN_OK) {
        cairn_merge_destroy(merge);
        return status;
    }
    *why = pass.why;
    *out = merge;
    return CAIRN_OK;
}

void cairn_merge_own_at(const struct cairn_lift *lift, const struct cairn_merge *merge,
                        uint32_t insn, uint64_t own[2])
{
    const struct cairn_program *program = lift->program;
    uint32_t block = program->insns[insn].block;
    struct pass pass = {.lift = lift, .program = program, .merge = (struct cairn_merge *)merge};
    memcpy(pass.now, merge->own[block], 2 * sizeof own[0]);
    for (uint32_t i = program->blocks[block].first; i < insn; i++)
        run_insn(&pass, i);
    memcpy(own, pass.now, 2 * sizeof own[0]);
}

enum cairn_status cairn_merge_emit_table(struct cairn_lift *lift)
{
    const struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    const struct cairn_merge *merge = cairn_lifter_of(lift)->merge;
    LLVMValueRef *words = calloc(3 * ((size_t)function->region_count + 1), sizeof(LLVMValueRef));
    if (words == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < function->region_count; i++) {
        uint64_t own[2];
        cairn_merge_own_at(lift, merge, function->regions[i], own);
        words[3 * i] = cairn_lift_const64(lift, lift->program->insns[function->regions[i]].offset);
        words[3 * i + 1] = cairn_lift_const64(lift, own[0]);
        words[3 * i + 2] = cairn_lift_const64(lift, own[1]);
    }
    for (uint32_t i = 0; i < 3; i++)
        words[3 * function->region_count + i] = cairn_lift_const64(lift, UINT64_MAX);
    LLVMValueRef all =
        LLVMConstArray2(lift->i64, words, 3 * ((uint64_t)function->region_count + 1));
    LLVMValueRef table = LLVMAddGlobal(lift->module, LLVMTypeOf(all), CAIRN_NATIVE_OWN_SYMBOL);
    LLVMSetInitializer(table, all);
    LLVMSetGlobalConstant(table, true);
    LLVMSetAlignment(table, 8);
    free(words);
    return CAIRN_OK;
}

void cairn_merge_destroy(struct cairn_merge *merge)
{
    if (merge == NULL)
        return;
    free(merge->in_lanes);
    free(merge->own);
    free(merge);
}
