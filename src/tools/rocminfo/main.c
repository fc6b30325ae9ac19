/* SPDX-License-Identifier: MIT
 * rocminfo: the HSA system and its agents, in the layout of ROCm's tool of that name. It uses the
 * public HSA API alone, so it also runs on AMD's runtime.
 */
#include "hsa/hsa.h"
#include "hsa/hsa_ext_amd.h"
#include "parts.h"
#include "print.h"

#include <stdlib.h>
#include <string.h>

static int fail(const char *what, hsa_status_t status)
{
    const char *text = "unknown status";
    (void)hsa_status_string(status, &text);
    fprintf(stderr, "rocminfo: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

static void print_switch(const char *label, hsa_system_info_t attribute, const char *yes,
                         const char *no)
{
    bool value = false;
    (void)hsa_system_get_info(attribute, &value);
    print_text(0, label, value ? yes : no);
}

static hsa_status_t print_system(void)
{
    uint16_t major = 0, minor = 0, ext_major = 0, ext_minor = 0;
    uint64_t frequency = 0, max_wait = 0;
    char text[96];
    hsa_status_t status = hsa_system_get_info(HSA_SYSTEM_INFO_VERSION_MAJOR, &major);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    (void)hsa_system_get_info(HSA_SYSTEM_INFO_VERSION_MINOR, &minor);
    (void)hsa_system_get_info(HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR, &ext_major);
    (void)hsa_system_get_info(HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR, &ext_minor);
    (void)hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency);
    (void)hsa_system_get_info(HSA_SYSTEM_INFO_SIGNAL_MAX_WAIT, &max_wait);
    snprintf(text, sizeof text, "%u.%u", major, minor);
    print_text(0, "Runtime Version:", text);
    snprintf(text, sizeof text, "%u.%u", ext_major, ext_minor);
    print_text(0, "Runtime Ext Version:", text);
    snprintf(text, sizeof text, "%fMHz", (double)frequency / 1e6);
    print_text(0, "System Timestamp Freq.:", text);
    snprintf(text, sizeof text, "%" PRIu64 " (0x%" PRIX64 ") (timestamp count)", max_wait,
             max_wait);
    print_text(0, "Sig. Max Wait Duration:", text);
    print_text(0, "Machine Model:", "LARGE");
    print_text(0, "System Endianness:", "LITTLE");
    print_switch("Mwaitx:", HSA_AMD_SYSTEM_INFO_MWAITX_ENABLED, "ENABLED", "DISABLED");
    print_switch("XNACK enabled:", HSA_AMD_SYSTEM_INFO_XNACK_ENABLED, "YES", "NO");
    print_switch("DMAbuf Support:", HSA_AMD_SYSTEM_INFO_DMABUF_SUPPORTED, "YES", "NO");
    print_switch("VMM Support:", HSA_AMD_SYSTEM_INFO_VIRTUAL_MEM_API_SUPPORTED, "YES", "NO");
    printf("\n");
    return HSA_STATUS_SUCCESS;
}

static int report(void)
{
    int counter = 0;
    print_heading(0, "=====================");
    print_heading(0, "HSA System Attributes");
    print_heading(0, "=====================");
    hsa_status_t status = print_system();
    if (status != HSA_STATUS_SUCCESS)
        return fail("system attributes", status);
    print_heading(0, "==========");
    print_heading(0, "HSA Agents");
    print_heading(0, "==========");
    status = hsa_iterate_agents(rocminfo_print_agent, &counter);
    if (status != HSA_STATUS_SUCCESS)
        return fail("agents", status);
    print_heading(0, "*** Done ***");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        printf("usage: rocminfo\nPrints the HSA system, its agents, their memory pools and "
               "instruction sets.\n");
        return EXIT_SUCCESS;
    }
    if (argc > 1) {
        fprintf(stderr, "rocminfo: unknown argument %s; try --help\n", argv[1]);
        return EXIT_FAILURE;
    }
    hsa_status_t status = hsa_init();
    if (status != HSA_STATUS_SUCCESS)
        return fail("hsa_init", status);
    int result = report();
    (void)hsa_shut_down();
    return result;
}
