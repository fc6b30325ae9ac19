/* SPDX-License-Identifier: MIT
 * Data-parallel primitives: which lane each lane reads. AMD "CDNA2 ISA" 13.3.9 and LLVM's AMDGPU
 * operand syntax. For files that are compiled per host CPU level.
 */
#ifndef CAIRN_INTERP_DPP_H
#define CAIRN_INTERP_DPP_H

#include "interp/fetch.h"

struct dpp_lanes {
    uint64_t written; /* lanes that the instruction writes */
    uint64_t zero;    /* lanes that read 0 instead of a lane */
    uint8_t from[CAIRN_WAVE_LANES];
};

enum dpp_control {
    DPP_ROW_SHL = 0x100,
    DPP_ROW_SHR = 0x110,
    DPP_ROW_ROR = 0x120,
    DPP_WAVE_SHL1 = 0x130,
    DPP_WAVE_ROL1 = 0x134,
    DPP_WAVE_SHR1 = 0x138,
    DPP_WAVE_ROR1 = 0x13c,
    DPP_ROW_MIRROR = 0x140,
    DPP_ROW_HALF_MIRROR = 0x141,
    DPP_ROW_BCAST15 = 0x142,
    DPP_ROW_BCAST31 = 0x143,
    DPP_ROW_NEWBCAST = 0x150,
};

/* The lane that `lane` reads, -1 if there is none. Shifts left read a higher lane. */
static inline int dpp_source(unsigned control, int lane)
{
    int row = lane & ~15, in_row = lane & 15, count = control & 15, at;
    if (control < DPP_ROW_SHL)
        return (lane & ~3) | (control >> (2 * (lane & 3)) & 3);
    switch (control) {
    case DPP_WAVE_SHL1:
        return lane < 63 ? lane + 1 : -1;
    case DPP_WAVE_ROL1:
        return (lane + 1) & 63;
    case DPP_WAVE_SHR1:
        return lane - 1;
    case DPP_WAVE_ROR1:
        return (lane + 63) & 63;
    case DPP_ROW_MIRROR:
        return row | (15 - in_row);
    case DPP_ROW_HALF_MIRROR:
        return (lane & ~7) | (7 - (lane & 7));
    case DPP_ROW_BCAST15:
        return row - 1;
    case DPP_ROW_BCAST31:
        return lane >= 32 ? 31 : -1;
    }
    switch (control & ~15u) {
    case DPP_ROW_SHL:
        at = in_row + count;
        return at <= 15 ? row | at : -1;
    case DPP_ROW_SHR:
        at = in_row - count;
        return at >= 0 ? row | at : -1;
    case DPP_ROW_ROR:
        return row | ((in_row - count) & 15);
    case DPP_ROW_NEWBCAST:
        return row | count;
    default:
        return -1;
    }
}

/* A lane is not written if its row or bank is masked out, or if it would read a lane that is not
 * there or not active, unless bound_ctrl: then it reads 0. */
static inline void dpp_find(struct dpp_lanes *lanes, const struct cairn_insn *insn, uint64_t exec)
{
    lanes->written = 0;
    lanes->zero = 0;
    for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++) {
        int from = dpp_source(insn->dpp_ctrl, (int)l);
        bool valid = from >= 0 && (exec >> from & 1);
        bool enabled = (insn->row_mask >> (l / 16) & 1) && (insn->bank_mask >> (l % 16 / 4) & 1);
        lanes->from[l] = valid ? (uint8_t)from : 0;
        lanes->zero |= (uint64_t)!valid << l;
        lanes->written |= (uint64_t)(enabled && (valid || insn->bound_ctrl)) << l;
    }
    lanes->written &= exec;
}

/* `space` may be `rows`. */
static inline void dpp_gather(uint32_t *space, const uint32_t *rows, const struct dpp_lanes *lanes,
                              unsigned dwords)
{
    for (unsigned i = 0; i < dwords; i++) {
        uint32_t row[CAIRN_WAVE_LANES];
        memcpy(row, rows + i * ROW, sizeof row);
        for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++)
            space[i * ROW + l] = lanes->zero >> l & 1 ? 0 : row[lanes->from[l]];
    }
}

/* Lanes that DPP leaves out keep their bit of the mask destination, as they keep their VGPR. */
static inline uint64_t dpp_mask(const struct cairn_wave *wave, const struct cairn_interp_op *op,
                                uint64_t out, uint64_t left_out)
{
    if (left_out == 0)
        return out;
    unsigned code = op->sdst == CAIRN_CODE_NONE ? CAIRN_CODE_VCC_LO : op->sdst;
    return out | (cairn_wave_read64(wave, code) & left_out);
}

#endif
