/* SPDX-License-Identifier: MIT
 * Times one generated kernel of run.py: prints nanoseconds per operation, best of a few runs, and a
 * checksum of the registers.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void kernel0(uint32_t *registers, const uint8_t *lds, uint32_t bytes, uint64_t count);

static uint32_t registers[128 * 64] __attribute__((aligned(64)));
static uint32_t lds[16384] __attribute__((aligned(64)));

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Halves near 1 for mfma, addresses for ds_read, numbers of both signs with a NaN else. */
static void fill(const char *operation)
{
    for (uint32_t i = 0; i < 128 * 64; i++) {
        uint32_t noise = i * 2654435761u;
        registers[i] = noise >> 1 ^ 0x3f000000u;
        if (strcmp(operation, "mfma") == 0)
            registers[i] = (0x38003800u + (noise >> 8 & 0x03ff03ffu)) | (noise & 0x80008000u);
        else if (strcmp(operation, "ds_read") == 0)
            registers[i] = i % 17 == 3 ? noise : noise >> 7 & 0xfffc;
        else
            registers[i] = i == 77 ? 0x7f800005u : 0x3f000000u | (noise & 0x807fffffu);
    }
    for (uint32_t i = 0; i < 16384; i++)
        lds[i] = i * 2654435761u >> 7 & 0xfffc;
}

static uint32_t checksum(void)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 128 * 64; i++)
        sum = sum * 31 + registers[i];
    return sum;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 1;
    uint64_t count = strtoull(argv[1], NULL, 10), operations = strtoull(argv[2], NULL, 10);
    double best = 1e9;
    fill(argv[3]);
    kernel0(registers, (const uint8_t *)lds, sizeof lds, 1);
    uint32_t sum = checksum();
    for (int run = 0; run < 25; run++) {
        fill(argv[3]);
        double start = now();
        kernel0(registers, (const uint8_t *)lds, sizeof lds, count);
        double time = now() - start;
        best = time < best ? time : best;
    }
    printf("%.4f %08x\n", best / (double)count / (double)operations * 1e9, sum);
    return 0;
}
