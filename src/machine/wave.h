/* SPDX-License-Identifier: MIT
 * The state of a wave, of its workgroup, and of the launch that both belong to. Plain data: the
 * interpreter and finalized code run on it, the device makes and schedules it.
 */
#ifndef CAIRN_MACHINE_WAVE_H
#define CAIRN_MACHINE_WAVE_H

#include "base/status.h"
#include "gfx/gfx.h"
#include "machine/fault.h"
#include "machine/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CAIRN_WAVE_LANES = 64 }; /* lanes of storage, whatever the wave size */

/* Why a run of a wave came back. */
enum cairn_wave_state {
    CAIRN_WAVE_READY,   /* ran out of its budget or yielded (s_sleep): run it again */
    CAIRN_WAVE_BARRIER, /* waits at s_barrier */
    CAIRN_WAVE_DONE,    /* s_endpgm */
    CAIRN_WAVE_FAULTED, /* wave->fault says why */
};

/* Code that may be executed: one loaded code object. Immutable while any launch refers to it. */
struct cairn_code {
    uint64_t base, size; /* the executable segment, at its loaded address */
    void *interp_cache;  /* decoded code, owned by src/interp: cairn_interp_forget() frees it */
    void *native_cache;  /* finalized kernels, owned by src/device: cairn_engine_forget() */
};

struct cairn_gws;
struct cairn_units;

/* Everything that is the same for all waves of one dispatch. Filled by the device from the kernel
 * descriptor and the packet; immutable while waves run, but for the atomics. */
struct cairn_launch {
    const struct cairn_gfx *gfx;
    const struct cairn_address_space *space;
    struct cairn_code *code;
    uint64_t entry_pc;
    uint32_t rsrc1, rsrc2, rsrc3; /* kernel descriptor, compute_pgm_rsrc* */
    uint16_t kernel_code_properties, kernarg_preload;
    uint32_t wave_size;
    uint32_t vgprs, agpr_offset;    /* rows of the register file per lane; row of a0 */
    uint32_t grid[3], workgroup[3]; /* work-items */
    uint32_t workgroups[3];         /* counts, partial ones included */
    uint32_t lds_bytes;             /* allocation of a workgroup, rounded to the chip's granule */
    uint32_t lds_fixed_bytes;       /* what of it every launch of the kernel has */
    uint32_t private_bytes;         /* scratch of a lane, multiple of 4 */
    uint64_t packet_address, queue_address, kernarg_address, dispatch_id;
    /* Finalized code may store past the host's caches where a work-item loads and stores at least
     * so many bytes; 0: nowhere. */
    uint32_t stream_from;
    struct cairn_gws *gws;           /* machine/gws.h: the queue's; NULL: none */
    const struct cairn_units *units; /* machine/units.h: the queue's; NULL: all of the chip */
    _Atomic uint32_t stop; /* set by the device (fault elsewhere, watchdog): waves come back soon */
};

struct cairn_workgroup;

enum cairn_trap_state {
    CAIRN_TRAP_STATE_TRAPSTS,
    CAIRN_TRAP_STATE_HW_ID,
    CAIRN_TRAP_STATE_GWS, /* waiting at a global wave sync instruction; src/interp/gws.c */
};

/* What s_getreg gives for MEM_BASES: bits 63:48 of the apertures where AMD's kernel driver puts
 * them. Code of older compilers makes generic pointers from these, newer code from src_shared_base
 * and src_private_base, which are real addresses here; flat instructions know both. */
#define CAIRN_LEGACY_SHARED_APERTURE  UINT64_C(0x0001000000000000)
#define CAIRN_LEGACY_PRIVATE_APERTURE UINT64_C(0x0002000000000000)

struct cairn_wave {
    /* Scalars by operand code: s0..s101, flat_scratch, xnack_mask, vcc, ttmp, m0, exec. */
    uint32_t sgpr[128];
    uint64_t pc;
    uint32_t scc;  /* 0 or 1 */
    uint32_t mode; /* MODE register, AMD "CDNA2 ISA" 3.5 */
    enum cairn_wave_state state;
    uint32_t index;                     /* in its workgroup */
    uint32_t (*vgpr)[CAIRN_WAVE_LANES]; /* launch->vgprs rows, 64-byte aligned; a0 at agpr_offset */
    uint8_t *scratch; /* launch->private_bytes * wave_size bytes, swizzled by dword */
    uint32_t scratch_bytes;
    struct cairn_workgroup *group;
    const struct cairn_launch *launch;
    uint64_t valid_lanes; /* EXEC at entry: lanes that exist */
    struct cairn_fault fault;
    uint64_t instructions;  /* executed so far, for CAIRN_STATS */
    uint64_t trap_state[4]; /* enum cairn_trap_state: small per-wave hardware state */
    /* Of src/interp, while it runs the wave: how many instructions it may still execute, and the
     * instruction that touches guest memory right now (struct cairn_insn, NULL if none). */
    int64_t fuel;
    const void *memory_insn;
};

