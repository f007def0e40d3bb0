# The compiled kernels. A test compares this stub with the module: names and parameters.
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

__version__: str

# columns
class TextColumn:
    @staticmethod
    def from_arrow(producer: Any) -> TextColumn: ...
    @staticmethod
    def from_objects(values: Any) -> TextColumn: ...
    def __len__(self) -> int: ...
    def __getitem__(self, row: int) -> str | None: ...
    def missing(self) -> npt.NDArray[np.int64]: ...
    def encode(self) -> tuple[npt.NDArray[np.uint32], list[str]]: ...

def encode_integers(values: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]: ...

# simulation
NOT_APPLICABLE_LEVEL: int
UNBIASED_RATER: int
ERROR_FREE_RATER: int

def answers_by_merit(rubric: Rubric) -> list[tuple[str, list[str], bool]]: ...
def simulation_settings() -> dict[str, float]: ...

class SimulatedCentre:
    def __init__(self, seed: int, settings: dict[str, Any]) -> None: ...
    def settings(self) -> dict[str, float]: ...
    def conversations(self) -> dict[str, Any]: ...
    def latent(self) -> dict[str, Any]: ...
    def agents(self) -> dict[str, Any]: ...
    def raters(self) -> dict[str, Any]: ...
    def easiness(self, criterion: int) -> float: ...
    def assign(
        self, seed: int, rows: npt.NDArray[np.uint64], raters_per_conversation: int, double_scored: float
    ) -> dict[str, Any]: ...
    def answers(
        self,
        levels: npt.NDArray[np.uint32],
        not_applicable: npt.NDArray[np.float64],
        noise: npt.NDArray[np.float64],
        conversation: npt.NDArray[np.uint64],
        rater: npt.NDArray[np.uint32],
    ) -> npt.NDArray[np.uint8]: ...

# sampling
ALLOCATION_METHODS: list[str]
ALLOCATION_ROUNDINGS: list[str]
PPS_METHODS: list[str]

class SamplingPlan:
    @staticmethod
    def from_json(text: str, name: str) -> SamplingPlan: ...
    def to_json(self) -> str: ...
    def columns(self) -> list[tuple[str, str]]: ...
    def strata(self) -> list[dict[str, Any]]: ...
    def stratum_names(self) -> list[str]: ...
    def sample_sizes(self) -> npt.NDArray[np.int64]: ...
    def origin(self) -> dict[str, Any]: ...
    def recorded_draw(self) -> dict[str, Any] | None: ...
    def with_draw(
        self,
        seed: int,
        id: str,
        method: str,
        size_measure: str,
        order_by: str,
        targets: list[tuple[str, float | None, int | None]],
        without_chance: int,
        start: float,
        down: bool,
        random_numbers: str,
        earlier: tuple[str, str] | None,
    ) -> SamplingPlan: ...
    def recorded_content(self) -> tuple[str, int] | None: ...
    def check_content(
        self, ids: npt.NDArray[np.int64] | TextColumn | int, stratum: npt.NDArray[np.uint32]
    ) -> None: ...
    def expected_std_error(self, sd: list[tuple[list[str], float]], rounded: bool) -> float: ...
    def population_size(self) -> int: ...
    def sample_size(self) -> int: ...
    def equals(self, other: SamplingPlan) -> bool: ...

class Reservoir:
    def __init__(self, n: int, seed: int) -> None: ...
    def add(self, rows: int) -> None: ...
    def seen(self) -> int: ...
    def rows(self) -> npt.NDArray[np.int64]: ...
    def inclusion_probability(self) -> float: ...

class DrawSketch:
    def __init__(self, capacity: int, seed: int, text: bool) -> None: ...
    def text(self) -> bool: ...
    def add(self, columns: Any, rows: int, ids: npt.NDArray[np.int64] | TextColumn) -> None: ...
    def merge(self, other: DrawSketch) -> None: ...
    def strata(self) -> list[tuple[list[str], int]]: ...
    def sample(self, labels: list[str], n: int) -> list[Any]: ...
    def entries(self, labels: list[str]) -> list[Any]: ...
    def restore(self, labels: list[str], rows: int, ids: list[Any]) -> None: ...

