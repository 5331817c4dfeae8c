"""Rules of Parent software, without any I/O."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from tradepost.http.fields import Moment
from tradepost.parent_software.model import Catalogue, Hosting, ParentSoftwareGetResponse


def offers_hosting(parent: ParentSoftwareGetResponse, hosting: Hosting) -> bool:
    return any(option.hosting == hosting for option in parent.hosting_options)


def offers_framework(parent: ParentSoftwareGetResponse, framework_id: str) -> bool:
    return any(f.framework_id == framework_id for f in parent.extensibility_frameworks)


def catalogue_problems(catalogue: Catalogue) -> list[str]:
    """What in a catalogue contradicts itself; every place, in words."""
    problems = []
    for name in _repeated(parent.id for parent in catalogue.parent_software):
        problems.append(f"the parent software {name} is there twice")
    ids = {parent.id for parent in catalogue.parent_software}
    for parent_id, versions in catalogue.versions.items():
        if parent_id not in ids:
            problems.append(f"there are versions of {parent_id}, which is not in the file")
        for build in _repeated(version.build_number for version in versions):
            problems.append(f"{parent_id} has the build number {build} twice")
        for number in _repeated(version.version_number for version in versions):
            problems.append(f"{parent_id} has the version number {number} twice")
        for version in versions:
            try:
                msgspec.convert(version.created_at, type=Moment)
            except msgspec.ValidationError:
                problems.append(
                    f"{parent_id} {version.version_number}: createdAt is no time such as "
                    "2023-01-15T10:30:00Z"
                )
    return problems


def _repeated(values: Iterable[int | str]) -> list[int | str]:
    return [value for value, count in Counter(values).items() if count > 1]
