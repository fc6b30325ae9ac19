/* SPDX-License-Identifier: MIT
 * Vector instructions as the lifter sees them: a table of what each operation takes and gives, and
 * the steps of emitting one. For lift_valu*.c only.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_VALU_H
#define CAIRN_FINALIZER_LLVM_LIFT_VALU_H

#include "finalizer/llvm/nan.h"

enum cairn_lift_valu_flag {
    CAIRN_LIFT_VALU_ACC = 1 << 0,  /* the old destination is the last source */
    CAIRN_LIFT_VALU_KEEP = 1 << 1, /* a 16-bit result keeps the other half */
    CAIRN_LIFT_VALU_MASK_IN =
        1 << 2, /* the function's last operand is a mask: source slot 2, or VCC */
    CAIRN_LIFT_VALU_MASK_OUT = 1 << 3, /* writes a mask */
    CAIRN_LIFT_VALU_CMPX = 1 << 4,     /* the mask goes to EXEC too */
    CAIRN_LIFT_VALU_NO_DST = 1 << 5,   /* compares: the mask is all */
    CAIRN_LIFT_VALU_MIX = 1 << 6,      /* v_fma_mix: sources are f32 or an f16 half, by op_sel_hi */
    CAIRN_LIFT_VALU_HIGH = 1 << 7,     /* writes the high half */
    CAIRN_LIFT_VALU_FLOAT = 1 << 8,    /* depends on MODE */
    CAIRN_LIFT_VALU_CLAMP = 1 << 9,    /* has a function for a set clamp bit */
    CAIRN_LIFT_VALU_LANE = 1 << 10,    /* the function's last operand is the lane's number */
};

struct cairn_lift_valu_row {
    const char *name; /* of the function; NULL: no such row */
    uint8_t dst;      /* enum cairn_type */
    uint8_t src[3];
    uint8_t sources; /* without the old destination */
    uint16_t flags;  /* enum cairn_lift_valu_flag */
};

/* NULL if the operation is not in the tables. */
const struct cairn_lift_valu_row *cairn_lift_valu_row_of(unsigned op);

static inline bool cairn_lift_valu_is_wide(unsigned type)
{
    return type == CAIRN_TYPE_B64 || type == CAIRN_TYPE_I64 || type == CAIRN_TYPE_U64 ||
           type == CAIRN_TYPE_F64;
}

static inline bool cairn_lift_valu_is_16(unsigned type)
{
    return type == CAIRN_TYPE_F16 || type == CAIRN_TYPE_I16 || type == CAIRN_TYPE_U16 ||
           type == CAIRN_TYPE_B16;
}

static inline bool cairn_lift_valu_is_packed16(unsigned type)
{
    return type == CAIRN_TYPE_PK_F16 || type == CAIRN_TYPE_PK_I16 || type == CAIRN_TYPE_PK_U16;
}

/* Of packed values the type of one. */
static inline unsigned cairn_lift_valu_element(unsigned type)
{
    return type == CAIRN_TYPE_PK_F16   ? CAIRN_TYPE_F16
           : type == CAIRN_TYPE_PK_F32 ? CAIRN_TYPE_F32
                                       : type;
}

/* One instruction being emitted, on all lanes of the chunk or on lane 0 alone. */
struct cairn_lift_valu {
    struct cairn_lift *lift;
    LLVMBuilderRef builder;
    const struct cairn_insn *insn;
    const struct cairn_lift_valu_row *row;
    bool scalar;
    LLVMValueRef written; /* DPP: <width x i1>, lanes that are written; else NULL: those of EXEC */
};

/* ---- lift_valu_part.c: parts of instructions */

LLVMValueRef cairn_lift_valu_const32(const struct cairn_lift_valu *v, uint32_t value);
LLVMValueRef cairn_lift_valu_const64(const struct cairn_lift_valu *v, uint64_t value);
LLVMValueRef cairn_lift_valu_and(const struct cairn_lift_valu *v, LLVMValueRef value,
                                 uint32_t bits);
LLVMValueRef cairn_lift_valu_xor(const struct cairn_lift_valu *v, LLVMValueRef value,
                                 uint32_t bits);
LLVMValueRef cairn_lift_valu_lshr(const struct cairn_lift_valu *v, LLVMValueRef value, unsigned by);

/* Source `i` as it stands: i32 or i64 lanes by the type; a dword of it. */
LLVMValueRef cairn_lift_valu_raw(const struct cairn_lift_valu *v, unsigned slot, unsigned type);
LLVMValueRef cairn_lift_valu_dword(const struct cairn_lift_valu *v, unsigned slot, unsigned dword);
/* Source `i` after DPP, SDWA, op_sel, abs and neg. */
LLVMValueRef cairn_lift_valu_source(struct cairn_lift_valu *v, unsigned i);
/* The first source of a DPP instruction, and v->written. */
LLVMValueRef cairn_lift_valu_dpp(struct cairn_lift_valu *v, LLVMValueRef source);

/* The function `name` of the semantics library for the wave's MODE; `suffix` may be "". */
LLVMValueRef cairn_lift_valu_call(const struct cairn_lift_valu *v, const char *name,
                                  const char *suffix, const LLVMValueRef *args);
/* Float clamp; then the part of the destination that is written, by SDWA, op_sel and the row. */
LLVMValueRef cairn_lift_valu_finished(const struct cairn_lift_valu *v, LLVMValueRef result);
LLVMValueRef cairn_lift_valu_placed(const struct cairn_lift_valu *v, LLVMValueRef result);

/* Writes i32 or i64 lanes to the destination. */
void cairn_lift_valu_put(const struct cairn_lift_valu *v, unsigned dword, LLVMValueRef value);
void cairn_lift_valu_put64(const struct cairn_lift_valu *v, LLVMValueRef value);

/* How the operation by the host's rules for NaNs differs; SAME: not, or in another way. */
enum cairn_nan_kind cairn_lift_valu_nan_kind(unsigned op);

/* ---- lift_valu_div.c: divisions */

/* Remembers what v made of these sources, if it may be part of a division; `mask`: its mask result
 * or operand. */
void cairn_lift_valu_note(const struct cairn_lift_valu *v, const LLVMValueRef *source,
                          LLVMValueRef value, LLVMValueRef mask);
/* v is div_fixup. If its quotient was made by the sequence that compilers use for n / d, the
 * quotient by the host's division; else NULL. */
LLVMValueRef cairn_lift_valu_quotient(const struct cairn_lift_valu *v, const LLVMValueRef *source);

/* ---- lift_valu_packed.c: pairs in one instruction */
void cairn_lift_valu_packed(struct cairn_lift_valu *v);
void cairn_lift_valu_pk_mov(struct cairn_lift_valu *v);
void cairn_lift_valu_mqsad(struct cairn_lift_valu *v);

#endif
