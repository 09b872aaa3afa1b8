"""The service behind the monitor page: hands the admin data to every page after each monitoring round."""

import json
from typing import Any


class MonitorApp:
    """Needs a server with a monitoring interval."""

    def __init__(self, services: Any, **parameters: Any) -> None:
        self.services = services
        self.latest = "{}"
        services.set_admin_listener(self.admin_data)
        services.add_session_open_listener(self.session_opened)

    def admin_data(self, data: "dict[str, Any]") -> None:
        """Send the admin data of a round to all pages."""
        self.latest = json.dumps(data)
        self.services.send(self.latest)

    def session_opened(self, app_name: str, session_id: str, query: Any, headers: Any) -> None:
        """Send the last admin data to a new page."""
        self.services.send(self.latest, for_session_id=session_id)
