"""The Python platform for single files; archives of them go through ``archives``."""

from __future__ import annotations

from dataclasses import replace

from koda_desktop.workflows.packaging import PYTHON_TYPE, package, with_suffix
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.python.declared import from_script
from koda_desktop.workflows.python.detecting import detection_of
from koda_desktop.workflows.python.modules import Module, encoding_problems, read_module
from koda_desktop.workflows.python.project import Project, report
from koda_desktop.workflows.source import Form, Source

_MEMO = "python"


class PythonSource:
    """Text that is a Python program. Never imported, compiled or run."""

    reads = "Python"

    def detect(self, source: Source) -> Detection | None:
        if source.text is None or source.problems or source.form not in (Form.TEXT, Form.BINARY):
            return None
        return detection_of(_module(source, source.text))

    def inspect(self, source: Source, detection: Detection) -> Findings:
        text = source.text or ""
        module = _module(source, text)
        project = Project((("", module),), from_script(text))
        findings = report(project, source.file_name)
        problems = (*encoding_problems(text, source.encoding), *findings.problems)
        name = with_suffix(source.file_name, ".py")
        packaged = package(source.data, name, PYTHON_TYPE)
        blocked = any(problem.severity == "error" for problem in problems)
        return replace(findings, problems=problems, packaged=None if blocked else packaged)


def _module(source: Source, text: str) -> Module:
    """The module, read once for detecting and inspecting."""
    known = source.memo.get(_MEMO)
    if not isinstance(known, Module):
        known = source.memo[_MEMO] = read_module(text, source.caps.max_source)
    return known
