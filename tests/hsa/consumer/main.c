/* SPDX-License-Identifier: MIT
 * Opens and closes the installed runtime.
 */
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

int main(void)
{
    return hsa_init() != HSA_STATUS_SUCCESS || hsa_shut_down() != HSA_STATUS_SUCCESS;
}
