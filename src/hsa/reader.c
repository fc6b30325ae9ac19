/* SPDX-License-Identifier: MIT
 * Code object readers: over memory of the caller, or over a file that is mapped.
 */
#include "loader_priv.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static hsa_status_t publish(struct reader *reader, hsa_code_object_reader_t *out)
{
    if (cairn_hsa_handle_add(HANDLE_READER, (uintptr_t)reader, reader) != CAIRN_OK)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    out->handle = (uintptr_t)reader;
    return HSA_STATUS_SUCCESS;
}

static void reader_free(struct reader *reader)
{
    if (reader->mapping != NULL)
        munmap(reader->mapping, reader->mapping_size);
    free(reader);
}

hsa_status_t hsa_code_object_reader_create_from_memory(const void *code_object, size_t size,
                                                       hsa_code_object_reader_t *code_object_reader)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (code_object == NULL || size == 0 || code_object_reader == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    reader->bytes = cairn_bytes_of(code_object, size);
    reader->storage = HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY;
    reader->file = -1;
    hsa_status_t status = publish(reader, code_object_reader);
    if (status != HSA_STATUS_SUCCESS)
        reader_free(reader);
    return status;
}

/* `size` 0: to the end of the file. */
static hsa_status_t open_file(hsa_file_t file, uint64_t offset, uint64_t size, struct reader **out)
{
    struct stat facts;
    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: code object reader: %d is not a readable file: %s", file,
                  strerror(errno));
        return HSA_STATUS_ERROR_INVALID_FILE;
    }
    uint64_t file_size = (uint64_t)facts.st_size;
    if (offset >= file_size || size > file_size - offset) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: code object reader: bytes %llu+%llu of a file of %llu",
                  (unsigned long long)offset, (unsigned long long)size,
                  (unsigned long long)file_size);
        return HSA_STATUS_ERROR_INVALID_FILE;
    }
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    reader->mapping = mmap(NULL, file_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (reader->mapping == MAP_FAILED) {
        free(reader);
        return HSA_STATUS_ERROR_INVALID_FILE;
    }
    reader->mapping_size = file_size;
    reader->bytes = cairn_bytes_of((const char *)reader->mapping + offset,
                                   size != 0 ? size : file_size - offset);
    reader->storage = HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_FILE;
    reader->file = file;
    reader->file_offset = offset;
    *out = reader;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t create_from_file(hsa_file_t file, uint64_t offset, uint64_t size,
                                     hsa_code_object_reader_t *out)
{
    struct reader *reader;
    hsa_status_t status = open_file(file, offset, size, &reader);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    status = publish(reader, out);
    if (status != HSA_STATUS_SUCCESS)
        reader_free(reader);
    return status;
}

hsa_status_t hsa_code_object_reader_create_from_file(hsa_file_t file,
                                                     hsa_code_object_reader_t *code_object_reader)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (code_object_reader == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return create_from_file(file, 0, 0, code_object_reader);
}

hsa_status_t hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(
    hsa_file_t file, size_t offset, size_t size, hsa_code_object_reader_t *code_object_reader)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (code_object_reader == NULL || size == 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return create_from_file(file, offset, size, code_object_reader);
}

hsa_status_t hsa_code_object_reader_destroy(hsa_code_object_reader_t code_object_reader)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct reader *reader = cairn_hsa_handle_remove(HANDLE_READER, code_object_reader.handle);
    if (reader == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER;
    reader_free(reader);
    return HSA_STATUS_SUCCESS;
}

void cairn_hsa_readers_destroy(void)
{
    uint64_t handle;
    while (cairn_hsa_handle_any(HANDLE_READER, &handle) != NULL)
        reader_free(cairn_hsa_handle_remove(HANDLE_READER, handle));
}
