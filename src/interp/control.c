/* SPDX-License-Identifier: MIT
 * Control flow and state: branches, calls, waiting, messages, traps, VGPR index mode. Instructions
 * that only order what is done in order here anyway (s_waitcnt and the like) have no handler at
 * all.
 */
#include "interp/block.h"

#include "interp/hwreg.h"

static uint64_t next_pc(const struct cairn_interp_op *op)
{
    return op->pc + op->insn.size_bytes;
}

/* AMD "CDNA2 ISA" 4.2: relative to the next instruction, in dwords. */
static uint64_t branch_target(const struct cairn_interp_op *op)
{
    return op->pc + 4 + 4 * (uint64_t)(int64_t)op->insn.imm;
}

#define BRANCH(name, taken)                                                                        \
    static void run_##name(struct cairn_wave *wave, const struct cairn_interp_op *op)              \
    {                                                                                              \
        wave->pc = (taken) ? branch_target(op) : next_pc(op);                                      \
    }
BRANCH(s_branch, true)
BRANCH(s_cbranch_scc0, wave->scc == 0)
BRANCH(s_cbranch_scc1, wave->scc != 0)
BRANCH(s_cbranch_vccz, cairn_wave_read64(wave, CAIRN_CODE_VCC_LO) == 0)
BRANCH(s_cbranch_vccnz, cairn_wave_read64(wave, CAIRN_CODE_VCC_LO) != 0)
BRANCH(s_cbranch_execz, cairn_exec(wave) == 0)
BRANCH(s_cbranch_execnz, cairn_exec(wave) != 0)
BRANCH(never, false) /* s_cbranch_cdbg*: no debugger; other instructions without effect that end a
                        block */

