// Updates that the service has not confirmed as saved. They survive a reload and a lost connection.
const PREFIX = "notes:pending:"

export class Pending {
  /** `send(note, number, update)` is called for each update while there is a connection. */
  constructor(send) {
    this._send = send
    this._updates = new Map() // key: {note, number, update}
    // All windows share the storage: each counts from a random number.
    this._number = crypto.getRandomValues(new Uint32Array(1))[0]
    this._adopt()
  }

  get size() {
    return this._updates.size
  }

  add(note, update) {
    this._number = (this._number + 1) >>> 0
    const key = `${PREFIX}${note}:${this._number}`
    this._updates.set(key, { note, number: this._number, update })
    try {
      localStorage.setItem(key, encode(update))
    } catch {
      // The storage is full or not allowed: the update is kept in this window alone.
    }
    this._send(note, this._number, update)
  }

  saved(note, number) {
    const key = `${PREFIX}${note}:${number}`
    this._updates.delete(key)
    localStorage.removeItem(key)
  }

  /** Sends everything again. The service may have it already; Yjs ignores an update that it has. */
  resend() {
    this._adopt()
    for (const { note, number, update } of this._updates.values()) this._send(note, number, update)
  }

  // Takes over what another window could not send before it was closed or killed.
  _adopt() {
    for (let index = 0; index < localStorage.length; index++) {
      const key = localStorage.key(index)
      if (!key.startsWith(PREFIX) || this._updates.has(key)) continue
      const [note, number] = key.slice(PREFIX.length).split(":")
      this._updates.set(key, { note, number: Number(number), update: decode(localStorage.getItem(key)) })
    }
  }
}

const encode = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
const decode = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
