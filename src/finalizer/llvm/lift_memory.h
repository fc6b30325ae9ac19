/* SPDX-License-Identifier: MIT
 * What the files of the memory family share. An access is forked by a guard: in line where the
 * addresses of the chunk are known to be good, else through the table of finalizer/access.h.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_MEMORY_H
#define CAIRN_FINALIZER_LLVM_LIFT_MEMORY_H

#include "finalizer/access.h"
#include "finalizer/llvm/lift.h"

enum {
    CAIRN_LIFT_MAX_DWORDS = 4,
    CAIRN_LIFT_MAX_WIDTH = CAIRN_ACCESS_LANES,
    CAIRN_LIFT_MAX_WAYS = 3,
};

/* How the bits of one element become a register, and which of it are stored. */
enum cairn_lift_form {
    CAIRN_FORM_PLAIN,
    CAIRN_FORM_SIGNED,
    CAIRN_FORM_D16_HI,        /* loads: into bits 31:16; stores: from them */
    CAIRN_FORM_SIGNED_D16,    /* sign-extended to 16 bits, zeros above */
    CAIRN_FORM_SIGNED_D16_HI, /* the same, shifted up */
};

/* One load or store of an element a lane, as it is being emitted. */
struct cairn_lift_access {
    struct cairn_lift *lift;
    unsigned bytes, dwords;
    unsigned kind;           /* of the slow path: index into struct cairn_access_table */
    bool near;               /* in the caches already */
    bool together;           /* all chunks of the wave lie side by side */
    bool is_volatile, quiet; /* quiet: inactive lanes may be read, and written back (LDS) */
    LLVMValueRef mask;       /* v1 */
    bool full;               /* the mask is all ones, statically */
    unsigned past; /* stores go past the caches: so far they are aligned; 0: they do not */
    unsigned few;  /* of a block load: so many lanes from the first on will do; 0: all are wanted */
    /* What the slow path stores into struct cairn_access; NULL: left out. */
    LLVMValueRef low, high;                           /* v32 */
    LLVMValueRef base;                                /* i64 */
    LLVMValueRef resource[4], soffset, indexed, mode; /* i32 */
    /* Whose low, high and base the slow path takes instead, or NULL. */
    const struct cairn_lift_access *operands;
    /* Data: of a store before, of a load behind. v32; i32 if `uniform`. */
    LLVMValueRef data[CAIRN_LIFT_MAX_DWORDS];
    LLVMValueRef wide; /* v64: both dwords of the data at once; NULL: not known so */
    bool uniform;
    /* Between fork and join: where the next way begins, where all meet, and the ways so far. */
    LLVMBasicBlockRef slow, done;
    struct {
        LLVMBasicBlockRef end;
        LLVMValueRef data[CAIRN_LIFT_MAX_DWORDS], wide;
    } ways[CAIRN_LIFT_MAX_WAYS];
    unsigned way_count;
};

/* ---- lift_access.c: forks, the slow path, values of lanes */
void cairn_lift_access_init(struct cairn_lift *lift, struct cairn_lift_access *access,
                            unsigned bytes);
/* Branches: behind it code goes where `good` (i1) holds; `likely`: nearly always. */
void cairn_lift_access_fork(struct cairn_lift_access *access, LLVMValueRef good, bool likely);
/* Ends one way: behind it code goes where `good` of the last fork does not hold. */
void cairn_lift_access_way(struct cairn_lift_access *access);
/* Ends the way, emits the slow path, and merges: access->data is that of all ways (`loads`). */
void cairn_lift_access_join(struct cairn_lift_access *access, bool loads);
/* Ends the last way, and merges. */
void cairn_lift_access_meet(struct cairn_lift_access *access, bool loads);
/* A dword (v32) of access->wide; and that, if it is not known, of both dwords. */
LLVMValueRef cairn_lift_access_half(struct cairn_lift_access *access, unsigned dword);
void cairn_lift_access_widen(struct cairn_lift *lift, struct cairn_lift_access *access);
/* The call alone, where there is no fast path: `in` and `out` dwords of data. */
void cairn_lift_access_call(struct cairn_lift_access *access, unsigned in, unsigned out);
/* Stack memory of the function, struct cairn_access. */
LLVMValueRef cairn_lift_access_memory(struct cairn_lift *lift);
/* Elements of a vector of i32 or i64 as scalars, by way of the stack. */
void cairn_lift_access_lanes(struct cairn_lift *lift, LLVMValueRef vector, LLVMValueRef *lanes);
/* The same in two steps: a vector into a row of struct cairn_access, and an element of it. */
void cairn_lift_access_spill(struct cairn_lift *lift, LLVMValueRef vector, size_t row);
LLVMValueRef cairn_lift_access_lane(struct cairn_lift *lift, LLVMTypeRef type, size_t row,
                                    unsigned lane);
