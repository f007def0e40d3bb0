"""study.yaml: what a study reads and asks, as frozen records.

One strict reader for files and for dicts. Names that are not known or stand twice, values of the wrong type and choices
that contradict each other are refused, all at once, each with its line, what was found, and what was probably meant.
Plain words stay text: `no`, `010` and `1:30` are never turned into something else.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from ._extras import need
from ._readers import find_file
from .errors import ArgumentError, DataError, FileError, did_you_mean
from .rubric import find_rubric

METHODS = ("proportional", "equal", "neyman")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
ASSOCIATIONS = ("pearson", "spearman")
LONGEST = 1 << 20  # bytes of a study file; a larger one is not a study file
DEEPEST = 8  # levels of nesting; the format needs four
SCORE = "score"

Record = TypeVar("Record")


@dataclass(frozen=True)
class Conversations:
    """The population: one row per conversation."""

    file: Path
    id: str = "conversation_id"
    strata: tuple[str, ...] = ()
    missing_stratum: str = "refuse"
    domains: tuple[str, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """How the sample is drawn."""

    seed: int
    size: int | None = None
    rate: float | None = None
    rates: Mapping[Any, float] | None = None
    counts: Mapping[Any, int] | None = None
    method: str = "proportional"
    sd: Mapping[Any, float] | None = None
    min_per_stratum: int | None = None
    max_per_stratum: int | None = None
    single_unit: str = "error"


@dataclass(frozen=True)
class Evaluations:
    """Answers on a rubric: one row per evaluation and criterion."""

    file: Path
    rubric: Path
    evaluation: str = "evaluation_id"
    conversation: str = "conversation_id"
    rater: str = "rater_id"
    criterion: str = "criterion"
    answer: str = "answer"


@dataclass(frozen=True)
class Ratings:
    """Ratings that need no rubric: one row per unit, rater and criterion."""

    file: Path
    level: str | None = None  # as `krippendorff_alpha` takes it by default
    unit: str = "conversation_id"
    rater: str = "rater_id"
    criterion: str | None = None
    rating: str = "rating"
    categories: tuple[str, ...] | None = None
    order: str | None = None  # column that says when, or in which place, a unit was rated
    gold: str | None = None  # the rater who is right
    margin: float = 0.05  # of alpha, that double-scored units are counted for
    previous: Path | None = None  # ratings of the last study, with the same columns
    repeats: str = "error"  # what a unit that one rater rated several times means


@dataclass(frozen=True)
class Csat:
    """What customers said: one row per conversation that was answered."""

    file: Path
    id: str = "conversation_id"
    column: str = "csat"
    scale: tuple[float, float] | None = None


@dataclass(frozen=True)
class Relate:
    """Which scores are related to what customers said."""

    score: str = SCORE
    method: tuple[str, ...] = ASSOCIATIONS


@dataclass(frozen=True)
class Output:
    """Names of files in the folder of results."""

    report: str = "report.html"
    figures: str = "study.json"

    @property
    def document(self) -> str:
        """The report as data, which `qascore report` makes a page of."""
        return f"{Path(self.report).stem}.json" if Path(self.report).stem != Path(self.figures).stem else "document.json"


SECTIONS: Mapping[str, type] = {
    "conversations": Conversations, "sample": Sample, "evaluations": Evaluations, "ratings": Ratings, "csat": Csat,
    "relate": Relate, "output": Output,
}  # fmt: skip


@dataclass(frozen=True)
class StudySpec:
    """A whole study, as it was asked for."""

    title: str = "Quality study"
    confidence: float = 0.95
    conversations: Conversations | None = None
    sample: Sample | None = None
    evaluations: Evaluations | None = None
    ratings: Ratings | None = None
    csat: Csat | None = None
    relate: Relate | None = None
    output: Output = field(default_factory=Output)
    source: Path | None = None
    sha256: str | None = None


# Items: a value with the place where it stands -------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """A value and its place. `value` is a dict of items, a list of items, or a scalar; `plain` is unquoted text of a file."""

    value: Any
    path: str = ""
    place: str = ""
    plain: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)  # the place of each key of a dict

    def shown(self) -> str:
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        if self.value is None:
            return "nothing"
        text = str(self.value) if isinstance(self.value, str) else repr(self.value)
        text = text if text.isprintable() and len(text) <= 60 else repr(text[:60])[1:-1] + "..."
        if self.plain:
            return text
        return f'"{text}"' if isinstance(self.value, str) else text


class Problems:
    """Collects everything that is wrong, so that one run shows all of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[tuple[str, str]] = []
        self.only_files = True

    def __len__(self) -> int:
        return len(self.found)

    def add(self, place: str, path: str, message: str, *, file: bool = False) -> None:
        where = f"{self.name}:{place}" if place else self.name
        self.found.append((place, f"{where}: {path}: {message}" if path else f"{where}: {message}"))
        self.only_files = self.only_files and file

    def expected(self, item: Item, what: str, near: Sequence[str] = ()) -> None:
        hint = did_you_mean(item.value, near) if isinstance(item.value, str) and near else ""
        if "number" in what and isinstance(item.value, str) and not item.plain and DECIMAL.fullmatch(item.value):
            hint = "; write it without quotes"
        self.add(item.place, item.path, f"expected {what} but found {item.shown()}{hint}")

    def stop(self) -> None:
        if self.found:
            self.found.sort(key=lambda problem: [int(part) for part in problem[0].split(":") if part])
            raise (FileError if self.only_files else ArgumentError)("\n".join(line for _, line in self.found))


