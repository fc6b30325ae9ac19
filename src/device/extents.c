/* SPDX-License-Identifier: MIT
 * The tree of extents: a treap keyed by address and augmented with the largest free extent of each
 * subtree, so that placing, finding and freeing take logarithmic time.
 */
#include "device/extents.h"

#include "base/bytes.h"

#include <stdlib.h>

static uint64_t max_free_of(const struct cairn_extent *node)
{
    return node != NULL ? node->max_free : 0;
}

static void update(struct cairn_extent *node)
{
    uint64_t best = node->used ? 0 : node->size;
    if (max_free_of(node->left) > best)
        best = max_free_of(node->left);
    if (max_free_of(node->right) > best)
        best = max_free_of(node->right);
    node->max_free = best;
}

static struct cairn_extent *merge(struct cairn_extent *left, struct cairn_extent *right)
{
    if (left == NULL)
        return right;
    if (right == NULL)
        return left;
    struct cairn_extent *top;
    if (left->priority > right->priority) {
        left->right = merge(left->right, right);
        top = left;
    } else {
        right->left = merge(left, right->left);
        top = right;
    }
    update(top);
    return top;
}

/* Parts a tree into the extents that start before `at` and the others. */
static void split(struct cairn_extent *node, uint64_t at, struct cairn_extent **before,
                  struct cairn_extent **after)
{
    if (node == NULL) {
        *before = *after = NULL;
    } else if (node->start < at) {
        split(node->right, at, &node->right, after);
        *before = node;
        update(node);
    } else {
        split(node->left, at, before, &node->left);
        *after = node;
        update(node);
    }
}

static void insert(struct cairn_extents *extents, struct cairn_extent *node)
{
    struct cairn_extent *before, *after;
    node->left = node->right = NULL;
    update(node);
    split(extents->root, node->start, &before, &after);
    extents->root = merge(merge(before, node), after);
}

static void detach(struct cairn_extents *extents, struct cairn_extent *node)
{
    struct cairn_extent *before, *rest, *self, *after;
    split(extents->root, node->start, &before, &rest);
    split(rest, node->start + 1, &self, &after);
    extents->root = merge(before, after);
}

static struct cairn_extent *make(struct cairn_extents *extents, uint64_t start, uint64_t size)
{
    struct cairn_extent *node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    extents->seed = extents->seed * 1664525u + 1013904223u;
    node->start = start;
    node->size = size;
    node->priority = extents->seed ^ extents->seed >> 15;
    return node;
}

bool cairn_extents_init(struct cairn_extents *extents, uint64_t base, uint64_t size)
{
    *extents = (struct cairn_extents){.base = base, .size = size, .cursor = base, .seed = 1};
    struct cairn_extent *all = make(extents, base, size);
    if (all == NULL)
        return false;
    insert(extents, all);
    return true;
}

static void free_tree(struct cairn_extent *node)
{
    if (node == NULL)
        return;
    free_tree(node->left);
    free_tree(node->right);
    free(node);
}

void cairn_extents_clear(struct cairn_extents *extents)
{
    free_tree(extents->root);
    *extents = (struct cairn_extents){0};
}

/* Where in a free extent an allocation would begin that may not begin before `from`. */
static uint64_t start_in(const struct cairn_extent *node, uint64_t from, uint64_t alignment)
{
    return cairn_align_up(node->start > from ? node->start : from, alignment);
}

static bool fits(const struct cairn_extent *node, uint64_t from, uint64_t size, uint64_t alignment)
{
    uint64_t end = node->start + node->size, start = start_in(node, from, alignment);
    return !node->used && start < end && size <= end - start;
}

/* The first extent with room at or after `from`. */
static struct cairn_extent *find_room(struct cairn_extent *node, uint64_t from, uint64_t size,
                                      uint64_t alignment)
{
    if (node == NULL || node->max_free < size)
        return NULL;
    if (node->start > from) {
        struct cairn_extent *found = find_room(node->left, from, size, alignment);
        if (found != NULL)
            return found;
    }
    if (fits(node, from, size, alignment))
        return node;
    return find_room(node->right, from, size, alignment);
}

/* Cuts `node` (detached) so that it begins at `start`; the front becomes a free extent. */
static bool cut_front(struct cairn_extents *extents, struct cairn_extent *node, uint64_t start)
{
    if (start == node->start)
        return true;
    struct cairn_extent *front = make(extents, node->start, start - node->start);
    if (front == NULL)
        return false;
    node->size -= front->size;
    node->start = start;
    insert(extents, front);
    return true;
}

static bool cut_back(struct cairn_extents *extents, struct cairn_extent *node, uint64_t size)
{
    if (size == node->size)
        return true;
    struct cairn_extent *back = make(extents, node->start + size, node->size - size);
    if (back == NULL)
        return false;
    node->size = size;
    insert(extents, back);
    return true;
}

static struct cairn_extent *take_from(struct cairn_extents *extents, struct cairn_extent *node,
                                      uint64_t start, uint64_t size)
{
    detach(extents, node);
    if (!cut_front(extents, node, start) || !cut_back(extents, node, size)) {
        insert(extents, node);
        return NULL;
    }
    node->used = true;
    insert(extents, node);
    extents->used_count++;
    extents->cursor = node->start + node->size;
    return node;
}

struct cairn_extent *cairn_extents_take(struct cairn_extents *extents, uint64_t size,
                                        uint64_t alignment)
{
    uint64_t from = extents->cursor;
    struct cairn_extent *node = find_room(extents->root, from, size, alignment);
    if (node == NULL) {
        from = extents->base;
        node = find_room(extents->root, from, size, alignment);
    }
    if (node == NULL)
        return NULL;
    return take_from(extents, node, start_in(node, from, alignment), size);
}

struct cairn_extent *cairn_extents_take_at(struct cairn_extents *extents, uint64_t start,
                                           uint64_t size)
{
    struct cairn_extent *node = cairn_extents_find(extents, start);
    if (node == NULL || node->used || size == 0 || size > node->start + node->size - start)
        return NULL;
    return take_from(extents, node, start, size);
}

void cairn_extents_give(struct cairn_extents *extents, struct cairn_extent *extent)
{
    struct cairn_extent *previous = cairn_extents_find(extents, extent->start - 1);
    struct cairn_extent *next = cairn_extents_find(extents, extent->start + extent->size);
    detach(extents, extent);
    extent->used = false;
    if (next != NULL && !next->used) {
        detach(extents, next);
        extent->size += next->size;
        free(next);
    }
    if (previous != NULL && !previous->used) {
        detach(extents, previous);
        extent->start = previous->start;
        extent->size += previous->size;
        free(previous);
    }
    insert(extents, extent);
    extents->used_count--;
}

struct cairn_extent *cairn_extents_find(const struct cairn_extents *extents, uint64_t address)
{
    if (address - extents->base >= extents->size)
        return NULL;
    struct cairn_extent *node = extents->root, *found = NULL;
    while (node != NULL) {
        if (node->start <= address) {
            found = node;
            node = node->right;
        } else {
            node = node->left;
        }
    }
    return found;
}

struct cairn_extent *cairn_extents_next_used(const struct cairn_extents *extents, uint64_t address)
{
    uint64_t at = address < extents->base ? extents->base : address;
    struct cairn_extent *node = cairn_extents_find(extents, at);
    while (node != NULL && (!node->used || node->start < address))
        node = cairn_extents_find(extents, node->start + node->size);
    return node;
}
