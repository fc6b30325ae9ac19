/* SPDX-License-Identifier: MIT
 * What differs between the interfaces 2 (libamd_comgr.so.2, ROCm 5 and 6.0 to 6.3) and 3 (.so.3):
 * the numbers of actions and languages. Inside of the library they are those of interface 3; this
 * file is compiled once for each and translates. The numbers of interface 2 are facts of
 * ROCm 6.2's.
 */
#include "comgr/action.h"

#include <stdlib.h>

#ifndef COMGR_INTERFACE
#error "define COMGR_INTERFACE as 2 or 3"
#endif

#if COMGR_INTERFACE == 2

enum { INTERFACE_MAJOR = 2, INTERFACE_MINOR = 9, NOT_AN_ACTION = -1 };

/* Index: number of interface 2. It knows more of adding device libraries, optimising bitcode and
 * making fat binaries, which no longer exist. */
static const int actions[] = {
    AMD_COMGR_ACTION_SOURCE_TO_PREPROCESSOR,
    AMD_COMGR_ACTION_ADD_PRECOMPILED_HEADERS,
    AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC,
    NOT_AN_ACTION, /* ADD_DEVICE_LIBRARIES */
    AMD_COMGR_ACTION_LINK_BC_TO_BC,
    NOT_AN_ACTION, /* OPTIMIZE_BC_TO_BC */
    AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE,
    AMD_COMGR_ACTION_CODEGEN_BC_TO_ASSEMBLY,
    AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_RELOCATABLE,
    AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE,
    AMD_COMGR_ACTION_ASSEMBLE_SOURCE_TO_RELOCATABLE,
    AMD_COMGR_ACTION_DISASSEMBLE_RELOCATABLE_TO_SOURCE,
    AMD_COMGR_ACTION_DISASSEMBLE_EXECUTABLE_TO_SOURCE,
    AMD_COMGR_ACTION_DISASSEMBLE_BYTES_TO_SOURCE,
    NOT_AN_ACTION, /* COMPILE_SOURCE_TO_FATBIN */
    AMD_COMGR_ACTION_COMPILE_SOURCE_WITH_DEVICE_LIBS_TO_BC,
    AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE,
    AMD_COMGR_ACTION_COMPILE_SOURCE_TO_EXECUTABLE,
    AMD_COMGR_ACTION_UNBUNDLE,
};

static bool action_in(int kind, amd_comgr_action_kind_t *out)
{
    if (kind < 0 || kind >= (int)(sizeof actions / sizeof actions[0]) || actions[kind] < 0)
        return false;
    *out = (amd_comgr_action_kind_t)actions[kind];
    return true;
}

/* 3 was HC, a language of the past, so that HIP was 4 and LLVM IR 5. */
static bool language_in(int language, amd_comgr_language_t *out)
{
    if (language < 0 || language > 5 || language == 3)
        return false;
    *out = (amd_comgr_language_t)(language > 3 ? language - 1 : language);
    return true;
}

static int language_out(amd_comgr_language_t language)
{
    return (int)language >= 3 ? (int)language + 1 : (int)language;
}

/* ---- what interface 3 no longer has: the options as one text ---- */

amd_comgr_status_t amd_comgr_action_info_set_options(amd_comgr_action_info_t handle,
                                                     const char *options);
amd_comgr_status_t amd_comgr_action_info_get_options(amd_comgr_action_info_t handle, size_t *size,
                                                     char *options);

amd_comgr_status_t amd_comgr_action_info_set_options(amd_comgr_action_info_t handle,
                                                     const char *options)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    struct comgr_texts list = {0};
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    for (const char *at = options; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, " ");
        if (length != 0)
            (void)comgr_texts_add(&list, at, length);
        at += length + (at[length] == ' ');
    }
    if (list.failed) {
        comgr_texts_clear(&list);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    comgr_texts_clear(&info->options);
    info->options = list;
    info->has_options = true;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_get_options(amd_comgr_action_info_t handle, size_t *size,
                                                     char *options)
{
    const struct comgr_action_info *info = comgr_action_info_of(handle);
    struct comgr_buffer text = {0};
    if (info == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    for (size_t i = 0; i < info->options.count; i++)
        comgr_buffer_addf(&text, "%s%s", i == 0 ? "" : " ", info->options.items[i]);
    amd_comgr_status_t status =
        text.failed ? AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES
                    : comgr_text_give(text.text != NULL ? text.text : "", size, options);
    free(text.text);
    return status;
}

#else

enum { INTERFACE_MAJOR = 3, INTERFACE_MINOR = 0 };

static bool action_in(int kind, amd_comgr_action_kind_t *out)
{
    *out = (amd_comgr_action_kind_t)kind;
    return true;
}

static bool language_in(int language, amd_comgr_language_t *out)
{
    *out = (amd_comgr_language_t)language;
    return language >= 0 && language <= AMD_COMGR_LANGUAGE_LAST;
}

static int language_out(amd_comgr_language_t language)
{
    return language;
}

#endif

void amd_comgr_get_version(size_t *major, size_t *minor)
{
    *major = INTERFACE_MAJOR;
    *minor = INTERFACE_MINOR;
}

amd_comgr_status_t amd_comgr_status_string(amd_comgr_status_t status, const char **status_string)
{
    static const char *const names[] = {"SUCCESS", "ERROR", "INVALID_ARGUMENT", "OUT_OF_RESOURCES"};
    if (status_string == NULL || (unsigned)status >= sizeof names / sizeof names[0])
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *status_string = names[status];
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_set_language(amd_comgr_action_info_t handle,
                                                      amd_comgr_language_t language)
{
    struct comgr_action_info *info = comgr_action_info_of(handle);
    amd_comgr_language_t known;
    if (info == NULL || !language_in((int)language, &known))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    info->language = known;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_action_info_get_language(amd_comgr_action_info_t handle,
                                                      amd_comgr_language_t *language)
{
    const struct comgr_action_info *info = comgr_action_info_of(handle);
    if (info == NULL || language == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *language = (amd_comgr_language_t)language_out(info->language);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_do_action(amd_comgr_action_kind_t kind, amd_comgr_action_info_t info,
                                       amd_comgr_data_set_t input, amd_comgr_data_set_t result)
{
    amd_comgr_action_kind_t known;
    if (!action_in((int)kind, &known))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_perform(known, comgr_action_info_of(info), comgr_data_set_of(input),
                         comgr_data_set_of(result));
}
