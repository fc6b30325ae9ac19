/* SPDX-License-Identifier: MIT
 * Which code an entry covers: one range in it, or a list elsewhere (DWARF 5, 2.17.3 and 7.25; DWARF
 * 4, 2.17.3). Bounded by the section that the list is in.
 */
#include "obj/dwarf_priv.h"
#include "obj/line_priv.h"

/* DWARF 5, 7.25 */
enum {
    END_OF_LIST,
    BASE_ADDRESSX,
    STARTX_ENDX,
    STARTX_LENGTH,
    OFFSET_PAIR,
    BASE_ADDRESS,
    START_END,
    START_LENGTH,
};
enum { FORM_RNGLISTX = 0x23 };

struct range {
    uint64_t from, to;
};

static bool is_in(const struct range *range, uint64_t vaddr)
{
    return range->from <= vaddr && vaddr < range->to;
}

static enum cairn_status take_indexed(const struct cairn_dwarf_unit *unit, struct cairn_bytes *in,
                                      uint64_t *out)
{
    uint64_t index;
    enum cairn_status status = cairn_line_take_uleb(in, &index);
    return status == CAIRN_OK ? cairn_dwarf_address(unit, index, out) : status;
}

/* The first operand of an entry of the list, then its second. */
static enum cairn_status take_operands(const struct cairn_dwarf_unit *unit, struct cairn_bytes *in,
                                       uint8_t kind, struct range *out)
{
    enum cairn_status status;
    out->to = 0;
    if (kind == BASE_ADDRESSX || kind == STARTX_ENDX || kind == STARTX_LENGTH)
        status = take_indexed(unit, in, &out->from);
    else if (kind == OFFSET_PAIR)
        status = cairn_line_take_uleb(in, &out->from);
    else
        status = cairn_bytes_take_u64(in, &out->from);
    if (status != CAIRN_OK || kind == BASE_ADDRESS || kind == BASE_ADDRESSX)
        return status;
    if (kind == STARTX_ENDX)
        return take_indexed(unit, in, &out->to);
    return kind == START_END ? cairn_bytes_take_u64(in, &out->to)
                             : cairn_line_take_uleb(in, &out->to);
}

static bool list_covers(const struct cairn_dwarf_unit *unit, struct cairn_bytes in, uint64_t vaddr)
{
    uint64_t base = unit->low;
    uint8_t kind;
    struct range range;
    while (cairn_bytes_take_u8(&in, &kind) == CAIRN_OK && kind != END_OF_LIST &&
           kind <= START_LENGTH && take_operands(unit, &in, kind, &range) == CAIRN_OK) {
        if (kind == BASE_ADDRESS || kind == BASE_ADDRESSX) {
            base = range.from;
            continue;
        }
        if (kind == OFFSET_PAIR) {
            range.from += base;
            range.to += base;
        } else if (kind == STARTX_LENGTH || kind == START_LENGTH)
            range.to += range.from;
        if (is_in(&range, vaddr))
            return true;
    }
    return false;
}

/* Pairs; one of zeros ends them, one that begins with all ones moves what they count from. */
static bool old_list_covers(uint64_t base, struct cairn_bytes in, uint64_t vaddr)
{
    struct range range;
    while (cairn_bytes_take(&in, &range, sizeof range) == CAIRN_OK &&
           (range.from != 0 || range.to != 0)) {
        if (range.from == UINT64_MAX) {
            base = range.to;
            continue;
        }
        range.from += base;
        range.to += base;
        if (is_in(&range, vaddr))
            return true;
    }
    return false;
}

/* A list by its number: a table of offsets that count from where the table begins. */
static bool find_list(const struct cairn_dwarf_unit *unit, uint64_t index, uint64_t *offset)
{
    struct cairn_bytes in;
    uint64_t at;
    if (__builtin_mul_overflow(index, unit->offset_bytes, &at) ||
        __builtin_add_overflow(at, unit->range_base, &at) ||
        cairn_bytes_slice(unit->dwarf->range_lists, at, unit->offset_bytes, &in) != CAIRN_OK ||
        cairn_dwarf_take_number(&in, unit->offset_bytes, offset) != CAIRN_OK)
        return false;
    return !__builtin_add_overflow(*offset, unit->range_base, offset);
}

static bool ranges_cover(const struct cairn_dwarf_unit *unit, const struct cairn_dwarf_value *value,
                         uint64_t vaddr)
{
    struct cairn_bytes in = unit->version >= 5 ? unit->dwarf->range_lists : unit->dwarf->ranges;
    uint64_t offset = value->number;
    if (value->form == FORM_RNGLISTX && !find_list(unit, value->number, &offset))
        return false;
    if (offset > in.left)
        return false;
    in.at += offset;
    in.left -= offset;
    return unit->version >= 5 ? list_covers(unit, in, vaddr)
                              : old_list_covers(unit->low, in, vaddr);
}

bool cairn_dwarf_covers(const struct cairn_dwarf_unit *unit, const struct cairn_dwarf_entry *entry,
                        uint64_t vaddr)
{
    if (entry->has_ranges)
        return ranges_cover(unit, &entry->ranges, vaddr);
    if (!entry->has_low || !entry->has_high)
        return false;
    struct range range = {entry->low,
                          entry->high_is_length ? entry->low + entry->high : entry->high};
    return is_in(&range, vaddr);
}
