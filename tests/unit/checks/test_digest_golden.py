"""From the text of a manifest to its digests, which lockfiles keep for years.

The hashes stand here as they were first made: one that changes makes every clip of that
kind stale, for everybody. What a shot buys is in them; how it is written is not.
"""

import struct
import zlib
from pathlib import Path

import pytest

from omnibatch.checks import check
from omnibatch.manifest import load_manifest


def png(shade: int = 0) -> bytes:
    """A grey picture of 320 by 320, whose bytes no version of any library can change."""
    rows = (b"\0" + bytes([shade]) * 40) * 320  # one bit a pixel, eight in a byte
    length = struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF)
    stored = b"\x78\x01\x01" + length + rows + struct.pack(">I", zlib.adler32(rows))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 320, 320, 1, 0, 0, 0, 0)),
        (b"IDAT", stored),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


class Shelf:
    """A folder with two pictures, in which manifests are written and checked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.put("refs/keeper.png", png())
        self.put("refs/pier.png", png(0x55))

    def put(self, name: str, content: str | bytes) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def digests(self, manifest: str | bytes, profile: str | None = None) -> list[str]:
        """The digests of all slots, in the order of the film."""
        self.put("film.yaml", manifest)
        loaded = load_manifest(self.path / "film.yaml", shown="film.yaml", profile=profile)
        assert loaded.batch is not None, [str(found) for found in loaded.problems]
        result = check(loaded.batch)
        assert result.batch is not None, [str(found) for found in result.problems]
        return [shot.digest.removeprefix("sha256:") for shot in result.batch.shots]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


HEAD = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9}\n"
BOTH = "version: 1\nprovider: [cometapi, apimodels]\ndefaults: {model: kling-v3-omni, aspect_ratio: 9:16}\n"

GOLDEN = {
    "from text": (
        HEAD + "shots: [{id: a, prompt: Fog over a small harbour.}]\n",
        "c4b491915e29eac4ce817b22b3fd88fa90d9b556f7c4025a42e2c51933bb89eb",
    ),
    "from text, all said": (
        HEAD + "shots: [{id: a, mode: pro, duration: 10, aspect_ratio: 1:1, style: Grainy.,"
        " prompt: Fog — 霧.}]\n",
        "c7f5c577ca2552e1899390bef91424609c8c90e18673ee64627586b2e1dcec69",
    ),
    "references": (
        HEAD + "references:\n"
        "  keeper: {image: refs/keeper.png}\n"
        "  sides: {image: [refs/pier.png, https://example.com/pier.jpg]}\n"
        "  signed: {image: https://example.com/x.png?sig=1, key: boat-1}\n"
        "  face: {element: 160123456789012345}\n"
        "  sway: {video: https://example.com/sway.mp4}\n"
        "shots:\n"
        '- id: a\n  duration: 7\n  prompt: "{{ ref.face }} and {{ ref.signed }}, {{ ref.keeper }}"\n'
        '- id: b\n  duration: 7\n  prompt: "{{ ref.sides }}, moving like {{ ref.sway }}"\n',
        "f60b1e4104a437e5f66adbd8fd8297d7541cc6830a89c95ca2f0b3dee5a10695",
        "5b9773fbf8d88dc82ed90704c3b3338cd940b84264de5a7656bd6a03bc63089d",
    ),
    "frames": (
        HEAD + "shots: [{id: a, first_frame: refs/pier.png, end_frame: refs/keeper.png,"
        " prompt: Night falls.}]\n",
        "bdb3231fde338e8d0dd717374212386d9c27958f4c51ce2b16ae33117623d181",
    ),
    "edit": (
        HEAD + "shots: [{id: a, edit: https://example.com/walk.mp4, sound: original,"
        ' references: {k: {image: refs/keeper.png}}, prompt: "{{ ref.k }} in {{ edit }}"}]\n',
        "a6ebd4041c8415b984bcc6fbfeb9c4b60b79f631463c0e0f4d6120aabe558927",
    ),
    "extra": (
        HEAD + "shots: [{id: a, prompt: x, extra: {apimodels: {watermark: {on: false, size: 1.50},"
        " list: [1, two, null]}}}]\n",
        "15a3bde33abd687268940f7dfef65424b69260165fc039138bd7192dbad1b217",
    ),
    "omni from text": (
        BOTH + "shots: [{id: a, duration: 12, sound: on, prompt: Gulls.}]\n",
        "de28438f8494807b8340b0381d490951d44a058ba59d8290af062216747f1be8",
    ),
    "omni with parts": (
        BOTH + "references: {keeper: {image: refs/keeper.png}}\n"
        "shots:\n- id: a\n  sound: on\n  style: No music.\n  multi_shot:\n"
        '  - {duration: 3, prompt: "{{ ref.keeper }} looks up."}\n'
        "  - {duration: 4, prompt: A gull.}\n",
        "b4cc69a32c224346780a433966f65b3d11b843461c22d77670c10a771957bfb7",
    ),
    "omni that cuts by itself": (
        BOTH + "shots: [{id: a, multi_shot: auto, duration: 10, prompt: A walk home.}]\n",
        "79e1acb1aa5207974f3cb3943190e597c0c786f770d5a8a465a4c2353183bb39",
    ),
    "omni with a frame": (
        BOTH + "shots: [{id: a, first_frame: refs/pier.png, mode: pro, prompt: Rain.}]\n",
        "074a09a4c7c758780cc52aebf3aa6d381188f8044986979d7ac18dd7b565058a",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_digest_is_what_it_always_was(shelf: Shelf, name: str) -> None:
    manifest, *expected = GOLDEN[name]

    assert shelf.digests(manifest) == expected


# The same words in other forms ------------------------------------------------------

ONE_LINE = GOLDEN["from text"][1]
FORMS = {
    "plain": "prompt: Fog over a small harbour.",
    "plain, on two lines": "prompt: Fog over\n      a small harbour.",
    "single quotes": "prompt: 'Fog over a small harbour.'",
    "double quotes": 'prompt: "Fog over a small harbour."',
    "double quotes, escaped": 'prompt: "Fog over a small harb\\x6fur.\\n"',
    "double quotes, on two lines": 'prompt: "Fog over\n      a small\n      harbour."',
    "literal": "prompt: |\n      Fog over a small harbour.",
    "literal, stripped": "prompt: |-\n      Fog over a small harbour.",
    "literal, kept": "prompt: |+\n      Fog over a small harbour.\n\n",
    "literal, on the next line": "prompt:\n      |\n      Fog over a small harbour.",
    "folded": "prompt: >\n      Fog over\n      a small harbour.",
    "folded, stripped": "prompt: >-\n      Fog over\n      a small\n      harbour.",
    "spaces behind": 'prompt: "Fog over a small harbour.  "',
    "a comment": "prompt: Fog over a small harbour.  # before sunrise",
    "an anchor": "prompt: &fog Fog over a small harbour.\n    note: *fog",
    "a template": "prompt: \"Fog over a {{ 'SMALL' | lower }} harbour.\"",
    "a file": "prompt: {file: fog.md}",
    "a file with a mark and CRLF": "prompt: {file: fog-crlf.md}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_form_of_a_text_is_not_in_the_digest(shelf: Shelf, form: str, end: str) -> None:
    shelf.put("fog.md", "Fog over a small harbour.\n")
    shelf.put("fog-crlf.md", "\ufeffFog over a small harbour.\r\n\r\n")
    manifest = f"{HEAD}shots:\n  - id: a\n    {FORMS[form]}\n".replace("\n", end)

    assert shelf.digests(manifest) == [ONE_LINE]


def test_a_byte_order_mark_is_not_in_the_digest(shelf: Shelf) -> None:
    assert shelf.digests(b"\xef\xbb\xbf" + GOLDEN["from text"][0].encode()) == [ONE_LINE]


def test_the_form_of_two_lines_is_not_in_the_digest(shelf: Shelf) -> None:
    head = HEAD + "vars: {rain: Rain.}\nshots:\n  - id: a\n    "
    forms = (
        "prompt: |\n      Fog.\n      Rain.\n",
        "prompt: |-\n      Fog.\n      Rain.\n",
        'prompt: "Fog.\\nRain."\n',
        "prompt: >\n      Fog.\n\n      Rain.\n",
        "prompt: 'Fog.\n\n      Rain.'\n",
        "prompt: Fog.\n\n      Rain.\n",
        "prompt: |\n      Fog.\n      {{ rain }}\n",
        "prompt: Fog.\n    style: Rain.\n",
        "prompt: |\n      Fog.\n    style: |\n      Rain.\n",
    )

    assert len({tuple(shelf.digests(head + form)) for form in forms}) == 1


BLOCKS = {
    "plain": "a small harbour",
    "quoted": '"a small harbour"',
    "literal": "|\n          a small harbour",
    "literal, stripped": "|-\n          a small harbour",
    "literal, kept": "|+\n          a small harbour\n",
    "folded": ">\n          a small\n          harbour",
}
USES = {
    "variable": "vars:\n    where: BLOCK\nshots:\n  - id: a\n    prompt: Fog over {{ where }}.\n",
    "variable in a variable": "vars:\n    fog: Fog over {{ where }}.\n    where: BLOCK\n"
    'shots:\n  - id: a\n    prompt: "{{ fog }}"\n',
    "matrix": "shots:\n  - id: a\n    prompt: Fog over {{ matrix.w }}.\n"
    "    matrix:\n      w:\n        h: BLOCK\n",
    "list of a matrix": "shots:\n  - id: a\n    prompt: Fog over {{ matrix.w }}.\n"
    "    matrix:\n      w:\n      - BLOCK\n",
    "rows": "shots:\n  - id: '{{ row.id }}'\n    rows: rows.yaml\n"
    "    prompt: Fog over {{ row.w }}.\n",
}


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("use", USES)
def test_the_form_of_a_phrase_is_not_in_the_digest(shelf: Shelf, use: str, block: str) -> None:
    shelf.put("rows.yaml", f"- id: a\n  w: {BLOCKS[block]}\n")

    assert shelf.digests(HEAD + USES[use].replace("BLOCK", BLOCKS[block])) == [ONE_LINE]


# The same shots in other manifests --------------------------------------------------

TWO = list(GOLDEN["references"][1:])
REFERENCES = """\
references:
  keeper: {image: refs/keeper.png}
  sides: {image: [refs/pier.png, https://example.com/pier.jpg]}
  signed: {image: https://example.com/x.png?sig=1, key: boat-1}
  face: {element: 160123456789012345}
  sway: {video: https://example.com/sway.mp4}
"""
A = '{id: a, duration: 7, prompt: "{{ ref.face }} and {{ ref.signed }}, {{ ref.keeper }}"}'
B = '{id: b, duration: 7, prompt: "{{ ref.sides }}, moving like {{ ref.sway }}"}'
SHOTS = f"shots:\n- {A}\n- {B}\n"

MANIFESTS = {
    "as it is": HEAD + REFERENCES + SHOTS,
    "another order of keys": SHOTS
    + REFERENCES
    + "defaults: {aspect_ratio: 16:9}\nprovider: apimodels\nversion: 1\n",
    "comments": "# a film\n" + HEAD.replace("\n", "  # here\n") + REFERENCES + "#\n" + SHOTS,
    "defaults on the shots": HEAD.replace("16:9}", "16:9, duration: 7s}")
    + REFERENCES
    + SHOTS.replace("duration: 7, ", ""),
    "all said on the shots": "version: 1\nprovider: apimodels\n"
    + REFERENCES
    + SHOTS.replace(
        "duration: 7",
        'model: kling-video-o1, mode: std, aspect_ratio: "16:9", sound: off, duration: "7"',
    ),
    "notes, tags, paths and switches": HEAD
    + "name: other\nbudget: 9 USD\nrun: {in_flight: 2}\noutput: clips/{{ shot.id }}\n"
    + REFERENCES
    + SHOTS.replace(
        "duration: 7",
        "duration: 7, note: wide, caption: Dawn, tags: [night], locked: yes, was: 'z-{{ shot.id }}',"
        " callback_url: https://example.com/done, output: 'x/{{ shot.id }}'",
    ),
    "another provider": HEAD.replace("apimodels", "[cometapi, apimodels]") + REFERENCES + SHOTS,
    "other ids": HEAD + REFERENCES + SHOTS.replace("id: a", "id: c").replace("id: b", "id: d"),
    "a scene": HEAD + f"shots:\n- scene: s\n  shots:\n  - {A}\n  - {B}\n" + REFERENCES,
    "a profile": HEAD
    + "profiles: {p: {duration: 7}, q: {}}\nprofile: p\n"
    + REFERENCES
    + SHOTS.replace("duration: 7", "duration: 5"),
    "references of a scene": HEAD
    + "shots:\n- scene: s\n  "
    + REFERENCES.replace("\n", "\n  ")
    + f"shots:\n  - {A}\n  - {B}\n",
    "anchors and merge keys": HEAD
    + REFERENCES
    + f"shots:\n- &a {A}\n- <<: *a\n  id: b\n"
    + '  prompt: "{{ ref.sides }}, moving like {{ ref.sway }}"\n',
    "variables": HEAD
    + "vars: {who: '{{ ref.face }}', way: 'moving like {{ ref.sway }}', secs: 7}\n"
    + REFERENCES
    + SHOTS.replace("{{ ref.face }}", "{{ who }}")
    .replace("moving like {{ ref.sway }}", "{{ way }}")
    .replace("duration: 7", "duration: '{{ secs }}'"),
    "files of their own": HEAD + "include: lib/cast.yaml\nshots:\n- include: scenes/two.yaml\n",
    "a matrix": HEAD
    + REFERENCES
    + "shots:\n- id: m\n  duration: 7\n  matrix:\n    what:\n      a: one\n      b: two\n"
    + "  prompt: \"{% if matrix.what == 'one' %}{{ ref.face }} and {{ ref.signed }}, "
    + '{{ ref.keeper }}{% else %}{{ ref.sides }}, moving like {{ ref.sway }}{% endif %}"\n',
    "files of other names": HEAD
    + REFERENCES.replace("refs/keeper.png", "copies/k.png").replace("refs/pier", "copies/p")
    + SHOTS,
    "references of other names": HEAD
    + REFERENCES.replace("keeper:", "man:").replace("sway:", "swing:")
    + SHOTS.replace("ref.keeper", "ref.man").replace("ref.sway", "ref.swing"),
    "an address with another signature": HEAD + REFERENCES.replace("sig=1", "sig=2") + SHOTS,
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_how_a_film_is_put_together_is_not_in_its_digests(shelf: Shelf, name: str) -> None:
    shelf.put("copies/k.png", png())
    shelf.put("copies/p.png", png(0x55))
    shelf.put("lib/cast.yaml", REFERENCES.replace("refs/", "../refs/"))
    shelf.put("scenes/two.yaml", f"- {A}\n- {B}\n")

    assert shelf.digests(MANIFESTS[name]) == TWO


def test_every_take_and_every_profile_of_one_request_has_one_digest(shelf: Shelf) -> None:
    film = HEAD + "profiles: {draft: {}, final: {}}\nshots: [{id: a, takes: 3, prompt: x}]\n"

    assert len({*shelf.digests(film, "draft"), *shelf.digests(film, "final")}) == 1


def test_rows_buy_what_the_same_shots_written_by_hand_buy(shelf: Shelf) -> None:
    shelf.put("rows.csv", "id;what;mode\na;A pier.;pro\nb;A gull.;\n")
    rows = (
        'shots: [{id: "s-{{ row.id }}", rows: rows.csv, mode: "{{ row.mode }}",'
        ' prompt: "{{ row.what }}"}]\n'
    )
    by_hand = "shots: [{id: s-a, mode: pro, prompt: A pier.}, {id: s-b, prompt: A gull.}]\n"

    assert shelf.digests(HEAD + rows) == shelf.digests(HEAD + by_hand)


# What is in it ----------------------------------------------------------------------

CHANGES = {
    "a word": ("{{ ref.face }} and", "{{ ref.face }} with"),
    "the order of references": (
        "{{ ref.face }} and {{ ref.signed }}, {{ ref.keeper }}",
        "{{ ref.face }} and {{ ref.keeper }}, {{ ref.signed }}",
    ),
    "the bytes of a picture": ("refs/keeper.png", "refs/pier.png"),
    "an address": ("x.png?sig=1, key: boat-1", "x.png?sig=1"),
    "an element": ("160123456789012345", "160123456789012346"),
    "a length": ("duration: 7", "duration: 8"),
    "a ratio": ("16:9", "1:1"),
    "a mode": ("duration: 7", "mode: pro, duration: 7"),
    "a style": ("16:9}", "16:9, style: Grainy.}"),
    "a raw field": ("duration: 7", "extra: {apimodels: {a: 1}}, duration: 7"),
    "a key": ("boat-1", "boat-2"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_is_bought_is_a_change_of_digest(shelf: Shelf, name: str) -> None:
    old, new = CHANGES[name]
    manifest = MANIFESTS["as it is"]
    assert old in manifest

    assert shelf.digests(manifest.replace(old, new))[0] != TWO[0]
