/* SPDX-License-Identifier: MIT
 * Linking at run time: hipLink* over hiprtc's linker, and modules of bitcode.
 */
#include "hip/jit.h"

#include "hip/hiprtc.h"

#include <stdlib.h>
#include <string.h>

/* ---- bitcode: a row of blocks (LLVM Bitcode File Format, "Blocks", "LLVM IR Wrapper Format") ----
 */

enum {
    MAGIC = 0xdec04342,         /* "BC", 0xC0DE */
    WRAPPER_MAGIC = 0x0b17c0de, /* a header with offset and size of the bitcode */
    ENTER_BLOCK = 1,
    BLOCK_MODULE = 8,
    BLOCK_IDENTIFICATION = 13,
    BLOCK_STRTAB = 23,
    BLOCK_SYMTAB = 25,
};

/* The header of a block at the top level: two bits say that one begins, then its kind (a number of
 * up to 7 bits here), the width of its codes, and in the next word its length in words. */
static uint32_t kind_of(uint32_t word)
{
    return word >> 2 & 0xff;
}

static bool is_top_block(uint32_t word)
{
    uint32_t kind = kind_of(word);
    return (word & 3) == ENTER_BLOCK && (kind == BLOCK_MODULE || kind == BLOCK_IDENTIFICATION ||
                                         kind == BLOCK_STRTAB || kind == BLOCK_SYMTAB);
}

/* Nobody says where bitcode ends: names come last, and what is behind them may not be there. */
bool hip_bitcode_size(const void *at, size_t limit, size_t *size)
{
    struct cairn_bytes in = cairn_bytes_of(at, limit), unused;
    uint32_t magic, version, offset, bytes;
    if (cairn_bytes_take_u32(&in, &magic) != CAIRN_OK)
        return false;
    if (magic == WRAPPER_MAGIC) {
        if (cairn_bytes_take_u32(&in, &version) != CAIRN_OK ||
            cairn_bytes_take_u32(&in, &offset) != CAIRN_OK ||
            cairn_bytes_take_u32(&in, &bytes) != CAIRN_OK ||
            cairn_bytes_slice(cairn_bytes_of(at, limit), offset, bytes, &unused) != CAIRN_OK)
            return false;
        *size = (size_t)offset + bytes;
        return true;
    }
    if (magic != MAGIC)
        return false;
    uint32_t word = 0, words;
    size_t end = sizeof magic;
    while (kind_of(word) != BLOCK_STRTAB && cairn_bytes_take_u32(&in, &word) == CAIRN_OK &&
           is_top_block(word) && cairn_bytes_take_u32(&in, &words) == CAIRN_OK &&
           cairn_bytes_slice(in, 0, (uint64_t)words * 4, &unused) == CAIRN_OK) {
        in.at += (size_t)words * 4;
        in.left -= (size_t)words * 4;
        end = limit - in.left;
    }
    *size = end;
    return end > sizeof magic;
}

/* ---- hipLink* ---- */

/* HIP documentation, "Module management": what cannot be added or linked is an invalid
 * configuration. */
static hipError_t error_of(hiprtcResult result)
{
    switch (result) {
    case HIPRTC_SUCCESS:
        return hipSuccess;
    case HIPRTC_ERROR_INVALID_INPUT:
    case HIPRTC_ERROR_INVALID_OPTION:
        return hipErrorInvalidValue;
    case HIPRTC_ERROR_OUT_OF_MEMORY:
        return hipErrorOutOfMemory;
    default:
        return hipErrorInvalidConfiguration;
    }
}

hipError_t hipLinkCreate(unsigned int num_options, hipJitOption *options, void **option_values,
                         hipLinkState_t *state_out)
{
    return hip_return(hip_ready()
                          ?: error_of(hiprtcLinkCreate(num_options, options, option_values,
                                                       (hiprtcLinkState *)state_out)));
}

hipError_t hipLinkAddData(hipLinkState_t state, hipJitInputType type, void *data, size_t size,
                          const char *name, unsigned int num_options, hipJitOption *options,
                          void **option_values)
{
    return hip_return(
        hip_ready()
            ?: error_of(hiprtcLinkAddData((hiprtcLinkState)state, type, data, size, name,
                                          num_options, options, option_values)));
}

hipError_t hipLinkAddFile(hipLinkState_t state, hipJitInputType type, const char *path,
                          unsigned int num_options, hipJitOption *options, void **option_values)
{
    return hip_return(hip_ready()
                          ?: error_of(hiprtcLinkAddFile((hiprtcLinkState)state, type, path,
                                                        num_options, options, option_values)));
}

hipError_t hipLinkComplete(hipLinkState_t state, void **hip_bin_out, size_t *size_out)
{
    return hip_return(
        hip_ready() ?: error_of(hiprtcLinkComplete((hiprtcLinkState)state, hip_bin_out, size_out)));
}

hipError_t hipLinkDestroy(hipLinkState_t state)
{
    return hip_return(hip_ready() ?: error_of(hiprtcLinkDestroy((hiprtcLinkState)state)));
}

/* ---- modules ---- */

hipError_t hip_bitcode_compile(struct cairn_bytes bitcode, unsigned int option_count,
                               hipJitOption *options, void **values, uint8_t **out, size_t *size)
{
    hiprtcLinkState state;
    void *code;
    hiprtcResult result = hiprtcLinkCreate(option_count, options, values, &state);
    if (result != HIPRTC_SUCCESS)
        return error_of(result);
    hipError_t error = hipErrorInvalidImage;
    if (hiprtcLinkAddData(state, HIPRTC_JIT_INPUT_LLVM_BITCODE, (void *)bitcode.at, bitcode.left,
                          "module.bc", 0, NULL, NULL) != HIPRTC_SUCCESS ||
        hiprtcLinkComplete(state, &code, size) != HIPRTC_SUCCESS) {
        cairn_log(CAIRN_LOG_ERROR, "hip: no code can be made from a module of %zu bytes of bitcode",
                  bitcode.left);
        goto destroy_state;
    }
    error = hipErrorOutOfMemory;
    *out = malloc(*size + 1);
    if (*out != NULL) {
        memcpy(*out, code, *size);
        error = hipSuccess;
    }
destroy_state:
    (void)hiprtcLinkDestroy(state);
    return error;
}
