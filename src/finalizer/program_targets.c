/* SPDX-License-Identifier: MIT
 * Targets of computed jumps: what compilers write for far branches and direct calls, an s_getpc_b64
 * to which constants are added (LLVM SIInstrInfo::insertIndirectBranch; AMDGPUUsage, relocations
 * REL32_LO and REL32_HI). Followed through straight code only. The base of the code is not known,
 * but the sum of both halves is exact whatever it is.
 */
#include "finalizer/program_priv.h"

#include <string.h>

static const struct cairn_known unknown = {CAIRN_KNOWN_NOTHING, 0};

void cairn_targets_reset(struct cairn_targets *targets)
{
    if (targets->active)
        memset(targets, 0, sizeof *targets);
}

static struct cairn_known known_const(uint64_t value)
{
    return (struct cairn_known){CAIRN_KNOWN_CONST, (uint32_t)value};
}

/* Dword `dword` of a source. */
static struct cairn_known source(const struct cairn_targets *targets, const struct cairn_insn *insn,
                                 unsigned slot, unsigned dword)
{
    const struct cairn_operand *operand = &insn->slot[slot];
    unsigned code = operand->code;
    if (code + dword <= CAIRN_CODE_EXEC_HI)
        return targets->sgpr[code + dword];
    if (code == CAIRN_CODE_LITERAL && operand->dwords == 1)
        return known_const(insn->literal);
    if (code >= CAIRN_CODE_INT_0 && code < CAIRN_CODE_INT_MINUS_1)
        return known_const(dword == 0 ? code - CAIRN_CODE_INT_0 : 0);
    if (code >= CAIRN_CODE_INT_MINUS_1 && code <= CAIRN_CODE_INT_LAST)
        return known_const(dword == 0 ? CAIRN_CODE_INT_MINUS_1 - 1 - code : UINT32_MAX);
    return unknown;
}

/* s_add_u32, s_sub_u32: a low half and a constant give a low half, and SCC the carry. */
static struct cairn_known add_low(struct cairn_targets *targets, struct cairn_known a,
                                  struct cairn_known b, bool subtract)
{
    if (!subtract && a.kind == CAIRN_KNOWN_CONST) {
        struct cairn_known first = a;
        a = b;
        b = first;
    }
    if (b.kind != CAIRN_KNOWN_CONST)
        return unknown;
    uint64_t sum = subtract ? a.value - b.value : a.value + b.value;
    if (a.kind == CAIRN_KNOWN_CONST) {
        targets->scc = (struct cairn_known_scc){CAIRN_SCC_CONST, sum >> 32 & 1, 0};
        return known_const(sum);
    }
    if (a.kind != CAIRN_KNOWN_LOW)
        return unknown;
    targets->scc = (struct cairn_known_scc){subtract ? CAIRN_SCC_BORROW : CAIRN_SCC_CARRY, a.value,
                                            (uint32_t)b.value};
    return (struct cairn_known){CAIRN_KNOWN_LOW, sum};
}

/* s_addc_u32, s_subb_u32 of a high half, a constant and the carry of its low half. */
static struct cairn_known add_high(const struct cairn_known_scc *scc, struct cairn_known a,
                                   struct cairn_known b, bool subtract)
{
    if (!subtract && a.kind == CAIRN_KNOWN_CONST) {
        struct cairn_known first = a;
        a = b;
        b = first;
    }
    if (a.kind != CAIRN_KNOWN_HIGH || b.kind != CAIRN_KNOWN_CONST)
        return unknown;
    uint64_t amount = b.value << 32;
    if (scc->kind == CAIRN_SCC_CONST)
        amount += scc->value << 32;
    else if (scc->kind == (subtract ? CAIRN_SCC_BORROW : CAIRN_SCC_CARRY) &&
             (uint32_t)scc->value == (uint32_t)a.value)
        amount += scc->amount;
    else
        return unknown;
    return (struct cairn_known){CAIRN_KNOWN_HIGH, subtract ? a.value - amount : a.value + amount};
}

