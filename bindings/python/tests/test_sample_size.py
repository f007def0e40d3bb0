"""Sample sizes: against SciPy and the library's own intervals, and by simulation."""

from __future__ import annotations

import doctest
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import sample_size
from qascore.errors import ArgumentError, DesignError
from scipy import optimize, stats

Z = stats.norm.ppf(0.975)


def test_the_margin_of_a_mean_is_met_in_repeated_samples_of_a_finite_population() -> None:
    rng = np.random.default_rng(20260101)
    values = rng.beta(4, 2, 2000)  # scores
    size = qa.sample_size_for_mean(margin=0.02, sd=float(values.std(ddof=1)), population=2000)
    assert 200 < size.n < 400
    means = np.array([rng.choice(values, size.n, replace=False).mean() for _ in range(4000)])
    # 95 % of the sample means lie within the margin; the Monte Carlo error of that share is 0.0035.
    assert abs(np.mean(np.abs(means - values.mean()) <= 0.02) - 0.95) < 3.5 * 0.0035


def test_the_half_width_of_the_interval_is_the_margin() -> None:
    rng = np.random.default_rng(1)
    values = pd.DataFrame({"score": rng.beta(4, 2, 20_000)})
    size = qa.sample_size_for_mean(margin=0.015, sd=float(values["score"].std()))
    widths = []
    for seed in range(60):
        drawn = values.sample(size.n, random_state=seed)
        estimate = qa.mean(drawn, "score")
        widths.append((estimate.high - estimate.low) / 2)
    assert np.mean(widths) == pytest.approx(0.015, rel=0.01)


@pytest.mark.parametrize("p", [0.05, 0.2, 0.5, 0.9])
def test_the_margin_of_a_proportion_is_met_in_repeated_samples(p: float) -> None:
    margin = 0.04
    n = qa.sample_size_for_proportion(proportion=p, margin=margin).n
    hits = np.arange(n + 1)
    centre = (hits + Z**2 / 2) / (n + Z**2)
    half = Z / (n + Z**2) * np.sqrt(hits * (n - hits) / n + Z**2 / 4)
    chance = stats.binom.pmf(hits, n, p)  # exact: every possible number of hits with its chance, no seed
    # The half-width is concave in the number of hits: on average a little below that at the expected number.
    assert 0.97 * margin < np.sum(chance * half) <= margin
    # Hits are whole, so that coverage jumps with p: its average around p is the level.
    around = np.linspace(0.9 * p, min(1.1 * p, 0.99), 41)
    covers = [stats.binom.pmf(hits, n, q)[(centre - half <= q) & (q <= centre + half)].sum() for q in around]
    assert np.mean(covers) == pytest.approx(0.95, abs=0.006)


def test_the_expected_limits_of_a_proportion_are_those_of_the_library() -> None:
    size = qa.sample_size_for_proportion(proportion=0.25, margin=0.05)
    n = size["response"]
    assert size.low is not None and size.high is not None
    assert size.high - size.low == pytest.approx(0.1, rel=1e-12)
    low, high = stats.binomtest(25, 100).proportion_ci(method="wilson")
    width = (high - low) / 2
    there = qa.sample_size_for_proportion(proportion=0.25, margin=width)
    assert there["response"] == pytest.approx(100, rel=1e-9)
    assert (there.low, there.high) == pytest.approx((low, high), rel=1e-9)
    assert n > 100


def test_log_odds_and_correlation_intervals_are_twice_the_margin_wide() -> None:
    n = qa.sample_size_for_proportion(proportion=0.1, margin=0.03, interval="log_odds")["response"]
    half = Z / math.sqrt(n * 0.09)
    low, high = (1 / (1 + math.exp(-(math.log(1 / 9) + s * half))) for s in (-1, 1))
    assert high - low == pytest.approx(0.06, rel=1e-12)
    for method, factor in (("pearson", 1.0), ("spearman", 1 + 0.6**2 / 2)):
        n = qa.sample_size_for_correlation(correlation=-0.6, margin=0.1, method=method)["response"]
        half = Z * math.sqrt(factor / (n - 3))
        assert math.tanh(math.atanh(-0.6) + half) - math.tanh(math.atanh(-0.6) - half) == pytest.approx(0.2, rel=1e-12)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("r", [0.1, -0.5])
