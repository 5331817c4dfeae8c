"""How the demo's apps and developer space present themselves: their listings."""

from typing import Final

import msgspec

from tradepost.app_listing.model import (
    HostingVisibility,
    ProductApprovalDetails,
    ProductImages,
    ProductLinks,
    ProductListing,
    Tag,
    Tags,
)
from tradepost.apps.model import App
from tradepost.demo import data, files
from tradepost.developer_space.model import (
    Address,
    ContactDetails,
    CoreListing,
    DeveloperCoreListing,
    DeveloperListing,
    DeveloperSupportListing,
    DeveloperWebListing,
    Image,
    LogoImage,
    SupportContact,
    SupportHours,
    TimeRange,
    WebListing,
)
from tradepost.review.rules import AUTO_APPROVER

CATALOG_ACCOUNT_ID: Final = "cat-1212345"
"""The catalog account of the developer's space."""

_TAG_LINES: Final = {
    data.ADDON.product_id: "See every issue on one board",
    data.REPORTS.product_id: "How long issues stay where",
}
"""The apps that are public, and what they say of themselves; the others are private."""


def app_listing(app: App, first: ProductListing) -> ProductListing | None:
    """The listing of an app, made from the one that it begins with; `None` to leave that."""
    tag_line = _TAG_LINES.get(app.product_id)
    if tag_line is None:
        return None
    return msgspec.structs.replace(
        first,
        summary=f"{app.name} for teams that want to see where they are.",
        tag_line=tag_line,
        images=ProductImages(files.ICON, files.TITLE_LOGO, files.BANNER),
        tags=Tags(
            category=[Tag("project-management", "Project management")],
            keywords=[Tag("board", "board"), Tag("report", "report")],
        ),
        community_enabled=True,
        developer_links=ProductLinks(
            issue_tracker="https://apps.example.com/issues",
            support_ticket_system="https://apps.example.com/support",
            privacy="https://apps.example.com/privacy",
        ),
        hosting_visibility=HostingVisibility(cloud="site", server="site", data_center="site"),
        state="PUBLIC",
        approval_status="APPROVED",
        approval_details=ProductApprovalDetails(
            approval_date=app.created_at,
            submitted_date=app.created_at,
            approved_by=AUTO_APPROVER,
        ),
        revision=2,
    )


def developer_listings() -> tuple[DeveloperListing, ...]:
    """Both kinds of listing of the developer's space."""
    logo = Image(f"/rest/3/assets/images/{files.LOGO}/download", files.LOGO, "image/png")
    core = DeveloperCoreListing(
        ContactDetails("hello@example.com", "+49 30 0000000", "https://apps.example.com"),
        description="We make the examples.",
        slug="example-apps",
        address=Address("Example Street 1", city="Berlin", postcode="10115", iso_country_code="DE"),
    )
    web = DeveloperWebListing(
        LogoImage(display_image=logo, small_image=logo),
        DeveloperSupportListing(
            "https://apps.example.com/sla",
            SupportContact("Example support", "support@example.com"),
            target_response_time_in_hrs=24,
            support_hours=SupportHours(
                "Europe/Berlin",
                ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
                [],
                TimeRange("09:00", "17:00"),
            ),
        ),
        trust_center_url="https://apps.example.com/trust",
    )
    space_id = data.SPACE.id
    return (
        CoreListing(developer_id=space_id, content=core, version=1),
        WebListing(developer_id=space_id, content=web, version=1),
    )
