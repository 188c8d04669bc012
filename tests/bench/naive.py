"""What one would write first: each library used as its first page shows it.

The whole file by `yaml.safe_load`; `from_string` for each template of each shot; the
shipped schema's judge over each shot as rendered; JSON and SHA-256. The validator and the
environment are made once, the way their pages tell to, and cells are put in as text. It
gives no places, and knows neither limits nor prices: it is the floor of what is asked.
"""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jsonschema import Draft202012Validator

__all__ = ["digests"]

_SCHEMA = Path(__file__).parents[2] / "schemas" / "manifest.schema.json"


def digests(manifest: Path) -> tuple[object, list[str]]:
    """The data that was read, and the digest of each shot."""
    data = yaml.safe_load(manifest.read_text("utf-8"))
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    validator = Draft202012Validator({"$ref": "#/$defs/shot", "$defs": schema["$defs"]})
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    found = []
    for shot, names in _shots(data, manifest.parent):
        names |= data["vars"]
        rendered = {
            key: environment.from_string(value).render(names)
            if isinstance(value, str) and "{{" in value
            else value
            for key, value in shot.items()
        }
        rendered = {key: value for key, value in rendered.items() if value != ""}
        if rendered.get("sound") is False:
            rendered["sound"] = "off"  # YAML 1.1 takes the word for a boolean
        errors = list(validator.iter_errors(rendered))
        assert not errors, errors[0].message
        bought = {**data["defaults"], **rendered}
        text = json.dumps(bought, sort_keys=True)
        found.append(hashlib.sha256(text.encode()).hexdigest())
    return data, found


def _shots(data: dict[str, Any], folder: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each shot as written, and the names that its templates use."""
    for shot in data["shots"]:
        if "rows" not in shot:
            tokens = {name: f"<<<image_{at}>>>" for at, name in enumerate(shot["references"], 1)}
            yield shot, {"shot": shot, "ref": tokens}
            continue
        written = {key: value for key, value in shot.items() if key != "rows"}
        with (folder / shot["rows"]["file"]).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["active"] == "yes":
                    yield written, {"row": row}
