// The page of Notes: connects the list, the open note, the editor and the service.
import { start_narvi } from "./narvi/narvi.mjs"
import { make_editor } from "./editor.js"
import { List } from "./list.js"
import { OpenNote } from "./note.js"
import { Pending } from "./pending.js"
import { IMAGE, UPDATE, pack, unpack } from "./protocol.js"

const IMAGE_LIMIT = 15 * 1024 * 1024 // a message may have 16 MiB
const element = (id) => document.getElementById(id)

class NotesPage {
  constructor(service) {
    window.notes = this // for a developer's console
    this.service = service
    this.note = null
    this.view = null
    this.pending = new Pending((note, number, update) => this._send(pack(UPDATE, note, number, update)))
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

  open(id, focus = false) {
    if (focus) document.body.classList.add("reading") // where list and note do not fit side by side
    if (this.note?.id === id) return this.view?.focus()
    this._close()
    sessionStorage.setItem("notes:open", id)
    this._focus = focus
    this.note = new OpenNote(id, {
      send: (message) => this._send(message),
      keep: (note, update) => this.pending.add(note, update),
      session: () => this.service.session_id,
      changed: (remote) => this._changed(remote),
      others: (users) => this._show_others(users),
    })
    this._do("open", { note: id })
    this.list.mark(id)
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
    this._show_state()
  }

  _on_created({ created }) {
    this.open(created, true)
  }

  _on_deleted({ deleted }) {
    const title = this.list.title(deleted)
    this.list.remove(deleted)
    this._toast(`“${title}” deleted`, () => this._do("restore", { note: deleted }))
    if (this.note?.id !== deleted) return this._show_state()
    this._close()
    document.body.classList.remove("reading")
    this._open_some()
  }

  _on_opened({ opened }) {
    if (this.note?.id !== opened) return
    this.note.synced = true
    if (this.view === null) this._make_editor()
    this._send_text()
  }

  _on_saved({ saved, note }) {
    this.pending.saved(note, saved)
    this._show_state()
  }

  _on_compact({ compact, number }) {
    if (this.note?.id === compact) this.note.snapshot(number)
  }

  _on_image({ image, note }) {
    if (image === null) return this._toast("This kind of image is not known: PNG, JPEG, GIF and WebP are.")
    // Never into another note, opened while the image was on its way.
    if (this.view === null || this.note.id !== note) return this._toast("Paste the image once more in its own note.")
    this.view.dispatch(this.view.state.replaceSelection(`![](image/${image})\n`))
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

  _received({ kind, note, payload }) {
    if (this.note?.id === note) this.note.received(kind, payload)
  }

  // What a person does

  _bind() {
    element("new").onclick = element("first").onclick = () => this._new()
    element("back").onclick = () => document.body.classList.remove("reading")
    element("delete").onclick = () => this._do("delete", { note: this.note.id })
    element("search").oninput = () => this._search()
    window.addEventListener("keydown", (event) => {
      if (event.altKey && event.key === "n") this._new()
      else if ((event.ctrlKey || event.metaKey) && event.key === "k") element("search").focus()
      else return
      event.preventDefault()
    })
    // The last letters leave with the page; what is on its way stays in the storage until it is told saved.
    window.addEventListener("pagehide", () => this.note?.flush())
    document.addEventListener("visibilitychange", () => document.hidden && this.note?.flush())
  }

  _new() {
    element("search").value = ""
    this.list.found(null)
    this._do("new")
  }

  _search() {
    const words = element("search").value.trim()
    if (words) this._do("search", { words })
    else this.list.found(null)
  }

  async _add_image(file) {
    if (file.size > IMAGE_LIMIT) return this._toast("This image is larger than 15 MB.")
    if (this.service.status !== "connected") return this._toast("Not connected: paste the image again in a moment.")
    this._send(pack(IMAGE, this.note.id, 0, new Uint8Array(await file.arrayBuffer())))
  }

  // Inside

  _connection(status) {
    if (status === "connected") {
      this.pending.resend()
      this.note?.connected()
      if (this.note) this._do("open", { note: this.note.id })
    } else if (this.note) this.note.synced = false
    this._show_state()
  }

  // Without a connection nothing is queued here: updates are in `pending`, all else is asked again.
  _send(message) {
    if (this.service.status === "connected") this.service.send(message)
  }

  _do(name, more = {}) {
    this._send(JSON.stringify({ do: name, ...more }))
  }

  _open_some() {
    const last = sessionStorage.getItem("notes:open")
    const id = this.list.has(last) ? last : this.list.notes[0]?.id
    if (id) this.open(id)
    else this._show_state()
  }

  _close() {
    this.note?.close()
    this.view?.destroy()
    this.note = this.view = null
    this._show_others([])
  }

  _make_editor() {
    this.view = make_editor(element("editor"), this.note, (file) => this._add_image(file))
    if (this._focus) this.view.focus()
    this._show_state()
  }

  _changed(remote) {
    this._show_state()
    // List, search and export live on the text. Who typed tells it; the others check a little later.
    if (!remote) clearTimeout(this._text_timer), (this._text_timer = setTimeout(() => this._send_text(), 300))
    else this._check_timer ??= setTimeout(() => ((this._check_timer = undefined), this._send_text()), 2000)
  }

  _send_text() {
    if (this.note?.synced) this._do("text", { note: this.note.id, text: this.note.text.toString() })
  }

  _show_state() {
    const open = this.note !== null
    element("empty").hidden = open || this.list.notes.length > 0 || this.service.status !== "connected"
    element("delete").hidden = !open
    document.title = this.view !== null ? `${this.list.title(this.note.id)} – Notes` : "Notes"
    const waiting = this.pending.size > 0 || (this.note?.unsent ?? false)
    const lost = this.service.status !== "connected"
    const state = lost && waiting ? "Not saved yet, kept in this window" : lost ? "Not connected" : waiting ? "Saving…" : "Saved"
    const status = element("status")
    status.textContent = open || waiting ? state : ""
    status.classList.toggle("alert", lost && waiting)
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

start_narvi(NotesPage)
