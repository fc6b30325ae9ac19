/* SPDX-License-Identifier: MIT
 * MUBUF loads and stores without formats, and loads to and stores from LDS. Raw dwords are
 * range-checked one by one. What the range check lets through must be the wave's scratch or guest
 * memory.
 */
#include "interp/memory_buffer.h"
#include "interp/memory_wave.h"

/* Is it the scratch descriptor of wave set-up, without an index? */
MEM_INLINE bool is_plain_scratch(const struct mem_buffer *b)
{
    const struct cairn_sem_buffer *r = &b->resource;
    return cairn_sem_buffer_is_scratch(r) && r->index_stride == CAIRN_WAVE_LANES &&
           b->indices == NULL;
}

/* Spills: all lanes at one dword-aligned offset of it are whole rows of the wave's scratch. NULL if
 * it is not that. */
MEM_INLINE uint32_t *scratch_rows(const struct cairn_wave *wave, const struct mem_buffer *b,
                                  enum mem_form form)
{
    if (!is_plain_scratch(b) || b->offsets != NULL || b->imm % 4 != 0 || mem_form_piece(form) != 4)
        return NULL;
    uint64_t at = mem_buffer_address(b, 0, 0);
    bool inside = mem_in_scratch(wave, at, mem_form_bytes(form) * CAIRN_WAVE_LANES);
    return inside && at % 4 == 0 ? (uint32_t *)(uintptr_t)at : NULL;
}

/* Host addresses of all lanes at once. Scratch: pieces lie MEM_SWIZZLED bytes apart. */
MEM_INLINE bool all_in_scratch(const struct cairn_wave *wave, const struct mem_buffer *b,
                               uint64_t mask, enum mem_form form, uint64_t *host)
{
    _Alignas(64) uint32_t offset[CAIRN_WAVE_LANES];
    if (!is_plain_scratch(b))
        return false;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        offset[lane] = mem_buffer_offset(b, lane);
    return mem_all_in_scratch(wave, b->resource.base + b->soffset, offset, mask, form, host);
}

/* No swizzle, every lane in range and in guest memory. */
MEM_INLINE bool all_in_memory(const struct cairn_wave *wave, const struct mem_buffer *b,
                              uint64_t mask, enum mem_form form, uint64_t *host)
{
    uint64_t outside = 0;
    unsigned bytes = mem_form_bytes(form);
    if (b->resource.swizzle)
        return false;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        outside |= (uint64_t)!mem_buffer_in_range(b, lane, 0, bytes) & mask >> lane;
        host[lane] = mem_buffer_address(b, lane, 0);
    }
    return (outside & 1) == 0 && (mem_all_in_window(wave, host, mask, bytes) ||
                                  cairn_interp_one_range(wave, host, mask, bytes));
}

/* ---- a wave */

static __attribute__((noinline)) bool load_lanes(struct cairn_wave *wave,
                                                 const struct mem_buffer *b, enum mem_form form,
                                                 uint64_t mask, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    unsigned piece = mem_form_piece(form);
    MEM_FOR_LANES(lane, mask)
    for (unsigned i = 0; i < mem_form_dwords(form); i++) {
        uint32_t raw = 0;
        if (mem_buffer_in_range(b, lane, 4 * i, piece) &&
            !cairn_interp_buffer_read(wave, b, lane, 4 * i, piece, &raw))
            return false;
        got[i][lane] = mem_form_extend(form, raw);
    }
    return true;
}

/* buffer_load ... lds: a dword a lane, and none for lanes that would land outside of LDS. */
static void load_to_lds(struct cairn_wave *wave, const struct mem_buffer *b, enum mem_form form,
                        uint64_t mask)
{
    MEM_ROW got[MEM_MAX_DWORDS][CAIRN_WAVE_LANES];
    uint64_t inside = 0;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        inside |= (uint64_t)mem_lds_covers(wave->group, mem_buffer_lds_offset(wave, b, lane), 4)
                  << lane;
    mask &= inside;
    if (!load_lanes(wave, b, form, mask, got))
        return;
    MEM_FOR_LANES(lane, mask)
    mem_lds_write(wave->group, mem_buffer_lds_offset(wave, b, lane), got[0][lane], 4);
}

