"""What a program talks to and what starts it, told by the libraries it imports."""

from __future__ import annotations

from collections.abc import Iterable

from koda_desktop.workflows.inspection import Integration
from koda_desktop.workflows.python.facts import Facts, Sign
from koda_desktop.workflows.service_names import service_name

_SERVICES = {
    "openai": "openai", "langchain_openai": "openai", "anthropic": "anthropic",
    "langchain_anthropic": "anthropic", "google.generativeai": "googlegemini",
    "google.genai": "googlegemini", "groq": "groq", "mistralai": "mistralai", "cohere": "cohere",
    "replicate": "replicate", "ollama": "ollama", "huggingface_hub": "huggingface",
    "transformers": "huggingface", "elevenlabs": "elevenlabs", "pinecone": "pinecone",
    "qdrant_client": "qdrant", "weaviate": "weaviate", "gspread": "googlesheets",
    "ezsheets": "googlesheets", "ezgmail": "gmail", "simplegmail": "gmail",
    "googleapiclient": "google", "pydrive": "googledrive", "pydrive2": "googledrive",
    "gcsa": "googlecalendar", "google.cloud.bigquery": "googlebigquery",
    "google.cloud": "googlecloud", "firebase_admin": "firebase", "pyrebase": "firebase",
    "boto3": "aws", "botocore": "aws", "azure": "azure", "O365": "microsoft365",
    "msal": "microsoft365", "msgraph": "microsoft365", "slack_sdk": "slack",
    "slack_bolt": "slack", "slack": "slack", "slackclient": "slack", "discord": "discord",
    "nextcord": "discord", "telegram": "telegram", "telebot": "telegram", "telethon": "telegram",
    "aiogram": "telegram", "pyrogram": "telegram", "twilio": "twilio", "vonage": "vonage",
    "pywhatkit": "whatsapp", "linebot": "line", "tweepy": "twitter", "twitter": "twitter",
    "twython": "twitter", "snscrape": "twitter", "praw": "reddit", "asyncpraw": "reddit",
    "instabot": "instagram", "instaloader": "instagram", "instagrapi": "instagram",
    "InstagramAPI": "instagram", "facebook": "facebook", "linkedin_api": "linkedin",
    "linkedin": "linkedin", "pytube": "youtube", "pafy": "youtube", "youtube_dl": "youtube",
    "yt_dlp": "youtube", "youtube_transcript_api": "youtube", "pytubefix": "youtube",
    "mastodon": "mastodon", "TikTokApi": "tiktok", "spotipy": "spotify",
    "notion_client": "notion", "pyairtable": "airtable", "airtable": "airtable",
    "trello": "trello", "asana": "asana", "jira": "jira", "clickupy": "clickup",
    "todoist_api_python": "todoist", "todoist": "todoist", "github": "github", "gitlab": "gitlab",
    "dropbox": "dropbox", "boxsdk": "box", "zoomus": "zoom", "hubspot": "hubspot",
    "simple_salesforce": "salesforce", "pipedrive": "pipedrive", "stripe": "stripe",
    "paypalrestsdk": "paypal", "shopify": "shopify", "woocommerce": "woocommerce",
    "mailchimp_marketing": "mailchimp", "mailchimp3": "mailchimp", "sendgrid": "sendgrid",
    "mailjet_rest": "mailjet", "klaviyo_api": "klaviyo", "smtplib": "smtp", "yagmail": "gmail",
    "imaplib": "imap", "imap_tools": "imap", "imapclient": "imap", "ftplib": "ftp",
    "paramiko": "ssh", "fabric": "ssh", "pysftp": "sftp", "pymongo": "mongodb",
    "mongoengine": "mongodb", "motor": "mongodb", "psycopg2": "postgres", "psycopg": "postgres",
    "asyncpg": "postgres", "mysql": "mysql", "MySQLdb": "mysql", "pymysql": "mysql",
    "pyodbc": "microsoftsql", "pymssql": "microsoftsql", "redis": "redis", "supabase": "supabase",
    "snowflake": "snowflake", "kafka": "kafka", "pika": "rabbitmq", "paho": "mqtt",
    "wikipedia": "wikipedia", "wikipediaapi": "wikipedia", "yfinance": "yahoofinance",
    "binance": "binance", "ccxt": "cryptoexchanges", "alpaca_trade_api": "alpaca",
    "pyowm": "openweathermap", "newsapi": "newsapi", "deepl": "deepl",
    "googletrans": "googletranslate", "ee": "googleearthengine", "serpapi": "serpapi",
    "apify_client": "apify", "feedparser": "rssfeedread", "zeep": "soap",
}  # fmt: skip
_NAMES = {
    "google": "Google APIs", "googlecloud": "Google Cloud", "microsoft365": "Microsoft 365",
    "line": "LINE", "cryptoexchanges": "Crypto exchanges", "yahoofinance": "Yahoo Finance",
    "googletranslate": "Google Translate", "googleearthengine": "Google Earth Engine",
    "googlesheets": "Google Sheets", "googledrive": "Google Drive", "soap": "SOAP",
    "googlecalendar": "Google Calendar", "newsapi": "NewsAPI", "tiktok": "TikTok",
}  # fmt: skip
_TRIGGERS = {
    "schedule": "Schedule", "apscheduler": "Schedule", "celery": "Schedule", "airflow": "Schedule",
    "prefect": "Schedule", "dagster": "Schedule", "rocketry": "Schedule", "crontab": "Schedule",
    "flask": "HTTP request", "fastapi": "HTTP request", "django": "HTTP request",
    "sanic": "HTTP request", "starlette": "HTTP request", "tornado": "HTTP request",
    "bottle": "HTTP request", "quart": "HTTP request", "functions_framework": "HTTP request",
    "streamlit": "Web page", "gradio": "Web page", "dash": "Web page",
    "watchdog": "File change", "discord": "Chat", "nextcord": "Chat", "telegram": "Chat",
    "telebot": "Chat", "aiogram": "Chat", "pyrogram": "Chat", "slack_bolt": "Chat",
    "argparse": "Command line", "click": "Command line", "typer": "Command line",
    "docopt": "Command line", "fire": "Command line", "optparse": "Command line",
    "tkinter": "Window", "Tkinter": "Window", "customtkinter": "Window", "PyQt5": "Window",
    "PyQt6": "Window", "PySide2": "Window", "PySide6": "Window", "kivy": "Window", "wx": "Window",
    "pygame": "Window", "turtle": "Window", "PySimpleGUI": "Window",
}  # fmt: skip


def integrations(imports: Iterable[str]) -> tuple[Integration, ...]:
    """The services behind ``imports``, each with the number of imported modules."""
    counts: dict[str, int] = {}
    for module in imports:
        key = _known(module, _SERVICES)
        if key:
            counts[key] = counts.get(key, 0) + 1
    return tuple(
        Integration(key, _NAMES.get(key) or service_name(key), count)
        for key, count in counts.items()
    )


def triggers(facts: Iterable[Facts], *, has_commands: bool, is_script: bool) -> tuple[str, ...]:
    """What starts the program, each once. ``has_commands``: it installs commands of its own.

    A script that names nothing else is run by hand; in a project a module must be meant for it.
    """
    found: list[str] = ["Command line"] if has_commands else []
    by_hand = is_script
    for one in facts:
        by_hand = by_hand or Sign.MAIN_GUARD in one.signs
        found += filter(None, (_known(module, _TRIGGERS) for module in one.imports))
    return tuple(dict.fromkeys(found)) or (("Manual",) if by_hand else ())


def _known(module: str, table: dict[str, str]) -> str:
    steps = module.split(".")
    dotted = (".".join(steps[:length]) for length in range(min(3, len(steps)), 0, -1))
    return next((table[name] for name in dotted if name in table), "")
