"""Judged files to one film: libraries joined, scenes opened, every shot with what stands around it."""
