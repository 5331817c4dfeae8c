"""Review: how a version gets from one state to another."""
