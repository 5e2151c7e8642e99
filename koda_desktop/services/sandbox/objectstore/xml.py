"""The XML bodies of the S3 API, written and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from koda_desktop.services.sandbox.objectstore.errors import S3Error

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# XML 1.0 can hold no other control characters, not even as references.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | int | bool | Iterable[tuple[str, "Value"]]
Fields = Iterable[tuple[str, Value | None]]


def render(root: str, fields: Fields, *, namespace: bool = True) -> bytes:
    """An XML document. A field that is None is left out; nested fields become nested elements."""
    attribute = f' xmlns="{NAMESPACE}"' if namespace else ""
    body = "".join(_element(name, value) for name, value in fields if value is not None)
    return f"{_DECLARATION}<{root}{attribute}>{body}</{root}>".encode()


def _element(name: str, value: Value) -> str:
    return f"<{name}>{_content(value)}</{name}>"


def _content(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return escape(_NOT_XML.sub("\ufffd", str(value)), {"\r": "&#13;"})
    return "".join(_element(name, inner) for name, inner in value)


def parse(body: bytes, root: str) -> ElementTree.Element:
    """The root element of ``body``. Raises MalformedXML, for document types and entities too."""
    if b"<!" in body:
        raise S3Error("MalformedXML")
    try:
        element = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError) as error:
        raise S3Error("MalformedXML") from error
    if _local(element) != root:
        raise S3Error("MalformedXML")
    return element


def children(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The children called ``name``, whether or not the client wrote the namespace."""
    return (child for child in element if _local(child) == name)


def text(element: ElementTree.Element, name: str) -> str | None:
    """The text of the first child called ``name``, or None."""
    child = next(children(element, name), None)
    return None if child is None else child.text or ""


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