LLVMValueRef cairn_lift_access_bits(struct cairn_lift *lift, LLVMValueRef mask); /* iW */
LLVMValueRef cairn_lift_access_first(struct cairn_lift_access *access); /* i32: first active */
/* i32: the high half of the active lanes' addresses (access->high), `good` (i1): of all of them. */
LLVMValueRef cairn_lift_access_high(struct cairn_lift_access *access, LLVMValueRef *good);
/* A field of the frame that never changes while the function runs. */
LLVMValueRef cairn_lift_frame_constant(struct cairn_lift *lift, LLVMTypeRef type, size_t offset);
LLVMValueRef cairn_lift_lds_bytes(struct cairn_lift *lift);  /* i64 */
LLVMValueRef cairn_lift_first_lane(struct cairn_lift *lift); /* i32: the chunk's, in its wave */
LLVMValueRef cairn_lift_and(struct cairn_lift *lift, LLVMValueRef a,
                            LLVMValueRef b); /* NULL: true */
/* i1: no lane of `bad` (v1) that is active. */
LLVMValueRef cairn_lift_access_none(struct cairn_lift_access *access, LLVMValueRef bad);

/* ---- lift_vector.c, lift_gather.c: elements from and to host memory. `at`: ptr. */
/* Lanes side by side. What a masked access of this kind cannot do needs a full mask at run time. */
bool cairn_lift_block_needs_full(const struct cairn_lift_access *access, bool loads);
void cairn_lift_block_load(struct cairn_lift_access *access, LLVMValueRef at);
/* 1, 2, 4 ...: the mask is known to have just so many lanes from the first on; 0: it is not. */
unsigned cairn_lift_first_lanes(const struct cairn_lift *lift, LLVMValueRef mask);
void cairn_lift_block_store(struct cairn_lift_access *access, LLVMValueRef at);
void cairn_lift_uniform_load(struct cairn_lift_access *access, LLVMValueRef at);
/* Lanes a dword apart whose elements are longer, and so overlap. */
bool cairn_lift_rows_need_full(const struct cairn_lift_access *access);
void cairn_lift_rows_load(struct cairn_lift_access *access, LLVMValueRef at);
/* Any stride that is a constant: all lanes are touched. */
void cairn_lift_strided_load(struct cairn_lift_access *access, LLVMValueRef at, int64_t stride);
void cairn_lift_strided_store(struct cairn_lift_access *access, LLVMValueRef at, int64_t stride);
/* From base + (index << shift), of signed indices (v32); only active lanes are touched. */
void cairn_lift_gather(struct cairn_lift_access *access, LLVMValueRef base, LLVMValueRef index,
                       unsigned shift);
void cairn_lift_scatter(struct cairn_lift_access *access, LLVMValueRef base, LLVMValueRef index,
                        unsigned shift);
/* A lane's bytes that cross a dword of the host cannot be gathered: v1, or NULL. `low`: i32, of the
 * base. */
LLVMValueRef cairn_lift_gather_misses(struct cairn_lift_access *access, LLVMValueRef low,
                                      LLVMValueRef index, unsigned shift);

/* ---- lift_memory.c */
/* Registers of the loaded data, and data to be stored, by form. */
void cairn_lift_access_take(struct cairn_lift_access *access, unsigned slot, unsigned dword,
                            enum cairn_lift_form form);
void cairn_lift_access_give(struct cairn_lift_access *access, unsigned dword,
                            enum cairn_lift_form form);

/* Loads and stores that are no atomics; false: it is none. */
bool cairn_lift_plain_of(const struct cairn_insn *insn, unsigned *bytes, enum cairn_lift_form *form,
                         bool *loads);
