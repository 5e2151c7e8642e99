"""Going back and forward: against a plain list and a finger on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.controllers.places import MOST, Place, Trail


def test_back_and_forward_are_each_other_undone() -> None:
    trail = Trail()
    for section in ("listings", "activity", "settings"):
        trail.visit(Place(section))
    assert not trail.can_go_forward
    assert trail.back() == Place("activity")
    assert trail.back() == Place("listings")
    assert trail.back() is None
    assert trail.forward() == Place("activity")
    trail.visit(Place("listings", "a1"))
    assert trail.forward() is None
    assert trail.back() == Place("activity")


def test_only_the_last_hundred_are_kept() -> None:
    trail = Trail()
    for number in range(MOST + 30):
        trail.visit(Place("listings", str(number)))
    steps = 0
    while trail.back() is not None:
        steps += 1
    assert steps == MOST - 1


SECTIONS = st.sampled_from(["listings", "activity", "settings"])


@given(st.lists(st.one_of(SECTIONS, st.sampled_from(["<", ">"])), max_size=40))
def test_it_does_what_a_list_and_a_finger_do(steps: list[str]) -> None:
    trail, places, finger = Trail(), [Place("listings")], 0
    trail.visit(places[0])
    for step in steps:
        if step == "<":
            finger_before, finger = finger, max(finger - 1, 0)
            assert trail.back() == (places[finger] if finger != finger_before else None)
        elif step == ">":
            finger_before, finger = finger, min(finger + 1, len(places) - 1)
            assert trail.forward() == (places[finger] if finger != finger_before else None)
        elif places[finger] != Place(step):
            places = [*places[: finger + 1], Place(step)]
            finger += 1
            trail.visit(Place(step))
        else:
            trail.visit(Place(step))
        assert trail.can_go_back == (finger > 0)
        assert trail.can_go_forward == (finger < len(places) - 1)
