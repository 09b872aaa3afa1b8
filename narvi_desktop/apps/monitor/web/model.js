// Turns rounds of admin data into instances with their history. Nothing here touches the page.
const HISTORY_LIMIT = 900
export const SYMBOLS = { running: "●", idle: "○", starting: "◌", stopping: "◌", stuck: "▲", restarting: "↻", failed: "✗" }

export class Model {
  constructor() {
    this.own = null
    this.instances = new Map()
  }

  /** Takes a message of the service: `all` has the history, `round` what is new. */
  take({ action, data }) {
    if (action === "all") this.instances.clear()
    const found = new Map()
    for (const [workspace, services] of Object.entries(data))
      for (const [service, entry] of Object.entries(services))
        for (const instance of [...running(workspace, service, entry), ...not_running(workspace, service, entry)])
          found.set(instance.key, this._with_history(instance))
    const own = JSON.stringify(["desktop", "runtime", "main", 0])
    this.own = found.get(own) ?? null
    found.delete(own)
    this.instances = new Map([...found].sort(([, a], [, b]) => a.name.localeCompare(b.name)))
  }

  _with_history(instance) {
    const before = instance.key === this.own?.key ? this.own : this.instances.get(instance.key)
    instance.history = append(before?.history, instance.data?.measured_history)
    instance.metrics = append(before?.metrics, instance.data?.metrics)
    return instance
  }
}

function* running(workspace, service, entry) {
  for (const [id, instances] of Object.entries(entry.instances))
    for (const data of instances) {
      // An instance of a shared service is the same instance after a restart; others differ by their number.
      const number = entry.shared ? 0 : data.number
      yield {
        key: JSON.stringify([workspace, service, id, number]),
        name: name_of(workspace, service, id, number),
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
      name: name_of(workspace, service, id, 0),
      state, seconds, error, log: entry.log, data: null,
    }
}

// workspace/service:id, without a service called like its workspace, and without the id "main".
function name_of(workspace, service, id, number) {
  const name = service === workspace ? workspace : `${workspace}/${service}`
  return name + (id === "main" ? "" : `:${id}`) + (number ? ` #${number}` : "")
}

// The service sends the newest first; the page keeps the oldest first.
function append(before = [], received = []) {
  const last = before.at(-1)?.[0] ?? 0
  return [...before, ...received.filter(([at]) => at > last).reverse()].slice(-HISTORY_LIMIT)
}

/** The callback whose worst recent call took longest; the constructor only counts while it runs. */
export function slowest(data) {
  const measured = data?.measured
  if (!measured) return null
  const calls = Object.entries(measured.callbacks).filter(([name]) => name !== "constructor").map(([name, times]) => [name, times.recent_worst])
  if (measured.running) calls.push([measured.running.name, measured.running.seconds])
  return calls.sort((a, b) => b[1] - a[1])[0] ?? null
}
