/* SPDX-License-Identifier: MIT
 * Hashes of a wave's state. The vector registers, many kilobytes, are only looked at when the
 * scalar state was seen before, and scratch only when the vector registers were seen, too, so that
 * a loop with a counter in an SGPR costs next to nothing.
 */
#include "device/soft/watch.h"

#include <string.h>

enum { LANES = 4 };
/* Scratch of a wave that is looked at. To hash more takes longer than to let the wave spin on. */
enum { SCRATCH_LIMIT = 1 << 20 };

/* Four independent sums over 64-bit words; `bytes` is a multiple of 32. */
static uint64_t hash(const void *data, size_t bytes, uint64_t seed)
{
    const uint8_t *at = data;
    uint64_t sums[LANES] = {seed, seed + 1, seed + 2, seed + 3};
    for (size_t i = 0; i < bytes; i += sizeof sums) {
        uint64_t words[LANES];
        memcpy(words, at + i, sizeof words);
        for (int lane = 0; lane < LANES; lane++)
            sums[lane] = (sums[lane] ^ words[lane]) * UINT64_C(0x9e3779b97f4a7c15);
    }
    uint64_t all = 0;
    for (int lane = 0; lane < LANES; lane++)
        all = (all ^ sums[lane] ^ sums[lane] >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return all | 1; /* never 0, which means "not looked at" */
}

/* Was the state now that of entry `index`? *now is its hash, worked out once for all entries, and 0
 * until then; an entry for which nobody looked has 0, too, and never matches. */
static bool vectors_match(const struct cairn_watch *watch, int index, const struct cairn_wave *wave,
                          uint64_t *now)
{
    if (*now == 0)
        *now = hash(wave->vgpr, wave->launch->vgprs * sizeof wave->vgpr[0], 0);
    return watch->vectors[index] == *now;
}

static bool scratch_matches(const struct cairn_watch *watch, int index,
                            const struct cairn_wave *wave, uint64_t *now)
{
    if (wave->scratch_bytes > SCRATCH_LIMIT)
        return false;
    if (*now == 0) /* dwords of 32 or 64 lanes: a multiple of what hash() wants */
        *now = hash(wave->scratch, wave->scratch_bytes, 0);
    return watch->scratch[index] == *now;
}

bool cairn_watch_repeats(struct cairn_watch *watch, const struct cairn_wave *wave,
                         bool with_scratch)
{
    uint64_t scalars = hash(wave->sgpr, sizeof wave->sgpr,
                            wave->pc ^ (uint64_t)wave->scc << 63 ^ (uint64_t)wave->mode << 32);
    uint64_t vectors = 0, scratch = 0;
    bool repeats = false;
    for (int i = 0; i < CAIRN_WATCH_DEPTH; i++)
        if (watch->scalars[i] == scalars && vectors_match(watch, i, wave, &vectors))
            repeats = !with_scratch || scratch_matches(watch, i, wave, &scratch) || repeats;
    watch->scalars[watch->next] = scalars;
    watch->vectors[watch->next] = vectors;
    watch->scratch[watch->next] = scratch;
    watch->next = (watch->next + 1) % CAIRN_WATCH_DEPTH;
    return repeats;
}
