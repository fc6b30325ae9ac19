/* SPDX-License-Identifier: MIT
 * Any bytes as code: what decodes fits in the bytes, decodes alike from a copy of just its own
 * size, does not decode from fewer, and its text fits the length that the formatter announces,
 * however small the buffer.
 */
#include "isa/isa.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        __builtin_trap();
}

static void check_text(const struct cairn_gfx *gfx, const struct cairn_insn *insn)
{
    char text[512], small[9];
    size_t length = cairn_isa_format(gfx, insn, 0, text, sizeof text);
    check(length < sizeof text && strlen(text) == length && length > 0);
    check(cairn_isa_format(gfx, insn, 0, small, sizeof small) == length);
    check(strlen(small) == (length < 8 ? length : 8) && strncmp(small, text, strlen(small)) == 0);
    check(cairn_isa_format(gfx, insn, 0, NULL, 0) == length);
}

/* The bytes are copied to the heap, so that a sanitizer sees a read past them. */
static enum cairn_status decode_copy(const struct cairn_gfx *gfx, const uint8_t *data, size_t size,
                                     struct cairn_insn *insn)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        return CAIRN_ERR_NO_MEMORY;
    memcpy(copy, data, size);
    enum cairn_status status = cairn_isa_decode(gfx, cairn_bytes_of(copy, size), insn);
    free(copy);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cairn_gfx *gfx = cairn_gfx_by_name("gfx90a", 6);
    size_t at = 0;
    while (at < size) {
        struct cairn_insn insn, again;
        if (cairn_isa_decode(gfx, cairn_bytes_of(data + at, size - at), &insn) != CAIRN_OK) {
            at += 4;
            continue;
        }
        check(insn.size_bytes >= 4 && insn.size_bytes <= size - at);
        check(decode_copy(gfx, data + at, insn.size_bytes, &again) == CAIRN_OK);
        check(again.op == insn.op && again.size_bytes == insn.size_bytes);
        check(decode_copy(gfx, data + at, insn.size_bytes - 1u, &again) != CAIRN_OK);
        check_text(gfx, &insn);
        at += insn.size_bytes;
    }
    return 0;
}
