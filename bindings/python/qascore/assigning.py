"""Who rates what: conversations to raters, some to two or three, so that raters can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import MISSING_CODE, Frame, Ids, Label, build_frame
from ._render import html_table, number, text_table
from ._results import Result
from ._write import to_json
from .errors import ArgumentError, DataError, check_choice, did_you_mean
from .sampling import checked_seed

__all__ = ["Assignment", "RaterLoad", "assign"]

ROLES = {1: ("only",), 2: ("first", "second"), 3: ("first", "second", "third")}
TABLES = ("tasks", "loads", "pairs")
MOST_SHOWN = 12  # raters whose pairs a table for the eye shows
Codes = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class RaterLoad:
    """What one rater is to do.

    Attributes
    ----------
    rater : str or int
    ratings : int
        All that the rater is to give.
    shared : int
        Those of conversations that others rate too.
    repeated : int
        Those of agents whom the rater had lately.
    proportional : float
        Ratings in proportion to the rater's share.
    capacity : float
        Ratings that the rater can give at most; infinity: any number.
    partners : int
        Raters who share a conversation with this one.
    group : int or None
        Raters of one group can be compared, through others if need be; None: no work.
    """

    rater: Any
    ratings: int
    shared: int
    repeated: int
    proportional: float
    capacity: float
    partners: int
    group: int | None

    def to_dict(self) -> dict[str, Any]:
        """All fields."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, repr=False)
