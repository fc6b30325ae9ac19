/* SPDX-License-Identifier: MIT
 * symbolize FILE: what amd_comgr_symbolize says of each address of code that is read from standard
 * input, in their order.
 */
#include "amd_comgr/amd_comgr.h"

#include <stdio.h>
#include <stdlib.h>

static void print(const char *text, void *unused)
{
    fputs(text, stdout);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char *bytes = malloc(1 << 22);
    amd_comgr_data_t data;
    amd_comgr_symbolizer_info_t info;
    unsigned long long address;
    if (file == NULL || bytes == NULL)
        return 2;
    size_t size = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    if (amd_comgr_create_data(AMD_COMGR_DATA_KIND_EXECUTABLE, &data) != AMD_COMGR_STATUS_SUCCESS ||
        amd_comgr_set_data(data, size, bytes) != AMD_COMGR_STATUS_SUCCESS ||
        amd_comgr_create_symbolizer_info(data, print, &info) != AMD_COMGR_STATUS_SUCCESS)
        return 3;
    while (scanf("%llx", &address) == 1)
        if (amd_comgr_symbolize(info, address, true, NULL) != AMD_COMGR_STATUS_SUCCESS)
            return 4;
    amd_comgr_destroy_symbolizer_info(info);
    amd_comgr_release_data(data);
    free(bytes);
    return 0;
}
