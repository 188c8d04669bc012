"""Text to data with positions: YAML 1.2 on libyaml's events, and what is wrong with it as YAML."""
