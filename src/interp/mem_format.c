/* SPDX-License-Identifier: MIT
 * Typed buffer accesses: MUBUF *_format_* with the format and channel selects of the descriptor,
 * MTBUF with the format of the instruction and the channels as they are. An element is in range as
 * a whole or not at all; out of range, or without a valid format, loads give 0 (1 where the
 * descriptor selects the constant) and stores vanish.
 */
#include "interp/memory_buffer.h"
#include "machine/sem_mem_format.h"

/* How registers hold the components. */
enum packing { FULL, D16, D16_HI };

struct typed {
    struct mem_buffer b;
    struct cairn_sem_layout layout;
    uint32_t num_format;
    uint8_t select[4];
    bool valid;
};

enum { SELECT_0, SELECT_1, SELECT_X = 4 };

static struct typed typed_of(const struct cairn_wave *wave, const struct cairn_insn *insn)
{
    struct typed t = {.b = mem_buffer_of(wave, insn), .select = {4, 5, 6, 7}};
    bool own = insn->encoding == CAIRN_ENC_MTBUF;
    uint32_t data_format = own ? insn->dfmt : t.b.resource.data_format;
    if (!own && t.b.resource.add_tid)
        data_format = 0; /* those bits are part of the stride */
    t.num_format = own ? insn->nfmt : t.b.resource.num_format;
    t.layout = cairn_sem_layout_of(data_format);
    t.valid = t.layout.bytes != 0 && t.num_format != CAIRN_SEM_NUM_RESERVED;
    if (!own)
        memcpy(t.select, t.b.resource.select, sizeof t.select);
    return t;
}

/* The element as dwords. False: it faulted. */
static bool read_element(struct cairn_wave *wave, const struct typed *t, unsigned lane,
                         uint32_t *element)
{
    unsigned bytes = t->layout.bytes, piece = bytes < 4 ? bytes : 4;
    for (unsigned i = 0; i < bytes; i += piece)
        if (!cairn_interp_buffer_read(wave, &t->b, lane, i, piece, &element[i / 4]))
            return false;
    return true;
}

static bool write_element(struct cairn_wave *wave, const struct typed *t, unsigned lane,
                          const uint32_t *element)
{
    unsigned bytes = t->layout.bytes, piece = bytes < 4 ? bytes : 4;
    for (unsigned i = 0; i < bytes; i += piece)
        if (!cairn_interp_buffer_write(wave, &t->b, lane, i, piece, element[i / 4]))
            return false;
    return true;
}

/* The four channels of a lane as 32-bit values. False: it faulted. */
static bool load_channels(struct cairn_wave *wave, const struct typed *t, unsigned lane,
                          uint32_t *channel)
{
    uint32_t one = cairn_sem_format_one(t->num_format), element[4] = {0};
    uint32_t stored[4] = {0, 0, 0, one};
    bool inside = t->valid && mem_buffer_in_range(&t->b, lane, 0, t->layout.bytes);
    if (inside && !read_element(wave, t, lane, element))
        return false;
    for (unsigned i = 0, bit = 0; i < 4 && inside && t->layout.bits[i] != 0; i++) {
        uint32_t bits = t->layout.bits[i];
        uint32_t raw = element[bit / 32] >> bit % 32 & cairn_sem_field_mask(bits);
        stored[i] = cairn_sem_format_load(t->num_format, bits, raw);
        bit += bits;
    }
    for (unsigned i = 0; i < 4; i++) {
        unsigned select = t->select[i];
        uint32_t value = inside && select >= SELECT_X ? stored[select - SELECT_X] : 0;
        channel[i] = select == SELECT_1 ? one : value;
    }
    return true;
}

static void pack_channels(const struct typed *t, enum packing packing, unsigned count,
                          unsigned lane, const uint32_t *channel, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t half = cairn_sem_format_to_d16(t->num_format, channel[i]);
        if (packing == FULL)
            got[i][lane] = channel[i];
        else if (packing == D16_HI)
            got[0][lane] = cairn_sem_load_d16_hi(half);
        else if (i % 2 == 0)
            got[i / 2][lane] = cairn_sem_load_d16(half);
        else
            got[i / 2][lane] |= half << 16;
    }
}

