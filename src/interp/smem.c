/* SPDX-License-Identifier: MIT
 * Scalar memory: loads, stores, atomics and clocks (AMD "CDNA2 ISA" 8). Memory is read and written
 * at once and in order; there is no scalar cache to be stale.
 */
#include "interp/block.h"

#include <string.h>
#include <time.h>

enum smem_kind { SMEM_LOAD, SMEM_STORE, SMEM_ATOMIC };

/* Which instruction it is. */
struct smem_row {
    uint8_t kind, dwords, atomic;
    bool buffer, scratch;
};

enum smem_atomic {
    SMEM_SWAP,
    SMEM_CMPSWAP,
    SMEM_ADD,
    SMEM_SUB,
    SMEM_SMIN,
    SMEM_UMIN,
    SMEM_SMAX,
    SMEM_UMAX,
    SMEM_AND,
    SMEM_OR,
    SMEM_XOR,
    SMEM_INC,
    SMEM_DEC,
};

#define LOADS(infix, b, s)                                                                         \
    [CAIRN_OP_s_##infix##load_dword] = {SMEM_LOAD, 1, 0, b, s},                                    \
    [CAIRN_OP_s_##infix##load_dwordx2] = {SMEM_LOAD, 2, 0, b, s},                                  \
    [CAIRN_OP_s_##infix##load_dwordx4] = {SMEM_LOAD, 4, 0, b, s}
#define WIDE_LOADS(infix, b)                                                                       \
    [CAIRN_OP_s_##infix##load_dwordx8] = {SMEM_LOAD, 8, 0, b, false},                              \
    [CAIRN_OP_s_##infix##load_dwordx16] = {SMEM_LOAD, 16, 0, b, false}
#define STORES(infix, b, s)                                                                        \
    [CAIRN_OP_s_##infix##store_dword] = {SMEM_STORE, 1, 0, b, s},                                  \
    [CAIRN_OP_s_##infix##store_dwordx2] = {SMEM_STORE, 2, 0, b, s},                                \
    [CAIRN_OP_s_##infix##store_dwordx4] = {SMEM_STORE, 4, 0, b, s}
#define ATOMIC(name, code)                                                                         \
    [CAIRN_OP_s_atomic_##name] = {SMEM_ATOMIC, 1, code, false, false},                             \
    [CAIRN_OP_s_atomic_##name##_x2] = {SMEM_ATOMIC, 2, code, false, false},                        \
    [CAIRN_OP_s_buffer_atomic_##name] = {SMEM_ATOMIC, 1, code, true, false},                       \
    [CAIRN_OP_s_buffer_atomic_##name##_x2] = {SMEM_ATOMIC, 2, code, true, false}

/* dwords 0: no such instruction */
static const struct smem_row rows[CAIRN_OP_COUNT] = {
    LOADS(, false, false),         LOADS(scratch_, false, true), LOADS(buffer_, true, false),
    WIDE_LOADS(, false),           WIDE_LOADS(buffer_, true),    STORES(, false, false),
    STORES(scratch_, false, true), STORES(buffer_, true, false), ATOMIC(swap, SMEM_SWAP),
    ATOMIC(cmpswap, SMEM_CMPSWAP), ATOMIC(add, SMEM_ADD),        ATOMIC(sub, SMEM_SUB),
    ATOMIC(smin, SMEM_SMIN),       ATOMIC(umin, SMEM_UMIN),      ATOMIC(smax, SMEM_SMAX),
    ATOMIC(umax, SMEM_UMAX),       ATOMIC(and, SMEM_AND),        ATOMIC(or, SMEM_OR),
    ATOMIC(xor, SMEM_XOR),         ATOMIC(inc, SMEM_INC),        ATOMIC(dec, SMEM_DEC),
};

/* Where an access goes, and how many of its dwords are inside of the bound. */
struct smem_place {
    uint64_t address;
    unsigned inside;
};

/* 8.2.1: a 64-bit base, or a buffer descriptor whose stride takes part in the bound only. The
 * offset is an unsigned register or a signed immediate; scratch scales it by 64. Low two bits of
 * the sum are dropped. */
static struct smem_place place(const struct cairn_wave *wave, const struct cairn_insn *insn,
                               const struct smem_row *row)
{
    const struct cairn_operand *soffset = &insn->slot[CAIRN_SLOT_SOFFSET];
    unsigned base = insn->slot[CAIRN_SLOT_ADDR].code;
    uint64_t address = cairn_wave_read64(wave, base);
    uint64_t offset = (uint64_t)(int64_t)insn->imm;
    if (cairn_operand_present(soffset))
        offset += wave->sgpr[soffset->code & 127];
    if (row->scratch)
        offset *= 64;
    if (!row->buffer)
        return (struct smem_place){(address + offset) & ~UINT64_C(3), row->dwords};

    uint32_t stride = wave->sgpr[base + 1] >> 16 & 0x3fff;
    uint64_t bytes = (uint64_t)wave->sgpr[base + 2] * (stride == 0 ? 1 : stride);
    offset &= ~UINT64_C(3);
    unsigned inside = 0;
    while (inside < row->dwords && offset + 4 * inside + 4 <= bytes && offset < bytes)
        inside++;
    return (struct smem_place){(address & UINT64_C(0xffffffffffff)) + offset, inside};
}

static bool check(struct cairn_wave *wave, const struct cairn_interp_op *op, uint64_t address,
                  uint64_t bytes)
{
    wave->pc = op->pc;
    if (cairn_memory_covers(wave->launch->space, address, bytes))
        return true;
    cairn_wave_raise(wave, CAIRN_FAULT_UNMAPPED, address, -1);
    return false;
}

static void run_load(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    const struct smem_row *row = &rows[op->insn.op];
    struct smem_place at = place(wave, &op->insn, row);
    uint32_t data[16] = {0};
    if (at.inside > 0) {
        if (!check(wave, op, at.address, 4 * at.inside))
            return;
        wave->memory_insn = &op->insn;
        for (unsigned i = 0; i < at.inside; i++)
            data[i] = ((const volatile uint32_t *)(uintptr_t)at.address)[i];
        wave->memory_insn = NULL;
    }
    memcpy(&wave->sgpr[op->dst], data, row->dwords * sizeof data[0]);
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_store(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    const struct smem_row *row = &rows[op->insn.op];
    unsigned from = op->insn.slot[CAIRN_SLOT_DATA0].code;
    struct smem_place at = place(wave, &op->insn, row);
    if (at.inside > 0) {
        if (!check(wave, op, at.address, 4 * at.inside))
            return;
        wave->memory_insn = &op->insn;
        for (unsigned i = 0; i < at.inside; i++)
            ((volatile uint32_t *)(uintptr_t)at.address)[i] = wave->sgpr[from + i];
        wave->memory_insn = NULL;
    }
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

/* ---- atomics; cmpswap: the low register is new, the high one is compared with */

static uint64_t sign32(uint64_t value, unsigned bits)
{
    return bits == 32 ? (uint64_t)(int64_t)(int32_t)value : value;
}

static uint64_t combine(enum smem_atomic what, uint64_t old, uint64_t data, uint64_t compare,
                        unsigned bits)
{
    int64_t a = (int64_t)sign32(old, bits), b = (int64_t)sign32(data, bits);
    switch (what) {
    case SMEM_SWAP:
        return data;
    case SMEM_CMPSWAP:
        return old == compare ? data : old;
    case SMEM_ADD:
        return old + data;
    case SMEM_SUB:
        return old - data;
    case SMEM_SMIN:
        return b < a ? data : old;
    case SMEM_UMIN:
        return data < old ? data : old;
    case SMEM_SMAX:
        return b > a ? data : old;
    case SMEM_UMAX:
        return data > old ? data : old;
    case SMEM_AND:
        return old & data;
    case SMEM_OR:
        return old | data;
    case SMEM_XOR:
        return old ^ data;
    case SMEM_INC:
        return old >= data ? 0 : old + 1;
    case SMEM_DEC:
        return old == 0 || old > data ? data : old - 1;
    }
    return old;
}

static uint64_t atomic32(const struct smem_row *row, uint64_t address, uint32_t data,
                         uint32_t compare)
{
    uint32_t *at = (uint32_t *)(uintptr_t)address;
    uint32_t old = __atomic_load_n(at, __ATOMIC_RELAXED), new;
    do
        new = (uint32_t)combine(row->atomic, old, data, compare, 32);
    while (!__atomic_compare_exchange_n(at, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return old;
}

static uint64_t atomic64(const struct smem_row *row, uint64_t address, uint64_t data,
                         uint64_t compare)
{
    uint64_t *at = (uint64_t *)(uintptr_t)address;
    uint64_t old = __atomic_load_n(at, __ATOMIC_RELAXED), new;
    do
        new = combine(row->atomic, old, data, compare, 64);
    while (!__atomic_compare_exchange_n(at, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return old;
}

static void run_atomic(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    const struct smem_row *row = &rows[op->insn.op];
    unsigned data = op->insn.slot[CAIRN_SLOT_DATA0].code;
    struct smem_place at = place(wave, &op->insn, row);
    bool wide = row->dwords == 2;
    uint64_t old = 0;
    if (at.inside == row->dwords) {
        if (!check(wave, op, at.address, 4 * row->dwords))
            return;
        if (wide && at.address % 8 != 0) {
            cairn_wave_raise(wave, CAIRN_FAULT_MISALIGNED, at.address, -1);
            return;
        }
        bool pair = row->atomic == SMEM_CMPSWAP;
        wave->memory_insn = &op->insn;
        old = wide ? atomic64(row, at.address, cairn_wave_read64(wave, data),
                              pair ? cairn_wave_read64(wave, data + 2) : 0)
                   : atomic32(row, at.address, wave->sgpr[data], pair ? wave->sgpr[data + 1] : 0);
        wave->memory_insn = NULL;
    }
    if (op->insn.glc) {
        wave->sgpr[data] = (uint32_t)old;
        if (wide)
            wave->sgpr[data + 1] = (uint32_t)(old >> 32);
    }
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

/* ---- clocks: the shader clock of the chip's data sheet, and a constant 100 MHz */

static uint64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void run_memtime(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    uint32_t mhz = wave->launch->gfx->clock_mhz;
    cairn_wave_write64(wave, op->dst, (uint64_t)((unsigned __int128)nanoseconds() * mhz / 1000));
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_memrealtime(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    cairn_wave_write64(wave, op->dst, nanoseconds() / 10);
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

/* Do the registers of every scalar operand exist? Wide ones need alignment to 4, pairs to 2. */
static bool registers_exist(const struct cairn_insn *insn)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (cairn_operand_present(operand) && operand->code < 128 &&
            operand->code + operand->dwords > 128)
            return false;
    }
    return true;
}

/* Instructions about a cache, or a translation, that is not modelled. */
static bool is_hint(unsigned op)
{
    return op == CAIRN_OP_s_dcache_inv || op == CAIRN_OP_s_dcache_wb ||
           op == CAIRN_OP_s_dcache_inv_vol || op == CAIRN_OP_s_dcache_wb_vol ||
           op == CAIRN_OP_s_atc_probe || op == CAIRN_OP_s_atc_probe_buffer;
}

bool cairn_smem_prepare(struct cairn_interp_op *op)
{
    const struct smem_row *row = &rows[op->insn.op];
    static const cairn_op_run kinds[] = {run_load, run_store, run_atomic};
    if (row->dwords != 0)
        op->run = registers_exist(&op->insn) ? kinds[row->kind] : cairn_op_bad_register;
    else if (op->insn.op == CAIRN_OP_s_memtime)
        op->run = run_memtime;
    else if (op->insn.op == CAIRN_OP_s_memrealtime)
        op->run = run_memrealtime;
    else if (is_hint(op->insn.op))
        op->run = cairn_op_nop;
    return op->run != NULL;
}
