// What the service has not yet said to be saved; after a break it is sent again, which does no harm twice.
const PATIENCE = 400 // milliseconds until a person is told of waiting

export class Pending {
  /** on_change(count) is called with how many wait, once it takes a while, and when none does. */
  constructor(service, on_change) {
    this._service = service
    this._on_change = on_change
    this._waiting = new Map()
    this._resolvers = new Map()
    this._number = 0
  }

  /** Resolves once the service has it. */
  add(operation) {
    const number = (this._number += 1)
    this._waiting.set(number, operation)
    if (this._service.status === "connected") this._send(number, operation)
    this._timer ??= setTimeout(() => this._tell(), PATIENCE)
    return new Promise((resolve) => this._resolvers.set(number, resolve))
  }

  done(number) {
    this._waiting.delete(number)
    this._resolvers.get(number)?.()
    this._resolvers.delete(number)
    if (this._waiting.size === 0) this._tell()
  }

  resend() {
    for (const [number, operation] of this._waiting) this._send(number, operation)
  }

  _send(number, operation) {
    this._service.send(JSON.stringify({ number, ...operation }))
  }

  _tell() {
    clearTimeout(this._timer)
    this._timer = undefined
    this._on_change(this._waiting.size)
  }
}
