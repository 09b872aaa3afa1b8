// A service worker of the burglar's own origin, asked to fetch what its page may not.
self.onmessage = async (event) => {
  try {
    const response = await fetch(event.data, { credentials: "include", mode: "no-cors" })
    event.source.postMessage(`${response.type} ${await response.text()}`)
  } catch (error) {
    event.source.postMessage(`refused: ${error.name}`)
  }
}
