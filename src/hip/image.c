/* SPDX-License-Identifier: MIT
 * How long an image is. Programs give only its address; its headers say how long it claims to be,
 * and they are believed no further than memory can be read.
 */
#include "hip/module.h"

#include "hip/jit.h"

#include <link.h>
#include <stdio.h>

struct mapping_search {
    const char *address;
    size_t left;
};

static int search_mapping(struct dl_phdr_info *info, size_t size, void *data)
{
    struct mapping_search *search = data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        const char *start = (const char *)(info->dlpi_addr + header->p_vaddr);
        if (header->p_type != PT_LOAD || search->address < start ||
            search->address >= start + header->p_filesz)
            continue;
        search->left = (size_t)(start + header->p_filesz - search->address);
        return 1;
    }
    return 0;
}

/* Bytes from `address` on that can be read: proc(5), /proc/PID/maps. Without that file the headers
 * are all there is. */
static size_t readable_bytes(const void *address)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    uintptr_t end = (uintptr_t)address, start, stop;
    char access;
    if (maps == NULL)
        return (size_t)1 << 40;
    while (fscanf(maps, "%lx-%lx %c%*[^\n]", &start, &stop, &access) == 3 && start <= end)
        if (end < stop && access == 'r')
            end = stop;
    fclose(maps);
    return end - (uintptr_t)address;
}

hipError_t hip_image_bytes(const void *image, struct cairn_bytes *out)
{
    struct mapping_search search = {.address = image};
    size_t size;
    if (image == NULL)
        return hipErrorInvalidValue;
    if (dl_iterate_phdr(search_mapping, &search) == 0)
        search.left = readable_bytes(image);
    if (!hip_bitcode_size(image, search.left, &size) &&
        cairn_bundle_size(image, search.left, &size) != CAIRN_OK)
        return hipErrorInvalidImage;
    *out = cairn_bytes_of(image, size);
    return hipSuccess;
}
