/* SPDX-License-Identifier: MIT
 * The header of a unit of .debug_line and the names in it (DWARF 5, 6.2.4; versions 2 to 4 list
 * their directories and files in a fixed form, version 5 in one that it describes first).
 */
#include "obj/line_priv.h"

/* DWARF 5, 7.22 (content types) and 7.5.6 (forms); the forms that 6.2.4.1 allows. */
enum { CONTENT_PATH = 1, CONTENT_DIRECTORY = 2 };
enum {
    FORM_BLOCK2 = 0x03,
    FORM_BLOCK4 = 0x04,
    FORM_DATA2 = 0x05,
    FORM_DATA4 = 0x06,
    FORM_DATA8 = 0x07,
    FORM_STRING = 0x08,
    FORM_BLOCK = 0x09,
    FORM_BLOCK1 = 0x0a,
    FORM_DATA1 = 0x0b,
    FORM_STRP = 0x0e,
    FORM_UDATA = 0x0f,
    FORM_DATA16 = 0x1e,
    FORM_LINE_STRP = 0x1f,
};

/* What one entry of a list says. */
struct entry {
    const char *name;     /* NULL: it is kept elsewhere */
    uint64_t name_offset; /* then, if not 0: 1 + where in .debug_line_str */
    uint64_t directory;
};

enum cairn_status cairn_line_take_uleb(struct cairn_bytes *in, uint64_t *out)
{
    uint64_t value = 0;
    uint8_t byte;
    unsigned shift = 0;
    do {
        enum cairn_status status = cairn_bytes_take_u8(in, &byte);
        if (status != CAIRN_OK)
            return status;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift = shift < 64 ? shift + 7 : shift;
    } while ((byte & 0x80) != 0);
    *out = value;
    return CAIRN_OK;
}

enum cairn_status cairn_line_take_sleb(struct cairn_bytes *in, int64_t *out)
{
    uint64_t value = 0;
    uint8_t byte;
    unsigned shift = 0;
    do {
        enum cairn_status status = cairn_bytes_take_u8(in, &byte);
        if (status != CAIRN_OK)
            return status;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift = shift < 64 ? shift + 7 : shift;
    } while ((byte & 0x80) != 0);
    if (shift < 64 && (byte & 0x40) != 0)
        value |= ~(uint64_t)0 << shift;
    *out = (int64_t)value;
    return CAIRN_OK;
}

enum cairn_status cairn_line_take_string(struct cairn_bytes *in, const char **out)
{
    const uint8_t *end = in->left != 0 ? memchr(in->at, '\0', in->left) : NULL;
    if (end == NULL)
        return CAIRN_ERR_TRUNCATED;
    size_t size = (size_t)(end - in->at) + 1;
    *out = (const char *)in->at;
    in->at += size;
    in->left -= size;
    return CAIRN_OK;
}

static enum cairn_status take_offset(struct cairn_bytes *in, uint8_t bytes, uint64_t *out)
{
    uint32_t narrow;
    if (bytes == sizeof *out)
        return cairn_bytes_take_u64(in, out);
    enum cairn_status status = cairn_bytes_take_u32(in, &narrow);
    if (status == CAIRN_OK)
        *out = narrow;
    return status;
}

/* ---- header ---- */

/* unit_length: 32 bits, or all ones and then 64. */
static enum cairn_status take_length(struct cairn_bytes *in, uint8_t *offset_bytes,
                                     uint64_t *length)
{
    uint32_t narrow;
    enum cairn_status status = cairn_bytes_take_u32(in, &narrow);
    *offset_bytes = narrow == UINT32_MAX ? 8 : 4;
    if (status == CAIRN_OK && narrow == UINT32_MAX)
        return cairn_bytes_take_u64(in, length);
    *length = narrow;
    return status;
}

static enum cairn_status take_fields(struct cairn_bytes *in, struct cairn_line_unit *unit)
{
    uint8_t skipped, line_base;
    enum cairn_status status = cairn_bytes_take_u8(in, &unit->unit_bytes);
    if (status == CAIRN_OK && unit->version >= 4) /* operations of one instruction: 1 */
        status = cairn_bytes_take_u8(in, &skipped);
    if (status == CAIRN_OK) /* whether rows begin statements */
        status = cairn_bytes_take_u8(in, &skipped);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u8(in, &line_base);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u8(in, &unit->line_range);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_u8(in, &unit->opcode_base);
    if (status != CAIRN_OK)
        return status;
    unit->line_base = (int8_t)line_base;
    if (unit->line_range == 0 || unit->opcode_base == 0)
        return CAIRN_ERR_BAD_FORMAT;
    return cairn_bytes_take_part(in, unit->opcode_base - 1u, &unit->opcode_lengths);
}