def test_the_power_of_the_test_of_a_correlation_is_reached_in_simulation(r: float, sides: int) -> None:
    n = qa.sample_size_for_correlation(correlation=r, power=0.8, sides=sides).n
    rng = np.random.default_rng(3)
    x = rng.standard_normal((4000, n))
    y = r * x + math.sqrt(1 - r * r) * rng.standard_normal((4000, n))
    x -= x.mean(axis=1, keepdims=True)
    y -= y.mean(axis=1, keepdims=True)
    found = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    t = stats.t.ppf(1 - 0.05 / sides, n - 2)
    critical = t / math.sqrt(n - 2 + t * t)
    power = np.mean(np.abs(found) > critical) if sides == 2 else np.mean(np.sign(r) * found > critical)
    assert abs(power - 0.8) < 0.025  # Monte Carlo error 0.0063, and whole n


def t_power(n: float, m: float, shift: float, df: float, alpha: float = 0.05, sides: int = 2) -> float:
    critical = stats.t.ppf(1 - alpha / sides, df)
    upper = stats.nct.sf(critical, df, shift)
    # SciPy has no number for tails below 1e-16 or so.
    lower = np.nan_to_num(stats.nct.cdf(-critical, df, shift)) if sides == 2 else 0.0
    return float(upper + lower)


@pytest.mark.parametrize(("sd", "second", "ratio"), [(1.0, 1.0, 1.0), (1.0, 2.0, 1.0), (1.5, 1.0, 2.0), (1.0, 1.0, 0.5)])
@pytest.mark.parametrize(("difference", "sides"), [(0.2, 2), (0.8, 2), (1.5, 1)])
def test_the_size_for_a_difference_is_that_of_the_noncentral_t(
    sd: float, second: float, ratio: float, difference: float, sides: int
) -> None:
    size = qa.sample_size_for_difference(sd=sd, sd_second=second, ratio=ratio, difference=difference, sides=sides)
    n = size["initial"]
    a, b = sd**2 / n, second**2 * ratio / n
    df = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (n / ratio - 1))
    assert t_power(n, n / ratio, difference / math.sqrt(a + b), df, sides=sides) == pytest.approx(0.8, abs=1e-9)
    large = qa.sample_size_for_difference(
        sd=sd, sd_second=second, ratio=ratio, difference=difference, sides=sides, test="z"
    )
    assert 0 < n - large["initial"] < 3


def test_published_sizes_of_t_tests() -> None:
    # R's power.t.test(power = .90, delta = 1): n = 22.02110; pwr.t.test(d = .2, power = .8): 393.4057.
    assert qa.sample_size_for_difference(sd=1, difference=1, power=0.9)["initial"] == pytest.approx(22.02110, abs=1e-4)
    assert qa.sample_size_for_difference(sd=1, difference=0.2)["initial"] == pytest.approx(393.4057, abs=1e-3)
    # Cohen (1988), table 2.4.1, two sides, alpha .05, power .80: d = .20, .50, .80 take 393, 64, 26 in each sample.
    for d, n in ((0.2, 393), (0.5, 64), (0.8, 26)):
        size = qa.sample_size_for_difference(sd=1, difference=d, rounding="every_step")
        assert abs(size.n - n) <= (d == 0.2)  # his 393 is 393.4 by the exact distribution
        assert size.n_second == size.n
    # The paired test: all units common.
    n = qa.sample_size_for_difference(sd=1, difference=0.5, overlap=1, correlation=0.5)["initial"]
    assert t_power(n, n, 0.5 * math.sqrt(n), n - 1) == pytest.approx(0.8, abs=1e-9)


def test_a_test_with_the_stated_size_finds_the_difference_as_often_as_asked() -> None:
    size = qa.sample_size_for_difference(sd=1, sd_second=2, difference=2.0, ratio=0.5)
    rng = np.random.default_rng(3)
    first = rng.normal(0, 1, (20000, size.n))
    second = rng.normal(2.0, 2, (20000, size.n_second or 0))
    found = stats.ttest_ind(first, second, axis=1, equal_var=False).pvalue < 0.05
    assert abs(found.mean() - 0.8) < 0.025  # whole n, and Welch's df vary with the sample


