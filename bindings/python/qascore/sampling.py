"""Stratified samples: how many conversations to draw, and the plan."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import Frame, Labels, build_frame
from ._render import html_table, text_table
from ._results import Result
from .errors import ArgumentError, DataError, check_choice

__all__ = ["PlannedStratum", "RecordedDraw", "SamplingPlan", "allocate"]

MISSING = "(missing)"
StratumKey: TypeAlias = Any  # a label, or a tuple of labels where strata have several columns

PLAN_MADE = "allocate(frame, strata=..., size=...) makes one, SamplingPlan.from_json reads one"


@dataclass(frozen=True)
class PlannedStratum:
    """One stratum of a plan.

    Attributes
    ----------
    labels : tuple
        One label per strata column; None for conversations without a label.
    population : int
        Conversations it holds.
    sample_size : int
        Conversations to draw from it.
    inclusion_probability : float
        Chance of each of its conversations to be drawn, a fraction.
    design_weight : float
        The inverse: how many conversations a drawn one stands for; infinite where nothing is drawn.
    certainty : bool
        Whether it is taken whole.
    target : float
        Real-valued size before rounding.
    minimum, maximum : int
        Bounds of the size, cut to the population.
    """

    labels: tuple[Any, ...]
    population: int
    sample_size: int
    inclusion_probability: float
    design_weight: float
    certainty: bool
    target: float
    minimum: int
    maximum: int


@dataclass(frozen=True)
class RecordedDraw:
    """The draw that a plan was used for.

    Attributes
    ----------
    seed : int
    id_kind : {"integer", "text", "row"}
        What identified the conversations.
    method : str
        As `draw` takes it.
    size_measure, order_by : str or None
        Columns that chances were proportional to, and that made the list of a systematic sample.
    targets : tuple of (str, float or None, int or None)
        Targeted parts: column of flags, rate, count; one of the two.
    without_chance : int
        Conversations that were left out as they had no chance to be drawn.
    start, direction : float, str
        Where on the circle of random numbers the sample begins, and which way it goes.
    random_numbers : str or None
        Column of random numbers that took the place of the seed.
    earlier : (str, SamplingPlan) or None
        "avoid" or "keep", and the plan of the earlier sample with its own recorded draw.
    """

    seed: int | None
    id_kind: str
    method: str = "simple"
    size_measure: str | None = None
    order_by: str | None = None
    targets: tuple[tuple[str, float | None, int | None], ...] = ()
    without_chance: int = 0
    start: float = 0.0
    direction: str = "up"
    random_numbers: str | None = None
    earlier: tuple[str, SamplingPlan] | None = None

    @property
    def how(self) -> str:
        """The method, and whether there were targeted parts; Poisson parts make one Poisson sample."""
        return how_drawn(self.method, [count is None for *_, count in self.targets])


def how_drawn(method: str, by_rate: Sequence[bool]) -> str:
    """The method in a word, with targeted parts that are `by_rate` or not; Poisson parts make one Poisson sample."""
    return method if not by_rate or (method == "poisson" and all(by_rate)) else f"{method} and targeted"


class SamplingPlan(Result):
    """How many conversations each stratum holds, how many are to be drawn, and how that came about.

    Made by `allocate`, used by `draw` and `SampleDesign`; kept as JSON so that an audit can draw the same sample again.
    Immutable.
    """

    CAUTION: ClassVar[str] = "What is drawn speaks for all only by way of the plan: estimates weight it, a plain mean does not."

    __slots__ = ("_backend", "_core")

    def __init__(self, core: _core.SamplingPlan, backend: str | None = None) -> None:
        self._core = core
        self._backend = backend

    @classmethod
    def from_json(cls, text: str, *, name: str = "sampling plan") -> SamplingPlan:
        """Reads what `to_json` wrote; `name` stands in messages about what is wrong in it."""
        return cls(_core.SamplingPlan.from_json(text, name))

    def to_json(self) -> str:
        """The plan as JSON text, without loss; the seed stands as text."""
        return self._core.to_json()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the strata columns."""
        return tuple(name for name, _ in self._core.columns())

    @property
    def strata(self) -> tuple[PlannedStratum, ...]:
        """The strata, ascending by their labels."""
        kinds = [kind for _, kind in self._core.columns()]
        return tuple(
            PlannedStratum(**{**row, "labels": tuple(map(label_of, row["labels"], kinds))})
            for row in self._core.strata()
        )

    @property
    def population_size(self) -> int:
        """Conversations in all strata."""
        return self._core.population_size()

    @property
    def sample_size(self) -> int:
        """Conversations to draw."""
        return self._core.sample_size()

    @property
    def method(self) -> str:
        """What sizes are proportional to: proportional, equal, neyman, power, measure, rates or counts."""
        return str(self._core.origin()["method"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about the plan: bounds that were cut, strata from which nothing is drawn."""
        return tuple(self._core.origin()["notes"])

    @property
    def recorded_draw(self) -> RecordedDraw | None:
        """The draw it was used for, where recorded."""
        found = self._core.recorded_draw()
        if found is None:
            return None
        earlier = found["earlier"] and (found["earlier"][0], SamplingPlan.from_json(found["earlier"][1], name="earlier plan"))
        return RecordedDraw(**{**found, "targets": tuple(found["targets"]), "earlier": earlier})

    @property
    def certainty_strata(self) -> tuple[tuple[Any, ...], ...]:
        """Labels of the strata that are taken whole: their figures carry no sampling error."""
        return tuple(s.labels for s in self.strata if s.certainty)

    @property
    def recorded_content(self) -> tuple[str, int] | None:
        """Kind of id and content hash of the conversations the plan was made for, where `allocate` was given `id`."""
        return self._core.recorded_content()

    def expected_std_error(self, sd: Mapping[StratumKey, float], *, rounded: bool = True) -> float:
        """The standard error that the plan will give a mean, before anything is evaluated.

        Parameters
        ----------
        sd : mapping
            Standard deviation of the variable within each stratum (divisor N - 1), e.g. from last month's sample.
        rounded : bool
            False: of the real-valued sizes before rounding.

        Examples
        --------
        >>> import pandas as pd, qascore as qa
        >>> calls = pd.DataFrame({"queue": ["phone"] * 900 + ["chat"] * 100})
        >>> plan = qa.allocate(calls, strata="queue", size=60, method="neyman", sd={"phone": 0.1, "chat": 0.3})
        >>> round(plan.expected_std_error({"phone": 0.1, "chat": 0.3}), 4)
        0.0149
        """
        return self._core.expected_std_error(_by_stratum("sd", sd, _number), rounded)

    def with_draw(
        self,
        *,
        seed: int | None,
        id_kind: str,
        method: str = "simple",
        size_measure: str | None = None,
        order_by: str | None = None,
        targeted_rates: Mapping[str, float] | None = None,
        targeted_counts: Mapping[str, int] | None = None,
        without_chance: int = 0,
        start: float = 0.0,
        direction: str = "up",
        random_numbers: str | None = None,
        avoid: SamplingPlan | None = None,
        keep: SamplingPlan | None = None,
    ) -> SamplingPlan:
        """The same plan with the draw written in it, for the record; arguments as those of `draw`.

        `redraw` draws the same sample again from the record and the conversations. A `SampleDesign` with such a plan knows how
        the sample was drawn: it takes Poisson samples as such, and refuses the plan for draws that its counts do not speak
        for. In place of an earlier sample, `avoid` and `keep` take its plan with its own draw recorded.

        Examples
        --------
        >>> import pandas as pd, qascore as qa
        >>> calls = pd.DataFrame({"id": range(100), "minutes": range(1, 101)})
        >>> plan = qa.allocate(calls, size=10)
        >>> plan = plan.with_draw(seed=1, id_kind="integer", method="pareto", size_measure="minutes")
        >>> qa.SamplingPlan.from_json(plan.to_json()).recorded_draw.method
        'pareto'
        """
        kind = check_choice("id_kind", id_kind, ("integer", "text", "row"))
        check_choice("method", method, ("simple", *_core.PPS_METHODS))
        targets: list[tuple[str, float | None, int | None]] = [
            (str(name), _number(f"targeted_rates[{name!r}]", rate), None) for name, rate in (targeted_rates or {}).items()
        ]
        targets += [
            (str(name), None, _whole(f"targeted_counts[{name!r}]", n)) for name, n in (targeted_counts or {}).items()
        ]
        down = check_choice("direction", direction, ("up", "down")) == "down"
        if not 0.0 <= _number("start", start) < 1.0:
            raise ArgumentError(f"start: expected a number from 0 to below 1 but found {start!r}")
        if random_numbers is not None and seed is not None:
            raise ArgumentError("seed: expected None, as random_numbers are given")
        core = self._core.with_draw(
            0 if random_numbers is not None else checked_seed(seed), kind, method, size_measure or "", order_by or "", targets,
            _whole("without_chance", without_chance) or 0, float(start), down, random_numbers or "", _earlier(avoid, keep),
        )  # fmt: skip
        return SamplingPlan(core, self._backend)

    def to_dict(self) -> dict[str, Any]:
        """All there is to know, as plain values."""
        return {
            **self._core.origin(),
            "columns": list(self.columns),
            "population_size": self.population_size,
            "sample_size": self.sample_size,
            "draw": _draw_record(self.recorded_draw),
            "content": self.recorded_content,
            "strata": [vars(s).copy() for s in self.strata],
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per stratum, in the kind of frame the conversations came in."""
        strata = self.strata
        columns: dict[str, list[Any]] = {
            name: [s.labels[c] for s in strata] for c, name in enumerate(self.columns)
        }
        for name in ("population", "sample_size", "inclusion_probability", "design_weight", "certainty", "target"):
            columns[name] = [getattr(s, name) for s in strata]
        return build_frame(columns, backend or self._backend)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = [*self.columns, "population", "sample_size", "inclusion_probability", ""]
        rows: list[list[object]] = []
        for s in self.strata:
            labels: list[object] = [MISSING if label is None else str(label) for label in s.labels]
            certainty = "certainty" if s.certainty else ""
            rows.append([*labels, s.population, s.sample_size, s.inclusion_probability, certainty])
        return header, rows

    def _said(self) -> str:
        """The plan in a sentence."""
        return f"{self.sample_size} of {self.population_size} conversations, {self.method} allocation"

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Sample sizes by stratum as bars, with what each holds, on matplotlib axes. Options: `label`."""
        from ._plots import bar_plot

        strata = self.strata
        names = [", ".join(MISSING if label is None else str(label) for label in s.labels) or "all" for s in strata]
        shown: dict[str, Any] = {"label": "conversations to draw", "texts": [f"{s.sample_size:,} of {s.population:,}" for s in strata]}
        return bar_plot(names, [s.sample_size for s in strata], ax, **(shown | options))

    def __repr__(self) -> str:
        header, rows = self._table()
        notes = "".join(f"\nnote: {note}" for note in self.notes)
        return f"{text_table(header, rows)}\n{self._said()}{notes}"

    def _repr_html_(self) -> str:
        header, rows = self._table()
        return html_table(header, rows, ". ".join([self._said(), *self.notes]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SamplingPlan) and self._core.equals(other._core)

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.to_json(), self._backend)


def _unpickled(text: str, backend: str | None) -> SamplingPlan:
    return SamplingPlan(SamplingPlan.from_json(text)._core, backend)


def _draw_record(draw: RecordedDraw | None) -> dict[str, Any] | None:
    """The draw as plain values."""
    if draw is None:
        return None
    return {**vars(draw), "earlier": draw.earlier and (draw.earlier[0], draw.earlier[1].to_dict())}


def _earlier(avoid: SamplingPlan | None, keep: SamplingPlan | None) -> tuple[str, str] | None:
    """How an earlier sample was looked at, and its plan as text."""
    if avoid is not None and keep is not None:
        raise ArgumentError("avoid: give avoid or keep, not both")
    name, plan = ("avoid", avoid) if avoid is not None else ("keep", keep)
    if plan is None:
        return None
    if not isinstance(plan, SamplingPlan) or plan.recorded_draw is None:
        what = "one without a recorded draw" if isinstance(plan, SamplingPlan) else type(plan).__name__
        raise ArgumentError(
            f"{name}: expected the plan of the earlier sample with its draw recorded (with_draw), from which it can be drawn "
            f"again, but found {what}"
        )
    return name, plan.to_json()


def allocate(
    conversations: Any,
    *,
    strata: str | Sequence[str] = (),
    size: int | None = None,
    rate: float | None = None,
    budget: float | None = None,
    std_error: float | None = None,
    rates: Mapping[StratumKey, float] | None = None,
    counts: Mapping[StratumKey, int] | None = None,
    method: str = "proportional",
    rounding: str = "largest_remainder",
    min_per_stratum: int | Mapping[StratumKey, int] | None = None,
    max_per_stratum: int | Mapping[StratumKey, int] | None = None,
    min_per: Mapping[str, int | Mapping[Any, int]] | None = None,
    sd: Mapping[StratumKey, float] | None = None,
    cost: Mapping[StratumKey, float] | None = None,
    measure: Mapping[StratumKey, float] | None = None,
    cv: Mapping[StratumKey, float] | None = None,
    power: float | None = None,
    missing_stratum: str = "refuse",
    id: str | None = None,  # noqa: A002
) -> SamplingPlan:
    """How many conversations to draw from each stratum, as a plan.

    Sizes are proportional to what the method says, between the bounds, and add up to exactly the size that was asked:
    the optimum between bounds is solved exactly, whole numbers keep the total, no stratum gives more than it holds.

    Parameters
    ----------
    conversations : frame
        One row per conversation (pandas, polars, pyarrow).
    strata : str or sequence of str
        Columns whose combinations of values are the strata. None of them: a simple random sample.
    size : int, optional
        Conversations to draw in all. Exactly one of size, rate, budget, std_error, rates and counts is given.
    rate : float, optional
        Fraction of all conversations, above 0 up to 1.
    budget : float, optional
        What the sample may cost, in the unit of `cost`.
    std_error : float, optional
        With the method "neyman": the standard error of a mean that the cheapest sample is to reach.
    rates : mapping, optional
        Fraction of each stratum, 0 to 1, as ``{label: rate}``, or ``{(label, label): rate}`` for two columns.
    counts : mapping, optional
        Conversations of each stratum.
    method : {"proportional", "equal", "neyman", "power", "measure"}
        Sizes proportional to the population; all the same; proportional to population times `sd` (over the square root
        of `cost`, if given), which makes the standard error of a mean smallest; proportional to `measure` (default: the
        population) to the `power` times `cv`, between equally precise strata (0) and the most precise whole (1);
        proportional to `measure`.
    rounding : {"largest_remainder", "optimal", "jefferson", "webster", "adams", "dean"}
        How whole numbers are made; "optimal" is the exact integer optimum of the Neyman variance.
    min_per_stratum, max_per_stratum : int or mapping, optional
        Bounds for every stratum, or for those named. Without a minimum every stratum gives at least one conversation
        (for rates and counts: what they say), so that estimates speak for all; 0 asks for the plain rule. A minimum above
        what a stratum holds takes it whole, and the plan notes it.
    min_per : mapping, optional
        A quota beside the total: ``{"agent": 4}`` asks for at least four conversations of every agent, whichever strata
        they come from, ``{"agent": {"ann": 4}}`` of one. One or two of the strata columns. The optimum under the quota is
        exact; chances stay those of the strata, sample size / population.
    sd, cost, measure, cv : mapping, optional
        What the method needs, by stratum: standard deviation, cost of one conversation, measure of size, coefficient
        of variation.
    power : float, optional
        From 0 to 1 (default 0.5), for the method "power".
    missing_stratum : {"refuse", "own"}
        Conversations without a label are refused, or are a stratum of their own, named None.
    id : str, optional
        Column of ids. The plan then records a content hash of ids and strata, and `draw` refuses other conversations
        even where every stratum holds as many.

    Returns
    -------
    SamplingPlan

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"conversation_id": range(1000), "queue": ["phone"] * 900 + ["chat"] * 100})
    >>> qa.allocate(calls, strata="queue", size=60, min_per_stratum=10)
    queue  population  sample_size  inclusion_probability
    -----  ----------  -----------  ---------------------
    chat          100           10                 0.1000
    phone         900           50                0.05556
    60 of 1000 conversations, proportional allocation

    At least 25 of every agent, whichever queue they come from:

    >>> calls["agent"] = ["ann" if i % 9 == 0 else "bo" for i in range(1000)]
    >>> qa.allocate(calls, strata=["queue", "agent"], size=60, min_per={"agent": 25}).to_frame().groupby(
    ...     "agent")["sample_size"].sum().to_dict()
    {'ann': 25, 'bo': 35}
    """
    frame = Frame.of(conversations, argument="conversations")
    names = (strata,) if isinstance(strata, str) else tuple(strata)
    own = check_choice("missing_stratum", missing_stratum, ("refuse", "own")) == "own"
    options = allocation_options(
        size=size, rate=rate, budget=budget, std_error=std_error, rates=rates, counts=counts, method=method,
        rounding=rounding, min_per_stratum=min_per_stratum, max_per_stratum=max_per_stratum, min_per=min_per, sd=sd,
        cost=cost, measure=measure, cv=cv, power=power,
    )
    ids = None if id is None else frame.ids(id)
    return SamplingPlan(_core.allocate(strata_columns(frame, names), len(frame), own, options, ids), frame.backend)


def allocation_options(
    *,
    size: int | None = None,
    rate: float | None = None,
    budget: float | None = None,
    std_error: float | None = None,
    rates: Mapping[StratumKey, float] | None = None,
    counts: Mapping[StratumKey, int] | None = None,
    method: str = "proportional",
    rounding: str = "largest_remainder",
    min_per_stratum: int | Mapping[StratumKey, int] | None = None,
    max_per_stratum: int | Mapping[StratumKey, int] | None = None,
    min_per: Mapping[str, int | Mapping[Any, int]] | None = None,
    sd: Mapping[StratumKey, float] | None = None,
    cost: Mapping[StratumKey, float] | None = None,
    measure: Mapping[StratumKey, float] | None = None,
    cv: Mapping[StratumKey, float] | None = None,
    power: float | None = None,
) -> dict[str, Any]:
    """The options of `allocate`, checked, as the core takes them."""
    return {
        "size": _whole("size", size, least=1),
        "rate": _optional_number("rate", rate),
        "budget": _optional_number("budget", budget),
        "std_error": _optional_number("std_error", std_error),
        "rates": _by_stratum("rates", rates, _number),
        "counts": _by_stratum("counts", counts, _whole),
        "method": check_choice("method", method, _core.ALLOCATION_METHODS),
        "rounding": check_choice("rounding", rounding, _core.ALLOCATION_ROUNDINGS),
        "min_per_stratum": _bound("min_per_stratum", min_per_stratum),
        "max_per_stratum": _bound("max_per_stratum", max_per_stratum),
        "sd": _by_stratum("sd", sd, _number),
        "cost": _by_stratum("cost", cost, _number),
        "measure": _by_stratum("measure", measure, _number),
        "cv": _by_stratum("cv", cv, _number),
        "power": _optional_number("power", power),
        "min_per": _quota(min_per),
    }


def checked_seed(seed: int | None) -> int:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= int(seed) < 2**64:
        raise ArgumentError(f"seed: expected a whole number from 0 to 2**64 - 1 but found {seed!r}")
    return int(seed)


def _whole(argument: str, value: Any, least: int = 0) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= int(value) < 2**63:
        raise ArgumentError(f"{argument}: expected a whole number >= {least} but found {value!r}")
    return int(value)


def _number(argument: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ArgumentError(f"{argument}: expected a number but found {value!r}")
    return float(value)


def _optional_number(argument: str, value: Any) -> float | None:
    return None if value is None else _number(argument, value)


def _label_text(label: Any) -> str:
    """A label as plans write it: the same text that C++ gives it."""
    if label is None:
        return MISSING
    if isinstance(label, str):
        return label
    if isinstance(label, (bool, np.bool_)):
        return "true" if label else "false"
    if isinstance(label, (int, np.integer)):
        return str(int(label))
    if isinstance(label, (datetime.date, datetime.time)):
        return label.isoformat()
    raise DataError(
        f"strata: expected labels as text, whole numbers, booleans or dates but found {label!r}; group them into classes of text (a band, a month)"
    )


def label_of(text: str, kind: str) -> Any:
    if text == MISSING:
        return None
    if kind == "integer":
        return int(text)
    return text == "true" if kind == "boolean" else text


def _kind_of(labels: Sequence[Any]) -> str:
    if labels and all(isinstance(label, (bool, np.bool_)) for label in labels):
        return "boolean"
    if labels and all(isinstance(label, (int, np.integer)) for label in labels):
        return "integer"
    return "text"


def _key(labels: StratumKey) -> list[str]:
    return [_label_text(label) for label in labels] if isinstance(labels, tuple) else [_label_text(labels)]


def _by_stratum(argument: str, given: Mapping[StratumKey, Any] | None, check: Any) -> list[tuple[list[str], Any]]:
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise ArgumentError(f"{argument}: expected a mapping from strata to numbers but found {given!r}")
    if not given:
        raise ArgumentError(f"{argument}: expected at least one stratum but found an empty mapping")
    return [(_key(key), check(f"{argument}[{key!r}]", value)) for key, value in given.items()]


def _bound(argument: str, given: int | Mapping[StratumKey, int] | None) -> Any:
    return _by_stratum(argument, given, _whole) if isinstance(given, Mapping) else _whole(argument, given)


def _quota(given: Mapping[str, int | Mapping[Any, int]] | None) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not given:
        raise ArgumentError(f'min_per: expected a mapping from a strata column to a minimum, as in {{"agent": 4}}, but found {given!r}')
    return {str(column): _bound(f"min_per[{column!r}]", minimum) for column, minimum in given.items()}


def _day_of(backend: str, name: str) -> str:
    """How to make a day of a point in time."""
    if backend == "pandas":
        return f'frame["{name}"].dt.date, or frame["{name}"].dt.strftime("%Y-%m")'
    if backend == "polars":
        return f'pl.col("{name}").dt.date(), or pl.col("{name}").dt.strftime("%Y-%m")'
    return "its date"


def strata_columns(frame: Frame, names: Sequence[str]) -> list[tuple[str, str, npt.NDArray[np.uint32], list[str]]]:
    """Name, kind, codes and the labels' text of each strata column."""
    frame.require(*names, argument="strata")
    columns = []
    for name in names:
        labels: Labels = frame.labels(name)
        times = [v for v in labels.labels if isinstance(v, datetime.datetime) and v.time() != datetime.time()]
        if times:
            raise DataError(
                f'strata: column "{name}" ({len(labels.labels):,} different labels): expected labels as text, whole numbers, '
                f'booleans or dates but found points in time, as {times[0]}; make a column of the day or the month first, such as '
                f'{_day_of(frame.backend, name)}'
            )
        try:
            texts = [_label_text(v) for v in labels.labels]
        except DataError as error:
            found = str(error).removeprefix("strata: ")
            raise DataError(f'strata: column "{name}" ({len(labels.labels):,} different labels): {found}') from None
        columns.append((name, _kind_of(labels.labels), labels.codes, texts))
    return columns
