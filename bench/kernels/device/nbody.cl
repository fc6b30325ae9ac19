// SPDX-License-Identifier: MIT
// Accelerations of n bodies (x, y, z, mass), all pairs, a tile of 256 bodies in LDS.
KERNEL(256, 1, 1) nbody(int n, float soft, const GLOBAL float4 *restrict body, GLOBAL float4 *restrict out)
{
    LOCAL float4 tile[256];
    int i = GX * 256 + TX;
    float4 me = body[i];
    float ax = 0, ay = 0, az = 0;
    for (int t = 0; t < n; t += 256) {
        tile[TX] = body[t + TX];
        BARRIER();
#pragma unroll 4
        for (int j = 0; j < 256; j++) {
            float4 other = tile[j];
            float dx = other.x - me.x, dy = other.y - me.y, dz = other.z - me.z;
            float inverse = RSQRT(FMA(dx, dx, FMA(dy, dy, FMA(dz, dz, soft))));
            float pull = other.w * inverse * inverse * inverse;
            ax = FMA(dx, pull, ax);
            ay = FMA(dy, pull, ay);
            az = FMA(dz, pull, az);
        }
        BARRIER();
    }
    out[i] = MAKE4(ax, ay, az, 0.0f);
}
