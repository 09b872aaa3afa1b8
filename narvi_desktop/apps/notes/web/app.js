// The page of Notes: connects the list, the open note, the editor and the service.
import { start_narvi } from "./narvi/narvi.mjs"
import { ask_which } from "./narvi/dialogs.js"
import { join_text, make_editor } from "./editor.js"
import { Files } from "./files.js"
import { List, time } from "./list.js"
import { OpenNote } from "./note.js"
import { Pending } from "./pending.js"
import { Joiner, NEW, PART, TEXT, UPDATE, split, unpack } from "./protocol.js"

const element = (id) => document.getElementById(id)

class NotesPage {
  constructor(service) {
    window.notes = this // for a developer's console
    this.service = service
    this.note = null
    this.view = null
    this.joined = false // the text of the note is in the editor
    this.pending = new Pending((note, number, update) => this._send(update.length > 0 ? UPDATE : NEW, note, number, update))
    this.files = new Files(this, (...message) => this._send(...message), (text) => this._toast(text))
    this._parts = new Joiner()
    this.list = new List(element("list"), element("none"), (id) => this.open(id, true))
    this._bind()
    service.add_status_listener((status) => this._connection(status))
  }

  recv(message) {
    if (typeof message !== "string") return this._received(unpack(message))
    const values = JSON.parse(message)
    const [name] = Object.keys(values)
    this["_on_" + name](values)
  }

  open(id, focus = false, made = false) {
    if (focus) document.body.classList.add("reading") // where list and note do not fit side by side
    if (this.note?.id === id) return this.view.focus()
    this._close()
    sessionStorage.setItem("notes:open", id)
    this.note = new OpenNote(id, {
      send: (...message) => this._send(...message),
      keep: (note, update) => this.pending.add(note, update),
      session: () => this.service.session_id,
      changed: (remote) => this._changed(remote),
      others: (users) => this._show_others(users),
    })
    // At once, so that no letter goes elsewhere; what the service has is joined when it is here.
    this.view = make_editor(element("editor"), {
      add_images: (...given) => this._joined_now().add_images(...given),
      add_texts: (...given) => this._joined_now().add_texts(...given),
      typed: () => this._typed(),
      say: (text) => this._toast(text),
    })
    element("editor").ariaBusy = "true"
    if (focus) this.view.focus()
    this.list.mark(id)
    if (made) this._join()
    if (made && this.service.status === "connected") this.note.synced = true
    else this._ask("open", { note: id })
    this._show_state()
  }

  // Messages of the service

  _on_list({ list }) {
    this.list.replace(list)
    if (this.note === null) this._open_some()
    else this._show_state()
  }

  _on_note({ note }) {
    this.list.put(note)
    if (element("search").value.trim()) this._search()
    this._show_state()
  }

  _on_restored({ restored }) {
    this.open(restored, true)
  }

  async _on_deleted({ deleted }) {
    if (deleted.length === 0) return this._toast("Nothing was deleted in the last 30 days.")
    const known = deleted.map(({ id, title, changed }) => [`${title || "Untitled"}, ${time(changed)}`, id])
    const note = await ask_which("Recently deleted: kept for 30 days. Which one shall come back?", known)
    if (note) this._ask("restore", { note })
  }

  _on_removed({ removed }) {
    const title = this.list.title(removed)
    this.list.remove(removed)
    this._toast(`“${title}” deleted`, () => this._ask("restore", { note: removed }))
    if (this.note?.id !== removed) return this._show_state()
    this._close()
    document.body.classList.remove("reading")
    this._open_some()
  }

  _on_opened({ opened }) {
    if (this.note?.id !== opened) return
    this.note.synced = true
    this._join()
    this._send_text()
    this._show_state()
  }

  _on_more({ more }) {
    if (this.note?.id === more) this._ask("more", { note: more })
  }

  _on_changed({ changed }) {
    if (this.note?.id === changed) this._ask("open", { note: changed })
  }

  _on_saved({ saved, note }) {
    this.pending.saved(note, saved)
    this._show_state()
  }

  _on_refused({ refused, note }) {
    this.pending.refuse(note, refused)
    this._show_state()
  }

  _on_compact({ compact, number }) {
    if (this.note?.id === compact) this.note.snapshot(number)
  }

  _on_image({ image, note, number }) {
    this.files.arrived(image, note, number)
  }

  async _on_export({ export: count }) {
    if (count === 1) return download("export.zip", "notes.zip")
    const known = Array.from({ length: count }, (_, part) => [`Part ${part + 1} of ${count}`, part + 1])
    let part
    while ((part = await ask_which(`All notes are too large for one file: download each of the ${count} parts`, known)) !== null) {
      download(`export.zip?part=${part}`, `notes ${part} of ${count}.zip`)
    }
  }

  _on_found({ found, words }) {
    if (element("search").value.trim() === words) this.list.found(found)
  }

  _on_joined({ joined }) {
    if (this.note?.id === joined) this.note.show_cursor()
  }

  _on_left({ left }) {
    this.note?.left(left)
  }

  _received(message) {
    const { kind, note, payload } = (message.kind === PART ? this._parts.join(message) : message) ?? {}
    if (kind !== undefined && this.note?.id === note) this.note.received(kind, payload)
  }

  // What a person does

