"""`tradepost move`: what arrives, what is refused, and what an interruption leaves."""
