/* SPDX-License-Identifier: MIT
 * Small parts of the API: looking functions up by name, names of API ids, channel formats, profiler
 * switches, half precision helpers of compilers, build information.
 */
#include "hip/runtime.h"
#include "hip/symbols.h"

#include <hip/channel_descriptor.h>

#include <string.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* ---- by name ---- */

static const struct hip_symbol *find_symbol(const char *name)
{
    unsigned low = 0, high = hip_symbol_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(hip_symbols[middle].name, name);
        if (order == 0)
            return &hip_symbols[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* `version` is major * 100 + minor * 10 or HIP_VERSION; the plain property names mean the layout of
 * the version asked for, the last error its rule. */
static void *entry_of(const char *name, int version)
{
    bool is_7 = (version >= 700 && version < 10000) || version >= 70000000;
    if (is_7 && strcmp(name, "hipGetLastError") == 0)
        return (void *)hip_last_failure;
    if (is_7 && strcmp(name, "hipPeekAtLastError") == 0)
        return (void *)hip_peek_failure;
    const struct hip_symbol *symbol = find_symbol(name);
    return symbol == NULL ? NULL : (void *)symbol->entry;
}

static hipError_t proc_address(const char *name, void **function, int version,
                               hipDriverProcAddressQueryResult *result)
{
    if (name == NULL || name[0] == '\0' || function == NULL)
        return hipErrorInvalidValue;
    bool newer = version >= 600;
    if (newer && strcmp(name, "hipGetDeviceProperties") == 0)
        name = "hipGetDevicePropertiesR0600";
    if (newer && strcmp(name, "hipChooseDevice") == 0)
        name = "hipChooseDeviceR0600";
    *function = entry_of(name, version);
    if (result != NULL)
        *result = *function == NULL ? HIP_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND
                                    : HIP_GET_PROC_ADDRESS_SUCCESS;
    return *function == NULL ? hipErrorInvalidValue : hipSuccess;
}

hipError_t hipGetProcAddress(const char *symbol, void **pfn, int version, uint64_t flags,
                             hipDriverProcAddressQueryResult *result)
{
    return hip_return(proc_address(symbol, pfn, version, result));
}

/* ---- formats ---- */

HIP_PUBLIC_API hipChannelFormatDesc hipCreateChannelDesc(int x, int y, int z, int w,
                                                         hipChannelFormatKind f);

hipChannelFormatDesc hipCreateChannelDesc(int x, int y, int z, int w, hipChannelFormatKind f)
{
    return (hipChannelFormatDesc){x, y, z, w, f};
}

/* ---- profiler: nothing records, so there is nothing to start ---- */

hipError_t hipProfilerStart(void)
{
    return hip_return((hipError_t)hip_not_supported("hipProfilerStart"));
}

hipError_t hipProfilerStop(void)
{
    return hip_return((hipError_t)hip_not_supported("hipProfilerStop"));
}

#pragma GCC visibility push(default)

/* ---- half precision: what compilers call for _Float16 on hosts without it ---- */

float __gnu_h2f_ieee(unsigned short bits) __attribute__((weak));
unsigned short __gnu_f2h_ieee(float value) __attribute__((weak));

float __gnu_h2f_ieee(unsigned short bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = bits >> 10 & 31,
             fraction = bits & 0x3FF, out;
    float value;
    if (exponent == 0) {
        value = (float)fraction * 0x1p-24f;
        return sign != 0 ? -value : value;
    }
    out = exponent == 31 ? 0x7F800000u | fraction << 13 : (exponent + 112) << 23 | fraction << 13;
    out |= sign;
    memcpy(&value, &out, sizeof value);
    return value;
}

unsigned short __gnu_f2h_ieee(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned sign = bits >> 16 & 0x8000;
    uint32_t magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000)
        return (unsigned short)(sign | 0x7E00 | (magnitude >> 13 & 0x3FF));
    if (magnitude >= 0x477FF000) /* rounds to at least 65536 */
        return (unsigned short)(sign | 0x7C00);
    if (magnitude < 0x33000001) /* at most half of the smallest denormal */
        return (unsigned short)sign;
    int exponent = (int)(magnitude >> 23) - 112;
    uint32_t fraction = (magnitude & 0x7FFFFF) | 0x800000;
    int drop = exponent > 0 ? 13 : 14 - exponent;
    uint32_t kept = fraction >> drop, rest = fraction & ((1u << drop) - 1), half = 1u << (drop - 1);
    if (rest > half || (rest == half && (kept & 1) != 0))
        kept++;
    if (exponent > 0)
        kept += (uint32_t)(exponent - 1) << 10;
    return (unsigned short)(sign | kept);
}

/* ---- precompiled headers: none is built in, so nothing is given ---- */

void __hipGetPCH(const char **pch, unsigned int *size);

void __hipGetPCH(const char **pch, unsigned int *size)
{
    *pch = NULL;
    *size = 0;
}

/* ---- build information, asked for by AMD's debugger library ---- */

const char *amd_dbgapi_get_build_name(void);
const char *amd_dbgapi_get_git_hash(void);
size_t amd_dbgapi_get_build_id(void);

const char *amd_dbgapi_get_build_name(void)
{
    return HIP_VERSION_BUILD_NAME;
}

const char *amd_dbgapi_get_git_hash(void)
{
    return HIP_VERSION_GITHASH;
}

size_t amd_dbgapi_get_build_id(void)
{
    return HIP_VERSION_BUILD_ID;
}

#pragma GCC visibility pop
