"""Which folders lie on a network file system, by mount tables as Linux writes them."""

from pathlib import Path

import pytest

from omnibatch.ledger import network_volume_of

TABLE = """\
22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:30 / /mnt/films rw,relatime shared:2 - nfs4 nas:/films rw,vers=4.2,hard
31 30 0:31 / /mnt/films/scratch rw - tmpfs tmpfs rw,size=1g
32 22 0:32 / /mnt/with\\040space rw - cifs //nas/share rw,vers=3.1.1
33 22 0:33 / /mnt/ssh rw,nosuid - fuse.sshfs ana@host:/ rw
34 22 0:34 / /mnt/own rw,nosuid - fuse.gocryptfs /home/ana/secret rw
35 22 0:35 / /mnt/stick rw - fuseblk /dev/sdb1 rw
36 22 0:36 / /mnt/c rw - 9p C:\\134 rw
37 22 0:37 / /mnt/twice rw - nfs nas:/old rw
38 37 0:38 / /mnt/twice rw - ext4 /dev/vdb1 rw
39 22 0:39 /volumes/x /films rw,relatime master:3 propagate_from:2 - virtiofs host rw
broken line
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    path = tmp_path / "mountinfo"
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ana/film", None),
        ("/mnt/films/harbor/.omnibatch", "nfs4"),
        ("/mnt/films", "nfs4"),
        ("/mnt/films2", None),
        ("/mnt/films/scratch/harbor", None),
        ("/mnt/with space/harbor", "cifs"),
        ("/mnt/ssh/harbor", "fuse.sshfs"),
        ("/mnt/own/harbor", None),
        ("/mnt/stick/harbor", None),
        ("/mnt/c/film", "9p"),
        ("/mnt/twice/film", None),
        ("/films/.omnibatch", "virtiofs"),
    ],
)
def test_the_deepest_and_last_mount_tells(mounts: Path, folder: str, kind: str | None) -> None:
    assert network_volume_of(Path(folder), mounts) == kind


def test_a_link_is_followed(mounts: Path, tmp_path: Path) -> None:
    (tmp_path / "here").symlink_to("/mnt/films/harbor")

    assert network_volume_of(tmp_path / "here", mounts) == "nfs4"


def test_where_nobody_tells_nothing_is_said(tmp_path: Path) -> None:
    assert network_volume_of(tmp_path, tmp_path / "none") is None
