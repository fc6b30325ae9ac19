/* SPDX-License-Identifier: MIT
 * Symbol tables, and the functions of the API that iterate, find and describe symbols.
 */
#include "comgr/symbols.h"

#include <stdlib.h>

void comgr_symbols_destroy(struct comgr_symbols *symbols)
{
    if (symbols == NULL)
        return;
    comgr_handle_remove(symbols->handle);
    free(symbols->items);
    free(symbols);
}

/* Symbol 0 stands for none. A name outside of the string table makes the file damaged. */
static enum cairn_status read_table(struct comgr_symbols *symbols, uint32_t index)
{
    struct cairn_bytes in;
    if (index == 0)
        return CAIRN_OK; /* stripped: no symbols */
    enum cairn_status status = comgr_elf_contents(&symbols->elf, index, &in);
    if (status != CAIRN_OK)
        return status;
    uint32_t names = comgr_elf_section(&symbols->elf, index).sh_link;
    size_t count = in.left / sizeof(Elf64_Sym);
    symbols->items = calloc(count + 1, sizeof *symbols->items);
    if (symbols->items == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (size_t i = 0; i < count && i < UINT32_MAX; i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, in.at + i * sizeof symbol, sizeof symbol);
        const char *name = comgr_elf_text(&symbols->elf, names, symbol.st_name);
        if (name == NULL)
            return CAIRN_ERR_BAD_FORMAT;
        if (i == 0)
            continue;
        symbols->items[symbols->count++] = (struct comgr_symbol){
            .name = name,
            .value = symbol.st_value,
            .size = symbol.st_size,
            .section = symbol.st_shndx,
            .type = ELF64_ST_TYPE(symbol.st_info),
        };
    }
    return CAIRN_OK;
}

static enum cairn_status read_symbols(const struct comgr_data *data, struct comgr_symbols *symbols)
{
    enum cairn_status status =
        comgr_elf_open(cairn_bytes_of(data->bytes, data->size), &symbols->elf);
    if (status != CAIRN_OK)
        return status;
    bool relocatable = data->kind == AMD_COMGR_DATA_KIND_RELOCATABLE;
    return read_table(symbols,
                      comgr_elf_find(&symbols->elf, relocatable ? SHT_SYMTAB : SHT_DYNSYM));
}

amd_comgr_status_t comgr_symbols_of(struct comgr_data *data, struct comgr_symbols **out)
{
    if (data == NULL || (data->kind != AMD_COMGR_DATA_KIND_RELOCATABLE &&
                         data->kind != AMD_COMGR_DATA_KIND_EXECUTABLE))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (data->symbols != NULL) {
        *out = data->symbols;
        return AMD_COMGR_STATUS_SUCCESS;
    }
    struct comgr_symbols *symbols = calloc(1, sizeof *symbols);
    if (symbols == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    enum cairn_status status = read_symbols(data, symbols);
    if (status == CAIRN_OK && !comgr_handle_add(COMGR_SYMBOLS, symbols, &symbols->handle))
        status = CAIRN_ERR_NO_MEMORY;
    if (status != CAIRN_OK) {
        comgr_symbols_destroy(symbols);
        return status == CAIRN_ERR_NO_MEMORY ? AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES
                                             : AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    }
    *out = data->symbols = symbols;
    return AMD_COMGR_STATUS_SUCCESS;
}

const struct comgr_symbol *comgr_symbols_at(const struct comgr_symbols *symbols, uint32_t section,
                                            uint64_t value)
{
    for (uint32_t i = 0; i < symbols->count; i++) {
        const struct comgr_symbol *symbol = &symbols->items[i];
        if (symbol->section != SHN_UNDEF && symbol->value == value && symbol->name[0] != '\0' &&
            (section == SHN_UNDEF || symbol->section == section) &&
            (symbol->type == STT_FUNC || symbol->type == STT_OBJECT))
            return symbol;
    }
    return NULL;
}

static amd_comgr_symbol_t handle_of(const struct comgr_symbols *symbols, uint32_t index)
{
    return (amd_comgr_symbol_t){comgr_handle_with(symbols->handle, index)};
}

amd_comgr_status_t amd_comgr_iterate_symbols(
    amd_comgr_data_t data,
    amd_comgr_status_t (*callback)(amd_comgr_symbol_t symbol, void *user_data), void *user_data)
{
    struct comgr_symbols *symbols;
    amd_comgr_status_t status = callback == NULL ? AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT
                                                 : comgr_symbols_of(comgr_data_of(data), &symbols);
    for (uint32_t i = 0; status == AMD_COMGR_STATUS_SUCCESS && i < symbols->count; i++)
        if (callback(handle_of(symbols, i), user_data) != AMD_COMGR_STATUS_SUCCESS)
            status = AMD_COMGR_STATUS_ERROR;
    return status;
}

amd_comgr_status_t amd_comgr_symbol_lookup(amd_comgr_data_t data, const char *name,
                                           amd_comgr_symbol_t *out)
{
    struct comgr_symbols *symbols;
    if (name == NULL || out == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = comgr_symbols_of(comgr_data_of(data), &symbols);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    for (uint32_t i = 0; i < symbols->count; i++) {
        if (strcmp(symbols->items[i].name, name) != 0)
            continue;
        *out = handle_of(symbols, i);
        return AMD_COMGR_STATUS_SUCCESS;
    }
    return AMD_COMGR_STATUS_ERROR;
}

/* ELF's numbers up to COMMON, and the kernels of the first HSA code objects. */
static amd_comgr_symbol_type_t type_of(uint8_t type)
{
    return type <= STT_COMMON || type == AMD_COMGR_SYMBOL_TYPE_AMDGPU_HSA_KERNEL
               ? (amd_comgr_symbol_type_t)type
               : AMD_COMGR_SYMBOL_TYPE_UNKNOWN;
}

amd_comgr_status_t amd_comgr_symbol_get_info(amd_comgr_symbol_t handle,
                                             amd_comgr_symbol_info_t attribute, void *value)
{
    const struct comgr_symbols *symbols = comgr_handle_find(COMGR_SYMBOLS, handle.handle);
    uint32_t index = comgr_handle_index(handle.handle);
    if (symbols == NULL || index >= symbols->count || value == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    const struct comgr_symbol *symbol = &symbols->items[index];
    switch (attribute) {
    case AMD_COMGR_SYMBOL_INFO_NAME_LENGTH:
        *(uint64_t *)value = strlen(symbol->name);
        return AMD_COMGR_STATUS_SUCCESS;
    case AMD_COMGR_SYMBOL_INFO_NAME:
        strcpy(value, symbol->name);
        return AMD_COMGR_STATUS_SUCCESS;
    case AMD_COMGR_SYMBOL_INFO_TYPE:
        *(amd_comgr_symbol_type_t *)value = type_of(symbol->type);
        return AMD_COMGR_STATUS_SUCCESS;
    case AMD_COMGR_SYMBOL_INFO_SIZE:
        *(uint64_t *)value = symbol->size;
        return AMD_COMGR_STATUS_SUCCESS;
    case AMD_COMGR_SYMBOL_INFO_IS_UNDEFINED:
        *(bool *)value = symbol->section == SHN_UNDEF;
        return AMD_COMGR_STATUS_SUCCESS;
    case AMD_COMGR_SYMBOL_INFO_VALUE:
        *(uint64_t *)value = symbol->value;
        return AMD_COMGR_STATUS_SUCCESS;
    default:
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    }
}
