"""omnibatch on top of a broken httpx: each paid request raises what no library should raise.

    python breaking_command_line.py COMMAND ...

The error is of a kind that nobody expects, and quotes the whole request, headers and all.
"""

import httpx
from guard import keep_in

keep_in()


async def _break(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
    quoted = [f"{name.decode()}: {value.decode()}" for name, value in request.headers.raw]
    headers = dict(request.headers)
    raise LookupError(
        f"\x1b[2J cannot send {quoted} with {headers} to {request.url}?sign={'-'.join(['signed'] * 2)}"
    )


if __name__ == "__main__":
    httpx.AsyncHTTPTransport.handle_async_request = _break  # type: ignore[method-assign]
    from omnibatch.cli import main

    main()
