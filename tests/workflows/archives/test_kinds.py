"""Archives of every make: what they are taken for, what is left out, and what is uploaded."""

from __future__ import annotations

import gzip
import json

import pytest

from koda_desktop.workflows.archives.contents import packaged_contents
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection
from tests.workflows.archives.making import (
    FLOW,
    N8NP,
    OTHER_FLOW,
    PROJECT,
    SCRIPT,
    SDIST,
    WHEEL,
    ZAP,
    archived,
    codes,
    errors,
    tarred,
    unzipped,
    zipped,
)

_ALL = {
    "workflows": (zipped({"a.json": FLOW, "b.json": OTHER_FLOW, "README.md": b"# Leads"}), "n8n"),
    "one": (zipped({"a.json": FLOW}), "n8n"),
    "n8np": (tarred(N8NP), "n8n"),
    "project": (zipped(PROJECT), "Python"),
    "project tar": (tarred(PROJECT), "Python"),
    "plain tar": (tarred({"a.json": FLOW, "b.py": SCRIPT}, "w"), "n8n"),
    "wheel": (zipped(WHEEL), "Python"),
    "sdist": (tarred(SDIST), "Python"),
    "zapier": (zipped({"Zapfile.json": ZAP, "zap_data.json": b"{}"}), "Zapier"),
    "gzip": (gzip.compress(FLOW), "n8n"),
    "own manifest": (zipped({"manifest.json": b'{"a": 1}', "a.json": FLOW}), "n8n"),
    "other": (zipped({"a.txt": b"x", "b.txt": b"y"}), "Other"),
}


@pytest.mark.parametrize(("data", "platform"), _ALL.values(), ids=_ALL)
def test_a_package_inspects_again_as_itself(data: bytes, platform: str) -> None:
    report = archived(data)
    assert report.platform == platform
    assert report.publishable, report.problems
    assert report.packaged is not None
    again = archived(report.packaged.data, report.packaged.name)
    assert (again.platform, again.removed) == (platform, ())
    assert again.packaged == report.packaged
    assert again.fingerprint == report.fingerprint
    assert (again.graph, again.packages) == (report.graph, report.packages)
    assert (again.credentials, again.triggers) == (report.credentials, report.triggers)


@pytest.mark.parametrize(("data", "platform"), _ALL.values(), ids=_ALL)
def test_the_name_of_an_archive_decides_nothing(data: bytes, platform: str) -> None:
    for name in ("x.json", "workflow.n8np", "script.py", "a.whl"):
        assert archived(data, name).platform == platform


def test_several_workflows_are_one_report() -> None:
    report = archived(zipped({"b/a.json": FLOW, "b/b.json": OTHER_FLOW}), "Lead tools.zip")
    assert (report.node_count, report.triggers) == (4, ("Webhook", "Schedule"))
    assert [app.name for app in report.integrations] == ["Slack", "Airtable"]
    assert "b/a.json: id" in {removal.where for removal in report.removed}
    assert report.proposal.title == "Lead tools"
    assert "Post leads and Store leads" in report.proposal.description
    names = [step.name for step in report.graph.nodes]
    assert len(names) == len(set(names)) == 4
    assert len(report.graph.edges) == 2
    assert report.packaged is not None
    files = unzipped(report.packaged.data)
    alone = inspect_bytes(FLOW, "a.json").packaged
    assert alone is not None
    assert files["b/a.json"] == alone.data


def test_one_below_the_other_on_the_canvas() -> None:
    graph = archived(zipped({"a.json": FLOW, "b.json": FLOW})).graph
    places = [step.position for step in graph.nodes]
    assert places == [(0.0, 0.0), (0.0, 0.0), (0.0, 200.0), (0.0, 200.0)]


