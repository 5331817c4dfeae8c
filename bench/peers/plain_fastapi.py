"""The routes as one writes them with FastAPI, Pydantic and SQLAlchemy (async ORM).

On SQLite through aiosqlite, or on PostgreSQL through asyncpg, as the URL says.

Plain and in ordinary good style: a session and a sign-in as dependencies of each request,
response models, indexes where queries need them. Neither crippled nor tuned.
"""

import argparse
import base64
import binascii
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from sqlalchemy import JSON, ForeignKey, UniqueConstraint, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    """The tables."""

    type_annotation_map = {dict[str, Any]: JSON, list[dict[str, Any]]: JSON}  # noqa: RUF012


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str]
    developer_space_id: Mapped[str]


class AppSoftware(Base):
    __tablename__ = "app_software"

    id: Mapped[str] = mapped_column(primary_key=True)
    developer_space_id: Mapped[str]


class Version(Base):
    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("app_software_id", "build_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_software_id: Mapped[str] = mapped_column(ForeignKey("app_software.id"))
    build_number: Mapped[int]
    version_number: Mapped[str | None]
    supported_payment_model: Mapped[str]
    framework_details: Mapped[dict[str, Any]]
    license_type: Mapped[dict[str, Any] | None]
    supported: Mapped[bool]
    beta: Mapped[bool]
    state: Mapped[str]
    revision: Mapped[int]
    approval_details: Mapped[dict[str, Any] | None]
    release_details: Mapped[dict[str, Any] | None]
    accepted_agreements: Mapped[list[dict[str, Any]] | None]
    created_by: Mapped[str]
    created_at: Mapped[str]
    changelog: Mapped[dict[str, Any] | None]
    compatibilities: Mapped[list["Compatibility"]] = relationship(order_by="Compatibility.id")


class Compatibility(Base):
    __tablename__ = "compatibility"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    parent_software_id: Mapped[str]
    min_build_number: Mapped[int | None]
    max_build_number: Mapped[int | None]


class Model(BaseModel):
    """The wire: camel case, read from the ORM's objects."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class CompatibilityModel(Model):
    parent_software_id: str
    min_build_number: int | None = None
    max_build_number: int | None = None


class FrameworkModel(Model):
    framework_id: str
    attributes: dict[str, Any]


class LicenseTypeModel(Model):
    id: str
    name: str
    link: str | None = None


class ApprovalModel(Model):
    submitted_at: str | None = None
    approved_at: str | None = None
    approved_by: str | None = None


class ReleaseModel(Model):
    released_at: str
    released_by: str


class AgreementModel(Model):
    agreement_url: str
    accepted_by: str
    accepted_at: str


class ChangelogModel(Model):
    release_summary: str | None = None
    release_notes: str | None = None


class VersionModel(Model):
    build_number: int
    version_number: str | None = None
    compatibilities: list[CompatibilityModel]
    supported_payment_model: str
    framework_details: FrameworkModel
    license_type: LicenseTypeModel | None = None
    supported: bool
    beta: bool
    state: str
    revision: int
    approval_details: ApprovalModel | None = None
    release_details: ReleaseModel | None = None
    accepted_agreements: list[AgreementModel] | None = None
    created_by: str
    created_at: str
    changelog: ChangelogModel | None = None


class CreateModel(Model):
    version_number: str | None = None
    compatibilities: list[CompatibilityModel]
    supported_payment_model: str
    framework_details: FrameworkModel
    supported: bool
    beta: bool
    changelog: ChangelogModel | None = None


class LinksModel(Model):
    self: str
    next: str | None = None


class VersionsModel(Model):
    links: LinksModel
    versions: list[VersionModel]
    total_count: int


def token_hash(token: str) -> str:
    """What is stored of an API token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
Credentials = Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]


async def get_person(session: Session, credentials: Credentials) -> Person:
    person = await session.scalar(select(Person).where(Person.email == credentials.username))
    given = token_hash(credentials.password)
    if person is None or not secrets.compare_digest(person.token_hash, given):
        raise HTTPException(401, "wrong email or API token", {"WWW-Authenticate": "Basic"})
    return person


SignedIn = Annotated[Person, Depends(get_person)]


