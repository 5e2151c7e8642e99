"""Tags and category for a listing, from what a workflow talks to and the words of its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from koda_desktop.workflows.texts import one_line, without_personal_data

MOST_TAGS = 10
LONGEST_TAG = 30

_SERVICES: Mapping[str, tuple[str, ...]] = {
    "Email Marketing": (
        "mailchimp", "mailjet", "sendgrid", "sendinblue", "brevo", "mailerlite", "lemlist",
        "activecampaign", "convertkit", "getresponse", "klaviyo", "drip", "emelia", "mailgun",
        "customerio", "mautic", "egoi", "vero", "autopilot", "moosend", "beehiiv", "kit",
    ),
    "Sales": (
        "hubspot", "pipedrive", "salesforce", "zohocrm", "clearbit", "hunter", "dropcontact",
        "stripe", "shopify", "woocommerce", "apollo", "copper", "freshworkscrm", "keap", "affinity",
        "highlevel", "gohighlevel", "paddle", "chargebee", "paypal", "agilecrm", "salesmate",
        "odoo", "intercom", "magento", "uplead", "phantombuster", "lonescale", "monicacrm",
    ),
    "Social Media": (
        "twitter", "linkedin", "facebook", "facebookgraphapi", "instagram", "youtube", "reddit",
        "tiktok", "mastodon", "bluesky", "pinterest", "threads", "medium", "disqus", "discourse",
        "facebookleadads", "facebooktrigger", "hackernews", "x", "bannerbear", "buffer",
    ),
    "Productivity": (
        "googlesheets", "googledrive", "googlecalendar", "googledocs", "googletasks", "notion",
        "airtable", "slack", "trello", "asana", "clickup", "gmail", "microsoftoutlook", "jira",
        "microsoftteams", "microsoftexcel", "microsoftonedrive", "todoist", "mondaycom", "baserow",
        "nocodb", "coda", "evernote", "dropbox", "box", "nextcloud", "mattermost", "zoom",
        "telegram", "github", "gitlab", "linear", "calendly", "calcom", "toggl", "clockify",
        "googlecontacts", "googleslides", "microsofttodo", "seatable", "twist", "emailsend",
        "emailreadimap", "openai", "whatsapp", "discord", "google-sheets", "google-email",
        "google-drive", "google-calendar", "fireflies", "supabase", "postgres", "strapi",
    ),
}  # fmt: skip

_WORDS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{words})\b")
    for name, words in {
        "Email Marketing": (
            r"newsletters?|campaigns?|cold e-?mails?|mailing|drip|outreach|subscribers?"
            r"|e-?mail marketing"
        ),
        "Sales": (
            r"leads?|crm|sales|deals?|prospects?|invoices?|e-?commerce|shop|orders?|customers?"
            r"|quotes?|checkout"
        ),
        "Social Media": (
            r"social|tweets?|twitter|linkedin|instagram|tiktok|youtube|reddit|facebook"
            r"|influencers?|viral|hashtags?|followers"
        ),
        "Productivity": (
            r"calendar|tasks?|meetings?|notes?|reminders?|todo|schedule|summar\w{1,6}|inbox"
            r"|documents?|reports?|dashboard|backups?|standup|assistant|automate\w?|chatbot|bot"
        ),
    }.items()
}
_KNOWN = frozenset(service for listed in _SERVICES.values() for service in listed)
_WORD_WEIGHT = 4.0
_WEIGHTS = {"Email Marketing": 3.0, "Sales": 2.5, "Social Media": 2.5, "Productivity": 1.0}


def category(words: str, services: Iterable[str]) -> str:
    """The category that fits best. ``services`` are integration keys in any case; ``words`` the
    title. Rare, telling services weigh more than the sheets and mailboxes everyone has."""
    keys = {key.lower() for key in services}
    text = words.lower()
    scores = {
        name: _WEIGHTS[name] * len(keys.intersection(_SERVICES[name]))
        + (_WORD_WEIGHT if _WORDS[name].search(text) else 0.0)
        for name in _SERVICES
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else "Other"


def service_word(key: str, name: str) -> str:
    """The word ``category`` knows a service by: its key, else its name as one word."""
    plain = key.lower().replace("-", "").replace("_", "")
    found = (word for word in (key.lower(), plain) if word in _KNOWN)
    return next(found, "".join(name.lower().split()))


def tags(candidates: Iterable[str]) -> tuple[str, ...]:
    """Lower-case, clean, distinct and at most MOST_TAGS, in the order given."""
    clean = (_tag(candidate) for candidate in candidates)
    return tuple(dict.fromkeys(tag for tag in clean if tag))[:MOST_TAGS]


def _tag(text: str) -> str:
    line = one_line(without_personal_data(text.lower()), LONGEST_TAG)
    return re.sub(r"[^\w .+&/-]", "", line).strip(" .-/")
