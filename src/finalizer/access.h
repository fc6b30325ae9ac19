/* SPDX-License-Identifier: MIT
 * Accesses to guest memory that finalized code does not do in line: atomics, and every load or
 * store whose guard failed (apertures, registered host memory, out-of-range LDS, swizzled buffers,
 * faults). One function a kind of access, called through the frame with the lanes of one chunk; the
 * rules are the interpreter's. What would fault is given up (frame->give_up) and left to it.
 */
#ifndef CAIRN_FINALIZER_ACCESS_H
#define CAIRN_FINALIZER_ACCESS_H

#include "finalizer/native.h"

enum { CAIRN_ACCESS_LANES = 16, CAIRN_ACCESS_DWORDS = 4 };

/* The operands of one access. Finalized code keeps one on its stack and fills what the place wants:
 *   global, flat  address = base + low + (high << 32)
 *   LDS, scratch  offset = (uint32_t)base + low
 *   buffer        index = low, offset = high (0 where the instruction has none), and the rest
 * Loads give dwords (fewer bytes: zero-extended raw bits), atomics the old value, in `data`; only
 * lanes of the mask are written. Atomics take the new value, then the compare value, from `data`;
 * those of LDS take DATA0 and DATA1. */
struct cairn_access {
    uint32_t low[CAIRN_ACCESS_LANES], high[CAIRN_ACCESS_LANES];
    uint32_t data[CAIRN_ACCESS_DWORDS][CAIRN_ACCESS_LANES];
    uint64_t base;
    uint32_t resource[4], soffset;
    uint32_t indexed;   /* idxen */
    uint32_t mode;      /* MODE, for float atomics of LDS */
    uint32_t high_seen; /* finalized code's own: the high half of the last addresses */
};

enum cairn_access_place {
    CAIRN_PLACE_GLOBAL,
    CAIRN_PLACE_FLAT,
    CAIRN_PLACE_LDS,
    CAIRN_PLACE_SCRATCH,
    CAIRN_PLACE_BUFFER,
    CAIRN_PLACE_COUNT,
};

/* Bytes of a lane's load or store. */
enum cairn_access_size {
    CAIRN_SIZE_1,
    CAIRN_SIZE_2,
    CAIRN_SIZE_4,
    CAIRN_SIZE_8,
    CAIRN_SIZE_12,
    CAIRN_SIZE_16,
    CAIRN_SIZE_COUNT,
};

/* X(name): integer atomics of 32 bits, and with _x2 of 64; then the floats. */
#define CAIRN_ACCESS_INTEGERS(X)                                                                   \
    X(swap)                                                                                        \
    X(cmpswap)                                                                                     \
    X(add)                                                                                         \
    X(sub)                                                                                         \
    X(smin)                                                                                        \
    X(umin)                                                                                        \
    X(smax)                                                                                        \
    X(umax)                                                                                        \
    X(and)                                                                                         \
    X(or)                                                                                          \
    X(xor)                                                                                         \
    X(inc)                                                                                         \
    X(dec)
#define CAIRN_ACCESS_FLOATS32(X)                                                                   \
    X(add_f32)                                                                                     \
    X(pk_add_f16)
#define CAIRN_ACCESS_FLOATS64(X)                                                                   \
    X(add_f64)                                                                                     \
    X(min_f64)                                                                                     \
    X(max_f64)
/* Atomics of LDS: X(stem, type), those of 32 bits and those of 64. */
#define CAIRN_ACCESS_DS32(X)                                                                       \
    X(add, u32)                                                                                    \
    X(sub, u32)                                                                                    \
    X(rsub, u32)                                                                                   \
    X(inc, u32)                                                                                    \
    X(dec, u32)                                                                                    \
    X(min, i32)                                                                                    \
    X(max, i32)                                                                                    \
    X(min, u32)                                                                                    \
    X(max, u32)                                                                                    \
    X(and, b32)                                                                                    \
    X(or, b32)                                                                                     \
    X(xor, b32)                                                                                    \
    X(mskor, b32)                                                                                  \
    X(cmpst, b32)                                                                                  \
    X(cmpst, f32)                                                                                  \
    X(min, f32)                                                                                    \
    X(max, f32)                                                                                    \
    X(add, f32)                                                                                    \
    X(wrxchg, b32)                                                                                 \
    X(wrap, b32)
