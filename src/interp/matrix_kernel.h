/* SPDX-License-Identifier: MIT
 * What matrix.c chooses from: the handlers, compiled for each host CPU level.
 */
#ifndef CAIRN_INTERP_MATRIX_KERNEL_H
#define CAIRN_INTERP_MATRIX_KERNEL_H

#include "interp/target.h"
#include "isa/isa.h"
#include "machine/wave.h"

typedef void cairn_matrix_handler(struct cairn_wave *wave, const struct cairn_insn *insn);

/* NULL: not a matrix instruction. */
cairn_matrix_handler *CAIRN_TARGET(cairn_matrix_handler_of)(unsigned op);

#endif
