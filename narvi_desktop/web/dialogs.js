// What is asked and shown over the page; each resolves with the choice.
const dialog = document.createElement("dialog")
dialog.setAttribute("aria-labelledby", "dialog-title")
document.body.append(dialog)

/** choices: [text, value] each, the last one is the likely one; Escape is null. */
export function ask(title, text, choices) {
  const line = Object.assign(document.createElement("p"), { textContent: text })
  return show("small", title, [line], choices)
}

export function show_log(title, text, path) {
  const log = Object.assign(document.createElement("pre"), { textContent: text, tabIndex: 0 })
  const place = Object.assign(document.createElement("p"), { textContent: path ? `It lies in ${path}` : "" })
  const done = show("", title, path ? [log, place] : [log], [["Close", null]])
  log.scrollTop = log.scrollHeight
  return done
}

/** One of several, by buttons below each other; known: [text, value] each. */
export function ask_which(title, known) {
  const list = Object.assign(document.createElement("div"), { className: "which" })
  list.append(...known.map(([text], place) => Object.assign(document.createElement("button"), { textContent: text, value: String(place), className: "quiet" })))
  return show("small", title, [list], [...known, ["Cancel", null]], true)
}

/** What is typed, or null. */
export async function ask_text(title, text, known, done = "Open") {
  const label = Object.assign(document.createElement("label"), { textContent: text })
  const input = document.createElement("input")
  const list = Object.assign(document.createElement("datalist"), { id: "known" })
  list.append(...known.map((value) => Object.assign(document.createElement("option"), { value })))
  input.setAttribute("list", "known")
  input.maxLength = 64
  input.value = known[0] ?? ""
  label.append(input, list)
  const choice = await show("small", title, [label], [["Cancel", null], [done, "done"]])
  return choice ? input.value.trim() : null
}

function show(kind, title, parts, choices, listed = false) {
  dialog.className = kind
  const form = Object.assign(document.createElement("form"), { method: "dialog" })
  const head = Object.assign(document.createElement("h2"), { id: "dialog-title", textContent: title })
  const row = Object.assign(document.createElement("div"), { className: "row" })
  for (const [place, [text]] of choices.entries()) {
    if (listed && place < choices.length - 1) continue // it stands among the parts
    const button = Object.assign(document.createElement("button"), { textContent: text, value: String(place) })
    if (place < choices.length - 1 || choices.length === 1) button.className = "quiet"
    row.append(button)
  }
  form.append(head, ...parts, row)
  dialog.replaceChildren(form)
  // Enter in a field is the likely choice, which is not the first button.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") { event.preventDefault(); row.lastChild.click() }
  })
  dialog.returnValue = ""
  dialog.showModal()
  ;(form.querySelector("input, pre, .which button") ?? row.lastChild).focus()
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(choices[dialog.returnValue]?.[1] ?? null), { once: true }))
}
