#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of gen/devicelib/coefficients.py: its reference functions agree with the math module where that has them, and every polynomial
is as close to its function between the nodes as its degree was chosen for."""
import importlib.util
import math
import sys
from decimal import Decimal as D

spec = importlib.util.spec_from_file_location("coefficients", sys.argv[1])
gen = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gen)

failures = 0


def claim(good, text):
    global failures
    if not good:
        failures += 1
        print("FAIL", text)


REFERENCES = [
    (gen.sin, math.sin, [0.1, 0.7, 2.5]),
    (gen.cos, math.cos, [0.1, 0.7, 2.5]),
    (gen.atan, math.atan, [0.01, 0.3, 0.9]),
    (gen.erf, math.erf, [0.01, 0.5, 1.7]),
    (gen.erfcx, lambda x: math.exp(x * x) * math.erfc(x), [0.1, 1.5, 4.5, 6.0]),
    (gen.lgamma, math.lgamma, [0.3, 1.7, 12.5]),
]

# Polynomials that only start an iteration or serve f32 may be coarser.
COARSE = {"ERFINV": 1e-6, "ERFCINV_NEAR": 1e-5, "ERFCINV_FAR": 1e-4}


def tolerance(name):
    return COARSE.get(name, 1e-8 if name.endswith("_SHORT") else 4e-16)


def evaluate(coefficients, x):
    total = D(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def main():
    for reference, known, points in REFERENCES:
        for x in points:
            got, want = float(reference(D(x))), known(x)
            claim(abs(got - want) <= 4e-15 * max(1, abs(want)), f"{reference.__name__}({x}) = {got}, not {want}")
    claim(abs(float(gen.bessel_j(0, D("2.404825557695773")))) < 1e-15, "j0 has its first zero at 2.4048")
    claim(abs(float(gen.bessel_y(0, D("0.893576966279168")))) < 1e-15, "y0 has its first zero at 0.8936")
    claim(str(gen.PI_LONG).startswith("3.14159265358979323846264338327950288419716939937510582097494"), "pi")
    for name, function, low, high, degree, centre in gen.FITS:
        low, high, centre = D(low), D(high), D(centre)
        coefficients = gen.chebyshev_fit(function, low, high, degree, centre)
        worst, size = 0, 0
        for i in range(9):
            x = low + (high - low) * (D(i) + D("0.37")) / 9
            exact = function(x)
            size = max(size, abs(float(exact)))
            worst = max(worst, abs(float(evaluate(coefficients, x - centre) - exact)))
        claim(worst <= tolerance(name) * size, f"{name}: {worst:.2g} off, values up to {size:.2g}")
    print(f"{failures} failures")
    return failures != 0


sys.exit(main())
