// What is pasted and dropped: images go to the service and come back as their names, text files go into the note.
import { Y } from "./vendor/editor.js"
import { IMAGE } from "./protocol.js"

const LARGEST_IMAGE = 15 * 1024 * 1024
const LARGEST_TEXT = 20_000_000

export class Files {
  /** `page`: {note, view, joined, service}, the open note; `send(kind, note, number, payload)`, `say(text)` */
  constructor(page, send, say) {
    this._page = page
    this._send = send
    this._say = say
    this._places = new Map() // of the images that are on their way
    this._number = 0
  }

  /** Instead of what stands between two positions, wherever that is by the time they are there. */
  async add_images(files, from, to) {
    const { note, service } = this._page
    const places = [place_in(note, from), place_in(note, to)]
    for (const file of files) {
      if (file.size > LARGEST_IMAGE) this._say(`${file.name} is larger than 15 MB.`)
      else if (service.status !== "connected") this._say("Not connected: add the image again in a moment.")
      else {
        const bytes = new Uint8Array(await file.arrayBuffer())
        const number = (this._number += 1)
        this._places.set(number, places)
        this._send(IMAGE, note.id, number, bytes)
      }
    }
  }

  arrived(name, id, number) {
    const places = this._places.get(number)
    this._places.delete(number)
    if (name === null) return this._say("This kind of image is not known: PNG, JPEG, GIF and WebP are.")
    const { note, view } = this._page
    // Never into another note, opened while the image was on its way.
    if (note?.id !== id || places === undefined) return this._say("Add the image once more in its own note.")
    put(view, ...places.map((place) => position_of(note, place)), `![](image/${name})\n`)
  }

  async add_texts(files, at) {
    const { note, view } = this._page
    const place = place_in(note, at)
    for (const file of files) {
      const text = file.size > LARGEST_TEXT ? null : await text_of(file)
      if (text === null) this._say(`${file.name} is no image and no text, or is too large; it was not put in.`)
      else if (this._page.note !== note) return this._say(`Drop ${file.name} once more in its own note.`)
      else {
        const from = position_of(note, place)
        put(view, from, from, text)
      }
    }
  }
}

const place_in = (note, index) => Y.createRelativePositionFromTypeIndex(note.text, index)
const position_of = (note, place) => Y.createAbsolutePositionFromRelativePosition(place, note.doc)?.index ?? note.text.length

async function text_of(file) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())
    return text.includes("\0") ? null : text
  } catch {
    return null // no UTF-8, or a folder
  }
}

// The cursor goes behind it if it stood there: nothing stays selected that the next one would replace.
function put(view, from, to, text) {
  const insert = view.state.toText(text)
  const { main } = view.state.selection
  const here = main.from === from && main.to === to
  view.dispatch({
    changes: { from, to, insert },
    selection: here ? { anchor: from + insert.length } : undefined,
    userEvent: "input.drop",
    scrollIntoView: here,
  })
}
