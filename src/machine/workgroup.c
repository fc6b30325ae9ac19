/* SPDX-License-Identifier: MIT
 * A workgroup at kernel entry, as the hardware and the packet processor leave it: LLVM's
 * AMDGPUUsage, "Kernel Descriptor" and "Initial Kernel Execution State". And the barrier.
 */
#include "machine/wave.h"

#include "machine/units.h"

#include <string.h>

/* kernel_code_properties: which user SGPRs the kernel asks for, in this order. */
enum {
    PROPERTY_PRIVATE_SEGMENT_BUFFER = 1 << 0,
    PROPERTY_DISPATCH_PTR = 1 << 1,
    PROPERTY_QUEUE_PTR = 1 << 2,
    PROPERTY_KERNARG_PTR = 1 << 3,
    PROPERTY_DISPATCH_ID = 1 << 4,
    PROPERTY_FLAT_SCRATCH_INIT = 1 << 5,
    PROPERTY_PRIVATE_SEGMENT_SIZE = 1 << 6,
};

enum { SHADER_ENGINES = 8 };
enum { ID_ROWS = 3, ROW_BYTES = CAIRN_WAVE_LANES * sizeof(uint32_t) };
enum { POISON = 0xbadc0de5u, POISON_BYTE = 0xb5 };
enum { SGPR_COUNT = 102, CODE_FLAT_SCRATCH = 102, CODE_VCC = 106, CODE_M0 = 124, CODE_EXEC = 126 };

static uint32_t bits(uint32_t word, unsigned first, unsigned count)
{
    return word >> first & ((1u << count) - 1);
}

static uint32_t waves_of(const uint32_t size[3], uint32_t wave_size)
{
    uint64_t items = (uint64_t)size[0] * size[1] * size[2];
    return (uint32_t)((items + wave_size - 1) / wave_size);
}

static size_t round_up_64(size_t value)
{
    return (value + 63) & ~(size_t)63;
}

static size_t scratch_of_wave(const struct cairn_launch *launch)
{
    return round_up_64((size_t)launch->private_bytes * launch->wave_size);
}

static size_t vgpr_bytes_of_wave(const struct cairn_launch *launch)
{
    return (size_t)launch->vgprs * CAIRN_WAVE_LANES * sizeof(uint32_t);
}

void cairn_workgroup_measure(const struct cairn_launch *launch, struct cairn_workgroup_needs *out)
{
    uint32_t waves = waves_of(launch->workgroup, launch->wave_size);
    *out = (struct cairn_workgroup_needs){
        .waves = waves,
        .wave_bytes = sizeof(struct cairn_wave) * waves,
        .vgpr_bytes = vgpr_bytes_of_wave(launch) * waves,
        .scratch_bytes = scratch_of_wave(launch) * waves,
        .mold_bytes = round_up_64(sizeof(struct cairn_wave) * waves) + ID_ROWS * ROW_BYTES * waves,
    };
}

/* Initial MODE: float controls of the descriptor; AMD "CDNA2 ISA" 3.5, AMDGPUUsage
 * compute_pgm_rsrc1/2. */
uint32_t cairn_launch_mode(const struct cairn_launch *launch)
{
    return bits(launch->rsrc1, 12, 8) | bits(launch->rsrc1, 21, 1) << 8 |
           bits(launch->rsrc1, 23, 1) << 9 | bits(launch->rsrc2, 24, 7) << 12 |
           bits(launch->rsrc1, 26, 1) << 23;
}

struct sgpr_cursor {
    struct cairn_wave *wave;
    unsigned next;
};

static void push32(struct sgpr_cursor *at, uint32_t value)
{
    if (at->next < SGPR_COUNT)
        at->wave->sgpr[at->next] = value;
    at->next++;
}

static void push64(struct sgpr_cursor *at, uint64_t value)
{
    push32(at, (uint32_t)value);
    push32(at, (uint32_t)(value >> 32));
}

/* The buffer descriptor through which MUBUF reaches the wave's scratch: swizzled, 4-byte elements,
 * index stride 64, thread id added (AMDGPUUsage "Private Segment Buffer"). The base is the wave's
 * own scratch, and the wave offset SGPR is 0: the sum that the kernel's prologue makes is right. */
