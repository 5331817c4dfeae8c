"""Writing a version, step by step, inside a transaction.

The contract's own operations and those of the administration interface share these steps.
"""

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from tradepost.app_software import rules, store
from tradepost.app_software.model import (
    AppSoftwareVersionCreateRequest,
    AppSoftwareVersionGetResponse,
    AppSoftwareVersionUpdateRequest,
)
from tradepost.assets import store as assets
from tradepost.database import Reader, Transaction
from tradepost.http.bodies import problem
from tradepost.http.call import Call
from tradepost.http.conditions import Precondition, entity_tag
from tradepost.http.errors import (
    APP_SOFTWARE_NOT_FOUND,
    APP_SOFTWARE_VERSION_NOT_FOUND,
    INVALID_PARAMETER,
    VALIDATION_ERROR,
    ApiError,
    Problem,
    fail,
)
from tradepost.http.parameters import MAX_BUILD_NUMBER
from tradepost.parent_software import store as parent_software
from tradepost.review import rules as review

T = TypeVar("T")


class Author(msgspec.Struct, frozen=True):
    """Who writes, when (RFC 3339), and which agreements the operator allows.

    `is_reviewed` is as in `Call`.
    """

    email: str
    at: str
    agreements: frozenset[str]
    is_reviewed: bool = False


async def writable(reader: Reader, software_id: str) -> store.Software:
    """The app software as it is now; raises 404, or 400 where it is archived."""
    software = await store.find(reader, software_id)
    if software is None:
        raise no_software()
    if software.archived:
        raise fail(VALIDATION_ERROR, "the app software, its app or its developer space is archived")
    return software


async def create(
    transaction: Transaction,
    software_id: str,
    body: AppSoftwareVersionCreateRequest,
    problems: list[Problem],
    author: Author,
    *,
    draft: bool = False,
) -> tuple[int, bytes]:
    """Store a new version; its build number and document. `problems` are those of the body.

    Raises `ApiError` with every problem; nothing is stored then.
    """
    software = await writable(transaction, software_id)
    surroundings = await _surroundings(transaction, software, body, author)
    found = [*problems, *rules.create_problems(body, surroundings)]
    build_number, version_number = body.build_number, body.version_number
    in_use = await store.numbers_in_use(
        transaction,
        software.pk,
        build_number if isinstance(build_number, int) else None,
        version_number if isinstance(version_number, str) else None,
    )
    if build_number is None or build_number is UNSET:
        generated = rules.next_build_number(in_use.highest)
        if generated is None:
            found.append(problem("buildNumber", "cannot be generated: the highest is in use"))
        build_number = generated or 0
    elif in_use.build_number:
        found.append(Problem(VALIDATION_ERROR, "buildNumber: Build number already exists"))
    if in_use.version_number:
        found.append(_taken())
    _raise(found)
    if version_number is None or version_number is UNSET:
        version_number = await _generated_number(transaction, software.pk, body)
    version = AppSoftwareVersionGetResponse(
        build_number=build_number,
        version_number=version_number,
        **_shared_fields(body),
        state="draft",
        revision=1,
        accepted_agreements=rules.accepted(body.accepted_agreements, [], author.email, author.at),
        created_by=author.email,
        created_at=author.at,
    )
    policy = "manual" if author.is_reviewed else software.approval_policy
    review.enter(version, policy, draft, author.at)
    return build_number, await store.insert(transaction, software.pk, version)


