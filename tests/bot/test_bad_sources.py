"""Sources that are broken, hostile, or something else: a sentence each, what is good is kept, exit status 1."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from companion.archive import feed_pages
from companion.archive.fetch import Fetcher
from companion.bot import cli
from companion.bot.commands import ingest as command
from tests.feeds import item, speech

RSS = '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Lamps</title>{}</channel></rss>'
FEED = RSS.format(item(0) + item(1)).encode()
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def linked(path: str) -> bytes:
    """A feed of two episodes; the second links to a transcript."""
    tag = f'<podcast:transcript url="HOST{path}" type="text/plain"/>'
    return RSS.format(item(0) + item(1, "Only notes.").replace("</item>", tag + "</item>")).encode()


class Handler(BaseHTTPRequestHandler):
    """A server that nobody would wish for."""

    answers: dict[str, Callable[[Handler], None]]
    host: str

    def do_GET(self) -> None:
        with contextlib.suppress(ConnectionError):
            self.answers[self.path](self)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def send(self, body: bytes, *, length: int | None = None, status: int = 200, **headers: str) -> None:
        body = body.replace(b"HOST", self.host.encode())
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def stream(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"<item>" * 10_000)


def sent(body: bytes, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(body, length=None, status=200, **headers)


def redirect(target: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(b"", status=302, Location=target)


BROKEN: dict[str, tuple[Callable[[Handler], None], str]] = {
    "/page": (
        sent(b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'),
        "That is a web page, not an RSS or Atom feed. Give the feed that it names: http://127.0.0.1",
    ),
    "/login": (sent(b"<!doctype html><input type=password>", Set_Cookie="a=b"), "asks for a login"),
    "/song": (sent(b"ID3" + bytes(range(256)) * 99, Content_Type="application/rss+xml"), "but binary data"),
    "/json": (sent(b'{"items": []}', Content_Type="application/feed+json"), "This is not an RSS or Atom feed"),
    "/nothing": (sent(b""), "This is not an RSS or Atom feed"),
    "/no-items": (sent(RSS.format("").encode()), "It holds no episodes"),
    "/laughs": (sent(LAUGHS.encode() + FEED), "declares XML entities, which are refused"),
    "/laughs-in-utf-16": (sent((LAUGHS + FEED.decode()).encode("utf-16")), "declares XML entities"),
    "/enormous": (lambda handler: handler.send(b"x", length=2 << 30), "more than 1 MiB"),
    "/endless": (Handler.stream, "more than 1 MiB"),
    "/bomb": (sent(gzip.compress(b"0" * (64 << 20)), Content_Encoding="gzip"), "more than 1 MiB"),
    "/no-zip": (sent(FEED, Content_Encoding="gzip"), "does not decompress"),
    "/private": (redirect("http://10.1.2.3/"), "address of a private network"),
    "/mapped": (redirect("http://[::ffff:10.1.2.3]/"), "address of a private network"),
    "/metadata": (redirect("http://169.254.169.254/latest"), "address of a private network"),
    "/round": (redirect("/round"), "redirects more than 5 times"),
    "/file": (redirect("file:///etc/passwd"), "Only http and https"),
    "/gone": (lambda handler: handler.send(b"", status=410), "answered with status 410"),
}
FLAWED: dict[str, tuple[Callable[[Handler], None], int, str]] = {
    "/half": (lambda handler: handler.send(FEED[:-400], length=len(FEED)), 1, "whole before that was read: 1 item."),
    "/half-zip": (sent(gzip.compress(FEED)[:-60], Content_Encoding="gzip"), 1, "The feed breaks off"),
    "/ampersand": (sent(FEED.replace(b"Lighthouse number 0", b"Salt & Light")), 2, "The feed is not well-formed"),
    "/deep": (sent(FEED.replace(b"<link>", b"<a>" * 10_000 + b"</a>" * 10_000 + b"<link>", 1)), 2, "not well-formed"),
    "/twice": (sent(RSS.format(item(0) + item(0)).encode()), 1, "stands in the feed twice"),
    "/with-login": (sent(linked("/login")), 2, "The transcript of “Lighthouse number 1”"),
    "/with-song": (sent(linked("/song")), 2, "number 1” is missing: The linked file is not a text"),
    "/with-endless": (sent(linked("/endless")), 2, "number 1” is missing: 127.0.0.1 answers with"),
    "/with-private": (sent(linked("/private")), 2, "is missing: 10.1.2.3 is an address of a private network"),
    "/with-laughs": (sent(linked("/laughing-transcript")), 2, "The transcript of “Lighthouse number 1”"),
}  # fmt: skip
FINE: dict[str, Callable[[Handler], None]] = {
    "/image": sent(FEED, Content_Type="image/png"),
    "/utf-16": sent(FEED.decode().encode("utf-16")),
    "/nul": sent(FEED.replace(b"<item>", b"\x00<item>\x00")),
    "/warned": sent(b"<br><b>Warning</b>: feed.php\n" + FEED),
}
OTHER = {
    "/laughing-transcript": sent(LAUGHS.encode() + b"<tt><body><div><p begin='1s'>&i;</p></div></body></tt>"),
}


@pytest.fixture(autouse=True)
def surroundings(on_engine: Path, toy_model: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of its own, a toy model, a smaller bound, and a fetcher that lets the server in and nothing else."""

    def is_the_server(address: object) -> bool:
        return str(address) == "127.0.0.1"

    monkeypatch.setattr(feed_pages, "LARGEST_FEED", 1 << 20)
    monkeypatch.setattr("companion.archive.linked._LARGEST_TRANSCRIPT", 1 << 20)
    monkeypatch.setattr(command, "Fetcher", partial(Fetcher, allows=is_the_server))


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    Handler.answers = {
        **{path: answer for path, (answer, _) in BROKEN.items()},
        **{path: answer for path, (answer, _, _) in FLAWED.items()},
        **FINE,
        **OTHER,
    }
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Handler.host = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Handler.host
        server.shutdown()