static void push_scratch_descriptor(struct sgpr_cursor *at)
{
    uint64_t base = (uintptr_t)at->wave->scratch;
    push32(at, (uint32_t)base);
    push32(at, (uint32_t)(base >> 32 & 0xffff) | 1u << 31);
    push32(at, 0xffffffffu);
    push32(at, 3u << 21 | 1u << 23);
}

static void set_user_sgprs(struct cairn_wave *wave)
{
    const struct cairn_launch *launch = wave->launch;
    uint32_t wanted = launch->kernel_code_properties;
    struct sgpr_cursor at = {wave, 0};
    if (wanted & PROPERTY_PRIVATE_SEGMENT_BUFFER)
        push_scratch_descriptor(&at);
    if (wanted & PROPERTY_DISPATCH_PTR)
        push64(&at, launch->packet_address);
    if (wanted & PROPERTY_QUEUE_PTR)
        push64(&at, launch->queue_address);
    if (wanted & PROPERTY_KERNARG_PTR)
        push64(&at, launch->kernarg_address);
    if (wanted & PROPERTY_DISPATCH_ID)
        push64(&at, launch->dispatch_id);
    if (wanted & PROPERTY_FLAT_SCRATCH_INIT)
        push64(&at, (uintptr_t)wave->scratch);
    if (wanted & PROPERTY_PRIVATE_SEGMENT_SIZE)
        push32(&at, launch->private_bytes);
    /* Preloaded kernel arguments would come here. They are not preloaded: the wave enters at the
     * compatibility prologue, which loads the same SGPRs itself (AMDGPUUsage "Preloaded Kernel
     * Arguments"). */
}

/* System SGPRs follow user_sgpr_count, whatever the sum of the enabled ones is. */
static void set_system_sgprs(struct cairn_wave *wave)
{
    const struct cairn_workgroup *group = wave->group;
    uint32_t rsrc2 = wave->launch->rsrc2;
    struct sgpr_cursor at = {wave, bits(rsrc2, 1, 5)};
    for (unsigned i = 0; i < 3; i++)
        if (bits(rsrc2, 7 + i, 1))
            push32(&at, group->id[i]);
    if (bits(rsrc2, 10, 1))
        push32(&at, (wave->index == 0 ? 1u << 31 : 0) | wave->index << 6 | group->wave_count);
    if (bits(rsrc2, 0, 1))
        push32(&at, 0); /* scratch wave offset, see push_scratch_descriptor */
}

/* Where a work-item's ids go, row by row of the register file; NULL: nowhere. */
struct id_rows {
    uint32_t *x, *y, *z;
    bool packed; /* all three in x */
};

static struct id_rows id_rows_of(const struct cairn_wave *wave)
{
    const struct cairn_launch *launch = wave->launch;
    uint32_t dims = bits(launch->rsrc2, 11, 2);
    bool packed = launch->gfx->packed_work_item_ids;
    return (struct id_rows){
        .x = wave->vgpr[0],
        .y = !packed && dims >= 1 && launch->vgprs > 1 ? wave->vgpr[1] : NULL,
        .z = !packed && dims >= 2 && launch->vgprs > 2 ? wave->vgpr[2] : NULL,
        .packed = packed,
    };
}

/* One row of work-items: x counts up from `x`, y and z stay. */
static void set_ids(const struct id_rows *rows, uint32_t lane, uint32_t end, uint32_t x, uint32_t y,
                    uint32_t z)
{
    uint32_t high = rows->packed ? y << 10 | z << 20 : 0;
    for (uint32_t i = lane; i < end; i++)
        rows->x[i] = (x + (i - lane)) | high;
    for (uint32_t i = lane; rows->y != NULL && i < end; i++)
        rows->y[i] = y;
    for (uint32_t i = lane; rows->z != NULL && i < end; i++)
        rows->z[i] = z;
}

/* Work-items are numbered x first over the workgroup's real size; v0 (or v0..v2) holds their ids.
 * Ids of dimensions that the kernel does not ask for are 0. Lanes behind the last work-item count
 * on in its row: finalized code relies on ids that go up by one from lane to lane. */
