/* SPDX-License-Identifier: MIT
 * Image instructions (MIMG), lane by lane. What an image is and what sampling means is
 * machine/sem_image.h; here are registers, memory and its checks. Coordinates outside of an image
 * read 0 and store nothing. Layouts that are not there stop the wave as unimplemented.
 */
#include "interp/memory_priv.h"
#include "machine/sem_image.h"

enum { FLAG_UNORM = 1, FLAG_A16 = 2, FLAG_ARRAY = 8, FLAG_D16 = 16 };
enum { MOST_COORDINATES = 4, MOST_CHANNELS = 4 };

/* One instruction of a wave. */
struct image_op {
    struct cairn_wave *wave;
    const struct cairn_insn *insn;
    struct cairn_image image;
    unsigned coordinates; /* without a level */
    unsigned channels;    /* in registers */
    uint8_t channel[MOST_CHANNELS];
    unsigned lane;
    const uint32_t *address[MOST_COORDINATES];
};

static unsigned count_coordinates(const struct image_op *op)
{
    return cairn_image_dimensions(&op->image) + !!(op->insn->mimg_flags & FLAG_ARRAY);
}

/* False: the wave is stopped. */
static bool begin(struct cairn_wave *wave, const struct cairn_insn *insn, struct image_op *op)
{
    *op = (struct image_op){.wave = wave, .insn = insn};
    op->image = cairn_image_unpack(&wave->sgpr[insn->slot[CAIRN_SLOT_RSRC].code & 124]);
    if (!op->image.known && op->image.type >= CAIRN_IMAGE_1D) {
        cairn_wave_raise(wave, CAIRN_FAULT_UNIMPLEMENTED, op->image.base, -1);
        return false;
    }
    op->coordinates = count_coordinates(op);
    unsigned mask = insn->dmask != 0 ? insn->dmask : 1;
    for (unsigned i = 0; i < MOST_CHANNELS; i++)
        if (mask >> i & 1)
            op->channel[op->channels++] = (uint8_t)i;
    for (unsigned i = 0; i < MOST_COORDINATES; i++)
        op->address[i] = mem_source(wave, insn->slot[CAIRN_SLOT_ADDR].code + i);
    return true;
}

static uint32_t coordinate(const struct image_op *op, unsigned i)
{
    if (!(op->insn->mimg_flags & FLAG_A16))
        return op->address[i][op->lane];
    return op->address[i / 2][op->lane] >> (i % 2 * 16) & 0xffff;
}

/* Registers of the data, and their packing. */

static unsigned registers(const struct image_op *op)
{
    return op->insn->mimg_flags & FLAG_D16 ? (op->channels + 1) / 2 : op->channels;
}

static void put_channels(const struct image_op *op, const uint32_t *channel,
                         uint32_t (*got)[CAIRN_WAVE_LANES])
{
    bool packed = op->insn->mimg_flags & FLAG_D16;
    for (unsigned i = 0; i < op->channels; i++) {
        uint32_t value = channel[op->channel[i]];
        uint32_t half = cairn_sem_format_to_d16(op->image.num_format, value);
        if (!packed)
            got[i][op->lane] = value;
        else if (i % 2 == 0)
            got[i / 2][op->lane] = half;
        else
            got[i / 2][op->lane] |= half << 16;
    }
}

static void get_channels(const struct image_op *op, const uint32_t *const *data, uint32_t *channel)
{
    bool packed = op->insn->mimg_flags & FLAG_D16;
    memset(channel, 0, MOST_CHANNELS * sizeof *channel);
    for (unsigned i = 0; i < op->channels; i++)
        channel[op->channel[i]] =
            packed ? cairn_sem_format_from_d16(op->image.num_format,
                                               data[i / 2][op->lane] >> (i % 2 * 16) & 0xffff)
                   : data[i][op->lane];
}

/* ---- memory */

static bool read_element(void *context, uint64_t address, unsigned bytes, uint32_t *element)
{
    const struct image_op *op = context;
    if (!cairn_interp_global_check(op->wave, address, bytes, op->lane))
        return false;
    memcpy(element, (const void *)(uintptr_t)address, bytes);
    return true;
}

/* The texel that integer coordinates name; false: there is none. */
static bool find_texel(const struct image_op *op, bool mip, uint64_t *address)
{
    uint32_t at[3] = {0};
    for (unsigned i = 0; i < op->coordinates && i < 3; i++)
        at[i] = coordinate(op, i);
    uint32_t level = mip ? coordinate(op, op->coordinates) : 0;
    return level < op->image.levels &&
           cairn_image_address(&op->image, at, op->image.base_level + level, address);
}

/* ---- loads and samples: one lane; false: it faulted */

typedef bool lane_load(struct image_op *op, uint32_t *channel);

static bool load_texel(struct image_op *op, bool mip, uint32_t *channel)
{
    uint64_t address;
    uint32_t element[4] = {0};
    bool there = find_texel(op, mip, &address);
    if (there && !read_element(op, address, op->image.layout.bytes, element))
        return false;
    cairn_image_decode(&op->image, there ? element : NULL, channel);
    return true;
}