def test_the_assurance_of_a_domain_of_a_finite_population_is_the_hypergeometric_one() -> None:
    for population, share in ((300, 0.4), (5000, 0.1), (200_000, 0.02)):
        for assurance in (0.5, 0.95):
            size = qa.sample_size_for_domain(
                share=share, margin=0.1, sd=0.25, assurance=assurance, population=population
            )
            marked = round(share * population)
            wanted = min(marked, math.ceil(size["finite_population"] * share * (1 - 1e-12)))
            assert stats.hypergeom.sf(wanted - 1, population, marked, size.n) >= assurance
            assert stats.hypergeom.sf(wanted - 1, population, marked, size.n - 1) < assurance
    # With all of a domain wanted, all conversations may have to be drawn.
    assert qa.sample_size_for_domain(share=0.1, margin=1e-4, sd=0.25, assurance=0.9999, population=50).n == 50


def test_the_assurance_of_a_domain_is_the_binomial_one() -> None:
    for share in (0.02, 0.1, 0.7):
        for assurance in (0.5, 0.9, 0.99):
            size = qa.sample_size_for_domain(share=share, margin=0.1, sd=0.25, assurance=assurance)
            wanted = math.ceil((Z * 2.5) ** 2)
            assert stats.binom.sf(wanted - 1, size.n, share) >= assurance
            assert stats.binom.sf(wanted - 1, size.n - 1, share) < assurance


def test_the_difference_of_overlapping_samples_is_as_precise_as_said() -> None:
    size = qa.sample_size_for_difference(sd=0.2, sd_second=0.3, margin=0.03, overlap=0.5, correlation=0.8, ratio=1.25)
    assert size.n_second is not None
    first, second = size["response"], size["response"] / 1.25
    variance = 0.04 / first + 0.09 / second - 2 * 0.8 * 0.06 * 0.5 * first / (first * second)
    assert Z * math.sqrt(variance) == pytest.approx(0.03, rel=1e-12)
    assert (size.n, size.n_second) == (math.ceil(first), math.ceil(second))
    rng = np.random.default_rng(4)
    shared = size.n // 2
    both = rng.multivariate_normal([0, 0], [[0.04, 0.048], [0.048, 0.09]], (3000, shared))
    more = [rng.normal(0, sd, (3000, n - shared)) for sd, n in ((0.2, size.n), (0.3, size.n_second))]
    means = [np.concatenate([both[:, :, i], more[i]], axis=1).mean(axis=1) for i in (0, 1)]
    assert np.mean(np.abs(means[0] - means[1]) <= 0.03) == pytest.approx(0.95, abs=0.014)


def kappa_table(kappa: float, shares: list[float]) -> Any:
    a = np.array(shares)
    return (1 - kappa) * np.outer(a, a) + kappa * np.diag(a)


def kappa_of(table: Any) -> float:
    expected = table.sum(axis=1) @ table.sum(axis=0)
    return float((np.trace(table) - expected) / (1 - expected))


@pytest.mark.parametrize("shares", [[0.3, 0.7], [0.05, 0.95], [0.2, 0.3, 0.5]])
def test_the_variance_of_kappa_is_that_of_its_derivatives(shares: list[float]) -> None:
    table = kappa_table(0.6, shares)
    slope = np.empty_like(table)
    for cell in np.ndindex(*table.shape):
        step = np.zeros_like(table)
        step[cell] = 1e-6
        # kappa of frequencies: as they grow, the table is divided by its sum
        up, down = ((table + s * step) / (1 + s * 1e-6) for s in (1, -1))
        slope[cell] = (kappa_of(up) - kappa_of(down)) / 2e-6
    variance = (table * slope**2).sum() - (table * slope).sum() ** 2
    size = qa.sample_size_for_kappa(kappa=0.6, margin=0.1, shares=shares)
    assert size["initial"] == pytest.approx(variance * (Z / 0.1) ** 2, rel=1e-7)


