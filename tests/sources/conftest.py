"""A server that answers by script, for faults no well-behaved server shows."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipeline.sources.http import HttpPolicy


@dataclass
class Answer:
    """What the server sends; `silent_seconds` before anything."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    silent_seconds: float = 0.0
    claimed_length: int | None = None


@dataclass
class Scripted:
    """A running server: where it is, and what it was asked."""

    url: str
    answers: list[Answer]
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    """Start a server that gives the answers (a body, or fields of `Answer`) in order, the last for ever."""
    servers = []

    def start(*answers: bytes | dict[str, Any]) -> Scripted:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                number = len(script.requests)
                script.requests.append((self.path, dict(self.headers)))
                answer = script.answers[min(number, len(script.answers) - 1)]
                stop.wait(answer.silent_seconds)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                length = len(answer.body) if answer.claimed_length is None else answer.claimed_length
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_args: object) -> None: ...

        stop = threading.Event()
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread, stop))
        script = Scripted(
            f"http://127.0.0.1:{server.server_port}",
            [Answer(given) if isinstance(given, bytes) else Answer(**given) for given in answers],
        )
        return script

    yield start
    for server, thread, stop in servers:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def read_timeout() -> float:
    """Seconds that an answer may take: more than a busy machine needs; tests of a silent server give it less."""
    return 10.0


@pytest.fixture
def policy(read_timeout: float) -> HttpPolicy:
    """Three tries without waiting, for servers that fail on purpose."""
    return HttpPolicy(
        contact="ops@example.org",
        tries=3,
        backoff_seconds=0.0,
        connect_timeout_seconds=2.0,
        read_timeout_seconds=read_timeout,
        max_retry_after_seconds=2.0,
    )


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits are noted instead of slept."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits
