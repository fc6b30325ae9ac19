/* SPDX-License-Identifier: MIT
 * DS reads and writes of LDS. M0 takes no part but in the addtid forms: the bound is the
 * workgroup's allocation. Each dword (or less) is checked alone: outside of it reads give 0 and
 * writes vanish. Address plus offset wraps at 32 bits.
 */
#include "interp/memory_wave.h"

/* Do `bytes` at offset + extra lie in LDS for every lane? Inactive lanes may say no for nothing. */
MEM_INLINE bool all_inside(const struct cairn_workgroup *group, const uint32_t *at, uint32_t extra,
                           unsigned bytes)
{
    uint32_t outside = 0, limit = group->lds_bytes - bytes;
    if (group->lds_bytes < bytes)
        return false;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        outside |= at[lane] + extra > limit;
    return outside == 0;
}

/* Host addresses of offsets that are inside. */
MEM_INLINE void host_addresses(const struct cairn_workgroup *group, const uint32_t *at,
                               uint32_t extra, uint64_t *host)
{
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        host[lane] = (uint64_t)(uintptr_t)group->lds + (uint32_t)(at[lane] + extra);
}

MEM_INLINE void read_pieces(const struct cairn_wave *wave, enum mem_form form, const uint32_t *at,
                            uint32_t extra, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    const struct cairn_workgroup *group = wave->group;
    unsigned piece = mem_form_piece(form), dwords = mem_form_dwords(form);
    if (MEM_LIKELY(all_inside(group, at, extra, mem_form_bytes(form)))) {
        _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
        const uint8_t *lds = group->lds;
        if (dwords > 1) {
            host_addresses(group, at, extra, host);
            mem_load_lanes(form, MEM_LINEAR, host, ~UINT64_C(0), got);
            return;
        }
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            got[0][lane] =
                mem_form_extend(form, mem_read(lds + (uint32_t)(at[lane] + extra), piece));
        return;
    }
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        for (unsigned i = 0; i < dwords; i++)
            got[i][lane] =
                mem_form_extend(form, mem_lds_read(group, at[lane] + extra + 4 * i, piece));
}

MEM_INLINE void write_pieces(struct cairn_wave *wave, enum mem_form form, const uint32_t *at,
                             uint32_t extra, uint64_t mask, const uint32_t *const *data)
{
    struct cairn_workgroup *group = wave->group;
    unsigned piece = mem_form_piece(form), dwords = mem_form_dwords(form);
    if (MEM_LIKELY(mask == ~UINT64_C(0) && all_inside(group, at, extra, mem_form_bytes(form)))) {
        _Alignas(64) uint64_t host[CAIRN_WAVE_LANES];
        uint8_t *lds = group->lds;
        if (dwords > 1) {
            host_addresses(group, at, extra, host);
            mem_store_lanes(form, MEM_LINEAR, host, mask, data);
            return;
        }
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            mem_write(lds + (uint32_t)(at[lane] + extra), mem_form_shrink(form, data[0][lane]),
                      piece);
        return;
    }
    MEM_FOR_LANES(lane, mask)
    for (unsigned i = 0; i < dwords; i++)
        mem_lds_write(group, at[lane] + extra + 4 * i, mem_form_shrink(form, data[i][lane]), piece);
}

/* `count` accesses of `form`: one at the 16-bit offset, or two at offset0 and offset1 * scale. */
MEM_INLINE void run_read(struct cairn_wave *wave, const struct cairn_insn *insn, enum mem_form form,
                         unsigned count, unsigned scale)
{
    uint64_t mask = cairn_exec(wave);
    unsigned dwords = mem_form_dwords(form);
    uint32_t (*dst)[CAIRN_WAVE_LANES] =
        mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], dwords * count);
    if (mask == 0 || dst == NULL)
        return;
    const uint32_t *at = mem_source(wave, insn->slot[CAIRN_SLOT_ADDR].code);
    uint32_t imm = (uint32_t)insn->imm;
    MEM_ROW got[MEM_MAX_DWORDS][CAIRN_WAVE_LANES];
    if (count == 1) {
        read_pieces(wave, form, at, imm & 0xffff, got);
    } else {
        read_pieces(wave, form, at, (imm & 255) * scale, got);
        read_pieces(wave, form, at, (imm >> 8 & 255) * scale, got + dwords);
    }
    for (unsigned i = 0; i < dwords * count; i++)
        mem_write_row(dst[i], got[i], mask);
}

/* Equal offsets of a write2 are one access, with DATA0 (AMD "CDNA2 ISA" 11.3.1). */
MEM_INLINE void run_write(struct cairn_wave *wave, const struct cairn_insn *insn,
                          enum mem_form form, unsigned count, unsigned scale)
{
    uint64_t mask = cairn_exec(wave);
    if (mask == 0)
        return;
    const uint32_t *at = mem_source(wave, insn->slot[CAIRN_SLOT_ADDR].code);
    const uint32_t *data[2][MEM_MAX_DWORDS];
    for (unsigned i = 0; i < mem_form_dwords(form); i++) {
        data[0][i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code + i);
        if (count == 2)
            data[1][i] = mem_source(wave, insn->slot[CAIRN_SLOT_DATA1].code + i);
    }
    uint32_t imm = (uint32_t)insn->imm, first = imm & 255, second = imm >> 8 & 255;
    if (count == 1) {
        write_pieces(wave, form, at, imm & 0xffff, mask, data[0]);
        return;
    }
    write_pieces(wave, form, at, first * scale, mask, data[0]);
    if (second != first)
        write_pieces(wave, form, at, second * scale, mask, data[1]);
}

