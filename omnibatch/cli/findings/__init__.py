"""How problems are shown: for people, for programs, for pull requests. The door."""

from omnibatch.cli.findings.documents import as_json, as_sarif
from omnibatch.cli.findings.excerpts import Excerpts
from omnibatch.cli.findings.workflow import as_workflow_commands

__all__ = ["Excerpts", "as_json", "as_sarif", "as_workflow_commands"]
