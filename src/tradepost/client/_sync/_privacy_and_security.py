# Made by `make client` from _async/_privacy_and_security.py. Do not edit.
"""Privacy and security: what the makers of an app declare about data."""

from collections.abc import Mapping
from typing import Any

from tradepost.client._requests import Request, delete, get, path, write
from tradepost.client._sync._core import Core
from tradepost.privacy_and_security.model import AppPrivacyAndSecurity, RecordState, TrustInfo

_PRODUCT = "/rest/3/privacy-and-security/products/{}"


class PrivacyAndSecurity(Core):
    """The operations of the reference's group "Privacy and security"."""

    def get_privacy_and_security(
        self, product_id: str, *, state: RecordState | None = None
    ) -> TrustInfo:
        """What an app declares: the live record, or the draft, which members see."""
        return self._call(get(path(_PRODUCT, product_id), TrustInfo, {"state": state}))

    def update_privacy_and_security(
        self,
        product_id: str,
        body: AppPrivacyAndSecurity | TrustInfo | Mapping[str, Any],
        *,
        validate_only: bool = False,
    ) -> TrustInfo:
        """Replace the draft of an app, or begin one; what it is then.

        `validate_only` is as in `create_app_software_version`.
        """
        where = path(_PRODUCT, product_id)
        draft = get(where, TrustInfo, {"state": "draft"})
        request = write("PUT", where, body, TrustInfo, lambda _: draft)
        return self._validate(request) if validate_only else self._call(request)

    def delete_privacy_and_security(self, product_id: str) -> None:
        """Drop the draft of an app; what is live stays."""
        self._call(delete(path(_PRODUCT, product_id)))

    def publish_privacy_and_security(
        self, product_id: str, *, validate_only: bool = False
    ) -> TrustInfo:
        """Publish the draft of an app; what is live then.

        `validate_only` is as in `create_app_software_version`.
        """
        where = path(_PRODUCT, product_id)
        request = Request(
            method="POST",
            path=f"{where}/publish",
            answer=TrustInfo,
            reread=lambda _: get(where, TrustInfo),
        )
        return self._validate(request) if validate_only else self._call(request)
