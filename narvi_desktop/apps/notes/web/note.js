// One open note: a Yjs document whose updates go to the service, and the cursors of all who have it open.
import { Awareness, Y, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "./vendor/editor.js"
import { AWARENESS, SNAPSHOT, UPDATE } from "./wire.js"

const COALESCE = 60 // ms: a fast typist's letters share one update
const REMOTE = "remote"
const COLOURS = { Blue: "#2f6fd0", Green: "#2c8a4b", Violet: "#8a4fc7", Red: "#c8404a", Teal: "#14857f", Ochre: "#9a6a00" }

export class OpenNote {
  /** `wire`: {send(kind, id, number, payload), keep(note, update), session(), changed(remote), others(list)} */
  constructor(id, wire) {
    this.id = id
    this.doc = new Y.Doc()
    this.text = this.doc.getText("text")
    this.awareness = new Awareness(this.doc)
    this.synced = false // all that the service has is here, since the last connect
    this._wire = wire
    this._updates = []
    this.doc.on("update", (update, origin) => this._updated(update, origin))
    this.awareness.on("change", () => this._others())
    this.awareness.on("update", (changes, origin) => origin === REMOTE || this._tell_cursor(changes))
    const [name, color] = Object.entries(COLOURS)[this.doc.clientID % Object.keys(COLOURS).length]
    this._user = { name, color, colorLight: color + "33" }
    this.connected()
  }

  get unsent() {
    return this._updates.length > 0
  }

  connected() {
    this.awareness.setLocalStateField("user", this._user)
    this.awareness.setLocalStateField("session", this._wire.session())
  }

  received(kind, payload) {
    if (kind === UPDATE) Y.applyUpdate(this.doc, payload, REMOTE)
    else if (kind === AWARENESS) applyAwarenessUpdate(this.awareness, payload, REMOTE)
  }

  /** Only who has all that the service has may stand for it. */
  snapshot(number) {
    if (this.synced) this._wire.send(SNAPSHOT, this.id, number, Y.encodeStateAsUpdate(this.doc))
  }

  show_cursor() {
    this._tell_cursor({ added: [this.doc.clientID], updated: [], removed: [] })
  }

  left(session) {
    const gone = [...this.awareness.getStates()].filter(([, state]) => state.session === session).map(([client]) => client)
    removeAwarenessStates(this.awareness, gone.filter((client) => client !== this.doc.clientID), REMOTE)
  }

  flush() {
    clearTimeout(this._timer)
    this._timer = undefined
    if (!this.unsent) return
    this._wire.keep(this.id, Y.mergeUpdates(this._updates.splice(0)))
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
    this._wire.changed(origin === REMOTE)
  }

  _tell_cursor({ added, updated, removed }) {
    const clients = [...added, ...updated, ...removed].filter((client) => client === this.doc.clientID)
    if (clients.length > 0) this._wire.send(AWARENESS, this.id, 0, encodeAwarenessUpdate(this.awareness, clients))
  }

  _others() {
    const states = [...this.awareness.getStates()].filter(([client]) => client !== this.doc.clientID)
    this._wire.others(states.map(([, state]) => state.user).filter(Boolean))
  }
}
