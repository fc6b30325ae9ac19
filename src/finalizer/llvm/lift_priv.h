/* SPDX-License-Identifier: MIT
 * The core of the lifter: what lift_state.c (state in memory), lift.c (values), region.c (loops
 * over chunks), control.c, control_block.c (blocks) and compile.c share. Families do not include
 * it.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_PRIV_H
#define CAIRN_FINALIZER_LLVM_LIFT_PRIV_H

#include "finalizer/known.h"
#include "finalizer/llvm/nan.h"

struct cairn_segment;

/* Two dwords as one 64-bit value, as long as the registers hold these very vectors. */
struct cairn_lift_pair {
    LLVMValueRef value, low, high;
    LLVMBasicBlockRef block; /* the value is defined here only; NULL: wherever the halves are */
};

/* Lane 0's and the last lane's value of a 64-bit pair of registers that the facts call regular,
 * computed by scalars; i64, NULL: not known. */
struct cairn_lift_ends {
    LLVMValueRef first, last;
};

/* Between v_add_co_u32 and its v_addc_co_u32: what the sources were the low halves of. */
struct cairn_lift_carry {
    bool valid;
    unsigned low, mask; /* destination, carry-out */
    unsigned high[2];   /* vector registers of the other halves; 0: a uniform source */
    struct cairn_lift_ends source[2]; /* of a uniform source: its low half */
    struct cairn_lift_ends half[2];   /* the low halves */
};

/* A matrix instruction that waits for another one with the same D: see lift_matrix.c. */
struct cairn_lift_waiting {
    bool used;
    uint8_t twice; /* enum cairn_matrix_twice */
    uint16_t d, dwords;
};
enum { CAIRN_LIFT_WAITING = 4 };

/* Where instructions of the region that is being lifted go, and the values known in it. */
struct cairn_lift_region {
    LLVMBuilderRef scalar; /* in front of the loop over chunks, or just the straight code */
    LLVMBuilderRef lane;   /* in the loop */
    bool open;             /* the loop has begun */
    LLVMBasicBlockRef body;
    LLVMValueRef chunk;   /* i32 phi */
    LLVMValueRef rows;    /* ptr: this chunk in row 0 */
    LLVMValueRef masks;   /* ptr: this chunk's bits of s[0:1] */
    uint32_t first, last; /* instructions of the region, last included */

    /* Vector registers of this chunk: as vector, as lane 0's value, or not looked at yet. */
    LLVMValueRef vector[CAIRN_VREGS], base[CAIRN_VREGS];
    bool dirty[CAIRN_VREGS];
    struct cairn_lift_pair pair[CAIRN_VREGS]; /* by the low register */
    struct cairn_lift_ends ends[CAIRN_VREGS]; /* by the low register */
    struct cairn_lift_carry carry;
    /* Lane masks of this chunk, by the even code; pending: made here, complete in memory only
     * behind the loop. */
    LLVMValueRef mask[CAIRN_SREGS];
    bool put[CAIRN_SREGS]; /* mask written by this region */
    /* The mask that v_add_co_u32 wrote last, and lane 0's bit in it (i1), were the lane active. */
    LLVMValueRef bit_mask, bit;
    /* The region may fault: scalar registers are stored behind it only, so that the interpreter can
     * start it again. */
    bool defers;
    bool by_wave;           /* lift->wave is one of the merged waves, for its own masks */
    LLVMBasicBlockRef skip; /* where a chunk without active lanes goes; NULL: nowhere */
    bool deferred[CAIRN_SREGS];
    struct cairn_segment *segment; /* that is being lifted, or NULL; segment.h */
    int scc_of; /* SCC is `this mask != 0`, to be computed behind the loop; -1: no */
    LLVMValueRef spare_rows[64]; /* of the function's stack, for instructions that cross chunks */
    unsigned rows_taken;         /* by this region */
    struct cairn_nan nan;        /* float results that wait */
    struct cairn_lift_waiting waiting[CAIRN_LIFT_WAITING];
    LLVMValueRef waiting_rows; /* A and B of each */
    LLVMValueRef wave_rows[3]; /* likewise, by enum cairn_lift_spare */