#define CAIRN_ACCESS_DS64(X)                                                                       \
    X(add, u64)                                                                                    \
    X(sub, u64)                                                                                    \
    X(rsub, u64)                                                                                   \
    X(inc, u64)                                                                                    \
    X(dec, u64)                                                                                    \
    X(min, i64)                                                                                    \
    X(max, i64)                                                                                    \
    X(min, u64)                                                                                    \
    X(max, u64)                                                                                    \
    X(and, b64)                                                                                    \
    X(or, b64)                                                                                     \
    X(xor, b64)                                                                                    \
    X(mskor, b64)                                                                                  \
    X(cmpst, b64)                                                                                  \
    X(cmpst, f64)                                                                                  \
    X(min, f64)                                                                                    \
    X(max, f64)                                                                                    \
    X(add, f64)                                                                                    \
    X(wrxchg, b64)                                                                                 \
    X(condxchg32, b64)

enum cairn_access_atomic {
#define CAIRN_ACCESS_ROW(name)    CAIRN_ATOMIC_##name,
#define CAIRN_ACCESS_ROW_X2(name) CAIRN_ATOMIC_##name##_x2,
    CAIRN_ACCESS_INTEGERS(CAIRN_ACCESS_ROW) CAIRN_ACCESS_FLOATS32(CAIRN_ACCESS_ROW)
        CAIRN_ACCESS_INTEGERS(CAIRN_ACCESS_ROW_X2) CAIRN_ACCESS_FLOATS64(CAIRN_ACCESS_ROW)
#undef CAIRN_ACCESS_ROW
#undef CAIRN_ACCESS_ROW_X2
            CAIRN_ATOMIC_COUNT,
    CAIRN_ATOMIC_FIRST_64 = CAIRN_ATOMIC_swap_x2,
};

enum cairn_access_ds {
#define CAIRN_ACCESS_ROW(stem, type) CAIRN_DS_##stem##_##type,
    CAIRN_ACCESS_DS32(CAIRN_ACCESS_ROW) CAIRN_ACCESS_DS64(CAIRN_ACCESS_ROW)
#undef CAIRN_ACCESS_ROW
        CAIRN_DS_COUNT,
    CAIRN_DS_FIRST_64 = CAIRN_DS_add_u64,
};

/* The kinds. Numbers are part of the cached code: see CAIRN_NATIVE_VERSION. */
enum {
    CAIRN_ACCESS_LOAD = 0, /* + place * SIZE_COUNT + size */
    CAIRN_ACCESS_STORE = CAIRN_PLACE_COUNT * CAIRN_SIZE_COUNT,
    CAIRN_ACCESS_GLOBAL_ATOMIC = 2 * CAIRN_ACCESS_STORE, /* + enum cairn_access_atomic */
    CAIRN_ACCESS_FLAT_ATOMIC = CAIRN_ACCESS_GLOBAL_ATOMIC + CAIRN_ATOMIC_COUNT,
    CAIRN_ACCESS_BUFFER_ATOMIC = CAIRN_ACCESS_FLAT_ATOMIC + CAIRN_ATOMIC_COUNT,
    CAIRN_ACCESS_DS = CAIRN_ACCESS_BUFFER_ATOMIC + CAIRN_ATOMIC_COUNT, /* + enum cairn_access_ds */
    CAIRN_ACCESS_COUNT = CAIRN_ACCESS_DS + CAIRN_DS_COUNT,
};

/* `wave` is the lanes' own, also in a merged run; element i of the access is lane `lane` + i of it.
 */
struct cairn_access_table {
    void (*run[CAIRN_ACCESS_COUNT])(struct cairn_native_frame *frame, struct cairn_wave *wave,
                                    struct cairn_access *access, uint32_t mask, uint32_t lane);
};

/* What frame->access points to. Immutable, the same for all frames. */
extern const struct cairn_access_table cairn_finalizer_accesses;

#endif
