/* SPDX-License-Identifier: MIT
 * What finalized code calls for matrix instructions: one function a shape, on the rows of vector
 * registers in memory, compiled with Cairn for each level of the host CPU. Bit for bit what
 * machine/sem_mfma.h says.
 */
#ifndef CAIRN_FINALIZER_MATRIX_H
#define CAIRN_FINALIZER_MATRIX_H

#include "machine/wave.h"

/* Numbers are part of the cached code: see CAIRN_NATIVE_VERSION. */
enum cairn_matrix_shape {
#define MFMA(op, M, K, KL, BLOCKS, KIND) CAIRN_MATRIX_##op,
#include "machine/sem_mfma.def"
#undef MFMA
    CAIRN_MATRIX_COUNT,
};

/* Shapes of f32 of which two that add to the same D can be done at once. */
enum cairn_matrix_twice {
    CAIRN_MATRIX_TWICE_32x32x1,
    CAIRN_MATRIX_TWICE_16x16x1,
    CAIRN_MATRIX_TWICE_32x32x2,
    CAIRN_MATRIX_TWICE_16x16x4,
    CAIRN_MATRIX_TWICE_COUNT,
};

typedef uint32_t cairn_matrix_row[CAIRN_WAVE_LANES];

struct cairn_matrix_table {
    /* D = C + A B of all blocks. Rows are 64-byte aligned. D may be C; else it must not overlap any
     * other. Register r of C is c[r * c_step]: c_step is 1, or 0 for a constant, which is then in
     * the lanes of c[0] (f64: c[0] and c[1]). */
    void (*run[CAIRN_MATRIX_COUNT])(cairn_matrix_row *d, const cairn_matrix_row *a,
                                    const cairn_matrix_row *b, const cairn_matrix_row *c,
                                    uint64_t c_step);
    /* D = (D + A' B') + A B: first[0] is the row of A', first[1] of B'. */
    void (*twice[CAIRN_MATRIX_TWICE_COUNT])(cairn_matrix_row *d, const cairn_matrix_row *first,
                                            const cairn_matrix_row *a, const cairn_matrix_row *b);
};

/* For the level that CAIRN_TARGET_CPU asks for, if the host has it. */
const struct cairn_matrix_table *cairn_finalizer_matrices(void);

#endif
