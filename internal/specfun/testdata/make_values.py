"""Writes values.json: what specfun's functions give.

"exact" comes from mpmath with 40 digits at points where the functions are ordinary; "edges" from PyTorch, in
float64, at poles, zeros, infinities and NaN.
    python3 make_values.py    (PyTorch, mpmath)
"""
import itertools
import math
import os
import sys
from fractions import Fraction
from math import comb, factorial

import mpmath as mp
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
import golden

mp.mp.dps = 40
S = torch.special

POINTS = [1e-300, 1e-20, 1e-5, 0.01, 0.1, 0.3, 0.5, 0.75, 1, 1.25, 1.5, 1.9, 2, 2.1, 2.5, 2.9, 3.1, 3.75, 5, 7.5, 8, 8.5, 10, 14.5, 20, 24.9, 25.1, 30, 50, 100]
BOTH = [-x for x in reversed(POINTS)] + POINTS
UNIT = [1e-300, 1e-100, 1e-20, 1e-5, 0.001, 0.009, 0.011, 0.02, 0.1, 0.25, 0.4, 0.6, 0.7, 0.9, 0.985, 0.995, 0.9999, 1 - 2**-40]
NONINTEGER = [x for x in BOTH if x > 0 or x != int(x)]


def ndtri(p):
    start = -mp.sqrt(-2 * mp.log(min(p, 1 - p)))
    if p > 0.5:
        start = -start
    if 0.2 < p < 0.8:
        start = mp.mpf(p - 0.5) * 2.5
    return mp.findroot(lambda x: mp.log(mp.ncdf(x)) - mp.log(p) if p < 0.5 else mp.log(mp.ncdf(-x)) - mp.log(1 - mp.mpf(p)), start, tol=1e-60, verify=False)


def log_ndtr(x):
    return mp.log(mp.erfc(-mp.mpf(x) / mp.sqrt(2)) / 2) if x < 5 else mp.log1p(-mp.erfc(mp.mpf(x) / mp.sqrt(2)) / 2)


def scaled(f, sign):
    return lambda x: mp.exp(sign * mp.mpf(x)) * f(x)


def beyond(low, high, f, g):
    """PyTorch's f outside, g within: specfun has PyTorch's error there."""
    return lambda x: g(x) if low <= x <= high else f(torch.tensor(float(x), dtype=torch.float64)).item()


def zeta(s, q):
    y = 0
    q = mp.mpf(q)
    while q < 0:
        y += q ** (-int(s))
        q += 1
    with mp.workdps(400):  # the smallest are 1e-179, and mp.zeta's digits those of 1
        return y + mp.zeta(s, q)


def gamma_p(a, x):
    """The series 6.5.29, all of whose terms are positive; many digits, for 1 - P."""
    with mp.workdps(400):
        a, x = mp.mpf(a), mp.mpf(x)
        t = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1))
        y = t
        while t > y * mp.mpf(10) ** -380 or x > a:
            a += 1
            t *= x / a
            y += t
        return y


def gamma_q(a, x):
    with mp.workdps(400):
        return 1 - gamma_p(a, x)


UNARY = {
    "Lgamma": (lambda x: mp.log(abs(mp.gamma(x))), NONINTEGER),
    "Digamma": (mp.digamma, NONINTEGER),
    "Trigamma": (lambda x: mp.psi(1, x), [x for x in NONINTEGER if x > -10]),
    "Erfcx": (lambda x: mp.exp(mp.mpf(x) ** 2) * mp.erfc(x), [x for x in BOTH if x > -26]),
    "Ndtr": (mp.ncdf, [x for x in BOTH if x > -37]),
    "LogNdtr": (log_ndtr, BOTH),
    "Ndtri": (ndtri, UNIT),
    "Sinc": (lambda x: mp.sinc(mp.pi * x), [x for x in BOTH if x != int(x)]),
    "SphericalJ0": (mp.sinc, BOTH),
    "J0": (beyond(-1.5, 1.5, S.bessel_j0, lambda x: mp.besselj(0, x)), BOTH),
    "J1": (beyond(-1.5, 1.5, S.bessel_j1, lambda x: mp.besselj(1, x)), BOTH),
    "Y0": (beyond(-1.5, 1.5, S.bessel_y0, lambda x: mp.bessely(0, x)), POINTS),
    "Y1": (beyond(-1.5, 1.5, S.bessel_y1, lambda x: mp.bessely(1, x)), POINTS),
    "I0": (lambda x: mp.besseli(0, x), BOTH),
    "I1": (lambda x: mp.besseli(1, x), BOTH),
    "I0e": (lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), BOTH),
    "I1e": (lambda x: mp.exp(-abs(x)) * mp.besseli(1, x), BOTH),
    "K0": (lambda x: mp.besselk(0, x), POINTS),
    "K1": (lambda x: mp.besselk(1, x), POINTS),
    "K0e": (scaled(lambda x: mp.besselk(0, x), 1), POINTS),
    "K1e": (scaled(lambda x: mp.besselk(1, x), 1), POINTS),
    "Airy": (beyond(-2.09, math.inf, S.airy_ai, mp.airyai), BOTH),
}
A = [1e-10, 0.1, 0.5, 1, 1.5, 3, 9.5, 10.5, 40, 300, 5000, 2e6]
RATIOS = [0.01, 0.3, 0.9, 0.97, 1, 1.02, 1.3, 4]
GAMMA = [(a, a * r) for a in A for r in RATIOS if not (a > 9 and (r < 0.3 or r > 2)) and not (a > 100 and abs(r - 1) > 0.1) and not (a > 1e5)] + \
    [(2e6, 2e6 * (1 + u)) for u in (-2e-3, -1e-4, 0, 3e-4, 2e-3)] + [(0.1, 3), (1.5, 30), (3, 700)]
