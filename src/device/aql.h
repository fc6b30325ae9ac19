/* SPDX-License-Identifier: MIT
 * The layouts of AQL packets and of AMD's queue, as guest code and the HSA runtime share them.
 * Facts from "HSA Platform System Architecture" 1.2, sections 2.8 and 2.9, LLVM's AMDGPUUsage, and
 * offsets measured on AMD's public headers.
 */
#ifndef CAIRN_DEVICE_AQL_H
#define CAIRN_DEVICE_AQL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { AQL_PACKET_BYTES = 64 };

enum aql_type {
    AQL_VENDOR = 0,
    AQL_INVALID = 1,
    AQL_KERNEL_DISPATCH = 2,
    AQL_BARRIER_AND = 3,
    AQL_AGENT_DISPATCH = 4,
    AQL_BARRIER_OR = 5,
};

enum { AQL_HEADER_TYPE_MASK = 0xff, AQL_HEADER_BARRIER = 1 << 8, AQL_SETUP_DIMENSIONS_MASK = 3 };

/* Second halfword of AMD's vendor packets, low byte. */
enum aql_vendor_format { AQL_VENDOR_PM4 = 1, AQL_VENDOR_BARRIER_VALUE = 2 };

struct aql_dispatch {
    uint16_t header, setup;
    uint16_t workgroup[3], reserved0;
    uint32_t grid[3];
    uint32_t private_bytes, group_bytes;
    uint64_t kernel_object, kernarg_address, reserved2, completion_signal;
};
_Static_assert(sizeof(struct aql_dispatch) == AQL_PACKET_BYTES, "AQL kernel dispatch packet");
_Static_assert(offsetof(struct aql_dispatch, kernel_object) == 32, "AQL kernel dispatch packet");

struct aql_barrier {
    uint16_t header, reserved0;
    uint32_t reserved1;
    uint64_t dependency[5];
    uint64_t reserved2, completion_signal;
};
_Static_assert(sizeof(struct aql_barrier) == AQL_PACKET_BYTES, "AQL barrier packet");

struct aql_barrier_value {
    uint16_t header;
    uint8_t format, reserved0;
    uint32_t reserved1;
    uint64_t signal;
    int64_t value, mask;
    uint32_t condition, reserved2;
    uint64_t reserved3, reserved4, completion_signal;
};
_Static_assert(sizeof(struct aql_barrier_value) == AQL_PACKET_BYTES, "AMD barrier value packet");
_Static_assert(offsetof(struct aql_barrier_value, condition) == 32, "AMD barrier value packet");

union aql_packet {
    _Atomic uint32_t header_and_setup; /* published by the producer with release order */
    struct aql_dispatch dispatch;
    struct aql_barrier barrier;
    struct aql_barrier_value barrier_value;
    uint64_t words[8];
};
_Static_assert(sizeof(union aql_packet) == AQL_PACKET_BYTES, "AQL packet");

/* amd_queue_t, which begins with hsa_queue_t. */
struct aql_queue {
    uint32_t type, features;
    uint64_t base_address;
    uint64_t doorbell_signal;
    uint32_t size_packets, reserved1;
    uint64_t id;
    uint32_t reserved2[4];
    _Atomic uint64_t write_dispatch_id;
    uint32_t group_aperture_base_hi, private_aperture_base_hi;
    uint32_t max_cu_id, max_wave_id;
    uint64_t max_legacy_doorbell;
    uint32_t legacy_doorbell_lock;
    uint32_t reserved3[9];
    _Atomic uint64_t read_dispatch_id;
    uint32_t read_dispatch_id_field_base_byte_offset;
    uint32_t compute_tmpring_size;
    uint32_t scratch_resource_descriptor[4];
    uint64_t scratch_backing_memory_location;
    uint64_t scratch_backing_memory_byte_size;
    uint32_t scratch_wave64_lane_byte_size;
    uint32_t queue_properties;
    uint32_t reserved4[2];
    uint64_t queue_inactive_signal;
    uint32_t reserved5[14];
};
_Static_assert(sizeof(struct aql_queue) == 256, "amd_queue_t");
_Static_assert(offsetof(struct aql_queue, write_dispatch_id) == 56, "amd_queue_t");
_Static_assert(offsetof(struct aql_queue, max_cu_id) == 72, "amd_queue_t");
_Static_assert(offsetof(struct aql_queue, read_dispatch_id) == 128, "amd_queue_t");
_Static_assert(offsetof(struct aql_queue, scratch_backing_memory_location) == 160, "amd_queue_t");
_Static_assert(offsetof(struct aql_queue, queue_properties) == 180, "amd_queue_t");
_Static_assert(offsetof(struct aql_queue, queue_inactive_signal) == 192, "amd_queue_t");

enum { AQL_QUEUE_PROPERTY_PTR64 = 1 << 1, AQL_QUEUE_PROPERTY_PROFILING = 1 << 3 };

#endif
