// Updates that the service has not confirmed as saved. They survive a reload and a lost connection.
const PREFIX = "notes:pending:"
const LARGEST_STORED = 1024 * 1024 // a browser's storage has 5 MB for all of them; a larger one is kept in this window alone

export class Pending {
  /** `send(note, number, update)` is called for each update while there is a connection; an empty one makes the note. */
  constructor(send) {
    this._send = send
    this._updates = new Map() // key: {note, number, update}
    this._refused = 0
    // All windows share the storage: each counts from a random number.
    this._number = crypto.getRandomValues(new Uint32Array(1))[0]
    this._adopt()
  }

  get size() {
    return this._updates.size
  }

  /** How many the service will never take. They are not sent again. */
  get refused() {
    return this._refused
  }

  add(note, update) {
    this._number = (this._number + 1) >>> 0
    const key = `${PREFIX}${note}:${this._number}`
    this._updates.set(key, { note, number: this._number, update })
    try {
      if (update.length <= LARGEST_STORED) localStorage.setItem(key, encode(update))
    } catch {
      // The storage is full or not allowed: the update is kept in this window alone.
    }
    this._send(note, this._number, update)
  }

  /** Whether there was one of this number. */
  saved(note, number) {
    const key = `${PREFIX}${note}:${number}`
    localStorage.removeItem(key)
    return this._updates.delete(key)
  }

  refuse(note, number) {
    if (this.saved(note, number)) this._refused += 1
  }

  /** Sends everything again; the service keeps once what it has already. Notes are made before they change. */
  resend() {
    this._adopt()
    const all = [...this._updates.values()]
    for (const made of [true, false]) {
      for (const { note, number, update } of all) if ((update.length === 0) === made) this._send(note, number, update)
    }
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
