"""qascore: quality-inspection scoring for contact centres.

Sample, score, calibrate, relate, estimate, report: the whole loop, with the uncertainty of every figure.
"""

from __future__ import annotations

from ._core import __version__
from ._results import Estimate, EstimateTable, TestResult
from .association import Association, Pairing, association, pair
from .errors import (
    ArgumentError,
    DataError,
    DesignError,
    FileError,
    MissingColumnError,
    NumericError,
    QascoreError,
    RubricError,
)
from .estimation import (
    DesignEffect,
    Difference,
    SampleDesign,
    design_effect,
    difference,
    mean,
    proportion,
    ratio,
    total,
    variance,
)
from .sampling import PlannedStratum, SamplingPlan, allocate, draw, permanent_random_numbers

__all__ = [
    "ArgumentError",
    "Association",
    "DataError",
    "DesignEffect",
    "DesignError",
    "Difference",
    "Estimate",
    "EstimateTable",
    "FileError",
    "MissingColumnError",
    "NumericError",
    "Pairing",
    "PlannedStratum",
    "QascoreError",
    "RubricError",
    "SampleDesign",
    "SamplingPlan",
    "TestResult",
    "__version__",
    "allocate",
    "association",
    "design_effect",
    "difference",
    "draw",
    "mean",
    "pair",
    "permanent_random_numbers",
    "proportion",
    "ratio",
    "total",
    "variance",
]
