"""The changelog that is proposed for a new version: words about steps and apps, never values."""

from __future__ import annotations

from koda_desktop.workflows.changelog import proposed_changelog
from koda_desktop.workflows.comparing import Change, Comparison, Difference
from koda_desktop.workflows.inspection import Edge, Node

NOTHING = Difference()


def found(**changes: object) -> Comparison:
    empty: dict[str, object] = {
        "platform": None,
        "added": (),
        "removed": (),
        "renamed": (),
        "changed": (),
        "edges_added": (),
        "edges_removed": (),
        "triggers": NOTHING,
        "credentials": NOTHING,
        "integrations": NOTHING,
        "packages": NOTHING,
    }
    return Comparison(**{**empty, **changes})  # type: ignore[arg-type]


def step(name: str) -> Node:
    return Node(name, "type", "Label", None, False, False, "action")


def test_apps_steps_and_prompts_are_named() -> None:
    said = proposed_changelog(
        found(
            integrations=Difference(("Slack",), ("Gmail",)),
            added=(step("Tell"), step("Ask")),
            removed=(step("Write"),),
            changed=(
                Change("AI", None, None, ("options.systemMessage", "model")),
                Change("Fetch", None, None, ("url",)),
            ),
        )
    )
    assert said.splitlines() == [
        "- Adds Slack.",
        "- No longer uses Gmail.",
        "- 2 new steps: Tell and Ask.",
        "- 1 step removed: Write.",
        "- Prompt changed: AI.",
        "- Settings changed: Fetch.",
    ]


def test_what_buyers_set_up_comes_first() -> None:
    said = proposed_changelog(
        found(
            platform=("Make", "n8n"),
            triggers=Difference(("Webhook",), ("Schedule",)),
            credentials=Difference(("slackApi",), ()),
            packages=Difference(("httpx",), ()),
            changed=(Change("Send", ("a", "b"), False, ()),),
        )
    )
    assert said.splitlines() == [
        "- Runs on n8n now, no longer on Make.",
        "- Starts by Webhook instead of Schedule.",
        "- New accounts or keys to set up: slackApi.",
        "- Needs httpx.",
        "- Replaces “Send” by another kind of step.",
        "- “Send” is switched on.",
    ]


def test_rewiring_alone_is_told_and_many_names_are_counted() -> None:
    edges = (Edge("a", "b", "main"), Edge("b", "c", "main"))
    assert proposed_changelog(found(edges_added=edges)) == "- 2 connections changed."
    many = tuple(step(f"S{number}") for number in range(6))
    assert proposed_changelog(found(added=many)) == "- 6 new steps: S0, S1, S2 and 3 more."


def test_nothing_that_counts_is_said_so() -> None:
    assert proposed_changelog(found()) == "- Only texts, places or values changed."
