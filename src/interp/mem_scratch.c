/* SPDX-License-Identifier: MIT
 * SCRATCH loads and stores, and the private memory that they share with FLAT: dwords interleaved by
 * lane, at the address that the kernel put into flat_scratch (absolute flat scratch, LLVM
 * AMDGPUUsage "Flat Scratch"). What leaves the wave's own scratch is a fault.
 */
#include "interp/memory_priv.h"

/* Host address of a byte of private memory, NULL outside of the wave's scratch. */
static uint8_t *private_byte(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                             unsigned bytes)
{
    uint64_t base = cairn_wave_read64(wave, CAIRN_CODE_FLAT_SCRATCH_LO);
    uint64_t address = base + cairn_sem_scratch_swizzle(offset, lane);
    return mem_in_scratch(wave, address, bytes) ? (uint8_t *)(uintptr_t)address : NULL;
}

bool cairn_interp_private_read(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                               unsigned bytes, uint32_t *out)
{
    if ((offset & 3) + bytes <= 4) {
        const uint8_t *at = private_byte(wave, offset, lane, bytes);
        if (at == NULL)
            return false;
        *out = mem_read(at, bytes);
        return true;
    }
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        const uint8_t *at = private_byte(wave, offset + i, lane, 1);
        if (at == NULL)
            return false;
        value |= (uint32_t)*at << 8 * i;
    }
    *out = value;
    return true;
}

bool cairn_interp_private_write(struct cairn_wave *wave, uint32_t offset, unsigned lane,
                                unsigned bytes, uint32_t value)
{
    if ((offset & 3) + bytes <= 4) {
        uint8_t *at = private_byte(wave, offset, lane, bytes);
        if (at != NULL)
            mem_write(at, value, bytes);
        return at != NULL;
    }
    if (private_byte(wave, offset + bytes - 1, lane, 1) == NULL)
        return false;
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t *at = private_byte(wave, offset + i, lane, 1);
        if (at == NULL)
            return false;
        *at = (uint8_t)(value >> 8 * i);
    }
    return true;
}

/* Reported as the flat address of the same byte. */
static void raise_scratch(struct cairn_wave *wave, uint32_t offset, unsigned lane)
{
    cairn_wave_raise(wave, CAIRN_FAULT_SCRATCH, wave->launch->space->private_aperture + offset,
                     (int)lane);
}

/* The wave's own scratch as rows of 64 dwords, when all lanes use the same dword-aligned offset and
 * it is inside; else NULL. */
static uint8_t *uniform_rows(const struct cairn_wave *wave, const struct cairn_insn *insn,
                             uint32_t offset, enum mem_form form)
{
    const struct cairn_operand *vaddr = &insn->slot[CAIRN_SLOT_ADDR];
    if (cairn_operand_present(vaddr) || offset % 4 != 0 || mem_form_piece(form) != 4)
        return NULL;
    uint8_t *rows = private_byte(wave, offset, 0, mem_form_bytes(form) * CAIRN_WAVE_LANES);
    return (uintptr_t)rows % 4 == 0 ? rows : NULL;
}

MEM_INLINE void run_load(struct cairn_wave *wave, const struct cairn_insn *insn, enum mem_form form)
{
    uint64_t mask = cairn_exec(wave);
    unsigned dwords = mem_form_dwords(form), piece = mem_form_piece(form);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], dwords);
    if (mask == 0 || dst == NULL)
        return;
    _Alignas(64) uint32_t at[CAIRN_WAVE_LANES];
    MEM_ROW got[MEM_MAX_DWORDS][CAIRN_WAVE_LANES];
    mem_scratch_offsets(wave, insn, at);
    const uint8_t *rows = uniform_rows(wave, insn, at[0], form);
    if (rows != NULL) {
        memcpy(got, rows, dwords * sizeof got[0]);
    } else {
        MEM_FOR_LANES(lane, mask)
        for (unsigned i = 0; i < dwords; i++) {
            uint32_t raw;
            if (!cairn_interp_private_read(wave, at[lane] + 4 * i, lane, piece, &raw)) {
                raise_scratch(wave, at[lane], lane);
                return;
            }
            got[i][lane] = mem_form_extend(form, raw);
        }
    }
    for (unsigned i = 0; i < dwords; i++)
        mem_write_row(dst[i], got[i], mask);
}

MEM_INLINE void run_store(struct cairn_wave *wave, const struct cairn_insn *insn,
                          enum mem_form form)
{
    uint64_t mask = cairn_exec(wave);
    unsigned dwords = mem_form_dwords(form), piece = mem_form_piece(form);
    if (mask == 0)
        return;
    const uint32_t *data[MEM_MAX_DWORDS];
    for (unsigned i = 0; i < dwords; i++)
        data[i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
    _Alignas(64) uint32_t at[CAIRN_WAVE_LANES];
    mem_scratch_offsets(wave, insn, at);
    uint32_t *rows = (uint32_t *)uniform_rows(wave, insn, at[0], form);
    if (rows != NULL) {
        for (unsigned i = 0; i < dwords; i++)
            mem_write_row(rows + i * CAIRN_WAVE_LANES, data[i], mask);
        return;
    }
    MEM_FOR_LANES(lane, mask)
    for (unsigned i = 0; i < dwords; i++) {
        uint32_t value = mem_form_shrink(form, data[i][lane]);
        if (!cairn_interp_private_write(wave, at[lane] + 4 * i, lane, piece, value)) {
            raise_scratch(wave, at[lane], lane);
            return;
        }
    }
}

#define DEFINE_LOAD(name, form, bytes)                                                             \
    static void load_##name(struct cairn_wave *wave, const struct cairn_insn *insn)                \
    {                                                                                              \
        run_load(wave, insn, form);                                                                \
    }
#define DEFINE_STORE(name, form, bytes)                                                            \
    static void store_##name(struct cairn_wave *wave, const struct cairn_insn *insn)               \
    {                                                                                              \
        run_store(wave, insn, form);                                                               \
    }
MEM_LOADS(DEFINE_LOAD)
MEM_STORES(DEFINE_STORE)

#define LOAD_ROW(name, form, bytes)  [CAIRN_OP_scratch_load_##name] = {.run = load_##name},
#define STORE_ROW(name, form, bytes) [CAIRN_OP_scratch_store_##name] = {.run = store_##name},
static const struct mem_handler handlers[] = {MEM_LOADS(LOAD_ROW) MEM_STORES(STORE_ROW)};

MEM_SELECT(cairn_interp_scratch_select)
{
    return insn->op < sizeof handlers / sizeof handlers[0] ? handlers[insn->op].run : NULL;
}
