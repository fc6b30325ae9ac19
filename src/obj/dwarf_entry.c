/* SPDX-License-Identifier: MIT
 * Units of .debug_info and the entries in them (DWARF 5, 7.5.1 to 7.5.4): what an entry covers,
 * what it is called, and where it was called from.
 */
#include "obj/dwarf_priv.h"
#include "obj/line_priv.h"

/* DWARF 5, 7.5.4, table 7.5 */
enum {
    NAME = 0x03,
    STMT_LIST = 0x10,
    LOW_PC = 0x11,
    HIGH_PC = 0x12,
    COMP_DIR = 0x1b,
    ABSTRACT_ORIGIN = 0x31,
    SPECIFICATION = 0x47,
    RANGES = 0x55,
    CALL_COLUMN = 0x57,
    CALL_FILE = 0x58,
    CALL_LINE = 0x59,
    LINKAGE_NAME = 0x6e,
    STR_OFFSETS_BASE = 0x72,
    ADDR_BASE = 0x73,
    RNGLISTS_BASE = 0x74,
    MIPS_LINKAGE_NAME = 0x2007, /* before DWARF 4 */
};
enum { FORM_IMPLICIT_CONST = 0x21 };
enum { UNIT_COMPILE = 1, UNIT_PARTIAL = 3 }; /* 7.5.1, table 7.2; only they have code */

/* ---- units ---- */

static enum cairn_status take_length(struct cairn_bytes *in, uint8_t *offset_bytes,
                                     uint64_t *length)
{
    enum cairn_status status = cairn_dwarf_take_number(in, 4, length);
    *offset_bytes = 4;
    if (status != CAIRN_OK || *length != UINT32_MAX)
        return status;
    *offset_bytes = 8;
    return cairn_dwarf_take_number(in, 8, length);
}

static enum cairn_status read_header(struct cairn_bytes in, struct cairn_dwarf_unit *unit)
{
    uint8_t kind = UNIT_COMPILE, address_bytes = 0;
    uint64_t abbrevs = 0;
    enum cairn_status status = cairn_bytes_take_u16(&in, &unit->version);
    if (status == CAIRN_OK && (unit->version < 2 || unit->version > 5))
        return CAIRN_ERR_UNSUPPORTED;
    if (status == CAIRN_OK && unit->version >= 5)
        status = cairn_bytes_take_u8(&in, &kind);
    if (status == CAIRN_OK && unit->version >= 5)
        status = cairn_bytes_take_u8(&in, &address_bytes);
    if (status == CAIRN_OK)
        status = cairn_dwarf_take_number(&in, unit->offset_bytes, &abbrevs);
    if (status == CAIRN_OK && unit->version < 5)
        status = cairn_bytes_take_u8(&in, &address_bytes);
    if (status != CAIRN_OK)
        return status;
    unit->entries = in;
    unit->abbrevs = unit->dwarf->abbrevs;
    if ((kind != UNIT_COMPILE && kind != UNIT_PARTIAL) || address_bytes != 8)
        return CAIRN_ERR_UNSUPPORTED;
    struct cairn_bytes before;
    return cairn_bytes_take_part(&unit->abbrevs, abbrevs, &before);
}

bool cairn_dwarf_take_unit(const struct cairn_dwarf *dwarf, struct cairn_bytes *in, uint64_t at,
                           struct cairn_dwarf_unit *unit)
{
    struct cairn_bytes body;
    uint64_t length;
    const uint8_t *begin = in->at;
    *unit = (struct cairn_dwarf_unit){.dwarf = dwarf, .at = at};
    if (in->left == 0 || take_length(in, &unit->offset_bytes, &length) != CAIRN_OK ||
        cairn_bytes_take_part(in, length, &body) != CAIRN_OK)
        return false;
    unit->all = cairn_bytes_of(begin, (size_t)(in->at - begin));
    if (read_header(body, unit) != CAIRN_OK)
        unit->version = 0;
    return true;
}

/* ---- kinds of entries: number, tag, whether children follow, pairs of attribute and form ---- */

struct kind {
    uint64_t code, tag;
    uint8_t has_children;
    struct cairn_bytes attributes; /* and all that follows */
};

struct attribute {
    uint64_t name, form;
    int64_t constant; /* with FORM_IMPLICIT_CONST */
};

static enum cairn_status take_kind(struct cairn_bytes *in, struct kind *out)
{
    enum cairn_status status = cairn_line_take_uleb(in, &out->code);
    if (status == CAIRN_OK && out->code == 0)
        return CAIRN_ERR_NOT_FOUND; /* the table's end */
    if (status == CAIRN_OK)
        status = cairn_line_take_uleb(in, &out->tag);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u8(in, &out->has_children);
    out->attributes = *in;
    return status;
}

