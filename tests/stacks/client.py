"""An HTTP client of an application in this process."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Client:
    """Sends single requests; what the application raises after answering is passed on if asked."""

    def __init__(self, app: ASGIApp, *, raising: bool = False) -> None:
        self.transport = httpx.ASGITransport(app, raise_app_exceptions=raising)

    def request(self, method: str, path: str, **content: Any) -> httpx.Response:
        return asyncio.run(self._request(method, path, content))

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **content: Any) -> httpx.Response:
        return self.request("POST", path, **content)

    async def _request(self, method: str, path: str, content: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.transport, base_url="http://test") as client:
            return await client.request(method, path, **content)