class Assignment(Result):
    """Who rates what; made by :func:`assign`.

    Attributes
    ----------
    id, rater : str
        Names of the columns of conversations and raters.
    conversations, raters, roles : tuple
        One entry per rating: what, who, and as which of the conversation's raters: "only", "first", "second" or "third".
    loads : tuple of RaterLoad
        One per rater, in the order of the frame.
    together : ndarray
        Raters x raters, in that order: how many conversations both rate.
    groups : int
        1: every rater with work can be compared with every other, through others if need be.
    largest_deviation : float
        Of a rater's ratings from the proportional number.
    double_scored, triple_scored : float
        The shares that were asked for.
    seed : int
    """

    CAUTION: ClassVar[str] = "Even loads are numbers of ratings: how hard the conversations are is not in them."

    id: str
    rater: str
    conversations: tuple[Any, ...]
    raters: tuple[Any, ...]
    roles: tuple[str, ...]
    loads: tuple[RaterLoad, ...]
    together: npt.NDArray[np.uint32]
    groups: int
    largest_deviation: float
    double_scored: float
    triple_scored: float
    seed: int
    backend: str | None = field(default=None, repr=False)

    @property
    def connected(self) -> bool:
        """Whether every rater with work can be compared with every other."""
        return self.groups <= 1

    def groups_of_raters(self) -> tuple[tuple[Any, ...], ...]:
        """The raters of each group that shared conversations connect."""
        return tuple(tuple(one.rater for one in self.loads if one.group == group) for group in range(self.groups))

    def pairs(self) -> dict[tuple[Any, Any], int]:
        """How many conversations each pair of raters both rate."""
        names = [one.rater for one in self.loads]
        return {
            (first, second): int(self.together[at, other])
            for other, second in enumerate(names)
            for at, first in enumerate(names[:other])
        }

    def _columns(self, table: str) -> dict[str, Any]:
        if table == "tasks":
            return {self.id: list(self.conversations), self.rater: list(self.raters), "role": list(self.roles)}
        if table == "loads":
            rows = [one.to_dict() for one in self.loads]
            names = list(RaterLoad.__dataclass_fields__)
            return {self.rater if name == "rater" else name: [row[name] for row in rows] for name in names}
        found = self.pairs()
        first, second = ([pair[at] for pair in found] for at in (0, 1))
        return {"rater": first, "other": second, "together": list(found.values())}

    def to_frame(self, table: str = "tasks", backend: str | None = None) -> Any:
        """One row per rating ("tasks"), per rater ("loads") or per pair of raters ("pairs")."""
        return build_frame(self._columns(check_choice("table", table, TABLES)), backend or self.backend)

    def to_dict(self) -> dict[str, Any]:
        """Everything."""
        return {
            "id": self.id,
            "rater": self.rater,
            "seed": self.seed,
            "double_scored": self.double_scored,
            "triple_scored": self.triple_scored,
            "groups": self.groups,
            "largest_deviation": self.largest_deviation,
            "loads": [one.to_dict() for one in self.loads],
            "pairs": [{"rater": a, "other": b, "together": n} for (a, b), n in self.pairs().items()],
            "tasks": [
                {self.id: what, self.rater: who, "role": role}
                for what, who, role in zip(self.conversations, self.raters, self.roles, strict=True)
            ],
        }

    def to_json(self) -> str:
        """The same as JSON text."""
        return to_json(self.to_dict())

    def plot(self, ax: Any = None, *, table: str = "loads", label: str = "") -> Any:
        """Bars of loads before the capacities, or ("pairs") a matrix of shared conversations, on matplotlib axes."""
        from ._plots import bar_plot, pairs_plot

        names = [str(one.rater) for one in self.loads]
        if check_choice("table", table, TABLES[1:]) == "pairs":
            return pairs_plot(self.together, names, names, ax, label=label or "conversations that both rate")
        behind = [one.capacity if np.isfinite(one.capacity) else one.ratings for one in self.loads]
        ratings = [one.ratings for one in self.loads]
        texts = [f"{one.ratings}, {one.shared} shared" for one in self.loads]
        return bar_plot(names, ratings, ax, behind=behind, texts=texts, label=label or "ratings, and what could be given at most")

    def _said(self) -> str:
        """Loads, pairs and connection in sentences."""
        count = len(set(self.conversations))
        lines = [f"{number(count)} conversations are rated {number(len(self.raters))} times by {self._working()} raters."]
        if self.loads:
            least, most = (pick(one.ratings for one in self.loads) for pick in (min, max))
            far = number(self.largest_deviation, 3)
            lines.append(f"Loads are {number(least)} to {number(most)} ratings, at most {far} from the proportional one.")
        pairs = list(self.pairs().values())
        if any(pairs):
            never = sum(n == 0 for n in pairs)
            apart = f"; {number(never)} of {number(len(pairs))} pairs share none" if never else ""
            lines.append(f"Pairs of raters share {number(min(pairs))} to {number(max(pairs))} conversations{apart}.")
        repeated = sum(one.repeated for one in self.loads)
        if repeated:
            lines.append(f"{number(repeated)} ratings are of an agent whom the rater had lately.")
        return "\n".join([*lines, self._connection()])

    def _working(self) -> int:
        return sum(one.ratings > 0 for one in self.loads)

    def _connection(self) -> str:
        if self._working() < 2:
            return "There are no two raters to compare."
        if self.connected:
            return "Shared conversations connect all raters: each can be compared with each other."
        groups = self.groups_of_raters()
        shown = "; ".join(_names(group) for group in groups[:MOST_SHOWN]) + ("; ..." if len(groups) > MOST_SHOWN else "")
        return f"Raters of {len(groups)} groups cannot be compared, as no shared conversation connects them: {shown}."

    def _table(self) -> tuple[list[str], list[list[object]]]:
        rows: list[list[object]] = [
            [str(one.rater), one.ratings, one.shared, one.repeated, one.proportional, one.capacity, one.partners, one.group]
            for one in self.loads
        ]
        return [self.rater, *list(RaterLoad.__dataclass_fields__)[1:]], rows

    def _pairs_table(self) -> tuple[list[str], list[list[object]]] | None:
        names = [str(one.rater) for one in self.loads]
        if not 2 <= len(names) <= MOST_SHOWN:
            return None
        rows: list[list[object]] = [
            [name, *(None if at == other else int(n) for other, n in enumerate(self.together[at]))]
            for at, name in enumerate(names)
        ]
        return ["together", *names], rows

    def __repr__(self) -> str:
        pairs = self._pairs_table()
        tables = [text_table(*table) for table in (self._table(), pairs) if table is not None]
        return "\n\n".join([*tables, self._said()])

    def _repr_html_(self) -> str:
        pairs = self._pairs_table()
        first = html_table(*self._table(), caption=self._said().replace("\n", " "))
        return first if pairs is None else first + html_table(*pairs, caption="Conversations that both rate")


