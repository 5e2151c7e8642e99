"""Who may act: an account is looked up for every call, and nothing the caller claims counts."""

from __future__ import annotations

from koda_desktop.errors import GatesUnmet, Misconfigured, NotAllowed
from koda_desktop.marketplace.api import Account, Actor, Gate, GateCode, Json
from koda_desktop.marketplace.ports import Users
from koda_desktop.models.user import User


def find_user(users: Users, actor: Actor) -> User | None:
    """The actor's account, or None when there is none by that id."""
    document = users.find(actor.user_id) if actor.user_id else None
    return read_user(document) if document else None


def read_user(document: Json) -> User:
    """The account in a ``users`` document. Raises Misconfigured for one that cannot be read."""
    from pydantic import ValidationError

    try:
        return User.read(document)
    except ValidationError as error:
        named = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]}))
        raise Misconfigured(
            f"The marketplace’s record of the account cannot be read ({named}).",
            remedy="Ask the marketplace to repair these fields of the account.",
        ) from error


def signed_in(users: Users, actor: Actor) -> User:
    """The actor's account. Raises NotAllowed when there is none."""
    user = find_user(users, actor)
    if user is None:
        raise NotAllowed(
            "There is no account with this user id in the marketplace.",
            remedy="Sign in on the web application once, or correct the workspace’s user id.",
        )
    return user


def describe(user: User) -> Account:
    """What the pages may show of an account."""
    return Account(
        user_id=user.id,
        name=user.display_name,
        email=user.email,
        role=user.role,
        is_banned=user.is_banned,
        onboarding_complete=user.onboarding_complete,
    )


def account_gates(user: User | None) -> tuple[Gate, ...]:
    """The gates of publishing that depend on the account alone."""
    return (
        Gate(
            GateCode.SIGNED_IN,
            user is not None,
            "Signed in" if user else "Not signed in: the marketplace has no such account",
            "" if user else "Sign in, or correct the workspace’s user id.",
        ),
        _not_banned(user),
        _onboarded(user),
    )


def _not_banned(user: User | None) -> Gate:
    is_met = user is not None and not user.is_banned
    what = "Account in good standing" if is_met else "This account may not publish"
    return Gate(GateCode.NOT_BANNED, is_met, what, "" if is_met else "Write to the marketplace.")


def _onboarded(user: User | None) -> Gate:
    is_met = user is not None and user.onboarding_complete
    if is_met:
        return Gate(GateCode.ONBOARDED, True, "Payouts are set up with Stripe")
    return Gate(
        GateCode.ONBOARDED,
        False,
        "Payouts are not set up with Stripe yet",
        "Finish setting up payouts, then publish.",
    )


def may_write(users: Users, actor: Actor) -> User:
    """The account, if it may change its listings: signed in and not banned.

    Raises NotAllowed otherwise.
    """
    user = signed_in(users, actor)
    if user.is_banned:
        raise NotAllowed(
            "This account may not change listings.", remedy="Write to the marketplace."
        )
    return user


def refuse_unmet(gates: tuple[Gate, ...]) -> None:
    """Raise GatesUnmet when any gate is not met, naming each."""
    unmet = [gate for gate in gates if not gate.is_met]
    if unmet:
        raise GatesUnmet(
            "The marketplace did not accept this yet: " + "; ".join(g.what for g in unmet) + ".",
            remedy=" ".join(gate.remedy for gate in unmet if gate.remedy),
            facts={"gates": [gate.as_json() for gate in unmet]},
        )
