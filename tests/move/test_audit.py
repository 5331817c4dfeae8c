"""The audit goes along, and only a move may begin anew with it."""

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.moves import Spot, move_here
from tradepost.database.steps import MOVING_IN

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
ADD = (
    "INSERT INTO audit (at, action, email, request_id, target_type, target_id, document_after) "
    "VALUES ('2026-01-01T00:00:00.000Z', 'x', 'operator', 'r', 't', $1, $2)"
)


def lines(spot: Spot) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = spot.with_database(
        lambda database: database.rows("SELECT target_id, document_after FROM audit ORDER BY pk")
    )
    return found


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_it_is_moved_and_can_be_moved_anew(spots: Spots, engine: str) -> None:
    source, target = put_demo_data(spots(engine, "one")), spots(OTHER[engine], "other")
    source.execute(ADD, "a", b'{"a":1}')
    move_here(source, target)
    assert lines(target) == lines(source) == [("a", b'{"a":1}')]
    target.execute("INSERT INTO schema_migration (name, applied_at) VALUES ($1, 'x')", MOVING_IN)
    source.execute(ADD, "b", b"{}")
    move_here(source, target, anew=True)
    assert lines(target) == lines(source)
    with pytest.raises(Exception, match="the audit is never removed"):
        target.execute("DELETE FROM audit")
