/* SPDX-License-Identifier: MIT
 * Which functions a code address lies in, inlined ones too, and where in the source: from what
 * compilers put into a code object with -g (DWARF 2 to 5). Nothing is kept between questions, and
 * damaged information gives fewer answers rather than errors.
 */
#ifndef CAIRN_OBJ_FRAME_H
#define CAIRN_OBJ_FRAME_H

#include "base/bytes.h"

enum { CAIRN_FRAME_FILE_BYTES = 4096 };

struct cairn_frame {
    /* As a linker knows it where the compiler says so, else as in the source; NULL: not stated. In
     * the image. */
    const char *name;
    char file[CAIRN_FRAME_FILE_BYTES]; /* empty: not stated */
    uint32_t line, column;             /* 0: the compiler names none */
    bool outermost;                    /* no function that this one was inlined into */
};

/* Calls `each` for every function that the code at `vaddr` (an address as the code object states
 * it) belongs to, innermost first, and once without a name where lines alone are known. Returns how
 * often: 0 where nothing is known. Relocatables are not understood: their numbers are in their
 * relocations. */
uint32_t cairn_frames_find(struct cairn_bytes image, uint64_t vaddr,
                           void (*each)(const struct cairn_frame *frame, void *context),
                           void *context);

#endif
