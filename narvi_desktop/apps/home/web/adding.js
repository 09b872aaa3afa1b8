// Adds an app: a folder or a zip, chosen in a dialog or dropped, sent file by file and then installed.
import { ask } from "./narvi/dialogs.js"

// "." and "..": Qt hands a chosen folder on with its own entries.
const LEFT_OUT = new Set([".", "..", "__pycache__", ".git", ".hg", ".svn", "node_modules", ".venv", "__MACOSX"])

export class Adding {
  /** home: call(command), session(), say(text), added(answer). */
  constructor(veil, folder, zip, home) {
    this._veil = veil
    this._home = home
    folder.onchange = () => { this._add([...folder.files].map((file) => [file.webkitRelativePath, file])); folder.value = "" }
    zip.onchange = () => { this._add([...zip.files].map((file) => [file.name, file])); zip.value = "" }
    addEventListener("dragover", (event) => this._over(event))
    addEventListener("dragleave", (event) => { if (event.relatedTarget === null) veil.hidden = true })
    addEventListener("drop", (event) => this._drop(event))
  }

  _over(event) {
    if (![...event.dataTransfer.types].includes("Files")) return
    event.preventDefault()
    this._veil.hidden = false
  }

  async _drop(event) {
    event.preventDefault()
    this._veil.hidden = true
    // Taken at once: after this turn the browser forgets what was dropped.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean)
    const files = []
    for (const entry of entries) await walk(entry, "", files)
    await this._add(files)
  }

  async _add(files) {
    const wanted = files.filter(([path]) => !path.split("/").some((part) => LEFT_OUT.has(part)))
    if (wanted.length === 0) return
    this._home.say("Adding…")
    const { call } = this._home
    await call("clear")
    for (const [path, file] of wanted) {
      const url = `session/${this._home.session()}/file?path=${encodeURIComponent(path)}`
      const response = await fetch(url, { method: "POST", body: file }).catch(() => null)
      if (response?.ok) continue
      call("clear")
      return this._tell({ error: `${path} could not be sent: ${response ? await response.text() : "no connection"}` })
    }
    let answer = await call("install")
    if (answer.exists) {
      const replace = await ask("Replace it?", `${answer.error.split(" Add --")[0]} Its windows are closed; what it has stored stays.`, [["Cancel", false], ["Replace", true]])
      if (!replace) return call("clear")
      answer = await call("install", { replace: true })
    }
    await this._tell(answer)
  }

  async _tell(answer) {
    this._home.say(answer.error ?? answer.message)
    if (answer.error) await ask("It could not be added", answer.error, [["Close", null]])
    else this._home.added(answer)
  }
}

async function walk(entry, place, files) {
  if (LEFT_OUT.has(entry.name)) return
  const path = place + entry.name
  if (entry.isFile) return void files.push([path, await new Promise((resolve, reject) => entry.file(resolve, reject))])
  const reader = entry.createReader()
  // It gives a hundred at a time, and none at the end.
  for (let some; (some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length; )
    for (const child of some) await walk(child, `${path}/`, files)
}
