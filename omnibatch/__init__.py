"""omnibatch: render many video shots from one versioned manifest, and pay for each once."""

__version__ = "0.1.0"
