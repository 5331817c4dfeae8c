"""The sandbox: a server that fails, jumps in time, and forgets, as those who test against it say.

It is a layer around the ASGI application of `tradepost demo` and `tradepost serve --sandbox`; any
other server has none of it. `docs/sandbox.md` says what it does.
"""
