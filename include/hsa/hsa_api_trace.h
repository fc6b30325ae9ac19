/* SPDX-License-Identifier: MIT
 * What tools get when the runtime loads them (HSA_TOOLS_LIB): tables of all functions, whose
 * entries they may replace, and queues whose packets they may rewrite. Names and order as in
 * ROCm 6.4; abi/hsa-runtime64/api_table.txt is the same list, and a test compares the two.
 *
 * A tool exports
 *   bool OnLoad(HsaApiTable *table, uint64_t runtime_version, uint64_t failed_tool_count,
 *               const char *const *failed_tool_names);   false: unload me
 *   void OnUnload(void);                                 optional
 */
#ifndef HSA_RUNTIME_INC_HSA_API_TRACE_H
#define HSA_RUNTIME_INC_HSA_API_TRACE_H

#include "hsa.h"
#include "hsa_ext_amd.h"
#include "hsa_ext_finalize.h"
#include "hsa_ext_image.h"
#include "hsa_ven_amd_pc_sampling.h"

#include <stdint.h>

#define HSA_API_TABLE_MAJOR_VERSION             0x03
#define HSA_CORE_API_TABLE_MAJOR_VERSION        0x02
#define HSA_AMD_EXT_API_TABLE_MAJOR_VERSION     0x02
#define HSA_FINALIZER_API_TABLE_MAJOR_VERSION   0x02
#define HSA_IMAGE_API_TABLE_MAJOR_VERSION       0x02
#define HSA_TOOLS_API_TABLE_MAJOR_VERSION       0x01
#define HSA_PC_SAMPLING_API_TABLE_MAJOR_VERSION 0x01
#define HSA_API_TABLE_STEP_VERSION              0x01
#define HSA_CORE_API_TABLE_STEP_VERSION         0x00
#define HSA_AMD_EXT_API_TABLE_STEP_VERSION      0x05
#define HSA_FINALIZER_API_TABLE_STEP_VERSION    0x00
#define HSA_IMAGE_API_TABLE_STEP_VERSION        0x01
#define HSA_TOOLS_API_TABLE_STEP_VERSION        0x00
#define HSA_PC_SAMPLING_API_TABLE_STEP_VERSION  0x00

