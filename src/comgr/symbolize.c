/* SPDX-License-Identifier: MIT
 * Addresses of a code object to functions, source lines and variables, in the text form that AMD's
 * library gives (measured: libamd_comgr 3.0 of ROCm 6.4): llvm-symbolizer's with --pretty-print.
 */
#include "comgr/demangle.h"
#include "comgr/symbols.h"

#include "obj/frame.h"

#include <stdlib.h>

struct symbolizer {
    struct comgr_data *code; /* a copy: the caller's may go */
    void (*print)(const char *symbol, void *user_data);
};

static void destroy(struct symbolizer *info)
{
    if (info->code != NULL)
        comgr_data_drop(info->code);
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
        !comgr_handle_add(COMGR_SYMBOLIZER, info, &out->handle))
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

/* Of the whole table where the file has it: the dynamic one lacks what only its own code calls. */
static bool symbol_over(const struct symbolizer *info, uint8_t type, uint64_t address,
                        struct comgr_symbol *out)
{
    struct comgr_symbols *symbols;
    struct cairn_bytes in;
    Elf64_Sym symbol;
    if (comgr_symbols_of(info->code, &symbols) != AMD_COMGR_STATUS_SUCCESS)
        return false;
    const struct comgr_elf *elf = &symbols->elf;
    uint32_t index = comgr_elf_find(elf, SHT_SYMTAB);
    if (index == 0)
        index = comgr_elf_find(elf, SHT_DYNSYM);
    if (index == 0 || comgr_elf_contents(elf, index, &in) != CAIRN_OK)
        return false;
    uint32_t names = comgr_elf_section(elf, index).sh_link;
    while (cairn_bytes_take(&in, &symbol, sizeof symbol) == CAIRN_OK) {
        const char *name = comgr_elf_text(elf, names, symbol.st_name);
        if (name == NULL || ELF64_ST_TYPE(symbol.st_info) != type || symbol.st_shndx == SHN_UNDEF ||
            address < symbol.st_value || address - symbol.st_value >= symbol.st_size)
            continue;
        *out =
            (struct comgr_symbol){.name = name, .value = symbol.st_value, .size = symbol.st_size};
        return true;
    }
    return false;
}

/* What the frames of one answer share. */
struct answer {
    struct comgr_buffer *text;
    const char *function; /* symbol that covers the address; NULL: none */
    bool begun;
};

/* The function around all others goes by its symbol. */
static void describe_frame(const struct cairn_frame *frame, void *context)
{
    struct answer *answer = context;
    const char *name =
        frame->outermost && answer->function != NULL ? answer->function : frame->name;
    char *plain = name != NULL ? comgr_demangle(name, strlen(name)) : NULL;
    comgr_buffer_addf(answer->text, "%s%s at %s:%u:%u\n", answer->begun ? " (inlined by) " : "",
                      plain != NULL ? plain : "??", frame->file[0] != '\0' ? frame->file : "??",
                      frame->line, frame->column);
    answer->begun = true;
    free(plain);
}

static void describe_code(const struct symbolizer *info, uint64_t address, struct comgr_buffer *out)
{
    struct comgr_symbol function;
    struct answer answer = {.text = out};
    struct cairn_bytes image = cairn_bytes_of(info->code->bytes, info->code->size);
    if (symbol_over(info, STT_FUNC, address, &function))
        answer.function = function.name;
    if (cairn_frames_find(image, address, describe_frame, &answer) == 0) {
        const struct cairn_frame unknown = {.outermost = true};
        describe_frame(&unknown, &answer);
    }
    comgr_buffer_addf(out, "\n");
}

/* Where a variable was declared is not looked for: AMD's library finds none in its own code. */
static void describe_data(const struct symbolizer *info, uint64_t address, struct comgr_buffer *out)
{
    struct comgr_symbol variable = {0};
    char *name = symbol_over(info, STT_OBJECT, address, &variable)
                     ? comgr_demangle(variable.name, strlen(variable.name))
                     : NULL;
    comgr_buffer_addf(out, "%s\n%llu %llu\n??:?\n\n", name != NULL ? name : "??",
                      (unsigned long long)variable.value, (unsigned long long)variable.size);
    free(name);
}

amd_comgr_status_t amd_comgr_symbolize(amd_comgr_symbolizer_info_t handle, uint64_t address,
                                       bool is_code, void *user_data)
{
    const struct symbolizer *info = comgr_handle_find(COMGR_SYMBOLIZER, handle.handle);
    struct comgr_buffer text = {0};
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (is_code)
        describe_code(info, address, &text);
    else
        describe_data(info, address, &text);
    if (text.failed) {
        free(text.text);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    info->print(text.text, user_data);
    free(text.text);
    return AMD_COMGR_STATUS_SUCCESS;
}
