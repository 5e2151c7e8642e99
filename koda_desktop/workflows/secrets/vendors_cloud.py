"""Keys of clouds, databases, registries and monitoring, known by their looks."""

from __future__ import annotations

import re

from koda_desktop.workflows.secrets.literals import is_random_token
from koda_desktop.workflows.secrets.shapes import Shape, token

_AZURE_SECRET = re.compile(r"[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9])")
_AZURE_KEY = re.compile(r"(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{42,86}={0,2})")
_AZURE_SIGNATURE = re.compile(r"[?&]sig=([A-Za-z0-9%_-]{40,100}+)")
_MAILCHIMP = re.compile(r"[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])")
_AZURE_AI = re.compile(r"[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?![A-Za-z0-9])")
_RAPID_API = re.compile(r"[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{5}jsn[0-9a-f]{12}(?![A-Za-z0-9])")
_TERRAFORM = re.compile(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,80}+")

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
    token(
        "Google auth key",
        "AQ.",
        r"[A-Za-z0-9_-]{40,100}+",
        "https://ai.google.dev/gemini-api/docs/api-key",
        check=is_random_token,
    ),
    token(
        "Neon API key",
        "napi_",
        r"[A-Za-z0-9]{60,70}+",
        "https://neon.com/docs/manage/api-keys",
    ),
    token(
        "Render API key",
        "rnd_",
        r"[A-Za-z0-9]{24,40}+",
        "https://render.com/docs/api",
    ),
    token(
        "Fly.io token",
        "fm2_ fm1r_ fm1a_ fo1_",
        r"[A-Za-z0-9+/=_-]{40,2000}+",
        "https://fly.io/docs/security/tokens/",
    ),
    token(
        "HashiCorp Vault token",
        "hvs. hvb.",
        r"[A-Za-z0-9_-]{24,300}+",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens",
    ),
    token(
        "Pulumi token",
        "pul-",
        r"[0-9a-f]{40}",
        "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/",
    ),
    token(
        "Tailscale key",
        "tskey-auth- tskey-api- tskey-client-",
        r"[A-Za-z0-9-]{20,80}+",
        "https://tailscale.com/kb/1252/key-secret-management",
    ),
    token(
        "Dynatrace token",
        "dt0c01. dt0s16. dt0s01.",
        r"[A-Z0-9]{8,24}\.[A-Z0-9]{64}",
        "https://docs.dynatrace.com/docs/discover-dynatrace/references/dynatrace-api/basics/dynatrace-api-authentication",
    ),
    token(
        "RubyGems API key",
        "rubygems_",
        r"[0-9a-f]{48}",
        "https://guides.rubygems.org/api-key-scopes/",
    ),
    token(
        "1Password service token",
        "ops_eyJ",
        r"[A-Za-z0-9_=-]{100,2000}+",
        "https://developer.1password.com/docs/service-accounts/",
    ),
    token(
        "Adafruit IO key",
        "aio_",
        r"[A-Za-z0-9]{28}",
        "https://io.adafruit.com/api/docs/",
    ),
    Shape(
        "Azure AI key",
        _AZURE_AI,
        ("JQQJ99",),
        "https://learn.microsoft.com/en-us/azure/ai-services/authentication",
        back=52,
    ),
    Shape(
        "RapidAPI key",
        _RAPID_API,
        ("msh",),
        "https://docs.rapidapi.com/docs/keys",
        back=10,
    ),
    Shape(
        "Terraform Cloud token",
        _TERRAFORM,
        (".atlasv1.",),
        "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
        back=14,
    ),
)
