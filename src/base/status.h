/* SPDX-License-Identifier: MIT
 * The one result type of every Cairn function that can fail. Public libraries translate it to their
 * API's own codes once, at the API edge. It is not for guest faults: see machine/fault.h.
 */
#ifndef CAIRN_BASE_STATUS_H
#define CAIRN_BASE_STATUS_H

enum cairn_status {
#define STATUS(name, text) CAIRN_##name,
#include "base/status.def"
#undef STATUS
    CAIRN_STATUS_COUNT
};

/* Put on every function whose status must not be dropped. */
#define CAIRN_MUST_CHECK __attribute__((warn_unused_result))

/* Name without prefix ("ERR_TRUNCATED") and one-line text; "unknown" for values outside the enum.
 */
const char *cairn_status_name(enum cairn_status status);
const char *cairn_status_text(enum cairn_status status);

#endif
