// The service chooser: lists, makes, opens, renames and deletes boards.
import { ask_text } from "./narvi/dialogs.js"
import { count } from "./narvi/format.js"
import { join_menu } from "./narvi/menu.js"

const by_id = (id) => document.getElementById(id)
const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" })
const items = new Map()

class DirectoryPage {
  recv(text) {
    const message = JSON.parse(text)
    if (message.action === "made") location.href = url_of(message.board)
    else show(message.boards)
  }
}

const url_of = (board) => `../../boards/${encodeURIComponent(board)}/index.html`
const send = (values) => service.send(JSON.stringify(values))

function show(boards) {
  const present = new Set(boards.map(({ id }) => id))
  for (const [id, item] of items) if (!present.has(id)) { item.remove(); items.delete(id) }
  const list = by_id("boards")
  for (const [index, board] of boards.entries()) {
    const item = items.get(board.id) ?? make(board.id)
    fill(item, board)
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null)
  }
  by_id("none").textContent = boards.length ? "" : "No boards yet. Give the first one a name."
}

function make(id) {
  const item = Object.assign(document.createElement("li"), { className: "board" })
  const link = Object.assign(document.createElement("a"), { href: url_of(id) })
  link.append(document.createElement("strong"), document.createElement("span"))
  const more = Object.assign(document.createElement("button"), { className: "more", textContent: "⋯" })
  const menu = Object.assign(document.createElement("div"), { className: "menu", hidden: true })
  join_menu(more, menu, () => menu.replaceChildren(entry("Rename…", () => rename(item.board)), entry("Delete", () => remove(item.board))))
  item.append(link, more, menu)
  items.set(id, item)
  return item
}

function fill(item, board) {
  item.board = board
  const [name, facts] = item.querySelector("a").children
  name.textContent = board.name
  facts.textContent = `${count(board.open)} open · ${when.format(board.changed * 1000)}`
  item.querySelector(".more").setAttribute("aria-label", `More for ${board.name}`)
}

const entry = (textContent, onclick) => Object.assign(document.createElement("button"), { textContent, onclick })

async function rename(board) {
  const name = await ask_text(`Rename ${board.name}`, "Name", [board.name], "Rename")
  if (name) send({ do: "rename", board: board.id, name })
}

function remove(board) {
  send({ do: "delete", board: board.id })
  const box = by_id("undo")
  box.firstElementChild.textContent = `Deleted “${board.name}”`
  box.hidden = false
  clearTimeout(box.timer)
  box.timer = setTimeout(() => { box.hidden = true }, 10_000)
  box.lastElementChild.onclick = () => { box.hidden = true; send({ do: "restore", board: board.id }) }
}

by_id("new").onsubmit = (event) => {
  event.preventDefault()
  if (by_id("name").value.trim()) send({ do: "create", name: by_id("name").value })
}
const service = start_narvi(DirectoryPage)
