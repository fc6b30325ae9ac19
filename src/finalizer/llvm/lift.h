/* SPDX-License-Identifier: MIT
 * Lifting: from decoded instructions to LLVM IR. This is the contract between the core (lift.c,
 * region.c), which knows where values live, and the families (lift_*.c), which know what
 * instructions do. A family function emits one instruction through the primitives below, at
 * lift->builder.
 *
 * Kinds of instructions:
 *   SCALAR  emitted once for the wave, reads and writes SGPRs, SCC, scalar memory; lanes only in
 *           the memory of their registers (v_readlane, v_writelane)
 *   LANE    emitted inside the loop over chunks, on vectors of `width` lanes
 *   MASK    bit operation on lane masks (s_and_b64 exec ...): the core runs it as SCALAR or, where
 * a source was made in this region, as LANE WAVE    emitted once, with all vector registers in
 * memory (cairn_lift_row): crosses chunks CONTROL ends a block, or s_barrier, s_sleep...: the
 * core's own NONE    does nothing (s_nop, s_waitcnt, cache control: see `orders`) STEP    not
 * lifted: the interpreter executes it
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_H
#define CAIRN_FINALIZER_LLVM_LIFT_H

#include "finalizer/finalizer.h"
#include "finalizer/native.h"

#include <llvm-c/Core.h>

enum cairn_lift_kind {
    CAIRN_LIFT_STEP,
    CAIRN_LIFT_NONE,
    CAIRN_LIFT_SCALAR,
    CAIRN_LIFT_LANE,
    CAIRN_LIFT_MASK,
    CAIRN_LIFT_WAVE,
    CAIRN_LIFT_CONTROL,
};

struct cairn_lift_region; /* region.c */
struct cairn_semantics;   /* semantics.h */

/* Vector instructions lifted not long ago, by which a division is known again; lift_valu_div.c. */
enum { CAIRN_LIFT_RECENT = 32 * 8 }; /* of chunks that go in step, too */
struct cairn_lift_recent {
    struct cairn_lift_result {
        uint16_t op;
        uint16_t code; /* of the mask written */
        LLVMValueRef value, source[3], mask, store;
    } result[CAIRN_LIFT_RECENT]; /* a ring */
    unsigned next;
};

/* A 64-bit value in two vectors that is base + (index << shift) in the lanes of a mask. */
struct cairn_lift_wide {
    LLVMValueRef low, high, mask;
    LLVMValueRef base;  /* i64 */
    LLVMValueRef index; /* v32 */
    uint8_t shift;
    bool zero; /* the index is zero-extended; else its sign is */
};
/* v_add_co_u32 of a vector and a scalar, found again by its carry. */
struct cairn_lift_wide_sum {
    LLVMValueRef value, base, low, carry, mask;
};
enum { CAIRN_LIFT_WIDES = 32 * 8 };
struct cairn_lift_wides { /* rings */
    struct cairn_lift_wide pair[CAIRN_LIFT_WIDES];
    struct cairn_lift_wide_sum sum[CAIRN_LIFT_WIDES];
    unsigned next_pair, next_sum;
};

/* One compilation, one thread. */
struct cairn_lift {
    const struct cairn_finalize_request *request;
    const struct cairn_program *program;
    const struct cairn_liveness *live;
    const struct cairn_facts *facts;
    const struct cairn_geometry *geometry;
    struct cairn_semantics *semantics;

    LLVMContextRef context;
    LLVMModuleRef module;
    LLVMBuilderRef builder;
    unsigned width;  /* lanes of a chunk */
    unsigned chunks; /* of a wave */
    LLVMTypeRef i1, i8, i16, i32, i64, f16, f32, f64, ptr, void_type;
    LLVMTypeRef v1, v8, v16, v32, v64, vf32, vf64; /* vectors of `width` elements */

    LLVMValueRef function, frame;          /* struct cairn_native_frame * */
    LLVMValueRef wave;                     /* ptr: the (first) wave */
    LLVMValueRef vgprs;                    /* ptr: row 0 of the (first) wave */
    LLVMValueRef lds;                      /* ptr */
    LLVMValueRef window_base, window_size; /* i64 */

    struct cairn_lift_region *region;
    uint32_t at;                   /* index of the instruction being lifted */
    const struct cairn_insn *insn; /* &program->insns[at].insn */
    const struct cairn_insn_facts *insn_facts;
    struct cairn_lift_recent recent;
    struct cairn_lift_wides wides;
};

/* ---- sources: slot is enum cairn_slot; dword counts from 0 inside the operand ---- */

/* <width x i32>: a dword of a vector or scalar source as lanes. Inline constants by the operand's
 * type (64-bit ones: dword 1 is the high half). No modifiers (abs, neg, sel) are applied. */
