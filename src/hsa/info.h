/* SPDX-License-Identifier: MIT
 * Writers for attribute queries: each stores one value of the type that the attribute has and
 * reports success, so that a query is a table of cases.
 */
#ifndef CAIRN_HSA_INFO_H
#define CAIRN_HSA_INFO_H

#include "hsa/hsa.h"

#include <stdio.h>
#include <string.h>

static inline hsa_status_t info_u8(void *value, uint8_t x)
{
    memcpy(value, &x, sizeof x);
    return HSA_STATUS_SUCCESS;
}

static inline hsa_status_t info_u16(void *value, uint16_t x)
{
    memcpy(value, &x, sizeof x);
    return HSA_STATUS_SUCCESS;
}

static inline hsa_status_t info_u32(void *value, uint32_t x)
{
    memcpy(value, &x, sizeof x);
    return HSA_STATUS_SUCCESS;
}

static inline hsa_status_t info_u64(void *value, uint64_t x)
{
    memcpy(value, &x, sizeof x);
    return HSA_STATUS_SUCCESS;
}

static inline hsa_status_t info_bool(void *value, bool x)
{
    memcpy(value, &x, sizeof x);
    return HSA_STATUS_SUCCESS;
}

static inline hsa_status_t info_bytes(void *value, const void *bytes, size_t size)
{
    memcpy(value, bytes, size);
    return HSA_STATUS_SUCCESS;
}

/* A field of `size` bytes, padded with zeros. */
static inline hsa_status_t info_text(void *value, size_t size, const char *text)
{
    size_t length = strnlen(text, size - 1);
    memset(value, 0, size);
    memcpy(value, text, length);
    return HSA_STATUS_SUCCESS;
}

#endif