static bool load_plain(struct image_op *op, uint32_t *channel)
{
    return load_texel(op, false, channel);
}

static bool load_mip(struct image_op *op, uint32_t *channel)
{
    return load_texel(op, true, channel);
}

/* The dwords of the element as they are, or what is shorter than one with its sign. */
static bool load_packed(struct image_op *op, bool mip, bool is_signed, uint32_t *channel)
{
    uint64_t address;
    unsigned bytes = op->image.layout.bytes;
    memset(channel, 0, MOST_CHANNELS * sizeof *channel);
    if (!find_texel(op, mip, &address))
        return true;
    if (!read_element(op, address, bytes, channel))
        return false;
    if (is_signed && bytes < 4)
        channel[0] = (uint32_t)cairn_sem_field_signed(channel[0], 8 * bytes);
    return true;
}

static bool load_pck(struct image_op *op, uint32_t *channel)
{
    return load_packed(op, false, false, channel);
}

static bool load_pck_sgn(struct image_op *op, uint32_t *channel)
{
    return load_packed(op, false, true, channel);
}

static bool load_mip_pck(struct image_op *op, uint32_t *channel)
{
    return load_packed(op, true, false, channel);
}

static bool load_mip_pck_sgn(struct image_op *op, uint32_t *channel)
{
    return load_packed(op, true, true, channel);
}

/* Width, height, slices, levels of the level that the address names. */
static bool load_sizes(struct image_op *op, uint32_t *channel)
{
    const struct cairn_image *image = &op->image;
    uint32_t level = coordinate(op, 0), count = image->last_level - image->base_level + 1;
    unsigned dimensions = cairn_image_dimensions(image);
    bool there = image->type >= CAIRN_IMAGE_1D && level < count;
    memset(channel, 0, MOST_CHANNELS * sizeof *channel);
    if (image->type < CAIRN_IMAGE_1D)
        return true;
    channel[3] = count;
    if (!there)
        return true;
    level += image->base_level;
    channel[0] = cairn_image_level_size(image->width, level);
    channel[1] = dimensions > 1 ? cairn_image_level_size(image->height, level) : 0;
    channel[2] = dimensions > 2 ? cairn_image_level_size(image->slices, level)
                                : image->slices - image->base_slice;
    return true;
}

static bool sample(struct image_op *op, uint32_t *channel)
{
    float at[MOST_COORDINATES] = {0};
    const uint32_t *words = &op->wave->sgpr[op->insn->slot[CAIRN_SLOT_SAMP].code & 124];
    struct cairn_image_sampler sampler = cairn_image_sampler_unpack(words);
    sampler.unnormalized |= op->insn->mimg_flags & FLAG_UNORM;
    for (unsigned i = 0; i < op->coordinates; i++) {
        uint32_t raw = coordinate(op, i);
        bool half = op->insn->mimg_flags & FLAG_A16;
        at[i] = cairn_fp_host_of_f32(half ? cairn_fp_f32_of_f16(raw) : raw);
    }
    if (op->image.type < CAIRN_IMAGE_1D) {
        cairn_image_decode(&op->image, NULL, channel);
        return true;
    }
    return cairn_image_sample(&op->image, &sampler, at, read_element, op, channel);
}

static void run_load(struct cairn_wave *wave, const struct cairn_insn *insn, lane_load *load)
{
    struct image_op op;
    uint64_t mask = cairn_exec(wave);
    MEM_ROW got[MOST_CHANNELS][CAIRN_WAVE_LANES];
    if (mask == 0 || !begin(wave, insn, &op))
        return;
    uint32_t (*dst)[CAIRN_WAVE_LANES] =
        mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], registers(&op));
    if (dst == NULL)
        return;
    MEM_FOR_LANES(lane, mask)
    {
        uint32_t channel[MOST_CHANNELS];
        op.lane = lane;
        if (!load(&op, channel))
            return;
        put_channels(&op, channel, got);
    }
    for (unsigned i = 0; i < registers(&op); i++)
        mem_write_row(dst[i], got[i], mask);
}

/* ---- stores */

static bool store_texel(struct image_op *op, bool mip, bool packed, const uint32_t *const *data)
{
    uint64_t address;
    uint32_t channel[MOST_CHANNELS], element[4];
    unsigned bytes = op->image.layout.bytes;
    if (!find_texel(op, mip, &address))
        return true;
    if (!cairn_interp_global_check(op->wave, address, bytes, op->lane))
        return false;
    get_channels(op, data, channel);
    if (packed)
        memcpy(element, channel, sizeof element);
    else
        cairn_image_encode(&op->image, channel, element);
    memcpy((void *)(uintptr_t)address, element, bytes);
    return true;
}

