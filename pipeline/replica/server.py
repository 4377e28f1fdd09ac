"""The replica as a program: one ASGI application for three APIs, and ways to run it.

Belongs here: routes, starting and stopping, the connection that can be reset. What each route answers is in
`endpoints`.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import PlainError
from pipeline.replica.endpoints import RESET_IN_SCOPE, Endpoints
from pipeline.replica.faults import FaultPlan
from pipeline.replica.lines import ReplicaDataError
from pipeline.replica.oai import PageSizes

HOST = "127.0.0.1"
"""The replica is for this machine only."""

_POLL_SECONDS = 0.005
_SHUTDOWN_SECONDS = 1
_PATIENCE_SECONDS = 10
"""Time that unanswered requests (a stalled socket) get when the server stops."""


class ReplicaStartError(PlainError, RuntimeError):
    """The server could not start; the message is one sentence with the way out."""


@dataclass(frozen=True, slots=True)
class ReplicaUrls:
    """Base URLs of a running replica. Each also works with the host root in place of its path."""

    arxiv: str
    oai: str
    openalex: str

    @classmethod
    def at(cls, port: int) -> "ReplicaUrls":
        """The URLs of a replica on a port of this machine."""
        root = f"http://{HOST}:{port}"
        return cls(arxiv=f"{root}/api/query", oai=f"{root}/oai", openalex=root)


def create_app(
    data: Path,
    *,
    faults: FaultPlan | None = None,
    pages: PageSizes | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Starlette:
    """The application over a folder of records, read and indexed now.

    Args:
        data: Holds any of `arxiv.jsonl`, `openalex_works.jsonl`, `openalex_authors.jsonl`,
            `openalex_institutions.jsonl` (and `openalex_sources.jsonl`, `openalex_topics.jsonl`,
            `openalex_merged.jsonl`), plain or `.gz`.
        faults: What goes wrong; none means nothing.
        pages: OAI-PMH page sizes, arXiv's own unless given.
        clock: The present moment, for response dates, OAI date rules and the midnight of refusals.

    Raises:
        ReplicaDataError: The folder is missing or a line in it cannot be served.
    """
    if not data.is_dir():
        raise ReplicaDataError(f"The replica's data folder {data} does not exist; create it or name another one.")
    endpoints = Endpoints(data, faults or FaultPlan(), pages or PageSizes(), clock or _now)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        endpoints.close()

    both = ["GET", "POST"]
    return Starlette(
        routes=[
            Route("/api/query", endpoints.atom, methods=both),
            Route("/query", endpoints.atom, methods=both),
            Route("/oai", endpoints.oai, methods=both),
            Route("/oai2", endpoints.oai, methods=both),
            Route("/", endpoints.openalex_root, methods=["GET"]),
            Route("/{kind}", endpoints.openalex_list, methods=["GET"]),
            Route("/{kind}/{identifier:path}", endpoints.openalex_singleton, methods=["GET"]),
        ],
        lifespan=lifespan,
    )


@contextlib.contextmanager
def running(
    data: Path,
    *,
    port: int = 0,
    faults: FaultPlan | None = None,
    pages: PageSizes | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Iterator[ReplicaUrls]:
    """A replica in a thread of its own for the time of a `with` block, ready when the block begins.

    Args:
        data: As for `create_app`.
        port: 0 chooses a free one.
        faults: As for `create_app`.
        pages: As for `create_app`.
        clock: As for `create_app`.

    Raises:
        ReplicaStartError: The port is taken.
        ReplicaDataError: As for `create_app`.
    """
    app = create_app(data, faults=faults, pages=pages, clock=clock)
    with _listening(port) as listener:
        server = uvicorn.Server(_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="replica", daemon=True)
        thread.start()
        try:
            while not server.started:
                thread.join(_POLL_SECONDS)
                if not thread.is_alive():
                    raise ReplicaStartError("The replica stopped while starting; its log says why.")
            yield ReplicaUrls.at(listener.getsockname()[1])
        finally:
            server.should_exit = True
            # Once in some thousand tests uvicorn did not end by itself; as a daemon it ends with the process.
            thread.join(_PATIENCE_SECONDS)


def serve(
    data: Path,
    *,
    port: int,
    faults: FaultPlan | None = None,
    ready: Callable[[ReplicaUrls], None] | None = None,
) -> None:
    """Run a replica until it is interrupted.

    Args:
        data: As for `create_app`.
        port: 0 chooses a free one.
        faults: As for `create_app`.
        ready: Told the URLs once the port is open.

    Raises:
        ReplicaStartError: The port is taken.
        ReplicaDataError: As for `create_app`.
    """
    app = create_app(data, faults=faults)
    with _listening(port) as listener, contextlib.suppress(KeyboardInterrupt):
        if ready is not None:
            ready(ReplicaUrls.at(listener.getsockname()[1]))
        uvicorn.Server(_config(app)).run(sockets=[listener])


class ResettableProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; requests carry a function that resets their connection."""

    def connection_made(self, transport: Any) -> None:
        """Give every request of this connection the way to reset it."""
        super().connection_made(transport)
        answer = self.app

        def reset() -> None:
            # Lingering for 0 seconds makes the kernel send RST in place of an orderly FIN.
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()

        async def resettable(scope: Scope, receive: Receive, send: Send) -> None:
            await answer({**scope, RESET_IN_SCOPE: reset}, receive, send)

        self.app = resettable


def _config(app: Starlette) -> uvicorn.Config:
    """Quiet but for errors: no access log, no start-up banner, the process's own logging left alone."""
    return uvicorn.Config(
        app,
        http=ResettableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise ReplicaStartError(
            f"The replica cannot listen on port {port} ({error.strerror}); choose another port."
        ) from error
    with contextlib.closing(listener):
        yield listener


def _now() -> datetime:
    return datetime.now(UTC)
