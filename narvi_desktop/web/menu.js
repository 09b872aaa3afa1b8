// A menu below a button: closed by Escape, a choice, or a click or focus elsewhere.

/** Connects a button and its menu; fill() is called each time before the menu opens. */
export function join_menu(opener, menu, fill = () => {}) {
  opener.setAttribute("aria-haspopup", "menu")
  opener.setAttribute("aria-expanded", "false")
  menu.setAttribute("role", "menu")
  const entries = () => [...menu.querySelectorAll("button")]

  function open() {
    fill()
    for (const entry of entries()) entry.setAttribute("role", "menuitem")
    menu.hidden = false
    opener.setAttribute("aria-expanded", "true")
    entries()[0]?.focus()
    document.addEventListener("pointerdown", leave, true)
  }

  function close(focus) {
    if (menu.hidden) return
    menu.hidden = true
    opener.setAttribute("aria-expanded", "false")
    document.removeEventListener("pointerdown", leave, true)
    if (focus) opener.focus()
  }

  const leave = (event) => { if (!menu.contains(event.target) && event.target !== opener) close(false) }
  opener.addEventListener("click", () => (menu.hidden ? open() : close(true)))
  menu.addEventListener("click", () => close(true), true)
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(false) })
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") { event.stopPropagation(); close(true) }
    if (!step) return
    event.preventDefault()
    const all = entries()
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus()
  })
}
