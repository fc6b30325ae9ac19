/* SPDX-License-Identifier: MIT
 * Buffer atomics, cache instructions (nothing to do: guest memory is host memory), and the access
 * to single pieces of buffers that loads and stores fall back to.
 */
#include "interp/memory_buffer.h"

/* ---- one piece */

uint8_t *cairn_interp_buffer_resolve(struct cairn_wave *wave, const struct mem_buffer *b,
                                     uint64_t address, unsigned bytes, unsigned lane)
{
    if (mem_in_scratch(wave, address, bytes))
        return (uint8_t *)(uintptr_t)address;
    if (cairn_sem_buffer_is_scratch(&b->resource)) {
        cairn_wave_raise(wave, CAIRN_FAULT_SCRATCH, address, (int)lane);
        return NULL;
    }
    if (!cairn_interp_global_check(wave, address, bytes, lane))
        return NULL;
    return (uint8_t *)(uintptr_t)address;
}

/* Swizzling moves dwords: a piece that crosses one is taken apart. */
static bool splits(const struct mem_buffer *b, unsigned lane, uint32_t extra, unsigned bytes)
{
    return b->resource.swizzle && ((mem_buffer_offset(b, lane) + extra) & 3) + bytes > 4;
}

bool cairn_interp_buffer_read(struct cairn_wave *wave, const struct mem_buffer *b, unsigned lane,
                              uint32_t extra, unsigned bytes, uint32_t *out)
{
    unsigned step = splits(b, lane, extra, bytes) ? 1 : bytes;
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i += step) {
        const uint8_t *at = cairn_interp_buffer_resolve(
            wave, b, mem_buffer_address(b, lane, extra + i), step, lane);
        if (at == NULL)
            return false;
        value |= mem_read(at, step) << 8 * i;
    }
    *out = value;
    return true;
}

bool cairn_interp_buffer_write(struct cairn_wave *wave, const struct mem_buffer *b, unsigned lane,
                               uint32_t extra, unsigned bytes, uint32_t value)
{
    unsigned step = splits(b, lane, extra, bytes) ? 1 : bytes;
    for (unsigned i = 0; i < bytes; i += step) {
        uint8_t *at = cairn_interp_buffer_resolve(wave, b, mem_buffer_address(b, lane, extra + i),
                                                  step, lane);
        if (at == NULL)
            return false;
        mem_write(at, value >> 8 * i, step);
    }
    return true;
}

/* ---- atomics: in range as a whole, or dropped and 0 returned */

static bool atomic_lane(struct cairn_wave *wave, const struct mem_buffer *b,
                        const struct mem_atomic *atomic, const uint32_t *const *rows, unsigned lane,
                        uint64_t *old)
{
    unsigned bytes = 4 * atomic->dwords;
    *old = 0;
    if (!mem_buffer_in_range(b, lane, 0, bytes))
        return true;
    uint64_t address = mem_buffer_address(b, lane, 0);
    uint8_t *at = cairn_interp_buffer_resolve(wave, b, address, bytes, lane);
    if (at == NULL)
        return false;
    if (address % bytes != 0) {
        cairn_wave_raise(wave, CAIRN_FAULT_MISALIGNED, address, (int)lane);
        return false;
    }
    *old = cairn_interp_atomic_host(atomic, at, rows, lane);
    return true;
}

static void run_atomic(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    const struct mem_atomic *atomic = cairn_interp_atomic_of(insn->op);
    const struct cairn_operand *result = &insn->slot[CAIRN_SLOT_DST];
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = NULL;
    if (cairn_operand_present(result)) {
        dst = mem_destination(wave, result, atomic->dwords);
        if (dst == NULL)
            return;
    }
    struct mem_buffer b = mem_buffer_of(wave, insn);
    const uint32_t *rows[4];
    MEM_ROW got[2][CAIRN_WAVE_LANES];
    cairn_interp_atomic_data(wave, insn, atomic, rows);
    MEM_FOR_LANES(lane, mask)
    {
        uint64_t old;
        if (!atomic_lane(wave, &b, atomic, rows, lane, &old))
            return;
        got[0][lane] = (uint32_t)old;
        got[1][lane] = (uint32_t)(old >> 32);
    }
    for (unsigned i = 0; i < atomic->dwords && dst != NULL; i++)
        mem_write_row(dst[i], got[i], mask);
}

static void run_cache(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    (void)wave;
    (void)insn;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static const struct mem_handler atomic = {.run = run_atomic};
static const struct mem_handler cache = {.run = run_cache};

MEM_FIND(cairn_interp_buffer_other_find)
{
    switch (op) {
    case CAIRN_OP_buffer_wbl2:
    case CAIRN_OP_buffer_invl2:
    case CAIRN_OP_buffer_wbinvl1:
    case CAIRN_OP_buffer_wbinvl1_vol:
        return &cache;
    default:
        return cairn_interp_atomic_of(op) != NULL ? &atomic : NULL;
    }
}
