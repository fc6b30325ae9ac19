/* SPDX-License-Identifier: MIT
 * Run-time compilation of HIP source, and linking of the bitcode that it makes: the interface of
 * libhiprtc, which libamdhip64 exports, too (HIP documentation, "HIP RTC programming guide").
 * Values and signatures are those of ROCm 6.4. Programs and link states may be used by any threads,
 * each by one at a time.
 */
#ifndef HIP_INCLUDE_HIP_HIPRTC_H
#define HIP_INCLUDE_HIP_HIPRTC_H

#include <hip/hip_common.h>
#include <hip/linker_types.h>
#include <stddef.h>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

typedef enum hiprtcResult {
    HIPRTC_SUCCESS = 0,
    HIPRTC_ERROR_OUT_OF_MEMORY = 1,
    HIPRTC_ERROR_PROGRAM_CREATION_FAILURE = 2,
    HIPRTC_ERROR_INVALID_INPUT = 3,
    HIPRTC_ERROR_INVALID_PROGRAM = 4,
    HIPRTC_ERROR_INVALID_OPTION = 5,
    HIPRTC_ERROR_COMPILATION = 6,
    HIPRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7,
    HIPRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION = 8,
    HIPRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION = 9,
    HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID = 10,
    HIPRTC_ERROR_INTERNAL_ERROR = 11,
    HIPRTC_ERROR_LINKING = 100
} hiprtcResult;

typedef hipJitOption hiprtcJIT_option;
typedef hipJitInputType hiprtcJITInputType;

typedef struct _hiprtcProgram *hiprtcProgram;
typedef struct ihiprtcLinkState *hiprtcLinkState;

/* "HIPRTC_ERROR_COMPILATION"; NULL for a value outside of the enumeration. */
const char *hiprtcGetErrorString(hiprtcResult result);
/* INVALID_INPUT: NULL. */
hiprtcResult hiprtcVersion(int *major, int *minor);

/* ---- programs ----
 * Every function returns INVALID_PROGRAM for a program that is not there, INVALID_INPUT for NULL
 * where text or a result should be, OUT_OF_MEMORY, and INTERNAL_ERROR without a libamd_comgr. */

/* `headers` are found by #include under `includeNames`. All text is copied. The built-in headers of
 * HIP's device side are included before the source unless it is compiled with
 * --hiprtc-no-builtin-header. INVALID_INPUT: an empty source, a header without text or name. */
hiprtcResult hiprtcCreateProgram(hiprtcProgram *prog, const char *src, const char *name,
                                 int numHeaders, const char *const *headers,
                                 const char *const *includeNames);
hiprtcResult hiprtcDestroyProgram(hiprtcProgram *prog);
/* A function or variable whose lowered name will be wanted: "kernel<int>", "&space::variable". */
hiprtcResult hiprtcAddNameExpression(hiprtcProgram prog, const char *name_expression);
/* Options are clang's; --offload-arch (or --gpu-architecture) names the chip, which is otherwise
 * that of the current device. With -fgpu-rdc bitcode is made, not code. COMPILATION: see the log.
 */
hiprtcResult hiprtcCompileProgram(hiprtcProgram prog, int numOptions, const char *const *options);
/* The text lives as long as the program. NAME_EXPRESSION_NOT_VALID: it was not added, or the
 * program is not compiled. */
hiprtcResult hiprtcGetLoweredName(hiprtcProgram prog, const char *name_expression,
                                  const char **lowered_name);
/* The log's bytes, without a terminating zero; 0 when the compiler had nothing to say. */
hiprtcResult hiprtcGetProgramLogSize(hiprtcProgram prog, size_t *logSizeRet);
hiprtcResult hiprtcGetProgramLog(hiprtcProgram prog, char *log);
hiprtcResult hiprtcGetCodeSize(hiprtcProgram prog, size_t *codeSizeRet);
hiprtcResult hiprtcGetCode(hiprtcProgram prog, char *code);
/* INVALID_PROGRAM also: it was not compiled with -fgpu-rdc. */
hiprtcResult hiprtcGetBitcodeSize(hiprtcProgram prog, size_t *bitcode_size);
hiprtcResult hiprtcGetBitcode(hiprtcProgram prog, char *bitcode);

/* ---- linking bitcode ----
 * Inputs are bitcode, bundled bitcode and archives of bundled bitcode. INVALID_INPUT: NULL, a state
 * that is not there, another kind of input. */

/* Options that mean something here: the optimisation level, the log buffers with their sizes, and
 * the options for LLVM (IR_TO_ISA); others are accepted. INVALID_OPTION: NULL for a buffer. */
hiprtcResult hiprtcLinkCreate(unsigned int num_options, hiprtcJIT_option *option_ptr,
                              void **option_vals_pptr, hiprtcLinkState *hip_link_state_ptr);
/* PROGRAM_CREATION_FAILURE: the file cannot be read. */
hiprtcResult hiprtcLinkAddFile(hiprtcLinkState hip_link_state, hiprtcJITInputType input_type,
                               const char *file_path, unsigned int num_options,
                               hiprtcJIT_option *options_ptr, void **option_values);
/* The image is copied. */
hiprtcResult hiprtcLinkAddData(hiprtcLinkState hip_link_state, hiprtcJITInputType input_type,
                               void *image, size_t image_size, const char *name,
                               unsigned int num_options, hiprtcJIT_option *options_ptr,
                               void **option_values);
/* A code object for the current device, which lives as long as the state. LINKING: it failed. */
hiprtcResult hiprtcLinkComplete(hiprtcLinkState hip_link_state, void **bin_out, size_t *size_out);
hiprtcResult hiprtcLinkDestroy(hiprtcLinkState hip_link_state);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
