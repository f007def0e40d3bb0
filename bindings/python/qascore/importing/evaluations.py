"""Evaluations of other systems in: answers, and the figures to compare with."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, check_choice
from ..rubric import Rubric
from . import amazon_form, genesys_form
from .comparison import ImportedEvaluations, SourceEvaluation
from .document import Part, Problems, parse_json, read_document, read_text
from .draft import ImportedRubric
from .amazon_evaluations import AmazonReader
from .forms import SOURCES
from .genesys_evaluations import GenesysReader

Source = str | os.PathLike[str] | Mapping[str, Any]


def import_evaluations(
    evaluations: Source | Iterable[Source],
    source: str,
    *,
    rubric: Rubric | ImportedRubric | None = None,
) -> ImportedEvaluations:
    """Answers and scores of evaluations that were made in another system.

    Scores are never trusted: `rescore` computes each again and lists every figure that differs.

    Parameters
    ----------
    evaluations : path, mapping, or several of them
        A JSON file with one evaluation or a list, a JSON lines file (.jsonl), or what an SDK gives. Amazon Connect: responses of
        DescribeContactEvaluation, or exports to S3 (schema 3.1, 3.5). Genesys Cloud: evaluations of the API.
    source : {"amazon_connect", "genesys_cloud"}
    rubric : ImportedRubric or Rubric, optional
        The form. Default: the one that comes with the first evaluation, if one does. Amazon's exports come without.

    Raises
    ------
    RubricError
        With every problem of the evaluations and its JSON path.

    Examples
    --------
    >>> import qascore as qa
    >>> export = {"schemaVersion": "3.1", "evaluationId": "e1", "metadata": {"score": {"percentage": 85}}, "questions": [
    ...     {"questionRefId": "q1", "answer": {"values": [{"valueRefId": "no", "selected": True}]},
    ...      "score": {"percentage": 0, "automaticFail": True}}]}
    >>> qa.import_evaluations(export, "amazon_connect")
    From amazon_connect: evaluations: 1, answers: 1, contradictions among the source's own figures: 2
    - e1: question q1 has an automatic fail, the form is not marked
    - e1: question q1 has an automatic fail, but neither the form (85 %) nor a section around it is 0
    """
    check_choice("source", source, SOURCES)
    documents = list(_documents(evaluations))
    if not documents:
        raise ArgumentError("evaluations: expected at least one evaluation but found none")
    problems = Problems("")
    if rubric is None:
        rubric = _own_form(documents[0][0], documents[0][1], source)
    reader: AmazonReader | GenesysReader
    reader = AmazonReader(problems, rubric) if source == "amazon_connect" else GenesysReader(problems, rubric)
    out: list[SourceEvaluation] = []
    seen: dict[str, str] = {}
    for value, name, path in documents:
        problems.file = name
        one = reader.read(Part(value, path, problems))
        if one is None:
            continue
        where = f"{name} {path}".strip()
        if one.id in seen:
            problems.add(path, f'expected each evaluation once but found "{one.id}" again, which {seen[one.id]} has')
        seen[one.id] = where
        out.append(one)
    problems.check()
    return ImportedEvaluations(source, out, reader.inconsistencies, reader.notes.all(), rubric)


def _documents(evaluations: Any) -> Iterable[tuple[Any, str, str]]:
    """Every evaluation, the name of its file, and its path in it."""
    if isinstance(evaluations, Mapping):
        yield evaluations, "evaluations", ""
        return
    if isinstance(evaluations, (str, os.PathLike)):
        name = os.fspath(evaluations)
        if Path(name).suffix in (".jsonl", ".ndjson"):
            for number, line in enumerate(read_text(Path(name)).splitlines(), start=1):
                if line.strip():
                    yield parse_json(line, f"{name}:{number}"), f"{name}:{number}", ""
            return
        value, name = read_document(evaluations, argument="evaluations")
        if isinstance(value, list):
            for index, one in enumerate(value):
                yield one, name, f"[{index}]"
        else:
            yield value, name, ""
        return
    if not isinstance(evaluations, Iterable):
        raise ArgumentError(f"evaluations: expected files or mappings but found {type(evaluations).__name__}")
    for index, one in enumerate(evaluations):
        for value, name, path in _documents(one):
            yield value, f"evaluations[{index}]" if isinstance(one, Mapping) else name, path


def _own_form(value: Any, name: str, source: str) -> ImportedRubric | None:
    if not isinstance(value, Mapping):
        return None
    if source == "amazon_connect":
        return amazon_form.import_form(value, name, amazon_form.AmazonChoices()) if "EvaluationForm" in value else None
    form = value.get("evaluationForm", value.get("evaluation_form"))
    groups = isinstance(form, Mapping) and ("questionGroups" in form or "question_groups" in form)
    return genesys_form.import_form(value, name, genesys_form.GenesysChoices()) if groups else None