ZETA = list(itertools.product([1.0625, 1.5, 2, 3, 6, 21, 60], [1e-5, 0.3, 1, 2.5, 9.5, 15, 1000])) + \
    list(itertools.product([2, 3, 7, 20], [-1e-5, -0.3, -2.25, -7.75, -30.25]))
DEGREES = list(itertools.product([-3, -1, -0.875, -0.25, 0, 0.125, 0.5, 0.75, 1, 2.5], [0, 1, 2, 3, 6, 9, 12]))


# Explicit sums, 22.3, in fractions.
def hermite(x, n, two):
    x = Fraction(x) * two
    return sum((-1) ** m * Fraction(factorial(n), factorial(m) * factorial(n - 2 * m)) * x ** (n - 2 * m) / (1 if two == 2 else 2**m) for m in range(n // 2 + 1))


def laguerre(x, n):
    return sum(comb(n, k) * (-Fraction(x)) ** k / factorial(k) for k in range(n + 1))


def legendre(x, n):
    return sum((-1) ** k * comb(n, k) * comb(2 * n - 2 * k, n) * Fraction(x) ** (n - 2 * k) for k in range(n // 2 + 1)) / Fraction(2) ** n


def chebyshev_u(x, n):
    return sum((-1) ** k * comb(n - k, k) * (2 * Fraction(x)) ** (n - 2 * k) for k in range(n // 2 + 1)) if n >= 0 else Fraction(0)


def chebyshev_t(x, n):
    return (chebyshev_u(x, n) - chebyshev_u(x, n - 2)) / 2 if n > 1 else Fraction(x) ** n


BINARY = {
    "GammaP": (gamma_p, GAMMA),
    "GammaQ": (gamma_q, GAMMA),
    "Zeta": (zeta, ZETA),
    "HermiteH": (lambda x, n: hermite(x, n, 2), DEGREES),
    "HermiteHe": (lambda x, n: hermite(x, n, 1), DEGREES),
    "Laguerre": (laguerre, DEGREES),
    "Legendre": (legendre, DEGREES),
    "ChebyshevT": (chebyshev_t, DEGREES),
    "ChebyshevU": (chebyshev_u, DEGREES),
    "ChebyshevV": (lambda x, n: chebyshev_u(x, n) - chebyshev_u(x, n - 1), DEGREES),
    "ChebyshevW": (lambda x, n: chebyshev_u(x, n) + chebyshev_u(x, n - 1), DEGREES),
}

ODD = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5]
NAMES = {
    "Lgamma": torch.lgamma, "Digamma": torch.digamma, "Trigamma": lambda x: torch.polygamma(1, x), "Erfcx": S.erfcx, "Ndtr": S.ndtr,
    "LogNdtr": S.log_ndtr, "Ndtri": S.ndtri, "Sinc": S.sinc, "SphericalJ0": S.spherical_bessel_j0,
    "J0": S.bessel_j0, "J1": S.bessel_j1, "Y0": S.bessel_y0, "Y1": S.bessel_y1, "I0": S.i0, "I1": S.i1, "I0e": S.i0e, "I1e": S.i1e,
    "K0": S.modified_bessel_k0, "K1": S.modified_bessel_k1, "K0e": S.scaled_modified_bessel_k0, "K1e": S.scaled_modified_bessel_k1,
    "Airy": S.airy_ai, "GammaP": torch.igamma, "GammaQ": torch.igammac, "Zeta": S.zeta, "HermiteH": S.hermite_polynomial_h,
    "HermiteHe": S.hermite_polynomial_he, "Laguerre": S.laguerre_polynomial_l, "Legendre": S.legendre_polynomial_p,
    "ChebyshevT": S.chebyshev_polynomial_t, "ChebyshevU": S.chebyshev_polynomial_u, "ChebyshevV": S.chebyshev_polynomial_v,
    "ChebyshevW": S.chebyshev_polynomial_w,
}


def column(values):
    return golden.tensor(torch.tensor([float(v) for v in values], dtype=torch.float64))


def exact():
    for name, (f, xs) in UNARY.items():
        yield {"name": name, "args": [column(xs)], "want": column([mp.re(f(mp.mpf(x))) for x in xs])}
    for name, (f, pairs) in BINARY.items():
        yield {"name": name, "args": [column(c) for c in zip(*pairs)], "want": column([f(a, x) for a, x in pairs])}


def edges():
    for name, f in NAMES.items():
        args = [list(c) for c in zip(*itertools.product(ODD, ODD))] if name in BINARY else [ODD]
        yield {"name": name, "args": [column(a) for a in args], "want": column(f(*(torch.tensor(a, dtype=torch.float64) for a in args)).tolist())}


golden.write(__file__, "values.json", "special functions: mpmath at ordinary points, PyTorch at the edges", exact=list(exact()), edges=list(edges()))
