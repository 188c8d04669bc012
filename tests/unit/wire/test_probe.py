import gzip, json
from dataclasses import replace
from .listening import Listener
from .conftest import Dialled
from omnibatch.wire import WireSettings
from omnibatch.wire.guard import objection_to
import anyio
def test_all(dialled):
    def ok(call):
        call.read(); call.answer(200, gzip.compress(b'{"code":200}'), content_encoding="gzip")
    with Listener(ok) as l:
        print(dialled.create(l.url))
        for key in ("a\nb-SECRET", "clé-SECRET", "a b", " SECRET "):
            try: print(repr(key), dialled.create(l.url, key=key))
            except BaseException as e: print("EXC", repr(key), type(e), e)
    with Listener(lambda c: (c.read(), c.answer(200)), host="127.0.0.2") as l, Listener(lambda c: (c.read(), c.answer(418))) as proxy:
        dialled.settings = WireSettings(proxy=proxy.url)
        print("127.0.0.2", dialled.create(l.url), len(proxy.calls))
    with Listener(lambda c: (c.read(), c.answer(200)), host="::1") as l, Listener(lambda c: (c.read(), c.answer(418))) as proxy:
        dialled.settings = WireSettings(proxy=proxy.url)
        print("::1", dialled.create(l.url), len(proxy.calls))
        print(proxy.url, repr(WireSettings(proxy="http://u:pw@h")))
        print(dialled.create("https://example.invalid"), [c.received for c in proxy.calls])
    for u in ["https://127.0.0.1","https://169.254.169.254","https://[::ffff:127.0.0.1]","https://[::ffff:10.0.0.1]","https://10.0.0.1","https://[64:ff9b::a00:1]","https://[2002:a00:1::]","https://100.64.0.1","https://0.0.0.0","https://[::]","https://[fe80::1]","https://224.0.0.1","https://1","https://0x7f000001","https://192.0.2.1","https://[fd00::1]","https://[::ffff:0:127.0.0.1]","https://8.8.8.8","https://198.18.0.1", "https://[2001::1]", "https://192.88.99.1","https://255.255.255.255", "https://[::7f00:1]","https://[::ffff:8.8.8.8]", "https://localhost.","https://2130706433", "https://8.8.8.8:0", "https://8.8.8.8:99999","https://u@8.8.8.8","https://:p@8.8.8.8","https://@8.8.8.8","HTTPS://8.8.8.8"]:
        print(u, anyio.run(lambda: objection_to(u, loopback=False)))
    assert 0
