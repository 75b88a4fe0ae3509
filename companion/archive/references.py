"""What a link refers to, wherever it leads: a paper by its arXiv id or DOI, a YouTube video by its id."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from companion.storage.mentions import LinkKind

_NEW_STYLE = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD_STYLE = r"[a-z]{2,8}(?:-[a-z]{2,5})?(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV_ID = re.compile(rf"(?<![\w.])(?P<id>{_NEW_STYLE}|{_OLD_STYLE})(?:v\d{{1,3}})?(?:\.pdf)?(?![\w.]*\d)")
_ARXIV_HOSTS = (
    "arxiv.org", "alphaxiv.org", "ar5iv.org", "scirate.com", "arxiv-vanity.com", "connectedpapers.com",
)  # fmt: skip
_PAPER_PATHS = {
    "huggingface.co": ("papers",),
    "hf.co": ("papers",),
    "semanticscholar.org": ("arxiv",),
    "emergentmind.com": ("papers",),
    "paperswithcode.com": ("paper",),
    "doi.org": ("10.48550",),
}
"""Hosts that have pages of other kinds too: what the path of a paper begins with there."""
BARE_ARXIV = re.compile(rf"\barxiv:\s?(?P<id>{_NEW_STYLE}|{_OLD_STYLE})(?:v\d{{1,3}})?(?!\w)", re.IGNORECASE)
BARE_DOI = re.compile(r"\bdoi:\s?(?P<id>10\.\d{4,9}/[^\s<>\"'\x00]{1,200}[^\s<>\"'.,;:)\]\x00])", re.IGNORECASE)
_DOI = re.compile(r"(?P<id>10\.\d{4,9}/[^\s?#]{1,200})")
_DOI_PATH = re.compile(r"/(?:doi|content|article|articles)/(?:abs/|pdf/|full/|epdf/|epub/)?10\.", re.IGNORECASE)
_YOUTUBE_HOSTS = ("youtube.com", "youtube-nocookie.com")
_VIDEO_ID = re.compile(r"[\w-]{11}\Z", re.ASCII)
_TIME = re.compile(r"(?:(?P<h>\d{1,3})h)?(?:(?P<m>\d{1,4})m)?(?:(?P<s>\d{1,6})s?)?\Z", re.ASCII)


def reference_of(url: str) -> tuple[LinkKind, str | None]:
    """What a link leads to, and what names that: the arXiv id without its version, the DOI in lower case, or the id of
    the video."""
    parts = split(url)
    if parts is None:
        return LinkKind.PAGE, None
    paper = _arxiv_id(parts) or _doi(parts)
    if paper is not None:
        return LinkKind.PAPER, paper
    video = video_id(url)
    return (LinkKind.VIDEO, video) if video is not None else (LinkKind.PAGE, None)


def video_id(url: str) -> str | None:
    """The id of the YouTube video that a link leads to, also one to a moment of it; None for channels and lists."""
    parts = split(url)
    if parts is None:
        return None
    segments = [segment for segment in parts.path.split("/") if segment]
    if _is_of(parts, ("youtu.be",)):
        found = segments[0] if segments else ""
    elif not _is_of(parts, _YOUTUBE_HOSTS):
        return None
    elif segments[:1] == ["watch"]:
        found = parse_qs(parts.query).get("v", [""])[0]
    elif len(segments) > 1 and segments[0] in ("embed", "shorts", "live", "v"):
        found = segments[1]
    else:
        return None
    return found if _VIDEO_ID.match(found) else None


def video_time(url: str) -> int | None:
    """The second at which a link to a video begins (`t=83`, `t=1m23s`, `start=83`); None where it says none."""
    parts = split(url)
    if parts is None:
        return None
    fields = parse_qs(parts.query) | parse_qs(parts.fragment)
    spelled = next((fields[name][0] for name in ("t", "start", "time_continue") if name in fields), "")
    found = _TIME.match(spelled)
    if not spelled or not found:
        return None
    return 3600 * int(found["h"] or 0) + 60 * int(found["m"] or 0) + int(found["s"] or 0)


def split(url: str) -> SplitResult | None:
    """The parts of a web address; None for anything else (`javascript:`, `data:`, what is no address)."""
    try:
        parts = urlsplit(url.strip())
        return parts if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _arxiv_id(parts: SplitResult) -> str | None:
    path = unquote(parts.path)
    begins = next((begins for host, begins in _PAPER_PATHS.items() if _is_of(parts, (host,))), None)
    if begins is None and not _is_of(parts, _ARXIV_HOSTS):
        return None
    if begins is not None and path.strip("/").partition("/")[0].partition(":")[0].lower() not in begins:
        return None
    # An id stands at the start of a part of the path, save in the DOIs that arXiv gives.
    found = _ARXIV_ID.search(re.sub(r"arxiv[.:]", "", path, flags=re.IGNORECASE))
    if not found:
        return None
    identity = found["id"]
    head = identity.partition("/")[0]
    return identity.removeprefix(f"{head}/") if head in ("abs", "pdf", "html", "format") else identity


def _doi(parts: SplitResult) -> str | None:
    path = unquote(parts.path)
    if not _is_of(parts, ("doi.org",)) and not _DOI_PATH.search(path):
        return None
    found = _DOI.search(path)
    return re.sub(r"\.pdf\Z|/(?:full|abstract|pdf)\Z", "", found["id"]).rstrip("/.").lower() if found else None


def _is_of(parts: SplitResult, hosts: tuple[str, ...]) -> bool:
    host = (parts.hostname or "").rstrip(".")
    return any(host == known or host.endswith(f".{known}") for known in hosts)
