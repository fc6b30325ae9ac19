/* SPDX-License-Identifier: MIT
 * Vector instructions as kernels over whole rows (64 lanes) and drivers that feed them: a kernel
 * knows the operation, a driver the operands, modifiers and masks. For src/interp only; everything
 * here is per host CPU level (target.h).
 */
#ifndef CAIRN_INTERP_VALU_H
#define CAIRN_INTERP_VALU_H

#include "fp/mode.h"
#include "interp/block.h"
#include "interp/target.h"

/* One operation on all lanes. A 64-bit operand is two rows, low dwords first; `d` may be the same
 * rows as a source. `in`: mask operand (carry in, select), a bit a lane; returned: mask result
 * (carry out, compare) of all lanes. */
typedef uint64_t (*cairn_valu_kernel)(uint32_t mode, uint64_t in, uint32_t *d, const uint32_t *s0,
                                      const uint32_t *s1, const uint32_t *s2);

enum cairn_valu_flag {
    CAIRN_VALU_ACC = 1 << 0,      /* the old destination is the last source */
    CAIRN_VALU_KEEP = 1 << 1,     /* a 16-bit result keeps the other half */
    CAIRN_VALU_MASK_IN = 1 << 2,  /* reads a mask: source slot 2, or VCC */
    CAIRN_VALU_MASK_OUT = 1 << 3, /* writes a mask */
    CAIRN_VALU_CMPX = 1 << 4,     /* the mask goes to EXEC too */
    CAIRN_VALU_NO_DST = 1 << 5,   /* compares */
    CAIRN_VALU_MIX = 1 << 6,      /* v_fma_mix: sources are f32 or an f16 half, by op_sel_hi */
    CAIRN_VALU_HIGH = 1 << 7,     /* writes the high half (v_fma_mixhi) */
    CAIRN_VALU_FLOAT = 1 << 8,    /* the result depends on MODE */
};

struct cairn_valu_row {
    cairn_valu_kernel run;   /* FLOAT: for MODE's usual float controls only */
    cairn_valu_kernel clamp; /* clamp bit set; NULL: it means the float clamp, or nothing */
    uint8_t dst;             /* enum cairn_type */
    uint8_t src[3];
    uint8_t sources; /* without the old destination */
    uint16_t flags;  /* enum cairn_valu_flag */
};

/* NULL if the operation is not in the table. */
const struct cairn_valu_row *CAIRN_TARGET(cairn_valu_int_row)(unsigned op);
const struct cairn_valu_row *CAIRN_TARGET(cairn_valu_float_row)(unsigned op);
const struct cairn_valu_row *CAIRN_TARGET(cairn_valu_hand_row)(unsigned op);

/* The kernel of a FLOAT row for this MODE: the usual one but for f32 denormals, which are flushed.
 */
enum {
    CAIRN_VALU_FLUSH_MODE = CAIRN_FP_MODE_DEFAULT & ~(CAIRN_FP_KEEP_IN_32 | CAIRN_FP_KEEP_OUT_32)
};
cairn_valu_kernel CAIRN_TARGET(cairn_valu_flush_kernel)(unsigned op);

/* The kernel of a FLOAT row that obeys any MODE; slow, and so compiled once. */
cairn_valu_kernel cairn_valu_any_mode_kernel(unsigned op);

/* Anything that the plain drivers do not do: SDWA, DPP, source and result modifiers. */
void CAIRN_TARGET(cairn_valu_modified)(struct cairn_wave *wave, const struct cairn_interp_op *op);
void CAIRN_TARGET(cairn_valu_packed)(struct cairn_wave *wave, const struct cairn_interp_op *op);
void CAIRN_TARGET(cairn_valu_pairs)(struct cairn_wave *wave, const struct cairn_interp_op *op);

void CAIRN_TARGET(cairn_valu_swap)(struct cairn_wave *wave, const struct cairn_interp_op *op);
void CAIRN_TARGET(cairn_valu_pk_mov)(struct cairn_wave *wave, const struct cairn_interp_op *op);

bool CAIRN_TARGET(cairn_valu_prepare)(struct cairn_interp_op *op);

static inline unsigned cairn_type_rows(unsigned type)
{
    return type == CAIRN_TYPE_B64 || type == CAIRN_TYPE_I64 || type == CAIRN_TYPE_U64 ||
                   type == CAIRN_TYPE_F64 || type == CAIRN_TYPE_PK_F32 || type == CAIRN_TYPE_PK_B32
               ? 2
           : type == CAIRN_TYPE_B128 ? 4
                                     : 1;
}

static inline bool cairn_type_is_16(unsigned type)
{
    return type == CAIRN_TYPE_F16 || type == CAIRN_TYPE_I16 || type == CAIRN_TYPE_U16 ||
           type == CAIRN_TYPE_B16;
}

static inline bool cairn_type_is_packed16(unsigned type)
{
    return type == CAIRN_TYPE_PK_F16 || type == CAIRN_TYPE_PK_I16 || type == CAIRN_TYPE_PK_U16;
}

#endif
