// Adds an app from a folder or a zip, chosen or dropped: uploads it file by file, then has it installed.
import { ask } from "./narvi/dialogs.js"

// "." and "..": Qt includes them in a chosen folder.
const IGNORED = new Set([".", "..", "__pycache__", ".git", ".hg", ".svn", "node_modules", ".venv", "__MACOSX"])

export class Uploader {
  /** home: call(command), session(), announce(text), added(answer). */
  constructor(overlay, folder, zip, home) {
    this._overlay = overlay
    this._home = home
    folder.onchange = () => { this._add([...folder.files].map((file) => [file.webkitRelativePath, file])); folder.value = "" }
    zip.onchange = () => { this._add([...zip.files].map((file) => [file.name, file])); zip.value = "" }
    addEventListener("dragover", (event) => this._over(event))
    addEventListener("dragleave", (event) => { if (event.relatedTarget === null) overlay.hidden = true })
    addEventListener("drop", (event) => this._drop(event))
  }

  _over(event) {
    if (![...event.dataTransfer.types].includes("Files")) return
    event.preventDefault()
    this._overlay.hidden = false
  }

  async _drop(event) {
    event.preventDefault()
    this._overlay.hidden = true
    // Read at once: after this turn of the event loop the browser forgets what was dropped.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean)
    const files = []
    for (const entry of entries) await walk(entry, "", files)
    await this._add(files)
  }

  async _add(files) {
    const wanted = files.filter(([path]) => !path.split("/").some((part) => IGNORED.has(part)))
    if (wanted.length === 0) return
    this._home.announce("Adding…")
    const { call } = this._home
    await call("clear")
    for (const [path, file] of wanted) {
      const url = `session/${this._home.session()}/file?path=${encodeURIComponent(path)}`
      const response = await fetch(url, { method: "POST", body: file }).catch(() => null)
      if (response?.ok) continue
      call("clear")
      return this._report({ error: `${path} could not be sent: ${response ? await response.text() : "no connection"}` })
    }
    let answer = await call("install")
    if (answer.exists) {
      const replace = await ask("Replace it?", `${answer.error.split(" Add --")[0]} Its windows are closed; what it has stored stays.`, [["Cancel", false], ["Replace", true]])
      if (!replace) return call("clear")
      answer = await call("install", { replace: true })
    }
    await this._report(answer)
  }

  async _report(answer) {
    this._home.announce(answer.error ?? answer.message)
    if (answer.error) await ask("It could not be added", answer.error, [["Close", null]])
    else this._home.added(answer)
  }
}

async function walk(entry, folder, files) {
  if (IGNORED.has(entry.name)) return
  const path = folder + entry.name
  if (entry.isFile) return void files.push([path, await new Promise((resolve, reject) => entry.file(resolve, reject))])
  const reader = entry.createReader()
  // A reader returns a hundred entries at a time, and none at the end.
  for (let batch; (batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length; )
    for (const child of batch) await walk(child, `${path}/`, files)
}
