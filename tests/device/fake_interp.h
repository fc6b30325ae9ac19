/* SPDX-License-Identifier: MIT
 * An interpreter whose kernels are C functions: the 64 bits at the kernel's entry are the address
 * of a fake_kernel, which is called once a turn and says how the turn ended.
 */
#ifndef TESTS_DEVICE_FAKE_INTERP_H
#define TESTS_DEVICE_FAKE_INTERP_H

#include "machine/wave.h"

/* `step` counts the turns of this wave from 0. To yield early, return READY; to have used up the
 * whole budget, set wave->instructions += budget too. */
typedef enum cairn_wave_state (*fake_kernel)(struct cairn_wave *wave, uint64_t budget,
                                             uint64_t step);

#endif