static void store_channels(struct cairn_wave *wave, const struct typed *t, enum packing packing,
                           unsigned count, unsigned lane, const uint32_t *const *data)
{
    uint32_t element[4] = {0};
    for (unsigned i = 0, bit = 0; i < 4 && t->layout.bits[i] != 0; i++) {
        uint32_t bits = t->layout.bits[i], value = 0;
        if (i < count && packing == FULL)
            value = data[i][lane];
        else if (i < count)
            value = cairn_sem_format_from_d16(
                t->num_format, data[i / 2][lane] >> (packing == D16_HI || i % 2 ? 16 : 0) & 0xffff);
        element[bit / 32] |= cairn_sem_format_store(t->num_format, bits, value) << bit % 32;
        bit += bits;
    }
    write_element(wave, t, lane, element);
}

static unsigned registers(enum packing packing, unsigned count)
{
    return packing == FULL ? count : (count + 1) / 2;
}

static void run_load(struct cairn_wave *wave, const struct cairn_insn *insn, enum packing packing,
                     unsigned count)
{
    uint64_t mask = cairn_exec(wave);
    struct typed t = typed_of(wave, insn);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = NULL;
    MEM_ROW got[MEM_MAX_DWORDS][CAIRN_WAVE_LANES];
    if (!insn->lds) {
        dst = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], registers(packing, count));
        if (dst == NULL)
            return;
    }
    MEM_FOR_LANES(lane, mask)
    {
        uint32_t channel[4];
        if (insn->lds && !mem_lds_covers(wave->group, mem_buffer_lds_offset(wave, &t.b, lane), 4))
            continue;
        if (!load_channels(wave, &t, lane, channel))
            return;
        pack_channels(&t, packing, count, lane, channel, got);
    }
    if (insn->lds) {
        MEM_FOR_LANES(lane, mask)
        mem_lds_write(wave->group, mem_buffer_lds_offset(wave, &t.b, lane), got[0][lane], 4);
        return;
    }
    for (unsigned i = 0; i < registers(packing, count); i++)
        mem_write_row(dst[i], got[i], mask);
}

static void run_store(struct cairn_wave *wave, const struct cairn_insn *insn, enum packing packing,
                      unsigned count)
{
    struct typed t = typed_of(wave, insn);
    const uint32_t *data[MEM_MAX_DWORDS];
    for (unsigned i = 0; i < registers(packing, count); i++)
        data[i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
    if (!t.valid)
        return;
    MEM_FOR_LANES(lane, cairn_exec(wave))
    {
        if (mem_buffer_in_range(&t.b, lane, 0, t.layout.bytes))
            store_channels(wave, &t, packing, count, lane, data);
        if (wave->state == CAIRN_WAVE_FAULTED)
            return;
    }
}

#define CHANNELS(X, op, packing, suffix)                                                           \
    X(op, suffix##x, packing, 1)                                                                   \
    X(op, suffix##xy, packing, 2)                                                                  \
    X(op, suffix##xyz, packing, 3)                                                                 \
    X(op, suffix##xyzw, packing, 4)
#define ALL(X)                                                                                     \
    CHANNELS(X, load, FULL, )                                                                      \
    CHANNELS(X, load, D16, d16_)                                                                   \
    CHANNELS(X, store, FULL, )                                                                     \
    CHANNELS(X, store, D16, d16_)

#define DEFINE(op, suffix, packing, count)                                                         \
    static void run_##op##_##suffix(struct cairn_wave *wave, const struct cairn_insn *insn)        \
    {                                                                                              \
        run_##op(wave, insn, packing, count);                                                      \
    }
ALL(DEFINE)
DEFINE(load, d16_hi_x, D16_HI, 1)
DEFINE(store, d16_hi_x, D16_HI, 1)

#define ROW(op, suffix, packing, count)                                                            \
    [CAIRN_OP_buffer_##op##_format_##suffix] = {.run = run_##op##_##suffix},                       \
    [CAIRN_OP_tbuffer_##op##_format_##suffix] = {.run = run_##op##_##suffix},
static const struct mem_handler handlers[] = {
    ALL(ROW)[CAIRN_OP_buffer_load_format_d16_hi_x] = {.run = run_load_d16_hi_x},
    [CAIRN_OP_buffer_store_format_d16_hi_x] = {.run = run_store_d16_hi_x},
};

MEM_FIND(cairn_interp_format_find)
{
    return MEM_ROW_OF(handlers, op);
}
