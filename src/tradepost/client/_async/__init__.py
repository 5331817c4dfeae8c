"""One of the two clients. The synchronous one is made from the asynchronous one."""
