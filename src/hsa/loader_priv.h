/* SPDX-License-Identifier: MIT
 * Objects of the loader: readers, executables, what was loaded into them, and their symbols. What
 * is needed after loading is copied out of the code object, so a reader and its bytes may go once a
 * load has returned.
 */
#ifndef CAIRN_HSA_LOADER_PRIV_H
#define CAIRN_HSA_LOADER_PRIV_H

#include "hsa_priv.h"

#include "hsa/hsa_ven_amd_loader.h"

struct reader {
    struct cairn_bytes bytes; /* borrowed (memory) or mapped (file) */
    hsa_ven_amd_loader_code_object_storage_type_t storage;
    void *mapping; /* NULL: memory of the caller */
    size_t mapping_size;
    hsa_file_t file; /* storage FILE */
    uint64_t file_offset;
};

struct symbol {
    char *name; /* owned */
    hsa_symbol_kind_t kind;
    struct loaded *loaded; /* NULL: defined from outside */
    struct executable *executable;
    struct agent *agent; /* NULL: program allocation */
    uint64_t address;    /* variable, or kernel object */
    uint64_t size;
    bool is_definition, is_global, is_const;
    uint32_t alignment;
    /* kernels */
    uint32_t kernarg_size, kernarg_align, group_size, private_size, wavefront_size;
    bool dynamic_stack;
    struct symbol *next;         /* in the executable, in order of loading */
    struct symbol *next_of_hash; /* in one bucket of the executable's index */
};

struct segment {
    uint64_t base, size; /* where it is loaded */
    uint64_t storage_offset;
    bool executable, writable;
    struct cairn_code *code; /* NULL: not executable */
};

struct function { /* for fault messages; sorted by address */
    uint64_t address, size;
    char *name; /* owned */
};

/* What debuggers read of a loaded code object: the dynamic linker's struct link_map. */
struct debug_entry {
    uint64_t load_delta; /* of addresses from those in the file */
    const char *name;    /* URI; NULL: not in the list */
    uint64_t dynamic_section;
    struct debug_entry *next, *previous;
};

struct loaded {
    struct executable *executable;
    struct agent *agent;      /* NULL: variables of the program, for all agents */
    const void *storage_base; /* the reader's bytes; only an identity, never read */
    uint64_t storage_size, storage_offset;
    hsa_ven_amd_loader_code_object_storage_type_t storage;
    hsa_file_t file;
    char *uri;  /* owned */
    void *base; /* CAIRN_MEMORY_CODE */
    uint64_t size, lowest_vaddr;
    uint32_t segment_count, function_count;
    struct segment *segments;
    struct function *functions;
    struct cairn_line_table *lines; /* owned; NULL: compiled without -g */
    struct debug_entry debug;
    struct loaded *next;
};

struct executable {
    pthread_mutex_t lock; /* guards all that follows */
    hsa_executable_state_t state;
    hsa_profile_t profile;
    hsa_default_float_rounding_mode_t rounding;
    struct loaded *loaded;
    struct symbol *symbols;
    struct symbol **buckets; /* symbols by name; bucket_count is a power of two, or 0 */
    size_t bucket_count, symbol_count;
};

/* load.c: adds the code object to the executable; the lock is held. Without an agent it must have
 * variables alone, which all agents share. */
CAIRN_MUST_CHECK hsa_status_t cairn_hsa_load_locked(struct executable *executable,
                                                    struct agent *agent,
                                                    const struct reader *reader,
                                                    struct loaded **out);
/* Unregisters the code and frees the memory and the object. */
void cairn_hsa_loaded_destroy(struct loaded *loaded);

/* debug.c: the debugger's list gets `first` and those behind it, once; loses one. */
void cairn_hsa_debug_add(struct loaded *first);
void cairn_hsa_debug_remove(struct loaded *loaded);

/* symbol.c: a symbol enters the index of its executable when it is made and leaves it when it is
 * destroyed; the list is the caller's. The executable's lock is held. NULL: no memory. */
CAIRN_MUST_CHECK struct symbol *cairn_hsa_symbol_create_locked(struct executable *executable,
                                                               const char *name);
void cairn_hsa_symbol_destroy_locked(struct symbol *symbol);
/* Definitions that code loaded for `agent` may bind to: its own, and those of the program. */
struct symbol *cairn_hsa_symbol_find_locked(const struct executable *executable,
                                            const struct agent *agent, const char *name);
static inline hsa_executable_t cairn_hsa_executable_handle(const struct executable *executable)
{
    return (hsa_executable_t){.handle = (uintptr_t)executable};
}

/* executable.c */
struct executable *cairn_hsa_executable_of(hsa_executable_t handle);
/* Loads what the reader has; agent NULL as above, *out may be NULL. */
CAIRN_MUST_CHECK hsa_status_t cairn_hsa_executable_load(hsa_executable_t handle,
                                                        struct agent *agent,
                                                        const struct reader *reader,
                                                        hsa_loaded_code_object_t *out);

#endif
