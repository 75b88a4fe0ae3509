"""What a component carries from the message that shows it to the press that answers it.

A custom_id names the stored search it belongs to and, where it is about one result, the stretch of the episode:
nothing else has to be remembered for a button to work after a restart or after the episode was read again. Whoever
answers a press checks both against the server: anybody can forge these.
"""

from __future__ import annotations

import re

from companion.storage.aliases import Alias
from companion.storage.episodes import Kind, Reference
from companion.storage.names import AliasKind

_SEARCH = r"(?P<search>[0-9]{1,18})"
_TIME = r"(?:[0-9]{1,7}(?:\.[0-9])?)?"
REFERENCE = (
    rf"(?P<episode>[0-9]{{1,15}})(?P<kind>[sn])(?P<start>{_TIME})-(?P<end>{_TIME})"
    r"w(?P<first>[0-9]{1,9})-(?P<last>[0-9]{1,9})"
)
QUOTED = r"(?:q(?P<quoted>[0-9]{1,3})-(?P<until>[0-9]{1,3}))?"

PAGE = re.compile(rf"search:page:{_SEARCH}:(?P<page>[0-9]{{1,3}})")
RIFF = re.compile(rf"search:riff:{_SEARCH}")
RIFFED = re.compile(rf"search:riffed:{_SEARCH}")
LIKE = re.compile(rf"search:like:{_SEARCH}:{REFERENCE}{QUOTED}")
CONTEXT = re.compile(rf"search:context:{_SEARCH}:{REFERENCE}{QUOTED}")
TRY = re.compile(r"search:try:(?P<text>.+)", re.DOTALL)

_PODCAST = r"(?P<podcast>[0-9]{1,15})"

DECIDE = re.compile(rf"aliases:(?P<verdict>accept|reject):{_PODCAST}:(?P<kind>[pt]):(?P<spelling>.{{1,60}})", re.DOTALL)
ALIASES = re.compile(rf"aliases:(?P<list>list|review):{_PODCAST}:(?P<page>[0-9]{{1,4}})")

DELETE = re.compile("answer:delete")

BLOCKED_MEMBERS = re.compile(r"members:blocked:(?P<page>[0-9]{1,4})")

_KINDS = {"s": Kind.SPEECH, "n": Kind.NOTES}


def page(search_id: int, number: int) -> str:
    return f"search:page:{search_id}:{number}"


def riff(search_id: int) -> str:
    return f"search:riff:{search_id}"


def riffed(search_id: int) -> str:
    """The modal that `riff` opens."""
    return f"search:riffed:{search_id}"


def like(search_id: int, reference: Reference, quoted: tuple[int, int] | None = None) -> str:
    """``quoted`` as in `context`."""
    return f"search:like:{search_id}:{written_reference(reference)}{written_quoted(quoted)}"


def context(search_id: int, reference: Reference, quoted: tuple[int, int] | None = None) -> str:
    """``quoted`` is what the result shows of it: the first word and the one after the last, from that stretch on."""
    return f"search:context:{search_id}:{written_reference(reference)}{written_quoted(quoted)}"


def example(text: str) -> str:
    """A search at one press; the text must leave room for the prefix."""
    return f"search:try:{text}"


def reference_in(match: re.Match[str]) -> Reference:
    """The stretch that a match of a pattern with `REFERENCE` carries. Times are exact to a tenth of a second."""
    return Reference(
        episode_id=int(match["episode"]),
        kind=_KINDS[match["kind"]],
        start=float(match["start"]) if match["start"] else None,
        end=float(match["end"]) if match["end"] else None,
        first_word=int(match["first"]),
        last_word=int(match["last"]),
    )


def quoted_in(match: re.Match[str]) -> tuple[int, int] | None:
    """The words that a match of a pattern with `QUOTED` says were shown, as `context` takes them."""
    return (int(match["quoted"]), int(match["until"])) if match["quoted"] else None


def written_quoted(quoted: tuple[int, int] | None) -> str:
    """What `quoted_in` reads; nothing where there is nothing, or no room for it."""
    return f"q{quoted[0]}-{quoted[1]}" if quoted and 0 <= quoted[0] < quoted[1] < 1000 else ""


def written_reference(reference: Reference) -> str:
    """What `reference_in` reads."""
    return (
        f"{reference.episode_id}{reference.kind.value[0]}{_time(reference.start)}-{_time(reference.end)}"
        f"w{reference.first_word}-{reference.last_word}"
    )


def _time(seconds: float | None) -> str:
    return "" if seconds is None else f"{max(0.0, seconds):.1f}".removesuffix(".0")


def decide(alias: Alias, *, accept: bool) -> str:
    """Accepts or rejects a proposed spelling, which is short enough to be carried."""
    return f"aliases:{'accept' if accept else 'reject'}:{alias.podcast_id}:{alias.kind.value[0]}:{alias.spelling}"


def aliases(podcast_id: int, page: int, *, proposed: bool) -> str:
    """A page of a podcast's names, or of what is proposed."""
    return f"aliases:{'review' if proposed else 'list'}:{podcast_id}:{page}"


def alias_kind_in(match: re.Match[str]) -> AliasKind:
    """The kind that a match of `DECIDE` carries."""
    return next(kind for kind in AliasKind if kind.value[0] == match["kind"])


def blocked_members(page: int) -> str:
    """A page of whom the server blocked."""
    return f"members:blocked:{page}"


def delete() -> str:
    """Deletes the message that the button is on: nothing else can be named."""
    return "answer:delete"
