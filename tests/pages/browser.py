"""A headless Chromium asked through its debugging pipe: what a page looks like, says and asks for."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

NAMES = ("chromium", "chromium-browser", "google-chrome")
EXECUTABLE = next(filter(None, map(shutil.which, NAMES)), None)

TO_BROWSER, FROM_BROWSER = 3, 4
"""File descriptors at which Chromium reads commands and writes answers."""


@dataclass
class Seen:
    """What a page did while it was open.

    Args:
        requests: Addresses it asked for, its own first.
        complaints: What the browser put on the console.
    """

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Browser:
    """One tab."""

    def __init__(self, commands: BinaryIO, answers: BinaryIO) -> None:
        self._commands, self._answers = commands, answers
        self._number, self._session, self.seen = 0, None, Seen()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser one thing, taking note of the events that come meanwhile."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        self._commands.write(json.dumps(asked).encode() + b"\0")
        while (answer := self._read()).get("id") != self._number:
            self._note(answer)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def open(self, page: Path, *, width: int, height: int = 900, dark: bool = False) -> Seen:
        """Open a file in a window of this width and wait until it is there."""
        self.seen = Seen()
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=page.as_uri())
        while (event := self._read()).get("method") != "Page.loadEventFired":
            self._note(event)
        return self.seen

    def value(self, expression: str) -> Any:
        """What an expression is worth on the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]

    def picture(self, path: Path) -> None:
        """Keep a picture of the whole page."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        taken = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip={**size, "scale": 1})
        path.write_bytes(base64.b64decode(taken["data"]))

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (one := self._answers.read(1)) != b"\0":
            assert one, "the browser went away"
            text += one
        return json.loads(text)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event["method"] == "Network.requestWillBeSent":
            self.seen.requests.append(params["request"]["url"])
        elif event["method"] == "Log.entryAdded":
            self.seen.complaints.append(params["entry"]["text"])
        elif event["method"] in {"Runtime.consoleAPICalled", "Runtime.exceptionThrown"}:
            self.seen.complaints.append(json.dumps(params))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start Chromium with a profile in this folder, and end it with the block."""
    assert EXECUTABLE
    (ours_out, theirs_out), (theirs_in, ours_in) = os.pipe(), os.pipe()

    def wire() -> None:
        # Moved out of the way first: either pipe may already sit on a number the browser wants.
        read_end, write_end = os.dup(theirs_in), os.dup(theirs_out)
        os.dup2(read_end, TO_BROWSER)
        os.dup2(write_end, FROM_BROWSER)

    process = subprocess.Popen(
        [
            EXECUTABLE,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder}",
        ],
        preexec_fn=wire,  # noqa: PLW1509 - no thread of ours runs between fork and exec
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    with os.fdopen(ours_in, "wb", buffering=0) as commands, os.fdopen(ours_out, "rb") as answers:
        try:
            yield Browser(commands, answers)
        finally:
            process.terminate()
            process.wait(timeout=20)
