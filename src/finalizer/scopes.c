/* SPDX-License-Identifier: MIT
 * The scopes of EXEC, by a forward pass over the blocks until nothing changes. Beside EXEC it
 * follows what scalar register pairs hold: a scope's very mask (saved EXEC), or some subset of a
 * scope (compare results, masks of the other branch).
 *
 * A scope stands for one mask each time the place that makes it is passed. Facts about it end where
 * it is made anew: going round a loop, a pair that held it holds some subset of its parent.
 */
#include "finalizer/scopes.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS = 128, MOST_ROUNDS = 64 };

/* What a pair of scalar registers, or EXEC, holds. */
struct mask {
    uint32_t scope;
    bool exact; /* that scope's mask; else a subset */
    bool known;
    bool empty; /* no lane at all: a subset of whatever it is joined with */
};

struct state {
    uint32_t exec;
    bool reached;
    struct mask pair[PAIRS]; /* by the first code */
};

struct walk {
    const struct cairn_program *program;
    struct cairn_scopes *scopes;
    struct state *in; /* by block */
    struct state now;
    bool *meets; /* by block: ways with different EXEC meet there, as far as that is known */
    bool changed;
};

uint32_t cairn_scope_join(const struct cairn_scopes *scopes, uint32_t a, uint32_t b)
{
    while (a != b) {
        if (scopes->depth[a] >= scopes->depth[b])
            a = scopes->parent[a];
        else
            b = scopes->parent[b];
    }
    return a;
}

bool cairn_scope_within(const struct cairn_scopes *scopes, uint32_t inner, uint32_t outer)
{
    while (scopes->depth[inner] > scopes->depth[outer])
        inner = scopes->parent[inner];
    return inner == outer;
}

/* ---- making scopes; parents only ever move up, so that the pass ends */

static uint32_t make(struct walk *walk, uint32_t *where, uint32_t parent)
{
    struct cairn_scopes *scopes = walk->scopes;
    if (*where == 0) {
        *where = scopes->count++;
        scopes->parent[*where] = parent;
        walk->changed = true;
    } else {
        parent = cairn_scope_join(scopes, parent, scopes->parent[*where]);
        if (cairn_scope_within(scopes, parent, *where)) /* never below itself */
            parent = scopes->parent[*where];
        walk->changed = walk->changed || parent != scopes->parent[*where];
        scopes->parent[*where] = parent;
    }
    scopes->depth[*where] = scopes->depth[parent] + 1;
    return *where;
}

/* `scope` is made anew: what refers to the old one refers to a subset of its parent. */
static void renew(struct walk *walk, uint32_t scope)
{
    struct cairn_scopes *scopes = walk->scopes;
    for (unsigned i = 0; i < PAIRS; i++) {
        struct mask *mask = &walk->now.pair[i];
        if (mask->known && !mask->empty && cairn_scope_within(scopes, mask->scope, scope)) {
            mask->scope = scopes->parent[scope];
            mask->exact = false;
        }
    }
}

static void enter_scope(struct walk *walk, uint32_t insn, uint32_t parent)
{
    uint32_t scope = make(walk, &walk->scopes->made[insn], parent);
    renew(walk, scope);
    walk->now.exec = scope;
}

/* ---- masks in registers */

static struct mask subset(uint32_t scope)
{
    return (struct mask){.scope = scope, .known = scope != CAIRN_SCOPE_ANY};
}

static void forget(struct walk *walk, unsigned code)
{
    if (code < PAIRS)
        walk->now.pair[code].known = false;
    if (code > 0 && code - 1 < PAIRS)
        walk->now.pair[code - 1].known = false;
}

static void forget_writes(struct walk *walk, const struct cairn_insn *insn)
{
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    for (unsigned code = 0; code < PAIRS; code++)
        if (any || cairn_regs_has_s(&writes, code))
            forget(walk, code);
}

static struct mask mask_of(const struct walk *walk, const struct cairn_operand *operand)
{
    if (operand->code == CAIRN_CODE_EXEC_LO)
        return (struct mask){
            .scope = walk->now.exec, .exact = true, .known = walk->now.exec != CAIRN_SCOPE_ANY};
    if (operand->code < PAIRS)
        return walk->now.pair[operand->code];
    return (struct mask){0};
}

static bool is_zero(const struct cairn_operand *operand)
{
    return operand->code == CAIRN_CODE_INT_0;
}

