"""What goes wrong on purpose: scripted faults, and what each does to an exchange."""
