/* SPDX-License-Identifier: MIT
 * DS atomics. Only one host thread at a time works on the LDS of a workgroup, so they are plain
 * reads and writes, lane by lane, ascending: lanes that hit the same address act in that order.
 * Outside of the allocation they return 0 and do nothing; a misaligned one is a fault.
 */
#include "interp/memory_priv.h"
#include "machine/sem_atomic.h"

/* X32/X64(name, fn, new value from mode, old, data0, data1). A compare-and-swap compares with DATA0
 * and stores DATA1 (AMD "CDNA2 ISA", DS_CMPST). Operations of the first list exist without and with
 * returned value, those of the second return always. */
#define BOTH32(X)                                                                                  \
    X(add, u32, cairn_sem_atomic_add_u32(old, data0))                                              \
    X(sub, u32, cairn_sem_atomic_sub_u32(old, data0))                                              \
    X(rsub, u32, cairn_sem_atomic_rsub_u32(old, data0))                                            \
    X(inc, u32, cairn_sem_atomic_inc_u32(old, data0))                                              \
    X(dec, u32, cairn_sem_atomic_dec_u32(old, data0))                                              \
    X(min, i32, cairn_sem_atomic_min_i32(old, data0))                                              \
    X(max, i32, cairn_sem_atomic_max_i32(old, data0))                                              \
    X(min, u32, cairn_sem_atomic_min_u32(old, data0))                                              \
    X(max, u32, cairn_sem_atomic_max_u32(old, data0))                                              \
    X(and, b32, cairn_sem_atomic_and_b32(old, data0))                                              \
    X(or, b32, cairn_sem_atomic_or_b32(old, data0))                                                \
    X(xor, b32, cairn_sem_atomic_xor_b32(old, data0))                                              \
    X(mskor, b32, cairn_sem_atomic_mskor_b32(old, data0, data1))                                   \
    X(cmpst, b32, cairn_sem_atomic_cmpswap_u32(old, data1, data0))                                 \
    X(cmpst, f32, cairn_sem_atomic_cmpswap_f32(old, data1, data0))                                 \
    X(min, f32, cairn_sem_atomic_min_f32(old, data0))                                              \
    X(max, f32, cairn_sem_atomic_max_f32(old, data0))                                              \
    X(add, f32, cairn_sem_atomic_add_f32(mode, old, data0))
#define ONLY32(X)                                                                                  \
    X(wrxchg, b32, cairn_sem_atomic_swap_u32(old, data0))                                          \
    X(wrap, b32, cairn_sem_atomic_wrap_b32(old, data0, data1))
#define BOTH64(X)                                                                                  \
    X(add, u64, cairn_sem_atomic_add_u64(old, data0))                                              \
    X(sub, u64, cairn_sem_atomic_sub_u64(old, data0))                                              \
    X(rsub, u64, cairn_sem_atomic_rsub_u64(old, data0))                                            \
    X(inc, u64, cairn_sem_atomic_inc_u64(old, data0))                                              \
    X(dec, u64, cairn_sem_atomic_dec_u64(old, data0))                                              \
    X(min, i64, cairn_sem_atomic_min_i64(old, data0))                                              \
    X(max, i64, cairn_sem_atomic_max_i64(old, data0))                                              \
    X(min, u64, cairn_sem_atomic_min_u64(old, data0))                                              \
    X(max, u64, cairn_sem_atomic_max_u64(old, data0))                                              \
    X(and, b64, cairn_sem_atomic_and_b64(old, data0))                                              \
    X(or, b64, cairn_sem_atomic_or_b64(old, data0))                                                \
    X(xor, b64, cairn_sem_atomic_xor_b64(old, data0))                                              \
    X(mskor, b64, cairn_sem_atomic_mskor_b64(old, data0, data1))                                   \
    X(cmpst, b64, cairn_sem_atomic_cmpswap_u64(old, data1, data0))                                 \
    X(cmpst, f64, cairn_sem_atomic_cmpswap_f64(old, data1, data0))                                 \
    X(min, f64, cairn_sem_atomic_min_f64(old, data0))                                              \
    X(max, f64, cairn_sem_atomic_max_f64(old, data0))                                              \
    X(add, f64, cairn_sem_atomic_add_f64(old, data0))
