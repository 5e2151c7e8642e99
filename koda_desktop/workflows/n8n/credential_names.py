"""What a credential type of n8n is for, in words."""

from __future__ import annotations

import re

from koda_desktop.workflows.service_names import service_name

_CREDENTIAL_ENDINGS = re.compile(
    r"(?:(?:Trigger)?(?:OAuth[12]?(?:Api)?|TokenApi|ApiToken|AccessToken|ApiKey|Token|Api|Password"
    r"|WebhookApi|ServiceAccount))+\Z"
)
_CREDENTIAL_NAMES = {
    "httpHeaderAuth": "Header Auth", "httpBasicAuth": "Basic Auth", "httpQueryAuth": "Query Auth",
    "httpDigestAuth": "Digest Auth", "httpCustomAuth": "Custom Auth", "httpBearerAuth":
    "Bearer Auth", "oAuth2Api": "OAuth2", "oAuth1Api": "OAuth1", "googleApi": "Google Service",
}  # fmt: skip


def credential_name(kind: str) -> str:
    """The service a credential type such as ``gmailOAuth2`` is for, as people write it."""
    if kind in _CREDENTIAL_NAMES:
        return _CREDENTIAL_NAMES[kind]
    service = _CREDENTIAL_ENDINGS.sub("", kind[:100]) or kind[:100]
    return service_name(service)
