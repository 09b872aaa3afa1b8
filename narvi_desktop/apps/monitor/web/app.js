// Connects the service's rounds, the table and the details.
import { count, duration, percent, quick, rate, size } from "./narvi/format.js"
import { Details } from "./details.js"
import { List } from "./list.js"
import { Model } from "./model.js"

const by_id = (id) => document.getElementById(id)
const model = new Model()
const details = new Details(by_id("details"))
const list = new List(by_id("list").tBodies[0], by_id("none"), select)
let selected = null
let states = new Map()

class MonitorPage {
  recv(text) {
    const message = JSON.parse(text)
    if (message.action === "log") return details.show_log(message.path, message.lines)
    model.take(message)
    draw()
    announce_changes()
  }
}

function select(key) {
  selected = key
  draw()
}

function draw() {
  const { own } = model
  if (own) by_id("own").textContent = summary(own)
  const shown = list.show(model.instances, selected, by_id("filter").value)
  const instance = shown.find(({ key }) => key === selected) ?? shown[0]
  if (instance && instance.key !== selected) {
    selected = instance.key
    list.show(model.instances, selected, by_id("filter").value)
  }
  if (details.show(instance)) follow(instance)
}

function follow(instance) {
  service.send(JSON.stringify({ log: instance.log || null }))
}

function summary({ data }) {
  const newest = data.metrics[0]?.[1] ?? {}
  const parts = [`up ${duration(data.uptime)}`, `${count(newest.sessions ?? 0)} session${newest.sessions === 1 ? "" : "s"}`, rate(newest.messages ?? 0)]
  if (newest.cpu !== undefined) parts.push(`CPU ${percent(newest.cpu)}`, `memory ${size(newest.memory)}`)
  return [...parts, `lag ${quick(newest.lag ?? 0)}`].join(" · ")
}

// Announces what went wrong, for users who do not see the table.
function announce_changes() {
  const now = new Map([...model.instances.values()].map((instance) => [instance.name, instance.state]))
  const news = [...now].filter(([name, state]) => states.size && states.get(name) !== state && ["failed", "stuck", "restarting"].includes(state))
  if (news.length) by_id("said").textContent = news.map(([name, state]) => `${name}: ${state}`).join(", ")
  states = now
}

by_id("filter").addEventListener("input", draw)
const service = start_narvi(MonitorPage)
// After a reconnect the service does not know which log this page follows.
service.add_status_listener((status) => { if (status === "connected" && selected) follow(model.instances.get(selected) ?? {}) })