def test_the_interval_of_kappa_in_the_library_is_as_wide_as_said() -> None:
    table = np.rint(kappa_table(0.6, [0.3, 0.7]) * 1000).astype(int)
    rows = [(i, j) for i in range(2) for j in range(2) for _ in range(table[i, j])]
    ratings = qa.RatingTable(
        pd.DataFrame(
            {
                "unit": list(range(len(rows))) * 2,
                "rater": ["a"] * len(rows) + ["b"] * len(rows),
                "rating": [i for i, _ in rows] + [j for _, j in rows],
            }
        ),
        unit="unit", rater="rater", rating="rating",
    )  # fmt: skip
    found = qa.cohen_kappa(ratings)
    width = Z * found.std_error * math.sqrt(999 / 1000)  # ours divides by n - 1
    size = qa.sample_size_for_kappa(kappa=found.value, margin=width, shares=0.3)
    assert size["initial"] == pytest.approx(len(rows), rel=1e-3)


def test_two_raters_with_other_shares_have_one_table_with_that_kappa() -> None:
    a, b, kappa = 0.3, 0.4, 0.5
    chance = a * b + (1 - a) * (1 - b)
    both = (kappa * (1 - chance) + chance - 1 + a + b) / 2
    table = np.array([[both, a - both], [b - both, 1 - a - b + both]])
    assert kappa_of(table) == pytest.approx(kappa, rel=1e-14)
    alike = qa.sample_size_for_kappa(kappa=0.5, margin=0.1, shares=0.3)
    same = qa.sample_size_for_kappa(kappa=0.5, margin=0.1, shares=0.3, second_shares=[0.3, 0.7])
    assert same["initial"] == pytest.approx(alike["initial"], rel=1e-12)
    other = qa.sample_size_for_kappa(kappa=0.5, margin=0.1, shares=a, second_shares=b)
    assert other["initial"] != pytest.approx(alike["initial"], rel=1e-3)


def test_each_adjustment_is_a_step_and_the_answer_explains_itself() -> None:
    options: dict[str, Any] = {"margin": 5, "sd": 30, "population": 1000, "design_effect": 1.5, "response_rate": 0.85}
    size = qa.sample_size_for_mean(**options)
    initial = (Z * 6) ** 2
    assert size["initial"] == pytest.approx(initial)
    assert size["design_effect"] == pytest.approx(1.5 * initial)
    assert size["finite_population"] == pytest.approx(1.5 * initial / (1 + 1.5 * initial / 1000))
    assert size["response"] == pytest.approx(size["finite_population"] / 0.85)
    assert size.n == math.ceil(size["response"])
    every = qa.sample_size_for_mean(**options, rounding="every_step")
    assert every.n >= size.n
    assert all(step.n == int(step.n) for step in every.steps)
    assert list(size.to_frame()["step"]) == ["initial", "design_effect", "finite_population", "response"]
    assert size.to_dict()["steps"][1]["reason"] == "times 1.5, the design effect"
    assert f"Draw {size.n} conversations: mean within 5 (95% interval)." in repr(size)
    assert "<table" in size._repr_html_() and "design_effect" in size._repr_html_()
    with pytest.raises(ArgumentError, match='did you mean "response"'):
        size["respons"]


