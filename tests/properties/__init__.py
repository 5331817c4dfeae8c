"""Properties: what holds for any input, tried with random ones."""
