"""People: ``users`` documents, which the sign-in provider's webhook creates and keeps."""

from __future__ import annotations

from pydantic import Field

from koda_desktop.models.document import Document, ObjectIdText


class User(Document):
    """An account. ``role`` stays text: an unknown role is shown and grants nothing."""

    clerk_id: str = Field(alias="clerkId")
    first_name: str | None = Field(default=None, alias="firstName")
    last_name: str | None = Field(default=None, alias="lastName")
    email: str | None = None
    image_url: str | None = Field(default=None, alias="imageUrl")
    role: str = "user"
    is_banned: bool = Field(default=False, alias="isBanned")
    stripe_connect_id: str | None = Field(default=None, alias="stripeConnectId")
    onboarding_complete: bool = Field(default=False, alias="onboardingComplete")
    cart: list[ObjectIdText] = Field(default_factory=list)

    @property
    def display_name(self) -> str:
        """First and last name, else the mail address, else the provider's id."""
        name = " ".join(part for part in (self.first_name, self.last_name) if part)
        return name or self.email or self.clerk_id