    /* Of the block: static shapes here, and scalar registers whose values are at hand. */
    struct cairn_shape shape[CAIRN_VREGS];
    LLVMValueRef sgpr[CAIRN_SREGS], sgpr64[CAIRN_SREGS];
    LLVMValueRef scc;
    LLVMValueRef any[CAIRN_SREGS]; /* i1: has this mask a bit set in any chunk? */

    /* What the workgroup's shape says here, in front of the instruction and behind it. Pending:
     * made since the region was opened, to be stored behind it. */
    struct cairn_known_state known, known_next;
    bool known_pending[CAIRN_KNOWN_PAIRS];
    LLVMValueRef known_base[CAIRN_VREGS]; /* lane 0's value, in this chunk */
    unsigned chunk_first, chunk_end;      /* that the loop goes over */
    unsigned chunk_step;                  /* at a time */
};

/* What all blocks of the function share; see control.c. */
struct cairn_lift_function {
    LLVMBasicBlockRef dispatch, leave; /* switch on wave->pc; return CAIRN_NATIVE_LEAVE */
    LLVMBasicBlockRef start;           /* loads what is the wave's, and dispatches */
    /* Behind s_endpgm and s_barrier: restart.h; NULL: returns CAIRN_NATIVE_DONE, _BARRIER. */
    LLVMBasicBlockRef ended, arrived;
    LLVMBasicBlockRef *blocks;       /* by program block */
    bool mode_written, mode_strange; /* strange: to other than the two that VALU has code for */
    uint32_t
        *regions; /* first instructions of regions that touch memory; one a program insn at most */
    uint32_t region_count;
    bool *lifted; /* by program block: it is in a segment that was lifted */
    uint32_t stepped;
    struct cairn_regs stored; /* vector registers whose rows in memory the code may write */
    LLVMValueRef state_list, guest_list;
    unsigned kind_scope, kind_noalias;
};

struct cairn_gates;
struct cairn_lanes;

struct cairn_lifter {
    struct cairn_lift lift;    /* first: families see this */
    struct cairn_lanes *lanes; /* which scalar registers are masks */
    struct cairn_gates *gates;
    bool *full; /* by instruction: facts->insn[].full_write */
    struct cairn_lift_function function;
    struct cairn_lift_region region;
    struct cairn_nan_buffer nan_buffer;
};

static inline struct cairn_lifter *cairn_lifter_of(struct cairn_lift *lift)
{
    return (struct cairn_lifter *)lift;
}

/* ---- lift_state.c */
/* Of struct cairn_wave and its rows: no access of the guest's. */
LLVMValueRef cairn_lift_state_load(struct cairn_lift *lift, LLVMTypeRef type, LLVMValueRef at,
                                   unsigned align);
void cairn_lift_state_store(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef at,
                            unsigned align);
LLVMValueRef cairn_lift_frame_field(struct cairn_lift *lift, size_t offset);
LLVMValueRef cairn_lift_wave_field(struct cairn_lift *lift, LLVMValueRef wave, size_t offset);
void cairn_lift_chunk_pointers(struct cairn_lift *lift); /* of the chunk whose turn begins */
/* Row of a register, or bits of a mask, where this chunk has them. */
LLVMValueRef cairn_lift_register_pointer(struct cairn_lift *lift, unsigned vreg);
/* The same, to write to. */
LLVMValueRef cairn_lift_register_place(struct cairn_lift *lift, unsigned vreg);
LLVMValueRef cairn_lift_mask_pointer(struct cairn_lift *lift, unsigned code);
LLVMTypeRef cairn_lift_mask_type(struct cairn_lift *lift); /* iW */
/* i64: the chunk's first lane, in its wave. */
LLVMValueRef cairn_lift_chunk_start(struct cairn_lift *lift);

static inline LLVMValueRef cairn_lift_slot_load(struct cairn_lift *lift, LLVMTypeRef type,
                                                LLVMValueRef at)
{
    return LLVMBuildLoad2(lift->builder, type, at, "");
}

static inline void cairn_lift_slot_store(struct cairn_lift *lift, LLVMValueRef value,
                                         LLVMValueRef at)
{
    LLVMBuildStore(lift->builder, value, at);
}

