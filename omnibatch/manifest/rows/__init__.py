"""Rows of data files, from which shots are made: text in cells, and nothing but text. The door.

A cell is what was written: `1e3` stays `1e3`, an id of 18 digits keeps them all, and
braces mean nothing. What is wrong with a whole column is one problem.
"""

from omnibatch.manifest.rows.reading import read_rows
from omnibatch.manifest.rows.table import Rows

__all__ = ["Rows", "read_rows"]