MEM_INLINE void run_load(struct cairn_wave *wave, const struct cairn_insn *insn, enum mem_form form)
{
    uint64_t mask = cairn_exec(wave);
    unsigned dwords = mem_form_dwords(form);
    struct mem_buffer b = mem_buffer_of(wave, insn);
    if (insn->lds) {
        load_to_lds(wave, &b, form, mask);
        return;
    }
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], dwords);
    if (mask == 0 || dst == NULL)
        return;
    MEM_ROW got[MEM_MAX_DWORDS][CAIRN_WAVE_LANES];
    _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
    const uint32_t *rows = scratch_rows(wave, &b, form);
    if (rows != NULL)
        memcpy(got, rows, dwords * sizeof got[0]);
    else if (all_in_scratch(wave, &b, mask, form, host))
        mem_load_lanes(form, MEM_SWIZZLED, host, mask, got);
    else if (all_in_memory(wave, &b, mask, form, host))
        mem_load_lanes(form, MEM_LINEAR, host, mask, got);
    else if (!load_lanes(wave, &b, form, mask, got))
        return;
    for (unsigned i = 0; i < dwords; i++)
        mem_write_row(dst[i], got[i], mask);
}

static __attribute__((noinline)) void store_lanes(struct cairn_wave *wave,
                                                  const struct mem_buffer *b, enum mem_form form,
                                                  uint64_t mask, const uint32_t *const *data)
{
    unsigned piece = mem_form_piece(form);
    MEM_FOR_LANES(lane, mask)
    for (unsigned i = 0; i < mem_form_dwords(form); i++)
        if (mem_buffer_in_range(b, lane, 4 * i, piece) &&
            !cairn_interp_buffer_write(wave, b, lane, 4 * i, piece,
                                       mem_form_shrink(form, data[i][lane])))
            return;
}

MEM_INLINE void run_store(struct cairn_wave *wave, const struct cairn_insn *insn,
                          enum mem_form form)
{
    uint64_t mask = cairn_exec(wave);
    unsigned dwords = mem_form_dwords(form);
    if (mask == 0)
        return;
    struct mem_buffer b = mem_buffer_of(wave, insn);
    const uint32_t *data[MEM_MAX_DWORDS];
    for (unsigned i = 0; i < dwords; i++)
        data[i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
    _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
    uint32_t *rows = scratch_rows(wave, &b, form);
    for (unsigned i = 0; i < dwords && rows != NULL; i++)
        mem_write_row(rows + i * CAIRN_WAVE_LANES, data[i], mask);
    if (rows != NULL)
        return;
    if (all_in_scratch(wave, &b, mask, form, host))
        mem_store_lanes(form, MEM_SWIZZLED, host, mask, data);
    else if (all_in_memory(wave, &b, mask, form, host))
        mem_store_lanes(form, MEM_LINEAR, host, mask, data);
    else
        store_lanes(wave, &b, form, mask, data);
}

static void run_store_lds_dword(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    struct mem_buffer b = mem_buffer_of(wave, insn);
    MEM_ROW row[CAIRN_WAVE_LANES];
    const uint32_t *data = row;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        row[lane] = mem_lds_read(wave->group, mem_buffer_lds_offset(wave, &b, lane), 4);
    store_lanes(wave, &b, MEM_B32, cairn_exec(wave), &data);
}

/* ---- choice */

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

#define LOAD_ROW(name, form, bytes)  [CAIRN_OP_buffer_load_##name] = {load_##name, bytes},
#define STORE_ROW(name, form, bytes) [CAIRN_OP_buffer_store_##name] = {store_##name, bytes},
static const struct mem_handler handlers[] = {
    MEM_LOADS(LOAD_ROW)
        MEM_STORES(STORE_ROW)[CAIRN_OP_buffer_store_lds_dword] = {run_store_lds_dword, 4},
};

MEM_FIND(CAIRN_TARGET(cairn_interp_buffer_find))
{
    return MEM_ROW_OF(handlers, op);
}
