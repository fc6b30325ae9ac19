/* SPDX-License-Identifier: MIT
 * What Cairn's HSA runtime answers beyond AMD's. On another runtime the attributes are unknown:
 * HSA_STATUS_ERROR_INVALID_ARGUMENT.
 */
#ifndef HSA_VEN_CAIRN_H
#define HSA_VEN_CAIRN_H

#include "hsa.h"

enum {
    /* Colors in the table below; a sampler of border type 3 names one by its index. */
    HSA_CAIRN_BORDER_COLORS = 4096,
};

/* hsa_agent_get_info, GPU agents. */
enum {
    /* float (*)[4]: the table of border colors, which the caller may write. One a process; whoever
     * writes it owns all of it. */
    HSA_CAIRN_AGENT_INFO_BORDER_COLORS = 0xCA120000,
};

#endif
