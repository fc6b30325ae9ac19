/* SPDX-License-Identifier: MIT
 * Reads instructions from stdin, a line each of up to five hexadecimal dwords, and answers a line
 * each: "yes NAME", "no NAME" (the interpreter stops the wave with "unimplemented instruction") or
 * "illegal".
 */
#include "words.h"

#include "interp/interp.h"

#include <stdio.h>

int main(void)
{
    char line[256];
    const struct cairn_gfx *gfx = cairn_gfx_by_name("gfx90a", 6);
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct cairn_insn insn;
        if (decode_line(gfx, line, &insn) != CAIRN_OK)
            puts("illegal");
        else
            printf("%s %s\n", cairn_interp_has(&insn) ? "yes" : "no", cairn_isa_mnemonic(&insn));
    }
    return 0;
}
