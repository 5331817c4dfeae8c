# Made by `make client` from _async/__init__.py. Do not edit.
"""One of the two clients. The synchronous one is made from the asynchronous one."""
