/* SPDX-License-Identifier: MIT
 * Atomics of FLAT and GLOBAL, and the operations that buffer atomics share. On guest memory they
 * are atomics of the host, because workgroups run on several threads; sequentially consistent, so
 * that waits and cache instructions need no fence. On LDS and private memory, which only one
 * thread touches, they are plain. A misaligned address is a fault.
 */
#include "interp/memory_wave.h"
#include "machine/sem_atomic.h"

/* X(name, 32-bit value, 64-bit value): new value from old, data and compare. */
#define INTEGER_LOOPS(X)                                                                           \
    X(smin, cairn_sem_atomic_min_i32(old, data), cairn_sem_atomic_min_i64(old, data))              \
    X(umin, cairn_sem_atomic_min_u32(old, data), cairn_sem_atomic_min_u64(old, data))              \
    X(smax, cairn_sem_atomic_max_i32(old, data), cairn_sem_atomic_max_i64(old, data))              \
    X(umax, cairn_sem_atomic_max_u32(old, data), cairn_sem_atomic_max_u64(old, data))              \
    X(inc, cairn_sem_atomic_inc_u32(old, data), cairn_sem_atomic_inc_u64(old, data))               \
    X(dec, cairn_sem_atomic_dec_u32(old, data), cairn_sem_atomic_dec_u64(old, data))
/* X(name, host builtin, 32-bit value, 64-bit value): those that the host has an instruction for. */
#define INTEGER_NATIVE(X)                                                                          \
    X(swap, exchange_n, cairn_sem_atomic_swap_u32(old, data),                                      \
      cairn_sem_atomic_swap_u64(old, data))                                                        \
    X(add, fetch_add, cairn_sem_atomic_add_u32(old, data), cairn_sem_atomic_add_u64(old, data))    \
    X(sub, fetch_sub, cairn_sem_atomic_sub_u32(old, data), cairn_sem_atomic_sub_u64(old, data))    \
    X(and, fetch_and, cairn_sem_atomic_and_b32(old, data), cairn_sem_atomic_and_b64(old, data))    \
    X(or, fetch_or, cairn_sem_atomic_or_b32(old, data), cairn_sem_atomic_or_b64(old, data))        \
    X(xor, fetch_xor, cairn_sem_atomic_xor_b32(old, data), cairn_sem_atomic_xor_b64(old, data))
#define FLOATS32(X)                                                                                \
    X(add_f32, cairn_sem_atomic_add_memory_f32(old, data))                                         \
    X(pk_add_f16, cairn_sem_atomic_pk_add_f16(old, data))
#define FLOATS64(X)                                                                                \
    X(add_f64, cairn_sem_atomic_add_f64(old, data))                                                \
    X(min_f64, cairn_sem_atomic_min_f64(old, data))                                                \
    X(max_f64, cairn_sem_atomic_max_f64(old, data))

/* plain_*: the new value. host_*: does it to memory, returns the old value. */
#define PLAIN(name, word, value)                                                                   \
    static word plain_##name(word old, word data, word compare)                                    \
    {                                                                                              \
        (void)old, (void)compare;                                                                  \
        return value;                                                                              \
    }
#define LOOP(name, word, value)                                                                    \
    PLAIN(name, word, value)                                                                       \
    static word host_##name(word *at, word data, word compare)                                     \
    {                                                                                              \
        word old = __atomic_load_n(at, __ATOMIC_RELAXED);                                          \
        while (!__atomic_compare_exchange_n(at, &old, plain_##name(old, data, compare), true,      \
                                            __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))                   \
            ;                                                                                      \
        return old;                                                                                \
    }
#define NATIVE(name, builtin, word, value)                                                         \
    PLAIN(name, word, value)                                                                       \
    static word host_##name(word *at, word data, word compare)                                     \
    {                                                                                              \
        (void)compare;                                                                             \
        return __atomic_##builtin(at, data, __ATOMIC_SEQ_CST);                                     \
    }
#define CMPSWAP(name, word, value)                                                                 \
    PLAIN(name, word, value)                                                                       \
    static word host_##name(word *at, word data, word compare)                                     \
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
#define LOOP32(name, value) LOOP(name, uint32_t, value)
#define LOOP64(name, value) LOOP(name, uint64_t, value)

