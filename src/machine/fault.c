/* SPDX-License-Identifier: MIT
 * Texts of guest faults, made from fault.def.
 */
#include "machine/fault.h"

static const char *const texts[] = {
#define FAULT(name, text) text,
#include "machine/fault.def"
#undef FAULT
};

const char *cairn_fault_text(enum cairn_fault_kind kind)
{
    return (unsigned)kind < CAIRN_FAULT_COUNT ? texts[kind] : "unknown fault";
}
