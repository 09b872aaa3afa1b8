"""A program of Narvi's kind: run by ``python -m narvi_desktop.compat program.py PORT``, it knows only `narvi`."""

import sys

from narvi.api.narvi_server import NarviServer
from narvi.utils.resource_loader import ResourceLoader

topologies = {"first"}
port = int(sys.argv[1])
server = NarviServer(port=port, web_server_type="tornado", base_path="/telesto", admin_path="/status.json")
web = sys.argv[2]
directory = server.register_service(
    "telesto",
    "directory",
    "telesto_services.Directory",
    app_parameters={"topologies": topologies, "create": topologies.add},
    fixed_service_id="main",
)
server.register_app(
    "directory",
    directory,
    resource_roots={
        "index.html": f"{web}/directory.html",
        ("narvi", "*"): ResourceLoader.get_path_of_resource("narvi.static"),
    },
)
roots = {"index.html": f"{web}/designer.html", ("", "*"): web}
# Once per application, not shared and fixed; and once more, shared and free.
fixed = server.register_service("telesto", "designer", "telesto_services.Designer", {}, "app", False)
server.register_app("application", fixed, {"colour": "red"}, roots)
free = server.register_service(
    "telesto",
    "designer",
    "telesto_services.Designer",
    {"format_name": lambda name: f"<{name}>"},
    service_id_validator=lambda service_id: service_id in topologies,
)
server.register_app("designer", free, {"colour": "blue"}, roots, service_chooser_app_name="directory")
server.register_redirect("/telesto/", "telesto", "directory")
server.register_redirect("/", "telesto", "directory")
server.run(lambda: print("ready", flush=True))
print("after run", flush=True)
