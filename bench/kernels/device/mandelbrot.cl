// SPDX-License-Identifier: MIT
// Escape counts: each thread's loop ends at its own time.
KERNEL(64, 4, 1) mandelbrot(int n, int limit, GLOBAL int *restrict out)
{
    int x = GX * 64 + TX, y = GY * 4 + TY, count = 0;
    float cr = x * (3.0f / n) - 2.0f, ci = y * (3.0f / n) - 1.5f, zr = 0, zi = 0;
    while (count < limit) {
        float a = zr * zr, b = zi * zi;
        if (a + b > 4.0f)
            break;
        zi = 2 * zr * zi + ci;
        zr = a - b + cr;
        count++;
    }
    out[y * n + x] = count;
}