def test_one_file_is_sold_without_its_archive() -> None:
    report = archived(zipped({"deep/a.json": FLOW, "deep/.DS_Store": b"x"}))
    assert (report.sub_kind, "unpacked" in codes(report)) == ("workflow", True)
    assert report.packaged is not None
    assert report.packaged.media_type == "application/json"
    script = archived(zipped({"tools/mailer.py": SCRIPT}))
    assert script.packaged is not None
    assert (script.packaged.name, script.packaged.data) == ("mailer.py", SCRIPT)


def test_an_n8n_package() -> None:
    report = archived(tarred(N8NP))
    assert (report.sub_kind, report.node_count) == ("n8np", 4)
    removed = {removal.where: removal.reason for removal in report.removed}
    assert "credentials belong to your instance" in removed["credentials/slack/credential.json"]
    assert {"manifest.json", "variables/base-url/variable.json"} <= removed.keys()
    assert report.packaged is not None
    assert b"Mara" not in report.packaged.data
    assert [p.message for p in report.problems if p.code == "n8n-variables"] == [
        "Buyers set these variables in n8n first: base-url."
    ]


@pytest.mark.parametrize("version", ["2", 1, "1.0", None])
def test_other_versions_of_n8n_packages_are_refused(version: object) -> None:
    manifest = json.dumps({"packageFormatVersion": version, "sourceN8nVersion": "3"}).encode()
    report = archived(tarred(N8NP | {"manifest.json": manifest}))
    assert errors(report) == [("n8np-version", "manifest.json")]


def test_a_credential_with_its_values_is_refused() -> None:
    full = b'{"id": "1", "type": "slackApi", "data": {"token": "abc"}}'
    report = archived(tarred(N8NP | {"credentials/slack/credential.json": full}))
    assert errors(report) == [("key-file", "credentials/slack/credential.json")]


def test_the_manifest_of_an_n8n_package_stands_first() -> None:
    assert "n8np-order" not in codes(archived(tarred(N8NP)))
    assert "n8np-order" in codes(archived(tarred(list(N8NP.items())[::-1])))


def test_a_zapier_account_export() -> None:
    export = {
        "x/zapfile.json": ZAP,
        "x/zap_data.json": b"{}",
        "x/task_history_download_urls.csv": b"u",
    }
    report = archived(zipped(export))
    assert (report.platform, report.node_count) == ("Zapier", 2)
    left_out = {r.where for r in report.removed}
    assert {"x/zap_data.json", "x/task_history_download_urls.csv"} <= left_out
    assert report.packaged is not None
    assert report.packaged.media_type == "application/json"


def test_a_project_is_read_as_a_whole() -> None:
    report = archived(zipped(PROJECT), "p.zip")
    assert (report.sub_kind, report.node_count) == ("python-project", 0)
    assert report.packages == ("requests>=2", "PyYAML==6.0")
    assert report.credentials == ("CRM_KEY", "SMTP_PASSWORD")
    assert report.proposal.title == "Mail the leads of today"
    assert report.triggers == ("Manual",)
    assert report.packaged is not None
    files = unzipped(report.packaged.data)
    assert {path: files[path] for path in PROJECT} == PROJECT


def test_syntax_errors_name_their_file() -> None:
    report = archived(zipped(PROJECT | {"mailer/bad.py": b"import os\nx = (\n"}))
    assert errors(report) == [("python-syntax", "mailer/bad.py")]
    assert report.problems[0].line == 2


def test_a_wheel_stays_a_wheel() -> None:
    cache = {"lead_mailer/__pycache__/x.pyc": b"1"}
    record = WHEEL["lead_mailer-1.2.dist-info/RECORD"] + b"lead_mailer/__pycache__/x.pyc,,\n"
    data = zipped(WHEEL | cache | {"lead_mailer-1.2.dist-info/RECORD": record})
    report = archived(data)
    assert (report.sub_kind, report.proposal.version) == ("wheel", "1.2.0")
    assert report.packages == ("requests>=2",)
    assert report.packaged is not None
    assert report.packaged.name == "lead_mailer-1.2-py2.py3-none-any.whl"
    assert unzipped(report.packaged.data) == WHEEL


