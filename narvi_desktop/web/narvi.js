// narvi.js: joins a page to its application service. Written anew for narvi-desktop; the API is Narvi's.
(() => {
  "use strict"
  const DELAYS = [10, 50, 100, 150, 200, 250, 500, 1000, 2000]
  const HEARTBEAT = 10_000
  const NOTICE_AFTER = 600 // a short break is no news
  let held = "" // what the window is held for

  class NarviService {
    constructor() {
      this.session_id = null
      this.status = "connecting"
      this._listeners = []
      this._status_listeners = []
      this._waiting = [] // sent before the socket was open
      this._early = [] // arrived before the app was there
      this._app = null
      this._failures = 0
      this._reloading = false
      this._notice = new Notice(() => this._retry())
      window.addEventListener("narvi:retry", () => this._retry())
      window.addEventListener("online", () => this._retry())
    }

    /** Send a string, an ArrayBuffer or a typed array; kept until the socket is open. */
    send(message) {
      if (this.status === "connected") this._socket.send(message)
      else this._waiting.push(message)
    }

    /** Call `listener(message)` for each message: a string, or an ArrayBuffer. */
    add_message_listener(listener) {
      this._listeners.push(listener)
    }

    /** Call `listener(status)` now and at each change: "connecting", "connected", "reconnecting", "stopped". */
    add_status_listener(listener) {
      this._status_listeners.push(listener)
      listener(this.status)
    }

    /** Hold the window, for what `text` says, such as unsaved changes: closing it asks first. Null lets it go. */
    hold_window(text) {
      held = text === null ? "" : String(text)
    }

    /** This object; Narvi's start_narvi() returns an object that has the service as a field. */
    get service() {
      return this
    }

    /** The app object, null until the service is connected. */
    get webapp() {
      return this._app
    }

    _start(AppClass) {
      this._AppClass = AppClass
      this._connect()
    }

    _connect() {
      const url = new URL("connect" + location.search, location.href)
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
      const socket = new WebSocket(url)
      socket.binaryType = "arraybuffer"
      this._socket = socket
      let greeted = false
      socket.onmessage = (event) => {
        if (greeted) return this._deliver(event.data)
        greeted = true
        this._connected(JSON.parse(event.data))
      }
      socket.onclose = (event) => {
        if (socket === this._socket) this._closed(event.code, event.reason)
      }
    }

    _connected(greeting) {
      this.session_id = greeting.session_id
      this._failures = 0
      if (this._app !== null && this._must_reload()) return this._reload()
      this._beat = setInterval(() => this._socket.send(""), HEARTBEAT)
      if (this._app === null) {
        this._app = new this._AppClass(this, greeting.app_parameters)
        // After the constructor, whose caller may still add listeners in this turn.
        queueMicrotask(() => this._deliver_early())
      }
      this._set_status("connected")
      for (const message of this._waiting.splice(0)) this._socket.send(message)
    }

    // A page that was written for Narvi builds its state from what the service sends first, and would build it twice.
    // One that listens to the status knows of reconnections; one that holds its window would lose something.
    _must_reload() {
      return this._status_listeners.length === 0 && this._listeners.length > 0 && held === ""
    }

    // Only when what the page has sent meanwhile is on its way: a reload ends the socket.
    _reload() {
      this._reloading = true
      for (const message of this._waiting.splice(0)) this._socket.send(message)
      const leave = () => {
        const is_sending = this._socket.bufferedAmount > 0 && this._socket.readyState === WebSocket.OPEN
        if (is_sending) setTimeout(leave, 10)
        else location.reload()
      }
      leave()
    }

    _deliver_early() {
      const early = this._early
      this._early = null
      for (const message of early) this._deliver(message)
    }

    _deliver(message) {
      if (this._reloading) return // the page is about to build its state anew
      if (this._early !== null) return this._early.push(message)
      // As in Narvi: a page whose listener calls its own recv would get each message twice.
      if (this._listeners.length === 0 && typeof this._app.recv === "function") this._app.recv(message)
      for (const listener of [...this._listeners]) listener(message)
    }

    async _closed(code, reason) {
      clearInterval(this._beat)
      if (this._reloading) return
      this.session_id = null
      this._failures += 1
      if (code === 4001) return this._stop("This app is open somewhere else.")
      if (code === 4002) return this._stop("This app was stopped.")
      this._set_status(this._app === null ? "connecting" : "reconnecting")
      if (code === 1011 && reason === "no such service id") return this._choose()
      if (code === 1011) this._notice.say(`The app's service failed: ${reason}`)
      if (this._failures > 3 && (await this._refused())) return this._stop("Open this app again.")
      const delay = DELAYS[this._failures - 1] ?? 5000
      this._timer = setTimeout(() => this._connect(), delay * (0.8 + 0.4 * Math.random()))
    }

    // A browser tells no page why a socket failed: only this shows that we are no longer let in.
    async _refused() {
      try {
        return (await fetch("status", { cache: "no-store" })).status === 403
      } catch {
        return false // nobody there: it may come back
      }
    }

    // The service does not know this page's service id any more: its address leads to the page that chooses one.
    async _choose() {
      const id = decodeURIComponent(location.pathname.split("/").at(-2))
      const text = `There is no "${id}" any more.`
      if (held !== "") return this._stop(text)
      const answer = await fetch("index.html", { cache: "no-store", redirect: "manual" }).catch(() => null)
      if (answer?.type === "opaqueredirect") location.replace("index.html")
      else this._stop(text)
    }

    _stop(text) {
      this._set_status("stopped")
      this._notice.say(text)
    }

    _retry() {
      if (this.status === "connected" || this._socket.readyState === WebSocket.CONNECTING) return
      clearTimeout(this._timer)
      this._failures = 0
      this._set_status(this._app === null ? "connecting" : "reconnecting")
      this._connect()
    }

    _set_status(status) {
      if (status === this.status) return
      this.status = status
      if (status === "connected") this._notice.hide()
      if (status === "reconnecting") this._notice.say("Reconnecting…")
      for (const listener of [...this._status_listeners]) listener(status)
    }
  }

  // A small quiet line over the page, in a shadow tree so that no style of the page and ours meet.
  class Notice {
    constructor(retry) {
      this._retry = retry
      this._root = null
    }

    say(text) {
      this._text = text
      if (this._root !== null) this._root.querySelector("span").textContent = text
      else this._timer ??= setTimeout(() => this._show(), NOTICE_AFTER)
    }

    hide() {
      clearTimeout(this._timer)
      this._timer = undefined
      this._host?.remove()
      this._root = null
    }

    _show() {
      this._host = document.createElement("div")
      this._root = this._host.attachShadow({ mode: "open" })
      this._root.innerHTML = `<style>
        div { position: fixed; left: 50%; bottom: 16px; transform: translateX(-50%); z-index: 2147483647;
          display: flex; gap: 12px; align-items: center; padding: 8px 14px; border-radius: 8px; max-width: 90vw;
          font: 14px/1.4 system-ui, sans-serif; background: #24211d; color: #fbfaf7; box-shadow: 0 2px 12px #0005 }
        button { font: inherit; color: inherit; background: none; border: 1px solid #fbfaf799; border-radius: 6px;
          padding: 2px 10px; cursor: pointer }
        button:focus-visible { outline: 2px solid #f0a868; outline-offset: 2px }
      </style><div role="status"><span></span><button>Try now</button></div>`
      this._root.querySelector("span").textContent = this._text
      this._root.querySelector("button").onclick = this._retry
      document.body.append(this._host)
    }
  }

  // A window of narvi-desktop asks when it is closed; a browser does by the event, whose text is its own.
  globalThis.narvi_holds = () => held
  addEventListener("beforeunload", (event) => {
    const in_window = globalThis.narvi_window ?? globalThis.pywebview
    if (held !== "" && in_window === undefined) event.preventDefault()
  })

  // A link to another site opens beside the app, never in its place.
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null
    const leaves = link !== null && link.origin !== location.origin && /^https?:$/.test(link.protocol)
    if (leaves && !link.target) Object.assign(link, { target: "_blank", rel: "noopener noreferrer" })
  }, true)

  globalThis.start_narvi = (AppClass) => {
    const service = new NarviService()
    service._start(AppClass)
    return service
  }
})()
