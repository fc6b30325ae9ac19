/* SPDX-License-Identifier: MIT
 * Metadata trees: maps, lists and texts. A tree is built once and then only read; it lives as long
 * as a handle to any of its nodes.
 */
#ifndef CAIRN_COMGR_TREE_H
#define CAIRN_COMGR_TREE_H

#include "base/arena.h"
#include "comgr/comgr.h"

struct comgr_node {
    amd_comgr_metadata_kind_t kind;
    const char *text;             /* strings; in the arena */
    struct comgr_node **children; /* lists: elements; maps: key, value, key, value by key */
    size_t count, room;           /* of children */
    uint32_t index;               /* in the tree's list of nodes */
};

struct comgr_tree {
    uint64_t handle;
    atomic_uint references; /* handles of nodes that were given out */
    struct cairn_arena arena;
    struct comgr_node **nodes;
    size_t count, room;
    struct comgr_node *root; /* NULL: none yet */
};

/* NULL: memory is out. */
struct comgr_tree *comgr_tree_create(void);
void comgr_tree_destroy(struct comgr_tree *tree);
/* NULL: memory is out. Strings and keys are copied. */
struct comgr_node *comgr_tree_node(struct comgr_tree *tree, amd_comgr_metadata_kind_t kind);
struct comgr_node *comgr_tree_text(struct comgr_tree *tree, const char *text, size_t length);
bool comgr_node_append(struct comgr_node *parent, struct comgr_node *child);
/* Adds a pair to a map, which must have no such key. */
bool comgr_tree_put(struct comgr_tree *tree, struct comgr_node *map, const char *key,
                    struct comgr_node *value);
/* The value of a key of a map, or NULL. */
struct comgr_node *comgr_node_get(const struct comgr_node *map, const char *key);
/* Reads one MessagePack document. BAD_FORMAT, TRUNCATED, NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status comgr_tree_read(struct comgr_tree *tree, struct cairn_bytes in,
                                                   struct comgr_node **out);
/* Puts the maps of all trees in the order of their keys. Once, after the tree is whole. */
void comgr_tree_sort(struct comgr_tree *tree);
/* Gives out the root with the first reference; destroys the tree if that fails. */
amd_comgr_status_t comgr_tree_publish(struct comgr_tree *tree, amd_comgr_metadata_node_t *out);

#endif