static enum cairn_status read_header(struct cairn_bytes in, struct cairn_line_unit *unit)
{
    uint64_t size;
    uint8_t segment_bytes;
    struct cairn_bytes header;
    enum cairn_status status = cairn_bytes_take_u16(&in, &unit->version);
    if (status == CAIRN_OK && (unit->version < 2 || unit->version > 5))
        return CAIRN_ERR_UNSUPPORTED;
    unit->address_bytes = 8;
    if (status == CAIRN_OK && unit->version >= 5)
        status = cairn_bytes_take_u8(&in, &unit->address_bytes);
    if (status == CAIRN_OK && unit->version >= 5)
        status = cairn_bytes_take_u8(&in, &segment_bytes);
    if (status == CAIRN_OK)
        status = take_offset(&in, unit->offset_bytes, &size);
    if (status == CAIRN_OK)
        status = cairn_bytes_take_part(&in, size, &header);
    if (status == CAIRN_OK)
        status = take_fields(&header, unit);
    unit->names = header;
    unit->program = in;
    return status;
}

bool cairn_line_take_unit(struct cairn_bytes *in, struct cairn_line_unit *unit)
{
    uint64_t length;
    struct cairn_bytes body;
    *unit = (struct cairn_line_unit){0};
    if (in->left == 0 || take_length(in, &unit->offset_bytes, &length) != CAIRN_OK ||
        cairn_bytes_take_part(in, length, &body) != CAIRN_OK)
        return false;
    if (read_header(body, unit) != CAIRN_OK || unit->address_bytes != 8)
        unit->version = 0;
    return true;
}

/* ---- names, versions 2 to 4: numbered from 1; directory 0 is where the compiler ran ---- */

static const char *old_directory(struct cairn_bytes names, uint64_t wanted)
{
    const char *name;
    for (uint64_t i = 1; cairn_line_take_string(&names, &name) == CAIRN_OK && name[0] != '\0'; i++)
        if (i == wanted)
            return name;
    return NULL;
}

static enum cairn_status old_file(struct cairn_bytes names, uint64_t wanted, struct entry *out)
{
    enum cairn_status status;
    uint64_t unused;
    do
        status = cairn_line_take_string(&names, &out->name);
    while (status == CAIRN_OK && out->name[0] != '\0');
    for (uint64_t i = 1; status == CAIRN_OK; i++) {
        status = cairn_line_take_string(&names, &out->name);
        if (status == CAIRN_OK && out->name[0] == '\0')
            return CAIRN_ERR_NOT_FOUND;
        if (status == CAIRN_OK)
            status = cairn_line_take_uleb(&names, &out->directory);
        if (status == CAIRN_OK) /* time */
            status = cairn_line_take_uleb(&names, &unused);
        if (status == CAIRN_OK) /* size */
            status = cairn_line_take_uleb(&names, &unused);
        if (status == CAIRN_OK && i == wanted)
            return CAIRN_OK;
    }
    return status;
}

/* ---- names, version 5: numbered from 0; a list begins with the forms of its entries ---- */

struct list {
    uint8_t format_count;
    struct cairn_bytes formats;
    uint64_t entry_count;
};

static enum cairn_status take_list(struct cairn_bytes *in, struct list *list)
{
    enum cairn_status status = cairn_bytes_take_u8(in, &list->format_count);
    list->formats = *in;
    uint64_t unused;
    for (unsigned i = 0; status == CAIRN_OK && i < 2u * list->format_count; i++)
        status = cairn_line_take_uleb(in, &unused);
    if (status == CAIRN_OK)
        status = cairn_line_take_uleb(in, &list->entry_count);
    /* entries of no bytes would be a loop without end */
    if (status == CAIRN_OK && list->format_count == 0 && list->entry_count != 0)
        return CAIRN_ERR_BAD_FORMAT;
    return status;
}

static enum cairn_status take_text(const struct cairn_line_unit *unit, struct cairn_bytes *in,
                                   uint64_t form, struct entry *entry)
{
    uint64_t offset;
    entry->name = NULL;
    entry->name_offset = 0;
    if (form == FORM_STRING)
        return cairn_line_take_string(in, &entry->name);
    enum cairn_status status = take_offset(in, unit->offset_bytes, &offset);
    if (status == CAIRN_OK && form == FORM_LINE_STRP)
        entry->name_offset = offset + 1;
    return status;
}

/* Only for the entry that is wanted: strings elsewhere may be long, and named by many entries. */
static enum cairn_status find_name(struct cairn_bytes strings, struct entry *entry)
{
    if (entry->name != NULL || entry->name_offset == 0)
        return CAIRN_OK;
    if (entry->name_offset > strings.left)
        return CAIRN_ERR_OUT_OF_RANGE;
    strings.at += entry->name_offset - 1;
    strings.left -= entry->name_offset - 1;
    return cairn_line_take_string(&strings, &entry->name);
}

static enum cairn_status take_number(struct cairn_bytes *in, uint64_t form, uint64_t *number)
{
    size_t size = form == FORM_DATA1 ? 1 : form == FORM_DATA2 ? 2 : form == FORM_DATA4 ? 4 : 8;
    *number = 0; /* little-endian, as the host is */
    return form == FORM_UDATA ? cairn_line_take_uleb(in, number)
                              : cairn_bytes_take(in, number, size);
}

