#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ocml_coefficients.h: the polynomials and constants behind the math part of the device library.

Each row of FITS names a function, an interval and a degree. The function is evaluated to 60 digits at Chebyshev nodes, and the
interpolating polynomial, which is within a small factor of the best one, is written as a macro in Horner form. The reference
functions come from their defining series (NIST DLMF chapters 4, 5, 7, 10). Only the Python standard library is needed.
"""
import sys
from decimal import Decimal as D, getcontext

getcontext().prec = 60
ONE, TWO, HALF = D(1), D(2), D("0.5")


def pi_value():
    """Machin's formula."""
    def atan_inverse(n):
        total, term, k = D(0), ONE / n, 1
        while abs(term) > D(10) ** -(getcontext().prec + 5):
            total += term / k
            term /= -n * n
            k += 2
        return total
    return 4 * (4 * atan_inverse(D(5)) - atan_inverse(D(239)))


def with_digits(digits, function, *args):
    saved, getcontext().prec = getcontext().prec, digits
    try:
        value = function(*args)
    finally:
        getcontext().prec = saved
    return value


PI_LONG = with_digits(420, pi_value)
PI = +PI_LONG


def sum_series(first, ratio):
    """first * (1 + ratio(1) + ratio(1) ratio(2) + ...)."""
    total = term = first
    k = 1
    tiny = D(10) ** -(getcontext().prec + 10)
    while term != 0 and (abs(term) > tiny * max(abs(total), tiny) or k < 10):
        term = term * ratio(k)
        total += term
        k += 1
    return total


def sin(x):
    return sum_series(x, lambda k: -x * x / ((2 * k) * (2 * k + 1)))


def cos(x):
    return sum_series(ONE, lambda k: -x * x / ((2 * k - 1) * (2 * k)))


def atan(x):
    """Argument halving, then the series."""
    scale = 1
    while abs(x) > D("0.05"):
        x = x / (1 + (1 + x * x).sqrt())
        scale *= 2
    total, term, k = D(0), x, 1
    while abs(term) > D(10) ** -(getcontext().prec + 5):
        total += term / k
        term *= -x * x
        k += 2
    return total * scale


def erf(x):
    factor = 2 / PI.sqrt() * (-x * x).exp()
    return factor * sum_series(x, lambda k: 2 * x * x / (2 * k + 1))


def erfcx(x):
    """exp(x^2) erfc(x), x >= 0: series below 4, continued fraction above."""
    if x < 4:
        return with_digits(90, lambda: (1 - erf(x)) * (x * x).exp())
    tail = D(0)
    for k in range(600, 0, -1):
        tail = D(k) / 2 / (x + tail)
    return 1 / (x + tail) / PI.sqrt()


BERNOULLI = []


def bernoulli(count):
    """B_2, B_4, ... from the recurrence over all Bernoulli numbers."""
    from fractions import Fraction
    row, numbers = [], []
    for m in range(2 * count + 1):
        row.append(Fraction(1, m + 1))
        for j in range(m, 0, -1):
            row[j - 1] = j * (row[j - 1] - row[j])
        numbers.append(row[0])
    return [D(numbers[2 * k].numerator) / D(numbers[2 * k].denominator) for k in range(1, count + 1)]


def stirling_tail(x):
    """log gamma(x) - (x - 1/2) log x + x - log(2 pi) / 2, for x >= 40."""
    if not BERNOULLI:
        BERNOULLI.extend(bernoulli(30))
    return sum(b / (2 * k * (2 * k - 1)) / x ** (2 * k - 1) for k, b in enumerate(BERNOULLI, 1))


def lgamma(x):
    shift = ONE
    while x < 45:
        shift *= x
        x += 1
    return (x - HALF) * x.ln() - x + (2 * PI).ln() / 2 + stirling_tail(x) - shift.ln()


