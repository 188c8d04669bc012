"""What a new folder for manifests holds, and how it gets there. The door.

`film.yaml` beside this file is the manifest that is written, word for word but for its
name; it holds every key a beginner looks for, half of them in comments.
"""

from omnibatch.cli.starter.contents import SCHEMA_FILE, Found, Step, look, steps_for
from omnibatch.cli.starter.writing import carry_out

__all__ = ["SCHEMA_FILE", "Found", "Step", "carry_out", "look", "steps_for"]
