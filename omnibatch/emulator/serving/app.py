"""The addresses of the emulator, and who answers at each."""

import traceback

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from omnibatch.emulator.clips.downloads import download
from omnibatch.emulator.dialects.apimodels import ApiModels
from omnibatch.emulator.dialects.comet import Comet
from omnibatch.emulator.dialects.dialect import Dialect
from omnibatch.emulator.faults.fault_text import load_faults
from omnibatch.emulator.meter import read_meter
from omnibatch.emulator.serving.creates import create
from omnibatch.emulator.serving.queries import query
from omnibatch.emulator.serving.replies import Reply, html_reply, json_reply
from omnibatch.emulator.studio import Studio

__all__ = ["build_app"]

_COMET = "/kling/v1/videos/omni-video"
_APIMODELS = "/api/v1/video/generations"
_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def build_app(studio: Studio) -> Starlette:
    """Return the ASGI application of one emulator."""
    at = _Addresses(studio)
    app = Starlette(
        routes=[
            Route(_COMET, at.comet_create, methods=["POST"]),
            Route(_COMET + "/{key}", at.comet_query),
            Route(_APIMODELS, at.apimodels_create, methods=["POST"]),
            Route(_APIMODELS, at.apimodels_query),
            Route("/clips/{task_id}.mp4", at.clip),
            Route("/_meter", at.meter),
            Route("/_faults", at.faults),
            Route("/_faults", at.set_faults, methods=["POST"]),
            Route("/_reset", at.reset, methods=["POST"]),
            Route("/{path:path}", _elsewhere, methods=_ANY),
        ],
        exception_handlers={Exception: _bug},
    )
    # A slash too many is a path mistake, and the gateways do not mend those.
    app.router.redirect_slashes = False
    return app


class _Addresses:
    """The endpoints, bound to one studio."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._comet: Dialect = Comet(studio.settings.envelope)
        self._apimodels: Dialect = ApiModels()
        studio.resume_callbacks((self._comet, self._apimodels))

    async def comet_create(self, request: Request) -> ASGIApp:
        return await create(request, self._comet, self._studio)

    async def comet_query(self, request: Request) -> ASGIApp:
        return await query(request, request.path_params["key"], self._comet, self._studio)

    async def apimodels_create(self, request: Request) -> ASGIApp:
        return await create(request, self._apimodels, self._studio)

    async def apimodels_query(self, request: Request) -> ASGIApp:
        key = request.query_params.get("task_id")
        if not key:
            return self._apimodels.invalid("task_id is required")
        return await query(request, key, self._apimodels, self._studio)

    async def clip(self, request: Request) -> ASGIApp:
        task = self._studio.store.find(request.path_params["task_id"])
        comes_from_comet = task is not None and task.dialect == "comet"
        dialect = self._comet if comes_from_comet else self._apimodels
        return await download(request, dialect, task, self._studio)

    async def meter(self, _request: Request) -> ASGIApp:
        return json_reply(read_meter(self._studio.store, self._studio.now()))

    async def faults(self, _request: Request) -> ASGIApp:
        return json_reply({"faults": self._studio.script.as_json()})

    async def set_faults(self, request: Request) -> ASGIApp:
        try:
            faults = load_faults((await request.body()).decode())
        except ValueError as error:
            return json_reply({"error": str(error)}, 400)
        self._studio.script.replace(faults)
        return await self.faults(request)

    async def reset(self, request: Request) -> ASGIApp:
        self._studio.store.reset_meter()
        self._studio.script.restart()
        return await self.meter(request)


async def _elsewhere(request: Request) -> Reply:
    """Answer a path mistake: apimodels.app's own is not known, CometAPI never says 404."""
    path = request.url.path
    if path.startswith(("/api/", "/clips/", "/_")):
        return json_reply({"code": 404, "msg": "Not found"}, 404)
    if request.method == "POST":
        return Reply(status=301, media_type="text/html; charset=utf-8", headers={"location": "/"})
    return html_reply("omnibatch emulator")


async def _bug(_request: Request, error: Exception) -> Response:
    text = "".join(traceback.format_exception(error))
    body = f"BUG: the emulator failed. Please report this.\n\n{text}"
    return PlainTextResponse(body, 500)
