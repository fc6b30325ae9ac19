/* SPDX-License-Identifier: MIT
 * The face of the finalizer: AMDGPU machine code in, host machine code out. The compiler itself is
 * a module with LLVM in it that is loaded when the first kernel must be compiled; code from the
 * disk cache needs no module.
 */
#ifndef CAIRN_FINALIZER_FINALIZER_H
#define CAIRN_FINALIZER_FINALIZER_H

#include "base/bytes.h"
#include "finalizer/shapes.h"

enum cairn_tier { CAIRN_TIER_QUICK, CAIRN_TIER_FULL };

/* Instruction sets of the host that code can be made for. */
enum cairn_target_level {
    CAIRN_TARGET_BASE,   /* x86-64, 8 lanes a chunk */
    CAIRN_TARGET_V3,     /* AVX2, 8 lanes */
    CAIRN_TARGET_V4,     /* AVX-512, 16 lanes */
    CAIRN_TARGET_NATIVE, /* the host's CPU by name, lanes as its level has */
};

struct cairn_finalize_request {
    const struct cairn_gfx *gfx;
    struct cairn_bytes code; /* the executable segment */
    uint32_t entry_offset;
    struct cairn_geometry geometry; /* `merged`: wanted; given up where it is not legal */
    enum cairn_tier tier;
    enum cairn_target_level target;
    bool exact_nan;
    const char *name; /* of the kernel, for messages and dumps */
};

struct cairn_finalize_result {
    uint8_t *object; /* x86-64 ELF relocatable, malloc'ed; the caller frees it */
    size_t object_bytes;
    bool merged;             /* the code runs a whole workgroup */
    uint32_t insns, stepped; /* instructions of the program; those left to the interpreter */
};

/* What the module exports, as its only symbol `cairn_finalizer_module`. Any thread may call it. */
struct cairn_finalizer_module {
    uint32_t version; /* CAIRN_NATIVE_VERSION */
    /* CAIRN_ERR_UNSUPPORTED: this kernel cannot be finalized; the reason is logged at info. */
    enum cairn_status (*finalize)(const struct cairn_finalize_request *request,
                                  struct cairn_finalize_result *result);
};

#endif
