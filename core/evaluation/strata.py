"""Means over strata (languages, sets) with their intervals: each stratum counts alike, however many values it has."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import BadInput

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, the ends of its 95 % interval, and how many values it is of; `p` is two-sided, of a mean of zero."""

    mean: float
    low: float
    high: float
    n: int
    p: float


def estimate(strata: Mapping[str, Sequence[float]]) -> Estimate:
    """The mean of the strata's means; by Student's t, with Satterthwaite's degrees of freedom. Raises BadInput.

    Each stratum is a sample of its own, so the variance is the sum of s² / n over the square of their number; with one
    stratum this is the usual interval, and of differences the paired t-test. Source: satterthwaite1946.
    """
    from scipy import stats

    if not strata or min(map(len, strata.values())) < 2:
        raise BadInput("An interval needs two values of each language or set at least.")
    count = len(strata)
    means = [math.fsum(values) / len(values) for values in strata.values()]
    parts = [
        math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)
        for mean, values in zip(means, strata.values(), strict=True)
    ]
    centre, variance = math.fsum(means) / count, math.fsum(parts) / count**2
    n = sum(map(len, strata.values()))
    if variance == 0:
        return Estimate(centre, centre, centre, n, 1.0 if centre == 0 else 0.0)
    freedom = math.fsum(parts) ** 2 / math.fsum(
        part**2 / (len(values) - 1) for part, values in zip(parts, strata.values(), strict=True)
    )
    error = math.sqrt(variance)
    half = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(centre) / error, freedom))
    return Estimate(centre, centre - half, centre + half, n, p)


def difference(first: Mapping[str, Sequence[float]], second: Mapping[str, Sequence[float]]) -> Estimate:
    """Of first − second, value by value: both have the same strata of the same queries in the same order."""
    return estimate(
        {name: [a - b for a, b in zip(values, second[name], strict=True)] for name, values in first.items()}
    )
