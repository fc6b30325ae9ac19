/* SPDX-License-Identifier: MIT
 * SCRATCH loads and stores, and the private memory that they share with FLAT: dwords interleaved by
 * lane, at the address that the kernel put into flat_scratch (absolute flat scratch, LLVM
 * AMDGPUUsage "Flat Scratch"). What leaves the wave's own scratch is a fault.
 */
#include "interp/memory_wave.h"

/* Reported as the flat address of the same byte. */
static void raise_scratch(struct cairn_wave *wave, uint32_t offset, unsigned lane)
{
    cairn_wave_raise(wave, CAIRN_FAULT_SCRATCH, wave->launch->space->private_aperture + offset,
                     (int)lane);
}

/* ---- lane by lane; false: faulted */

static __attribute__((noinline)) bool load_slowly(struct cairn_wave *wave, enum mem_form form,
                                                  const uint32_t *at, uint64_t mask,
                                                  uint32_t (*got)[CAIRN_WAVE_LANES])
{
    unsigned dwords = mem_form_dwords(form), piece = mem_form_piece(form);
    MEM_FOR_LANES(lane, mask)
    for (unsigned i = 0; i < dwords; i++) {
        uint32_t raw;
        if (!cairn_interp_private_read(wave, at[lane] + 4 * i, lane, piece, &raw)) {
            raise_scratch(wave, at[lane], lane);
            return false;
        }
        got[i][lane] = mem_form_extend(form, raw);
    }
    return true;
}

static __attribute__((noinline)) void store_slowly(struct cairn_wave *wave, enum mem_form form,
                                                   const uint32_t *at, uint64_t mask,
                                                   const uint32_t *const *data)
{
    unsigned dwords = mem_form_dwords(form), piece = mem_form_piece(form);
    MEM_FOR_LANES(lane, mask)
    for (unsigned i = 0; i < dwords; i++) {
        uint32_t value = mem_form_shrink(form, data[i][lane]);
        if (!cairn_interp_private_write(wave, at[lane] + 4 * i, lane, piece, value)) {
            raise_scratch(wave, at[lane], lane);
            return;
        }
    }
}

/* ---- handlers */

MEM_INLINE void run_load(struct cairn_wave *wave, const struct cairn_insn *insn, enum mem_form form)
{
    uint64_t mask = cairn_exec(wave), base = cairn_wave_read64(wave, CAIRN_CODE_FLAT_SCRATCH_LO);
    unsigned dwords = mem_form_dwords(form);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], dwords);
    if (mask == 0 || dst == NULL)
        return;
    _Alignas(64) uint32_t at[CAIRN_WAVE_LANES];
    _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
    MEM_ROW got[MEM_MAX_DWORDS][CAIRN_WAVE_LANES];
    mem_scratch_offsets(wave, insn, at);
    if (MEM_LIKELY(mem_all_in_scratch(wave, base, at, mask, form, host)))
        mem_load_lanes(form, MEM_SWIZZLED, host, mask, got);
    else if (!load_slowly(wave, form, at, mask, got))
        return;
    for (unsigned i = 0; i < dwords; i++)
        mem_write_row(dst[i], got[i], mask);
}

MEM_INLINE void run_store(struct cairn_wave *wave, const struct cairn_insn *insn,
                          enum mem_form form)
{
    uint64_t mask = cairn_exec(wave), base = cairn_wave_read64(wave, CAIRN_CODE_FLAT_SCRATCH_LO);
    if (mask == 0)
        return;
    const uint32_t *data[MEM_MAX_DWORDS];
    for (unsigned i = 0; i < mem_form_dwords(form); i++)
        data[i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
    _Alignas(64) uint32_t at[CAIRN_WAVE_LANES];
    _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
    mem_scratch_offsets(wave, insn, at);
    if (MEM_LIKELY(mem_all_in_scratch(wave, base, at, mask, form, host)))
        mem_store_lanes(form, MEM_SWIZZLED, host, mask, data);
    else
        store_slowly(wave, form, at, mask, data);
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

MEM_FIND(CAIRN_TARGET(cairn_interp_scratch_find))
{
    return MEM_ROW_OF(handlers, op);
}
