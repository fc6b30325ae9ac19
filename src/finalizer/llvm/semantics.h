/* SPDX-License-Identifier: MIT
 * The meanings of vector instructions as LLVM IR: a library of functions on raw bits (bitcode/),
 * made from the C of src/machine and src/fp when Cairn is built, read lazily, and copied
 * instruction by instruction to where they are used. No call is left behind, and no inliner has to
 * run.
 */
#ifndef CAIRN_FINALIZER_LLVM_SEMANTICS_H
#define CAIRN_FINALIZER_LLVM_SEMANTICS_H

#include "base/status.h"
#include "finalizer/finalizer.h"

#include <llvm-c/Core.h>

struct cairn_semantics;

/* The library for code in `context` with `lanes` (16, 8, 1) lanes a chunk. Only the parts that are
 * asked for are read. The context must outlive it; modules that things were copied to need not.
 * CAIRN_ERR_NO_MEMORY; CAIRN_ERR_INVALID_ARGUMENT: no such library. */
CAIRN_MUST_CHECK enum cairn_status cairn_semantics_open(LLVMContextRef context, unsigned lanes,
                                                        enum cairn_target_level level,
                                                        bool exact_nan,
                                                        struct cairn_semantics **out);
void cairn_semantics_close(struct cairn_semantics *semantics);

/* Which float controls a function obeys. */
enum cairn_semantics_mode {
    CAIRN_SEMANTICS_DEFAULT,  /* CAIRN_FP_MODE_DEFAULT */
    CAIRN_SEMANTICS_FLUSH_32, /* that, but f32 denormals are flushed */
    CAIRN_SEMANTICS_MODES,
};
/* The one for a MODE register; CAIRN_SEMANTICS_MODES if there is none. */
enum cairn_semantics_mode cairn_semantics_mode_of(uint32_t mode);

struct cairn_semantics_function;

/* The function `name` ("v_add_u32", see bitcode/rows.c), on vectors of the library's lanes or on
 * plain i32 and i64. NULL: there is none. */
const struct cairn_semantics_function *cairn_semantics_find(struct cairn_semantics *semantics,
                                                            const char *name, bool scalar,
                                                            enum cairn_semantics_mode mode);

/* The same by the host's rules for NaNs, or by the GPU's, whatever `exact_nan` was. Functions that
 * are the same in both are one. */
const struct cairn_semantics_function *cairn_semantics_find_as(struct cairn_semantics *semantics,
                                                               const char *name, bool scalar,
                                                               enum cairn_semantics_mode mode,
                                                               bool exact_nan);

/* Emits the function's body at `builder`, in a function of `module`, and returns its result. Mask
 * operands and results are <lanes x i1> (scalar: i1). Constants are folded. */
LLVMValueRef cairn_semantics_splice(struct cairn_semantics *semantics,
                                    const struct cairn_semantics_function *function,
                                    LLVMBuilderRef builder, LLVMModuleRef module,
                                    const LLVMValueRef *args);

/* find and splice; NULL if there is no such function. */
LLVMValueRef cairn_semantics_emit(struct cairn_semantics *semantics, const char *name, bool scalar,
                                  enum cairn_semantics_mode mode, LLVMBuilderRef builder,
                                  LLVMModuleRef module, const LLVMValueRef *args);

/* How many arguments it takes, and how many instructions splicing it emits at most. */
unsigned cairn_semantics_arguments(const struct cairn_semantics_function *function);
unsigned cairn_semantics_size(const struct cairn_semantics_function *function);

#endif
