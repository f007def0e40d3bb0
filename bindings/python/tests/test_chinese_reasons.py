"""Every reason why something is undefined, and every sentence of the pages' modules, has a Chinese counterpart.

The texts are taken from the sources, so that a new one fails here until `qascore/report/chinese.py` or `chinese_reasons.py` has it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from qascore.report.chinese import ABOUT, LABELS, PATTERNS, SENTENCES, sentence

ROOT = Path(__file__).parents[3]
HEADERS = ROOT / "include" / "qascore"
PACKAGE = ROOT / "bindings" / "python" / "qascore"
PLACES = ("7", "first", "x")  # what stands for a part that is not known before the program runs

# Literals of kernels with a space in them that are no reasons: names of estimates, of methods and of scales.
NAMES = frozenset({
    "Cronbach's alpha", "Fay-Herriot, Prasad-Rao moment", "Fay-Herriot, averaged over the variance between agents", "Fisher z",
    "Fisher z, Bonett-Wright", "Fisher z, Fieller", "Matthews correlation", "average correlation", "balanced accuracy",
    "correlation between groups", "correlation of all", "correlation within groups", "krippendorff_alpha, category weights",
    "lower limit of agreement", "macro f1", "mean difference", "mean kappa with the gold standard", "model-assisted mean",
    "model-assisted mean, given lambda", "model-assisted mean, tuned lambda", "normal, classical errors", "standardised alpha",
    "t, classical errors", "upper limit of agreement",
})  # fmt: skip
# Modules whose sentences stand on pages, and those of them that stand elsewhere: under tables of a notebook, in a terminal, in a message.
PAGES = ("_calibration_report", "_csat_report", "_study_report", "calibration_studies", "csat_studies", "study", "verdicts")
ELSEWHERE = (
    "Each interval that follows holds for all criteria and raters at once, and so is wider than one that holds alone",
    "Krippendorff's alpha of each pair; intervals hold for all", "None of this says what raising a score would bring; customers who were silent may feel otherwise",
    "Raters who agree may be wrong together, and the figures speak for conversations like the rated ones",
    "Tests; adjusted p allows for the number of tests of one question (Holm", "absolute_deviation is from",
    "alpha now minus alpha in the previous study; intervals hold for all rows at once", "alpha without the rater",
    "fleiss_kappa of each category against all others; intervals hold for all", "from the crossed model",
    "mean of the raters' Cohen kappas with the gold standard", "no criteria; give criterion= to RatingTable", "one criterion without a name", "rows at once", '": expected a number but found',
    "severity now minus severity in the previous study; intervals hold for all", "standard deviation of the own errors",
    "pairs of raters", "raters left out", "model of raters", "changes in time", "number of raters", "number of units",  # steps, on a terminal
    'expected a column "(.*?)" but found', '" says which column it is',  # a message
    "Criteria; verdicts hold for all of them at once",  # a table of a notebook
)  # fmt: skip
DESIGNS = re.compile(r", (?:independent rows|sample design)\b")
REFUSALS = re.compile(r"throw|static_assert|require|refuse|expected|argument|case|method|interval_method|\w+_error")

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<char>'(?:[^'\\\n]|\\.)')|(?P<end>[;{}])|(?P<space>\s+)|(?P<word>\w+|::|==|.)""", re.DOTALL
)


def statements(source: str) -> Iterator[list[tuple[str, int]]]:
    """The statements of C++ as tokens with their lines, without comments and directives."""
    source = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda found: "\n" * found[0].count("\n"), source, flags=re.MULTILINE)
    source = re.sub(r'std::string\(("(?:[^"\\\n]|\\.)*")\)', r"\1", source)  # "a" + b as std::string("a") + b
    line, tokens = 1, list[tuple[str, int]]()
    for found in TOKEN.finditer(source):
        if found["end"]:
            yield tokens
            tokens = []
        elif found["text"] or found["word"]:
            tokens.append((found[0], line))
        line += found[0].count("\n")
    yield tokens


def phrases(tokens: list[tuple[str, int]]) -> Iterator[tuple[int, str]]:
    """The texts that a statement puts together, {} for what is added in between: "a" + b + "c" is "a{}c"."""
    at = 0
    while at < len(tokens):
        token, line = tokens[at]
        if not token.startswith('"') or (at and tokens[at - 1][0] == "=="):
            at += 1
            continue
        said = "{}" if at and tokens[at - 1][0] == "+" else ""
        while at < len(tokens) and tokens[at][0].startswith('"'):
            said += ast.literal_eval(tokens[at][0])
            at += 1
            while at < len(tokens) and tokens[at][0] == "+":
                at, depth, start = at + 1, 0, at + 1
                while at < len(tokens) and not (depth == 0 and (tokens[at][0].startswith('"') or tokens[at][0] in ("+", ",", ")", "?", ":"))):
                    depth += (tokens[at][0] == "(") - (tokens[at][0] == ")")
                    at += 1
                said += "{}" if at > start else ""
        yield line, re.sub(r"(?:\{\})+", "{}", said)


