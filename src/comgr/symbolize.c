/* SPDX-License-Identifier: MIT
 * Addresses of a code object to functions, source lines and variables, in the text form of
 * llvm-symbolizer. Columns and inlined functions are not told apart: the line is the innermost.
 */
#include "comgr/demangle.h"
#include "comgr/symbols.h"

#include "obj/line.h"

#include <stdlib.h>

struct symbolizer {
    struct comgr_data *code;        /* a copy: the caller's may go */
    struct cairn_line_table *lines; /* NULL: compiled without -g */
    void (*print)(const char *symbol, void *user_data);
};

static void destroy(struct symbolizer *info)
{
    if (info->code != NULL)
        comgr_data_drop(info->code);
    cairn_line_table_destroy(info->lines);
    free(info);
}

static amd_comgr_status_t copy_code(const struct comgr_data *data, struct comgr_data **out)
{
    uint8_t *bytes = malloc(data->size + 1);
    if (bytes == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (data->size != 0)
        memcpy(bytes, data->bytes, data->size);
    bool relocatable = data->kind == AMD_COMGR_DATA_KIND_RELOCATABLE;
    amd_comgr_status_t status = comgr_data_create(
        relocatable ? data->kind : AMD_COMGR_DATA_KIND_EXECUTABLE, "", bytes, data->size, out);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        free(bytes);
    return status;
}

amd_comgr_status_t
amd_comgr_create_symbolizer_info(amd_comgr_data_t handle,
                                 void (*print_symbol_callback)(const char *symbol, void *user_data),
                                 amd_comgr_symbolizer_info_t *out)
{
    const struct comgr_data *data = comgr_data_of(handle);
    struct comgr_symbols *symbols;
    if (data == NULL || print_symbol_callback == NULL || out == NULL ||
        (data->kind != AMD_COMGR_DATA_KIND_RELOCATABLE &&
         data->kind != AMD_COMGR_DATA_KIND_EXECUTABLE && data->kind != AMD_COMGR_DATA_KIND_BYTES))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    struct symbolizer *info = calloc(1, sizeof *info);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    info->print = print_symbol_callback;
    amd_comgr_status_t status = copy_code(data, &info->code);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_symbols_of(info->code, &symbols);
    if (status == AMD_COMGR_STATUS_SUCCESS &&
        (cairn_line_table_create(cairn_bytes_of(data->bytes, data->size), &info->lines) ==
             CAIRN_ERR_NO_MEMORY ||
         !comgr_handle_add(COMGR_SYMBOLIZER, info, &out->handle)))
        status = AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (status != AMD_COMGR_STATUS_SUCCESS)
        destroy(info);
    return status;
}

amd_comgr_status_t amd_comgr_destroy_symbolizer_info(amd_comgr_symbolizer_info_t handle)
{
    struct symbolizer *info = comgr_handle_take(COMGR_SYMBOLIZER, handle.handle);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    destroy(info);
    return AMD_COMGR_STATUS_SUCCESS;
}

static const struct comgr_symbol *symbol_over(const struct comgr_symbols *symbols, uint8_t type,
                                              uint64_t address)
{
    for (uint32_t i = 0; i < symbols->count; i++) {
        const struct comgr_symbol *symbol = &symbols->items[i];
        if (symbol->type == type && symbol->section != SHN_UNDEF && address >= symbol->value &&
            address - symbol->value < symbol->size)
            return symbol;
    }
    return NULL;
}

static void describe_code(const struct symbolizer *info, const struct comgr_symbols *symbols,
                          uint64_t address, struct comgr_buffer *out)
{
    const struct comgr_symbol *function = symbol_over(symbols, STT_FUNC, address);
    char *name = function != NULL ? comgr_demangle(function->name, strlen(function->name)) : NULL;
    comgr_buffer_addf(out, "%s\n", name != NULL ? name : "??");
    free(name);
    struct cairn_line_place place;
    if (info->lines != NULL && cairn_line_find(info->lines, address, &place))
        comgr_buffer_addf(out, "%s:%u:0\n", place.file, place.line);
    else
        comgr_buffer_addf(out, "??:0:0\n");
}

static void describe_data(const struct comgr_symbols *symbols, uint64_t address,
                          struct comgr_buffer *out)
{
    const struct comgr_symbol *variable = symbol_over(symbols, STT_OBJECT, address);
    char *name = variable != NULL ? comgr_demangle(variable->name, strlen(variable->name)) : NULL;
    comgr_buffer_addf(out, "%s\n%llu %llu\n", name != NULL ? name : "??",
                      (unsigned long long)(variable != NULL ? variable->value : 0),
                      (unsigned long long)(variable != NULL ? variable->size : 0));
    free(name);
}

amd_comgr_status_t amd_comgr_symbolize(amd_comgr_symbolizer_info_t handle, uint64_t address,
                                       bool is_code, void *user_data)
{
    const struct symbolizer *info = comgr_handle_find(COMGR_SYMBOLIZER, handle.handle);
    struct comgr_symbols *symbols;
    struct comgr_buffer text = {0};
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = comgr_symbols_of(info->code, &symbols);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    if (is_code)
        describe_code(info, symbols, address, &text);
    else
        describe_data(symbols, address, &text);
    if (text.failed) {
        free(text.text);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    info->print(text.text, user_data);
    free(text.text);
    return AMD_COMGR_STATUS_SUCCESS;
}
