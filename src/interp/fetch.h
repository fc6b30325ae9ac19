/* SPDX-License-Identifier: MIT
 * Rows of vector operands for the drivers. For files that are compiled per host CPU level.
 */
#ifndef CAIRN_INTERP_FETCH_H
#define CAIRN_INTERP_FETCH_H

#include "fp/mode.h"
#include "interp/rows.h"
#include "interp/valu.h"

ROW_INLINE uint64_t source_scalar(const struct cairn_wave *wave, const struct cairn_interp_op *op,
                                  unsigned slot)
{
    return op->src[slot].dwords == 2 ? cairn_source64(wave, op, slot)
                                     : cairn_source32(wave, op, slot);
}

/* The rows of source `slot`: the register's own, or `space` filled with a scalar. */
ROW_INLINE const uint32_t *source_rows(const struct cairn_wave *wave,
                                       const struct cairn_interp_op *op, unsigned slot,
                                       uint32_t *space)
{
    const struct cairn_interp_source *source = &op->src[slot];
    if (__builtin_expect(source->kind == CAIRN_SOURCE_VGPR, 1))
        return wave->vgpr[source->index];
    if (source->kind == CAIRN_SOURCE_AGPR)
        return wave->vgpr[cairn_arch_rows(wave->launch) + source->index];
    uint64_t value = source_scalar(wave, op, slot);
    row_fill(space, (uint32_t)value);
    if (source->dwords == 2)
        row_fill(space + ROW, (uint32_t)(value >> 32));
    return space;
}

/* Rows of the destination; AGPRs follow the 256 VGPR numbers in op->dst. */
ROW_INLINE uint32_t *dst_rows(const struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    unsigned row = op->dst;
    if (__builtin_expect(row >= 256, 0))
        row = cairn_arch_rows(wave->launch) + row - 256;
    return wave->vgpr[row];
}

ROW_INLINE cairn_valu_kernel kernel_for(const struct cairn_wave *wave,
                                        const struct cairn_interp_op *op)
{
    if (__builtin_expect(
            (op->valu->flags & CAIRN_VALU_FLOAT) == 0 || cairn_fp_mode_is_default(wave->mode), 1))
        return op->valu->run;
    if ((wave->mode & CAIRN_FP_MODE_MASK) == CAIRN_VALU_FLUSH_MODE)
        return CAIRN_TARGET(cairn_valu_flush_kernel)(op->insn.op);
    return cairn_valu_any_mode_kernel(op->insn.op);
}

/* The mask operand: source slot 2 where it is a mask, else VCC. */
ROW_INLINE uint64_t mask_in(const struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    if (op->insn.slot[CAIRN_SLOT_SRC2].type == CAIRN_TYPE_MASK &&
        op->src[2].kind != CAIRN_SOURCE_NONE)
        return cairn_source64(wave, op, 2);
    return cairn_wave_read64(wave, CAIRN_CODE_VCC_LO);
}

/* Writes the mask result. Every bit is written: 0 in lanes that are not in `exec`. */
ROW_INLINE void write_mask(struct cairn_wave *wave, const struct cairn_interp_op *op, uint64_t mask)
{
    unsigned code = op->sdst == CAIRN_CODE_NONE ? CAIRN_CODE_VCC_LO : op->sdst;
    if (code < CAIRN_CODE_TTMP0 || code >= CAIRN_CODE_M0)
        cairn_wave_write64(wave, code, mask);
    if (op->valu->flags & CAIRN_VALU_CMPX)
        cairn_wave_write64(wave, CAIRN_CODE_EXEC_LO, mask);
}

#endif
