/* SPDX-License-Identifier: MIT
 * SHA-256's compression function (FIPS 180-4, section 6.2.2) on many single blocks; the native
 * program takes sixteen messages at a time.
 */
#include "bench.h"

enum { LANES = 16 };

typedef uint32_t vector __attribute__((vector_size(4 * LANES)));

/* The first 32 bits of the fractions of the cube roots of the first 64 primes (section 4.2.2). */
static void round_constants(uint32_t *out)
{
    unsigned count = 0;
    for (unsigned n = 2; count < 64; n++) {
        bool prime = true;
        for (unsigned d = 2; d * d <= n; d++)
            prime = prime && n % d != 0;
        if (!prime)
            continue;
        uint64_t root = 0; /* of n 2^96, to 35 bits */
        for (int bit = 34; bit >= 0; bit--) {
            uint64_t more = root | (uint64_t)1 << bit;
            if ((unsigned __int128)more * more * more <= (unsigned __int128)n << 96)
                root = more;
        }
        out[count++] = (uint32_t)root;
    }
}

void sha256_setup(struct run *run)
{
    if (run->n % 256 != 0)
        bench_fail("sha256: messages must be a multiple of 256");
    round_constants(bench_input(run, 64 * 4));
    bench_fill_u32(bench_input(run, run->n * 64), run->n * 16, UINT32_MAX);
    bench_output(run, run->n * 32, ELEMENT_U32);
    run->bytes = 64.0 * (double)run->n;
}

void sha256_device(struct run *run)
{
    LAUNCH("sha256", run->n / 256, 1, 256, 1, BUF(0), BUF(1), BUF(2));
}

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))

static void rounds(const uint32_t *constant, vector w[16], vector s[8])
{
    for (int i = 0; i < 64; i++) {
        vector word = w[i & 15], e = s[4], a = s[0];
        vector t1 = s[7] + (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) +
                    ((e & s[5]) ^ (~e & s[6])) + constant[i] + word;
        vector t2 = (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) +
                    ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        vector p = w[(i + 1) & 15], q = w[(i + 14) & 15];
        w[i & 15] = word + (ROTATE(p, 7) ^ ROTATE(p, 18) ^ p >> 3) + w[(i + 9) & 15] +
                    (ROTATE(q, 17) ^ ROTATE(q, 19) ^ q >> 10);
        for (int k = 7; k > 0; k--)
            s[k] = s[k - 1];
        s[4] += t1;
        s[0] = t1 + t2;
    }
}

static void digests(const uint32_t *constant, const uint32_t *message, uint32_t *digest)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    vector w[16], s[8];
    for (int i = 0; i < 16; i++)
        for (int l = 0; l < LANES; l++)
            w[i][l] = message[l * 16 + i];
    for (int i = 0; i < 8; i++)
        s[i] = (vector){0} + first[i];
    rounds(constant, w, s);
    for (int i = 0; i < 8; i++)
        for (int l = 0; l < LANES; l++)
            digest[l * 8 + i] = s[i][l] + first[i];
}

void sha256_native(struct run *run)
{
    const uint32_t *constant = HOST(run, 0, uint32_t), *message = HOST(run, 1, uint32_t);
    uint32_t *digest = HOST(run, 2, uint32_t);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t i = 0; i < n; i += LANES)
        digests(constant, message + i * 16, digest + i * 8);
}
