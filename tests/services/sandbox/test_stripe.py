"""The make-believe Stripe as a server: its pages, what survives a restart, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import LocalFault
from koda_desktop.marketplace.payments import CheckoutLine, CheckoutRequest, CheckoutState
from koda_desktop.services.sandbox.stripe.wire import API_VERSION, parse_form
from koda_desktop.services.sandbox.stripe_process import StripeProcess
from koda_desktop.services.stripe.client import StripeSettings
from koda_desktop.services.stripe.payments import StripePayments

KEY = "sk_test_sandbox0000000"
HEADERS = {"Authorization": f"Bearer {KEY}", "Stripe-Version": API_VERSION}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeProcess]:
    made = StripeProcess(tmp_path_factory.mktemp("stripe"), {KEY: ["*"]})
    made.start()
    yield made
    if made.is_running:
        made.kill()


@pytest.fixture
def payments(process: StripeProcess) -> StripePayments:
    return StripePayments(StripeSettings(KEY, api_base=process.endpoint))


def opened(process: StripeProcess, payments: StripePayments, operation: str) -> CheckoutState:
    request = CheckoutRequest(
        order_id="a" * 24,
        lines=[CheckoutLine("Invoices <to> cash", 1999)],
        currency="EUR",
        metadata={"order": "a" * 24},
        success_url=f"{process.endpoint}/pages/paid?session={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{process.endpoint}/pages/left",
        expires_at=int(process.act("clock")["now"]) + 3600,
    )
    return payments.checkouts.open(request, operation)


def ways(page: str) -> list[str]:
    return re.findall(r'<button id="([\w-]+)"', page)


def test_a_buyer_pays_in_a_browser(process: StripeProcess, payments: StripePayments) -> None:
    session = opened(process, payments, "page-1")
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(session.url or "").text
        assert "Invoices &lt;to&gt; cash" in page
        assert '<th id="total">€19.99</th>' in page
        assert ways(page) == ["accepted", "declined", "action", "debit", "bad-debit", "leave"]
        declined = browser.post(session.url or "", data={"way": "declined"}).text
        assert 'role="alert"' in declined
        asked = browser.post(session.url or "", data={"way": "action"})
        assert ways(asked.text) == ["confirmed", "refused"]
        left = browser.post(session.url or "", data={"way": "leave"})
        assert left.url.path == "/pages/left"
        paid = browser.post(session.url or "", data={"way": "confirmed"})
        assert paid.url.path == "/pages/paid"
        assert paid.url.params["session"] == session.id
        assert ways(browser.get(session.url or "").text) == []
    assert payments.checkouts.find(session.id).payment_status == "paid"


def test_a_seller_is_led_through_onboarding_once_per_link(
    process: StripeProcess, payments: StripePayments
) -> None:
    account = payments.accounts.create("5" * 24, None, "page-2").id
    back, again = (
        f"{process.endpoint}/pages/stripe/return",
        f"{process.endpoint}/pages/stripe/refresh",
    )
    with httpx.Client(follow_redirects=True) as browser:
        for give, is_complete in (("leave", False), ("part", False), ("everything", True)):
            link = payments.accounts.onboarding_page(account, back, again)
            assert ways(browser.get(link.url).text) == ["everything", "part", "leave"]
            assert browser.get(link.url).url.path == "/pages/stripe/refresh"
            assert browser.post(link.url, data={"give": give}).url.path == "/pages/stripe/return"
            found = payments.accounts.find(account)
            assert found
            assert found.is_complete is is_complete
        late = payments.accounts.onboarding_page(account, back, again)
        process.act("clock", seconds=301)
        assert browser.get(late.url).url.path == "/pages/stripe/refresh"


def test_pages_that_are_not_there(process: StripeProcess) -> None:
    for path in ("/pages/pay/cs_none", "/pages/onboarding/none", "/pages/other", "/pages/"):
        assert httpx.get(process.endpoint + path).status_code == 404


def test_everything_survives_a_kill(tmp_path: Path) -> None:
    process = StripeProcess(tmp_path / "stripe", {KEY: ["*"]})
    process.start()
    try:
        payments = StripePayments(StripeSettings(KEY, api_base=process.endpoint))
        session = opened(process, payments, "kept")
        process.act("clock", days=0, seconds=120)
        process.act("pay", session=session.id, way="accepted")
        before = payments.reports.page(0, None, 100)
        ahead = process.act("clock")["now"]
        port = process.endpoint
        process.kill()
        process.start()
        assert process.endpoint == port
        assert payments.reports.page(0, None, 100) == before
        assert payments.checkouts.find(session.id).payment_status == "paid"
        assert process.act("clock")["now"] >= ahead
        adopting = StripeProcess(tmp_path / "stripe", {KEY: ["*"]})
        adopting.start()
        assert adopting.pid == process.pid
        process.stop()
        assert not adopting.is_running
    finally:
        process.stop()


def get(process: StripeProcess, path: str, **headers: str) -> httpx.Response:
    return httpx.get(process.endpoint + path, headers={**HEADERS, **headers})


def test_refusals_are_in_stripes_form(process: StripeProcess) -> None:
    cases = [
        (get(process, "/v1/balance", Authorization="Bearer sk_test_other"), 401, None),
        (get(process, "/v1/balance", **{"Stripe-Version": "2020-08-27"}), 400, None),
        (get(process, "/v1/subscriptions"), 404, None),
        (get(process, "/v1/balance?amount=1"), 400, "parameter_unknown"),
        (get(process, "/v1/charges?limit=101"), 400, None),
        (get(process, "/v1/charges?starting_after=ch_none"), 404, "resource_missing"),
    ]
    for answer, status, code in cases:
        assert answer.status_code == status, answer.text
        assert answer.json()["error"].get("code") == code
        assert answer.headers["request-id"].startswith("req_")


def test_it_only_calls_this_computer(process: StripeProcess) -> None:
    fields = {"url": "https://example.org/hook", "enabled_events[0]": "*"}
    answer = httpx.post(f"{process.endpoint}/v1/webhook_endpoints", data=fields, headers=HEADERS)
    assert answer.status_code == 400


def test_lists_go_both_ways_and_expand(process: StripeProcess, payments: StripePayments) -> None:
    sessions = [opened(process, payments, f"list-{n}").id for n in range(5)]
    newest = list(reversed(sessions))
    path = "/v1/checkout/sessions?limit=2"
    first = get(process, path).json()
    assert [one["id"] for one in first["data"]] == newest[:2]
    second = get(process, f"{path}&starting_after={newest[1]}").json()
    assert ([one["id"] for one in second["data"]], second["has_more"]) == (newest[2:4], True)
    back = get(process, f"{path}&ending_before={newest[3]}").json()
    assert [one["id"] for one in back["data"]] == newest[1:3]
    process.act("pay", session=sessions[0], way="accepted")
    expanded = "expand[]=payment_intent.latest_charge.balance_transaction&expand[]=line_items"
    body = get(process, f"/v1/checkout/sessions/{sessions[0]}?{expanded}").json()
    booked = body["payment_intent"]["latest_charge"]["balance_transaction"]
    assert (booked["amount"], booked["fee"], booked["net"]) == (1999, 55, 1944)
    assert body["line_items"]["data"][0]["amount_total"] == 1999


def test_metadata_has_stripes_limits(process: StripeProcess) -> None:
    def answer(**fields: str) -> int:
        data = {"name": "A", **fields}
        return httpx.post(f"{process.endpoint}/v1/products", data=data, headers=HEADERS).status_code

    assert answer(**{f"metadata[k{n}]": "v" for n in range(50)}) == 200
    assert answer(**{f"metadata[k{n}]": "v" for n in range(51)}) == 400
    assert answer(**{"metadata[k]": "v" * 500}) == 200
    assert answer(**{"metadata[k]": "v" * 501}) == 400


def test_what_a_sandbox_cannot_do_is_said(process: StripeProcess) -> None:
    with pytest.raises(LocalFault, match="No such action"):
        process.act("earthquake")
    with pytest.raises(LocalFault, match="no such fault"):
        process.act("faults", kind="earthquake", method="POST", path="/v1")


names = st.text("abc_", min_size=1, max_size=4)
trees = st.recursive(
    st.text(max_size=5), lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3)
)


@given(st.dictionaries(names, trees, max_size=4))
def test_forms_nest_to_any_depth(tree: dict[str, object]) -> None:
    def fields(place: object, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(place, dict):
            for name, inner in place.items():
                yield from fields(inner, f"{path}[{name}]" if path else name)
        else:
            yield path, str(place)

    assert parse_form(str(httpx.QueryParams(list(fields(tree, ""))))) == tree
