# SPDX-License-Identifier: MIT
# find_package(hsa-runtime64): the target hsa-runtime64::hsa-runtime64, wherever this tree is put.
get_filename_component(HSA_RUNTIME64_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(HSA_RUNTIME64_INCLUDE_DIRS "${HSA_RUNTIME64_PREFIX}/include")
if(NOT TARGET hsa-runtime64::hsa-runtime64)
  add_library(hsa-runtime64::hsa-runtime64 SHARED IMPORTED)
  set_target_properties(hsa-runtime64::hsa-runtime64 PROPERTIES
    IMPORTED_LOCATION "${HSA_RUNTIME64_PREFIX}/lib/libhsa-runtime64.so.1"
    IMPORTED_SONAME "libhsa-runtime64.so.1"
    INTERFACE_INCLUDE_DIRECTORIES "${HSA_RUNTIME64_PREFIX}/include"
    IMPORTED_LINK_DEPENDENT_LIBRARIES "${HSA_RUNTIME64_PREFIX}/lib/libcairn.so.0")
endif()
