/* SPDX-License-Identifier: MIT
 * The instruction sets of an agent.
 */
#include "parts.h"

#include "print.h"

#include <string.h>

/* Joins the names whose bit is set. */
static void print_set(const char *label, const bool *bits, const char *const *names, size_t count)
{
    char text[128] = "";
    for (size_t i = 0; i < count; i++)
        if (bits[i]) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s", used != 0 ? " " : "", names[i]);
        }
    print_text(3, label, text);
}

static void print_sets(hsa_isa_t isa)
{
    static const char *const models[] = {"HSA_MACHINE_MODEL_SMALL", "HSA_MACHINE_MODEL_LARGE"};
    static const char *const profiles[] = {"HSA_PROFILE_BASE", "HSA_PROFILE_FULL"};
    static const char *const roundings[] = {"DEFAULT", "ZERO", "NEAR"};
    bool bits[3] = {false};
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_MACHINE_MODELS, bits);
    print_set("Machine Models:", bits, models, 2);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_PROFILES, bits);
    print_set("Profiles:", bits, profiles, 2);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_DEFAULT_FLOAT_ROUNDING_MODES, bits);
    print_set("Default Rounding Mode:", bits, roundings, 3);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES, bits);
    print_set("Default Rounding Mode:", bits, roundings, 3);
}

static void print_limits(hsa_isa_t isa)
{
    bool fast_f16 = false;
    uint16_t group[3] = {0};
    hsa_dim3_t grid = {0};
    uint32_t group_size = 0, fbarriers = 0;
    uint64_t grid_size = 0;
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_FAST_F16_OPERATION, &fast_f16);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_WORKGROUP_MAX_SIZE, &group_size);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_WORKGROUP_MAX_DIM, group);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_GRID_MAX_SIZE, &grid_size);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_GRID_MAX_DIM, &grid);
    (void)hsa_isa_get_info_alt(isa, HSA_ISA_INFO_FBARRIER_MAX_SIZE, &fbarriers);
    print_text(3, "Fast f16:", fast_f16 ? "TRUE" : "FALSE");
    print_hex(3, "Workgroup Max Size:", group_size, "");
    print_heading(3, "Workgroup Max Size per Dimension:");
    print_hex(4, "x", group[0], "");
    print_hex(4, "y", group[1], "");
    print_hex(4, "z", group[2], "");
    print_hex(3, "Grid Max Size:", (uint32_t)grid_size, "");
    print_heading(3, "Grid Max Size per Dimension:");
    print_hex(4, "x", grid.x, "");
    print_hex(4, "y", grid.y, "");
    print_hex(4, "z", grid.z, "");
    print_number(3, "FBarrier Max Size:", fbarriers);
}

static hsa_status_t print_isa(hsa_isa_t isa, void *counter)
{
    char heading[32], name[256] = "";
    uint32_t length = 0;
    snprintf(heading, sizeof heading, "ISA %d", ++*(int *)counter);
    print_heading(2, heading);
    hsa_status_t status = hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME_LENGTH, &length);
    if (status == HSA_STATUS_SUCCESS && length < sizeof name)
        status = hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME, name);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    print_text(3, "Name:", name);
    print_sets(isa);
    print_limits(isa);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t rocminfo_print_isas(hsa_agent_t agent)
{
    int counter = 0;
    print_heading(1, "ISA Info:");
    return hsa_agent_iterate_isas(agent, print_isa, &counter);
}