static enum cairn_status skip_block(struct cairn_bytes *in, uint64_t form)
{
    uint64_t size = 0;
    struct cairn_bytes unused;
    enum cairn_status status = form == FORM_BLOCK ? cairn_line_take_uleb(in, &size)
                                                  : cairn_bytes_take(in, &size,
                                                                     form == FORM_BLOCK1   ? 1
                                                                     : form == FORM_BLOCK2 ? 2
                                                                                           : 4);
    return status == CAIRN_OK ? cairn_bytes_take_part(in, size, &unused) : status;
}

static enum cairn_status take_value(const struct cairn_line_unit *unit, struct cairn_bytes *in,
                                    uint64_t content, uint64_t form, struct entry *entry)
{
    enum cairn_status status;
    uint64_t number;
    struct cairn_bytes unused;
    struct entry ignored;
    switch (form) {
    case FORM_STRING:
    case FORM_STRP:
    case FORM_LINE_STRP:
        return take_text(unit, in, form, content == CONTENT_PATH ? entry : &ignored);
    case FORM_DATA1:
    case FORM_DATA2:
    case FORM_DATA4:
    case FORM_DATA8:
    case FORM_UDATA:
        status = take_number(in, form, &number);
        if (status == CAIRN_OK && content == CONTENT_DIRECTORY)
            entry->directory = number;
        return status;
    case FORM_DATA16:
        return cairn_bytes_take_part(in, 16, &unused);
    case FORM_BLOCK:
    case FORM_BLOCK1:
    case FORM_BLOCK2:
    case FORM_BLOCK4:
        return skip_block(in, form);
    default:
        return CAIRN_ERR_UNSUPPORTED;
    }
}

/* Takes the entries up to number `wanted`, or all. */
static enum cairn_status take_entries(struct cairn_bytes strings,
                                      const struct cairn_line_unit *unit, struct cairn_bytes *in,
                                      const struct list *list, uint64_t wanted, struct entry *out)
{
    for (uint64_t i = 0; i < list->entry_count; i++) {
        struct cairn_bytes formats = list->formats;
        struct entry entry = {0};
        for (unsigned f = 0; f < list->format_count; f++) {
            uint64_t content, form;
            enum cairn_status status = cairn_line_take_uleb(&formats, &content);
            if (status == CAIRN_OK)
                status = cairn_line_take_uleb(&formats, &form);
            if (status == CAIRN_OK)
                status = take_value(unit, in, content, form, &entry);
            if (status != CAIRN_OK)
                return status;
        }
        if (i == wanted) {
            *out = entry;
            return find_name(strings, out);
        }
    }
    return wanted == UINT64_MAX ? CAIRN_OK : CAIRN_ERR_NOT_FOUND;
}

static enum cairn_status new_file(struct cairn_bytes strings, const struct cairn_line_unit *unit,
                                  uint64_t wanted, struct entry *file, struct entry *directory)
{
    struct cairn_bytes in = unit->names, first;
    struct list directories, files;
    struct entry unused = {0};
    enum cairn_status status = take_list(&in, &directories);
    first = in;
    if (status == CAIRN_OK)
        status = take_entries(strings, unit, &in, &directories, UINT64_MAX, &unused);
    if (status == CAIRN_OK)
        status = take_list(&in, &files);
    if (status == CAIRN_OK)
        status = take_entries(strings, unit, &in, &files, wanted, file);
    if (status == CAIRN_OK && file->directory != 0)
        status = take_entries(strings, unit, &first, &directories, file->directory, directory);
    return status;
}

/* ---- both ---- */

/* "directory/name"; what does not fit is cut from the front. */
static void join(const char *directory, const char *name, char *out, size_t size)
{
    size_t room = size - 1, name_length = strlen(name);
    size_t name_cut = name_length > room ? name_length - room : 0;
    name += name_cut;
    name_length -= name_cut;
    size_t used = 0;
    if (directory != NULL && name[0] != '/' && name_length + 1 < room) {
        size_t length = strlen(directory), space = room - name_length - 1;
        size_t cut = length > space ? length - space : 0;
        memcpy(out, directory + cut, length - cut);
        used = length - cut;
        out[used++] = '/';
    }
    memcpy(out + used, name, name_length);
    out[used + name_length] = '\0';
}

bool cairn_line_file_name(struct cairn_bytes strings, const struct cairn_line_unit *unit,
                          uint64_t file, char *out, size_t size)
{
    struct entry entry = {0}, directory = {0};
    enum cairn_status status;
    if (unit->version == 0)
        return false;
    if (unit->version >= 5)
        status = new_file(strings, unit, file, &entry, &directory);
    else {
        status = old_file(unit->names, file, &entry);
        directory.name = entry.directory != 0 ? old_directory(unit->names, entry.directory) : NULL;
    }
    if (status != CAIRN_OK || entry.name == NULL || entry.name[0] == '\0')
        return false;
    join(directory.name, entry.name, out, size);
    return true;
}
