"""Folders that a repository cannot hold, or had better not: made by a recipe, each time.

A recipe makes `film.yaml`, and what it needs, in an empty folder; beside it stands what
must be said of it: the place and the code of a problem.
"""

import os
import zlib
from collections.abc import Callable
from pathlib import Path

__all__ = ["BOMBS", "LARGEST", "Bomb"]

Bomb = Callable[[Path], None]

BOMBS: dict[str, tuple[Bomb, str]] = {}

# Nearly as many values as a text may hold: these cost what so many shots cost.
LARGEST = frozenset({"four-million-equal-tags", "three-thousand-parts-in-each-shot"})

_HEAD = """\
version: 1
provider: apimodels
defaults: {duration: 5, aspect_ratio: 16:9}
"""
_SHOT = "shots:\n  - {id: one, prompt: A pier.}\n"


def _bomb(said: str) -> Callable[[Bomb], Bomb]:
    def keep(made: Bomb) -> Bomb:
        BOMBS[made.__name__.replace("_", "-")] = (made, said)
        return made

    return keep


def _film(folder: Path, text: str) -> None:
    (folder / "film.yaml").write_text(_HEAD + text, encoding="utf-8")


def _of_rows(folder: Path, file: str, content: str, prompt: str = "A pier.") -> None:
    (folder / file).write_text(content, encoding="utf-8")
    _film(folder, f'shots:\n  - {{id: "one-{{{{ row.a }}}}", rows: {file}, prompt: "{prompt}"}}\n')


# Text ------------------------------------------------------------------------------


@_bomb("film.yaml: OB200")
def yaml_of_a_terabyte(folder: Path) -> None:
    with (folder / "film.yaml").open("wb") as file:
        file.truncate(1 << 40)


@_bomb("film.yaml:4:8: OB107")
def list_of_millions(folder: Path) -> None:
    _film(folder, "shots: [" + "a," * 4_000_000 + "a]\n")


@_bomb("film.yaml:5:3: OB107")
def list_of_as_many_lines(folder: Path) -> None:
    _film(folder, "shots:\n" + "  - a\n" * 2_000_000)


@_bomb("film.yaml:4:8: OB107")
def list_of_lists(folder: Path) -> None:
    _film(folder, "shots: [" + "[]," * 3_000_000 + "[]]\n")


@_bomb("film.yaml:5:3: OB107")
def map_of_millions(folder: Path) -> None:
    _film(folder, "vars:\n" + "".join(f"  v{n}: a\n" for n in range(500_000)) + _SHOT)


@_bomb("film.yaml:1:1: OB107")
def one_key_half_a_million_times(folder: Path) -> None:
    _film(folder, _SHOT + "k: a\n" * 500_000)


@_bomb("film.yaml:4:66: OB126")
def millions_deep(folder: Path) -> None:
    _film(folder, "vars: " + "[" * 4_000_000)


@_bomb("film.yaml: OB108")
def a_tag_on_each_shot(folder: Path) -> None:
    _film(folder, "shots:\n" + "".join(f"  - !x {{id: s{n}}}\n" for n in range(10_000)))


@_bomb("film.yaml: OB108")
def comments_in_each_line(folder: Path) -> None:
    _film(folder, "shots:\n" + "  - {id: a}\n  - two words #c\n" * 5_000)


@_bomb("film.yaml: OB108")
def dashes_without_a_space(folder: Path) -> None:
    _film(folder, _SHOT + "note:\n" + "  - -a\n    - b\n" * 10_000)


@_bomb("OB110")
def a_mistake_below_a_million_comments(folder: Path) -> None:
    _film(folder, _SHOT + "x: y # z\n" + "a\n" + "b: c # d\n" * 1_000_000)


@_bomb("film.yaml: OB108")
def a_wrong_value_in_each_shot(folder: Path) -> None:
    shots = (f"  - {{id: s{n}, prompt: x, mode: best{n}}}\n" for n in range(20_000))
    _film(folder, "shots:\n" + "".join(shots))


@_bomb("film.yaml:6:13: OB512")
def a_prompt_of_forty_megabytes(folder: Path) -> None:
    text = ("      " + "x" * 90 + "\n") * 400_000
    _film(folder, f"shots:\n  - id: one\n    prompt: |\n{text}")


