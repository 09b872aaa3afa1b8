"""The front door keeps its short list of names and stays light."""

import subprocess
import sys

import pytest

import narvi_desktop


def modules_after(statement: str) -> set[str]:
    """Names of the modules that a fresh interpreter holds after the statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_public_names() -> None:
    assert narvi_desktop.__all__ == ["NarviServer", "WebAppServices", "__version__"]


@pytest.mark.parametrize("name", narvi_desktop.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(narvi_desktop, name)
    assert name in dir(narvi_desktop)


def test_web_app_services_is_the_class_of_the_worker() -> None:
    from narvi_desktop.worker import WebAppServices

    assert narvi_desktop.WebAppServices is WebAppServices


def test_narvi_server_is_the_class_of_the_embedding() -> None:
    from narvi_desktop.embedding import NarviServer

    assert narvi_desktop.NarviServer is NarviServer


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'narvi_desktop' has no attribute 'Nothing'"):
        _ = narvi_desktop.Nothing


def test_importing_it_loads_no_part() -> None:
    loaded = modules_after("import narvi_desktop")
    assert {name for name in loaded if name.startswith("narvi_desktop.")} == set()
    assert not loaded & {"asyncio", "aiohttp", "rich", "webview"}


def test_handing_over_an_open_loads_no_heavy_library() -> None:
    loaded = modules_after("import narvi_desktop.cli.main, narvi_desktop.cli.open")
    assert not loaded & {"aiohttp", "rich", "webview"}
