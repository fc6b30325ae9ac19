/* SPDX-License-Identifier: MIT
 * DS instructions that move data between lanes without touching LDS: ds_permute, ds_bpermute,
 * ds_swizzle; and the counters ds_append and ds_consume, which act once for the whole wave. A lane
 * whose EXEC bit is off gives 0.
 */
#include "interp/memory_priv.h"

MEM_INLINE bool lane_active(uint64_t mask, unsigned lane)
{
    return mask >> lane & 1;
}

static void run_ds_bpermute_b32(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], 1);
    if (mask == 0 || dst == NULL)
        return;
    const uint32_t *at = mem_source(wave, insn->slot[CAIRN_SLOT_ADDR].code);
    const uint32_t *data = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code);
    uint32_t offset = (uint32_t)insn->imm & 0xffff;
    MEM_ROW clean[CAIRN_WAVE_LANES], got[CAIRN_WAVE_LANES];
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        clean[lane] = lane_active(mask, lane) ? data[lane] : 0;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        got[lane] = clean[cairn_sem_permute_lane(at[lane], offset)];
    mem_write_row(dst[0], got, mask);
}

/* Ascending lanes: the highest that hits a lane wins; a lane that none hits gets 0. */
static void run_ds_permute_b32(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], 1);
    if (mask == 0 || dst == NULL)
        return;
    const uint32_t *at = mem_source(wave, insn->slot[CAIRN_SLOT_ADDR].code);
    const uint32_t *data = mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code);
    uint32_t offset = (uint32_t)insn->imm & 0xffff;
    MEM_ROW got[CAIRN_WAVE_LANES] = {0};
    MEM_FOR_LANES(lane, mask)
    got[cairn_sem_permute_lane(at[lane], offset)] = data[lane];
    mem_write_row(dst[0], got, mask);
}

static void run_ds_swizzle_b32(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], 1);
    if (mask == 0 || dst == NULL)
        return;
    const uint32_t *data = mem_source(wave, insn->slot[CAIRN_SLOT_ADDR].code);
    uint32_t pattern = (uint32_t)insn->imm & 0xffff;
    MEM_ROW got[CAIRN_WAVE_LANES];
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        unsigned from = cairn_sem_swizzle_lane(pattern, lane);
        got[lane] = lane_active(mask, from) ? data[from] : 0;
    }
    mem_write_row(dst[0], got, mask);
}

/* One counter at M0 plus the instruction's offset (compilers put the pointer into M0; the manual
 * knows the offset alone); every active lane gets the same old value. */
static void run_counter(struct cairn_wave *wave, const struct cairn_insn *insn, bool consume)
{
    uint64_t mask = cairn_exec(wave);
    uint32_t (*dst)[CAIRN_WAVE_LANES] = mem_destination(wave, &insn->slot[CAIRN_SLOT_DST], 1);
    if (mask == 0 || dst == NULL)
        return;
    uint32_t at = wave->sgpr[CAIRN_CODE_M0] + ((uint32_t)insn->imm & 0xffff);
    uint32_t old = mem_lds_read(wave->group, at, 4);
    uint32_t count = (uint32_t)__builtin_popcountll(mask);
    mem_lds_write(wave->group, at, consume ? old - count : old + count, 4);
    MEM_ROW got[CAIRN_WAVE_LANES];
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        got[lane] = old;
    mem_write_row(dst[0], got, mask);
}

static void run_ds_append(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    run_counter(wave, insn, false);
}

static void run_ds_consume(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    run_counter(wave, insn, true);
}

#define ROW(name) [CAIRN_OP_##name] = {.run = run_##name},
static const struct mem_handler handlers[] = {
    ROW(ds_bpermute_b32) ROW(ds_permute_b32) ROW(ds_swizzle_b32) ROW(ds_append) ROW(ds_consume)};

MEM_FIND(CAIRN_TARGET(cairn_interp_ds_lane_find))
{
    return MEM_ROW_OF(handlers, op);
}
