/* SPDX-License-Identifier: MIT
 * Atomics on guest memory (GLOBAL, FLAT, buffers): lanes ascending. On memory that other threads
 * see they are atomics of the host, sequentially consistent; on LDS and private memory plain. All
 * lanes are checked before the first acts, so that what is given up has changed nothing. Lanes
 * that all hit one dword act as one: what they do in a row is computed first and published by one
 * compare-and-swap.
 */
#include "finalizer/access_priv.h"
#include "machine/sem_atomic.h"

/* X(name, 32-bit value, 64-bit value): new value from old, data and compare. */
#define LOOPS(X)                                                                                   \
    X(smin, cairn_sem_atomic_min_i32(old, data), cairn_sem_atomic_min_i64(old, data))              \
    X(umin, cairn_sem_atomic_min_u32(old, data), cairn_sem_atomic_min_u64(old, data))              \
    X(smax, cairn_sem_atomic_max_i32(old, data), cairn_sem_atomic_max_i64(old, data))              \
    X(umax, cairn_sem_atomic_max_u32(old, data), cairn_sem_atomic_max_u64(old, data))              \
    X(inc, cairn_sem_atomic_inc_u32(old, data), cairn_sem_atomic_inc_u64(old, data))               \
    X(dec, cairn_sem_atomic_dec_u32(old, data), cairn_sem_atomic_dec_u64(old, data))
/* X(name, host builtin, 32-bit value, 64-bit value): those that the host has an instruction for. */
#define NATIVES(X)                                                                                 \
    X(swap, exchange_n, cairn_sem_atomic_swap_u32(old, data),                                      \
      cairn_sem_atomic_swap_u64(old, data))                                                        \
    X(add, fetch_add, cairn_sem_atomic_add_u32(old, data), cairn_sem_atomic_add_u64(old, data))    \
    X(sub, fetch_sub, cairn_sem_atomic_sub_u32(old, data), cairn_sem_atomic_sub_u64(old, data))    \
    X(and, fetch_and, cairn_sem_atomic_and_b32(old, data), cairn_sem_atomic_and_b64(old, data))    \
    X(or, fetch_or, cairn_sem_atomic_or_b32(old, data), cairn_sem_atomic_or_b64(old, data))        \
    X(xor, fetch_xor, cairn_sem_atomic_xor_b32(old, data), cairn_sem_atomic_xor_b64(old, data))

#define PLAIN(name, word, value)                                                                   \
    ACCESS_INLINE word plain_##name(word old, word data, word compare)                             \
    {                                                                                              \
        (void)old, (void)compare;                                                                  \
        return value;                                                                              \
    }
#define LOOP(name, word, value)                                                                    \
    PLAIN(name, word, value)                                                                       \
    ACCESS_INLINE word host_##name(word *at, word data, word compare)                              \
    {                                                                                              \
        word old = __atomic_load_n(at, __ATOMIC_RELAXED);                                          \
        while (!__atomic_compare_exchange_n(at, &old, plain_##name(old, data, compare), true,      \
                                            __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))                   \
            ;                                                                                      \
        return old;                                                                                \
    }
#define NATIVE(name, builtin, word, value)                                                         \
    PLAIN(name, word, value)                                                                       \
    ACCESS_INLINE word host_##name(word *at, word data, word compare)                              \
    {                                                                                              \
        (void)compare;                                                                             \
        return __atomic_##builtin(at, data, __ATOMIC_SEQ_CST);                                     \
    }
#define CMPSWAP(name, word, value)                                                                 \
    PLAIN(name, word, value)                                                                       \
    ACCESS_INLINE word host_##name(word *at, word data, word compare)                              \
    {                                                                                              \
        __atomic_compare_exchange_n(at, &compare, data, false, __ATOMIC_SEQ_CST,                   \
                                    __ATOMIC_SEQ_CST);                                             \
        return compare;                                                                            \
    }
