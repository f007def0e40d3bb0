"""qascore: quality-inspection scoring for contact centres.

Sample, score, calibrate, relate, estimate, report: the whole loop, with the uncertainty of every figure.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._core import __version__
    from ._rating_table import RatingTable
    from ._results import Estimate, EstimateTable, TestResult
    from ._versions import show_versions
    from .agents import AgentDifference, AgentEstimate, AgentEstimates, agent_estimates
    from .agreement_comparison import AgreementComparison, AgreementDifference, agreement_difference, compare_agreement
    from .agreement_parts import PairwiseAgreement, agreement_by_category, gold_kappa, pairwise_agreement
    from .agreement_resampling import ResampledAgreement, resample_agreement
    from .assigning import Assignment, RaterLoad, assign
    from .associations import Association, Pairing, association, pair
    from .benchmarks import BenchmarkMembership, benchmark_membership
    from .calibration import (
        AgreementEstimate,
        IccEstimate,
        RaterSummary,
        agreement,
        bangdiwala_b,
        brennan_prediger,
        cohen_kappa,
        conger_kappa,
        fleiss_kappa,
        fleiss_kappa_pooled,
        gwet_ac,
        icc,
        icc_table,
        krippendorff_alpha,
        leave_one_rater_out,
        light_kappa,
        percent_agreement,
        rater_summary,
        scott_pi,
    )
    from .calibration_studies import CalibrationStudy, Finding, calibration_study
    from .chance import ChanceTest, chance_test
    from .comparing import ComparedScores, RubricChange, RubricComparison, compare_rubrics
    from .consistency import InternalConsistency, internal_consistency, raters_for_reliability, spearman_brown
    from .cronbach import cronbach_alpha
    from .dependence import (
        DistanceCorrelation,
        PairCounts,
        PermutationTest,
        distance_correlation,
        pair_counts,
        permutation_test,
    )
    from .drawing import draw, permanent_random_numbers
    from .drift import (
        ChangePoint,
        ControlChart,
        RaterDrift,
        change_point,
        cusum_chart,
        ewma_chart,
        p_chart,
        rater_drift,
        xbar_chart,
    )
    from .errors import (
        ArgumentError,
        DataError,
        DesignError,
        FileError,
        MissingColumnError,
        MissingRowError,
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
    from .generalizability import DStudy, DStudyPlan, GStudy, d_study, g_study
    from .gold import Consensus, GoldComparison, Prmse, dawid_skene, prmse, rater_against_gold, raters_against_gold
    from .importing.amazon_export import ExportedRubric, export_rubric
    from .importing.comparison import ImportedEvaluations, Rescored, ScoreDifference
    from .importing.draft import ImportedRubric
    from .importing.evaluations import import_evaluations
    from .importing.forms import import_rubric
    from .inclusion import inclusion_probabilities
    from .measurements import (
        BlandAltman,
        Concordance,
        KendallW,
        WithinGroup,
        bland_altman,
        kendall_w,
        lin_ccc,
        overall_ccc,
        r_wg,
    )
    from .mixed import MixedModel, mixed_model
    from .model_assisted import (
        ModelAssistedEstimate,
        PpiEstimate,
        model_assisted_mean,
        model_assisted_proportion,
        ppi_mean,
    )
    from .model_raters import (
        Advantage,
        AlternativeTest,
        GroupDeviations,
        ModelBreak,
        alternative_annotator_test,
        model_bias,
        model_break,
    )
    from .paired import paired_difference
    from .quantiles import median, quantile
    from .rater_models import AdjustedAgent, RaterEffect, RaterEffects, rater_effects
    from .regressions import Regression, regression
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
    from .sampling import PlannedStratum, RecordedDraw, SamplingPlan, allocate
    from .simulation import Centre, Evaluations, SimulatedCriterion, Truth, simulate
    from .sketch import DrawSketch
    from .study import Study, run_study

__all__ = [
    "AdjustedAgent",
    "Advantage",
    "AgentDifference",
    "AgentEstimate",
    "AgentEstimates",
    "AgreementComparison",
    "AgreementDifference",
    "AgreementEstimate",
    "AlternativeTest",
    "ArgumentError",
    "Assignment",
    "Association",
    "BenchmarkMembership",
    "BlandAltman",
    "CalibrationStudy",
    "Centre",
    "ChanceTest",
    "ChangePoint",
    "ComparedScores",
    "Concordance",
    "Consensus",
    "ControlChart",
    "DStudy",
    "DStudyPlan",
    "DataError",
    "DesignEffect",
    "DesignError",
    "Difference",
    "DistanceCorrelation",
    "DrawSketch",
    "Estimate",
    "EstimateTable",
    "EvaluationResult",
    "Evaluations",
    "ExportedRubric",
    "FileError",
    "Finding",
    "GStudy",
    "GoldComparison",
    "GroupDeviations",
    "IccEstimate",
    "ImportedEvaluations",
    "ImportedRubric",
    "InternalConsistency",
    "KendallW",
    "MissingColumnError",
    "MissingRowError",
    "MixedModel",
    "ModelAssistedEstimate",
    "ModelBreak",
    "NumericError",
    "PairCounts",
    "Pairing",
    "PairwiseAgreement",
    "PermutationTest",
    "PlannedStratum",
    "PpiEstimate",
    "Prmse",
    "QascoreError",
    "RaterDrift",
    "RaterEffect",
    "RaterEffects",
    "RaterLoad",
    "RaterSummary",
    "RatingTable",
    "RecordedDraw",
    "Regression",
    "ResampledAgreement",
    "Rescored",
    "Rubric",
    "RubricChange",
    "RubricComparison",
    "RubricError",
    "SampleDesign",
    "SampleSize",
    "SamplingPlan",
    "ScoreDifference",
    "Scores",
    "SimulatedCriterion",
    "SizeStep",
    "Study",
    "TestResult",
    "Truth",
    "WithinGroup",
    "__version__",
    "agent_estimates",
    "agreement",
    "agreement_by_category",
    "agreement_difference",
    "allocate",
    "alternative_annotator_test",
    "assign",
    "association",
    "bangdiwala_b",
    "benchmark_membership",
    "bland_altman",
    "brennan_prediger",
    "calibration_study",
    "chance_test",
    "change_point",
    "cohen_kappa",
    "compare_agreement",
    "compare_rubrics",
    "conger_kappa",
    "cronbach_alpha",
    "cusum_chart",
    "d_study",
    "dawid_skene",
    "design_effect",
    "difference",
    "distance_correlation",
    "draw",
    "ewma_chart",
    "export_rubric",
    "fleiss_kappa",
    "fleiss_kappa_pooled",
    "g_study",
    "gold_kappa",
    "gwet_ac",
    "icc",
    "icc_table",
    "import_evaluations",
    "import_rubric",
    "inclusion_probabilities",
    "internal_consistency",
    "kendall_w",
    "krippendorff_alpha",
    "leave_one_rater_out",
    "light_kappa",
    "lin_ccc",
    "mean",
    "median",
    "mixed_model",
    "model_assisted_mean",
    "model_assisted_proportion",
    "model_bias",
    "model_break",
    "overall_ccc",
    "p_chart",
    "pair",
    "pair_counts",
    "paired_difference",
    "pairwise_agreement",
    "percent_agreement",
    "permanent_random_numbers",
    "permutation_test",
    "ppi_mean",
    "prmse",
    "proportion",
    "quantile",
    "r_wg",
    "rater_against_gold",
    "rater_drift",
    "rater_effects",
    "rater_summary",
    "raters_against_gold",
    "raters_for_reliability",
    "ratio",
    "regression",
    "resample_agreement",
    "run_study",
    "sample_size_for_correlation",
    "sample_size_for_difference",
    "sample_size_for_domain",
    "sample_size_for_kappa",
    "sample_size_for_mean",
    "sample_size_for_proportion",
    "scott_pi",
    "show_versions",
    "simulate",
    "spearman_brown",
    "total",
    "variance",
    "xbar_chart",
]

# Where each name lives. A module is imported when one of its names is first used, so that `import qascore` costs next
# to nothing, and what a program never asks for it never loads. No module is called like a name that stands here: once
# imported, it would hide it.
_HOMES = {
    "_core": ("__version__",),
    "_rating_table": ("RatingTable",),
    "_results": ("Estimate", "EstimateTable", "TestResult"),
    "_versions": ("show_versions",),
    "agents": ("AgentDifference", "AgentEstimate", "AgentEstimates", "agent_estimates"),
    "agreement_comparison": ("AgreementComparison", "AgreementDifference", "agreement_difference", "compare_agreement"),
    "agreement_parts": ("PairwiseAgreement", "agreement_by_category", "gold_kappa", "pairwise_agreement"),
    "agreement_resampling": ("ResampledAgreement", "resample_agreement"),
    "assigning": ("Assignment", "RaterLoad", "assign"),
    "associations": ("Association", "Pairing", "association", "pair"),
    "benchmarks": ("BenchmarkMembership", "benchmark_membership"),
    "calibration": (
        "AgreementEstimate",
        "IccEstimate",
        "RaterSummary",
        "agreement",
        "bangdiwala_b",
        "brennan_prediger",
        "cohen_kappa",
        "conger_kappa",
        "fleiss_kappa",
        "fleiss_kappa_pooled",
        "gwet_ac",
        "icc",
        "icc_table",
        "krippendorff_alpha",
        "leave_one_rater_out",
        "light_kappa",
        "percent_agreement",
        "rater_summary",
        "scott_pi",
    ),
    "calibration_studies": ("CalibrationStudy", "Finding", "calibration_study"),
    "chance": ("ChanceTest", "chance_test"),
    "comparing": ("ComparedScores", "RubricChange", "RubricComparison", "compare_rubrics"),
    "consistency": ("InternalConsistency", "internal_consistency", "raters_for_reliability", "spearman_brown"),
    "cronbach": ("cronbach_alpha",),
    "dependence": (
        "DistanceCorrelation",
        "PairCounts",
        "PermutationTest",
        "distance_correlation",
        "pair_counts",
        "permutation_test",
    ),
    "drawing": ("draw", "permanent_random_numbers"),
    "drift": (
        "ChangePoint",
        "ControlChart",
        "RaterDrift",
        "change_point",
        "cusum_chart",
        "ewma_chart",
        "p_chart",
        "rater_drift",
        "xbar_chart",
    ),
    "errors": (
        "ArgumentError",
        "DataError",
        "DesignError",
        "FileError",
        "MissingColumnError",
        "MissingRowError",
        "NumericError",
        "QascoreError",
        "RubricError",
    ),
    "estimation": (
        "DesignEffect",
        "Difference",
        "SampleDesign",
        "design_effect",
        "difference",
        "mean",
        "proportion",
        "ratio",
        "total",
        "variance",
    ),
    "generalizability": ("DStudy", "DStudyPlan", "GStudy", "d_study", "g_study"),
    "gold": ("Consensus", "GoldComparison", "Prmse", "dawid_skene", "prmse", "rater_against_gold", "raters_against_gold"),
    "importing.amazon_export": ("ExportedRubric", "export_rubric"),
    "importing.comparison": ("ImportedEvaluations", "Rescored", "ScoreDifference"),
    "importing.draft": ("ImportedRubric",),
    "importing.evaluations": ("import_evaluations",),
    "importing.forms": ("import_rubric",),
    "inclusion": ("inclusion_probabilities",),
    "measurements": (
        "BlandAltman",
        "Concordance",
        "KendallW",
        "WithinGroup",
        "bland_altman",
        "kendall_w",
        "lin_ccc",
        "overall_ccc",
        "r_wg",
    ),
    "mixed": ("MixedModel", "mixed_model"),
    "model_assisted": (
        "ModelAssistedEstimate",
        "PpiEstimate",
        "model_assisted_mean",
        "model_assisted_proportion",
        "ppi_mean",
    ),
    "model_raters": (
        "Advantage",
        "AlternativeTest",
        "GroupDeviations",
        "ModelBreak",
        "alternative_annotator_test",
        "model_bias",
        "model_break",
    ),
    "paired": ("paired_difference",),
    "quantiles": ("median", "quantile"),
    "rater_models": ("AdjustedAgent", "RaterEffect", "RaterEffects", "rater_effects"),
    "regressions": ("Regression", "regression"),
    "rubric": ("EvaluationResult", "Rubric", "Scores"),
    "sample_size": (
        "SampleSize",
        "SizeStep",
        "sample_size_for_correlation",
        "sample_size_for_difference",
        "sample_size_for_domain",
        "sample_size_for_kappa",
        "sample_size_for_mean",
        "sample_size_for_proportion",
    ),
    "sampling": ("PlannedStratum", "RecordedDraw", "SamplingPlan", "allocate"),
    "simulation": ("Centre", "Evaluations", "SimulatedCriterion", "Truth", "simulate"),
    "sketch": ("DrawSketch",),
    "study": ("Study", "run_study"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a type checker takes a module's __getattr__ for leave to use any name

    def __getattr__(name: str) -> Any:
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
