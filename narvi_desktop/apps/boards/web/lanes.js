// The lanes and their cards; a card's element stays the same wherever it goes, so that focus does.
import { count } from "./narvi/format.js"
import { fill_card, make_card } from "./card.js"
import { join_keys, join_mouse } from "./moving.js"

export const LANES = ["To do", "Doing", "Done"]

export class Lanes {
  /** acts: what a person does; see app.js. */
  constructor(root, acts) {
    this._acts = acts
    this._cards = new Map()
    this._items = new Map()
    this._lanes = LANES.map((title, lane) => this._make_lane(root, title, lane))
    join_mouse(root, this, acts)
    join_keys(root, this, acts)
  }

  take_all(cards) {
    const there = new Set(cards.map(({ id }) => id))
    this.take(cards, [...this._cards.keys()].filter((id) => !there.has(id)))
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

  /** Show it there at once; the service says the same a moment later. */
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
      fill_card(item, card, this._acts)
    }
    for (const [lane, { list, number }] of this._lanes.entries()) {
      const cards = this.in_lane(lane)
      number.textContent = count(cards.length)
      for (const [place, { id }] of cards.entries()) {
        const item = this._items.get(id)
        if (list.children[place] === item) continue
        const focused = item.contains(document.activeElement) ? document.activeElement : null
        list.insertBefore(item, list.children[place] ?? null)
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
      if (input.value.trim()) this._acts.add(lane, input.value.trim())
      input.value = ""
    }
    section.append(head, list, form)
    root.append(section)
    return { list, number }
  }
}
