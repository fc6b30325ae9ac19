/* SPDX-License-Identifier: MIT
 * What is known about vector values before the program runs: how the lanes of a chunk relate to
 * each other, which writes reach all lanes that matter, and where EXEC is known to be full. The
 * facts hold for one launch geometry.
 */
#ifndef CAIRN_FINALIZER_SHAPES_H
#define CAIRN_FINALIZER_SHAPES_H

#include "finalizer/registers.h"

/* What of a launch the finalizer specialises code for. */
struct cairn_geometry {
    uint32_t workgroup[3]; /* work-items */
    uint32_t wave_size;
    uint32_t width;    /* lanes of a chunk: 16, 8 or 1 */
    bool whole_groups; /* every workgroup of the grid has that size */
    bool merged;       /* all waves of the workgroup in one run */
    bool has_scratch;
    uint32_t lds_bytes; /* that every workgroup has at least */
    uint32_t mode;      /* MODE at entry */
    uint32_t arch_rows; /* row of a0 */
    uint32_t rows;
    uint32_t rsrc1, rsrc2, properties; /* which SGPRs and VGPRs hold what at entry */
};

/* Of a workgroup. */
static inline uint64_t cairn_geometry_items(const struct cairn_geometry *geometry)
{
    return (uint64_t)geometry->workgroup[0] * geometry->workgroup[1] * geometry->workgroup[2];
}

static inline uint64_t cairn_geometry_waves(const struct cairn_geometry *geometry)
{
    return (cairn_geometry_items(geometry) + geometry->wave_size - 1) / geometry->wave_size;
}

/* True if every wave has all its lanes at entry. */
static inline bool cairn_geometry_full_waves(const struct cairn_geometry *geometry)
{
    return geometry->whole_groups && cairn_geometry_items(geometry) % geometry->wave_size == 0;
}

/* A 32-bit value in the lanes of a chunk: lane i holds (lane 0) + i * stride, modulo 2^32. For
 * every lane, active or not. */
enum cairn_shape_kind {
    CAIRN_SHAPE_VARYING,
    CAIRN_SHAPE_AFFINE,        /* stride != 0 */
    CAIRN_SHAPE_UNIFORM,       /* the same in all lanes of a chunk */
    CAIRN_SHAPE_GROUP_UNIFORM, /* and in all chunks of all waves of the workgroup */
};
enum { CAIRN_SHAPE_RUN_ALL = 64 }; /* all lanes of a wave */
struct cairn_shape {
    uint8_t kind; /* enum cairn_shape_kind */
    /* Of a high half: the 64-bit value of (the register below, this one) goes up by pair_stride
     * from lane to lane, but for at most one jump, which then shows in the last lane: to be guarded
     * at run time. cairn_lift_shape() tells it of the low half of a two-dword operand. */
    bool pair;
    /* So not only across a chunk, but across so many lanes, a power of two, wherever they begin at
     * a multiple of it in the wave; 0: across a chunk. And of a pair as a 64-bit value. */
    uint8_t run, pair_run;
    int32_t stride;
    int64_t pair_stride;
};

/* Is it the same in all lanes of a chunk? */
static inline bool cairn_shape_is_same(struct cairn_shape shape)
{
    return shape.kind == CAIRN_SHAPE_UNIFORM || shape.kind == CAIRN_SHAPE_GROUP_UNIFORM;
}

struct cairn_insn_facts {
    bool full_write; /* the vector destination may be written in all lanes: EXEC is full, or nobody
                        reads the lanes that are off before they are written again */
    bool unread;     /* nobody reads what it writes to vector registers */
    bool same_sources; /* none is a mask, and all are the same in all lanes of the workgroup */
    bool exec_full;    /* EXEC is known to be all ones here (all lanes of the wave) */
    struct cairn_shape
        shape; /* of the first dword of a vector destination; VARYING if there is none */
    struct cairn_shape shape_high; /* of the second dword of a 64-bit result */
};

struct cairn_known;

struct cairn_facts {
    struct cairn_insn_facts *insn; /* by instruction */
    struct cairn_known *known;     /* values that follow from the workgroup's shape: known.h */
    struct cairn_shape (
        *entry)[CAIRN_VREGS]; /* by block: shapes of live vector registers at its start */
};

/* `stepped`: instructions that the interpreter executes. It writes the lanes of EXEC alone, so that
 * lane 0 need not hold what the others do. */
CAIRN_MUST_CHECK enum cairn_status cairn_facts_build(const struct cairn_program *program,
                                                     const struct cairn_geometry *geometry,
                                                     const bool *stepped, struct cairn_facts **out);
void cairn_facts_destroy(struct cairn_facts *facts);

#endif
