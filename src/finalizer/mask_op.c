/* SPDX-License-Identifier: MIT
 * The table of bit operations: AMD "CDNA2 Instruction Set Architecture", SOP1 and SOP2.
 */
#include "finalizer/mask_op.h"

#include "isa/isa.h"

struct row {
    uint8_t logic, form; /* enum cairn_mask_logic, enum cairn_mask_form */
};

#define ROW(logic, form) {CAIRN_LOGIC_##logic, CAIRN_FORM_##form}
#define BOTH(name, logic, form)                                                                    \
    [CAIRN_OP_s_##name##_b32] = ROW(logic, OTHER), [CAIRN_OP_s_##name##_b64] = ROW(logic, form)
#define SAVES(name, logic) [CAIRN_OP_s_##name##_saveexec_b64] = ROW(logic, SAVES)

static const struct row rows[CAIRN_OP_COUNT] = {
    BOTH(and, AND, TWO),
    BOTH(or, OR, TWO),
    BOTH(xor, XOR, TWO),
    BOTH(andn2, ANDN2, TWO),
    BOTH(orn2, ORN2, TWO),
    BOTH(nand, NAND, TWO),
    BOTH(nor, NOR, TWO),
    BOTH(xnor, XNOR, TWO),
    BOTH(not, NOT, ONE),
    BOTH(mov, MOVE, ONE),
    SAVES(and, AND),
    SAVES(or, OR),
    SAVES(xor, XOR),
    SAVES(andn2, ANDN2),
    SAVES(orn2, ORN2),
    SAVES(nand, NAND),
    SAVES(nor, NOR),
    SAVES(xnor, XNOR),
    SAVES(andn1, ANDN1),
    SAVES(orn1, ORN1),
    [CAIRN_OP_s_andn1_wrexec_b64] = ROW(ANDN1, EXEC),
    [CAIRN_OP_s_andn2_wrexec_b64] = ROW(ANDN2, EXEC),
};

enum cairn_mask_logic cairn_mask_logic_of(unsigned op)
{
    return (enum cairn_mask_logic)rows[op].logic;
}

enum cairn_mask_form cairn_mask_form_of(unsigned op)
{
    return (enum cairn_mask_form)rows[op].form;
}
