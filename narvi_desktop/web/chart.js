// A small chart over time, drawn by uPlot: the same in every page of ours, light and dark, said to who cannot see it.
import uPlot from "./vendor/uplot.js"

const HEIGHT = 110
const colour_of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const dark = matchMedia("(prefers-color-scheme: dark)")
const minutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" })

/** A CSS colour of an app, or ours where it is none. */
export function safe_colour(text) {
  return typeof text === "string" && CSS.supports("color", text) ? text : "var(--accent)"
}

/** Numbers over time.
 *
 * title: what stands above it. series: [{label, colour}]. format: a number as text.
 * min, max: the limits where they are known.
 */
export class Chart {
  constructor(parent, { title, series = [{}], format = String, min = null, max = null }) {
    this._title = title
    this._series = series
    this._format = format
    this._limits = [min, max]
    this.element = document.createElement("figure")
    this.element.className = "chart"
    const caption = document.createElement("figcaption")
    const name = document.createElement("span")
    name.textContent = title
    this._now = document.createElement("output")
    caption.append(name, this._now)
    this._plot = document.createElement("div")
    this._plot.setAttribute("role", "img")
    this._plot.className = "plot"
    this.element.append(caption, this._plot)
    parent.append(this.element)
    this.data = [[], ...series.map(() => [])]
    this.element.chart = this
    this._redraw = () => this._uplot?.redraw(false)
    dark.addEventListener("change", this._redraw)
    this._sized = new ResizeObserver(() => this._resize())
    this._sized.observe(this._plot)
    this._say()
  }

  /** times: Unix seconds, growing; values: a list for each series, null where there is none. */
  set(times, ...values) {
    this.data = [times, ...values]
    this._uplot?.setData(this.data)
    this._say()
  }

  limits(min, max) {
    this._limits = [min, max]
  }

  _clock(time) {
    const [times] = this.data
    return (times.at(-1) - times[0] > 300 ? minutes : clock).format(time * 1000)
  }

  remove() {
    dark.removeEventListener("change", this._redraw)
    this._sized.disconnect()
    this._uplot?.destroy()
    this.element.remove()
  }

  _resize() {
    const width = Math.floor(this._plot.clientWidth)
    if (width < 40) return
    if (this._uplot) return this._uplot.setSize({ width, height: HEIGHT })
    this._uplot = new uPlot(this._options(width), this.data, this._plot)
  }

  _options(width) {
    const quiet = () => colour_of("--quiet")
    const axis = { stroke: quiet, grid: { stroke: () => colour_of("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" }
    const range = (_, least, most) => [
      this._limits[0] ?? Math.min(0, least ?? 0),
      this._limits[1] ?? (most > 0 ? most * 1.1 : 1),
    ]
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true }, y: { range } },
      axes: [
        { ...axis, size: 22, values: (_, times) => times.map((time) => this._clock(time)), space: 90 },
        { ...axis, size: 64, values: (_, values) => values.map(this._format), space: 28 },
      ],
      series: [{}, ...this._series.map(({ colour }) => ({ stroke: () => drawn(safe_colour(colour)), width: 2, points: { show: false } }))],
    }
  }

  _say() {
    const newest = this._series.map(({ label }, place) => {
      const value = this.data[place + 1].at(-1)
      const text = value === undefined || value === null ? "–" : this._format(value)
      return label ? `${label} ${text}` : text
    })
    this._now.textContent = newest.join("  ")
    const count = this.data[0].length
    const from = count ? `, since ${clock.format(this.data[0][0] * 1000)}` : ", nothing yet"
    this._plot.setAttribute("aria-label", `${this._title} over time: now ${newest.join(", ")}${from}`)
  }
}

// A canvas knows no var().
function drawn(colour) {
  return colour.startsWith("var(") ? colour_of(colour.slice(4, -1)) : colour
}
