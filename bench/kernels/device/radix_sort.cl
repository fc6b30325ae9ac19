// SPDX-License-Identifier: MIT
// Stable radix sort of 32-bit keys, four bits a pass: counts of each tile of 1024 keys, their prefix sums,
// then each tile is ranked in LDS and scattered.
KERNEL(256, 1, 1) radix_count(int shift, const GLOBAL unsigned *restrict in, GLOBAL unsigned *restrict counts)
{
    LOCAL unsigned count[16];
    if (TX < 16)
        count[TX] = 0;
    BARRIER();
    for (int i = 0; i < 4; i++)
        ATOMIC_ADD(&count[in[GX * 1024 + i * 256 + TX] >> shift & 15], 1u);
    BARRIER();
    if (TX < 16)
        counts[TX * GROUPS_X + GX] = count[TX];
}

KERNEL(256, 1, 1) radix_offsets(int count, GLOBAL unsigned *restrict counts)
{
    LOCAL unsigned part[256];
    LOCAL unsigned total;
    unsigned carry = 0;
    for (int base = 0; base < count; base += 256) {
        int i = base + TX;
        unsigned before = carry + block_exclusive(i < count ? counts[i] : 0, part, &total);
        carry += total;
        if (i < count)
            counts[i] = before;
        BARRIER();
    }
}

// seen[digit][thread]: first how many keys with the digit the thread has, then where they go in the sorted tile.
KERNEL(256, 1, 1)
radix_scatter(int shift, const GLOBAL uint4 *restrict in, const GLOBAL unsigned *restrict offsets,
              GLOBAL unsigned *restrict out)
{
    LOCAL unsigned seen[16 * 256], part[256], first[16];
    LOCAL unsigned total;
    int t = TX;
    uint4 four = in[GX * 256 + t];
    unsigned key[4] = {four.x, four.y, four.z, four.w};
    for (int d = 0; d < 16; d++)
        seen[d * 256 + t] = 0;
    for (int i = 0; i < 4; i++)
        seen[(key[i] >> shift & 15) * 256 + t]++;
    BARRIER();
    unsigned sum = 0;
    for (int i = 0; i < 16; i++)
        sum += seen[t * 16 + i];
    sum = block_exclusive(sum, part, &total);
    for (int i = 0; i < 16; i++) {
        unsigned value = seen[t * 16 + i];
        seen[t * 16 + i] = sum;
        sum += value;
    }
    BARRIER();
    if (t < 16)
        first[t] = seen[t * 256];
    BARRIER();
    for (int i = 0; i < 4; i++) {
        int digit = (int)(key[i] >> shift & 15);
        unsigned place = seen[digit * 256 + t]++;
        out[offsets[digit * GROUPS_X + GX] + place - first[digit]] = key[i];
    }
}