/* Union of two masks, for s_or and s_xor. */
static struct mask either(struct walk *walk, struct mask a, struct mask b)
{
    const struct cairn_scopes *scopes = walk->scopes;
    if (!a.known || !b.known)
        return (struct mask){0};
    if (a.empty || b.empty)
        return a.empty ? b : a;
    if (a.exact && cairn_scope_within(scopes, b.scope, a.scope))
        return a;
    if (b.exact && cairn_scope_within(scopes, a.scope, b.scope))
        return b;
    return subset(cairn_scope_join(scopes, a.scope, b.scope));
}

/* One or the other. */
static struct mask one_of(const struct walk *walk, struct mask a, struct mask b)
{
    if (!a.known || !b.known)
        return (struct mask){0};
    if (a.empty || b.empty) {
        struct mask other = a.empty ? b : a;
        return other.empty ? other : subset(other.scope);
    }
    return subset(cairn_scope_join(walk->scopes, a.scope, b.scope));
}

/* Intersection: a subset of each; the deeper one says more. */
static struct mask both(const struct walk *walk, struct mask a, struct mask b)
{
    if ((a.known && a.empty) || (b.known && b.empty))
        return a.known && a.empty ? a : b;
    if (!a.known || !b.known)
        return a.known ? subset(a.scope) : subset(b.known ? b.scope : CAIRN_SCOPE_ANY);
    return subset(walk->scopes->depth[a.scope] > walk->scopes->depth[b.scope] ? a.scope : b.scope);
}

/* The value that a bit operation on two masks gives. */
static struct mask combine(struct walk *walk, const struct cairn_insn *insn)
{
    const struct cairn_operand *s0 = &insn->slot[CAIRN_SLOT_SRC0],
                               *s1 = &insn->slot[CAIRN_SLOT_SRC1];
    struct mask a = mask_of(walk, s0), b = mask_of(walk, s1), result;
    switch (insn->op) {
    case CAIRN_OP_s_mov_b64:
        return is_zero(s0) ? (struct mask){.scope = CAIRN_SCOPE_ROOT, .known = true, .empty = true}
                           : a;
    case CAIRN_OP_s_and_b64:
        return both(walk, a, b);
    case CAIRN_OP_s_andn2_b64:
        return a.known && !a.empty ? subset(a.scope) : a;
    case CAIRN_OP_s_or_b64:
        return either(walk, a, b);
    case CAIRN_OP_s_xor_b64:
        result = either(walk, a, b);
        return result.known && !result.empty ? subset(result.scope) : result;
    case CAIRN_OP_s_cselect_b64:
        return one_of(walk, a, b);
    default:
        return (struct mask){0};
    }
}

/* ---- instructions */

/* EXEC gets `value`: an older scope, or a new one below. */
static void set_exec(struct walk *walk, uint32_t insn, struct mask value)
{
    if (value.known && value.exact)
        walk->now.exec = value.scope;
    else
        enter_scope(walk, insn, value.known ? value.scope : CAIRN_SCOPE_ANY);
}

/* s_op_saveexec_b64 d, s: d = EXEC; EXEC = s op EXEC. */
static bool run_saveexec(struct walk *walk, uint32_t index, const struct cairn_insn *insn)
{
    struct mask source = mask_of(walk, &insn->slot[CAIRN_SLOT_SRC0]), result;
    struct mask exec = {
        .scope = walk->now.exec, .exact = true, .known = walk->now.exec != CAIRN_SCOPE_ANY};
    switch (insn->op) {
    case CAIRN_OP_s_and_saveexec_b64:
        result = subset(exec.scope);
        break;
    case CAIRN_OP_s_andn1_saveexec_b64: /* ~s & EXEC */
        result = subset(exec.scope);
        break;
    case CAIRN_OP_s_andn2_saveexec_b64: /* s & ~EXEC */
        result = source.known ? subset(source.scope) : source;
        break;
    case CAIRN_OP_s_or_saveexec_b64:
        result = either(walk, exec, source);
        break;
    case CAIRN_OP_s_xor_saveexec_b64:
        result = either(walk, exec, source);
        result.exact = false;
        break;
    default:
        return false;
    }
    unsigned dst = insn->slot[CAIRN_SLOT_DST].code;
    forget(walk, dst);
    forget(walk, dst + 1);
    set_exec(walk, index, result);
    if (dst < PAIRS) {
        /* The saved mask is of the scope before; a scope made anew right here is below it. */
        bool same = exec.known &&
                    !(walk->scopes->made[index] != 0 &&
                      cairn_scope_within(walk->scopes, exec.scope, walk->scopes->made[index]));
        walk->now.pair[dst] = same ? exec : (struct mask){0};
    }
    return true;
}

