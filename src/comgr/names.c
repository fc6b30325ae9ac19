/* SPDX-License-Identifier: MIT
 * Names in code: mangled names, and what hiprtc's name expressions became. Bitcode is not read
 * here: code is generated from it, and the file that results has the same names.
 */
#include "comgr/action.h"
#include "comgr/demangle.h"
#include "comgr/symbols.h"

#include <stdlib.h>

enum { RELOCATION_ABS64 = 3, RELOCATION_RELATIVE64 = 13, POINTER_BYTES = 8 };

/* ---- demangling ---- */

amd_comgr_status_t amd_comgr_demangle_symbol_name(amd_comgr_data_t handle, amd_comgr_data_t *out)
{
    const struct comgr_data *data = comgr_data_of(handle);
    struct comgr_data *result;
    if (data == NULL || data->kind != AMD_COMGR_DATA_KIND_BYTES || data->size == 0 || out == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    char *text = comgr_demangle((const char *)data->bytes, data->size);
    if (text == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    amd_comgr_status_t status =
        comgr_data_create(AMD_COMGR_DATA_KIND_BYTES, "", (uint8_t *)text, strlen(text), &result);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        out->handle = result->handle;
    else
        free(text);
    return status;
}

/* ---- the code to look into ---- */

/* Symbols of an executable, or of the relocatable that bitcode becomes, which the caller drops. */
static amd_comgr_status_t open_code(struct comgr_data *data, struct comgr_data **made,
                                    struct comgr_symbols **out)
{
    *made = NULL;
    if (data == NULL ||
        (data->kind != AMD_COMGR_DATA_KIND_EXECUTABLE && data->kind != AMD_COMGR_DATA_KIND_BC))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (data->kind == AMD_COMGR_DATA_KIND_EXECUTABLE)
        return comgr_symbols_of(data, out);
    amd_comgr_status_t status = comgr_generate_plain(data, made);
    return status != AMD_COMGR_STATUS_SUCCESS ? status : comgr_symbols_of(*made, out);
}

static bool is_name(const struct comgr_symbol *symbol)
{
    return symbol->section != SHN_UNDEF && symbol->section != SHN_ABS && symbol->name[0] != '\0' &&
           (symbol->type == STT_FUNC || symbol->type == STT_OBJECT);
}

static amd_comgr_status_t collect_names(const struct comgr_symbols *symbols,
                                        struct comgr_texts *names)
{
    amd_comgr_status_t status = AMD_COMGR_STATUS_SUCCESS;
    for (uint32_t i = 0; i < symbols->count && status == AMD_COMGR_STATUS_SUCCESS; i++)
        if (is_name(&symbols->items[i]))
            status = comgr_texts_add(names, symbols->items[i].name, strlen(symbols->items[i].name));
    return status;
}

/* ---- name expressions: pointer pairs (text, symbol) in variables that hiprtc adds ---- */

struct target {
    uint32_t section; /* SHN_UNDEF: value is an address of an executable */
    uint64_t value;
    const char *name; /* of a symbol, or NULL */
};

/* What the pointer at `offset` of `section` (an address, if the file is an executable) refers to:
 * the relocation there says so. */
static bool find_pointer(const struct comgr_symbols *symbols, uint32_t section, uint64_t offset,
                         struct target *out)
{
    const struct comgr_elf *elf = &symbols->elf;
    bool relocatable = elf->header.e_type == ET_REL;
    for (uint32_t i = 0; i < elf->section_count; i++) {
        Elf64_Shdr table = comgr_elf_section(elf, i);
        struct cairn_bytes in;
        Elf64_Rela rela;
        if (table.sh_type != SHT_RELA || (relocatable && table.sh_info != section) ||
            comgr_elf_contents(elf, i, &in) != CAIRN_OK)
            continue;
        while (cairn_bytes_take(&in, &rela, sizeof rela) == CAIRN_OK) {
            uint32_t symbol = ELF64_R_SYM(rela.r_info), type = ELF64_R_TYPE(rela.r_info);
            if (rela.r_offset != offset || symbol > symbols->count ||
                (type != RELOCATION_ABS64 && type != RELOCATION_RELATIVE64))
                continue;
            *out = (struct target){.value = (uint64_t)rela.r_addend};
            if (symbol != 0) { /* items leave out symbol 0 */
                const struct comgr_symbol *base = &symbols->items[symbol - 1];
                out->section = relocatable ? base->section : SHN_UNDEF;
                out->value += base->value;
                out->name = base->name[0] != '\0' && rela.r_addend == 0 && base->type != STT_SECTION
                                ? base->name
                                : NULL;
            }
            return true;
        }
    }
    return false;
}

static const char *text_of(const struct comgr_symbols *symbols, const struct target *target)
{
    return target->section != SHN_UNDEF
               ? comgr_elf_text(&symbols->elf, target->section, target->value)
               : comgr_elf_text_at(&symbols->elf, target->value);
}

static const char *symbol_of(const struct comgr_symbols *symbols, const struct target *target)
{
    if (target->name != NULL)
        return target->name;
    const struct comgr_symbol *symbol = comgr_symbols_at(symbols, target->section, target->value);
    return symbol != NULL ? symbol->name : NULL;
}

static amd_comgr_status_t collect_expressions(const struct comgr_symbols *symbols,
                                              struct comgr_texts *pairs)
{
    amd_comgr_status_t status = AMD_COMGR_STATUS_SUCCESS;
    for (uint32_t i = 0; i < symbols->count && status == AMD_COMGR_STATUS_SUCCESS; i++) {
        const struct comgr_symbol *variable = &symbols->items[i];
        struct target text_target, symbol_target;
        if (!is_name(variable) || strstr(variable->name, "__amdgcn_name_expr_") == NULL ||
            strstr(variable->name, "__amdgcn_name_expr_stub_") != NULL ||
            !find_pointer(symbols, variable->section, variable->value, &text_target) ||
            !find_pointer(symbols, variable->section, variable->value + POINTER_BYTES,
                          &symbol_target))
            continue;
        const char *text = text_of(symbols, &text_target);
        const char *symbol = symbol_of(symbols, &symbol_target);
        if (text == NULL || symbol == NULL)
            continue;
        status = comgr_texts_add(pairs, text, strlen(text));
        if (status == AMD_COMGR_STATUS_SUCCESS)
            status = comgr_texts_add(pairs, symbol, strlen(symbol));
    }
    return status;
}

static amd_comgr_status_t populate(struct comgr_data *data, struct comgr_texts *list,
                                   amd_comgr_status_t (*collect)(const struct comgr_symbols *,
                                                                 struct comgr_texts *))
{
    struct comgr_symbols *symbols;
    struct comgr_data *made;
    amd_comgr_status_t status = open_code(data, &made, &symbols);
    if (status == AMD_COMGR_STATUS_SUCCESS) {
        comgr_texts_clear(list);
        status = collect(symbols, list);
    }
    if (made != NULL)
        comgr_data_drop(made);
    return status;
}

amd_comgr_status_t amd_comgr_populate_mangled_names(amd_comgr_data_t handle, size_t *count)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || count == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = populate(data, &data->names, collect_names);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    data->names_populated = true;
    *count = data->names.count;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_get_mangled_name(amd_comgr_data_t handle, size_t index, size_t *size,
                                              char *mangled_name)
{
    const struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (!data->names_populated || index >= data->names.count)
        return AMD_COMGR_STATUS_ERROR;
    return comgr_text_give(data->names.items[index], size, mangled_name);
}

amd_comgr_status_t amd_comgr_populate_name_expression_map(amd_comgr_data_t handle, size_t *count)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || count == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = populate(data, &data->expressions, collect_expressions);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    data->expressions_populated = true;
    *count = data->expressions.count / 2;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_map_name_expression_to_symbol_name(amd_comgr_data_t handle,
                                                                size_t *size,
                                                                const char *name_expression,
                                                                char *symbol_name)
{
    const struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || size == NULL || name_expression == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (!data->expressions_populated)
        return AMD_COMGR_STATUS_ERROR;
    for (size_t i = 0; i + 1 < data->expressions.count; i += 2)
        if (strcmp(data->expressions.items[i], name_expression) == 0)
            return comgr_text_give(data->expressions.items[i + 1], size, symbol_name);
    return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
}
