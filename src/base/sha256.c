/* SPDX-License-Identifier: MIT
 * SHA-256 after FIPS 180-4, sections 4 to 6: the context, the padding and the portable rounds.
 */
#include "base/sha256.h"

#include <string.h>

enum { BLOCK_BYTES = 64, LENGTH_OFFSET = 56 };

static const uint32_t constants[64] = {
#include "base/sha256_constants.inc"
};

/* 5.3.3: fractions of the square roots of the first eight primes. */
static const uint32_t start_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t rotate_right(uint32_t value, unsigned count)
{
    return value >> count | value << (32 - count);
}

/* 6.2.2, step 1. */
static void schedule(uint32_t words[64], const uint8_t *at)
{
    for (unsigned i = 0; i < 16; i++) {
        memcpy(&words[i], at + 4 * i, 4);
        words[i] = __builtin_bswap32(words[i]);
    }
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + (rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3) +
                   words[i - 7] + (rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10);
    }
}

/* 6.2.2, step 3. Round i finds a in s[-i mod 8], b in the next, and so on: no word is moved. */
static inline void one_round(uint32_t s[8], unsigned i, uint32_t word)
{
    uint32_t a = s[-i & 7], b = s[(1 - i) & 7], c = s[(2 - i) & 7], e = s[(4 - i) & 7],
             f = s[(5 - i) & 7], g = s[(6 - i) & 7];
    uint32_t first = s[(7 - i) & 7] + word + ((e & f) ^ (~e & g)) +
                     (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25));
    s[(3 - i) & 7] += first;
    s[(7 - i) & 7] = first + ((a & b) ^ (a & c) ^ (b & c)) +
                     (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22));
}

void cairn_sha256_blocks_portable(uint32_t state[8], const uint8_t *at, size_t count)
{
    for (; count > 0; count--, at += BLOCK_BYTES) {
        uint32_t words[64], s[8];
        schedule(words, at);
        memcpy(s, state, sizeof s);
        for (unsigned i = 0; i < 64; i += 8)
            for (unsigned j = 0; j < 8; j++) /* unrolled, so that s is in registers */
                one_round(s, j, constants[i + j] + words[i + j]);
        for (unsigned i = 0; i < 8; i++)
            state[i] += s[i];
    }
}

static void take_blocks(uint32_t state[8], const uint8_t *at, size_t count)
{
    if (cairn_sha256_has_instructions())
        cairn_sha256_blocks_native(state, at, count);
    else
        cairn_sha256_blocks_portable(state, at, count);
}

void cairn_sha256_start(struct cairn_sha256 *hash)
{
    *hash = (struct cairn_sha256){.bytes = 0};
    memcpy(hash->state, start_state, sizeof start_state);
}

void cairn_sha256_add(struct cairn_sha256 *hash, const void *at, size_t size)
{
    const uint8_t *from = at;
    size_t held = hash->bytes % BLOCK_BYTES;
    hash->bytes += size;
    if (held != 0) {
        size_t part = size < BLOCK_BYTES - held ? size : BLOCK_BYTES - held;
        if (part == 0)
            return;
        memcpy(hash->block + held, from, part);
        from += part;
        size -= part;
        if (held + part < BLOCK_BYTES)
            return;
        take_blocks(hash->state, hash->block, 1);
    }
    take_blocks(hash->state, from, size / BLOCK_BYTES);
    if (size % BLOCK_BYTES != 0)
        memcpy(hash->block, from + size / BLOCK_BYTES * BLOCK_BYTES, size % BLOCK_BYTES);
}

void cairn_sha256_add_u32(struct cairn_sha256 *hash, uint32_t value)
{
    cairn_sha256_add(hash, &value, sizeof value);
}

void cairn_sha256_add_u64(struct cairn_sha256 *hash, uint64_t value)
{
    cairn_sha256_add(hash, &value, sizeof value);
}

/* 5.1.1: a one bit, zeros, and the length in bits as a big-endian number end a block. */
void cairn_sha256_finish(struct cairn_sha256 *hash, uint8_t out[CAIRN_SHA256_BYTES])
{
    static const uint8_t padding[BLOCK_BYTES] = {0x80};
    uint64_t bits = __builtin_bswap64(hash->bytes * 8);
    size_t held = hash->bytes % BLOCK_BYTES;
    size_t pad = held < LENGTH_OFFSET ? LENGTH_OFFSET - held : BLOCK_BYTES + LENGTH_OFFSET - held;
    cairn_sha256_add(hash, padding, pad);
    cairn_sha256_add(hash, &bits, sizeof bits);
    for (unsigned i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(hash->state[i]);
        memcpy(out + 4 * i, &word, sizeof word);
    }
}
