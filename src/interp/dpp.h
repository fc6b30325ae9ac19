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
    const uint8_t *from;
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
    DPP_CONTROLS = 0x160,
};

/* For each control: the lane that each lane reads, and whether there is one. */
struct dpp_table {
    uint8_t from[DPP_CONTROLS][CAIRN_WAVE_LANES];
    uint64_t has_source[DPP_CONTROLS];
};
extern struct dpp_table cairn_dpp_table; /* constant once cairn_dpp_init has run */
void cairn_dpp_init(void);

static inline uint64_t dpp_enabled(unsigned row_mask, unsigned bank_mask)
{
    uint64_t rows = 0, banks = 0;
    for (unsigned i = 0; i < 4; i++) {
        rows |= row_mask >> i & 1 ? UINT64_C(0xffff) << (16 * i) : 0;
        banks |= bank_mask >> i & 1 ? UINT64_C(0x000f000f000f000f) << (4 * i) : 0;
    }
    return rows & banks;
}

/* A lane is not written if its row or bank is masked out, or if it would read a lane that is not
 * there or not active, unless bound_ctrl: then it reads 0. */
static inline void dpp_find(struct dpp_lanes *lanes, const struct cairn_insn *insn, uint64_t exec)
{
    unsigned control = insn->dpp_ctrl < DPP_CONTROLS ? insn->dpp_ctrl : DPP_CONTROLS - 1;
    uint64_t valid = cairn_dpp_table.has_source[control];
    lanes->from = cairn_dpp_table.from[control];
    if (exec != ~UINT64_C(0)) {
        uint64_t active = 0;
        for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++)
            active |= (exec >> lanes->from[l] & 1) << l;
        valid &= active;
    }
    lanes->zero = ~valid;
    lanes->written = dpp_enabled(insn->row_mask, insn->bank_mask) & exec;
    if (!insn->bound_ctrl)
        lanes->written &= valid;
}

/* `space` may be `rows`. */
static inline void dpp_gather(uint32_t *space, const uint32_t *rows, const struct dpp_lanes *lanes,
                              unsigned dwords)
{
    for (unsigned i = 0; i < dwords; i++) {
        _Alignas(64) uint32_t row[ROW], none[ROW] = {0};
        for (unsigned l = 0; l < ROW; l++)
            row[l] = rows[i * ROW + lanes->from[l]];
        row_select(space + i * ROW, none, row, lanes->zero);
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
