/* SPDX-License-Identifier: MIT
 * The exported functions by name: made from abi/amdhip64/symbols.txt, used by hipGetProcAddress.
 */
#ifndef CAIRN_HIP_SYMBOLS_H
#define CAIRN_HIP_SYMBOLS_H

struct hip_symbol {
    const char *name;
    void (*entry)(void);
    int version;     /* 402 for hip_4.2 */
    int implemented; /* 0: the entry returns "not supported" */
};

extern const struct hip_symbol hip_symbols[]; /* sorted by name */
extern const unsigned hip_symbol_count;

/* Logs `name` the first time; returns hipErrorNotSupported. */
int hip_not_supported(const char *name);

#endif
