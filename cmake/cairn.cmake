# SPDX-License-Identifier: MIT
# How a folder of src/ becomes part of the build, and how a test is declared.

set(CAIRN_SANITIZE "" CACHE STRING "sanitizers of the whole build, such as address,undefined")

add_library(cairn_options INTERFACE)
target_compile_options(cairn_options INTERFACE -Wall -Wextra -Wvla -Wmissing-prototypes -Wstrict-prototypes
    -Wshadow -Wno-unused-parameter -fno-math-errno -ffp-contract=off -fno-strict-aliasing)
target_compile_definitions(cairn_options INTERFACE _GNU_SOURCE)
target_include_directories(cairn_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include
    ${CMAKE_BINARY_DIR}/src)
target_link_libraries(cairn_options INTERFACE Threads::Threads m)
target_link_options(cairn_options INTERFACE -Wl,--build-id) # see src/finalizer/build_id.h
if(CAIRN_SANITIZE)
  target_compile_options(cairn_options INTERFACE -fsanitize=${CAIRN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(cairn_options INTERFACE -fsanitize=${CAIRN_SANITIZE})
endif()

# Programs that hipcc builds do not carry the sanitizer's runtime, which libraries of such a build need: tests link all of
# it in. CAIRN_RUN_PROGRAMS says whether such programs run at all, CAIRN_RUN_ENVIRONMENT what they need.
set(CAIRN_RUN_PROGRAMS ON)
set(CAIRN_RUN_ENVIRONMENT "")
if(CAIRN_SANITIZE)
  set(runtime asan)
  if(CAIRN_SANITIZE MATCHES thread)
    set(runtime tsan)
  endif()
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libclang_rt.${runtime}-x86_64.a
    OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(EXISTS ${runtime} AND CAIRN_SANITIZE MATCHES "address|thread")
    string(CONCAT CAIRN_RUN_ENVIRONMENT "CAIRN_TEST_LINK=-Wl,--whole-archive,${runtime},--no-whole-archive,"
      "--dynamic-list=${runtime}.syms -ldl -lresolv -lrt -lm -lpthread")
  else()
    set(CAIRN_RUN_PROGRAMS OFF)
  endif()
endif()

option(CAIRN_FUZZ "build libFuzzer programs (tests/fuzz)" OFF)
if(CAIRN_FUZZ)
  target_compile_options(cairn_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# cairn_folder(NAME): all .c files of src/NAME as object library cairn_NAME. Generated sources are added
# by the folder's own CMakeLists.txt with target_sources.
function(cairn_folder name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
  add_library(cairn_${name} OBJECT ${sources})
  target_link_libraries(cairn_${name} PUBLIC cairn_options)
  set_property(GLOBAL APPEND PROPERTY CAIRN_FOLDERS cairn_${name})
endfunction()

# cairn_test(NAME SOURCES... [LIBS ...] [TIER slow]): a cmocka program, run by ctest.
function(cairn_test name)
  cmake_parse_arguments(arg "" "TIER" "LIBS" ${ARGN})
  add_executable(test_${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(test_${name} PRIVATE cairn_static cmocka ${arg_LIBS})
  add_test(NAME ${name} COMMAND test_${name})
  if(arg_TIER)
    set_tests_properties(${name} PROPERTIES LABELS ${arg_TIER})
  endif()
endfunction()

# Short tests hardly leave the interpreter, with which kernels begin; this engine is asked for from the start.
set(CAIRN_OTHER_ENGINE finalizer)

# cairn_other_engine(NAME COMMAND ... [ENVIRONMENT ...]): the test NAME, which runs kernels, once more on the
# other engine, as NAME_on_<engine>. Label: engine.
function(cairn_other_engine name)
  cmake_parse_arguments(arg "" "" "COMMAND;ENVIRONMENT" ${ARGN})
  set(test ${name}_on_${CAIRN_OTHER_ENGINE})
  add_test(NAME ${test} COMMAND ${arg_COMMAND})
  set_tests_properties(${test} PROPERTIES TIMEOUT 300 LABELS engine
    ENVIRONMENT "CAIRN_ENGINE=${CAIRN_OTHER_ENGINE};CAIRN_TIER=quick;${arg_ENVIRONMENT}")
endfunction()
