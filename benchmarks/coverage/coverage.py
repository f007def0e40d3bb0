"""How often 95 % intervals hold the truth: populations that are known, sampled again and again.

    python benchmarks/coverage/coverage.py [--runs N] [--data DIR] [--json FILE]

Populations: a simulated centre, and with --data the service-desk incidents of the reference data. Every figure is
estimated from N stratified samples and compared with its value in the whole population. With N samples a true 95 %
shows up within 1.96 sqrt(.95 .05 / N): 1.0 points for 2,000. docs/coverage.md has the table of such a run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import qascore as qa

PROPORTIONS = ("wilson", "logit", "beta", "arcsine", "likelihood", "t")


@dataclass(frozen=True)
class Figure:
    """What is estimated; `of` takes a sample (a SampleDesign) or the population (a frame) to an estimate."""

    name: str
    interval: str
    of: Callable[[Any], Any]
    truth: float


@dataclass(frozen=True)
class Scenario:
    name: str
    population: pd.DataFrame
    strata: list[str]
    plan: dict[str, Any]
    figures: list[Figure]


def figure(name: str, interval: str, population: pd.DataFrame, of: Callable[[Any], Any]) -> Figure:
    return Figure(name, interval, of, float(of(population).value))


def proportions(column: str, population: pd.DataFrame) -> Iterable[Figure]:
    for interval in PROPORTIONS:
        yield figure(
            f"share with {column}", interval, population,
            lambda sample, interval=interval: qa.proportion(sample, column, interval=interval),
        )  # fmt: skip


def centre() -> tuple[pd.DataFrame, list[Figure]]:
    made = qa.simulate(conversations=10_000, seed=20260101)
    calls = pd.DataFrame(made.conversations)
    scores = pd.DataFrame(made.score_all()).groupby("conversation_id")["score"].mean()
    calls["score"] = calls["conversation_id"].map(scores)
    calls["passed"] = (calls["score"] >= 0.6).astype(int)
    truth = pd.DataFrame(made.truth.conversations).set_index("conversation_id")
    calls["csat"] = calls["conversation_id"].map(truth["csat"]).astype(float)
    rng = np.random.default_rng(1)
    calls["model"] = np.clip(calls["score"] + rng.normal(0.05, 0.08, len(calls)), 0, 1)
    for column in ("repeat_complaint", "escalated"):
        calls[column] = calls[column].astype(int)
    found = [
        figure("mean score", "t", calls, lambda s: qa.mean(s, "score")),
        figure("mean handle_s (skewed)", "t", calls, lambda s: qa.mean(s, "handle_s")),
        figure("mean score of one channel", "t", calls, lambda s: qa.mean(s, "score", by="channel")["email"]),
        figure("phone minus chat", "t", calls,
               lambda s: qa.difference(s, "score", by="channel", between=("phone", "chat"))),
        figure("variance of score", "log t", calls, lambda s: qa.variance(s, "score")),
        figure("median score", "inversion", calls, lambda s: qa.median(s, "score")),
        figure("Pearson of score and csat", "Fisher z, t", calls,
               lambda s: qa.association(s, "score", "csat", method="pearson", interval="linearised")),
        figure("Spearman of score and csat", "Fisher z, t", calls,
               lambda s: qa.association(s, "score", "csat", interval="linearised")),
        *proportions("passed", calls), *proportions("repeat_complaint", calls), *proportions("escalated", calls),
    ]  # fmt: skip
    mean = float(calls["score"].mean())
    assisted = Figure(
        "mean score, with a model's", "t",
        lambda s: qa.model_assisted_mean(s, "score", model="model", population=calls), mean,
    )  # fmt: skip
    return calls, [*found, assisted]


def incidents(folder: Path) -> tuple[pd.DataFrame, list[Figure]]:
    calls = pd.read_csv(folder / "uci_incidents" / "conversations.csv")
    calls = calls[calls["handle_s"].notna() & calls["priority"].notna() & calls["channel"].notna()].copy()
    calls["log_handle"] = np.log1p(calls["handle_s"])
    found = [
        figure("mean handle_s (very skewed)", "t", calls, lambda s: qa.mean(s, "handle_s")),
        figure("mean log handle_s", "t", calls, lambda s: qa.mean(s, "log_handle")),
        figure("median handle_s", "inversion", calls, lambda s: qa.median(s, "handle_s")),
        figure("mean reassignments", "t", calls, lambda s: qa.mean(s, "reassignments")),
        figure("events per team", "t", calls, lambda s: qa.ratio(s, "n_events", "n_teams")),
        figure("Spearman of events and teams", "Fisher z, t", calls,
               lambda s: qa.association(s, "n_events", "n_teams", interval="linearised")),
        *proportions("sla_met", calls), *proportions("used_knowledge", calls),
    ]  # fmt: skip
    return calls, found


def scenarios(data: Path | None) -> list[Scenario]:
    calls, figures = centre()
    out = [
        Scenario("simulated centre, 400 of 10,000, proportional", calls, ["channel", "tier"],
                 {"size": 400, "min_per_stratum": 2}, figures),
        Scenario("simulated centre, 120 of 10,000, ten of each stratum", calls, ["channel", "tier"],
                 {"size": 120, "method": "equal", "min_per_stratum": 2}, figures),
    ]  # fmt: skip
    if data is not None:
        calls, figures = incidents(data)
        out.append(Scenario(f"incidents, 600 of {len(calls):,}, proportional", calls, ["channel", "priority"],
                            {"size": 600, "min_per_stratum": 2}, figures))  # fmt: skip
    return out


def study(scenario: Scenario, runs: int) -> list[dict[str, Any]]:
    calls = scenario.population
    plan = qa.allocate(calls, strata=scenario.strata, **scenario.plan)
    held = np.zeros((len(scenario.figures), runs), dtype=bool)
    width = np.zeros((len(scenario.figures), runs))
    for run in range(runs):
        sample = qa.draw(calls, plan, id="conversation_id", seed=run)
        design = qa.SampleDesign(sample, unit="conversation_id", plan=plan, single_unit="average")
        for at, one in enumerate(scenario.figures):
            found = one.of(design)
            held[at, run] = found.low <= one.truth <= found.high
            width[at, run] = found.high - found.low
        if run % 100 == 99:
            print(f"{scenario.name}: {run + 1:,} of {runs:,}", file=sys.stderr)
    return [
        {"population": scenario.name, "figure": one.name, "interval": one.interval, "truth": one.truth, "runs": runs,
         "coverage": float(held[at].mean()), "width": float(np.nanmean(width[at])),
         "without_interval": int(np.isnan(width[at]).sum())}
        for at, one in enumerate(scenario.figures)
    ]  # fmt: skip


def show(rows: list[dict[str, Any]]) -> str:
    lines: list[str] = []
    for name in dict.fromkeys(row["population"] for row in rows):
        lines += ["", f"### {name[0].upper()}{name[1:]}", "", "| figure | truth | interval | held | mean width |",
                  "| --- | --- | --- | --- | --- |"]  # fmt: skip
        lines += [
            f"| {row['figure']} | {row['truth']:.4g} | {row['interval']} | {100 * row['coverage']:.1f} | {row['width']:.3g} |"
            for row in rows
            if row["population"] == name
        ]
    return "\n".join(lines[1:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="samples of each population")
    parser.add_argument("--data", type=Path, help="folder of the reference data, for the incidents")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    arguments = parser.parse_args()
    rows = [row for scenario in scenarios(arguments.data) for row in study(scenario, arguments.runs)]
    print(show(rows))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