static bool writes_exec(const struct cairn_insn *insn)
{
    return cairn_isa_flags(insn) & CAIRN_ISA_WRITES_EXEC ||
           insn->slot[CAIRN_SLOT_DST].code == CAIRN_CODE_EXEC_LO ||
           insn->slot[CAIRN_SLOT_DST].code == CAIRN_CODE_EXEC_HI;
}

/* Compare results have no bit set outside of EXEC. */
static void note_compare(struct walk *walk, const struct cairn_insn *insn)
{
    const struct cairn_operand *sdst = &insn->slot[CAIRN_SLOT_SDST];
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    const struct cairn_operand *mask = dst->type == CAIRN_TYPE_MASK ? dst : sdst;
    bool compares = insn->encoding == CAIRN_ENC_VOPC ||
                    (insn->encoding == CAIRN_ENC_VOP3A && mask->type == CAIRN_TYPE_MASK);
    if (compares && mask->type == CAIRN_TYPE_MASK && mask->code < PAIRS)
        walk->now.pair[mask->code] = subset(walk->now.exec);
}

static void run_insn(struct walk *walk, uint32_t index)
{
    const struct cairn_insn *insn = &walk->program->insns[index].insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    walk->scopes->at[index] = walk->now.exec;
    if (run_saveexec(walk, index, insn))
        return;
    struct mask value = combine(walk, insn);
    bool vector_compare = insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_VOP3P;
    if (writes_exec(insn)) {
        if (vector_compare) /* v_cmpx */
            value = subset(walk->now.exec);
        else if (dst->code != CAIRN_CODE_EXEC_LO || dst->dwords != 2)
            value = (struct mask){0};
        forget_writes(walk, insn);
        set_exec(walk, index, value);
        return;
    }
    forget_writes(walk, insn);
    if (value.known && dst->code < PAIRS && dst->dwords == 2)
        walk->now.pair[dst->code] = value;
    note_compare(walk, insn);
}

/* ---- blocks */

/* Joins what comes over an edge into the state at the start of block `to`. */
static void flow(struct walk *walk, uint32_t to)
{
    if (to == CAIRN_NO_BLOCK)
        return;
    struct state *in = &walk->in[to];
    if (!in->reached) {
        *in = walk->now;
        in->reached = true;
        walk->changed = true;
        if (walk->meets[to])
            in->exec = make(walk, &walk->scopes->block_made[to], walk->now.exec);
        return;
    }
    if (in->exec != walk->now.exec) {
        uint32_t both_of = cairn_scope_join(walk->scopes, in->exec, walk->now.exec);
        uint32_t made = walk->scopes->block_made[to];
        if (made != 0 && cairn_scope_within(walk->scopes, both_of, made))
            both_of = walk->scopes->parent[made];
        in->exec = make(walk, &walk->scopes->block_made[to], both_of);
    }
    for (unsigned i = 0; i < PAIRS; i++) {
        struct mask *a = &in->pair[i], b = walk->now.pair[i];
        if (!a->known ||
            (b.known && a->scope == b.scope && a->exact == b.exact && a->empty == b.empty))
            continue;
        struct mask joined = one_of(walk, *a, b);
        walk->changed = walk->changed || joined.known != a->known || joined.scope != a->scope ||
                        joined.exact != a->exact || joined.empty != a->empty;
        *a = joined;
    }
}

static void run_block(struct walk *walk, uint32_t index)
{
    const struct cairn_program_block *block = &walk->program->blocks[index];
    walk->now = walk->in[index];
    if (walk->scopes->block_made[index] != 0)
        renew(walk, walk->scopes->block_made[index]);
    for (uint32_t i = 0; i < block->count; i++)
        run_insn(walk, block->first + i);
    walk->scopes->block_out[index] = walk->now.exec;
    if (block->end == CAIRN_END_CALL || block->end == CAIRN_END_INDIRECT)
        return; /* whatever comes behind is a root of its own */
    flow(walk, block->next);
    flow(walk, block->taken);
}