def _item_of(value: Any, path: str = "") -> Item:
    """A Python value as an item."""
    if isinstance(value, Mapping):
        return Item({str(k): _item_of(v, f"{path}.{k}" if path else str(k)) for k, v in value.items()}, path)
    if isinstance(value, (list, tuple)):
        return Item([_item_of(v, f"{path}[{at}]") for at, v in enumerate(value)], path)
    return Item(str(value) if isinstance(value, Path) else value, path)


def _place(mark: Any) -> str:
    return f"{mark.line + 1}:{mark.column + 1}"


def _item_of_text(text: str, problems: Problems) -> Item:
    """The one document of a YAML text as items."""
    yaml = need("yaml", "cli")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                problems.add(_place(event.start_mark), "", "expected no anchors and aliases (& and *): write it out")
            if getattr(event, "tag", None):
                problems.add(_place(event.start_mark), "", f"expected no tags but found {event.tag}")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                problems.add(_place(event.start_mark), "", f"expected at most {DEEPEST} levels of nesting")
                problems.stop()
        problems.stop()
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        problems.add(_place(mark) if mark else "", "", f"expected YAML: {said}{_yaml_meant(text, mark, said)}")
        problems.stop()
    except yaml.YAMLError as error:  # characters that YAML does not allow
        problems.add("", "", f"expected YAML: {' '.join(str(error).split())}")
        problems.stop()
    if node is None:
        problems.add("", "", "the file is empty; expected a study")
        problems.stop()
    return _item_of_node(yaml, node, "", problems)


def _yaml_meant(text: str, mark: Any, said: str) -> str:
    """What people most often mean where the reader stops, in the words of the reader of rubrics."""
    lines = text.splitlines()
    near = lines[max(0, mark.line - 1) : mark.line + 1] if mark else []
    if near and any("\t" in line[: len(line) - len(line.lstrip())] for line in near):
        return "; YAML is indented by spaces, never by tabs"
    if any("：" in line for line in near):
        return "; in place of the wide colon ： YAML has : and a space"
    if "mapping values are not allowed here" in said or "expected <block end>" in said or "could not find expected ':'" in said:
        return "; is this line indented as the ones around it? What belongs together has the same indentation"
    return ""


