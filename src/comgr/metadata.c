/* SPDX-License-Identifier: MIT
 * Metadata nodes: the API's functions on trees, and the tree of a code object's notes.
 */
#include "comgr/elf.h"
#include "comgr/tree.h"

enum { NOTE_METADATA = 32 }; /* NT_AMDGPU_METADATA, of the name "AMDGPU" */

/* Adds the kernels of a second note to those of the first: a program that was generated in parts
 * has a note for each. */
static bool merge(struct comgr_node *into, const struct comgr_node *from)
{
    struct comgr_node *kernels = comgr_node_get(into, "amdhsa.kernels");
    const struct comgr_node *more = comgr_node_get(from, "amdhsa.kernels");
    if (kernels == NULL || more == NULL || kernels->kind != AMD_COMGR_METADATA_KIND_LIST ||
        more->kind != AMD_COMGR_METADATA_KIND_LIST)
        return true;
    for (size_t i = 0; i < more->count; i++)
        if (!comgr_node_append(kernels, more->children[i]))
            return false;
    return true;
}

static enum cairn_status read_note(struct comgr_tree *tree, struct cairn_bytes description)
{
    struct comgr_node *root;
    enum cairn_status status = comgr_tree_read(tree, description, &root);
    if (status != CAIRN_OK)
        return status;
    if (root->kind != AMD_COMGR_METADATA_KIND_MAP)
        return CAIRN_ERR_BAD_FORMAT;
    if (tree->root != NULL)
        return merge(tree->root, root) ? CAIRN_OK : CAIRN_ERR_NO_MEMORY;
    tree->root = root;
    return CAIRN_OK;
}

static enum cairn_status read_notes(struct comgr_tree *tree, struct cairn_bytes in)
{
    Elf64_Nhdr note;
    while (cairn_bytes_take(&in, &note, sizeof note) == CAIRN_OK) {
        uint64_t name_size = cairn_align_up(note.n_namesz, 4);
        uint64_t size = cairn_align_up(note.n_descsz, 4);
        struct cairn_bytes name, description;
        if (cairn_bytes_slice(in, 0, name_size, &name) != CAIRN_OK ||
            cairn_bytes_slice(in, name_size, note.n_descsz, &description) != CAIRN_OK)
            return CAIRN_ERR_BAD_FORMAT;
        if (note.n_type == NOTE_METADATA && note.n_namesz == sizeof "AMDGPU" &&
            memcmp(name.at, "AMDGPU", sizeof "AMDGPU") == 0) {
            enum cairn_status status = read_note(tree, description);
            if (status != CAIRN_OK)
                return status;
        }
        size_t step = name_size + size < in.left ? (size_t)(name_size + size) : in.left;
        in.at += step;
        in.left -= step;
    }
    return CAIRN_OK;
}

/* Notes are in PT_NOTE segments of executables and SHT_NOTE sections of relocatables. */
static enum cairn_status read_elf(struct comgr_tree *tree, const struct comgr_elf *elf)
{
    enum cairn_status status = CAIRN_OK;
    struct cairn_bytes notes;
    for (uint32_t i = 0; status == CAIRN_OK && i < elf->program_count; i++) {
        Elf64_Phdr program = comgr_elf_program(elf, i);
        if (program.p_type != PT_NOTE)
            continue;
        status = cairn_bytes_slice(elf->image, program.p_offset, program.p_filesz, &notes);
        if (status == CAIRN_OK)
            status = read_notes(tree, notes);
    }
    for (uint32_t i = 0; status == CAIRN_OK && tree->root == NULL && i < elf->section_count; i++) {
        if (comgr_elf_section(elf, i).sh_type != SHT_NOTE)
            continue;
        status = comgr_elf_contents(elf, i, &notes);
        if (status == CAIRN_OK)
            status = read_notes(tree, notes);
    }
    return status == CAIRN_OK && tree->root == NULL ? CAIRN_ERR_NOT_FOUND : status;
}

