/* SPDX-License-Identifier: MIT
 * The compute units that a queue's workgroups are placed on, one after another. They show in HW_ID
 * alone: a compute unit of the software GPU is a number.
 */
#ifndef CAIRN_MACHINE_UNITS_H
#define CAIRN_MACHINE_UNITS_H

#include <stdatomic.h>
#include <stdint.h>

enum { CAIRN_UNITS_MAX = 512 };

/* Changes while waves start: every state that a reader can meet names units of the chip. */
struct cairn_units {
    _Atomic uint32_t count; /* 0: all of the chip */
    _Atomic uint16_t unit[CAIRN_UNITS_MAX];
};

#endif