#ifdef __cplusplus
extern "C" {
#endif

/* ---- queues whose packets pass through handlers ----
 *
 * The application's packets go to the handler that was registered last, which hands them, others,
 * or none to the writer; so on to the first one, whose writer puts them on the queue below. */

typedef void (*hsa_amd_queue_intercept_packet_writer)(const void *pkts, uint64_t pkt_count);
typedef void (*hsa_amd_queue_intercept_handler)(const void *pkts, uint64_t pkt_count,
                                                uint64_t user_pkt_index, void *data,
                                                hsa_amd_queue_intercept_packet_writer writer);
/* As hsa_queue_create; only through the table. */
hsa_status_t hsa_amd_queue_intercept_create(
    hsa_agent_t agent_handle, uint32_t size, hsa_queue_type32_t type,
    void (*callback)(hsa_status_t status, hsa_queue_t *source, void *data), void *data,
    uint32_t private_segment_size, uint32_t group_segment_size, hsa_queue_t **queue);
/* INVALID_QUEUE: not made by hsa_amd_queue_intercept_create. */
hsa_status_t hsa_amd_queue_intercept_register(hsa_queue_t *queue,
                                              hsa_amd_queue_intercept_handler callback,
                                              void *user_data);

/* Would be told of queues that the runtime makes for itself; here there are none. */
typedef void (*hsa_amd_runtime_queue_notifier)(const hsa_queue_t *queue, hsa_agent_t agent,
                                               void *data);
hsa_status_t hsa_amd_runtime_queue_create_register(hsa_amd_runtime_queue_notifier callback,
                                                   void *user_data);

/* A vendor packet of this format is not put on the queue: `callback` is told where the next one
 * goes. */
enum { AMD_AQL_FORMAT_INTERCEPT_MARKER = 0xFE };
struct amd_aql_intercept_marker_s;
typedef void (*amd_intercept_marker_handler)(const struct amd_aql_intercept_marker_s *packet,
                                             hsa_queue_t *queue, uint64_t packet_id);
typedef struct amd_aql_intercept_marker_s {
    uint16_t header;
    uint8_t format;
    uint8_t reserved[5];
    amd_intercept_marker_handler callback;
    uint64_t user_data[6];
} amd_aql_intercept_marker_t;

/* ---- the tables ---- */

typedef struct ApiTableVersion {
    uint32_t major_id;
    uint32_t minor_id; /* size of the table */
    uint32_t step_id;
    uint32_t reserved;
} ApiTableVersion;

#define HSA_API_ENTRY(name) __typeof__(name) *name##_fn;

typedef struct CoreApiTable {
    ApiTableVersion version;
    HSA_API_ENTRY(hsa_init)
    HSA_API_ENTRY(hsa_shut_down)
    HSA_API_ENTRY(hsa_system_get_info)
    HSA_API_ENTRY(hsa_system_extension_supported)
    HSA_API_ENTRY(hsa_system_get_extension_table)
    HSA_API_ENTRY(hsa_iterate_agents)
    HSA_API_ENTRY(hsa_agent_get_info)
    HSA_API_ENTRY(hsa_queue_create)
    HSA_API_ENTRY(hsa_soft_queue_create)
    HSA_API_ENTRY(hsa_queue_destroy)
    HSA_API_ENTRY(hsa_queue_inactivate)
    HSA_API_ENTRY(hsa_queue_load_read_index_scacquire)
    HSA_API_ENTRY(hsa_queue_load_read_index_relaxed)
    HSA_API_ENTRY(hsa_queue_load_write_index_scacquire)
    HSA_API_ENTRY(hsa_queue_load_write_index_relaxed)
    HSA_API_ENTRY(hsa_queue_store_write_index_relaxed)
    HSA_API_ENTRY(hsa_queue_store_write_index_screlease)
    HSA_API_ENTRY(hsa_queue_cas_write_index_scacq_screl)
    HSA_API_ENTRY(hsa_queue_cas_write_index_scacquire)
    HSA_API_ENTRY(hsa_queue_cas_write_index_relaxed)
    HSA_API_ENTRY(hsa_queue_cas_write_index_screlease)
    HSA_API_ENTRY(hsa_queue_add_write_index_scacq_screl)
    HSA_API_ENTRY(hsa_queue_add_write_index_scacquire)
    HSA_API_ENTRY(hsa_queue_add_write_index_relaxed)
    HSA_API_ENTRY(hsa_queue_add_write_index_screlease)
    HSA_API_ENTRY(hsa_queue_store_read_index_relaxed)
    HSA_API_ENTRY(hsa_queue_store_read_index_screlease)
    HSA_API_ENTRY(hsa_agent_iterate_regions)
    HSA_API_ENTRY(hsa_region_get_info)
    HSA_API_ENTRY(hsa_agent_get_exception_policies)
    HSA_API_ENTRY(hsa_agent_extension_supported)
    HSA_API_ENTRY(hsa_memory_register)
    HSA_API_ENTRY(hsa_memory_deregister)
    HSA_API_ENTRY(hsa_memory_allocate)
    HSA_API_ENTRY(hsa_memory_free)
    HSA_API_ENTRY(hsa_memory_copy)
    HSA_API_ENTRY(hsa_memory_assign_agent)
    HSA_API_ENTRY(hsa_signal_create)
    HSA_API_ENTRY(hsa_signal_destroy)
    HSA_API_ENTRY(hsa_signal_load_relaxed)
    HSA_API_ENTRY(hsa_signal_load_scacquire)
    HSA_API_ENTRY(hsa_signal_store_relaxed)
    HSA_API_ENTRY(hsa_signal_store_screlease)
    HSA_API_ENTRY(hsa_signal_wait_relaxed)
    HSA_API_ENTRY(hsa_signal_wait_scacquire)
    HSA_API_ENTRY(hsa_signal_and_relaxed)
    HSA_API_ENTRY(hsa_signal_and_scacquire)
    HSA_API_ENTRY(hsa_signal_and_screlease)
    HSA_API_ENTRY(hsa_signal_and_scacq_screl)
    HSA_API_ENTRY(hsa_signal_or_relaxed)
    HSA_API_ENTRY(hsa_signal_or_scacquire)
    HSA_API_ENTRY(hsa_signal_or_screlease)
    HSA_API_ENTRY(hsa_signal_or_scacq_screl)
    HSA_API_ENTRY(hsa_signal_xor_relaxed)
    HSA_API_ENTRY(hsa_signal_xor_scacquire)
    HSA_API_ENTRY(hsa_signal_xor_screlease)
    HSA_API_ENTRY(hsa_signal_xor_scacq_screl)
    HSA_API_ENTRY(hsa_signal_exchange_relaxed)
    HSA_API_ENTRY(hsa_signal_exchange_scacquire)
    HSA_API_ENTRY(hsa_signal_exchange_screlease)
    HSA_API_ENTRY(hsa_signal_exchange_scacq_screl)
    HSA_API_ENTRY(hsa_signal_add_relaxed)
    HSA_API_ENTRY(hsa_signal_add_scacquire)
    HSA_API_ENTRY(hsa_signal_add_screlease)
    HSA_API_ENTRY(hsa_signal_add_scacq_screl)
    HSA_API_ENTRY(hsa_signal_subtract_relaxed)
    HSA_API_ENTRY(hsa_signal_subtract_scacquire)
    HSA_API_ENTRY(hsa_signal_subtract_screlease)
    HSA_API_ENTRY(hsa_signal_subtract_scacq_screl)
    HSA_API_ENTRY(hsa_signal_cas_relaxed)
    HSA_API_ENTRY(hsa_signal_cas_scacquire)
    HSA_API_ENTRY(hsa_signal_cas_screlease)
    HSA_API_ENTRY(hsa_signal_cas_scacq_screl)
    HSA_API_ENTRY(hsa_isa_from_name)
    HSA_API_ENTRY(hsa_isa_get_info)
    HSA_API_ENTRY(hsa_isa_compatible)
    HSA_API_ENTRY(hsa_code_object_serialize)
    HSA_API_ENTRY(hsa_code_object_deserialize)
    HSA_API_ENTRY(hsa_code_object_destroy)
    HSA_API_ENTRY(hsa_code_object_get_info)
    HSA_API_ENTRY(hsa_code_object_get_symbol)
    HSA_API_ENTRY(hsa_code_symbol_get_info)
    HSA_API_ENTRY(hsa_code_object_iterate_symbols)
    HSA_API_ENTRY(hsa_executable_create)
    HSA_API_ENTRY(hsa_executable_destroy)
    HSA_API_ENTRY(hsa_executable_load_code_object)
    HSA_API_ENTRY(hsa_executable_freeze)
    HSA_API_ENTRY(hsa_executable_get_info)
    HSA_API_ENTRY(hsa_executable_global_variable_define)
    HSA_API_ENTRY(hsa_executable_agent_global_variable_define)
    HSA_API_ENTRY(hsa_executable_readonly_variable_define)
    HSA_API_ENTRY(hsa_executable_validate)
    HSA_API_ENTRY(hsa_executable_get_symbol)
    HSA_API_ENTRY(hsa_executable_symbol_get_info)
    HSA_API_ENTRY(hsa_executable_iterate_symbols)
    HSA_API_ENTRY(hsa_status_string)
    HSA_API_ENTRY(hsa_extension_get_name)
    HSA_API_ENTRY(hsa_system_major_extension_supported)
    HSA_API_ENTRY(hsa_system_get_major_extension_table)
    HSA_API_ENTRY(hsa_agent_major_extension_supported)
    HSA_API_ENTRY(hsa_cache_get_info)
    HSA_API_ENTRY(hsa_agent_iterate_caches)
    HSA_API_ENTRY(hsa_signal_silent_store_relaxed)
    HSA_API_ENTRY(hsa_signal_silent_store_screlease)
    HSA_API_ENTRY(hsa_signal_group_create)
    HSA_API_ENTRY(hsa_signal_group_destroy)
    HSA_API_ENTRY(hsa_signal_group_wait_any_scacquire)
    HSA_API_ENTRY(hsa_signal_group_wait_any_relaxed)
    HSA_API_ENTRY(hsa_agent_iterate_isas)
    HSA_API_ENTRY(hsa_isa_get_info_alt)
    HSA_API_ENTRY(hsa_isa_get_exception_policies)
    HSA_API_ENTRY(hsa_isa_get_round_method)
    HSA_API_ENTRY(hsa_wavefront_get_info)
    HSA_API_ENTRY(hsa_isa_iterate_wavefronts)
    HSA_API_ENTRY(hsa_code_object_get_symbol_from_name)
    HSA_API_ENTRY(hsa_code_object_reader_create_from_file)
    HSA_API_ENTRY(hsa_code_object_reader_create_from_memory)
    HSA_API_ENTRY(hsa_code_object_reader_destroy)
    HSA_API_ENTRY(hsa_executable_create_alt)
    HSA_API_ENTRY(hsa_executable_load_program_code_object)
    HSA_API_ENTRY(hsa_executable_load_agent_code_object)
    HSA_API_ENTRY(hsa_executable_validate_alt)
    HSA_API_ENTRY(hsa_executable_get_symbol_by_name)
    HSA_API_ENTRY(hsa_executable_iterate_agent_symbols)
    HSA_API_ENTRY(hsa_executable_iterate_program_symbols)
} CoreApiTable;

typedef struct AmdExtTable {
    ApiTableVersion version;
    HSA_API_ENTRY(hsa_amd_coherency_get_type)
    HSA_API_ENTRY(hsa_amd_coherency_set_type)
    HSA_API_ENTRY(hsa_amd_profiling_set_profiler_enabled)
    HSA_API_ENTRY(hsa_amd_profiling_async_copy_enable)
    HSA_API_ENTRY(hsa_amd_profiling_get_dispatch_time)
    HSA_API_ENTRY(hsa_amd_profiling_get_async_copy_time)
    HSA_API_ENTRY(hsa_amd_profiling_convert_tick_to_system_domain)
    HSA_API_ENTRY(hsa_amd_signal_async_handler)
    HSA_API_ENTRY(hsa_amd_async_function)
    HSA_API_ENTRY(hsa_amd_signal_wait_any)
    HSA_API_ENTRY(hsa_amd_queue_cu_set_mask)
    HSA_API_ENTRY(hsa_amd_memory_pool_get_info)
    HSA_API_ENTRY(hsa_amd_agent_iterate_memory_pools)
    HSA_API_ENTRY(hsa_amd_memory_pool_allocate)
    HSA_API_ENTRY(hsa_amd_memory_pool_free)
    HSA_API_ENTRY(hsa_amd_memory_async_copy)
    HSA_API_ENTRY(hsa_amd_memory_async_copy_on_engine)
    HSA_API_ENTRY(hsa_amd_memory_copy_engine_status)
    HSA_API_ENTRY(hsa_amd_agent_memory_pool_get_info)
    HSA_API_ENTRY(hsa_amd_agents_allow_access)
    HSA_API_ENTRY(hsa_amd_memory_pool_can_migrate)
    HSA_API_ENTRY(hsa_amd_memory_migrate)
    HSA_API_ENTRY(hsa_amd_memory_lock)
    HSA_API_ENTRY(hsa_amd_memory_unlock)
    HSA_API_ENTRY(hsa_amd_memory_fill)
    HSA_API_ENTRY(hsa_amd_interop_map_buffer)
    HSA_API_ENTRY(hsa_amd_interop_unmap_buffer)
    HSA_API_ENTRY(hsa_amd_image_create)
    HSA_API_ENTRY(hsa_amd_pointer_info)
    HSA_API_ENTRY(hsa_amd_pointer_info_set_userdata)
    HSA_API_ENTRY(hsa_amd_ipc_memory_create)
    HSA_API_ENTRY(hsa_amd_ipc_memory_attach)
    HSA_API_ENTRY(hsa_amd_ipc_memory_detach)
    HSA_API_ENTRY(hsa_amd_signal_create)
    HSA_API_ENTRY(hsa_amd_ipc_signal_create)
    HSA_API_ENTRY(hsa_amd_ipc_signal_attach)
    HSA_API_ENTRY(hsa_amd_register_system_event_handler)
    HSA_API_ENTRY(hsa_amd_queue_intercept_create)
    HSA_API_ENTRY(hsa_amd_queue_intercept_register)
    HSA_API_ENTRY(hsa_amd_queue_set_priority)
    HSA_API_ENTRY(hsa_amd_memory_async_copy_rect)
    HSA_API_ENTRY(hsa_amd_runtime_queue_create_register)
    HSA_API_ENTRY(hsa_amd_memory_lock_to_pool)
    HSA_API_ENTRY(hsa_amd_register_deallocation_callback)
    HSA_API_ENTRY(hsa_amd_deregister_deallocation_callback)
    HSA_API_ENTRY(hsa_amd_signal_value_pointer)
    HSA_API_ENTRY(hsa_amd_svm_attributes_set)
    HSA_API_ENTRY(hsa_amd_svm_attributes_get)
    HSA_API_ENTRY(hsa_amd_svm_prefetch_async)
    HSA_API_ENTRY(hsa_amd_spm_acquire)
    HSA_API_ENTRY(hsa_amd_spm_release)
    HSA_API_ENTRY(hsa_amd_spm_set_dest_buffer)
    HSA_API_ENTRY(hsa_amd_queue_cu_get_mask)
    HSA_API_ENTRY(hsa_amd_portable_export_dmabuf)
    HSA_API_ENTRY(hsa_amd_portable_close_dmabuf)
    HSA_API_ENTRY(hsa_amd_vmem_address_reserve)
    HSA_API_ENTRY(hsa_amd_vmem_address_free)
    HSA_API_ENTRY(hsa_amd_vmem_handle_create)
    HSA_API_ENTRY(hsa_amd_vmem_handle_release)
    HSA_API_ENTRY(hsa_amd_vmem_map)
    HSA_API_ENTRY(hsa_amd_vmem_unmap)
    HSA_API_ENTRY(hsa_amd_vmem_set_access)
    HSA_API_ENTRY(hsa_amd_vmem_get_access)
    HSA_API_ENTRY(hsa_amd_vmem_export_shareable_handle)
    HSA_API_ENTRY(hsa_amd_vmem_import_shareable_handle)
    HSA_API_ENTRY(hsa_amd_vmem_retain_alloc_handle)
    HSA_API_ENTRY(hsa_amd_vmem_get_alloc_properties_from_handle)
    HSA_API_ENTRY(hsa_amd_agent_set_async_scratch_limit)
    HSA_API_ENTRY(hsa_amd_queue_get_info)
    HSA_API_ENTRY(hsa_amd_vmem_address_reserve_align)
    HSA_API_ENTRY(hsa_amd_enable_logging)
    HSA_API_ENTRY(hsa_amd_signal_wait_all)
} AmdExtTable;

typedef struct FinalizerExtTable {
    ApiTableVersion version;
    HSA_API_ENTRY(hsa_ext_program_create)
    HSA_API_ENTRY(hsa_ext_program_destroy)
    HSA_API_ENTRY(hsa_ext_program_add_module)
    HSA_API_ENTRY(hsa_ext_program_iterate_modules)
    HSA_API_ENTRY(hsa_ext_program_get_info)
    HSA_API_ENTRY(hsa_ext_program_finalize)
} FinalizerExtTable;

typedef struct ImageExtTable {
    ApiTableVersion version;
    HSA_API_ENTRY(hsa_ext_image_get_capability)
    HSA_API_ENTRY(hsa_ext_image_data_get_info)
    HSA_API_ENTRY(hsa_ext_image_create)
    HSA_API_ENTRY(hsa_ext_image_import)
    HSA_API_ENTRY(hsa_ext_image_export)
    HSA_API_ENTRY(hsa_ext_image_copy)
    HSA_API_ENTRY(hsa_ext_image_clear)
    HSA_API_ENTRY(hsa_ext_image_destroy)
    HSA_API_ENTRY(hsa_ext_sampler_create)
    HSA_API_ENTRY(hsa_ext_sampler_destroy)
    HSA_API_ENTRY(hsa_ext_image_get_capability_with_layout)
    HSA_API_ENTRY(hsa_ext_image_data_get_info_with_layout)
    HSA_API_ENTRY(hsa_ext_image_create_with_layout)
    HSA_API_ENTRY(hsa_ext_sampler_create_v2)
} ImageExtTable;

typedef struct ToolsApiTable {
    ApiTableVersion version;
    hsa_status_t (*hsa_amd_tool_scratch_event_alloc_start_fn)(void *event);         /* not called */
    hsa_status_t (*hsa_amd_tool_scratch_event_alloc_end_fn)(void *event);           /* not called */
    hsa_status_t (*hsa_amd_tool_scratch_event_free_start_fn)(void *event);          /* not called */
    hsa_status_t (*hsa_amd_tool_scratch_event_free_end_fn)(void *event);            /* not called */
    hsa_status_t (*hsa_amd_tool_scratch_event_async_reclaim_start_fn)(void *event); /* not called */
    hsa_status_t (*hsa_amd_tool_scratch_event_async_reclaim_end_fn)(void *event);   /* not called */
} ToolsApiTable;

typedef struct PcSamplingExtTable {
    ApiTableVersion version;
    HSA_API_ENTRY(hsa_ven_amd_pcs_iterate_configuration)
    HSA_API_ENTRY(hsa_ven_amd_pcs_create)
    HSA_API_ENTRY(hsa_ven_amd_pcs_create_from_id)
    HSA_API_ENTRY(hsa_ven_amd_pcs_destroy)
    HSA_API_ENTRY(hsa_ven_amd_pcs_start)
    HSA_API_ENTRY(hsa_ven_amd_pcs_stop)
    HSA_API_ENTRY(hsa_ven_amd_pcs_flush)
} PcSamplingExtTable;

#undef HSA_API_ENTRY

typedef struct HsaApiTable {
    ApiTableVersion version;
    CoreApiTable *core_;
    AmdExtTable *amd_ext_;
    FinalizerExtTable *finalizer_ext_;
    ImageExtTable *image_ext_;
    ToolsApiTable *tools_;
    PcSamplingExtTable *pc_sampling_ext_;
} HsaApiTable;

#ifdef __cplusplus
}
#endif

#endif