@_bomb("film.yaml:5:32: OB107")
def a_list_of_tags(folder: Path) -> None:
    tags = ", ".join(f"t{n}" for n in range(30_000))
    _film(folder, f"shots:\n  - {{id: one, prompt: x, tags: [{tags}, {{}}]}}\n")


@_bomb("film.yaml:5:31: OB209")
def a_hundred_shots_of_equal_tags(folder: Path) -> None:
    tags = ",".join(["a"] * 3000)
    shots = (f"  - {{id: s{n}, prompt: x, tags: [{tags}]}}\n" for n in range(100))
    _film(folder, "shots:\n" + "".join(shots))


@_bomb("film.yaml:5:31: OB209")
def four_million_equal_tags(folder: Path) -> None:
    tags = ",".join(["a"] * 9000)
    shots = (f"  - {{id: s{n}, prompt: x, tags: [{tags}]}}\n" for n in range(430))
    _film(folder, "shots:\n" + "".join(shots))


@_bomb("film.yaml:5:26: OB209")
def three_thousand_parts_in_each_shot(folder: Path) -> None:
    parts = ",".join(["{prompt: x, duration: 1}"] * 3000)
    shots = (f"  - {{id: s{n}, multi_shot: [{parts}]}}\n" for n in range(200))
    _film(folder, "shots:\n" + "".join(shots))


@_bomb("film.yaml: OB108")
def a_key_that_is_misspelt_in_each_shot(folder: Path) -> None:
    shots = (f"  - {{id: a{n}, promt: {n}}}\n" for n in range(240_000))
    _film(folder, "shots:\n" + "".join(shots))


# Templates -------------------------------------------------------------------------


@_bomb("film.yaml:7:24: OB304")
def a_variable_of_megabytes_many_times(folder: Path) -> None:
    uses = "{{ big }}" * 1700
    big = "x" * 20_000_000
    _film(folder, f"vars:\n  big: {big}\nshots:\n  - {{id: one, prompt: '{uses}'}}\n")


@_bomb("film.yaml:5:55: OB304")
def a_cell_of_megabytes_many_times(folder: Path) -> None:
    cell = "x" * 20_000_000
    prompt = "{{ " + " ~ ".join(["row.big | upper"] * 200) + " }}"
    _of_rows(folder, "rows.json", f'[{{"a": "1", "big": "{cell}"}}]', prompt)


@_bomb("OB304")
def filters_that_are_never_done(folder: Path) -> None:
    long = "x " * 30_000
    title = " | title" * 30
    shots = (
        f'  - {{id: s{n}, prompt: "{{{{ (a{title}) | truncate(1, true, 0) }}}} {n}"}}\n'
        for n in range(300)
    )
    _film(folder, f"vars: {{a: {long}}}\nshots:\n" + "".join(shots))


@_bomb("OB301")
def ten_thousand_pieces_of_code(folder: Path) -> None:
    _film(folder, "shots:\n  - id: one\n    prompt: |\n      " + "{{ a|b }}" * 1800 + "\n")


@_bomb("film.yaml:5:14: OB209")
def a_reference_of_a_thousand_images(folder: Path) -> None:
    images = ", ".join(f"'https://example.com/{n}.png'" for n in range(1000))
    _film(
        folder,
        f"references:\n  k: {{image: [{images}]}}\n"
        f"shots:\n  - {{id: one, prompt: '{'{{ref.k}}' * 1700}'}}\n",
    )


# Shots -----------------------------------------------------------------------------


@_bomb("OB233")
def a_matrix_with_too_much_left_out(folder: Path) -> None:
    names = ", ".join(f"n{n}" for n in range(100))
    left_out = ", ".join(["{x: n1, y: zz}"] * 9000)
    matrix = f"{{x: [{names}], y: [{names}], exclude: [{left_out}]}}"
    _film(folder, f"shots:\n  - {{id: one, prompt: x, matrix: {matrix}}}\n")


@_bomb("film.yaml: OB108")
def rows_that_are_all_wrong(folder: Path) -> None:
    content = "a\n" + "".join(f"{n}\n" for n in range(200_000))
    (folder / "rows.csv").write_text(content)
    _film(
        folder,
        'shots:\n  - {id: "one-{{ row.a }}", rows: rows.csv, prompt: x, mode: "{{ row.a }}"}\n',
    )


