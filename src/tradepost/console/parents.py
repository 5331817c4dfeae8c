"""Parent software as versions name it: products by id, and their releases by either number."""

from collections.abc import Iterable
from typing import Any

from tradepost.console.ask import Ask, segment
from tradepost.console.lists import every

_PATH = "/rest/3/parent-software"


class Parents:
    """What one page needs to know of products; everything is asked for once."""

    def __init__(self, ask: Ask, products: list[Any]):
        self._ask = ask
        self.products = products
        self._by_id = {product["id"]: product for product in products}
        self.releases: dict[tuple[str, int], str] = {}
        """Version numbers by product and build number: of those that were asked for."""
        self.builds: dict[tuple[str, str], int] = {}
        """Build numbers by product and version number: the same."""

    @classmethod
    async def of(cls, ask: Ask) -> "Parents":
        return cls(ask, await every(ask, _PATH, "parentSoftware"))

    def name(self, parent_id: str) -> str:
        """What a product is called; its id where there is none."""
        product = self._by_id.get(parent_id)
        return str(product["name"]) if product else parent_id

    def release(self, parent_id: str, build: Any) -> str | None:
        """The version number of a release; `None` for a build number that no release has."""
        return self.releases.get((parent_id, build)) if isinstance(build, int) else None

    async def find_releases(self, wanted: Iterable[tuple[str, int]]) -> None:
        for parent_id, build in sorted(set(wanted) - self.releases.keys()):
            found = await self._find(parent_id, f"build/{build}")
            if found is not None:
                self.releases[parent_id, build] = found["versionNumber"]

    async def find_builds(self, wanted: Iterable[tuple[str, str]]) -> None:
        for parent_id, number in sorted(set(wanted) - self.builds.keys()):
            found = await self._find(parent_id, f"number/{segment(number)}")
            if found is not None:
                self.builds[parent_id, number] = found["buildNumber"]

    async def all_releases(self, parent_id: str) -> list[Any]:
        """Every release of a product, the newest first; none where there is no such product."""
        if parent_id not in self._by_id:
            return []
        return await every(self._ask, f"{_PATH}/{segment(parent_id)}/versions", "versions")

    async def _find(self, parent_id: str, which: str) -> Any:
        if parent_id not in self._by_id:
            return None
        return await self._ask.find(f"{_PATH}/{segment(parent_id)}/versions/{which}")