unsigned cairn_lift_size_of(unsigned bytes); /* enum cairn_access_size */
/* A load or store in `place`: what comes before (data of a store) and behind (result of a load). */
void cairn_lift_plain_begin(struct cairn_lift *lift, struct cairn_lift_access *access,
                            enum cairn_access_place place, unsigned bytes,
                            enum cairn_lift_form form, bool loads);
void cairn_lift_plain_end(struct cairn_lift_access *access, enum cairn_lift_form form, bool loads);

/* ---- lift_linear.c: GLOBAL, FLAT, and buffers that are plain memory */
/* Addresses `base` + `low` (+ `high` << 32) of the access, and what is known of them. */
struct cairn_lift_addresses {
    bool regular; /* lane i is at first + i * stride, if `good` */
    int64_t stride;
    LLVMValueRef first;   /* i64 */
    LLVMValueRef from[2]; /* what it is made of beside a constant; NULL: no more */
    /* So across `run` lanes (struct cairn_shape): if the last lane of their last chunk is at `last`
     * (i64), or, if that is NULL, if no lane wraps from `offset` (i32) of their first lane on. */
    unsigned run;
    LLVMValueRef last, offset;
    /* Not regular: at origin (i64) + (index (v32) << shift), if `good`; NULL: not known. */
    LLVMValueRef origin, index;
    unsigned shift;
    bool zero;          /* the index is zero-extended; else its sign is */
    LLVMValueRef good;  /* i1, NULL: true */
    LLVMValueRef limit; /* i64: offsets end there (buffers); NULL: the window alone counts */
    LLVMValueRef guard; /* i1: for the fast path in any case; NULL: true */
};
void cairn_lift_linear_run(struct cairn_lift_access *access,
                           const struct cairn_lift_addresses *addresses, bool loads);
void cairn_lift_linear_emit(struct cairn_lift *lift, unsigned bytes, enum cairn_lift_form form,
                            bool loads);
/* Of a scalar base and 32-bit offsets (access->base, low) of that shape; `first`: i32, lane 0's. */
void cairn_lift_offset_addresses(struct cairn_lift_access *access, struct cairn_shape shape,
                                 LLVMValueRef first, struct cairn_lift_addresses *out);
/* i1: all lanes of `width` from lane 0's offset (i32) on do not wrap. */
LLVMValueRef cairn_lift_no_wrap(struct cairn_lift *lift, LLVMValueRef offset, int64_t stride,
                                unsigned lanes);
/* i1: [at, at + bytes) is in the window. */
LLVMValueRef cairn_lift_span_in_window(struct cairn_lift *lift, LLVMValueRef at, uint64_t bytes);
/* Are these elements that overlap, as of a stencil: rows of dwords? */
bool cairn_lift_is_rows(const struct cairn_lift_access *access, int64_t stride, bool loads);
/* A block that may be touched, from `first` (i64) on. */
void cairn_lift_linear_block(struct cairn_lift_access *access, LLVMValueRef first, bool loads);
/* The addresses of the instruction, into access->low, high, base too. */
void cairn_lift_linear_operands(struct cairn_lift_access *access,
                                struct cairn_lift_addresses *addresses);

/* ---- lift_together.c */
/* Is that instruction one that chunks which go in step may do as one? */
bool cairn_lift_together_knows(const struct cairn_lift *lift, const struct cairn_insn *insn);
/* It, of all chunks. `regions`: theirs. */
void cairn_lift_together(struct cairn_lift *lift, struct cairn_lift_region *const *regions,
                         unsigned count);

/* ---- the rest: true if the operation is theirs */
bool cairn_lift_ds_knows(const struct cairn_insn *insn);
void cairn_lift_ds_emit(struct cairn_lift *lift);
bool cairn_lift_atomic_knows(const struct cairn_insn *insn);
void cairn_lift_atomic_emit(struct cairn_lift *lift);
void cairn_lift_scratch_emit(struct cairn_lift *lift, unsigned bytes, enum cairn_lift_form form,
                             bool loads);
void cairn_lift_buffer_emit(struct cairn_lift *lift, unsigned bytes, enum cairn_lift_form form,
                            bool loads);
/* The operands of a buffer instruction into the access, for the slow path. */
void cairn_lift_buffer_operands(struct cairn_lift_access *access);

#endif