@_bomb("OB316")
def a_ring_of_frames(folder: Path) -> None:
    shots = (
        f"  - {{id: s{n}, prompt: x, first_frame: {{shot: s{(n + 1) % 20_000}}}}}\n"
        for n in range(20_000)
    )
    _film(folder, "shots:\n" + "".join(shots))


@_bomb("film.yaml: OB108 these problems came up again")
def wrong_shots_that_are_included_again_and_again(folder: Path) -> None:
    shots = "".join(f"- {{id: s{n}, prompt: x, mode: best}}\n" for n in range(1000))
    (folder / "part.yaml").write_text(shots)
    _film(folder, "shots:\n" + "  - include: part.yaml\n" * 1000)


@_bomb("film.yaml:4:1: OB209")
def profiles_without_end(folder: Path) -> None:
    profiles = ", ".join(f"p{n}: {{mode: pro}}" for n in range(1000))
    _film(folder, f"profiles: {{{profiles}}}\nprofile: p1\n{_SHOT}")


@_bomb("film.yaml:4:10: OB107")
def includes_without_end(folder: Path) -> None:
    files = ", ".join("./" * (n % 50) + "lib.yaml" for n in range(11_000))
    _film(folder, f"include: [{files}]\n{_SHOT}")


@_bomb("part17.yaml:1:12: OB220")
def includes_that_double(folder: Path) -> None:
    for n in range(18):
        (folder / f"part{n}.yaml").write_text(f"- include: part{n + 1}.yaml\n" * 2)
    (folder / "part18.yaml").write_text("- {id: one, prompt: x}\n")
    _film(folder, "shots:\n" + "  - include: part0.yaml\n" * 2)


@_bomb("OB233")
def shots_that_are_included_again_and_again(folder: Path) -> None:
    shots = "".join(f"- {{id: s{n}, prompt: x}}\n" for n in range(1000))
    (folder / "part.yaml").write_text(shots)
    _film(folder, "shots:\n" + "  - include: part.yaml\n" * 1000)


@_bomb("film.yaml:27:5: OB125")
def aliases_of_aliases(folder: Path) -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    (folder / "lib.yaml").write_text("\n".join(lines) + "\n")
    _film(
        folder, "shots:\n  - &s [&x {id: a, prompt: x}" + ",*x" * 9000 + "]\n" + "  - *s\n" * 1000
    )


# Rows ------------------------------------------------------------------------------


@_bomb("rows.csv:1:1: OB348")
def a_cell_of_a_hundred_megabytes(folder: Path) -> None:
    _of_rows(folder, "rows.csv", "a" * 100_000_000)


@_bomb("rows.csv:1:1: OB348")
def ten_million_columns(folder: Path) -> None:
    _of_rows(folder, "rows.csv", "a," * 10_000_000)


@_bomb("rows.csv:2:1: OB348")
def a_row_of_millions_of_lines(folder: Path) -> None:
    _of_rows(folder, "rows.csv", "a,b\n" + '"a\n",' * 3_000_000)


@_bomb("rows.csv:2:1: OB345")
def a_quote_that_is_never_closed(folder: Path) -> None:
    _of_rows(folder, "rows.csv", 'a,b\n"' + "x\n" * 5_000_000)


@_bomb("rows.csv:10002:1: OB348")
def a_thousand_columns_of_many_rows(folder: Path) -> None:
    head = ",".join(f"c{n}" for n in range(1000))
    _of_rows(folder, "rows.csv", head + "\n" + (",".join(["1"] * 1000) + "\n") * 12_000)


@_bomb("rows.csv:2000001:1: OB348")
def millions_of_empty_rows(folder: Path) -> None:
    _of_rows(folder, "rows.csv", "a,b\n" + ",\n" * 3_000_000)


@_bomb("rows.json:1:2: OB345")
def a_row_of_many_keys_of_which_one_is_there_twice(folder: Path) -> None:
    pairs = ", ".join(f'"k{n}": 1' for n in range(200_000))
    _of_rows(folder, "rows.json", f'[{{{pairs}, "k199999": 2}}]')


@_bomb("rows.json:1:1: OB348")
def a_cell_of_millions_of_numbers(folder: Path) -> None:
    _of_rows(folder, "rows.json", '[{"a": [' + "1," * 4_000_000 + "1]}]")


