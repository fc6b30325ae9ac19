/* SPDX-License-Identifier: MIT
 * Any bytes as a fat binary, plain or compressed: refused or read within bounds.
 */
#include "obj/obj.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cairn_target_id device = {
        .processor = "gfx90a", .xnack = CAIRN_FEATURE_OFF, .sramecc = CAIRN_FEATURE_ON};
    struct cairn_bundle *bundle;
    size_t stated;
    if (cairn_bundle_size(data, size, &stated) == CAIRN_OK && stated > size)
        __builtin_trap();
    if (cairn_bundle_create(cairn_bytes_of(data, size), &bundle) == CAIRN_OK) {
        (void)cairn_bundle_select(bundle, &device);
        cairn_bundle_destroy(bundle);
    }
    return 0;
}
