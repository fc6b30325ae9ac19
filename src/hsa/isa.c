/* SPDX-License-Identifier: MIT
 * Instruction sets: one object for each target id of a chip in the table, made when it is first
 * named, and the queries on it.
 */
#include "hsa_priv.h"

#include "info.h"

#include <stdlib.h>

enum { WORKGROUP_MAX = 1024, FBARRIERS = 32 };

static struct isa *find_locked(const char *name)
{
    for (struct isa *isa = cairn_hsa_process.isas; isa != NULL; isa = isa->next)
        if (strcmp(isa->name, name) == 0)
            return isa;
    return NULL;
}

/* The full name of the target, with its features in the order of the target id format. */
static bool make(const char *name, struct isa *out)
{
    static const char prefix[] = "amdgcn-amd-amdhsa--";
    if (strncmp(name, prefix, sizeof prefix - 1) != 0 ||
        cairn_target_id_parse(name, strlen(name), &out->target) != CAIRN_OK)
        return false;
    out->gfx = cairn_gfx_by_name(out->target.processor, strlen(out->target.processor));
    memcpy(out->name, prefix, sizeof prefix);
    size_t room = sizeof out->name - (sizeof prefix - 1);
    return out->gfx != NULL &&
           cairn_target_id_format(&out->target, out->name + sizeof prefix - 1, room) < room;
}

struct isa *cairn_hsa_isa_intern(const char *name)
{
    struct process *process = &cairn_hsa_process;
    struct isa made = {0};
    if (!make(name, &made))
        return NULL;
    pthread_mutex_lock(&process->list_lock);
    struct isa *isa = find_locked(made.name);
    if (isa == NULL && (isa = malloc(sizeof *isa)) != NULL) {
        *isa = made;
        isa->wavefront = isa->gfx->wave_size;
        if (cairn_hsa_handle_add(HANDLE_ISA, (uintptr_t)isa, isa) != CAIRN_OK ||
            cairn_hsa_handle_add(HANDLE_WAVEFRONT, (uintptr_t)&isa->wavefront, isa) != CAIRN_OK) {
            cairn_hsa_handle_remove(HANDLE_ISA, (uintptr_t)isa);
            free(isa);
            isa = NULL;
        } else {
            isa->next = process->isas;
            process->isas = isa;
        }
    }
    pthread_mutex_unlock(&process->list_lock);
    return isa;
}

void cairn_hsa_isas_destroy(void)
{
    struct process *process = &cairn_hsa_process;
    while (process->isas != NULL) {
        struct isa *next = process->isas->next;
        free(process->isas);
        process->isas = next;
    }
}

