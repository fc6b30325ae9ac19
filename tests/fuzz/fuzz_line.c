/* SPDX-License-Identifier: MIT
 * Any bytes as a code object with debug information, and as line tables themselves: .debug_line,
 * the other half .debug_line_str. Every address that a reader may be asked for gets an answer
 * within bounds.
 */
#include "obj/frame.h"
#include "obj/line_priv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct cairn_line_table *table)
{
    static const uint64_t addresses[] = {0, 1, 0x1000, 0x1904, 0x2000, UINT64_MAX - 1, UINT64_MAX};
    struct cairn_line_place place;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        if (cairn_line_find(table, addresses[i], &place) &&
            (place.line == 0 || memchr(place.file, '\0', sizeof place.file) == NULL))
            abort();
    cairn_line_table_destroy(table);
}

static void read_frame(const struct cairn_frame *frame, void *context)
{
    *(size_t *)context += strlen(frame->file) + (frame->name != NULL ? strlen(frame->name) : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t read = 0;
    for (uint64_t vaddr = 0x1000; vaddr < 0x2000; vaddr += 0x100)
        cairn_frames_find(cairn_bytes_of(data, size), vaddr, read_frame, &read);
    struct cairn_line_table *table;
    if (cairn_line_table_create(cairn_bytes_of(data, size), &table) == CAIRN_OK)
        ask(table);
    /* the first two bytes say where the strings begin */
    uint16_t split;
    struct cairn_bytes in = cairn_bytes_of(data, size), lines, strings;
    if (cairn_bytes_take_u16(&in, &split) != CAIRN_OK ||
        cairn_bytes_slice(in, 0, split, &lines) != CAIRN_OK ||
        cairn_bytes_slice(in, split, in.left - split, &strings) != CAIRN_OK ||
        cairn_line_table_copy(lines, strings, &table) != CAIRN_OK)
        return 0;
    ask(table);
    return 0;
}
