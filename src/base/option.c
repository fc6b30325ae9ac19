/* SPDX-License-Identifier: MIT
 * Reads the option table from the environment, once.
 */
#include "base/option.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_kind { KIND_TEXT, KIND_U64, KIND_CHOICE };

struct option_row {
    enum option_kind kind;
    struct cairn_option_info info;
    uint64_t default_number;
};

static const struct option_row rows[] = {
#define OPTION_TEXT(id, variable, value, help) {KIND_TEXT, {variable, "text", value, help}, 0},
#define OPTION_U64(id, variable, value, help) {KIND_U64, {variable, "number", #value, help}, value},
#define OPTION_CHOICE(id, variable, value, choices, help)                                          \
    {KIND_CHOICE, {variable, choices, #value, help}, value},
#include "base/option.def"
#undef OPTION_TEXT
#undef OPTION_U64
#undef OPTION_CHOICE
};

struct option_value {
    char *text; /* owned; NULL: the default */
    uint64_t number;
};

enum { WORD_BYTES = 32 };

static struct option_value values[CAIRN_OPTION_COUNT];
/* As the table has them, but the default of a choice is its word, not its index. */
static struct cairn_option_info infos[CAIRN_OPTION_COUNT];
static char default_words[CAIRN_OPTION_COUNT][WORD_BYTES];
static pthread_once_t values_once = PTHREAD_ONCE_INIT;

static bool parse_u64(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 0);
    if (end == text || errno != 0 || text[0] == '-')
        return false;
    unsigned shift = 0;
    if (*end == 'K' || *end == 'k')
        shift = 10;
    else if (*end == 'M' || *end == 'm')
        shift = 20;
    else if (*end == 'G' || *end == 'g')
        shift = 30;
    end += shift != 0;
    if (*end != '\0' || number > UINT64_MAX >> shift)
        return false;
    *out = (uint64_t)number << shift;
    return true;
}

static bool parse_choice(const char *text, const char *choices, uint64_t *out)
{
    size_t length = strlen(text);
    for (uint64_t index = 0;; index++) {
        size_t word = strcspn(choices, "|");
        if (word == length && memcmp(text, choices, word) == 0) {
            *out = index;
            return true;
        }
        if (choices[word] == '\0')
            return false;
        choices += word + 1;
    }
}

static void describe_option(size_t index)
{
    const struct option_row *row = &rows[index];
    const char *word = row->info.kind;
    infos[index] = row->info;
    if (row->kind != KIND_CHOICE)
        return;
    for (uint64_t i = 0; i < row->default_number; i++)
        word += strcspn(word, "|") + 1;
    snprintf(default_words[index], WORD_BYTES, "%.*s", (int)strcspn(word, "|"), word);
    infos[index].default_value = default_words[index];
}

static void read_option(size_t index)
{
    const struct option_row *row = &rows[index];
    struct option_value *value = &values[index];
    value->number = row->default_number;
    const char *text = getenv(row->info.variable);
    if (text == NULL || text[0] == '\0')
        return;
    bool good = true;
    if (row->kind == KIND_TEXT)
        value->text = strdup(text);
    else if (row->kind == KIND_U64)
        good = parse_u64(text, &value->number);
    else
        good = parse_choice(text, row->info.kind, &value->number);
    if (!good) /* not cairn_log: the log's own level may be what is wrong */
        fprintf(stderr, "cairn: warning: %s=%s is not a valid %s; using %s\n", row->info.variable,
                text, row->info.kind, infos[index].default_value);
}

static void read_all(void)
{
    for (size_t i = 0; i < CAIRN_OPTION_COUNT; i++) {
        describe_option(i);
        read_option(i);
    }
}

static const struct option_value *value_of(enum cairn_option option, enum option_kind kind)
{
    assert((unsigned)option < CAIRN_OPTION_COUNT && rows[option].kind == kind);
    (void)kind;
    pthread_once(&values_once, read_all);
    return &values[option];
}

const struct cairn_option_info *cairn_option_describe(enum cairn_option option)
{
    pthread_once(&values_once, read_all);
    return (unsigned)option < CAIRN_OPTION_COUNT ? &infos[option] : NULL;
}

const char *cairn_option_text(enum cairn_option option)
{
    const char *text = value_of(option, KIND_TEXT)->text;
    return text != NULL ? text : rows[option].info.default_value;
}

uint64_t cairn_option_u64(enum cairn_option option)
{
    return value_of(option, KIND_U64)->number;
}

unsigned cairn_option_choice(enum cairn_option option)
{
    return (unsigned)value_of(option, KIND_CHOICE)->number;
}

bool cairn_option_read_mask(const char **text, uint32_t *mask, uint32_t words)
{
    size_t digits = 0;
    while (isxdigit((unsigned char)(*text)[digits]))
        digits++;
    for (size_t i = 0; i < digits && i < (size_t)8 * words; i++) {
        char digit[2] = {(*text)[digits - 1 - i], '\0'};
        mask[i / 8] |= (uint32_t)strtoul(digit, NULL, 16) << (4 * (i % 8));
    }
    *text += digits;
    return digits > 0;
}
