/* SPDX-License-Identifier: MIT
 * MUBUF without formats: loads, stores, loads to and stores from LDS, atomics, cache instructions
 * (nothing to do: guest memory is host memory). Raw dwords are range-checked one by one. What the
 * range check lets through must be the wave's scratch or guest memory.
 */
#include "interp/memory_buffer.h"

/* ---- one piece */

static uint8_t *resolve(struct cairn_wave *wave, const struct mem_buffer *b, uint64_t address,
                        unsigned bytes, unsigned lane)
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
        const uint8_t *at = resolve(wave, b, mem_buffer_address(b, lane, extra + i), step, lane);
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
        uint8_t *at = resolve(wave, b, mem_buffer_address(b, lane, extra + i), step, lane);
        if (at == NULL)
            return false;
        mem_write(at, value >> 8 * i, step);
    }
    return true;
}

/* Spills: all lanes at one dword-aligned offset of the scratch descriptor are whole rows of the
 * wave's scratch. NULL if it is not that. */
static uint32_t *scratch_rows(const struct cairn_wave *wave, const struct mem_buffer *b,
                              enum mem_form form)
{
    const struct cairn_sem_buffer *r = &b->resource;
    if (!cairn_sem_buffer_is_scratch(r) || r->index_stride != CAIRN_WAVE_LANES ||
        b->indices != NULL || b->offsets != NULL || b->imm % 4 != 0 || mem_form_piece(form) != 4)
        return NULL;
    uint64_t at = mem_buffer_address(b, 0, 0);
    bool inside = mem_in_scratch(wave, at, mem_form_bytes(form) * CAIRN_WAVE_LANES);
    return inside && at % 4 == 0 ? (uint32_t *)(uintptr_t)at : NULL;
}

/* ---- a wave */

static bool load_lanes(struct cairn_wave *wave, const struct mem_buffer *b, enum mem_form form,
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
    const uint32_t *rows = scratch_rows(wave, &b, form);
    if (rows != NULL)
        memcpy(got, rows, dwords * sizeof got[0]);
    else if (!load_lanes(wave, &b, form, mask, got))
        return;
    for (unsigned i = 0; i < dwords; i++)
        mem_write_row(dst[i], got[i], mask);
}

static void store_lanes(struct cairn_wave *wave, const struct mem_buffer *b, enum mem_form form,
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
    uint32_t *rows = scratch_rows(wave, &b, form);
    if (rows == NULL) {
        store_lanes(wave, &b, form, mask, data);
        return;
    }
    for (unsigned i = 0; i < dwords; i++)
        mem_write_row(rows + i * CAIRN_WAVE_LANES, data[i], mask);
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
    uint8_t *at = resolve(wave, b, address, bytes, lane);
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
    const struct mem_atomic *atomic = cairn_interp_atomic_of(insn);
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
        MEM_STORES(STORE_ROW)[CAIRN_OP_buffer_store_lds_dword] = {.run = run_store_lds_dword},
    [CAIRN_OP_buffer_wbl2] = {.run = run_cache},
    [CAIRN_OP_buffer_invl2] = {.run = run_cache},
    [CAIRN_OP_buffer_wbinvl1] = {.run = run_cache},
    [CAIRN_OP_buffer_wbinvl1_vol] = {.run = run_cache},
};

MEM_SELECT(cairn_interp_buffer_select)
{
    if (cairn_interp_atomic_of(insn) != NULL)
        return run_atomic;
    if (insn->op < sizeof handlers / sizeof handlers[0] && handlers[insn->op].run != NULL)
        return handlers[insn->op].run;
    return cairn_interp_format_select(insn);
}

static unsigned access_bytes(const struct cairn_insn *insn)
{
    const struct mem_atomic *atomic = cairn_interp_atomic_of(insn);
    if (atomic != NULL)
        return 4 * atomic->dwords;
    if (insn->op == CAIRN_OP_buffer_store_lds_dword)
        return 4;
    if (insn->op < sizeof handlers / sizeof handlers[0] && handlers[insn->op].bytes != 0)
        return handlers[insn->op].bytes;
    return 4 * MEM_MAX_DWORDS;
}

/* The lane of a SIGSEGV: whose access covers the address, taken byte by byte because of swizzles.
 */
int cairn_interp_buffer_lane(const struct cairn_wave *wave, const struct cairn_insn *insn,
                             uint64_t address)
{
    struct mem_buffer b = mem_buffer_of(wave, insn);
    unsigned bytes = access_bytes(insn);
    MEM_FOR_LANES(lane, cairn_exec(wave))
    for (unsigned i = 0; i < bytes; i++)
        if (mem_buffer_in_range(&b, lane, i, 1) && address == mem_buffer_address(&b, lane, i))
            return (int)lane;
    return -1;
}