#define ONLY64(X)                                                                                  \
    X(wrxchg, b64, cairn_sem_atomic_swap_u64(old, data0))                                          \
    X(condxchg32, b64, cairn_sem_atomic_condxchg32_b64(old, data0))

#define DEFINE_NEW32(stem, type, value)                                                            \
    MEM_INLINE uint32_t new_##stem##_##type(uint32_t mode, uint32_t old, uint32_t data0,           \
                                            uint32_t data1)                                        \
    {                                                                                              \
        (void)mode, (void)data1;                                                                   \
        return value;                                                                              \
    }
#define DEFINE_NEW64(stem, type, value)                                                            \
    MEM_INLINE uint64_t new_##stem##_##type(uint32_t mode, uint64_t old, uint64_t data0,           \
                                            uint64_t data1)                                        \
    {                                                                                              \
        (void)mode, (void)data1;                                                                   \
        return value;                                                                              \
    }
BOTH32(DEFINE_NEW32)
ONLY32(DEFINE_NEW32)
BOTH64(DEFINE_NEW64)
ONLY64(DEFINE_NEW64)

/* Registers of one instruction; dst is NULL if nothing is returned. */
struct registers {
    uint64_t mask;
    uint32_t (*dst)[CAIRN_WAVE_LANES];
    const uint32_t *at, *data0[2], *data1[2];
};

