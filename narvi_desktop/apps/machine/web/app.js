// Four cards, each with a number and a chart, updated at every monitoring round.
import { Chart } from "./narvi/chart.js"
import { percent, size } from "./narvi/format.js"

const ROUND_LIMIT = 300
const speed = (value) => `${size(value)}/s`
const cards = [
  { title: "Processor", names: ["cpu"], series: [{ colour: "#c2611f" }], format: percent, min: 0, max: 100 },
  { title: "Memory", names: ["memory"], series: [{ colour: "#4a7a8c" }], format: size, min: 0 },
  { title: "Disk", names: ["disk"], series: [{ colour: "#7a5a9a" }], format: percent, min: 0, max: 100 },
  {
    title: "Network", names: ["received", "sent"], format: speed, min: 0,
    series: [{ label: "↓", colour: "#5a7d3a" }, { label: "↑", colour: "#c2611f" }],
  },
]
const rounds = []

class MachinePage {
  recv(message) {
    const { rounds: received, memory } = JSON.parse(message)
    const last = rounds.at(-1)?.[0] ?? 0
    rounds.push(...received.filter(([at]) => at > last)) // after a reconnect the history is sent again
    rounds.splice(0, rounds.length - ROUND_LIMIT)
    for (const card of cards) show(card, memory)
  }
}

function make(card) {
  const section = document.createElement("section")
  section.className = "card"
  const heading = document.createElement("h2")
  heading.textContent = card.title
  card.now = document.createElement("p")
  card.now.className = "now"
  card.now.textContent = "–"
  section.append(heading, card.now)
  document.getElementById("cards").append(section)
  card.chart = new Chart(section, card)
}

function show(card, memory) {
  if (card.title === "Memory") card.chart.limits(0, memory)
  const times = rounds.map(([at]) => at)
  const lists = card.names.map((name) => rounds.map(([, values]) => values[name]))
  card.chart.set(times, ...lists)
  const newest = lists.map((list, index) => `${card.series[index].label ?? ""} ${card.format(list.at(-1) ?? 0)}`.trim())
  card.now.textContent = card.title === "Memory" ? `${newest[0]} of ${size(memory)}` : newest.join("   ")
}

cards.forEach(make)
start_narvi(MachinePage)
