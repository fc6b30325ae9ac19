/* SPDX-License-Identifier: MIT
 * Which family lifts an instruction, and what of the machine's state keeps it from being lifted.
 */
#include "finalizer/llvm/lift_priv.h"

static const struct cairn_lift_family *const families[] = {
    &cairn_lift_scalar_family, &cairn_lift_valu_family,   &cairn_lift_cross_family,
    &cairn_lift_memory_family, &cairn_lift_matrix_family, &cairn_lift_index_family,
};

static const uint8_t control_ops[CAIRN_OP_COUNT] = {
    [CAIRN_OP_s_branch] = 1,         [CAIRN_OP_s_cbranch_scc0] = 1,  [CAIRN_OP_s_cbranch_scc1] = 1,
    [CAIRN_OP_s_cbranch_vccz] = 1,   [CAIRN_OP_s_cbranch_vccnz] = 1, [CAIRN_OP_s_cbranch_execz] = 1,
    [CAIRN_OP_s_cbranch_execnz] = 1, [CAIRN_OP_s_endpgm] = 1,        [CAIRN_OP_s_barrier] = 1,
    [CAIRN_OP_s_sleep] = 1,          [CAIRN_OP_s_setpc_b64] = 1,     [CAIRN_OP_s_swappc_b64] = 1,
    [CAIRN_OP_s_call_b64] = 1,
};

/* Without effect here: memory is coherent, and loads and stores are done when they are issued. */
static const uint8_t idle_ops[CAIRN_OP_COUNT] = {
    [CAIRN_OP_s_nop] = 1,
    [CAIRN_OP_v_nop] = 1,
    [CAIRN_OP_s_waitcnt] = 1,
    [CAIRN_OP_s_wakeup] = 1,
    [CAIRN_OP_s_setprio] = 1,
    [CAIRN_OP_s_icache_inv] = 1,
    [CAIRN_OP_s_incperflevel] = 1,
    [CAIRN_OP_s_decperflevel] = 1,
    [CAIRN_OP_s_ttracedata] = 1,
    [CAIRN_OP_buffer_wbl2] = 2,
    [CAIRN_OP_buffer_invl2] = 2,
    [CAIRN_OP_buffer_wbinvl1] = 2,
    [CAIRN_OP_buffer_wbinvl1_vol] = 2,
    [CAIRN_OP_s_dcache_inv] = 2,
    [CAIRN_OP_s_dcache_wb] = 2,
    [CAIRN_OP_s_dcache_inv_vol] = 2,
    [CAIRN_OP_s_dcache_wb_vol] = 2,
};

bool cairn_lift_is_order(const struct cairn_insn *insn)
{
    return idle_ops[insn->op] == 2;
}

/* Registers outside of the wave's allocation have rules of their own, which the interpreter knows.
 */
static bool registers_exist(const struct cairn_lift *lift, const struct cairn_insn *insn)
{
    const struct cairn_geometry *geometry = lift->geometry;
    uint32_t arch = geometry->arch_rows, acc = geometry->rows - geometry->arch_rows;
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (operand->code < CAIRN_CODE_VGPR0 || operand->code == CAIRN_CODE_NONE)
            continue;
        bool is_acc = operand->code >= CAIRN_CODE_AGPR0;
        uint32_t first = operand->code - (is_acc ? CAIRN_CODE_AGPR0 : CAIRN_CODE_VGPR0);
        if (first + operand->dwords > (is_acc ? acc : arch))
            return false;
    }
    return true;
}

enum cairn_lift_kind cairn_lift_kind_of(const struct cairn_lift *lift, uint32_t index,
                                        const struct cairn_lift_family **family)
{
    const struct cairn_insn *insn = &lift->program->insns[index].insn;
    *family = NULL;
    if (control_ops[insn->op])
        return CAIRN_LIFT_CONTROL;
    if (idle_ops[insn->op])
        return CAIRN_LIFT_NONE;
    bool indexed = lift->program->insns[index].indexed;
    if ((indexed && (lift->geometry->merged || !cairn_lift_index_knows(insn))) ||
        !registers_exist(lift, insn))
        return CAIRN_LIFT_STEP;
    if (indexed) {
        *family = &cairn_lift_index_family;
        return CAIRN_LIFT_WAVE;
    }
    if (((const struct cairn_lifter *)lift)->function.mode_strange && cairn_lift_needs_mode(insn))
        return CAIRN_LIFT_STEP;
    for (unsigned i = 0; i < sizeof families / sizeof families[0]; i++) {
        enum cairn_lift_kind kind =
            families[i]->kind(insn, lift->geometry, lift->request->exact_nan);
        if (kind == CAIRN_LIFT_STEP)
            continue;
        *family = families[i];
        return kind;
    }
    return CAIRN_LIFT_STEP;
}
