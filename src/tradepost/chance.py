"""The one place that draws what must be random, so that it can be replaced as a whole."""

import base64
import secrets
import uuid


class Chance:
    """Ids and secrets that nobody can guess, from the system's generator."""

    def token_bytes(self, count: int) -> bytes:
        """Some random bytes; all that follows is made of these."""
        return secrets.token_bytes(count)

    def uuid(self) -> str:
        """A random UUID (version 4)."""
        return str(uuid.UUID(bytes=self.token_bytes(16), version=4))

    def access_token(self) -> str:
        """A fresh access token: `at_` and 128 random bits."""
        return "at_" + self.token_bytes(16).hex()

    def api_token(self) -> str:
        """A fresh API token: `tp_` and 256 random bits."""
        return "tp_" + base64.urlsafe_b64encode(self.token_bytes(32)).rstrip(b"=").decode()