  _bind() {
    element("new").onclick = element("first").onclick = () => this._new()
    element("back").onclick = () => document.body.classList.remove("reading")
    element("delete").onclick = () => this._ask("delete", { note: this.note.id })
    element("deleted").onclick = () => this._ask("deleted")
    element("export").onclick = (event) => {
      if (this.service.status !== "connected") return
      event.preventDefault()
      this._ask("export")
    }
    element("search").oninput = () => this._search()
    window.addEventListener("keydown", (event) => {
      if (event.altKey && event.key === "n") event.repeat || this._new()
      else if ((event.ctrlKey || event.metaKey) && event.key === "k") element("search").focus()
      else return
      event.preventDefault()
    })
    // The last letters leave with the page; what is on its way stays in the storage until it is told saved.
    window.addEventListener("pagehide", () => this._flush())
    document.addEventListener("visibilitychange", () => document.hidden && this._flush())
  }

  _new() {
    element("search").value = ""
    this.list.found(null)
    const id = crypto.randomUUID().replaceAll("-", "")
    this.list.put({ id, title: "", start: "", changed: Date.now() / 1000 })
    this.pending.add(id, new Uint8Array())
    this.open(id, true, true)
  }

  _search() {
    const words = element("search").value.trim()
    if (words) this._ask("search", { words })
    else this.list.found(null)
  }

  // Inside

  _connection(status) {
    if (status === "connected") {
      this.pending.resend()
      this.note?.connected()
      if (this.note) this._ask("open", { note: this.note.id })
    } else if (this.note) {
      this.note.synced = false
      this._typed()
    }
    this._parts = new Joiner()
    this._show_state()
  }

  // Without a connection nothing is queued here: updates are in `pending`, all else is asked again.
  _send(kind, note, number, payload) {
    if (this.service.status !== "connected") return
    for (const message of split(kind, note, number, payload)) this.service.send(message)
  }

  _ask(what, more = {}) {
    if (this.service.status === "connected") this.service.send(JSON.stringify({ do: what, ...more }))
  }

  _open_some() {
    const last = sessionStorage.getItem("notes:open")
    const id = this.list.has(last) ? last : this.list.notes[0]?.id
    if (id) this.open(id)
    else this._show_state()
  }

  _close() {
    this._flush()
    this.note?.close()
    this.view?.destroy()
    this.note = this.view = null
    this.joined = false
    this._show_others([])
  }

  _join() {
    if (this.joined) return
    this.joined = true
    join_text(this.view, this.note)
    element("editor").ariaBusy = "false"
  }

  _joined_now() {
    this._join()
    return this.files
  }

  get _apart() {
    return this.view !== null && !this.joined && this.view.state.doc.length > 0
  }

  // Typed before the text was here: it waits for the text, but not for a connection.
  _typed() {
    if (this._apart && this.service.status !== "connected") this._join()
    this._show_state()
  }

  // All that was typed leaves for the service, or for the storage.
  _flush() {
    if (this._apart) this._join()
    this.note?.flush()
    if (this._text_timer !== undefined) this._send_text()
  }

  _changed(remote) {
    this._show_state()
    // List, search and export live on the text. Who typed tells it; the others check a little later.
    const more = this.note.text.length / 5000 // ms: a large text takes a while each time
    if (!remote) clearTimeout(this._text_timer), (this._text_timer = setTimeout(() => this._send_text(), 300 + more))
    else this._check_timer ??= setTimeout(() => ((this._check_timer = undefined), this._send_text()), 2000 + more)
  }

  _send_text() {
    clearTimeout(this._text_timer)
    this._text_timer = undefined
    if (this.note?.synced) this._send(TEXT, this.note.id, 0, new TextEncoder().encode(this.note.text.toString()))
  }

  _show_state() {
    const open = this.note !== null
    element("empty").hidden = open || this.list.notes.length > 0 || this.service.status !== "connected"
    element("delete").hidden = !open
    document.title = this.joined ? `${this.list.title(this.note.id)} – Notes` : "Notes"
    const waiting = this.pending.size > 0 || this._apart || (this.note?.unsent ?? false)
    const refused = this.pending.refused > 0
    const lost = this.service.status !== "connected"
    const state = refused ? "Too large to be saved: copy your text elsewhere" : lost && waiting ? "Not saved yet, kept in this window" : lost ? "Not connected" : waiting ? "Saving…" : "Saved"
    const status = element("status")
    status.textContent = open || waiting || refused ? state : ""
    status.classList.toggle("alert", refused || (lost && waiting))
    this.service.hold_window(refused || waiting ? "Some changes are not saved yet." : null)
    // Only the change that matters is read out, not every "Saving…".
    if (lost !== this._was_lost && this._was_lost !== undefined) element("spoken").textContent = lost ? state : "Connected again"
    this._was_lost = lost
  }

  _show_others(users) {
    const dots = users.map(({ color }) => Object.assign(document.createElement("i"), { style: `background: ${color}` }))
    element("others").replaceChildren(...dots, users.length > 0 ? ` ${users.length} more ${users.length > 1 ? "windows" : "window"}` : "")
  }

  _toast(text, undo = null) {
    const toast = element("toast")
    toast.querySelector("span").textContent = text
    const button = toast.querySelector("button")
    button.hidden = undo === null
    button.onclick = () => ((toast.hidden = true), undo())
    toast.hidden = false
    clearTimeout(this._toast_timer)
    this._toast_timer = setTimeout(() => (toast.hidden = true), 10_000)
  }
}

function download(href, name) {
  Object.assign(document.createElement("a"), { href, download: name }).click()
}

start_narvi(NotesPage)