struct cairn_workgroup {
    const struct cairn_launch *launch;
    uint32_t id[3];
    uint32_t size[3]; /* work-items in this workgroup: smaller at a ragged edge */
    uint32_t wave_count;
    struct cairn_wave *waves;
    /* LDS begins at a 4 GiB-aligned host address, so that this address is the shared aperture. */
    uint8_t *lds;
    uint32_t lds_bytes; /* = launch->lds_bytes */
};

/* Memory that one resident workgroup needs, for the device to allocate once and use again. */
struct cairn_workgroup_needs {
    uint32_t waves;       /* of a full workgroup */
    size_t wave_bytes;    /* sizeof(struct cairn_wave) * waves */
    size_t vgpr_bytes;    /* all waves; 64-byte aligned */
    size_t scratch_bytes; /* all waves; 64-byte aligned */
    size_t mold_bytes;    /* 64-byte aligned, for cairn_mold_take */
};
void cairn_workgroup_measure(const struct cairn_launch *launch, struct cairn_workgroup_needs *out);

/* Sets up workgroup `id` and all its waves as the hardware does at kernel entry (AMDGPUUsage,
 * "Initial Kernel Execution State"). `waves`, `vgprs`, `scratch`, `lds` have the measured sizes;
 * LDS keeps what was in it unless `poison` (then LDS and undefined registers get a recognisable
 * pattern). */
void cairn_workgroup_init(struct cairn_workgroup *group, const struct cairn_launch *launch,
                          const uint32_t id[3], void *waves, void *vgprs, void *scratch, void *lds,
                          bool poison);

/* What all whole workgroups of a launch that come into the same memory begin with: all but their
 * ids. */
struct cairn_mold {
    struct cairn_workgroup group;
    struct cairn_wave *waves; /* as at entry; NULL: nothing taken yet */
    uint32_t (*ids)[CAIRN_WAVE_LANES];
    uint32_t id_rows; /* rows of `ids`, and of the register file, that a wave has */
    int id_sgpr[3];   /* see cairn_launch_id_sgpr */
};

/* Has workgroup `id` all its work-items? */
bool cairn_workgroup_is_whole(const struct cairn_launch *launch, const uint32_t id[3]);

/* Takes the mold of a whole workgroup that was just set up by cairn_workgroup_init and has not run.
 * `memory` has the measured size and stays the caller's. */
void cairn_mold_take(struct cairn_mold *mold, const struct cairn_workgroup *group, void *memory);

/* As cairn_workgroup_init does it for the whole workgroup `id` in the memory that the mold was
 * taken from, without poison. */
void cairn_mold_place(const struct cairn_mold *mold, struct cairn_workgroup *group,
                      const uint32_t id[3]);

/* Makes a workgroup that runs in that memory another one, wherever it is: its id and what its waves
 * have of it, but for scalar registers. */
void cairn_mold_rename(struct cairn_workgroup *group, const uint32_t id[3]);

/* The scalar register that has coordinate `dimension` of the workgroup's id at entry; -1: none
 * (compute_pgm_rsrc2 of AMDGPUUsage: behind the user SGPRs, in order, those that are enabled). */
static inline int cairn_launch_id_sgpr(uint32_t rsrc2, unsigned dimension)
{
    uint32_t enabled = rsrc2 >> 7 & 7, before = enabled & ((1u << dimension) - 1);
    int code = (int)((rsrc2 >> 1 & 31) + (uint32_t)__builtin_popcount(before));
    return enabled >> dimension & 1 ? code : -1;
}

/* MODE of its waves at kernel entry. */
uint32_t cairn_launch_mode(const struct cairn_launch *launch);

/* After a wave came back: when every wave that is not done waits at the barrier, makes them ready
 * again and returns true. */
bool cairn_workgroup_release_barrier(struct cairn_workgroup *group);

/* Records the first fault of a wave and sets its state; later faults of the same wave are ignored.
 */
void cairn_wave_raise(struct cairn_wave *wave, enum cairn_fault_kind kind, uint64_t address,
                      int lane);

static inline uint64_t cairn_wave_read64(const struct cairn_wave *wave, unsigned code)
{
    return wave->sgpr[code] | (uint64_t)wave->sgpr[code + 1] << 32;
}

static inline void cairn_wave_write64(struct cairn_wave *wave, unsigned code, uint64_t value)
{
    wave->sgpr[code] = (uint32_t)value;
    wave->sgpr[code + 1] = (uint32_t)(value >> 32);
}

#endif
