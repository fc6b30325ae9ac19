/* SPDX-License-Identifier: MIT
 * Hashes a request. The facts are taken one by one, since structs have padding; the asserts below
 * tell when one was added.
 */
#include "finalizer/code_key.h"

#include "base/sha256.h"
#include "finalizer/native.h"
#include "finalizer/program.h"
#include "gfx/gfx.h"

enum { INSNS_MAX = 1 << 22 };

_Static_assert(sizeof(struct cairn_geometry) == 52, "a new fact belongs into the key");
_Static_assert(sizeof(struct cairn_finalize_request) == 104, "a new fact belongs into the key");

static void add_geometry(struct cairn_sha256 *hash, const struct cairn_geometry *geometry)
{
    const uint32_t facts[] = {
        geometry->workgroup[0], geometry->workgroup[1], geometry->workgroup[2],
        geometry->wave_size,    geometry->width,        geometry->whole_groups,
        geometry->merged,       geometry->has_scratch,  geometry->mode,
        geometry->arch_rows,    geometry->rows,         geometry->rsrc1,
        geometry->rsrc2,        geometry->properties,   geometry->lds_bytes,
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        cairn_sha256_add_u32(hash, facts[i]);
}

static void add_request(struct cairn_sha256 *hash, const struct cairn_finalize_request *request)
{
    cairn_sha256_add_u32(hash, CAIRN_NATIVE_VERSION);
    cairn_sha256_add(hash, request->gfx->name, strlen(request->gfx->name) + 1);
    cairn_sha256_add_u32(hash, request->entry_offset);
    cairn_sha256_add_u32(hash, request->target);
    cairn_sha256_add_u32(hash, request->exact_nan);
    add_geometry(hash, &request->geometry);
}

/* Offsets, too: addresses of code are made from them. Instructions that follow each other are one
 * piece. */
static void add_program(struct cairn_sha256 *hash, const struct cairn_program *program,
                        struct cairn_bytes code)
{
    for (uint32_t i = 0; i < program->insn_count;) {
        uint32_t start = program->insns[i].offset, end = start;
        while (i < program->insn_count && program->insns[i].offset == end)
            end += program->insns[i++].insn.size_bytes;
        struct cairn_bytes piece;
        cairn_sha256_add_u32(hash, start);
        cairn_sha256_add_u32(hash, end - start);
        if (cairn_bytes_slice(code, start, end - start, &piece) == CAIRN_OK)
            cairn_sha256_add(hash, piece.at, piece.left);
    }
}

enum cairn_status cairn_code_key(const struct cairn_finalize_request *request,
                                 struct cairn_cache_key *out)
{
    struct cairn_program *program;
    enum cairn_status status = cairn_program_build(
        request->gfx, request->code, request->entry_offset, INSNS_MAX, NULL, &program);
    if (status != CAIRN_OK)
        return status;
    struct cairn_sha256 hash;
    cairn_sha256_start(&hash);
    add_request(&hash, request);
    add_program(&hash, program, request->code);
    cairn_sha256_finish(&hash, out->bytes);
    cairn_program_destroy(program);
    return CAIRN_OK;
}
