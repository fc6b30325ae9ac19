/* SPDX-License-Identifier: MIT
 * What an operand that is no register is worth: inline constants and literals.
 */
#ifndef CAIRN_MACHINE_CONSTANT_H
#define CAIRN_MACHINE_CONSTANT_H

#include "isa/insn.h"

/* The bits that an inline constant (code 128..208, 240..248) gives to an operand of `type`. Integer
 * codes are sign-extended to the operand; float codes have the operand's own format. Packed 16-bit
 * floats hold the f16 in the low half and 0 in the high one; packed 16-bit integers the f32 pattern
 * (LLVM SIFoldOperands, isInlinableLiteralV2*). */
uint64_t cairn_inline_constant(unsigned code, enum cairn_type type);

/* A 32-bit literal in an operand of `type`. In a 64-bit operand it is the high half of a double,
 * sign-extended for signed integers, else zero-extended. */
uint64_t cairn_literal_value(uint32_t literal, enum cairn_type type);

#endif