static void set_work_item_ids(struct cairn_wave *wave)
{
    const uint32_t *size = wave->group->size;
    struct id_rows rows = id_rows_of(wave);
    uint32_t dims = bits(wave->launch->rsrc2, 11, 2);
    uint32_t first = wave->index * wave->launch->wave_size;
    uint32_t left = size[0] * size[1] * size[2] - first;
    uint32_t lanes = left < wave->launch->wave_size ? left : wave->launch->wave_size;
    uint32_t x = first % size[0], y = first / size[0] % size[1], z = first / size[0] / size[1];
    wave->valid_lanes = lanes < 64 ? (UINT64_C(1) << lanes) - 1 : ~UINT64_C(0);
    for (uint32_t lane = 0; lane < lanes;) {
        uint32_t run = size[0] - x < lanes - lane ? size[0] - x : lanes - lane;
        uint32_t end = lane + run < lanes ? lane + run : wave->launch->wave_size;
        set_ids(&rows, lane, end, x, dims >= 1 ? y : 0, dims >= 2 ? z : 0);
        lane += run;
        x = 0;
        if (++y == size[1]) {
            y = 0;
            z++;
        }
    }
}

static uint32_t compute_unit(const struct cairn_launch *launch, uint32_t number)
{
    const struct cairn_units *units = launch->units;
    uint32_t count = units == NULL ? 0 : atomic_load_explicit(&units->count, memory_order_relaxed);
    return count == 0 ? number % launch->gfx->compute_units
                      : atomic_load_explicit(&units->unit[number % count], memory_order_relaxed);
}

/* A stable place in the machine for s_getreg HW_ID: CDNA2 ISA, HW_ID fields wave[3:0] simd[5:4]
 * cu[11:8] sh[12] se[15:13]. Bits of a mask of compute units go around the shader engines. */
static uint32_t hardware_id(const struct cairn_workgroup *group)
{
    const uint32_t *count = group->launch->workgroups;
    uint32_t number = group->id[0] + count[0] * (group->id[1] + count[1] * group->id[2]);
    uint32_t unit = compute_unit(group->launch, number);
    return unit / SHADER_ENGINES % 16 << 8 | unit % SHADER_ENGINES << 13;
}

/* The same of one wave of the group. */
static uint32_t hardware_slot(uint32_t index)
{
    return index / 4 % 8 | index % 4 << 4;
}

static void wave_init(struct cairn_wave *wave, struct cairn_workgroup *group, uint32_t index,
                      uint32_t place, bool poison)
{
    const struct cairn_launch *launch = group->launch;
    uint32_t (*vgpr)[CAIRN_WAVE_LANES] = wave->vgpr;
    uint8_t *scratch = wave->scratch;
    memset(wave, 0, sizeof *wave);
    wave->vgpr = vgpr;
    wave->scratch = scratch;
    wave->scratch_bytes = launch->private_bytes * launch->wave_size;
    wave->group = group;
    wave->launch = launch;
    wave->index = index;
    wave->state = CAIRN_WAVE_READY;
    wave->pc = launch->entry_pc;
    wave->mode = cairn_launch_mode(launch);
    if (poison) {
        for (unsigned i = 0; i < CODE_FLAT_SCRATCH; i++)
            wave->sgpr[i] = POISON;
        wave->sgpr[CODE_M0] = POISON;
        cairn_wave_write64(wave, CODE_VCC, UINT64_C(0xbadc0de5badc0de5));
        memset(vgpr, POISON_BYTE, vgpr_bytes_of_wave(launch));
        if (scratch != NULL)
            memset(scratch, POISON_BYTE, wave->scratch_bytes);
    }
    set_user_sgprs(wave);
    set_system_sgprs(wave);
    cairn_wave_write64(wave, CODE_FLAT_SCRATCH, (uintptr_t)scratch);
    set_work_item_ids(wave);
    cairn_wave_write64(wave, CODE_EXEC, wave->valid_lanes);
    wave->trap_state[CAIRN_TRAP_STATE_HW_ID] = place | hardware_slot(index);
}

