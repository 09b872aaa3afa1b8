// The details of the selected instance: charts, its own metrics, callbacks, sessions, last error, log.
import { Chart } from "./narvi/chart.js"
import { count, duration, number, percent, quick, rate, size } from "./narvi/format.js"
import { SYMBOLS } from "./model.js"

const MEASURED = [
  ["CPU", "cpu", { series: [{ colour: "#c2611f" }], format: percent, min: 0 }],
  ["Memory", "memory", { series: [{ colour: "#4a7a8c" }], format: size, min: 0 }],
  ["Messages", "messages", { series: [{ colour: "#7a5a9a" }], format: rate, min: 0 }],
  ["Sessions", "sessions", { series: [{ colour: "#5a7d3a" }], format: count, min: 0, whole: true }],
]

const make = (name, text = "", parent = null) => {
  const element = document.createElement(name)
  element.textContent = text
  parent?.append(element)
  return element
}

export class Details {
  constructor(section) {
    this._section = section
    this._key = null
  }

  /** Shows an instance, or nothing; returns whether it is another instance than before. */
  show(instance) {
    this._section.hidden = instance === undefined
    if (instance === undefined) { this._clear(); return false }
    const other = instance.key !== this._key
    if (other) this._build(instance)
    this._facts.textContent = facts(instance)
    this._draw(instance)
    this._table(this._callbacks, callbacks(instance), ["Callback", "Calls", "Median", "Worst"])
    this._table(this._sessions, sessions(instance), ["Session", "App", "Open for", "In", "Out"])
    this._error.parentElement.hidden = !instance.error
    if (this._error.textContent !== instance.error) this._error.textContent = instance.error
    return other
  }

  show_log(path, lines) {
    if (path !== this._path) return
    const at_end = this._log.scrollHeight - this._log.scrollTop - this._log.clientHeight < 30
    this._log.textContent = lines.length ? lines.join("\n") : "It has written nothing yet."
    if (at_end) this._log.scrollTop = this._log.scrollHeight
  }

  _clear() {
    for (const chart of this._charts?.values() ?? []) chart.remove()
    this._charts = new Map()
    this._section.replaceChildren()
    this._key = null
  }

  _build(instance) {
    this._clear()
    this._key = instance.key
    this._path = instance.log
    make("h2", instance.name, this._section)
    this._facts = make("p", "", this._section)
    this._facts.id = "facts"
    this._error = make("pre", "", this._part("Last error"))
    this._error.tabIndex = 0
    this._measured = this._part("")
    this._measured.className = "charts"
    this._own = this._part("Its own metrics")
    this._own_charts = make("div", "", this._own)
    this._own_charts.className = "charts"
    this._texts = make("dl", "", this._own)
    this._callbacks = this._part("Callbacks")
    this._sessions = this._part("Sessions")
    const log = this._part("Log")
    this._log = make("pre", instance.log ? "" : "It has none.", log)
    this._log.id = "log"
    this._log.tabIndex = 0
    this._log.setAttribute("aria-label", "Log")
  }

  _part(title) {
    const part = make("div", "", this._section)
    if (title) make("h3", title, part)
    return part
  }

  _draw(instance) {
    for (const [title, name, options] of MEASURED) this._chart(this._measured, `measured ${name}`, title, options, instance.history, name)
    const newest = instance.metrics.at(-1)?.[1] ?? {}
    const metadata = instance.data?.metrics_metadata ?? {}
    this._own.hidden = Object.keys(newest).length === 0
    this._texts.replaceChildren()
    for (const [name, value] of Object.entries(newest)) {
      if (typeof value === "number") this._chart(this._own_charts, `own ${name}`, name, own(metadata[name] ?? {}), instance.metrics, name)
      else { make("dt", name, this._texts); make("dd", String(value), this._texts) }
    }
    for (const [key, chart] of this._charts)
      if (key.startsWith("own ") && !(key.slice(4) in newest)) { chart.remove(); this._charts.delete(key) }
  }

  _chart(parent, key, title, options, rounds, name) {
    if (!rounds.some(([, values]) => typeof values[name] === "number")) return
    if (!this._charts.has(key)) this._charts.set(key, new Chart(parent, { title, ...options }))
    this._charts.get(key).set(rounds.map(([at]) => at), rounds.map(([, values]) => (typeof values[name] === "number" ? values[name] : null)))
  }

  _table(part, rows, titles) {
    part.hidden = rows.length === 0
    let table = part.querySelector("table")
    if (!table) {
      const wide = make("div", "", part)
      wide.className = "wide"
      table = make("table", "", wide)
      const head = table.createTHead().insertRow()
      for (const [index, title] of titles.entries()) {
        const cell = make("th", title, head)
        cell.scope = "col"
        if (index) cell.className = "right"
      }
      table.createTBody()
    }
    const body = table.tBodies[0]
    while (body.rows.length > rows.length) body.deleteRow(-1)
    for (const [index, row] of rows.entries()) {
      const line = body.rows[index] ?? body.insertRow()
      for (const [column, text] of row.entries()) {
        const cell = line.cells[column] ?? line.insertCell()
        cell.className = column ? "right" : ""
        if (cell.textContent !== text) cell.textContent = text
      }
    }
  }
}

const limit = (value) => (typeof value === "number" ? value : null)
const own = ({ min, max, colour, unit }) => {
  const sizes = { bytes: size, "bytes/s": (value) => `${size(value)}/s` }
  const format = Object.hasOwn(sizes, unit) ? sizes[unit] : (value) => `${number(value)}${typeof unit === "string" ? ` ${unit}` : ""}`
  return { series: [{ colour }], format, min: limit(min), max: limit(max) }
}

const counted = (value, what) => `${count(value)} ${what}${value === 1 ? "" : "s"}`

function facts(instance) {
  const known = [`${SYMBOLS[instance.state] ?? "?"} ${instance.state} for ${duration(instance.seconds)}`]
  const { data } = instance
  if (data) {
    known.push(`up ${duration(data.uptime)}`)
    if (data.pid) known.push(`process ${data.pid}`)
    known.push(counted(data.measured.requests, "request"), counted(data.measured.errors, "error"), counted(data.restarts, "restart"))
    const waiting = Object.values(data.waiting).reduce((sum, length) => sum + length, 0)
    if (waiting) known.push(`${count(waiting)} waiting`)
    const { running } = data.measured
    if (running && running.seconds >= 1) known.push(`${running.name} has not returned for ${duration(running.seconds)}`)
  }
  return known.join(" · ")
}

function callbacks({ data }) {
  return Object.entries(data?.measured.callbacks ?? {})
    .sort(([, a], [, b]) => b.recent_worst - a.recent_worst)
    .map(([name, times]) => [name, count(times.count), quick(times.median), quick(times.worst)])
}

function sessions({ data }) {
  return Object.entries(data?.sessions ?? {}).map(([id, session]) => [
    id.slice(0, 8),
    session.app_name,
    duration(session.uptime),
    `${count(session.messages_in)}, ${size(session.bytes_in)}`,
    `${count(session.messages_out)}, ${size(session.bytes_out)}`,
  ])
}
