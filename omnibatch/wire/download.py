"""Downloads: to a `.part` file, bounded in bytes, seconds and slowness, whole or not at all.

What arrives is checked against the length that was promised. Redirects are followed by
hand, each hop through the guard and over a connection of its own. No credentials are
ever sent. What a broken try has got is built on by the next one, where that is safe.
"""

from dataclasses import replace
from pathlib import Path

import anyio
import httpcore

from omnibatch.failpoints import reach
from omnibatch.wire.bounds import FetchBounds
from omnibatch.wire.dialling import Dialling, open_reply
from omnibatch.wire.exchange import Fetched, NotFetched, words_of
from omnibatch.wire.guard import Admitted, admit
from omnibatch.wire.partial import Begun, PartFile, Unwritable, begun_at, discard, fraction_kept
from omnibatch.wire.ranges import continues, header, length_of, range_headers, strong_etag

__all__ = ["download"]

_MOST_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What a server may answer to a range alone, be it that its signature covers no range.
_OF_RANGES = frozenset({400, 401, 403, 404, 405, 412, 416, 501})
# Answers that a later try, with a URL asked for anew, will not better.
_FINAL = frozenset({410, 451})
_DENIED = frozenset({403, 404}) | _FINAL
_PLAIN = frozenset({"", "identity"})
_ACCEPT = (b"accept", b"video/mp4, */*")


async def download(
    dialling: Dialling, url: str, part: Path, *, loopback: bool, bounds: FetchBounds
) -> Fetched | NotFetched:
    """Fetch `url` into `part`; sync it; say what came of it.

    What stands at `part` is replaced, unless it is the beginning of the same file, as its
    own note and the server both say.
    """
    try:
        with anyio.fail_after(bounds.within_s):
            fetched = await _follow(dialling, url, part, loopback, bounds)
    except TimeoutError:
        fetched = NotFetched(reason=f"not done within {bounds.within_s:g} s")
    except Unwritable as error:
        # The ledger needs the room more than half a clip does, which can be had again.
        discard(part)
        reason = f"{error}; make room and run again: the clip stays at the provider"
        return NotFetched(reason=reason, again=False)
    except Exception as error:  # whatever a library raises, a download is never worth a run
        fetched = NotFetched(reason=words_of(error))
    if isinstance(fetched, Fetched):
        return fetched
    if not fetched.again:
        discard(part)
        return fetched
    return replace(fetched, kept=fraction_kept(part))


async def _follow(
    dialling: Dialling, url: str, part: Path, loopback: bool, bounds: FetchBounds
) -> Fetched | NotFetched:
    hops = 0
    fresh = False
    while True:
        admitted = await admit(url, loopback=loopback)
        if isinstance(admitted, str):
            return NotFetched(reason=f"the clip's address is refused: {admitted}")
        with anyio.move_on_after(bounds.window_s) as window:
            after = None if fresh else begun_at(part, _source(admitted))
            reached = await _one_hop(dialling, admitted, part, after, bounds, window)
        if window.cancelled_caught:
            slow = f"fewer than {bounds.window_bytes} bytes came in {bounds.window_s:g} s"
            return NotFetched(reason=slow)
        if reached is None:
            fresh = True  # going on is not granted: the whole, then
            continue
        if isinstance(reached, Fetched | NotFetched):
            return reached
        hops += 1
        if hops > _MOST_HOPS:
            return NotFetched(reason=f"more than {_MOST_HOPS} redirects")
        url = reached


async def _one_hop(
    dialling: Dialling,
    to: Admitted,
    part: Path,
    after: Begun | None,
    bounds: FetchBounds,
    window: anyio.CancelScope,
) -> Fetched | NotFetched | str | None:
    """Fetch; or return where a redirect points to; or None where it is to be asked for whole."""
    asked = [_ACCEPT, *([] if after is None else range_headers(after.kept))]
    reach("fetch.ask")
    async with open_reply(dialling, to, asked) as reply:
        reach("fetch.answered")
        if reply.status in _REDIRECTS:
            return str(to.url.join(header(reply.headers, b"location")))
        if after is not None and reply.status in _OF_RANGES:
            return None
        if after is not None and reply.status == 206:
            if not continues(reply.headers, after.kept):
                return None
        elif reply.status == 200:
            after = None
        else:
            return NotFetched(
                reason=f"HTTP {reply.status}",
                again=reply.status not in _FINAL,
                denied=reply.status in _DENIED,
            )
        coding = header(reply.headers, b"content-encoding").lower()
        if coding not in _PLAIN:
            return NotFetched(reason=f"it comes as {coding[:20]!r}, which was not asked for")
        length = length_of(reply.headers)
        total = length if after is None else after.kept.total
        if total is not None and total > bounds.most_bytes:
            return NotFetched(reason=f"{total} bytes, limit {bounds.most_bytes}", again=False)
        with PartFile(part, after=after) as file:
            etag = strong_etag(reply.headers)
            ranges = header(reply.headers, b"accept-ranges").lower()
            if etag is not None and total is not None and ranges != "none":
                file.promise(_source(to), etag, total)
            return await _save(reply, file, total, bounds, window)


def _source(to: Admitted) -> str:
    """Where a file is, without what only says who may have it, and until when."""
    return str(to.url.copy_with(query=None, fragment=None))


async def _save(
    reply: httpcore.Response,
    file: PartFile,
    total: int | None,
    bounds: FetchBounds,
    window: anyio.CancelScope,
) -> Fetched | NotFetched:
    lately = 0
    async for chunk in reply.aiter_stream():
        if file.size + len(chunk) > bounds.most_bytes:
            return NotFetched(reason=f"more than {bounds.most_bytes} bytes", again=False)
        file.write(chunk)
        lately += len(chunk)
        if lately >= bounds.window_bytes:
            lately = 0
            window.deadline = anyio.current_time() + bounds.window_s
    if total is not None and file.size != total:
        return NotFetched(reason=f"{file.size} bytes came of {total} promised")
    size = file.size
    return Fetched(bytes=size, sha256=file.finish())
