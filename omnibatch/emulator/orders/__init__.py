"""What clients ask for: a create body, read and checked, and what it costs."""
