"""What each route of the replica answers: requests in, responses out.

Belongs here: reading requests, faults of transport, status and headers. The content of answers is in
`arxiv_api`, `oai` and `openalex`, which also show the faults of content.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pipeline.replica.allowance import REPLICA_CREDITS, SINGLETON_CREDITS, Allowance, Refusal, plan_refusal
from pipeline.replica.arxiv_api import ArxivApi
from pipeline.replica.entities import KINDS
from pipeline.replica.faults import Api, Fault, FaultInjector, FaultPlan, Plan
from pipeline.replica.filters import QueryError
from pipeline.replica.lines import JsonLines
from pipeline.replica.markup import bombed
from pipeline.replica.oai import OaiServer, PageSizes
from pipeline.replica.openalex import credits_of, listing, not_in_plan, singleton
from pipeline.replica.paging import PaginationError
from pipeline.replica.papers import Papers
from pipeline.replica.store import Store, normal

RESET_IN_SCOPE = "replica.reset"
"""Key of an ASGI scope under which the server puts a function that resets the connection."""

MAX_BODY_BYTES = 1_000_000
"""What a form body has beyond this is not read; the largest real query is a few kB."""
MAX_URL_BYTES = 8_190
"""OpenAlex refuses longer request lines (its gateway, github ourresearch/openalex-api-proxy)."""

_CREDENTIALS = frozenset({"api_key", "api-key", "mailto"})
_HTML = "text/html; charset=utf-8"
_JSON = "application/json"
_PORTAL = b"<!doctype html>\n<html lang=en>\n<title>Please wait</title>\n<h1>Checking your browser</h1>\n"
_NOT_FOUND = (
    b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The "
    b"requested URL was not found on the server. If you entered the URL manually please check your spelling "
    b"and try again.</p>\n"
)

Pairs = list[tuple[str, str]]


class Endpoints:
    """The replica's answers over one data folder.

    Args:
        data: The folder.
        faults: What goes wrong.
        pages: OAI-PMH page sizes.
        clock: The present moment.
    """

    def __init__(self, data: Path, faults: FaultPlan, pages: PageSizes, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._faults = FaultInjector(faults)
        self._allowance = Allowance(REPLICA_CREDITS if faults.budget_after is None else faults.budget_after)
        self._papers = Papers(data)
        self._arxiv = ArxivApi(self._papers, clock)
        self._oai = OaiServer(self._papers, clock, pages)
        self._stores = {kind.name: Store(data, kind) for kind in KINDS}
        self._merged = merged_ids(data)

    def close(self) -> None:
        """Let the data files go."""
        self._papers.close()
        for store in self._stores.values():
            store.close()

    async def atom(self, request: Request) -> Response:
        """`/api/query`."""
        pairs = await _arguments(request)

        def answer(fault: Fault | None) -> Response:
            given = self._arxiv.answer(_first(pairs), fault)
            return Response(given.body, given.status, media_type=given.media_type)

        return await self._with_faults(Api.ATOM, request, pairs, answer)

    async def oai(self, request: Request) -> Response:
        """`/oai`."""
        pairs = await _arguments(request)
        base_url = str(request.url.replace(query=""))

        def answer(fault: Fault | None) -> Response:
            return Response(self._oai.answer(pairs, base_url, fault), media_type="application/xml")

        return await self._with_faults(Api.OAI, request, pairs, answer)

    async def openalex_root(self, _request: Request) -> Response:
        """`/`, which OpenAlex answers with a greeting."""
        return _json({"documentation_url": "/rest-api", "msg": "Don't panic", "version": "0.0.1"})

    async def openalex_list(self, request: Request) -> Response:
        """`/works` and its like."""
        return await self._openalex(request, None)

    async def openalex_singleton(self, request: Request) -> Response:
        """`/works/W123` and its like."""
        return await self._openalex(request, request.path_params["identifier"])

    async def _openalex(self, request: Request, identifier: str | None) -> Response:
        store = self._stores.get(request.path_params["kind"])
        if store is None:
            return Response(_NOT_FOUND, 404, media_type=_HTML)
        pairs = await _arguments(request)
        key = _key(request, pairs)

        def answer(fault: Fault | None) -> Response:
            return self._openalex_answer(store, identifier, pairs, key, fault)

        if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > MAX_URL_BYTES:
            message = f"Your request URL is over the {MAX_URL_BYTES}-byte limit; split it into smaller ones."
            return _json({"error": "Request URL too long", "message": message}, 400)
        return await self._with_faults(Api.OPENALEX, request, pairs, answer)

    def _openalex_answer(
        self, store: Store, identifier: str | None, pairs: Pairs, key: str, fault: Fault | None
    ) -> Response:
        parameters = _first(pairs)
        what = not_in_plan(parameters)
        if what is not None and self._faults.plan.plan is not Plan.MEMBER_PLUS:
            return _refused(plan_refusal(what))
        cost = credits_of(parameters) if identifier is None else SINGLETON_CREDITS
        if not self._allowance.charge(key, cost):
            return _refused(self._allowance.spent(key, cost, self._clock()))
        headers = self._allowance.headers(key, cost, self._clock())
        try:
            _check_one_filter(pairs)
            found = (
                listing(store, parameters, fault) if identifier is None else singleton(store, identifier, parameters)
            )
        except QueryError as error:
            return _json({"error": "Invalid query parameters error.", "message": str(error)}, 400, headers)
        except PaginationError as error:
            return _json({"error": "Pagination error.", "message": str(error)}, 400, headers)
        return self._gone(store, identifier or "", headers) if found is None else _json(found, 200, headers)

    def _gone(self, store: Store, identifier: str, headers: Mapping[str, str]) -> Response:
        """The way to what took a merged thing's place, or nothing there."""
        successor = self._merged.get(normal(identifier))
        if successor is None:
            return Response(_NOT_FOUND, 404, headers, media_type=_HTML)
        return Response(b"", 301, {**headers, "Location": f"/{store.kind.name}/{successor}"})

    async def _with_faults(
        self, api: Api, request: Request, pairs: Pairs, answer: Callable[[Fault | None], Response]
    ) -> Response:
        """The answer, or what the plan puts in its place."""
        fault = self._faults.next(api, _identity(request, pairs))
        match fault:
            case Fault.HTML200:
                response = Response(_PORTAL, media_type=_HTML)
            case Fault.TOO_MANY | Fault.UNAVAILABLE:
                response = self._busy(api, fault, _key(request, pairs))
            case Fault.STALL:
                await _client_gone(request)
                response = Response()
            case Fault.RESET:
                await _reset(request)
                response = Response()
            case Fault.TRUNCATED:
                whole = await run_in_threadpool(answer, None)
                response = _replaced(whole, bytes(whole.body)[: len(whole.body) // 2])
            case Fault.BOMB:
                whole = await run_in_threadpool(answer, None)
                response = _replaced(whole, bombed(bytes(whole.body)))
            case _:
                response = await run_in_threadpool(answer, fault)
        return response

    def _busy(self, api: Api, fault: Fault, key: str) -> Response:
        wait = self._faults.plan.retry_after
        if fault is Fault.TOO_MANY and api is Api.OPENALEX:
            return _refused(self._allowance.burst(key, wait, self._clock()))
        headers = {"Retry-After": str(wait)}
        if fault is Fault.TOO_MANY:
            return Response("Rate exceeded.", 429, headers, media_type="text/plain")
        page = b"<html><head><title>503 Service Unavailable</title></head><body>Retry later.</body></html>"
        return Response(page, 503, headers, media_type=_HTML)


def merged_ids(data: Path) -> dict[str, str]:
    """Id of a merged thing -> id that took its place, from the lines of `openalex_merged.jsonl` when it is there.

    OpenAlex's pages differ on what a merged id gives: without that file it is 404, with it 301.
    """
    lines = JsonLines(data, "openalex_merged.jsonl")
    try:
        return {normal(line.get("id")): normal(line.get("merge_into_id")).upper() for line in lines}
    finally:
        lines.close()


async def _arguments(request: Request) -> Pairs:
    """Names and values of the query, and of the form body of a POST, as received."""
    text = request.scope["query_string"].decode("latin-1")
    if request.method == "POST":
        body = b""
        async for chunk in request.stream():
            body = (body + chunk)[:MAX_BODY_BYTES]
        text = "&".join(part for part in (text, body.decode("latin-1")) if part)
    return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace")


def _check_one_filter(pairs: Pairs) -> None:
    if sum(name == "filter" for name, _ in pairs) > 1:
        raise QueryError("Only one filter parameter is allowed. Combine and separate filters with a comma.")


def _first(pairs: Pairs) -> dict[str, str]:
    """Each parameter's first value, which is the one that counts."""
    return dict(reversed(pairs))


def _identity(request: Request, pairs: Pairs) -> str:
    """What makes two requests the same: path and parameters, credentials aside."""
    asked = sorted(pair for pair in pairs if pair[0] not in _CREDENTIALS)
    return f"{request.url.path}?{urlencode(asked, errors='replace')}"


def _key(request: Request, pairs: Pairs) -> str:
    """The OpenAlex key of a request, empty when it has none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer" and token:
        return token
    return _first(pairs).get("api_key", "")


def _json(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(body).encode(), status, headers, media_type=_JSON)


def _refused(refusal: Refusal) -> Response:
    return Response(refusal.body, 429, refusal.headers, media_type=_JSON)


def _replaced(response: Response, body: bytes) -> Response:
    """The same answer with another body: its length is honest, so only its content tells."""
    kept = {name: value for name, value in response.headers.items() if name not in {"content-length", "content-type"}}
    return Response(body, response.status_code, kept, media_type=response.headers.get("content-type"))


async def _client_gone(request: Request) -> None:
    """Wait until the client hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _reset(request: Request) -> None:
    reset = request.scope.get(RESET_IN_SCOPE)
    if reset is None:
        raise ConnectionResetError("this server cannot reset connections")
    reset()
    # The loop learns of the lost connection on its next turn; an answer before it is logged as an error.
    await asyncio.sleep(0)
