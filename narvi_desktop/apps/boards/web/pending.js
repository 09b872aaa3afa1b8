// Operations that the service has not confirmed. After a reconnect they are sent again; doing one twice changes nothing.
const NOTICE_AFTER = 400 // milliseconds until the user is told that something waits

export class Pending {
  /** on_change(count) is called when operations have waited for a while, and when none waits any more. */
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
    this._timer ??= setTimeout(() => this._report(), NOTICE_AFTER)
    return new Promise((resolve) => this._resolvers.set(number, resolve))
  }

  done(number) {
    this._waiting.delete(number)
    this._resolvers.get(number)?.()
    this._resolvers.delete(number)
    if (this._waiting.size === 0) this._report()
  }

  resend() {
    for (const [number, operation] of this._waiting) this._send(number, operation)
  }

  _send(number, operation) {
    this._service.send(JSON.stringify({ number, ...operation }))
  }

  _report() {
    clearTimeout(this._timer)
    this._timer = undefined
    this._on_change(this._waiting.size)
  }
}
