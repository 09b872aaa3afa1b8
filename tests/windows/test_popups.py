"""Windows that a page of an app opens: real ones, which talk with their opener, on a screen with a window manager."""

from __future__ import annotations

from tests.support.account import Account
from tests.support.probe import Probe
from tests.support.waiting import until
from tests.support.windows import titles

# Everything happens by itself, as in Narvi's programs: no click opens these windows.
OPENER = """<!doctype html><title>Probe page</title><script src="narvi/narvi.js"></script>
<script>
const probe = start_narvi(class {}).service
const tell = (what, more = {}) => probe.send(JSON.stringify({ what, ...more }))
// Nothing here depends on which window has the focus: the test gives its signs by files of the app.
const when = async (file, act) => {
  while (!(await fetch(file, { cache: "no-store" })).ok) await new Promise((resolve) => setTimeout(resolve, 50))
  act()
}
let popup = null
addEventListener("message", ({ data, origin }) => {
  tell(`popup says ${data}`, { same: origin === location.origin })
  if (data === "ready") popup.postMessage("hello", location.origin)
})
probe.add_message_listener(() => {})
tell("here")
SCRIPT
</script>"""
POPUP = """<!doctype html><title>Popup page</title>
<script>
addEventListener("message", ({ data }) => {
  opener.postMessage(`heard ${data}`, location.origin)
  if (data === "go") window.close()
})
opener.postMessage("ready", location.origin)
</script>"""


def make_probe(user: Account, script: str) -> Probe:
    probe = Probe(user, OPENER.replace("SCRIPT", script))
    (probe.folder / "web" / "popup.html").write_text(POPUP)
    return probe


def give_sign(probe: Probe) -> None:
    (probe.folder / "web" / "go.txt").write_text("")


def test_a_popup_talks_with_its_opener_and_closes_itself(user: Account) -> None:
    probe = make_probe(
        user,
        """popup = open("popup.html", "one", "width=420,height=310")
        setTimeout(function look() { if (popup.closed) tell("gone"); else setTimeout(look, 50) }, 50)
        addEventListener("message", ({ data }) => { if (data === "heard hello") tell("talked") })
        when("go.txt", () => popup.postMessage("go", location.origin))""",
    )
    probe.open()
    assert probe.until_said("popup says ready")["same"] is True
    probe.until_said("talked")
    (popup,) = titles(user, "^Popup page$")
    size = probe.run("xdotool", "getwindowgeometry", "--shell", popup)
    assert "WIDTH=420" in size and "HEIGHT=310" in size
    windows = user.json("status")["windows"]
    assert windows == [{"workspace": "probe", "app": "probe", "service_id": "main"}] * 2
    give_sign(probe)
    probe.until_said("gone")
    until(lambda: titles(user, "^Popup page$") == [] and len(user.json("status")["windows"]) == 1)


def test_a_named_window_is_used_again(user: Account) -> None:
    probe = make_probe(
        user,
        """popup = open("popup.html", "one")
        let times = 0
        addEventListener("message", ({ data }) => {
          if (data !== "ready") return
          times += 1
          if (times === 1) open("popup.html?again", "one")
          else tell("again", { same: popup === open("", "one") })
        })""",
    )
    probe.open()
    assert probe.until_said("again")["same"] is True
    assert len(titles(user, "^Popup page$")) == 1


def test_the_opener_may_write_into_an_empty_window(user: Account) -> None:
    probe = make_probe(
        user,
        """popup = open("", "empty")
        popup.document.write("<title>Written page</title>written")
        popup.document.close()""",
    )
    probe.open()
    until(lambda: len(titles(user, "^Written page$")) == 1)


def test_an_app_opens_only_so_many(user: Account) -> None:
    config = user.home / "config/narvi-desktop"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text("[settings]\npopup_limit = 3\n")
    probe = make_probe(
        user,
        """const opened = []
        for (let number = 0; number < 6; number++) opened.push(open("popup.html?" + number))
        when("go.txt", () => opened.filter(Boolean).forEach((popup) => popup.close()))""",
    )
    probe.open()
    log = user.home / "state/narvi-desktop/log/windows.log"
    until(lambda: "3 windows open" in log.read_text())
    assert len(user.json("status")["windows"]) == 4
    give_sign(probe)
    until(lambda: len(user.json("status")["windows"]) == 1)


def test_stop_closes_popups_too_and_open_focuses_the_first_window(user: Account) -> None:
    probe = make_probe(user, """popup = open("popup.html")""")
    probe.open()
    until(lambda: len(titles(user, "^Popup page$")) == 1)
    assert user.json("open", "probe")["message"] == "Probe is open already."
    user.run("stop", "probe")
    until(lambda: titles(user, "^(Probe|Popup) page$") == [] and user.json("status")["windows"] == [])


def test_a_popup_without_its_opener_does_not_stand_for_the_app(user: Account) -> None:
    probe = make_probe(user, """popup = open("popup.html")""")
    probe.open()
    until(lambda: len(titles(user, "^Popup page$")) == 1)
    probe.close()
    until(lambda: titles(user, "^Probe page$") == [])
    assert user.json("open", "probe")["message"] == "Probe is open."
    probe.until_said("here", 2)


def test_a_link_elsewhere_in_a_popup_leads_to_the_browser(user: Account) -> None:
    probe = make_probe(user, """popup = open("popup.html"); popup.onload = () => {
      popup.location.href = "http://elsewhere.invalid/from-popup" }""")
    probe.open()
    browsed = user.home / "browsed.txt"
    until(lambda: browsed.exists() and browsed.read_text() == "http://elsewhere.invalid/from-popup\n")
    assert len(titles(user, "^Popup page$")) == 1


def test_a_window_elsewhere_needs_a_click(user: Account) -> None:
    probe = make_probe(user, """open("http://elsewhere.invalid/unasked"); tell("asked"); popup = open("popup.html")""")
    probe.open()
    until(lambda: len(titles(user, "^Popup page$")) == 1)
    assert not (user.home / "browsed.txt").exists()
