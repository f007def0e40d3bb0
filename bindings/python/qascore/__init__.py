"""qascore: quality-inspection scoring for contact centres.

Sample, score, calibrate, relate, estimate, report: the whole loop, with the uncertainty of every figure.
"""

from __future__ import annotations

from ._core import __version__
from ._results import Estimate, EstimateTable
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

__all__ = [
    "ArgumentError",
    "DataError",
    "DesignError",
    "Estimate",
    "EstimateTable",
    "FileError",
    "MissingColumnError",
    "NumericError",
    "QascoreError",
    "RubricError",
    "__version__",
]
