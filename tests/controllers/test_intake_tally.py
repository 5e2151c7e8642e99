"""The counts over many files are those a plain count gives, whatever changed in between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.controllers.intake_state import (
    FILTERS,
    IntakeFile,
    IntakeStage,
    KeepChoice,
    ProblemLine,
    SecretLine,
)
from koda_desktop.controllers.intake_tally import IntakeTally

_choices = st.lists(
    st.builds(
        KeepChoice,
        kind=st.sampled_from(["make-zone", "n8n-active"]),
        title=st.just(""),
        benefit=st.just(""),
        total=st.just(2),
        kept=st.integers(0, 2),
    ),
    unique_by=lambda choice: choice.kind,
    max_size=2,
).map(tuple)
_files = st.builds(
    IntakeFile,
    number=st.integers(0, 5),
    path=st.just(Path("a.json")),
    stage=st.sampled_from(IntakeStage),
    platform=st.sampled_from(["", "n8n", "Make"]),
    problems=st.lists(st.builds(ProblemLine, st.sampled_from(["error", "info"]), st.just(""))).map(
        tuple
    ),
    secrets=st.lists(st.just(SecretLine("k", "m", ("p",), "d")), max_size=1).map(tuple),
    choices=_choices,
    is_publishable=st.booleans(),
)
_lists = st.lists(_files, unique_by=lambda file: file.number, max_size=6)


@given(_lists, _lists, st.booleans())
def test_counts_follow_the_files(
    before: list[IntakeFile], after: list[IntakeFile], is_mixed: bool
) -> None:
    tally = IntakeTally()
    tally.read(before)
    known = {file.number: file for file in before}
    files = [known.get(file.number, file) if is_mixed else file for file in after]
    tally.read(files)
    for name, passes in FILTERS.items():
        wanted = [file for file in files if passes(file)]
        assert tally.matching(name) == wanted
        assert tally.filters[name] == len(wanted)
    assert tally.broken() == [file for file in files if file.is_broken]
    assert sum(tally.stages.values()) == len(files)
    assert tally.platforms["Make"] == sum(file.platform == "Make" for file in files)


@given(_lists)
def test_others_leaves_out_the_file_on_view(files: list[IntakeFile]) -> None:
    tally = IntakeTally()
    tally.read(files)
    for current in files:
        rest = [c for file in files if file is not current for c in file.choices]
        found = tally.others(current.number)
        for kind in {choice.kind for choice in rest}:
            of_kind = [choice for choice in rest if choice.kind == kind]
            assert found[kind] == (sum(c.is_kept for c in of_kind), len(of_kind))


def test_a_changed_file_is_counted_anew() -> None:
    file = IntakeFile(1, Path("a.json"))
    tally = IntakeTally()
    tally.read([file])
    tally.read([replace(file, stage=IntakeStage.FAILED)])
    assert len(tally.broken()) == 1
