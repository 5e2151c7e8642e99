"""Files that hold keys: their names are conventions of tools, and their content is plain to see.

Such a file is refused, never dropped in silence: a key that was packed once may be elsewhere too.
"""

from __future__ import annotations

import re

from koda_desktop.workflows.inspection import Problem, Severity

_ENV = re.compile(r"(?:\.env(?:\..+)?|.+\.env|\.envrc)\Z", re.IGNORECASE)
_ENV_SAMPLE = re.compile(
    r"(?:example|sample|template|dist|defaults?|tpl|schema)s?\b", re.IGNORECASE
)
_NAMES = re.compile(
    r"(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|\.netrc|_netrc|\.pypirc|\.npmrc|\.pgpass|\.htpasswd"
    r"|\.git-credentials|\.my\.cnf|\.dockercfg|\.s3cfg|\.boto|\.vault-token|\.bash_history"
    r"|\.zsh_history|\.python_history|token\.pickle|wallet\.dat|secrets\.(?:toml|ya?ml|json)"
    r"|.+\.(?:p12|pfx|jks|keystore|kdbx?|ppk|pkcs12|agekey|asc\.key|tfstate))\Z",
    re.IGNORECASE,
)
_FOLDERS = re.compile(r"(?:\A|/)\.(?:ssh|aws|gnupg|kube|docker|azure|gcloud)/")
_PRIVATE_KEY = re.compile(rb"\s{0,40}(?:Bag Attributes|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY)")
_PRIVATE_MARK = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")
_PEM = re.compile(r".+\.(?:pem|key|crt|cer)\Z", re.IGNORECASE)
_SERVICE_ACCOUNT = re.compile(rb"\"type\"\s{0,20}:\s{0,20}\"(?:service_account|authorized_user)\"")
_SECRET_FIELD = re.compile(
    rb"\"(?:private_key|refresh_token|client_secret)\"\s{0,20}:\s{0,20}\"[^\"\s]{12,}"
)
_LOOKED_AT = 64 * 1024


def key_file(path: str, data: bytes) -> Problem | None:
    """The refusal of the file ``path`` where it holds keys; None where it does not."""
    what = _by_name(path) or _by_content(path, data[:_LOOKED_AT])
    if what is None:
        return None
    message = (
        f"This is {what}. It must not reach a buyer: take it out, and replace the keys in it if it "
        "was ever shared. A sample without values (.env.example) may stay."
    )
    return Problem(Severity.ERROR, "key-file", path, message)


def is_sample_settings(path: str) -> bool:
    """Whether ``path`` is a sample of a settings file, such as ``.env.example``."""
    name = path.rpartition("/")[2]
    return bool(_ENV.match(name) and _ENV_SAMPLE.search(name))


def _by_name(path: str) -> str | None:
    name = re.split(r"[/\\]", path)[-1]
    if _ENV.match(name):
        return None if _ENV_SAMPLE.search(name) else "a file of settings and keys (.env)"
    if _NAMES.match(name) or _FOLDERS.search(path):
        return "a file where tools keep passwords and keys"
    return None


def _by_content(path: str, head: bytes) -> str | None:
    if _PRIVATE_KEY.match(head) or (_PEM.match(path) and _PRIVATE_MARK.search(head)):
        return "a private key"
    if head.lstrip()[:1] != b"{" or not _SECRET_FIELD.search(head):
        return None
    marked = any(mark in head for mark in (b'"token_uri"', b'"access_token"'))
    return "a set of credentials for a service" if marked or _SERVICE_ACCOUNT.search(head) else None
