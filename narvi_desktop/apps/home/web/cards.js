// The cards. They keep their order while the page is open; the next time the app used last comes first.
import { count } from "./narvi/format.js"
import { join_menu } from "./narvi/menu.js"

const SYMBOLS = { running: "●", idle: "○", starting: "◌", stopping: "◌", restarting: "↻", failed: "✕", stuck: "!" }

export class Cards {
  /** actions: open, another, stop, log, launcher, remove; each is called with a card's values. */
  constructor(list, actions) {
    this._list = list
    this._actions = actions
    this._items = new Map()
    this._order = []
    this._busy = new Map()
    this._answers = new Map()
    list.addEventListener("keydown", (event) => this._move(event))
  }

  /** Shows the cards that match all words; returns how many. */
  show(apps, words) {
    this._sort(apps)
    const by_app = new Map(apps.map((card) => [card.app, card]))
    for (const [app, item] of this._items)
      if (!by_app.has(app)) { item.remove(); this._items.delete(app) }
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
    let visible = 0
    for (const [index, app] of this._order.entries()) {
      const card = by_app.get(app)
      const item = this._items.get(app) ?? this._make(app)
      if (this._list.children[index] !== item) this._list.insertBefore(item, this._list.children[index] ?? null)
      this._fill(item, card)
      const text = `${card.title} ${card.description} ${card.name}`.toLowerCase()
      item.hidden = !wanted.every((word) => text.includes(word))
      visible += item.hidden ? 0 : 1
    }
    return visible
  }

  set_busy(app, text) { this._busy.set(app, text); this._refill(app) }
  set_answer(app, answer) { this._answers.set(app, answer); this._refill(app) }
  set_first(app) { this._order = [app, ...this._order.filter((known) => known !== app)] }
  first() { return this._list.querySelector(".card:not([hidden]) .open") }

  _refill(app) {
    const item = this._items.get(app)
    if (item) this._fill(item, item.card)
  }

  _sort(apps) {
    const known = new Set(this._order)
    const present = new Set(apps.map(({ app }) => app))
    const fresh = apps.filter(({ app }) => !known.has(app)).sort((a, b) => b.used - a.used || a.title.localeCompare(b.title))
    this._order = [...this._order.filter((app) => present.has(app)), ...fresh.map(({ app }) => app)]
  }

  _make(app) {
    const item = document.createElement("li")
    item.className = "card"
    const open = make("button", "open")
    open.append(make("span", "icon letter"), make("span", "title"), make("span", "text"), make("span", "state"))
    open.onclick = () => this._actions.open(item.card)
    const more = make("button", "more")
    more.textContent = "⋯"
    const menu = make("div", "menu")
    menu.hidden = true
    join_menu(more, menu, () => this._fill_menu(menu, item.card))
    item.append(open, more, menu)
    this._items.set(app, item)
    return item
  }

  _fill(item, card) {
    item.card = card
    const [icon, title, text, state] = item.querySelector(".open").children
    set(title, card.title)
    set(text, card.description)
    set(state, this._busy.get(card.app) || describe(card))
    state.classList.toggle("on", card.state === "running")
    this._fill_icon(icon, card)
    item.querySelector(".more").setAttribute("aria-label", `More for ${card.title}`)
    this._fill_error(item, card)
  }

  _fill_icon(icon, card) {
    const letter = card.title.trim().slice(0, 1).toUpperCase() || "?"
    if (icon.dataset.source === (card.icon ?? letter)) return
    icon.dataset.source = card.icon ?? letter
    const fresh = make(card.icon ? "img" : "span", card.icon ? "icon" : "icon letter")
    fresh.dataset.source = icon.dataset.source
    if (card.icon) { fresh.alt = ""; fresh.src = card.icon; fresh.onerror = () => fresh.replaceWith(Object.assign(make("span", "icon letter"), { textContent: letter })) }
    else { fresh.textContent = letter; fresh.setAttribute("aria-hidden", "true") }
    icon.replaceWith(fresh)
  }

  _fill_error(item, card) {
    const answer = this._answers.get(card.app) ?? {}
    const text = card.error || answer.error || (answer.ticket_url ? answer.message.split(";")[0] + "." : "")
    const key = `${text} ${answer.ticket_url ?? ""}`
    let box = item.querySelector(".trouble")
    if (box?.dataset.key === key) return
    box?.remove()
    if (!text) return
    box = make("div", "trouble")
    box.dataset.key = key
    const line = make("p")
    line.textContent = text
    box.append(line)
    if (answer.ticket_url) box.append(link("Open it in this browser", answer.ticket_url, () => this._answers.delete(card.app)))
    else box.append(button("Try again", () => this._actions.open(item.card)))
    if (card.name) box.append(button("Log", () => this._actions.log(item.card)))
    if (!card.name && card.kind === "installed") box.append(button("Remove", () => this._actions.remove(item.card)))
    item.append(box)
  }

  _fill_menu(menu, card) {
    const entries = [
      ["New window", "another", card.name],
      ["Stop", "stop", card.state && card.state !== "failed"],
      ["Log", "log", card.name],
      ["Put into the menu", "launcher", card.name && card.kind !== "path"],
      [card.kind === "path" ? "Take off this list" : "Remove…", "remove", ["path", "installed"].includes(card.kind)],
    ]
    menu.replaceChildren(...entries.filter(([, , possible]) => possible).map(([text, act]) => button(text, () => this._actions[act](card))))
  }

  _move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    if (!step || !event.target.classList.contains("open")) return
    event.preventDefault()
    const all = [...this._list.querySelectorAll(".card:not([hidden]) .open")]
    all[all.indexOf(event.target) + step]?.focus()
  }
}

function describe(card) {
  if (!card.state) return ""
  const parts = [`${SYMBOLS[card.state] ?? "?"} ${card.state}`]
  if (card.windows) parts.push(plural(card.windows, "window"))
  if (card.sessions) parts.push(plural(card.sessions, "session"))
  return parts.join(" · ")
}

const plural = (number, word) => `${count(number)} ${word}${number === 1 ? "" : "s"}`
const make = (tag, name = "") => Object.assign(document.createElement(tag), { className: name })
const set = (element, text) => { if (element.textContent !== text) element.textContent = text }
const button = (text, act) => Object.assign(make("button"), { textContent: text, onclick: act })
const link = (text, href, act) => Object.assign(make("a"), { textContent: text, href, target: "_blank", rel: "noopener", onclick: act })
