"""The clips over HTTP: signed links, ranges, and downloads that go wrong by script."""

import hashlib

from starlette.requests import Request
from starlette.types import ASGIApp

from omnibatch.emulator.clips.ranges import Unsatisfiable, byte_range
from omnibatch.emulator.clips.shelf import ClipsClosed
from omnibatch.emulator.dialects.dialect import Dialect
from omnibatch.emulator.faults.fault import Fault
from omnibatch.emulator.faults.interference import disturb, forestall
from omnibatch.emulator.serving.replies import Cut, Halved, Reply
from omnibatch.emulator.studio import Studio
from omnibatch.emulator.task import Task

__all__ = ["download"]


async def download(
    request: Request, dialect: Dialect, task: Task | None, studio: Studio
) -> ASGIApp:
    """Answer a GET or HEAD for the clip of `task`; no key is asked for, only a signature."""
    studio.store.count("downloads")
    if task is None:
        return _storage_error(404, "NoSuchKey")
    fault = studio.script.take("download", dialect.name, task.prompt)
    if fault is not None and fault.do == "not_found":
        return _storage_error(404, "NoSuchKey")
    if fault is not None and fault.do == "expire":
        studio.store.revoke_links(task)
    instead = forestall(fault, dialect)
    if instead is not None:
        return instead
    task = studio.store.find(task.task_id) or task
    if not studio.opens(task, request.query_params.get("sig", "")):
        return _storage_error(403, "AccessDenied")
    if task.phase(studio.now()) != "succeeded":
        return _storage_error(404, "NoSuchKey")
    try:
        clip = await studio.clips.read(task)
    except ClipsClosed:
        return Cut()
    if fault is not None and fault.do == "changed":
        clip = _another(clip)
    return await _spoiled(fault, _whole_or_part(request, clip), studio)


def _another(clip: bytes) -> bytes:
    """Return another whole clip that looks the same: a player skips a `free` box."""
    words = b"changed"
    return clip + (8 + len(words)).to_bytes(4, "big") + b"free" + words


def _whole_or_part(request: Request, clip: bytes) -> Reply:
    """Answer with the clip, or the one range of it that is asked for (RFC 9110, section 14).

    The validator is strong: it is made of the bytes. Only GET knows ranges, and only one
    of the very same file is given.
    """
    etag = f'"{hashlib.sha256(clip).hexdigest()[:32]}"'
    headers = {"accept-ranges": "bytes", "etag": etag}
    wanted = request.headers.get("range") if request.method == "GET" else None
    # A range of another version of the file must not be glued to this one.
    if request.headers.get("if-range", etag) != etag:
        wanted = None
    try:
        span = byte_range(wanted, len(clip))
    except Unsatisfiable:
        headers["content-range"] = f"bytes */{len(clip)}"
        return Reply(status=416, media_type="text/plain; charset=utf-8", headers=headers)
    if span is None:
        return Reply(body=clip, media_type="video/mp4", headers=headers)
    first, last = span
    headers["content-range"] = f"bytes {first}-{last}/{len(clip)}"
    return Reply(status=206, body=clip[first : last + 1], media_type="video/mp4", headers=headers)


async def _spoiled(fault: Fault | None, reply: Reply, studio: Studio) -> ASGIApp:
    if fault is not None and fault.do == "stall":
        return Halved(whole=reply, stopping=studio.stopping, pause_s=fault.seconds)
    if fault is not None and fault.do == "cut":
        return Halved(whole=reply, stopping=studio.stopping, cut_off=True, first=fault.bytes)
    if fault is not None and fault.do == "wrong_length":
        # HTTP is content with it; only the MP4 tells that its last quarter is missing.
        return Reply(
            status=reply.status,
            body=reply.body[: len(reply.body) * 3 // 4],
            media_type=reply.media_type,
            headers=reply.headers,
        )
    return await disturb(fault, reply, studio)


def _storage_error(status: int, code: str) -> Reply:
    """Return the kind of answer that an object store gives."""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Reply(status=status, body=body.encode(), media_type="application/xml")