amd_comgr_status_t amd_comgr_get_data_metadata(amd_comgr_data_t handle,
                                               amd_comgr_metadata_node_t *metadata)
{
    const struct comgr_data *data = comgr_data_of(handle);
    struct comgr_elf elf;
    if (data == NULL || metadata == NULL ||
        comgr_elf_open(cairn_bytes_of(data->bytes, data->size), &elf) != CAIRN_OK)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    struct comgr_tree *tree = comgr_tree_create();
    if (tree == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    enum cairn_status status = read_elf(tree, &elf);
    if (status != CAIRN_OK) {
        comgr_tree_destroy(tree);
        return status == CAIRN_ERR_NO_MEMORY ? AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES
                                             : AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    }
    comgr_tree_sort(tree);
    return comgr_tree_publish(tree, metadata);
}

/* ---- nodes ---- */

static struct comgr_tree *tree_of(amd_comgr_metadata_node_t handle, struct comgr_node **node)
{
    struct comgr_tree *tree = comgr_handle_find(COMGR_METADATA, handle.handle);
    uint32_t index = comgr_handle_index(handle.handle);
    if (tree == NULL || index >= tree->count)
        return NULL;
    *node = tree->nodes[index];
    return tree;
}

static amd_comgr_metadata_node_t handle_of(const struct comgr_tree *tree,
                                           const struct comgr_node *node)
{
    return (amd_comgr_metadata_node_t){comgr_handle_with(tree->handle, node->index)};
}

/* A handle that its receiver destroys. */
static amd_comgr_status_t give(struct comgr_tree *tree, const struct comgr_node *node,
                               amd_comgr_metadata_node_t *out)
{
    atomic_fetch_add_explicit(&tree->references, 1, memory_order_relaxed);
    *out = handle_of(tree, node);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_destroy_metadata(amd_comgr_metadata_node_t handle)
{
    struct comgr_node *node;
    struct comgr_tree *tree = tree_of(handle, &node);
    if (tree == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    if (atomic_fetch_sub_explicit(&tree->references, 1, memory_order_acq_rel) == 1) {
        comgr_handle_remove(tree->handle);
        comgr_tree_destroy(tree);
    }
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_get_metadata_kind(amd_comgr_metadata_node_t handle,
                                               amd_comgr_metadata_kind_t *kind)
{
    struct comgr_node *node;
    if (kind == NULL || tree_of(handle, &node) == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *kind = node->kind;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_get_metadata_string(amd_comgr_metadata_node_t handle, size_t *size,
                                                 char *string)
{
    struct comgr_node *node;
    if (size == NULL || tree_of(handle, &node) == NULL ||
        node->kind != AMD_COMGR_METADATA_KIND_STRING)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return comgr_text_give(node->text, size, string);
}

amd_comgr_status_t amd_comgr_get_metadata_map_size(amd_comgr_metadata_node_t handle, size_t *size)
{
    struct comgr_node *node;
    if (size == NULL || tree_of(handle, &node) == NULL || node->kind != AMD_COMGR_METADATA_KIND_MAP)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *size = node->count / 2;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_iterate_map_metadata(
    amd_comgr_metadata_node_t handle,
    amd_comgr_status_t (*callback)(amd_comgr_metadata_node_t key, amd_comgr_metadata_node_t value,
                                   void *user_data),
    void *user_data)
{
    struct comgr_node *node;
    struct comgr_tree *tree = tree_of(handle, &node);
    if (callback == NULL || tree == NULL || node->kind != AMD_COMGR_METADATA_KIND_MAP)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    /* AMD's HIP refuses the keys that it does not know and counts on being asked about the others
     * all the same, whatever the interface's document says. */
    for (size_t i = 0; i + 1 < node->count; i += 2)
        (void)callback(handle_of(tree, node->children[i]), handle_of(tree, node->children[i + 1]),
                       user_data);
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_metadata_lookup(amd_comgr_metadata_node_t handle, const char *key,
                                             amd_comgr_metadata_node_t *value)
{
    struct comgr_node *node;
    struct comgr_tree *tree = tree_of(handle, &node);
    if (key == NULL || value == NULL || tree == NULL || node->kind != AMD_COMGR_METADATA_KIND_MAP)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    const struct comgr_node *found = comgr_node_get(node, key);
    return found != NULL ? give(tree, found, value) : AMD_COMGR_STATUS_ERROR;
}

amd_comgr_status_t amd_comgr_get_metadata_list_size(amd_comgr_metadata_node_t handle, size_t *size)
{
    struct comgr_node *node;
    if (size == NULL || tree_of(handle, &node) == NULL ||
        node->kind != AMD_COMGR_METADATA_KIND_LIST)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    *size = node->count;
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_index_list_metadata(amd_comgr_metadata_node_t handle, size_t index,
                                                 amd_comgr_metadata_node_t *value)
{
    struct comgr_node *node;
    struct comgr_tree *tree = tree_of(handle, &node);
    if (value == NULL || tree == NULL || node->kind != AMD_COMGR_METADATA_KIND_LIST ||
        index >= node->count)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    return give(tree, node->children[index], value);
}
