"""The mark of an integration: a colour and initials, never a logo.

Colours are our own choice, near enough to what a service looks like to be recognised. Every one
carries white initials at a contrast of at least 4.5:1 (WCAG 2.2, success criterion 1.4.3).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

CURATED = {
    "Gmail": "#C5372C", "Google Sheets": "#1B7F4B", "Google Drive": "#1F6FD0",
    "Google Calendar": "#2962C9", "Google Docs": "#2F62C0", "Google Gemini": "#4A5FD4",
    "Google Analytics": "#B85C00", "Google BigQuery": "#2B66BF", "Google Translate": "#2A6BC4",
    "Slack": "#6A2C70", "Telegram": "#1E7AB8", "Discord": "#5060D8", "WhatsApp": "#1A7F55",
    "Microsoft Teams": "#5457B0", "Microsoft Outlook": "#0F66B5", "Microsoft Excel": "#1D7044",
    "Microsoft OneDrive": "#1264B0", "Microsoft SQL": "#9E2B2F", "Notion": "#3B3B40",
    "Airtable": "#B5477F", "HubSpot": "#C24A1E", "Salesforce": "#0B73A8", "Pipedrive": "#1B7A4A",
    "Stripe": "#5B51D8", "PayPal": "#1B4B91", "Shopify": "#4F7A28", "WooCommerce": "#7B4B94",
    "WordPress": "#28607F", "Webflow": "#3552D9", "OpenAI": "#10745C", "Azure OpenAI": "#0E6BA8",
    "Anthropic": "#A3552F", "Mistral AI": "#BF4A12", "Ollama": "#45474F", "Groq": "#BD3F2C",
    "Hugging Face": "#8A6200", "Perplexity": "#1B7380", "OpenRouter": "#5A5F75",
    "DeepSeek": "#3D57D6", "Cohere": "#34705E", "Pinecone": "#2B5FC2", "Qdrant": "#B3264E",
    "Supabase": "#1E7D57", "Postgres": "#32638C", "MySQL": "#2B6788", "MongoDB": "#2F7A3D",
    "Redis": "#B5322B", "GitHub": "#36404A", "GitLab": "#B9481D", "Bitbucket": "#1F59B5",
    "Jira": "#1F5CC4", "Trello": "#1562A8", "Asana": "#B5464C", "ClickUp": "#6B4FD0",
    "Linear": "#5058B8", "monday.com": "#B03A5B", "Todoist": "#B93A2D", "Dropbox": "#1A5FD6",
    "AWS S3": "#4B7A25", "AWS Lambda": "#B35A12", "YouTube": "#C32A2A", "LinkedIn": "#1A66AC",
    "X (Twitter)": "#33373D", "Facebook Graph API": "#2F62C8", "Instagram": "#B5366F",
    "Reddit": "#C0431C", "Twilio": "#BF2F47", "SendGrid": "#1E6F9E", "Mailchimp": "#7D6A14",
    "Brevo": "#237A50", "Typeform": "#44403C", "Calendly": "#2463C4", "Zendesk": "#1D5C5E",
    "Intercom": "#2B5FB0", "Zoom": "#2A62D0", "Spotify": "#1C7A41", "HTTP Request": "#4A55C7",
    "GraphQL": "#B0308C", "Webhook": "#A83D67", "Schedule": "#2F7568", "Manual": "#5C6270",
    "Chat": "#5F55C9", "Form": "#2C7583", "Error": "#B23535", "SMTP email": "#4C6582",
    "IMAP email": "#4C6582", "RSS feed": "#B4581A", "FTP": "#566070", "SSH": "#3F4653",
    "Edit Fields": "#4C5FC4", "Set": "#4C5FC4", "If": "#3E7A3C", "Switch": "#3E7A3C",
    "Filter": "#3E7A3C", "Merge": "#1C7784", "Loop Over Items": "#8A5A1B", "Wait": "#8B5068",
    "Code": "#B0561A", "Function": "#B0561A", "Function Item": "#B0561A", "Python": "#33628F",
    "Execute Command": "#454C58", "Execute Workflow": "#A8433A", "AI Agent": "#44405F",
    "LLM Chain": "#44405F", "Split Out": "#6355B8", "Aggregate": "#6355B8", "HTML": "#B5532A",
    "No Operation": "#6B7080", "Respond to Webhook": "#A83D67", "Simple Memory": "#2F6E6B",
}  # fmt: skip
"""Colours chosen by hand, by the name of the integration or core step."""

_BY_KIND = {"logic": "#55678A", "code": "#B0561A", "ai": "#44405F", "ai-part": "#4D6376"}
_BY_NAME = {name.casefold(): colour for name, colour in CURATED.items()}
_GREY = "#73767F"
_LOCAL_PARTS = ("memory", "parser", "splitter", "loader", "retriever", "tool", "calculator")

_PARENTHESES = re.compile(r"\([^)]*\)")
_ENOUGH = 4.5
_WORDS = re.compile(r"[^\W_]+")
_SMALL_WORDS = {"to", "from", "of", "the", "a", "an", "and", "by", "for", "in", "on", "over"}


@dataclass(frozen=True, slots=True)
class Badge:
    """``colour`` is ``#RRGGBB``; ``initials`` has one or two characters."""

    colour: str
    initials: str


