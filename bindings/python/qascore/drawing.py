"""Drawn samples: at random, in proportion to size, systematic, coordinated, with targeted parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import Frame, Ids
from .errors import ArgumentError, DataError, check_choice, check_noun, check_threads
from .sampling import MISSING, PLAN_MADE, SamplingPlan, checked_seed, how_drawn, strata_columns

__all__ = ["draw", "permanent_random_numbers", "redraw"]

METHODS = ("simple", *_core.PPS_METHODS)
Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def draw(
    conversations: Any,
    plan: SamplingPlan,
    *,
    id: str | None,  # noqa: A002
    seed: int | None,
    method: str = "simple",
    size_measure: str | None = None,
    order_by: str | None = None,
    start: float = 0.0,
    direction: str = "up",
    avoid: Any = None,
    keep: Any = None,
    targeted_rates: Mapping[str, float] | None = None,
    targeted_counts: Mapping[str, int] | None = None,
    random_numbers: str | None = None,
    zero_chance: str = "error",
    threads: int | None = None,
) -> Any:
    """Draws the sample that the plan describes.

    From each stratum, the planned number of conversations with the smallest permanent random numbers: a hash of seed
    and id. Which conversations are drawn depends on the seed and the ids alone, not on the order of rows, the
    number of threads, the kind of frame or the language. A larger sample contains a smaller one of the same seed.

    Parameters
    ----------
    conversations : frame
        The conversations the plan was made for: others are refused if they differ in the counts of strata, or, where
        `allocate` was given `id`, in content.
    plan : SamplingPlan
    id : str or None
        Column of whole numbers or text in which every conversation has a value of its own; 7 and "7" are different ids.
        None: the row number is the id; then the sample changes with the order of rows, and samples of different days or
        extracts have nothing to do with each other.
    seed : int
        0 to 2**64 - 1. There is no default: write it down, and anyone can draw the same sample. None where
        `random_numbers` takes its place.
    method : {"simple", "pareto", "sequential_poisson", "successive", "poisson", "systematic"}
        Within each stratum: the same chance for all; chances proportional to `size_measure`, by order sampling (fixed
        size; of the three, pareto's chances are closest to those stated); each conversation by itself (exact chances,
        random size); in the order of a list, at equal distances from a random start (exact chances).
    size_measure : str, optional
        Column of numbers >= 0, none missing: minutes, a risk score. Conversations so large that their chance would reach
        1 are certain. Needed for the order methods; without it poisson and systematic give all of a stratum one chance.
    order_by : str, optional
        Column whose order makes the list of a systematic sample; equal values go by id. Default: by id.
    start, direction : float from 0 to below 1, {"up", "down"}
        Where on the circle of random numbers the sample begins and which way it goes. Samples of one seed that begin
        elsewhere overlap as little, or as much, as the distance allows.
    avoid, keep : frame, optional
        An earlier sample of these conversations as `draw` gave it, whole (with the columns `id`, inclusion_probability and,
        if it has it, draw_method). None of its
        conversations is drawn; or as many of them as the sizes allow are. For simple samples; every conversation still has
        the chance of the plan, over both draws, where the earlier one gave all of a stratum the same chance. A sample of another population
        (conversations came or went since) or a part of one is refused. Targeted parts would draw avoided
        conversations again, and are refused beside `avoid`.
    targeted_rates, targeted_counts : mapping, optional
        Columns of flags (True and False), with the chance of each flagged conversation, or with how many of them to draw,
        beside the random part and independent of it: ``{"escalated": 1.0, "risk_flag": 0.2}``. inclusion_probability is
        then the chance to be drawn by any part, and the column drawn_by says which parts drew it.
    random_numbers : str, optional
        Column of uniform random numbers from 0 to 1 that the conversations have for good, instead of those that seed and
        id give. Equal numbers go by id.
    zero_chance : {"error", "exclude"}
        What to do with conversations that no part of the draw can reach, of size 0 or in a stratum of which nothing is
        drawn: refuse and name them; or draw from the others alone. The column without_chance then counts them, and
        names of estimates say that they do not speak for them. (What a simple draw leaves out stands in its plan.)
    threads : int, optional
        Default: all cores. No influence on the sample.

    Returns
    -------
    frame
        The drawn rows in their order, as the same kind of frame, with the columns stratum (its labels, joined; unless
        the strata are one column of that name), inclusion_probability (a fraction) and design_weight (its inverse). Draws
        that are not simple ones say so in the column draw_method, which `SampleDesign` reads.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"conversation_id": range(1000), "queue": ["phone"] * 900 + ["chat"] * 100})
    >>> plan = qa.allocate(calls, strata="queue", size=60, min_per_stratum=10)
    >>> drawn = qa.draw(calls, plan, id="conversation_id", seed=20260101)
    >>> drawn.groupby("queue").size().to_dict()
    {'chat': 10, 'phone': 50}
    >>> round(drawn["design_weight"].sum())
    1000

    A second sample, none of it in the first:

    >>> more = qa.draw(calls, plan, id="conversation_id", seed=20260101, avoid=drawn)
    >>> set(more["conversation_id"]) & set(drawn["conversation_id"])
    set()

    All escalated conversations beside the random ones, with chances that let the whole speak for all:

    >>> calls["escalated"] = [i % 40 == 0 for i in range(1000)]
    >>> mixed = qa.draw(calls, plan, id="conversation_id", seed=20260101, targeted_rates={"escalated": 1.0})
    >>> int(mixed["escalated"].sum()), set(mixed.loc[mixed["escalated"], "inclusion_probability"])
    (25, {1.0})
    """
    frame = Frame.of(conversations, argument="conversations")
    check_noun("plan", plan, SamplingPlan, PLAN_MADE)
    check_choice("method", method, METHODS)
    exclude = check_choice("zero_chance", zero_chance, ("error", "exclude")) == "exclude"
    down = check_choice("direction", direction, ("up", "down")) == "down"
    _check_together(method, seed, size_measure, order_by, start, down, avoid, keep, random_numbers)
    # Where the strata are one column of that name, it says already what the added one would.
    named = plan.columns == ("stratum",)
    targets = _targets(frame, targeted_rates, targeted_counts)
    if targets and avoid is not None:
        raise ArgumentError(
            "avoid: targeted parts draw from all flagged conversations, those of the earlier sample included, so that "
            "targeted_rates and targeted_counts do not go with it; draw the targeted parts without avoid, or leave the "
            "earlier sample out of the conversations and allocate anew"
        )
    if targets and random_numbers is not None:
        raise ArgumentError("targeted_rates: targeted parts take their numbers from a seed, not from random_numbers")
    how = how_drawn(method, [count is None for *_, count in targets])
    added = ([] if named else ["stratum"]) + ["inclusion_probability", "design_weight"] + (["drawn_by"] if targets else [])
    added += ["without_chance"] if exclude else []
    added += [] if how == "simple" else ["draw_method"]
    for name in added:
        if name in frame.columns:
            raise ArgumentError(
                f'conversations: column "{name}" is about to be added but is already there; rename or drop it'
            )
    ids = len(frame) if id is None else frame.ids(id)
    codes = _core.match_strata(strata_columns(frame, plan.columns), len(frame), plan._core)
    plan._core.check_content(ids, codes)
    size = None if size_measure is None else _present(frame, size_measure, "size_measure")
    chances = np.array([s.inclusion_probability for s in plan.strata])
    # A simple draw's plan says what it leaves out; what a random part cannot reach targets may: joint chances are looked at.
    pass_over, bare = exclude or method == "simple" or bool(targets), 0

    if method == "systematic":
        _core.check_unique(ids)
        order = None if order_by is None else _order(frame, order_by)
        rows, probability, bare = _core.draw_systematic(ids, codes, plan._core, size, order, checked_seed(seed), pass_over)
    elif method != "simple" or random_numbers is not None:
        _core.check_unique(ids)
        if random_numbers is None:
            numbers = _core.permanent_numbers(ids, checked_seed(seed), start, down)
        else:
            numbers = _core.turn_numbers(_present(frame, random_numbers, "random_numbers"), start, down)
        by = "sequential_poisson" if method == "simple" else method
        rows, probability, bare = _core.draw_by_numbers(ids, numbers, codes, plan._core, size, by, pass_over)
    else:
        strata, sizes = codes, plan._core.sample_sizes()
        if avoid is not None or keep is not None:
            strata, sizes = _coordinated(ids, codes, plan, id, avoid, keep)
        rows = _core.draw_rows(ids, strata, sizes, checked_seed(seed), check_threads(threads), start, down)
        probability = chances[codes[rows]]
        bare = int(sum(s.population for s in plan.strata if s.sample_size == 0))

    if targets:
        rows, probability, parts, bare = _core.add_targets(
            ids, rows, codes, plan._core, size, targets, checked_seed(seed), exclude
        )
    more: dict[str, Any] = {}
    if not named:
        more["stratum"] = np.array(_stratum_texts(plan), dtype=object)[codes[rows]].tolist()
    more["inclusion_probability"] = probability
    more["design_weight"] = 1.0 / probability
    if targets:
        more["drawn_by"] = _part_names(parts, [target[0] for target in targets])
    if exclude:
        more["without_chance"] = [bare] * len(rows)
    if how != "simple":
        more["draw_method"] = [how] * len(rows)
    return frame.take(rows, more)


def redraw(conversations: Any, plan: SamplingPlan, *, id: str | None) -> Any:  # noqa: A002
    """Draws the sample again that the plan's recorded draw describes: for an audit, or where the sample was lost.

    Earlier samples that the draw avoided or kept are drawn again first, from their own plans in the record.

    Parameters
    ----------
    conversations : frame
        The conversations of the draw, in any order; others are refused as `draw` does, and so is another kind of id.
    plan : SamplingPlan
        With its draw recorded (`SamplingPlan.with_draw`).
    id : str or None
        Column of the ids; None where row numbers were the ids.

    Returns
    -------
    frame
        As `draw` gave it.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"conversation_id": range(1000), "queue": ["phone"] * 900 + ["chat"] * 100})
    >>> plan = qa.allocate(calls, strata="queue", size=60)
    >>> first = plan.with_draw(seed=7, id_kind="integer")
    >>> second = plan.with_draw(seed=7, id_kind="integer", avoid=first)
    >>> drawn = qa.draw(calls, plan, id="conversation_id", seed=7)
    >>> more = qa.draw(calls, plan, id="conversation_id", seed=7, avoid=drawn)
    >>> record = second.to_json()                                # months later
    >>> again = qa.redraw(calls, qa.SamplingPlan.from_json(record), id="conversation_id")
    >>> again.equals(more)
    True
    """
    frame = Frame.of(conversations, argument="conversations")
    check_noun("plan", plan, SamplingPlan, PLAN_MADE)
    record = plan.recorded_draw
    if record is None:
        raise ArgumentError("plan: no draw is recorded in it; plan.with_draw(seed=..., id_kind=...) records one")
    kinds = {"integer": "whole numbers", "text": "text", "row": "row numbers"}
    kind = "row" if id is None else "integer" if isinstance(frame.ids(id), np.ndarray) else "text"
    if kind != record.id_kind:
        raise DataError(
            f"id: the recorded draw went by ids that are {kinds[record.id_kind]} but found {kinds[kind]}; "
            '7 and "7" are different ids'
        )
    how, before = record.earlier or (None, None)
    earlier = None if before is None else redraw(conversations, before, id=id)
    return draw(
        conversations,
        plan,
        id=id,
        seed=record.seed,
        method=record.method,
        size_measure=record.size_measure,
        order_by=record.order_by,
        start=record.start,
        direction=record.direction,
        avoid=earlier if how == "avoid" else None,
        keep=earlier if how == "keep" else None,
        targeted_rates={name: rate for name, rate, _ in record.targets if rate is not None} or None,
        targeted_counts={name: count for name, _, count in record.targets if count is not None} or None,
        random_numbers=record.random_numbers,
        zero_chance="exclude" if record.without_chance else "error",
    )


def permanent_random_numbers(ids: Any, *, seed: int, start: float = 0.0, direction: str = "up") -> Numbers:
    """The permanent random number of each id: what `draw` orders conversations by.

    Parameters
    ----------
    ids : array of whole numbers, or sequence of text
    seed : int
    start, direction : float from 0 to below 1, {"up", "down"}
        Where on the circle the numbers begin and which way they go: up, u becomes (u - start) mod 1; down, 1 less that.

    Returns
    -------
    array of float64
        Fractions in [0, 1), uniform and independent for different ids and seeds.

    Examples
    --------
    >>> import qascore as qa
    >>> qa.permanent_random_numbers(["c-1", "c-2"], seed=1).round(3)
    array([0.275, 0.687])
    """
    values = np.asarray(ids)
    if values.ndim != 1:
        raise ArgumentError(f"ids: expected one dimension but found {values.ndim}")
    first = checked_seed(seed)
    down = check_choice("direction", direction, ("up", "down")) == "down"
    if values.dtype.kind in "iu":
        return _core.permanent_numbers(values.astype(np.int64), first, start, down)
    column = _core.TextColumn.from_objects(values.astype(object))
    missing = column.missing()
    if len(missing):
        raise DataError(f"ids: id is missing at position {int(missing[0])}")
    return _core.permanent_numbers(column, first, start, down)


def _check_together(
    method: str,
    seed: int | None,
    size_measure: str | None,
    order_by: str | None,
    start: float,
    down: bool,
    avoid: Any,
    keep: Any,
    random_numbers: str | None,
) -> None:
    """Refuses arguments that do not go together."""
    if random_numbers is None:
        checked_seed(seed)
    elif seed is not None:
        raise ArgumentError("seed: expected None, as random_numbers are given")
    if method == "simple" and size_measure is not None:
        raise ArgumentError('size_measure: the method "simple" gives all the same chance; use method="pareto"')
    if method in ("pareto", "sequential_poisson", "successive") and size_measure is None:
        raise ArgumentError(f'size_measure: expected a column of sizes for the method "{method}"')
    if order_by is not None and method != "systematic":
        raise ArgumentError('order_by: only the method "systematic" goes by a list')
    if method == "systematic" and (random_numbers is not None or start != 0.0 or down):
        raise ArgumentError('method: "systematic" has a random start of its own: no random_numbers, start or direction')
    if avoid is not None and keep is not None:
        raise ArgumentError("avoid: give avoid or keep, not both")
    if (avoid is not None or keep is not None) and (method != "simple" or random_numbers is not None):
        raise ArgumentError('avoid, keep: only for the method "simple", with a seed')


def _coordinated(ids: Any, codes: Any, plan: SamplingPlan, id: str | None, avoid: Any, keep: Any) -> tuple[Any, Any]:  # noqa: A002
    name = "avoid" if avoid is not None else "keep"
    if id is None:
        raise ArgumentError(f"{name}: needs id=, the column that says which conversations are the same")
    earlier = Frame.of(avoid if avoid is not None else keep, argument=name)
    earlier.require(id, "inclusion_probability")
    before: Ids = earlier.ids(id)
    if isinstance(before, np.ndarray) != isinstance(ids, np.ndarray):
        kinds = ["whole numbers" if isinstance(some, np.ndarray) else "text" for some in (ids, before)]
        raise DataError(
            f'{name}: column "{id}": expected ids as {kinds[0]}, as in the conversations, but found {kinds[1]}; '
            '7 and "7" are different ids'
        )
    chances = _present(earlier, "inclusion_probability", name)
    kinds_drawn = earlier.labels("draw_method").labels if "draw_method" in earlier.columns else []
    by_chance = any(str(kind) == "poisson" or str(kind).endswith("targeted") for kind in kinds_drawn)
    return _core.coordinate(codes, plan._core, _core.rows_of(ids, before), chances, avoid is not None, by_chance)


def _targets(
    frame: Frame, rates: Mapping[str, float] | None, counts: Mapping[str, int] | None
) -> list[tuple[str, npt.NDArray[np.bool_], float | None, int | None]]:
    out: list[tuple[str, npt.NDArray[np.bool_], float | None, int | None]] = []
    for argument, given in (("targeted_rates", rates), ("targeted_counts", counts)):
        if given is None:
            continue
        if not isinstance(given, Mapping) or not given:
            raise ArgumentError(f"{argument}: expected a mapping from columns of flags to numbers but found {given!r}")
        for column, value in given.items():
            fits = (int, np.integer) if argument == "targeted_counts" else (int, float, np.integer, np.floating)
            if isinstance(value, bool) or not isinstance(value, fits) or not value > 0:
                raise ArgumentError(f"{argument}[{column!r}]: expected a number above 0 but found {value!r}")
            flags = _flags(frame, column)
            if argument == "targeted_counts":
                out.append((column, flags, None, int(value)))
            else:
                out.append((column, flags, float(value), None))
    return out


def _flags(frame: Frame, column: str) -> npt.NDArray[np.bool_]:
    labels = frame.labels(column)
    if len(labels.missing):
        raise DataError(f'conversations: column "{column}": flag is missing at row {int(labels.missing[0])}')
    for label in labels.labels:
        if label not in (True, False):
            raise DataError(f'conversations: column "{column}": expected True and False but found {label!r}')
    return np.array([bool(label) for label in labels.labels], dtype=np.bool_)[labels.codes]


def _present(frame: Frame, column: str, argument: str) -> Numbers:
    numbers = frame.numbers(column)
    gaps = np.flatnonzero(np.isnan(numbers))
    if len(gaps):
        raise DataError(f'{frame.argument} ({argument}=): column "{column}": number is missing at row {int(gaps[0])}')
    return numbers


def _order(frame: Frame, column: str) -> npt.NDArray[np.uint32]:
    labels = frame.labels(column)
    if len(labels.missing):
        raise DataError(
            f'conversations (order_by=): column "{column}": value is missing at row {int(labels.missing[0])}'
        )
    return labels.codes


def _part_names(parts: npt.NDArray[np.uint64], targets: list[str]) -> list[str]:
    kinds, which = np.unique(parts, return_inverse=True)
    names = ["random", *targets]
    texts = [", ".join(name for bit, name in enumerate(names) if int(kind) >> bit & 1) for kind in kinds]
    return [texts[at] for at in which.tolist()]


def _stratum_texts(plan: SamplingPlan) -> list[str]:
    """One name per stratum: its labels joined, quoted where the plain join could be read in two ways."""
    plain = [" / ".join(MISSING if v is None else str(v) for v in s.labels) or "all" for s in plan.strata]
    return plain if len(set(plain)) == len(plain) else plan._core.stratum_names()
