"""Archives made up for tests, sound ones and wicked ones."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection
from tests.workflows.building import edges, node, workflow

Files = Mapping[str, bytes] | Sequence[tuple[str, bytes]]

FLOW = json.dumps(
    workflow(
        node("Start"),
        node("Post", "n8n-nodes-base.slack"),
        connections=edges(("Start", "Post")),
        name="Post leads",
        id="abc123",
    )
).encode()
OTHER_FLOW = json.dumps(
    workflow(
        node("Start", "n8n-nodes-base.scheduleTrigger"),
        node("Store", "n8n-nodes-base.airtable"),
        connections=edges(("Start", "Store")),
        name="Store leads",
    )
).encode()
SCRIPT = b'import os\nimport requests\n\n\ndef run():\n    print(requests, os.environ["CRM_KEY"])\n'
ZAP = json.dumps(
    {
        "metadata": {"version": "gdpr_v1"},
        "zaps": [
            {"id": 1, "title": "Rows to Slack", "nodes": {
                "1": {"id": 1, "selected_api": "GoogleSheetsV2CLIAPI@2.8.0", "type_of": "read",
                      "action": "new_row", "params": {}, "parent_id": None, "root_id": None},
                "2": {"id": 2, "selected_api": "SlackCLIAPI@1.0.0", "type_of": "write",
                      "action": "message", "params": {}, "parent_id": 1, "root_id": 1},
            }}
        ],
    }
).encode()  # fmt: skip
METADATA = b"Metadata-Version: 2.1\nName: lead-mailer\nVersion: 1.2\nRequires-Dist: requests>=2\n"
WHEEL = {
    "lead_mailer/__init__.py": SCRIPT,
    "lead_mailer-1.2.dist-info/METADATA": METADATA,
    "lead_mailer-1.2.dist-info/WHEEL": b"Tag: py2-none-any\nTag: py3-none-any\n",
    "lead_mailer-1.2.dist-info/RECORD": b"lead_mailer/__init__.py,sha256=x,9\n",
}
SDIST = {"lead-mailer-1.2/PKG-INFO": METADATA, "lead-mailer-1.2/lead_mailer.py": SCRIPT}
N8NP = {
    "manifest.json": json.dumps(
        {"packageFormatVersion": "1", "exportedAt": "2026-05-01T10:00:00Z",
         "sourceN8nVersion": "2.27.1", "sourceId": "f" * 64, "workflows": []}
    ).encode(),
    "workflows/post-leads/workflow.json": FLOW,
    "workflows/store-leads/workflow.json": OTHER_FLOW,
    "credentials/slack/credential.json": b'{"id": "1", "name": "Slack of Mara"}',
    "variables/base-url/variable.json": b'{"name": "base-url"}',
}  # fmt: skip
PROJECT = {
    "mailer/main.py": b'"""Mail the leads of today."""\nimport helpers\nimport yaml\n\n'
    b'if __name__ == "__main__":\n    helpers.run()\n',
    "mailer/helpers.py": SCRIPT,
    "mailer/empty.py": b"",
    "mailer/requirements.txt": b"requests>=2\nPyYAML==6.0\n",
    "mailer/.env.example": b"CRM_KEY=\nSMTP_PASSWORD=\n",
}


def pairs(files: Files) -> list[tuple[str, bytes]]:
    return list(files.items()) if isinstance(files, Mapping) else list(files)


def zipped(files: Files, *, stored: bool = False, comment: bytes = b"") -> bytes:
    """A zip written entry by entry; names are not tidied, so that wicked ones stay."""
    target = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in pairs(files):
            entry = zipfile.ZipInfo("x", (2026, 5, 1, 10, 0, 0))
            entry.filename = entry.orig_filename = name
            entry.compress_type = method
            archive.writestr(entry, data)
        archive.comment = comment
    return target.getvalue()


def tarred(files: Files, mode: str = "w:gz", *, owner: str = "", kind: bytes = b"0") -> bytes:
    """A tar, gzipped unless ``mode`` is ``w``."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in pairs(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.uname, entry.type = len(data), owner, kind
            entry.linkname = "target" if kind in b"12" else ""
            archive.addfile(entry, io.BytesIO(data))
    return target.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def archived(data: bytes, name: str = "download.bin") -> Inspection:
    return inspect_bytes(data, name)


def errors(report: Inspection) -> list[tuple[str, str]]:
    return [(p.code, p.where) for p in report.problems if p.severity == "error"]


def codes(report: Inspection) -> list[str]:
    return [problem.code for problem in report.problems]


def with_checksum(header: bytearray) -> bytes:
    """A tar header made consistent again after it was changed."""
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


plain_names = st.text("abcdefgh_", min_size=1, max_size=8).map(lambda stem: f"{stem}.json")
plain_files = st.dictionaries(
    st.builds("{}/{}".format, st.sampled_from(["a", "b", "c"]), plain_names),
    st.sampled_from([FLOW, OTHER_FLOW, b'{"plain": 1}', b"text"]),
    max_size=6,
)
