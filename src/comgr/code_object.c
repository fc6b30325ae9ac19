/* SPDX-License-Identifier: MIT
 * Where things lie in files: code objects in bundles, addresses in code objects.
 */
#include "comgr/elf.h"

#include "comgr/comgr.h"
#include "obj/obj.h"

#include <stdio.h>

/* The isa name in a bundle entry id such as "hipv4-amdgcn-amd-amdhsa--gfx90a", or NULL. */
static const char *entry_isa(const char *id)
{
    static const char *const kinds[] = {"hip-", "hipv4-", "hcc-"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(id, kinds[i], strlen(kinds[i])) == 0)
            return id + strlen(kinds[i]);
    return NULL;
}

static void look_in_elf(const struct comgr_elf *elf, amd_comgr_code_object_info_t *list,
                        size_t count)
{
    char isa[96];
    if (!comgr_isa_of_elf(elf, isa, sizeof isa))
        return;
    for (size_t i = 0; i < count; i++) {
        if (!comgr_isa_fits(list[i].isa, isa))
            continue;
        list[i].size = elf->image.left;
        return;
    }
}

struct wishes {
    amd_comgr_code_object_info_t *list;
    size_t count;
};

/* An entry serves the first wish that it fits and that nothing has served. */
static void offer(const char *id, uint64_t offset, uint64_t size, void *user)
{
    struct wishes *wishes = user;
    const char *isa = entry_isa(id);
    for (size_t i = 0; isa != NULL && i < wishes->count; i++) {
        amd_comgr_code_object_info_t *wish = &wishes->list[i];
        if (wish->size != 0 || !comgr_isa_fits(wish->isa, isa))
            continue;
        wish->size = size;
        wish->offset = offset;
        return;
    }
}

/* The data may be the first page of a file: callers read the table first, then what it points to.
 */
amd_comgr_status_t amd_comgr_lookup_code_object(amd_comgr_data_t handle,
                                                amd_comgr_code_object_info_t *list, size_t count)
{
    static const char magic[] = "__CLANG_OFFLOAD_BUNDLE__";
    const struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || list == NULL ||
        (data->kind != AMD_COMGR_DATA_KIND_FATBIN && data->kind != AMD_COMGR_DATA_KIND_BYTES &&
         data->kind != AMD_COMGR_DATA_KIND_EXECUTABLE))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    for (size_t i = 0; i < count; i++) {
        if (list[i].isa == NULL)
            return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
        list[i].size = 0;
        list[i].offset = 0;
    }
    struct cairn_bytes bytes = cairn_bytes_of(data->bytes, data->size);
    struct comgr_elf elf;
    if (data->kind != AMD_COMGR_DATA_KIND_FATBIN && comgr_elf_open(bytes, &elf) == CAIRN_OK) {
        look_in_elf(&elf, list, count);
        return AMD_COMGR_STATUS_SUCCESS;
    }
    struct wishes wishes = {list, count};
    if (data->kind == AMD_COMGR_DATA_KIND_EXECUTABLE || bytes.left < sizeof magic - 1 ||
        memcmp(bytes.at, magic, sizeof magic - 1) != 0)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return cairn_bundle_places(bytes, offer, &wishes) == CAIRN_OK ? AMD_COMGR_STATUS_SUCCESS
                                                                  : AMD_COMGR_STATUS_ERROR;
}

amd_comgr_status_t amd_comgr_map_elf_virtual_address_to_code_object_offset(
    amd_comgr_data_t handle, uint64_t elf_virtual_address, uint64_t *code_object_offset,
    uint64_t *slice_size, bool *nobits)
{
    const struct comgr_data *data = comgr_data_of(handle);
    struct comgr_elf elf;
    if (data == NULL || data->kind != AMD_COMGR_DATA_KIND_EXECUTABLE ||
        code_object_offset == NULL || slice_size == NULL || nobits == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (comgr_elf_open(cairn_bytes_of(data->bytes, data->size), &elf) != CAIRN_OK)
        return AMD_COMGR_STATUS_ERROR;
    for (uint32_t i = 0; i < elf.program_count; i++) {
        Elf64_Phdr program = comgr_elf_program(&elf, i);
        if (program.p_type != PT_LOAD || elf_virtual_address < program.p_vaddr ||
            elf_virtual_address - program.p_vaddr >= program.p_memsz)
            continue;
        uint64_t into = elf_virtual_address - program.p_vaddr;
        *nobits = into >= program.p_filesz;
        *slice_size = (*nobits ? program.p_memsz : program.p_filesz) - into;
        *code_object_offset = program.p_offset + into;
        return AMD_COMGR_STATUS_SUCCESS;
    }
    return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
}
