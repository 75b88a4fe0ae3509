from __future__ import annotations

import pytest

from companion.archive.note_links import found_links
from companion.archive.videos import own_video

ID, OTHER = "dQw4w9WgXcQ", "aaaaaaaaaaa"
URL, CITED = f"https://youtu.be/{ID}", f"https://www.youtube.com/watch?v={OTHER}"
OWN = f"https://www.youtube.com/watch?v={ID}"
TITLE = "Bees at Night — with Jane Roe"


def video(notes: str, *own_links: str) -> str | None:
    return own_video(found_links([notes]), TITLE, own_links)


@pytest.mark.parametrize(
    "notes",
    [
        f"Watch on YouTube: {URL}",
        f"You can watch the full conversation with Jane Roe on YouTube:\n{URL}",
        f"Bees at Night with Jane Roe: {URL}",
        f'<p><a href="{URL}">Watch the full episode</a></p>',
        f'<p>Listen on <a href="https://s.example">Spotify</a> | <a href="{URL}">YouTube</a></p>',
        f'<h3>Full Video Episode</h3><iframe src="https://www.youtube-nocookie.com/embed/{ID}"></iframe>',
        f"🎥 Video version: {URL}?si=abc\n\nHer favourite talk: {CITED}",
        f"{URL}?t=0 Start\n{URL}?t=60 Bees\n{URL}?t=120 End\nWatch: {CITED}",
    ],
)
def test_a_video_that_is_evidently_the_episode_is_taken(notes: str) -> None:
    assert video(notes) == OWN


@pytest.mark.parametrize(
    "notes",
    [
        f"Her talk at a conference (video): {CITED}",
        f"We mention {CITED} and {URL}",
        f"Links\n{CITED}",
        f'<p>Karpathy explains it: <a href="{CITED}">watch the video</a></p>',
        f'<ul><li>The <a href="{CITED}">YouTube video</a> that started the swarm</li></ul>',
        f"Video: {URL}\nWatch: {CITED}",
        f"{CITED}&t=10 Bees\n{CITED}&t=20 Wasps",
        "Watch our channel: https://youtube.com/@bees",
        f"Watch this moment: {URL}?t=83",
    ],
)
def test_a_video_that_is_only_cited_is_not_taken(notes: str) -> None:
    assert video(notes) is None


def test_the_items_own_link_may_be_the_video() -> None:
    assert video("No links at all.", "https://bees.example/1", URL) == OWN


def test_chapters_into_a_video_weigh_more_than_words() -> None:
    times = "".join(f'<li><a href="{URL}?t={second}">{second}</a> So</li>' for second in (10, 20, 30))
    assert video(f'<a href="{CITED}">Watch on YouTube</a><ul>{times}</ul>') == OWN
