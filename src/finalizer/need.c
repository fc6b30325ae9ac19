/* SPDX-License-Identifier: MIT
 * Which writes of vector registers may touch all lanes. A backward pass finds for each register the
 * lanes that are read before they are written again, as a scope; a write under EXEC may go to all
 * lanes if EXEC covers that scope. What nobody reads is found on the way.
 */
#include "finalizer/facts_priv.h"

#include <stdlib.h>
#include <string.h>

#define NO_LANES UINT32_MAX

typedef uint32_t need_row[CAIRN_VREGS];

struct pass {
    const struct cairn_program *program;
    const struct cairn_scopes *scopes;
    struct cairn_insn_facts *facts;
    need_row *in; /* by block */
    need_row now;
    need_row over; /* lanes that are written again in this block before anyone reads them */
    bool changed, final;
};

static void add_need(struct pass *pass, uint32_t *need, uint32_t scope)
{
    *need = *need == NO_LANES ? scope : cairn_scope_join(pass->scopes, *need, scope);
}

/* Does the instruction look at lanes that EXEC turns off? */
static bool reads_other_lanes(const struct cairn_insn *insn)
{
    switch (insn->op) {
    case CAIRN_OP_v_readlane_b32:
    case CAIRN_OP_v_readfirstlane_b32:
    case CAIRN_OP_v_writelane_b32:
    case CAIRN_OP_ds_permute_b32:
    case CAIRN_OP_ds_bpermute_b32:
    case CAIRN_OP_ds_swizzle_b32:
        return true;
    default:
        return insn->variant == CAIRN_VARIANT_DPP || insn->variant == CAIRN_VARIANT_DPP8 ||
               insn->encoding == CAIRN_ENC_MAI;
    }
}

/* MFMA works on all lanes whatever EXEC says (AMD "CDNA2 ISA" 7.1). */
static bool ignores_exec(const struct cairn_insn *insn)
{
    return insn->encoding == CAIRN_ENC_MAI && insn->op != CAIRN_OP_v_accvgpr_read_b32 &&
           insn->op != CAIRN_OP_v_accvgpr_write_b32;
}

/* Going back over the place that makes `scope`: its lanes are lanes of its parent. */
static void leave_scope(struct pass *pass, uint32_t scope)
{
    const struct cairn_scopes *scopes = pass->scopes;
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (pass->now[i] != NO_LANES && cairn_scope_within(scopes, pass->now[i], scope))
            pass->now[i] = scopes->parent[scope];
        if (pass->over[i] != NO_LANES && cairn_scope_within(scopes, pass->over[i], scope))
            pass->over[i] = NO_LANES;
    }
}

static bool kills(const struct pass *pass, uint32_t index, unsigned vreg)
{
    const struct cairn_insn *insn = &pass->program->insns[index].insn;
    uint32_t exec = pass->scopes->at[index];
    return ignores_exec(insn) || pass->facts[index].exec_full || pass->now[vreg] == NO_LANES ||
           (exec != CAIRN_SCOPE_ANY && cairn_scope_within(pass->scopes, pass->now[vreg], exec));
}

static bool is_unread(const struct pass *pass, uint32_t exec, unsigned vreg)
{
    return pass->now[vreg] == NO_LANES ||
           (exec != CAIRN_SCOPE_ANY && pass->over[vreg] != NO_LANES &&
            cairn_scope_within(pass->scopes, exec, pass->over[vreg]));
}

static void run_writes(struct pass *pass, uint32_t index, const struct cairn_regs *writes)
{
    uint32_t exec = pass->scopes->at[index];
    bool full = true, unread = true, one_lane;
    one_lane = pass->program->insns[index].insn.op == CAIRN_OP_v_writelane_b32;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(writes, i)) {
            full = full && !one_lane && kills(pass, index, i);
            unread = unread && is_unread(pass, exec, i);
            if (exec != CAIRN_SCOPE_ANY && !one_lane)
                pass->over[i] = exec;
        }
    for (unsigned i = 0; i < CAIRN_VREGS && full; i++)
        if (cairn_regs_has_v(writes, i))
            pass->now[i] = NO_LANES;
    if (pass->final) {
        pass->facts[index].full_write = full;
        pass->facts[index].unread = unread;
    }
}

static void run_insn(struct pass *pass, uint32_t index)
{
    const struct cairn_insn *insn = &pass->program->insns[index].insn;
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    if (pass->scopes->made[index] != 0)
        leave_scope(pass, pass->scopes->made[index]);
    if (any) {
        memset(pass->now, 0, sizeof pass->now); /* CAIRN_SCOPE_ANY */
        memset(pass->over, 0xff, sizeof pass->over);
        return;
    }
    run_writes(pass, index, &writes);
    uint32_t scope = reads_other_lanes(insn) ? CAIRN_SCOPE_ANY : pass->scopes->at[index];
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&reads, i)) {
            add_need(pass, &pass->now[i], scope);
            pass->over[i] = NO_LANES;
        }
}

/* What block `to` needs, as block `from` sees it. */
static void add_successor(struct pass *pass, uint32_t from, uint32_t to)
{
    const struct cairn_scopes *scopes = pass->scopes;
    if (to == CAIRN_NO_BLOCK)
        return;
    uint32_t made = scopes->block_made[to];
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        uint32_t need = pass->in[to][i];
        if (need == NO_LANES)
            continue;
        if (made != 0 && need == made)
            need = scopes->block_out[from];
        else if (made != 0 && cairn_scope_within(scopes, need, made))
            need = scopes->parent[made];
        add_need(pass, &pass->now[i], need);
    }
}

static void run_block(struct pass *pass, uint32_t index)
{
    const struct cairn_program_block *block = &pass->program->blocks[index];
    memset(pass->now, 0xff, sizeof pass->now);
    memset(pass->over, 0xff, sizeof pass->over);
    if (block->end == CAIRN_END_INDIRECT || block->end == CAIRN_END_STOP ||
        block->end == CAIRN_END_CALL)
        memset(pass->now, 0, sizeof pass->now);
    add_successor(pass, index, block->next);
    add_successor(pass, index, block->taken);
    for (uint32_t i = block->count; i > 0; i--)
        run_insn(pass, block->first + i - 1);
    if (memcmp(pass->in[index], pass->now, sizeof pass->now) != 0) {
        pass->changed = true;
        memcpy(pass->in[index], pass->now, sizeof pass->now);
    }
}

enum cairn_status cairn_facts_find_full(const struct cairn_program *program,
                                        const struct cairn_scopes *scopes,
                                        struct cairn_insn_facts *facts)
{
    struct pass pass = {.program = program, .scopes = scopes, .facts = facts};
    pass.in = malloc((program->block_count + 1) * sizeof *pass.in);
    if (pass.in == NULL)
        return CAIRN_ERR_NO_MEMORY;
    memset(pass.in, 0xff, program->block_count * sizeof *pass.in);
    do {
        pass.changed = false;
        for (uint32_t i = program->block_count; i > 0; i--)
            run_block(&pass, program->order[i - 1]);
    } while (pass.changed);
    pass.final = true;
    for (uint32_t i = 0; i < program->block_count; i++)
        run_block(&pass, i);
    free(pass.in);
    return CAIRN_OK;
}