/* ds_read_addtid_b32, ds_write_addtid_b32: offset + M0[15:0] + lane * 4. */
static void addtid_offsets(const struct cairn_wave *wave, const struct cairn_insn *insn,
                           uint32_t *at)
{
    uint32_t base = ((uint32_t)insn->imm & 0xffff) + (wave->sgpr[CAIRN_CODE_M0] & 0xffff);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        at[lane] = base + lane * 4;
}

static void run_ds_read_addtid_b32(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], 1);
    if (mask == 0 || dst == NULL)
        return;
    _Alignas(64) uint32_t at[CAIRN_WAVE_LANES];
    MEM_ROW got[1][CAIRN_WAVE_LANES];
    addtid_offsets(wave, insn, at);
    read_pieces(wave, MEM_B32, at, 0, got);
    mem_write_row(dst[0], got[0], mask);
}

static void run_ds_write_addtid_b32(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    _Alignas(64) uint32_t at[CAIRN_WAVE_LANES];
    const uint32_t *data = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code);
    addtid_offsets(wave, insn, at);
    write_pieces(wave, MEM_B32, at, 0, cairn_exec(wave), &data);
}

static void run_ds_nop(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    (void)wave;
    (void)insn;
}

#define READS(X)                                                                                   \
    X(ds_read_u8, MEM_U8, 1, 1)                                                                    \
    X(ds_read_i8, MEM_S8, 1, 1)                                                                    \
    X(ds_read_u16, MEM_U16, 1, 1)                                                                  \
    X(ds_read_i16, MEM_S16, 1, 1)                                                                  \
    X(ds_read_u8_d16, MEM_U8_D16, 1, 1)                                                            \
    X(ds_read_u8_d16_hi, MEM_U8_D16_HI, 1, 1)                                                      \
    X(ds_read_i8_d16, MEM_S8_D16, 1, 1)                                                            \
    X(ds_read_i8_d16_hi, MEM_S8_D16_HI, 1, 1)                                                      \
    X(ds_read_u16_d16, MEM_B16_D16, 1, 1)                                                          \
    X(ds_read_u16_d16_hi, MEM_B16_D16_HI, 1, 1)                                                    \
    X(ds_read_b32, MEM_B32, 1, 1)                                                                  \
    X(ds_read_b64, MEM_B64, 1, 1)                                                                  \
    X(ds_read_b96, MEM_B96, 1, 1)                                                                  \
    X(ds_read_b128, MEM_B128, 1, 1)                                                                \
    X(ds_read2_b32, MEM_B32, 2, 4)                                                                 \
    X(ds_read2st64_b32, MEM_B32, 2, 256)                                                           \
    X(ds_read2_b64, MEM_B64, 2, 8)                                                                 \
    X(ds_read2st64_b64, MEM_B64, 2, 512)
#define WRITES(X)                                                                                  \
    X(ds_write_b8, MEM_U8, 1, 1)                                                                   \
    X(ds_write_b16, MEM_U16, 1, 1)                                                                 \
    X(ds_write_b8_d16_hi, MEM_B8_HI, 1, 1)                                                         \
    X(ds_write_b16_d16_hi, MEM_B16_HI, 1, 1)                                                       \
    X(ds_write_b32, MEM_B32, 1, 1)                                                                 \
    X(ds_write_b64, MEM_B64, 1, 1)                                                                 \
    X(ds_write_b96, MEM_B96, 1, 1)                                                                 \
    X(ds_write_b128, MEM_B128, 1, 1)                                                               \
    X(ds_write2_b32, MEM_B32, 2, 4)                                                                \
    X(ds_write2st64_b32, MEM_B32, 2, 256)                                                          \
    X(ds_write2_b64, MEM_B64, 2, 8)                                                                \
    X(ds_write2st64_b64, MEM_B64, 2, 512)

#define DEFINE_READ(name, form, count, scale)                                                      \
    static void run_##name(struct cairn_wave *wave, const struct cairn_insn *insn)                 \
    {                                                                                              \
        run_read(wave, insn, form, count, scale);                                                  \
    }
#define DEFINE_WRITE(name, form, count, scale)                                                     \
    static void run_##name(struct cairn_wave *wave, const struct cairn_insn *insn)                 \
    {                                                                                              \
        run_write(wave, insn, form, count, scale);                                                 \
    }
READS(DEFINE_READ)
WRITES(DEFINE_WRITE)

#define ROW(name, ...) [CAIRN_OP_##name] = {.run = run_##name},
static const struct mem_handler handlers[] = {READS(ROW) WRITES(ROW) ROW(ds_read_addtid_b32)
                                                  ROW(ds_write_addtid_b32) ROW(ds_nop)};

MEM_FIND(CAIRN_TARGET(cairn_interp_ds_find))
{
    return MEM_ROW_OF(handlers, op);
}
