/* SPDX-License-Identifier: MIT
 * Checks a dispatch packet against the chip and turns it and the kernel descriptor into a launch.
 * Facts: "HSA Platform System Architecture" 1.2 section 2.9 (packet), LLVM's AMDGPUUsage "Kernel
 * Descriptor" (compute_pgm_rsrc1 and 3, kernel_code_properties).
 */
#include "device/launch.h"

#include "base/bytes.h"
#include "device/device_priv.h"
#include "device/memory_priv.h"
#include "obj/obj.h"

#include <stdio.h>
#include <string.h>

enum {
    MAX_WORKGROUP = 1024,
    PROPERTY_WAVE32 = 1 << 10,
    MAX_PRIVATE_BYTES = 1 << 20, /* of a lane */
};

#define SAY(...) (void)snprintf(text, CAIRN_LAUNCH_TEXT_BYTES, __VA_ARGS__)

static enum cairn_queue_error take_sizes(const struct aql_dispatch *packet,
                                         struct cairn_launch *out, char *text)
{
    uint32_t dimensions = packet->setup & AQL_SETUP_DIMENSIONS_MASK;
    uint64_t items = 1, groups = 1;
    bool countable = true;
    if (dimensions == 0) {
        SAY("dispatch packet with no dimensions (setup 0x%x)", packet->setup);
        return CAIRN_QUEUE_INVALID_DIMENSIONS;
    }
    for (uint32_t i = 0; i < 3; i++) {
        out->workgroup[i] = i < dimensions ? packet->workgroup[i] : 1;
        out->grid[i] = i < dimensions ? packet->grid[i] : 1;
        if (out->workgroup[i] == 0 || out->grid[i] == 0) {
            SAY("dispatch packet with a size of zero: grid %u %u %u, workgroup %u %u %u",
                packet->grid[0], packet->grid[1], packet->grid[2], packet->workgroup[0],
                packet->workgroup[1], packet->workgroup[2]);
            return CAIRN_QUEUE_INVALID_DIMENSIONS;
        }
        items *= out->workgroup[i];
        out->workgroups[i] =
            (uint32_t)(((uint64_t)out->grid[i] + out->workgroup[i] - 1) / out->workgroup[i]);
        countable = countable && !__builtin_mul_overflow(groups, out->workgroups[i], &groups);
    }
    if (!countable) {
        SAY("grid of %u x %u x %u work-items is too large", out->grid[0], out->grid[1],
            out->grid[2]);
        return CAIRN_QUEUE_INVALID_DIMENSIONS;
    }
    if (items > MAX_WORKGROUP) {
        SAY("workgroup of %llu work-items; the device has room for %d", (unsigned long long)items,
            MAX_WORKGROUP);
        return CAIRN_QUEUE_GROUP_TOO_LARGE;
    }
    return CAIRN_QUEUE_OK;
}

/* The kernel descriptor, copied out of loaded code object memory. */
static bool read_descriptor(uint64_t address, struct cairn_kernel_descriptor *out)
{
    struct cairn_allocation where;
    if (address % 64 != 0 || cairn_memory_find((const void *)address, &where) != CAIRN_OK ||
        where.registered || where.size_bytes < sizeof *out ||
        address - where.address > where.size_bytes - sizeof *out)
        return false;
    memcpy(out, (const void *)address, sizeof *out);
    return true;
}

static enum cairn_queue_error take_kernel(const struct cairn_gfx *gfx, uint64_t object,
                                          struct cairn_kernel_descriptor *kd,
                                          struct cairn_launch *out, char *text)
{
    out->code = NULL;
    if (read_descriptor(object, kd)) {
        out->entry_pc = object + (uint64_t)kd->kernel_code_entry_byte_offset;
        out->code = cairn_code_find(out->entry_pc);
    }
    if (out->code == NULL || out->entry_pc % 4 != 0) {
        SAY("kernel object 0x%llx is no kernel descriptor of loaded code",
            (unsigned long long)object);
        return CAIRN_QUEUE_INVALID_CODE;
    }
    out->rsrc1 = kd->compute_pgm_rsrc1;
    out->rsrc2 = kd->compute_pgm_rsrc2;
    out->rsrc3 = kd->compute_pgm_rsrc3;
    out->kernel_code_properties = kd->kernel_code_properties;
    out->kernarg_preload = kd->kernarg_preload;
    out->wave_size = kd->kernel_code_properties & PROPERTY_WAVE32 ? 32 : 64;
    if (out->wave_size == 32 && gfx->wave_size != 32) {
        SAY("kernel of wave size 32; %s has only 64", gfx->name);
        return CAIRN_QUEUE_INVALID_CODE;
    }
    return CAIRN_QUEUE_OK;
}

