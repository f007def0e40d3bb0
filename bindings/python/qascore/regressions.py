"""Linear and logit regression for the population behind a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import MISSING_CODE
from ._results import EstimateTable, TestedEstimate, TestResult
from .errors import ArgumentError, DataError, check_choice
from .estimation import Numbers, Rows, Sample, _events, rows_of, with_absent

__all__ = ["Regression", "regression"]

FAMILIES = ("linear", "logit", "ordinal")
ERRORS = ("cr2", "linearized", "classical")
MISSING = ("error", "drop")


@dataclass(frozen=True, repr=False)
class Regression(EstimateTable):
    """Coefficients, one row each, with the test that it is 0; `table["term"]` is one of them.

    Attributes
    ----------
    family : str
        "linear", "logit" or "ordinal".
    r_squared, residual_sd : float
        Of a linear regression, weighted; NaN otherwise.
    log_likelihood : float
        Of a logit or ordinal one, weighted; NaN otherwise.
    undefined : str or None
        Why there is no fit, with the column to blame.
    """

    CAUTION: ClassVar[str] = "A coefficient says what goes together while the other columns stay, not what a change would bring."

    family: str = "linear"
    r_squared: float = float("nan")
    residual_sd: float = float("nan")
    log_likelihood: float = float("nan")
    undefined: str | None = None


def names_of(columns: Sequence[str], argument: str) -> list[str]:
    """Names of columns, of which there must be a list."""
    if isinstance(columns, str):
        raise ArgumentError(f'{argument}: expected a list of columns but found "{columns}"; write ["{columns}"]')
    return list(columns)


def terms_of(rows: Rows, name: str, missing: str) -> list[tuple[str, Numbers]]:
    """A column of numbers as it is; of labels, one column of 0 and 1 for each label but the first."""
    if not rows.frame.is_text(name):
        return [(name, rows.numbers(name, missing))]
    labels = rows.frame.labels(name)
    if missing == "error":
        rows._refuse(labels.codes == MISSING_CODE, name, "label")
    out = [(f"{name} is {label}", rows.by_unit(column)) for label, column in labels.indicators()]
    if not out:
        found = f"found {labels.labels[0]!r} only" if labels.labels else "found none"
        raise DataError(f'{rows.frame.argument}: column "{name}": expected two labels or more but {found}')
    return out


def _categories(rows: Rows, column: str, levels: Sequence[Any] | None, missing: str) -> tuple[Numbers, list[Any]]:
    labels = rows.frame.labels(column)
    order = list(labels.labels) if levels is None else list(levels)
    for label in labels.labels:
        if label not in order:
            raise ArgumentError(f"levels: {label!r}, which column {column} holds, is not among {order!r}")
    gaps = labels.codes == MISSING_CODE
    if missing == "error":
        rows._refuse(gaps, column, "label")
    place = np.array([*(order.index(label) for label in labels.labels), np.nan])
    codes = place[np.where(gaps, len(labels.labels), labels.codes)]
    return rows.by_unit(codes), order


def regression(
    sample: Sample,
    outcome: str,
    predictors: Sequence[str],
    *,
    family: str = "linear",
    equals: Any = None,
    levels: Sequence[Any] | None = None,
    errors: str = "cr2",
    confidence: float = 0.95,
    missing: str = "error",
) -> Regression:
    """Regression of one column on others, for the population.

    Parameters
    ----------
    sample : SampleDesign or frame
        A frame stands for independent rows. With agents as the design's clusters the errors allow for whatever the
        conversations of an agent share.
    outcome : str
        Column of numbers (linear), of booleans, 0 and 1, or with `equals` of labels (logit), of ordered labels (ordinal).
    predictors : sequence of str
        Columns of numbers; a column of text gives one term for each label but the first.
    family : {"linear", "logit", "ordinal"}
        Least squares; log odds of the outcome; proportional odds of higher categories, with thresholds between them.
    equals : optional
        The label of the outcome to predict (logit).
    levels : sequence, optional
        The outcome's labels in ascending order (ordinal). Default: as they sort.
    errors : {"cr2", "linearized", "classical"}
        Bias-reduced linearisation with degrees of freedom for each term, which holds for few clusters and rare terms too
        [1]_ [2]_; a term that one cluster or row alone determines has no interval, and calibrated weights are refused. Or
        the variance engine's, as R's survey: too small where a term rests on little. Neither needs an assumption on
        the residuals. Or the model's own (with weights as counts of equal rows in logit models).
    confidence : float
        Level of the intervals, a fraction.
    missing : {"error", "drop"}
        Refuse missing values, or leave out the units that lack one.

    Returns
    -------
    Regression
        A table with one row per term: the intercept first, or after the predictors the thresholds ("low | middle").

    References
    ----------
    .. [1] Bell and McCaffrey (2002), Survey Methodology 28, 169-181.
    .. [2] Pustejovsky and Tipton (2018), Journal of Business and Economic Statistics 36, 672-683,
       doi:10.1080/07350015.2016.1247004.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"minutes": [2, 4, 6, 8, 10], "score": [0.9, 0.86, 0.8, 0.79, 0.7]})
    >>> round(qa.regression(calls, "score", ["minutes"])["minutes"].value, 4)
    -0.0235
    """
    rows = rows_of(sample)
    check_choice("family", family, FAMILIES)
    check_choice("errors", errors, ERRORS)
    check_choice("missing", missing, MISSING)
    if equals is not None and family != "logit":
        raise ArgumentError(f'equals: is for family "logit", not "{family}"')
    if levels is not None and family != "ordinal":
        raise ArgumentError(f'levels: is for family "ordinal", not "{family}"')
    order: list[Any] = []
    if family == "linear":
        y = rows.numbers(outcome, missing)
    elif family == "logit":
        y = _events(rows, outcome, equals, missing)
    else:
        y, order = _categories(rows, outcome, levels, missing)
    for name, values in ((outcome, y),) if family != "linear" else ():
        between = ~np.isnan(values) & (values != np.floor(values))
        if between.any():
            raise DataError(f'{rows.frame.argument}: column "{name}": repeats of one unit disagree; average cannot be taken')
    terms = [term for name in names_of(predictors, "predictors") for term in terms_of(rows, name, missing)]
    found = _core.fit_regression(
        rows.core(), y, [values for _, values in terms], family, len(order), confidence, errors
    )
    names = [name for name, _ in terms]
    undefined = found["undefined"]
    if found["fault"] is not None:
        undefined = f"{names[found['fault']]}: {undefined}"
    if family == "ordinal":
        names += [f"{low} | {high}" for low, high in zip(order[:-1], order[1:], strict=True)]
    else:
        names.insert(0, "intercept")
    estimates = []
    for name, (record, test) in zip(names, found["coefficients"], strict=True):
        if undefined is not None:
            record = record | {"undefined": undefined}
        record = with_absent(record, *rows.absent_by(None))
        estimates.append(TestedEstimate.from_core(name + rows.scope, record, test=TestResult.from_core(test)))
    return Regression(
        (("term", tuple(names)),),
        tuple(estimates),
        rows.frame.backend,
        family=family,
        r_squared=found["r_squared"],
        residual_sd=found["residual_sd"],
        log_likelihood=found["log_likelihood"],
        undefined=undefined,
    )
