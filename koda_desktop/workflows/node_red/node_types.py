"""What Node-RED's node types are: of its core palette or extra, what starts a flow, and names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from koda_desktop.workflows.service_names import SERVICE_NAMES, humanised

SUBFLOW = "subflow:"
_CORE = {
    "inject": "Inject", "debug": "Debug", "complete": "Complete", "catch": "Catch",
    "status": "Status", "link in": "Link in", "link out": "Link out", "link call": "Link call",
    "comment": "Comment", "unknown": "Unknown", "function": "Function", "switch": "Switch",
    "change": "Change", "range": "Range", "template": "Template", "delay": "Delay",
    "trigger": "Trigger", "exec": "Exec", "rbe": "Filter", "tls-config": "TLS configuration",
    "http proxy": "HTTP proxy", "mqtt-broker": "MQTT broker", "mqtt in": "MQTT in",
    "mqtt out": "MQTT out", "http in": "HTTP in", "http response": "HTTP response",
    "http request": "HTTP Request", "websocket in": "WebSocket in",
    "websocket out": "WebSocket out", "websocket-listener": "WebSocket listener",
    "websocket-client": "WebSocket client", "tcp in": "TCP in", "tcp out": "TCP out",
    "tcp request": "TCP request", "udp in": "UDP in", "udp out": "UDP out", "split": "Split",
    "join": "Join", "sort": "Sort", "batch": "Batch", "csv": "CSV", "html": "HTML",
    "json": "JSON", "xml": "XML", "yaml": "YAML", "file": "Write file", "file in": "Read file",
    "watch": "Watch", "junction": "Junction", "tab": "Flow", "subflow": "Subflow",
    "group": "Group", "global-config": "Global settings",
}  # fmt: skip
_LOGIC = {"switch", "change", "range", "delay", "trigger", "rbe", "split", "join", "sort", "batch",
          "link in", "link out", "link call", "catch", "status", "complete",
          "junction"}  # fmt: skip
_CODE = {"function": "JavaScript", "exec": "Shell", "python3-function": "Python",
         "python-function": "Python", "pythonshell in": "Python", "python": "Python",
         "mysql": "SQL", "sqlite": "SQL", "postgresql": "SQL", "postgres": "SQL",
         "MSSQL": "SQL"}  # fmt: skip
_STARTS = {
    "http in": "HTTP request", "mqtt in": "MQTT", "websocket in": "WebSocket",
    "tcp in": "Network connection", "udp in": "Network connection", "watch": "File change",
    "e-mail in": "Incoming email", "cronplus": "Schedule", "bigtimer": "Schedule",
    "schedex": "Schedule", "feedparse": "RSS feed",
}  # fmt: skip
_SERVICES = {
    "mqtt in": "mqtt", "mqtt out": "mqtt", "http request": "httpRequest", "e-mail": "emailSend",
    "e-mail in": "emailReadImap", "feedparse": "rssFeedRead",
}  # fmt: skip
_NO_TRIGGERS = {"file in", "link in", "trigger"}
_RECEIVES = re.compile(
    r".+[ -](?:in|receiver|listener|trigger|event|events)\Z|.*(?:cron|[Tt]rigger)"
)
_DASHBOARD = re.compile(r"ui[_-]")
_ROLE = re.compile(
    r"[ _-](?:in|out|get|set|request|response|sender|receiver|listener|event|events|command|reply"
    r"|node|config|bot|server|client|query|send|read|write|api|insert|find|update|search)\Z"
)
_DATABASE = re.compile(r"(?:database|DB|db)\Z")
_AI = re.compile(r"(?i)openai|gpt|ollama|claude|anthropic|gemini|mistral|llm|hugging|langchain")
_NAMES = {"influxdb": "InfluxDB", "e-mail": "Email", "mysql": "MySQL", "sqlite": "SQLite",
          "postgresql": "Postgres", "mongodb": "MongoDB", "telegram": "Telegram",
          "alexa": "Alexa", "zigbee2mqtt": "Zigbee2MQTT", "ha": "Home Assistant",
          "server-state-changed": "Home Assistant", "trigger-state": "Home Assistant",
          "api-call-service": "Home Assistant", "api-current-state":
          "Home Assistant", "poll-state": "Home Assistant", "ui": "Dashboard"}  # fmt: skip
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class NodeType:
    """``service`` is the key of the service it talks to, empty for none. ``trigger`` is what
    starts a flow there; ``extra`` says that it is not part of Node-RED itself."""

    label: str
    kind: str
    service: str
    service_name: str
    trigger: str
    extra: bool


@lru_cache(maxsize=4096)
def node_type(kind: str) -> NodeType:
    """All that is known of a type such as ``mqtt in``."""
    if kind.startswith(SUBFLOW):
        return NodeType("Subflow", "logic", "", "", "", extra=False)
    service, name = _service(kind)
    label = _CORE.get(kind) or humanised(kind[:_LONGEST])
    trigger = _trigger(kind, name or label)
    return NodeType(label, _kind(kind, trigger), service, name, trigger, kind not in _CORE)


def _service(kind: str) -> tuple[str, str]:
    if kind in _SERVICES:
        key = _SERVICES[kind]
        return key, SERVICE_NAMES[key.lower()]
    if kind in _CORE:
        return "", ""
    if _DASHBOARD.match(kind):
        return "dashboard", "Dashboard"
    base = kind[:_LONGEST].strip()
    while (shorter := _ROLE.sub("", base)) != base and shorter:
        base = shorter
    base = base if base.lower() in _NAMES else _DATABASE.sub("", base) or base
    known = _NAMES.get(base.lower()) or SERVICE_NAMES.get(re.sub(r"[\s_-]", "", base.lower()))
    return base.lower(), known or humanised(base)


def _trigger(kind: str, name: str) -> str:
    if kind in _STARTS or kind in _CORE:
        return _STARTS.get(kind, "")
    return name if kind not in _NO_TRIGGERS and _RECEIVES.match(kind[:_LONGEST]) else ""


def _kind(kind: str, trigger: str) -> str:
    if trigger:
        return "trigger"
    if kind in _CODE:
        return "code"
    if kind not in _CORE and _AI.search(kind[:_LONGEST]):
        return "ai"
    return "logic" if kind in _LOGIC else "action"


def code_language(kind: str) -> str:
    """The language a node of this type holds code in; empty for none."""
    return _CODE.get(kind, "")
