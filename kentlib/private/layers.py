"""Text with its layers taken off: markup, entities, encodings, and what is packed inside.

A chart is text in SVG, in a page as base64; a picture has texts of its own; one word may be parted
by tags. What somebody can read out of any of it is given as plain text.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

PNG = b"\x89PNG\r\n\x1a\n"
MOST = 1 << 24
"""Bytes to which something packed is unpacked."""

_MARKUP = re.compile(r"<(?:[a-zA-Z/]|!--|!\[)")
_DRAWN = re.compile(
    r"""\s(?:d|points|transform|style|viewBox|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|dx|dy|width|height|xmlns"""
    r"""(?::\w+)?|clip-path)\s*=\s*(?:"[^"]*"|'[^']*')|\sxlink:href\s*=\s*"\#[^"]*\""""
)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_UNREAD = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>")
_PARTED = re.compile(
    r"</?(?:span|b|i|em|strong|a|sub|sup|u|s|small|mark|code|font|wbr|abbr|kbd|samp|var|q|ins|del"
    r"|bdi|data|time|label)\b[^>]*>",
    re.IGNORECASE,
)
_SPANNED = re.compile(r"\s*</?tspan\b[^>]*>\s*", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s([a-zA-Z-]+)=("[^"]*"|'[^']*')""")
_SPOKEN = frozenset(("alt", "title", "label", "summary", "content", "placeholder"))
"""Attributes that are read by people; those that begin with "aria-" are too."""

_URI = re.compile(r"""data:[\w/+.-]*((?:;[\w=.-]+)*),([^"'\s)>]*)""", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{11,}={0,2}(?![A-Za-z0-9+/=_-])")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PRINTED = re.compile(rb"[\x20-\x7e\t\r\n]{6,}")


def is_markup(content: str) -> bool:
    """Whether a text has tags."""
    return bool(_MARKUP.search(content))


def lean(content: str) -> str:
    """Markup without what is only drawn by machines: paths, places and sizes, most of a chart."""
    return _DRAWN.sub(" ", content) if is_markup(content) else content


def read(content: str) -> Iterator[str]:
    """What a reader of a text sees: it itself or, of markup, its text and what is read aloud."""
    if not is_markup(content):
        yield content
        return
    said = _UNREAD.sub(" ", _COMMENT.sub(" ", content))
    yield html.unescape(_TAG.sub(" ", said))
    whole = _PARTED.sub("", _SPANNED.sub("", said) if "<tspan" in said else said)
    if len(whole) != len(said):
        yield html.unescape(_TAG.sub(" ", whole))
    spoken = _COMMENT.findall(content)
    for name, value in _ATTRIBUTE.findall(said):
        if name in _SPOKEN or name.startswith("aria-"):
            spoken.append(value[1:-1])
    if spoken:
        yield html.unescape("\n".join(spoken))


def hidden(content: str) -> Iterator[str]:
    """What stands in a text for machines: attributes, escapes, encoded addresses."""
    if is_markup(content):
        tags = dict.fromkeys(_TAG.findall(_URI.sub(" ", content)))  # most stand there many times
        yield html.unescape("\n".join(tags))
        yield "\n".join(match[0] for match in _UNREAD.finditer(content))
    if "%" in content and re.search(r"%[0-9a-fA-F]{2}", content):
        yield unquote(_URI.sub(" ", content))
    if "\\u" in content:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), content)


def apart(content: str) -> tuple[str, list[str]]:
    """A text without the base64 of its data addresses, most of a page; and that base64."""
    payloads: list[str] = []

    def take(found: re.Match[str]) -> str:
        if "base64" not in found[1].lower():
            return found[0]
        payloads.append(found[2])
        return " "

    return (_URI.sub(take, content) if "data:" in content else content), payloads


def packed(content: str, payloads: Iterable[str]) -> Iterator[str]:
    """The texts that are packed into what `apart` returns: addresses, base64 that is text."""
    for payload in payloads:
        yield from _unpacked(unquote(payload))
    if "data:" in content:
        for _, payload in _URI.findall(content):
            yield unquote(payload)
        content = _URI.sub(" ", content)
    for found in _BASE64.findall(content):
        plain = found.rstrip("=")
        word = plain.isalpha() and (plain.islower() or plain.isupper() or plain.istitle())
        if not word and not plain.isdecimal():
            yield from _unpacked(found, text_only=True)


def picture(content: str) -> Iterator[str]:
    """The texts in a picture that is written as base64."""
    return _unpacked("".join(content.split()))


def _unpacked(content: str, *, text_only: bool = False) -> Iterator[str]:
    content = content.rstrip("=")
    try:
        plain = base64.b64decode(content + "=" * (-len(content) % 4), validate=False)
    except (binascii.Error, ValueError):
        return
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        text = ""
    if text and text.isprintable() | any(one in text for one in "\n\t\r"):
        yield text
    elif not text_only or plain.startswith((PNG, b"\x1f\x8b")):
        yield from _texts(plain)


def _texts(content: bytes) -> Iterator[str]:
    """The texts in bytes: those of a PNG, of what gzip packed, or whatever can be printed."""
    if content.startswith(PNG):
        yield from _png(content)
    elif content.startswith(b"\x1f\x8b"):
        unpacked = _inflated(content, 31)
        yield unpacked.decode("utf-8", "replace")
    else:
        yield "\n".join(found.decode("ascii") for found in _PRINTED.findall(content))


def _png(content: bytes) -> Iterator[str]:
    at = len(PNG)
    while at + 8 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        chunk = content[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"tEXt" or kind == b"eXIf":
            yield chunk.replace(b"\0", b" ").decode("latin-1")
        elif kind == b"zTXt":
            name, _, rest = chunk.partition(b"\0")
            yield f"{name.decode('latin-1')} {_inflated(rest[1:], 15).decode('latin-1')}"
        elif kind == b"iTXt":
            name, _, rest = chunk.partition(b"\0")
            text = rest[2:].split(b"\0", 2)[-1]
            text = _inflated(text, 15) if rest[:1] == b"\1" else text
            yield f"{name.decode('latin-1')} {text.decode('utf-8', 'replace')}"
    yield ""


def _inflated(content: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(content, MOST)
    except zlib.error:
        return b""