static enum cairn_status take_attribute(struct cairn_bytes *in, struct attribute *out)
{
    enum cairn_status status = cairn_line_take_uleb(in, &out->name);
    out->constant = 0;
    if (status == CAIRN_OK)
        status = cairn_line_take_uleb(in, &out->form);
    if (status == CAIRN_OK && out->form == FORM_IMPLICIT_CONST)
        status = cairn_line_take_sleb(in, &out->constant);
    return status;
}

static enum cairn_status skip_attributes(struct cairn_bytes *in)
{
    struct attribute attribute;
    enum cairn_status status;
    do
        status = take_attribute(in, &attribute);
    while (status == CAIRN_OK && (attribute.name != 0 || attribute.form != 0));
    return status;
}

/* Compilers number kinds from 1: where they begin is kept, up to a bound. */
static enum cairn_status find_kind(struct cairn_dwarf_unit *unit, uint64_t code, struct kind *out)
{
    struct cairn_bytes in = unit->abbrevs;
    enum cairn_status status = CAIRN_OK;
    if (code < CAIRN_DWARF_ABBREVS && unit->known[code] != 0) {
        in.at += unit->known[code] - 1;
        in.left -= unit->known[code] - 1;
    }
    while (status == CAIRN_OK) {
        size_t at = (size_t)(in.at - unit->abbrevs.at);
        status = take_kind(&in, out);
        if (status == CAIRN_OK && out->code < CAIRN_DWARF_ABBREVS && at < UINT32_MAX &&
            unit->known[out->code] == 0)
            unit->known[out->code] = (uint32_t)at + 1;
        if (status == CAIRN_OK && out->code == code)
            return CAIRN_OK;
        if (status == CAIRN_OK)
            status = skip_attributes(&in);
    }
    return status;
}

/* ---- entries ---- */

static void note_place(uint64_t name, const struct cairn_dwarf_value *value,
                       struct cairn_dwarf_entry *out)
{
    switch (name) {
    case LOW_PC:
        out->has_low = value->class == CAIRN_DWARF_ADDRESS;
        out->low = value->number;
        break;
    case HIGH_PC:
        out->has_high = value->class == CAIRN_DWARF_ADDRESS || value->class == CAIRN_DWARF_NUMBER;
        out->high_is_length = value->class == CAIRN_DWARF_NUMBER;
        out->high = value->number;
        break;
    case RANGES:
        out->has_ranges = true;
        out->ranges = *value;
        break;
    case CALL_FILE:
        out->call_file = value->number;
        break;
    case CALL_LINE:
        out->call_line = (uint32_t)value->number;
        break;
    case CALL_COLUMN:
        out->call_column = (uint32_t)value->number;
        break;
    default:
        break;
    }
}

static void note_name(uint64_t name, const struct cairn_dwarf_value *value,
                      struct cairn_dwarf_entry *out)
{
    const char *text = value->class == CAIRN_DWARF_STRING ? value->text : NULL;
    switch (name) {
    case NAME:
        out->name = text;
        break;
    case LINKAGE_NAME:
    case MIPS_LINKAGE_NAME:
        out->linkage_name = text;
        break;
    case COMP_DIR:
        out->folder = text;
        break;
    case ABSTRACT_ORIGIN:
    case SPECIFICATION:
        if (value->class == CAIRN_DWARF_REFERENCE)
            out->origin = value->number;
        break;
    default:
        break;
    }
}

static void note_base(uint64_t name, const struct cairn_dwarf_value *value,
                      struct cairn_dwarf_entry *out)
{
    switch (name) {
    case STMT_LIST:
        out->has_lines = true;
        out->lines = value->number;
        break;
    case STR_OFFSETS_BASE:
        out->string_base = value->number;
        break;
    case ADDR_BASE:
        out->address_base = value->number;
        break;
    case RNGLISTS_BASE:
        out->range_base = value->number;
        break;
    default:
        break;
    }
}

enum cairn_status cairn_dwarf_take_entry(struct cairn_dwarf_unit *unit, struct cairn_bytes *in,
                                         struct cairn_dwarf_entry *out)
{
    struct kind kind;
    struct attribute attribute;
    struct cairn_dwarf_value value;
    uint64_t code;
    *out = (struct cairn_dwarf_entry){0};
    enum cairn_status status = cairn_line_take_uleb(in, &code);
    if (status != CAIRN_OK || code == 0)
        return status;
    status = find_kind(unit, code, &kind);
    out->tag = kind.tag;
    out->has_children = kind.has_children != 0;
    while (status == CAIRN_OK) {
        status = take_attribute(&kind.attributes, &attribute);
        if (status != CAIRN_OK || (attribute.name == 0 && attribute.form == 0))
            break;
        status = cairn_dwarf_take_value(unit, in, attribute.form, &value);
        if (status != CAIRN_OK)
            break;
        if (attribute.form == FORM_IMPLICIT_CONST)
            value.number = (uint64_t)attribute.constant;
        note_place(attribute.name, &value, out);
        note_name(attribute.name, &value, out);
        note_base(attribute.name, &value, out);
    }
    return status;
}
