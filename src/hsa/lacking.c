/* SPDX-License-Identifier: MIT
 * Interfaces to what the software GPU does not have: a finalizer of HSAIL, sampling of program
 * counters, and the streaming performance monitor. Arguments are checked; what would make the first
 * object is not supported and logged once; calls on objects that therefore cannot exist get the
 * error of an invalid one.
 */
#include "hsa_priv.h"

#include "base/log.h"
#include "hsa/hsa_ext_finalize.h"
#include "hsa/hsa_ven_amd_pc_sampling.h"

/* ---- HSAIL (HSA Runtime 1.2, 3.2) ---- */

hsa_status_t hsa_ext_program_create(hsa_machine_model_t machine_model, hsa_profile_t profile,
                                    hsa_default_float_rounding_mode_t default_float_rounding_mode,
                                    const char *options, hsa_ext_program_t *program)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if ((unsigned)machine_model > HSA_MACHINE_MODEL_LARGE || (unsigned)profile > HSA_PROFILE_FULL ||
        program == NULL ||
        (unsigned)default_float_rounding_mode > HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    CAIRN_LOG_ONCE("hsa: hsa_ext_program_create: HSAIL programs are not supported");
    return HSA_STATUS_ERROR;
}

/* There is no program, so none is valid. */
static hsa_status_t no_program(void)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    return (hsa_status_t)HSA_EXT_STATUS_ERROR_INVALID_PROGRAM;
}

hsa_status_t hsa_ext_program_destroy(hsa_ext_program_t program)
{
    return no_program();
}

hsa_status_t hsa_ext_program_add_module(hsa_ext_program_t program, hsa_ext_module_t module)
{
    return no_program();
}

hsa_status_t hsa_ext_program_iterate_modules(hsa_ext_program_t program,
                                             hsa_status_t (*callback)(hsa_ext_program_t program,
                                                                      hsa_ext_module_t module,
                                                                      void *data),
                                             void *data)
{
    return no_program();
}

hsa_status_t hsa_ext_program_get_info(hsa_ext_program_t program, hsa_ext_program_info_t attribute,
                                      void *value)
{
    return no_program();
}

hsa_status_t hsa_ext_program_finalize(hsa_ext_program_t program, hsa_isa_t isa,
                                      int32_t call_convention,
                                      hsa_ext_control_directives_t control_directives,
                                      const char *options, hsa_code_object_type_t code_object_type,
                                      hsa_code_object_t *code_object)
{
    return no_program();
}

/* ---- program counter sampling: no agent has a configuration for it ---- */

static hsa_status_t check_gpu(hsa_agent_t handle)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    return agent != NULL && agent->is_gpu ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_AGENT;
}

hsa_status_t hsa_ven_amd_pcs_iterate_configuration(
    hsa_agent_t agent, hsa_ven_amd_pcs_iterate_configuration_callback_t configuration_callback,
    void *callback_data)
{
    hsa_status_t status = check_gpu(agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    return configuration_callback != NULL ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

hsa_status_t
hsa_ven_amd_pcs_create_from_id(uint32_t pcs_id, hsa_agent_t agent,
                               hsa_ven_amd_pcs_method_kind_t method, hsa_ven_amd_pcs_units_t units,
                               size_t interval, size_t latency, size_t buffer_size,
                               hsa_ven_amd_pcs_data_ready_callback_t data_ready_callback,
                               void *client_callback_data, hsa_ven_amd_pcs_t *pc_sampling)
{
    hsa_status_t status = check_gpu(agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if ((unsigned)method > HSA_VEN_AMD_PCS_METHOD_STOCHASTIC_V1 ||
        (unsigned)units > HSA_VEN_AMD_PCS_INTERVAL_UNITS_INSTRUCTIONS || interval == 0 ||
        buffer_size == 0 || data_ready_callback == NULL || pc_sampling == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    CAIRN_LOG_ONCE("hsa: hsa_ven_amd_pcs_create: sampling of program counters is not supported");
    return HSA_STATUS_ERROR;
}

hsa_status_t hsa_ven_amd_pcs_create(hsa_agent_t agent, hsa_ven_amd_pcs_method_kind_t method,
                                    hsa_ven_amd_pcs_units_t units, size_t interval, size_t latency,
                                    size_t buffer_size,
                                    hsa_ven_amd_pcs_data_ready_callback_t data_ready_callback,
                                    void *client_callback_data, hsa_ven_amd_pcs_t *pc_sampling)
{
    return hsa_ven_amd_pcs_create_from_id(0, agent, method, units, interval, latency, buffer_size,
                                          data_ready_callback, client_callback_data, pc_sampling);
}

static hsa_status_t no_sampling(void)
{
    return cairn_hsa_is_open() ? HSA_STATUS_ERROR_INVALID_ARGUMENT
                               : HSA_STATUS_ERROR_NOT_INITIALIZED;
}

hsa_status_t hsa_ven_amd_pcs_start(hsa_ven_amd_pcs_t pc_sampling)
{
    return no_sampling();
}

hsa_status_t hsa_ven_amd_pcs_stop(hsa_ven_amd_pcs_t pc_sampling)
{
    return no_sampling();
}

hsa_status_t hsa_ven_amd_pcs_flush(hsa_ven_amd_pcs_t pc_sampling)
{
    return no_sampling();
}

hsa_status_t hsa_ven_amd_pcs_destroy(hsa_ven_amd_pcs_t pc_sampling)
{
    return no_sampling();
}

/* ---- streaming performance monitor: there are no counters to stream ---- */

static hsa_status_t no_monitor(hsa_agent_t agent)
{
    hsa_status_t status = check_gpu(agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    CAIRN_LOG_ONCE("hsa: hsa_amd_spm_acquire: streaming performance counters are not supported");
    return HSA_STATUS_ERROR;
}

hsa_status_t hsa_amd_spm_acquire(hsa_agent_t preferred_agent)
{
    return no_monitor(preferred_agent);
}

hsa_status_t hsa_amd_spm_release(hsa_agent_t preferred_agent)
{
    return no_monitor(preferred_agent);
}

hsa_status_t hsa_amd_spm_set_dest_buffer(hsa_agent_t preferred_agent, size_t size_in_bytes,
                                         uint32_t *timeout, uint32_t *size_copied, void *dest,
                                         bool *is_data_loss)
{
    return no_monitor(preferred_agent);
}