def tail_of_stirling(z):
    """x * (that tail) as a function of z = 1/x^2."""
    x = 1 / z.sqrt()
    return (lgamma(x) - ((x - HALF) * x.ln() - x + (2 * PI).ln() / 2)) * x


EULER = D("0.577215664901532860606512090082402431042159335939923598805767234884867726777664670936947063291746749")


def bessel_j(n, x):
    return sum_series((x / 2) ** n if n else ONE, lambda k: -x * x / 4 / (k * (k + n)))


def bessel_y(n, x):
    """DLMF 10.8.1 for n = 0 and 1."""
    z, term, total, harmonic, k = -x * x / 4, ONE, D(0), D(0), 0
    tiny = D(10) ** -(getcontext().prec + 10)
    while abs(term) > tiny or k < 20:
        # psi(k+1) + psi(k+n+1) = 2 (harmonic - EULER) (+ 1/(k+1) for n = 1)
        psi = 2 * (harmonic - EULER) + (ONE / (k + 1) if n else 0)
        total += psi * term
        k += 1
        harmonic += ONE / k
        term = term * z / (k * (k + n))
    result = 2 / PI_NOW() * (x / 2).ln() * bessel_j(n, x) - ((x / 2) if n else ONE) * total / PI_NOW()
    return result - (2 / (PI_NOW() * x) if n else 0)


def PI_NOW():
    return +PI_LONG


def bessel_modulus(n, which):
    """P (which 0) and Q x / 8 (which 1) of the asymptotic form (DLMF 10.17), as a function of z = (8/x)^2."""
    def value(z):
        x = 8 / z.sqrt()
        if x > 60:
            return asymptotic(x)
        return with_digits(130, exact, x)

    def asymptotic(x):
        mu, term, sums = D(4 * n * n), ONE, [ONE, D(0)]
        for k in range(1, 60):
            step = term * (mu - (2 * k - 1) ** 2) / (k * 8 * x)
            if abs(step) > abs(term):
                break
            term = step
            sums[k & 1] += term * (1, 1, -1, -1)[k & 3]
        return sums[0] if which == 0 else sums[1] * x / 8

    def exact(x):
        chi = x - (2 * n + 1) * PI_NOW() / 4
        root = (PI_NOW() * x / 2).sqrt()
        j, y = bessel_j(n, x), bessel_y(n, x)
        if which == 0:
            return root * (j * cos(chi) + y * sin(chi))
        return root * (y * cos(chi) - j * sin(chi)) * x / 8
    return value


def bessel_i_scaled(n):
    """sqrt(x) exp(-x) I_n(x) as a function of 8/x."""
    def value(t):
        x = 8 / t
        if x > 400:
            mu, term, total = D(4 * n * n), ONE, ONE
            for k in range(1, 40):
                term = -term * (mu - (2 * k - 1) ** 2) / (k * 8 * x)
                total += term
            return total / (2 * PI).sqrt()
        series = sum_series((x / 2) ** n if n else ONE, lambda k: x * x / 4 / (k * (k + n)))
        return x.sqrt() * (-x).exp() * series
    return value


def erfc_inverse_scaled(v):
    """erfcinv(y) / s as a function of v = 1/s, where s = sqrt(-log(y (2 - y))), y <= 1."""
    s = 1 / v
    product = (-s * s).exp()
    y = 1 - (1 - product).sqrt() if s < 6 else product / 2 * (1 + product / 4)
    x = s if s > 1 else s * D("0.9")
    log_y = y.ln()
    for _ in range(60):  # Newton on log erfc, which is smooth and nearly quadratic
        scaled = erfcx(x)
        step = (scaled.ln() - x * x - log_y) / (-2 / PI.sqrt() / scaled)
        x -= step
        if abs(step) < D(10) ** -30:
            break
    return x / s


def erfc_inverse_near(s):
    return erfc_inverse_scaled(1 / s)


