/* SPDX-License-Identifier: MIT
 * Messages of buffered printf. HIP's begin with a word that has the size and says whether the
 * format is known by its hash (LLVM, AMDGPUEmitPrintf) and go on in 64-bit values; OpenCL's begin
 * with the format's number, and the record of the format has the sizes of the values (AMDGPU usage,
 * "Code Object V3 Metadata", amdhsa.printf: "ID:N:S[0]:...:S[N-1]:format"). Both are brought into
 * the form that hip_printf takes.
 */
#include "hip/hostcall.h"
#include "hip/printf_buffer.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum { ARGS_MAX = 256, FORMAT_BY_HASH = 2, SIZE_SHIFT = 2 };

#define BAD(...) (cairn_log(CAIRN_LOG_ERROR, "hip: printf: " __VA_ARGS__), false)

/* Words that grow. */
struct message {
    uint64_t *words;
    size_t count, room;
};

static uint64_t *message_add(struct message *message, size_t count)
{
    if (message->count + count > message->room) {
        size_t room = 2 * (message->count + count) + 64;
        uint64_t *words = realloc(message->words, room * sizeof *words);
        if (words == NULL)
            return NULL;
        message->words = words;
        message->room = room;
    }
    uint64_t *at = message->words + message->count;
    memset(at, 0, count * sizeof *at);
    message->count += count;
    return at;
}

static bool message_add_text(struct message *message, const char *text, size_t length)
{
    uint64_t *at = message_add(message, length / 8 + 1);
    if (at != NULL && length != 0)
        memcpy(at, text, length);
    return at != NULL;
}

static bool message_add_value(struct message *message, uint64_t value)
{
    uint64_t *at = message_add(message, 1);
    if (at != NULL)
        *at = value;
    return at != NULL;
}

/* ---- HIP's messages ---- */

/* "0:0:<hash in hex>,<format>". */
static const char *format_of_hash(uint64_t hash, const char *const *formats, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char *end;
        if (strncmp(formats[i], "0:0:", 4) == 0 && strtoull(formats[i] + 4, &end, 16) == hash &&
            *end == ',')
            return end + 1;
    }
    return NULL;
}

static bool print_hashed(struct cairn_bytes *in, const char *const *formats, uint32_t count,
                         struct message *message)
{
    uint32_t control;
    uint64_t hash;
    if (cairn_bytes_take_u32(in, &control) != CAIRN_OK)
        return BAD("a message of %zu bytes", in->left);
    uint32_t size = control >> SIZE_SHIFT;
    if (size < sizeof control || size - sizeof control > in->left)
        return BAD("a message of %u bytes, %zu are left", size, in->left + sizeof control);
    struct cairn_bytes body = cairn_bytes_of(in->at, size - sizeof control);
    in->at += body.left;
    in->left -= body.left;
    if (control & FORMAT_BY_HASH) {
        if (cairn_bytes_take_u64(&body, &hash) != CAIRN_OK)
            return BAD("a message of %u bytes has no room for its format", size);
        const char *format = format_of_hash(hash, formats, count);
        if (format == NULL)
            return BAD("no format has the hash %llx", (unsigned long long)hash);
        if (!message_add_text(message, format, strlen(format)))
            return BAD("out of memory");
    }
    uint64_t *at = message_add(message, body.left / 8);
    if (at == NULL)
        return BAD("out of memory");
    memcpy(at, body.at, body.left / 8 * 8);
    return hip_printf(stdout, message->words, message->count) >= 0;
}

/* ---- OpenCL's messages ---- */

struct format {
    uint32_t id, count;
    uint32_t sizes[ARGS_MAX];
    const char *text; /* escaped */
};

static bool parse_format(const char *record, struct format *out)
{
    char *at;
    out->id = (uint32_t)strtoul(record, &at, 10);
    if (at == record || *at != ':')
        return BAD("the record '%s' does not begin with a number", record);
    out->count = (uint32_t)strtoul(at + 1, &at, 10);
    if (*at != ':' || out->count > ARGS_MAX)
        return BAD("the record '%s' has no count of its values", record);
    for (uint32_t i = 0; i < out->count; i++) {
        const char *digits = at + 1;
        out->sizes[i] = (uint32_t)strtoul(digits, &at, 10);
        if (at == digits || *at != ':')
            return BAD("the record '%s' lacks the size of value %u", record, i);
    }
    out->text = at + 1;
    return true;
}

static bool find_format(uint32_t id, const char *const *formats, uint32_t count, struct format *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!parse_format(formats[i], out))
            return false;
        if (out->id == id)
            return true;
    }
    return BAD("no format has the number %u", id);
}

/* The compiler writes control characters and ':' as in C. */
static char unescape(const char **at)
{
    static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    const char *p = *at;
    if (p[0] != '\\' || p[1] == '\0') {
        *at = p + 1;
        return *p;
    }
    const char *letter = strchr(letters, p[1]);
    if (p[1] == '7' && p[2] == '2') {
        *at = p + 3;
        return ':';
    }
    *at = p + 2;
    return letter != NULL ? values[letter - letters] : p[1];
}

/* One conversion of OpenCL's: "%-8v4hlf"; `lanes` is 1 without "v". */
struct conversion {
    char flags[32], length[3], kind;
    unsigned lanes, stars;
};

