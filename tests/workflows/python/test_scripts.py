"""What is found out about one script, and what is told of it."""

from __future__ import annotations

import pytest

from koda_desktop.workflows.declared_encoding import declared_text
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Severity
from tests.workflows.python.scripts import MAILER, codes, script


def test_a_script_is_described_in_full() -> None:
    report = script(MAILER, "mailer.py")
    assert (report.platform, report.sub_kind, report.node_count) == ("Python", "python", 0)
    assert report.credentials == ("CRM_TOKEN", "SMTP_HOST", "SMTP_USER")
    assert report.packages == ("requests>=2.31", "rich", "beautifulsoup4", "google-cloud-storage")
    assert report.platform_version == "Python >=3.11"
    assert report.code_languages == ("Python",)
    assert [app.name for app in report.integrations] == ["SMTP", "Google Cloud"]
    assert report.triggers == ("Manual",)
    assert report.proposal.title == "Mail every new lead to the sales team"
    assert "leads of the last day" in report.proposal.description
    assert report.proposal.tags[:2] == ("python", "smtp")
    assert report.setup_steps == (
        "Install Python >=3.11",
        "Install requests>=2.31, rich, beautifulsoup4 and google-cloud-storage",
        "Set CRM_TOKEN, SMTP_HOST and SMTP_USER",
        "Run the script",
    )
    assert codes(report) == ["undeclared-packages", "license", "as-written"]
    assert report.publishable


def test_a_script_is_packaged_byte_for_byte() -> None:
    data = b"\xef\xbb\xbfimport os\r\nprint(os.name)\r\n"
    report = script(data, "folder/tool.txt")
    assert report.packaged is not None
    assert report.packaged.data == data
    assert report.packaged.name == "tool.txt.py"
    assert report.packaged.media_type == "text/x-python; charset=utf-8"
    assert report.removed == ()


@pytest.mark.parametrize(
    "text",
    [
        "print('hello')\n",
        "import json\n",
        "def f(x):\n    return x\n",
        "for i in range(3):\n    i\n",
        "x = [n * n for n in range(9)]\ny = max(x)\n",
        "#!/usr/bin/python\nx = 1\n",
        "# /// script\n# dependencies = []\n# ///\n",
        '"""Settings of the bot."""\nNAME = "x"\nDEBUG = True\n',
    ],
)
def test_programs_are_python_whatever_they_are_called(text: str) -> None:
    assert script(text, "notes.md").platform == "Python"


@pytest.mark.parametrize(
    "text",
    [
        "Dear reader,\nplease import the file.\n",
        "[section]\nkey = value\n",
        "hello\n",
        "name: value\nother: 3\n",
        "a,b,c\n1,2,3\n",
        "import Foundation\nlet x = 3\nfunc f() -> Int { return x }\n",
        "import Data.List\nmain = putStrLn (show 3)\n",
        "const a = require('x');\nif (a) {\n  f();\n}\n",
        "# Read me\n\nUse it for leads.\n\n    import os\n",
        "SELECT name FROM people WHERE id = 3\n",
        "puts 'x'\ndef a\n  3\nend\n",
        "requests>=2\nrich==13\n",
        "x = 1\n",
    ],
)
def test_other_texts_are_not_python_even_under_its_name(text: str) -> None:
    report = script(text, "script.py")
    assert (report.platform, report.sub_kind) == ("Other", "text")


def test_python_can_be_chosen_by_hand() -> None:
    report = inspect_bytes(b"x = 1\n", "x.py", platform="Python")
    assert (report.platform, report.confidence) == ("Python", 1.0)
    assert "platform-mismatch" in codes(report)
    other = inspect_bytes(MAILER.encode(), "x.py", platform="Other")
    assert other.platform == "Other"
    assert codes(other) == ["kept-as-is"]


def test_a_syntax_error_blocks_with_its_place() -> None:
    report = script("import os\n\ndef main():\n    print(os.name\n\nif True:\n    main()\n")
    problem = report.problems[0]
    assert (problem.code, problem.severity) == ("python-syntax", Severity.ERROR)
    assert (problem.line, problem.column) == (4, 10)
    assert problem.snippet == "    print(os.name\n         ^"
    assert report.platform == "Python"
    assert report.packaged is None


@pytest.mark.parametrize(
    "line",
    [
        'print "hello"',
        "print 'a', b",
        "raise ValueError, 'no'",
        "exec 'x = 1'",
        "if 1 <> 2: pass",
        "x = 0777",
        "x = 10L",
        "x = `y`",
        "x = ur'a'",
    ],
)
def test_python_2_is_told_apart_and_read_by_lines(line: str) -> None:
    report = script(f"import urllib2\nimport requests\n\ndef f():\n    pass\n\n{line}\n")
    problem = report.problems[0]
    assert (problem.code, problem.severity) == ("python-2", Severity.WARNING)
    assert "written for Python 2" in problem.message
    assert problem.line == 7
    assert report.packages == ("requests",)
    assert report.platform_version == "Python 2"
    assert report.publishable