def erf_inverse_scaled(w):
    """erfinv(x) / x as a function of w = -log(1 - x^2)."""
    if w == 0:
        return PI.sqrt() / 2
    x = (1 - (-w).exp()).sqrt()
    y = x * PI.sqrt() / 2
    for _ in range(80):
        step = (erf(y) - x) / (2 / PI.sqrt() * (-y * y).exp())
        step = min(max(step, -HALF), HALF)
        y -= step
        if abs(step) < D(10) ** -30:
            break
    return y / x


def exp_tail(r):
    return (r.exp() - 1 - r - r * r / 2) / r ** 3 if abs(r) > D("1e-15") else ONE / 6 + r / 24


def series_in_square(power, start, function):
    """(function(sqrt z) - start(z) sqrt(z)^...) over a power, for odd or even functions."""
    return lambda z: (function(z.sqrt()) - start(z)) / power(z)


def log_tail(z):
    """(log((1+s)/(1-s))/s - 2 - 2z/3 - 2z^2/5) / z^3, z = s^2."""
    total, term, k = D(0), TWO, 7
    while term / k > D(10) ** -65:
        total += term / k
        term *= z
        k += 2
    return total


ERFCX_MAP = D(3)


def erfcx_mapped(t):
    x = ERFCX_MAP * (1 + t) / (1 - t)
    return (1 + 2 * x) * erfcx(x)


# name, function, low, high, degree, centre of the variable the macro takes
FITS = [
    ("EXP_TAIL", exp_tail, "-0.35", "0.35", 10, "0"),
    ("SIN_TAIL", series_in_square(lambda z: z * z.sqrt(), lambda z: z.sqrt(), sin), "0", "0.62", 7, "0"),
    ("COS_TAIL", series_in_square(lambda z: z * z, lambda z: 1 - z / 2, cos), "0", "0.62", 7, "0"),
    ("ATAN_TAIL", series_in_square(lambda z: z * z.sqrt(), lambda z: z.sqrt(), atan), "0", "0.0158", 7, "0"),
    ("LOG_TAIL", log_tail, "0", "0.0296", 8, "0"),
    ("ERF_SMALL", lambda z: erf(z.sqrt()) / z.sqrt() - 1, "0", "1", 13, "0"),
    ("ERFCX", erfcx_mapped, "-1", "1", 27, "0"),
    ("LGAMMA1", lambda t: lgamma(1 + t) / t, "-0.5", "0.5", 29, "0"),
    ("LGAMMA2", lambda t: lgamma(2 + t) / t, "-0.5", "0.5", 19, "0"),
    ("GAMMA", lambda x: lgamma(x).exp(), "1", "2", 23, "1.5"),
    ("STIRLING", tail_of_stirling, "0", "0.0157", 7, "0"),
    ("J0_A", lambda z: bessel_j(0, z.sqrt()), "0", "4", 10, "0"),
    ("J0_B", lambda x: bessel_j(0, x), "2", "4", 16, "3"),
    ("J0_C", lambda x: bessel_j(0, x), "4", "6", 16, "5"),
    ("J0_D", lambda x: bessel_j(0, x), "6", "8", 16, "7"),
    ("J1_A", lambda z: bessel_j(1, z.sqrt()) / z.sqrt(), "0", "4", 10, "0"),
    ("J1_B", lambda x: bessel_j(1, x), "2", "4", 16, "3"),
    ("J1_C", lambda x: bessel_j(1, x), "4", "6", 16, "5"),
    ("J1_D", lambda x: bessel_j(1, x), "6", "8", 16, "7"),
    ("Y0_A", lambda z: bessel_y(0, z.sqrt()) - 2 / PI * (z.sqrt() / 2).ln() * bessel_j(0, z.sqrt()), "0", "4", 10, "0"),
    ("Y0_B", lambda x: bessel_y(0, x), "2", "4", 22, "3"),
    ("Y0_C", lambda x: bessel_y(0, x), "4", "6", 19, "5"),
    ("Y0_D", lambda x: bessel_y(0, x), "6", "8", 18, "7"),
    ("Y1_A", lambda z: (bessel_y(1, z.sqrt()) - 2 / PI * ((z.sqrt() / 2).ln() * bessel_j(1, z.sqrt()) - 1 / z.sqrt())) / z.sqrt(),
     "0", "4", 10, "0"),
    ("Y1_B", lambda x: bessel_y(1, x), "2", "4", 22, "3"),
    ("Y1_C", lambda x: bessel_y(1, x), "4", "6", 19, "5"),
    ("Y1_D", lambda x: bessel_y(1, x), "6", "8", 18, "7"),
    ("P0", bessel_modulus(0, 0), "0", "1", 14, "0"),
    ("Q0", bessel_modulus(0, 1), "0", "1", 14, "0"),
    ("P1", bessel_modulus(1, 0), "0", "1", 14, "0"),
    ("Q1", bessel_modulus(1, 1), "0", "1", 14, "0"),
    ("I0_LARGE", bessel_i_scaled(0), "0", "1", 24, "0"),
    ("I1_LARGE", bessel_i_scaled(1), "0", "1", 24, "0"),
    ("ERFINV", erf_inverse_scaled, "0", "6", 14, "3"),
    ("ERFCINV_NEAR", erfc_inverse_near, "0.5", "2.5", 12, "1.5"),
    ("ERFCINV_FAR", erfc_inverse_scaled, "0.0366", "0.42", 12, "0.2"),
    # Short ones, for f32 functions that compute in f64.
    ("SIN_SHORT", series_in_square(lambda z: z * z.sqrt(), lambda z: z.sqrt(), sin), "0", "0.62", 3, "0"),
    ("COS_SHORT", series_in_square(lambda z: z * z, lambda z: 1 - z / 2, cos), "0", "0.62", 3, "0"),
    ("ATAN_SHORT", series_in_square(lambda z: z * z.sqrt(), lambda z: z.sqrt(), atan), "0", "0.1716", 7, "0"),
    ("LOG2_SHORT", lambda z: (2 * atanh_over(z)) / TWO.ln(), "0", "0.0296", 6, "0"),
    ("EXP2_SHORT", lambda r: (r * TWO.ln()).exp(), "-0.5", "0.5", 8, "0"),
    ("EXP_SHORT", lambda r: exp_tail(r), "-0.35", "0.35", 5, "0"),
]


