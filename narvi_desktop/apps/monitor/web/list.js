// The table of what runs. Its rows stay as long as their instance does, so that focus does.
import { count, percent, quick, rate, size } from "./narvi/format.js"
import { SYMBOLS, slowest } from "./model.js"

const COLUMNS = [
  ["state", (one) => `${SYMBOLS[one.state] ?? "?"} ${one.state}`],
  ["right", (one) => count(Object.keys(one.data?.sessions ?? {}).length)],
  ["right", (one) => (one.data ? rate(one.data.measured.messages_per_second) : "–")],
  ["right", (one) => known(one.data?.measured.cpu, percent)],
  ["right", (one) => known(one.data?.measured.memory, size)],
  ["slow", (one) => { const call = slowest(one.data); return call ? `${call[0]} ${quick(call[1])}` : "–" }],
  ["right", (one) => count(one.data?.measured.errors ?? 0)],
  ["right", (one) => count(one.data?.restarts ?? 0)],
]
const known = (value, format) => (value === null || value === undefined ? "–" : format(value))

export class List {
  /** on_select(key) is called when a person chooses a row. */
  constructor(body, none, on_select) {
    this._body = body
    this._none = none
    this._on_select = on_select
    this._rows = new Map()
    body.addEventListener("keydown", (event) => this._move(event))
    for (const [place, [kind]] of COLUMNS.entries())
      if (kind === "right") body.parentElement.tHead.rows[0].cells[place + 1].classList.add("right")
  }

  show(instances, selected, filter) {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
    const shown = [...instances.values()].filter((one) => words.every((word) => `${one.name} ${one.state}`.toLowerCase().includes(word)))
    for (const [key, row] of this._rows)
      if (!shown.some((one) => one.key === key)) { row.remove(); this._rows.delete(key) }
    for (const [place, one] of shown.entries()) {
      const row = this._rows.get(one.key) ?? this._make(one)
      if (this._body.rows[place] !== row) this._body.insertBefore(row, this._body.rows[place] ?? null)
      this._fill(row, one, one.key === selected)
    }
    // We ourselves always run.
    const alone = instances.size <= 1 ? "No other app runs yet." : ""
    this._none.textContent = shown.length ? alone : "Nothing passes the filter."
    return shown
  }

  _make(one) {
    const row = document.createElement("tr")
    const button = document.createElement("button")
    button.textContent = one.name
    row.insertCell().append(button)
    for (const [kind] of COLUMNS) row.insertCell().className = kind
    row.onclick = () => this._on_select(one.key)
    this._rows.set(one.key, row)
    return row
  }

  _fill(row, one, selected) {
    row.toggleAttribute("aria-current", selected)
    if (selected) row.setAttribute("aria-current", "true")
    for (const [place, [kind, text]] of COLUMNS.entries()) {
      const cell = row.cells[place + 1]
      const said = text(one)
      if (cell.textContent !== said) cell.textContent = said
      if (kind === "state") cell.className = `state ${one.state}`
    }
    row.cells[7].classList.toggle("some", (one.data?.measured.errors ?? 0) > 0)
  }

  _move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const buttons = [...this._body.querySelectorAll("button")]
    buttons[buttons.indexOf(document.activeElement) + step]?.focus()
  }
}
