"""Catalogues of papers on the loopback: arXiv and Crossref, with what a test put into them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from html import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">\n'
    '<link href="http://arxiv.org/api/query?id_list=x" rel="self" type="application/atom+xml"/>\n'
    "<title type='html'>ArXiv Query: search_query=&amp;id_list=x</title><id>http://arxiv.org/api/Qq</id>\n"
    "<updated>2026-03-14T00:00:00-04:00</updated><opensearch:totalResults>1</opensearch:totalResults>\n"
)
NOTHING = f"{HEAD}</feed>"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org'
    "/abs/2603.00001v1</id><title>&c;</title></entry></feed>"
)


def entry(
    identity: str,
    title: str,
    *,
    authors: tuple[str, ...] = ("Ada Brook", "Ines Okafor"),
    abstract: str = "Buoys drift.\n  They remember where.",
    published: str = "2026-03-01T17:59:58Z",
) -> str:
    """An answer with one paper, in the shape of arXiv's."""
    names = "".join(f"<author>\n<name>{escape(name)}</name>\n</author>" for name in authors)
    return (
        f"{HEAD}<entry><id>http://arxiv.org/abs/{identity}</id><updated>2026-03-09T10:00:00Z</updated>"
        f"<published>{published}</published><title>{escape(title)}</title><summary>  {escape(abstract)}\n</summary>"
        f'{names}<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">9 pages</arxiv:comment>'
        f'<link href="http://arxiv.org/abs/{identity}" rel="alternate" type="text/html"/></entry></feed>'
    )


class Catalogue:
    """What the server answers: in turn, and the last answer from then on."""

    def __init__(self) -> None:
        self.address = ""
        self.answers: list[web.Response | str] = [NOTHING]
        self.asked: list[str] = []
        self.at: list[float] = []
        self.delay = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.raw_path.removeprefix("/asked"))
        self.at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.delay)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            return web.Response(text=answer, content_type="application/atom+xml")
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


@asynccontextmanager
async def catalogue() -> AsyncGenerator[Catalogue]:
    """A running catalogue that has nothing."""
    made = Catalogue()
    app = web.Application()
    app.router.add_get("/asked{path:.*}", made.answer)
    async with TestServer(app) as server:
        made.address = str(server.make_url("/asked"))
        yield made
