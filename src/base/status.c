/* SPDX-License-Identifier: MIT
 * Names and texts of status codes, made from status.def.
 */
#include "base/status.h"

static const char *const names[] = {
#define STATUS(name, text) #name,
#include "base/status.def"
#undef STATUS
};

static const char *const texts[] = {
#define STATUS(name, text) text,
#include "base/status.def"
#undef STATUS
};

const char *cairn_status_name(enum cairn_status status)
{
    return (unsigned)status < CAIRN_STATUS_COUNT ? names[status] : "unknown";
}

const char *cairn_status_text(enum cairn_status status)
{
    return (unsigned)status < CAIRN_STATUS_COUNT ? texts[status] : "unknown status";
}