def ingest(*sources: str) -> Result:
    return CliRunner().invoke(cli.main, ["ingest", *sources])


def stored() -> int:
    return len(json.loads(CliRunner().invoke(cli.main, ["episodes", "--json"]).stdout))


@pytest.mark.parametrize("path", BROKEN)
def test_what_cannot_be_read_is_refused_in_a_sentence_and_leaves_nothing(host: str, path: str) -> None:
    result = ingest(host + path)
    assert result.exit_code == 1
    assert BROKEN[path][1] in result.stderr
    assert result.stderr.startswith(f"Problem: {host}{path}: ")
    assert result.stderr.count("\n") == 1
    assert stored() == 0


@pytest.mark.parametrize("path", FLAWED)
def test_what_is_good_is_kept_and_the_rest_is_named(host: str, path: str) -> None:
    result = ingest(host + path)
    _, kept, sentence = FLAWED[path]
    assert result.exit_code == 1
    assert f"Lamps: {kept} episode" in result.stdout
    assert sentence in result.stderr
    assert stored() == kept


@pytest.mark.parametrize("path", FINE)
def test_what_only_looks_odd_is_read(host: str, path: str) -> None:
    result = ingest(host + path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert stored() == 2


def test_one_bad_source_keeps_no_other_from_being_read(host: str, tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text(speech(1), encoding="utf-8")
    result = ingest(host + "/gone", host + "/image", str(tmp_path / "none.xml"), str(tmp_path / "talk.txt"))
    assert result.exit_code == 1
    assert result.stderr.count("Problem: ") == 2
    assert stored() == 3


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("", None, "A source without a name is none"),
        ("feed://bees.example/feed", None, "Only what has an http or https address can be fetched"),
        ("/dev/null", None, "“/dev/null” is neither a file nor a folder"),
        ("empty.txt", b"", "empty.txt holds no words."),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(40), "picture.txt is a picture, not a text."),
        (
            "chapters.json",
            b'{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "In"}]}',
            "no transcript beside",
        ),
        ("numbers.csv", b"id,price\n1,2\n3,4\n", "numbers.csv is not a transcript"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_makes_no_podcast(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    source = name
    if content is not None:
        (tmp_path / name).write_bytes(content)
        source = str(tmp_path / name)
    result = ingest(source)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Problem: {source}: ")
    assert sentence in result.stderr
    assert json.loads(CliRunner().invoke(cli.main, ["podcasts", "--json"]).stdout) == []


def test_a_problem_is_told_once_and_of_many_the_first(tmp_path: Path) -> None:
    twice = "<item><title>Twice</title><guid>0</guid></item>" * 3
    missing = "".join(
        f"<item><title>Bee {n}</title><guid>{n}</guid>"
        f'<podcast:transcript url="https://192.168.0.{n}/" type="text/plain"/></item>'
        for n in range(1, 31)
    )
    (tmp_path / "feed.xml").write_text(
        '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Bees</title>'
        f"{twice}{missing}</channel></rss>",
        encoding="utf-8",
    )
    told = ingest(str(tmp_path / "feed.xml")).stderr.splitlines()

    assert told[0] == "Problem: Bees: The item “Twice” stands in the feed twice; it was read once. (2 times)"
    assert told[-1] == "Problem: Bees: 11 more could not be read."
    assert len(told) == 21


@pytest.mark.parametrize("typed", ["xx", "nan", "inf", "1e9", "-86401"])
def test_what_is_no_number_of_seconds_is_refused_in_a_sentence(typed: str) -> None:
    result = CliRunner().invoke(cli.main, ["podcasts", "--video-offset", "Bees", typed])

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: {typed!r} is not a number of seconds: give one such as 12.5 or -3, of 86,400 (a day) at most.\n"
    )
