"""What rows of reviews, declarations and migration records must be."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from tradepost.app_migration.model import ProductMigrationInformation
from tradepost.http.fields import Uuid
from tradepost.integrity.checked import At, Checked, Count
from tradepost.integrity.documents import differences, read
from tradepost.integrity.model import Names
from tradepost.parent_software.model import Hosting
from tradepost.privacy_and_security.model import TrustInfo
from tradepost.reviews.model import AppReview

_review = msgspec.json.Decoder(AppReview)
_declared = msgspec.json.Decoder(TrustInfo)
_migration = msgspec.json.Decoder(ProductMigrationInformation)


class ReviewRow(Checked):
    pk: int
    id: Uuid
    app_pk: int
    person_pk: int
    hosting: Hosting
    stars: Annotated[int, Meta(ge=1, le=5)]
    helpful_votes: Count
    written_at: At
    document: bytes
    changes: Count

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_review, self.document)
        yield from differences(
            id=(self.id, found.id),
            hosting=(self.hosting, found.product_hosting),
            stars=(self.stars, found.stars),
            helpful_votes=(self.helpful_votes, found.helpful_votes),
            written_at=(self.written_at, found.date),
        )


class ReviewTotalRow(Checked):
    """What it adds up is looked at in `store.wrong_totals`."""

    app_pk: int
    hosting: Hosting
    reviews: Count
    stars: Count
    changes: Count


class PrivacyRow(Checked):
    app_pk: int
    live_changes: Count
    draft_changes: Count
    live: bytes | None
    draft: bytes | None

    def problems(self, names: Names) -> Iterator[str]:
        for document in (self.live, self.draft):
            if document is not None:
                read(_declared, document)
        yield from ()


class MigrationRow(Checked):
    app_pk: int
    changes: Count
    document: bytes

    def problems(self, names: Names) -> Iterator[str]:
        found = read(_migration, self.document)
        product_id, app_key, _ = names.apps.get(self.app_pk, (None, None, None))
        yield from differences(
            app_pk=((product_id, app_key), (found.product_id, found.addon_key)),
            developer_space=(names.space_of_app(self.app_pk), found.developer_id),
        )
