"""Names of services as people write them, from the camel-case identifiers platforms use."""

from __future__ import annotations

import re

SERVICE_NAMES = {
    "openai": "OpenAI", "openaiassistant": "OpenAI", "azureopenai": "Azure OpenAI",
    "anthropic": "Anthropic", "googlegemini": "Google Gemini", "googlevertex": "Google Vertex AI",
    "googlepalm": "Google Gemini", "mistralcloud": "Mistral AI", "mistralai": "Mistral AI",
    "groq": "Groq", "ollama": "Ollama", "openrouter": "OpenRouter", "deepseek": "DeepSeek",
    "huggingfaceinference": "Hugging Face", "openhuggingfaceinference": "Hugging Face",
    "huggingface": "Hugging Face", "cohere": "Cohere", "awsbedrock": "AWS Bedrock",
    "xaigrok": "xAI Grok", "perplexity": "Perplexity", "serpapi": "SerpAPI",
    "wolframalpha": "Wolfram|Alpha", "searxng": "SearXNG", "httprequest": "HTTP Request",
    "graphql": "GraphQL", "postgres": "Postgres", "postgreschat": "Postgres",
    "pgvector": "Postgres", "mysql": "MySQL", "mongodb": "MongoDB", "mongodbchat": "MongoDB",
    "mongodbatlas": "MongoDB", "redis": "Redis", "redischat": "Redis", "microsoftsql":
    "Microsoft SQL", "qdrant": "Qdrant", "pinecone": "Pinecone", "supabase": "Supabase",
    "weaviate": "Weaviate", "milvus": "Milvus", "zep": "Zep", "xata": "Xata", "motorhead":
    "Motorhead", "github": "GitHub", "githubdocument": "GitHub", "githubloader": "GitHub",
    "gitlab": "GitLab", "bitbucket": "Bitbucket", "youtube": "YouTube", "linkedin": "LinkedIn",
    "twitter": "X (Twitter)", "x": "X (Twitter)", "facebookgraphapi": "Facebook Graph API",
    "facebookgraph": "Facebook Graph API", "whatsapp": "WhatsApp", "hubspot": "HubSpot",
    "hubspotdeveloper": "HubSpot", "clickup": "ClickUp", "mondaycom": "monday.com",
    "nocodb": "NocoDB", "quickbooks": "QuickBooks Online", "woocommerce": "WooCommerce",
    "wordpress": "WordPress", "sendinblue": "Brevo", "sendgrid": "SendGrid",
    "activecampaign": "ActiveCampaign", "convertkit": "Kit", "getresponse": "GetResponse",
    "mailerlite": "MailerLite", "emailsend": "SMTP email", "emailreadimap": "IMAP email",
    "smtp": "SMTP", "imap": "IMAP", "ftp": "FTP", "sftp": "SFTP", "ssh": "SSH", "git": "Git",
    "ldap": "LDAP", "mqtt": "MQTT", "amqp": "AMQP", "rabbitmq": "RabbitMQ", "kafka": "Kafka",
    "rssfeedread": "RSS feed", "awss3": "AWS S3", "awsses": "AWS SES", "awssns": "AWS SNS",
    "awssqs": "AWS SQS", "awslambda": "AWS Lambda", "awsdynamodb": "AWS DynamoDB", "aws": "AWS",
    "s3": "S3", "microsoftonedrive": "Microsoft OneDrive", "microsoftoutlook":
    "Microsoft Outlook", "microsoftteams": "Microsoft Teams", "microsofttodo": "Microsoft To Do",
    "microsoftexcel": "Microsoft Excel", "googlebigquery": "Google BigQuery", "gmail": "Gmail",
    "gsuiteadmin": "Google Workspace Admin", "mattermost": "Mattermost", "pagerduty": "PagerDuty",
    "paypal": "PayPal", "deepl": "DeepL", "urlscanio": "urlscan.io", "virustotal": "VirusTotal",
    "thehive": "TheHive", "thehiveproject": "TheHive", "servicenow": "ServiceNow",
    "quickchart": "QuickChart", "apitemplateio": "APITemplate.io", "spotify": "Spotify",
    "openweathermap": "OpenWeatherMap", "nasa": "NASA", "hackernews": "Hacker News",
    "surveymonkey": "SurveyMonkey", "typeform": "Typeform", "jotform": "Jotform", "calcom":
    "Cal.com", "zohocrm": "Zoho CRM", "helpscout": "Help Scout", "uproc": "uProc", "n8n": "n8n",
    "mcpclient": "MCP client", "mcpclienttool": "MCP client", "mcp": "MCP client",
    "elevenlabs": "ElevenLabs", "waha": "WAHA", "evolutionapi": "Evolution API",
    "baserow": "Baserow", "seatable": "SeaTable", "strapi": "Strapi", "ghost": "Ghost",
    "quickbase": "Quick Base", "phantombuster": "PhantomBuster", "webflow": "Webflow",
    "lonescale": "LoneScale", "cloudflare": "Cloudflare", "netlify": "Netlify", "jira": "Jira",
    "postbin": "PostBin", "questdb": "QuestDB", "cratedb": "CrateDB", "timescaledb":
    "TimescaleDB", "googlecloudnaturallanguage": "Google Cloud Natural Language",
    "googleads": "Google Ads", "twilio": "Twilio", "vonage": "Vonage", "messagebird": "Bird",
    "signl4": "SIGNL4", "syncromsp": "SyncroMSP", "uptimerobot": "UptimeRobot", "unleashedsoftware":
    "Unleashed Software", "splunk": "Splunk", "erpnext": "ERPNext", "raindrop": "Raindrop",
    "serp": "SerpAPI", "httpheader": "Header", "youtubetranscripter": "YouTube transcripts",
}  # fmt: skip

_WORDS = {
    "ai": "AI", "api": "API", "crm": "CRM", "http": "HTTP", "url": "URL", "id": "ID", "ics": "ICS",
    "sql": "SQL", "db": "DB", "aws": "AWS", "rss": "RSS", "pdf": "PDF", "csv": "CSV", "sms": "SMS",
    "llm": "LLM", "mcp": "MCP", "html": "HTML", "xml": "XML", "json": "JSON", "ip": "IP",
    "io": "io", "oauth": "OAuth", "oauth2": "OAuth2", "oauth1": "OAuth1",
    "jwt": "JWT", "n8n": "n8n",
}  # fmt: skip
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9]+|[^\W\d_a-zA-Z]+")


def service_name(identifier: str) -> str:
    """The name of the service an identifier in any case stands for."""
    lower = identifier.lower()
    joined = lower.replace("-", "").replace("_", "")
    return SERVICE_NAMES.get(lower) or SERVICE_NAMES.get(joined) or humanised(identifier)


def humanised(identifier: str) -> str:
    """``googleSheets`` and ``google-sheets`` as Google Sheets."""
    pieces = _PIECES.findall(identifier[:100].replace("n8n", "N8n"))
    words = (_WORDS.get(piece.lower()) or piece[:1].upper() + piece[1:] for piece in pieces)
    return " ".join(words) or identifier[:100].strip()