static void forget_written(struct cairn_targets *targets, const struct cairn_insn *insn)
{
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    for (unsigned word = 0; word < 2; word++)
        for (uint64_t left = writes.s[word]; left != 0; left &= left - 1)
            targets->sgpr[word * 64 + (unsigned)__builtin_ctzll(left)] = unknown;
    if (cairn_regs_has_s(&writes, CAIRN_SREG_SCC))
        targets->scc.kind = CAIRN_SCC_UNKNOWN;
}

/* What the instruction puts into its destination; unknown if it is none that is followed. */
static void evaluate(struct cairn_targets *targets, const struct cairn_program_insn *at,
                     struct cairn_known out[2], struct cairn_known_scc *scc)
{
    const struct cairn_insn *insn = &at->insn;
    struct cairn_known a = source(targets, insn, CAIRN_SLOT_SRC0, 0);
    struct cairn_known b = source(targets, insn, CAIRN_SLOT_SRC1, 0);
    struct cairn_known_scc before = targets->scc;
    targets->scc.kind = CAIRN_SCC_UNKNOWN;
    switch (insn->op) {
    case CAIRN_OP_s_getpc_b64:
        targets->active = true;
        out[0] = (struct cairn_known){CAIRN_KNOWN_LOW, cairn_insn_end(at)};
        out[1] = (struct cairn_known){CAIRN_KNOWN_HIGH, cairn_insn_end(at)};
        break;
    case CAIRN_OP_s_mov_b32:
        out[0] = a;
        break;
    case CAIRN_OP_s_mov_b64:
        out[0] = a;
        out[1] = source(targets, insn, CAIRN_SLOT_SRC0, 1);
        break;
    case CAIRN_OP_s_movk_i32:
        out[0] = known_const((uint64_t)(int64_t)insn->imm);
        break;
    case CAIRN_OP_s_add_u32:
    case CAIRN_OP_s_sub_u32:
        out[0] = add_low(targets, a, b, insn->op == CAIRN_OP_s_sub_u32);
        break;
    case CAIRN_OP_s_addc_u32:
    case CAIRN_OP_s_subb_u32:
        out[0] = add_high(&before, a, b, insn->op == CAIRN_OP_s_subb_u32);
        break;
    default:
        break;
    }
    *scc = targets->scc;
    targets->scc = before;
}

void cairn_targets_step(struct cairn_targets *targets, const struct cairn_program_insn *at)
{
    const struct cairn_operand *dst = &at->insn.slot[CAIRN_SLOT_DST];
    struct cairn_known out[2] = {unknown, unknown};
    struct cairn_known_scc scc;
    if (!targets->active && at->insn.op != CAIRN_OP_s_getpc_b64)
        return;
    evaluate(targets, at, out, &scc);
    forget_written(targets, &at->insn);
    if (at->flags & CAIRN_ISA_WRITES_SCC)
        targets->scc = scc;
    for (unsigned i = 0; i < 2 && out[i].kind != CAIRN_KNOWN_NOTHING; i++)
        if (dst->code + i < CAIRN_CODE_TTMP0)
            targets->sgpr[dst->code + i] = out[i];
}

bool cairn_targets_find(const struct cairn_targets *targets, const struct cairn_insn *insn,
                        uint64_t *offset)
{
    unsigned code = insn->slot[CAIRN_SLOT_SRC0].code;
    if (!targets->active || code >= CAIRN_CODE_EXEC_HI)
        return false;
    const struct cairn_known *low = &targets->sgpr[code], *high = low + 1;
    if (low->kind != CAIRN_KNOWN_LOW || high->kind != CAIRN_KNOWN_HIGH ||
        (uint32_t)low->value != (uint32_t)high->value)
        return false;
    *offset = high->value;
    return true;
}
