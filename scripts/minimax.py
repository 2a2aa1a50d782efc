#!/usr/bin/env python3
"""Fits the polynomials of device/cpu/internal/simd/gen: scripts/minimax.py

Each is the polynomial of least squares |w·(p - f)| in the Chebyshev nodes, near
the one of least greatest error. Its coefficients are rounded to the lanes' type
one by one, the lowest first, and the others fitted anew. Needs mpmath.
"""
import struct

from mpmath import asin, atan, besseli, cos, erf, erfc, exp, expm1, log, log1p, lu_solve, matrix, mp, mpf, pi, sin, sinh, sqrt, tan, tanh

mp.prec = 240


def least_squares(f, w, lo, hi, powers, points=150):
    """Coefficients of x^k, k in powers, least squares in the Chebyshev nodes."""
    n = len(powers)
    a, b = matrix(n, n), matrix(n, 1)
    for i in range(points):
        x = (lo + hi) / 2 + (hi - lo) / 2 * cos(pi * (i + mpf(1) / 2) / points)
        row = [w(x) * x ** k for k in powers]
        y = w(x) * f(x)
        for r in range(n):
            b[r] += row[r] * y
            for c in range(n):
                a[r, c] += row[r] * row[c]
    return list(lu_solve(a, b))


def rounded(x, size):
    if size == 8:
        return mpf(float(x))
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def fit(name, size, f, w, lo, hi, n, known=None):
    """Prints the polynomial of n coefficients; the lowest may be known."""
    lo, hi, known = mpf(lo), mpf(hi), list(known or [])
    while len(known) < n:
        rest = lambda x: f(x) - sum(c * x**k for k, c in enumerate(known))
        known.append(rounded(least_squares(rest, w, lo, hi, range(len(known), n))[0], size))
    xs = [lo + (hi - lo) * i / 997 for i in range(998)]
    e = max(abs(w(x) * (sum(c * x**k for k, c in enumerate(known)) - f(x))) for x in xs)
    print(f"{name} float{size * 8}: error 2^{float(log(e, 2)):.1f}")
    print("\t" + ", ".join(repr(float(c)) for c in known))


tiny = mpf(2) ** -60
half = log(2) / 2 * mpf("1.0001")


def exp_q(r):
    return expm1(r) / r if r else mpf(1)


def log_p(r):
    return (log1p(r) - r + r * r / 2) / r**3 if abs(r) > 1e-12 else mpf(1) / 3 - r / 4


def log_r(z):
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / (s * z) if z > 1e-20 else mpf(2) / 3 + 2 * z / 5


def tanh_p(s):
    x = sqrt(s)
    return (tanh(x) - x) / x**3 if s > 1e-15 else mpf(-1) / 3 + 2 * s / 15


def gelu_q(v, c=mpf("3.171875")):
    a = c * (1 + v) / (1 - v)
    return erfc(a / sqrt(2)) / 2 * exp(a * a / 2) * (a + c)


def erf_p(s):
    x = sqrt(s)
    return erf(x) / x - 1 if s > 1e-20 else 2 / sqrt(pi) - 1


def sin_p(s):
    r = sqrt(s)
    return (sin(r) - r) / r**3 if s > 1e-10 else mpf(-1) / 6 + s / 120


def cos_p(s):
    return (cos(sqrt(s)) - 1 + s / 2) / s**2 if s > 1e-10 else mpf(1) / 24 - s / 720


def tan_p(s):
    r = sqrt(s)
    return (tan(r) - r) / r**3 if s > 1e-10 else mpf(1) / 3 + 2 * s / 15


def atan_p(s):
    r = sqrt(s)
    return (atan(r) - r) / r**3 if s > 1e-10 else mpf(-1) / 3 + s / 5


def asin_p(s):
    r = sqrt(s)
    return (asin(r) - r) / r**3 if s > 1e-10 else mpf(1) / 6 + 3 * s / 40


def bessel_q(order, c=mpf(3)):
    """e^-a·I(a)·(a+c)^(n+1/2)/a^n by v = 2u-1, u = a/(a+c)."""
    known = {}

    def f(v):
        if v not in known:
            a = c * (1 + v) / (1 - v) if v < 1 else None
            if a is None or a > 1e12:
                known[v] = 1 / sqrt(2 * pi)
            elif a == 0:
                known[v] = sqrt(c) if order == 0 else c ** mpf(1.5) / 2
            else:
                known[v] = exp(-a) * besseli(order, a) * sqrt(a + c) * ((a + c) / a) ** order
        return known[v]
    return f


def sinh_p(s):
    r = sqrt(s)
    return (sinh(r) - r) / r**3 if s > 1e-10 else mpf(1) / 6 + s / 120


if __name__ == "__main__":
    root = sqrt(mpf(2))
    for size, n in (4, 6), (8, 12):
        fit("expQ", size, exp_q, lambda r: abs(r) / exp(r) + tiny, -half, half, n, [mpf(1)])
    fit("logOf P", 4, log_p, lambda r: abs(r**3 / log1p(r)) if r else mpf(0), 1 / root - 1, root - 1, 8)
    fit("logOf R", 8, log_r, lambda z: z, 0, ((root - 1) / (root + 1)) ** 2, 8)
    for size, n in (4, 5), (8, 12):
        fit("tanh P", size, tanh_p, lambda s: s, 0, mpf("0.625") ** 2, n)
    fit("geluQ", 4, gelu_q, lambda v: 1 / gelu_q(v), -1, 2 * 15 / (15 + mpf("3.171875")) - 1, 11)
    fit("erf near 0", 4, erf_p, lambda s: mpf(1), 0, mpf("0.9") ** 2, 7)
    fit("erf", 4, lambda t: log(erfc(t)), lambda t: erfc(t) / erf(t), mpf("0.9"), 4, 8)
    quarter = (pi / 4 + mpf("0.01")) ** 2
    fit("sin", 4, sin_p, lambda s: s, 0, quarter, 4)
    fit("cos", 4, cos_p, lambda s: s**2, 0, quarter, 4)
    fit("tan", 4, tan_p, lambda s: s, 0, quarter, 7)
    for size, n in (4, 9), (8, 20):
        fit("atan", size, atan_p, lambda s: s, 0, 1, n)
    for size, n in (4, 5), (8, 13):
        fit("asin", size, asin_p, lambda s: s, 0, mpf("0.25"), n)
    for size, n in (4, 4), (8, 8):
        fit("sinh", size, sinh_p, lambda s: s, 0, 1, n)
    for order in (0, 1):
        q = bessel_q(order)
        fit(f"bessel I{order}", 4, q, lambda v: 1 / q(v), -1, 1, 20)
