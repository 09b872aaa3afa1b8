// One card: its text, its files, its menu, and the field in which it is edited.
import { size } from "./narvi/format.js"
import { join_menu } from "./narvi/menu.js"

const make = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text })

export function make_card(id) {
  const item = make("li", "card")
  item.dataset.id = id
  item.tabIndex = 0
  item.draggable = true
  const more = make("button", "more", "⋯")
  const menu = make("div", "menu")
  menu.hidden = true
  join_menu(more, menu, () => fill_menu(item, menu))
  item.append(make("p", "text"), make("ul", "files"), more, menu)
  return item
}

export function fill_card(item, card, actions) {
  item.content = { card, actions }
  // While the card is edited its text is not in the document.
  ;(item.querySelector(".text") ?? item.detached_text).textContent = card.text
  item.setAttribute("aria-label", card.text)
  item.querySelector(".more").setAttribute("aria-label", `More for ${card.text}`)
  const list = item.querySelector(".files")
  list.hidden = card.files.length === 0
  list.replaceChildren(...card.files.map((file) => file_line(card, file, actions)))
}

function file_line(card, file, actions) {
  const line = make("li", "")
  const link = Object.assign(make("a", "", file.name), { href: actions.url_of(file), download: file.name })
  const remove = Object.assign(make("button", "remove", "×"), { onclick: () => actions.detach(card, file) })
  remove.setAttribute("aria-label", `Remove ${file.name}`)
  line.append(link, make("span", "size", size(file.size)), remove)
  return line
}

function fill_menu(item, menu) {
  const { card, actions } = item.content
  const entries = [
    ["Edit", () => edit(item)],
    ["Attach a file…", () => actions.choose_files(card)],
    ["Send to another board…", () => actions.send(card)],
    ["Delete", () => actions.remove(card)],
  ]
  menu.replaceChildren(...entries.map(([text, onclick]) => Object.assign(document.createElement("button"), { textContent: text, onclick })))
}

export function edit(item) {
  if (item.querySelector("textarea")) return
  const { card, actions } = item.content
  const text = item.querySelector(".text")
  const field = Object.assign(document.createElement("textarea"), { value: card.text, maxLength: 10000 })
  field.setAttribute("aria-label", "Text of the card")
  let ended = false
  const end = (keep) => {
    if (ended) return
    ended = true
    const value = field.value.trim()
    field.replaceWith(text)
    item.draggable = true
    if (keep && value && value !== item.content.card.text) actions.write(item.content.card, value)
    item.focus()
  }
  field.onkeydown = (event) => {
    event.stopPropagation()
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); end(true) }
    if (event.key === "Escape") end(false)
  }
  field.onblur = () => end(true)
  item.draggable = false // or text could not be selected with the mouse
  item.detached_text = text
  text.replaceWith(field)
  field.style.height = `${field.scrollHeight + 4}px`
  field.focus()
  field.select()
}
