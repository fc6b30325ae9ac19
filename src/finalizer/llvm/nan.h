/* SPDX-License-Identifier: MIT
 * The bits of NaNs: float arithmetic is done by the host's instructions, and where a NaN came out,
 * once more by the GPU's rules, out of line. Results wait until somebody could see their bits: then
 * one test settles all of them, so that loops of arithmetic pay next to nothing.
 */
#ifndef CAIRN_FINALIZER_LLVM_NAN_H
#define CAIRN_FINALIZER_LLVM_NAN_H

#include "finalizer/llvm/lift.h"
#include "finalizer/llvm/semantics.h"

enum { CAIRN_NAN_OPERATIONS = 1024, CAIRN_NAN_BLOCKS = 64, CAIRN_NAN_FORKS = 8 };

/* What an instruction that is emitted now may do with registers that wait. */
enum cairn_nan_policy {
    CAIRN_NAN_STRICT,  /* see their bits: they are settled first */
    CAIRN_NAN_WAITS,   /* make its own result wait, too: straight code without memory, masks */
    CAIRN_NAN_COMPARE, /* ask only whether they are NaN, if they are of the type */
};

/* How an operation by the host's rules differs from one by the GPU's. */
enum cairn_nan_kind {
    CAIRN_NAN_SAME,
    CAIRN_NAN_PASSES, /* if the result is NaN, which it is if an operand is */
    CAIRN_NAN_DROPS,  /* if an operand is NaN, of which the result tells nothing: min, max */
};

/* One operation done by the host's rules: NaN results are not to be seen yet. */
struct cairn_nan_operation {
    const char *name; /* in the semantics library */
    enum cairn_semantics_mode mode;
    LLVMValueRef result, arg[3], exec;
    uint8_t count, type; /* enum cairn_type of the result */
    enum cairn_nan_kind kind;
    bool reached;  /* something that is live hangs on it */
    bool positive; /* else it is NaN by the GPU's rules; f32 alone */
    bool covered;  /* if it is NaN, so is another operation's result that is looked at */
};

struct cairn_nan {
    struct cairn_nan_operation operation[CAIRN_NAN_OPERATIONS];
    unsigned count;
    LLVMBasicBlockRef block[CAIRN_NAN_BLOCKS]; /* that they were emitted in */
    unsigned blocks;
    LLVMValueRef waiting[CAIRN_VREGS]; /* if it is what the register holds, that waits */
    uint8_t type[CAIRN_VREGS];         /* enum cairn_type of it; NONE: some bits */
    enum cairn_nan_policy policy;
    bool touched; /* the instruction has made or read what waits */
    bool bits;    /* and has made what may be NaN by one of the rules alone */
};

/* An alloca of the kernel's, for calls of what settles; NULL: none yet. */
struct cairn_nan_buffer {
    LLVMValueRef at;
    uint64_t bytes;
    struct cairn_nan_fork {
        LLVMBasicBlockRef here, on; /* where settling was, and what comes next */
    } fork[CAIRN_NAN_FORKS];        /* the last ones */
    unsigned forks;
};

/* Around an instruction of lift_valu.c. `type`: of its sources (COMPARE), and of its result. */
void cairn_nan_begin(struct cairn_lift *lift, enum cairn_nan_policy policy, unsigned type);
void cairn_nan_end(struct cairn_lift *lift, unsigned type);

/* Says that operation->result (raw bits, lanes) was made by the host's rules for the function
 * operation->name of the semantics library. An operand may be the result itself. */
void cairn_nan_note(struct cairn_lift *lift, const struct cairn_nan_operation *operation);

/* One lane of an operation that passes NaNs, `name` of the library: by the host's rules, and where
 * that gives a NaN, by the GPU's. i32 or i64. */
LLVMValueRef cairn_nan_scalar(struct cairn_lift *lift, const char *name,
                              enum cairn_semantics_mode mode, unsigned type,
                              const LLVMValueRef *args);

/* The register's vector is wanted. */
void cairn_nan_read(struct cairn_lift *lift, unsigned vreg);
/* All registers that are live get their final bits. */
void cairn_nan_settle(struct cairn_lift *lift);
/* Registers are not known any more: nothing waits. */
void cairn_nan_forget(struct cairn_lift *lift);

#endif
