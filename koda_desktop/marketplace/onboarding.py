"""Onboarding: one account at the provider for each seller, and what it says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.payments import Accounts, ConnectedAccount, HostedPage
from koda_desktop.marketplace.ports import Users
from koda_desktop.marketplace.trade_ports import Sellers
from koda_desktop.models.user import User


class OnboardingState(StrEnum):
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    ACTION_NEEDED = "action-needed"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Onboarding:
    """Where a seller stands, as the account itself says."""

    state: OnboardingState
    account: ConnectedAccount | None = None


class Onboardings:
    """Creates accounts, opens pages, and asks how far a seller is."""

    def __init__(self, users: Users, sellers: Sellers, provider: Accounts) -> None:
        self._users = users
        self._sellers = sellers
        self._provider = provider

    def status(self, actor: Actor) -> Onboarding:
        """What the account says now; ``onboardingComplete`` follows it both ways."""
        user = accounts.signed_in(self._users, actor)
        found = self._provider.find(user.stripe_connect_id) if user.stripe_connect_id else None
        if user.stripe_connect_id:
            is_complete = found is not None and found.is_complete
            self._sellers.set_onboarding(user.stripe_connect_id, is_complete)
        return Onboarding(_state(found), found)

    def begin(self, actor: Actor, return_url: str, refresh_url: str) -> HostedPage:
        """A fresh page to go on at, with the account made where there is none.

        Raises NotAllowed for a banned account. Coming back from the page proves nothing.
        """
        user = accounts.may_write(self._users, actor)
        account_id = self._account(user)
        return self._provider.onboarding_page(account_id, return_url, refresh_url)

    def _account(self, user: User) -> str:
        """The seller's account. Two who ask at once get the same one: its creation is named after
        the seller and the account it replaces, and the database has the last word.
        """
        known = user.stripe_connect_id
        if known and self._provider.find(known) is not None:
            return known
        made = self._created(user, f"account:{user.id}:{known or ''}")
        winner = self._sellers.claim_account(user.id, made.id, known)
        if winner != made.id:
            self._provider.delete(made.id)
        return winner

    def _created(self, user: User, operation: str) -> ConnectedAccount:
        """A new account. The provider remembers an operation for a day, so that its answer may be
        an account that was deleted since.
        """
        made = self._provider.create(user.id, user.email, operation)
        if self._provider.find(made.id) is not None:
            return made
        return self._provider.create(user.id, user.email, f"{operation}:{made.id}")


def _state(account: ConnectedAccount | None) -> OnboardingState:
    if account is None:
        return OnboardingState.NOT_STARTED
    if account.is_complete:
        return OnboardingState.ACTIVE
    if account.details_submitted and (account.due or account.disabled_reason):
        return OnboardingState.ACTION_NEEDED
    return OnboardingState.IN_PROGRESS
