/* SPDX-License-Identifier: MIT
 * A tool as the runtime loads it (HSA_TOOLS_LIB): makes every queue an intercept queue with two
 * handlers, counts what comes by, drops every third dispatch whose completion is not asked for, and
 * marks the rest. test_tools.c looks at the counters.
 */
#include "tool.h"

#include "hsa/hsa_api_trace.h"

#include <string.h>

struct tool_counters tool_counters;

static HsaApiTable *table;
static __typeof__(hsa_queue_create) *create_queue; /* the runtime's own */

static void at_marker(const amd_aql_intercept_marker_t *marker, hsa_queue_t *queue, uint64_t id)
{
    tool_counters.markers++;
    tool_counters.last_marker = id;
    tool_counters.marker_user_data = marker->user_data[0];
}

/* Registered first, so it comes last: puts a marker before what is left. */
static void mark(const void *packets, uint64_t count, uint64_t index, void *data,
                 hsa_amd_queue_intercept_packet_writer writer)
{
    const amd_aql_intercept_marker_t marker = {.header = HSA_PACKET_TYPE_VENDOR_SPECIFIC
                                                         << HSA_PACKET_HEADER_TYPE,
                                               .format = AMD_AQL_FORMAT_INTERCEPT_MARKER,
                                               .callback = at_marker,
                                               .user_data = {(uintptr_t)data}};
    tool_counters.seen_by_second += count;
    writer(&marker, 1);
    writer(packets, count);
}

/* One packet at a time, and without those that the test wants to be dropped. */
static void filter(const void *packets, uint64_t count, uint64_t index, void *data,
                   hsa_amd_queue_intercept_packet_writer writer)
{
    const hsa_kernel_dispatch_packet_t *all = packets;
    for (uint64_t i = 0; i < count; i++) {
        tool_counters.seen_by_first++;
        tool_counters.last_index = index + i;
        if (all[i].reserved2 != TOOL_DROPS)
            writer(&all[i], 1);
    }
}

static hsa_status_t create_intercepted(hsa_agent_t agent, uint32_t size, hsa_queue_type32_t type,
                                       void (*callback)(hsa_status_t, hsa_queue_t *, void *),
                                       void *data, uint32_t private_segment_size,
                                       uint32_t group_segment_size, hsa_queue_t **queue)
{
    const AmdExtTable *amd = table->amd_ext_;
    hsa_status_t status = amd->hsa_amd_queue_intercept_create_fn(
        agent, size, type, callback, data, private_segment_size, group_segment_size, queue);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    tool_counters.queues++;
    status = amd->hsa_amd_queue_intercept_register_fn(*queue, mark, &tool_counters);
    return status == HSA_STATUS_SUCCESS
               ? amd->hsa_amd_queue_intercept_register_fn(*queue, filter, NULL)
               : status;
}

bool OnLoad(HsaApiTable *given, uint64_t version, uint64_t failed_count,
            const char *const *failed_names);
void OnUnload(void);

bool OnLoad(HsaApiTable *given, uint64_t version, uint64_t failed_count,
            const char *const *failed_names)
{
    table = given;
    tool_counters.loaded++;
    tool_counters.failed_before = failed_count;
    tool_counters.good_layout = given->version.minor_id == sizeof(HsaApiTable) &&
                                given->core_->version.minor_id == sizeof(CoreApiTable) &&
                                given->amd_ext_->version.minor_id == sizeof(AmdExtTable) &&
                                given->image_ext_->version.minor_id == sizeof(ImageExtTable) &&
                                given->tools_->version.minor_id == sizeof(ToolsApiTable);
    create_queue = given->core_->hsa_queue_create_fn;
    given->core_->hsa_queue_create_fn = create_intercepted;
    return true;
}

void OnUnload(void)
{
    tool_counters.unloaded++;
}
