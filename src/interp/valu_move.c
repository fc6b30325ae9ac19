/* SPDX-License-Identifier: MIT
 * Moves that have two results: v_swap_b32 and v_pk_mov_b32. AMD "CDNA2 ISA" 12.7, 12.10.
 */
#include "interp/fetch.h"

void CAIRN_TARGET(cairn_valu_swap)(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Alignas(64) uint32_t old[ROW];
    uint64_t exec = cairn_exec(wave);
    uint32_t *a = wave->vgpr[op->dst], *b = wave->vgpr[op->src[0].index];
    row_copy(old, a);
    row_merge(a, b, exec);
    row_merge(b, old, exec);
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

/* Low result from src0, high result from src1, the dwords that op_sel names. What the first write
 * would destroy for the second is written last, or set aside. */
void CAIRN_TARGET(cairn_valu_pk_mov)(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Alignas(64) uint32_t space[2][2 * ROW], aside[ROW];
    uint64_t exec = cairn_exec(wave);
    uint32_t *d = wave->vgpr[op->dst];
    const uint32_t *low = source_rows(wave, op, 0, space[0]) + (op->insn.op_sel & 1) * ROW;
    const uint32_t *high = source_rows(wave, op, 1, space[1]) + (op->insn.op_sel >> 1 & 1) * ROW;
    if (high == d) {
        row_copy(aside, high);
        high = aside;
    }
    row_merge(d, low, exec);
    row_merge(d + ROW, high, exec);
    CAIRN_TAIL return op[1].run(wave, op + 1);
}
