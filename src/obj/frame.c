/* SPDX-License-Identifier: MIT
 * Finds the unit of .debug_info that covers an address, in it the function and the functions that
 * were inlined there, and joins them with the unit's line table. An entry is read at most once a
 * question (but for names, which entries may borrow), which bounds the time.
 */
#include "obj/frame.h"
#include "obj/dwarf_priv.h"
#include "obj/line_priv.h"

#include <stdlib.h>

enum { SUBPROGRAM = 0x2e, INLINED_SUBROUTINE = 0x1d }; /* DWARF 5, 7.5.3, table 7.3 */
enum { FRAMES = 64, NAME_HOPS = 8 };

struct search {
    struct cairn_dwarf dwarf;
    struct cairn_dwarf_unit unit;
    struct cairn_dwarf_entry root, chain[FRAMES]; /* the function, then what is inlined in it */
    uint32_t depth[FRAMES], count;
    uint64_t vaddr;
};

/* ---- entries ---- */

/* The first entry says where the unit's tables begin, after values that count in them. */
static bool read_root(struct search *search, struct cairn_bytes *in)
{
    struct cairn_dwarf_unit *unit = &search->unit;
    struct cairn_bytes first = *in;
    if (cairn_dwarf_take_entry(unit, &first, &search->root) != CAIRN_OK)
        return false;
    unit->string_base = search->root.string_base;
    unit->address_base = search->root.address_base;
    unit->range_base = search->root.range_base;
    if (cairn_dwarf_take_entry(unit, in, &search->root) != CAIRN_OK)
        return false;
    unit->low = search->root.has_low ? search->root.low : 0;
    return true;
}

static void note(struct search *search, const struct cairn_dwarf_entry *entry, uint32_t depth)
{
    if (search->count == FRAMES ||
        (search->count != 0 && depth <= search->depth[search->count - 1]))
        return;
    search->depth[search->count] = depth;
    search->chain[search->count++] = *entry;
}

/* Entries of code nest, so those that cover the address come one inside another. */
static void find_chain(struct search *search, struct cairn_bytes in)
{
    struct cairn_dwarf_entry entry;
    uint32_t depth = 1;
    while (in.left != 0 && depth != 0 &&
           cairn_dwarf_take_entry(&search->unit, &in, &entry) == CAIRN_OK) {
        if (entry.tag == 0) {
            depth--;
            continue;
        }
        if (search->count != 0 && depth <= search->depth[0])
            return; /* the function is through */
        if (entry.tag == (search->count == 0 ? SUBPROGRAM : INLINED_SUBROUTINE) &&
            cairn_dwarf_covers(&search->unit, &entry, search->vaddr))
            note(search, &entry, depth);
        depth += entry.has_children;
    }
}

static bool find_unit(struct search *search)
{
    struct cairn_bytes in = search->dwarf.info;
    while (cairn_dwarf_take_unit(&search->dwarf, &in, (uint64_t)(in.at - search->dwarf.info.at),
                                 &search->unit)) {
        struct cairn_bytes entries = search->unit.entries;
        if (search->unit.version == 0 || !read_root(search, &entries) ||
            !cairn_dwarf_covers(&search->unit, &search->root, search->vaddr))
            continue;
        find_chain(search, entries);
        return true;
    }
    return false;
}

/* Only inside of the same unit: compilers put what they inline there. */
static const char *name_of(struct search *search, const struct cairn_dwarf_entry *from)
{
    struct cairn_dwarf_entry entry = *from;
    const char *plain = entry.name;
    for (unsigned hop = 0; entry.linkage_name == NULL && hop < NAME_HOPS; hop++) {
        struct cairn_bytes in = search->unit.all, before;
        uint64_t offset = entry.origin - search->unit.at;
        if (entry.origin < search->unit.at || cairn_bytes_slice(in, 0, offset, &before) != CAIRN_OK)
            break;
        in.at += offset;
        in.left -= offset;
        if (offset == 0 || cairn_dwarf_take_entry(&search->unit, &in, &entry) != CAIRN_OK)
            break;
        plain = plain != NULL ? plain : entry.name;
    }
    return entry.linkage_name != NULL ? entry.linkage_name : plain;
}

