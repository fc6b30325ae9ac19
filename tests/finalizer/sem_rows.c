/* SPDX-License-Identifier: MIT
 * bitcode/rows.c as C for one lane, with a list of its functions. Compiled once with FLUSH.
 */
#include "sem_rows.h"

#define LANES       1
#define LINKAGE     static
#define KIND_B32    "w"
#define KIND_I32    "w"
#define KIND_U32    "w"
#define KIND_F32    "w"
#define KIND_B16    "w"
#define KIND_I16    "w"
#define KIND_U16    "w"
#define KIND_F16    "w"
#define KIND_B64    "q"
#define KIND_I64    "q"
#define KIND_U64    "q"
#define KIND_F64    "q"
#define KIND_BOOL   "b"
#define KIND_PK_F32 "w"
#define KIND_PK_F16 "w"
#define KIND_PK_I16 "w"
#define KIND_PK_U16 "w"

static const struct sem_row *rows;

#define LIST(name, signature, expression)                                                          \
    static uint64_t call_##name(const uint64_t *s)                                                 \
    {                                                                                              \
        return expression;                                                                         \
    }                                                                                              \
    __attribute__((constructor)) static void list_##name(void)                                     \
    {                                                                                              \
        static struct sem_row row = {#name, signature, call_##name, 0};                            \
        row.next = rows;                                                                           \
        rows = &row;                                                                               \
    }
#define ALSO1(name, D, A) LIST(name, KIND_##D KIND_##A, name((LANE_##A)s[0]))
#define ALSO2(name, D, A, B)                                                                       \
    LIST(name, KIND_##D KIND_##A KIND_##B, name((LANE_##A)s[0], (LANE_##B)s[1]))
#define ALSO3(name, D, A, B, C)                                                                    \
    LIST(name, KIND_##D KIND_##A KIND_##B KIND_##C,                                                \
         name((LANE_##A)s[0], (LANE_##B)s[1], (LANE_##C)s[2]))
#define ALSO4(name, D, A, B, C, E)                                                                 \
    LIST(name, KIND_##D KIND_##A KIND_##B KIND_##C KIND_##E,                                       \
         name((LANE_##A)s[0], (LANE_##B)s[1], (LANE_##C)s[2], (LANE_##E)s[3]))

#include "finalizer/llvm/bitcode/rows.c"

#ifdef FLUSH
const struct sem_row *sem_rows_flush(void)
#else
const struct sem_row *sem_rows_default(void)
#endif
{
    return rows;
}