def allocate(
    columns: Any, rows: int, own_missing: bool, options: dict[str, Any], ids: npt.NDArray[np.int64] | TextColumn | None
) -> SamplingPlan: ...
def allocate_counts(
    columns: list[tuple[str, str]], strata: list[tuple[tuple[str, ...], int]], options: dict[str, Any]
) -> SamplingPlan: ...
def check_counts(
    plan: SamplingPlan, columns: list[tuple[str, str]], strata: list[tuple[tuple[str, ...], int]]
) -> None: ...
def match_strata(columns: Any, rows: int, plan: SamplingPlan) -> npt.NDArray[np.uint32]: ...
def draw_rows(
    ids: npt.NDArray[np.int64] | TextColumn | int,
    stratum: npt.NDArray[np.uint32],
    sample_sizes: npt.NDArray[np.int64],
    seed: int,
    threads: int = 1,
    start: float = 0.0,
    down: bool = False,
) -> npt.NDArray[np.int64]: ...
def check_unique(ids: npt.NDArray[np.int64] | TextColumn | int) -> None: ...
def draw_by_numbers(
    ids: npt.NDArray[np.int64] | TextColumn | int,
    uniform: npt.NDArray[np.float64],
    stratum: npt.NDArray[np.uint32],
    plan: SamplingPlan,
    size: npt.NDArray[np.float64] | None,
    method: str,
    exclude: bool,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], int]: ...
def draw_systematic(
    ids: npt.NDArray[np.int64] | TextColumn | int,
    stratum: npt.NDArray[np.uint32],
    plan: SamplingPlan,
    size: npt.NDArray[np.float64] | None,
    rank: npt.NDArray[np.uint32] | None,
    seed: int,
    exclude: bool,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], int]: ...
def coordinate(
    stratum: npt.NDArray[np.uint32],
    plan: SamplingPlan,
    earlier: npt.NDArray[np.uint64],
    probability: npt.NDArray[np.float64],
    avoid: bool,
    by_chance: bool,
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]: ...
def rows_of(
    ids: npt.NDArray[np.int64] | TextColumn, earlier: npt.NDArray[np.int64] | TextColumn
) -> npt.NDArray[np.uint64]: ...
def add_targets(
    ids: npt.NDArray[np.int64] | TextColumn | int,
    random: npt.NDArray[np.int64],
    stratum: npt.NDArray[np.uint32],
    plan: SamplingPlan,
    size: npt.NDArray[np.float64] | None,
    targets: list[tuple[str, npt.NDArray[np.bool_], float | None, int | None]],
    seed: int,
    exclude: bool,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.uint64], int]: ...
def turn_numbers(uniform: npt.NDArray[np.float64], start: float, down: bool) -> npt.NDArray[np.float64]: ...
def pps_probabilities(
    size: npt.NDArray[np.float64],
    stratum: npt.NDArray[np.uint32] | None,
    n: npt.NDArray[np.float64],
    certain_from: float,
) -> npt.NDArray[np.float64]: ...
def permanent_numbers(
    ids: npt.NDArray[np.int64] | TextColumn | int, seed: int, start: float = 0.0, down: bool = False
) -> npt.NDArray[np.float64]: ...

# assignment
def random_ranks(ids: npt.NDArray[np.int64] | TextColumn, seed: int) -> npt.NDArray[np.uint32]: ...
def wanted_raters(
    rank: npt.NDArray[np.uint32], double_scored: float, triple_scored: float
) -> npt.NDArray[np.uint8]: ...
def assign_raters(
    ids: npt.NDArray[np.int64] | TextColumn,
    raters: list[str],
    rank: npt.NDArray[np.uint32],
    rater_rank: npt.NDArray[np.uint32],
    wanted: npt.NDArray[np.uint8],
    rules: dict[str, Any],
    capacity: npt.NDArray[np.float64],
    minimum: npt.NDArray[np.float64] | None,
    share: npt.NDArray[np.float64] | None,
) -> dict[str, Any]: ...

# sample size
def size_for_mean(options: dict[str, Any]) -> dict[str, Any]: ...
def size_for_proportion(options: dict[str, Any]) -> dict[str, Any]: ...
def size_for_domain(options: dict[str, Any]) -> dict[str, Any]: ...
def size_for_difference(options: dict[str, Any]) -> dict[str, Any]: ...
def size_for_correlation(options: dict[str, Any]) -> dict[str, Any]: ...
def size_for_kappa(options: dict[str, Any]) -> dict[str, Any]: ...