/* ---- places ---- */

/* Paths that the compiler was given relative to where it ran are completed. */
static void complete(const char *folder, char file[CAIRN_FRAME_FILE_BYTES])
{
    size_t length = strlen(file), extra = folder != NULL ? strlen(folder) + 1 : 0;
    if (file[0] == '/' || extra <= 1 || extra + length >= CAIRN_FRAME_FILE_BYTES)
        return;
    memmove(file + extra, file, length + 1);
    memcpy(file, folder, extra - 1);
    file[extra - 1] = '/';
}

static void name_file(const struct search *search, const struct cairn_line_unit *lines,
                      uint64_t number, struct cairn_frame *frame)
{
    if (cairn_line_file_name(search->dwarf.line_strings, lines, number, frame->file,
                             sizeof frame->file))
        complete(search->root.folder, frame->file);
    else
        frame->file[0] = '\0';
}

/* False: no unit, or the address has no row in it. */
static bool find_row(const struct search *search, struct cairn_line_unit *lines,
                     struct cairn_line_row *row)
{
    struct cairn_bytes in = search->dwarf.lines, before;
    *lines = (struct cairn_line_unit){0};
    if (!search->root.has_lines ||
        cairn_bytes_slice(in, 0, search->root.lines, &before) != CAIRN_OK)
        return false;
    in.at += search->root.lines;
    in.left -= search->root.lines;
    return cairn_line_take_unit(&in, lines) && lines->version != 0 &&
           cairn_line_find_row(lines, search->vaddr, row);
}

static void find_sections(struct cairn_bytes image, struct cairn_dwarf *dwarf)
{
    const struct cairn_line_section wanted[] = {
        {".debug_info", &dwarf->info},
        {".debug_abbrev", &dwarf->abbrevs},
        {".debug_str", &dwarf->strings},
        {".debug_line_str", &dwarf->line_strings},
        {".debug_str_offsets", &dwarf->string_offsets},
        {".debug_addr", &dwarf->addresses},
        {".debug_rnglists", &dwarf->range_lists},
        {".debug_ranges", &dwarf->ranges},
        {".debug_line", &dwarf->lines},
    };
    cairn_line_find_sections(image, wanted, sizeof wanted / sizeof wanted[0]);
}

static uint32_t tell(struct search *search, struct cairn_frame *frame,
                     void (*each)(const struct cairn_frame *frame, void *context), void *context)
{
    struct cairn_line_unit lines;
    struct cairn_line_row row;
    bool has_row = find_row(search, &lines, &row);
    if (has_row) {
        name_file(search, &lines, row.file, frame);
        frame->line = row.line;
        frame->column = row.column;
    }
    if (search->count == 0) { /* lines alone */
        frame->outermost = true;
        if (has_row)
            each(frame, context);
        return has_row;
    }
    for (uint32_t i = search->count; i-- != 0;) {
        const struct cairn_dwarf_entry *entry = &search->chain[i];
        frame->name = name_of(search, entry);
        frame->outermost = i == 0;
        each(frame, context);
        name_file(search, &lines, entry->call_file, frame);
        frame->line = entry->call_line;
        frame->column = entry->call_column;
    }
    return search->count;
}

uint32_t cairn_frames_find(struct cairn_bytes image, uint64_t vaddr,
                           void (*each)(const struct cairn_frame *frame, void *context),
                           void *context)
{
    uint32_t count = 0;
    struct search *search = calloc(1, sizeof *search);
    struct cairn_frame *frame = calloc(1, sizeof *frame);
    if (search != NULL && frame != NULL) {
        search->vaddr = vaddr;
        find_sections(image, &search->dwarf);
        if (find_unit(search))
            count = tell(search, frame, each, context);
    }
    free(frame);
    free(search);
    return count;
}