def test_except_with_a_comma_is_python_2() -> None:
    report = script("import os\ntry:\n    pass\nexcept OSError, e:\n    print(e)\n")
    assert codes(report)[0] == "python-2"


def test_commands_of_notebooks_block() -> None:
    report = script("import os\n!pip install rich\nprint(os.name)\n")
    assert codes(report)[0] == "notebook-command"
    assert not report.publishable


def test_templates_are_told() -> None:
    report = script("import os\nNAME = {{ cookiecutter.name }}x\ndef f():\n    print(os)\n")
    assert codes(report)[0] == "python-template"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/home/mara/leads.csv", True),
        ("/Users/mara.j/x", True),
        (r"C:\Users\Mara\Desktop\x", True),
        (r"C:\\Users\\Mara\\x", True),
        ("D:/Users/mara/x", True),
        (r"C:\Documents and Settings\mara\x", True),
        ("/home/user/x", False),
        ("/home/ubuntu/app", False),
        ("/Users/yourname/x", False),
        (r"C:\Users\Public\x", False),
        ("/home/{name}/x", False),
        ("https://example.org/home/leads/x", False),
    ],
)
def test_paths_into_a_home_folder_warn_without_the_name(path: str, found: bool) -> None:
    report = script(f'import os\n\nos.chdir(r"{path}")\n')
    problems = [p for p in report.problems if p.code == "personal-path"]
    assert bool(problems) is found
    assert report.publishable
    for problem in problems:
        assert problem.line == 3
        assert problem.severity is Severity.WARNING
        assert "mara" not in problem.message.lower()


def test_imports_of_neighbours_need_the_folder() -> None:
    assert "missing-modules" in codes(script("from . import helpers\nfrom .x import y\n"))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('os.environ["A_KEY"]', ("A_KEY",)),
        ('os.environ.get("A_KEY", "x")', ("A_KEY",)),
        ('os.getenv("A_KEY")', ("A_KEY",)),
        ('environ["A_KEY"]', ("A_KEY",)),
        ('config("A_KEY")', ("A_KEY",)),
        ('env.str("A_KEY")', ("A_KEY",)),
        ('st.secrets["A_KEY"]', ("A_KEY",)),
        ('os.getenv(f"{x}_KEY")', ()),
        ('os.getenv("PATH")', ()),
        ('config("name")', ()),
        ('settings["A_KEY"]', ()),
        ('os.environ.setdefault("A_KEY", "x")', ()),
    ],
)
def test_variables_that_are_read_are_listed(line: str, names: tuple[str, ...]) -> None:
    assert script(f"import os\nprint({line})\n").credentials == names


def test_variables_are_listed_in_the_order_of_the_file() -> None:
    lines = [f'print(os.getenv("KEY_{n}"))' for n in (3, 1, 2)]
    text = "import os\n" + "\n".join(lines)
    assert script(text).credentials == ("KEY_3", "KEY_1", "KEY_2")
    # The same by lines, where the text does not parse.
    assert script(text + "\nprint 'x'\n").credentials == ("KEY_3", "KEY_1", "KEY_2")


def test_a_declared_encoding_is_followed() -> None:
    text = "# -*- coding: cp1251 -*-\nimport os\nprint('Привет', os.name)\n"
    report = script(text.encode("cp1251"))
    assert report.platform == "Python"
    assert "python-encoding" not in codes(report)
    assert report.packaged is not None
    assert report.packaged.data == text.encode("cp1251")


@pytest.mark.parametrize("name", ["unicode_escape", "utf-7", "rot13", "punycode", "nothing"])
def test_only_character_sets_are_followed(name: str) -> None:
    assert declared_text(f"# coding: {name}\nprint(1)\n".encode()) is None
    assert declared_text(b"# coding: gbk\nprint('\xc4\xe3')\n") == "# coding: gbk\nprint('你')\n"


def test_an_undeclared_encoding_warns() -> None:
    report = script("import os\nprint('Größe', os.name)\n".encode("latin-1"))
    assert (report.platform, codes(report)[0]) == ("Python", "python-encoding")


def test_zero_bytes_are_an_error() -> None:
    text = "import os\n\ndef f():\n    pass\n" * 300 + "x = '\0'\n"
    report = script(text)
    assert report.problems[0].code == "python-syntax"
    assert not report.publishable


def test_odd_escapes_reach_no_log_and_no_report() -> None:
    # Python warns of “\d”; with warnings as errors, as here, it would refuse the file.
    assert codes(script("import re\nprint(re.compile('\\d'))\n")) == ["as-written"]
