/* SPDX-License-Identifier: MIT
 * Which build this is: the GNU build id that the linker computes over the whole of a library.
 * Native code kept on disk is used only by the build that made it.
 */
#ifndef CAIRN_FINALIZER_BUILD_ID_H
#define CAIRN_FINALIZER_BUILD_ID_H

#include "base/bytes.h"

enum { CAIRN_BUILD_ID_TEXT = 2 * 64 + 1 };

/* The build id, in hexadecimal digits, of the library that this function is in; "" if the linker
 * made none. Thread-safe. */
const char *cairn_build_id(void);
/* The same of the ELF file at `path`, which is only read. */
CAIRN_MUST_CHECK enum cairn_status cairn_build_id_of_file(const char *path,
                                                          char out[CAIRN_BUILD_ID_TEXT]);
/* The same in the bytes of a PT_NOTE segment of 4-byte alignment. CAIRN_ERR_NOT_FOUND. */
CAIRN_MUST_CHECK enum cairn_status cairn_build_id_in_notes(struct cairn_bytes notes,
                                                           char out[CAIRN_BUILD_ID_TEXT]);

#endif