void cairn_workgroup_init(struct cairn_workgroup *group, const struct cairn_launch *launch,
                          const uint32_t id[3], void *waves, void *vgprs, void *scratch, void *lds,
                          bool poison)
{
    *group = (struct cairn_workgroup){
        .launch = launch, .waves = waves, .lds = lds, .lds_bytes = launch->lds_bytes};
    for (int i = 0; i < 3; i++) {
        uint64_t start = (uint64_t)id[i] * launch->workgroup[i];
        uint64_t left = start < launch->grid[i] ? launch->grid[i] - start : 0;
        group->id[i] = id[i];
        group->size[i] = left < launch->workgroup[i] ? (uint32_t)left : launch->workgroup[i];
    }
    group->wave_count = waves_of(group->size, launch->wave_size);
    if (poison && lds != NULL)
        memset(lds, POISON_BYTE, launch->lds_bytes);
    uint32_t place = hardware_id(group);
    for (uint32_t i = 0; i < group->wave_count; i++) {
        struct cairn_wave *wave = &group->waves[i];
        wave->vgpr = (void *)((uint8_t *)vgprs + vgpr_bytes_of_wave(launch) * i);
        wave->scratch =
            launch->private_bytes == 0 ? NULL : (uint8_t *)scratch + scratch_of_wave(launch) * i;
        wave_init(wave, group, i, place, poison);
    }
}

bool cairn_workgroup_is_whole(const struct cairn_launch *launch, const uint32_t id[3])
{
    bool whole = true;
    for (int i = 0; i < 3; i++)
        whole = whole && ((uint64_t)id[i] + 1) * launch->workgroup[i] <= launch->grid[i];
    return whole;
}

void cairn_mold_take(struct cairn_mold *mold, const struct cairn_workgroup *group, void *memory)
{
    const struct cairn_launch *launch = group->launch;
    struct id_rows rows = id_rows_of(group->waves);
    size_t bytes = sizeof(struct cairn_wave) * group->wave_count;
    mold->group = *group;
    mold->waves = memory;
    mold->ids = (void *)((uint8_t *)memory + round_up_64(bytes));
    mold->id_rows = rows.z != NULL ? 3 : rows.y != NULL ? 2 : 1;
    memcpy(mold->waves, group->waves, bytes);
    for (uint32_t i = 0; i < group->wave_count; i++)
        memcpy(mold->ids[(size_t)i * mold->id_rows], group->waves[i].vgpr,
               mold->id_rows * ROW_BYTES);
    for (unsigned i = 0; i < 3; i++)
        mold->id_sgpr[i] = cairn_launch_id_sgpr(launch->rsrc2, i);
}

void cairn_mold_rename(struct cairn_workgroup *group, const uint32_t id[3])
{
    memcpy(group->id, id, sizeof group->id);
    uint32_t place = hardware_id(group);
    for (uint32_t i = 0; i < group->wave_count; i++)
        group->waves[i].trap_state[CAIRN_TRAP_STATE_HW_ID] = place | hardware_slot(i);
}

void cairn_mold_place(const struct cairn_mold *mold, struct cairn_workgroup *group,
                      const uint32_t id[3])
{
    *group = mold->group;
    memcpy(group->waves, mold->waves, sizeof(struct cairn_wave) * group->wave_count);
    cairn_mold_rename(group, id);
    for (uint32_t i = 0; i < group->wave_count; i++) {
        struct cairn_wave *wave = &group->waves[i];
        for (unsigned d = 0; d < 3; d++)
            if (mold->id_sgpr[d] >= 0 && mold->id_sgpr[d] < SGPR_COUNT)
                wave->sgpr[mold->id_sgpr[d]] = id[d];
        for (uint32_t row = 0; row < mold->id_rows; row++)
            memcpy(wave->vgpr[row], mold->ids[(size_t)i * mold->id_rows + row], ROW_BYTES);
    }
}

bool cairn_workgroup_release_barrier(struct cairn_workgroup *group)
{
    bool any = false;
    for (uint32_t i = 0; i < group->wave_count; i++) {
        enum cairn_wave_state state = group->waves[i].state;
        if (state == CAIRN_WAVE_READY || state == CAIRN_WAVE_FAULTED)
            return false;
        any = any || state == CAIRN_WAVE_BARRIER;
    }
    for (uint32_t i = 0; any && i < group->wave_count; i++)
        if (group->waves[i].state == CAIRN_WAVE_BARRIER)
            group->waves[i].state = CAIRN_WAVE_READY;
    return any;
}
