// From the rounds of admin data to what the page shows: instances with their history. Nothing of the page is here.
const KEPT = 900
export const SYMBOLS = { running: "●", idle: "○", starting: "◌", stopping: "◌", stuck: "▲", restarting: "↻", failed: "✗" }

export class Model {
  constructor() {
    this.own = null
    this.instances = new Map()
  }

  /** Take a message of the service; `all` brings the history, `round` what is new. */
  take({ action, data }) {
    if (action === "all") this.instances.clear()
    const found = new Map()
    for (const [workspace, services] of Object.entries(data))
      for (const [service, entry] of Object.entries(services))
        for (const one of [...running(workspace, service, entry), ...not_running(workspace, service, entry)])
          found.set(one.key, this._with_history(one))
    const own = JSON.stringify(["desktop", "runtime", "main", 0])
    this.own = found.get(own) ?? null
    found.delete(own)
    this.instances = new Map([...found].sort(([, a], [, b]) => a.name.localeCompare(b.name)))
  }

  _with_history(one) {
    const before = one.key === this.own?.key ? this.own : this.instances.get(one.key)
    one.history = joined(before?.history, one.data?.measured_history)
    one.metrics = joined(before?.metrics, one.data?.metrics)
    return one
  }
}

function* running(workspace, service, entry) {
  for (const [id, instances] of Object.entries(entry.instances))
    for (const data of instances) {
      // One of a shared service is the same after a restart; the others are told apart by their number.
      const number = entry.shared ? 0 : data.number
      yield {
        key: JSON.stringify([workspace, service, id, number]),
        name: named(workspace, service, id, number),
        state: data.state,
        seconds: data.seconds_in_state ?? data.uptime,
        error: data.measured?.last_error ?? "",
        log: entry.log,
        data,
      }
    }
}

function* not_running(workspace, service, entry) {
  for (const [id, { state, seconds, error }] of Object.entries(entry.not_running ?? {}))
    yield {
      key: JSON.stringify([workspace, service, id, 0]),
      name: named(workspace, service, id, 0),
      state, seconds, error, log: entry.log, data: null,
    }
}

// workspace/service:id, without what only repeats.
function named(workspace, service, id, number) {
  const name = service === workspace ? workspace : `${workspace}/${service}`
  return name + (id === "main" ? "" : `:${id}`) + (number ? ` #${number}` : "")
}

// Newest first comes in, oldest first is kept.
function joined(before = [], come = []) {
  const last = before.at(-1)?.[0] ?? 0
  return [...before, ...come.filter(([at]) => at > last).reverse()].slice(-KEPT)
}

/** The callback whose worst recent call took longest; the constructor only counts while it runs. */
export function slowest(data) {
  const measured = data?.measured
  if (!measured) return null
  const calls = Object.entries(measured.callbacks).filter(([name]) => name !== "constructor").map(([name, times]) => [name, times.recent_worst])
  if (measured.running) calls.push([measured.running.name, measured.running.seconds])
  return calls.sort((a, b) => b[1] - a[1])[0] ?? null
}
