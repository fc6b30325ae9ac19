/* SPDX-License-Identifier: MIT
 * The pass that finds shapes: its state, and what its parts give each other: where values come from
 * (shape_source.c), what instructions make of them (shape_result.c), 64-bit pairs (shape_pair.c),
 * and the way through the blocks (shapes.c).
 */
#ifndef CAIRN_FINALIZER_SHAPES_PRIV_H
#define CAIRN_FINALIZER_SHAPES_PRIV_H

#include "finalizer/shape_value.h"

/* A 64-bit addition whose low half has been done. */
struct cairn_shape_carry {
    bool valid;
    uint16_t mask;     /* scalar register code of the carry */
    uint16_t low;      /* vreg of the sum */
    uint16_t high[2];  /* by source: vreg that must be the other's high half; NONE: scalar */
    bool paired[2];    /* that vreg and the source are a 64-bit pair */
    int64_t stride[2]; /* of the pair */
    /* One source goes up by that, the other is the same in all lanes: whatever high halves are the
     * same in all lanes go with them. */
    bool extends;
    int64_t low_stride;
    bool uniform;
    uint8_t run; /* so across so many lanes */
};

enum { CAIRN_SHAPE_SCALARS = 128, CAIRN_SHAPE_NO_VREG = 0xffff };

struct cairn_shape_state {
    bool reached;
    struct cairn_shape_value v[CAIRN_VREGS];
    uint8_t zeros[CAIRN_SHAPE_SCALARS]; /* low bits of scalar registers that are 0 */
    struct cairn_shape_carry carry;
};

struct cairn_shape_pass {
    const struct cairn_program *program;
    const struct cairn_geometry *geometry;
    const bool *stepped;
    struct cairn_facts *facts;
    struct cairn_shape_state *in;
    struct cairn_shape_state now;
    const struct cairn_insn *insn; /* that is looked at */
    uint32_t index;
    bool changed;
};

/* ---- shape_source.c */
/* False: the source is no constant. */
bool cairn_shape_constant(const struct cairn_shape_pass *pass, unsigned slot, uint32_t *out);
struct cairn_shape_value cairn_shape_source(const struct cairn_shape_pass *pass, unsigned slot,
                                            unsigned dword);
/* CAIRN_SHAPE_NO_VREG: it is no vector register. */
unsigned cairn_shape_vreg_of(const struct cairn_operand *operand);
/* v0 (or v0..v2) at entry; see cairn_workgroup_init. */
void cairn_shape_set_entry(struct cairn_shape_pass *pass);
/* A field of packed ids: bits [first, first + count). */
bool cairn_shape_packed_field(const struct cairn_shape_pass *pass, struct cairn_shape_value a,
                              uint32_t first, uint32_t count, struct cairn_shape_value *out);

/* ---- shape_result.c: of a vector instruction that writes all lanes that matter. */
void cairn_shape_find_result(const struct cairn_shape_pass *pass, struct cairn_shape_value *low,
                             struct cairn_shape_value *high);

/* ---- shape_pair.c */
/* v_add_co_u32: what its high half must look like. */
struct cairn_shape_carry cairn_shape_begin_carry(const struct cairn_shape_pass *pass);
/* v_addc_co_u32; VARYING and no pair: it does not end that carry. */
struct cairn_shape_value cairn_shape_end_carry(const struct cairn_shape_pass *pass);
/* Does this write the high half that makes the register below a 64-bit number? */
void cairn_shape_extend(const struct cairn_shape_pass *pass, struct cairn_shape_value *result);
/* Results of two dwords; false: nothing is known. */
bool cairn_shape_wide_result(const struct cairn_shape_pass *pass, struct cairn_shape_value *low,
                             struct cairn_shape_value *high);

#endif
