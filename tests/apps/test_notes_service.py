"""The service of notes over real sockets: what it keeps, tells, and hands out."""

from __future__ import annotations

import io
import json
import os
import signal
import zipfile
from pathlib import Path
from typing import Any

from tests.support.apps import add_notes
from tests.support.notes import (
    AWARENESS,
    IMAGE,
    PNG,
    SNAPSHOT,
    UPDATE,
    do,
    keep,
    new_note,
    packed,
    told_of,
    updates,
    write,
)
from tests.support.server import Page, Server


async def told(page: Page) -> Any:
    return json.loads(await page.text())


async def test_updates_are_relayed_and_told_saved(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    one, other = await server.page("notes/notes/main"), await server.page("notes/notes/main")
    assert await told(one) == {"list": []}
    note = await new_note(one)
    await told_of(other, "note")
    await keep(one, note, 7, b"first")
    assert await told(one) == {"saved": 7, "note": note}
    assert await other.bytes() == packed(UPDATE, note, 1, b"first")
    await one.socket.send_bytes(packed(AWARENESS, note, 0, b"cursor"))
    assert await other.bytes() == packed(AWARENESS, note, 0, b"cursor")
    await one.socket.close()
    assert await told(other) == {"left": one.session_id}


async def test_what_was_told_saved_survives_the_kill_of_the_worker(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    note = await new_note(page)
    for number in range(20):
        await keep(page, note, number, b"%d" % number)
        await told_of(page, "saved")
    (instance,) = server.hub.instances
    assert instance.pid is not None
    os.kill(instance.pid, signal.SIGKILL)
    assert await page.closed() == 1012
    again = await server.page("notes/notes/main")
    assert await updates(again, note) == [b"%d" % number for number in range(20)]


async def test_many_updates_become_one_and_nobody_else_may_replace_them(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page, other = await server.page("notes/notes/main"), await server.page("notes/notes/main")
    note = await new_note(page)
    for number in range(199):
        await keep(page, note, number, b"x%d" % number)
    await page.socket.send_bytes(packed(SNAPSHOT, note, 199, b"not asked for"))
    await keep(page, note, 199, b"x199")
    asked = await told_of(page, "compact")
    await other.socket.send_bytes(packed(SNAPSHOT, note, asked["number"], b"of another page"))
    await keep(other, note, 0, b"later")
    await told_of(other, "saved")
    assert len(await updates(await server.page("notes/notes/main"), note)) == 201
    await page.socket.send_bytes(packed(SNAPSHOT, note, asked["number"], b"all"))
    await do(page, "search", words="")
    await told_of(page, "found")
    assert await updates(await server.page("notes/notes/main"), note) == [b"all", b"later"]


async def test_search_needs_every_word_and_takes_signs_as_they_are(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    first = await write(page, "# Apples\n\n100% red, some_green \\ done")
    second = await write(page, "Apples and pears")
    for words, expected in [
        ("apples", {first, second}),
        ("pears apples", {second}),
        ("0%", {first}),
        ("%", {first}),
        ("e_g", {first}),
        ("\\", {first}),
        ("plums", set()),
    ]:
        await do(page, "search", words=words)
        assert set((await told_of(page, "found"))["found"]) == expected, words


async def test_a_deleted_note_can_be_taken_back(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    note = await write(page, "Do not lose me")
    await do(page, "delete", note=note)
    await told_of(page, "removed")
    assert await told(await server.page("notes/notes/main")) == {"list": []}
    await do(page, "restore", note=note)
    assert (await told_of(page, "note"))["note"]["title"] == "Do not lose me"


async def test_images_and_export(server: Server, tmp_path: Path) -> None:
    add_notes(server, tmp_path / "data")
    page = await server.page("notes/notes/main")
    note = await write(page, "Same  title\nother")
    await page.socket.send_bytes(packed(IMAGE, note, 1, b"<svg onload='alert(1)'/>"))
    assert (await told_of(page, "image"))["image"] is None
    await page.socket.send_bytes(packed(IMAGE, note, 2, PNG))
    name = (await told_of(page, "image"))["image"]
    await write(page, f"# Same / title\n![](image/{name})")
    async with server.client.get(server.url(f"notes/notes/main/image/{name}")) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", PNG)
    status, _, _ = await server.get("notes/notes/main/image/none.png")
    assert status == 404
    async with server.client.get(server.url("notes/notes/main/export.zip")) as response:
        archive = zipfile.ZipFile(io.BytesIO(await response.read()))
    assert sorted(archive.namelist()) == sorted(["Same title.md", "Same title 2.md", "image/" + name])
    assert archive.read("image/" + name) == PNG
    assert {archive.read(n) for n in archive.namelist() if n.endswith(".md")} == {
        f"# Same / title\n![](image/{name})".encode(),
        b"Same  title\nother",
    }