LLVMValueRef cairn_lift_source(struct cairn_lift *lift, unsigned slot, unsigned dword);
/* <width x i64> of two dwords. */
LLVMValueRef cairn_lift_source64(struct cairn_lift *lift, unsigned slot);
/* What is known about it; scalars and constants are GROUP_UNIFORM. */
struct cairn_shape cairn_lift_shape(struct cairn_lift *lift, unsigned slot, unsigned dword);
/* i32: lane 0's value of a source whose shape is not VARYING. */
LLVMValueRef cairn_lift_base(struct cairn_lift *lift, unsigned slot, unsigned dword);
/* i64 of two dwords, both not VARYING. */
LLVMValueRef cairn_lift_base64(struct cairn_lift *lift, unsigned slot);
/* i64: the values of two dwords in lane 0 and in the last lane, where instructions of this region
 * have made them from regular values; false: not known. Lane i is in between, if the last lane's is
 * what the stride says. */
bool cairn_lift_ends64(struct cairn_lift *lift, unsigned slot, LLVMValueRef *first,
                       LLVMValueRef *last);
/* The two dwords of a vector source as base and 32-bit index, where that is known (lift_wide.c). */
bool cairn_lift_wide_of(struct cairn_lift *lift, unsigned slot, struct cairn_lift_wide *out);
/* i32 or i64: a scalar source (SGPRs, constants, SCC, ...), not a vector register. */
LLVMValueRef cairn_lift_scalar(struct cairn_lift *lift, unsigned slot);
LLVMValueRef cairn_lift_scalar64(struct cairn_lift *lift, unsigned slot);

/* ---- results ---- */

/* Both dwords of the register operand, as they were put, are known as one value, too. */
void cairn_lift_note_pair(struct cairn_lift *lift, unsigned slot, LLVMValueRef wide,
                          LLVMValueRef low, LLVMValueRef high);

/* <width x i32> into dword of the operand in `slot` (a vector register), under EXEC as the facts
 * say. */
void cairn_lift_put(struct cairn_lift *lift, unsigned slot, unsigned dword, LLVMValueRef value);
void cairn_lift_put64(struct cairn_lift *lift, unsigned slot, LLVMValueRef value);
/* The same for a result whose shape (insn_facts->shape, shape_high) is UNIFORM or AFFINE: i32,
 * lane 0's value. Vectors are made from it when somebody asks. Only if insn_facts->full_write. */
void cairn_lift_put_base(struct cairn_lift *lift, unsigned slot, unsigned dword,
                         LLVMValueRef value);
/* Writes lanes of `mask` (<width x i1>) only, instead of EXEC's: loads with faults, DPP. */
void cairn_lift_put_masked(struct cairn_lift *lift, unsigned slot, unsigned dword,
                           LLVMValueRef value, LLVMValueRef mask);

/* ---- scalar registers, by operand code ---- */
LLVMValueRef cairn_lift_sgpr(struct cairn_lift *lift, unsigned code);   /* i32 */
LLVMValueRef cairn_lift_sgpr64(struct cairn_lift *lift, unsigned code); /* i64 */
void cairn_lift_put_sgpr(struct cairn_lift *lift, unsigned code, LLVMValueRef value);
void cairn_lift_put_sgpr64(struct cairn_lift *lift, unsigned code, LLVMValueRef value);
LLVMValueRef cairn_lift_scc(struct cairn_lift *lift); /* i1 */
void cairn_lift_put_scc(struct cairn_lift *lift, LLVMValueRef value);
/* i32: MODE; a constant unless the program writes it. */
LLVMValueRef cairn_lift_mode(struct cairn_lift *lift);
bool cairn_lift_mode_known(struct cairn_lift *lift, uint32_t *mode);

/* ---- lane masks: <width x i1> (LANE only) ---- */
LLVMValueRef cairn_lift_exec(struct cairn_lift *lift); /* all ones constant where known */
LLVMValueRef cairn_lift_mask(struct cairn_lift *lift, unsigned slot); /* mask operand */
LLVMValueRef cairn_lift_mask_code(struct cairn_lift *lift, unsigned code);
/* i1: the bit of lane 0, where all active lanes are known to have the same; lane 0's own need not
 * be in the mask. Noted: that of the mask which is written next to it. */
LLVMValueRef cairn_lift_bit_of(struct cairn_lift *lift, LLVMValueRef mask);
void cairn_lift_note_bit(struct cairn_lift *lift, LLVMValueRef mask, LLVMValueRef bit);
/* Whole new value of the mask in this chunk; the caller has ANDed EXEC where the ISA says so. */
void cairn_lift_put_mask(struct cairn_lift *lift, unsigned slot, LLVMValueRef value);
void cairn_lift_put_mask_code(struct cairn_lift *lift, unsigned code, LLVMValueRef value);

/* Where it is known how the lanes of a source differ, the same way in all chunks: lane i's value is
 * *first (i32, the least) + apart[i]. */
