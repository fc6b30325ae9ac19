/* SPDX-License-Identifier: MIT
 * Bit operations of the scalar unit, which lane masks are made with: which one an instruction does,
 * and of what. One table for whoever follows masks through a program or makes code for them.
 */
#ifndef CAIRN_FINALIZER_MASK_OP_H
#define CAIRN_FINALIZER_MASK_OP_H

#include <stdint.h>

enum cairn_mask_logic {
    CAIRN_LOGIC_NONE,
    CAIRN_LOGIC_AND,
    CAIRN_LOGIC_OR,
    CAIRN_LOGIC_XOR,
    CAIRN_LOGIC_ANDN2, /* a & ~b */
    CAIRN_LOGIC_ORN2,
    CAIRN_LOGIC_NAND,
    CAIRN_LOGIC_NOR,
    CAIRN_LOGIC_XNOR,
    CAIRN_LOGIC_ANDN1, /* ~a & b */
    CAIRN_LOGIC_ORN1,
    CAIRN_LOGIC_NOT,  /* ~a */
    CAIRN_LOGIC_MOVE, /* a */
};

enum cairn_mask_form {
    CAIRN_FORM_OTHER, /* no bit operation, or one on 32 bits */
    CAIRN_FORM_ONE,   /* d = f(s0) */
    CAIRN_FORM_TWO,   /* d = f(s0, s1) */
    CAIRN_FORM_SAVES, /* d = EXEC; EXEC = f(s0, EXEC) */
    CAIRN_FORM_EXEC,  /* d = EXEC = f(s0, EXEC) */
};

/* Of an enum cairn_op. 32-bit instructions have their logic, too. */
enum cairn_mask_logic cairn_mask_logic_of(unsigned op);
enum cairn_mask_form cairn_mask_form_of(unsigned op);

#endif
