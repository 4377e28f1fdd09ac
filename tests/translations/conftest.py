"""A translation service that runs in the test: LibreTranslate's interface, and whatever goes wrong on request."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipeline.sources.http import HttpPolicy

Reply = tuple[int, dict[str, str], bytes]


class Service:
    """A running service, what it was asked, and what it will answer first.

    Attributes:
        questions: Bodies of the questions, oldest first.
        replies: Answers to give before it begins to translate.
    """

    def __init__(self) -> None:
        self.questions: list[dict[str, Any]] = []
        self.replies: list[Reply] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps([{"code": "en", "targets": ["fr"]}, {"code": "fr"}, {"code": "de"}]).encode()
                self.send(service.replies.pop(0) if service.replies else (200, {}, body))

            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.questions.append(question | {"path": self.path})
                said = json.dumps({"translatedText": f" {question['target']}: {question['q']}\n"}).encode()
                self.send(service.replies.pop(0) if service.replies else (200, {}, said))

            def send(self, reply: Reply) -> None:
                status, headers, body = reply
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def will_say(self, *replies: tuple[int, bytes] | Reply) -> None:
        """Answer like this before anything else."""
        self.replies += [reply if len(reply) == 3 else (reply[0], {}, reply[1]) for reply in replies]

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    """A service of one's own."""
    running = Service()
    yield running
    running.close()


@pytest.fixture
def policy() -> HttpPolicy:
    """Two tries without waiting."""
    return HttpPolicy(tries=2, backoff_seconds=0.0, read_timeout_seconds=2.0, max_retry_after_seconds=1.0)
