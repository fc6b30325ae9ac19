# SPDX-License-Identifier: MIT
# Targets of the HIP runtime, found from this file's own place; included by the hip and hip-lang packages.
# cairn_hip_targets(NAMESPACE) makes NAMESPACE::amdhip64 and NAMESPACE::host.
get_filename_component(CAIRN_HIP_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

function(cairn_hip_targets namespace)
  if(TARGET ${namespace}::amdhip64)
    return()
  endif()
  add_library(${namespace}::amdhip64 SHARED IMPORTED GLOBAL)
  set_target_properties(${namespace}::amdhip64 PROPERTIES
    IMPORTED_LOCATION "${CAIRN_HIP_PREFIX}/lib/libamdhip64.so.@CAIRN_HIP_SOVERSION@"
    IMPORTED_SONAME "libamdhip64.so.@CAIRN_HIP_SOVERSION@"
    IMPORTED_LINK_DEPENDENT_LIBRARIES "${CAIRN_HIP_PREFIX}/lib/libhsa-runtime64.so.1;${CAIRN_HIP_PREFIX}/lib/libcairn.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${CAIRN_HIP_PREFIX}/include"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${CAIRN_HIP_PREFIX}/include"
    INTERFACE_COMPILE_DEFINITIONS "__HIP_PLATFORM_AMD__=1")

  add_library(${namespace}::host INTERFACE IMPORTED GLOBAL)
  set_target_properties(${namespace}::host PROPERTIES INTERFACE_LINK_LIBRARIES ${namespace}::amdhip64)
endfunction()
