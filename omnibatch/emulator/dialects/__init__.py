"""What the providers say: the wording of every answer, from their documents."""