async def update(
    transaction: Transaction,
    software_id: str,
    build_number: int | None,
    body: AppSoftwareVersionUpdateRequest,
    problems: list[Problem],
    author: Author,
    precondition: Precondition,
) -> tuple[bytes, bytes]:
    """Replace a version; its document as it was and as it is.

    `problems` are those of the path and the body.

    `build_number` is `None` where the path has none that can be, which is one of the problems.
    Raises `ApiError` with every problem, or 412; nothing is stored then.
    """
    software = await writable(transaction, software_id)
    held = None
    if build_number is not None:
        held = await store.find_version(transaction, software.pk, build_number)
    if held is not None and precondition:
        changes = await store.changes_of(transaction, software.pk, held.build_number)
        precondition.require(entity_tag(changes))
    before = [] if held is None or held.accepted_agreements is UNSET else held.accepted_agreements
    surroundings = await _surroundings(transaction, software, body, author, held)
    found = [*problems, *rules.update_problems(body, build_number, surroundings)]
    if held is None:
        _raise(found)
        raise no_version(build_number or 0)
    found = [*rules.conflict_problems(body, held), *found]
    number = body.version_number
    is_new = isinstance(number, str) and number != held.version_number
    if is_new and await store.build_number_of(transaction, software.pk, str(number)) is not None:
        found.append(_taken())
    _raise(found)
    agreements = before
    if body.accepted_agreements is not UNSET and body.accepted_agreements:
        agreements = rules.accepted(body.accepted_agreements, before, author.email, author.at)
    version = msgspec.structs.replace(
        held,
        version_number=body.version_number,
        **_shared_fields(body),
        revision=held.revision + 1,
        accepted_agreements=agreements,
    )
    return msgspec.json.encode(held), await store.update(transaction, software.pk, version)


async def body_of_version(
    call: Call, kind: type[T], build_number: int | None
) -> tuple[T, list[Problem]]:
    """The body of a request to a version, and its problems with that of the build number.

    `build_number` is `None` where the path has none that can be. Raises what `Call.body` does.
    """
    in_path = [] if build_number is not None else bad_build_number().problems
    try:
        body, problems = await call.body(kind)
    except ApiError as error:
        if error.status == 400:
            raise ApiError([*in_path, *error.problems]) from None
        raise
    return body, [*in_path, *problems]


def target(software_id: str, build_number: int) -> str:
    """What the audit calls a version."""
    return f"{software_id}/{build_number}"


def bad_build_number() -> ApiError:
    detail = f"buildNumber must be a whole number from 0 to {MAX_BUILD_NUMBER}"
    return fail(INVALID_PARAMETER, detail)


def no_software() -> ApiError:
    return fail(APP_SOFTWARE_NOT_FOUND, "there is no app software with this id")


def no_version(build_number: int | str) -> ApiError:
    detail = f"this app software has no version with the build number {build_number}"
    return fail(APP_SOFTWARE_VERSION_NOT_FOUND, detail)


def _shared_fields(body: rules.Body) -> dict[str, Any]:
    """The fields that a version takes over from a body as they are."""
    return {
        "compatibilities": body.compatibilities,
        "supported_payment_model": body.supported_payment_model,
        "framework_details": body.framework_details,
        "license_type": rules.license_type(body.license_type),
        "source_code_license": body.source_code_license,
        "supported": body.supported,
        "beta": body.beta,
        "editions_enabled": body.editions_enabled,
        "changelog": body.changelog,
    }


async def _surroundings(
    transaction: Transaction,
    software: store.Software,
    body: rules.Body,
    author: Author,
    held: AppSoftwareVersionGetResponse | None = None,
) -> rules.Surroundings:
    """What a body is checked against; `held` is the version as it is, where there is one."""
    agreements = author.agreements
    if agreements and held is not None and held.accepted_agreements is not UNSET:
        agreements = agreements.union(a.agreement_url for a in held.accepted_agreements)
    artifact_id = rules.artifact_id_of(body)
    found = None if artifact_id is None else await assets.find_artifact(transaction, artifact_id)
    if found is not None and not found.usable_by(software.developer_space_id):
        found = None
    parents = {
        parent_id: await parent_software.find(transaction, parent_id)
        for parent_id in rules.parent_ids(body)
    }
    return rules.Surroundings(
        software.hosting,
        software.app_key,
        parents,
        agreements,
        None if found is None else found.details,
        None if held is None else rules.artifact_id_of(held),
    )


async def _generated_number(
    transaction: Transaction, software_pk: int, body: AppSoftwareVersionCreateRequest
) -> str | UnsetType:
    """The version number for a body without one: generated, or absent for good."""
    if rules.framework_of(body) not in rules.GENERATES_VERSION_NUMBER:
        return UNSET
    newest = await store.newest_numbered(transaction, software_pk)
    for number in rules.version_numbers_after(newest):
        if await store.build_number_of(transaction, software_pk, number) is None:
            return number
    raise AssertionError("version numbers do not end")


def _taken() -> Problem:
    """The problem of a version number that another version has."""
    return Problem(VALIDATION_ERROR, "versionNumber: Version number already exists")


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise ApiError(problems)
