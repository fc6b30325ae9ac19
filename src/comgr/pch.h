/* SPDX-License-Identifier: MIT
 * The header that hiprtc puts before every program, precompiled: reading it takes two thirds of a
 * small compilation. It is made in the cache's folder (cache.h) when a program is compiled for the
 * second time with the same options, and serves only where the result is what it would be without.
 */
#ifndef CAIRN_COMGR_PCH_H
#define CAIRN_COMGR_PCH_H

#include "comgr/action.h"

/* `command` is how clang is called for an action, but for its input and output. True: `out` is the
 * same with the precompiled header, which may be tried first; the caller clears it. */
bool comgr_pch_use(struct comgr_work *work, const struct comgr_texts *command,
                   struct comgr_texts *out);

#endif
