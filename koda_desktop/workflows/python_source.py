"""Python source: recognised by its lines; sold as it is for now, as platform Other."""

from __future__ import annotations

import re

from koda_desktop.workflows.generic import Outline, kept_as_is, report
from koda_desktop.workflows.packaging import PYTHON_TYPE
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.source import Form, Source

_LOOKED_AT = 200_000
_SHEBANG = re.compile(r"#![^\n]{0,100}\bpython[\d.]{0,6}\b")
_REMARK = r"\s{0,40}(?:#[^\n]{0,200})?$"
_SIGNS = {
    name: re.compile(pattern, re.MULTILINE)
    for name, pattern in (
        (
            "imports",
            r"^[ \t]{0,12}(?:import [A-Za-z_][\w.]{0,100}(?: as \w{1,60})?"
            r"(?:[ \t]{0,4},[ \t]{0,4}[\w.]{1,100}){0,40}"
            r"|from \.{0,3}[\w.]{0,100} import [\w*(][^\n;{'\"]{0,300})" + _REMARK,
        ),
        ("functions", r"^[ \t]{0,20}(?:async )?def \w{1,100}\([^\n]{0,500}:" + _REMARK),
        ("classes", r"^class \w{1,100}(?:\([^\n]{0,300}\))?:" + _REMARK),
        ("a main guard", r"^if __name__ == ['\"]__main__['\"]\s*:"),
        (
            "blocks",
            r"^[ \t]{0,40}(?:if|elif|for|while|with|try|except|else)\b[^\n{};]{0,300}:" + _REMARK,
        ),
        ("calls to print", r"^[ \t]{0,40}print\("),
    )
}
_WEIGHTS = {"imports": 0.5, "functions": 0.5, "classes": 0.4, "a main guard": 0.6, "blocks": 0.3,
            "calls to print": 0.2}  # fmt: skip
_ENOUGH = 0.5


class PythonSource:
    """Text whose lines are Python statements. Never imported, compiled or run."""

    reads = "Python"

    def detect(self, source: Source) -> Detection | None:
        if source.form is not Form.TEXT or source.problems:
            return None
        text = (source.text or "")[:_LOOKED_AT]
        if _SHEBANG.match(text):
            return Detection("Other", "python", 0.95, ("the first line names Python",))
        signs = [name for name, pattern in _SIGNS.items() if pattern.search(text)]
        score = sum(_WEIGHTS[name] for name in signs)
        if score < _ENOUGH:
            return None
        reasons = (f"Python statements: {', '.join(signs)}",)
        return Detection("Other", "python", min(0.95, 0.5 + score / 4), reasons)

    def inspect(self, source: Source, detection: Detection) -> Findings:
        outline = Outline("Python script", "step", PYTHON_TYPE)
        return report(source, outline, (kept_as_is("A Python file is"),))
