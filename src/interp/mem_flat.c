/* SPDX-License-Identifier: MIT
 * FLAT and GLOBAL loads and stores. The common case, all lanes in guest memory, is checked for the
 * whole wave at once; everything else (apertures, registered host memory, faults) goes lane by
 * lane, ascending. Loads change no register before all lanes have been read, so that after a fault
 * the addresses can be computed again.
 */
#include "interp/memory_wave.h"

enum mem_class { MEM_FLAT, MEM_GLOBAL };

/* ---- one lane, any place */

static bool load_lds(const struct cairn_wave *wave, enum mem_form form, uint32_t offset,
                     unsigned lane, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    unsigned piece = mem_form_piece(form);
    for (unsigned i = 0; i < mem_form_dwords(form); i++)
        got[i][lane] = mem_form_extend(form, mem_lds_read(wave->group, offset + 4 * i, piece));
    return true;
}

static bool load_private(struct cairn_wave *wave, enum mem_form form, uint64_t address,
                         unsigned lane, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    unsigned piece = mem_form_piece(form);
    for (unsigned i = 0; i < mem_form_dwords(form); i++) {
        uint32_t raw;
        if (!cairn_interp_private_read(wave, (uint32_t)address + 4 * i, lane, piece, &raw)) {
            cairn_wave_raise(wave, CAIRN_FAULT_SCRATCH, address, (int)lane);
            return false;
        }
        got[i][lane] = mem_form_extend(form, raw);
    }
    return true;
}

static bool store_lds(struct cairn_wave *wave, enum mem_form form, uint32_t offset, unsigned lane,
                      const uint32_t *const *data)
{
    unsigned piece = mem_form_piece(form);
    for (unsigned i = 0; i < mem_form_dwords(form); i++)
        mem_lds_write(wave->group, offset + 4 * i, mem_form_shrink(form, data[i][lane]), piece);
    return true;
}

static bool store_private(struct cairn_wave *wave, enum mem_form form, uint64_t address,
                          unsigned lane, const uint32_t *const *data)
{
    unsigned piece = mem_form_piece(form);
    for (unsigned i = 0; i < mem_form_dwords(form); i++) {
        uint32_t value = mem_form_shrink(form, data[i][lane]);
        if (!cairn_interp_private_write(wave, (uint32_t)address + 4 * i, lane, piece, value)) {
            cairn_wave_raise(wave, CAIRN_FAULT_SCRATCH, address, (int)lane);
            return false;
        }
    }
    return true;
}

/* ---- a wave, lane by lane; false: faulted */

static __attribute__((noinline)) bool load_slowly(struct cairn_wave *wave, enum mem_class class,
                                                  enum mem_form form, const uint64_t *at,
                                                  uint64_t mask, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    unsigned bytes = mem_form_bytes(form);
    MEM_FOR_LANES(lane, mask)
    {
        enum mem_place place = class == MEM_GLOBAL ? MEM_AT_GLOBAL : mem_place_of(wave, at[lane]);
        bool good;
        if (place == MEM_AT_LDS) {
            good = load_lds(wave, form, (uint32_t)at[lane], lane, got);
        } else if (place == MEM_AT_PRIVATE) {
            good = load_private(wave, form, at[lane], lane, got);
        } else {
            good = cairn_interp_global_check(wave, at[lane], bytes, lane);
            if (good)
                mem_load_lane(form, MEM_LINEAR, at[lane], lane, got);
        }
        if (!good)
            return false;
    }
    return true;
}

static __attribute__((noinline)) void store_slowly(struct cairn_wave *wave, enum mem_class class,
                                                   enum mem_form form, const uint64_t *at,
                                                   uint64_t mask, const uint32_t *const *data)
{
    unsigned bytes = mem_form_bytes(form);
    MEM_FOR_LANES(lane, mask)
    {
        enum mem_place place = class == MEM_GLOBAL ? MEM_AT_GLOBAL : mem_place_of(wave, at[lane]);
        bool good;
        if (place == MEM_AT_LDS) {
            good = store_lds(wave, form, (uint32_t)at[lane], lane, data);
        } else if (place == MEM_AT_PRIVATE) {
            good = store_private(wave, form, at[lane], lane, data);
        } else {
            good = cairn_interp_global_check(wave, at[lane], bytes, lane);
            if (good)
                mem_store_lane(form, MEM_LINEAR, at[lane], lane, data);
        }
        if (!good)
            return;
    }
}

/* ---- handlers */

/* Host addresses of whole waves that a flat instruction sends to LDS or to private memory, and the
 * step between dwords of a lane; 0: not such a wave. */
MEM_INLINE unsigned aperture_addresses(const struct cairn_wave *wave, enum mem_form form,
                                       const uint64_t *at, uint64_t mask, uint64_t *host)
{
    _Alignas(64) uint32_t offset[CAIRN_WAVE_LANES];
    if (mem_all_in_lds(wave, at, mask, mem_form_bytes(form), host))
        return MEM_LINEAR;
    uint64_t base = cairn_wave_read64(wave, CAIRN_CODE_FLAT_SCRATCH_LO);
    if (mem_all_private(wave, at, mask, offset) &&
        mem_all_in_scratch(wave, base, offset, mask, form, host))
        return MEM_SWIZZLED;
    return 0;
}

MEM_INLINE bool load_aperture(const struct cairn_wave *wave, enum mem_form form, const uint64_t *at,
                              uint64_t mask, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
    unsigned step = aperture_addresses(wave, form, at, mask, host);
    if (step == MEM_LINEAR)
        mem_load_lanes(form, MEM_LINEAR, host, mask, got);
    else if (step == MEM_SWIZZLED)
        mem_load_lanes(form, MEM_SWIZZLED, host, mask, got);
    return step != 0;
}

