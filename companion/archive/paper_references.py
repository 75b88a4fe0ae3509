"""What a member means who names a paper: an arXiv id, a DOI, an OpenReview forum, or the address of the paper itself.

Every way to name a paper comes to one canonical id (`arxiv:2005.11401`, `doi:10.…`, `openreview:…`, `url:https://…`),
without a version, so that a paper is known again however it is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from companion.archive.public_addresses import is_public
from companion.archive.references import reference_of, split
from companion.storage.errors import CompanionError
from companion.storage.mentions import LinkKind

LONGEST = 500
"""Characters of an address or a DOI."""
_TOO_LONG = f"That is longer than {LONGEST} characters."
_WRAPPED = {"<": ">", "(": ")", "[": "]", '"': '"', "“": "”", "`": "`"}
_BARE_ARXIV = re.compile(
    r"(?:arxiv[:.\s]\s?)?(?:abs/|pdf/|html/)?"
    r"(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z]{2,8}(?:-[a-z]{2,5})?(?:\.[a-z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3})"
    r"(?:v(?P<version>\d{1,3}))?(?:\.pdf)?(?:\s*\[[\w.-]{1,20}\])?",
    re.IGNORECASE | re.ASCII,
)
_OLD_STYLE = re.compile(r"(?P<archive>[a-z-]+)(?:\.[a-z]{2})?/(?P<number>\d{7})", re.IGNORECASE | re.ASCII)
_BARE_DOI = re.compile(r"(?:doi[:\s]\s?)?(?P<id>10\.\d{4,9}/\S+)", re.IGNORECASE | re.ASCII)
_OF_ARXIV = "10.48550/arxiv."
_PREPRINT_HOSTS = ("biorxiv.org", "medrxiv.org")
_PREPRINT_VERSION = re.compile(r"v\d{1,3}(?:\.[a-z-]+)*\Z")
_OPENREVIEW_ID = re.compile(r"[\w-]{6,40}", re.ASCII)
_BARE_OPENREVIEW = re.compile(r"openreview:\s?(?P<id>[\w-]{6,40})", re.IGNORECASE | re.ASCII)
_OF_CAMPAIGNS = re.compile(r"utm_\w+|fbclid|gclid|ref_src", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S+", re.IGNORECASE | re.ASCII)
_FIRST_HTML = "2312"
"""The month, as ids begin, from which arXiv has papers as pages of its own."""


class Kind(StrEnum):
    """Where a paper is kept, as canonical ids begin."""

    ARXIV = "arxiv"
    DOI = "doi"
    OPENREVIEW = "openreview"
    URL = "url"


class UnknownReferenceError(CompanionError):
    """What was typed names no paper."""

    def __init__(self, sentence: str = "I don't see which paper that is.") -> None:
        super().__init__(
            f"{sentence} Give an arXiv link or id (`2005.11401`), a DOI (`10.1000/182`), an OpenReview link, or the"
            " address of the paper."
        )


@dataclass(frozen=True, slots=True)
class PaperReference:
    """A paper, as somebody named it: its canonical id, the version that was named, if one was, and where to read it."""

    canonical: str
    version: int | None
    url: str

    @property
    def kind(self) -> Kind:
        return Kind(self.canonical.partition(":")[0])

    @property
    def identity(self) -> str:
        """The canonical id without its kind."""
        return self.canonical.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a paper is: the page about it, and the paper itself, as PDF and as a page; None for what is not known."""

    page: str | None
    pdf: str | None = None
    html: str | None = None


def paper_reference(typed: str) -> PaperReference:
    """The paper that was typed. Raises `UnknownReferenceError`."""
    plain = _unwrapped(typed)
    if len(plain) > LONGEST:
        raise UnknownReferenceError(_TOO_LONG)
    if found := _BARE_ARXIV.fullmatch(plain):
        return _on_arxiv(found["id"], found["version"])
    if found := _BARE_DOI.fullmatch(plain):
        return _of_doi(found["id"])
    if found := _BARE_OPENREVIEW.fullmatch(plain):
        return _made(Kind.OPENREVIEW, found["id"])
    if _WITHOUT_SCHEME.fullmatch(plain):
        plain = f"https://{plain}"
    return _of_address(plain)


def reference_to(canonical: str, version: int | None = None) -> PaperReference:
    """The reference of a canonical id that was made here."""
    kind, _, identity = canonical.partition(":")
    return _made(Kind(kind), identity, version)


