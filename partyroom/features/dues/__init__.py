"""党费: what each member owes, what was paid, handed up and spent."""
