/* SPDX-License-Identifier: MIT
 * One value of .debug_info, in any form that DWARF 2 to 5 have (DWARF 5, 7.5.6), and the tables of
 * strings and addresses that values count in (7.26, 7.27).
 */
#include "obj/dwarf_priv.h"
#include "obj/line_priv.h"

/* How the bytes of a form are laid out, and what they then mean. */
enum layout { NONE, FIXED, OFFSET, ULEB, SLEB, TEXT, BLOCK, INDIRECT };
enum meaning {
    PLAIN,
    NUMBER,
    ADDRESS,
    ADDRESS_INDEX,
    HERE,
    STRING,
    LINE_STRING,
    STRING_INDEX,
    IN_UNIT,
    IN_SECTION
};

struct form {
    uint8_t layout, size, meaning; /* BLOCK: size of its length, 0 for ULEB */
};

static const struct form forms[] = {
    [0x01] = {FIXED, 8, ADDRESS},      /* addr */
    [0x03] = {BLOCK, 2, PLAIN},        /* block2 */
    [0x04] = {BLOCK, 4, PLAIN},        /* block4 */
    [0x05] = {FIXED, 2, NUMBER},       /* data2 */
    [0x06] = {FIXED, 4, NUMBER},       /* data4 */
    [0x07] = {FIXED, 8, NUMBER},       /* data8 */
    [0x08] = {TEXT, 0, HERE},          /* string */
    [0x09] = {BLOCK, 0, PLAIN},        /* block */
    [0x0a] = {BLOCK, 1, PLAIN},        /* block1 */
    [0x0b] = {FIXED, 1, NUMBER},       /* data1 */
    [0x0c] = {FIXED, 1, PLAIN},        /* flag */
    [0x0d] = {SLEB, 0, NUMBER},        /* sdata */
    [0x0e] = {OFFSET, 0, STRING},      /* strp */
    [0x0f] = {ULEB, 0, NUMBER},        /* udata */
    [0x10] = {OFFSET, 0, IN_SECTION},  /* ref_addr */
    [0x11] = {FIXED, 1, IN_UNIT},      /* ref1 */
    [0x12] = {FIXED, 2, IN_UNIT},      /* ref2 */
    [0x13] = {FIXED, 4, IN_UNIT},      /* ref4 */
    [0x14] = {FIXED, 8, IN_UNIT},      /* ref8 */
    [0x15] = {ULEB, 0, IN_UNIT},       /* ref_udata */
    [0x16] = {INDIRECT, 0, PLAIN},     /* indirect */
    [0x17] = {OFFSET, 0, PLAIN},       /* sec_offset */
    [0x18] = {BLOCK, 0, PLAIN},        /* exprloc */
    [0x19] = {NONE, 0, PLAIN},         /* flag_present */
    [0x1a] = {ULEB, 0, STRING_INDEX},  /* strx */
    [0x1b] = {ULEB, 0, ADDRESS_INDEX}, /* addrx */
    [0x1c] = {FIXED, 4, PLAIN},        /* ref_sup4 */
    [0x1d] = {OFFSET, 0, PLAIN},       /* strp_sup */
    [0x1e] = {FIXED, 16, PLAIN},       /* data16 */
    [0x1f] = {OFFSET, 0, LINE_STRING}, /* line_strp */
    [0x20] = {FIXED, 8, PLAIN},        /* ref_sig8 */
    [0x21] = {NONE, 0, NUMBER},        /* implicit_const: in the entry's kind */
    [0x22] = {ULEB, 0, PLAIN},         /* loclistx */
    [0x23] = {ULEB, 0, PLAIN},         /* rnglistx */
    [0x24] = {FIXED, 8, PLAIN},        /* ref_sup8 */
    [0x25] = {FIXED, 1, STRING_INDEX}, /* strx1 to strx4 */
    [0x26] = {FIXED, 2, STRING_INDEX},  [0x27] = {FIXED, 3, STRING_INDEX},
    [0x28] = {FIXED, 4, STRING_INDEX},  [0x29] = {FIXED, 1, ADDRESS_INDEX}, /* addrx1 to addrx4 */
    [0x2a] = {FIXED, 2, ADDRESS_INDEX}, [0x2b] = {FIXED, 3, ADDRESS_INDEX},
    [0x2c] = {FIXED, 4, ADDRESS_INDEX},
};

enum cairn_status cairn_dwarf_take_number(struct cairn_bytes *in, size_t size, uint64_t *out)
{
    *out = 0; /* little-endian, as the host is */
    return cairn_bytes_take(in, out, size);
}

static enum cairn_status skip(struct cairn_bytes *in, uint64_t size)
{
    if (size > in->left)
        return CAIRN_ERR_TRUNCATED;
    in->at += size;
    in->left -= size;
    return CAIRN_OK;
}

