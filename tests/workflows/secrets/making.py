"""Made-up tokens. They are put together when the tests run: none stands in any file as a whole."""

from __future__ import annotations

import base64
import json
import random
import string

HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Maker:
    """Draws tokens from one seed, so that a failing case can be looked at again."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def draw(self, length: int, alphabet: str = ALNUM) -> str:
        """``length`` characters; never without a digit, as no generator of keys makes such."""
        drawn = [self._random.choice(alphabet) for _ in range(length)]
        drawn[length // 2] = self._random.choice("23456789")
        drawn[length // 3] = next(c for c in (*"kQz", *alphabet) if c in alphabet)
        return "".join(drawn)

    def uuid(self) -> str:
        return "-".join(self.draw(n, HEX) for n in (8, 4, 4, 4, 12))

    def jwt(self, **claims: object) -> str:
        parts = [{"alg": "HS256", "typ": "JWT"}, claims]
        head = [
            base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts
        ]
        return ".".join([*head, self.draw(43, URLSAFE)])

    def pem(self, label: str = "RSA ") -> str:
        lines = "\n".join(self.draw(64, ALNUM + "+/") for _ in range(12))
        first, last = (f"{'-' * 5}{word} {label}PRIVATE KEY{'-' * 5}" for word in ("BEGIN", "END"))
        return f"{first}\n{lines}\n{last}"


def vendor_tokens(make: Maker) -> dict[str, str]:
    """One token for each vendor, in its documented form."""
    return {
        **_model_tokens(make),
        **_app_tokens(make),
        **_shop_tokens(make),
        **_platform_tokens(make),
    }


def _model_tokens(make: Maker) -> dict[str, str]:
    """Of those who serve models, and Google."""
    draw = make.draw
    return {
        "OpenAI project": "sk" + "-proj-" + draw(74, URLSAFE) + "T3Blbk" + "FJ" + draw(74, URLSAFE),
        "OpenAI service account": "sk" + "-svcacct-" + draw(74, URLSAFE) + draw(48),
        "OpenAI admin": "sk" + "-admin-" + draw(90, URLSAFE) + draw(8),
        "OpenAI legacy": "sk" + "-" + draw(20) + "T3Blbk" + "FJ" + draw(20),
        "Anthropic": "sk" + "-ant-api03-" + draw(93, URLSAFE) + "AA",
        "OpenRouter": "sk" + "-or-v1-" + draw(64, HEX),
        "DeepSeek": "sk" + "-" + draw(32, HEX),
        "Groq": "gs" + "k_" + draw(52),
        "Hugging Face": "h" + "f_" + draw(34),
        "Replicate": "r" + "8_" + draw(37),
        "Pinecone": "pc" + "sk_" + draw(5) + "_" + draw(62),
        "Perplexity": "pp" + "lx-" + draw(48),
        "xAI": "x" + "ai-" + draw(80),
        "ElevenLabs": "s" + "k_" + draw(48, HEX),
        "NVIDIA": "nv" + "api-" + draw(64, URLSAFE) + "a",
        "Cerebras": "cs" + "k-" + draw(48, HEX),
        "LangSmith": "lsv2" + "_pt_" + draw(32, HEX) + "_" + draw(10, HEX),
        "Tavily": "tv" + "ly-dev-" + draw(32),
        "Firecrawl": "f" + "c-" + draw(32, HEX),
        "Anthropic admin": "sk" + "-ant-admin01-" + draw(93, URLSAFE) + "AA",
        "Helicone": "sk" + "-helicone-" + "-".join(draw(7, LOWER) for _ in range(4)),
        "LiteLLM": "sk" + "-" + draw(21, URLSAFE) + "k",
        "Novita": "s" + "k_" + draw(42, URLSAFE) + "k",
        "LlamaCloud": "ll" + "x-" + draw(48),
        "Mem0": "m" + "0-" + draw(40),
        "Dify": "ap" + "p-" + draw(24),
        "Vercel AI": "vc" + "k_" + draw(56),
        "Runway": "ke" + "y_" + draw(128, HEX),
        "Context7": "ctx7" + "sk-" + make.uuid(),
        "fal": make.uuid() + ":" + draw(32, HEX),
        "Gemini auth": "A" + "Q.Ab8" + draw(50, URLSAFE) + "k",
        "Azure AI": draw(52) + "JQQ" + "J99" + draw(26),
        "Apify": "apify" + "_api_" + draw(36),
        "Google": "AI" + "za" + draw(34, URLSAFE) + "k",
        "Google client secret": "GOC" + "SPX-" + draw(27, URLSAFE) + "k",
        "Google refresh": "1" + "//0" + draw(100, URLSAFE) + "k",
        "Google access": "ya" + "29.a0" + draw(150, URLSAFE) + "k",
    }


def _app_tokens(make: Maker) -> dict[str, str]:
    """Of applications that workflows talk to."""
    draw = make.draw
    return {
        "Airtable": "pa" + "t" + draw(14) + "." + draw(64, HEX),
        "Notion old": "secret" + "_" + draw(43),
        "Notion": "nt" + "n_" + draw(46),
        "HubSpot": "pa" + "t-na1-" + make.uuid(),
        "HubSpot Europe": "pa" + "t-eu1-" + make.uuid(),
        "GitHub classic": "gh" + "p_" + draw(36),
        "GitHub OAuth": "gh" + "o_" + draw(36),
        "GitHub fine-grained": "github" + "_pat_" + draw(22) + "_" + draw(59),
        "GitLab": "gl" + "pat-" + draw(20),
        "Stripe live": "sk" + "_live_" + draw(24),
        "Stripe long": "sk" + "_live_" + draw(99),
        "Stripe test": "sk" + "_test_" + draw(24),
        "Stripe restricted": "rk" + "_live_" + draw(24),
        "Stripe webhook": "wh" + "sec_" + draw(32),
        "Slack bot": "xo" + "xb-" + "2384728394-3948573849283-" + draw(24),
        "Slack user": "xo" + "xp-" + "2384728394-3948573849-" + draw(32, HEX),
        "Slack app": "xa" + "pp-1-" + draw(11, UPPER) + "-3948573849283-" + draw(64, HEX),
        "SendGrid": "S" + "G." + draw(22, URLSAFE) + "." + draw(43, URLSAFE),
        "Mailgun": "ke" + "y-" + draw(32, HEX),
        "Mailchimp": draw(32, HEX) + "-us" + "14",
        "Brevo": "xkey" + "sib-" + draw(64, HEX) + "-" + draw(16),
        "Resend": "r" + "e_" + draw(8) + "_" + draw(24),
        "ClickUp": "p" + "k_" + "48273648_" + draw(32, UPPER),
        "Klaviyo": "p" + "k_" + draw(34, HEX),
        "Twilio key": "S" + "K" + draw(32, HEX),
        "Twilio account": "A" + "C" + draw(32, HEX),
        "Shopify": "shp" + "at_" + draw(32, HEX),
        "Linear": "lin" + "_api_" + draw(40),
        "Figma": "fi" + "gd_" + draw(40, URLSAFE) + "k",
        "Atlassian": "ATA" + "TT3xFfGF0" + draw(170, URLSAFE) + "=" + draw(8, UPPER),
        "Typeform": "tf" + "p_" + draw(44) + "_" + draw(14),
        "Meta": "EA" + "AG" + draw(160),
        "Bannerbear": "bb" + "_pr_" + draw(30, HEX),
        "LinkedIn secret": "WPL" + "_AP1." + draw(16) + "." + draw(6) + "==",
        "Intercom": "dG9" + "rO" + draw(55) + "=",
        "Zoho": "10" + "00." + draw(32, HEX) + "." + draw(32, HEX),
        "Asana": "2/" + draw(16, "23456789") + "/" + draw(16, "23456789") + ":" + draw(32, HEX),
        "Ghost": draw(24, HEX) + ":" + draw(64, HEX),
        "GitHub app": "gh" + "s_" + draw(36),
        "Telegram": "738" + "2910465" + ":AA" + draw(33, URLSAFE),
        "Discord bot": "MT" + draw(24) + "." + draw(6) + "." + draw(38),
    }


def _shop_tokens(make: Maker) -> dict[str, str]:
    """Of shops, payments and shipping."""
    draw = make.draw
    long_id, digits = draw(16, "23456789"), "0123456789"
    return {
        "WooCommerce key": "c" + "k_" + draw(40, HEX),
        "WooCommerce secret": "c" + "s_" + draw(40, HEX),
        "Flutterwave": "FLW" + "SECK-" + draw(32, HEX) + "-X",
        "Mercado Pago": "APP" + f"_USR-{long_id}-010203-{draw(32, HEX)}-{draw(9, digits)}",
        "Asaas": "$aa" + "ct_" + draw(160),
        "Shippo": "shippo" + "_live_" + draw(40, HEX),
        "EasyPost": "EZ" + "AK" + draw(54),
        "Paddle": "pdl" + f"_live_apikey_{draw(26, LOWER)}_{draw(22)}_{draw(3)}",
        "Polar": "polar" + "_oat_" + draw(43),
        "CoinGecko": "C" + "G-" + draw(24),
        "RapidAPI": f"{draw(10, HEX)}ms" + f"h{draw(15, HEX)}p1{draw(5, HEX)}jsn{draw(12, HEX)}",
    }


def _platform_tokens(make: Maker) -> dict[str, str]:
    """Of clouds, registries and databases, and keys of no vendor."""
    draw = make.draw
    return {
        "AWS": "AK" + "IA" + draw(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        "Azure client": draw(3) + "8" + "Q~" + draw(34),
        "DigitalOcean": "do" + "p_v1_" + draw(64, HEX),
        "Supabase": "sb" + "p_" + draw(40, HEX),
        "Supabase secret": "sb" + "_secret_" + draw(22) + "_" + draw(8),
        "JWT": make.jwt(iss="n8n", aud="public-api", sub=make.uuid()),
        "Supabase service role": make.jwt(iss="supabase", ref=draw(20), role="service_role"),
        "npm": "np" + "m_" + draw(36),
        "PyPI": "py" + "pi-AgEIcHlwaS5vcmc" + draw(90, URLSAFE),
        "Docker": "dck" + "r_pat_" + draw(27),
        "Grafana": "gl" + "sa_" + draw(32) + "_" + draw(8, HEX),
        "New Relic": "NR" + "AK-" + draw(27, UPPER),
        "Neon": "na" + "pi_" + draw(64, LOWER),
        "Render": "rn" + "d_" + draw(28),
        "Fly": "fm" + "2_" + draw(200, ALNUM + "+/"),
        "Vault": "hv" + "s." + draw(90, URLSAFE) + "k",
        "Tailscale": "tskey" + "-auth-" + draw(12) + "-" + draw(32),
        "Terraform": draw(14) + ".atlas" + "v1." + draw(66),
        "Postman": "PM" + "AK-" + draw(24, HEX) + "-" + draw(34, HEX),
        "Databricks": "da" + "pi" + draw(32, HEX),
        "Private key": make.pem(),
        "Private key PKCS8": make.pem(""),
        "SSH key": make.pem("OPENSSH "),
    }


def unmarked_tokens(make: Maker) -> dict[str, str]:
    """Of vendors whose keys look like any other random text: only their place tells."""
    draw = make.draw
    lengths = {
        "Mistral": (32, ALNUM), "Cohere": (40, ALNUM), "Deepgram": (40, HEX), "SerpAPI": (64, HEX),
        "AssemblyAI": (32, HEX), "AWS secret": (40, ALNUM + "+/"), "Cloudflare": (40, URLSAFE),
        "Bright Data": (64, HEX), "ScrapingBee": (80, UPPER), "Azure OpenAI": (32, HEX),
        "Pipedrive": (40, HEX), "Todoist": (40, HEX), "Lemlist": (32, HEX), "Hunter": (40, HEX),
        "Apollo": (22, URLSAFE), "Instantly": (48, ALNUM), "Webflow": (64, HEX),
        "Mailjet": (32, HEX), "Vonage": (16, ALNUM), "Z-API": (32, UPPER), "Spotify": (32, HEX),
        "OpenWeather": (32, HEX), "AlphaVantage": (16, UPPER), "Binance": (64, ALNUM),
        "Etherscan": (34, UPPER), "Pushover": (30, LOWER), "Zendesk": (40, ALNUM),
    }  # fmt: skip
    drawn = {name: draw(*form) for name, form in lengths.items()}
    uuids = {name: make.uuid() for name in ("Postmark", "Exa", "Vapi", "Leonardo", "CoinMarketCap")}
    return drawn | uuids


def addresses(make: Maker) -> dict[str, tuple[str, str]]:
    """Addresses that carry a secret, and the part of them that is one."""
    draw, uuid = make.draw, make.uuid
    telegram = "738" + "2910465" + ":AA" + draw(33, URLSAFE)
    word = "vT4-" + draw(9)
    sas = draw(43) + "%3D"
    return {
        "Telegram": (f"https://api.telegram.org/bot{telegram}/sendMessage", telegram),
        "Discord": _same("discord.com/api/webhooks/1183746528374655/" + draw(68, URLSAFE)),
        "Slack": _same(f"hooks.slack.com/services/T{draw(8, UPPER)}/B{draw(10, UPPER)}/{draw(24)}"),
        "Make": _same("hook.eu1.make.com/" + draw(32, HEX)),
        "Make US": _same("hook.us2.make.com/" + draw(32, HEX)),
        "Integromat": _same("hook.integromat.com/" + draw(32, HEX)),
        "Zapier": _same("hooks.zapier.com/hooks/catch/4827364/" + draw(7, HEX) + "/"),
        "Teams": _same(
            f"webhook.office.com/webhookb2/{uuid()}@{uuid()}/IncomingWebhook/"
            f"{draw(32, HEX)}/{uuid()}"
        ),
        "Google Chat": _same(
            f"chat.googleapis.com/v1/spaces/{draw(11)}/messages?key={draw(39)}&token={draw(43)}"
        ),
        "user and password": (f"https://anna:{word}@files.firm.io/in", word),
        "mongodb": (f"mongodb+srv://app:{word}@cluster0.ab1cd.mongodb.net/shop", word),
        "postgres": (f"postgresql://app:{word}@db.firm.io:5432/shop", word),
        "redis": (f"redis://:{word}@cache.firm.io:6379/0", word),
        "amqp": (f"amqps://app:{word}@mq.firm.io/vhost", word),
        "Azure SAS": (f"https://firm.blob.core.windows.net/a?sv=2024-01-01&sig={sas}", sas),
    }


def _same(address: str) -> tuple[str, str]:
    return "https://" + address, address.rstrip("/")
