// One open note: a Yjs document whose updates go to the service, and the cursors of all who have it open.
import { Awareness, Y, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "./vendor/editor.js"
import { AWARENESS, SNAPSHOT, UPDATE } from "./protocol.js"

const COALESCE = 60 // ms: a fast typist's letters share one update
const REMOTE = "remote"
const COLOURS = { Blue: "#2f6fd0", Green: "#2c8a4b", Violet: "#8a4fc7", Red: "#c8404a", Teal: "#14857f", Ochre: "#9a6a00" }

export class OpenNote {
  /** `link`: {send(kind, id, number, payload), keep(note, update), session(), changed(remote), others(list)} */
  constructor(id, link) {
    this.id = id
    this.doc = new Y.Doc()
    this.text = this.doc.getText("text")
    this.awareness = new Awareness(this.doc)
    this.synced = false // all that the service has is here, since the last connect
    this._link = link
    this._updates = []
    this.doc.on("update", (update, origin) => this._updated(update, origin))
    this.awareness.on("change", () => this._others())
    this.awareness.on("update", (changes, origin) => origin === REMOTE || this._send_cursor(changes))
    const [name, color] = Object.entries(COLOURS)[this.doc.clientID % Object.keys(COLOURS).length]
    this._user = { name, color, colorLight: color + "33" }
    this.connected()
  }

  get unsent() {
    return this._updates.length > 0
  }

  connected() {
    this.awareness.setLocalStateField("user", this._user)
    this.awareness.setLocalStateField("session", this._link.session())
  }

  received(kind, payload) {
    if (kind === UPDATE) Y.applyUpdate(this.doc, payload, REMOTE)
    else if (kind === AWARENESS) applyAwarenessUpdate(this.awareness, payload, REMOTE)
  }

  /** Sends the whole document; only a page that has received everything may do so. */
  snapshot(number) {
    if (this.synced) this._link.send(SNAPSHOT, this.id, number, Y.encodeStateAsUpdate(this.doc))
  }

  show_cursor() {
    this._send_cursor({ added: [this.doc.clientID], updated: [], removed: [] })
  }

  left(session) {
    const gone = [...this.awareness.getStates()].filter(([, state]) => state.session === session).map(([client]) => client)
    removeAwarenessStates(this.awareness, gone.filter((client) => client !== this.doc.clientID), REMOTE)
  }

  flush() {
    clearTimeout(this._timer)
    this._timer = undefined
    if (!this.unsent) return
    this._link.keep(this.id, Y.mergeUpdates(this._updates.splice(0)))
  }

  close() {
    this.flush()
    this.awareness.setLocalState(null)
    this.awareness.destroy()
    this.doc.destroy()
  }

  _updated(update, origin) {
    if (origin !== REMOTE) {
      this._updates.push(update)
      this._timer ??= setTimeout(() => this.flush(), COALESCE)
    }
    this._link.changed(origin === REMOTE)
  }

  _send_cursor({ added, updated, removed }) {
    const clients = [...added, ...updated, ...removed].filter((client) => client === this.doc.clientID)
    if (clients.length > 0) this._link.send(AWARENESS, this.id, 0, encodeAwarenessUpdate(this.awareness, clients))
  }

  _others() {
    const states = [...this.awareness.getStates()].filter(([client]) => client !== this.doc.clientID)
    this._link.others(states.map(([, state]) => state.user).filter(Boolean))
  }
}
