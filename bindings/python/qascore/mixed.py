"""Mixed models: how much of the differences is agents', raters', conversations', and how much is error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy.typing as npt

from . import _core
from ._frames import build_frame
from ._model_rows import ModelRows, check_interval, coefficients_of, columns_argument, tested
from ._render import html_table, number, text_table
from ._results import EstimateTable, Result, TestedEstimate, estimate_table
from .errors import ArgumentError, check_choice

__all__ = ["MixedModel", "mixed_model"]


@dataclass(frozen=True, repr=False)
class MixedModel(Result):
    """A fitted mixed model; made by :func:`mixed_model`.

    Attributes
    ----------
    outcome : str
    variances : EstimateTable
        One row per factor with the test that it is 0, then the residual; `model.variances["agent"]`.
    coefficients : EstimateTable
        The fixed part: the intercept first.
    reml_criterion : float
        -2 log restricted likelihood.
    n, missing : int
        Rows in the model, and rows left out.
    iterations : int
    converged : bool
        Whether the optimum was reached.
    undefined : str or None
        Why there is no fit.
    """

    CAUTION: ClassVar[str] = "Variances of few levels are hardly known, and a model says what goes together, not why."

    outcome: str
    variances: EstimateTable
    coefficients: EstimateTable
    reml_criterion: float
    n: int
    missing: int
    iterations: int
    converged: bool
    undefined: str | None
    _effects: dict[str, tuple[list[Any], dict[str, npt.NDArray[Any]]]] = field(default_factory=dict, repr=False)
    backend: str | None = None

    def effects(self, factor: str, backend: str | None = None) -> Any:
        """Predicted effects of a factor's levels, as a frame: the label, value, std_error (of prediction), df, n."""
        check_choice("factor", factor, self._effects)
        labels, columns = self._effects[factor]
        return build_frame({factor: labels, **columns}, backend or self.backend)

    def to_dict(self) -> dict[str, Any]:
        """All but the effects, in full precision."""
        return {
            "outcome": self.outcome,
            "variances": self.variances.to_dict()["rows"],
            "coefficients": self.coefficients.to_dict()["rows"],
            "reml_criterion": self.reml_criterion,
            "n": self.n,
            "missing": self.missing,
            "iterations": self.iterations,
            "converged": self.converged,
            "undefined": self.undefined,
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """The variances, one row each."""
        return self.variances.to_frame(backend)

    def _said(self) -> str:
        """The variances in words."""
        if self.undefined is not None:
            return f"The model of {self.outcome} is undefined: {self.undefined}."
        lines = [one._said() for one in self.variances]
        if not self.converged:
            lines.append("The search for the optimum did not converge: take the figures as a sketch.")
        return "\n".join(lines)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The variances with intervals, on matplotlib axes; options as in `EstimateTable.plot`."""
        return self.variances.plot(ax, **options)

    def _caption(self) -> str:
        if self.undefined is not None:
            return f"{self.outcome}: undefined: {self.undefined}"
        left = f", {self.missing} left out" if self.missing else ""
        return f"{self.outcome}: {number(self.n)} rows{left}, REML criterion {number(self.reml_criterion, 8)}"

    def __repr__(self) -> str:
        shown = [text_table(*table._table()) for table in (self.variances, self.coefficients) if len(table)]
        return "\n\n".join([*shown, self._caption()])

    def _repr_html_(self) -> str:
        parts = [table for table in (self.variances, self.coefficients) if len(table)]
        return "".join(html_table(*table._table(), caption=self._caption()) for table in parts) or html_table(
            ["undefined"], [[self.undefined or ""]], self._caption()
        )


def mixed_model(
    frame: Any,
    outcome: str,
    *,
    random: Sequence[str],
    fixed: Sequence[str] = (),
    confidence: float = 0.95,
    interval: str = "automatic",
    missing: str = "error",
) -> MixedModel:
    """Variance components of crossed or nested random factors by restricted maximum likelihood.

    outcome = intercept + fixed part + one random effect per factor + error. Factors may be crossed, nested and unbalanced
    in any way; the fit is that of lme4's `outcome ~ fixed + (1 | a) + (1 | b)`.

    Parameters
    ----------
    frame : frame
        One row per value; rows count alike.
    outcome : str
        Column of numbers.
    random : sequence of str
        Columns of labels, each a factor with effects drawn from a normal distribution.
    fixed : sequence of str
        Columns of numbers; a column of text gives one term for each label but the first.
    confidence : float
    interval : {"automatic", "profile", "information"}
        Limits of the variances: all values that a likelihood ratio test does not reject (they hold at 0, too);
        Satterthwaite's from the information; or the first, but the second for 50 levels or more with a variance of 4 standard
        errors or more, where both agree.
    missing : {"error", "drop"}

    Returns
    -------
    MixedModel
        A variance of 0 is an answer: no positive value fits better. Tests of 0 are likelihood ratios on the boundary
        (half the p of chi-squared with 1 df), cautious with few levels.

    Notes
    -----
    Fixed effects are generalised least squares with Satterthwaite's degrees of freedom. Effects are best linear unbiased
    predictions; their errors allow for the estimated variances to first order [1]_. The algorithm and its sources stand in
    ``kernel/mixed_model.hpp``.

    References
    ----------
    .. [1] Kass and Steffey (1989), JASA 84, 717-726, doi:10.1080/01621459.1989.10478825.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> scores = pd.DataFrame({"agent": list("aabbccdd"), "score": [7.0, 6.5, 5.0, 5.5, 8.0, 7.5, 6.0, 6.5]})
    >>> model = qa.mixed_model(scores, "score", random=["agent"])
    >>> round(model.variances["agent"].value, 4), round(model.variances["residual"].value, 4)
    (1.0208, 0.125)
    """
    names = columns_argument("random", random)
    if not names:
        raise ArgumentError("random: expected a column or several but found none")
    if len(set(names)) != len(names):
        raise ArgumentError(f"random: {next(n for n in names if names.count(n) > 1)!r} stands twice")
    check_interval(interval)
    rows = ModelRows(frame, outcome, names, columns_argument("fixed", fixed), missing)
    found = _core.fit_mixed_model(
        rows.y, [rows.of(at) for at in range(len(names))], rows.fixed, confidence, interval
    )
    rows.refuse_dependent(found["dependent"], "fixed")
    variances = variance_table(found, names, rows.frame.backend)
    coefficients = coefficients_of(found, rows.names)
    return MixedModel(
        outcome=outcome,
        variances=variances,
        coefficients=estimate_table([("term", [one.name for one in coefficients])], coefficients, rows.frame.backend),
        reml_criterion=found["reml_criterion"],
        n=found["n"],
        missing=rows.dropped,
        iterations=found["iterations"],
        converged=found["converged"],
        undefined=found["undefined"],
        _effects={
            name: (labels.labels, effects)
            for name, labels, effects in zip(names, rows.factors, found["effects"], strict=False)
        },
        backend=rows.frame.backend,
    )


def variance_table(found: dict[str, Any], factors: Sequence[str], backend: str | None) -> EstimateTable:
    """The variances, the error's last as residual."""
    names = [*factors, "residual"]
    estimates: list[TestedEstimate] = [
        tested(f"variance of {name}" if name != "residual" else "residual variance", record)
        for name, record in zip(names, found["variances"], strict=False)
    ]
    return estimate_table([("component", names[: len(estimates)])], estimates, backend)