/* ---- lift.c */
LLVMValueRef cairn_lift_register(struct cairn_lift *lift, unsigned vreg);      /* as a vector */
LLVMValueRef cairn_lift_register_base(struct cairn_lift *lift, unsigned vreg); /* lane 0's value */
void cairn_lift_store_mask(struct cairn_lift *lift, unsigned code);  /* what is known of it */
void cairn_lift_forget_mask(struct cairn_lift *lift, unsigned code); /* it is about to be made */

/* ---- lift_ends.c: around the emission of a lane instruction, and when a register is written */
struct cairn_lift_ends_note {
    struct cairn_lift_ends ends; /* of the result */
    unsigned low;                /* its low register */
    struct cairn_lift_carry carry;
};
void cairn_lift_ends_before(struct cairn_lift *lift, struct cairn_lift_ends_note *note);
void cairn_lift_ends_after(struct cairn_lift *lift, const struct cairn_lift_ends_note *note);
void cairn_lift_ends_forget(struct cairn_lift *lift, unsigned vreg);
void cairn_lift_ends_forget_mask(struct cairn_lift *lift, unsigned code);

/* ---- lift_wide.c: in front of and behind an instruction of the lanes; cairn_lift_wide_of() asks.
 */
struct cairn_lift_wide_note {
    struct cairn_lift_wide pair; /* index NULL: nothing */
    bool high_only;              /* the low half is there already */
    struct cairn_lift_wide_sum sum;
};
void cairn_lift_wide_before(struct cairn_lift *lift, struct cairn_lift_wide_note *note);
void cairn_lift_wide_after(struct cairn_lift *lift, const struct cairn_lift_wide_note *note);

/* ---- scalar.c: stores what was deferred, at region->scalar. */
void cairn_lift_flush_scalars(struct cairn_lift *lift);
/* To memory: of all merged waves if it may be looked at as a lane mask. */
void cairn_lift_store_sgpr(struct cairn_lift *lift, unsigned code, unsigned dwords,
                           LLVMValueRef value);

/* ---- kinds.c */
enum cairn_lift_kind cairn_lift_kind_of(const struct cairn_lift *lift, uint32_t insn,
                                        const struct cairn_lift_family **family);
bool cairn_lift_is_order(const struct cairn_insn *insn); /* cache control: loads must not cross */

/* ---- plan.c: cutting a block into regions */
enum cairn_plan_mode {
    CAIRN_PLAN_NONE,
    CAIRN_PLAN_SCALAR,
    CAIRN_PLAN_LANE,
    CAIRN_PLAN_MASK_LANE,  /* MASK instruction on this chunk's bits */
    CAIRN_PLAN_MASK_WAVES, /* MASK instruction on 64 bits of each merged wave */
    CAIRN_PLAN_KNOWN,      /* makes masks that are known before the program runs */
    CAIRN_PLAN_WAVE,
    CAIRN_PLAN_STEP,
    CAIRN_PLAN_CONTROL,
};
struct cairn_plan {
    uint8_t mode;     /* enum cairn_plan_mode */
    bool region_ends; /* behind this instruction */
};
/* One plan an instruction of the block, from instruction `from` of the program on. */
void cairn_plan_block(const struct cairn_lift *lift, uint32_t block, uint32_t from,
                      struct cairn_plan *plans);

/* ---- region.c */
void cairn_region_start_block(struct cairn_lift *lift, uint32_t block);
void cairn_region_open(struct cairn_lift *lift, uint32_t first, uint32_t last);
void cairn_region_close(struct cairn_lift *lift);
void cairn_region_lane(struct cairn_lift *lift, bool lane); /* where lift->builder is */
void cairn_region_forget_scalars(struct cairn_lift *lift);  /* after a call that may change any */
/* Makes shapes in front of instruction `insn` those behind it. */
void cairn_region_advance(struct cairn_shape shape[CAIRN_VREGS], const struct cairn_lift *lift,
                          uint32_t insn);
unsigned cairn_region_chunks(const struct cairn_lift *lift); /* turns of the loop over chunks */
void cairn_region_mark_loop(struct cairn_lift *lift, LLVMValueRef branch);
/* The loop over chunks: its start (with the chunk's number stored for faults of the region that
 * begins at `first`, if it touches memory), and its end, which puts region->scalar behind it and
 * gives the block in front of it. */