async def get_software(app_software_id: str, session: Session) -> AppSoftware:
    software = await session.get(AppSoftware, app_software_id)
    if software is None:
        raise HTTPException(404, "there is no app software with this id")
    return software


Software = Annotated[AppSoftware, Depends(get_software)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine(app.state.database)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get(
    "/rest/3/app-software/{app_software_id}/versions/{build_number}",
    response_model=VersionModel,
    response_model_exclude_none=True,
)
async def get_version(
    build_number: int, person: SignedIn, software: Software, session: Session
) -> Version:
    version = await session.scalar(
        select(Version)
        .where(Version.app_software_id == software.id, Version.build_number == build_number)
        .options(selectinload(Version.compatibilities))
    )
    hidden = version is not None and version.state != "active"
    if version is None or (hidden and person.developer_space_id != software.developer_space_id):
        raise HTTPException(404, "there is no such version")
    return version


@app.get(
    "/rest/3/app-software/{app_software_id}/versions",
    response_model=VersionsModel,
    response_model_exclude_none=True,
)
async def list_versions(
    request: Request,
    person: SignedIn,
    software: Software,
    session: Session,
    limit: Annotated[int, Query(ge=1, le=50)] = 25,
    cursor: str | None = None,
    parent_id: Annotated[str | None, Query(alias="parentSoftwareId")] = None,
    parent_build: Annotated[int | None, Query(alias="parentSoftwareVersionId")] = None,
) -> dict[str, Any]:
    query = select(Version).where(Version.app_software_id == software.id)
    if parent_id is not None and parent_build is not None:
        query = query.where(
            Version.compatibilities.any(
                and_(
                    Compatibility.parent_software_id == parent_id,
                    func.coalesce(Compatibility.min_build_number, 0) <= parent_build,
                    or_(
                        Compatibility.max_build_number.is_(None),
                        Compatibility.max_build_number >= parent_build,
                    ),
                )
            )
        )
    if person.developer_space_id != software.developer_space_id:
        query = query.where(Version.state == "active")
    total = await session.scalar(select(func.count()).select_from(query.subquery()))
    if cursor is not None:
        query = query.where(Version.build_number < read_cursor(cursor))
    found = await session.scalars(
        query.order_by(Version.build_number.desc())
        .limit(limit + 1)
        .options(selectinload(Version.compatibilities))
    )
    versions = list(found)
    links = {"self": request.url.path}
    if len(versions) > limit:
        token = make_cursor(versions[limit - 1].build_number)
        links["next"] = f"{request.url.path}?cursor={token}"
    return {"links": links, "versions": versions[:limit], "total_count": total}


@app.post(
    "/rest/3/app-software/{app_software_id}/versions",
    status_code=201,
    response_model=VersionModel,
    response_model_exclude_none=True,
)
async def create_version(
    sent: CreateModel, person: SignedIn, software: Software, session: Session
) -> Version:
    if person.developer_space_id != software.developer_space_id:
        raise HTTPException(403, "only members may do this")
    highest = await session.scalar(
        select(func.max(Version.build_number)).where(Version.app_software_id == software.id)
    )
    build_number = (highest or 0) + 1
    version = Version(
        app_software_id=software.id,
        build_number=build_number,
        version_number=sent.version_number or f"{build_number}.0.0",
        supported_payment_model=sent.supported_payment_model,
        framework_details=sent.framework_details.model_dump(by_alias=True),
        supported=sent.supported,
        beta=sent.beta,
        state="active",
        revision=1,
        created_by=person.email,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        changelog=sent.changelog.model_dump(by_alias=True) if sent.changelog else None,
        compatibilities=[Compatibility(**c.model_dump()) for c in sent.compatibilities],
    )
    session.add(version)
    await session.commit()
    return version


def make_cursor(build_number: int) -> str:
    return base64.urlsafe_b64encode(str(build_number).encode()).decode()


def read_cursor(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError):
        raise HTTPException(400, "cursor is damaged") from None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True, help="a URL of SQLAlchemy")
    arguments = parser.parse_args()
    app.state.database = arguments.database
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, loop="uvloop", workers=1)
