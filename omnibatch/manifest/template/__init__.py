"""Templates in text values: plain names quickly, the rest by Jinja held to an allow-list."""
