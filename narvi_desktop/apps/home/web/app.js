// Connects the service's cards, the search, and what the user asks for.
import { Uploader } from "./upload.js"
import { Cards } from "./cards.js"
import { ask, ask_text, show_log } from "./narvi/dialogs.js"
import { join_menu } from "./narvi/menu.js"

const by_id = (id) => document.getElementById(id)
const waiting_calls = new Map() // by number: resolves the promise of a call
let last_number = 0
let latest = null

class HomePage {
  recv(text) {
    const message = JSON.parse(text)
    if (message.action === "apps") return show(message)
    waiting_calls.get(message.number)?.(message.answer)
    waiting_calls.delete(message.number)
  }
}

/** Sends a command to the service; the answer has `error` if it failed. */
function call(command, values = {}) {
  const number = (last_number += 1)
  service.send(JSON.stringify({ command, number, ...values }))
  return new Promise((resolve) => waiting_calls.set(number, resolve))
}

function show(message) {
  latest = message
  // Lines above the cards go when the page is loaded again: nothing may move while the user is about to click.
  if (message.first) by_id("first").hidden = false
  const { added } = message.launcher
  if (added === false) by_id("launcher").hidden = false
  by_id("launcher").firstElementChild.textContent = added ? "narvi-desktop is in your menu." : "narvi-desktop is not in your menu yet."
  by_id("launcher").querySelector("button").style.visibility = added ? "hidden" : "visible"
  draw()
}

function draw() {
  if (latest === null) return
  const words = by_id("search").value.trim()
  const count = cards.show(latest.apps, words)
  const none = latest.apps.length ? `No app is called “${words}”.` : "No apps yet. Add one with the button above, or drop its folder here."
  by_id("none").textContent = count ? "" : none
}

function announce(text) {
  by_id("said").textContent = text
}

const actions = {
  async open(card, more = {}) {
    if (card.needs_id && !more.service_id) {
      const service_id = await ask_text(`Open ${card.title}`, "Which one? A new name starts a new one.", card.service_ids)
      if (!service_id) return
      more = { ...more, service_id }
    }
    cards.set_busy(card.app, "opening…")
    const answer = await call("open", { app: card.app, ...more })
    cards.set_busy(card.app, "")
    cards.set_answer(card.app, answer)
    announce(answer.error ?? answer.message)
    draw()
  },
  another(card) {
    return actions.open(card, { new_window: true })
  },
  async stop(card) {
    cards.set_busy(card.app, "stopping…")
    const answer = await call("stop", { app: card.app })
    cards.set_busy(card.app, "")
    cards.set_answer(card.app, answer.error ? answer : {})
    announce(answer.error ?? answer.message)
    draw()
  },
  async log(card) {
    const answer = await call("log", { app: card.app })
    const text = [card.detail, answer.text].filter(Boolean).join("\n\n")
    await show_log(`Log of ${card.title}`, answer.error ?? (text || "It has not written anything yet."), answer.path)
  },
  async launcher(card) {
    const answer = await call("launcher", { do: "add", app: card.app })
    await ask(answer.error ? "That did not work" : `${card.title} is in your menu`, answer.error ?? answer.message, [["Close", false]])
  },
  async remove(card) {
    if (card.kind === "path") {
      await call("forget", { app: card.app })
      return
    }
    const choice = await ask(`Remove ${card.title}?`, "Its windows are closed and it is taken out. What it has stored can stay, and is there again when you add it again.", [
      ["Cancel", null], ["Remove with its data", "data"], ["Remove", "app"],
    ])
    if (!choice) return
    const answer = await call("remove", { app: card.app || card.folder, data: choice === "data" })
    if (answer.error) await ask("That did not work", answer.error, [["Close", null]])
    announce(answer.error ?? answer.message)
  },
}

const service = start_narvi(HomePage)
const cards = new Cards(by_id("cards"), actions)
new Uploader(by_id("drop"), by_id("folder"), by_id("zip"), { call, session: () => service.session_id, announce, added: (answer) => cards.set_first(answer.app) })
join_menu(by_id("add"), by_id("add-menu"))
by_id("add-folder").onclick = () => by_id("folder").click()
by_id("add-zip").onclick = () => by_id("zip").click()
by_id("search").addEventListener("input", draw)
by_id("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") cards.first()?.click()
  if (event.key === "ArrowDown") { event.preventDefault(); cards.first()?.focus() }
})
by_id("launcher").querySelector("button").onclick = async () => {
  const answer = await call("launcher", { do: "add" })
  await ask(answer.error ? "That did not work" : "Done", answer.error ?? answer.message, [["Close", null]])
}
by_id("monitor").onclick = (event) => {
  event.preventDefault()
  call("open", { app: "desktop/monitor" }).then((answer) => { if (answer.ticket_url || answer.error) location.href = event.target.href })
}
setTimeout(() => { if (latest === null) by_id("none").textContent = "Looking for apps…" }, 400)
