// The table of instances. A row lives as long as its instance, so that it keeps the focus.
import { count, percent, quick, rate, size } from "./narvi/format.js"
import { SYMBOLS, slowest } from "./model.js"

const COLUMNS = [
  ["state", (instance) => `${SYMBOLS[instance.state] ?? "?"} ${instance.state}`],
  ["right", (instance) => count(Object.keys(instance.data?.sessions ?? {}).length)],
  ["right", (instance) => (instance.data ? rate(instance.data.measured.messages_per_second) : "–")],
  ["right", (instance) => known(instance.data?.measured.cpu, percent)],
  ["right", (instance) => known(instance.data?.measured.memory, size)],
  ["slow", (instance) => { const call = slowest(instance.data); return call ? `${call[0]} ${quick(call[1])}` : "–" }],
  ["right", (instance) => count(instance.data?.measured.errors ?? 0)],
  ["right", (instance) => count(instance.data?.restarts ?? 0)],
]
const known = (value, format) => (value === null || value === undefined ? "–" : format(value))

export class List {
  /** on_select(key) is called when the user chooses a row. */
  constructor(body, none, on_select) {
    this._body = body
    this._none = none
    this._on_select = on_select
    this._rows = new Map()
    body.addEventListener("keydown", (event) => this._move(event))
    for (const [index, [kind]] of COLUMNS.entries())
      if (kind === "right") body.parentElement.tHead.rows[0].cells[index + 1].classList.add("right")
  }

  show(instances, selected, filter) {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
    const shown = [...instances.values()].filter((instance) => words.every((word) => `${instance.name} ${instance.state}`.toLowerCase().includes(word)))
    for (const [key, row] of this._rows)
      if (!shown.some((instance) => instance.key === key)) { row.remove(); this._rows.delete(key) }
    for (const [index, instance] of shown.entries()) {
      const row = this._rows.get(instance.key) ?? this._make(instance)
      if (this._body.rows[index] !== row) this._body.insertBefore(row, this._body.rows[index] ?? null)
      this._fill(row, instance, instance.key === selected)
    }
    // The monitor itself is always among them.
    const alone = instances.size <= 1 ? "No other app runs yet." : ""
    this._none.textContent = shown.length ? alone : "Nothing passes the filter."
    return shown
  }

  _make(instance) {
    const row = document.createElement("tr")
    const button = document.createElement("button")
    button.textContent = instance.name
    row.insertCell().append(button)
    for (const [kind] of COLUMNS) row.insertCell().className = kind
    row.onclick = () => this._on_select(instance.key)
    this._rows.set(instance.key, row)
    return row
  }

  _fill(row, instance, selected) {
    row.toggleAttribute("aria-current", selected)
    if (selected) row.setAttribute("aria-current", "true")
    for (const [index, [kind, text]] of COLUMNS.entries()) {
      const cell = row.cells[index + 1]
      const value = text(instance)
      if (cell.textContent !== value) cell.textContent = value
      if (kind === "state") cell.className = `state ${instance.state}`
    }
    row.cells[7].classList.toggle("some", (instance.data?.measured.errors ?? 0) > 0)
  }

  _move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const buttons = [...this._body.querySelectorAll("button")]
    buttons[buttons.indexOf(document.activeElement) + step]?.focus()
  }
}
