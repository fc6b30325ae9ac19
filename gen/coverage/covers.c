/* SPDX-License-Identifier: MIT
 * Reads instructions from stdin, a line each of up to five hexadecimal dwords, and answers a line
 * each: "yes NAME", "no NAME" (the interpreter stops the wave with "unimplemented instruction") or
 * "illegal".
 */
#include "interp/interp.h"
#include "isa/isa.h"

#include <stdio.h>
#include <stdlib.h>

static struct cairn_bytes parse_words(char *line, uint32_t words[5])
{
    size_t count = 0;
    for (char *at = line, *end; count < 5; at = end) {
        unsigned long word = strtoul(at, &end, 16);
        if (end == at)
            break;
        words[count++] = (uint32_t)word;
    }
    return cairn_bytes_of(words, count * 4);
}

int main(void)
{
    char line[256];
    const struct cairn_gfx *gfx = cairn_gfx_by_name("gfx90a", 6);
    while (fgets(line, sizeof line, stdin) != NULL) {
        uint32_t words[5];
        struct cairn_insn insn;
        if (cairn_isa_decode(gfx, parse_words(line, words), &insn) != CAIRN_OK)
            puts("illegal");
        else
            printf("%s %s\n", cairn_interp_has(&insn) ? "yes" : "no", cairn_isa_mnemonic(&insn));
    }
    return 0;
}
