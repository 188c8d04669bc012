"""The server: its socket and addresses, and who answers at each."""
