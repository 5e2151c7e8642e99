"""Reports as SARIF 2.1.0 (OASIS standard, 27 March 2020), which build servers read.

One run; a rule per problem code, per kind of secret and, if asked for, one for what a package
leaves out. Files are named relative to the current folder where they lie below it. A secret is
only ever there as it is shown elsewhere: masked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from koda_desktop import __version__
from koda_desktop.errors import KodaError
from koda_desktop.workflows.texts import slug

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
REMOVAL_RULE = "instance-data"
_SECRET_RULE = "secret"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_SPOT = re.compile(r"line (\d+), column (\d+)\Z")

Record = Mapping[str, Any]


class SarifLog:
    """Collects results file by file; a result is kept as its JSON text, which is small."""

    def __init__(self, *, with_removals: bool = False) -> None:
        self._with_removals = with_removals
        self._rules: dict[str, dict[str, Any]] = {}
        self._results: list[str] = []
        self._notifications: list[dict[str, Any]] = []

    def add(self, path: Path, record: Record) -> None:
        """Take in what ``koda check --json`` prints for ``path``."""
        uri = uri_of(path)
        for problem in record["problems"]:
            self._add(_of_problem(problem), problem["code"], problem["code"], uri)
        for secret in record["secrets"]:
            rule = f"{_SECRET_RULE}/{slug(secret['kind']) or 'other'}"
            self._add(_of_secret(secret), rule, f"Secret in the file: {secret['kind']}", uri)
        for removal in record["removed"] if self._with_removals else ():
            self._add(_of_removal(removal), REMOVAL_RULE, "Taken out of the package", uri)

    def notify(self, error: KodaError) -> None:
        """Take in a fault that concerns no single file."""
        message = {"text": str(error)}
        self._notifications.append({"level": "error", "message": message})

    def _add(self, result: dict[str, Any], rule: str, title: str, uri: str) -> None:
        index = list(self._rules).index(rule) if rule in self._rules else len(self._rules)
        self._rules.setdefault(rule, _rule(rule, title, result["level"]))
        result = {"ruleId": rule, "ruleIndex": index, **result}
        result["locations"][0]["physicalLocation"]["artifactLocation"] = {"uri": uri}
        result["partialFingerprints"] = {"koda/v1": _fingerprint(result)}
        self._results.append(json.dumps(result))

    def as_bytes(self, *, is_whole: bool) -> bytes:
        """The log. ``is_whole`` is False where the run was stopped or a part could not be seen."""
        run = {
            "tool": {"driver": _driver(list(self._rules.values()))},
            "columnKind": "unicodeCodePoints",
            "invocations": [
                {
                    "executionSuccessful": is_whole and not self._notifications,
                    "toolExecutionNotifications": self._notifications,
                }
            ],
        }
        head = json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)
        results = ",\n".join(self._results)
        return f'{head.removesuffix(_END)},\n      "results": [\n{results}\n]{_END}\n'.encode()


_END = "\n    }\n  ]\n}"
"""How a log of one run ends; the results are put in before it as the texts they were kept as."""


def _driver(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "Koda",
        "fullName": "Koda Desktop, koda check",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": rules,
    }


def _rule(rule: str, title: str, level: str) -> dict[str, Any]:
    words = title.replace("-", " ")
    described: dict[str, Any] = {
        "id": rule,
        "shortDescription": {"text": words[:1].upper() + words[1:]},
        "defaultConfiguration": {"level": level},
    }
    if rule.startswith(_SECRET_RULE):
        # GitHub's code scanning ranks by this; 9 and above is shown as critical.
        described["properties"] = {"tags": ["security"], "security-severity": "9.0"}
    return described


def _of_problem(problem: Record) -> dict[str, Any]:
    spot = (problem["line"], problem["column"]) if problem.get("line") else None
    return _result(_LEVELS[problem["severity"]], problem["message"], problem["where"], spot)


def _of_secret(secret: Record) -> dict[str, Any]:
    message = f"{secret['kind']} in the open: {secret['masked']}. Revoke it and take it out."
    return _result("error", message, secret["where"], None)


def _of_removal(removal: Record) -> dict[str, Any]:
    message = f"Taken out of the package: {removal['reason']}."
    return _result("note", message, removal["where"], None)


def _result(level: str, message: str, where: str, spot: tuple[int, int] | None) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {}}
    spot = spot or _spot(where)
    if spot:
        location["physicalLocation"]["region"] = {"startLine": spot[0], "startColumn": spot[1]}
    if where and not _SPOT.match(where):
        location["logicalLocations"] = [{"fullyQualifiedName": where}]
    return {"level": level, "message": {"text": message}, "locations": [location]}


def _spot(where: str) -> tuple[int, int] | None:
    """Line and column of a place in a plain text; a place in JSON is a path and has none."""
    found = _SPOT.match(where)
    return (int(found[1]), int(found[2])) if found else None


def _fingerprint(result: Record) -> str:
    """The same finding keeps its fingerprint while lines move: the file, the rule and the path."""
    parts = [*_fingerprinted(result)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _fingerprinted(result: Record) -> Iterator[str]:
    location = result["locations"][0]
    yield location["physicalLocation"]["artifactLocation"]["uri"]
    yield result["ruleId"]
    yield result["message"]["text"]
    for logical in location.get("logicalLocations", ()):
        yield logical["fullyQualifiedName"]


def uri_of(path: Path) -> str:
    """``path`` as a URI reference: relative to the current folder, absolute where it is outside.

    Bytes that are no letters are percent-encoded as they are (RFC 3986), so that names that
    cannot be decoded have a URI as well.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    here = Path.cwd()
    if whole.is_relative_to(here):
        return quote(os.fsencode(whole.relative_to(here).as_posix()))
    return whole.as_uri()