hsa_status_t hsa_isa_from_name(const char *name, hsa_isa_t *isa)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (name == NULL || isa == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct isa *found = cairn_hsa_isa_intern(name);
    if (found == NULL)
        return HSA_STATUS_ERROR_INVALID_ISA_NAME;
    isa->handle = (uintptr_t)found;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_agent_iterate_isas(hsa_agent_t handle, hsa_status_t (*callback)(hsa_isa_t, void *),
                                    void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (agent->isa == NULL)
        return HSA_STATUS_SUCCESS;
    return callback((hsa_isa_t){.handle = (uintptr_t)agent->isa}, data);
}

static hsa_status_t isa_limits(uint32_t attribute, void *value)
{
    static const uint16_t group_dims[3] = {WORKGROUP_MAX, WORKGROUP_MAX, WORKGROUP_MAX};
    static const hsa_dim3_t grid_dims = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    switch (attribute) {
    case HSA_ISA_INFO_WORKGROUP_MAX_DIM:
        return info_bytes(value, group_dims, sizeof group_dims);
    case HSA_ISA_INFO_WORKGROUP_MAX_SIZE:
        return info_u32(value, WORKGROUP_MAX);
    case HSA_ISA_INFO_GRID_MAX_DIM:
        return info_bytes(value, &grid_dims, sizeof grid_dims);
    case HSA_ISA_INFO_GRID_MAX_SIZE:
        return info_u64(value, UINT64_MAX);
    case HSA_ISA_INFO_FBARRIER_MAX_SIZE:
        return info_u32(value, FBARRIERS);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t hsa_isa_get_info_alt(hsa_isa_t handle, hsa_isa_info_t attribute, void *value)
{
    static const bool large_only[2] = {false, true}, base_only[2] = {true, false};
    static const bool near_only[3] = {false, false, true};
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct isa *isa = cairn_hsa_handle_find(HANDLE_ISA, handle.handle);
    if (isa == NULL)
        return HSA_STATUS_ERROR_INVALID_ISA;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    switch ((uint32_t)attribute) {
    case HSA_ISA_INFO_NAME_LENGTH: /* as AMD's runtime: the terminating zero counts */
        return info_u32(value, (uint32_t)strlen(isa->name) + 1);
    case HSA_ISA_INFO_NAME:
        return info_bytes(value, isa->name, strlen(isa->name) + 1);
    case HSA_ISA_INFO_CALL_CONVENTION_COUNT:
        return info_u32(value, 1);
    case HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE:
        return info_u32(value, isa->gfx->wave_size);
    case HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONTS_PER_COMPUTE_UNIT:
        return info_u32(value, isa->gfx->waves_per_simd * isa->gfx->simds_per_cu);
    case HSA_ISA_INFO_MACHINE_MODELS:
        return info_bytes(value, large_only, sizeof large_only);
    case HSA_ISA_INFO_PROFILES:
        return info_bytes(value, base_only, sizeof base_only);
    case HSA_ISA_INFO_DEFAULT_FLOAT_ROUNDING_MODES:
    case HSA_ISA_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES:
        return info_bytes(value, near_only, sizeof near_only);
    case HSA_ISA_INFO_FAST_F16_OPERATION:
        return info_bool(value, true);
    default:
        return isa_limits((uint32_t)attribute, value);
    }
}

hsa_status_t hsa_isa_get_info(hsa_isa_t isa, hsa_isa_info_t attribute, uint32_t index, void *value)
{
    if (cairn_hsa_is_open() && index != 0)
        return HSA_STATUS_ERROR_INVALID_INDEX;
    return hsa_isa_get_info_alt(isa, attribute, value);
}

hsa_status_t hsa_isa_compatible(hsa_isa_t code_object_isa, hsa_isa_t agent_isa, bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct isa *code = cairn_hsa_handle_find(HANDLE_ISA, code_object_isa.handle);
    const struct isa *device = cairn_hsa_handle_find(HANDLE_ISA, agent_isa.handle);
    if (code == NULL || device == NULL)
        return HSA_STATUS_ERROR_INVALID_ISA;
    if (result == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *result = cairn_target_id_fits(&code->target, &device->target);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_isa_get_exception_policies(hsa_isa_t isa, hsa_profile_t profile, uint16_t *mask)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_handle_find(HANDLE_ISA, isa.handle) == NULL)
        return HSA_STATUS_ERROR_INVALID_ISA;
    if (mask == NULL || (unsigned)profile > HSA_PROFILE_FULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *mask = 0;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_isa_get_round_method(hsa_isa_t isa, hsa_fp_type_t fp_type,
                                      hsa_flush_mode_t flush_mode, hsa_round_method_t *round_method)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_handle_find(HANDLE_ISA, isa.handle) == NULL)
        return HSA_STATUS_ERROR_INVALID_ISA;
    bool known =
        fp_type == HSA_FP_TYPE_16 || fp_type == HSA_FP_TYPE_32 || fp_type == HSA_FP_TYPE_64;
    if (round_method == NULL || !known ||
        (flush_mode != HSA_FLUSH_MODE_FTZ && flush_mode != HSA_FLUSH_MODE_NON_FTZ))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *round_method = HSA_ROUND_METHOD_SINGLE;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_isa_iterate_wavefronts(hsa_isa_t handle,
                                        hsa_status_t (*callback)(hsa_wavefront_t, void *),
                                        void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct isa *isa = cairn_hsa_handle_find(HANDLE_ISA, handle.handle);
    if (isa == NULL)
        return HSA_STATUS_ERROR_INVALID_ISA;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return callback((hsa_wavefront_t){.handle = (uintptr_t)&isa->wavefront}, data);
}

hsa_status_t hsa_wavefront_get_info(hsa_wavefront_t wavefront, hsa_wavefront_info_t attribute,
                                    void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct isa *isa = cairn_hsa_handle_find(HANDLE_WAVEFRONT, wavefront.handle);
    if (isa == NULL)
        return HSA_STATUS_ERROR_INVALID_WAVEFRONT;
    if (value == NULL || attribute != HSA_WAVEFRONT_INFO_SIZE)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return info_u32(value, isa->wavefront);
}
