/* SPDX-License-Identifier: MIT
 * Action infos: what an action is to do, apart from its data. The language is set and asked for in
 * interface.c, since its numbers depend on the interface's version.
 */
#include "comgr/comgr.h"

#include <stdlib.h>

struct comgr_action_info *comgr_action_info_of(amd_comgr_action_info_t info)
{
    return comgr_handle_find(COMGR_ACTION_INFO, info.handle);
}

/* NULL is allowed. */
static void destroy(struct comgr_action_info *info)
{
    if (info == NULL)
        return;
    comgr_texts_clear(&info->options);
    comgr_texts_clear(&info->bundle_ids);
    free(info->isa_name);
    free(info->path);
    free(info);
}

amd_comgr_status_t amd_comgr_create_action_info(amd_comgr_action_info_t *out)
{
    if (out == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    struct comgr_action_info *info = calloc(1, sizeof *info);
    if (info == NULL || comgr_text_set(&info->isa_name, NULL) != AMD_COMGR_STATUS_SUCCESS ||
        comgr_text_set(&info->path, NULL) != AMD_COMGR_STATUS_SUCCESS ||
        !comgr_handle_add(COMGR_ACTION_INFO, info, &out->handle)) {
        destroy(info);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_destroy_action_info(amd_comgr_action_info_t handle)
{
    struct comgr_action_info *info = comgr_handle_take(COMGR_ACTION_INFO, handle.handle);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    destroy(info);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_set_isa_name(amd_comgr_action_info_t handle,
                                                      const char *isa_name)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    bool cleared = isa_name == NULL || isa_name[0] == '\0';
    if (info == NULL || (!cleared && comgr_isa_find(isa_name) == NULL))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_set(&info->isa_name, isa_name);
}

amd_comgr_status_t amd_comgr_action_info_get_isa_name(amd_comgr_action_info_t handle, size_t *size,
                                                      char *isa_name)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_give(info->isa_name, size, isa_name);
}

amd_comgr_status_t amd_comgr_action_info_set_option_list(amd_comgr_action_info_t handle,
                                                         const char *options[], size_t count)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || (options == NULL && count != 0))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = comgr_texts_set(&info->options, options, count);
    info->has_options |= status == AMD_COMGR_STATUS_SUCCESS;
    return status;
}

amd_comgr_status_t amd_comgr_action_info_get_option_list_count(amd_comgr_action_info_t handle,
                                                               size_t *count)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || count == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (!info->has_options)
        return AMD_COMGR_STATUS_ERROR;
    *count = info->options.count;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_get_option_list_item(amd_comgr_action_info_t handle,
                                                              size_t index, size_t *size,
                                                              char *option)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (!info->has_options)
        return AMD_COMGR_STATUS_ERROR;
    if (index >= info->options.count)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_give(info->options.items[index], size, option);
}

amd_comgr_status_t amd_comgr_action_info_set_bundle_entry_ids(amd_comgr_action_info_t handle,
                                                              const char *bundle_entry_ids[],
                                                              size_t count)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_texts_set(&info->bundle_ids, bundle_entry_ids,
                           bundle_entry_ids != NULL ? count : 0);
}

amd_comgr_status_t amd_comgr_action_info_get_bundle_entry_id_count(amd_comgr_action_info_t handle,
                                                                   size_t *count)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || count == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *count = info->bundle_ids.count;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_get_bundle_entry_id(amd_comgr_action_info_t handle,
                                                             size_t index, size_t *size,
                                                             char *bundle_entry_id)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || size == NULL || index >= info->bundle_ids.count)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_give(info->bundle_ids.items[index], size, bundle_entry_id);
}

/* The compiler is a process of its own and needs files either way. */
amd_comgr_status_t amd_comgr_action_info_set_vfs(amd_comgr_action_info_t handle,
                                                 bool should_use_vfs)
{
    return comgr_action_info_of(handle) != NULL ? AMD_COMGR_STATUS_SUCCESS
                                                : AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
}

amd_comgr_status_t amd_comgr_action_info_set_device_lib_linking(amd_comgr_action_info_t handle,
                                                                bool should_link_device_libs)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    info->links_device_libs = should_link_device_libs;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_set_working_directory_path(amd_comgr_action_info_t handle,
                                                                    const char *path)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_set(&info->path, path);
}

amd_comgr_status_t amd_comgr_action_info_get_working_directory_path(amd_comgr_action_info_t handle,
                                                                    size_t *size, char *path)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_give(info->path, size, path);
}

amd_comgr_status_t amd_comgr_action_info_set_logging(amd_comgr_action_info_t handle, bool logging)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    info->logging = logging;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_get_logging(amd_comgr_action_info_t handle, bool *logging)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || logging == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *logging = info->logging;
    return AMD_COMGR_STATUS_SUCCESS;
}
