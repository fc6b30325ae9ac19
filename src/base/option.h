/* SPDX-License-Identifier: MIT
 * Run-time options: one table (option.def), one reader. Values are read from the environment at
 * first use and do not change afterwards. A value that does not parse is logged once and the
 * default taken.
 */
#ifndef CAIRN_BASE_OPTION_H
#define CAIRN_BASE_OPTION_H

#include <stdbool.h>
#include <stdint.h>

enum cairn_option {
#define OPTION_TEXT(id, variable, value, help)            CAIRN_OPTION_##id,
#define OPTION_U64(id, variable, value, help)             CAIRN_OPTION_##id,
#define OPTION_CHOICE(id, variable, value, choices, help) CAIRN_OPTION_##id,
#include "base/option.def"
#undef OPTION_TEXT
#undef OPTION_U64
#undef OPTION_CHOICE
    CAIRN_OPTION_COUNT
};

struct cairn_option_info {
    const char *variable;
    const char *kind;          /* "text", "number" or the choices "a|b|c" */
    const char *default_value; /* as it would be written in the environment */
    const char *help;
};

const struct cairn_option_info *cairn_option_describe(enum cairn_option option);

/* Each getter fits one kind of row; calling the wrong one is our own bug (assert). */
const char *cairn_option_text(enum cairn_option option);
uint64_t cairn_option_u64(enum cairn_option option);
unsigned cairn_option_choice(enum cairn_option option);

/* Hexadecimal digits at *text into `words` words of 32 bits: the last digit has bits 0 to 3, digits
 * beyond the words do not count. *text comes behind them. False: there are none. */
bool cairn_option_read_mask(const char **text, uint32_t *mask, uint32_t words);

#endif
