/* SPDX-License-Identifier: MIT
 * What the parts of the HSA bench share.
 */
#ifndef BENCH_HSA_H
#define BENCH_HSA_H

#include "figures.h"
#include "rig.h"

void bench_dispatch(void);
void bench_signal(void);
void bench_copy(void);

#endif
