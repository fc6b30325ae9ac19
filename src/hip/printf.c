/* SPDX-License-Identifier: MIT
 * Device-side printf, formatted on the host. A message is the format string, padded with zeros to
 * 64 bits, then for each conversion its value in 64 bits, or its string padded in the same way.
 */
#include "hip/hostcall.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPEC_BYTES = 64, MAX_STARS = 2 };

struct words {
    const uint64_t *at;
    size_t left;
};

static bool take(struct words *words, uint64_t *out)
{
    if (words->left == 0)
        return false;
    *out = *words->at++;
    words->left--;
    return true;
}

/* The string at the front, not longer than what is left; *length without its end. */
static const char *take_string(struct words *words, size_t *length)
{
    const char *text = (const char *)words->at;
    *length = strnlen(text, words->left * 8);
    size_t used = *length / 8 + 1;
    if (used > words->left)
        used = words->left;
    words->at += used;
    words->left -= used;
    return text;
}

/* A conversion: "%-08.3llx" is flags "-0", width 8, precision 3, length "ll", kind 'x'. */
struct spec {
    char text[SPEC_BYTES]; /* flags, width and precision as written, from '%' on, without length */
    size_t used;
    char length[3]; /* "hh", "h", "l", "ll", "z", "t", "j", "L" or "" */
    char kind;
    int stars;
};

static bool push(struct spec *spec, char c)
{
    if (spec->used + 8 >= SPEC_BYTES) /* room for a length and the end */
        return false;
    spec->text[spec->used++] = c;
    return true;
}

/* Reads one conversion after '%'; returns where it ends, or NULL if it is none. */
static const char *parse(const char *p, const char *end, struct spec *spec)
{
    *spec = (struct spec){.text = "%", .used = 1};
    for (; p < end && strchr("-+ #0123456789.*", *p) != NULL && *p != '\0'; p++) {
        if (!push(spec, *p))
            return NULL;
        spec->stars += *p == '*';
    }
    size_t length = 0;
    for (; p < end && strchr("hlzjtLq", *p) != NULL && *p != '\0' && length < 2; p++)
        spec->length[length++] = *p;
    if (p >= end || spec->stars > MAX_STARS)
        return NULL;
    spec->kind = *p;
    return strchr("diouxXfFeEgGaAcspn", *p) != NULL && *p != '\0' ? p + 1 : NULL;
}

/* Narrows as the length says: arguments travel as 64 bits, sign extended or not. */
static uint64_t narrow(const struct spec *spec, uint64_t value)
{
    bool is_signed = spec->kind == 'd' || spec->kind == 'i';
    if (strcmp(spec->length, "hh") == 0)
        return is_signed ? (uint64_t)(int64_t)(int8_t)value : (uint8_t)value;
    if (strcmp(spec->length, "h") == 0)
        return is_signed ? (uint64_t)(int64_t)(int16_t)value : (uint16_t)value;
    if (spec->length[0] == '\0')
        return is_signed ? (uint64_t)(int64_t)(int32_t)value : (uint32_t)value;
    return value;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Prints with zero, one or two star arguments before the value. */
#define PRINT(value)                                                                               \
    (spec->stars == 0   ? fprintf(stream, spec->text, value)                                       \
     : spec->stars == 1 ? fprintf(stream, spec->text, stars[0], value)                             \
                        : fprintf(stream, spec->text, stars[0], stars[1], value))

static int print_integer(FILE *stream, struct spec *spec, const int *stars, uint64_t value)
{
    value = narrow(spec, value);
    memcpy(spec->text + spec->used, "ll", 2);
    spec->text[spec->used + 2] = spec->kind;
    spec->text[spec->used + 3] = '\0';
    return PRINT((unsigned long long)value);
}

static int print_value(FILE *stream, struct spec *spec, const int *stars, uint64_t value)
{
    double number;
    memcpy(&number, &value, sizeof number);
    spec->text[spec->used] = spec->kind;
    spec->text[spec->used + 1] = '\0';
    switch (spec->kind) {
    case 'c':
        return PRINT((int)(unsigned char)value);
    case 'p':
        return PRINT((void *)(uintptr_t)value);
    default:
        return PRINT(number);
    }
}

/* The text need not end within the message, so its length becomes the precision where none is. */
static int print_string(FILE *stream, struct spec *spec, const int *stars, const char *text,
                        size_t length)
{
    char copy[256];
    char *ended = length < sizeof copy ? copy : strndup(text, length);
    if (ended == NULL)
        return -1;
    if (ended == copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    spec->text[spec->used] = 's';
    spec->text[spec->used + 1] = '\0';
    int written = PRINT(ended);
    if (ended != copy)
        free(ended);
    return written;
}

static int print_one(FILE *stream, struct spec *spec, struct words *words)
{
    int stars[MAX_STARS] = {0};
    uint64_t value;
    for (int i = 0; i < spec->stars; i++) {
        if (!take(words, &value))
            return -1;
        stars[i] = (int)value;
    }
    if (words->left == 0)
        return -1;
    if (spec->kind == 's') {
        size_t length;
        const char *text = take_string(words, &length);
        return print_string(stream, spec, stars, text, length);
    }
    if (!take(words, &value))
        return -1;
    if (spec->kind == 'n')
        return 0; /* nothing is written through a pointer of a kernel */
    if (strchr("diouxX", spec->kind) != NULL)
        return print_integer(stream, spec, stars, value);
    return print_value(stream, spec, stars, value);
}

/* What is no conversion ends the message: the arguments after it cannot be told apart. */
int hip_printf(FILE *stream, const uint64_t *data, size_t count)
{
    struct words words = {data, count};
    size_t length;
    int written = 0;
    if (count == 0)
        return 0;
    const char *p = take_string(&words, &length), *end = p + length;
    while (p < end) {
        const char *percent = memchr(p, '%', (size_t)(end - p));
        size_t plain = (size_t)((percent == NULL ? end : percent) - p);
        written += (int)fwrite(p, 1, plain, stream);
        if (percent == NULL)
            break;
        p = percent + 1;
        if (p < end && *p == '%') {
            written += fputc('%', stream) == '%';
            p++;
            continue;
        }
        struct spec spec;
        p = parse(p, end, &spec);
        int printed = p == NULL ? -1 : print_one(stream, &spec, &words);
        if (printed < 0)
            return written;
        written += printed;
    }
    return written;
}