static enum cairn_status take_block(struct cairn_bytes *in, uint8_t size)
{
    uint64_t length;
    enum cairn_status status =
        size == 0 ? cairn_line_take_uleb(in, &length) : cairn_dwarf_take_number(in, size, &length);
    return status == CAIRN_OK ? skip(in, length) : status;
}

static enum cairn_status take_bytes(const struct cairn_dwarf_unit *unit, struct cairn_bytes *in,
                                    struct form form, struct cairn_dwarf_value *out)
{
    switch ((enum layout)form.layout) {
    case NONE:
        return CAIRN_OK;
    case FIXED:
        return form.size > sizeof out->number
                   ? skip(in, form.size)
                   : cairn_dwarf_take_number(in, form.size, &out->number);
    case OFFSET: /* version 2 counts references between units in the target's addresses */
        return cairn_dwarf_take_number(
            in, unit->version == 2 && form.meaning == IN_SECTION ? 8 : unit->offset_bytes,
            &out->number);
    case ULEB:
        return cairn_line_take_uleb(in, &out->number);
    case SLEB: {
        int64_t number = 0;
        enum cairn_status status = cairn_line_take_sleb(in, &number);
        out->number = (uint64_t)number;
        return status;
    }
    case TEXT:
        return cairn_line_take_string(in, &out->text);
    case BLOCK:
        return take_block(in, form.size);
    case INDIRECT:
        break;
    }
    return CAIRN_ERR_UNSUPPORTED;
}

static const char *text_at(struct cairn_bytes section, uint64_t offset)
{
    const char *text;
    if (skip(&section, offset) != CAIRN_OK || cairn_line_take_string(&section, &text) != CAIRN_OK)
        return NULL;
    return text;
}

/* The number `index` of a table of numbers of `size` bytes that begins at `base`. */
static enum cairn_status number_at(struct cairn_bytes section, uint64_t base, uint64_t index,
                                   uint8_t size, uint64_t *out)
{
    uint64_t offset;
    if (__builtin_mul_overflow(index, size, &offset) || skip(&section, base) != CAIRN_OK ||
        skip(&section, offset) != CAIRN_OK)
        return CAIRN_ERR_OUT_OF_RANGE;
    return cairn_dwarf_take_number(&section, size, out);
}

enum cairn_status cairn_dwarf_address(const struct cairn_dwarf_unit *unit, uint64_t index,
                                      uint64_t *out)
{
    return number_at(unit->dwarf->addresses, unit->address_base, index, 8, out);
}

static void find_text(const struct cairn_dwarf_unit *unit, enum meaning meaning,
                      struct cairn_dwarf_value *out)
{
    uint64_t offset = out->number;
    out->class = CAIRN_DWARF_STRING;
    if (meaning == STRING_INDEX && number_at(unit->dwarf->string_offsets, unit->string_base,
                                             out->number, unit->offset_bytes, &offset) != CAIRN_OK)
        return;
    if (meaning != HERE)
        out->text = text_at(
            meaning == LINE_STRING ? unit->dwarf->line_strings : unit->dwarf->strings, offset);
}

static void interpret(const struct cairn_dwarf_unit *unit, enum meaning meaning,
                      struct cairn_dwarf_value *out)
{
    switch (meaning) {
    case PLAIN:
        break;
    case NUMBER:
        out->class = CAIRN_DWARF_NUMBER;
        break;
    case ADDRESS_INDEX:
        if (cairn_dwarf_address(unit, out->number, &out->number) != CAIRN_OK)
            break;
        out->class = CAIRN_DWARF_ADDRESS;
        break;
    case ADDRESS:
        out->class = CAIRN_DWARF_ADDRESS;
        break;
    case HERE:
    case STRING:
    case LINE_STRING:
    case STRING_INDEX:
        find_text(unit, meaning, out);
        break;
    case IN_UNIT:
        out->number += unit->at;
        out->class = CAIRN_DWARF_REFERENCE;
        break;
    case IN_SECTION:
        out->class = CAIRN_DWARF_REFERENCE;
        break;
    }
}

enum cairn_status cairn_dwarf_take_value(const struct cairn_dwarf_unit *unit,
                                         struct cairn_bytes *in, uint64_t number,
                                         struct cairn_dwarf_value *out)
{
    *out = (struct cairn_dwarf_value){.class = CAIRN_DWARF_OTHER};
    if (number == 0x16) { /* indirect: the form stands before the value */
        enum cairn_status status = cairn_line_take_uleb(in, &number);
        if (status != CAIRN_OK)
            return status;
    }
    if (number >= sizeof forms / sizeof forms[0])
        return CAIRN_ERR_UNSUPPORTED;
    struct form form = forms[number];
    if (form.layout == NONE && form.meaning == PLAIN && number != 0x19)
        return CAIRN_ERR_UNSUPPORTED;
    out->form = number;
    enum cairn_status status = take_bytes(unit, in, form, out);
    if (status == CAIRN_OK)
        interpret(unit, (enum meaning)form.meaning, out);
    return status;
}
