/* SPDX-License-Identifier: MIT
 * Which registers an instruction reads and writes: its operand slots, what its flags say, and the
 * few instructions that do more or less than both. What counts is what the interpreter does;
 * tests/finalizer/test_registers.c compares.
 */
#include "finalizer/registers.h"

#include <string.h>

/* ---- operands */

static void add_scalars(struct cairn_regs *regs, unsigned code, unsigned dwords)
{
    for (unsigned i = 0; i < dwords && code + i <= CAIRN_CODE_EXEC_HI; i++)
        cairn_regs_add_s(regs, code + i);
}

static void add_vectors(struct cairn_regs *regs, unsigned code, unsigned dwords)
{
    unsigned first = cairn_vreg_of_code(code);
    for (unsigned i = 0; i < dwords && first + i < CAIRN_VREGS; i++)
        cairn_regs_add_v(regs, first + i);
}

static void add_operand(struct cairn_regs *regs, const struct cairn_operand *operand)
{
    if (!cairn_operand_present(operand))
        return;
    if (cairn_code_is_vector(operand->code))
        add_vectors(regs, operand->code, operand->dwords);
    else if (operand->code <= CAIRN_CODE_EXEC_HI)
        add_scalars(regs, operand->code, operand->dwords);
    else if (operand->code == CAIRN_CODE_VCCZ)
        add_scalars(regs, CAIRN_CODE_VCC_LO, 2);
    else if (operand->code == CAIRN_CODE_EXECZ)
        add_scalars(regs, CAIRN_CODE_EXEC_LO, 2);
    else if (operand->code == CAIRN_CODE_SCC)
        cairn_regs_add_s(regs, CAIRN_SREG_SCC);
    else if (operand->code == CAIRN_CODE_LDS_DIRECT)
        cairn_regs_add_s(regs, CAIRN_CODE_M0);
}

static bool is_vector_or_memory(const struct cairn_insn *insn)
{
    return insn->encoding >= CAIRN_ENC_VOP1;
}

/* ---- old destinations */

enum { SDWA_PRESERVE = 2, OP_SEL_HIGH_RESULT = 8, DPP_ALL = 15 };

/* Are there active lanes that DPP does not write? A lane whose source is off or not there is
 * written only with bound_ctrl. */
static bool dpp_skips(const struct cairn_insn *insn)
{
    return insn->variant == CAIRN_VARIANT_DPP &&
           (insn->row_mask != DPP_ALL || insn->bank_mask != DPP_ALL || !insn->bound_ctrl);
}

static bool keeps_part(const struct cairn_insn *insn, uint32_t flags)
{
    bool sdwa = insn->variant == CAIRN_VARIANT_SDWA && insn->dst_unused == SDWA_PRESERVE &&
                insn->dst_sel != CAIRN_SEL_DWORD;
    return (flags & CAIRN_ISA_DST_IS_SOURCE) || sdwa || dpp_skips(insn) ||
           (insn->op_sel & OP_SEL_HIGH_RESULT);
}

/* The compare-and-swap of scalar memory and of images has a pair of data and returns one value. */
static bool returns_half(const struct cairn_insn *insn)
{
    switch (insn->op) {
    case CAIRN_OP_s_atomic_cmpswap:
    case CAIRN_OP_s_atomic_cmpswap_x2:
    case CAIRN_OP_s_buffer_atomic_cmpswap:
    case CAIRN_OP_s_buffer_atomic_cmpswap_x2:
    case CAIRN_OP_image_atomic_cmpswap:
        return true;
    default:
        return false;
    }
}

static void add_results(const struct cairn_insn *insn, uint32_t flags, struct cairn_regs *reads,
                        struct cairn_regs *writes)
{
    struct cairn_operand dst = insn->slot[CAIRN_SLOT_DST];
    if (returns_half(insn))
        dst.dwords /= 2;
    add_operand(writes, &dst);
    add_operand(writes, &insn->slot[CAIRN_SLOT_SDST]);
    if (insn->op == CAIRN_OP_v_swap_b32)
        add_operand(writes, &insn->slot[CAIRN_SLOT_SRC0]);
    if (keeps_part(insn, flags))
        add_operand(reads, &dst);
    if (dpp_skips(insn))
        add_operand(reads, &insn->slot[CAIRN_SLOT_SDST]);
}

/* ---- what no operand names */

static void add_flags(const struct cairn_insn *insn, uint32_t flags, struct cairn_regs *reads,
                      struct cairn_regs *writes)
{
    if (flags & CAIRN_ISA_READS_SCC)
        cairn_regs_add_s(reads, CAIRN_SREG_SCC);
    if (flags & CAIRN_ISA_WRITES_SCC && insn->op != CAIRN_OP_s_setvskip)
        cairn_regs_add_s(writes, CAIRN_SREG_SCC);
    if (flags & CAIRN_ISA_READS_VCC)
        add_scalars(reads, CAIRN_CODE_VCC_LO, 2);
    /* the flag is the row's, but SDWA compares may have another destination */
    if (flags & CAIRN_ISA_WRITES_VCC && insn->encoding != CAIRN_ENC_VOPC)
        add_scalars(writes, CAIRN_CODE_VCC_LO, 2);
    if (flags & CAIRN_ISA_READS_EXEC)
        add_scalars(reads, CAIRN_CODE_EXEC_LO, 2);
    if (flags & CAIRN_ISA_WRITES_EXEC)
        add_scalars(writes, CAIRN_CODE_EXEC_LO, 2);
    if (flags & CAIRN_ISA_READS_M0)
        cairn_regs_add_s(reads, CAIRN_CODE_M0);
    if (flags & CAIRN_ISA_WRITES_M0)
        cairn_regs_add_s(writes, CAIRN_CODE_M0);
    /* rounding, denormals, and whether vector instructions are skipped */
    if (is_vector_or_memory(insn))
        cairn_regs_add_s(reads, CAIRN_SREG_MODE);
    if (insn->encoding == CAIRN_ENC_FLAT || insn->encoding == CAIRN_ENC_SCRATCH)
        add_scalars(reads, CAIRN_CODE_FLAT_SCRATCH_LO, 2);
}

