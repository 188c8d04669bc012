"""Judged data to shots: defaults applied, templates rendered, references numbered, paths made."""
