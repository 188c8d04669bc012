"""The `run` block of a manifest: how hard a run may press, and how long it waits."""

from omnibatch.manifest import nodes
from omnibatch.manifest.expansion.fields import read_span, rounded
from omnibatch.shots import RunSettings

__all__ = ["run_settings"]


def run_settings(manifest: nodes.Mapping) -> RunSettings:
    """What the manifest says under `run`, which the schema has judged, else what is built in."""
    node = manifest.get("run")
    written = {
        key.text: value.text
        for key, value in (node if isinstance(node, nodes.Mapping) else ())
        if isinstance(value, nodes.Scalar)
    }
    built_in = RunSettings()
    spans = {
        key: read_span(written[key]) if key in written else None
        for key in ("poll_first", "poll_longest", "patience", "stalled_after")
    }
    return RunSettings(
        in_flight=int(rounded(written["in_flight"]))
        if "in_flight" in written
        else built_in.in_flight,
        submits_per_minute=rounded(written["submits_per_minute"])
        if "submits_per_minute" in written
        else None,
        poll_first=spans["poll_first"] or built_in.poll_first,
        poll_longest=spans["poll_longest"] or built_in.poll_longest,
        patience=spans["patience"] or built_in.patience,
        stalled_after=spans["stalled_after"] or built_in.stalled_after,
    )
