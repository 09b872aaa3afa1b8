"""Apps and services that are registered with the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.control.errors import ControlError
from narvi_desktop.control.requests import Target
from narvi_desktop.library.finder import AppNotFound, Finder
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.runtime.app_registry import AppRegistry, EmbeddedParameters
from narvi_desktop.runtime.workspace_claims import WorkspaceClaims
from narvi_desktop.server.hub import Hub
from narvi_desktop.settings import Settings
from narvi_desktop.state.config import Config
from narvi_desktop.state.names import AppRef
from narvi_desktop.state.paths import Paths
from tests.support.account import APP, make_app


def make_registry(
    paths: Paths, embedded: EmbeddedParameters | None = None, config: Config | None = None
) -> AppRegistry:
    claims = WorkspaceClaims(paths.state / "workspaces.json", ())
    hub = Hub(Settings(), paths.logs)
    return AppRegistry(hub, Finder(paths.installed), claims, paths, config or Config(), embedded or {})


def test_an_app_is_found_again_by_its_reference(paths: Paths, tmp_path: Path) -> None:
    make_app(paths.installed / "mine")
    registry = make_registry(paths)
    app = registry.open(AppRef("second"))
    assert (str(app.ref), app.title) == ("mine/second", "second")
    assert registry.open(app.ref).app is app.app


def test_a_path_opens_the_first_app_of_its_folder(paths: Paths, tmp_path: Path) -> None:
    folder = make_app(tmp_path / "mine")
    app = make_registry(paths).open(AppRef(str(folder)))
    assert (app.app.name, str(app.ref)) == ("mine", str(folder))
    assert sorted(app.service.apps) == ["mine", "second"]


def test_a_manifest_that_has_changed_is_read_again(paths: Paths, tmp_path: Path) -> None:
    folder = make_app(tmp_path / "mine")
    registry = make_registry(paths)
    registry.open(AppRef(str(folder)))
    (folder / "narvi.toml").write_text(APP.replace('title = "Mine"', 'title = "Yours"'))
    assert registry.open(AppRef(str(folder))).title == "Yours"


def test_a_command_names_an_app_or_a_service(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    registry = make_registry(paths)
    app = registry.resolve(Target(AppRef("mine")))
    by_service = Target(workspace="mine", service="mine")
    assert registry.service(by_service) is app.service
    assert str(registry.resolve(by_service).ref) == "mine/mine"
    with pytest.raises(ControlError, match="There is no service mine/other"):
        registry.service(Target(workspace="mine", service="other"))
    with pytest.raises(ControlError, match="Name an app"):
        registry.resolve(Target())
    with pytest.raises(AppNotFound):
        registry.resolve(Target(AppRef("other")))


def test_service_ids(paths: Paths) -> None:
    folder = make_app(paths.installed / "mine")
    app = make_registry(paths).open(AppRef("mine"))
    assert app.resolve_service_id(None) == app.resolve_service_id("main") == "main"
    with pytest.raises(ControlError, match="has one service id, 'main'"):
        app.resolve_service_id("other")
    (folder / "narvi.toml").write_text(APP.replace('service_id = "main"', ""))
    app = make_registry(paths).open(AppRef("mine"))
    assert app.resolve_service_id("other") == "other"
    with pytest.raises(ControlError, match="needs a service id"):
        app.resolve_service_id(None)


def test_threads_need_trust(paths: Paths) -> None:
    folder = make_app(paths.installed / "mine")
    isolated = 'service_id = "main"\nisolation = "thread"'
    (folder / "narvi.toml").write_text(APP.replace('service_id = "main"', isolated))
    with pytest.raises(LibraryError, match="a thread needs trust"):
        make_registry(paths).open(AppRef("mine"))
    trusting = make_registry(paths, config=Config(trusted_threads=("mine",)))
    assert trusting.open(AppRef("mine")).service.isolation == "thread"


def test_parameters_know_the_data_folder_and_only_bundled_apps_get_objects(paths: Paths) -> None:
    folder = make_app(paths.installed / "mine")
    manifest = APP.replace('service_id = "main"', 'service_id = "main"\nparameters = { folders = ["{data}/x"] }')
    (folder / "narvi.toml").write_text(manifest)
    marker = object()
    registry = make_registry(paths, {("mine", "mine"): {"object": marker}, ("desktop", "home"): {"runtime": marker}})
    assert registry.open(AppRef("mine")).service.parameters == {"folders": [f"{paths.data}/data/mine/x"]}
    assert registry.open(AppRef("desktop/home")).service.parameters["runtime"] is marker


def test_after_unregistering_an_app_is_unknown_until_it_is_opened(paths: Paths) -> None:
    make_app(paths.installed / "mine")
    registry = make_registry(paths)
    registry.open(AppRef("mine"))
    registry.unregister("mine")
    with pytest.raises(ControlError, match="There is no service"):
        registry.service(Target(workspace="mine", service="mine"))
    assert registry.open(AppRef("mine")).title == "Mine"