def addresses(reference: PaperReference) -> Addresses:
    """Where the paper is. Old papers of arXiv are pages at ar5iv only."""
    identity = reference.identity
    match reference.kind:
        case Kind.ARXIV:
            named = f"{identity}v{reference.version}" if reference.version is not None else identity
            on_arxiv = identity[0].isdigit() and identity[:4] >= _FIRST_HTML
            html = f"https://arxiv.org/html/{named}" if on_arxiv else f"https://ar5iv.labs.arxiv.org/html/{identity}"
            return Addresses(reference.url, f"https://arxiv.org/pdf/{named}", html)
        case Kind.OPENREVIEW:
            return Addresses(reference.url, f"https://openreview.net/pdf?id={identity}")
        case Kind.DOI:
            return Addresses(reference.url)
        case Kind.URL:
            is_pdf = urlsplit(identity).path.lower().endswith(".pdf")
            return Addresses(None, identity) if is_pdf else Addresses(identity)


def _of_address(url: str) -> PaperReference:
    parts = split(url)
    if parts is None:
        raise UnknownReferenceError
    try:
        port = parts.port
    except ValueError:
        raise UnknownReferenceError from None
    host = (parts.hostname or "").rstrip(".")
    if parts.username is not None or not _is_open(host):
        raise UnknownReferenceError("That is no address that everybody here can open.")
    kind, reference = reference_of(url)
    if kind is LinkKind.PAPER and reference is not None:
        if reference.startswith("10."):
            of_preprint = any(host == known or host.endswith(f".{known}") for known in _PREPRINT_HOSTS)
            return _of_doi(_PREPRINT_VERSION.sub("", reference) if of_preprint else reference)
        version = re.search(re.escape(reference) + r"v(\d{1,3})(?!\d)", unquote(parts.path), re.IGNORECASE)
        return _on_arxiv(reference, version[1] if version else None)
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        raise UnknownReferenceError("That address of arXiv has no paper's id in it.")
    if host == "openreview.net" or host.endswith(".openreview.net"):
        query = parse_qs(parts.query)
        for name in ("id", "noteId"):
            if _OPENREVIEW_ID.fullmatch(identity := query.get(name, [""])[0]):
                return _made(Kind.OPENREVIEW, identity)
        raise UnknownReferenceError("That address of OpenReview has no paper's id in it.")
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _OF_CAMPAIGNS.fullmatch(pair[0])]
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    at = host if port in (None, default) else f"{host}:{port}"
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._") or "/"
    whole = urlunsplit((parts.scheme.lower(), at, path, urlencode(kept), ""))
    if len(whole) > LONGEST:
        # Letters of other scripts take up to twelve characters each once they are quoted.
        raise UnknownReferenceError(_TOO_LONG)
    return _made(Kind.URL, whole)


def _on_arxiv(identity: str, version: str | None) -> PaperReference:
    named = identity.lower()
    if old := _OLD_STYLE.fullmatch(named):
        # The class of a subject (`math.GT`) stands in some links to a paper and in others not.
        named = f"{old['archive']}/{old['number']}"
    number = int(version) if version else 0
    return _made(Kind.ARXIV, named, number or None)


def _of_doi(typed: str) -> PaperReference:
    identity = unquote(typed).lower().rstrip(".,;:\"'”’/")
    while identity.endswith((")", "]", ">")) and identity.count(identity[-1]) > identity.count(_opening(identity[-1])):
        identity = identity[:-1].rstrip(".,;:")
    if identity.startswith(_OF_ARXIV) and (found := _BARE_ARXIV.fullmatch(identity.removeprefix(_OF_ARXIV))):
        return _on_arxiv(found["id"], found["version"])
    if not _BARE_DOI.fullmatch(identity):
        raise UnknownReferenceError
    return _made(Kind.DOI, identity)


def _made(kind: Kind, identity: str, version: int | None = None) -> PaperReference:
    match kind:
        case Kind.ARXIV:
            url = f"https://arxiv.org/abs/{identity}" + (f"v{version}" if version is not None else "")
        case Kind.DOI:
            url = f"https://doi.org/{quote(identity, safe='/:;()._-')}"
        case Kind.OPENREVIEW:
            url = f"https://openreview.net/forum?id={identity}"
        case Kind.URL:
            url = identity
    return PaperReference(f"{kind}:{identity}", version, url)


def _is_open(host: str) -> bool:
    """May everybody be able to open what is on that host?"""
    try:
        return is_public(ip_address(host))
    except ValueError:
        return "." in host


def _unwrapped(typed: str) -> str:
    """What was typed, without blanks and the marks that members put around links."""
    plain = typed.strip()
    while len(plain) > 1 and _WRAPPED.get(plain[0]) == plain[-1]:
        plain = plain[1:-1].strip()
    return plain


def _opening(closing: str) -> str:
    return {")": "(", "]": "[", ">": "<"}[closing]
