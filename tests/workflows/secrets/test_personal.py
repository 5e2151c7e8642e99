"""Personal and local data warn, and never block."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.secrets import find_secrets

_IBAN = "DE" + "12 5001 0517 0648 4898 90"
_CARD = "4539" + " 1488 0343 6467"


def _warned(content: Any) -> list[tuple[str, str]]:
    found = find_secrets(content, platform="n8n")
    assert found.secrets == ()
    assert all(problem.severity is Severity.WARNING for problem in found.personal)
    return [(problem.code, problem.where) for problem in found.personal]


def _one(text: str) -> Problem:
    (problem,) = find_secrets({"text": text}, platform="n8n").personal
    return problem


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("write to anna.berg" + "@gmail.com", "email-address"),
        ("mailto=anna" + "@firma.co.uk;", "email-address"),
        ("call +49 151 2" + "468 0973", "phone-number"),
        ("+1 (415) 73" + "2-9081", "phone-number"),
        ("http://192.168.1." + "20:8080/api", "local-address"),
        ("10.0.3." + "17", "local-address"),
        ("http://localhost:" + "11434/api", "local-address"),
        ("http://nas.local/share", "local-address"),
        (f"pay to {_IBAN}, please", "iban"),
        (f"card {_CARD} on file", "card-number"),
        ("https://n8n.firm.io/webhook/" + "3fa85f64-5717", "webhook-address"),
        ("https://firm.app.n8n.cloud/webhook-test/orders", "webhook-address"),
    ],
)
def test_it_warns(text: str, code: str) -> None:
    assert _warned({"nodes": [{"parameters": {"text": text}}]}) == [
        (code, "nodes[0].parameters.text")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.com, you@yourdomain.com, name@company.com, no-reply@firma.de",
        "={{ $json.email }}@{{ $json.host }}",
        "logo@2x.png and @n8n/n8n-nodes-langchain.agent and user@test.com",
        "git@github.com:a/b.git",
        "https://3f2a@o12.ingest.sentry.io/1",
        "+1 555 010 0199 and +12345678901 and +00000000000",
        "2024-01-01T00:00:00+02:00 and 1700000000000 and a+4915124680973",
        "n8n 1.10.0.3 and version 10.0.19041.1 and http://localhost/",
        "0.0.0.0 and 8.8.8.8 and 256.1.1.1",
        "DE00 5001 0517 0648 4898 90",
        "4539 1488 0343 6468 and 4242 4242 4242 4242 and 1700000000000000",
        "https://your-n8n.com/webhook/abc and https://discord.com/webhook/abc",
        "process.env.local and this.local = 1",
    ],
)
def test_it_keeps_quiet(text: str) -> None:
    assert _warned({"text": text}) == []


def test_values_are_masked() -> None:
    messages = [_one(_IBAN).message, _one(_CARD).message, _one("anna.berg" + "@gmail.com").message]
    assert "DE… (22 characters)" in messages[0]
    assert "4539… (16 characters)" in messages[1]
    assert "a…@gmail.com" in messages[2]


def test_the_same_value_is_told_once_with_its_count() -> None:
    address = "anna.berg" + "@gmail.com"
    found = find_secrets([{"to": address}, {"cc": f"{address}; x"}, address], platform="n8n")
    (problem,) = found.personal
    assert problem.where == "[2]"
    assert "2 more places" in problem.message


def test_many_values_of_a_kind_are_cut_and_counted() -> None:
    people = [f"p{chr(97 + n // 26)}{chr(97 + n % 26)}n" + f"@firm{n}.io" for n in range(60)]
    problems = find_secrets(people, platform="n8n").personal
    assert len(problems) == 11
    assert problems[-1].where == ""
    assert problems[-1].message.startswith("50 more")


def test_a_password_in_an_address_is_no_email_address() -> None:
    found = find_secrets(["https://anna:" + "vT4-q8xLwz" + "@firm.io/x"], platform="n8n")
    assert [s.kind for s in found.secrets] == ["Password in a URL"]
    assert found.personal == ()


def test_personal_data_inside_a_secret_is_not_told_apart() -> None:
    found = find_secrets({"password": "Kq7!anna" + "@firma.io"}, platform="n8n")
    assert [s.kind for s in found.secrets] == ["Password"]
    assert found.personal == ()
