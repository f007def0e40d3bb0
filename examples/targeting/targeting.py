"""Why inclusion probabilities matter: the same targeted sample, with and without its weights.

A centre reviews every conversation with a repeat complaint or an escalation, and two in a hundred of the others. Truth is
known, because the centre is simulated. `python examples/targeting/targeting.py [FOLDER]` prints the figures of
docs/inclusion-probabilities.md and, with a folder, draws its pictures there.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import qascore as qa

CONVERSATIONS = 5000
RATES = {"flagged": 1.0, "other": 0.02}
REDRAWS = 300
FLAGGED, OTHER, WEIGHTED = "#b3470e", "#d9d9d9", "#1f6fb2"


@dataclass(frozen=True)
class Redraws:
    """One entry per redraw: both estimates of the mean score, and the interval of the weighted one."""

    truth: float
    flagged: float  # share of the conversations
    size: int
    plain: np.ndarray[Any, np.dtype[np.float64]]
    weighted: np.ndarray[Any, np.dtype[np.float64]]
    covered: np.ndarray[Any, np.dtype[np.bool_]]


def population() -> pd.DataFrame:
    """Conversations with the score that the panel would give on average, and whether they would be flagged."""
    centre = qa.simulate(conversations=CONVERSATIONS, seed=20260101)
    calls = pd.DataFrame(centre.conversations)
    scores = pd.DataFrame(centre.score_all())
    calls["score"] = calls["conversation_id"].map(scores.groupby("conversation_id")["score"].mean())
    risky = calls["repeat_complaint"].astype(bool) | calls["escalated"].astype(bool)
    calls["risk"] = np.where(risky, "flagged", "other")
    return calls[["conversation_id", "risk", "score"]]


def redraw(calls: pd.DataFrame) -> Redraws:
    plan = qa.allocate(calls, strata="risk", rates=RATES)
    plain, weighted, covered = [], [], []
    truth = calls["score"].mean()
    for seed in range(REDRAWS):
        sample = qa.draw(calls, plan, id="conversation_id", seed=seed)
        plain.append(sample["score"].mean())
        estimate = qa.mean(qa.SampleDesign(sample, unit="conversation_id", plan=plan), "score")
        weighted.append(estimate.value)
        covered.append(estimate.low <= truth <= estimate.high)
    return Redraws(
        float(truth), float((calls["risk"] == "flagged").mean()), plan.sample_size,
        np.array(plain), np.array(weighted), np.array(covered),
    )  # fmt: skip


def summary(found: Redraws) -> str:
    return "\n".join([
        f"conversations                     {CONVERSATIONS:,}, {found.flagged:.1%} of them flagged",
        f"reviewed                          {found.size}: all flagged ones, and {RATES['other']:.0%} of the others",
        f"mean score of all conversations   {found.truth:.3f}",
        f"plain mean of the sample          {found.plain.mean():.3f} on average over {REDRAWS} draws",
        f"weighted mean of the sample       {found.weighted.mean():.3f} on average",
        f"95% intervals that hold the truth {found.covered.mean():.1%}",
    ])  # fmt: skip


def pictures(found: Redraws, folder: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams["svg.hashsalt"] = "qascore"  # the same file at every run
    folder.mkdir(parents=True, exist_ok=True)

    figure, axes = plt.subplots(figsize=(7.2, 1.7), layout="constrained")
    in_sample = found.flagged * CONVERSATIONS / found.size
    for row, share in enumerate((in_sample, found.flagged)):
        axes.barh(row, share, color=FLAGGED)
        axes.barh(row, 1 - share, left=share, color=OTHER)
        axes.text(share - 0.01, row, f"{share:.0%}", ha="right", va="center", color="white")
    axes.set_yticks([0, 1], ["in the sample", "in the centre"])
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    axes.set_title("Conversations with a repeat complaint or an escalation", loc="left", fontsize=10)
    figure.savefig(folder / "targeted-who.svg", metadata={"Date": None})

    figure, axes = plt.subplots(figsize=(7.2, 2.9), layout="constrained")
    bins = np.linspace(min(found.plain.min(), found.weighted.min()), max(found.plain.max(), found.weighted.max()), 50)
    axes.hist(found.plain, bins=bins, color=FLAGGED, label="plain mean of the sample")
    axes.hist(found.weighted, bins=bins, color=WEIGHTED, label="weighted by 1 / inclusion probability")
    axes.axvline(found.truth, color="#222222", linestyle="--", label="all conversations")
    axes.set_xlabel("mean score")
    axes.set_ylabel(f"of {REDRAWS} draws")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, loc="outside upper left", ncols=3, fontsize=9)
    figure.savefig(folder / "targeted-means.svg", metadata={"Date": None})


def main(arguments: list[str]) -> None:
    found = redraw(population())
    print(summary(found))
    if arguments:
        pictures(found, Path(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
