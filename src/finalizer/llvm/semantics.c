/* SPDX-License-Identifier: MIT
 * Finding functions of the semantics library: which bitcode files hold them, reading these lazily,
 * and keeping what was found.
 */
#include "finalizer/llvm/semantics_priv.h"

#include "base/log.h"
#include "finalizer/llvm/bitcode/library.h"
#include "finalizer/llvm/materialize.h"
#include "fp/mode.h"

#include <llvm-c/BitReader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_A_FUNCTION = 6, TABLE_START = 256 };

struct file {
    LLVMModuleRef module;
    bool tried;
};

struct entry {
    LLVMValueRef key; /* the library's function */
    struct cairn_semantics_function *function;
};

struct cairn_semantics {
    LLVMContextRef context;
    struct file *file; /* as cairn_semantics_files */
    /* Files to look in, in order: -1 ends. */
    int chain[2][2][CAIRN_SEMANTICS_MODES][FILES_A_FUNCTION + 1]; /* by exact NaNs, one lane */
    bool exact_nan;
    struct entry *table; /* open addressing */
    size_t capacity, count;
};

enum cairn_semantics_mode cairn_semantics_mode_of(uint32_t mode)
{
    uint32_t flush = CAIRN_FP_MODE_DEFAULT & ~(CAIRN_FP_KEEP_IN_32 | CAIRN_FP_KEEP_OUT_32);
    if (cairn_fp_mode_is_default(mode))
        return CAIRN_SEMANTICS_DEFAULT;
    return (mode & CAIRN_FP_MODE_MASK) == flush ? CAIRN_SEMANTICS_FLUSH_32 : CAIRN_SEMANTICS_MODES;
}

