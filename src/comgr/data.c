/* SPDX-License-Identifier: MIT
 * Data objects: bytes with a kind and a name.
 */
#include "comgr/comgr.h"
#include "comgr/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct comgr_data *comgr_data_of(amd_comgr_data_t data)
{
    return comgr_handle_find(COMGR_DATA, data.handle);
}

/* Kinds are 1 to 9 and 0x10 to LAST. */
bool comgr_is_data_kind(amd_comgr_data_kind_t kind)
{
    return (kind > AMD_COMGR_DATA_KIND_UNDEF && kind <= AMD_COMGR_DATA_KIND_BYTES) ||
           (kind >= AMD_COMGR_DATA_KIND_FATBIN && kind <= AMD_COMGR_DATA_KIND_LAST);
}

static void forget_derived(struct comgr_data *data)
{
    comgr_symbols_destroy(data->symbols);
    data->symbols = NULL;
    comgr_texts_clear(&data->names);
    comgr_texts_clear(&data->expressions);
    data->names_populated = data->expressions_populated = false;
}

amd_comgr_status_t comgr_data_create(amd_comgr_data_kind_t kind, const char *name, uint8_t *bytes,
                                     size_t size, struct comgr_data **out)
{
    struct comgr_data *data = calloc(1, sizeof *data);
    if (data == NULL || comgr_text_set(&data->name, name) != AMD_COMGR_STATUS_SUCCESS)
        goto free_data;
    if (!comgr_handle_add(COMGR_DATA, data, &data->handle))
        goto free_name;
    atomic_init(&data->references, 1);
    data->kind = kind;
    data->bytes = bytes;
    data->size = size;
    *out = data;
    return AMD_COMGR_STATUS_SUCCESS;
free_name:
    free(data->name);
free_data:
    free(data);
    return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
}

void comgr_data_hold(struct comgr_data *data)
{
    atomic_fetch_add_explicit(&data->references, 1, memory_order_relaxed);
}

void comgr_data_drop(struct comgr_data *data)
{
    if (atomic_fetch_sub_explicit(&data->references, 1, memory_order_acq_rel) != 1)
        return;
    comgr_handle_remove(data->handle);
    forget_derived(data);
    free(data->bytes);
    free(data->name);
    free(data);
}

void comgr_data_replace(struct comgr_data *data, uint8_t *bytes, size_t size)
{
    forget_derived(data);
    free(data->bytes);
    data->bytes = bytes;
    data->size = size;
}

amd_comgr_status_t amd_comgr_create_data(amd_comgr_data_kind_t kind, amd_comgr_data_t *out)
{
    struct comgr_data *data;
    if (!comgr_is_data_kind(kind) || out == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = comgr_data_create(kind, "", NULL, 0, &data);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        out->handle = data->handle;
    return status;
}

amd_comgr_status_t amd_comgr_release_data(amd_comgr_data_t handle)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    comgr_data_drop(data);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_get_data_kind(amd_comgr_data_t handle, amd_comgr_data_kind_t *kind)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || kind == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *kind = data->kind;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_set_data(amd_comgr_data_t handle, size_t size, const char *bytes)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || (size != 0 && bytes == NULL))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    uint8_t *copy = malloc(size != 0 ? size : 1);
    if (copy == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (size != 0)
        memcpy(copy, bytes, size);
    comgr_data_replace(data, copy, size);
    return AMD_COMGR_STATUS_SUCCESS;
}

static bool read_slice(int fd, uint64_t offset, uint8_t *out, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(fd, out + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

amd_comgr_status_t amd_comgr_set_data_from_file_slice(amd_comgr_data_t handle, int file_descriptor,
                                                      uint64_t offset, uint64_t size)
{
    struct comgr_data *data = comgr_data_of(handle);
    uint64_t end;
    off_t file_size = lseek(file_descriptor, 0, SEEK_END);
    if (data == NULL || size == 0 || file_size < 0 || __builtin_add_overflow(offset, size, &end) ||
        end > (uint64_t)file_size)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    uint8_t *bytes = malloc(size);
    if (bytes == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (!read_slice(file_descriptor, offset, bytes, size)) {
        free(bytes);
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    }
    comgr_data_replace(data, bytes, size);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_set_data_name(amd_comgr_data_t handle, const char *name)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_set(&data->name, name);
}

amd_comgr_status_t amd_comgr_get_data(amd_comgr_data_t handle, size_t *size, char *bytes)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (bytes == NULL)
        *size = data->size;
    else if (data->size != 0)
        memcpy(bytes, data->bytes, data->size < *size ? data->size : *size);
    return AMD_COMGR_STATUS_SUCCESS;
}

/* Unlike its sisters it always tells the size. */
amd_comgr_status_t amd_comgr_get_data_name(amd_comgr_data_t handle, size_t *size, char *name)
{
    struct comgr_data *data = comgr_data_of(handle);
    if (data == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = comgr_text_give(data->name, size, name);
    *size = strlen(data->name) + 1;
    return status;
}
