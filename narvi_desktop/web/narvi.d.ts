export type NarviStatus = "connecting" | "connected" | "reconnecting" | "stopped"

export interface NarviService {
  /** Null while there is no connection. */
  readonly session_id: string | null
  readonly status: NarviStatus
  /** Sends a message; kept in order until the socket is open. */
  send(message: string | ArrayBuffer | ArrayBufferView): void
  add_message_listener(listener: (message: string | ArrayBuffer) => void): void
  /** Closing the window asks first, with this text; null lets it go. */
  hold_window(text: string | null): void
  /** Called at once with the present status, then at each change. */
  add_status_listener(listener: (status: NarviStatus) => void): void
}

export interface NarviApp {
  /** Called with each message as long as no message listener was added. */
  recv?(message: any): void
}

/** What start_narvi() returns: the service, with the fields of Narvi's session object. */
export interface NarviSession extends NarviService {
  readonly service: NarviService
  /** Null until the service is connected. */
  readonly webapp: NarviApp | null
}

/**
 * Connects, then constructs `new AppClass(service, app_parameters)`.
 *
 * After a lost connection it reconnects, and the app object stays. A page that has message listeners, but no status
 * listener, was written for Narvi and is loaded again instead, unless its window is held.
 */
export function start_narvi(AppClass: new (service: NarviService, parameters: any) => NarviApp): NarviSession

declare global {
  function start_narvi(AppClass: new (service: NarviService, parameters: any) => NarviApp): NarviSession
}
