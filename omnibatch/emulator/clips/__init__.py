"""Placeholder clips: drawn, encoded, kept, and handed out over HTTP."""