static void run_getpc(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    cairn_wave_write64(wave, op->dst, next_pc(op));
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_setpc(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = cairn_source64(wave, op, 0);
}

static void run_swappc(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    uint64_t target = cairn_source64(wave, op, 0);
    cairn_wave_write64(wave, op->dst, next_pc(op));
    wave->pc = target;
}

static void run_call(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    cairn_wave_write64(wave, op->dst, next_pc(op));
    wave->pc = branch_target(op);
}

/* ---- waiting and ending */

static void run_endpgm(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
    wave->state = CAIRN_WAVE_DONE;
}

static void run_barrier(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = next_pc(op);
    if (wave->group->wave_count > 1)
        wave->state = CAIRN_WAVE_BARRIER;
}

static void run_yield(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = next_pc(op);
    wave->fuel = 0;
}

static void run_sethalt(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = op->pc;
    if (op->insn.imm & 1)
        cairn_wave_raise(wave, CAIRN_FAULT_HALT, 0, -1);
    else
        wave->pc = next_pc(op);
}

static void run_setkill(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->pc = next_pc(op);
    if (op->insn.imm & 1)
        wave->state = CAIRN_WAVE_DONE;
}

/* The guest has stored the event id in the signal's mailbox already; who waits for it looks there.
 * All that is left of the interrupt is to let others run. LLVM AMDGPUUsage, s_sendmsg; other
 * messages are for graphics and for trap handlers. */
enum { MSG_INTERRUPT = 1, MSG_ID_MASK = 15 };

static void run_sendmsg(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    if ((op->insn.imm & MSG_ID_MASK) != MSG_INTERRUPT)
        cairn_op_unimplemented(wave, op);
    else
        run_yield(wave, op);
}

/* LLVM AMDGPUUsage, "Trap Handler ABI": 2 is llvm.trap, 3 llvm.debugtrap. */
enum { TRAP_DEBUG = 3 };

static void run_trap(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    uint32_t id = op->insn.imm & 0xff;
    if (id == TRAP_DEBUG) {
        wave->pc = next_pc(op);
        return;
    }
    wave->pc = op->pc;
    cairn_wave_raise(wave, CAIRN_FAULT_TRAP, 0, -1);
    wave->fault.detail = id;
}

/* ---- modes; AMD "CDNA2 ISA" 3.5 and 6.6. They end a block, as the next ops are made for the mode.
 */

static void set_mode_bit(struct cairn_wave *wave, unsigned bit, bool on)
{
    wave->mode = (wave->mode & ~(1u << bit)) | (uint32_t)on << bit;
}

static void run_gpr_idx_on(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    uint32_t index = cairn_source32(wave, op, 0) & 0xff;
    uint32_t enables = (uint32_t)op->insn.imm & 15;
    wave->sgpr[CAIRN_CODE_M0] = (wave->sgpr[CAIRN_CODE_M0] & ~0xf0ffu) | index | enables << 12;
    set_mode_bit(wave, CAIRN_MODE_GPR_IDX_EN_BIT, true);
    wave->pc = next_pc(op);
}

static void run_gpr_idx_off(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    set_mode_bit(wave, CAIRN_MODE_GPR_IDX_EN_BIT, false);
    wave->pc = next_pc(op);
}

static void run_gpr_idx_idx(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->sgpr[CAIRN_CODE_M0] =
        (wave->sgpr[CAIRN_CODE_M0] & ~0xffu) | (cairn_source32(wave, op, 0) & 0xff);
    wave->pc = next_pc(op);
}

static void run_gpr_idx_mode(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->sgpr[CAIRN_CODE_M0] =
        (wave->sgpr[CAIRN_CODE_M0] & ~0xf000u) | ((uint32_t)op->insn.imm & 15) << 12;
    wave->pc = next_pc(op);
}

static void run_setvskip(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    uint32_t bit = cairn_source32(wave, op, 0) >> (cairn_source32(wave, op, 1) & 31) & 1;
    set_mode_bit(wave, CAIRN_MODE_VSKIP_BIT, bit);
    wave->pc = next_pc(op);
}

static void run_getreg(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    uint32_t value;
    if (!cairn_hwreg_read(wave, (uint32_t)op->insn.imm, &value)) {
        cairn_op_unimplemented(wave, op);
        return;
    }
    wave->sgpr[op->dst] = value;
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_setreg(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    if (!cairn_hwreg_write(wave, (uint32_t)op->insn.imm, cairn_source32(wave, op, 0)))
        cairn_op_unimplemented(wave, op);
    else
        wave->pc = next_pc(op);
}

/* ---- fork and join: the side with fewer lanes runs first, the other one waits in s[4 * CSP ...]
 * as {EXEC, pc}; a tie runs the taken side. CSP is MODE[31:29]. AMD "Vega" ISA, S_CBRANCH_G_FORK.
 */

enum { CSP_SHIFT = 29 };

static void fork_wave(struct cairn_wave *wave, const struct cairn_interp_op *op, uint64_t mask,
                      uint64_t target)
{
    uint64_t exec = cairn_exec(wave), pass = mask & exec, fail = ~mask & exec;
    bool fail_first = __builtin_popcountll(fail) < __builtin_popcountll(pass);
    unsigned csp = wave->mode >> CSP_SHIFT;
    wave->pc = next_pc(op);
    if (fail == exec)
        return;
    if (pass != exec) {
        cairn_wave_write64(wave, 4 * csp, fail_first ? pass : fail);
        cairn_wave_write64(wave, 4 * csp + 2, fail_first ? target : next_pc(op));
        cairn_wave_write64(wave, CAIRN_CODE_EXEC_LO, fail_first ? fail : pass);
        wave->mode += 1u << CSP_SHIFT;
    }
    if (pass == exec || !fail_first)
        wave->pc = target;
}

static void run_i_fork(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    fork_wave(wave, op, cairn_source64(wave, op, 0), branch_target(op));
}

static void run_g_fork(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    fork_wave(wave, op, cairn_source64(wave, op, 0), cairn_source64(wave, op, 1));
}

static void run_join(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    unsigned csp = wave->mode >> CSP_SHIFT;
    wave->pc = next_pc(op);
    if (csp == (cairn_source32(wave, op, 0) & 7))
        return;
    wave->mode -= 1u << CSP_SHIFT;
    csp = wave->mode >> CSP_SHIFT;
    wave->pc = cairn_wave_read64(wave, 4 * csp + 2);
    cairn_wave_write64(wave, CAIRN_CODE_EXEC_LO, cairn_wave_read64(wave, 4 * csp));
}

static const cairn_op_run handlers[CAIRN_OP_COUNT] = {
    [CAIRN_OP_s_cbranch_i_fork] = run_i_fork,
    [CAIRN_OP_s_cbranch_g_fork] = run_g_fork,
    [CAIRN_OP_s_cbranch_join] = run_join,
    [CAIRN_OP_s_branch] = run_s_branch,
    [CAIRN_OP_s_cbranch_scc0] = run_s_cbranch_scc0,
    [CAIRN_OP_s_cbranch_scc1] = run_s_cbranch_scc1,
    [CAIRN_OP_s_cbranch_vccz] = run_s_cbranch_vccz,
    [CAIRN_OP_s_cbranch_vccnz] = run_s_cbranch_vccnz,
    [CAIRN_OP_s_cbranch_execz] = run_s_cbranch_execz,
    [CAIRN_OP_s_cbranch_execnz] = run_s_cbranch_execnz,
    [CAIRN_OP_s_cbranch_cdbgsys] = run_never,
    [CAIRN_OP_s_cbranch_cdbguser] = run_never,
    [CAIRN_OP_s_cbranch_cdbgsys_or_user] = run_never,
    [CAIRN_OP_s_cbranch_cdbgsys_and_user] = run_never,
    [CAIRN_OP_s_getpc_b64] = run_getpc,
    [CAIRN_OP_s_setpc_b64] = run_setpc,
    [CAIRN_OP_s_swappc_b64] = run_swappc,
    [CAIRN_OP_s_call_b64] = run_call,
    [CAIRN_OP_s_endpgm] = run_endpgm,
    [CAIRN_OP_s_endpgm_saved] = run_endpgm,
    [CAIRN_OP_s_barrier] = run_barrier,
    [CAIRN_OP_s_sleep] = run_yield,
    [CAIRN_OP_s_sethalt] = run_sethalt,
    [CAIRN_OP_s_setkill] = run_setkill,
    [CAIRN_OP_s_sendmsg] = run_sendmsg,
    [CAIRN_OP_s_trap] = run_trap,
    [CAIRN_OP_s_set_gpr_idx_on] = run_gpr_idx_on,
    [CAIRN_OP_s_set_gpr_idx_off] = run_gpr_idx_off,
    [CAIRN_OP_s_set_gpr_idx_idx] = run_gpr_idx_idx,
    [CAIRN_OP_s_set_gpr_idx_mode] = run_gpr_idx_mode,
    [CAIRN_OP_s_setvskip] = run_setvskip,
    [CAIRN_OP_s_getreg_b32] = run_getreg,
    [CAIRN_OP_s_setreg_b32] = run_setreg,
    [CAIRN_OP_s_setreg_imm32_b32] = run_setreg,
    [CAIRN_OP_s_nop] = cairn_op_nop,
    [CAIRN_OP_s_waitcnt] = cairn_op_nop,
    [CAIRN_OP_s_wakeup] = cairn_op_nop,
    [CAIRN_OP_s_setprio] = cairn_op_nop,
    [CAIRN_OP_s_icache_inv] = cairn_op_nop,
    [CAIRN_OP_s_incperflevel] = cairn_op_nop,
    [CAIRN_OP_s_decperflevel] = cairn_op_nop,
    [CAIRN_OP_s_ttracedata] = cairn_op_nop,
};

bool cairn_control_prepare(struct cairn_interp_op *op)
{
    op->run = handlers[op->insn.op];
    return op->run != NULL;
}
