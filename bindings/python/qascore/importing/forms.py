"""Forms of other systems in, as rubrics."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..errors import ArgumentError, check_choice, did_you_mean
from . import amazon_form, genesys_form
from .document import Problems, read_document
from .draft import ImportedRubric
from .amazon_form import AmazonChoices
from .genesys_form import GenesysChoices

SOURCES = ("amazon_connect", "genesys_cloud")
MAX_FORM_BYTES = 8 * 1024 * 1024


def import_rubric(form: str | os.PathLike[str] | Mapping[str, Any], source: str, **choices: Any) -> ImportedRubric:
    """A rubric from the form of another system, with that system's way to score.

    Parameters
    ----------
    form : path or mapping
        A JSON file, or what `json.load` or an SDK gives. Amazon Connect: a request to create or update a form, or a response that
        describes a form or a contact evaluation. Genesys Cloud: a form of the API, or of the Terraform provider (JSON).
    source : {"amazon_connect", "genesys_cloud"}
    **choices
        Of all sources: `id`, `version`, `language` of the rubric, where the form's own are not wanted; `unknown`: members that
        are not known are refused ("refuse", the default: one may well change the score) or passed over ("ignore").

        Of Amazon Connect, where its documentation is silent: `mode` scores the form by QUESTION_ONLY, SECTION_ONLY or POINTS_BASED
        whatever it says (needed where its scoring is disabled). `divisor`: a score is out of "ten" (default) or of the "largest"
        of its question. `points_not_applicable` in POINTS_BASED forms: "left_out" (default; 0 of 0 points), "zero" or "full_marks".
        `section_not_applicable` in SECTION_ONLY forms: weight that is not applicable goes to all others of the "form" (default)
        or of the "section". `section_fail`: an automatic fail of a section "reaches_form" (default) or "stays".
        `cap`: with bonus points, cut at 100 % (default True: the API documents percentages up to 100). `rounding` of the score, half
        up: "none" (default), to a "hundredth" of a percent, or a whole "percent".

        Of Genesys Cloud: `weight_mode` ("SCALED" or "OFF") where the form does not say. `kill`: a fatal question that does not get
        its highest answer sets the score to "zero" (default) or decides the "verdict" only. `resource`: the form's name, where a Terraform
        file has several.

    Raises
    ------
    RubricError
        With every problem of the form: its JSON path, what was expected and found. `problems` has them as data.

    Examples
    --------
    >>> import qascore as qa
    >>> form = {"name": "Service", "weightMode": "SCALED", "questionGroups": [{"name": "Opening", "weight": 40, "questions": [
    ...     {"text": "Greets", "answerOptions": [{"text": "Yes", "value": 1}, {"text": "No", "value": 0}]}]}]}
    >>> qa.import_rubric(form, "genesys_cloud", version="1").rubric.score_one({"greets": "yes"}).score
    1.0
    """
    check_choice("source", source, SOURCES)
    document, name = read_document(form, argument="form", max_bytes=MAX_FORM_BYTES)
    if _is_evaluation(document, source):
        problems = Problems(name)
        problems.add("", "expected a form but found an evaluation; import_evaluations reads it")
        problems.check()
    if source == "amazon_connect":
        return amazon_form.import_form(document, name, _choices(AmazonChoices, amazon_form.CHOICES, choices, source))
    return genesys_form.import_form(document, name, _choices(GenesysChoices, genesys_form.CHOICES, choices, source))


def _is_evaluation(document: Any, source: str) -> bool:
    """Whether it is an evaluation without the form that it was made on."""
    if not isinstance(document, Mapping):
        return False
    if source == "amazon_connect":
        return "EvaluationForm" not in document and ("Evaluation" in document or "evaluationId" in document)
    forms = [document, *(document.get(key) for key in ("evaluationForm", "evaluation_form"))]
    groups = any(key in form for form in forms if isinstance(form, Mapping) for key in ("questionGroups", "question_groups"))
    return "answers" in document and not groups


def _choices(kind: type[Any], allowed: Mapping[str, tuple[Any, ...]], given: Mapping[str, Any], source: str) -> Any:
    names = [one.name for one in fields(kind)]
    for name, value in given.items():
        if name not in names:
            raise ArgumentError(f"{name}: expected a choice of {source} ({', '.join(names)}){did_you_mean(name, names)}")
        if name not in allowed:
            if value is not None and not isinstance(value, str):
                raise ArgumentError(f"{name}: expected text but found {value!r}")
        elif not any(value is one or (isinstance(one, str) and value == one) for one in allowed[name]):
            listed = ", ".join(str(one) for one in allowed[name] if one is not None)
            raise ArgumentError(f"{name}: expected one of {listed} but found {value!r}{did_you_mean(value, listed.split(', '))}")
    return kind(**given)
