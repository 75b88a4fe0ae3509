"""The fetcher against a loopback server, which tests let in and the product never does."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncGenerator
from ipaddress import ip_address

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from companion.archive import fetch
from companion.archive.fetch import Fetcher, FetchError, seconds_to_wait
from companion.archive.public_addresses import is_public
from tests.holdings import holdings

BIG = 1 << 20


async def _plain(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"v1"':
        return web.Response(status=304)
    return web.Response(text="words", headers={"ETag": '"v1"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"})


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65536)


async def _bomb(_request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(b"0" * 20 * BIG), headers={"Content-Encoding": "gzip"})


async def _zipped(_request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(b"zipped words"), headers={"Content-Encoding": "gzip"})


async def _cut_zip(_request: web.Request) -> web.Response:
    whole = gzip.compress("".join(str(number) for number in range(20000)).encode())
    return web.Response(body=whole[: len(whole) // 2], headers={"Content-Encoding": "gzip"})


async def _slow(_request: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response(text="late")


async def _away(request: web.Request) -> web.Response:
    raise web.HTTPFound(request.query["to"])


async def _round(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/round")


async def _busy(_request: web.Request) -> web.Response:
    return web.Response(status=429, headers={"Retry-After": "30"})


async def _busy_until(_request: web.Request) -> web.Response:
    dates = {"Date": "Thu, 14 Mar 2024 19:08:00 GMT", "Retry-After": "Thu, 14 Mar 2024 19:10:00 GMT"}
    return web.Response(status=503, headers=dates)


async def _moved(request: web.Request) -> web.Response:
    raise web.HTTPMovedPermanently(request.query["to"])


async def _enormous(_request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(2 << 30)})
    await response.prepare(_request)
    await response.write(b"x")
    return response


async def _dripping(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.05)


async def _zipped_junk(_request: web.Request) -> web.Response:
    return web.Response(body=b"no zip at all", headers={"Content-Encoding": "gzip"})


async def _brotli(_request: web.Request) -> web.Response:
    return web.Response(body=b"x", headers={"Content-Encoding": "br"})


async def _half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"the first half")
    assert request.transport is not None
    request.transport.abort()
    return response


async def _missing(_request: web.Request) -> web.Response:
    return web.Response(status=404)


@pytest.fixture
async def server() -> AsyncGenerator[str, None]:
    app = web.Application()
    for name, answer in {
        "plain": _plain,
        "endless": _endless,
        "bomb": _bomb,
        "zipped": _zipped,
        "cut": _cut_zip,
        "slow": _slow,
        "away": _away,
        "round": _round,
        "busy": _busy,
        "missing": _missing,
        "busy-until": _busy_until,
        "moved": _moved,
        "enormous": _enormous,
        "dripping": _dripping,
        "zipped-junk": _zipped_junk,
        "brotli": _brotli,
        "half": _half,
    }.items():
        app.router.add_get(f"/{name}", answer)
    async with TestServer(app) as running:
        yield str(running.make_url("")).rstrip("/")


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(allows=lambda _address: True, seconds=5)


async def test_a_body_comes_with_what_makes_the_next_request_conditional(server: str, fetcher: Fetcher) -> None:
    first = await fetcher.get(f"{server}/plain", max_bytes=BIG)
    assert (first.body, first.media_type, first.etag) == (b"words", "text/plain", '"v1"')
    again = await fetcher.get(f"{server}/plain", max_bytes=BIG, etag=first.etag, last_modified=first.last_modified)
    assert (again.not_modified, again.body) == (True, b"")


async def test_a_zipped_body_is_unzipped(server: str, fetcher: Fetcher) -> None:
    assert (await fetcher.get(f"{server}/zipped", max_bytes=BIG)).body == b"zipped words"


async def test_a_zipped_body_that_breaks_off_is_marked_as_such(server: str, fetcher: Fetcher) -> None:
    answer = await fetcher.get(f"{server}/cut", max_bytes=BIG)
    assert answer.truncated
    assert answer.body.startswith(b"0123456789")


@pytest.mark.parametrize("page", ["endless", "bomb", "enormous"])
async def test_more_than_the_bound_is_never_read(server: str, fetcher: Fetcher, page: str) -> None:
    with pytest.raises(FetchError, match="more than 1 MiB"):
        await fetcher.get(f"{server}/{page}", max_bytes=BIG)


async def test_a_slow_answer_is_given_up(server: str) -> None:
    with pytest.raises(FetchError, match=r"longer than 0\.2 seconds"):
        await Fetcher(allows=lambda _address: True, seconds=0.2).get(f"{server}/slow", max_bytes=BIG)


async def test_a_stream_that_never_ends_is_given_up_in_time(server: str) -> None:
    with pytest.raises(FetchError, match=r"longer than 0\.4 seconds"):
        await Fetcher(allows=lambda _address: True, seconds=0.4).get(f"{server}/dripping", max_bytes=BIG)


async def test_what_broke_off_is_kept_and_marked(server: str, fetcher: Fetcher) -> None:
    answer = await fetcher.get(f"{server}/half", max_bytes=BIG)
    assert (answer.body, answer.truncated) == (b"the first half", True)


@pytest.mark.parametrize(("page", "sentence"), [("zipped-junk", "does not decompress"), ("brotli", "not asked for")])
async def test_what_cannot_be_decompressed_is_refused(server: str, fetcher: Fetcher, page: str, sentence: str) -> None:
    with pytest.raises(FetchError, match=sentence):
        await fetcher.get(f"{server}/{page}", max_bytes=BIG)


async def test_only_redirects_for_good_say_where_an_address_moved(server: str, fetcher: Fetcher) -> None:
    async def moved(path: str) -> str | None:
        return (await fetcher.get(f"{server}{path}", max_bytes=BIG)).moved_to

    assert await moved("/plain") is None
    assert await moved("/away?to=/plain") is None
    assert await moved("/moved?to=/plain") == f"{server}/plain"
    assert await moved("/moved?to=/away%3Fto=/plain") == f"{server}/away?to=/plain"
    assert await moved("/away?to=/moved%3Fto=/plain") is None


async def test_redirects_are_followed_and_bounded(server: str, fetcher: Fetcher) -> None:
    assert (await fetcher.get(f"{server}/away?to=/plain", max_bytes=BIG)).url == f"{server}/plain"
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        await fetcher.get(f"{server}/round", max_bytes=BIG)


async def test_a_redirect_to_a_private_address_is_refused(server: str) -> None:
    only_the_server = Fetcher(allows=lambda address: str(address) == "127.0.0.1")
    for target in ("http://127.0.0.2/", "http://[::1]/", "http://10.1.2.3/", "http://[::ffff:10.1.2.3]/"):
        with pytest.raises(FetchError, match="private network"):
            await only_the_server.get(f"{server}/away?to={target}", max_bytes=BIG)


async def test_a_redirect_to_another_scheme_is_refused(server: str, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="Only http and https"):
        await fetcher.get(f"{server}/away?to=file:///etc/passwd", max_bytes=BIG)


async def test_a_busy_host_is_left_alone_for_as_long_as_it_asks(server: str, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="too busy"):
        await fetcher.get(f"{server}/busy", max_bytes=BIG)
    with pytest.raises(FetchError, match="needs a pause"):
        await fetcher.get(f"{server}/plain", max_bytes=BIG)


async def test_a_pause_may_end_at_a_date_of_the_hosts_own_clock(server: str, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="in 120 seconds") as busy:
        await fetcher.get(f"{server}/busy-until", max_bytes=BIG)
    assert busy.value.retry_after == 120


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        ("30", "", 30), (" 999999 ", "", 3600), ("", "", 60), ("soon", "", 60),
        ("Thu, 14 Mar 2024 19:10:00 GMT", "", 60),
        ("Thu, 14 Mar 2024 19:10:00 GMT", "Thu, 14 Mar 2024 19:11:00 GMT", 0),
        ("Thu, 14 Mar 2025 19:10:00 GMT", "Thu, 14 Mar 2024 19:11:00 GMT", 3600),
    ],
)  # fmt: skip
def test_a_pause_is_within_reason_however_it_is_asked_for(retry_after: str, date: str, seconds: float) -> None:
    assert seconds_to_wait(retry_after, date) == seconds


async def test_a_host_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    fetcher = Fetcher(allows=lambda _address: True, seconds=5)
    for _ in range(3):
        with pytest.raises(FetchError, match="could not be fetched"):
            await fetcher.get(nowhere, max_bytes=BIG)
    with pytest.raises(FetchError, match="needs a pause"):
        await fetcher.get(nowhere, max_bytes=BIG)


async def test_so_many_hosts_with_trouble_are_known_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_REMEMBERED", 1)
    fetcher = Fetcher(allows=lambda _address: True, seconds=5)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            for _ in range(3):
                with pytest.raises(FetchError, match="could not be fetched"):
                    await fetcher.get(f"http://{host}:{port}/", max_bytes=BIG)

    held = holdings(fetcher)

    assert held["._failures._kept"] == held["._left_alone._kept"] == 1


async def test_a_name_that_changes_its_address_is_checked_each_time(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["127.0.0.1", "10.9.9.9", "::ffff:10.9.9.9", "169.254.169.254"])

    async def rebinding(*_arguments: object, **_options: object) -> list[tuple[object, ...]]:
        address = next(answers)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebinding)
    fetcher = Fetcher(allows=lambda address: str(address) == "127.0.0.1" or is_public(address), seconds=5)
    url = server.replace("127.0.0.1", "rebinding.example")
    assert (await fetcher.get(f"{url}/plain", max_bytes=BIG)).body == b"words"
    for _ in range(3):
        with pytest.raises(FetchError, match="private network"):
            await fetcher.get(f"{url}/plain", max_bytes=BIG)


async def test_an_error_page_is_no_file(server: str, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="status 404"):
        await fetcher.get(f"{server}/missing?token=secret", max_bytes=BIG)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://0x7f.1/", "http://[::1]/", "http://169.254.169.254/latest"],
)
async def test_private_addresses_are_refused_by_name_and_by_number(url: str) -> None:
    with pytest.raises(FetchError, match="private network"):
        await Fetcher().get(url, max_bytes=BIG)


@pytest.mark.parametrize("url", ["", "words", "ftp://host.example/", "http://", "http://["])
async def test_what_is_no_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(FetchError, match=r"\.$"):
        await Fetcher().get(url, max_bytes=BIG)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:a00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_no_private_address_passes_for_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(ip_address(address))


async def test_an_answer_that_is_no_http_is_told_of_without_the_address() -> None:
    async def mumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(mumble, "127.0.0.1", 0) as mumbling:
        url = f"http://127.0.0.1:{mumbling.sockets[0].getsockname()[1]}/feed?token=secret"
        with pytest.raises(FetchError) as refused:
            await Fetcher(allows=lambda _address: True).get(url, max_bytes=1000)

    assert str(refused.value) == "127.0.0.1 could not be fetched: it does not answer in HTTP."
