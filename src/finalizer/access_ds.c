/* SPDX-License-Identifier: MIT
 * Atomics of LDS. Only one host thread at a time works on the LDS of a workgroup, so they are plain
 * reads and writes, lanes ascending. Outside of the allocation they return 0 and do nothing; a
 * misaligned one is given up.
 */
#include "finalizer/access_priv.h"
#include "machine/sem_atomic.h"

#define NEW(stem, type, word, value)                                                               \
    ACCESS_INLINE word new_##stem##_##type(uint32_t mode, word old, word data0, word data1)        \
    {                                                                                              \
        (void)mode, (void)old, (void)data1;                                                        \
        return value;                                                                              \
    }
#define INTEGERS(X, u, i, b, word)                                                                 \
    X(add, u, word, cairn_sem_atomic_add_##u(old, data0))                                          \
    X(sub, u, word, cairn_sem_atomic_sub_##u(old, data0))                                          \
    X(rsub, u, word, cairn_sem_atomic_rsub_##u(old, data0))                                        \
    X(inc, u, word, cairn_sem_atomic_inc_##u(old, data0))                                          \
    X(dec, u, word, cairn_sem_atomic_dec_##u(old, data0))                                          \
    X(min, i, word, cairn_sem_atomic_min_##i(old, data0))                                          \
    X(max, i, word, cairn_sem_atomic_max_##i(old, data0))                                          \
    X(min, u, word, cairn_sem_atomic_min_##u(old, data0))                                          \
    X(max, u, word, cairn_sem_atomic_max_##u(old, data0))                                          \
    X(and, b, word, cairn_sem_atomic_and_##b(old, data0))                                          \
    X(or, b, word, cairn_sem_atomic_or_##b(old, data0))                                            \
    X(xor, b, word, cairn_sem_atomic_xor_##b(old, data0))                                          \
    X(mskor, b, word, cairn_sem_atomic_mskor_##b(old, data0, data1))                               \
    X(cmpst, b, word, cairn_sem_atomic_cmpswap_##u(old, data1, data0))                             \
    X(wrxchg, b, word, cairn_sem_atomic_swap_##u(old, data0))
INTEGERS(NEW, u32, i32, b32, uint32_t)
INTEGERS(NEW, u64, i64, b64, uint64_t)
NEW(cmpst, f32, uint32_t, cairn_sem_atomic_cmpswap_f32(old, data1, data0))
NEW(min, f32, uint32_t, cairn_sem_atomic_min_f32(old, data0))
NEW(max, f32, uint32_t, cairn_sem_atomic_max_f32(old, data0))
NEW(add, f32, uint32_t, cairn_sem_atomic_add_f32(mode, old, data0))
NEW(wrap, b32, uint32_t, cairn_sem_atomic_wrap_b32(old, data0, data1))
NEW(cmpst, f64, uint64_t, cairn_sem_atomic_cmpswap_f64(old, data1, data0))
NEW(min, f64, uint64_t, cairn_sem_atomic_min_f64(old, data0))
NEW(max, f64, uint64_t, cairn_sem_atomic_max_f64(old, data0))
NEW(add, f64, uint64_t, cairn_sem_atomic_add_f64(old, data0))
NEW(condxchg32, b64, uint64_t, cairn_sem_atomic_condxchg32_b64(old, data0))

/* Gives up before any lane has acted. */
ACCESS_INLINE void check_alignment(struct cairn_native_frame *frame,
                                   const struct cairn_access *access, uint32_t mask, unsigned bytes)
{
    uint32_t bad = 0;
    for (unsigned i = 0; i < CAIRN_ACCESS_LANES; i++)
        bad |= (uint32_t)(access_offset(access, i) % bytes != 0) << i;
    if ((bad & mask) != 0)
        frame->give_up(frame);
}

ACCESS_INLINE void run32(struct cairn_native_frame *frame, struct cairn_access *access,
                         uint32_t mask, uint32_t (*new)(uint32_t, uint32_t, uint32_t, uint32_t))
{
    uint32_t mode = access->mode;
    check_alignment(frame, access, mask, 4);
    ACCESS_FOR(i, mask)
    {
        uint32_t offset = access_offset(access, i), old = 0;
        if (access_lds_covers(frame, offset, 4)) {
            memcpy(&old, frame->lds + offset, 4);
            uint32_t value = new(mode, old, access->data[0][i], access->data[1][i]);
            memcpy(frame->lds + offset, &value, 4);
        }
        access->data[0][i] = old;
    }
}

ACCESS_INLINE void run64(struct cairn_native_frame *frame, struct cairn_access *access,
                         uint32_t mask, uint64_t (*new)(uint32_t, uint64_t, uint64_t, uint64_t))
{
    uint32_t mode = access->mode;
    check_alignment(frame, access, mask, 8);
    ACCESS_FOR(i, mask)
    {
        uint32_t offset = access_offset(access, i);
        uint64_t old = 0;
        if (access_lds_covers(frame, offset, 8)) {
            memcpy(&old, frame->lds + offset, 8);
            uint64_t value = new(mode, old, access_pair(access, 0, i), access_pair(access, 2, i));
            memcpy(frame->lds + offset, &value, 8);
        }
        access->data[0][i] = (uint32_t)old;
        access->data[1][i] = (uint32_t)(old >> 32);
    }
}

#define DEFINE32(stem, type)                                                                       \
    void cairn_access_ds_##stem##_##type(ACCESS_PARAMETERS)                                        \
    {                                                                                              \
        (void)wave, (void)lane;                                                                    \
        run32(frame, access, mask, new_##stem##_##type);                                           \
    }
#define DEFINE64(stem, type)                                                                       \
    void cairn_access_ds_##stem##_##type(ACCESS_PARAMETERS)                                        \
    {                                                                                              \
        (void)wave, (void)lane;                                                                    \
        run64(frame, access, mask, new_##stem##_##type);                                           \
    }
CAIRN_ACCESS_DS32(DEFINE32)
CAIRN_ACCESS_DS64(DEFINE64)
