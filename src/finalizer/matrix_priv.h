/* SPDX-License-Identifier: MIT
 * The tables that matrix.c chooses from: matrix_kernel.c, compiled for each host CPU level.
 */
#ifndef CAIRN_FINALIZER_MATRIX_PRIV_H
#define CAIRN_FINALIZER_MATRIX_PRIV_H

#include "finalizer/matrix.h"

#ifndef CAIRN_TARGET_LEVEL
#define CAIRN_TARGET_LEVEL base
#endif
#define CAIRN_MATRIX_PASTE2(name, level) name##_##level
#define CAIRN_MATRIX_PASTE(name, level)  CAIRN_MATRIX_PASTE2(name, level)
/* Names with linkage in files that are compiled for each level. */
#define CAIRN_MATRIX_TARGET(name)        CAIRN_MATRIX_PASTE(name, CAIRN_TARGET_LEVEL)

extern const struct cairn_matrix_table cairn_matrix_table_base;
#if defined(__x86_64__)
extern const struct cairn_matrix_table cairn_matrix_table_v3, cairn_matrix_table_v4;
#endif

#endif
