/* SPDX-License-Identifier: MIT
 * Lines of rocminfo's report: two spaces an indent, a label padded to 25 columns, a value. Scripts
 * parse this layout, so it stays as ROCm's tool has it.
 */
#ifndef ROCMINFO_PRINT_H
#define ROCMINFO_PRINT_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static inline void print_heading(int indent, const char *label)
{
    printf("%*s%-25s\n", indent * 2, "", label);
}

static inline void print_text(int indent, const char *label, const char *value)
{
    printf("%*s%-25s%-35s\n", indent * 2, "", label, value);
}

static inline void print_number(int indent, const char *label, uint32_t value)
{
    printf("%*s%-25s%-35" PRIu32 "\n", indent * 2, "", label, value);
}

/* "104(0x68)" and an optional unit. */
static inline void print_hex(int indent, const char *label, uint64_t value, const char *unit)
{
    char text[64];
    snprintf(text, sizeof text, "%" PRIu64 "(0x%" PRIx64 ") %s", value, value, unit);
    print_text(indent, label, text);
}

#endif
