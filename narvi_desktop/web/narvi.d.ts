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
  recv?(message: any): void
}

/** Connects, then constructs `new AppClass(service, app_parameters)` once; it stays over reconnects. */
export function start_narvi(AppClass: new (service: NarviService, parameters: any) => NarviApp): NarviService

declare global {
  function start_narvi(AppClass: new (service: NarviService, parameters: any) => NarviApp): NarviService
}
