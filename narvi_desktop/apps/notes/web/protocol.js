// The binary messages between page and service: u8 kind, u8 length of the note's id, the id, u32 number, payload.
// service.py encodes and decodes the same.
export const UPDATE = 1, AWARENESS = 2, SNAPSHOT = 3, IMAGE = 4

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
