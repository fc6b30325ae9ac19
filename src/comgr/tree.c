/* SPDX-License-Identifier: MIT
 * Building metadata trees, by hand and from MessagePack.
 */
#include "comgr/tree.h"

#include "obj/msgpack.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEPTH_MAX = 64 };

struct comgr_tree *comgr_tree_create(void)
{
    return calloc(1, sizeof(struct comgr_tree));
}

void comgr_tree_destroy(struct comgr_tree *tree)
{
    if (tree == NULL)
        return;
    for (size_t i = 0; i < tree->count; i++)
        free(tree->nodes[i]->children);
    free(tree->nodes);
    cairn_arena_destroy(&tree->arena);
    free(tree);
}

struct comgr_node *comgr_tree_node(struct comgr_tree *tree, amd_comgr_metadata_kind_t kind)
{
    if (tree->count == tree->room) {
        size_t room = tree->room == 0 ? 64 : 2 * tree->room;
        struct comgr_node **nodes =
            room <= UINT32_MAX ? realloc(tree->nodes, room * sizeof *nodes) : NULL;
        if (nodes == NULL)
            return NULL;
        tree->nodes = nodes;
        tree->room = room;
    }
    struct comgr_node *node = cairn_arena_alloc(&tree->arena, sizeof *node);
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->index = (uint32_t)tree->count;
    tree->nodes[tree->count++] = node;
    return node;
}

struct comgr_node *comgr_tree_text(struct comgr_tree *tree, const char *text, size_t length)
{
    struct comgr_node *node = comgr_tree_node(tree, AMD_COMGR_METADATA_KIND_STRING);
    if (node == NULL)
        return NULL;
    node->text = cairn_arena_copy_text(&tree->arena, text, length);
    return node->text != NULL ? node : NULL;
}

bool comgr_node_append(struct comgr_node *parent, struct comgr_node *child)
{
    if (parent == NULL || child == NULL)
        return false;
    if (parent->count == parent->room) {
        size_t room = parent->room == 0 ? 8 : 2 * parent->room;
        struct comgr_node **children = realloc(parent->children, room * sizeof *children);
        if (children == NULL)
            return false;
        parent->children = children;
        parent->room = room;
    }
    parent->children[parent->count++] = child;
    return true;
}

bool comgr_tree_put(struct comgr_tree *tree, struct comgr_node *map, const char *key,
                    struct comgr_node *value)
{
    return value != NULL && comgr_node_append(map, comgr_tree_text(tree, key, strlen(key))) &&
           comgr_node_append(map, value);
}

struct comgr_node *comgr_node_get(const struct comgr_node *map, const char *key)
{
    for (size_t i = 0; i + 1 < map->count; i += 2)
        if (map->children[i]->kind == AMD_COMGR_METADATA_KIND_STRING &&
            strcmp(map->children[i]->text, key) == 0)
            return map->children[i + 1];
    return NULL;
}

/* Numbers and truth values become text, as the API has no other leaves. */
static struct comgr_node *read_leaf(struct comgr_tree *tree, const struct cairn_msgpack_item *item)
{
    char number[32];
    switch (item->kind) {
    case CAIRN_MSGPACK_TEXT:
        return comgr_tree_text(tree, (const char *)item->data.at, item->data.left);
    case CAIRN_MSGPACK_UINT:
    case CAIRN_MSGPACK_BOOL:
        snprintf(number, sizeof number, "%llu", (unsigned long long)item->number);
        return comgr_tree_text(tree, number, strlen(number));
    case CAIRN_MSGPACK_INT:
        snprintf(number, sizeof number, "%lld", (long long)item->number);
        return comgr_tree_text(tree, number, strlen(number));
    default:
        return comgr_tree_node(tree, AMD_COMGR_METADATA_KIND_NULL);
    }
}

static enum cairn_status read_node(struct comgr_tree *tree, struct cairn_bytes *in, unsigned depth,
                                   struct comgr_node **out)
{
    struct cairn_msgpack_item item;
    enum cairn_status status = cairn_msgpack_take(in, &item);
    if (status != CAIRN_OK)
        return status;
    bool map = item.kind == CAIRN_MSGPACK_MAP;
    if (!map && item.kind != CAIRN_MSGPACK_ARRAY) {
        *out = read_leaf(tree, &item);
        return *out != NULL ? CAIRN_OK : CAIRN_ERR_NO_MEMORY;
    }
    if (depth == DEPTH_MAX)
        return CAIRN_ERR_BAD_FORMAT;
    struct comgr_node *node =
        comgr_tree_node(tree, map ? AMD_COMGR_METADATA_KIND_MAP : AMD_COMGR_METADATA_KIND_LIST);
    if (node == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (uint64_t i = 0; i < item.number << map; i++) {
        struct comgr_node *child;
        status = read_node(tree, in, depth + 1, &child);
        if (status != CAIRN_OK)
            return status;
        if (!comgr_node_append(node, child))
            return CAIRN_ERR_NO_MEMORY;
    }
    *out = node;
    return CAIRN_OK;
}

enum cairn_status comgr_tree_read(struct comgr_tree *tree, struct cairn_bytes in,
                                  struct comgr_node **out)
{
    return read_node(tree, &in, 0, out);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct comgr_node *first = *(struct comgr_node *const *)a;
    const struct comgr_node *second = *(struct comgr_node *const *)b;
    const char *left = first->text != NULL ? first->text : "";
    const char *right = second->text != NULL ? second->text : "";
    return strcmp(left, right);
}

void comgr_tree_sort(struct comgr_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct comgr_node *node = tree->nodes[i];
        if (node->kind == AMD_COMGR_METADATA_KIND_MAP && node->count > 2)
            qsort(node->children, node->count / 2, 2 * sizeof node->children[0], compare_pairs);
    }
}

amd_comgr_status_t comgr_tree_publish(struct comgr_tree *tree, amd_comgr_metadata_node_t *out)
{
    atomic_init(&tree->references, 1);
    if (!comgr_handle_add(COMGR_METADATA, tree, &tree->handle)) {
        comgr_tree_destroy(tree);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    out->handle = comgr_handle_with(tree->handle, tree->root->index);
    return AMD_COMGR_STATUS_SUCCESS;
}
