// SPDX-License-Identifier: MIT
// 256 bins: each block counts in LDS along a grid-stride loop, then adds to the global bins.
KERNEL(256, 1, 1) histogram(int n, const GLOBAL unsigned *restrict in, GLOBAL unsigned *restrict bins)
{
    LOCAL unsigned count[256];
    count[TX] = 0;
    BARRIER();
    for (int i = GX * 256 + TX; i < n; i += GROUPS_X * 256)
        ATOMIC_ADD(&count[in[i] & 255], 1u);
    BARRIER();
    ATOMIC_ADD(&bins[TX], count[TX]);
}
