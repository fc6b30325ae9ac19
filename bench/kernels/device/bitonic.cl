// SPDX-License-Identifier: MIT
// Bitonic sorts of 512 keys in LDS, two keys a thread, a barrier a step.
KERNEL(256, 1, 1) bitonic(const GLOBAL unsigned *restrict in, GLOBAL unsigned *restrict out)
{
    LOCAL unsigned key[512];
    int t = TX, base = GX * 512;
    key[t] = in[base + t];
    key[t + 256] = in[base + t + 256];
    BARRIER();
    for (int size = 2; size <= 512; size <<= 1)
        for (int step = size >> 1; step > 0; step >>= 1) {
            int i = 2 * t - (t & (step - 1)), j = i + step;
            unsigned a = key[i], b = key[j];
            if ((a > b) == ((i & size) == 0)) {
                key[i] = b;
                key[j] = a;
            }
            BARRIER();
        }
    out[base + t] = key[t];
    out[base + t + 256] = key[t + 256];
}
