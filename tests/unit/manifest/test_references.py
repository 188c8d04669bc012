"""References and their sources: which may be sent, and which number each gets."""

import os
import subprocess
from pathlib import Path

import pytest

from omnibatch.manifest import Loaded, codes, load_manifest
from omnibatch.manifest.addresses import address_flaw
from omnibatch.manifest.sources import allowed_root
from omnibatch.shots import FileSource


def _load(folder: Path, image: str, root: Path | None = None) -> Loaded:
    manifest = folder / "m.yaml"
    manifest.write_text(
        "version: 1\nprovider: apimodels\nshots:\n"
        f"  - {{id: a, prompt: b, first_frame: {{image: {image!r}}}}}\n",
        "utf-8",
    )
    return load_manifest(manifest, shown="m.yaml", ref_root=root)


def _codes(loaded: Loaded) -> list[str]:
    return [found.code for found in loaded.problems]


def test_path_belongs_to_the_manifests_folder(tmp_path: Path) -> None:
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "pier.png").write_bytes(b"")

    batch = _load(tmp_path, "refs/pier.png").batch

    assert batch is not None
    expected = FileSource(path=tmp_path / "refs" / "pier.png", shown="refs/pier.png")
    assert batch.shots[0].images[0].source == expected


def test_missing_file_names_the_path_and_the_near_one(tmp_path: Path) -> None:
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "pier.png").write_bytes(b"")

    (found,) = _load(tmp_path, "./refs/peir.png").problems

    assert found.code == codes.FILE_MISSING
    assert found.message == "there is no file refs/peir.png"
    assert found.hint == "did you mean ./refs/pier.png?"


def test_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.png").write_bytes(b"")
    (inside / "link.png").symlink_to(tmp_path / "secret.png")

    assert _codes(_load(inside, "link.png")) == [codes.PATH_REFUSED]


def test_path_out_is_refused_before_it_is_looked_at(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "there.png").write_bytes(b"")

    there, not_there = _load(inside, "../there.png"), _load(inside, "../gone.png")

    assert _codes(there) == _codes(not_there) == [codes.PATH_REFUSED]


def test_root_is_the_git_work_tree(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "outside.png").write_bytes(b"")

    assert allowed_root(specs) == Path(os.path.realpath(tmp_path))
    assert _codes(_load(specs, "../outside.png")) == []


def test_root_can_be_given(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (tmp_path / "outside.png").write_bytes(b"")

    assert _codes(_load(specs, "../outside.png", root=tmp_path)) == []


def test_absolute_path_inside_the_root_is_taken(tmp_path: Path) -> None:
    (tmp_path / "pier.png").write_bytes(b"")

    assert _codes(_load(tmp_path, (tmp_path / "pier.png").as_posix())) == []


def test_folder_pipe_and_ring_of_links_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "ring.png").symlink_to(tmp_path / "ring.png")

    for name in ("folder.png", "pipe.png", "ring.png", "pipe.png/x.png", "x" * 300 + ".png"):
        (code,) = _codes(_load(tmp_path, name))
        assert code in (codes.PATH_REFUSED, codes.FILE_MISSING)


@pytest.mark.parametrize(
    "path", ["~/a.png", "file:///a.png", "file:a.png", "C:/a.png", "a\\\\b.png", "/dev/zero", " "]
)
def test_path_that_is_not_relative_is_refused(tmp_path: Path, path: str) -> None:
    assert _codes(_load(tmp_path, path)) == [codes.PATH_REFUSED]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a.png",
        "http://example.com:8080/a.png?x=1#y",
        "HTTPS://EXAMPLE.com/a",
        "https://8.8.8.8/a.png",
        "https://[2606:4700:4700::1111]/a.png",
        "https://bücher.example.com/a.png",
    ],
)
def test_public_address_is_taken(address: str) -> None:
    assert address_flaw(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com/a.png",
        "data:image/png;base64,AAAA",
        "https://",
        "https:///a.png",
        "https://localhost/a.png",
        "https://box/a.png",
        "https://box.local/a.png",
        "https://metadata.google.internal/a.png",
        "https://127.0.0.1/a.png",
        "https://127.1/a.png",
        "https://0x7f.1/a.png",
        "https://2130706433/a.png",
        "https://10.1.2.3/a.png",
        "https://169.254.169.254/latest",
        "https://100.64.0.1/a.png",
        "https://[::1]/a.png",
        "https://[::ffff:10.0.0.1]/a.png",
        "https://[fd00::1]/a.png",
        "https://[fe80::1%25eth0]/a.png",
        "https://[broken/a.png",
        "https://example.com:port/a.png",
        "https://name@example.com/a.png",
        "https://name:word@example.com/a.png",
        "https://example.com/a b.png",
        "https://example.com/" + "a" * 9000,
    ],
)
def test_address_that_no_provider_can_fetch_is_refused(address: str) -> None:
    flaw = address_flaw(address)

    assert flaw is not None
    assert all(flaw)


def test_one_file_is_looked_at_once_for_many_shots(tmp_path: Path) -> None:
    (tmp_path / "pier.png").write_bytes(b"")
    rows = "".join(f"  - {{id: s{n}, prompt: b, first_frame: pier.png}}\n" for n in range(50))
    (tmp_path / "m.yaml").write_text(f"version: 1\nprovider: apimodels\nshots:\n{rows}", "utf-8")

    batch = load_manifest(tmp_path / "m.yaml").batch

    assert batch is not None
    assert len({id(shot.images[0].source) for shot in batch.shots}) == 1