def reasons_of(path: Path) -> Iterator[tuple[int, str]]:
    """The reasons of a header. Fronts copy and check: only what they name undefined can be one."""
    kernel = "kernel" in path.parts
    for tokens in statements(path.read_text()):
        words = [token for token, _ in tokens]
        if any(REFUSALS.fullmatch(word) for word in words) or not (kernel or "undefined" in words):
            continue
        for line, said in phrases(tokens):
            if re.search(r"[a-z]{2,} |\w [a-z]{2,}", said) and "expected" not in said and said.strip() not in NAMES and not DESIGNS.search(said):
                yield line, said.strip()


def headers() -> list[Path]:
    parts = ("kernel", "calibration", "association", "estimation")
    return sorted(path for part in parts for path in (HEADERS / part).rglob("*.?pp"))


def in_chinese(text: str) -> bool:
    """Whether nothing of it is left in English, whatever its parts are."""
    for place in PLACES:
        said = sentence(text.replace("{}", place))
        if re.search(r"[\u4e00-\u9fff]", said) and not re.search(r"[A-Za-z']{2,},? [a-z']{2,}", said):
            return True
    return False


def test_every_reason_of_the_headers_is_said_in_chinese() -> None:
    left = [f'{path.relative_to(ROOT)}:{line}: "{said}"' for path in headers() for line, said in reasons_of(path) if not in_chinese(said)]
    assert not left, (
        "reasons without a Chinese counterpart; add them to REASONS of bindings/python/qascore/report/chinese_reasons.py "
        "(names of estimates and methods: to NAMES of this test):\n" + "\n".join(left)
    )


def written(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts of Python code, {} for what is put in; without docstrings and errors."""
    if isinstance(node, (ast.Raise, ast.Assert)) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error"):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr):
        yield node.lineno, "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    else:
        for child in ast.iter_child_nodes(node):
            yield from written(child)


def test_every_sentence_of_the_pages_is_said_in_chinese() -> None:
    known = [re.sub(r"\{\w+\}", "{}", english).lower() for english, _ in (*SENTENCES, *PATTERNS)] + [one.lower() for one in (*LABELS, *ABOUT)]
    found: list[tuple[str, str]] = []  # the place, and a part of a sentence with three words or more
    for module in PAGES:
        path = PACKAGE / f"{module}.py"
        for line, said in written(ast.parse(path.read_text())):
            for part in re.split(r"\{\w*\}|\n|(?<=[.?]) (?=[A-Z“\d])", said):
                part = part.strip(" .,;:()")
                if len(re.findall(r"[A-Za-z']{2,}", part)) >= 3 and " " in part and "<" not in part:
                    found.append((f"{path.relative_to(ROOT)}:{line}", part))
    left = [f'{place}: "{part}"' for place, part in found if part not in ELSEWHERE and not any(part.lower() in one for one in known)]
    assert not left, (
        "sentences without a Chinese counterpart; add them to SENTENCES of bindings/python/qascore/report/chinese.py "
        "(what stands on no page: to ELSEWHERE of this test):\n" + "\n".join(left)
    )
    assert [one for one in ELSEWHERE if one not in {part for _, part in found}] == []


def test_a_new_reason_is_found_wherever_it_stands(tmp_path: Path) -> None:
    header = tmp_path / "kernel" / "new.ipp"
    header.parent.mkdir()
    header.write_text(
        """// a comment with "a reason of old"
        if (n < 2) out.undefined = few ? "fewer than two of them" : std::string("the column ") + name + " has "
                                              + std::to_string(count(x, "only")) + " sorts of " "values";
        if (out.undefined == "no more of them") throw data_error("x: nothing was found");
        return why("nothing is left");
        out.method = "a mean of means";
        case kind::mean: return "mean of all, sample design";
        """
    )
    assert list(reasons_of(header)) == [(2, "fewer than two of them"), (2, "the column {} has {} sorts of values"), (5, "nothing is left")]
    assert not in_chinese("the column {} has {} sorts of values") and not in_chinese("nothing is left") and in_chinese("fewer than {} rows")
