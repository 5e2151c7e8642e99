"""Keys of the applications that workflows connect: bases, mail, shops, chats, repositories."""

from __future__ import annotations

from koda_desktop.workflows.secrets.shapes import Shape, token

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

APP_SHAPES: tuple[Shape, ...] = (
    token(
        "Airtable token",
        "pat",
        r"[A-Za-z0-9]{14}\.[0-9a-f]{64}",
        "https://airtable.com/developers/web/guides/personal-access-tokens",
    ),
    token(
        "Notion token",
        "secret_",
        r"[A-Za-z0-9]{43}",
        "https://developers.notion.com/docs/authorization",
    ),
    token(
        "Notion token",
        "ntn_",
        r"[A-Za-z0-9]{40,60}+",
        "https://developers.notion.com/page/changelog",
    ),
    token(
        "HubSpot token",
        "pat-",
        rf"[a-z]{{2}}\d-{_UUID}",
        "https://developers.hubspot.com/docs/guides/apps/private-apps/overview",
    ),
    token(
        "GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_",
        r"[A-Za-z0-9]{36,255}+",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/"
        "about-authentication-to-github",
    ),
    token(
        "GitHub fine-grained token",
        "github_pat_",
        r"[A-Za-z0-9_]{50,255}+",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/"
        "managing-your-personal-access-tokens",
    ),
    token(
        "GitLab token",
        "glpat- gldt- glft- glsoat- glrt- glptt- glagent- gloas-",
        r"[A-Za-z0-9_.-]{20,120}+",
        "https://docs.gitlab.com/security/tokens/",
    ),
    token(
        "Stripe secret key",
        "sk_live_ sk_test_ rk_live_ rk_test_",
        r"[A-Za-z0-9]{16,250}+",
        "https://docs.stripe.com/keys",
    ),
    token(
        "Stripe webhook secret",
        "whsec_",
        r"[A-Za-z0-9+/=]{24,100}+",
        "https://docs.stripe.com/webhooks",
    ),
    token(
        "Slack token",
        "xoxa- xoxb- xoxp- xoxo- xoxr- xoxs- xoxe- xoxc- xoxd- xoxe.xoxp- xoxe.xoxb-",
        r"[A-Za-z0-9%+/-]{10,300}+",
        "https://api.slack.com/concepts/token-types",
    ),
    token(
        "Slack app token",
        "xapp-",
        r"\d-[A-Z0-9]{8,16}-\d{8,16}-[0-9a-z]{32,80}+",
        "https://api.slack.com/concepts/token-types",
    ),
    token(
        "SendGrid API key",
        "SG.",
        r"[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    token(
        "Mailgun API key",
        "key-",
        r"[0-9a-f]{32}",
        "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
    ),
    token(
        "Brevo API key",
        "xkeysib- xsmtpsib-",
        r"[0-9a-f]{64}-[A-Za-z0-9]{16}",
        "https://developers.brevo.com/docs/getting-started",
    ),
    token(
        "Resend API key",
        "re_",
        r"[A-Za-z0-9]{8}_[A-Za-z0-9]{20,32}",
        "https://resend.com/docs/dashboard/api-keys/introduction",
    ),
    token(
        "Klaviyo private key",
        "pk_",
        r"[0-9a-f]{34}",
        "https://developers.klaviyo.com/en/docs/authenticate_",
    ),
    token(
        "ClickUp token",
        "pk_",
        r"\d{5,12}_[A-Z0-9]{32}",
        "https://developer.clickup.com/docs/authentication",
    ),
    token(
        "Twilio API key",
        "SK",
        r"[0-9a-f]{32}",
        "https://www.twilio.com/docs/iam/api-keys",
    ),
    token(
        "Twilio account SID",
        "AC",
        r"[0-9a-f]{32}(?::[0-9a-f]{32})?",
        "https://www.twilio.com/docs/iam/api/account",
    ),
    token(
        "Shopify token",
        "shpat_ shpca_ shppa_ shpss_",
        r"[0-9a-fA-F]{32}",
        "https://shopify.dev/docs/apps/build/authentication-authorization",
    ),
    token(
        "Linear API key",
        "lin_api_ lin_oauth_",
        r"[A-Za-z0-9]{32,80}+",
        "https://linear.app/developers/graphql",
    ),
    token(
        "Figma token",
        "figd_ figu_",
        r"[A-Za-z0-9_-]{36,80}+",
        "https://www.figma.com/developers/api",
    ),
    token(
        "Atlassian API token",
        "ATATT3",
        r"[A-Za-z0-9_=-]{100,250}+",
        "https://support.atlassian.com/atlassian-account/docs/"
        "manage-api-tokens-for-your-atlassian-account/",
    ),
    token(
        "Trello token",
        "ATTA",
        r"[0-9a-f]{64}[0-9A-F]{8}",
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/",
    ),
    token(
        "Typeform token",
        "tfp_",
        r"[A-Za-z0-9_.=-]{40,80}+",
        "https://www.typeform.com/developers/get-started/personal-access-token/",
    ),
    token(
        "Meta access token",
        "EAA",
        r"[A-Za-z0-9]{80,300}+",
        "https://developers.facebook.com/docs/facebook-login/guides/access-tokens",
    ),
    token(
        "X bearer token",
        "AAAAAAAAAAAAAAAAAAAAA",
        r"[A-Za-z0-9%]{60,160}+",
        "https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens",
    ),
    token(
        "Dropbox token",
        "sl.",
        r"[A-Za-z0-9_.-]{120,2000}+",
        "https://developers.dropbox.com/oauth-guide",
    ),
    token(
        "Square token",
        "sq0atp- sq0csp- EAAA",
        r"[A-Za-z0-9_-]{22,64}",
        "https://developer.squareup.com/docs/build-basics/access-tokens",
    ),
    token(
        "Razorpay key",
        "rzp_live_ rzp_test_",
        r"[A-Za-z0-9]{14,24}",
        "https://razorpay.com/docs/api/authentication/",
    ),
    token(
        "Cal.com API key",
        "cal_live_",
        r"[0-9a-f]{32}",
        "https://cal.com/docs/api-reference/v1/authentication",
    ),
    token(
        "PostHog API key",
        "phx_",
        r"[A-Za-z0-9]{40,60}+",
        "https://posthog.com/docs/api",
    ),
    token(
        "Contentful token",
        "CFPAT-",
        r"[A-Za-z0-9_-]{43}",
        "https://www.contentful.com/developers/docs/references/authentication/",
    ),
    token(
        "Bannerbear API key",
        "bb_pr_ bb_ma_ bb_ac_",
        r"[0-9a-f]{28,32}",
        "https://developers.bannerbear.com/",
    ),
    token(
        "LinkedIn client secret",
        "WPL_AP1.",
        r"[A-Za-z0-9]{10,24}\.[A-Za-z0-9+/=]{4,16}",
        "https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication",
    ),
    token(
        "Intercom access token",
        "dG9rO",
        r"[A-Za-z0-9+/]{40,80}={0,2}",
        "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication",
    ),
    token(
        "Zoho token",
        "1000.",
        r"[0-9a-f]{32}\.[0-9a-f]{32}",
        "https://www.zoho.com/accounts/protocol/oauth.html",
    ),
    token(
        "Telnyx API key",
        "KEY",
        r"[0-9A-F]{32}_[A-Za-z0-9]{22}",
        "https://developers.telnyx.com/development/api-fundamentals/authentication",
    ),
    token(
        "Postman API key",
        "PMAK-",
        r"[0-9a-f]{24}-[0-9a-f]{34}",
        "https://learning.postman.com/docs/developer/postman-api/authentication/",
    ),
)
