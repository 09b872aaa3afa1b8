// The lanes and their cards. A card keeps its element when it is moved, so that it keeps the focus.
import { count } from "./narvi/format.js"
import { fill_card, make_card } from "./card.js"
import { connect_keys, connect_mouse } from "./movement.js"

export const LANES = ["To do", "Doing", "Done"]

export class Lanes {
  /** actions: what the user does; see app.js. */
  constructor(root, actions) {
    this._actions = actions
    this._cards = new Map()
    this._items = new Map()
    this._lanes = LANES.map((title, lane) => this._make_lane(root, title, lane))
    connect_mouse(root, this, actions)
    connect_keys(root, this, actions)
  }

  take_all(cards) {
    const present = new Set(cards.map(({ id }) => id))
    this.take(cards, [...this._cards.keys()].filter((id) => !present.has(id)))
  }

  take(cards, gone) {
    for (const id of gone) {
      this._cards.delete(id)
      this._items.get(id)?.remove()
      this._items.delete(id)
    }
    for (const card of cards) this._cards.set(card.id, card)
    this._draw(cards)
  }

  /** Shows a card at its new place before the service confirms it. */
  place(card, lane, before) {
    const others = this.in_lane(lane).filter(({ id }) => id !== card.id)
    const at = before === null ? others.length : others.findIndex(({ id }) => id === before)
    const low = at > 0 ? others[at - 1].place : (others[0]?.place ?? 2) - 2
    const high = at < others.length ? others[at].place : low + 2
    this.take([{ ...card, lane, place: (low + high) / 2 }], [])
  }

  card_of(element) { return this._cards.get(element?.closest?.(".card")?.dataset.id) }
  item_of(card) { return this._items.get(card.id) }

  in_lane(lane) {
    return [...this._cards.values()].filter((card) => card.lane === lane).sort((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1))
  }

  _draw(changed) {
    for (const card of changed) {
      const item = this._items.get(card.id) ?? make_card(card.id)
      this._items.set(card.id, item)
      fill_card(item, card, this._actions)
    }
    for (const [lane, { list, number }] of this._lanes.entries()) {
      const cards = this.in_lane(lane)
      number.textContent = count(cards.length)
      for (const [index, { id }] of cards.entries()) {
        const item = this._items.get(id)
        if (list.children[index] === item) continue
        const focused = item.contains(document.activeElement) ? document.activeElement : null
        list.insertBefore(item, list.children[index] ?? null)
        focused?.focus()
      }
    }
  }

  _make_lane(root, title, lane) {
    const section = document.createElement("section")
    const head = Object.assign(document.createElement("h2"), { textContent: title, id: `lane-${lane}` })
    const number = Object.assign(document.createElement("span"), { className: "number" })
    head.append(" ", number)
    const list = document.createElement("ul")
    list.setAttribute("aria-labelledby", head.id)
    list.dataset.lane = lane
    const form = document.createElement("form")
    const input = Object.assign(document.createElement("input"), { placeholder: "Add a card", maxLength: 10000, autocomplete: "off" })
    input.setAttribute("aria-label", `Add a card to ${title}`)
    form.append(input)
    form.onsubmit = (event) => {
      event.preventDefault()
      if (input.value.trim()) this._actions.add(lane, input.value.trim())
      input.value = ""
    }
    section.append(head, list, form)
    root.append(section)
    return { list, number }
  }
}
