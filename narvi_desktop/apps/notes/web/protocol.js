// The binary messages between page and service: u8 kind, u8 length of the note's id, the id, u32 number, payload.
// protocol.py encodes and decodes the same.
// What is larger than PART_BYTES travels as parts, whose payload is u8 kind, u32 index, u32 count, and the bytes.
export const UPDATE = 1, AWARENESS = 2, SNAPSHOT = 3, IMAGE = 4, NEW = 5, TEXT = 6, PART = 7
const PART_BYTES = 1024 * 1024 // the runtime closes a session with 1009 above 16 MiB
const PART_HEAD = 9

export function pack(kind, note, number, payload) {
  const id = new TextEncoder().encode(note)
  const message = new Uint8Array(6 + id.length + payload.length)
  message[0] = kind
  message[1] = id.length
  message.set(id, 2)
  new DataView(message.buffer).setUint32(2 + id.length, number)
  message.set(payload, 6 + id.length)
  return message
}

/** The packed message, or those that carry its parts. */
export function* split(kind, note, number, payload) {
  if (payload.length <= PART_BYTES) return yield pack(kind, note, number, payload)
  const count = Math.ceil(payload.length / PART_BYTES)
  for (let index = 0; index < count; index++) {
    const bytes = payload.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)
    const part = new Uint8Array(PART_HEAD + bytes.length)
    const head = new DataView(part.buffer)
    head.setUint8(0, kind)
    head.setUint32(1, index)
    head.setUint32(5, count)
    part.set(bytes, PART_HEAD)
    yield pack(PART, note, number, part)
  }
}

export function unpack(buffer) {
  const bytes = new Uint8Array(buffer)
  const end = 2 + bytes[1]
  return {
    kind: bytes[0],
    note: new TextDecoder().decode(bytes.subarray(2, end)),
    number: new DataView(buffer).getUint32(end),
    payload: bytes.subarray(end + 4),
  }
}

/** Joins the parts that the service sends; they arrive in order. */
export class Joiner {
  constructor() {
    this._parts = new Map()
  }

  /** The whole message with its last part, else null. */
  join({ note, number, payload }) {
    const head = new DataView(payload.buffer, payload.byteOffset)
    const [kind, index, count] = [head.getUint8(0), head.getUint32(1), head.getUint32(5)]
    const key = `${note}:${number}`
    if (index === 0) this._parts.set(key, [])
    const parts = this._parts.get(key)
    if (parts?.length !== index) return null // the rest of what began before a reconnect
    parts.push(payload.subarray(PART_HEAD))
    if (parts.length < count) return null
    this._parts.delete(key)
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
    let at = 0
    for (const part of parts) whole.set(part, at), (at += part.length)
    return { kind, note, number, payload: whole }
  }
}
