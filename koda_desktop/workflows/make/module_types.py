"""What Make's modules are: which app, trigger or not, and their names for people.

A module is named ``app:Name``. Apps of Make itself, such as the router and the tools, are no
integrations. Names of modules follow no strict rule; triggers mostly begin with Watch or Trigger.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from koda_desktop.workflows.service_names import humanised, service_name

_BUILT_IN = {
    "builtin": "Flow control", "util": "Tools", "gateway": "Webhook", "json": "JSON",
    "xml": "XML", "csv": "CSV", "regexp": "Text parser", "code": "Code",
    "datastore": "Data store", "flow-control": "Flow control", "math": "Math",
    "image": "Image", "archive": "Archive", "placeholder": "Placeholder", "markdown": "Markdown",
    "scenario-service": "Scenarios", "scenarios": "Scenarios", "compression": "Archive",
    "encryptor": "Encryptor", "phonenumber": "Phone number", "random-data": "Random data",
}  # fmt: skip
_APPS = {
    "openai-gpt-3": "OpenAI", "anthropic-claude": "Anthropic", "gemini-ai-q9zyjp": "Google Gemini",
    "gemini-ai": "Google Gemini", "google-email": "Gmail", "google-restricted": "Google",
    "microsoft-email": "Microsoft Outlook", "hubspotcrm": "HubSpot", "hubspot-crm": "HubSpot",
    "facebook-pages": "Facebook Pages", "instagram-business": "Instagram", "onedrive":
    "Microsoft OneDrive", "monday": "monday.com", "perplexity-ai": "Perplexity",
    "whatsapp-business-cloud": "WhatsApp", "http": "HTTP Request", "email": "Email",
    "ai-local-agent": "AI Agent", "make-ai-agents": "AI Agent", "ai-agent": "AI Agent",
    "ai-tools": "Make AI Tools", "mistral-ai": "Mistral AI", "aws-s3": "AWS S3",
    "zohocrm": "Zoho CRM", "openrouter": "OpenRouter", "pdf-co": "PDF.co", "heygen": "HeyGen",
    "stability-ai": "Stability AI", "leonardo-ai": "Leonardo AI", "quickbooks":
    "QuickBooks Online", "wordpress-org": "WordPress", "google-drive": "Google Drive",
    "microsoft-teams": "Microsoft Teams", "active-campaign": "ActiveCampaign",
    "mysql": "MySQL", "postgres": "Postgres", "cloud-convert": "CloudConvert",
}  # fmt: skip
_AI = {"openai-gpt-3", "anthropic-claude", "mistral-ai", "perplexity-ai", "groq", "cohere",
       "deepseek", "ai-tools", "ai-local-agent", "make-ai-agents", "ai-agent", "openrouter",
       "huggingface", "ollama", "azure-openai", "xai"}  # fmt: skip
_AI_PREFIXES = ("gemini-ai", "ai-", "openai", "anthropic")
_WITHOUT_ACCOUNT = {"rss", "weather", "currency", "rss-feed", "ai-tools"}
_HTTP_KEYS = {"APIKeyAuth": "API Key", "BasicAuth": "Basic Auth", "OAuth": "OAuth2",
              "OAuth2": "OAuth2", "ClientCertAuth": "Client Certificate"}  # fmt: skip
_AGENTS = {"ai-local-agent", "make-ai-agents", "ai-agent"}

_MODULES = {
    "builtin:BasicRouter": "Router", "builtin:BasicFeeder": "Iterator",
    "builtin:BasicAggregator": "Array aggregator", "builtin:BasicIfElse": "If-else",
    "builtin:BasicMerge": "Merge", "builtin:BasicRepeater": "Repeater",
    "builtin:Ignore": "Ignore error", "builtin:Resume": "Resume", "builtin:Break": "Break",
    "builtin:Commit": "Commit", "builtin:Rollback": "Rollback",
    "util:SetVariable2": "Set variable", "util:SetVariable": "Set variable",
    "util:GetVariable2": "Get variable", "util:GetVariable": "Get variable",
    "util:SetVariables": "Set variables", "util:GetVariables": "Get variables",
    "util:FunctionSleep": "Sleep", "util:FunctionIncrement": "Increment",
    "util:FunctionAggregator2": "Numeric aggregator", "util:TextAggregator": "Text aggregator",
    "util:ComposeTransformer": "Compose a string", "util:BasicTrigger": "Basic trigger",
    "util:TableAggregator": "Table aggregator", "util:Switcher": "Switch",
    "gateway:CustomWebHook": "Custom webhook", "gateway:CustomMailHook": "Custom mailhook",
    "gateway:WebhookRespond": "Webhook response", "json:ParseJSON": "Parse JSON",
    "json:CreateJSON": "Create JSON", "json:TransformToJSON": "Transform to JSON",
    "json:AggregateToJSON": "Aggregate to JSON", "http:ActionSendData": "Make a request",
    "http:ActionSendDataAPIKeyAuth": "Make an API key request",
    "http:ActionSendDataBasicAuth": "Make a basic auth request",
    "http:ActionSendDataOAuth": "Make an OAuth request", "http:ActionGetFile": "Get a file",
    "scenario-service:StartSubscenario": "Start of the scenario",
    "scenario-service:CallSubscenario": "Call a scenario",
    "scenario-service:ReturnData": "Return output", "code:ExecuteCode": "Run code",
    "ai-local-agent:RunLocalAIAgent": "Run an agent", "placeholder:Placeholder": "Do nothing",
    "datastore:AddRecord": "Add a record", "datastore:GetRecord": "Get a record",
}  # fmt: skip
_STARTS = {
    "gateway:CustomWebHook": "Webhook", "gateway:CustomMailHook": "Incoming email",
    "scenario-service:StartSubscenario": "Called by another workflow",
    "util:BasicTrigger": "Schedule", "rss:TriggerNewArticle": "RSS feed",
}  # fmt: skip
_TRIGGER = re.compile(
    r"(?:[Ww]atch|[Tt]rigger|[Ii]nstant|new[A-Z]|on[A-Z]|event[A-Z])|\w+Trigger\Z"
)
_KNOWN_APP = re.compile(r"(?:app#)?[a-z0-9][a-z0-9._-]*\Z")
_CUSTOM = "app#"
_PREFIX = re.compile(r"(?:Action|Trigger|Function|Feeder|Transformer)(?=[A-Z])")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class ModuleType:
    """``service`` is the app's id where it is an integration, else empty. ``account`` is the kind
    of connection it wants, empty for none, ``account_name`` the same for people. ``custom`` says
    that the app is private, ``sound`` that Make could know it. ``trigger`` is what starts the
    scenario when this module stands first."""

    name: str
    label: str
    kind: str
    service: str
    trigger: str
    account: str
    account_name: str
    custom: bool
    sound: bool


@lru_cache(maxsize=4096)
def module_type(kind: str) -> ModuleType:
    """All that is known of a module such as ``google-sheets:watchRows``."""
    app, _, short = kind.partition(":")
    app, short = app[:_LONGEST], short[:_LONGEST]
    built_in = app in _BUILT_IN
    # A private app is app#name-suffix: the suffix says whose it is, and stays out of sight.
    bare = app.removeprefix(_CUSTOM).rpartition("-")[0] if app.startswith(_CUSTOM) else app
    label = _BUILT_IN.get(app) or _APPS.get(app) or service_name(bare or app)
    name = _MODULES.get(kind) or _humanised(short) or label
    label = name if app == "builtin" else label
    account, account_name = _account(app, short, label)
    return ModuleType(
        name=name,
        label=label,
        kind=_kind(app, kind),
        service="" if built_in else app,
        trigger=_trigger(kind, short, label),
        account=account,
        account_name=account_name,
        custom=app.startswith(_CUSTOM),
        sound=bool(short) and bool(_KNOWN_APP.match(app)),
    )


def _account(app: str, short: str, label: str) -> tuple[str, str]:
    """The connection a module wants, and its name; nothing where it wants none."""
    if app == "http":
        found = next((kind for kind in _HTTP_KEYS if short.endswith(kind)), "")
        return (found.lower(), _HTTP_KEYS[found]) if found else ("", "")
    if app in _BUILT_IN or app in _WITHOUT_ACCOUNT:
        return "", ""
    return ("ai-provider", "AI provider") if app in _AGENTS else (app, label)


def _humanised(short: str) -> str:
    words = humanised(_PREFIX.sub("", short, count=1))
    plain = re.sub(r"(?<=[a-z])\s?\d{1,2}\Z", "", words)
    return " ".join([plain.split(" ")[0], *(_lower(word) for word in plain.split(" ")[1:])])


def _lower(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else word.lower()


def _kind(app: str, kind: str) -> str:
    if app == "code":
        return "code"
    if app in _AI or app.startswith(_AI_PREFIXES):
        return "ai"
    logic = app in ("builtin", "flow-control", "placeholder") or "Aggregator" in kind
    return "logic" if logic else "action"


def _trigger(kind: str, short: str, label: str) -> str:
    if kind in _STARTS:
        return _STARTS[kind]
    return label if _TRIGGER.match(short) else ""


def is_agent(kind: str) -> bool:
    """Whether a module runs an agent that chooses tools."""
    return kind.partition(":")[0] in _AGENTS
