"""A small client of a language server: JSON-RPC over the streams of a process of its own."""

import json
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

__all__ = ["Document", "LanguageServer"]

_PATIENCE_S = 60.0

Json = dict[str, Any]


class Document(NamedTuple):
    """A document open at the server. Lines and columns count from 0, as in the protocol."""

    uri: str
    text: str

    def place_of(self, words: str, skip: int = 0, after: bool = False) -> Json:
        """The position of `words` in the text, or of their end."""
        at = -1
        for _ in range(skip + 1):
            at = self.text.index(words, at + 1)
        before = self.text[: at + len(words) * after]
        return {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}

    def words_at(self, reach: Json) -> str:
        """The words in a range that lies on one line."""
        start, end = reach["start"], reach["end"]
        assert start["line"] == end["line"], reach
        return self.text.splitlines()[start["line"]][start["character"] : end["character"]]


class LanguageServer:
    """A server under way; a context manager that shuts it down as the protocol says.

    Its questions for settings are answered with `settings`, and its other requests with
    nothing. Anything unexpected from it fails the test: an answer that is an error, a
    message that takes too long, an end before its time.
    """

    def __init__(self, command: Sequence[str], settings: Mapping[str, Any], root: Path) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root
        )
        self._settings = settings
        self._root = root
        self._numbers = count(1)
        self._received: queue.Queue[Json | None] = queue.Queue()
        self._diagnostics: dict[str, list[Json]] = {}
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._grumbler = threading.Thread(target=self._read_complaints, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        self._grumbler.start()
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {
                    "completionItem": {
                        "snippetSupport": True,
                        "documentationFormat": ["markdown", "plaintext"],
                    }
                },
                "hover": {"contentFormat": ["markdown", "plaintext"]},
            },
        }
        self._request(
            "initialize",
            {"processId": None, "rootUri": self._root.as_uri(), "capabilities": capabilities},
        )
        self._notify("initialized", {})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._request("shutdown", None)
                self._notify("exit", None)
                self._process.wait(10)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            self._grumbler.join()
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                assert stream is not None
                stream.close()

    def open(self, path: Path, text: str | None = None) -> Document:
        """Open the file at `path`, or `text` as if it stood there; each path only once."""
        document = Document(path.as_uri(), path.read_text("utf-8") if text is None else text)
        item = {"uri": document.uri, "languageId": "yaml", "version": 1, "text": document.text}
        self._notify("textDocument/didOpen", {"textDocument": item})
        return document

    def diagnostics(self, document: Document) -> list[Json]:
        """What the server finds wrong with a document; waits for it."""
        while document.uri not in self._diagnostics:
            self._take()
        return self._diagnostics[document.uri]

    def completion(self, document: Document, position: Json) -> dict[str, Json]:
        """The completions offered at a place, by their labels."""
        found = self._request("textDocument/completion", _at(document, position))
        return {item["label"]: item for item in found["items"]}

    def hover(self, document: Document, position: Json) -> str:
        """The text that appears over a place."""
        found = self._request("textDocument/hover", _at(document, position))
        text: str = found["contents"]["value"] if found else ""
        return text

    def _request(self, method: str, params: Json | None) -> Any:  # a result is any JSON
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        while (message := self._take()).get("id") != number or "method" in message:
            pass
        assert "error" not in message, message
        return message["result"]

    def _notify(self, method: str, params: Json | None) -> None:
        self._send({"method": method, "params": params})

    def _take(self) -> Json:
        """The next message, after what it asks for has been answered."""
        try:
            message = self._received.get(timeout=_PATIENCE_S)
        except queue.Empty:
            raise AssertionError(f"no message in {_PATIENCE_S} s: {self.complaints}") from None
        assert message is not None, f"the server has ended: {self.complaints}"
        method, params = message.get("method"), message.get("params")
        if method == "textDocument/publishDiagnostics":
            self._diagnostics[params["uri"]] = params["diagnostics"]
        elif method is not None and "id" in message:
            self.asked.append(method)
            result = None
            if method == "workspace/configuration":
                result = [self._settings.get(item["section"]) for item in params["items"]]
            self._send({"id": message["id"], "result": result})
        return message

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self._process.stdin
        assert stream is not None
        stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stream.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while head := stream.readline():
            length = 0
            while head.strip():
                name, _, value = head.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                head = stream.readline()
            self._received.put(json.loads(stream.read(length)))
        self._received.put(None)

    def _read_complaints(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.complaints.append(line.decode("utf-8", "replace"))


def _at(document: Document, position: Json) -> Json:
    return {"textDocument": {"uri": document.uri}, "position": position}
