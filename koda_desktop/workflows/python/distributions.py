"""Which distribution to install for an import, where the two have different names.

The names are those under which the projects publish themselves; what is not listed here is
installed under the name it is imported by.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

DISTRIBUTIONS = {
    "acoustid": "pyacoustid", "Adafruit_DHT": "Adafruit-DHT", "airtable": "pyairtable",
    "apiclient": "google-api-python-client", "asterisk": "pyst2", "attr": "attrs",
    "awsglue": "aws-glue-libs", "bluetooth": "PyBluez", "bs4": "beautifulsoup4",
    "cairo": "pycairo", "can": "python-can", "Crypto": "pycryptodome",
    "Cryptodome": "pycryptodomex", "cv2": "opencv-python", "dateutil": "python-dateutil",
    "decouple": "python-decouple", "discord": "discord.py", "django": "Django",
    "dns": "dnspython", "docx": "python-docx", "dotenv": "python-dotenv",
    "escpos": "python-escpos", "facebook": "facebook-sdk", "fitz": "PyMuPDF", "flask": "Flask",
    "flask_cors": "Flask-Cors", "flask_login": "Flask-Login",
    "flask_sqlalchemy": "Flask-SQLAlchemy", "fpdf": "fpdf2", "gi": "PyGObject",
    "git": "GitPython", "github": "PyGithub", "gitlab": "python-gitlab",
    "google.auth": "google-auth", "google.cloud": "google-cloud",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.language": "google-cloud-language",
    "google.cloud.pubsub": "google-cloud-pubsub", "google.cloud.pubsub_v1": "google-cloud-pubsub",
    "google.cloud.secretmanager": "google-cloud-secret-manager",
    "google.cloud.speech": "google-cloud-speech", "google.cloud.storage": "google-cloud-storage",
    "google.cloud.texttospeech": "google-cloud-texttospeech",
    "google.cloud.translate": "google-cloud-translate",
    "google.cloud.translate_v2": "google-cloud-translate",
    "google.cloud.vision": "google-cloud-vision", "google.colab": "google-colab",
    "google.genai": "google-genai", "google.generativeai": "google-generativeai",
    "google.oauth2": "google-auth", "google.protobuf": "protobuf",
    "google_auth_oauthlib": "google-auth-oauthlib", "googleapiclient": "google-api-python-client",
    "gtts": "gTTS", "imap_tools": "imap-tools", "IPython": "ipython", "jose": "python-jose",
    "jwt": "PyJWT", "kafka": "kafka-python", "langchain_community": "langchain-community",
    "langchain_core": "langchain-core", "langchain_openai": "langchain-openai",
    "ldap": "python-ldap", "linebot": "line-bot-sdk", "magic": "python-magic",
    "markdown": "Markdown", "mpl_toolkits": "matplotlib", "mysql": "mysql-connector-python",
    "MySQLdb": "mysqlclient", "nacl": "PyNaCl", "nmap": "python-nmap",
    "notion_client": "notion-client", "OpenGL": "PyOpenGL", "OpenSSL": "pyOpenSSL",
    "pandas_datareader": "pandas-datareader", "past": "future", "PIL": "Pillow",
    "pkg_resources": "setuptools", "playhouse": "peewee", "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary", "pyaudio": "PyAudio", "pyautogui": "PyAutoGUI",
    "pylab": "matplotlib", "pymysql": "PyMySQL", "pythoncom": "pywin32", "pywintypes": "pywin32",
    "RPi": "RPi.GPIO", "ruamel": "ruamel.yaml", "sentence_transformers": "sentence-transformers",
    "serial": "pyserial", "shopify": "ShopifyAPI", "simple_salesforce": "simple-salesforce",
    "skimage": "scikit-image", "sklearn": "scikit-learn", "slack": "slackclient",
    "slack_bolt": "slack-bolt", "slack_sdk": "slack-sdk",
    "snowflake": "snowflake-connector-python", "socks": "PySocks",
    "speech_recognition": "SpeechRecognition", "speedtest": "speedtest-cli",
    "sqlalchemy": "SQLAlchemy", "telebot": "pyTelegramBotAPI", "telegram": "python-telegram-bot",
    "telethon": "Telethon", "twitter": "python-twitter",
    "undetected_chromedriver": "undetected-chromedriver", "usb": "pyusb",
    "websocket": "websocket-client", "whois": "python-whois", "win32api": "pywin32",
    "win32clipboard": "pywin32", "win32com": "pywin32", "win32con": "pywin32",
    "win32gui": "pywin32", "wx": "wxPython", "Xlib": "python-xlib", "yaml": "PyYAML",
    "youtube_dl": "youtube-dl", "youtube_transcript_api": "youtube-transcript-api",
    "yt_dlp": "yt-dlp", "zmq": "pyzmq",
}  # fmt: skip

# Modules of the standard library differ by version; a report must not. These left it in Python 3.12
# and 3.13 or are older, and these are newer than some of the interpreters this program runs on.
_FORMERLY = frozenset((
    "aifc", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb", "chunk", "crypt",
    "distutils", "formatter", "imghdr", "imp", "lib2to3", "macpath", "mailcap", "msilib", "nis",
    "nntplib", "ossaudiodev", "parser", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "symbol",
    "telnetlib", "uu", "xdrlib", "__future__", "tomllib", "compression", "annotationlib",
))  # fmt: skip
_OF_PYTHON_2 = frozenset((
    "BaseHTTPServer", "CGIHTTPServer", "ConfigParser", "Cookie", "HTMLParser", "Queue",
    "ScrolledText", "SimpleHTTPServer", "SimpleXMLRPCServer", "SocketServer", "StringIO", "Tix",
    "Tkconstants", "Tkinter", "UserDict", "UserList", "UserString", "__builtin__", "anydbm",
    "cPickle", "cStringIO", "commands", "compiler", "cookielib", "copy_reg", "dbhash", "dl",
    "dumbdbm", "exceptions", "gdbm", "hotshot", "htmlentitydefs", "htmllib", "httplib", "md5",
    "mimetools", "mimify", "multifile", "mutex", "new", "popen2", "robotparser", "sets",
    "sgmllib", "sha", "tkFileDialog", "tkFont", "tkMessageBox", "tkSimpleDialog", "ttk", "thread",
    "urllib2", "urlparse", "user", "whichdb", "xmlrpclib",
))  # fmt: skip
_STANDARD = sys.stdlib_module_names | _FORMERLY
_SEPARATORS = re.compile(r"[-_.]+")


def normalised(name: str) -> str:
    """A distribution's name as package indexes compare it (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def third_party(imports: Iterable[str], local: frozenset[str]) -> tuple[str, ...]:
    """The distributions needed for ``imports`` (dotted names), each once, in their order.

    ``local`` are names of modules that come along and need no installing.
    """
    found = (distribution(name) for name in imports if not _is_at_hand(name, local))
    return tuple(dict.fromkeys(found))


def distribution(module: str) -> str:
    """The distribution that holds ``module`` (a dotted name)."""
    steps = module.split(".")
    for length in range(min(3, len(steps)), 0, -1):
        known = DISTRIBUTIONS.get(".".join(steps[:length]))
        if known:
            return known
    if steps[0] == "google" and len(steps) > 1:
        return "-".join(steps[: 3 if steps[1] == "cloud" else 2])
    return steps[0]


def _is_at_hand(module: str, local: frozenset[str]) -> bool:
    top = module.partition(".")[0]
    if top in local or top in _OF_PYTHON_2:
        return True
    return top in _STANDARD or (top.startswith("_") and top.lstrip("_") in _STANDARD)
