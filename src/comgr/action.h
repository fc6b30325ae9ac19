/* SPDX-License-Identifier: MIT
 * Actions: one folder of files and one or more runs of a compiler, linker or assembler each.
 */
#ifndef CAIRN_COMGR_ACTION_H
#define CAIRN_COMGR_ACTION_H

#include "base/sha256.h"
#include "comgr/comgr.h"
#include "toolchain/toolchain.h"

/* An action that is being performed. */
struct comgr_work {
    amd_comgr_action_kind_t kind;
    const struct comgr_action_info *info;
    const struct comgr_data_set *input;
    struct comgr_data_set *result;
    struct comgr_buffer log;
    struct cairn_toolchain toolchain;
    char folder[64]; /* of temporary files; empty until there is one */
    unsigned files;  /* made so far, for names */
    /* Of the cache (cache.h). */
    bool caches;
    int cache_folder; /* -1: not open */
    uint8_t cache_key[CAIRN_SHA256_BYTES];
    struct comgr_texts files_read; /* besides the inputs */
};

/* Performs `kind`, a number of interface 3. Empties the result set first and adds the log. */
amd_comgr_status_t comgr_perform(amd_comgr_action_kind_t kind, const struct comgr_action_info *info,
                                 const struct comgr_data_set *input, struct comgr_data_set *result);
/* A relocatable with the symbols of the bitcode `data`; not optimised. The caller drops it. */
amd_comgr_status_t comgr_generate_plain(const struct comgr_data *data, struct comgr_data **out);

/* ---- work.c: files and child processes ---- */

amd_comgr_status_t comgr_work_open(struct comgr_work *work);
/* Only finds the compiler, which work_open does, too. */
amd_comgr_status_t comgr_work_find_tools(struct comgr_work *work);
/* Removes the folder, unless AMD_COMGR_SAVE_TEMPS asks to keep it. */
void comgr_work_close(struct comgr_work *work);
/* Writes `data` under its name, or one made of `stem` and a number if it has none, into the
 * subfolder `sub` ("input", "include", "output"); `path` gets the file's name. INVALID_ARGUMENT: a
 * name that leads out of the folder. */
amd_comgr_status_t comgr_work_write(struct comgr_work *work, const char *sub, const char *stem,
                                    const struct comgr_data *data, struct comgr_buffer *path);
amd_comgr_status_t comgr_work_write_bytes(struct comgr_work *work, const char *sub,
                                          const char *name, struct cairn_bytes bytes,
                                          struct comgr_buffer *path);
/* Adds the file `path` to the result set. */
amd_comgr_status_t comgr_work_read(struct comgr_work *work, const char *path,
                                   amd_comgr_data_kind_t kind, const char *name);
amd_comgr_status_t comgr_work_read_bytes(const char *path, uint8_t **out, size_t *size);
/* Runs `command` and logs what it says. ERROR: it failed. */
amd_comgr_status_t comgr_work_run(struct comgr_work *work, const struct comgr_texts *command);
/* Path of a program of LLVM ("clang", "ld.lld", "llvm-objdump"). */
void comgr_work_tool(struct comgr_work *work, const char *name, struct comgr_texts *command);
/* `name` with another ending, `suffix` with its dot. */
void comgr_name_with(const char *name, const char *suffix, struct comgr_buffer *out);

/* ---- what actions do ---- */

amd_comgr_status_t comgr_compile(struct comgr_work *work); /* action_compile.c */
amd_comgr_status_t comgr_link_bitcode(struct comgr_work *work);
amd_comgr_status_t comgr_link_code(struct comgr_work *work);
amd_comgr_status_t comgr_disassemble(struct comgr_work *work);
amd_comgr_status_t comgr_unbundle(struct comgr_work *work);

/* ---- unbundle.c ---- */

/* The image of entry `id` of an offload bundle, with the same meaning of ids as LLVM's bundler: the
 * kinds hip and hipv4 are one, and code for any feature serves. Empty: there is none. The bundle
 * owns the bytes. */
struct cairn_bundle;
struct cairn_bytes comgr_bundle_entry(const struct cairn_bundle *bundle, const char *id);
/* Calls `visit` for the members of an archive that are in the entry `id` of their bundle; ERROR: no
 * archive. */
amd_comgr_status_t comgr_archive_entries(struct cairn_bytes archive, const char *id,
                                         amd_comgr_status_t (*visit)(const char *name,
                                                                     struct cairn_bytes bytes,
                                                                     void *user),
                                         void *user);

#endif
