/* SPDX-License-Identifier: MIT
 * The loaded code objects, sorted by address: which one a program counter lies in, and what to call
 * that place in a message.
 */
#include "device/device_priv.h"

#include "base/log.h"
#include "device/soft/engine.h"
#include "interp/interp.h"
#include "machine/wave.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct loaded_code {
    struct cairn_code code; /* first: what others hold is its address */
    const char *(*name_of)(void *user, uint64_t pc);
    bool (*line_of)(void *user, uint64_t pc, char *text, size_t size); /* NULL: no lines known */
    void *user;
};

static struct {
    pthread_rwlock_t lock; /* guards what follows */
    struct loaded_code **list;
    size_t count, capacity;
} codes = {.lock = PTHREAD_RWLOCK_INITIALIZER};

/* The number of code objects that begin at or before `address`. */
static size_t begin_up_to_locked(uint64_t address)
{
    size_t low = 0, high = codes.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (codes.list[middle]->code.base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_room_locked(void)
{
    if (codes.count < codes.capacity)
        return true;
    size_t capacity = codes.capacity == 0 ? 16 : codes.capacity * 2;
    struct loaded_code **grown = realloc(codes.list, capacity * sizeof(struct loaded_code *));
    if (grown == NULL)
        return false;
    codes.list = grown;
    codes.capacity = capacity;
    return true;
}

static enum cairn_status insert_locked(struct loaded_code *loaded)
{
    uint64_t base = loaded->code.base, end = base + loaded->code.size;
    size_t at = begin_up_to_locked(base);
    bool overlaps = at > 0 && codes.list[at - 1]->code.size > base - codes.list[at - 1]->code.base;
    if (overlaps || (at < codes.count && codes.list[at]->code.base < end)) {
        cairn_log(CAIRN_LOG_ERROR, "code at 0x%llx+%llu overlaps code that is loaded already",
                  (unsigned long long)base, (unsigned long long)loaded->code.size);
        return CAIRN_ERR_INVALID_ARGUMENT;
    }
    if (!make_room_locked())
        return CAIRN_ERR_NO_MEMORY;
    memmove(&codes.list[at + 1], &codes.list[at], (codes.count - at) * sizeof(codes.list[0]));
    codes.list[at] = loaded;
    codes.count++;
    return CAIRN_OK;
}

enum cairn_status cairn_code_register(uint64_t base, uint64_t size,
                                      const char *(*name_of)(void *user, uint64_t pc), void *user,
                                      struct cairn_code **out)
{
    if (base == 0 || size == 0 || size > UINT64_MAX - base)
        return CAIRN_ERR_INVALID_ARGUMENT;
    struct loaded_code *loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL)
        return CAIRN_ERR_NO_MEMORY;
    loaded->code.base = base;
    loaded->code.size = size;
    loaded->name_of = name_of;
    loaded->user = user;
    pthread_rwlock_wrlock(&codes.lock);
    enum cairn_status status = insert_locked(loaded);
    pthread_rwlock_unlock(&codes.lock);
    if (status != CAIRN_OK)
        free(loaded);
    else
        *out = &loaded->code;
    return status;
}

void cairn_code_set_lines(struct cairn_code *code,
                          bool (*line_of)(void *user, uint64_t pc, char *text, size_t size))
{
    ((struct loaded_code *)code)->line_of = line_of;
}

void cairn_code_unregister(struct cairn_code *code)
{
    if (code == NULL)
        return;
    struct loaded_code *loaded = (struct loaded_code *)code;
    pthread_rwlock_wrlock(&codes.lock);
    size_t after = begin_up_to_locked(code->base);
    if (after > 0 && codes.list[after - 1] == loaded) {
        memmove(&codes.list[after - 1], &codes.list[after],
                (codes.count - after) * sizeof(codes.list[0]));
        codes.count--;
    }
    pthread_rwlock_unlock(&codes.lock);
    cairn_engine_forget(code);
    cairn_interp_forget(code);
    free(loaded);
}

struct cairn_code *cairn_code_find(uint64_t pc)
{
    pthread_rwlock_rdlock(&codes.lock);
    size_t after = begin_up_to_locked(pc);
    struct loaded_code *loaded = after > 0 ? codes.list[after - 1] : NULL;
    if (loaded != NULL && pc - loaded->code.base >= loaded->code.size)
        loaded = NULL;
    pthread_rwlock_unlock(&codes.lock);
    return loaded != NULL ? &loaded->code : NULL;
}

const char *cairn_code_name(const struct cairn_code *code, uint64_t pc)
{
    const struct loaded_code *loaded = (const struct loaded_code *)code;
    return loaded->name_of != NULL ? loaded->name_of(loaded->user, pc) : NULL;
}

bool cairn_code_line(const struct cairn_code *code, uint64_t pc, char *text, size_t size)
{
    const struct loaded_code *loaded = (const struct loaded_code *)code;
    return loaded->line_of != NULL && loaded->line_of(loaded->user, pc, text, size);
}

void cairn_codes_fork_prepare(void)
{
    pthread_rwlock_wrlock(&codes.lock);
}

void cairn_codes_fork_parent(void)
{
    pthread_rwlock_unlock(&codes.lock);
}

void cairn_codes_fork_child(void)
{
    codes.lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
}
