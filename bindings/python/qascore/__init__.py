"""qascore: quality-inspection scoring for contact centres.

Sample, score, calibrate, relate, estimate, report: the whole loop, with the uncertainty of every figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._core import __version__
from ._results import Estimate, EstimateTable, TestResult
from .agents import AgentDifference, AgentEstimate, AgentEstimates, agent_estimates
from .association import Association, Pairing, association, pair
from .calibration import (
    AgreementEstimate,
    CalibrationStudy,
    Finding,
    IccEstimate,
    RaterSummary,
    RatingTable,
    agreement,
    brennan_prediger,
    calibration_study,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    icc,
    icc_table,
    krippendorff_alpha,
    leave_one_rater_out,
    percent_agreement,
    rater_summary,
    scott_pi,
)
from .cronbach import cronbach_alpha
from .drawing import draw, permanent_random_numbers
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
from .inclusion import inclusion_probabilities
from .model_assisted import (
    ModelAssistedEstimate,
    PpiEstimate,
    model_assisted_mean,
    model_assisted_proportion,
    ppi_mean,
)
from .paired import paired_difference
from .quantile import median, quantile
from .regression import Regression, regression
from .rubric import EvaluationResult, Rubric, Scores
from .sample_size import (
    SampleSize,
    SizeStep,
    sample_size_for_correlation,
    sample_size_for_difference,
    sample_size_for_domain,
    sample_size_for_kappa,
    sample_size_for_mean,
    sample_size_for_proportion,
)
from .sampling import PlannedStratum, SamplingPlan, allocate
from .simulation import Centre, Evaluations, SimulatedCriterion, Truth, simulate
from .sketch import DrawSketch

if TYPE_CHECKING:
    from .study import Study, run_study

__all__ = [
    "AgentDifference",
    "AgentEstimate",
    "AgentEstimates",
    "AgreementEstimate",
    "ArgumentError",
    "Association",
    "CalibrationStudy",
    "Centre",
    "DataError",
    "DesignEffect",
    "DesignError",
    "Difference",
    "DrawSketch",
    "Estimate",
    "EstimateTable",
    "EvaluationResult",
    "Evaluations",
    "FileError",
    "Finding",
    "IccEstimate",
    "MissingColumnError",
    "ModelAssistedEstimate",
    "NumericError",
    "Pairing",
    "PlannedStratum",
    "PpiEstimate",
    "QascoreError",
    "RaterSummary",
    "RatingTable",
    "Regression",
    "Rubric",
    "RubricError",
    "SampleDesign",
    "SampleSize",
    "SamplingPlan",
    "Scores",
    "SimulatedCriterion",
    "SizeStep",
    "Study",
    "TestResult",
    "Truth",
    "__version__",
    "agent_estimates",
    "agreement",
    "allocate",
    "association",
    "brennan_prediger",
    "calibration_study",
    "cohen_kappa",
    "conger_kappa",
    "cronbach_alpha",
    "design_effect",
    "difference",
    "draw",
    "fleiss_kappa",
    "gwet_ac",
    "icc",
    "icc_table",
    "inclusion_probabilities",
    "krippendorff_alpha",
    "leave_one_rater_out",
    "mean",
    "median",
    "model_assisted_mean",
    "model_assisted_proportion",
    "pair",
    "paired_difference",
    "percent_agreement",
    "permanent_random_numbers",
    "ppi_mean",
    "proportion",
    "quantile",
    "rater_summary",
    "ratio",
    "regression",
    "run_study",
    "sample_size_for_correlation",
    "sample_size_for_difference",
    "sample_size_for_domain",
    "sample_size_for_kappa",
    "sample_size_for_mean",
    "sample_size_for_proportion",
    "scott_pi",
    "simulate",
    "total",
    "variance",
]


def __getattr__(name: str) -> Any:
    # Reading and writing files is imported by those who do it.
    if name in ("Study", "run_study"):
        from . import study

        return getattr(study, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
