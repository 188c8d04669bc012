"""The shape of a manifest: its keys and kinds of values, judged by the schema, worded for people."""
