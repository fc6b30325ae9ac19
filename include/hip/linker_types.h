/* SPDX-License-Identifier: MIT
 * Options and inputs of the run-time linker (hipLink*, hiprtcLink*, hipModuleLoadDataEx).
 */
#ifndef HIP_INCLUDE_HIP_LINKER_TYPES_H
#define HIP_INCLUDE_HIP_LINKER_TYPES_H

#include <hip/hip_common.h>

typedef enum hipJitOption {
    hipJitOptionMaxRegisters = 0,
    hipJitOptionThreadsPerBlock = 1,
    hipJitOptionWallTime = 2,
    hipJitOptionInfoLogBuffer = 3,
    hipJitOptionInfoLogBufferSizeBytes = 4,
    hipJitOptionErrorLogBuffer = 5,
    hipJitOptionErrorLogBufferSizeBytes = 6,
    hipJitOptionOptimizationLevel = 7,
    hipJitOptionTargetFromContext = 8,
    hipJitOptionTarget = 9,
    hipJitOptionFallbackStrategy = 10,
    hipJitOptionGenerateDebugInfo = 11,
    hipJitOptionLogVerbose = 12,
    hipJitOptionGenerateLineInfo = 13,
    hipJitOptionCacheMode = 14,
    hipJitOptionSm3xOpt = 15,
    hipJitOptionFastCompile = 16,
    hipJitOptionGlobalSymbolNames = 17,
    hipJitOptionGlobalSymbolAddresses = 18,
    hipJitOptionGlobalSymbolCount = 19,
    hipJitOptionLto = 20,
    hipJitOptionFtz = 21,
    hipJitOptionPrecDiv = 22,
    hipJitOptionPrecSqrt = 23,
    hipJitOptionFma = 24,
    hipJitOptionPositionIndependentCode = 25,
    hipJitOptionMinCTAPerSM = 26,
    hipJitOptionMaxThreadsPerBlock = 27,
    hipJitOptionOverrideDirectiveValues = 28,
    hipJitOptionNumOptions = 29,
    hipJitOptionIRtoISAOptExt = 10000,
    hipJitOptionIRtoISAOptCountExt = 10001
} hipJitOption;

typedef enum hipJitInputType {
    hipJitInputCubin = 0,
    hipJitInputPtx = 1,
    hipJitInputFatBinary = 2,
    hipJitInputObject = 3,
    hipJitInputLibrary = 4,
    hipJitInputNvvm = 5,
    hipJitNumLegacyInputTypes = 6,
    hipJitNumInputTypes = 10,
    hipJitInputLLVMBitcode = 100,
    hipJitInputLLVMBundledBitcode = 101,
    hipJitInputLLVMArchivesOfBundledBitcode = 102,
    hipJitInputSpirv = 103
} hipJitInputType;

typedef enum hipJitCacheMode {
    hipJitCacheOptionNone = 0,
    hipJitCacheOptionCG = 1,
    hipJitCacheOptionCA = 2
} hipJitCacheMode;

typedef enum hipJitFallback { hipJitPreferPTX = 0, hipJitPreferBinary = 1 } hipJitFallback;

