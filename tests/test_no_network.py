"""In a network namespace with loopback alone everything works, and nothing tries to reach out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.account import Account
from tests.support.waiting import PATIENCE

# Run inside the namespace, as its root. All that is sent to anywhere but loopback leaves by loopback too,
# where it is seen; a name server on loopback counts as reaching out.
INSIDE = r"""
import json, socket, struct, subprocess, sys, threading, time

for command in ("ip link set lo up", "ip address add 198.51.100.7/32 dev lo", "ip route add default dev lo"):
    subprocess.run(command.split(), check=True)
reached, wire = [], socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))

def listen():
    while True:
        frame = wire.recv(65535)
        kind = struct.unpack("!H", frame[12:14])[0]
        if kind == 0x0800:
            header = (frame[14] & 15) * 4
            target, port = socket.inet_ntoa(frame[30:34]), struct.unpack("!H", frame[16 + header:18 + header])[0]
            if not target.startswith("127.") and target != "198.51.100.7" or port == 53:
                reached.append(f"{target}:{port}")
        elif kind == 0x86DD and frame[38:54] != bytes(15) + b"\1" and frame[20] != 58:
            reached.append(socket.inet_ntop(socket.AF_INET6, frame[38:54]))

threading.Thread(target=listen, daemon=True).start()

def narvi(*arguments):
    done = subprocess.run([sys.executable, "-m", "narvi_desktop", *arguments], capture_output=True, text=True)
    return done

shown = {}
for app in ("desktop/home", "notes", "desktop/monitor", "boards"):
    answer = json.loads(narvi("open", app, "--json").stdout or "{}")
    shown[app] = answer.get("shown")

def sessions():
    admin = json.loads(narvi("status", "--json").stdout)["admin"]
    counts = {}
    for workspace, services in admin.items():
        for name, service in services.items():
            running = [one for instances in service["instances"].values() for one in instances]
            counts[f"{workspace}/{name}"] = sum(len(one["sessions"]) for one in running)
    return counts

wanted = ("desktop/home", "notes/notes", "desktop/monitor", "boards/directory")
until = time.monotonic() + float(sys.argv[1])
while time.monotonic() < until and not all(sessions().get(name) for name in wanted):
    time.sleep(0.1)
connected = {name: bool(sessions().get(name)) for name in wanted}
narvi("stop")
before = list(reached)
probe = socket.socket()
probe.setblocking(False)
probe.connect_ex(("192.0.2.1", 80))  # what reaches out is seen: this must be
until = time.monotonic() + float(sys.argv[1])
while time.monotonic() < until and len(reached) == len(before):
    time.sleep(0.01)
print(json.dumps({"shown": shown, "connected": connected, "reached": before, "seen": reached[len(before):][:1]}))
"""


def test_without_a_network_all_works_and_nothing_reaches_out(seat: Account) -> None:
    assert shutil.which("ip") and shutil.which("unshare"), "this needs iproute2; ./scripts/test installs it"
    command = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-r", "-n"]
    environment = seat.environment | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command += [sys.executable, "-c", INSIDE, str(PATIENCE)]
    done = subprocess.run(command, env=environment, cwd=seat.home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["shown"].values()) == {"window"} and all(found["connected"].values()), found
    assert found["reached"] == []
    assert found["seen"] == ["192.0.2.1:80"]
