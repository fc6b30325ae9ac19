// SPDX-License-Identifier: MIT
// Black-Scholes prices of calls and puts with the polynomial for the normal distribution
// (Abramowitz and Stegun, 26.2.17).
FUNCTION float normal(float d)
{
    float k = 1.0f / (1.0f + 0.2316419f * FABS(d));
    float poly = k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f))));
    float tail = 0.39894228f * EXP(-0.5f * d * d) * poly;
    return d > 0 ? 1.0f - tail : tail;
}

KERNEL(256, 1, 1)
black_scholes(int n, float rate, float volatility, const GLOBAL float *restrict price, const GLOBAL float *restrict strike,
              const GLOBAL float *restrict years, GLOBAL float *restrict call, GLOBAL float *restrict put)
{
    int i = GX * 256 + TX;
    if (i >= n)
        return;
    float s = price[i], x = strike[i], t = years[i], root = SQRT(t);
    float d1 = (LOG(s / x) + (rate + 0.5f * volatility * volatility) * t) / (volatility * root);
    float d2 = d1 - volatility * root;
    float n1 = normal(d1), n2 = normal(d2), discount = EXP(-rate * t) * x;
    call[i] = s * n1 - discount * n2;
    put[i] = discount * (1.0f - n2) - s * (1.0f - n1);
}