# estimation
def check_design(
    rows: int,
    unit: npt.NDArray[np.uint32] | None,
    units: int,
    stratum: npt.NDArray[np.uint32] | None,
    strata: int,
    cluster: npt.NDArray[np.uint32] | None,
    clusters: int,
    probability: npt.NDArray[np.float64] | None,
    weight: npt.NDArray[np.float64] | None,
    population: npt.NDArray[np.float64] | None,
    repeats: str,
    single_unit: str,
    nest: bool,
    spread_absent: bool,
    clusters_whole: bool,
    poisson: bool,
    planned: npt.NDArray[np.float64] | None,
) -> dict[str, Any]: ...
def cross_codes(
    columns: list[tuple[npt.NDArray[np.uint32], int]],
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], int]: ...
def average_by_unit(
    unit_of_row: npt.NDArray[np.uint32], units: int, values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]: ...
def codes_by_unit(
    unit_of_row: npt.NDArray[np.uint32], units: int, codes: npt.NDArray[np.uint32]
) -> tuple[npt.NDArray[np.uint32], int]: ...
def leave_out_gaps(
    by: npt.NDArray[np.uint32] | None, domains: int, columns: list[npt.NDArray[np.float64]]
) -> tuple[npt.NDArray[np.uint32], list[npt.NDArray[np.float64]]]: ...
class Estimates:
    def __len__(self) -> int: ...
    def __getitem__(self, domain: int) -> dict[str, Any]: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def columns(self) -> dict[str, Any]: ...

def means(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    confidence: float,
    replicates: tuple[str, int, int, int] | None,
    threads: int = 1,
) -> Estimates: ...
def totals(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    confidence: float,
    replicates: tuple[str, int, int, int] | None,
) -> Estimates: ...
def variances(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    confidence: float,
    replicates: tuple[str, int, int, int] | None,
) -> Estimates: ...
def ratios(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    base: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    confidence: float,
    replicates: tuple[str, int, int, int] | None,
) -> Estimates: ...
def proportions(
    design: dict[str, Any] | None,
    events: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    confidence: float,
    interval: str,
    replicates: tuple[str, int, int, int] | None,
) -> Estimates: ...
def mean_difference(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32],
    domains: int,
    a: int,
    b: int,
    confidence: float,
    design_df: bool,
) -> tuple[dict[str, Any], dict[str, Any]]: ...
def design_effect(design: dict[str, Any] | None, values: npt.NDArray[np.float64]) -> dict[str, Any]: ...

# models
def net_promoter_scores(
    design: dict[str, Any] | None,
    points: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    confidence: float,
    interval: str,
) -> Estimates: ...
def means_of_cells(
    codes: npt.NDArray[np.uint32], cells: int, values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]: ...
def population_of_counts(
    design: dict[str, Any] | None, units: int, counts: npt.NDArray[np.float64]
) -> tuple[bool, int, float, npt.NDArray[np.float64] | None]: ...
def model_assisted_means(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    model: npt.NDArray[np.float64],
    population_mean: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    confidence: float,
    tuning: str,
    lam: float,
    logit: bool,
) -> list[tuple[dict[str, Any], dict[str, Any], list[float], float]]: ...
def ppi_mean(
    values: npt.NDArray[np.float64],
    model: npt.NDArray[np.float64],
    others: npt.NDArray[np.float64],
    stratum: npt.NDArray[np.uint32] | None,
    others_stratum: npt.NDArray[np.uint32] | None,
    strata: int,
    confidence: float,
    lam: float | None,
    clip: bool,
    divide_by_n: bool,
    null_value: float,
) -> tuple[dict[str, Any], dict[str, Any], list[float], float]: ...

# quantiles
def quantiles(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    by: npt.NDArray[np.uint32] | None,
    domains: int,
    p: float,
    confidence: float,
    averaged: bool,
    woodruff: bool,
    interval: str,
) -> Estimates: ...
def paired_difference(
    design: dict[str, Any] | None,
    first: npt.NDArray[np.float64],
    second: npt.NDArray[np.float64],
    all: bool,
    confidence: float,
) -> tuple[dict[str, Any], dict[str, Any]]: ...
def cronbach_alpha(
    design: dict[str, Any] | None,
    columns: list[npt.NDArray[np.float64]],
    missing: int,
    confidence: float,
) -> dict[str, Any]: ...