def atanh_over(z):
    """atanh(s)/s, z = s^2."""
    total, term, k = D(0), ONE, 1
    while term / k > D(10) ** -65:
        total += term / k
        term *= z
        k += 2
    return total


def shift(coefficients, scale, offset):
    """Coefficients of p(scale * x + offset) in x."""
    result = [D(0)]
    for c in reversed(coefficients):
        raised = [D(0)] + [scale * r for r in result]
        for i, r in enumerate(result):
            raised[i] += offset * r
        raised[0] += c
        result = raised[:len(coefficients)]
    return result


def chebyshev_fit(function, low, high, degree, centre):
    count = degree + 1
    middle, half = (high + low) / 2, (high - low) / 2
    angles = [PI * (2 * k + 1) / (2 * count) for k in range(count)]
    # A node at which the formula is 0/0 does not occur: nodes are irrational multiples inside the interval, save the centre.
    nodes = [cos(a) if 2 * k + 1 != count else D(10) ** -30 for k, a in enumerate(angles)]
    values = [function(middle + half * t) for t in nodes]
    basis = [[ONE] * count, list(nodes)]
    for _ in range(2, count):
        basis.append([2 * t * b - a for t, a, b in zip(nodes, basis[-2], basis[-1])])
    weights = [sum(v * b for v, b in zip(values, row)) * (1 if j == 0 else 2) / count for j, row in enumerate(basis[:count])]
    # Chebyshev polynomials to powers of t.
    rows = [[ONE], [D(0), ONE]]
    for _ in range(2, count):
        up = [D(0)] + [2 * c for c in rows[-1]]
        for i, c in enumerate(rows[-2]):
            up[i] -= c
        rows.append(up)
    powers = [D(0)] * count
    for w, row in zip(weights, rows):
        for i, c in enumerate(row):
            powers[i] += w * c
    return shift(powers, 1 / half, (centre - middle) / half)


