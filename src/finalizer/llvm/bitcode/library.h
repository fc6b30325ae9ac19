/* SPDX-License-Identifier: MIT
 * Where the semantics library's bitcode is.
 */
#ifndef CAIRN_FINALIZER_BITCODE_LIBRARY_H
#define CAIRN_FINALIZER_BITCODE_LIBRARY_H

#include <stddef.h>

/* One bitcode file. Its name: lanes<count>[_base][_flush][_exact][_common], see CMakeLists.txt
 * here and gen/semantics/pack.py. */
struct cairn_semantics_file {
    const char *name;
    const unsigned char *data;
    size_t bytes;
};
extern const struct cairn_semantics_file cairn_semantics_files[];
extern const size_t cairn_semantics_file_count;

#endif
