"""study.yaml: what is accepted, and every fault at once with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import qascore
from qascore import ArgumentError, DataError, FileError
from qascore._study_file import load_study, study_of

STUDY = """\
title: Voice service, March
confidence: 0.9
conversations:
  file: calls.csv
  strata: [channel, tier]
  domains: channel
  measures: {handle_s: mean, sla_met: share}
sample: {size: 400, min_per_stratum: 5, seed: 20260101}
evaluations: {file: answers.csv, rubric: voice.yaml}
csat: {file: csat.csv, scale: [1, 5]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("calls.csv", "answers.csv", "voice.yaml", "csat.csv", "ratings.csv"):
        (tmp_path / name).write_text("x\n")
    return tmp_path


def load(folder: Path, text: str | bytes) -> Any:
    path = folder / "study.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_study(path)


def message(folder: Path, text: str | bytes, kind: type[Exception] = ArgumentError) -> str:
    with pytest.raises(kind) as caught:
        load(folder, text)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_whole_study_is_read(folder: Path) -> None:
    spec = load(folder, STUDY)
    assert spec.confidence == 0.9
    assert spec.conversations.strata == ("channel", "tier")
    assert spec.conversations.domains == ("channel",)
    assert spec.conversations.measures == {"handle_s": "mean", "sla_met": "share"}
    assert (spec.sample.size, spec.sample.seed, spec.sample.min_per_stratum) == (400, 20260101, 5)
    assert spec.evaluations.rubric == folder / "voice.yaml"
    assert spec.csat.scale == (1.0, 5.0)
    assert spec.relate.score == "score"


def test_a_rubric_is_a_file_beside_the_study_or_the_name_of_one_that_comes_with_the_package(folder: Path) -> None:
    named = STUDY.replace("voice.yaml", "online-chat")
    assert load(folder, named).evaluations.rubric == Path(qascore.__file__).parent / "rubrics" / "online-chat.yaml"
    (folder / "online-chat").write_text("x\n")
    assert load(folder, named).evaluations.rubric == folder / "online-chat"
    assert message(folder, STUDY.replace("voice.yaml", "online-chats"), FileError) == (
        "study.yaml:9:42: evaluations.rubric: online-chats: expected a rubric file but found none, nor does a rubric of "
        "that name come with qascore (complaint-handling, complaint-zh, email-ticket, online-chat, sales-compliance, "
        "service-base-zh, social-media, voice-service) "
        '(did you mean "online-chat"?)'
    )
    assert '(did you mean "voice.yaml"?)' in message(folder, STUDY.replace("voice.yaml", "voise.yaml"), FileError)
    assert 'but found a folder' in message(folder, STUDY.replace("voice.yaml", "."), FileError)


def test_a_dict_gives_the_same_study_as_the_file(folder: Path) -> None:
    from_dict = study_of({"ratings": {"file": "ratings.csv", "level": "ordinal", "criterion": "criterion"}}, folder)
    from_file = load(folder, "ratings: {file: ratings.csv, level: ordinal, criterion: criterion}")
    assert from_dict.ratings == from_file.ratings


def test_a_name_of_another_section_is_sent_there_and_a_misspelt_one_is_told_once(folder: Path) -> None:
    found = message(folder, "conversations: {fil: calls.csv}\nsample: {strata: channel, size: 5, seed: 1}\nseed: 3\n").splitlines()
    assert [line.rsplit(" but found ", 1)[-1] for line in found] == [
        '"fil" (did you mean "file"?)', '"strata"; it belongs under "conversations"', '"seed"; it belongs under "sample"',
    ]  # fmt: skip


def test_a_column_under_its_usual_name_says_where_another_is_named(folder: Path) -> None:
    (folder / "own.csv").write_text("工单号,channel\n1,a\n2,b\n")
    (folder / "study.yaml").write_text("conversations: {file: own.csv, strata: channel}\nsample: {size: 2, seed: 1}\n")
    with pytest.raises(qascore.MissingColumnError, match='found 工单号, channel; "id" under "conversations" says which column it is$'):
        qascore.run_study(folder / "study.yaml")


def test_all_faults_are_told_at_once_with_their_place(folder: Path) -> None:
    found = message(
        folder,
        """\
titel: x
confidence: 95
conversations:
  file: call.csv
  strata: [channel, channel]
  measures: {handle_s: avg}
sample:
  size: 010
  seed: "7"
  seed: 3
ratings: {file: ratings.csv, level: nominall}
""",
    )
    assert found.splitlines() == [
        "study.yaml:1:1: study: expected one of title, confidence, conversations, sample, evaluations, "
        'ratings, csat, relate, output but found "titel" (did you mean "title"?)',
        "study.yaml:2:13: confidence: expected a level between 0 and 1, for example 0.95 but found 95",
        'study.yaml:4:9: conversations.file: call.csv: no such file (did you mean "calls.csv"?)',
        'study.yaml:5:21: conversations.strata[1]: "channel" stands there twice',
        "study.yaml:6:24: conversations.measures.handle_s: expected one of mean, share but found avg",
        "study.yaml:8:9: sample.size: expected a whole number of 1 or more but found 010",
        'study.yaml:9:9: sample.seed: expected a whole number of 0 or more but found "7"; write it without quotes',
        "study.yaml:10:3: sample.seed: stands there twice; first on line 9",
        "study.yaml:11:37: ratings.level: expected one of nominal, ordinal, interval, ratio but found nominall "
        '(did you mean "nominal"?)',
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "study.yaml: the file is empty; expected a study"),
        ("# nothing\n", "study.yaml: the file is empty; expected a study"),
        ("title: x\n", 'study.yaml: nothing to do: expected "sample", "evaluations" or "ratings"'),
        ("a: &x 1\nb: *x\n", "study.yaml:1:4: expected no anchors and aliases"),
        ("title: !!int 3\n", "study.yaml:1:8: expected no tags but found tag:yaml.org,2002:int"),
        ("title: [\n", "study.yaml:2:1: expected YAML: while parsing a flow node"),
        ("title: x\n\tdata: 1\n", "never by tabs"),
        ("conversations:\n\tfile: calls.csv\n", "study.yaml:2:1: expected YAML: while scanning for the next token"),
        ("conversations:\n  file: calls.csv\n   strata: channel\n", "is this line indented as the ones around it?"),
        ("conversations:\n    file: calls.csv\n  strata: channel\n", "is this line indented as the ones around it?"),
        ("title：x\nsample: {size: 1}\n", "in place of the wide colon ： YAML has : and a space"),
        ("a: 1\n---\nb: 2\n", "study.yaml:2:1: expected YAML: expected a single document in the stream"),
        ("[" * 50, "study.yaml:1:9: expected at most 8 levels of nesting"),
        ("- a\n", "study.yaml:1:1: expected a mapping with title"),
        ("sample: {size: 1, rate: 0.1, seed: 1}\n", "study.yaml:1:9: sample: expected one of size, rate, rates, counts but found size, rate"),
        ("sample: {size: 1, seed: 1}\n", 'sample: needs the section "conversations" to draw from'),
        ("sample: {rate: 0, seed: 1}\n", "sample.rate: expected a rate above 0 and up to 1 but found 0"),
        ("sample: {rate: .nan, seed: 1}\n", "sample.rate: expected a rate above 0 and up to 1 but found .nan"),
        ("sample: {size: 10}\n", 'study.yaml:1:9: sample: expected "seed" but it is not there'),
        ("sample: {size: ~, seed: 1}\n", "sample.size: expected a whole number of 1 or more but found nothing"),
        ("ratings: {level: ordinal}\n", 'ratings: expected "file" but it is not there'),
        ("relate: {method: kendal}\n", "relate.method: expected one of pearson, spearman but found kendal"),
        ("relate: {}\nratings: {file: ratings.csv, level: ordinal}\n", 'relate: needs "csat" and either'),
        ("csat: {file: csat.csv, scale: [5, 1]}\n", "csat.scale: expected the lowest and the highest value"),
        ("output: {report: ../x.html}\n", "output.report: expected a file name without folders"),
        ("title: \x07\n", "study.yaml: expected YAML: unacceptable character #x0007"),
    ],
)  # fmt: skip
def test_each_fault_is_told(folder: Path, text: str, expected: str) -> None:
    assert expected in message(folder, text)


def test_a_study_file_that_cannot_be_read_is_told_by_its_kind(folder: Path) -> None:
    assert "study.yaml:2: expected UTF-8 but found the byte 0xff at byte 9" in message(folder, b"title: x\n\xff", DataError)
    assert "at most 1048576 bytes" in message(folder, b"#" * (1 << 21), DataError)
    with pytest.raises(FileError, match="did you mean"):
        load(folder, STUDY)
        load_study(folder / "studi.yaml")
    # Where only files are missing, the kind says so.
    assert "no such file" in message(folder, "ratings: {file: rating.csv, level: ordinal}", FileError)


def test_words_stay_words(folder: Path) -> None:
    spec = load(folder, "title: no\nratings: {file: ratings.csv, level: nominal, rating: 010, unit: yes}\n")
    assert (spec.title, spec.ratings.rating, spec.ratings.unit) == ("no", "010", "yes")


def test_a_byte_order_mark_and_windows_line_ends_are_fine(folder: Path) -> None:
    assert load(folder, b"\xef\xbb\xbf" + STUDY.replace("\n", "\r\n").encode()).title == "Voice service, March"
