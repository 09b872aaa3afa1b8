(text) => {
  for (const old of document.querySelectorAll("narvi-notice")) old.remove()
  const host = document.createElement("narvi-notice")
  const root = host.attachShadow({ mode: "closed" })
  const style = document.createElement("style")
  style.textContent = `div { position: fixed; left: 50%; bottom: 16px; transform: translateX(-50%); z-index: 2147483647;
    padding: 8px 14px; border-radius: 8px; max-width: 90vw; overflow-wrap: anywhere; font: 14px/1.4 system-ui, sans-serif;
    background: #24211d; color: #fbfaf7; box-shadow: 0 2px 12px #0005 }`
  const line = document.createElement("div")
  line.setAttribute("role", "status")
  root.append(style, line)
  document.documentElement.append(host)
  line.textContent = text
  setTimeout(() => host.remove(), 8000)
}
