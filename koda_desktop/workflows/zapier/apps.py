"""What Zapier's steps talk to: a ``selected_api`` such as ``GoogleSheetsV2CLIAPI@2.8.0``.

Tools of Zapier itself, such as Filter and Formatter, are no integrations and want no account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from koda_desktop.workflows.service_names import humanised, service_name

_ENDINGS = re.compile(r"(?:V\d+)?(?:CLI)?(?:API|Dev)?(?:V\d+)?(?:@[\w.+-]{0,60})?\Z")
_PRIVATE = re.compile(r"(?:App|Dev)\d+(?:CLI)?(?:API)?(?:@|\Z)")
_TOOLS = {
    "Filter": ("Filter", "logic"), "Branching": ("Paths", "logic"), "Paths": ("Paths", "logic"),
    "Engine": ("Zapier", "logic"), "Delay": ("Delay", "logic"), "Looping": ("Looping", "logic"),
    "EngineLooping": ("Looping", "logic"), "LoopingByZapier": ("Looping", "logic"),
    "Code": ("Code", "code"), "ZapierFormatter": ("Formatter", "action"),
    "Formatter": ("Formatter", "action"), "Storage": ("Storage", "action"),
    "WebHook": ("Webhook", "action"), "Webhook": ("Webhook", "action"),
    "Webhooks": ("Webhook", "action"), "Schedule": ("Schedule", "action"),
    "ZapierMail": ("Email by Zapier", "action"), "EmailByZapier": ("Email by Zapier", "action"),
    "SMS": ("SMS by Zapier", "action"), "RSS": ("RSS feed", "action"),
    "Digest": ("Digest", "action"), "SubZap": ("Sub-Zap", "logic"),
    "ZapierSubZap": ("Sub-Zap", "logic"), "ZapierTables": ("Zapier Tables", "action"),
    "ZapierInterfaces": ("Zapier Interfaces", "action"), "Transfer": ("Transfer", "action"),
    "ZapierManager": ("Zapier Manager", "action"), "Translate": ("Translate", "action"),
    "AI": ("AI by Zapier", "ai"), "ZapierAI": ("AI by Zapier", "ai"),
    "AIByZapier": ("AI by Zapier", "ai"), "ZapierAgents": ("Zapier Agents", "ai"),
    "ZapierChatbots": ("Zapier Chatbots", "ai"), "URLShortener": ("URL Shortener", "action"),
    "ZapierChromeExtension": ("Chrome extension", "action"),
}  # fmt: skip
_NAMES = {
    "GoogleMail": "Gmail", "ChatGPT": "OpenAI", "OpenAI": "OpenAI", "Facebook": "Facebook Pages",
    "FacebookLeads": "Facebook Lead Ads", "FacebookPages": "Facebook Pages",
    "MicrosoftOutlook": "Microsoft Outlook", "Office365": "Microsoft Office 365",
    "MicrosoftExcel": "Microsoft Excel", "MicrosoftTeams": "Microsoft Teams",
    "HubSpot": "HubSpot", "ActiveCampaign": "ActiveCampaign", "Monday": "monday.com",
    "AnthropicClaude": "Anthropic", "Anthropic": "Anthropic", "GoogleMakerSuite": "Google Gemini",
    "GoogleGemini": "Google Gemini", "IMAP": "IMAP email", "SMTP": "SMTP email",
    "PostgreSQL": "Postgres", "MySQL": "MySQL", "LinkedIn": "LinkedIn", "YouTube": "YouTube",
    "ClickUp": "ClickUp", "WordPress": "WordPress", "QuickBooks": "QuickBooks Online",
    "JotForm": "Jotform", "ConvertKit": "Kit", "GoogleForms": "Google Forms",
}  # fmt: skip
_AI = ("OpenAI", "Anthropic", "Google Gemini", "Perplexity", "Groq", "Mistral AI", "Cohere")
_STARTS = {"Webhook": "Webhook", "Schedule": "Schedule", "Email by Zapier": "Incoming email",
           "RSS feed": "RSS feed", "Sub-Zap": "Called by another workflow",
           "Zapier Agents": "AI agent"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class App:
    """``id`` is the name without its version; ``service`` the same where it is an integration,
    else empty. ``private`` says that the app is an unpublished one."""

    id: str
    label: str
    kind: str
    service: str
    private: bool

    @property
    def start(self) -> str:
        """What a trigger of this app is called."""
        return _STARTS.get(self.label, self.label)


@lru_cache(maxsize=4096)
def app(selected_api: str) -> App:
    """All that is known of an app such as ``GoogleSheetsV2CLIAPI@2.8.0``."""
    name = _ENDINGS.sub("", selected_api[:100]) or selected_api[:100].partition("@")[0]
    if name in _TOOLS:
        label, kind = _TOOLS[name]
        return App(name, label, kind, "", private=False)
    private = bool(_PRIVATE.match(selected_api))
    label = "Private app" if private else _NAMES.get(name) or service_name(name)
    kind = "ai" if label in _AI else "action"
    return App(name, label, kind, name[:1].lower() + name[1:], private)


def action_name(action: str) -> str:
    """``add_row_lines`` as Add row lines; empty for generated names."""
    if re.fullmatch(r"[0-9a-f-]{30,}", action[:100]):
        return ""
    words = humanised(re.sub(r"(?<=[a-z])_?v\d{1,2}\Z", "", action[:60].strip("_"))).lower()
    return words[:1].upper() + words[1:]
