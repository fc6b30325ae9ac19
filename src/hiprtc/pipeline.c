/* SPDX-License-Identifier: MIT
 * Rows of comgr actions: how source becomes code and bitcode becomes code.
 */
#include "hiprtc/hiprtc_priv.h"

#include <stdlib.h>
#include <string.h>

amd_comgr_status_t hiprtc_add_data(const struct hiprtc_comgr *comgr, amd_comgr_data_set_t set,
                                   amd_comgr_data_kind_t kind, const char *name, const void *bytes,
                                   size_t size)
{
    amd_comgr_data_t data;
    amd_comgr_status_t status = comgr->create_data(kind, &data);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    status = comgr->set_data(data, size, bytes);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr->set_data_name(data, name);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr->data_set_add(set, data);
    comgr->release_data(data);
    return status;
}

static amd_comgr_status_t make_info(const struct hiprtc_comgr *comgr, const char *isa,
                                    const struct hiprtc_step *step, amd_comgr_action_info_t *out)
{
    amd_comgr_action_info_t info;
    amd_comgr_status_t status = comgr->create_action_info(&info);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    status = comgr->action_info_set_isa_name(info, isa);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr->action_info_set_language(info, step->language);
    if (status == AMD_COMGR_STATUS_SUCCESS && step->options != NULL)
        status = comgr->action_info_set_option_list(info, (const char **)step->options->items,
                                                    step->options->count);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr->action_info_set_logging(info, true);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        comgr->destroy_action_info(info);
    else
        *out = info;
    return status;
}

/* The bytes of the first data object of a kind. */
static amd_comgr_status_t take_data(const struct hiprtc_comgr *comgr, amd_comgr_data_set_t set,
                                    amd_comgr_data_kind_t kind, struct hiprtc_bytes *out)
{
    amd_comgr_data_t data;
    size_t count = 0, size = 0;
    amd_comgr_status_t status = comgr->action_data_count(set, kind, &count);
    if (status != AMD_COMGR_STATUS_SUCCESS || count == 0)
        return status != AMD_COMGR_STATUS_SUCCESS ? status : AMD_COMGR_STATUS_ERROR;
    status = comgr->action_data_get_data(set, kind, 0, &data);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    status = comgr->get_data(data, &size, NULL);
    char *bytes = malloc(size + 1);
    if (bytes == NULL)
        status = AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr->get_data(data, &size, bytes);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        hiprtc_bytes_add(out, bytes, size);
    free(bytes);
    comgr->release_data(data);
    return out->failed ? AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES : status;
}

static amd_comgr_status_t perform_one(const struct hiprtc_comgr *comgr, const char *isa,
                                      const struct hiprtc_step *step, amd_comgr_data_set_t input,
                                      amd_comgr_data_set_t result, struct hiprtc_bytes *log)
{
    amd_comgr_action_info_t info;
    amd_comgr_status_t status = make_info(comgr, isa, step, &info);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    status = comgr->do_action(step->action, info, input, result);
    (void)take_data(comgr, result, AMD_COMGR_DATA_KIND_LOG, log);
    comgr->destroy_action_info(info);
    return status;
}

amd_comgr_status_t hiprtc_perform(const struct hiprtc_comgr *comgr, const char *isa,
                                  const struct hiprtc_step *steps, size_t count,
                                  amd_comgr_data_set_t input, amd_comgr_data_kind_t kind,
                                  struct hiprtc_bytes *out, struct hiprtc_bytes *log)
{
    amd_comgr_data_set_t sets[2];
    amd_comgr_status_t status = comgr->create_data_set(&sets[0]);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    status = comgr->create_data_set(&sets[1]);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        goto destroy_first;
    for (size_t i = 0; i < count && status == AMD_COMGR_STATUS_SUCCESS; i++) {
        status = perform_one(comgr, isa, &steps[i], input, sets[i % 2], log);
        input = sets[i % 2];
    }
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = take_data(comgr, input, kind, out);
    comgr->destroy_data_set(sets[1]);
destroy_first:
    comgr->destroy_data_set(sets[0]);
    return status;
}
