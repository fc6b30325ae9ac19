/* SPDX-License-Identifier: MIT
 * The semantics library's functions as plain C of one lane, to compare the bitcode with.
 */
#ifndef TESTS_FINALIZER_SEM_ROWS_H
#define TESTS_FINALIZER_SEM_ROWS_H

#include <stdint.h>

struct sem_row {
    const char *name;
    const char *kinds; /* of the result and the operands: w 32 bits, q 64 bits, b a bit */
    uint64_t (*call)(const uint64_t *operand);
    const struct sem_row *next;
};

/* With the MODE that kernels start with, and with f32 denormals flushed. NaN bits are exact. */
const struct sem_row *sem_rows_default(void);
const struct sem_row *sem_rows_flush(void);

#endif