static const char *parse_conversion(const char *p, struct conversion *out)
{
    size_t flags = 0, length = 0;
    *out = (struct conversion){.lanes = 1};
    for (; *p != '\0' && strchr("-+ #0123456789.*", *p) != NULL && flags < sizeof out->flags - 1;
         p++) {
        out->stars += *p == '*';
        out->flags[flags++] = *p;
    }
    if (*p == 'v')
        out->lanes = (unsigned)strtoul(p + 1, (char **)&p, 10);
    for (; *p != '\0' && strchr("hlzjt", *p) != NULL && length < 2; p++)
        out->length[length++] = *p;
    if (strcmp(out->length, "hl") == 0) /* a vector's way to say "32 bits" */
        out->length[0] = '\0';
    out->kind = *p;
    return *p != '\0' && out->lanes >= 1 && out->lanes <= 16 ? p + 1 : NULL;
}

/* A value of 1, 2, 4 or 8 bytes as 64 bits; floats as doubles. */
static uint64_t widen(const uint8_t *at, uint32_t size, char kind)
{
    uint64_t value = 0;
    memcpy(&value, at, size < 8 ? size : 8);
    if (strchr("fFeEgGaA", kind) != NULL && size <= 4) {
        double number;
        float single;
        _Float16 half;
        memcpy(&single, at, sizeof single < size ? sizeof single : size);
        memcpy(&half, at, sizeof half);
        number = size == 2 ? (double)half : (double)single;
        memcpy(&value, &number, sizeof value);
    } else if (strchr("di", kind) != NULL && size < 8) {
        value = (uint64_t)((int64_t)(value << (64 - 8 * size)) >> (64 - 8 * size));
    }
    return value;
}

/* The parts of OpenCL's message that become one of hip_printf's. */
struct opening {
    const struct format *format;
    struct cairn_bytes values;
    uint32_t next;
    char text[4096];
    size_t length;
    struct message arguments;
};

static void put_text(struct opening *opening, const char *text)
{
    for (; *text != '\0' && opening->length + 1 < sizeof opening->text; text++)
        opening->text[opening->length++] = *text;
}

static bool take_value(struct opening *opening, struct cairn_bytes *out)
{
    if (opening->next >= opening->format->count)
        return BAD("the format '%s' has more conversions than values", opening->format->text);
    uint32_t size = opening->format->sizes[opening->next++];
    if (cairn_bytes_slice(opening->values, 0, size, out) != CAIRN_OK)
        return BAD("the buffer ends in a message of '%s'", opening->format->text);
    opening->values.at += size;
    opening->values.left -= size;
    return true;
}

static bool put_conversion(struct opening *opening, const struct conversion *conversion)
{
    struct cairn_bytes value;
    char text[48];
    bool ok = true;
    for (unsigned i = 0; i < conversion->stars; i++) {
        if (!take_value(opening, &value))
            return false;
        ok = ok &&
             message_add_value(&opening->arguments,
                               widen(value.at, value.left < 4 ? (uint32_t)value.left : 4, 'd'));
    }
    if (!take_value(opening, &value))
        return false;
    snprintf(text, sizeof text, "%%%s%s%c", conversion->flags, conversion->length,
             conversion->kind);
    if (conversion->kind == 's') {
        put_text(opening, text);
        return ok && message_add_text(&opening->arguments, (const char *)value.at,
                                      strnlen((const char *)value.at, value.left));
    }
    unsigned places = conversion->lanes == 3 ? 4 : conversion->lanes;
    uint32_t size = (uint32_t)value.left / places;
    if (size == 0 || size > 8)
        return BAD("a value of %zu bytes for '%s'", value.left, text);
    for (unsigned lane = 0; lane < conversion->lanes; lane++) {
        put_text(opening, lane != 0 ? "," : "");
        put_text(opening, text);
        ok = ok && message_add_value(&opening->arguments,
                                     widen(value.at + lane * size, size, conversion->kind));
    }
    return ok;
}

static bool open_message(struct opening *opening)
{
    char format[sizeof opening->text];
    size_t length = 0;
    for (const char *at = opening->format->text; *at != '\0' && length + 1 < sizeof format;)
        format[length++] = unescape(&at);
    format[length] = '\0';
    for (const char *p = format; *p != '\0';) {
        struct conversion conversion;
        char one[2] = {*p, '\0'};
        if (*p != '%') {
            put_text(opening, one);
            p++;
        } else if (p[1] == '%') {
            put_text(opening, "%%");
            p += 2;
        } else if ((p = parse_conversion(p + 1, &conversion)) == NULL) {
            return BAD("the format '%s' has a conversion without an end", opening->format->text);
        } else if (!put_conversion(opening, &conversion)) {
            return false;
        }
    }
    return true;
}

static bool print_numbered(struct cairn_bytes *in, const char *const *formats, uint32_t count,
                           struct message *message)
{
    uint32_t id;
    struct format format;
    if (cairn_bytes_take_u32(in, &id) != CAIRN_OK)
        return BAD("a message of %zu bytes", in->left);
    if (!find_format(id, formats, count, &format))
        return false;
    struct opening opening = {.format = &format, .values = *in};
    bool ok = open_message(&opening);
    ok = ok && message_add_text(message, opening.text, opening.length);
    uint64_t *at = ok ? message_add(message, opening.arguments.count) : NULL;
    if (at != NULL && opening.arguments.count != 0)
        memcpy(at, opening.arguments.words, opening.arguments.count * sizeof *at);
    ok = at != NULL && hip_printf(stdout, message->words, message->count) >= 0;
    *in = opening.values;
    free(opening.arguments.words);
    return ok;
}

int hip_printf_messages(struct cairn_bytes bytes, const char *const *formats, uint32_t count)
{
    int printed = 0;
    bool numbered = count != 0 && strncmp(formats[0], "0:", 2) != 0;
    while (bytes.left != 0) {
        struct message message = {0};
        bool ok = numbered ? print_numbered(&bytes, formats, count, &message)
                           : print_hashed(&bytes, formats, count, &message);
        free(message.words);
        if (!ok)
            break;
        printed++;
    }
    return printed;
}
