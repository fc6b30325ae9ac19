/* SPDX-License-Identifier: MIT
 * Hashes of a wave's state. The vector registers, many kilobytes, are only looked at when the
 * scalar state was seen before, so that a loop with a counter in an SGPR costs next to nothing.
 */
#include "device/soft/watch.h"

#include <string.h>

enum { LANES = 4 };

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

bool cairn_watch_repeats(struct cairn_watch *watch, const struct cairn_wave *wave)
{
    uint64_t scalars = hash(wave->sgpr, sizeof wave->sgpr,
                            wave->pc ^ (uint64_t)wave->scc << 63 ^ (uint64_t)wave->mode << 32);
    uint64_t vectors = 0;
    bool repeats = false;
    for (int i = 0; i < CAIRN_WATCH_DEPTH; i++) {
        if (watch->scalars[i] != scalars)
            continue;
        if (vectors == 0)
            vectors = hash(wave->vgpr, wave->launch->vgprs * sizeof wave->vgpr[0], 0);
        repeats = repeats || watch->vectors[i] == vectors;
    }
    watch->scalars[watch->next] = scalars;
    watch->vectors[watch->next] = vectors;
    watch->next = (watch->next + 1) % CAIRN_WATCH_DEPTH;
    return repeats;
}
