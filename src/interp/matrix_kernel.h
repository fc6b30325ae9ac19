/* SPDX-License-Identifier: MIT
 * What matrix.c chooses from: the handlers, compiled for each host CPU level.
 */
#ifndef CAIRN_INTERP_MATRIX_KERNEL_H
#define CAIRN_INTERP_MATRIX_KERNEL_H

#include "interp/target.h"
#include "isa/isa.h"
#include "machine/wave.h"

typedef void cairn_matrix_handler(struct cairn_wave *wave, const struct cairn_insn *insn);

/* The handler for an operation, by the best code for this host; NULL: not a matrix instruction. */
cairn_matrix_handler *cairn_matrix_handler_of(unsigned op);

/* The same, by host CPU level. */
cairn_matrix_handler *cairn_matrix_handler_of_base(unsigned op);
#if defined(__x86_64__)
cairn_matrix_handler *cairn_matrix_handler_of_v3(unsigned op);
cairn_matrix_handler *cairn_matrix_handler_of_v4(unsigned op);
#endif

#endif