def _item_of_node(yaml: Any, node: Any, path: str, problems: Problems) -> Item:
    place = _place(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        fields: dict[str, Item] = {}
        keys: dict[str, str] = {}
        for key, value in node.value:
            at = _place(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                problems.add(at, path, "expected a name before the colon")
                continue
            name = key.value
            inner = f"{path}.{name}" if path else name
            if name in fields:
                problems.add(at, inner, f"stands there twice; first on line {keys[name].split(':')[0]}")
                continue
            fields[name] = _item_of_node(yaml, value, inner, problems)
            keys[name] = at
        return Item(fields, path, place, keys=keys)
    if isinstance(node, yaml.SequenceNode):
        inside = [_item_of_node(yaml, value, f"{path}[{at}]", problems) for at, value in enumerate(node.value)]
        return Item(inside, path, place)
    plain = node.style is None
    empty = plain and node.value in ("", "~", "null")
    return Item(None if empty else node.value, path, place, plain and not empty)


# Types: each takes an item and the problems and gives the value, or None after adding a problem --------------------

Parser = Callable[[Item, Problems], Any]


def _text(item: Item, problems: Problems) -> str | None:
    if isinstance(item.value, str) and item.value.strip():
        return item.value
    problems.expected(item, "text")
    return None


def _choice(*allowed: str) -> Parser:
    def parse(item: Item, problems: Problems) -> str | None:
        if isinstance(item.value, str) and item.value in allowed:
            return item.value
        problems.expected(item, f"one of {', '.join(allowed)}", allowed)
        return None

    return parse


DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")


def _number(what: str, low: float = -math.inf, high: float = math.inf, *, open_low: bool = False,
            open_high: bool = False) -> Parser:  # fmt: skip
    def parse(item: Item, problems: Problems) -> float | None:
        value: float | None = None
        if item.plain and DECIMAL.fullmatch(item.value):
            value = float(item.value)
        elif isinstance(item.value, (int, float)) and not isinstance(item.value, bool):
            value = float(item.value)
        inside = value is not None and math.isfinite(value) and low <= value <= high
        if inside and not (open_low and value == low) and not (open_high and value == high):
            return value
        problems.expected(item, what)
        return None

    return parse


def _whole(what: str, low: int, high: int = 2**63 - 1) -> Parser:
    def parse(item: Item, problems: Problems) -> int | None:
        value: int | None = None
        if item.plain and WHOLE.fullmatch(item.value):
            value = int(item.value)
        elif isinstance(item.value, int) and not isinstance(item.value, bool):
            value = item.value
        if value is not None and low <= value <= high:
            return value
        problems.expected(item, what)
        return None

    return parse


def _several(one: Parser, what: str) -> Parser:
    """A list without repeats; a single value stands for a list of one."""

    def parse(item: Item, problems: Problems) -> tuple[Any, ...] | None:
        if isinstance(item.value, dict) or item.value is None:
            problems.expected(item, what)
            return None
        inside = item.value if isinstance(item.value, list) else [item]
        found: list[Any] = []
        for entry in inside:
            value = one(entry, problems)
            if value is not None and value in found:
                problems.add(entry.place, entry.path, f'"{value}" stands there twice')
            found.append(value)
        return tuple(found)

    return parse


def _by_name(one: Parser, what: str, *, strata: bool = False) -> Parser:
    """Values by name; the names of strata of several columns are written `phone / gold`."""

    def parse(item: Item, problems: Problems) -> dict[Any, Any] | None:
        if not isinstance(item.value, dict) or not item.value:
            problems.expected(item, what)
            return None
        return {
            tuple(name.split(" / ")) if strata and " / " in name else name: one(entry, problems)
            for name, entry in item.value.items()
        }

    return parse


def _file(folder: Path) -> Parser:
    def parse(item: Item, problems: Problems) -> Path | None:
        text = _text(item, problems)
        if text is None:
            return None
        path = folder / text
        try:
            return find_file(path)
        except FileError as error:
            problems.add(item.place, item.path, str(error), file=True)
            return path

    return parse


def _rubric(folder: Path) -> Parser:
    """A file relative to the study, or the name of a rubric that comes with the package."""

    def parse(item: Item, problems: Problems) -> Path | None:
        text = _text(item, problems)
        if text is None:
            return None
        try:
            return find_rubric(text, folder)
        except FileError as error:
            problems.add(item.place, item.path, str(error), file=True)
            return folder / text

    return parse


def _file_name(*endings: str) -> Parser:
    def parse(item: Item, problems: Problems) -> str | None:
        text = _text(item, problems)
        if text is not None and Path(text).name == text and text.endswith(endings):
            return text
        if text is not None:
            problems.expected(item, f"a file name without folders that ends in {' or '.join(endings)}")
        return None

    return parse


def _scale(item: Item, problems: Problems) -> tuple[float, float] | None:
    what = "the lowest and the highest value, as [1, 5]"
    if isinstance(item.value, list) and len(item.value) == 2:
        low, high = (_number("a number")(entry, problems) for entry in item.value)
        if low is None or high is None:
            return None
        if low < high:
            return (low, high)
    problems.expected(item, what)
    return None


# Sections ------------------------------------------------------------------------------------------------------------


def _section(record: Callable[..., Record], spec: Mapping[str, Parser], required: Sequence[str] = ()) -> Parser:
    """A mapping with these names and no others, as a record."""

    def parse(item: Item, problems: Problems) -> Record | None:
        if not isinstance(item.value, dict):
            problems.expected(item, f"a mapping with {', '.join(spec)}")
            return None
        before = len(problems)
        values: dict[str, Any] = {}
        meant: set[str] = set()  # names that are there, but misspelt
        for name, entry in item.value.items():
            if name not in spec:
                there = [section for section, kind in SECTIONS.items() if name in {one.name for one in fields(kind)}]
                hint = f'; it belongs under "{there[0]}"' if len(there) == 1 else did_you_mean(name, spec)
                meant |= {one for one in spec if f'"{one}"' in hint}
                problems.add(item.keys.get(name, ""), item.path or "study",
                             f'expected one of {", ".join(spec)} but found "{name}"{hint}')  # fmt: skip
            else:
                values[name] = spec[name](entry, problems)
        for name in required:
            if name not in item.value and name not in meant:
                problems.add(item.place, item.path or "study", f'expected "{name}" but it is not there')
        return record(**values) if len(problems) == before else None

    return parse


def _study(folder: Path) -> dict[str, Parser]:
    file = _file(folder)
    names = _several(_text, "a column name or a list of them")
    count = _whole("a whole number of 0 or more", 0)
    share = _number("a rate above 0 and up to 1", 0, 1, open_low=True)
    positive = _number("a number above 0", 0, open_low=True)
    level = "a level between 0 and 1, for example 0.95"
    return {
        "title": _text,
        "confidence": _number(level, 0, 1, open_low=True, open_high=True),
        "conversations": _section(
            Conversations,
            {
                "file": file, "id": _text, "strata": names, "missing_stratum": _choice("refuse", "own"),
                "domains": names, "measures": _by_name(_choice("mean", "share"), "columns, each with mean or share"),
            },
            ["file"],
        ),
        "sample": _section(
            Sample,
            {
                "size": _whole("a whole number of 1 or more", 1), "rate": share,
                "rates": _by_name(share, "strata, each with a rate", strata=True),
                "counts": _by_name(count, "strata, each with a whole number", strata=True),
                "method": _choice(*METHODS), "sd": _by_name(positive, "strata, each with a standard deviation", strata=True),
                "min_per_stratum": count, "max_per_stratum": _whole("a whole number of 1 or more", 1),
                "seed": _whole("a whole number of 0 or more", 0, 2**64 - 1),
                "single_unit": _choice("error", "certainty", "average", "adjust"),
            },
            ["seed"],
        ),
        "evaluations": _section(
            Evaluations,
            {
                "file": file, "rubric": _rubric(folder), "evaluation": _text, "conversation": _text, "rater": _text,
                "criterion": _text, "answer": _text,
            },
            ["file", "rubric"],
        ),
        "ratings": _section(
            Ratings,
            {
                "file": file, "level": _choice(*LEVELS), "unit": _text, "rater": _text, "criterion": _text,
                "rating": _text, "categories": _several(_text, "a list of categories, lowest first"), "order": _text,
                "gold": _text, "margin": _number("a number between 0 and 1", 0, 1, open_low=True, open_high=True),
                "previous": file, "repeats": _choice("error", "average"),
            },
            ["file"],
        ),
        "csat": _section(Csat, {"file": file, "id": _text, "column": _text, "scale": _scale}, ["file"]),
        "relate": _section(
            Relate,
            {"score": _text, "method": _several(_choice(*ASSOCIATIONS), f"a list of {', '.join(ASSOCIATIONS)}")},
        ),
        "output": _section(Output, {"report": _file_name(".html"), "figures": _file_name(".json")}),
    }  # fmt: skip


def _check(spec: StudySpec, problems: Problems, root: Item) -> None:
    """What single values cannot show: parts that need each other."""

    def add(section: str, message: str) -> None:
        item = root.value.get(section, root)
        problems.add(item.place, section, message)

    if spec.sample is not None:
        given = [name for name in ("size", "rate", "rates", "counts") if getattr(spec.sample, name) is not None]
        if len(given) != 1:
            add("sample", f"expected one of size, rate, rates, counts but found {', '.join(given) or 'none'}")
        if spec.conversations is None:
            add("sample", 'needs the section "conversations" to draw from')
        elif not spec.conversations.strata:
            add("conversations", 'expected "strata", the columns by which the sample is drawn')
        if spec.sample.method == "neyman" and spec.sample.sd is None:
            add("sample", 'the method neyman needs "sd", a standard deviation for each stratum')
    if spec.evaluations is not None and spec.ratings is not None:
        add("ratings", 'a study has either "evaluations" on a rubric or "ratings" without one')
    scored = spec.evaluations is not None or spec.ratings is not None
    if spec.relate is not None and not (scored and spec.csat is not None):
        add("relate", 'needs "csat" and either "evaluations" or "ratings"')
    if spec.relate is not None and spec.ratings is not None and spec.ratings.criterion and spec.relate.score == SCORE:
        add("relate", 'expected "score" to name one of the criteria that were rated')
    if spec.ratings is not None and spec.ratings.categories is not None and spec.ratings.level == "interval":
        add("ratings", "categories go with the levels nominal and ordinal")
    if not scored and spec.sample is None:
        problems.add("", "", 'nothing to do: expected "sample", "evaluations" or "ratings"')


def _parse(item: Item, folder: Path, problems: Problems) -> StudySpec:
    spec: StudySpec | None = _section(StudySpec, _study(folder))(item, problems)
    problems.stop()
    assert spec is not None
    _check(spec, problems, item)
    problems.stop()
    if spec.relate is None and spec.csat is not None and spec.evaluations is not None:
        spec = replace(spec, relate=Relate())
    return spec


def load_study(path: str | Path) -> StudySpec:
    """Reads a study file; every problem in it is reported at once."""
    path = find_file(Path(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None
    return study_of_text(content, path, path.parent)


def study_of_text(content: bytes, path: Path, folder: Path) -> StudySpec:
    """A study from the bytes of a file; its own files are relative to `folder`."""
    if len(content) > LONGEST:
        raise DataError(f"{path}: expected a study of at most {LONGEST} bytes but found {len(content)}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}:{line}: expected UTF-8 but found the byte 0x{content[error.start]:02x} at byte {error.start}; "
            "save the file as UTF-8"
        ) from None
    problems = Problems(str(path))
    spec = _parse(_item_of_text(text, problems), folder, problems)
    return replace(spec, source=path, sha256=hashlib.sha256(content).hexdigest())


def study_of(record: Mapping[str, Any], folder: str | Path = ".") -> StudySpec:
    """A study from a dict with the same names as the file; files are relative to `folder`."""
    problems = Problems("study")
    return _parse(_item_of(record), Path(folder), problems)
