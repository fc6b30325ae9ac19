/* SPDX-License-Identifier: MIT
 * Hardware registers that s_getreg and s_setreg reach. For src/interp only.
 */
#ifndef CAIRN_INTERP_HWREG_H
#define CAIRN_INTERP_HWREG_H

#include "machine/wave.h"

/* `field` is the instruction's simm16: id[5:0], offset[10:6], size-1[15:11]. False: no such
 * register here. Fields that a kernel may not change stay as they are. */
bool cairn_hwreg_read(const struct cairn_wave *wave, uint32_t field, uint32_t *out);
bool cairn_hwreg_write(struct cairn_wave *wave, uint32_t field, uint32_t value);

#endif