def test_an_sdist_stays_an_sdist() -> None:
    report = archived(tarred(SDIST, owner="mara"))
    assert (report.sub_kind, report.packages) == ("sdist", ("requests>=2",))
    optional = SDIST | {"lead-mailer-1.2/extra.py": b"import rich\nprint(rich)\n"}
    assert archived(tarred(optional)).packages == ("requests>=2",)
    assert report.packaged is not None
    assert report.packaged.name == "lead-mailer-1.2.tar.gz"
    assert dict(packaged_contents(report.packaged.data)) == SDIST
    assert b"mara" not in gzip.decompress(report.packaged.data)


def test_workflows_of_several_platforms() -> None:
    report = archived(zipped({"a.json": FLOW, "b.json": OTHER_FLOW, "z/zaps.json": ZAP}))
    assert report.platform == "n8n"
    assert report.confidence < 0.7
    assert "Zapier" in report.reasons[-1]


def test_a_choice_by_hand_goes_first() -> None:
    mixed = zipped({"a.json": FLOW, "b.json": OTHER_FLOW, "z/zaps.json": ZAP})
    report = inspect_bytes(mixed, "x", platform="Other")
    assert (report.platform, report.confidence) == ("Other", 1.0)
    assert report.packaged is not None
    wrong = inspect_bytes(zipped(PROJECT), "x", platform="n8n")
    assert "platform-mismatch" in codes(wrong)
    assert wrong.packaged is None
    with pytest.raises(ValueError, match="unknown platform"):
        inspect_bytes(mixed, "x", platform="Bubble")


def test_scripts_beside_a_workflow_belong_to_it() -> None:
    report = archived(zipped({"a.json": FLOW, "helper.py": SCRIPT}))
    assert (report.platform, report.proposal.title) == ("n8n", "Post leads")
    assert "CRM_KEY" in report.credentials
    assert "Python" in report.code_languages


def test_json_that_is_no_workflow_comes_along() -> None:
    report = archived(zipped({"a.json": FLOW, "config.json": b"{}", "cut.json": b'{"a": '}))
    assert errors(report) == []
    assert [p.where for p in report.problems if p.code == "unread-json"] == ["cut.json"]
    assert report.packaged is not None
    assert unzipped(report.packaged.data)["cut.json"] == b'{"a": '


def test_a_broken_workflow_blocks() -> None:
    report = archived(zipped({"a.json": FLOW, "b.json": OTHER_FLOW[:-40]}))
    assert [where for _, where in errors(report)] == ["b.json"]
    assert report.packaged is None


def test_compiled_programs_warn() -> None:
    report = archived(zipped({"a.json": FLOW, "tool.exe": b"MZ\x90\0" + b"\0" * 60}))
    assert "compiled-program" in codes(report)


@pytest.mark.parametrize("data", [b"7z\xbc\xaf\x27\x1c..", b"Rar!\x1a\x07\x01\0", b"\xfd7zXZ\0"])
def test_archives_nobody_opens_are_refused(data: bytes) -> None:
    assert errors(archived(data)) == [("unread-archive", "")]


def test_a_package_that_was_changed_gets_a_new_manifest() -> None:
    made = archived(zipped({"a.json": FLOW, "b.txt": b"1"}), "Leads.zip").packaged
    assert made is not None
    changed = unzipped(made.data) | {"b.txt": b"2"}
    report = archived(zipped(changed))
    assert [p.where for p in report.problems if p.code == "manifest-outdated"] == ["manifest.json"]
    again = _packaged(report)
    assert again["b.txt"] == b"2"
    assert "manifest-outdated" not in codes(archived(zipped(again)))


def _packaged(report: Inspection) -> dict[str, bytes]:
    assert report.packaged is not None
    return unzipped(report.packaged.data)