static int file_named(const char *name)
{
    for (size_t i = 0; i < cairn_semantics_file_count; i++)
        if (strcmp(cairn_semantics_files[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* Adds a file and its part with the common functions, which is looked at first. */
static bool add_files(int chain[FILES_A_FUNCTION + 1], unsigned *count, unsigned lanes,
                      const char *level, const char *controls)
{
    char name[64];
    snprintf(name, sizeof name, "lanes%u%s%s_common", lanes, level, controls);
    chain[*count] = file_named(name);
    snprintf(name, sizeof name, "lanes%u%s%s", lanes, level, controls);
    chain[*count + 1] = file_named(name);
    *count += 2;
    return chain[*count - 2] >= 0 && chain[*count - 1] >= 0;
}

/* The special ones first: a function that is the same in a more general file is not in them. */
static bool find_chain(int chain[FILES_A_FUNCTION + 1], unsigned lanes, bool base, bool exact,
                       bool flush)
{
    static const char *const controls[2][2] = {{"", "_exact"}, {"_flush", "_flush_exact"}};
    unsigned count = 0;
    const char *level = base ? "_base" : "";
    bool found = true;
    if (exact || flush)
        found = add_files(chain, &count, lanes, level, controls[flush][exact]);
    if (base)
        found = add_files(chain, &count, lanes, level, "") && found;
    found = add_files(chain, &count, lanes, "", "") && found;
    chain[count] = -1;
    return found;
}

static bool find_chains(struct cairn_semantics *semantics, unsigned lanes, bool base)
{
    bool found = true;
    for (unsigned i = 0; i < 2 * CAIRN_SEMANTICS_MODES; i++) {
        bool exact = i % 2 == 1;
        unsigned mode = i / 2;
        bool flush = mode == CAIRN_SEMANTICS_FLUSH_32;
        found = found && find_chain(semantics->chain[exact][0][mode], lanes, base, exact, flush) &&
                find_chain(semantics->chain[exact][1][mode], 1, base, exact, flush);
    }
    return found;
}

static bool lacks_fma(enum cairn_target_level level)
{
    return level == CAIRN_TARGET_BASE ||
           (level == CAIRN_TARGET_NATIVE && !__builtin_cpu_supports("x86-64-v3"));
}

enum cairn_status cairn_semantics_open(LLVMContextRef context, unsigned lanes,
                                       enum cairn_target_level level, bool exact_nan,
                                       struct cairn_semantics **out)
{
    struct cairn_semantics *semantics = calloc(1, sizeof *semantics);
    if (semantics == NULL)
        return CAIRN_ERR_NO_MEMORY;
    semantics->context = context;
    semantics->exact_nan = exact_nan;
    semantics->capacity = TABLE_START;
    semantics->table = calloc(TABLE_START, sizeof *semantics->table);
    semantics->file = calloc(cairn_semantics_file_count, sizeof *semantics->file);
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    if (semantics->table != NULL && semantics->file != NULL)
        status = find_chains(semantics, lanes, lanes < 16 && lacks_fma(level))
                     ? CAIRN_OK
                     : CAIRN_ERR_INVALID_ARGUMENT;
    if (status != CAIRN_OK) {
        cairn_semantics_close(semantics);
        return status;
    }
    *out = semantics;
    return CAIRN_OK;
}

void cairn_semantics_close(struct cairn_semantics *semantics)
{
    if (semantics == NULL)
        return;
    for (size_t i = 0; semantics->table != NULL && i < semantics->capacity; i++)
        cairn_semantics_function_destroy(semantics->table[i].function);
    for (size_t i = 0; semantics->file != NULL && i < cairn_semantics_file_count; i++)
        if (semantics->file[i].module != NULL)
            LLVMDisposeModule(semantics->file[i].module);
    free(semantics->table);
    free(semantics->file);
    free(semantics);
}

/* The file's module, opened now if need be; function bodies stay unread. */
static LLVMModuleRef open_file(struct cairn_semantics *semantics, int number)
{
    const struct cairn_semantics_file *from = &cairn_semantics_files[number];
    struct file *file = &semantics->file[number];
    if (file->tried)
        return file->module;
    file->tried = true;
    LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange(
        (const char *)from->data, from->bytes, from->name, false);
    if (LLVMGetBitcodeModuleInContext2(semantics->context, buffer, &file->module)) {
        cairn_log(CAIRN_LOG_ERROR, "semantics library: %s is not readable", from->name);
        file->module = NULL;
    }
    return file->module;
}

static LLVMValueRef find_in_files(struct cairn_semantics *semantics, const int *chain,
                                  const char *name)
{
    for (unsigned i = 0; chain[i] >= 0; i++) {
        LLVMModuleRef module = open_file(semantics, chain[i]);
        LLVMValueRef function = module == NULL ? NULL : LLVMGetNamedFunction(module, name);
        if (function != NULL)
            return function;
    }
    return NULL;
}

/* ---- what was found: a hash table by function */

static struct entry *slot_of(struct entry *table, size_t capacity, LLVMValueRef key)
{
    size_t at = (uintptr_t)key / sizeof(void *) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    for (;; at++) {
        struct entry *entry = &table[at & (capacity - 1)];
        if (entry->key == NULL || entry->key == key)
            return entry;
    }
}

static bool grow(struct cairn_semantics *semantics)
{
    size_t capacity = semantics->capacity * 2;
    struct entry *table = calloc(capacity, sizeof *table);
    if (table == NULL)
        return false;
    for (size_t i = 0; i < semantics->capacity; i++)
        if (semantics->table[i].key != NULL)
            *slot_of(table, capacity, semantics->table[i].key) = semantics->table[i];
    free(semantics->table);
    semantics->table = table;
    semantics->capacity = capacity;
    return true;
}

static struct cairn_semantics_function *prepared(struct cairn_semantics *semantics,
                                                 LLVMValueRef value)
{
    struct entry *entry = slot_of(semantics->table, semantics->capacity, value);
    if (entry->key != NULL)
        return entry->function;
    if (semantics->count * 2 >= semantics->capacity) {
        if (!grow(semantics))
            return NULL;
        entry = slot_of(semantics->table, semantics->capacity, value);
    }
    if (!cairn_semantics_materialize(value))
        return NULL;
    entry->function = cairn_semantics_function_create(value);
    if (entry->function != NULL) {
        entry->key = value;
        semantics->count++;
    }
    return entry->function;
}

const struct cairn_semantics_function *cairn_semantics_find_as(struct cairn_semantics *semantics,
                                                               const char *name, bool scalar,
                                                               enum cairn_semantics_mode mode,
                                                               bool exact_nan)
{
    if (mode >= CAIRN_SEMANTICS_MODES)
        return NULL;
    LLVMValueRef value = find_in_files(semantics, semantics->chain[exact_nan][scalar][mode], name);
    return value == NULL ? NULL : prepared(semantics, value);
}

const struct cairn_semantics_function *cairn_semantics_find(struct cairn_semantics *semantics,
                                                            const char *name, bool scalar,
                                                            enum cairn_semantics_mode mode)
{
    return cairn_semantics_find_as(semantics, name, scalar, mode, semantics->exact_nan);
}
