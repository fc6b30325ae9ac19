/* SPDX-License-Identifier: MIT
 * libamd_comgr, loaded when something is first compiled: programs that compile nothing do not pay
 * for it, and any libamd_comgr.so.3 will do.
 */
#ifndef CAIRN_HIPRTC_COMGR_H
#define CAIRN_HIPRTC_COMGR_H

#include "amd_comgr/amd_comgr.h"

#define HIPRTC_COMGR_FUNCTIONS(F)                                                                  \
    F(create_data)                                                                                 \
    F(release_data)                                                                                \
    F(set_data)                                                                                    \
    F(set_data_name)                                                                               \
    F(get_data)                                                                                    \
    F(create_data_set)                                                                             \
    F(destroy_data_set)                                                                            \
    F(data_set_add)                                                                                \
    F(action_data_count)                                                                           \
    F(action_data_get_data)                                                                        \
    F(create_action_info)                                                                          \
    F(destroy_action_info)                                                                         \
    F(action_info_set_isa_name)                                                                    \
    F(action_info_set_language)                                                                    \
    F(action_info_set_option_list)                                                                 \
    F(action_info_set_logging)                                                                     \
    F(do_action)                                                                                   \
    F(populate_name_expression_map)                                                                \
    F(map_name_expression_to_symbol_name)

struct hiprtc_comgr {
#define MEMBER(name) __typeof__(&amd_comgr_##name) name;
    HIPRTC_COMGR_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* NULL, logged once: there is none, or it lacks a function. */
const struct hiprtc_comgr *hiprtc_comgr(void);

#endif