bool cairn_lift_known_apart(struct cairn_lift *lift, unsigned slot, LLVMValueRef *first,
                            uint32_t apart[64]);
/* Of an LDS instruction: all lanes that the code runs are inside of what every workgroup has. */
bool cairn_lift_is_inside(struct cairn_lift *lift);

/* ---- where a WAVE instruction and memory helpers find state ---- */
/* ptr to `width` dwords: of a vector register (cairn_vreg_of_code numbering) in chunk number
 * `chunk` (i32, over all merged waves). */
LLVMValueRef cairn_lift_row(struct cairn_lift *lift, unsigned vreg, LLVMValueRef chunk);
LLVMValueRef cairn_lift_chunk(struct cairn_lift *lift); /* i32: the current one, LANE only */
LLVMValueRef cairn_lift_wave_pointer(struct cairn_lift *lift, LLVMValueRef chunk);
/* i64: the whole mask of the (only) wave, for WAVE and SCALAR; not when merged. */
LLVMValueRef cairn_lift_mask64(struct cairn_lift *lift, unsigned code);

/* ---- memory ---- */
/* Says that `access` touches wave state (frame, struct cairn_wave, VGPRs), or guest memory: the two
 * never alias. */
void cairn_lift_tag_state(struct cairn_lift *lift, LLVMValueRef access);
void cairn_lift_tag_guest(struct cairn_lift *lift, LLVMValueRef access);

/* Inside a loop that a chunk runs for itself: memory for one value of this place in the program, on
 * the function's stack, zero at first; NULL: not in such a loop. */
LLVMValueRef cairn_lift_loop_slot(struct cairn_lift *lift, LLVMTypeRef type);
/* Do the chunks of a wave go in step here? */
bool cairn_lift_in_step(const struct cairn_lift *lift);

/* ---- small things ---- */
LLVMValueRef cairn_lift_splat(struct cairn_lift *lift, LLVMValueRef scalar); /* any element type */
LLVMValueRef cairn_lift_iota(struct cairn_lift *lift, int32_t stride); /* <width x i32> constant */
LLVMValueRef cairn_lift_const32(struct cairn_lift *lift, uint32_t value);
LLVMValueRef cairn_lift_const64(struct cairn_lift *lift, uint64_t value);
LLVMValueRef cairn_lift_intrinsic(struct cairn_lift *lift, const char *name, LLVMTypeRef *types,
                                  unsigned type_count, LLVMValueRef *args, unsigned count);
LLVMBasicBlockRef cairn_lift_block(struct cairn_lift *lift, const char *name); /* appended */
/* Of the function's stack; not initialised. */
LLVMValueRef cairn_lift_slot(struct cairn_lift *lift, LLVMTypeRef type);
/* How often a branch goes each of its ways. */
void cairn_lift_weigh(struct cairn_lift *lift, LLVMValueRef branch, uint32_t first,
                      uint32_t second);
void cairn_lift_expect(struct cairn_lift *lift,
                       LLVMValueRef branch); /* goes its first way mostly */

/* ---- families: what kind an instruction is (before anything is emitted), and emitting it ---- */
struct cairn_lift_family {
    enum cairn_lift_kind (*kind)(const struct cairn_insn *insn,
                                 const struct cairn_geometry *geometry, bool exact_nan);
    void (*emit)(struct cairn_lift *lift);
};
extern const struct cairn_lift_family cairn_lift_scalar_family; /* lift_scalar.c: SALU, SMEM */
extern const struct cairn_lift_family cairn_lift_valu_family;   /* lift_valu.c */
extern const struct cairn_lift_family cairn_lift_cross_family;  /* lift_cross.c: lanes, permutes */
extern const struct cairn_lift_family cairn_lift_memory_family; /* lift_memory.c: DS, FLAT, MUBUF */
extern const struct cairn_lift_family cairn_lift_matrix_family; /* lift_matrix.c: MFMA */
extern const struct cairn_lift_family cairn_lift_index_family;  /* lift_index.c: VGPR indexing */

/* Does that family know the vector instruction while VGPR indexing may be on? */
bool cairn_lift_index_knows(const struct cairn_insn *insn);

/* Whether a vector instruction of lift_valu.c depends on MODE. */
bool cairn_lift_needs_mode(const struct cairn_insn *insn);

/* DPP (lift_dpp.c): the first source as the lanes see it (`source`: what the chunk holds of it),
 * and which lanes have a source that is there and active (<width x i1>). Any control. */
LLVMValueRef cairn_lift_dpp(struct cairn_lift *lift, LLVMValueRef source, LLVMValueRef *valid);

/* Does a LANE instruction look at lanes of other chunks: of the operand in *slot? Then that operand
 * is complete in memory when its region begins, and EXEC too (lift_cross.c). */
bool cairn_lift_looks_across(const struct cairn_insn *insn, unsigned width, unsigned *slot);

#endif
