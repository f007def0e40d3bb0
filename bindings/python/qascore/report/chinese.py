"""Pages in Chinese."""

from __future__ import annotations

from ..errors import check_choice
from .document import LANGUAGES, Report


def in_language(report: Report, language: str) -> Report:
    check_choice("language", language, LANGUAGES)
    return report