# regression
def fit_mixed_model(
    y: npt.NDArray[np.float64],
    factors: list[tuple[npt.NDArray[np.uint32], int]],
    fixed: list[npt.NDArray[np.float64]],
    confidence: float,
    interval: str,
) -> dict[str, Any]: ...
def rater_effects(
    score: npt.NDArray[np.float64],
    agent: tuple[npt.NDArray[np.uint32], int],
    rater: tuple[npt.NDArray[np.uint32], int],
    conversation: tuple[npt.NDArray[np.uint32], int] | None,
    case_mix: list[npt.NDArray[np.float64]],
    confidence: float,
    highest_first: bool,
    interval: str,
    seed: int | None,
    replicates: int,
    threads: int,
) -> dict[str, Any]: ...
def ordinal_rater_effects(
    category: npt.NDArray[np.uint32],
    value: npt.NDArray[np.float64],
    agent: tuple[npt.NDArray[np.uint32], int],
    rater: tuple[npt.NDArray[np.uint32], int],
    conversation: tuple[npt.NDArray[np.uint32], int] | None,
    case_mix: list[npt.NDArray[np.float64]],
    link: str,
    confidence: float,
    highest_first: bool,
) -> dict[str, Any]: ...
def g_study(
    score: npt.NDArray[np.float64],
    facets: list[tuple[tuple[npt.NDArray[np.uint32], int], int | None]],
    confidence: float,
    method: str,
    interval: str,
) -> dict[str, Any]: ...
def d_study(
    facets: list[int],
    variances: list[float],
    covariance: list[float],
    n: int,
    plans: list[list[float]],
    fixed: int,
    confidence: float,
) -> list[dict[str, Any]]: ...
def fit_regression(
    design: dict[str, Any] | None,
    outcome: npt.NDArray[np.float64],
    columns: list[npt.NDArray[np.float64]],
    family: str,
    categories: int,
    confidence: float,
    errors: str,
) -> dict[str, Any]: ...

# association
def correlate(
    design: dict[str, Any] | None,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    method: str,
    confidence: float,
    interval: str,
    missing: str,
) -> tuple[dict[str, Any], dict[str, Any]]: ...
def distance_correlation(
    design: dict[str, Any] | None,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    confidence: float,
    missing: str,
) -> tuple[dict[str, Any], dict[str, Any], float, float]: ...
def time_concordance(
    design: dict[str, Any] | None,
    score: npt.NDArray[np.float64],
    time: npt.NDArray[np.float64],
    event: npt.NDArray[np.float64],
    confidence: float,
    missing: str,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]: ...
def permutation_test(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    statistic: str,
    replicates: int,
    seed: int | None,
    threads: int,
) -> dict[str, Any]: ...
def count_pairs(
    design: dict[str, Any] | None, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> dict[str, float]: ...
def match_ids(
    left: npt.NDArray[np.int64] | TextColumn, right: npt.NDArray[np.int64] | TextColumn
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], tuple[int, int] | None]: ...

