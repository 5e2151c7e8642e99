"""Identifiers are what their standards say, whatever is drawn."""

from __future__ import annotations

import os
import uuid

import pytest

from koda_desktop.runtime import ids


def test_a_uuid_is_of_version_4_in_the_usual_form() -> None:
    drawn = {ids.new_uuid() for _ in range(200)}
    assert len(drawn) == 200
    for text in drawn:
        read = uuid.UUID(text)
        assert (read.version, read.variant) == (4, uuid.RFC_4122)
        assert str(read) == text


@pytest.mark.parametrize("drawn", ["0" * 32, "f" * 32, "0123456789abcdef" * 2])
def test_only_the_bits_of_version_and_variant_are_not_random(
    drawn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", lambda _: bytes.fromhex(drawn))
    assert ids.new_uuid() == str(uuid.UUID(hex=drawn, version=4))
