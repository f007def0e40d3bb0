"""Draws from streams of batches, and from parts that are merged: by ids, or where there are none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _core
from ._frames import Frame, build_frame, stacked
from ._render import html_table
from .errors import ArgumentError, DataError, check_noun
from .sampling import PLAN_MADE, SamplingPlan, allocation_options, checked_seed, label_of, strata_columns

__all__ = ["DrawSketch", "Reservoir"]

FORMAT = "qascore draw sketch"
FORMAT_VERSION = "1"


class DrawSketch:
    """What a draw has to remember of a stream: counts of all strata, and of each the smallest random numbers.

    Batches are added as they come (pyarrow tables and record batches, polars, pandas); sketches of parts are merged, in any
    order. What is drawn in the end is what `draw` draws from the whole, bit for bit, in memory that does not grow with the
    stream.

    Parameters
    ----------
    id : str
        Column of whole numbers or text in which every conversation has a value of its own. A stream does not remember all
        ids: repeated ones are noticed only where they are drawn.
    strata : str or sequence of str
        Columns whose combinations of values are the strata; none missing.
    capacity : int
        Conversations to remember of each stratum: at least the most that are to be drawn of one.
    seed : int

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> sketch = qa.DrawSketch(id="conversation_id", strata="queue", capacity=100, seed=20260101)
    >>> for day in range(7):
    ...     batch = pd.DataFrame({"conversation_id": range(1000 * day, 1000 * day + 1000)})
    ...     sketch = sketch.add(batch.assign(queue=["chat"] * 250 + ["phone"] * 750))
    >>> plan = sketch.allocate(size=60)
    >>> sketch.result(plan).groupby("queue").size().to_dict()
    {'chat': 15, 'phone': 45}
    """

    def __init__(self, *, id: str, strata: str | Sequence[str] = (), capacity: int, seed: int) -> None:  # noqa: A002
        if isinstance(capacity, bool) or not isinstance(capacity, (int, np.integer)) or not 0 < int(capacity) < 2**40:
            raise ArgumentError(f"capacity: expected a whole number above 0 but found {capacity!r}")
        self.id = id
        self.strata_columns = (strata,) if isinstance(strata, str) else tuple(strata)
        self.capacity = int(capacity)
        self.seed = checked_seed(seed)
        self._kinds: list[str] | None = None
        self._core: _core.DrawSketch | None = None
        self._backend: str | None = None

    def add(self, batch: Any) -> DrawSketch:
        """Adds the conversations of a batch; gives the sketch itself."""
        frame = Frame.of(batch, argument="batch")
        columns = strata_columns(frame, self.strata_columns)
        ids = frame.ids(self.id)
        if len(frame) == 0:
            return self
        kinds, text = [column[1] for column in columns], not isinstance(ids, np.ndarray)
        core = self._core_of(kinds, text, "batch")
        core.add(columns, len(frame), ids)
        self._backend = self._backend or frame.backend
        return self

    def merge(self, other: DrawSketch) -> DrawSketch:
        """Adds what another sketch with the same columns, capacity and seed has seen; gives the sketch itself."""
        if not isinstance(other, DrawSketch):
            raise ArgumentError(f"other: expected a DrawSketch but found {type(other).__name__}")
        for name in ("id", "strata_columns", "capacity", "seed"):
            ours, theirs = getattr(self, name), getattr(other, name)
            if ours != theirs:
                raise ArgumentError(f"other: expected a sketch with the {name} {ours!r} but found {theirs!r}")
        if other._core is not None and other._kinds is not None:
            self._core_of(other._kinds, other._core.text(), "other").merge(other._core)
            self._backend = self._backend or other._backend
        return self

    @property
    def population_size(self) -> int:
        """Conversations seen."""
        return sum(rows for _, rows in self._strata())

    def allocate(self, **options: Any) -> SamplingPlan:
        """How many to draw from each stratum, by what the stream has shown; options as those of `allocate`."""
        return SamplingPlan(
            _core.allocate_counts(self._columns(), self._strata(), allocation_options(**options)), self._backend
        )

    def result(self, plan: SamplingPlan | None = None) -> Any:
        """The sample: ids, strata columns, inclusion_probability, design_weight; by stratum, in the order of the ids' numbers.

        Parameters
        ----------
        plan : SamplingPlan, optional
            As `allocate` of this sketch gives it. Default: of each stratum as many as the sketch remembers.

        Returns
        -------
        frame
            In the kind of frame that the first batch came in.
        """
        strata = self._strata()
        if plan is None:
            plan = self.allocate(counts={labels: min(rows, self.capacity) for labels, rows in strata})
        check_noun("plan", plan, SamplingPlan, PLAN_MADE)
        _core.check_counts(plan._core, self._columns(), strata)
        planned = {tuple(stratum["labels"]): stratum for stratum in plan._core.strata()}
        columns: dict[str, Any] = {name: [] for name in (self.id, *self.strata_columns)}
        probability: list[float] = []
        weight: list[float] = []
        for labels, _ in strata:
            n = planned[labels]["sample_size"]
            columns[self.id].extend([] if self._core is None else self._core.sample(list(labels), n))
            for (name, kind), label in zip(self._columns(), labels, strict=True):
                columns[name].extend([label_of(label, kind)] * n)
            probability.extend([planned[labels]["inclusion_probability"]] * n)
            weight.extend([planned[labels]["design_weight"]] * n)
        columns["inclusion_probability"], columns["design_weight"] = np.array(probability), np.array(weight)
        return build_frame(columns, self._backend)

    def to_json(self) -> str:
        """All that the sketch remembers, as JSON text; `from_json` gives it back."""
        return json.dumps(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "id": self.id,
                "id_kind": None if self._core is None else "text" if self._core.text() else "integer",
                "strata_columns": list(self.strata_columns),
                "label_kinds": self._kinds,
                "capacity": self.capacity,
                "seed": str(self.seed),
                "strata": [
                    {"labels": list(labels), "population": rows, "ids": self._core.entries(list(labels))}
                    for labels, rows in self._strata()
                    if self._core is not None
                ],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> DrawSketch:
        """Reads what `to_json` wrote."""
        try:
            record = json.loads(text)
            if record["format"] != FORMAT or record["format_version"] != FORMAT_VERSION:
                raise DataError(f"sketch: expected the format {FORMAT!r} {FORMAT_VERSION}")
            out = cls(
                id=record["id"], strata=record["strata_columns"], capacity=record["capacity"], seed=int(record["seed"])
            )
            if record["id_kind"] is not None:
                core = out._core_of(list(record["label_kinds"]), record["id_kind"] == "text", "sketch")
                for stratum in record["strata"]:
                    core.restore(list(stratum["labels"]), stratum["population"], stratum["ids"])
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"sketch: expected what to_json wrote but found {type(error).__name__}: {error}") from None
        return out

    def __reduce__(self) -> tuple[Any, ...]:
        return DrawSketch.from_json, (self.to_json(),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DrawSketch) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return (
            f"DrawSketch: {self.population_size} conversations in {len(self._strata())} strata, "
            f"at most {self.capacity} remembered of each"
        )

    def _repr_html_(self) -> str:
        columns = self.strata_columns or ("stratum",)
        rows: list[list[object]] = [
            [*(labels or ("all",)), rows, min(rows, self.capacity)] for labels, rows in self._strata()
        ]
        return html_table([*columns, "conversations", "remembered"], rows, repr(self))

    def _core_of(self, kinds: list[str], text: bool, argument: str) -> _core.DrawSketch:
        if self._core is None:
            self._core, self._kinds = _core.DrawSketch(self.capacity, self.seed, text), kinds
        elif self._core.text() != text:
            found = ("whole numbers", "text")
            raise DataError(
                f'{argument}: column "{self.id}": expected ids as {found[self._core.text()]}, as before, but found '
                f'{found[text]}; 7 and "7" are different ids'
            )
        elif kinds != self._kinds:
            raise DataError(f"{argument}: expected strata columns of the kinds {self._kinds}, as before, but found {kinds}")
        return self._core

    def _columns(self) -> list[tuple[str, str]]:
        return list(zip(self.strata_columns, self._kinds or ["text"] * len(self.strata_columns), strict=True))

    def _strata(self) -> list[tuple[tuple[str, ...], int]]:
        """Labels as text and how many conversations, in the order of the labels' own type."""
        kinds = self._kinds or []
        found = [] if self._core is None else self._core.strata()
        strata = [(tuple(labels), rows) for labels, rows in found]
        return sorted(strata, key=lambda s: [label_of(text, kind) for text, kind in zip(s[0], kinds, strict=True)])