def test_a_whole_size_is_not_rounded_up_by_an_error_in_the_last_place() -> None:
    assert qa.sample_size_for_mean(cv=0.05, cv_population=2).n == 1600


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: qa.sample_size_for_mean(), ArgumentError, "expected exactly one of margin and cv but found none"),
    (lambda: qa.sample_size_for_mean(margin=1, sd=1, cv=1), ArgumentError, "exactly one of margin and cv but found both"),
    (lambda: qa.sample_size_for_mean(margin=1), ArgumentError, "sd: expected the standard deviation"),
    (lambda: qa.sample_size_for_mean(margin=0, sd=1), ArgumentError, "margin: expected a number > 0 but found 0"),
    (lambda: qa.sample_size_for_mean(margin=1, sd=-1), ArgumentError, "sd: expected a number > 0 but found -1"),
    (lambda: qa.sample_size_for_mean(margin=1, sd=math.nan), ArgumentError, "sd: expected a number > 0 but found NaN"),
    (lambda: qa.sample_size_for_mean(margin=1, sd="2"), ArgumentError, "sd: expected a number but found '2'"),
    (lambda: qa.sample_size_for_mean(margin=1, sd=1, confidence=95), ArgumentError, "did you mean 0.95"),
    (lambda: qa.sample_size_for_mean(margin=1, sd=1, response_rate=85), ArgumentError, "response_rate.*did you mean 0.85"),
    (lambda: qa.sample_size_for_mean(margin=1, sd=1, population=0), ArgumentError, "population: expected a whole number >= 1"),
    (lambda: qa.sample_size_for_mean(margin=1, sd=1, rounding="evry_step"), ArgumentError, 'did you mean "every_step"'),
    (
        lambda: qa.sample_size_for_mean(margin=0.1, sd=2, population=100, response_rate=0.5),
        DesignError,
        "would have to be drawn but there are 100; with all of them drawn, the response_rate must be at least 0.93",
    ),
    (lambda: qa.sample_size_for_proportion(proportion=80, margin=0.1), ArgumentError, "proportion.*did you mean 0.8"),
    (lambda: qa.sample_size_for_proportion(proportion=0.8, margin=0.5), ArgumentError, "margin: expected a fraction below 0.5"),
    (lambda: qa.sample_size_for_proportion(proportion=0.8, margin=0.1, interval="wilsn"), ArgumentError, 'mean "wilson"'),
    (lambda: qa.sample_size_for_domain(share=1.5, cv=0.1, cv_domain=1), ArgumentError, "share.*did you mean 0.015"),
    (
        lambda: qa.sample_size_for_domain(share=0.5, margin=0.1, sd=1, estimate="total"),
        ArgumentError,
        "margin: goes only with the estimate mean",
    ),
    (
        lambda: qa.sample_size_for_difference(sd=1, margin=0.1, overlap=0.9, ratio=2),
        ArgumentError,
        "overlap: expected at most 1 / ratio",
    ),
    (lambda: qa.sample_size_for_difference(sd=1, margin=0.1, sides=3), ArgumentError, "sides: expected 1 or 2 but found 3"),
    (lambda: qa.sample_size_for_correlation(correlation=1, margin=0.1), ArgumentError, "correlation: expected a number between"),
    (lambda: qa.sample_size_for_correlation(correlation=0, power=0.8), ArgumentError, "correlation: expected a number other than 0"),
    (lambda: qa.sample_size_for_kappa(kappa=0.5, margin=0.1, shares=[0.5, 0.4]), ArgumentError, "add up to 1 but found 0.9"),
    (
        lambda: qa.sample_size_for_kappa(kappa=0.9, margin=0.1, shares=0.2, second_shares=0.6),
        ArgumentError,
        "kappa: 0.9 cannot be with these shares",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), BAD, ids=[words for _, _, words in BAD])
def test_what_cannot_be_asked_is_refused_and_says_why(
    call: Callable[[], Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        call()


def test_the_fleiss_size_does_not_jump_where_its_parts_meet() -> None:
    at = [qa.sample_size_for_proportion(proportion=p, margin=0.1, interval="fleiss")["initial"] for p in (0.0999999, 0.1000001)]
    assert at[0] == pytest.approx(at[1], rel=1e-4)
    mirrored = [qa.sample_size_for_proportion(proportion=p, margin=0.1, interval="fleiss")["initial"] for p in (0.2, 0.8)]
    assert mirrored[0] == pytest.approx(mirrored[1], rel=1e-12)


def test_the_size_for_power_is_the_root_that_scipy_finds() -> None:
    def power(n: float) -> float:
        t = stats.t.isf(0.025, n - 2)
        critical = math.atanh(math.sqrt(t * t / (t * t + n - 2)))
        found = math.atanh(0.4) + 0.4 / (2 * (n - 1))
        return float(
            stats.norm.cdf((found - critical) * math.sqrt(n - 3)) + stats.norm.cdf((-found - critical) * math.sqrt(n - 3))
        )

    root = optimize.brentq(lambda n: power(n) - 0.9, 5, 1000, xtol=1e-10)
    assert qa.sample_size_for_correlation(correlation=0.4, power=0.9)["initial"] == pytest.approx(root, rel=1e-9)


def test_the_examples_in_the_documentation_run() -> None:
    result = doctest.testmod(sample_size)
    assert result.attempted > 5
    assert result.failed == 0
