"""What a member saved, for their eyes alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from companion.cogs.views import saved_ids
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.markdown import escaped, escaped_line, quotation
from companion.cogs.views.passages import heading, quoted, source
from companion.community.saved import Bookmark, SavedPage

FILE = "saved-passages.md"

_ENTRY = 700
"""Characters of each of a page's five."""
_GONE = "This passage is no longer in the archive."


def saved_message(bookmark: Bookmark, *, new: bool) -> Message:
    """What was saved, where to find it again, and how to undo it."""
    box = container(TEAL)
    told = "Saved, for you alone" if new else "You have saved this already"
    box.add_item(
        text(f"🔖 {told}. `/saved list` shows all that you saved in this server, `/saved export` gives it as a file.")
    )
    box.add_item(text(_entry(bookmark)))
    box.add_item(row([button("Remove", saved_ids.remove(bookmark.id))]))
    return Message(box)


def removed_message() -> Message:
    """That it is kept no more."""
    return sentence("🗑️ Removed: this passage is no longer among what you saved, and nothing is stored of that.")


def exported_message(bookmarks: Sequence[Bookmark]) -> Message:
    """What is in the file, which comes with it."""
    many = f"{len(bookmarks)} passage{'' if len(bookmarks) == 1 else 's'}"
    box = container(TEAL)
    box.add_item(text(f"📦 What you saved in this server, {many}, as Markdown.\n-# Only you see this."))
    box.add_item(discord.ui.File[Message](f"attachment://{FILE}"))
    return Message(box)


def exported(bookmarks: Sequence[Bookmark]) -> str:
    """The passages as Markdown for readers other than Discord: a section each, with nothing left out."""
    return "\n\n".join(["# Saved passages", *(part for one in bookmarks for part in _section(one))]) + "\n"


def _section(bookmark: Bookmark) -> Iterator[str]:
    """Episode and day, the chapter, and who says what, from when on."""
    episode, place = bookmark.episode, bookmark.place
    day = f" · {episode.published:%Y-%m-%d}" if episode.published else ""
    yield f"## {escaped_line(episode.title)}{day}"
    if place is None:
        yield _GONE
        return
    if place.passage.chapter:
        yield escaped_line(place.passage.chapter)
    for number, said in enumerate(place.quotes):
        first = number == 0
        start, url = (said.start, place.url) if first else (None, None)
        if first or said.speaker is None or said.speaker != place.quotes[number - 1].speaker:
            yield heading(said.speaker, place.passage.kind, start, said.approximate, url, uncertain=said.uncertain)
        yield quotation(escaped(said.text))


def list_message(saved: SavedPage, *, removed: bool = False) -> Message:
    """A page of what the member saved, each with its Remove; ``removed``: one of them was, just now."""
    box = container(TEAL)
    facts = [f"{saved.total} in this server, for you alone"]
    if saved.pages > 1:
        facts.append(f"page {saved.page + 1} of {saved.pages}")
    if saved.hidden:
        facts.append(f"{saved.hidden} more of podcasts that this server has no longer")
    done = "\n✅ Removed." if removed else ""
    box.add_item(text(f"### 🔖 Saved passages\n-# {' · '.join(facts)}{done}"))
    if not saved.bookmarks:
        box.add_item(text("Nothing is saved yet: press **Save** under a search result."))
    for bookmark in saved.bookmarks:
        box.add_item(line())
        box.add_item(text(_entry(bookmark)))
        box.add_item(row([button("Remove", saved_ids.remove(bookmark.id, saved.page))]))
    turns = [button(f"‹ Page {saved.page}", saved_ids.saved_list(saved.page - 1))] if saved.page else []
    if saved.page + 1 < saved.pages:
        turns.append(button(f"Page {saved.page + 2} ›", saved_ids.saved_list(saved.page + 1)))
    if turns:
        box.add_item(line())
        box.add_item(row(turns))
    return Message(box)


def _entry(bookmark: Bookmark) -> str:
    if bookmark.place is None:
        return f"-# {source(bookmark.episode, None, None)}\n{_GONE}"
    return quoted(bookmark.place, bookmark.episode, _ENTRY)