static void run_store(struct cairn_wave *wave, const struct cairn_insn *insn, bool mip, bool packed)
{
    struct image_op op;
    const uint32_t *data[MOST_CHANNELS];
    uint64_t mask = cairn_exec(wave);
    if (mask == 0 || !begin(wave, insn, &op))
        return;
    for (unsigned i = 0; i < registers(&op); i++)
        data[i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
    MEM_FOR_LANES(lane, mask)
    {
        op.lane = lane;
        if (!store_texel(&op, mip, packed, data))
            return;
    }
}

/* ---- atomics: on elements of one or two dwords; others stay as they are and return 0 */

#define ATOMICS(X)                                                                                 \
    X(swap)                                                                                        \
    X(cmpswap) X(add) X(sub) X(smin) X(umin) X(smax) X(umax) X(and) X(or) X(xor) X(inc) X(dec)

static const struct mem_atomic *atomic_of(const struct cairn_insn *insn, unsigned channels)
{
    bool compares = insn->op == CAIRN_OP_image_atomic_cmpswap;
    bool wide = channels > (compares ? 2 : 1);
    switch (insn->op) {
#define CASE(name)                                                                                 \
    case CAIRN_OP_image_atomic_##name:                                                             \
        return cairn_interp_atomic_of(wide ? CAIRN_OP_global_atomic_##name##_x2                    \
                                           : CAIRN_OP_global_atomic_##name);
        ATOMICS(CASE)
    default:
        return NULL;
    }
}

static bool atomic_lane(struct image_op *op, const struct mem_atomic *atomic,
                        const uint32_t *const *rows, uint64_t *old)
{
    uint64_t address;
    unsigned bytes = 4 * atomic->dwords;
    *old = 0;
    if (op->image.layout.bytes != bytes || !find_texel(op, false, &address))
        return true;
    if (!cairn_interp_global_check(op->wave, address, bytes, op->lane))
        return false;
    if (address % bytes != 0) {
        cairn_wave_raise(op->wave, CAIRN_FAULT_MISALIGNED, address, (int)op->lane);
        return false;
    }
    *old = cairn_interp_atomic_host(atomic, (void *)(uintptr_t)address, rows, op->lane);
    return true;
}

static void run_atomic(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    struct image_op op;
    const uint32_t *rows[4];
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = NULL;
    MEM_ROW got[2][CAIRN_WAVE_LANES];
    if (mask == 0 || !begin(wave, insn, &op))
        return;
    const struct mem_atomic *atomic = atomic_of(insn, op.channels);
    if (insn->glc) {
        dst = mem_destination(wave, &insn->slot[CAIRN_SLOT_DATA0], atomic->dwords);
        if (dst == NULL)
            return;
    }
    cairn_interp_atomic_data(wave, insn, atomic, rows);
    MEM_FOR_LANES(lane, mask)
    {
        uint64_t old;
        op.lane = lane;
        if (!atomic_lane(&op, atomic, rows, &old))
            return;
        got[0][lane] = (uint32_t)old;
        got[1][lane] = (uint32_t)(old >> 32);
    }
    for (unsigned i = 0; i < atomic->dwords && dst != NULL; i++)
        mem_write_row(dst[i], got[i], mask);
}

/* ---- table */

/* X(instruction, function of one lane) */
#define LOADS(X)                                                                                   \
    X(load, load_plain)                                                                            \
    X(load_mip, load_mip)                                                                          \
    X(load_pck, load_pck)                                                                          \
    X(load_pck_sgn, load_pck_sgn)                                                                  \
    X(load_mip_pck, load_mip_pck)                                                                  \
    X(load_mip_pck_sgn, load_mip_pck_sgn)                                                          \
    X(get_resinfo, load_sizes)                                                                     \
    X(sample, sample)
/* X(instruction, with a level, as it is) */
#define STORES(X)                                                                                  \
    X(store, false, false)                                                                         \
    X(store_mip, true, false)                                                                      \
    X(store_pck, false, true)                                                                      \
    X(store_mip_pck, true, true)

#define DEFINE_LOAD(name, load)                                                                    \
    static void image_##name(struct cairn_wave *wave, const struct cairn_insn *insn)               \
    {                                                                                              \
        run_load(wave, insn, load);                                                                \
    }
#define DEFINE_STORE(name, mip, packed)                                                            \
    static void image_##name(struct cairn_wave *wave, const struct cairn_insn *insn)               \
    {                                                                                              \
        run_store(wave, insn, mip, packed);                                                        \
    }
LOADS(DEFINE_LOAD)
STORES(DEFINE_STORE)

#define ROW(name, ...)   [CAIRN_OP_image_##name] = {.run = image_##name},
#define ATOMIC_ROW(name) [CAIRN_OP_image_atomic_##name] = {.run = run_atomic},
static const struct mem_handler handlers[] = {LOADS(ROW) STORES(ROW) ATOMICS(ATOMIC_ROW)};

MEM_FIND(cairn_interp_image_find)
{
    return MEM_ROW_OF(handlers, op);
}