@_bomb("OB348")
def rows_that_share_no_column(folder: Path) -> None:
    lines = "".join(f'{{"k{n % 1000}": 1}}\n' for n in range(300_000))
    _of_rows(folder, "rows.jsonl", lines)


# Files -----------------------------------------------------------------------------


@_bomb("film.yaml:4:11: OB321")
def links_that_lead_out(folder: Path) -> None:
    for name, target in (("out", "/etc/passwd"), ("zero", "/dev/zero"), ("ring", "ring")):
        (folder / name).symlink_to(target)
    (folder / "folder").symlink_to("/etc")
    _film(
        folder,
        "include: [out, zero, ring, folder/passwd]\nshots:\n  - include: out\n"
        "  - {id: one, prompt: {file: out}}\n  - {id: two, prompt: x, first_frame: {image: zero}}\n",
    )


@_bomb("film.yaml:5:30: OB321 fifo is a pipe")
def pipes_that_nobody_writes_to(folder: Path) -> None:
    os.mkfifo(folder / "fifo")
    _film(
        folder,
        "shots:\n  - {id: one, prompt: {file: ./fifo}}\n"
        "  - {id: two, prompt: x, first_frame: {image: fifo}}\n"
        '  - {id: "three-{{ row.a }}", prompt: x, rows: {file: fifo, format: csv}}\n',
    )


@_bomb("film.yaml: OB200")
def a_manifest_that_is_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "film.yaml")


@_bomb("film.yaml: OB200")
def a_manifest_without_end(folder: Path) -> None:
    (folder / "film.yaml").symlink_to("/dev/zero")


# Pictures --------------------------------------------------------------------------


def _of_picture(folder: Path, content: bytes) -> None:
    (folder / "a.png").write_bytes(content)
    text = "shots:\n  - {id: one, prompt: x, first_frame: {image: a.png}}\n"
    (folder / "film.yaml").write_text(f"version: 1\nprovider: apimodels\n{text}")


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data).to_bytes(4)
    return len(data).to_bytes(4) + name + data + check


def _png(side: int, *, depth: int, colour: int, before: bytes = b"") -> bytes:
    channels = {0: 1, 2: 3, 6: 4}[colour]
    row = bytes(1 + (side * depth * channels + 7) // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = side.to_bytes(4) * 2 + bytes((depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + (
        _chunk(b"IHDR", head) + before + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    )


@_bomb("film.yaml:4:39: OB405")
def a_picture_of_a_terabyte(folder: Path) -> None:
    _of_picture(folder, b"\x89PNG\r\n\x1a\n")
    with (folder / "a.png").open("r+b") as file:
        file.truncate(1 << 40)


@_bomb("film.yaml:4:39: OB406")
def a_picture_of_a_hundred_megapixels(folder: Path) -> None:
    _of_picture(folder, _png(10_000, depth=1, colour=0))


@_bomb("film.yaml:4:39: OB415")
def a_picture_of_millions_of_chunks(folder: Path) -> None:
    _of_picture(folder, _png(400, depth=8, colour=2, before=_chunk(b"teXt", b"") * 500_000))


@_bomb("film.yaml:4:39: OB409")
def a_picture_with_a_book_in_it(folder: Path) -> None:
    words = _chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 50_000_000, 9))
    _of_picture(folder, _png(400, depth=8, colour=2, before=words))


@_bomb("film.yaml:4:39: OB415")
def a_picture_of_millions_of_comments(folder: Path) -> None:
    _of_picture(folder, b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000)


@_bomb("film.yaml:4:39: OB406")
def a_picture_that_is_painted_in_one_go(folder: Path) -> None:
    from io import BytesIO

    from PIL import Image

    made = BytesIO()
    picture = Image.new("CMYK", (7000, 7000))
    picture.save(made, "JPEG", quality=10, progressive=True)
    _of_picture(folder, made.getvalue())


@_bomb("film.yaml:4:32: OB431")
def a_video_of_a_terabyte(folder: Path) -> None:
    with (folder / "a.mp4").open("wb") as file:
        file.write(b"\0\0\0\x18ftypmp42")
        file.truncate(1 << 40)
    text = "shots:\n  - {id: one, prompt: x, edit: {video: a.mp4}}\n"
    (folder / "film.yaml").write_text(f"version: 1\nprovider: apimodels\n{text}")
