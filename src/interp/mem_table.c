/* SPDX-License-Identifier: MIT
 * Finds handlers among the files that are compiled for several host levels.
 */
#include "interp/memory_priv.h"

MEM_FIND(CAIRN_TARGET(cairn_memory_handler_of))
{
    const struct mem_handler *found = CAIRN_TARGET(cairn_interp_flat_find)(op);
    if (found == NULL)
        found = CAIRN_TARGET(cairn_interp_ds_find)(op);
    if (found == NULL)
        found = CAIRN_TARGET(cairn_interp_ds_lane_find)(op);
    if (found == NULL)
        found = CAIRN_TARGET(cairn_interp_buffer_find)(op);
    if (found == NULL)
        found = CAIRN_TARGET(cairn_interp_scratch_find)(op);
    return found;
}