/* Waves that the registers of one compute unit can hold. */
static uint32_t waves_that_fit(const struct cairn_gfx *gfx, uint32_t vgprs)
{
    uint32_t file = gfx->arch_vgprs + gfx->accum_vgprs;
    uint32_t fit = vgprs <= file ? file / vgprs : 0;
    return (fit < gfx->waves_per_simd ? fit : gfx->waves_per_simd) * gfx->simds_per_cu;
}

static uint32_t waves_of_group(const struct cairn_launch *launch)
{
    uint32_t items = launch->workgroup[0] * launch->workgroup[1] * launch->workgroup[2];
    return (items + launch->wave_size - 1) / launch->wave_size;
}

uint64_t cairn_launch_capacity(const struct cairn_launch *launch)
{
    const struct cairn_gfx *gfx = launch->gfx;
    uint32_t groups = waves_that_fit(gfx, launch->vgprs) / waves_of_group(launch);
    if (launch->lds_bytes > 0 && gfx->lds_bytes / launch->lds_bytes < groups)
        groups = gfx->lds_bytes / launch->lds_bytes;
    return (uint64_t)groups * gfx->compute_units;
}

/* VGPRs: granules of rsrc1[5:0]; chips with a unified file have the first AGPR at
 * (rsrc3[5:0] + 1) * 4. All waves of a workgroup must fit the registers of one compute unit. */
static enum cairn_queue_error take_registers(const struct cairn_gfx *gfx, struct cairn_launch *out,
                                             char *text)
{
    uint32_t waves = waves_of_group(out);
    out->vgprs = ((out->rsrc1 & 63) + 1) * gfx->vgpr_granule;
    out->agpr_offset = gfx->accum_vgprs > 0 ? ((out->rsrc3 & 63) + 1) * 4 : out->vgprs;
    if (out->agpr_offset > out->vgprs)
        out->agpr_offset = out->vgprs;
    if (waves_that_fit(gfx, out->vgprs) < waves) {
        SAY("%u waves of %u VGPRs do not fit one compute unit", waves, out->vgprs);
        return CAIRN_QUEUE_OUT_OF_REGISTERS;
    }
    return CAIRN_QUEUE_OK;
}

static enum cairn_queue_error take_memory(const struct cairn_gfx *gfx,
                                          const struct aql_dispatch *packet,
                                          const struct cairn_kernel_descriptor *kd,
                                          struct cairn_launch *out, char *text)
{
    uint32_t wanted = packet->private_bytes;
    if (packet->group_bytes > gfx->lds_bytes) {
        SAY("workgroup needs %u bytes of LDS; %s has %u", packet->group_bytes, gfx->name,
            gfx->lds_bytes);
        return CAIRN_QUEUE_LDS_TOO_LARGE;
    }
    if (kd->private_segment_fixed_size > wanted)
        wanted = kd->private_segment_fixed_size;
    if (wanted > MAX_PRIVATE_BYTES) {
        SAY("%u bytes of scratch for each work-item; the most is %d", wanted, MAX_PRIVATE_BYTES);
        return CAIRN_QUEUE_OUT_OF_RESOURCES;
    }
    out->lds_bytes = (uint32_t)cairn_align_up(packet->group_bytes, gfx->lds_granule_bytes);
    out->lds_fixed_bytes = packet->group_bytes < kd->group_segment_fixed_size
                               ? packet->group_bytes
                               : kd->group_segment_fixed_size;
    out->private_bytes = (uint32_t)cairn_align_up(wanted, 4);
    return CAIRN_QUEUE_OK;
}

enum cairn_queue_error cairn_launch_prepare(const struct cairn_device *device,
                                            const struct aql_dispatch *packet,
                                            struct cairn_launch *out,
                                            char text[CAIRN_LAUNCH_TEXT_BYTES])
{
    const struct cairn_gfx *gfx = device->info.gfx;
    struct cairn_kernel_descriptor kd;
    memset(out, 0, sizeof *out);
    out->gfx = gfx;
    out->space = cairn_memory_space(device->xnack);
    out->kernarg_address = packet->kernarg_address;
    enum cairn_queue_error error = take_sizes(packet, out, text);
    if (error == CAIRN_QUEUE_OK)
        error = take_kernel(gfx, packet->kernel_object, &kd, out, text);
    if (error == CAIRN_QUEUE_OK)
        error = take_registers(gfx, out, text);
    if (error == CAIRN_QUEUE_OK)
        error = take_memory(gfx, packet, &kd, out, text);
    return error;
}
