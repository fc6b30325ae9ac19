/* SPDX-License-Identifier: MIT
 * Assertions and helpers of the tests of libamd_comgr.
 */
#ifndef TESTS_COMGR_RIG_H
#define TESTS_COMGR_RIG_H

#include "amd_comgr/amd_comgr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EXPECT(call, status)                                                                       \
    do {                                                                                           \
        amd_comgr_status_t got_ = (call);                                                          \
        if (got_ != (status))                                                                      \
            fail_msg("%s: %d, want %d", #call, (int)got_, (int)(status));                          \
    } while (0)
#define OK(call)      EXPECT(call, AMD_COMGR_STATUS_SUCCESS)
#define INVALID(call) EXPECT(call, AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT)
#define ERROR(call)   EXPECT(call, AMD_COMGR_STATUS_ERROR)

#define ISA "amdgcn-amd-amdhsa--gfx90a"

static const uint64_t no_handle; /* no object has it */

static inline amd_comgr_data_t make_data(amd_comgr_data_kind_t kind, const char *name,
                                         const void *bytes, size_t size)
{
    amd_comgr_data_t data;
    OK(amd_comgr_create_data(kind, &data));
    OK(amd_comgr_set_data(data, size, bytes));
    OK(amd_comgr_set_data_name(data, name));
    return data;
}

static inline amd_comgr_data_t read_data(amd_comgr_data_kind_t kind, const char *file)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", FILES, file);
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        fail_msg("no %s", path);
    static char bytes[1 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    return make_data(kind, file, bytes, size);
}

/* The bytes with a zero after them; the caller frees them. */
static inline char *bytes_of(amd_comgr_data_t data, size_t *size)
{
    OK(amd_comgr_get_data(data, size, NULL));
    char *bytes = calloc(1, *size + 1);
    assert_non_null(bytes);
    OK(amd_comgr_get_data(data, size, bytes));
    return bytes;
}

#endif
