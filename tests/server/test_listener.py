"""Sockets may be there before the server."""

from __future__ import annotations

import asyncio

import aiohttp
from aiohttp import web

from narvi_desktop.server.listener import Listener
from narvi_desktop.state.ports import bind


async def hello(request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(text="hello")


async def test_who_comes_early_waits_and_nobody_comes_after_the_end() -> None:
    listener, first, second = Listener(), bind(0), bind(0)
    urls = [f"http://127.0.0.1:{sock.getsockname()[1]}/" for sock in (first, second)]
    listener.add(first)
    async with aiohttp.ClientSession() as client:
        early = asyncio.create_task(client.get(urls[0]))
        listener.serve(web.Server(hello))
        listener.add(second)
        async with await early as response:
            assert await response.text() == "hello"
        async with client.get(urls[1]) as response:
            assert response.status == 200
        await listener.close(1)
        for url in urls:
            try:
                await client.get(url)
            except aiohttp.ClientConnectionError:
                continue
            raise AssertionError("it still accepts")