MEM_INLINE bool store_aperture(const struct cairn_wave *wave, enum mem_form form,
                               const uint64_t *at, uint64_t mask, const uint32_t *const *data)
{
    _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
    unsigned step = aperture_addresses(wave, form, at, mask, host);
    if (step == MEM_LINEAR)
        mem_store_lanes(form, MEM_LINEAR, host, mask, data);
    else if (step == MEM_SWIZZLED)
        mem_store_lanes(form, MEM_SWIZZLED, host, mask, data);
    return step != 0;
}

static __attribute__((noinline)) bool load_registered(const struct cairn_wave *wave,
                                                      enum mem_form form, const uint64_t *at,
                                                      uint64_t mask,
                                                      uint32_t (*got)[CAIRN_WAVE_LANES])
{
    if (!cairn_interp_one_range(wave, at, mask, mem_form_bytes(form)))
        return false;
    MEM_FOR_LANES(lane, mask)
    mem_load_lane(form, MEM_LINEAR, at[lane], lane, got);
    return true;
}

static __attribute__((noinline)) bool store_registered(const struct cairn_wave *wave,
                                                       enum mem_form form, const uint64_t *at,
                                                       uint64_t mask, const uint32_t *const *data)
{
    if (!cairn_interp_one_range(wave, at, mask, mem_form_bytes(form)))
        return false;
    MEM_FOR_LANES(lane, mask)
    mem_store_lane(form, MEM_LINEAR, at[lane], lane, data);
    return true;
}

MEM_INLINE void run_load(struct cairn_wave *wave, const struct cairn_insn *insn,
                         enum mem_class class, enum mem_form form)
{
    uint64_t mask = cairn_exec(wave);
    unsigned dwords = mem_form_dwords(form);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], dwords);
    if (mask == 0 || dst == NULL)
        return;
    _Alignas(64) uint64_t at[CAIRN_WAVE_LANES];
    MEM_ROW got[MEM_MAX_DWORDS][CAIRN_WAVE_LANES];
    mem_flat_addresses(wave, insn, at);
    if (MEM_LIKELY(mem_all_in_window(wave, at, mask, mem_form_bytes(form))))
        mem_load_lanes(form, MEM_LINEAR, at, mask, got);
    else if (!(class == MEM_FLAT && load_aperture(wave, form, at, mask, got)) &&
             !load_registered(wave, form, at, mask, got) &&
             !load_slowly(wave, class, form, at, mask, got))
        return;
    for (unsigned i = 0; i < dwords; i++)
        mem_write_row(dst[i], got[i], mask);
}

MEM_INLINE void run_store(struct cairn_wave *wave, const struct cairn_insn *insn,
                          enum mem_class class, enum mem_form form)
{
    uint64_t mask = cairn_exec(wave);
    if (mask == 0)
        return;
    const uint32_t *data[MEM_MAX_DWORDS];
    for (unsigned i = 0; i < mem_form_dwords(form); i++)
        data[i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
    _Alignas(64) uint64_t at[CAIRN_WAVE_LANES];
    mem_flat_addresses(wave, insn, at);
    if (MEM_LIKELY(mem_all_in_window(wave, at, mask, mem_form_bytes(form))))
        mem_store_lanes(form, MEM_LINEAR, at, mask, data);
    else if (!(class == MEM_FLAT && store_aperture(wave, form, at, mask, data)) &&
             !store_registered(wave, form, at, mask, data))
        store_slowly(wave, class, form, at, mask, data);
}

#define DEFINE_LOAD(name, form, bytes)                                                             \
    static void flat_load_##name(struct cairn_wave *wave, const struct cairn_insn *insn)           \
    {                                                                                              \
        run_load(wave, insn, MEM_FLAT, form);                                                      \
    }                                                                                              \
    static void global_load_##name(struct cairn_wave *wave, const struct cairn_insn *insn)         \
    {                                                                                              \
        run_load(wave, insn, MEM_GLOBAL, form);                                                    \
    }
#define DEFINE_STORE(name, form, bytes)                                                            \
    static void flat_store_##name(struct cairn_wave *wave, const struct cairn_insn *insn)          \
    {                                                                                              \
        run_store(wave, insn, MEM_FLAT, form);                                                     \
    }                                                                                              \
    static void global_store_##name(struct cairn_wave *wave, const struct cairn_insn *insn)        \
    {                                                                                              \
        run_store(wave, insn, MEM_GLOBAL, form);                                                   \
    }
MEM_LOADS(DEFINE_LOAD)
MEM_STORES(DEFINE_STORE)

#define LOAD_ROW(name, form, bytes)                                                                \
    [CAIRN_OP_flat_load_##name] = {flat_load_##name, bytes},                                       \
    [CAIRN_OP_global_load_##name] = {global_load_##name, bytes},
#define STORE_ROW(name, form, bytes)                                                               \
    [CAIRN_OP_flat_store_##name] = {flat_store_##name, bytes},                                     \
    [CAIRN_OP_global_store_##name] = {global_store_##name, bytes},
static const struct mem_handler handlers[] = {MEM_LOADS(LOAD_ROW) MEM_STORES(STORE_ROW)};

MEM_FIND(CAIRN_TARGET(cairn_interp_flat_find))
{
    return MEM_ROW_OF(handlers, op);
}
