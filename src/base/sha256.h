/* SPDX-License-Identifier: MIT
 * SHA-256 (FIPS 180-4): names and checks what is kept in files. One owner a context.
 */
#ifndef CAIRN_BASE_SHA256_H
#define CAIRN_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { CAIRN_SHA256_BYTES = 32 };

struct cairn_sha256 {
    uint32_t state[8];
    uint64_t bytes;    /* taken so far */
    uint8_t block[64]; /* the last bytes % 64 of them */
};

void cairn_sha256_start(struct cairn_sha256 *hash);
void cairn_sha256_add(struct cairn_sha256 *hash, const void *at, size_t size);
/* The same for a number, in little-endian order. */
void cairn_sha256_add_u32(struct cairn_sha256 *hash, uint32_t value);
void cairn_sha256_add_u64(struct cairn_sha256 *hash, uint64_t value);
/* The context is used up. */
void cairn_sha256_finish(struct cairn_sha256 *hash, uint8_t out[CAIRN_SHA256_BYTES]);

/* The two ways to take in whole blocks, for tests; the functions above use the faster one that the
 * CPU has. */
void cairn_sha256_blocks_portable(uint32_t state[8], const uint8_t *at, size_t count);
/* Only where cairn_sha256_has_instructions(). */
void cairn_sha256_blocks_native(uint32_t state[8], const uint8_t *at, size_t count);
_Bool cairn_sha256_has_instructions(void);

#endif