# relations
def partial_correlation(
    design: dict[str, Any] | None,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    given: list[npt.NDArray[np.float64]],
    part: str,
    method: str,
    confidence: float,
    interval: str,
    missing: str,
) -> tuple[dict[str, Any], dict[str, Any]]: ...
def partial_correlations(
    design: dict[str, Any] | None, columns: list[npt.NDArray[np.float64]], method: str, missing: str
) -> dict[str, Any]: ...
def compare_correlations(
    design: dict[str, Any] | None,
    x1: npt.NDArray[np.float64],
    y1: npt.NDArray[np.float64],
    other: dict[str, Any] | None,
    same_rows: bool,
    x2: npt.NDArray[np.float64],
    y2: npt.NDArray[np.float64],
    method: str,
    confidence: float,
    missing: str,
) -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]: ...
def independent_correlations(r1: float, n1: float, r2: float, n2: float, confidence: float) -> dict[str, Any]: ...
def overlapping_correlations(
    r12: float, r13: float, r23: float, n: float, test: str, confidence: float
) -> dict[str, Any]: ...
def nonoverlapping_correlations(
    r12: float, r34: float, r13: float, r14: float, r23: float, r24: float, n: float, confidence: float
) -> dict[str, Any]: ...
def bootstrap_pairs(
    design: dict[str, Any] | None,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    statistic: str,
    bca: bool,
    replicates: int,
    seed: int,
    confidence: float,
    threads: int,
) -> dict[str, Any]: ...
def within_between(
    design: dict[str, Any] | None,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    group: npt.NDArray[np.uint32],
    groups: int,
    confidence: float,
    interval: str,
    missing: str,
) -> dict[str, Any]: ...
def disattenuate(
    r: dict[str, Any],
    of_x: tuple[float, float, float, float],
    of_y: tuple[float, float, float, float],
    least: float,
) -> dict[str, Any]: ...
def correct_range(
    r: dict[str, Any], case: str, sd_unrestricted: float, sd_restricted: float, r_xz: float, r_yz: float
) -> dict[str, Any]: ...
def relative_importance(
    design: dict[str, Any] | None,
    outcome: npt.NDArray[np.float64],
    columns: list[npt.NDArray[np.float64]],
    group: list[int],
    confidence: float,
    missing: str,
    orders: int,
    seed: int | None,
    replicates: int,
    threads: int,
) -> dict[str, Any]: ...
def propose_weights(
    design: dict[str, Any] | None,
    outcome: npt.NDArray[np.float64],
    columns: list[npt.NDArray[np.float64]],
    today: npt.NDArray[np.float64],
    folds: int,
    repeats: int,
    seed: int,
    confidence: float,
    threads: int,
) -> dict[str, Any]: ...
def deal_folds(
    design: dict[str, Any] | None,
    rows: npt.NDArray[np.uint32],
    units: int,
    folds: int,
    seed: int,
    repeat: int,
) -> npt.NDArray[np.uint32]: ...
def response_propensity(
    design: dict[str, Any] | None,
    answered: npt.NDArray[np.float64],
    columns: list[npt.NDArray[np.float64]],
    classes: int,
    largest_factor: float,
    y: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64] | None,
    method: str,
    confidence: float,
) -> dict[str, Any]: ...
def compare_parts(
    design: dict[str, Any] | None,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    part: npt.NDArray[np.uint32],
    parts: int,
    method: str,
    confidence: float,
) -> dict[str, Any]: ...

# calibration
class Ratings:
    @staticmethod
    def from_rows(
        unit: npt.NDArray[np.uint32],
        units: int,
        rater: npt.NDArray[np.uint32] | None,
        raters: int,
        rating: npt.NDArray[np.float64],
        declared: npt.NDArray[np.float64],
        average: bool,
    ) -> Ratings: ...
    @staticmethod
    def from_matrix(
        matrix: npt.NDArray[np.float64] | npt.NDArray[np.int64], raters: int, declared: npt.NDArray[np.float64]
    ) -> Ratings: ...
    @staticmethod
    def from_counts(counts: npt.NDArray[np.int64], categories: npt.NDArray[np.float64]) -> Ratings: ...
    def duplicate(self) -> tuple[int, int] | None: ...
    def units(self) -> int: ...
    def raters(self) -> int: ...
    def anonymous(self) -> bool: ...
    def categories(self) -> npt.NDArray[np.float64]: ...
    def units_by_ratings(self) -> npt.NDArray[np.int64]: ...
    def only_raters(self, keep: npt.NDArray[np.uint8]) -> Ratings: ...
    def complete(self) -> Ratings: ...
    def for_units(self, unit: npt.NDArray[np.uint32]) -> Ratings: ...
    def agreement(
        self,
        coefficient: str,
        category_weights: npt.NDArray[np.float64] | None,
        confidence: float,
        std_error: str,
        normal: bool,
        design: Any,
    ) -> dict[str, Any]: ...
    def krippendorff_alpha(
        self,
        level: str | None,
        category_weights: npt.NDArray[np.float64] | None,
        confidence: float,
        std_error: str,
        normal: bool,
        design: Any,
    ) -> dict[str, Any]: ...
    def rows(
        self,
    ) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32] | None, npt.NDArray[np.float64]]: ...
    def icc(
        self, form: list[str], confidence: float, interval: str, null_value: float, method: str, design: Any
    ) -> list[dict[str, Any]]: ...
    def rater_summary(self, confidence: float, design: Any) -> list[dict[str, Any]]: ...
    def leave_one_rater_out(self, level: str, confidence: float, design: Any) -> list[dict[str, Any]]: ...

