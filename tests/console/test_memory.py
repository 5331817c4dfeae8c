"""What pages remember: the newest few of something."""

from tradepost.console.memory import Memory


def test_what_was_asked_for_last_is_kept() -> None:
    memory = Memory[str](2)
    memory.put("a", "A")
    memory.put("b", "B")
    assert memory.get("a") == "A"
    memory.put("c", "C")
    assert [memory.get(key) for key in ("a", "b", "c")] == ["A", None, "C"]


def test_a_value_is_replaced() -> None:
    memory = Memory[str](2)
    memory.put("a", "A")
    memory.put("a", "new")
    memory.put("b", "B")
    assert [memory.get(key) for key in ("a", "b")] == ["new", "B"]
