/* SPDX-License-Identifier: MIT
 * Splitting text into words as GNU tools do ("GCC manual", Overall Options, @file): a backslash
 * takes the next character as it is, single and double quotes keep blanks.
 */
#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DEPTH_MAX = 16, COMMAND_MAX = 1 << 20 };

/* One word from *text into `word`, which has room for all of the text. False: there is none. */
static bool next_word(const char **text, char *word)
{
    const char *at = *text;
    char quote = '\0';
    while (isspace((unsigned char)*at))
        at++;
    if (*at == '\0')
        return false;
    for (; *at != '\0' && (quote != '\0' || !isspace((unsigned char)*at)); at++) {
        if (*at == '\\' && at[1] != '\0')
            *word++ = *++at;
        else if (quote != '\0' && *at == quote)
            quote = '\0';
        else if (quote == '\0' && (*at == '\'' || *at == '"'))
            quote = *at;
        else
            *word++ = *at;
    }
    *word = '\0';
    *text = at;
    return true;
}

void words_split(const char *text, struct arguments *out)
{
    char *word = malloc(strlen(text) + 1);
    while (word != NULL && next_word(&text, word))
        arguments_add(out, "%s", word);
    free(word);
}

/* The whole file as text; NULL: it cannot be read. */
static char *read_file(const char *path)
{
    char *text = NULL;
    size_t used = 0, room = 0, got = 1;
    FILE *file = fopen(path, "r");
    while (file != NULL && got > 0) {
        if (used + 4096 > room) {
            char *grown = realloc(text, room = 2 * room + 8192);
            if (grown == NULL)
                break;
            text = grown;
        }
        got = fread(text + used, 1, room - used - 1, file);
        used += got;
        text[used] = '\0';
    }
    if (file != NULL)
        fclose(file);
    return text;
}

static void expand(int count, char **items, unsigned depth, struct arguments *out)
{
    for (int i = 0; i < count; i++) {
        char *text = items[i][0] == '@' && depth < DEPTH_MAX ? read_file(items[i] + 1) : NULL;
        if (text == NULL) {
            arguments_add(out, "%s", items[i]);
            continue;
        }
        struct arguments words = {0};
        words_split(text, &words);
        free(text);
        expand((int)words.count, words.items, depth + 1, out);
        arguments_destroy(&words);
    }
}

void words_expand(int argc, char **argv, struct arguments *out)
{
    expand(argc, argv, 0, out);
}

static void write_quoted(FILE *file, const char *word)
{
    fputc('"', file);
    for (; *word != '\0'; word++) {
        if (*word == '"' || *word == '\\')
            fputc('\\', file);
        fputc(*word, file);
    }
    fputs("\"\n", file);
}

void words_shorten(struct arguments *command)
{
    size_t bytes = 0;
    for (size_t i = 0; i < command->count; i++)
        bytes += strlen(command->items[i]) + 1 + sizeof(char *);
    int memory = bytes > COMMAND_MAX ? memfd_create("hipcc", 0) : -1;
    FILE *file = memory >= 0 ? fdopen(dup(memory), "w") : NULL;
    if (file == NULL)
        return;
    for (size_t i = 1; i < command->count; i++) {
        write_quoted(file, command->items[i]);
        free(command->items[i]);
    }
    fclose(file);
    command->count = 1;
    arguments_add(command, "@/proc/self/fd/%d", memory);
}
