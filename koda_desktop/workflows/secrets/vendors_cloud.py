"""Keys of clouds, databases, registries and monitoring, known by their looks."""

from __future__ import annotations

import re

from koda_desktop.workflows.secrets.shapes import Shape, token

_AZURE_SECRET = re.compile(r"[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9])")
_AZURE_KEY = re.compile(r"(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{42,86}={0,2})")
_AZURE_SIGNATURE = re.compile(r"[?&]sig=([A-Za-z0-9%_-]{40,100}+)")
_MAILCHIMP = re.compile(r"[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])")

CLOUD_SHAPES: tuple[Shape, ...] = (
    token(
        "Google API key",
        "AIza",
        r"[A-Za-z0-9_-]{35}",
        "https://cloud.google.com/docs/authentication/api-keys",
    ),
    token(
        "Google OAuth client secret",
        "GOCSPX-",
        r"[A-Za-z0-9_-]{28}",
        "https://developers.google.com/identity/protocols/oauth2",
    ),
    token(
        "Google refresh token",
        "1//",
        r"[A-Za-z0-9_-]{40,200}+",
        "https://developers.google.com/identity/protocols/oauth2",
    ),
    token(
        "Google access token",
        "ya29.",
        r"[A-Za-z0-9_.-]{60,2048}+",
        "https://developers.google.com/identity/protocols/oauth2",
    ),
    token(
        "AWS access key id",
        "AKIA ASIA ABIA ACCA",
        r"[A-Z0-9]{16}",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    Shape(
        "Azure client secret",
        _AZURE_SECRET,
        ("8Q~", "7Q~"),
        "https://learn.microsoft.com/en-us/entra/identity-platform/",
        back=3,
    ),
    Shape(
        "Azure storage key",
        _AZURE_KEY,
        ("AccountKey=", "SharedAccessKey="),
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage",
    ),
    Shape(
        "Azure shared access signature",
        _AZURE_SIGNATURE,
        ("?sig=", "&sig="),
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview",
    ),
    Shape(
        "Mailchimp API key",
        _MAILCHIMP,
        ("-us",),
        "https://mailchimp.com/developer/marketing/docs/fundamentals/",
        back=32,
    ),
    token(
        "DigitalOcean token",
        "dop_v1_ doo_v1_ dor_v1_",
        r"[0-9a-f]{64}",
        "https://docs.digitalocean.com/reference/api/create-personal-access-token/",
    ),
    token(
        "Supabase access token",
        "sbp_",
        r"[0-9a-f]{40}",
        "https://supabase.com/docs/reference/api/introduction",
    ),
    token(
        "Supabase secret key",
        "sb_secret_",
        r"[A-Za-z0-9_-]{20,80}+",
        "https://supabase.com/docs/guides/api/api-keys",
    ),
    token(
        "Databricks token",
        "dapi",
        r"[0-9a-f]{32}(?:-\d)?",
        "https://docs.databricks.com/aws/en/dev-tools/auth/pat",
    ),
    token(
        "Doppler token",
        "dp.pt. dp.st. dp.ct. dp.sa.",
        r"[A-Za-z0-9_.-]{40,80}+",
        "https://docs.doppler.com/reference/auth-token-formats",
    ),
    token("npm token", "npm_", r"[A-Za-z0-9]{36}", "https://docs.npmjs.com/about-access-tokens"),
    token(
        "Docker Hub token",
        "dckr_pat_ dckr_oat_",
        r"[A-Za-z0-9_-]{26,60}+",
        "https://docs.docker.com/security/access-tokens/",
    ),
    token(
        "JFrog API key",
        "AKCp",
        r"[A-Za-z0-9]{60,80}+",
        "https://jfrog.com/help/r/jfrog-platform-administration-documentation/",
    ),
    token(
        "Grafana token",
        "glsa_ glc_",
        r"[A-Za-z0-9_=]{32,200}+",
        "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
    ),
    token(
        "New Relic key",
        "NRAK- NRII-",
        r"[A-Za-z0-9_-]{27,40}+",
        "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
    ),
    token(
        "Sentry token",
        "sntrys_ sntryu_",
        r"[A-Za-z0-9_=+/-]{60,300}+",
        "https://docs.sentry.io/api/auth/",
    ),
    token(
        "Netlify token",
        "nfp_",
        r"[A-Za-z0-9_]{36,50}+",
        "https://docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api/",
    ),
    token(
        "PlanetScale token",
        "pscale_tkn_ pscale_pw_",
        r"[A-Za-z0-9_.-]{32,64}+",
        "https://planetscale.com/docs/api/reference/service-tokens",
    ),
    token(
        "Heroku API key",
        "HRKU-",
        r"[A-Za-z0-9_-]{36,80}+",
        "https://devcenter.heroku.com/articles/authentication",
    ),
    token(
        "Age secret key",
        "AGE-SECRET-KEY-1",
        r"[0-9A-Z]{58}",
        "https://github.com/C2SP/C2SP/blob/main/age.md",
    ),
)
