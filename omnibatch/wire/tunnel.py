"""Whether an exchange failed while a proxy was still being asked for a tunnel.

The request goes inside the tunnel, so nothing of it has left by then; httpx gives such a
failure the name that it would have within the exchange itself. httpcore's trace extension
tells them apart: <https://www.encode.io/httpcore/extensions/#trace>.
"""

from collections.abc import Mapping

__all__ = ["TunnelWatch"]


class TunnelWatch:
    """A trace of one request. Only what it has seen fail counts: silence proves nothing."""

    def __init__(self) -> None:
        self._is_asking = False
        self._failures: list[object] = []

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        """Note an event (httpcore's own interface)."""
        request = info.get("request")
        if request is not None:
            self._is_asking = getattr(request, "method", b"") == b"CONNECT"
        elif event.endswith("receive_response_headers.complete"):
            self._is_asking = False
        elif self._is_asking and event.endswith(".failed"):
            self._failures.append(info.get("exception"))

    def saw_fail(self, error: Exception) -> bool:
        """Tell whether `error` stands for a step that failed before there was a tunnel."""
        return any(error.__cause__ is failure for failure in self._failures if failure)
