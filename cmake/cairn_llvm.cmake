# SPDX-License-Identifier: MIT
# Finds LLVM 22's static libraries for the finalizer's module. Sets CAIRN_LLVM_FOUND, and then the interface
# library cairn_llvm: headers, archives, and how to link them so that nothing of them can be seen from outside.
option(CAIRN_FINALIZER "build the finalizer's module (needs LLVM 22's static libraries)" ON)
set(CAIRN_LLVM_FOUND FALSE)

function(cairn_llvm_ask out)
  execute_process(COMMAND ${CAIRN_LLVM_CONFIG} --link-static ${ARGN} OUTPUT_VARIABLE text ERROR_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(failed)
    set(text "")
  endif()
  separate_arguments(text UNIX_COMMAND "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(cairn_find_llvm)
  if(NOT CAIRN_FINALIZER OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
    message(STATUS "finalizer: not wanted; kernels run in the interpreter only")
    return()
  endif()
  find_program(CAIRN_LLVM_CONFIG NAMES llvm-config-22 HINTS ${CAIRN_LLVM_BIN})
  if(CAIRN_LLVM_CONFIG)
    cairn_llvm_ask(archives --libfiles x86codegen x86desc x86info asmprinter scalaropts instcombine bitreader irreader linker)
    cairn_llvm_ask(include --includedir)
  endif()
  if(archives)
    list(GET archives 0 first)
  endif()
  if(NOT EXISTS "${first}" OR NOT EXISTS "${include}/llvm-c/Core.h")
    message(WARNING "finalizer: LLVM 22's static libraries are missing (llvm-22-dev): kernels run in the interpreter only")
    return()
  endif()
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libstdc++.a OUTPUT_VARIABLE stdcxx
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  add_library(cairn_llvm INTERFACE)
  target_include_directories(cairn_llvm SYSTEM INTERFACE ${include})
  target_link_libraries(cairn_llvm INTERFACE -Wl,--start-group ${archives} -Wl,--end-group ${stdcxx} z zstd m)
  target_link_options(cairn_llvm INTERFACE -fuse-ld=lld -static-libgcc -Wl,-Bsymbolic -Wl,--gc-sections
    -Wl,-z,pack-relative-relocs -Wl,-z,nodelete)
  set(CAIRN_LLVM_FOUND TRUE PARENT_SCOPE)
endfunction()
cairn_find_llvm()
