"""Webhook addresses whose path is the secret: whoever knows one can post in its owner's name."""

from __future__ import annotations

import re

from koda_desktop.workflows.secrets.shapes import Shape

_END = r"(?![A-Za-z0-9_-])"


def _address(kind: str, needles: str, pattern: str, source: str) -> Shape:
    return Shape(kind, re.compile(pattern + _END), tuple(needles.split()), source)


WEBHOOK_SHAPES: tuple[Shape, ...] = (
    _address(
        "Discord webhook URL",
        "discord.com/api/ discordapp.com/api/",
        r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{15,21}/[A-Za-z0-9_-]{40,100}+",
        "https://discord.com/developers/docs/resources/webhook",
    ),
    _address(
        "Slack webhook URL",
        "hooks.slack.com/",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]{6,14}/"
        r"[A-Z0-9]{6,20}/[A-Za-z0-9/]{12,100}+",
        "https://api.slack.com/messaging/webhooks",
    ),
    _address(
        "Make webhook URL",
        "hook.",
        r"hook\.(?:[a-z]{2,4}\d\.make\.(?:com|celonis\.com)|make\.com|integromat\.com|"
        r"[a-z]{2}\d\.integromat\.com)/[a-z0-9]{24,48}+",
        "https://help.make.com/webhooks",
    ),
    _address(
        "Zapier webhook URL",
        "hooks.zapier.com/",
        r"hooks\.zapier\.com/hooks/(?:catch|standard)/\d{4,12}/[A-Za-z0-9]{6,40}+",
        "https://help.zapier.com/hc/en-us/articles/8496288690317",
    ),
    _address(
        "Microsoft Teams webhook URL",
        "webhook.office.com/",
        r"webhook\.office\.com/webhookb2/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/"
        r"[0-9a-f]{32}/[A-Za-z0-9/_-]{30,120}+",
        "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/",
    ),
    _address(
        "Google Chat webhook URL",
        "chat.googleapis.com/v1/spaces/",
        r"chat\.googleapis\.com/v1/spaces/[\w-]{6,20}/messages\?key=[\w-]{30,60}&token="
        r"[\w%-]{30,80}+",
        "https://developers.google.com/workspace/chat/quickstart/webhooks",
    ),
    _address(
        "IFTTT webhook URL",
        "maker.ifttt.com/trigger/",
        r"maker\.ifttt\.com/trigger/[^/\s\x00]{1,80}/(?:json/)?with/key/[A-Za-z0-9_-]{16,60}+",
        "https://ifttt.com/maker_webhooks",
    ),
)
