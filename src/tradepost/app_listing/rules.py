"""Rules of app listings: pure functions, no I/O.

Source: "App version listing, App listing, Developer space" in the contract's semantics. Rules look
at bodies that may be good in part only: a field that was wrong is `MISSING`, and its problem has
been told.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.app_listing.model import (
    ProductApprovalDetails,
    ProductListing,
    ProductListingState,
    SentTag,
    Tag,
    Tags,
    TagsRequest,
    UpdateProductListingV3Request,
)
from tradepost.app_software.rules import revision_problems
from tradepost.http.bodies import known, problem
from tradepost.http.errors import VALIDATION_ERROR, Problem, fail
from tradepost.review.rules import AUTO_APPROVER

# What a listing does not take over from a body as it is.
_DECIDED: Final = frozenset({"state", "approval_status", "revision", "tags"})
_CONTENT: Final = tuple(
    name for name in UpdateProductListingV3Request.__struct_fields__ if name not in _DECIDED
)


def first_listing(
    product_id: str, app_key: str, developer_space_id: str, name: str
) -> ProductListing:
    """The listing that an app begins with: private, and with nothing but what is known of it."""
    return ProductListing(
        product_id=product_id,
        app_key=app_key,
        developer_id=developer_space_id,
        app_name=name,
        community_enabled=False,
        state="PRIVATE",
        approval_status="NOT_ASSIGNED",
        revision=1,
        slug=app_key.lower().replace(".", "-"),
        cloud_compliance_boundary=False,
    )


def content_problems(
    body: UpdateProductListingV3Request, missing_images: set[str]
) -> list[Problem]:
    """What is wrong with the content of a listing."""
    return [
        problem(path, "is no image that was uploaded")
        for path, image_id in images_of(body)
        if image_id in missing_images
    ]


def images_of(body: UpdateProductListingV3Request) -> Iterator[tuple[str, str]]:
    """The images that a listing names: the path of each field, and the image's id."""
    if not isinstance(body.images, msgspec.Struct):  # absent, or wrong
        return
    for path, image_id in (
        ("images.iconFileId", body.images.icon_file_id),
        ("images.titleLogoFileId", body.images.title_logo_file_id),
        ("images.bannerFileId", body.images.banner_file_id),
    ):
        if isinstance(image_id, str):
            yield path, image_id


def conflict_problems(body: UpdateProductListingV3Request, held: ProductListing) -> list[Problem]:
    """What an update contradicts in the listing that the server holds."""
    problems = revision_problems(body.revision, held.revision)
    if known(body.app_key) and body.app_key != held.app_key:
        problems.append(problem("appKey", f"must be that of the app, {held.app_key}"))
    if known(body.developer_id) and body.developer_id != held.developer_id:
        problems.append(problem("developerId", f"must be that of the app, {held.developer_id}"))
    return problems


def updated(
    body: UpdateProductListingV3Request, held: ProductListing, approval_policy: str, at: str
) -> ProductListing:
    """The listing that a good update makes of the one held."""
    content = {name: getattr(body, name) for name in _CONTENT}
    listing = msgspec.structs.replace(
        held, **content, tags=_tags(body.tags), revision=held.revision + 1
    )
    _ask_for(listing, body.state, approval_policy, at)
    return listing


def approve(listing: ProductListing, approver: str, at: str) -> None:
    """Approve a listing that waits for it; it goes where its `stateAfterApproval` says."""
    _require_submitted(listing, "approved")
    _set_approved(listing, approver, at)
    after = listing.state_after_approval
    listing.state = "PUBLIC" if after is UNSET else after
    listing.revision += 1


def reject(listing: ProductListing, reason: str) -> None:
    """Reject a listing that waits for approval; it stays in the state that it is in."""
    _require_submitted(listing, "rejected")
    listing.approval_status = "REJECTED"
    submitted = _details(listing).submitted_date
    listing.approval_details = ProductApprovalDetails(
        submitted_date=submitted, rejection_reason=reason
    )
    listing.revision += 1


def _ask_for(
    listing: ProductListing, wanted: ProductListingState, approval_policy: str, at: str
) -> None:
    """Move a listing to a state that its makers ask for, or submit it on the way there.

    Only what is to be public needs approval, and once approved it stays so: else a listing that
    was approved to be launched later could never be.
    """
    if wanted == "PUBLIC" and listing.approval_status != "APPROVED":
        _submit(listing, at)
        if approval_policy == "manual":
            if listing.state_after_approval is UNSET:
                listing.state_after_approval = "PUBLIC"
            return
        _set_approved(listing, AUTO_APPROVER, at)
    elif wanted != listing.state and listing.approval_status == "SUBMITTED":
        # Put away while it waited: approval must not bring it back.
        listing.approval_status = "NOT_ASSIGNED"
        listing.approval_details = UNSET
    listing.state = wanted


def _submit(listing: ProductListing, at: str) -> None:
    if listing.approval_status != "SUBMITTED":
        listing.approval_status = "SUBMITTED"
        listing.approval_details = ProductApprovalDetails(submitted_date=at)


def _set_approved(listing: ProductListing, approver: str, at: str) -> None:
    listing.approval_status = "APPROVED"
    listing.approval_details = msgspec.structs.replace(
        _details(listing), approval_date=at, approved_by=approver
    )


def _details(listing: ProductListing) -> ProductApprovalDetails:
    held = listing.approval_details
    assert held is not UNSET  # it was submitted
    return held


def _require_submitted(listing: ProductListing, done: str) -> None:
    if listing.approval_status != "SUBMITTED":
        detail = f"approvalStatus is {listing.approval_status}: only a listing that is SUBMITTED "
        raise fail(VALIDATION_ERROR, f"{detail}can be {done}")


def _tags(sent: TagsRequest | UnsetType) -> Tags | UnsetType:
    if sent is UNSET:
        return UNSET
    return Tags(_tag_list(sent.category), _tag_list(sent.keywords))


def _tag_list(sent: list[str | SentTag] | UnsetType) -> list[Tag] | UnsetType:
    """Tags with their ids; of several with one id the first stays."""
    if sent is UNSET:
        return UNSET
    found: dict[str, Tag] = {}
    for one in sent:
        name = one if isinstance(one, str) else one.name
        tag = Tag(name.lower().replace(" ", "-"), name)
        found.setdefault(tag.id, tag)
    return list(found.values())
