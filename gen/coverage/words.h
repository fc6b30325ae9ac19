/* SPDX-License-Identifier: MIT
 * What the helper programs of this folder read: an instruction a line, as up to five hexadecimal
 * dwords.
 */
#ifndef GEN_COVERAGE_WORDS_H
#define GEN_COVERAGE_WORDS_H

#include "isa/isa.h"

#include <stdlib.h>

static inline enum cairn_status decode_line(const struct cairn_gfx *gfx, char *line,
                                            struct cairn_insn *insn)
{
    uint32_t words[5];
    size_t count = 0;
    for (char *at = line, *end; count < 5; at = end) {
        unsigned long word = strtoul(at, &end, 16);
        if (end == at)
            break;
        words[count++] = (uint32_t)word;
    }
    return cairn_isa_decode(gfx, cairn_bytes_of(words, count * 4), insn);
}

#endif
