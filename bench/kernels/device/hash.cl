// SPDX-License-Identifier: MIT
// FNV-1a over strings of different lengths (4 to 35 bytes), one string a thread, a byte at a time.
KERNEL(256, 1, 1)
hash(int count, const GLOBAL int *restrict start, const GLOBAL unsigned char *restrict text, GLOBAL unsigned *restrict out)
{
    int s = GX * 256 + TX;
    if (s >= count)
        return;
    unsigned h = 2166136261u;
    for (int i = start[s]; i < start[s + 1]; i++)
        h = (h ^ text[i]) * 16777619u;
    out[s] = h;
}