INTEGER_LOOPS(LOOP_BOTH)
INTEGER_NATIVE(NATIVE_BOTH)
FLOATS32(LOOP32)
FLOATS64(LOOP64)
CMPSWAP(cmpswap, uint32_t, cairn_sem_atomic_cmpswap_u32(old, data, compare))
CMPSWAP(cmpswap_x2, uint64_t, cairn_sem_atomic_cmpswap_u64(old, data, compare))

#define ROW32(name) {.plain32 = plain_##name, .host32 = host_##name, .dwords = 1}
#define ROW64(name) {.plain64 = plain_##name, .host64 = host_##name, .dwords = 2}
#define GLOBAL32(name)                                                                             \
    [CAIRN_OP_global_atomic_##name] = ROW32(name), [CAIRN_OP_buffer_atomic_##name] = ROW32(name),
#define ALL32(name) [CAIRN_OP_flat_atomic_##name] = ROW32(name), GLOBAL32(name)
#define ALL64(name)                                                                                \
    [CAIRN_OP_flat_atomic_##name] = ROW64(name), [CAIRN_OP_global_atomic_##name] = ROW64(name),    \
    [CAIRN_OP_buffer_atomic_##name] = ROW64(name),
#define INTEGER_ROWS(name, ...)   ALL32(name) ALL64(name##_x2)
#define FLOAT_ROWS32(name, value) GLOBAL32(name)
#define FLOAT_ROWS64(name, value) ALL64(name)
static const struct mem_atomic atomics[] = {INTEGER_LOOPS(INTEGER_ROWS) INTEGER_NATIVE(
    INTEGER_ROWS) FLOATS32(FLOAT_ROWS32) FLOATS64(FLOAT_ROWS64) INTEGER_ROWS(cmpswap)};

const struct mem_atomic *cairn_interp_atomic_of(unsigned op)
{
    bool known = op < sizeof atomics / sizeof atomics[0] && atomics[op].dwords != 0;
    return known ? &atomics[op] : NULL;
}

/* Data registers: the new value first, the compare value after it. */
void cairn_interp_atomic_data(const struct cairn_wave *wave, const struct cairn_insn *insn,
                              const struct mem_atomic *atomic, const uint32_t **rows)
{
    const struct cairn_operand *data = &insn->slot[CAIRN_SLOT_DATA0];
    for (unsigned i = 0; i < 4; i++)
        rows[i] = mem_source(wave, data->code + (i < data->dwords ? i : i % atomic->dwords));
}

uint64_t cairn_interp_atomic_host(const struct mem_atomic *atomic, void *at,
                                  const uint32_t *const *rows, unsigned lane)
{
    if (atomic->dwords == 1)
        return atomic->host32(at, rows[0][lane], rows[1][lane]);
    return atomic->host64(at, mem_pair(rows, lane), mem_pair(rows + 2, lane));
}

uint64_t cairn_interp_atomic_plain(const struct mem_atomic *atomic, uint64_t old,
                                   const uint32_t *const *rows, unsigned lane)
{
    if (atomic->dwords == 1)
        return atomic->plain32((uint32_t)old, rows[0][lane], rows[1][lane]);
    return atomic->plain64(old, mem_pair(rows, lane), mem_pair(rows + 2, lane));
}

static bool atomic_lds(struct cairn_wave *wave, const struct mem_atomic *atomic, uint64_t address,
                       const uint32_t *const *rows, unsigned lane, uint64_t *old)
{
    struct cairn_workgroup *group = wave->group;
    uint32_t offset = (uint32_t)address, bytes = 4 * atomic->dwords;
    *old = 0;
    if (!mem_lds_covers(group, offset, bytes))
        return true;
    memcpy(old, group->lds + offset, bytes);
    uint64_t value = cairn_interp_atomic_plain(atomic, *old, rows, lane);
    memcpy(group->lds + offset, &value, bytes);
    return true;
}

static bool atomic_private(struct cairn_wave *wave, const struct mem_atomic *atomic,
                           uint64_t address, const uint32_t *const *rows, unsigned lane,
                           uint64_t *old)
{
    uint32_t offset = (uint32_t)address, was[2] = {0, 0};
    bool good = true;
    for (unsigned i = 0; i < atomic->dwords; i++)
        good = good && cairn_interp_private_read(wave, offset + 4 * i, lane, 4, &was[i]);
    if (!good) {
        cairn_wave_raise(wave, CAIRN_FAULT_SCRATCH, address, (int)lane);
        return false;
    }
    *old = was[0] | (uint64_t)was[1] << 32;
    uint64_t value = cairn_interp_atomic_plain(atomic, *old, rows, lane);
    for (unsigned i = 0; i < atomic->dwords; i++)
        good = good && cairn_interp_private_write(wave, offset + 4 * i, lane, 4,
                                                  (uint32_t)(value >> 32 * i));
    return good;
}

/* One lane of a FLAT or GLOBAL atomic. */
static bool atomic_lane(struct cairn_wave *wave, const struct cairn_insn *insn,
                        const struct mem_atomic *atomic, uint64_t address,
                        const uint32_t *const *rows, unsigned lane, uint64_t *old)
{
    unsigned bytes = 4 * atomic->dwords;
    enum mem_place place =
        insn->encoding == CAIRN_ENC_FLAT ? mem_place_of(wave, address) : MEM_AT_GLOBAL;
    if (place == MEM_AT_GLOBAL && !cairn_interp_global_check(wave, address, bytes, lane))
        return false;
    if (address % bytes != 0) {
        cairn_wave_raise(wave, CAIRN_FAULT_MISALIGNED, address, (int)lane);
        return false;
    }
    if (place == MEM_AT_LDS)
        return atomic_lds(wave, atomic, address, rows, lane, old);
    if (place == MEM_AT_PRIVATE)
        return atomic_private(wave, atomic, address, rows, lane, old);
    *old = cairn_interp_atomic_host(atomic, (void *)(uintptr_t)address, rows, lane);
    return true;
}

/* Adds of a whole wave to one address, the way reductions and counters are written: one host
 * atomic of the sum. The lanes' old values are those of ascending order. */
static void add_uniform(struct cairn_wave *wave, uint32_t *at, const uint32_t *data, uint64_t mask,
                        uint32_t *got)
{
    uint32_t sum = 0;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        got[lane] = sum;
        sum += mask >> lane & 1 ? data[lane] : 0;
    }
    uint32_t old = __atomic_fetch_add(at, sum, __ATOMIC_SEQ_CST);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        got[lane] += old;
}

static bool is_uniform_add(const struct cairn_insn *insn, const struct cairn_wave *wave,
                           const uint64_t *at, uint64_t mask)
{
    if (insn->op != CAIRN_OP_global_atomic_add && insn->op != CAIRN_OP_flat_atomic_add)
        return false;
    uint64_t differs = 0, first = at[__builtin_ctzll(mask)];
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        differs |= mask >> lane & 1 ? at[lane] ^ first : 0;
    return differs == 0 && first % 4 == 0 && mem_all_in_window(wave, at, mask, 4);
}

static void run_atomic(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    const struct mem_atomic *atomic = &atomics[insn->op];
    const struct cairn_operand *result = &insn->slot[CAIRN_SLOT_DST];
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = NULL;
    if (cairn_operand_present(result)) {
        dst = mem_destination(wave, result, atomic->dwords);
        if (dst == NULL)
            return;
    }
    if (mask == 0)
        return;
    const uint32_t *rows[4];
    _Alignas(64) uint64_t at[CAIRN_WAVE_LANES];
    MEM_ROW got[2][CAIRN_WAVE_LANES];
    cairn_interp_atomic_data(wave, insn, atomic, rows);
    mem_flat_addresses(wave, insn, at);
    if (is_uniform_add(insn, wave, at, mask)) {
        uint64_t first = at[__builtin_ctzll(mask)];
        add_uniform(wave, (uint32_t *)(uintptr_t)first, rows[0], mask, got[0]);
    } else {
        MEM_FOR_LANES(lane, mask)
        {
            uint64_t old;
            if (!atomic_lane(wave, insn, atomic, at[lane], rows, lane, &old))
                return;
            got[0][lane] = (uint32_t)old;
            got[1][lane] = (uint32_t)(old >> 32);
        }
    }
    for (unsigned i = 0; i < atomic->dwords && dst != NULL; i++)
        mem_write_row(dst[i], got[i], mask);
}

static const struct mem_handler handler = {.run = run_atomic};

MEM_FIND(cairn_interp_atomic_find)
{
    return cairn_interp_atomic_of(op) != NULL ? &handler : NULL;
}
