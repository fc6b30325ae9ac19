/* SPDX-License-Identifier: MIT
 * Data-parallel primitives: the lane that each lane reads, for each control. AMD "CDNA2 ISA" 13.3.9
 * and LLVM's AMDGPU operand syntax. Masks of rows and banks, and what becomes of lanes without a
 * source, are the vector instruction's own business.
 */
#include "finalizer/llvm/lift_cross.h"

enum control {
    ROW_SHL = 0x100,
    ROW_SHR = 0x110,
    ROW_ROR = 0x120,
    WAVE_SHL1 = 0x130,
    WAVE_ROL1 = 0x134,
    WAVE_SHR1 = 0x138,
    WAVE_ROR1 = 0x13c,
    ROW_MIRROR = 0x140,
    ROW_HALF_MIRROR = 0x141,
    ROW_BCAST15 = 0x142,
    ROW_BCAST31 = 0x143,
    ROW_NEWBCAST = 0x150,
    CONTROLS = 0x160,
};

/* Controls of one row with a count; -1: none. Shifts left read a higher lane. */
static int counted(unsigned control, int row, int in_row)
{
    int count = control & 15, at;
    switch (control & ~15u) {
    case ROW_SHL:
        at = in_row + count;
        return at <= 15 ? row | at : -1;
    case ROW_SHR:
        at = in_row - count;
        return at >= 0 ? row | at : -1;
    case ROW_ROR:
        return row | ((in_row - count) & 15);
    case ROW_NEWBCAST:
        return row | count;
    default:
        return -1;
    }
}

static int source_of(unsigned control, int lane)
{
    int row = lane & ~15;
    if (control < ROW_SHL)
        return (lane & ~3) | (int)(control >> (2 * (lane & 3)) & 3);
    switch (control) {
    case WAVE_SHL1:
        return lane < 63 ? lane + 1 : -1;
    case WAVE_ROL1:
        return (lane + 1) & 63;
    case WAVE_SHR1:
        return lane - 1;
    case WAVE_ROR1:
        return (lane + 63) & 63;
    case ROW_MIRROR:
        return row | (15 - (lane & 15));
    case ROW_HALF_MIRROR:
        return (lane & ~7) | (7 - (lane & 7));
    case ROW_BCAST15:
        return row - 1;
    case ROW_BCAST31:
        return lane >= 32 ? 31 : -1;
    default:
        return counted(control, row, lane & 15);
    }
}

void cairn_lift_dpp_pattern(unsigned control, struct cairn_lift_pattern *pattern)
{
    control = control < CONTROLS ? control : CONTROLS - 1;
    for (int lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        pattern->from[lane] = (int8_t)source_of(control, lane);
}

LLVMValueRef cairn_lift_dpp(struct cairn_lift *lift, LLVMValueRef source, LLVMValueRef *valid)
{
    struct cairn_lift_pattern pattern;
    cairn_lift_dpp_pattern(lift->insn->dpp_ctrl, &pattern);
    return cairn_lift_pattern_apply(lift, &pattern, CAIRN_SLOT_SRC0, source, valid);
}
