/* SPDX-License-Identifier: MIT
 * Actions that make one result of several inputs, with LLVM's linkers, and the one that writes code
 * as text.
 */
#include "comgr/action.h"

#include "obj/obj.h"

#include <stdio.h>
#include <stdlib.h>

/* Writes `bytes` and puts the file into the command. */
static amd_comgr_status_t add_input(struct comgr_work *work, struct comgr_texts *command,
                                    const char *name, struct cairn_bytes bytes)
{
    char file[64];
    struct comgr_buffer path = {0};
    const char *dot = strrchr(name, '.');
    /* Names need not differ, so each file gets a number; only the ending matters. */
    snprintf(file, sizeof file, "%u%.8s", work->files++, dot != NULL ? dot : "");
    amd_comgr_status_t status = comgr_work_write_bytes(work, "input", file, bytes, &path);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        comgr_texts_push(command, path.text);
    free(path.text);
    return status;
}

/* Runs the command with an output file, which becomes the result. */
static amd_comgr_status_t finish(struct comgr_work *work, struct comgr_texts *command,
                                 amd_comgr_data_kind_t kind, const char *name)
{
    struct comgr_buffer output = {0};
    comgr_buffer_addf(&output, "%s/output/%s", work->folder, name);
    amd_comgr_status_t status = AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (!output.failed) {
        comgr_texts_push(command, "-o");
        comgr_texts_push(command, output.text);
        status = comgr_work_run(work, command);
    }
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_work_read(work, output.text, kind, name);
    free(output.text);
    return status;
}

/* ---- bitcode ---- */

static amd_comgr_status_t add_module(struct comgr_work *work, struct comgr_texts *command,
                                     struct cairn_bytes bytes)
{
    comgr_texts_push(command, "-mlink-bitcode-file");
    return add_input(work, command, ".bc", bytes);
}

struct archive_visit {
    struct comgr_work *work;
    struct comgr_texts *command;
};

static amd_comgr_status_t add_member(const char *name, struct cairn_bytes bytes, void *user)
{
    struct archive_visit *visit = user;
    return add_module(visit->work, visit->command, bytes);
}

/* The entry of a bundle for the isa of the action, or a whole file of bitcode. */
static amd_comgr_status_t add_bundle(struct comgr_work *work, struct comgr_texts *command,
                                     const struct comgr_data *data, const char *id)
{
    struct cairn_bundle *bundle;
    enum cairn_status opened =
        cairn_bundle_create(cairn_bytes_of(data->bytes, data->size), &bundle);
    if (opened != CAIRN_OK)
        return comgr_status_of(opened);
    struct cairn_bytes entry = comgr_bundle_entry(bundle, id);
    amd_comgr_status_t status = AMD_COMGR_STATUS_ERROR;
    if (entry.left != 0)
        status = add_module(work, command, entry);
    else
        comgr_buffer_addf(&work->log, "error: no entry %s in the bundle %s\n", id, data->name);
    cairn_bundle_destroy(bundle);
    return status;
}

/* LLVM Bitcode File Format, "Magic Number" and "Bitcode Wrapper Format"; clang would take text,
 * even an empty one. */
static bool is_bitcode(struct cairn_bytes bytes)
{
    return bytes.left >= 4 &&
           (memcmp(bytes.at, "BC\xc0\xde", 4) == 0 || memcmp(bytes.at, "\xde\xc0\x17\x0b", 4) == 0);
}

static amd_comgr_status_t add_bitcode(struct comgr_work *work, struct comgr_texts *command,
                                      const struct comgr_data *data)
{
    char id[160];
    struct cairn_bytes bytes = cairn_bytes_of(data->bytes, data->size);
    struct archive_visit visit = {work, command};
    if (data->kind == AMD_COMGR_DATA_KIND_BC && !is_bitcode(bytes)) {
        comgr_buffer_addf(&work->log, "error: '%s' is no bitcode\n", data->name);
        return AMD_COMGR_STATUS_ERROR;
    }
    if (data->kind == AMD_COMGR_DATA_KIND_BC)
        return add_module(work, command, bytes);
    if (data->kind != AMD_COMGR_DATA_KIND_BC_BUNDLE && data->kind != AMD_COMGR_DATA_KIND_AR_BUNDLE)
        return AMD_COMGR_STATUS_SUCCESS;
    if (work->info->isa_name[0] == '\0')
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    snprintf(id, sizeof id, "hip-%s", work->info->isa_name);
    if (data->kind == AMD_COMGR_DATA_KIND_BC_BUNDLE)
        return add_bundle(work, command, data, id);
    return comgr_archive_entries(bytes, id, add_member, &visit);
}

/* clang without its driver links as llvm-link does, and is there where LLVM's other tools are not.
 * All modules are linked into an empty one. */
static amd_comgr_status_t start_bitcode_link(struct comgr_work *work, struct comgr_texts *command)
{
    static const char empty[] = "target triple = \"amdgcn-amd-amdhsa\"\n";
    static const char *const arguments[] = {
        "-cc1", "-triple", "amdgcn-amd-amdhsa", "-emit-llvm-bc", "-disable-llvm-passes",
        "-x",   "ir"};
    comgr_work_tool(work, "clang", command);
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
        comgr_texts_push(command, arguments[i]);
    return add_input(work, command, ".ll", cairn_bytes_of(empty, sizeof empty - 1));
}