/* Hardware registers: AMD "CDNA2 ISA" 5.8. */
enum { HWREG_MODE = 1, HWREG_STATUS = 2 };

static void add_hwreg(const struct cairn_insn *insn, struct cairn_regs *reads,
                      struct cairn_regs *writes)
{
    unsigned id = (unsigned)insn->imm & 63;
    bool sets = insn->op == CAIRN_OP_s_setreg_b32 || insn->op == CAIRN_OP_s_setreg_imm32_b32;
    if (!sets && insn->op != CAIRN_OP_s_getreg_b32)
        return;
    if (id == HWREG_MODE) {
        cairn_regs_add_s(reads, CAIRN_SREG_MODE);
        if (sets)
            cairn_regs_add_s(writes, CAIRN_SREG_MODE);
    } else if (id == HWREG_STATUS && !sets) {
        cairn_regs_add_s(reads, CAIRN_SREG_SCC);
        add_scalars(reads, CAIRN_CODE_VCC_LO, 2);
        add_scalars(reads, CAIRN_CODE_EXEC_LO, 2);
    }
}

/* ---- registers found at run time */

unsigned cairn_insn_indexing(const struct cairn_insn *insn, unsigned before)
{
    enum { MODE_GPR_IDX_EN = 27, MODE_VSKIP = 28 };
    unsigned field = (unsigned)insn->imm, first = field >> 6 & 31,
             last = first + (field >> 11 & 31);
    switch (insn->op) {
    case CAIRN_OP_s_set_gpr_idx_on:
        return before | CAIRN_MAY_INDEX;
    case CAIRN_OP_s_set_gpr_idx_off:
        return before & ~(unsigned)CAIRN_MAY_INDEX;
    case CAIRN_OP_s_setvskip:
        return before | CAIRN_MAY_SKIP;
    case CAIRN_OP_s_setreg_b32:
    case CAIRN_OP_s_setreg_imm32_b32:
        if ((field & 63) == HWREG_MODE && first <= MODE_VSKIP && last >= MODE_GPR_IDX_EN)
            return CAIRN_MAY_INDEX | CAIRN_MAY_SKIP;
        return before;
    default:
        return before;
    }
}

static bool is_any(const struct cairn_insn *insn)
{
    if (cairn_insn_indexing(insn, 0) != 0)
        return true;
    switch (insn->op) {
    case CAIRN_OP_s_set_gpr_idx_off:
    case CAIRN_OP_s_movrels_b32:
    case CAIRN_OP_s_movrels_b64:
    case CAIRN_OP_s_movreld_b32:
    case CAIRN_OP_s_movreld_b64:
    case CAIRN_OP_s_set_gpr_idx_idx:
    case CAIRN_OP_s_set_gpr_idx_mode:
    case CAIRN_OP_s_cbranch_i_fork:
    case CAIRN_OP_s_cbranch_g_fork:
    case CAIRN_OP_s_cbranch_join:
    case CAIRN_OP_s_rfe_b64:
    case CAIRN_OP_s_rfe_restore_b64:
        return true;
    default:
        return false;
    }
}

void cairn_regs_all(struct cairn_regs *regs)
{
    memset(regs, 0xff, sizeof *regs);
    regs->s[2] = 3; /* SCC, MODE */
}

/* How many coordinates an image instruction has depends on the image: up to three, and a level. */
static void add_coordinates(const struct cairn_insn *insn, struct cairn_regs *reads)
{
    enum { MOST = 4 };
    if (insn->encoding == CAIRN_ENC_MIMG)
        add_vectors(reads, insn->slot[CAIRN_SLOT_ADDR].code, MOST);
}

void cairn_insn_registers(const struct cairn_insn *insn, struct cairn_regs *reads,
                          struct cairn_regs *writes, bool *any)
{
    uint32_t flags = cairn_isa_flags(insn);
    memset(reads, 0, sizeof *reads);
    memset(writes, 0, sizeof *writes);
    *any = is_any(insn);
    if (*any) {
        cairn_regs_all(reads);
        cairn_regs_all(writes);
        return;
    }
    for (unsigned slot = CAIRN_SLOT_SRC0; slot < CAIRN_SLOT_COUNT; slot++)
        add_operand(reads, &insn->slot[slot]);
    add_coordinates(insn, reads);
    add_results(insn, flags, reads, writes);
    add_flags(insn, flags, reads, writes);
    add_hwreg(insn, reads, writes);
}

bool cairn_insn_is_plain(const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i <= CAIRN_SLOT_SRC2; i++)
        if (insn->slot[i].abs || insn->slot[i].neg)
            return false;
    return insn->variant == CAIRN_VARIANT_PLAIN && !insn->clamp && !insn->omod && !insn->op_sel;
}
