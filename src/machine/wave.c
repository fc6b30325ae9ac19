/* SPDX-License-Identifier: MIT
 * What a wave does whoever runs it: recording its first fault.
 */
#include "machine/wave.h"

void cairn_wave_raise(struct cairn_wave *wave, enum cairn_fault_kind kind, uint64_t address,
                      int lane)
{
    if (wave->state == CAIRN_WAVE_FAULTED)
        return;
    wave->state = CAIRN_WAVE_FAULTED;
    wave->fault = (struct cairn_fault){
        .kind = kind,
        .pc = wave->pc,
        .address = address,
        .lane = lane,
    };
    if (wave->group != NULL)
        for (int i = 0; i < 3; i++)
            wave->fault.workgroup[i] = wave->group->id[i];
}
