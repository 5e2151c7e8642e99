"""Puts it together: all texts of a document searched at once, every finding masked and placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Any

from koda_desktop.workflows.inspection import Problem, SecretFinding, Severity
from koda_desktop.workflows.secrets.assignments import assignment_hits, shown_of
from koda_desktop.workflows.secrets.corpus import Corpus
from koda_desktop.workflows.secrets.findings import Findings, digest, masked
from koda_desktop.workflows.secrets.literals import secret_spans
from koda_desktop.workflows.secrets.overlaps import settled
from koda_desktop.workflows.secrets.personal import Sighting, sightings
from koda_desktop.workflows.secrets.reporting import personal_problems
from koda_desktop.workflows.secrets.searching import shape_hits
from koda_desktop.workflows.secrets.shapes import RANK_NAMED, Hit
from koda_desktop.workflows.secrets.tree import Gathered, Place
from koda_desktop.workflows.secrets.writing import PlaceWriter

MOST_SECRETS = 200


@dataclass(frozen=True, slots=True, repr=False)
class _Found:
    """A secret in the open: it never leaves this module, and has no repr that could show it."""

    place: Place
    hit: Hit

    @property
    def value(self) -> str:
        return self.place.text[self.hit.start : self.hit.end]


@dataclass(frozen=True, slots=True)
class _Text:
    """One distinct text of the document, where it stands, and what was seen in it."""

    text: str
    places: Sequence[Place]
    hits: list[Hit]
    sightings: list[Sighting]


def find_secrets(
    content: Any, *, platform: str, where_prefix: str = "", allowed: Set[str] = frozenset()
) -> Findings:
    """Literal secrets and personal data in ``content``.

    A ``str`` is searched as source or plain text and findings are placed by line and column; all
    else is a parsed JSON document (json_reading.parse) and findings are placed by path, inside
    texts of several lines by line and column as well. ``platform`` is one of PLATFORMS: a leading
    ``=`` marks an expression in n8n only. ``where_prefix`` stands before every place, such as the
    name of a file in an archive. ``allowed`` holds SHA-256 digests (findings.digest) of values
    that are not to be reported. Of overlapping detectors the most specific one speaks. At most
    MOST_SECRETS are listed; that there are more is told. Raises nothing, whatever the content.
    """
    is_text = isinstance(content, str)
    texts = _searched(Gathered(content))
    found = [f for text in texts for f in _found(text, expressions=platform == "n8n")]
    writer = PlaceWriter(where_prefix, always_lines=is_text)
    writer.hide(one.value for one in found)
    listed = _listed(found, writer, allowed)
    personal = personal_problems(_unclaimed(texts, found), writer)
    return Findings(
        tuple(finding for finding, _ in listed[:MOST_SECRETS]),
        personal + _more(len(listed) - MOST_SECRETS),
        tuple(value_digest for _, value_digest in listed[:MOST_SECRETS]),
    )


def _searched(gathered: Gathered) -> list[_Text]:
    """The texts in which anything was seen, or that stand under a telling name, in order."""
    corpus = Corpus(gathered.texts)
    hits: dict[int, list[Hit]] = defaultdict(list)
    for hit in chain(shape_hits(corpus.joined, corpus.words), assignment_hits(corpus.joined)):
        index, begin = corpus.located(hit.start)
        moved = Hit(hit.start - begin, hit.end - begin, hit.kind, hit.shown, hit.rank)
        hits[index].append(moved)
    seen: dict[int, list[Sighting]] = defaultdict(list)
    for sight in sightings(corpus.joined):
        index, begin = corpus.located(sight.start)
        moved_sight = Sighting(sight.trace, sight.start - begin, sight.end - begin, sight.shown)
        seen[index].append(moved_sight)
    promised = gathered.promised
    telling = [index for index, text in enumerate(corpus.texts) if text in promised]
    wanted = sorted({*hits, *seen, *telling})
    places = gathered.places({corpus.texts[index] for index in wanted})
    return [
        _Text(text, places[text], hits.get(index, []), seen.get(index, []))
        for index, text in ((index, corpus.texts[index]) for index in wanted)
    ]


def _found(text: _Text, *, expressions: bool) -> Iterator[_Found]:
    for place in text.places:
        hits = text.hits
        if place.named:
            kind, shown = place.named.value, shown_of(place.named)
            spans = secret_spans(place.named, text.text, expressions=expressions)
            hits = hits + [Hit(*span, kind, shown, RANK_NAMED) for span in spans]
        for hit in settled(hits) if len(hits) > 1 else hits:
            yield _Found(place, hit)


def _listed(
    found: list[_Found], writer: PlaceWriter, allowed: Set[str]
) -> list[tuple[SecretFinding, str]]:
    """Each finding once per value and place, with its digest; one more than is to be shown."""
    told: dict[tuple[str, str], tuple[SecretFinding, str]] = {}
    for one in found:
        value_digest = digest(one.value)
        if value_digest in allowed:
            continue
        where = writer.where(one.place, one.hit.start)
        finding = SecretFinding(one.hit.kind, where, masked(one.value, one.hit.shown))
        told.setdefault((one.value, where), (finding, value_digest))
    return list(told.values())


def _unclaimed(texts: list[_Text], found: list[_Found]) -> Iterator[tuple[Place, Sighting]]:
    """Personal data that is no part of a secret: user:password@host reads like an address."""
    claimed: dict[str, list[Hit]] = defaultdict(list)
    for one in found:
        claimed[one.place.text].append(one.hit)
    for text in texts:
        for seen in text.sightings:
            hits = claimed.get(text.text, ())
            if not any(hit.start < seen.end and seen.start < hit.end for hit in hits):
                for place in text.places:
                    yield place, seen


def _more(count: int) -> tuple[Problem, ...]:
    if count <= 0:
        return ()
    message = f"{count:,} more secrets were found and are not listed. Remove those listed first."
    return (Problem(Severity.WARNING, "more-secrets", "", message),)
