// Formats numbers, sizes and times for the user's language.
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const short = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 })
const UNITS = ["B", "KB", "MB", "GB", "TB"]

export const count = (value) => whole.format(value)
export const number = (value) => short.format(value)
export const percent = (value) => `${tenth.format(value)} %`
export const rate = (value) => `${tenth.format(value)}/s`

/** Formats bytes in powers of 1024. */
export function size(bytes) {
  let unit = 0
  while (bytes >= 1000 && unit < UNITS.length - 1) { bytes /= 1024; unit += 1 }
  return `${(unit === 0 || bytes >= 100 ? whole : tenth).format(bytes)} ${UNITS[unit]}`
}

/** Formats seconds in the two largest units. */
export function duration(seconds) {
  const all = Math.floor(seconds)
  const two = (value) => String(value).padStart(2, "0")
  if (all < 60) return `${all} s`
  if (all < 3600) return `${Math.floor(all / 60)} min ${two(all % 60)} s`
  if (all < 86400) return `${Math.floor(all / 3600)} h ${two(Math.floor((all % 3600) / 60))} min`
  return `${Math.floor(all / 86400)} d ${two(Math.floor((all % 86400) / 3600))} h`
}

/** Formats a short time in seconds, such as that of a call. */
export function quick(seconds) {
  if (seconds < 0.001) return `${whole.format(seconds * 1e6)} µs`
  return seconds < 1 ? `${tenth.format(seconds * 1e3)} ms` : `${tenth.format(seconds)} s`
}