def assign(
    conversations: Any,
    raters: Any,
    *,
    id: str,  # noqa: A002
    seed: int,
    rater: str = "rater_id",
    double_scored: float = 0.2,
    triple_scored: float = 0.0,
    team: str | None = None,
    agent: str | None = None,
    capacity: str | float | None = None,
    minimum: str | float | None = None,
    share: str | None = None,
    forbidden: Any = None,
    history: Any = None,
    history_is: str = "avoid",
) -> Assignment:
    """Assigns raters to conversations, so that work is even and raters can be compared.

    Each conversation goes to one rater, a share of them to two or three others. Aims, each before the next: nobody judges what
    is barred or more than the capacity; loads are as even as can be (exactly: the largest deviation from the proportional load
    is the smallest possible); shared conversations connect all raters; all pairs of raters share equally many; raters do not
    get agents whom they had lately. Which conversations are shared is left to chance. Ids and seed decide all, the order of
    rows nothing.

    Parameters
    ----------
    conversations : frame
        One row per conversation.
    raters : frame or sequence
        One row per rater; or only the raters' ids.
    id : str
        Column of whole numbers or text in which every conversation has a value of its own.
    seed : int
        0 to 2**64 - 1. There is no default: write it down, and anyone can make the same assignment. It may be the seed of the
        draw.
    rater : str, default "rater_id"
        Column of raters' ids.
    double_scored, triple_scored : float, default 0.2 and 0
        Shares of the conversations that get two and three raters, fractions 0-1.
    team : str, optional
        A column of both frames: the team of the agent, and the rater's. Nobody judges the own team. A rater without a team may
        judge all.
    agent : str, optional
        The column of agents: a rater of that id does not judge it, and `history` goes by it.
    capacity, minimum : str or number, optional
        How many ratings a rater gives at most and at least: a column of `raters`, or one number for all. A missing capacity
        is no limit.
    share : str, optional
        Column of numbers, relative to each other, in whose proportion the work is parted; default: equal parts.
    forbidden : frame, optional
        Pairs that must not meet: the column of raters and one of `id`, `agent` or `team`.
    history : frame, optional
        Who rated whom lately: the columns of raters and agents, one row for each time. Raters who are gone do not matter.
    history_is : {"avoid", "forbid"}
        Whether a rater better not, or must not, get such an agent again.

    Returns
    -------
    Assignment
        `to_frame()` has one row per rating; "loads" and "pairs" are tables of it too.

    Raises
    ------
    DesignError
        If there is no such assignment: with the conversations that cannot be rated, who may judge them, and how much is
        lacking.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"conversation_id": range(60), "team": ["red", "blue", "green"] * 20})
    >>> people = pd.DataFrame({"rater_id": ["ann", "bob", "cay", "dan"], "team": ["red", "blue", "green", None]})
    >>> plan = qa.assign(calls, people, id="conversation_id", team="team", double_scored=0.2, seed=20260101)
    >>> [one.ratings for one in plan.loads], plan.connected
    ([18, 18, 18, 18], True)
    >>> sorted(plan.pairs().values())
    [2, 2, 2, 2, 2, 2]
    """
    frame = Frame.of(conversations, argument="conversations")
    people = _people(raters, rater)
    ids, names = frame.ids(id), people.values(rater)
    first = checked_seed(seed)
    forbid = check_choice("history_is", history_is, ("avoid", "forbid")) == "forbid"
    _core.check_unique(ids)
    rater_ids = people.ids(rater)
    place = _places(names)
    rules: dict[str, Any] = {"team": None, "agent": None, "rater_team": None, "rater_agent": None, "forbid_history": forbid}
    none: tuple[Codes, Codes] = (np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    rules |= dict.fromkeys(("not_conversation", "not_team", "not_agent", "history"), none)
    known: dict[str, dict[Label, int]] = {}
    if team is not None:
        people.require(team, argument="team")
        rules["team"], known["team"] = _codes(frame, team)
        rules["rater_team"] = _known(people.values(team), known["team"])
    if agent is not None:
        rules["agent"], known["agent"] = _codes(frame, agent)
        rules["rater_agent"] = _known(names, known["agent"])
    if forbidden is not None:
        banned = Frame.of(forbidden, argument="forbidden")
        level, column = _level(banned, {"agent": agent, "team": team, "conversation": id})
        codes = known[level] if level != "conversation" else _places(frame.values(id))
        rules[f"not_{level}"] = _meetings(banned, column, rater, codes, place, strict=True)
    if history is not None:
        if agent is None:
            raise ArgumentError("history: is about agents: give agent=, the column of agents")
        rules["history"] = _meetings(Frame.of(history, argument="history"), agent, rater, known["agent"], place, strict=False)
    rank = _core.random_ranks(ids, first)
    wanted = _core.wanted_raters(rank, float(double_scored), float(triple_scored))
    most = _numbers(people, capacity, "capacity")
    found = _core.assign_raters(
        ids, [str(name) for name in names], rank, _core.random_ranks(rater_ids, first), wanted, rules,
        np.full(len(names), np.inf) if most is None else np.where(np.isnan(most), np.inf, most),
        _numbers(people, minimum, "minimum", missing=0.0), _numbers(people, share, "share", missing=0.0),
    )  # fmt: skip
    whats = frame.values(id)
    alone = MISSING_CODE
    loads = tuple(
        RaterLoad(
            name, int(found["ratings"][at]), int(found["shared"][at]), int(found["repeated"][at]),
            float(found["proportional"][at]), float("inf") if most is None or np.isnan(most[at]) else float(most[at]),
            int(found["partners"][at]), None if found["component"][at] == alone else int(found["component"][at]),
        )
        for at, name in enumerate(names)
    )  # fmt: skip
    return Assignment(
        id=id,
        rater=rater,
        conversations=tuple(what for what, count in zip(whats, wanted.tolist(), strict=True) for _ in range(count)),
        raters=tuple(names[at] for at in found["rater"].tolist()),
        roles=tuple(role for count in wanted.tolist() for role in ROLES[count]),
        loads=loads,
        together=found["together"].reshape(len(names), len(names)),
        groups=int(found["components"]),
        largest_deviation=float(found["largest_deviation"]),
        double_scored=float(double_scored),
        triple_scored=float(triple_scored),
        seed=first,
        backend=frame.backend,
    )


def _names(group: Sequence[Any]) -> str:
    shown = ", ".join(map(str, group[:MOST_SHOWN]))
    return shown + (f" and {len(group) - MOST_SHOWN} more" if len(group) > MOST_SHOWN else "")


def _people(raters: Any, rater: str) -> Frame:
    """The raters as a frame; ids alone make one of a column."""
    if isinstance(raters, str):
        raise ArgumentError(f"raters: expected a frame, or the ids of the raters, but found {raters!r}")
    if isinstance(raters, (list, tuple, np.ndarray)):
        if not len(raters):
            raise ArgumentError("raters: expected at least one rater but found none")
        raters = build_frame({rater: np.asarray(raters) if isinstance(raters[0], (int, np.integer)) else list(raters)})
    people = Frame.of(raters, argument="raters")
    people.require(rater, argument="rater")
    return people


def _places(names: Sequence[Label]) -> dict[Label, int]:
    """Where each name stands; a name that is there twice is refused."""
    at: dict[Label, int] = {}
    for row, name in enumerate(names):
        if name in at:
            raise DataError(f"raters: expected every rater once but {name!r} is in rows {at[name]} and {row}; rows count from 0")
        at[name] = row
    return at


def _codes(frame: Frame, column: str) -> tuple[Codes, dict[Label, int]]:
    found = frame.labels(column)
    return found.codes, {label: code for code, label in enumerate(found.labels)}


def _known(values: Sequence[Label], codes: Mapping[Label, int]) -> Codes:
    return np.array([codes.get(value, MISSING_CODE) for value in values], dtype=np.uint32)


def _level(banned: Frame, columns: Mapping[str, str | None]) -> tuple[str, str]:
    """What the pairs that must not meet are of."""
    there = [(level, column) for level, column in columns.items() if column is not None and column in banned.columns]
    if len(there) != 1:
        given = [column for column in columns.values() if column is not None]
        found = ", ".join(banned.columns)
        raise ArgumentError(f"forbidden: expected one of the columns {', '.join(given)} beside the raters but found {found}")
    return there[0]


def _meetings(
    frame: Frame, column: str, rater: str, codes: Mapping[Label, int], place: Mapping[Label, int], *, strict: bool
) -> tuple[Codes, Codes]:
    """Pairs as codes. Who is not known is refused where that must be a slip, and passed over where people come and go."""
    frame.require(column, rater)
    out: list[tuple[int, int]] = []
    for row, (what, who) in enumerate(zip(frame.values(column), frame.values(rater), strict=True)):
        for name, value, known in ((column, what, codes), (rater, who, place)):
            if strict and value not in known:
                raise DataError(
                    f'{frame.argument}: column "{name}": {value!r} at row {row} is not there{did_you_mean(value, list(known))}'
                )
        if what in codes and who in place:
            out.append((codes[what], place[who]))
    pairs = np.array(out, dtype=np.uint32).reshape(-1, 2)
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def _numbers(
    people: Frame, given: str | float | None, argument: str, missing: float = np.nan
) -> npt.NDArray[np.float64] | None:
    if given is None:
        return None
    if isinstance(given, str):
        people.require(given, argument=argument)
        values = people.numbers(given)
        return np.where(np.isnan(values), missing, values)
    if isinstance(given, bool) or not isinstance(given, (int, float, np.integer, np.floating)):
        raise ArgumentError(f"{argument}: expected a column of the raters, or a number, but found {given!r}")
    return np.full(len(people), float(given))
