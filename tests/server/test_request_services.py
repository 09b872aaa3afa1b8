"""Which request service answers a path."""

from __future__ import annotations

from narvi_desktop.server.request_services import RequestTable


def find(table: RequestTable, path: str, method: str = "GET", session: str | None = None) -> str | None:
    match = table.find("app", session, method, path.split("/"))
    return None if match is None else match.handler_id


def test_literal_before_one_before_many() -> None:
    table = RequestTable()
    for name in ("$$all", "$x/b", "a/b", "a/$y"):
        table.add(name, "app", None, "GET", name)
    assert find(table, "a/b") == "a/b" and find(table, "a/c") == "a/$y"
    assert find(table, "c/b") == "$x/b" and find(table, "c/d/e") == "$$all"
    match = table.find("app", None, "GET", ["c", "d", "e"])
    assert match is not None and match.parameters == {"all": "c/d/e"}


def test_methods_and_head() -> None:
    table = RequestTable()
    table.add("get", "app", None, "GET", "a")
    table.add("put", "app", None, "PUT", "a")
    assert find(table, "a", "HEAD") == "get" and find(table, "a", "PUT") == "put"
    match = table.find("app", None, "POST", ["a"])
    assert match is not None and match.handler_id is None and match.allowed == ("GET", "HEAD", "PUT")


def test_the_first_of_two_answers_and_the_second_follows_it() -> None:
    table = RequestTable()
    table.add("one", "app", None, "GET", "a/$b")
    table.add("two", "app", None, "GET", "a/$c")
    assert find(table, "a/1") == "one"
    table.remove("one")
    match = table.find("app", None, "GET", ["a", "1"])
    assert match is not None and match.handler_id == "two" and match.parameters == {"c": "1"}
    table.remove("two")
    table.remove("two")
    assert find(table, "a/1") is None


def test_sessions_go_with_what_is_bound_to_them() -> None:
    table = RequestTable()
    table.add("bound", "app", "sid", "GET", "a")
    assert find(table, "a", session="sid") == "bound" and find(table, "a") is None
    table.drop_session("sid")
    assert find(table, "a", session="sid") is None
