"""Refunds whose outcome is not known outlive the program."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.marketplace.refunds import RefundLine, RefundPreview, RefundRequest
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.workspace.pending_refunds import PendingRefund, PendingRefunds

ids = st.text("0123456789abcdef", min_size=24, max_size=24)
cents = st.integers(0, 10**8)
lines = st.builds(RefundLine, ids, st.text(), ids, cents, cents, cents, cents)
requests = st.builds(
    RefundRequest,
    st.text(min_size=1),
    ids,
    st.dictionaries(ids, cents, max_size=3),
    st.none() | cents,
    st.text(),
)
previews = st.builds(RefundPreview, st.lists(lines, max_size=3).map(tuple), st.just("EUR"))
pending = st.builds(PendingRefund, requests, previews)


@given(pending)
def test_it_comes_back_as_it_went_out(one: PendingRefund) -> None:
    assert PendingRefund.read(one.as_json()) == one


def test_it_is_there_after_a_restart_until_its_outcome_is_known(tmp_path: Path) -> None:
    request = RefundRequest("op-1", "o" * 24, {"1" * 24: 1000}, reason="Broken")
    line = RefundLine("1" * 24, "A title", "s" * 24, 1000, 850, 150, 999)
    one = PendingRefund(request, RefundPreview((line,), "EUR"))
    file = tmp_path / "store.sqlite"
    store = Store(file, derive_touched)
    PendingRefunds(store).keep(one)
    store.close()
    store = Store(file, derive_touched)
    kept = PendingRefunds(store)
    assert kept.of("o" * 24) == one
    assert kept.of("p" * 24) is None
    kept.forget("o" * 24)
    assert kept.of("o" * 24) is None
    store.close()
