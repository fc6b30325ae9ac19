/* SPDX-License-Identifier: MIT
 * How handlers of the interpreter find the values of operands. Vector registers of a handled
 * instruction always exist: before a handler of a vector or matrix instruction runs, registers that
 * lie outside of the wave's allocation have been dealt with (sources replaced by v0, the
 * instruction dropped if it is a destination). Memory instructions check their own.
 */
#ifndef CAIRN_INTERP_OPERAND_H
#define CAIRN_INTERP_OPERAND_H

#include "isa/insn.h"
#include "machine/constant.h"
#include "machine/wave.h"

/* First row of the AGPRs; arch VGPRs end there. */
static inline uint32_t cairn_arch_rows(const struct cairn_launch *launch)
{
    return launch->agpr_offset < launch->vgprs ? launch->agpr_offset : launch->vgprs;
}

/* Row of a vector register code (VGPR or AGPR) in wave->vgpr; may be outside of the allocation. */
static inline uint32_t cairn_row_index(const struct cairn_launch *launch, unsigned code)
{
    return code >= CAIRN_CODE_AGPR0 ? cairn_arch_rows(launch) + (code - CAIRN_CODE_AGPR0)
                                    : code - CAIRN_CODE_VGPR0;
}

/* Do all `dwords` registers from `code` on exist in this launch? */
static inline bool cairn_rows_exist(const struct cairn_launch *launch, unsigned code,
                                    unsigned dwords)
{
    uint32_t end = cairn_row_index(launch, code) + dwords;
    return end <= (code >= CAIRN_CODE_AGPR0 ? launch->vgprs : cairn_arch_rows(launch));
}

/* The rows of a vector operand: row[i][lane] is dword i. */
static inline uint32_t (*cairn_operand_rows(const struct cairn_wave *wave,
                                            const struct cairn_operand *operand))
    [CAIRN_WAVE_LANES] { return &wave->vgpr[cairn_row_index(wave->launch, operand->code)]; }

static inline uint64_t cairn_exec(const struct cairn_wave *wave)
{
    return cairn_wave_read64(wave, CAIRN_CODE_EXEC_LO);
}

/* The bits of a scalar operand (register, constant, literal, or a live value such as SCC), 32 or 64
 * by `operand->dwords`. Wider ones are read register by register. */
uint64_t cairn_scalar_value(const struct cairn_wave *wave, const struct cairn_insn *insn,
                            const struct cairn_operand *operand);

#endif
