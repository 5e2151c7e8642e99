"""Python sources made up for tests."""

from __future__ import annotations

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection

MAILER = '''\
#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# /// script
# requires-python = ">=3.11"
# dependencies = ["requests>=2.31", "rich"]
# ///
"""Mail every new lead to the sales team.

Reads the leads of the last day from the CRM and sends one message each.
"""
import os
import smtplib
from os import getenv

import requests
from bs4 import BeautifulSoup
from google.cloud import storage

TOKEN = os.environ["CRM_TOKEN"]
HOST = os.environ.get("SMTP_HOST", "localhost")
USER = getenv("SMTP_USER")
os.environ["SEEN"] = "1"
HOME = os.environ["HOME"]


def main() -> None:
    print(requests.get(HOST).text, BeautifulSoup, storage, smtplib, TOKEN, USER, HOME)


if __name__ == "__main__":
    main()
'''


def script(text: str | bytes, name: str = "script.txt") -> Inspection:
    """The report on ``text`` under a name that says nothing."""
    data = text.encode() if isinstance(text, str) else text
    return inspect_bytes(data, name)


def codes(report: Inspection) -> list[str]:
    return [problem.code for problem in report.problems]