class Reservoir:
    """A simple random sample of a stream whose rows have no ids: after each batch, all sets of n rows have the same chance.

    Algorithm L computes how many rows to pass over until the next one is taken: rows that are not taken are not looked at. What is
    drawn depends on the seed and the order of the stream, and two reservoirs do not merge; where rows have ids, `DrawSketch` is
    better in all of this.

    Parameters
    ----------
    n : int
        Rows to draw.
    seed : int

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> rows = qa.Reservoir(n=3, seed=20260101)
    >>> for hour in range(24):
    ...     rows = rows.add(pd.DataFrame({"hour": [hour] * 100, "wait_s": range(100)}))
    >>> rows
    Reservoir: 3 of 2400 rows
    >>> rows.result()["design_weight"].tolist()
    [800.0, 800.0, 800.0]
    """

    def __init__(self, *, n: int, seed: int) -> None:
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 0 < int(n) < 2**40:
            raise ArgumentError(f"n: expected a whole number above 0 but found {n!r}")
        self.n = int(n)
        self.seed = checked_seed(seed)
        self._core = _core.Reservoir(self.n, self.seed)
        self._parts: list[tuple[Frame, np.ndarray[Any, np.dtype[np.int64]]]] = []  # rows as drawn, and their numbers

    def add(self, batch: Any) -> Reservoir:
        """Passes over the rows of a batch; gives the reservoir itself."""
        frame = Frame.of(batch, argument="batch")
        if self._parts and frame.columns != self._parts[0][0].columns:
            raise DataError(
                f"batch: expected the columns {', '.join(self._parts[0][0].columns)}, as before, but found {', '.join(frame.columns)}"
            )
        first = self._core.seen()
        self._core.add(len(frame))
        drawn = np.sort(self._core.rows())
        new = drawn[drawn >= first]
        if len(new):
            self._parts.append((Frame.of(frame.take(new - first), "batch"), new))
        if sum(len(numbers) for _, numbers in self._parts) > 2 * self.n:  # most were put out by later ones
            self._parts = self._left(drawn)
        return self

    @property
    def population_size(self) -> int:
        """Rows seen."""
        return self._core.seen()

    def result(self) -> Any:
        """The sample, in the order of the stream, with inclusion_probability and design_weight; all rows of a shorter stream.

        Returns
        -------
        frame
            In the kind of frame that the batches came in.
        """
        if not self._parts:
            raise DataError("reservoir: no rows were added")
        probability = self._core.inclusion_probability()
        sample = stacked([frame for frame, _ in self._left(np.sort(self._core.rows()))])
        rows = np.arange(len(sample))
        more = {"inclusion_probability": np.full(len(rows), probability), "design_weight": np.full(len(rows), 1.0 / probability)}
        return sample.take(rows, more, reset_index=True)

    def _left(self, drawn: np.ndarray[Any, np.dtype[np.int64]]) -> list[tuple[Frame, np.ndarray[Any, np.dtype[np.int64]]]]:
        """The parts without rows that were put out."""
        out = []
        for frame, numbers in self._parts:
            held = np.flatnonzero(np.isin(numbers, drawn))
            if len(held):
                out.append((Frame.of(frame.take(held), "batch"), numbers[held]))
        return out

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(
            "a Reservoir does not pickle: it goes on with the stream that it has seen and merges with no other; pickle its "
            "result(), or use a DrawSketch, which pickles and merges"
        )

    def __repr__(self) -> str:
        return f"Reservoir: {min(self.n, self.population_size)} of {self.population_size} rows"

    def _repr_html_(self) -> str:
        return html_table(["rows drawn", "rows seen"], [[min(self.n, self.population_size), self.population_size]])
