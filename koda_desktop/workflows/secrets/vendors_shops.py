"""Keys of shops, payments and shipping, known by their prefix."""

from __future__ import annotations

from koda_desktop.workflows.secrets.literals import is_random_token
from koda_desktop.workflows.secrets.shapes import Shape, token

SHOP_SHAPES: tuple[Shape, ...] = (
    token(
        "WooCommerce key",
        "ck_ cs_",
        r"[0-9a-f]{40}",
        "https://woocommerce.com/document/woocommerce-rest-api/",
    ),
    token(
        "Flutterwave secret key",
        "FLWSECK- FLWSECK_TEST-",
        r"[0-9A-Za-z]{32,40}(?:-X)?",
        "https://developer.flutterwave.com/docs/authentication",
    ),
    token(
        "Mercado Pago access token",
        "APP_USR-",
        r"\d{12,18}-\d{6}-[0-9a-f]{32}-\d{5,12}",
        "https://www.mercadopago.com/developers/en/docs/credentials",
    ),
    token(
        "Asaas API key",
        "$aact_",
        r"[A-Za-z0-9:+/=_]{60,300}+",
        "https://docs.asaas.com/docs/autentica%C3%A7%C3%A3o-1",
    ),
    token(
        "Shippo token",
        "shippo_live_ shippo_test_",
        r"[0-9a-f]{40}",
        "https://docs.goshippo.com/docs/guides_general/authentication/",
    ),
    token(
        "EasyPost API key",
        "EZAK EZTK",
        r"[A-Za-z0-9]{54}",
        "https://docs.easypost.com/docs/authentication",
    ),
    token(
        "Paddle API key",
        "pdl_live_apikey_ pdl_sdbx_apikey_",
        r"[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}",
        "https://developer.paddle.com/api-reference/about/api-keys",
    ),
    token(
        "Polar token",
        "polar_oat_ polar_pat_",
        r"[A-Za-z0-9]{40,60}+",
        "https://docs.polar.sh/integrate/oat",
    ),
    token(
        "Shopify partner token",
        "prtapi_",
        r"[0-9a-f]{32}",
        "https://shopify.dev/docs/api/partner",
    ),
    token(
        "Duffel token",
        "duffel_live_ duffel_test_",
        r"[A-Za-z0-9_-]{43}",
        "https://duffel.com/docs/api/overview/making-requests",
    ),
    token(
        "CoinGecko API key",
        "CG-",
        r"[A-Za-z0-9]{24}",
        "https://docs.coingecko.com/reference/authentication",
        check=is_random_token,
    ),
)