/* The same under the names that hiprtc had for them. */
#define HIPRTC_JIT_MAX_REGISTERS               hipJitOptionMaxRegisters
#define HIPRTC_JIT_THREADS_PER_BLOCK           hipJitOptionThreadsPerBlock
#define HIPRTC_JIT_WALL_TIME                   hipJitOptionWallTime
#define HIPRTC_JIT_INFO_LOG_BUFFER             hipJitOptionInfoLogBuffer
#define HIPRTC_JIT_INFO_LOG_BUFFER_SIZE_BYTES  hipJitOptionInfoLogBufferSizeBytes
#define HIPRTC_JIT_ERROR_LOG_BUFFER            hipJitOptionErrorLogBuffer
#define HIPRTC_JIT_ERROR_LOG_BUFFER_SIZE_BYTES hipJitOptionErrorLogBufferSizeBytes
#define HIPRTC_JIT_OPTIMIZATION_LEVEL          hipJitOptionOptimizationLevel
#define HIPRTC_JIT_TARGET_FROM_HIPCONTEXT      hipJitOptionTargetFromContext
#define HIPRTC_JIT_TARGET                      hipJitOptionTarget
#define HIPRTC_JIT_FALLBACK_STRATEGY           hipJitOptionFallbackStrategy
#define HIPRTC_JIT_GENERATE_DEBUG_INFO         hipJitOptionGenerateDebugInfo
#define HIPRTC_JIT_LOG_VERBOSE                 hipJitOptionLogVerbose
#define HIPRTC_JIT_GENERATE_LINE_INFO          hipJitOptionGenerateLineInfo
#define HIPRTC_JIT_CACHE_MODE                  hipJitOptionCacheMode
#define HIPRTC_JIT_NEW_SM3X_OPT                hipJitOptionSm3xOpt
#define HIPRTC_JIT_FAST_COMPILE                hipJitOptionFastCompile
#define HIPRTC_JIT_GLOBAL_SYMBOL_NAMES         hipJitOptionGlobalSymbolNames
#define HIPRTC_JIT_GLOBAL_SYMBOL_ADDRESS       hipJitOptionGlobalSymbolAddresses
#define HIPRTC_JIT_GLOBAL_SYMBOL_COUNT         hipJitOptionGlobalSymbolCount
#define HIPRTC_JIT_LTO                         hipJitOptionLto
#define HIPRTC_JIT_FTZ                         hipJitOptionFtz
#define HIPRTC_JIT_PREC_DIV                    hipJitOptionPrecDiv
#define HIPRTC_JIT_PREC_SQRT                   hipJitOptionPrecSqrt
#define HIPRTC_JIT_FMA                         hipJitOptionFma
#define HIPRTC_JIT_POSITION_INDEPENDENT_CODE   hipJitOptionPositionIndependentCode
#define HIPRTC_JIT_MIN_CTA_PER_SM              hipJitOptionMinCTAPerSM
#define HIPRTC_JIT_MAX_THREADS_PER_BLOCK       hipJitOptionMaxThreadsPerBlock
#define HIPRTC_JIT_OVERRIDE_DIRECT_VALUES      hipJitOptionOverrideDirectiveValues
#define HIPRTC_JIT_NUM_OPTIONS                 hipJitOptionNumOptions
#define HIPRTC_JIT_IR_TO_ISA_OPT_EXT           hipJitOptionIRtoISAOptExt
#define HIPRTC_JIT_IR_TO_ISA_OPT_COUNT_EXT     hipJitOptionIRtoISAOptCountExt

#define HIPRTC_JIT_INPUT_CUBIN                            hipJitInputCubin
#define HIPRTC_JIT_INPUT_PTX                              hipJitInputPtx
#define HIPRTC_JIT_INPUT_FATBINARY                        hipJitInputFatBinary
#define HIPRTC_JIT_INPUT_OBJECT                           hipJitInputObject
#define HIPRTC_JIT_INPUT_LIBRARY                          hipJitInputLibrary
#define HIPRTC_JIT_INPUT_NVVM                             hipJitInputNvvm
#define HIPRTC_JIT_INPUT_LLVM_BITCODE                     hipJitInputLLVMBitcode
#define HIPRTC_JIT_INPUT_LLVM_BUNDLED_BITCODE             hipJitInputLLVMBundledBitcode
#define HIPRTC_JIT_INPUT_LLVM_ARCHIVES_OF_BUNDLED_BITCODE hipJitInputLLVMArchivesOfBundledBitcode
#define HIPRTC_JIT_INPUT_SPIRV                            hipJitInputSpirv
#define HIPRTC_JIT_NUM_LEGACY_INPUT_TYPES                 hipJitNumLegacyInputTypes
#define HIPRTC_JIT_NUM_INPUT_TYPES                        hipJitNumInputTypes

#endif