/* False: nothing to do (EXEC is 0, or a destination register is out of range). */
MEM_INLINE bool take_registers(struct cairn_wave *wave, const struct cairn_insn *insn,
                               unsigned dst_dwords, unsigned data_dwords, struct registers *out)
{
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    const struct cairn_operand *data1 = &insn->slot[CAIRN_SLOT_DATA1];
    out->mask = cairn_exec(wave);
    out->dst = NULL;
    if (cairn_operand_present(dst)) {
        out->dst = mem_destination(wave, dst, dst_dwords);
        if (out->dst == NULL)
            return false;
    }
    out->at = mem_source(wave, insn->slot[CAIRN_SLOT_ADDR].code);
    for (unsigned i = 0; i < data_dwords; i++) {
        out->data0[i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
        out->data1[i] =
            cairn_operand_present(data1) ? mem_source(wave, data1->code + i) : out->data0[i];
    }
    return out->mask != 0;
}

/* A misaligned atomic: false and a fault. Out of range: true, but *at is NULL. */
MEM_INLINE bool locate(struct cairn_wave *wave, uint32_t offset, unsigned bytes, unsigned lane,
                       uint8_t **at)
{
    if (__builtin_expect(offset % bytes != 0, 0)) {
        uint64_t address = (uint64_t)(uintptr_t)wave->group->lds + offset;
        cairn_wave_raise(wave, CAIRN_FAULT_MISALIGNED, address, (int)lane);
        return false;
    }
    *at = mem_lds_covers(wave->group, offset, bytes) ? wave->group->lds + offset : NULL;
    return true;
}

MEM_INLINE void run32(struct cairn_wave *wave, const struct cairn_insn *insn,
                      uint32_t (*new)(uint32_t, uint32_t, uint32_t, uint32_t))
{
    struct registers r;
    MEM_ROW got[CAIRN_WAVE_LANES];
    if (!take_registers(wave, insn, 1, 1, &r))
        return;
    uint32_t imm = (uint32_t)insn->imm & 0xffff, mode = wave->mode;
    MEM_FOR_LANES(lane, r.mask)
    {
        uint8_t *at;
        uint32_t old = 0;
        if (!locate(wave, r.at[lane] + imm, 4, lane, &at))
            return;
        if (at != NULL) {
            memcpy(&old, at, 4);
            uint32_t value = new(mode, old, r.data0[0][lane], r.data1[0][lane]);
            memcpy(at, &value, 4);
        }
        got[lane] = old;
    }
    if (r.dst != NULL)
        mem_write_row(r.dst[0], got, r.mask);
}

MEM_INLINE void run64(struct cairn_wave *wave, const struct cairn_insn *insn,
                      uint64_t (*new)(uint32_t, uint64_t, uint64_t, uint64_t))
{
    struct registers r;
    MEM_ROW got[2][CAIRN_WAVE_LANES];
    if (!take_registers(wave, insn, 2, 2, &r))
        return;
    uint32_t imm = (uint32_t)insn->imm & 0xffff, mode = wave->mode;
    MEM_FOR_LANES(lane, r.mask)
    {
        uint8_t *at;
        uint64_t old = 0;
        if (!locate(wave, r.at[lane] + imm, 8, lane, &at))
            return;
        if (at != NULL) {
            memcpy(&old, at, 8);
            uint64_t value = new(mode, old, mem_pair(r.data0, lane), mem_pair(r.data1, lane));
            memcpy(at, &value, 8);
        }
        got[0][lane] = (uint32_t)old;
        got[1][lane] = (uint32_t)(old >> 32);
    }
    if (r.dst == NULL)
        return;
    mem_write_row(r.dst[0], got[0], r.mask);
    mem_write_row(r.dst[1], got[1], r.mask);
}

/* Two exchanges, addressed as read2 does, `dwords` each; of one lane the first comes first. */
MEM_INLINE void run_exchange2(struct cairn_wave *wave, const struct cairn_insn *insn,
                              unsigned dwords, unsigned scale)
{
    struct registers r;
    MEM_ROW got[4][CAIRN_WAVE_LANES];
    if (!take_registers(wave, insn, 2 * dwords, dwords, &r))
        return;
    uint32_t imm = (uint32_t)insn->imm;
    MEM_FOR_LANES(lane, r.mask)
    {
        for (unsigned which = 0; which < 2; which++) {
            uint8_t *at;
            uint32_t offset = (imm >> 8 * which & 255) * scale;
            if (!locate(wave, r.at[lane] + offset, 4 * dwords, lane, &at))
                return;
            for (unsigned i = 0; i < dwords; i++) {
                const uint32_t *data = which == 0 ? r.data0[i] : r.data1[i];
                got[which * dwords + i][lane] = at != NULL ? mem_read(at + 4 * i, 4) : 0;
                if (at != NULL)
                    mem_write(at + 4 * i, data[lane], 4);
            }
        }
    }
    for (unsigned i = 0; i < 2 * dwords && r.dst != NULL; i++)
        mem_write_row(r.dst[i], got[i], r.mask);
}

#define DEFINE32(stem, type, value)                                                                \
    static void run_##stem##_##type(struct cairn_wave *wave, const struct cairn_insn *insn)        \
    {                                                                                              \
        run32(wave, insn, new_##stem##_##type);                                                    \
    }
#define DEFINE64(stem, type, value)                                                                \
    static void run_##stem##_##type(struct cairn_wave *wave, const struct cairn_insn *insn)        \
    {                                                                                              \
        run64(wave, insn, new_##stem##_##type);                                                    \
    }
#define DEFINE_EXCHANGE2(name, dwords, scale)                                                      \
    static void run_##name(struct cairn_wave *wave, const struct cairn_insn *insn)                 \
    {                                                                                              \
        run_exchange2(wave, insn, dwords, scale);                                                  \
    }
#define EXCHANGES(X)                                                                               \
    X(ds_wrxchg2_rtn_b32, 1, 4)                                                                    \
    X(ds_wrxchg2st64_rtn_b32, 1, 256)                                                              \
    X(ds_wrxchg2_rtn_b64, 2, 8)                                                                    \
    X(ds_wrxchg2st64_rtn_b64, 2, 512)
BOTH32(DEFINE32)
ONLY32(DEFINE32)
BOTH64(DEFINE64)
ONLY64(DEFINE64)
EXCHANGES(DEFINE_EXCHANGE2)

#define ROW_PLAIN(stem, type, value) [CAIRN_OP_ds_##stem##_##type] = {.run = run_##stem##_##type},
#define ROW_RTN(stem, type, value) [CAIRN_OP_ds_##stem##_rtn_##type] = {.run = run_##stem##_##type},
#define ROW_EXCHANGE2(name, dwords, scale) [CAIRN_OP_##name] = {.run = run_##name},
static const struct mem_handler handlers[] = {BOTH32(ROW_PLAIN) BOTH32(ROW_RTN) ONLY32(
    ROW_RTN) BOTH64(ROW_PLAIN) BOTH64(ROW_RTN) ONLY64(ROW_RTN) EXCHANGES(ROW_EXCHANGE2)};

MEM_FIND(cairn_interp_ds_atomic_find)
{
    return MEM_ROW_OF(handlers, op);
}
