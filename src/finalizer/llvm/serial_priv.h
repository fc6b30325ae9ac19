/* SPDX-License-Identifier: MIT
 * What the emission of loops that lanes run one after another shares: the state of a chunk and of
 * its lanes (serial_chunk.c), checks of what lanes can reach (serial_reach.c), and the loops
 * (serial_emit.c).
 */
#ifndef CAIRN_FINALIZER_LLVM_SERIAL_PRIV_H
#define CAIRN_FINALIZER_LLVM_SERIAL_PRIV_H

#include "finalizer/llvm/serial_lane.h"

/* Stack slots of the loop. */
struct cairn_serial_slots {
    LLVMValueRef from[CAIRN_VREGS]; /* the register's own row */
    LLVMValueRef row[CAIRN_VREGS];  /* what the chunk leaves there */
    LLVMValueRef bits[128];         /* i32: masks of the chunk, by the even code */
    LLVMValueRef value[CAIRN_VREGS], pair[CAIRN_SERIAL_PAIRS], mask[128]; /* of the lane */
    LLVMValueRef todo, left, again;
    LLVMBasicBlockRef together;
    LLVMBasicBlockRef enter; /* in front of a chunk's first lane: what is checked for all of them */
};

/* ptr: a lane's dword of a register. */
static inline LLVMValueRef cairn_serial_element(struct cairn_lift *lift, LLVMValueRef row,
                                                LLVMValueRef lane)
{
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i32, row, &lane, 1, "");
}

/* ---- serial_chunk.c */
void cairn_serial_make_slots(struct cairn_lift *lift, const struct cairn_serial *serial,
                             struct cairn_serial_slots *slots);
/* Registers and masks of the chunk, from memory and back. */
void cairn_serial_enter_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                              struct cairn_serial_slots *slots);
void cairn_serial_leave_chunk(struct cairn_lift *lift, const struct cairn_serial *serial,
                              const struct cairn_serial_slots *slots);
/* Of lane `at` (i32), from the chunk's and back. */
void cairn_serial_enter_lane(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots,
                             LLVMValueRef at);
void cairn_serial_leave_lane(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots,
                             LLVMValueRef at);
/* Of one turn of a lane. */
void cairn_serial_start_turn(struct cairn_serial_lane *lane,
                             const struct cairn_serial_slots *slots);
void cairn_serial_end_turn(struct cairn_serial_lane *lane, const struct cairn_serial_slots *slots);
/* Says of EXEC and the mask of leaving, for all lanes that are to run, that they have left; those
 * that stay take it back. */
void cairn_serial_all_leave(struct cairn_lift *lift, const struct cairn_serial *serial,
                            const struct cairn_serial_slots *slots);

/* ---- serial_reach.c */
/* i1: what a lane can reach from bases of its own lies in the window. */
LLVMValueRef cairn_serial_reach_is_good(struct cairn_serial_lane *lane,
                                        const struct cairn_serial_slots *slots);
/* In front of the first lane of a chunk, in block `enter`: on to `some`, or to the vector form.
 * Active lanes whose mask of leaving is set already are left to that, too, so that the mask is
 * known to be clear at the start of each turn. */
void cairn_serial_check_chunk(struct cairn_serial_lane *lane,
                              const struct cairn_serial_slots *slots, uint32_t turns,
                              LLVMBasicBlockRef some);

#endif
