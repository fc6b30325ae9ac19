// SPDX-License-Identifier: MIT
// Exclusive prefix sums: tiles of 1024 (4 values a thread), the tiles' totals in one block, then the offsets added.
KERNEL(256, 1, 1) scan_tiles(const GLOBAL uint4 *restrict in, GLOBAL uint4 *restrict out, GLOBAL unsigned *restrict totals)
{
    LOCAL unsigned part[256];
    LOCAL unsigned total;
    uint4 v = in[GX * 256 + TX], r;
    r.x = block_exclusive(v.x + v.y + v.z + v.w, part, &total);
    r.y = r.x + v.x;
    r.z = r.y + v.y;
    r.w = r.z + v.z;
    out[GX * 256 + TX] = r;
    if (TX == 0)
        totals[GX] = total;
}

KERNEL(256, 1, 1) scan_totals(int count, GLOBAL unsigned *restrict totals)
{
    LOCAL unsigned part[256];
    LOCAL unsigned total;
    unsigned carry = 0;
    for (int base = 0; base < count; base += 256) {
        int i = base + TX;
        unsigned before = carry + block_exclusive(i < count ? totals[i] : 0, part, &total);
        carry += total;
        if (i < count)
            totals[i] = before;
        BARRIER();
    }
}

KERNEL(256, 1, 1) scan_add(const GLOBAL unsigned *restrict totals, GLOBAL uint4 *restrict out)
{
    unsigned add = totals[GX];
    uint4 v = out[GX * 256 + TX];
    v.x += add;
    v.y += add;
    v.z += add;
    v.w += add;
    out[GX * 256 + TX] = v;
}

// Stream compaction: the odd values, in order. Each block of 256 counts its own, scan_totals makes offsets, then they are written.
KERNEL(256, 1, 1) compact_count(const GLOBAL unsigned *restrict in, GLOBAL unsigned *restrict totals)
{
    LOCAL unsigned part[256];
    LOCAL unsigned total;
    block_rank(in[GX * 256 + TX] & 1, part, &total);
    if (TX == 0)
        totals[GX] = total;
}

KERNEL(256, 1, 1)
compact_write(const GLOBAL unsigned *restrict in, const GLOBAL unsigned *restrict totals, GLOBAL unsigned *restrict out)
{
    LOCAL unsigned part[256];
    LOCAL unsigned total;
    unsigned value = in[GX * 256 + TX], rank = block_rank(value & 1, part, &total);
    if (value & 1)
        out[totals[GX] + rank] = value;
}
