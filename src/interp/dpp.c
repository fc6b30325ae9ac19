/* SPDX-License-Identifier: MIT
 * The table of DPP controls: AMD "CDNA2 ISA" 13.3.9 and LLVM's AMDGPU operand syntax.
 */
#include "interp/dpp.h"

struct dpp_table cairn_dpp_table;

/* The lane that `lane` reads, -1 if there is none. Shifts left read a higher lane. */
static int source_of(unsigned control, int lane)
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

void cairn_dpp_init(void)
{
    for (unsigned control = 0; control < DPP_CONTROLS; control++)
        for (int lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
            int from = source_of(control, lane);
            cairn_dpp_table.from[control][lane] = (uint8_t)(from < 0 ? 0 : from);
            cairn_dpp_table.has_source[control] |= (uint64_t)(from >= 0) << lane;
        }
}
