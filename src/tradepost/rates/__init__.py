"""How much one person and one address may ask for, and how that is counted."""
