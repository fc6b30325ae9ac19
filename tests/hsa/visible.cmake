# SPDX-License-Identifier: MIT
# The devices that rocminfo lists under ROCR_VISIBLE_DEVICES=LIST, by the last digit of their UUID.
set(ENV{CAIRN_DEVICES} gfx90a,gfx90a,gfx90a)
set(ENV{ROCR_VISIBLE_DEVICES} ${LIST})
execute_process(COMMAND ${TOOL} OUTPUT_VARIABLE output RESULT_VARIABLE result)
string(REGEX MATCHALL "GPU-[0-9a-f]+" uuids "${output}")
set(found "")
foreach(uuid ${uuids})
  string(REGEX REPLACE ".*(.)$" "\\1" digit ${uuid})
  string(APPEND found ${digit})
endforeach()
if(NOT result EQUAL 0 OR NOT found STREQUAL "${WANTED}")
  message(FATAL_ERROR "ROCR_VISIBLE_DEVICES=${LIST}: rocminfo shows '${found}', not '${WANTED}'")
endif()
