// The list at the side: all notes, the latest change first, or what a search has found.
const TODAY = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const EARLIER = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })

export class List {
  /** `open(id)` is called when the user picks a note. */
  constructor(element, none, open) {
    this._element = element
    this._none = none
    this._open = open
    this._notes = new Map()
    this._found = null // ids, while there is a search
    this._current = null
    element.onkeydown = (event) => this._move(event)
  }

  get notes() {
    return [...this._notes.values()].sort((first, second) => second.changed - first.changed)
  }

  has(id) {
    return this._notes.has(id)
  }

  title(id) {
    return this._notes.get(id)?.title || "Untitled"
  }

  replace(notes) {
    this._notes = new Map(notes.map((note) => [note.id, note]))
    this._draw()
  }

  put(note) {
    this._notes.set(note.id, note)
    this._draw()
  }

  remove(id) {
    this._notes.delete(id)
    this._draw()
  }

  mark(id) {
    this._current = id
    this._draw()
  }

  found(ids) {
    this._found = ids === null ? null : new Set(ids)
    this._draw()
  }

  _draw() {
    const focused = document.activeElement?.dataset?.note
    const shown = this.notes.filter((note) => this._found === null || this._found.has(note.id))
    this._element.replaceChildren(...shown.map((note) => this._row(note)))
    if (focused) this._element.querySelector(`[data-note="${focused}"]`)?.focus()
    this._none.hidden = shown.length > 0 || this._found === null
    this._none.textContent = "No note holds these words."
  }

  _row(note) {
    const row = document.createElement("li")
    const button = document.createElement("button")
    button.dataset.note = note.id
    if (note.id === this._current) button.setAttribute("aria-current", "true")
    button.append(span("title", note.title || "Untitled"), span("start", `${time(note.changed)}  ${rest(note)}`))
    button.onclick = () => this._open(note.id)
    row.append(button)
    return row
  }

  _move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    const buttons = [...this._element.querySelectorAll("button")]
    buttons[buttons.indexOf(document.activeElement) + step]?.focus()
    event.preventDefault()
  }
}

function span(name, text) {
  const element = document.createElement("span")
  element.className = name
  element.textContent = text
  return element
}

export function time(seconds) {
  const then = new Date(seconds * 1000)
  return (then.toDateString() === new Date().toDateString() ? TODAY : EARLIER).format(then)
}

function rest(note) {
  const lines = note.start.split("\n").filter((line) => line.trim())
  return lines.slice(1).join(" ").replace(/!\[[^\]]*\]\([^)]*(\)|$)/g, "").replace(/[#*_`>]/g, "")
}
