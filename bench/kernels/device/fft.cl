// SPDX-License-Identifier: MIT
// Complex transforms of 1024 points, one a block: five radix-4 Stockham passes in LDS. root holds exp(-2 pi i t / 1024).
KERNEL(256, 1, 1) fft(const GLOBAL float2 *restrict in, const GLOBAL float2 *restrict root, GLOBAL float2 *restrict out)
{
    LOCAL float re[1024], im[1024];
    int t = TX;
    float xr[4], xi[4];
    for (int r = 0; r < 4; r++) {
        float2 v = in[GX * 1024 + r * 256 + t];
        xr[r] = v.x;
        xi[r] = v.y;
    }
    for (int span = 1; span < 1024; span *= 4) {
        int k = t & (span - 1), step = k * (256 / span), to = (t - k) * 4 + k;
        for (int r = 1; r < 4; r++) {
            float2 w = root[step * r];
            float a = xr[r] * w.x - xi[r] * w.y;
            xi[r] = xr[r] * w.y + xi[r] * w.x;
            xr[r] = a;
        }
        float sr = xr[0] + xr[2], si = xi[0] + xi[2], dr = xr[0] - xr[2], di = xi[0] - xi[2];
        float ur = xr[1] + xr[3], ui = xi[1] + xi[3], vr = xr[1] - xr[3], vi = xi[1] - xi[3];
        re[to] = sr + ur;
        im[to] = si + ui;
        re[to + span] = dr + vi;
        im[to + span] = di - vr;
        re[to + 2 * span] = sr - ur;
        im[to + 2 * span] = si - ui;
        re[to + 3 * span] = dr - vi;
        im[to + 3 * span] = di + vr;
        BARRIER();
        for (int r = 0; r < 4; r++) {
            xr[r] = re[r * 256 + t];
            xi[r] = im[r * 256 + t];
        }
        BARRIER();
    }
    for (int r = 0; r < 4; r++) {
        float2 v;
        v.x = xr[r];
        v.y = xi[r];
        out[GX * 1024 + r * 256 + t] = v;
    }
}
