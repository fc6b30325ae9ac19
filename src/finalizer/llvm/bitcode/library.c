/* SPDX-License-Identifier: MIT
 * The semantics library's bitcode, embedded; library.inc is generated.
 */
#include "finalizer/llvm/bitcode/library.h"

#include "library.inc"

const struct cairn_semantics_file cairn_semantics_files[] = {LIBRARY_FILES};
const size_t cairn_semantics_file_count =
    sizeof cairn_semantics_files / sizeof cairn_semantics_files[0];