def measured(
    ratings: Ratings, measure: tuple[Any, ...], confidence: float, std_error: str, normal: bool, design: Any
) -> dict[str, Any]: ...
def compare_agreement(
    tables: list[Ratings], measures: list[Any], confidence: float, std_error: str, normal: bool, design: Any
) -> dict[str, Any]: ...
def resample_agreement(
    ratings: Ratings,
    measure: tuple[Any, ...],
    method: str,
    replicates: int,
    seed: int | None,
    threads: int,
    confidence: float,
    normal: bool,
    design: Any,
) -> dict[str, Any]: ...
def chance_test(
    ratings: Ratings, coefficient: str, category_weights: npt.NDArray[np.float64] | None
) -> dict[str, Any]: ...
def benchmark(value: float, std_error: float, lower: list[float], asked: float) -> dict[str, Any]: ...
def one_against_rest(ratings: Ratings, category: int) -> Ratings: ...
def weights_of_distances(matrix: npt.NDArray[np.float64], categories: int) -> npt.NDArray[np.float64]: ...
def compare_with_gold(
    ratings: Ratings, gold: int, rater: int, category_weights: npt.NDArray[np.float64] | None, confidence: float, design: Any
) -> dict[str, Any]: ...
def prmse(
    ratings: Ratings, rater: int, variance_of_errors: float, confidence: float, design: Any
) -> dict[str, Any]: ...
def dawid_skene(
    ratings: Ratings,
    same: npt.NDArray[np.uint32] | None,
    seed: int,
    starts: int,
    tolerance: float,
    iterations: int,
    smoothing: float,
    confidence: float,
) -> dict[str, Any]: ...
def concordance(
    ratings: Ratings, unbiased: bool, closed_form: bool, confidence: float, design: Any
) -> dict[str, Any]: ...
def bland_altman(
    ratings: Ratings, multiplier: float | None, interval: str, confidence: float, design: Any
) -> dict[str, Any]: ...
def kendall_w(ratings: Ratings, confidence: float, design: Any) -> dict[str, Any]: ...
def null_variance(ratings: Ratings, null: str) -> float: ...
def within_group(items: list[Ratings], null_variance: float, confidence: float, design: Any) -> dict[str, Any]: ...
def consistency(design: Any, columns: list[npt.NDArray[np.float64]], confidence: float) -> dict[str, Any]: ...
def spearman_brown(
    value: float, std_error: float, low: float, high: float, k: float
) -> tuple[float, float, float, float, str | None]: ...
def raters_for_reliability(r: float, wanted: float) -> float: ...
def ewma_chart(
    values: npt.NDArray[np.float64], center: float, sd: float, weight: float, width: float
) -> dict[str, Any]: ...
def cusum_chart(
    values: npt.NDArray[np.float64], center: float, sd: float, k: float, h: float
) -> dict[str, Any]: ...
def xbar_chart(
    values: npt.NDArray[np.float64],
    start: list[int],
    center: float,
    sd: float,
    width: float,
    spread: str,
    rules: list[str],
) -> dict[str, Any]: ...
def p_chart(
    count: npt.NDArray[np.float64], size: npt.NDArray[np.float64], center: float, width: float, rules: list[str]
) -> dict[str, Any]: ...
def ewma_width(weight: float, run_length: float) -> float: ...
def cusum_limit(k: float, run_length: float) -> float: ...
def moving_range_sd(values: npt.NDArray[np.float64]) -> float: ...
def change_point(
    values: npt.NDArray[np.float64], confidence: float, seed: int, permutations: int
) -> dict[str, Any]: ...
def deviations_from_others(ratings: Ratings, rater: int) -> npt.NDArray[np.float64]: ...
def alternative_annotator(
    ratings: Ratings,
    model: int,
    epsilon: float,
    level: float,
    squared_error: bool,
    least: int,
    confidence: float,
    design: Any,
) -> dict[str, Any]: ...
def equal_means(
    design: Any, group: npt.NDArray[np.uint32], groups: int, values: npt.NDArray[np.float64]
) -> dict[str, Any]: ...
def adjusted_p(p: npt.NDArray[np.float64], adjust: str) -> npt.NDArray[np.float64]: ...
def weight_matrix(name: str, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]: ...
def check_weight_matrix(matrix: npt.NDArray[np.float64], categories: int) -> None: ...

CRITERION_STATES: tuple[str, ...]

def is_id(text: str) -> bool: ...

NOT_APPLICABLE_CODE: int
UNANSWERED_CODE: int

class EvaluationResult:
    def to_dict(self) -> dict[str, Any]: ...
    def explain(self, language: str) -> str: ...

