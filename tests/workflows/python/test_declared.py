"""What files say about themselves: requirements, pyproject, core metadata, script blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.python.declared import (
    from_metadata,
    from_pyproject,
    from_requirements,
    from_script,
    requirement,
)
from koda_desktop.workflows.python.distributions import distribution, third_party
from koda_desktop.workflows.python.project import semantic


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("requests", "requests"),
        ("requests >= 2, < 3", "requests>=2,<3"),
        ("uvicorn[standard]==0.30.1 ; python_version > '3.8'", "uvicorn==0.30.1"),
        ("name @ https://example.org/name.zip", "name"),
        ("typing-extensions (>=4)", "typing-extensions>=4"),
        ("requests==2.* # pinned", "requests==2.*"),
        ("# comment", ""),
        ("-r other.txt", ""),
        ("--index" + "-url elsewhere", ""),
        ("https://example.org/x.whl", ""),
        ("./local", ""),
        ("", ""),
    ],
)
def test_requirements_are_read(line: str, found: str) -> None:
    assert requirement(line) == found


def test_a_requirements_file() -> None:
    text = (
        "requests>=2\r\n\n# x\nFlask==3\n-e git+https://example.org/x#egg=own-tool\nrequests>=2\n"
    )
    assert from_requirements(text).packages == ("requests>=2", "Flask==3", "own-tool")


def test_a_project_table() -> None:
    found = from_pyproject(
        '[project]\nname = "lead-mailer"\nversion = "0.3"\ndescription = "Mails leads"\n'
        'requires-python = ">=3.10"\ndependencies = ["requests>=2", 3]\nlicense = {text = "MIT"}\n'
        '[project.scripts]\nmailer = "mailer:main"\n'
    )
    assert (found.name, found.version, found.summary) == ("lead-mailer", "0.3", "Mails leads")
    assert (found.packages, found.requires_python) == (("requests>=2",), ">=3.10")
    assert (found.license, found.commands, found.fault) == ("MIT", ("mailer",), "")


def test_poetrys_table() -> None:
    found = from_pyproject(
        '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.11"\nhttpx = "*"\n'
    )
    assert (found.packages, found.requires_python) == (("httpx",), "^3.11")


def test_core_metadata() -> None:
    found = from_metadata(
        "Metadata-Version: 2.1\nName: lm\nVersion: 1.2\nRequires-Dist: a>=1\n"
        "Requires-Dist: pytest; extra == 'dev'\nRequires-Python: >=3.9\nLicense: MIT\n\nName: x\n"
    )
    assert (found.name, found.version, found.packages) == ("lm", "1.2", ("a>=1",))
    assert (found.requires_python, found.license) == (">=3.9", "MIT")


def test_a_script_block_must_be_closed() -> None:
    block = '# /// script\n# dependencies = ["rich"]\n'
    assert from_script(block + "# ///\n").packages == ("rich",)
    assert from_script(block + "import rich\n").packages == ()
    assert from_script(block + "x\n# ///\n").packages == ()


def test_toml_that_is_none_is_told() -> None:
    assert from_pyproject("[project\nname=").fault
    assert from_script("# /// script\n# dependencies = [\n# ///\n").fault
    assert from_pyproject("x = " + "[" * 50_000).fault


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for read in (from_requirements, from_pyproject, from_metadata, from_script):
        found = read(text)
        assert all(found.packages)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("PIL.Image", "Pillow"),
        ("google.cloud.storage", "google-cloud-storage"),
        ("google.cloud.secretmanager", "google-cloud-secret-manager"),
        ("google.oauth2.credentials", "google-auth"),
        ("google.generativeai", "google-generativeai"),
        ("google.adk", "google-adk"),
        ("sklearn.svm", "scikit-learn"),
        ("unheard_of.part", "unheard_of"),
    ],
)
def test_distributions_of_modules(module: str, name: str) -> None:
    assert distribution(module) == name


def test_what_is_at_hand_needs_no_installing() -> None:
    imports = ("os.path", "__future__", "distutils.core", "tomllib", "urllib2", "helpers.x", "_csv")
    assert third_party(imports, frozenset({"helpers"})) == ()


@pytest.mark.parametrize(
    ("version", "found"),
    [("0.3", "0.3.0"), ("2", "2.0.0"), ("1.2.3.post1", "1.2.3"), ("v1.4.0rc1", "1.4.0"),
     ("", "1.0.0"), ("dev", "1.0.0"), ("01.2", "1.2.0")],
)  # fmt: skip
def test_versions_become_semantic(version: str, found: str) -> None:
    assert semantic(version) == found