def badge(label: str, kind: str, *, disabled: bool = False) -> Badge:
    """The mark of the integration ``label``; ``kind`` is Node.kind and colours what has no app."""
    return Badge(_GREY if disabled else colour(label, kind), initials(label))


def colour(label: str, kind: str = "action") -> str:
    """The colour of an integration: chosen by hand, else by what it is, else from its name."""
    name = label.casefold().strip()
    found = _BY_NAME.get(name)
    if found:
        return found
    if kind in ("logic", "code") or (kind in ("ai", "ai-part") and _is_local(name)):
        return _BY_KIND[kind]
    return hashed(name)


def _is_local(name: str) -> bool:
    return any(part in name for part in (*_LOCAL_PARTS, "chain", "agent", "extractor"))


def hashed(name: str) -> str:
    """A colour from the name alone: any hue, dark enough for white initials."""
    digest = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    hue = int.from_bytes(digest[:2], "big") % 360
    saturation = 0.42 + digest[2] / 255 * 0.16
    lightness = 0.44
    while contrast_with_white(found := _hsl(hue, saturation, lightness)) < _ENOUGH:
        lightness -= 0.01
    return found


def _hsl(hue: int, saturation: float, lightness: float) -> str:
    """HSL to ``#RRGGBB``, after CSS Color 4."""
    reach = saturation * min(lightness, 1 - lightness)

    def channel(offset: int) -> int:
        k = (offset + hue / 30) % 12
        return round(255 * (lightness - reach * max(-1.0, min(k - 3, 9 - k, 1.0))))

    return f"#{channel(0):02X}{channel(8):02X}{channel(4):02X}"


def contrast_with_white(hex_colour: str) -> float:
    """The contrast ratio of WCAG 2.2 between ``#RRGGBB`` and white, 1 to 21."""
    channels = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def initials(label: str) -> str:
    """One or two characters: Google Sheets GS, Slack Sl, OpenAI OA, 外送 外."""
    words = _WORDS.findall(_PARENTHESES.sub(" ", label)) or _WORDS.findall(label)
    telling = [word for word in words if word.lower() not in _SMALL_WORDS] or words
    if not telling:
        return "•"
    if len(telling) > 1:
        return _one(telling[0]) + _one(telling[1])
    return _of_word(telling[0])


def _of_word(word: str) -> str:
    capitals = [char for char in word if char.isupper()]
    if word[0].isupper() and 1 < len(capitals) < len(word):
        return capitals[0] + capitals[1]
    if ord(word[0]) > 0x2E80 or len(word) == 1:
        return _one(word)
    return _one(word) + (word[1] if word.isupper() else word[1].lower()[:1])


def _one(word: str) -> str:
    """The first letter as a capital; one character even where its capital has two (ß)."""
    upper = word[0].upper()
    return upper if len(upper) == 1 else word[0]
