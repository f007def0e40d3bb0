"""What to make of each criterion of a calibration study, and what to do about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._frames import build_frame
from ._render import html_table, number, range_text, text_table
from ._results import Estimate
from .generalizability import DStudy

if TYPE_CHECKING:
    from .calibration_studies import Finding

MOST_RATERS = 20  # of one conversation, that a plan thinks of
WANTED = 0.8  # dependability that plans are to reach
VERDICTS = {
    "agreement_reliable": "reliable",
    "agreement_tentative": "tentative",
    "agreement_unclear": "too few ratings to tell",
    "agreement_below_tentative": "too low",
    "wording": "too low for all raters",
    "prevalence": "low, though raters agree",
    "undefined": "undefined",
}
TO_DO = {  # of a criterion: what, and the section that shows why; {n} are conversations, {rater} is who
    "undefined": ("see why", "agreement"),
    "one_rater": ("talk with {rater} first", "form"),
    "wording": ("look at the wording, and how often each level occurs", "form"),
    "prevalence": ("rate conversations on which answers differ", "agreement"),
    "reason_unclear": ("double-score more before blaming a rater", "form"),
    "agreement_below_tentative": ("look at answers and pairs of raters", "form"),
    "agreement_unclear": ("double-score about {n} conversations", "gains"),
    "agreement_tentative": ("average several raters where one score decides", "gains"),
    "agreement_reliable": ("nothing now", "agreement"),
}
MORE = "double-score more conversations"  # where it is not known how many, or these are not enough


@dataclass(frozen=True)
class Verdict:
    """What to make of one criterion.

    Attributes
    ----------
    criterion : label or None
        None in a study of one criterion without a name.
    level : str
        Of Krippendorff's alpha.
    alpha : Estimate
    verdict, to_do : str
        In words; they hold for all criteria at once.
    section : str
        The part of the page that shows why.
    raters_needed : int or None
        Of how many raters the mean reaches a dependability of .8; None where it is unknown or not even 20 do.
    no_raters : str
        Why it is None.
    units_needed : int or None
        Units that two raters each rate, for alpha to within the margin of the study.
    change : Estimate or None
        Alpha now minus alpha in the previous study.
    """

    criterion: Any
    level: str
    alpha: Estimate
    verdict: str
    to_do: str
    section: str
    raters_needed: int | None
    no_raters: str
    units_needed: int | None
    change: Estimate | None


def verdict_on(
    criterion: Any,
    level: str,
    alpha: Estimate,
    findings: Sequence[Finding],
    plan: DStudy | None,
    units: int | None,
    change: Estimate | None,
) -> Verdict:
    """The verdict on one criterion from what was found of it."""
    kinds = {finding.kind: finding for finding in findings if finding.criterion == criterion}
    verdict = next((VERDICTS[kind] for kind in ("wording", "agreement_unclear", "prevalence", *VERDICTS) if kind in kinds and kind in VERDICTS), "")
    rater = kinds["one_rater"].rater if "one_rater" in kinds else ""
    if "one_rater" in kinds:
        verdict = f"too low because of {rater}"
    to_do, section = next((TO_DO[kind] for kind in TO_DO if kind in kinds), ("", ""))
    if "{n}" in to_do and (units is None or units <= alpha.n):
        to_do = MORE
    raters, why = _raters_needed(plan)
    return Verdict(
        criterion, level, alpha, verdict, to_do.format(n=number(units), rater=rater), section, raters, why, units, change
    )


def _raters_needed(plan: DStudy | None) -> tuple[int | None, str]:
    """Of how many raters the mean is dependable, or why nobody knows."""
    if plan is None:
        return None, ""
    if math.isnan(plan[0].dependability.value):
        return None, plan[0].dependability.undefined or "undefined"
    if plan.enough:
        return plan.enough[0].levels["rater"], ""
    return None, f"even the mean of {MOST_RATERS} raters does not reach it"


@dataclass(frozen=True, repr=False)
class StudyVerdicts:
    """What to make of each criterion, one row each; `by` is the name of the column of criteria."""

    by: str | None
    rows: tuple[Verdict, ...]
    compared: bool = False
    backend: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """One row per criterion: alpha with its limits, the verdict, what to do, raters and units needed."""
        return {"rows": [self._row(one) for one in self.rows]}

    def _row(self, one: Verdict) -> Mapping[str, Any]:
        alpha = one.alpha
        row: dict[str, Any] = {} if self.by is None else {self.by: one.criterion}
        row |= {"level": one.level, "alpha": alpha.value, "std_error": alpha.std_error, "low": alpha.low, "high": alpha.high}
        row |= {"df": alpha.df, "n": alpha.n, "confidence": alpha.confidence, "verdict": one.verdict, "to_do": one.to_do}
        row |= {"raters_needed": one.raters_needed, "units_needed": one.units_needed}
        if self.compared:
            now = one.change
            row |= {"change": math.nan if now is None else now.value, "change_low": math.nan if now is None else now.low}
            row |= {"change_high": math.nan if now is None else now.high}
        return row | {"undefined": alpha.undefined}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per criterion, in the kind of frame the data came in."""
        rows = self.to_dict()["rows"]
        names = list(rows[0]) if rows else []
        return build_frame({name: [row[name] for row in rows] for name in names}, backend or self.backend)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = [*([] if self.by is None else [self.by]), "alpha", "interval", "n", "verdict", "to do", f"raters for {WANTED}"]
        rows: list[list[object]] = []
        for one in self.rows:
            alpha = one.alpha
            keys: list[object] = [] if self.by is None else [str(one.criterion)]
            rows.append(
                [*keys, alpha.value, range_text(alpha.low, alpha.high, alpha.value), alpha.n, one.verdict, one.to_do, one.raters_needed]
            )
        return header, rows

    def __repr__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption="Criteria; verdicts hold for all of them at once")
