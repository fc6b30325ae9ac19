/* SPDX-License-Identifier: MIT
 * Isa names: which there are, what is in one, and its metadata.
 */
#include "comgr/elf.h"
#include "comgr/tree.h"

#include "obj/obj.h"

#include <stdio.h>

#define TRIPLE "amdgcn-amd-amdhsa--"

struct comgr_isa {
    const char *name; /* with the triple */
    bool xnack, sramecc, images;
    uint32_t lds_banks, lds_bytes, waves_per_cu;
    uint32_t sgpr_granule, sgprs, addressable_sgprs;
    uint32_t vgpr_granule, vgprs, addressable_vgprs;
};

static const struct comgr_isa isas[] = {
#define ISA(processor, ...) {TRIPLE processor, __VA_ARGS__},
#include "comgr/isa.def"
#undef ISA
};

enum { ISA_COUNT = sizeof isas / sizeof isas[0] };

const char *comgr_isa_target(const char *isa_name)
{
    return isa_name + sizeof TRIPLE - 1;
}

/* "+", "-" or 0 for a feature that is not stated. */
static char feature_of(const char *isa_name, const char *feature)
{
    size_t length = strlen(feature);
    for (const char *at = strchr(isa_name, ':'); at != NULL; at = strchr(at + 1, ':'))
        if (strncmp(at + 1, feature, length) == 0)
            return at[1 + length];
    return 0;
}

static bool features_are_good(const char *at, const struct comgr_isa *isa)
{
    while (*at == ':') {
        size_t length = strcspn(++at, ":");
        bool xnack = isa->xnack && length == 6 && strncmp(at, "xnack", 5) == 0;
        bool sramecc = isa->sramecc && length == 8 && strncmp(at, "sramecc", 7) == 0;
        if ((!xnack && !sramecc) || (at[length - 1] != '+' && at[length - 1] != '-'))
            return false;
        at += length;
    }
    return true;
}

const struct comgr_isa *comgr_isa_find(const char *isa_name)
{
    size_t length = strcspn(isa_name, ":");
    for (size_t i = 0; i < ISA_COUNT; i++)
        if (strlen(isas[i].name) == length && memcmp(isas[i].name, isa_name, length) == 0)
            return features_are_good(isa_name + length, &isas[i]) ? &isas[i] : NULL;
    return NULL;
}

bool comgr_isa_fits(const char *wanted, const char *code)
{
    const struct comgr_isa *isa = comgr_isa_find(wanted);
    if (isa == NULL || isa != comgr_isa_find(code))
        return false;
    static const char *const features[] = {"xnack", "sramecc"};
    for (size_t i = 0; i < 2; i++) {
        char stated = feature_of(code, features[i]);
        if (stated != 0 && stated != feature_of(wanted, features[i]))
            return false;
    }
    return true;
}

