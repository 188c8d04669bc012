"""`omnibatch schema`: print a shipped JSON Schema."""

import click

from omnibatch.cli.saying import say
from omnibatch.errors import Exit
from omnibatch.schema import schema_names, schema_text

__all__ = ["command"]


@click.command("schema", epilog="For instance: omnibatch schema manifest > manifest.schema.json")
@click.argument("name", required=False)
def command(name: str | None) -> Exit:
    """Print the JSON Schema NAME; without a name, list them."""
    if name is None:
        for known in schema_names():
            say(known)
    else:
        say(schema_text(name).rstrip("\n"))
    return Exit.DONE
