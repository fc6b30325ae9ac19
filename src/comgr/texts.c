/* SPDX-License-Identifier: MIT
 * Texts and lists of texts, with the API's error codes.
 */
#include "comgr/comgr.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

amd_comgr_status_t comgr_status_of(enum cairn_status status)
{
    switch (status) {
    case CAIRN_OK:
        return AMD_COMGR_STATUS_SUCCESS;
    case CAIRN_ERR_NO_MEMORY:
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    case CAIRN_ERR_INVALID_ARGUMENT:
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    default:
        return AMD_COMGR_STATUS_ERROR;
    }
}

amd_comgr_status_t comgr_text_set(char **at, const char *text)
{
    char *copy = strdup(text != NULL ? text : "");
    if (copy == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    free(*at);
    *at = copy;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t comgr_text_give(const char *text, size_t *size, char *out)
{
    size_t length = strlen(text) + 1;
    if (out == NULL)
        *size = length;
    else
        memcpy(out, text, length < *size ? length : *size);
    return AMD_COMGR_STATUS_SUCCESS;
}

static bool make_room(struct comgr_texts *list)
{
    if (list->count + 1 < list->room)
        return true;
    size_t room = list->room == 0 ? 16 : 2 * list->room;
    char **items = realloc(list->items, room * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    list->room = room;
    return true;
}

/* Takes `text`. */
static amd_comgr_status_t add_taken(struct comgr_texts *list, char *text)
{
    if (text == NULL || !make_room(list)) {
        free(text);
        list->failed = true;
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t comgr_texts_add(struct comgr_texts *list, const char *text, size_t length)
{
    return add_taken(list, strndup(text, length));
}

void comgr_texts_push(struct comgr_texts *list, const char *text)
{
    (void)comgr_texts_add(list, text, strlen(text));
}

void comgr_texts_pushf(struct comgr_texts *list, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    (void)add_taken(list, length < 0 ? NULL : text);
}

void comgr_texts_clear(struct comgr_texts *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct comgr_texts){0};
}

amd_comgr_status_t comgr_texts_set(struct comgr_texts *list, const char *const *items, size_t count)
{
    struct comgr_texts copy = {0};
    amd_comgr_status_t status = AMD_COMGR_STATUS_SUCCESS;
    for (size_t i = 0; i < count && status == AMD_COMGR_STATUS_SUCCESS; i++)
        status = items[i] != NULL ? comgr_texts_add(&copy, items[i], strlen(items[i]))
                                  : AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (status != AMD_COMGR_STATUS_SUCCESS) {
        comgr_texts_clear(&copy);
        return status;
    }
    comgr_texts_clear(list);
    *list = copy;
    return AMD_COMGR_STATUS_SUCCESS;
}

void comgr_buffer_add(struct comgr_buffer *buffer, const char *text, size_t length)
{
    size_t need;
    if (buffer->failed || !cairn_size_add(buffer->size, length, &need) ||
        !cairn_size_add(need, 1, &need)) {
        buffer->failed = true;
        return;
    }
    if (need > buffer->room) {
        size_t room = buffer->room * 2 > need ? buffer->room * 2 : need + 256;
        char *bigger = realloc(buffer->text, room);
        if (bigger == NULL) {
            buffer->failed = true;
            return;
        }
        buffer->text = bigger;
        buffer->room = room;
    }
    if (length != 0)
        memcpy(buffer->text + buffer->size, text, length);
    buffer->size += length;
    buffer->text[buffer->size] = '\0';
}

void comgr_buffer_addf(struct comgr_buffer *buffer, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        buffer->failed = true;
        return;
    }
    comgr_buffer_add(buffer, text, (size_t)length);
    free(text);
}