amd_comgr_status_t amd_comgr_get_isa_count(size_t *count)
{
    if (count == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *count = ISA_COUNT;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_get_isa_name(size_t index, const char **isa_name)
{
    if (index >= ISA_COUNT || isa_name == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *isa_name = isas[index].name;
    return AMD_COMGR_STATUS_SUCCESS;
}

/* ---- metadata ---- */

static bool put_text(struct comgr_tree *tree, struct comgr_node *map, const char *key,
                     const char *value, size_t length)
{
    return comgr_tree_put(tree, map, key, comgr_tree_text(tree, value, length));
}

static bool put_number(struct comgr_tree *tree, const char *key, uint32_t value)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%u", value);
    return put_text(tree, tree->root, key, text, (size_t)length);
}

static bool put_feature(struct comgr_tree *tree, struct comgr_node *features, const char *isa_name,
                        const char *feature, bool supported)
{
    char stated = feature_of(isa_name, feature);
    const char *value = stated == '+' ? "on" : stated == '-' ? "off" : "any";
    return !supported || put_text(tree, features, feature, value, strlen(value));
}

static bool describe_name(struct comgr_tree *tree, const char *isa_name,
                          const struct comgr_isa *isa)
{
    struct comgr_node *features = comgr_tree_node(tree, AMD_COMGR_METADATA_KIND_MAP);
    const char *processor = comgr_isa_target(isa_name);
    return put_text(tree, tree->root, "Name", isa_name, strlen(isa_name)) &&
           put_text(tree, tree->root, "Architecture", "amdgcn", 6) &&
           put_text(tree, tree->root, "Vendor", "amd", 3) &&
           put_text(tree, tree->root, "OS", "amdhsa", 6) &&
           put_text(tree, tree->root, "Environment", "", 0) &&
           put_text(tree, tree->root, "Processor", processor, strcspn(processor, ":")) &&
           put_text(tree, tree->root, "Version", "1.0.0", 5) && features != NULL &&
           put_feature(tree, features, isa_name, "xnack", isa->xnack) &&
           put_feature(tree, features, isa_name, "sramecc", isa->sramecc) &&
           comgr_tree_put(tree, tree->root, "Features", features);
}

static bool describe_limits(struct comgr_tree *tree, const struct comgr_isa *isa)
{
    return put_number(tree, "TrapHandlerEnabled", 1) &&
           put_number(tree, "ImageSupport", isa->images) &&
           put_number(tree, "LocalMemorySize", isa->lds_bytes) && put_number(tree, "EUsPerCU", 4) &&
           put_number(tree, "MaxWavesPerCU", isa->waves_per_cu) &&
           put_number(tree, "MaxFlatWorkGroupSize", 1024) &&
           put_number(tree, "SGPRAllocGranule", isa->sgpr_granule) &&
           put_number(tree, "TotalNumSGPRs", isa->sgprs) &&
           put_number(tree, "AddressableNumSGPRs", isa->addressable_sgprs) &&
           put_number(tree, "VGPRAllocGranule", isa->vgpr_granule) &&
           put_number(tree, "TotalNumVGPRs", isa->vgprs) &&
           put_number(tree, "AddressableNumVGPRs", isa->addressable_vgprs) &&
           put_number(tree, "LDSBankCount", isa->lds_banks);
}

amd_comgr_status_t amd_comgr_get_isa_metadata(const char *isa_name,
                                              amd_comgr_metadata_node_t *metadata)
{
    const struct comgr_isa *isa = isa_name != NULL ? comgr_isa_find(isa_name) : NULL;
    if (isa == NULL || metadata == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    struct comgr_tree *tree = comgr_tree_create();
    if (tree == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    tree->root = comgr_tree_node(tree, AMD_COMGR_METADATA_KIND_MAP);
    if (tree->root == NULL || !describe_name(tree, isa_name, isa) || !describe_limits(tree, isa)) {
        comgr_tree_destroy(tree);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    comgr_tree_sort(tree);
    return comgr_tree_publish(tree, metadata);
}

/* ---- of data ---- */

enum { ISA_NAME_BYTES = 96, OSABI_AMDGPU_HSA = 64 };

bool comgr_isa_of_elf(const struct comgr_elf *elf, char *text, size_t size)
{
    const unsigned char *ident = elf->header.e_ident;
    struct cairn_target_id target;
    if (ident[EI_OSABI] != OSABI_AMDGPU_HSA ||
        cairn_target_id_from_flags(elf->header.e_flags, ident[EI_ABIVERSION] + 2u, &target) !=
            CAIRN_OK)
        return false;
    int used = snprintf(text, size, TRIPLE);
    return (size_t)used + cairn_target_id_format(&target, text + used, size - (size_t)used) < size;
}

amd_comgr_status_t amd_comgr_get_data_isa_name(amd_comgr_data_t handle, size_t *size,
                                               char *isa_name)
{
    const struct comgr_data *data = comgr_data_of(handle);
    struct comgr_elf elf;
    char text[ISA_NAME_BYTES];
    if (data == NULL || size == NULL ||
        (data->kind != AMD_COMGR_DATA_KIND_RELOCATABLE &&
         data->kind != AMD_COMGR_DATA_KIND_EXECUTABLE && data->kind != AMD_COMGR_DATA_KIND_BYTES) ||
        comgr_elf_open(cairn_bytes_of(data->bytes, data->size), &elf) != CAIRN_OK ||
        !comgr_isa_of_elf(&elf, text, sizeof text))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_give(text, size, isa_name);
}
