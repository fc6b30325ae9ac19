/* SPDX-License-Identifier: MIT
 * Whether a wave that the interpreter has executed may go on in finalized code: only at a place
 * that the code knows, and if the registers hold what it counts on there (struct
 * cairn_native_claim). Lanes that do not exist are never read and not looked at.
 */
#include "device/soft/engine_run.h"

#include "finalizer/native.h"

enum { FIRST_AGPR = 256 };

/* Of lane `lane`: the register, or with `pair` the number that it is the high half of. */
static uint64_t value_of(const uint32_t (*rows)[CAIRN_WAVE_LANES], uint32_t row, unsigned lane,
                         bool pair)
{
    return pair ? (uint64_t)rows[row][lane] << 32 | rows[row - 1][lane] : rows[row][lane];
}

/* Do all lanes of [first, end) that exist follow from the first one? */
static bool follow(const struct cairn_wave *wave, const struct cairn_native_claim *claim,
                   uint32_t row, unsigned first, unsigned end)
{
    const uint32_t (*rows)[CAIRN_WAVE_LANES] = (const uint32_t (*)[CAIRN_WAVE_LANES])wave->vgpr;
    uint64_t next = value_of(rows, row, first, claim->pair),
             bits = claim->pair ? UINT64_MAX : UINT32_MAX;
    bool same = true;
    for (unsigned lane = first; lane < end; lane++) {
        bool exists = wave->valid_lanes >> lane & 1;
        same = same && (!exists || value_of(rows, row, lane, claim->pair) == (next & bits));
        next += (uint64_t)(int64_t)claim->stride;
    }
    return same;
}

static bool holds(const struct cairn_native_code *code, const struct cairn_wave *wave,
                  const struct cairn_native_claim *claim)
{
    const struct cairn_launch *launch = wave->launch;
    uint32_t row =
        claim->vreg < FIRST_AGPR ? claim->vreg : launch->agpr_offset + (claim->vreg - FIRST_AGPR);
    unsigned step = claim->run > code->width ? claim->run : code->width;
    if (step > launch->wave_size)
        step = launch->wave_size;
    bool good = row < launch->vgprs && (!claim->pair || row > 0);
    for (unsigned first = 0; good && first < launch->wave_size; first += step)
        good = follow(wave, claim, row, first, first + step);
    return good;
}

/* The first row of that place, or the end of the table. */
static size_t find(const struct cairn_native_code *code, uint64_t offset)
{
    size_t low = 0, high = code->claim_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code->claims[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool cairn_native_takes(const struct cairn_native_code *code, const struct cairn_wave *wave)
{
    uint64_t offset = wave->pc - wave->launch->code->base;
    size_t at = find(code, offset);
    bool good = at < code->claim_count && code->claims[at].offset == offset;
    for (; good && at < code->claim_count && code->claims[at].offset == offset; at++)
        good =
            code->claims[at].vreg == CAIRN_NATIVE_NO_VREG || holds(code, wave, &code->claims[at]);
    return good;
}
