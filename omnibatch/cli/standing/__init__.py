"""Where each slot stands, how it has drifted, and what mends it at which cost."""
