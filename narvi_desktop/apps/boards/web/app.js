// Connects the service, the lanes, and what the user does.
import { ask, ask_which } from "./narvi/dialogs.js"
import { Files } from "./files.js"
import { Lanes, LANES } from "./lanes.js"
import { Pending } from "./pending.js"

const by_id = (id) => document.getElementById(id)
let boards = []

class BoardPage {
  recv(text) {
    const message = JSON.parse(text)
    if (message.action === "all") return show_all(message)
    if (message.action === "cards") return lanes.take(message.cards, message.gone)
    if (message.action === "done") pending.done(message.number)
  }
}

function show_all(message) {
  boards = message.boards
  const exists = message.name !== null
  by_id("gone").hidden = exists
  by_id("lanes").hidden = !exists
  by_id("name").textContent = exists ? message.name : "No board"
  document.title = exists ? `${message.name} – Boards` : "Boards"
  if (message.files) { files.set_urls(message.files, message.attach); pending.resend() }
  lanes.take_all(message.cards)
}

const actions = {
  add(lane, text) {
    const card = { id: crypto.randomUUID(), lane, text, place: Infinity, files: [] }
    lanes.take([card], [])
    return { card, saved: pending.add({ do: "add", card: card.id, lane, text }) }
  },
  /** A card for each file, which is attached once the service has the card. */
  async add_files(lane, chosen) {
    for (const file of chosen) {
      if (!(await files.fits(file))) continue
      const { card, saved } = actions.add(lane, file.name)
      await saved
      await files.attach(card, [file])
    }
  },
  write(card, text) {
    lanes.take([{ ...card, text }], [])
    pending.add({ do: "write", card: card.id, text })
  },
  move(card, lane, before, announcement) {
    lanes.place(card, lane, before)
    pending.add({ do: "move", card: card.id, lane, before })
    announce(announcement ?? `Moved to ${LANES[lane]}`)
  },
  remove(card) {
    lanes.take([], [card.id])
    pending.add({ do: "delete", card: card.id })
    offer_undo(`Deleted “${short(card.text)}”`, () => {
      lanes.take([card], [])
      pending.add({ do: "restore", card: card.id })
    })
  },
  async send(card) {
    if (boards.length === 0) return ask("No other board", "Make another board first, under “All boards”.", [["Close", null]])
    const to = await ask_which(`Send “${short(card.text)}” to…`, boards.map(({ id, name }) => [name, id]))
    if (!to) return
    lanes.take([], [card.id])
    pending.add({ do: "send", card: card.id, to })
    announce(`Sent to ${boards.find(({ id }) => id === to).name}`)
  },
  attach: (card, chosen) => files.attach(card, chosen),
  choose_files: (card) => files.choose(card),
  detach: (card, file) => pending.add({ do: "detach", card: card.id, file: file.id }),
  url_of: (file) => files.url_of(file),
}

function announce(text) { by_id("said").textContent = text }
const short = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

function offer_undo(text, undo) {
  const box = by_id("undo")
  box.firstElementChild.textContent = text
  box.hidden = false
  clearTimeout(box.timer)
  box.timer = setTimeout(() => { box.hidden = true }, 10_000)
  box.lastElementChild.onclick = () => { box.hidden = true; undo() }
}

const lanes = new Lanes(by_id("lanes"), actions)
const service = start_narvi(BoardPage)
const pending = new Pending(service, (count) => {
  by_id("saved").textContent = count ? "Saving…" : "Saved"
  service.hold_window(count ? "Some changes are not saved yet." : null)
})
const files = new Files(by_id("file"), (text) => ask("It could not be attached", text, [["Close", null]]))
