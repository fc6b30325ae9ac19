/* SPDX-License-Identifier: MIT
 * Every memory instruction of gfx90a that the decoder knows has a handler, but for the six GWS
 * ones. Found by trying all opcodes of each encoding.
 */
#include "machine.h"

#include <string.h>

static const struct {
    const char *name;
    uint32_t first, second; /* words with opcode 0 */
    unsigned shift, opcodes;
    unsigned known, handled; /* known: 0 if it does not matter */
} encodings[] = {
    {"DS", 0xd8000000, 0, 17, 256, 118, 118},
    {"DS with the gds bit", 0xd8010000, 0, 17, 256, 0, 0},
    {"FLAT", 0xdc000000, 0, 18, 128, 51, 51},
    {"GLOBAL", 0xdc008000, 0x007f0000, 18, 128, 53, 53},
    {"SCRATCH", 0xdc004000, 0x007f0000, 18, 128, 22, 22},
    {"MUBUF", 0xe0000000, 0x80000000, 18, 128, 76, 76},
    {"MTBUF", 0xe8000000, 0x80000000, 15, 16, 16, 16},
    {"MIMG", 0xf0000100, 0, 18, 128, 25, 25},
};

static bool decodes(uint32_t first, uint32_t second, struct cairn_insn *insn)
{
    uint32_t words[2] = {first, second};
    return cairn_isa_decode(cairn_gfx_at(CAIRN_GFX_gfx90a), cairn_bytes_of(words, sizeof words),
                            insn) == CAIRN_OK;
}

static void every_memory_instruction_has_a_handler(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        unsigned known = 0, handled = 0;
        for (unsigned opcode = 0; opcode < encodings[i].opcodes; opcode++) {
            struct cairn_insn insn;
            uint32_t first = encodings[i].first | opcode << encodings[i].shift;
            /* buffer_store_lds_dword exists with the lds bit alone */
            if (!decodes(first, encodings[i].second, &insn) &&
                !(i == 5 && decodes(first | 1 << 16, encodings[i].second, &insn)))
                continue;
            known++;
            handled += cairn_interp_memory_select(&insn) != NULL;
        }
        bool all = encodings[i].known == 0 || known == encodings[i].known;
        if (!all || handled != encodings[i].handled)
            fail_msg("%s: %u instructions, %u with a handler; expected %u and %u",
                     encodings[i].name, known, handled, encodings[i].known, encodings[i].handled);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_memory_instruction_has_a_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
