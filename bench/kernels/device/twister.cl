// SPDX-License-Identifier: MIT
// Jumps of the Mersenne twister MT19937: the states that a polynomial's bits name are added up while the state steps on
// as a ring in LDS. Indices that rotate around it, and two barriers a step.
#define WORDS 624
#define STEPS 1024

FUNCTION int around(int i)
{
    return i < WORDS ? i : i - WORDS;
}

KERNEL(256, 1, 1) twister_jump(const GLOBAL unsigned *restrict polynomial, const GLOBAL unsigned *restrict in, GLOBAL unsigned *restrict out)
{
    LOCAL unsigned ring[WORDS], sum[WORDS];
    int t = TX, base = GX * WORDS;
    for (int j = t; j < WORDS; j += 256) {
        ring[j] = in[base + j];
        sum[j] = 0;
    }
    BARRIER();
    for (int step = 0, start = 0; step < STEPS; step++, start = around(start + 1)) {
        if (polynomial[step >> 5] >> (step & 31) & 1)
            for (int j = t; j < WORDS; j += 256)
                sum[j] ^= ring[around(start + j)];
        BARRIER();
        if (t == 0) {
            unsigned y = (ring[start] & 0x80000000u) | (ring[around(start + 1)] & 0x7fffffffu);
            ring[start] = ring[around(start + 397)] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
        }
        BARRIER();
    }
    for (int j = t; j < WORDS; j += 256)
        out[base + j] = sum[j];
}
