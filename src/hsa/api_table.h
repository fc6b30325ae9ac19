/* SPDX-License-Identifier: MIT
 * The function tables that tools get when they are loaded, and may change: every exported function
 * is a jump through its entry. gen/api_table.py writes the tables.
 */
#ifndef CAIRN_HSA_API_TABLE_H
#define CAIRN_HSA_API_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { API_TABLES = 6 };

/* At the start of each table; `minor` is the table's size. */
struct api_version {
    uint32_t major, minor, step, reserved;
};

/* HsaApiTable of hsa_api_trace.h. */
struct api_root {
    struct api_version version;
    void *tables[API_TABLES];
};

extern struct api_root cairn_hsa_api_root;
extern const size_t cairn_hsa_api_sizes[API_TABLES];

#endif
