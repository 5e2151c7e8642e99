"""Secrets in the package block publishing; what the scrub took out, and what is allowed, do not."""

from __future__ import annotations

import hashlib
import io
import json
import random
import string
import zipfile
from typing import Any

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Severity

_RANDOM = random.Random(20)
# Made when the test runs, so that no scanner of repositories takes it for a real one.
KEY = "sk-proj-" + "".join(_RANDOM.choices(string.ascii_letters + string.digits, k=64))


def workflow(value: str, **more: Any) -> bytes:
    header = {"name": "Authorization", "value": value}
    call = {
        "name": "Call",
        "type": "n8n-nodes-base.httpRequest",
        "position": [200, 0],
        "parameters": {"headerParameters": {"parameters": [header]}},
    }
    start = {"name": "Start", "type": "n8n-nodes-base.manualTrigger", "parameters": {}}
    connections = {"Start": {"main": [[{"node": "Call", "type": "main", "index": 0}]]}}
    return json.dumps({"nodes": [start, call], "connections": connections, **more}).encode()


def test_a_secret_left_in_the_package_blocks_publishing() -> None:
    inspection = inspect_bytes(workflow(f"Bearer {KEY}"), "leaky.json")
    (secret,) = inspection.secrets
    assert secret.where == "nodes[1].parameters.headerParameters.parameters[0].value"
    assert secret.digest == hashlib.sha256(KEY.encode()).hexdigest()
    assert not inspection.publishable
    assert KEY[8:] not in repr(inspection.secrets) + json.dumps(inspection.as_json())


def test_a_declared_value_passes_and_others_do_not() -> None:
    allowed = frozenset({hashlib.sha256(KEY.encode()).hexdigest()})
    assert inspect_bytes(workflow(f"Bearer {KEY}"), "x.json", allowed=allowed).publishable
    other = KEY[:-1] + ("a" if KEY[-1] != "a" else "b")
    assert not inspect_bytes(workflow(f"Bearer {other}"), "x.json", allowed=allowed).publishable


def test_what_was_taken_out_is_not_searched() -> None:
    data = workflow("={{ $json.token }}", pinData={"Start": [{"json": {"apiKey": KEY}}]})
    inspection = inspect_bytes(data, "pinned.json")
    assert inspection.secrets == ()
    assert inspection.publishable


def test_personal_data_warns() -> None:
    inspection = inspect_bytes(
        workflow("={{ $json.t }}", note="Ask jane.miller@brightfold.de"), "x.json"
    )
    warnings = [p.code for p in inspection.problems if p.severity is Severity.WARNING]
    assert "email-address" in warnings
    assert inspection.publishable


def test_a_source_file_is_searched_by_line() -> None:
    source = f'"""Calls an API."""\nimport os\n\nAPI_KEY = "{KEY}"\n'.encode()
    inspection = inspect_bytes(source, "tool.py")
    (secret,) = inspection.secrets
    assert "line 4" in secret.where
    assert not inspection.publishable


def test_every_file_of_an_archive_is_searched() -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("tool/main.py", '"""Calls an API."""\nimport tool.keys\n')
        archive.writestr("tool/keys.py", f'API_KEY = "{KEY}"\n')
    inspection = inspect_bytes(plain.getvalue(), "tool.zip")
    (secret,) = inspection.secrets
    assert secret.where.startswith("tool/keys.py: line 1")
    assert not inspection.publishable


def test_the_lost_value_of_a_key_given_twice_is_searched_in_a_file_kept_as_it_is() -> None:
    data = f'{{"settings": {{"apiKey": "{KEY}", "apiKey": "from the vault"}}}}'.encode()
    inspection = inspect_bytes(data, "settings.json")
    assert inspection.packaged is not None
    assert KEY.encode() in inspection.packaged.data
    assert [secret.digest for secret in inspection.secrets] == [
        hashlib.sha256(KEY.encode()).hexdigest()
    ]
    assert not inspection.publishable