void cairn_region_begin_chunks(struct cairn_lift *lift, uint32_t first, bool memory);
LLVMBasicBlockRef cairn_region_end_chunks(struct cairn_lift *lift);
void cairn_region_forget_lanes(struct cairn_lift *lift); /* what is known of vectors and masks */
bool cairn_region_may_fault(const struct cairn_lift *lift, uint32_t first, uint32_t last);

/* ---- lift_known.c: what follows from the shape of the workgroup */
enum { CAIRN_LIFT_MOST_CHUNKS = 1024 / 8 };
/* Does the code run all lanes that the known values are of? */
bool cairn_lift_knows(const struct cairn_lift *lift);
/* Around each instruction that is emitted. */
void cairn_lift_known_before(struct cairn_lift *lift);
void cairn_lift_known_after(struct cairn_lift *lift);
/* Does the instruction write known masks and nothing else? `next`: behind it. */
bool cairn_lift_makes_known(const struct cairn_lift *lift, uint32_t index,
                            const struct cairn_known_state *next);
void cairn_lift_known_emit(struct cairn_lift *lift);  /* such an instruction */
void cairn_lift_flush_known(struct cairn_lift *lift); /* behind the region: what is pending */
/* Can an instruction fault, or go the slow way? LDS loads do neither, nor stores that are inside.
 */
bool cairn_lift_may_fault(const struct cairn_lift *lift, uint32_t index,
                          const struct cairn_known_state *state);
/* The chunks that have active lanes between two instructions, into region->chunk_*. */
void cairn_lift_known_range(struct cairn_lift *lift, uint32_t first, uint32_t last);
/* <width x i1>, i1, i32, as their namesakes; NULL: not known. */
LLVMValueRef cairn_lift_known_mask(struct cairn_lift *lift, unsigned code);
LLVMValueRef cairn_lift_known_any(struct cairn_lift *lift, unsigned code);
LLVMValueRef cairn_lift_known_base(struct cairn_lift *lift, unsigned vreg);
bool cairn_lift_known_shape(const struct cairn_lift *lift, unsigned vreg, struct cairn_shape *out);

/* ---- control.c */
void cairn_control_begin(struct cairn_lift *lift); /* entry, dispatch, blocks */
/* Where an edge leads: over fuel if it goes back. */
LLVMBasicBlockRef cairn_control_edge(struct cairn_lift *lift, uint32_t from, uint32_t to);
LLVMValueRef cairn_control_burn(struct cairn_lift *lift, LLVMValueRef instructions);
void cairn_control_yield(struct cairn_lift *lift, uint32_t offset);
/* A CAIRN_PLAN_CONTROL instruction of the block. */
void cairn_control_build(struct cairn_lift *lift, uint32_t block, uint32_t index);
/* frame->step(frame, wave): the interpreter executes the instruction at wave->pc; back to the
 * driver if it says so. */
void cairn_control_call_step(struct cairn_lift *lift);
void cairn_lift_store_pc(struct cairn_lift *lift, uint32_t offset);
/* i1: is any bit of the 64-bit mask set, in any merged wave? Complete in memory, no region open. */
LLVMValueRef cairn_lift_any_of(struct cairn_lift *lift, unsigned code);

/* ---- control_block.c */
/* What comes in front of an instruction that is emitted otherwise; cairn_lift_known_after is what
 * comes behind it. */
void cairn_control_begin_insn(struct cairn_lift *lift, uint32_t index, struct cairn_plan plan);
/* Instruction `index` of the block. */
void cairn_control_emit(struct cairn_lift *lift, uint32_t block, uint32_t index,
                        struct cairn_plan plan);
bool cairn_control_block(struct cairn_lift *lift, uint32_t block); /* false: no memory */

/* lift_matrix.c: in front of the instruction that is emitted now, and of the end of a block: does
 * what waits and must not any longer. */
void cairn_lift_matrix_settle(struct cairn_lift *lift, enum cairn_plan_mode mode);
void cairn_lift_matrix_settle_all(struct cairn_lift *lift);

/* lift_scalar.c: a MASK instruction in its lane form. */
void cairn_lift_mask_op(struct cairn_lift *lift);

#endif
