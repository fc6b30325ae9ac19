/* SPDX-License-Identifier: MIT
 * The decoder and formatter on a pipe, for tests that compare them with another disassembler.
 *   isa_text words   a line of up to five hexadecimal dwords -> "SIZE text", or "illegal"
 *   isa_text code    raw code -> "OFFSET SIZE text" an instruction; an illegal one takes a dword
 */
#include "isa/isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DWORDS = 5 };

static const struct cairn_gfx *chip;

/* Size of the instruction; 0 if it is illegal or cut off. */
static unsigned describe(struct cairn_bytes code, uint64_t pc, char *text, size_t size)
{
    struct cairn_insn insn;
    if (cairn_isa_decode(chip, code, &insn) != CAIRN_OK) {
        snprintf(text, size, "illegal");
        return 0;
    }
    cairn_isa_format(chip, &insn, pc, text, size);
    return insn.size_bytes;
}

static int words_mode(void)
{
    char line[256], text[512];
    while (fgets(line, sizeof line, stdin) != NULL) {
        uint32_t words[MAX_DWORDS];
        size_t count = 0;
        char *end = line;
        while (count < MAX_DWORDS) {
            char *start = end;
            unsigned long value = strtoul(start, &end, 16);
            if (end == start)
                break;
            words[count++] = (uint32_t)value;
        }
        unsigned size = describe(cairn_bytes_of(words, 4 * count), 0, text, sizeof text);
        if (size == 0)
            puts("illegal");
        else
            printf("%u %s\n", size, text);
    }
    return 0;
}

static int code_mode(void)
{
    static uint8_t code[64 << 20];
    size_t size = fread(code, 1, sizeof code, stdin);
    char text[512];
    for (size_t at = 0; at + 4 <= size;) {
        unsigned length = describe(cairn_bytes_of(code + at, size - at), at, text, sizeof text);
        printf("%zx %u %s\n", at, length, text);
        at += length == 0 ? 4 : length;
    }
    return 0;
}

int main(int argc, char **argv)
{
    chip = cairn_gfx_by_name("gfx90a", 6);
    if (argc == 2 && strcmp(argv[1], "words") == 0)
        return words_mode();
    if (argc == 2 && strcmp(argv[1], "code") == 0)
        return code_mode();
    fprintf(stderr, "usage: isa_text words|code\n");
    return 2;
}
