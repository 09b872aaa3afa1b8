// Dialogs over the page. Each function returns a promise of what the user chooses.
const dialog = document.createElement("dialog")
dialog.setAttribute("aria-labelledby", "dialog-title")
document.body.append(dialog)

/** Asks with a button for each of the choices: [text, value]. The last one is the default; Escape means null. */
export function ask(title, text, choices) {
  const line = Object.assign(document.createElement("p"), { textContent: text })
  return show("small", title, [line], choices)
}

export function show_log(title, text, path) {
  const log = Object.assign(document.createElement("pre"), { textContent: text, tabIndex: 0 })
  const location = Object.assign(document.createElement("p"), { textContent: path ? `The file is ${path}` : "" })
  const done = show("", title, path ? [log, location] : [log], [["Close", null]])
  log.scrollTop = log.scrollHeight
  return done
}

/** Asks for one of several options, [text, value] each, with buttons below each other. */
export function ask_which(title, options) {
  const list = Object.assign(document.createElement("div"), { className: "which" })
  list.append(...options.map(([text], index) => Object.assign(document.createElement("button"), { textContent: text, value: String(index), className: "quiet" })))
  return show("small", title, [list], [...options, ["Cancel", null]], true)
}

/** Asks for a text, and suggests those that are known. Resolves to null where the user cancels. */
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
  for (const [index, [text]] of choices.entries()) {
    if (listed && index < choices.length - 1) continue // its button is among the parts
    const button = Object.assign(document.createElement("button"), { textContent: text, value: String(index) })
    if (index < choices.length - 1 || choices.length === 1) button.className = "quiet"
    row.append(button)
  }
  form.append(head, ...parts, row)
  dialog.replaceChildren(form)
  // Enter in a field means the default choice, which is not the first button.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") { event.preventDefault(); row.lastChild.click() }
  })
  dialog.returnValue = ""
  dialog.showModal()
  ;(form.querySelector("input, pre, .which button") ?? row.lastChild).focus()
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(choices[dialog.returnValue]?.[1] ?? null), { once: true }))
}
