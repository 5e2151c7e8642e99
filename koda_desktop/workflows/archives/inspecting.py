"""The report on an archive: opened, sorted, each file read by its platform, packed anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from koda_desktop.workflows.archives.entries import Opened, refusal
from koda_desktop.workflows.archives.kinds import Made, Make, made_by
from koda_desktop.workflows.archives.leaving_out import left_out
from koda_desktop.workflows.archives.members import Members, sorted_members
from koda_desktop.workflows.archives.merging import collection, placed, together
from koda_desktop.workflows.archives.opening import open_archive
from koda_desktop.workflows.archives.packing import packed
from koda_desktop.workflows.archives.projects import budget_problems, project_of
from koda_desktop.workflows.examining import Examined, examine
from koda_desktop.workflows.inspection import PackagedFile, Problem, Proposal, Removal, Severity
from koda_desktop.workflows.packaging.manifest import named
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.python.project import report as python_report
from koda_desktop.workflows.registry import check_platform, does_not_fit
from koda_desktop.workflows.source import Source
from koda_desktop.workflows.texts import counted, sentence_list
from koda_desktop.workflows.titles import from_file_name, proposed_title

_README = re.compile(r"(?:[^/]+/)?readme(?:\.(?:md|markdown|rst|txt))?\Z", re.IGNORECASE)
_DECLARING = re.compile(r"(?:[^/]+\.dist-info/|[^/]+\.egg-info/|[^/]+/PKG-INFO\Z)")
_SEMVER = re.compile(r"\d{1,6}\.\d{1,6}\.\d{1,6}(?:[-+][0-9A-Za-z.+-]{1,60})?\Z")


@dataclass(frozen=True, slots=True)
class _Archive:
    """An archive with its files sorted, and what was found of it as a whole."""

    source: Source
    made: Made
    members: Members
    problems: tuple[Problem, ...]
    removed: tuple[Removal, ...]


def inspect_archive(source: Source, platform: str | None = None) -> Examined:
    """The report on ``source``, whose form is ZIP, GZIP or TAR. Never raises for its bytes.

    ``platform`` is the seller's choice; raises ValueError where it is unknown.
    """
    if platform is not None:
        check_platform(platform)
    archive = _sorted(source, open_archive(source))
    examined = _single(archive) or _several(archive)
    return _chosen(examined, platform) if platform is not None else examined


def _sorted(source: Source, opened: Opened) -> _Archive:
    files = dict(opened.files)
    made = made_by(files, source.caps)
    removed, problems = left_out(made, files)
    members = sorted_members(files, source.caps, source.kept)
    problems += [*opened.problems, *members.problems, *budget_problems(members)]
    if not files and not any(problem.severity is Severity.ERROR for problem in problems):
        problems.append(refusal("empty-archive", "", "The archive holds no files that could be "
                                "sold. Pack the workflows themselves."))  # fmt: skip
    return _Archive(source, made, members, tuple(problems), (*opened.removed, *removed))


def _single(archive: _Archive) -> Examined | None:
    """The report where one file is all there is: it is sold without the archive around it."""
    parts = archive.members.parts
    whole = archive.made.make in (Make.WHEEL, Make.SDIST)
    if len(parts) != 1 or whole or archive.members.problems:
        return None
    name = parts[0].path.rpartition("/")[2]
    examined = examine(replace(parts[0].source, file_name=name, memo={}, kept=archive.source.kept))
    findings = examined.findings
    problems = (*archive.problems, _unpacked(parts[0].path), *findings.problems)
    findings = replace(
        findings,
        problems=problems,
        removed=(*archive.removed, *findings.removed),
        packaged=None if _blocked(problems) else findings.packaged,
    )
    return replace(examined, findings=findings)


def _unpacked(path: str) -> Problem:
    message = "It is the only file of the archive, so it is packaged by itself."
    return Problem(Severity.INFO, "unpacked", path, message)


def _several(archive: _Archive) -> Examined:
    members = archive.members
    detection = _detection(archive)
    found = [(path, placed(path, one.findings)) for path, one in members.workflows]
    reports = [findings for _, findings in found]
    if members.is_python or (members.modules and archive.made.make in (Make.WHEEL, Make.SDIST)):
        reports.append(python_report(project_of(members, archive.made.make), _name(archive)))
    else:
        members.kept.update((path, _bytes(archive, path)) for path, _ in members.modules)
    findings = _whole(archive, reports, detection)
    problems = (*archive.problems, *findings.problems, *_kept_as_is(archive))
    findings = replace(findings, problems=problems, removed=(*archive.removed, *findings.removed))
    packaged = None if _blocked(problems) else _packaged(archive, found, findings, detection)
    findings = replace(findings, packaged=packaged)
    return Examined(detection, findings, bool(reports))


def _whole(archive: _Archive, reports: list[Findings], detection: Detection) -> Findings:
    name, version = _given(archive.made)
    called = name if len(reports) == 1 else name or _name(archive)
    whole = together(reports, called, archive.source.caps.max_nodes)
    proposal = _proposal(archive, reports, whole, detection)
    if name:
        proposal = replace(proposal, title=name)
    if _SEMVER.match(version):
        proposal = replace(proposal, version=version)
    return replace(whole, proposal=proposal)


def _proposal(
    archive: _Archive, reports: list[Findings], whole: Findings, detection: Detection
) -> Proposal:
    """That of the one workflow or project; of several files, one for all of them."""
    if not reports:
        title = proposed_title((_name(archive),), "Archive")
        return Proposal(title, "An archive without workflows.", (), "Other")
    if len(reports) == 1 or len(archive.members.workflows) == 1:
        return reports[0].proposal
    kind = detection.platform if detection.platform != "Other" else "automation"
    said = (_name(archive), _top_folder(archive))
    flows = reports[: len(archive.members.workflows)]
    return collection(flows, whole, kind, said, _readme(archive))


def _given(made: Made) -> tuple[str, str]:
    """Name and version an earlier package of ours has; empty texts for anything else."""
    return named(made.manifest) if made.make is Make.KODA and made.manifest else ("", "")


def _detection(archive: _Archive) -> Detection:
    """The platform most files belong to. Scripts beside workflows serve them, so they count only
    where there is no workflow."""
    counts = Counter(one.detection.platform for _, one in archive.members.workflows)
    make = archive.made.make
    if not counts and (archive.members.is_python or make in (Make.WHEEL, Make.SDIST)):
        return _python_detection(archive)
    if not counts:
        kinds = {"tar": "binary", "gzip": "binary"}
        sub_kind = kinds.get(archive.source.form.value, archive.source.form.value)
        return Detection("Other", sub_kind, 0.3, ("an archive without workflows",))
    platform, count = counts.most_common(1)[0]
    total = counts.total()
    fitting = [one for _, one in archive.members.workflows if one.detection.platform == platform]
    share = count / total * min(one.detection.confidence for one in fitting)
    said = (
        "the manifest of an n8n package" if make is Make.N8NP else fitting[0].detection.reasons[0]
    )
    reasons = [f"{counted(count, 'file')} of the archive: {said}"]
    others = tuple(sorted(counts.keys() - {platform}))
    if others:
        reasons.append(f"other files belong to {sentence_list(others)}")
    return Detection(platform, _sub_kind(make, fitting), share, tuple(reasons))


def _sub_kind(make: Make, fitting: list[Examined]) -> str:
    if make in (Make.N8NP, Make.ZAPIER):
        return make.value
    kinds = {one.detection.sub_kind for one in fitting}
    return kinds.pop() if len(kinds) == 1 and fitting[0].detection.platform == "Other" else (
        Make.PLAIN.value
    )  # fmt: skip


def _python_detection(archive: _Archive) -> Detection:
    make = archive.made.make
    count = counted(len(archive.members.modules), "Python file")
    if make in (Make.WHEEL, Make.SDIST):
        reasons = (f"the metadata of a Python {make.value}, with {count}",)
        return Detection("Python", make.value, 0.98, reasons)
    return Detection("Python", "python-project", 0.95, (f"an archive with {count}",))


def _packaged(
    archive: _Archive,
    found: list[tuple[str, Findings]],
    findings: Findings,
    detection: Detection,
) -> PackagedFile | None:
    """All files in one archive, workflows scrubbed; None where one of them cannot be sold."""
    files: dict[str, bytes] = {}
    scrubbed = {path: one.packaged for path, one in found}
    for part in archive.members.parts:
        if part.path in scrubbed:
            package = scrubbed[part.path]
            if package is None:
                return None
            files[part.path] = package.data
        else:
            files[part.path] = part.source.data
    return packed(archive.made.make, files, findings, detection) if files else None


def _kept_as_is(archive: _Archive) -> Iterator[Problem]:
    """Names the files no platform reads, except what a Python package says about itself."""
    kept = sorted(path for path in archive.members.kept if not _DECLARING.match(path))
    if kept:
        names = sentence_list(tuple(path.rpartition("/")[2] for path in kept), 5)
        what = "1 file is" if len(kept) == 1 else f"{len(kept):,} files are"
        message = (
            f"{what} packaged unchanged: {names}. Look them through for names and data of your own."
        )
        yield Problem(Severity.INFO, "kept-as-is", "", message)


def _chosen(examined: Examined, platform: str) -> Examined:
    """``examined`` under the platform the seller chose by hand."""
    before = examined.detection
    fits = platform in (before.platform, "Other")
    detection = replace(
        before, platform=platform, confidence=1.0, reasons=("chosen by hand", *before.reasons)
    )
    findings = examined.findings
    if not fits:
        mismatch = does_not_fit(platform, before)
        problems = (*findings.problems, mismatch)
        packaged = None if _blocked(problems) else findings.packaged
        findings = replace(findings, problems=problems, packaged=packaged)
    return replace(examined, detection=detection, findings=findings)


def _blocked(problems: tuple[Problem, ...]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _name(archive: _Archive) -> str:
    return from_file_name(archive.source.file_name)


def _top_folder(archive: _Archive) -> str:
    """The folder everything lies in, where there is one."""
    tops = {part.path.partition("/")[0] for part in archive.members.parts if "/" in part.path}
    flat = any("/" not in part.path for part in archive.members.parts)
    return from_file_name(tops.pop()) if len(tops) == 1 and not flat else ""


def _readme(archive: _Archive) -> str:
    texts = (p.source.text or "" for p in archive.members.parts if _README.match(p.path))
    return next((text for text in texts if text.strip()), "")


def _bytes(archive: _Archive, path: str) -> bytes:
    return next(part.source.data for part in archive.members.parts if part.path == path)
