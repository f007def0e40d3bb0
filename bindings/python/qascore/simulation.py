"""A contact centre in which the truth is known: for tests, studies and demonstrations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import Frame, build_frame, default_backend
from .errors import ArgumentError, DataError, check_choice, check_noun, did_you_mean
from .rubric import Rubric, shipped_rubrics

__all__ = ["Centre", "Evaluations", "SimulatedCriterion", "Truth", "simulate"]

RATERS = ("panel", "unbiased", "error_free")


@dataclass(frozen=True)
class SimulatedCriterion:
    """A criterion of the form to be filled in.

    Attributes
    ----------
    id : str
        Name of the criterion.
    answers : sequence of str
        Its answers, worst first.
    not_applicable : float
        Share of conversations to which it does not apply, for every rater alike.
    noise : float
        Above 1: worded so vaguely that raters disagree more.
    """

    id: str
    answers: Sequence[str]
    not_applicable: float = 0.0
    noise: float = 1.0


@dataclass(frozen=True)
class Evaluations:
    """What raters did: `evaluations` (evaluation_id, conversation_id, rater_id, seq) and their `answers`
    (evaluation_id, criterion, answer), as frames; `wide` has one row per evaluation and one column per criterion."""

    evaluations: Any
    answers: Any
    wide: Any


@dataclass(frozen=True)
class Truth:
    """What nobody in a real centre sees.

    Attributes
    ----------
    agents : frame
        agent_id, team_id, quality (latent; the team's effect included).
    raters : frame
        rater_id, severity (latent; they add up to 0), spread, drift (added to the severity for conversations that
        start at or after drift_at; 0: none), drift_at (missing: none).
    conversations : frame
        conversation_id, quality, satisfaction (both latent), csat (of every customer), responded.
    criteria : frame
        criterion, easiness (latent), not_applicable, noise.
    model : mapping
        The settings of the model, `csat_correlation` among them: the correlation of latent quality and satisfaction.
    """

    agents: Any
    raters: Any
    conversations: Any
    criteria: Any
    model: Mapping[str, float] = field(repr=False)


class Centre:
    """A simulated contact centre; made by :func:`simulate`."""

    def __init__(
        self,
        core: _core.SimulatedCentre,
        *,
        seed: int,
        criteria: Sequence[SimulatedCriterion],
        rubric: Rubric | None,
        double_scored: float,
        start: np.datetime64,
        backend: str,
    ) -> None:
        self._core = core
        self._seed = seed
        self._criteria = tuple(criteria)
        self._double_scored = double_scored
        self._start = start
        self.backend = backend
        self.rubric = rubric

    @cached_property
    def _columns(self) -> dict[str, Any]:
        columns = self._core.conversations()
        columns["started_at"] = self._times(columns.pop("started_s"))
        return columns

    def _times(self, seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
        return (self._start + seconds.astype("timedelta64[s]")).astype("datetime64[us]")

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self._columns["conversation_id"])}

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<Centre: {len(self)} conversations, {self._core.settings()['raters']:g} raters, seed {self._seed}>"

    @cached_property
    def conversations(self) -> Any:
        """Every conversation: conversation_id, channel, service_type, tier, complexity, agent_id, team_id,
        handle_s, repeat_complaint, escalated, started_at."""
        return build_frame(self._columns, self.backend)

    @cached_property
    def csat(self) -> Any:
        """The survey: conversation_id, csat (1 to 5), of the customers who answered."""
        latent = self._core.latent()
        there = np.flatnonzero(latent["responded"])
        ids = self._columns["conversation_id"]
        return build_frame(
            {"conversation_id": [ids[row] for row in there], "csat": latent["csat"][there].astype(np.int64)},
            self.backend,
        )

    @cached_property
    def _all(self) -> Evaluations:
        return self.evaluate(double_scored=self._double_scored)

    @property
    def evaluations(self) -> Any:
        """An evaluation of every conversation, a second one of some: evaluation_id, conversation_id, rater_id, seq."""
        return self._all.evaluations

    @property
    def answers(self) -> Any:
        """The answers of `evaluations`: evaluation_id, criterion, answer."""
        return self._all.answers

    @cached_property
    def truth(self) -> Truth:
        """What nobody in a real centre sees."""
        latent = self._core.latent()
        raters = self._core.raters()
        at = self._times(raters.pop("drift_at_s"))
        at[raters["drift"] == 0.0] = np.datetime64("NaT", "s")
        return Truth(
            agents=build_frame(self._core.agents(), self.backend),
            raters=build_frame({**raters, "drift_at": at}, self.backend),
            conversations=build_frame(
                {"conversation_id": self._columns["conversation_id"], **latent}, self.backend
            ),
            criteria=build_frame(
                {
                    "criterion": [c.id for c in self._criteria],
                    "easiness": [self._core.easiness(j) for j in range(len(self._criteria))],
                    "not_applicable": [float(c.not_applicable) for c in self._criteria],
                    "noise": [float(c.noise) for c in self._criteria],
                },
                self.backend,
            ),
            model=self._core.settings(),
        )

    def evaluate(
        self,
        conversation_ids: Iterable[str] | None = None,
        *,
        raters_per_conversation: int = 1,
        double_scored: float = 0.0,
        seed: int | None = None,
    ) -> Evaluations:
        """Has conversations evaluated.

        The answers of one rater for one conversation are the same whichever others are asked for, and so are a
        conversation's raters; more raters per conversation keep those of fewer.

        Parameters
        ----------
        conversation_ids : iterable of str, optional
            Which ones, for instance the `conversation_id` column of a drawn sample; default: all.
        raters_per_conversation : int
            How many raters each conversation gets.
        double_scored : float
            Share of conversations that get one rater more.
        seed : int, optional
            Of who evaluates what; default: the centre's.

        Returns
        -------
        Evaluations

        Examples
        --------
        >>> import qascore as qa
        >>> centre = qa.simulate(conversations=200, seed=7)
        >>> done = centre.evaluate(["c-001", "c-017"], raters_per_conversation=2)
        >>> len(done.evaluations)
        4
        """
        who = self._core.assign(
            _whole("seed", self._seed if seed is None else seed, 0),
            self._rows_of(conversation_ids),
            _whole("raters_per_conversation", raters_per_conversation, 1),
            float(double_scored),
        )
        conversation, rater = who.pop("conversation"), who.pop("rater")
        columns = self._answers(conversation, rater)
        names = list(columns)
        ids = who["evaluation_id"]
        long = {
            "evaluation_id": [one for one in ids for _ in names],
            "criterion": names * len(ids),
            "answer": [answer for row in zip(*columns.values(), strict=True) for answer in row],
        }
        return Evaluations(
            build_frame(who, self.backend),
            build_frame(long, self.backend),
            build_frame({"evaluation_id": ids, **columns}, self.backend),
        )

    def score_all(self, rubric: Rubric | None = None, *, raters: str = "panel") -> Any:
        """Scores what all conversations would get: the truth that a sample estimates.

        Parameters
        ----------
        rubric : Rubric, optional
            Default: the centre's own.
        raters : {"panel", "unbiased", "error_free"}
            Every rater of the panel (one row per conversation and rater); one rater without severity and of typical
            spread; or one who makes no errors at all (one row per conversation each).

        Returns
        -------
        frame
            conversation_id, rater_id, score, and the columns of `conversations`.
        """
        check_choice("raters", raters, RATERS)
        rubric = self.rubric if rubric is None else rubric
        if rubric is None:
            raise ArgumentError("rubric: expected a Rubric, since this centre was made from criteria alone")
        check_noun("rubric", rubric, Rubric, 'Rubric.load("voice-service") or of an own file')
        rows = self._rows_of(None)
        if raters == "panel":
            who = self._core.assign(self._seed, rows, int(self._core.settings()["raters"]), 0.0)
            conversation, rater, names = who["conversation"], who["rater"], who["rater_id"]
        else:
            code = _core.UNBIASED_RATER if raters == "unbiased" else _core.ERROR_FREE_RATER
            conversation, rater, names = rows, np.full(len(rows), code, dtype=np.uint32), [raters] * len(rows)
        ids = [f"{row}" for row in range(len(rater))]
        wide = build_frame({"evaluation_id": ids, **self._answers(conversation, rater)}, self.backend)
        scores = rubric.score(wide, evaluation="evaluation_id", unasked="ignore").score
        about = {
            name: values[conversation] if isinstance(values, np.ndarray) else [values[c] for c in conversation]
            for name, values in self._columns.items()
        }
        return build_frame(
            {"conversation_id": about.pop("conversation_id"), "rater_id": names, "score": scores, **about}, self.backend
        )

    def _rows_of(self, conversation_ids: Iterable[str] | None) -> npt.NDArray[np.uint64]:
        if conversation_ids is None:
            return np.arange(len(self), dtype=np.uint64)
        if isinstance(conversation_ids, str):
            raise ArgumentError(f"conversation_ids: expected several ids but found the text {conversation_ids!r}")
        wanted = [str(one) for one in conversation_ids]
        rows = []
        seen: set[str] = set()
        for at, one in enumerate(wanted):
            if one not in self._rows:
                raise DataError(
                    f"conversation_ids: {one!r} at position {at} is no conversation of this centre"
                    f"{did_you_mean(one, list(self._rows)[:1])}"
                )
            if one in seen:
                raise DataError(f"conversation_ids: {one!r} at position {at} stands twice")
            seen.add(one)
            rows.append(self._rows[one])
        return np.array(rows, dtype=np.uint64)

    def _answers(
        self, conversation: npt.NDArray[np.uint64], rater: npt.NDArray[np.uint32]
    ) -> dict[str, list[str]]:
        """Answers by criterion, one per evaluation."""
        levels = self._core.answers(
            np.array([len(c.answers) for c in self._criteria], dtype=np.uint32),
            np.array([c.not_applicable for c in self._criteria], dtype=np.float64),
            np.array([c.noise for c in self._criteria], dtype=np.float64),
            conversation,
            rater,
        ).reshape(len(conversation), len(self._criteria))
        out = {}
        for j, criterion in enumerate(self._criteria):
            names = dict(enumerate(criterion.answers)) | {_core.NOT_APPLICABLE_LEVEL: "not_applicable"}
            out[criterion.id] = [names[level] for level in levels[:, j].tolist()]
        return out


def _whole(argument: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value < 2**64:
        raise ArgumentError(f"{argument}: expected a whole number >= {least} but found {value!r}")
    return int(value)


def _settings(given: Mapping[str, Any]) -> dict[str, float]:
    """The settings of the model, checked against the names and kinds of their defaults."""
    defaults = _core.simulation_settings()
    out: dict[str, float] = {}
    for name, value in given.items():
        if name not in defaults:
            raise ArgumentError(
                f"{name}: expected a setting of the model ({', '.join(defaults)}){did_you_mean(name, defaults)}"
            )
        if isinstance(defaults[name], int):
            out[name] = _whole(name, value, 0)
        elif isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
            out[name] = float(value)
        else:
            raise ArgumentError(f"{name}: expected a number but found {value!r}")
    return out


def simulate(
    *,
    seed: int,
    conversations: int = 5000,
    agents: int = 60,
    teams: int = 6,
    raters: int = 8,
    double_scored: float = 0.2,
    rubric: Any = "voice-service",
    not_applicable: float = 0.1,
    vague: Sequence[str] = (),
    start: str = "2026-01-05",
    backend: str | None = None,
    **model: float,
) -> Centre:
    """Makes a contact centre in which the truth is known.

    Agents in teams differ in quality; raters in severity and spread, and some drift; complex conversations score
    lower; CSAT follows quality, and whether a customer answers depends on satisfaction. Every conversation, rater and
    evaluation has random numbers of its own, derived from the seed: whom one asks for changes nothing in the others.

    Parameters
    ----------
    seed : int
        The same seed makes the same centre.
    conversations, agents, teams, raters : int
        Sizes.
    double_scored : float
        Share of conversations that `evaluations` has from two raters.
    rubric : Rubric, str or sequence of SimulatedCriterion
        The form that raters fill in: a rubric, the name of one that comes with the package, or criteria.
    not_applicable : float
        Share of conversations to which a criterion does not apply, for the criteria that allow it.
    vague : sequence of str
        Criteria worded so vaguely that raters disagree three times as much.
    start : str
        Day of the first conversations.
    backend : {"pandas", "polars", "pyarrow"}, optional
        Kind of frames; default: the first that is installed.
    **model
        Settings of the model: days, team_sd, agent_sd, conversation_sd, complexity_effect, criterion_sd,
        easiness_mean, easiness_sd, lowest_cut, highest_cut, severity_sd, spread_mean, spread_log_sd, drifting,
        drift_size, csat_correlation, response_intercept, response_slope. docs/simulation.md explains them.

    Returns
    -------
    Centre

    Examples
    --------
    >>> import qascore as qa
    >>> centre = qa.simulate(conversations=200, agents=12, teams=3, seed=7)
    >>> len(centre.conversations)
    200
    """
    settings = _settings(
        {"conversations": conversations, "agents": agents, "teams": teams, "raters": raters, **model}
    )
    # Two raters drift unless something else is asked for, or there are not as many.
    settings.setdefault("drifting", min(_core.simulation_settings()["drifting"], settings["raters"]))
    criteria, form = _criteria_of(rubric, not_applicable, vague)
    seed = _whole("seed", seed, 0)
    try:
        first = np.datetime64(start, "D").astype("datetime64[s]")
    except ValueError:
        raise ArgumentError(f"start: expected a day such as 2026-01-05 but found {start!r}") from None
    return Centre(
        _core.SimulatedCentre(seed, settings),
        seed=seed,
        criteria=criteria,
        rubric=form,
        double_scored=float(double_scored),
        start=first,
        backend=backend or default_backend(),
    )


def _criteria_of(
    rubric: Any, not_applicable: float, vague: Sequence[str]
) -> tuple[tuple[SimulatedCriterion, ...], Rubric | None]:
    """The criteria to be filled in, and the rubric they come from, if any."""
    if isinstance(rubric, str):
        shipped = shipped_rubrics()
        rubric = Rubric.load(shipped[check_choice("rubric", rubric, shipped)])
    form = rubric if isinstance(rubric, Rubric) else None
    if form is None:
        criteria = tuple(rubric)
    else:
        criteria = tuple(
            SimulatedCriterion(name, tuple(answers), float(not_applicable) if may_not_apply else 0.0)
            for name, answers, may_not_apply in _core.answers_by_merit(form._core)
        )
    if not criteria:
        raise ArgumentError("rubric: expected at least one criterion but found none")
    ids = [criterion.id for criterion in criteria]
    for at, name in enumerate(ids):
        if name in ids[:at]:
            raise ArgumentError(f'rubric: criterion "{name}" stands twice')
    for name in vague:
        check_choice("vague", name, ids)
    return tuple(
        replace(criterion, noise=3.0 * criterion.noise) if criterion.id in vague else criterion
        for criterion in criteria
    ), form


