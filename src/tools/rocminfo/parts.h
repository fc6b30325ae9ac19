/* SPDX-License-Identifier: MIT
 * The parts of an agent's report that have their own files.
 */
#ifndef ROCMINFO_PARTS_H
#define ROCMINFO_PARTS_H

#include "hsa/hsa.h"

/* Both are callbacks' owners: they print their heading and one entry for each pool or ISA. */
hsa_status_t rocminfo_print_pools(hsa_agent_t agent);
hsa_status_t rocminfo_print_isas(hsa_agent_t agent);
hsa_status_t rocminfo_print_agent(hsa_agent_t agent, void *counter);

#endif
