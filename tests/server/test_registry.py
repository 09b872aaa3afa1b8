"""What is registered."""

from __future__ import annotations

import pytest

from narvi_desktop.server.registry import Registry, Service


def test_names_are_taken_once_in_a_workspace() -> None:
    registry = Registry()
    service = registry.register_service(Service("lab", "probe", "a:B"))
    app = registry.register_app("probe", service, {"a": 1})
    assert registry.apps["lab", "probe"] is app and service.apps == {"probe": app}
    with pytest.raises(ValueError, match="a service 'probe' already"):
        registry.register_service(Service("lab", "probe", "a:B"))
    with pytest.raises(ValueError, match="an app 'probe' already"):
        registry.register_app("probe", service)
    registry.register_service(Service("other", "probe", "a:B"))


def test_unregister_some_or_all_of_a_workspace() -> None:
    registry = Registry()
    for workspace, name in (("lab", "one"), ("lab", "two"), ("other", "one")):
        registry.register_app(name, registry.register_service(Service(workspace, name, "a:B")))
    registry.unregister("lab", ["one"])
    assert set(registry.apps) == set(registry.services) == {("lab", "two"), ("other", "one")}
    registry.unregister("lab")
    assert set(registry.apps) == {("other", "one")}


def test_services_are_equal_only_to_themselves() -> None:
    """Parameters may be objects that cannot be compared, and services hold apps that hold services."""

    class Incomparable:
        def __eq__(self, other: object) -> bool:
            raise TypeError("not to be compared")

        __hash__ = object.__hash__

    first, second = (Service("lab", "probe", "a:B", {"a": Incomparable()}) for _ in range(2))
    Registry().register_app("probe", first)
    assert first != second and len({first, second}) == 2
    assert Service("lab", "probe", dict).class_name == "dict"
