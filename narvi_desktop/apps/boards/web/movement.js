// Moving cards with the mouse and with keys.
import { LANES } from "./lanes.js"
import { edit } from "./card.js"

/** lanes: card_of, item_of, in_lane; actions: move, attach, add_files, remove. */
export function connect_mouse(root, lanes, actions) {
  let dragged = null
  root.addEventListener("dragstart", (event) => {
    dragged = lanes.card_of(event.target)
    if (!dragged) return
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", dragged.text)
    lanes.item_of(dragged).classList.add("dragged")
  })
  root.addEventListener("dragend", () => {
    if (dragged) lanes.item_of(dragged)?.classList.remove("dragged")
    dragged = null
    unmark(root)
  })
  root.addEventListener("dragover", (event) => {
    const list = list_of(event)
    unmark(root)
    if (!list || !(dragged || has_files(event))) return
    event.preventDefault()
    const card = dragged ? null : lanes.card_of(event.target)
    if (card) return lanes.item_of(card).classList.add("takes")
    const next = dragged ? next_at(list, event.clientY, lanes.item_of(dragged)) : null
    ;(next ?? list).classList.add(next ? "before" : "at-end")
  })
  root.addEventListener("drop", (event) => {
    unmark(root)
    const list = list_of(event)
    if (dragged && list) {
      event.preventDefault()
      const next = next_at(list, event.clientY, lanes.item_of(dragged))
      actions.move(dragged, Number(list.dataset.lane), next?.dataset.id ?? null)
    } else if (has_files(event) && list) {
      event.preventDefault()
      const card = lanes.card_of(event.target)
      const chosen = [...event.dataTransfer.files]
      if (card) actions.attach(card, chosen)
      else actions.add_files(Number(list.dataset.lane), chosen)
    }
  })
}

const has_files = (event) => [...event.dataTransfer.types].includes("Files")
const list_of = (event) => event.target.closest?.("section")?.querySelector("ul[data-lane]")
const unmark = (root) => { for (const marked of root.querySelectorAll(".before, .at-end, .takes")) marked.classList.remove("before", "at-end", "takes") }

function next_at(list, y, moved) {
  const others = [...list.children].filter((item) => item !== moved)
  return others.find((item) => { const box = item.getBoundingClientRect(); return y < box.top + box.height / 2 })
}

export function connect_keys(root, lanes, actions) {
  root.addEventListener("keydown", (event) => {
    if (!event.target.classList.contains("card")) return
    const card = lanes.card_of(event.target)
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (event.key === "Enter") { event.preventDefault(); edit(event.target) }
    else if (event.key === "Delete") { event.preventDefault(); focus_near(lanes, card); actions.remove(card) }
    else if (step) { event.preventDefault(); (event.altKey ? move : move_focus)(lanes, actions, card, ...step) }
  })
}

function move(lanes, actions, card, sideways, down) {
  const lane = card.lane + sideways
  if (!LANES[lane]) return
  const others = lanes.in_lane(lane).filter(({ id }) => id !== card.id)
  const now = lanes.in_lane(card.lane).findIndex(({ id }) => id === card.id)
  const at = Math.max(0, Math.min(others.length, now + down))
  if (!sideways && at === now) return
  actions.move(card, lane, others[at]?.id ?? null, `${LANES[lane]}, ${at + 1} of ${others.length + 1}`)
  const item = lanes.item_of(card)
  item.focus()
  item.scrollIntoView({ block: "nearest" })
}

function move_focus(lanes, actions, card, sideways, down) {
  const now = lanes.in_lane(card.lane).findIndex(({ id }) => id === card.id)
  for (let lane = card.lane + sideways; LANES[lane]; lane += sideways) {
    const cards = lanes.in_lane(lane)
    const next = sideways ? cards[Math.min(now, cards.length - 1)] : cards[now + down]
    if (next) return lanes.item_of(next).focus()
    if (!sideways) return
  }
}

function focus_near(lanes, card) {
  const cards = lanes.in_lane(card.lane)
  const now = cards.findIndex(({ id }) => id === card.id)
  const near = cards[now + 1] ?? cards[now - 1]
  if (near) lanes.item_of(near).focus()
  else lanes.item_of(card).closest("section").querySelector("input").focus()
}
