/* SPDX-License-Identifier: MIT
 * Running a wave: block after block, until it waits, ends, faults, yields or has used its budget.
 */
#include "interp/interp.h"

#include "fp/fp.h"
#include "interp/block.h"
#include "interp/memory.h"
#include "machine/guard.h"

#include <stdio.h>

static unsigned block_mode(const struct cairn_wave *wave)
{
    return wave->mode >> CAIRN_MODE_GPR_IDX_EN_BIT & (CAIRN_BLOCK_INDEXED | CAIRN_BLOCK_SKIP);
}

/* `single`: CAIRN_BLOCK_SINGLE or 0. NULL: the wave has faulted. */
static const struct cairn_block *next_block(struct cairn_wave *wave, unsigned single)
{
    const struct cairn_launch *launch = wave->launch;
    struct cairn_code *code = launch->code;
    unsigned mode = block_mode(wave) | single;
    if (__builtin_expect(wave->pc - code->base >= (code->size & ~UINT64_C(3)) || wave->pc % 4 != 0,
                         0)) {
        cairn_wave_raise(wave, CAIRN_FAULT_BAD_PC, wave->pc, -1);
        return NULL;
    }
    const struct cairn_block *block = cairn_block_at(code, launch->gfx, wave->pc, mode);
    uint32_t arch = cairn_arch_rows(launch);
    if (block != NULL &&
        __builtin_expect(block->arch_rows > arch || block->acc_rows > launch->vgprs - arch, 0))
        block = cairn_block_at(code, launch->gfx, wave->pc, mode | CAIRN_BLOCK_CHECKED);
    if (block == NULL)
        cairn_wave_raise(wave, CAIRN_FAULT_CANCELLED, wave->pc, -1);
    return block;
}

void cairn_interp_block(struct cairn_wave *wave)
{
    const struct cairn_block *block = next_block(wave, 0);
    if (block == NULL)
        return;
    wave->fuel -= block->instructions;
    wave->instructions += block->instructions;
    block->ops[0].run(wave, block->ops);
}

static void run_blocks(struct cairn_wave *wave)
{
    while (wave->state == CAIRN_WAVE_READY && wave->fuel > 0 &&
           atomic_load_explicit(&wave->launch->stop, memory_order_relaxed) == 0)
        cairn_interp_block(wave);
}

bool cairn_interp_step(struct cairn_wave *wave, bool *yielded)
{
    const struct cairn_block *block = next_block(wave, CAIRN_BLOCK_SINGLE);
    *yielded = false;
    if (block == NULL)
        return false;
    const struct cairn_interp_op *op = &block->ops[0];
    uint64_t next = op->pc + (op->run != cairn_op_end ? op->insn.size_bytes : 0);
    int64_t fuel = wave->fuel;
    wave->fuel = 1;
    op->run(wave, op);
    *yielded = wave->fuel == 0;
    wave->fuel = fuel;
    return wave->state == CAIRN_WAVE_READY && wave->pc == next;
}

void cairn_interp_name_fault(struct cairn_wave *wave)
{
    struct cairn_fault *fault = &wave->fault;
    const struct cairn_code *code = wave->launch->code;
    struct cairn_insn insn;
    uint64_t offset = fault->pc - code->base;
    if (fault->insn_name[0] != '\0' || offset >= code->size)
        return;
    struct cairn_bytes bytes =
        cairn_bytes_of((const void *)(uintptr_t)fault->pc, (size_t)(code->size - offset));
    if (cairn_isa_decode(wave->launch->gfx, bytes, &insn) == CAIRN_OK)
        snprintf(fault->insn_name, sizeof fault->insn_name, "%s", cairn_isa_mnemonic(&insn));
}

void cairn_interp_caught(const struct cairn_guard *guard)
{
    struct cairn_wave *wave = guard->wave;
    const struct cairn_insn *insn = wave->memory_insn;
    wave->memory_insn = NULL;
    int lane = -1;
    if (insn->encoding != CAIRN_ENC_SMEM)
        lane = cairn_interp_memory_lane(wave, insn, guard->address);
    cairn_wave_raise(wave, cairn_guard_kind(guard), guard->address, lane);
}

enum cairn_wave_state cairn_interp_run(struct cairn_wave *wave, uint64_t budget)
{
    struct cairn_guard guard;
    uint32_t host_fp = cairn_fp_host_enter();
    wave->fuel = budget > INT64_MAX ? INT64_MAX : (int64_t)budget;
    cairn_guard_enter(&guard, wave);
    if (sigsetjmp(guard.jump, 0) == 0)
        run_blocks(wave);
    else
        cairn_interp_caught(&guard);
    cairn_guard_leave(&guard);
    cairn_fp_host_leave(host_fp);
    if (wave->state == CAIRN_WAVE_FAULTED)
        cairn_interp_name_fault(wave);
    return wave->state;
}

enum cairn_status cairn_interp_install_handler(void)
{
    return cairn_guard_install();
}
