"""The encoding a program's source names in its first two lines (PEP 263).

Only encodings that are plain character sets are followed; Python's own text transforms are not.
"""

from __future__ import annotations

import re

_COOKIE = re.compile(
    rb"\A(?:[^\n]{0,500}\n)?[ \t\f]{0,20}#[^\n]{0,200}?coding[:=][ \t]{0,8}([-\w.]{2,30})"
)
_CHARACTER_SETS = frozenset((
    "ascii", "latin-1", "latin1", "iso8859-1", "cp437", "cp850", "cp852", "cp866", "cp874",
    "cp932", "cp936", "cp949", "cp950", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp1258", "windows-1250", "windows-1251", "windows-1252",
    "windows-1254", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9",
    "iso-8859-15", "koi8-r", "koi8-u", "gbk", "gb2312", "gb18030", "big5", "big5hkscs",
    "shift-jis", "shift-jisx0213", "sjis", "euc-jp", "euc-kr", "iso-2022-jp", "tis-620",
    "mac-roman",
))  # fmt: skip


def declared_text(data: bytes) -> str | None:
    """``data`` decoded as it says itself; None where it names no such encoding or another one."""
    match = _COOKIE.match(data[:1100])
    name = match[1].decode("ascii", "replace").lower().replace("_", "-") if match else ""
    if name not in _CHARACTER_SETS:
        return None
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None
