"""The members of Amazon Connect's evaluation forms and evaluations, as its API names them."""

from __future__ import annotations

FORM = (
    "InstanceId", "EvaluationFormId", "EvaluationFormVersion", "EvaluationFormArn", "CreateNewVersion", "Title", "Description",
    "Items", "ScoringStrategy", "AutoEvaluationConfiguration", "ReviewConfiguration", "AsDraft", "ClientToken",
    "TargetConfiguration", "LanguageConfiguration", "Tags", "Locked", "Status", "CreatedTime", "CreatedBy", "LastModifiedTime",
    "LastModifiedBy", "LatestValidationStatus", "LastValidationTime", "ResponseMetadata",
)  # fmt: skip
SECTION = ("Title", "RefId", "Instructions", "Items", "Weight", "IsExcludedFromScoring", "ScoreThresholds")
QUESTION = (
    "Title", "RefId", "Instructions", "NotApplicableEnabled", "QuestionType", "QuestionTypeProperties", "Enablement", "Weight",
    "ScoringConfiguration",
)  # fmt: skip
OPTION = ("RefId", "Text", "Score", "AutomaticFail", "AutomaticFailConfiguration", "PointsConfiguration")
RANGE = ("MinValue", "MaxValue", "Score", "AutomaticFail", "AutomaticFailConfiguration", "PointsConfiguration")
SCORE = (
    "Percentage", "NotApplicable", "AutomaticFail", "AppliedWeight", "EarnedPoints", "MaxBasePoint", "PerformanceCategory",
)  # fmt: skip
ANSWER = ("StringValue", "NumericValue", "StringValues", "DateTimeValue", "NotApplicable")

# The member of QuestionTypeProperties that a type of question has.
PROPERTIES = {"SINGLESELECT": "SingleSelect", "MULTISELECT": "MultiSelect", "NUMERIC": "Numeric", "TEXT": "Text"}
QUESTION_TYPES = ("TEXT", "SINGLESELECT", "NUMERIC", "MULTISELECT", "DATETIME")
MODES = ("QUESTION_ONLY", "SECTION_ONLY", "POINTS_BASED")
# What stands for "not applicable" among the values of exported answers.
NOT_APPLICABLE_OPTION = "system_default_null_value"
