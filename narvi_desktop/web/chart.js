// A small chart over time, drawn by uPlot, in light and dark, with a text for screen readers.
import uPlot from "./vendor/uplot.js"

const HEIGHT = 110
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
const colour_of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const dark = matchMedia("(prefers-color-scheme: dark)")
const minutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" })

const canvas = document.createElement("canvas").getContext("2d")

/** Returns a CSS colour of an app as a canvas can draw it, or "" for what is no colour or cannot be seen. */
export function plain_colour(text) {
  if (typeof text !== "string") return ""
  // A canvas ignores an assignment of what is no colour, such as "inherit" or "url(x)".
  canvas.fillStyle = "#010203"
  canvas.fillStyle = text
  const colour = canvas.fillStyle
  const alpha = /^rgba\(.*,\s*([\d.]+)\)$/.exec(colour)?.[1] ?? 1
  return colour === "#010203" || alpha < 0.3 ? "" : colour
}

/** Numbers over time.
 *
 * title: what stands above it. series: [{label, colour}]. format: a number as text.
 * min, max: the limits where they are known; a value beyond them is still drawn. whole: there are no fractions.
 */
export class Chart {
  constructor(parent, { title, series = [{}], format = String, min = null, max = null, whole = false }) {
    this._title = title
    this._series = series
    this._format = format
    this._limits = [min, max]
    this._whole = whole
    this.element = document.createElement("figure")
    this.element.className = "chart"
    const caption = document.createElement("figcaption")
    const name = document.createElement("span")
    name.textContent = title
    this._now = document.createElement("span")
    this._now.className = "value"
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
    this._describe()
  }

  /** times: Unix seconds, growing; values: a list for each series, null where there is none. */
  set(times, ...values) {
    this.data = [times, ...values]
    this._uplot?.setData(this.data)
    this._describe()
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
    const range = (_, lowest, highest) => {
      const low = Math.min(this._limits[0] ?? 0, lowest ?? 0)
      const high = Math.max(this._limits[1] ?? (highest ?? 0) * 1.1, highest ?? 0)
      return high > low ? [low, high] : [low, low + 1]
    }
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true }, y: { range } },
      axes: [
        { ...axis, size: 22, values: (_, times) => times.map((time) => this._clock(time)), space: 90 },
        { ...axis, size: 64, values: (_, values) => values.map(this._format), space: 28, ...(this._whole && { incrs: WHOLE }) },
      ],
      series: [{}, ...this._series.map(({ colour }) => ({ stroke: () => plain_colour(colour) || colour_of("--accent"), width: 2, points: { show: false } }))],
    }
  }

  _describe() {
    const newest = this._series.map(({ label }, index) => {
      const value = this.data[index + 1].at(-1)
      const text = value === undefined || value === null ? "–" : this._format(value)
      return label ? `${label} ${text}` : text
    })
    this._now.textContent = newest.join("  ")
    const count = this.data[0].length
    const from = count ? `, since ${clock.format(this.data[0][0] * 1000)}` : ", nothing yet"
    this._plot.setAttribute("aria-label", `${this._title} over time: now ${newest.join(", ")}${from}`)
  }
}