#define LOOP_BOTH(name, value32, value64)                                                          \
    LOOP(name, uint32_t, value32)                                                                  \
    LOOP(name##_x2, uint64_t, value64)
#define NATIVE_BOTH(name, builtin, value32, value64)                                               \
    NATIVE(name, builtin, uint32_t, value32)                                                       \
    NATIVE(name##_x2, builtin, uint64_t, value64)
LOOPS(LOOP_BOTH)
NATIVES(NATIVE_BOTH)
LOOP(add_f32, uint32_t, cairn_sem_atomic_add_memory_f32(old, data))
LOOP(pk_add_f16, uint32_t, cairn_sem_atomic_pk_add_f16(old, data))
LOOP(add_f64, uint64_t, cairn_sem_atomic_add_f64(old, data))
LOOP(min_f64, uint64_t, cairn_sem_atomic_min_f64(old, data))
LOOP(max_f64, uint64_t, cairn_sem_atomic_max_f64(old, data))
CMPSWAP(cmpswap, uint32_t, cairn_sem_atomic_cmpswap_u32(old, data, compare))
CMPSWAP(cmpswap_x2, uint64_t, cairn_sem_atomic_cmpswap_u64(old, data, compare))

/* ---- one operation, of either width */

struct operation {
    uint32_t (*plain32)(uint32_t old, uint32_t data, uint32_t compare);
    uint64_t (*plain64)(uint64_t old, uint64_t data, uint64_t compare);
    uint32_t (*host32)(uint32_t *at, uint32_t data, uint32_t compare);
    uint64_t (*host64)(uint64_t *at, uint64_t data, uint64_t compare);
    unsigned dwords;
};

ACCESS_INLINE uint64_t take_data(const struct operation *op, const struct cairn_access *access,
                                 unsigned i)
{
    return op->dwords == 1 ? access->data[0][i] : access_pair(access, 0, i);
}

ACCESS_INLINE uint64_t take_compare(const struct operation *op, const struct cairn_access *access,
                                    unsigned i)
{
    return op->dwords == 1 ? access->data[1][i] : access_pair(access, 2, i);
}

ACCESS_INLINE void put_old(const struct operation *op, struct cairn_access *access, unsigned i,
                           uint64_t old)
{
    access->data[0][i] = (uint32_t)old;
    if (op->dwords == 2)
        access->data[1][i] = (uint32_t)(old >> 32);
}

ACCESS_INLINE uint64_t apply_plain(const struct operation *op, uint64_t old, uint64_t data,
                                   uint64_t compare)
{
    if (op->dwords == 1)
        return op->plain32((uint32_t)old, (uint32_t)data, (uint32_t)compare);
    return op->plain64(old, data, compare);
}

ACCESS_INLINE void on_host(const struct operation *op, struct cairn_access *access, unsigned i,
                           uint64_t address)
{
    uint64_t data = take_data(op, access, i), compare = take_compare(op, access, i), old;
    void *at = (void *)(uintptr_t)address;
    if (op->dwords == 1)
        old = op->host32(at, (uint32_t)data, (uint32_t)compare);
    else
        old = op->host64(at, data, compare);
    put_old(op, access, i, old);
}

ACCESS_INLINE void on_lds(const struct operation *op, const struct cairn_native_frame *frame,
                          struct cairn_access *access, unsigned i, uint32_t offset)
{
    uint64_t data = take_data(op, access, i), compare = take_compare(op, access, i), old = 0;
    if (access_lds_covers(frame, offset, 4 * op->dwords)) {
        memcpy(&old, frame->lds + offset, 4 * op->dwords);
        uint64_t value = apply_plain(op, old, data, compare);
        memcpy(frame->lds + offset, &value, 4 * op->dwords);
    }
    put_old(op, access, i, old);
}

ACCESS_INLINE void on_private(const struct operation *op, struct cairn_wave *wave,
                              struct cairn_access *access, unsigned i, uint32_t lane,
                              uint32_t offset)
{
    uint64_t data = take_data(op, access, i), compare = take_compare(op, access, i);
    uint32_t was[2] = {0, 0};
    bool good = true;
    for (unsigned d = 0; d < op->dwords; d++)
        good = good && cairn_access_private_read(wave, offset + 4 * d, lane + i, 4, &was[d]);
    uint64_t old = was[0] | (uint64_t)was[1] << 32;
    uint64_t value = apply_plain(op, old, data, compare);
    for (unsigned d = 0; d < op->dwords; d++)
        good = good && cairn_access_private_write(wave, offset + 4 * d, lane + i, 4,
                                                  (uint32_t)(value >> 32 * d));
    put_old(op, access, i, old);
}

/* ---- a chunk */

/* All lanes at one address: their results in a row, published at once. */
ACCESS_INLINE void in_a_row(const struct operation *op, struct cairn_access *access, uint32_t mask,
                            uint64_t address)
{
    uint32_t olds[2][CAIRN_ACCESS_LANES];
    void *at = (void *)(uintptr_t)address;
    uint64_t first = op->dwords == 1 ? __atomic_load_n((uint32_t *)at, __ATOMIC_RELAXED)
                                     : __atomic_load_n((uint64_t *)at, __ATOMIC_RELAXED);
    for (bool done = false; !done;) {
        uint64_t value = first;
        ACCESS_FOR(i, mask)
        {
            olds[0][i] = (uint32_t)value;
            olds[1][i] = (uint32_t)(value >> 32);
            value = apply_plain(op, value, take_data(op, access, i), take_compare(op, access, i));
        }
        if (op->dwords == 1) {
            uint32_t expected = (uint32_t)first;
            done = __atomic_compare_exchange_n((uint32_t *)at, &expected, (uint32_t)value, false,
                                               __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
            first = expected;
        } else {
            done = __atomic_compare_exchange_n((uint64_t *)at, &first, value, false,
                                               __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
        }
    }
    ACCESS_FOR(i, mask)
    {
        access->data[0][i] = olds[0][i];
        if (op->dwords == 2)
            access->data[1][i] = olds[1][i];
    }
}

ACCESS_INLINE bool one_address(const struct cairn_access *access, uint32_t mask)
{
    unsigned first = (unsigned)__builtin_ctz(mask);
    uint32_t differs = 0;
    for (unsigned i = 0; i < CAIRN_ACCESS_LANES; i++)
        differs |= (uint32_t)(access->low[i] != access->low[first] ||
                              access->high[i] != access->high[first])
                   << i;
    return (differs & mask) == 0;
}

ACCESS_INLINE void global_atomic(ACCESS_PARAMETERS, const struct operation *op)
{
    unsigned bytes = 4 * op->dwords;
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        if (address % bytes != 0 || !access_covers(wave, address, bytes))
            frame->give_up(frame);
    }
    if ((mask & (mask - 1)) != 0 && one_address(access, mask)) {
        in_a_row(op, access, mask, access_address(access, (unsigned)__builtin_ctz(mask)));
        return;
    }
    ACCESS_FOR(i, mask)
    on_host(op, access, i, access_address(access, i));
}

ACCESS_INLINE bool flat_allowed(const struct cairn_native_frame *frame,
                                const struct cairn_wave *wave, uint64_t address, unsigned lane,
                                unsigned dwords)
{
    uint32_t unused;
    if (address % (4 * dwords) != 0)
        return false;
    switch (access_target_of(frame, wave, address)) {
    case ACCESS_AT_GLOBAL:
        return access_covers(wave, address, 4 * dwords);
    case ACCESS_AT_PRIVATE:
        for (unsigned d = 0; d < dwords; d++)
            if (!cairn_access_private_read(wave, (uint32_t)address + 4 * d, lane, 4, &unused))
                return false;
        return true;
    default:
        return true;
    }
}

ACCESS_INLINE void flat_atomic(ACCESS_PARAMETERS, const struct operation *op)
{
    uint32_t elsewhere = 0;
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        if (!flat_allowed(frame, wave, address, lane + i, op->dwords))
            frame->give_up(frame);
        elsewhere |= access_target_of(frame, wave, address) != ACCESS_AT_GLOBAL;
    }
    if (!elsewhere) {
        global_atomic(frame, wave, access, mask, lane, op);
        return;
    }
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        enum access_target target = access_target_of(frame, wave, address);
        if (target == ACCESS_AT_LDS)
            on_lds(op, frame, access, i, (uint32_t)address);
        else if (target == ACCESS_AT_PRIVATE)
            on_private(op, wave, access, i, lane, (uint32_t)address);
        else
            on_host(op, access, i, address);
    }
}

/* In range as a whole, or dropped and 0 returned. */
ACCESS_INLINE void buffer_atomic(ACCESS_PARAMETERS, const struct operation *op)
{
    unsigned bytes = 4 * op->dwords;
    ACCESS_FOR(i, mask)
    {
        struct access_buffer b = access_buffer_of(access, i, lane);
        uint64_t address = access_buffer_address(&b, 0);
        if (access_buffer_in_range(&b, 0, bytes) &&
            (!access_buffer_resolves(wave, &b, address, bytes) || address % bytes != 0))
            frame->give_up(frame);
    }
    ACCESS_FOR(i, mask)
    {
        struct access_buffer b = access_buffer_of(access, i, lane);
        if (access_buffer_in_range(&b, 0, bytes))
            on_host(op, access, i, access_buffer_address(&b, 0));
        else
            put_old(op, access, i, 0);
    }
}

#define OPERATION32(name)                                                                          \
    &(const struct operation){.plain32 = plain_##name, .host32 = host_##name, .dwords = 1}
#define OPERATION64(name)                                                                          \
    &(const struct operation){.plain64 = plain_##name, .host64 = host_##name, .dwords = 2}
#define DEFINE(name, operation)                                                                    \
    void cairn_access_global_atomic_##name(ACCESS_PARAMETERS)                                      \
    {                                                                                              \
        global_atomic(frame, wave, access, mask, lane, operation);                                 \
    }                                                                                              \
    void cairn_access_flat_atomic_##name(ACCESS_PARAMETERS)                                        \
    {                                                                                              \
        flat_atomic(frame, wave, access, mask, lane, operation);                                   \
    }                                                                                              \
    void cairn_access_buffer_atomic_##name(ACCESS_PARAMETERS)                                      \
    {                                                                                              \
        buffer_atomic(frame, wave, access, mask, lane, operation);                                 \
    }
#define DEFINE32(name)    DEFINE(name, OPERATION32(name))
#define DEFINE64(name)    DEFINE(name, OPERATION64(name))
#define DEFINE64_X2(name) DEFINE(name##_x2, OPERATION64(name##_x2))
CAIRN_ACCESS_INTEGERS(DEFINE32)
CAIRN_ACCESS_INTEGERS(DEFINE64_X2)
CAIRN_ACCESS_FLOATS32(DEFINE32)
CAIRN_ACCESS_FLOATS64(DEFINE64)