class Rubric:
    @staticmethod
    def load(path: str) -> Rubric: ...
    @staticmethod
    def parse(text: str, name: str) -> Rubric: ...
    def id(self) -> str: ...
    def version(self) -> str: ...
    def language(self) -> str: ...
    def content_hash(self) -> str: ...
    def title(self) -> dict[str, str]: ...
    def pass_from(self) -> float | None: ...
    def criteria(self) -> list[dict[str, Any]]: ...
    def sections(self) -> list[dict[str, Any]]: ...
    def bands(self) -> list[dict[str, Any]]: ...
    def dimensions(self) -> list[str]: ...
    def fields(self) -> list[str]: ...
    def answer_texts(self) -> list[list[str]]: ...
    def conditional_criteria(self) -> list[int]: ...
    def score_answers(
        self,
        answers: list[tuple[str, str]],
        conversation: list[tuple[str, str]],
        unanswered: str,
        unasked: str,
        coded: bool,
    ) -> EvaluationResult: ...
    def score_row(self, codes: npt.NDArray[np.uint8], row: int, unanswered: str) -> EvaluationResult: ...
    def encode_column(
        self, criterion: int, answers: npt.NDArray[np.uint32], labels: list[str], coded: bool
    ) -> tuple[npt.NDArray[np.uint8], tuple[int, list[tuple[int, str, str, int]]]]: ...
    def encode_long(
        self,
        evaluations: npt.NDArray[np.uint32],
        count: int,
        criteria: npt.NDArray[np.uint32],
        criterion_labels: list[str],
        answers: npt.NDArray[np.uint32],
        answer_labels: list[str],
        coded: bool,
    ) -> tuple[npt.NDArray[np.uint8], tuple[int, list[tuple[int, str, str, int]]]]: ...
    def encode_field(self, field: int, values: npt.NDArray[np.uint32], labels: list[str]) -> npt.NDArray[np.uint8]: ...
    def settle_codes(
        self, codes: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.uint8], tuple[int, list[tuple[int, str, str, int]]]]: ...
    def unanswered_cells(self, codes: npt.NDArray[np.uint8]) -> tuple[int, list[tuple[int, str, str, int]]]: ...
    def score_codes(
        self, codes: npt.NDArray[np.uint8], keep_incomplete: bool, threads: int
    ) -> dict[str, npt.NDArray[Any]]: ...
    def section_columns(self, codes: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.float64]]: ...
    def dimension_columns(self, codes: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.float64]]: ...
    def criterion_columns(self, codes: npt.NDArray[np.uint8], unanswered: str) -> dict[str, npt.NDArray[Any]]: ...

def rubric_definition(rubric: Rubric) -> dict[str, Any]: ...

# weighting: new weights as a dict with fault, unit, auxiliary, cell, found, asked, weight, step
def check_population(
    counts: npt.NDArray[np.float64], known: npt.NDArray[np.float64]
) -> tuple[int, float, float] | None: ...
def poststratify(
    weight: npt.NDArray[np.float64],
    cell: npt.NDArray[np.uint32],
    totals: npt.NDArray[np.float64],
    measure: npt.NDArray[np.float64] | None,
) -> dict[str, Any]: ...
def calibrate_weights(
    weight: npt.NDArray[np.float64],
    auxiliaries: list[tuple[npt.NDArray[np.uint32] | None, npt.NDArray[np.float64] | None, npt.NDArray[np.float64]]],
    method: str,
    lower: float,
    upper: float,
) -> dict[str, Any]: ...
def trim_weights(
    weight: npt.NDArray[np.float64],
    lower: float,
    upper: float,
    cell: npt.NDArray[np.uint32] | None,
    cells: int,
) -> dict[str, Any]: ...

# agents
def agent_estimates(
    design: dict[str, Any] | None,
    values: npt.NDArray[np.float64],
    agent: npt.NDArray[np.uint32],
    agents: int,
    covariates: list[npt.NDArray[np.float64]],
    confidence: float,
    between: str,
    highest_first: bool,
) -> dict[str, Any]: ...
def compare_agents(
    first: tuple[float, float, int, int, str | None],
    second: tuple[float, float, int, int, str | None],
    agents: int,
    within_df: float,
    critical: float,
    confidence: float,
) -> tuple[dict[str, Any], dict[str, float], bool]: ...
def values_by_domain(
    codes: npt.NDArray[np.uint32], domains: int, values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], int]: ...
