// SPDX-License-Identifier: MIT
// Softmax and layer normalisation of rows of 1024 floats, one row a block, four values a thread.
KERNEL(256, 1, 1) softmax(const GLOBAL float *restrict in, GLOBAL float *restrict out)
{
    LOCAL float scratch[256];
    float v[4], most, sum = 0;
    for (int i = 0; i < 4; i++)
        v[i] = in[GX * 1024 + i * 256 + TX];
    most = block_max(FMAX(FMAX(v[0], v[1]), FMAX(v[2], v[3])), scratch);
    for (int i = 0; i < 4; i++) {
        v[i] = EXP(v[i] - most);
        sum += v[i];
    }
    sum = 1.0f / block_sum(sum, scratch);
    for (int i = 0; i < 4; i++)
        out[GX * 1024 + i * 256 + TX] = v[i] * sum;
}

KERNEL(256, 1, 1)
layernorm(const GLOBAL float *restrict in, const GLOBAL float *restrict scale, const GLOBAL float *restrict shift,
          GLOBAL float *restrict out)
{
    LOCAL float scratch[256];
    float v[4], mean, spread = 0;
    for (int i = 0; i < 4; i++)
        v[i] = in[GX * 1024 + i * 256 + TX];
    mean = block_sum(v[0] + v[1] + v[2] + v[3], scratch) * (1.0f / 1024);
    for (int i = 0; i < 4; i++)
        spread += (v[i] - mean) * (v[i] - mean);
    spread = RSQRT(block_sum(spread, scratch) * (1.0f / 1024) + 1e-5f);
    for (int i = 0; i < 4; i++) {
        int column = i * 256 + TX;
        out[GX * 1024 + column] = (v[i] - mean) * spread * scale[column] + shift[column];
    }
}