amd_comgr_status_t comgr_link_bitcode(struct comgr_work *work)
{
    struct comgr_texts command = {0};
    amd_comgr_status_t status = comgr_work_open(work);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = start_bitcode_link(work, &command);
    for (size_t i = 0; i < work->input->count && status == AMD_COMGR_STATUS_SUCCESS; i++)
        status = add_bitcode(work, &command, work->input->items[i]);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = finish(work, &command, AMD_COMGR_DATA_KIND_BC, "linked.bc");
    comgr_texts_clear(&command);
    return status;
}

/* ---- machine code ---- */

/* Without options the linker is called as clang would call it; clang is asked to only for them. */
static void start_link(struct comgr_work *work, bool relocatable, struct comgr_texts *command)
{
    static const char *const executable[] = {"--no-undefined", "-shared",
                                             "-plugin-opt=-amdgpu-internalize-symbols"};
    if (work->info->options.count == 0) {
        comgr_work_tool(work, "ld.lld", command);
        if (relocatable)
            comgr_texts_push(command, "-r");
        for (size_t i = 0; !relocatable && i < sizeof executable / sizeof executable[0]; i++)
            comgr_texts_push(command, executable[i]);
        return;
    }
    comgr_work_tool(work, "clang", command);
    comgr_texts_push(command, "--target=amdgcn-amd-amdhsa");
    comgr_texts_pushf(command, "-mcpu=%s", comgr_isa_target(work->info->isa_name));
    comgr_texts_push(command, "-nogpulib");
    if (relocatable)
        comgr_texts_push(command, "-Wl,-r");
    for (size_t i = 0; i < work->info->options.count; i++)
        comgr_texts_push(command, work->info->options.items[i]);
}

amd_comgr_status_t comgr_link_code(struct comgr_work *work)
{
    bool relocatable = work->kind == AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_RELOCATABLE;
    struct comgr_texts command = {0};
    amd_comgr_status_t status = comgr_work_open(work);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        start_link(work, relocatable, &command);
    for (size_t i = 0; i < work->input->count && status == AMD_COMGR_STATUS_SUCCESS; i++) {
        const struct comgr_data *data = work->input->items[i];
        if (data->kind == AMD_COMGR_DATA_KIND_RELOCATABLE)
            status = add_input(work, &command, ".o", cairn_bytes_of(data->bytes, data->size));
    }
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = relocatable ? finish(work, &command, AMD_COMGR_DATA_KIND_RELOCATABLE, "a.o")
                             : finish(work, &command, AMD_COMGR_DATA_KIND_EXECUTABLE, "a.so");
    comgr_texts_clear(&command);
    return status;
}

/* ---- text ---- */

static void add_disassembler(struct comgr_work *work, struct comgr_texts *command)
{
    comgr_work_tool(work, "llvm-objdump", command);
    if (work->kind == AMD_COMGR_ACTION_DISASSEMBLE_BYTES_TO_SOURCE) {
        comgr_texts_push(command, "-D");
        comgr_texts_push(command, "-b");
        comgr_texts_push(command, "binary");
    } else {
        comgr_texts_push(command, "-d");
    }
    comgr_texts_pushf(command, "--mcpu=%.*s",
                      (int)strcspn(comgr_isa_target(work->info->isa_name), ":"),
                      comgr_isa_target(work->info->isa_name));
    for (size_t i = 0; i < work->info->options.count; i++)
        comgr_texts_push(command, work->info->options.items[i]);
}

static amd_comgr_status_t disassemble_one(struct comgr_work *work, const struct comgr_data *data)
{
    struct comgr_texts command = {0};
    struct comgr_buffer name = {0}, log = work->log;
    struct comgr_data *text = NULL;
    add_disassembler(work, &command);
    amd_comgr_status_t status =
        add_input(work, &command, ".o", cairn_bytes_of(data->bytes, data->size));
    work->log = (struct comgr_buffer){0}; /* what the program prints is the result */
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_work_run(work, &command);
    comgr_name_with(data->name, ".s", &name);
    if (status == AMD_COMGR_STATUS_SUCCESS && !name.failed && !work->log.failed) {
        status = comgr_data_create(AMD_COMGR_DATA_KIND_SOURCE, name.text, (uint8_t *)work->log.text,
                                   work->log.size, &text);
        if (status == AMD_COMGR_STATUS_SUCCESS)
            work->log = (struct comgr_buffer){0};
    }
    if (text != NULL) {
        status = comgr_data_set_append(work->result, text);
        comgr_data_drop(text);
    }
    comgr_buffer_add(&log, work->log.text, work->log.size);
    free(work->log.text);
    work->log = log;
    free(name.text);
    comgr_texts_clear(&command);
    return status;
}

amd_comgr_status_t comgr_disassemble(struct comgr_work *work)
{
    amd_comgr_data_kind_t takes = work->kind == AMD_COMGR_ACTION_DISASSEMBLE_RELOCATABLE_TO_SOURCE
                                      ? AMD_COMGR_DATA_KIND_RELOCATABLE
                                  : work->kind == AMD_COMGR_ACTION_DISASSEMBLE_EXECUTABLE_TO_SOURCE
                                      ? AMD_COMGR_DATA_KIND_EXECUTABLE
                                      : AMD_COMGR_DATA_KIND_BYTES;
    amd_comgr_status_t status = comgr_work_open(work);
    for (size_t i = 0; i < work->input->count && status == AMD_COMGR_STATUS_SUCCESS; i++)
        if (work->input->items[i]->kind == takes)
            status = disassemble_one(work, work->input->items[i]);
    return status;
}
