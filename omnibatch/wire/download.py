"""Downloads: to a `.part` file, bounded in bytes and time, and whole or not at all.

What arrives is checked against the length that was promised. Redirects are followed by
hand, each hop through the guard. No credentials are ever sent.
"""

import hashlib
from pathlib import Path
from urllib.parse import urljoin

import anyio
import httpx

from omnibatch import disk
from omnibatch.endpoints import without_queries
from omnibatch.wire.exchange import Fetched, NotFetched
from omnibatch.wire.guard import objection_to

__all__ = ["download"]

# A 15 s clip at 1080p is some 40 MB; the bounds are for streams that never end.
_MOST_BYTES = 2 * 1024**3
_MOST_SECONDS = 1800
_MOST_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Answers that a later try, with a URL asked for anew, will not better.
_FINAL = frozenset({410, 451})


async def download(
    client: httpx.AsyncClient, url: str, part: Path, *, loopback: bool
) -> Fetched | NotFetched:
    """Fetch `url` into `part`, replacing what is there; sync it; say what came of it."""
    try:
        with anyio.fail_after(_MOST_SECONDS):
            for _ in range(_MOST_HOPS + 1):
                objection = await objection_to(url, loopback=loopback)
                if objection is not None:
                    return NotFetched(reason=f"the clip's address is refused: {objection}")
                reached = await _one_hop(client, url, part)
                if not isinstance(reached, str):
                    return reached
                url = reached
            return NotFetched(reason=f"more than {_MOST_HOPS} redirects")
    except TimeoutError:
        return NotFetched(reason=f"not done within {_MOST_SECONDS} s")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        return NotFetched(reason=without_queries(reason))
    except OSError as error:
        return NotFetched(reason=f"{part}: {error.strerror or error}", again=False)


async def _one_hop(client: httpx.AsyncClient, url: str, part: Path) -> Fetched | NotFetched | str:
    """Fetch, or return where a redirect points to."""
    async with client.stream("GET", url, headers={"accept": "video/mp4, */*"}) as reply:
        if reply.status_code in _REDIRECTS:
            return urljoin(url, str(reply.headers.get("location", "")))
        if reply.status_code != 200:
            again = reply.status_code not in _FINAL
            return NotFetched(reason=f"HTTP {reply.status_code}", again=again)
        promised = _length(reply)
        if promised is not None and promised > _MOST_BYTES:
            return NotFetched(reason=f"{promised} bytes, limit {_MOST_BYTES}", again=False)
        return await _save(reply, part, promised)


def _length(reply: httpx.Response) -> int | None:
    text = reply.headers.get("content-length", "")
    return int(text) if text.isdecimal() else None


async def _save(reply: httpx.Response, part: Path, promised: int | None) -> Fetched | NotFetched:
    hashed = hashlib.sha256()
    size = 0
    disk.make_folder(part.parent)
    fd = disk.create(part)
    try:
        async for chunk in reply.aiter_raw(1024 * 1024):
            size += len(chunk)
            if size > _MOST_BYTES:
                return NotFetched(reason=f"more than {_MOST_BYTES} bytes", again=False)
            disk.write(fd, chunk, "clip")
            hashed.update(chunk)
        disk.sync(fd, "clip")
    finally:
        disk.close(fd)
    if promised is not None and size != promised:
        return NotFetched(reason=f"{size} bytes came of {promised} promised")
    return Fetched(bytes=size, sha256=hashed.hexdigest())
