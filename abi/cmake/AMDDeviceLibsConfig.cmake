# SPDX-License-Identifier: MIT
# find_package(AMDDeviceLibs): each module of the device library as an imported target of its name (ockl, ocml,
# oclc_abi_version_600, ...), and all of their names in AMD_DEVICE_LIBS_TARGETS.
get_filename_component(AMD_DEVICE_LIBS_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(AMD_DEVICE_LIBS_TARGETS)
file(GLOB _cairn_modules "${AMD_DEVICE_LIBS_PREFIX}/amdgcn/bitcode/*.bc")
foreach(_cairn_module ${_cairn_modules})
  get_filename_component(_cairn_name "${_cairn_module}" NAME_WE)
  if(NOT TARGET ${_cairn_name})
    add_library(${_cairn_name} STATIC IMPORTED)
    set_target_properties(${_cairn_name} PROPERTIES IMPORTED_LOCATION "${_cairn_module}")
  endif()
  list(APPEND AMD_DEVICE_LIBS_TARGETS ${_cairn_name})
endforeach()