bool cairn_block_is_root(const struct cairn_program *program, uint32_t block)
{
    const struct cairn_program_block *at = &program->blocks[block];
    return block != program->entry &&
           (at->predecessor_count == 0 || (program->indirect && at->resumable));
}

static void set_roots(struct walk *walk)
{
    const struct cairn_program *program = walk->program;
    for (uint32_t i = 0; i < program->block_count; i++)
        if (cairn_block_is_root(program, i))
            walk->in[i] = (struct state){.exec = CAIRN_SCOPE_ANY, .reached = true};
    walk->in[program->entry] = (struct state){.exec = CAIRN_SCOPE_ROOT, .reached = true};
}

static void know_nothing(struct walk *walk)
{
    const struct cairn_program *program = walk->program;
    memset(walk->scopes->at, 0, program->insn_count * sizeof(uint32_t));
    memset(walk->scopes->made, 0, program->insn_count * sizeof(uint32_t));
    memset(walk->scopes->block_made, 0, program->block_count * sizeof(uint32_t));
    memset(walk->scopes->block_out, 0, program->block_count * sizeof(uint32_t));
}

/* False: it would take too long. */
static bool run(struct walk *walk)
{
    const struct cairn_program *program = walk->program;
    set_roots(walk);
    walk->changed = true;
    for (unsigned round = 0; walk->changed; round++) {
        walk->changed = false;
        if (round == MOST_ROUNDS)
            return false;
        for (uint32_t i = 0; i < program->block_count; i++)
            if (walk->in[program->order[i]].reached)
                run_block(walk, program->order[i]);
    }
    return true;
}

/* Again, with scopes from the start for blocks where ways with different EXEC meet: what is made
 * behind such a block is then below its scope. At first, what a loop makes of EXEC was found to be
 * below the scope in front of the loop, for scopes only ever move up. */
static bool run_again(struct walk *walk)
{
    struct cairn_scopes *scopes = walk->scopes;
    uint32_t blocks = walk->program->block_count;
    bool any = false;
    for (uint32_t i = 0; i < blocks; i++)
        any |= walk->meets[i] = scopes->block_made[i] != 0;
    if (!any)
        return true;
    know_nothing(walk);
    scopes->count = CAIRN_SCOPE_ROOT + 1;
    memset(walk->in, 0, blocks * sizeof *walk->in);
    return run(walk);
}

static bool allocate(struct cairn_scopes *scopes, const struct cairn_program *program)
{
    size_t insns = program->insn_count + 1, blocks = program->block_count + 1;
    scopes->parent = calloc(insns + blocks + 2, sizeof(uint32_t));
    scopes->depth = calloc(insns + blocks + 2, sizeof(uint32_t));
    scopes->at = calloc(insns, sizeof(uint32_t));
    scopes->made = calloc(insns, sizeof(uint32_t));
    scopes->block_made = calloc(blocks, sizeof(uint32_t));
    scopes->block_out = calloc(blocks, sizeof(uint32_t));
    scopes->count = CAIRN_SCOPE_ROOT + 1;
    return scopes->parent && scopes->depth && scopes->at && scopes->made && scopes->block_made &&
           scopes->block_out;
}

enum cairn_status cairn_scopes_build(const struct cairn_program *program, struct cairn_scopes **out)
{
    struct cairn_scopes *scopes = calloc(1, sizeof *scopes);
    struct walk walk = {.program = program, .scopes = scopes};
    walk.in = calloc(program->block_count + 1, sizeof *walk.in);
    walk.meets = calloc(program->block_count + 1, sizeof *walk.meets);
    bool made =
        scopes != NULL && walk.in != NULL && walk.meets != NULL && allocate(scopes, program);
    if (made) {
        scopes->depth[CAIRN_SCOPE_ROOT] = 1;
        if (!run(&walk) || !run_again(&walk))
            know_nothing(&walk);
        *out = scopes;
    } else {
        cairn_scopes_destroy(scopes);
    }
    free(walk.in);
    free(walk.meets);
    return made ? CAIRN_OK : CAIRN_ERR_NO_MEMORY;
}

void cairn_scopes_destroy(struct cairn_scopes *scopes)
{
    if (scopes == NULL)
        return;
    free(scopes->parent);
    free(scopes->depth);
    free(scopes->at);
    free(scopes->made);
    free(scopes->block_made);
    free(scopes->block_out);
    free(scopes);
}