def hexadecimal(value):
    return float(value).hex()


def split(value):
    """Two doubles whose sum is the value to about 107 bits."""
    high = float(value)
    return high, float(value - D(high))


def horner(coefficients):
    text = hexadecimal(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        text = f"__builtin_fma({text}, (x), {hexadecimal(c)})"
    return text


def write_pair(out, name, value):
    high, low = split(value)
    out.write(f"#define {name}_HI {high.hex()}\n#define {name}_LO {low.hex()}\n")


def write_constants(out):
    ln2, ln10 = TWO.ln(), D(10).ln()
    write_pair(out, "LN2", ln2)
    write_pair(out, "LN10", ln10)
    write_pair(out, "LOG2E", 1 / ln2)
    write_pair(out, "LOG10E", 1 / ln10)
    write_pair(out, "LOG2_10", ln10 / ln2)
    write_pair(out, "LOG10_2", ln2 / ln10)
    write_pair(out, "PI", PI)
    write_pair(out, "PI_2", PI / 2)
    write_pair(out, "INV_PI", 1 / PI)
    write_pair(out, "HALF_LN_2PI", (2 * PI).ln() / 2)
    write_pair(out, "LN_PI", PI.ln())
    write_pair(out, "SQRT1_2", HALF.sqrt())
    write_pair(out, "TWO_PI_ROOT", (2 / PI).sqrt())
    write_pair(out, "TWO_SQRT_PI", 2 / PI.sqrt())
    out.write(f"#define ERFCX_MAP {hexadecimal(ERFCX_MAP)}\n")
    # Pieces whose products with a 20-bit integer are exact.
    piece = D(int(ln2 * 2 ** 32)) / 2 ** 32
    second = D(int((ln2 - piece) * 2 ** 64)) / 2 ** 64
    out.write(f"#define LN2_A {hexadecimal(piece)}\n#define LN2_B {hexadecimal(second)}\n")
    out.write(f"#define LN2_C {hexadecimal(ln2 - piece - second)}\n")
    rest, parts = PI_LONG / 2, []
    for _ in range(4):
        parts.append(float(rest))
        rest -= D(parts[-1])
    for name, part in zip("ABCD", parts):
        out.write(f"#define PI_2_{name} {part.hex()}\n")
    for k in range(1, 5):
        write_pair(out, f"ATAN_{k}", atan(D(k) / 4))


def write_two_over_pi(out):
    """The bits of 2/pi, 128 zero bits first, as 64-bit words from the most significant."""
    bits = int(with_digits(420, lambda: 2 / PI_LONG * 2 ** 1216))
    words = [0, 0] + [(bits >> (1216 - 64 * (i + 1))) & (2 ** 64 - 1) for i in range(19)]
    rows = ",\n    ".join(f"0x{w:016x}ul" for w in words)
    out.write(f"#define TWO_OVER_PI_WORDS {len(words)}\n#define TWO_OVER_PI_PAD 128\n")
    out.write("#define TWO_OVER_PI_BITS \\\n    " + rows.replace("\n", " \\\n") + "\n")


def main():
    with open(sys.argv[1], "w") as out:
        out.write("/* SPDX-License-Identifier: MIT */\n/* Written by gen/devicelib/coefficients.py. */\n")
        write_constants(out)
        write_two_over_pi(out)
        for name, function, low, high, degree, centre in FITS:
            coefficients = chebyshev_fit(function, D(low), D(high), degree, D(centre))
            out.write(f"#define POLY_{name}(x) {horner(coefficients)}\n")


if __name__ == "__main__":
    main()
