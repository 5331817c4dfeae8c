"""What the roles of members allow. `docs/roles.md` shows the table; a test holds the two together.

Every member sees everything of the developer space. Administrators of the server may do
everything in each.
"""

from typing import Final

RELEASE: Final = frozenset({"admin", "release-manager"})
"""Upload artifacts; write, submit and archive versions; create and revoke access tokens."""
LIST_VERSIONS: Final = frozenset({"admin", "release-manager", "listing-specialist"})
"""Upload images; create and update the listings of versions."""
LIST_APPS: Final = frozenset({"admin", "listing-specialist"})
"""Update the listings of apps; answer reviews of them."""
DECLARE_PRIVACY: Final = frozenset({"admin", "listing-specialist"})
"""Write, drop and publish what an app declares about privacy and security."""
DESCRIBE_MIGRATION: Final = frozenset({"admin", "release-manager", "listing-specialist"})
"""Write the migration record of an app."""
MANAGE_MEMBERS: Final = frozenset({"admin"})
"""Add and remove members, and set their roles and categories."""
