"""The manifest's text, read: data with positions, and what is wrong with it as YAML.

What a key or a value means is not known here. Nothing is raised, whatever the bytes.
"""

from dataclasses import dataclass

from omnibatch.manifest.nodes import Node
from omnibatch.manifest.text.building import build
from omnibatch.manifest.text.keys_written import keys_written
from omnibatch.manifest.text.source import decode
from omnibatch.problems import Problem, in_file_order

__all__ = ["Read", "read_yaml"]


@dataclass(frozen=True, slots=True)
class Read:
    """What a text gave: its top node, or None where it has none, and the findings."""

    node: Node | None
    problems: tuple[Problem, ...]


def read_yaml(data: bytes, file: str) -> Read:
    """Read `data` as one YAML 1.2 document.

    `file` is the path that places show. The node is None if the text cannot be read to
    its end; otherwise it is whole but for what the problems name. Problems come in the
    order of the file.
    """
    source = decode(data, file)
    if isinstance(source, Problem):
        return Read(None, (source,))
    node, problems = build(source)
    return Read(node, in_file_order((*problems, *keys_written(source))))
