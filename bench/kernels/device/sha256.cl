// SPDX-License-Identifier: MIT
// The compression function of SHA-256 (FIPS 180-4, section 6.2.2) on one block of sixteen words a thread. The
// round constants come from memory.
#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))

KERNEL(256, 1, 1)
sha256(const GLOBAL unsigned *restrict round_constant, const GLOBAL unsigned *restrict message, GLOBAL unsigned *restrict digest)
{
    int id = GX * 256 + TX;
    const unsigned first[8] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u};
    unsigned w[16], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = message[id * 16 + i];
    for (int i = 0; i < 8; i++)
        s[i] = first[i];
#pragma unroll
    for (int i = 0; i < 64; i++) {
        unsigned word = w[i & 15];
        unsigned t1 = s[7] + (ROTATE(s[4], 6) ^ ROTATE(s[4], 11) ^ ROTATE(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                      round_constant[i] + word;
        unsigned t2 = (ROTATE(s[0], 2) ^ ROTATE(s[0], 13) ^ ROTATE(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        unsigned a = w[(i + 1) & 15], b = w[(i + 14) & 15];
        w[i & 15] = word + (ROTATE(a, 7) ^ ROTATE(a, 18) ^ a >> 3) + w[(i + 9) & 15] + (ROTATE(b, 17) ^ ROTATE(b, 19) ^ b >> 10);
        for (int k = 7; k > 0; k--)
            s[k] = s[k - 1];
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        digest[id * 8 + i] = s[i] + first[i];
}
