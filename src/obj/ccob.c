/* SPDX-License-Identifier: MIT
 * Compressed offload bundles: the CCOB header, versions 1 to 3, and the zlib or zstd stream behind
 * it (clang's "Clang Offload Bundler", Compression and Decompression).
 */
#include "base/log.h"
#include "obj/obj_priv.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { METHOD_ZLIB = 0, METHOD_ZSTD = 1 };

/* What a stream may grow by: zlib cannot do more than 1032, and real bundles stay under 100. A
 * header that claims more is refused before any memory is taken. */
enum { GROWTH_MAX = 4096 };

struct ccob {
    uint16_t version, method;
    uint64_t total_size; /* header and stream; 0 in version 1 */
    uint64_t plain_size;
    struct cairn_bytes stream;
};

static enum cairn_status take_size(struct cairn_bytes *in, bool wide, uint64_t *out)
{
    uint32_t narrow;
    if (wide)
        return cairn_bytes_take_u64(in, out);
    enum cairn_status status = cairn_bytes_take_u32(in, &narrow);
    if (status == CAIRN_OK)
        *out = narrow;
    return status;
}

static enum cairn_status read_sizes(struct cairn_bytes *in, struct ccob *out)
{
    bool wide = out->version == 3;
    uint64_t hash;
    enum cairn_status status = CAIRN_OK;
    if (out->version >= 2)
        status = take_size(in, wide, &out->total_size);
    if (status == CAIRN_OK)
        status = take_size(in, wide, &out->plain_size);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u64(in, &hash);
    return status;
}

static enum cairn_status read_header(struct cairn_bytes bytes, struct ccob *out)
{
    struct cairn_bytes in = bytes;
    uint32_t magic;
    *out = (struct ccob){0};
    enum cairn_status status = cairn_bytes_take_u32(&in, &magic);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u16(&in, &out->version);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u16(&in, &out->method);
    if (status == CAIRN_OK && (out->version < 1 || out->version > 3))
        return OBJ_REJECT(CAIRN_ERR_UNSUPPORTED, "compressed bundle version %u", out->version);
    if (status == CAIRN_OK)
        status = read_sizes(&in, out);
    if (status != CAIRN_OK)
        return OBJ_REJECT(status, "compressed bundle of %zu bytes ends in its header", bytes.left);
    out->stream = in;
    return CAIRN_OK;
}

/* Cuts the stream to the stated size and refuses absurd claims. */
static enum cairn_status check_sizes(struct cairn_bytes bytes, struct ccob *ccob)
{
    size_t header = bytes.left - ccob->stream.left;
    if (ccob->total_size != 0) {
        if (ccob->total_size < header || ccob->total_size > bytes.left)
            return OBJ_REJECT(CAIRN_ERR_TRUNCATED,
                              "compressed bundle states %llu bytes, %zu are there",
                              (unsigned long long)ccob->total_size, bytes.left);
        ccob->stream.left = ccob->total_size - header;
    }
    if (ccob->plain_size > (uint64_t)GROWTH_MAX * (ccob->stream.left + 1))
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "compressed bundle: %zu bytes claim to hold %llu",
                          ccob->stream.left, (unsigned long long)ccob->plain_size);
    return CAIRN_OK;
}

static bool inflate_zlib(const struct ccob *ccob, uint8_t *out)
{
    uLongf size = ccob->plain_size;
    uLong source = ccob->stream.left;
    return uncompress2(out, &size, ccob->stream.at, &source) == Z_OK && size == ccob->plain_size;
}

/* One frame; bytes after it (a version 1 bundle does not say where it ends) are not ours. */
static bool inflate_zstd(const struct ccob *ccob, uint8_t *out)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (context == NULL)
        return false;
    ZSTD_inBuffer in = {.src = ccob->stream.at, .size = ccob->stream.left};
    ZSTD_outBuffer plain = {.dst = out, .size = ccob->plain_size};
    size_t rest;
    do {
        size_t before = in.pos + plain.pos;
        rest = ZSTD_decompressStream(context, &plain, &in);
        if (ZSTD_isError(rest) || (rest != 0 && in.pos + plain.pos == before))
            break;
    } while (rest != 0);
    ZSTD_freeDCtx(context);
    return rest == 0 && plain.pos == plain.size;
}

enum cairn_status cairn_ccob_inflate(struct cairn_bytes bytes, uint8_t **out, size_t *out_size)
{
    struct ccob ccob;
    enum cairn_status status = read_header(bytes, &ccob);
    if (status == CAIRN_OK)
        status = check_sizes(bytes, &ccob);
    if (status != CAIRN_OK)
        return status;
    if (ccob.method != METHOD_ZLIB && ccob.method != METHOD_ZSTD)
        return OBJ_REJECT(CAIRN_ERR_UNSUPPORTED, "compression method %u", ccob.method);
    uint8_t *plain = malloc(ccob.plain_size != 0 ? ccob.plain_size : 1);
    if (plain == NULL)
        return CAIRN_ERR_NO_MEMORY;
    if (!(ccob.method == METHOD_ZLIB ? inflate_zlib : inflate_zstd)(&ccob, plain)) {
        free(plain);
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "damaged %s stream in a compressed bundle",
                          ccob.method == METHOD_ZLIB ? "zlib" : "zstd");
    }
    *out = plain;
    *out_size = ccob.plain_size;
    return CAIRN_OK;
}

enum cairn_status cairn_ccob_size(struct cairn_bytes bytes, uint64_t *size)
{
    struct ccob ccob;
    enum cairn_status status = read_header(bytes, &ccob);
    if (status != CAIRN_OK)
        return status;
    if (ccob.total_size == 0)
        return CAIRN_ERR_NOT_FOUND;
    *size = ccob.total_size;
    return CAIRN_OK;
}
