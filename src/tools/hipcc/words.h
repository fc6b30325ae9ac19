/* SPDX-License-Identifier: MIT
 * Command lines in text: what a shell-like word is, response files, and commands that are too long
 * for the kernel.
 */
#ifndef CAIRN_TOOLS_HIPCC_WORDS_H
#define CAIRN_TOOLS_HIPCC_WORDS_H

#include "arguments.h"

/* Adds the words of `text`: blanks separate, quotes and backslashes keep them together (the rules
 * of GNU response files). */
void words_split(const char *text, struct arguments *out);
/* Adds `argv`, with the words of FILE in place of @FILE. A file that cannot be read stays as it is,
 * which is what compilers do. */
void words_expand(int argc, char **argv, struct arguments *out);
/* If the command is too long to be started, its options go into a response file in memory, which
 * the started program inherits. */
void words_shorten(struct arguments *command);

#endif
