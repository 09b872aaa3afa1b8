"""Services in the style of Telesto: a directory of topologies, and a designer with an engine in a child process."""

import io
import json
import os
import subprocess
import sys
import zipfile
from typing import Any

ENGINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "engine.py")


class Directory:
    """Sends dicts to its pages, and creates topologies by a callable of the program."""

    def __init__(self, services: Any, topologies: Any = ("first",), create: Any = None) -> None:
        self.services, self.create, self.topologies = services, create, list(topologies)
        services.add_session_open_listener(self.session_opened)
        services.create_request_service("directory", "topology/$name", self.post, "POST")
        # Patterns of Telesto's runner: of another service's app, and one twice.
        services.create_request_service("designer", "$name", self.post)
        services.create_request_service("directory", "topology/$name", self.post, "POST")

    def session_opened(self, app_name: str, session_id: str, query: Any, headers: Any) -> None:
        self.services.send({"topologies": self.topologies}, for_session_id=session_id)

    def post(self, path: Any, query: Any, headers: Any, body: bytes) -> Any:
        self.topologies.append(path["name"])
        if self.create is not None:
            self.create(path["name"])
        self.services.send({"topologies": self.topologies})
        return 201, {"created": path["name"]}, None, {}


class Designer:
    """Passes binary messages through an engine in a child process."""

    def __init__(self, services: Any, format_name: Any = None) -> None:
        self.services = services
        self.format_name = format_name or (lambda name: name.upper())
        self.engine = subprocess.Popen(
            [sys.executable, ENGINE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        services.add_message_listener(self.message)
        services.add_app_close_listener(self.close)
        services.create_request_service("designer", "$file", self.download)

    def message(self, message: Any, session_id: str) -> None:
        if isinstance(message, bytes):
            assert self.engine.stdin is not None and self.engine.stdout is not None
            self.engine.stdin.write(message + b"\n")
            self.services.send(self.engine.stdout.readline().rstrip(b"\n"), for_session_id=session_id)
        else:
            name = self.format_name(self.services.get_service_id())
            self.services.send(json.dumps({"echo": message, "name": name}), for_session_id=session_id)

    def download(self, path: Any, query: Any, headers: Any, body: bytes) -> Any:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("topology.json", json.dumps({"id": self.services.get_service_id()}))
        disposition = {"Content-Disposition": f'attachment; filename="{path["file"]}"'}
        return 200, content.getvalue(), "application/zip", disposition

    def close(self) -> None:
        assert self.engine.stdin is not None and self.engine.stdout is not None
        self.engine.stdin.close()
        self.engine.stdout.close()
        self.engine.wait()
