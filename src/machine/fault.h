/* SPDX-License-Identifier: MIT
 * A guest fault is data: it is recorded in the wave and reported by the device, never an abort.
 */
#ifndef CAIRN_MACHINE_FAULT_H
#define CAIRN_MACHINE_FAULT_H

#include <stdint.h>

enum cairn_fault_kind {
#define FAULT(name, text) CAIRN_FAULT_##name,
#include "machine/fault.def"
#undef FAULT
    CAIRN_FAULT_COUNT
};

struct cairn_fault {
    enum cairn_fault_kind kind;
    uint64_t pc;           /* address of the instruction */
    uint64_t address;      /* memory faults: the guest address */
    int32_t lane;          /* lane that did it, -1 if not one lane's doing */
    uint32_t workgroup[3]; /* coordinates; filled by the device */
    uint32_t detail;       /* trap id, register code, ... */
    char insn_name[32];    /* mnemonic of the instruction, "" if not decoded */
};

const char *cairn_fault_text(enum cairn_fault_kind kind);

#endif
