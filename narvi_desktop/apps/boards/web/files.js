// Attached files, sent to and fetched from URLs that belong to this page's session.
const SIZE_LIMIT = 25 * 1024 * 1024

export class Files {
  /** on_error(text) is called for a file that could not be attached. */
  constructor(input, on_error) {
    this._input = input
    this._on_error = on_error
    this._files = this._attach = ""
    input.onchange = () => { const chosen = [...input.files]; input.value = ""; this.attach(this._card, chosen) }
  }

  set_urls(files, attach) {
    this._files = files
    this._attach = attach
  }

  url_of(file) { return this._files.replace("$file", file.id) }

  choose(card) {
    this._card = card
    this._input.click()
  }

  /** Whether it may be attached; otherwise the user is told. */
  async fits(file) {
    if (file.size > SIZE_LIMIT) await this._on_error(`${file.name} is larger than 25 MB.`)
    return file.size <= SIZE_LIMIT
  }

  async attach(card, chosen) {
    for (const file of chosen) {
      if (!(await this.fits(file))) continue
      const url = `${this._attach.replace("$card", card.id)}?name=${encodeURIComponent(file.name)}`
      const response = await fetch(url, { method: "POST", body: file }).catch(() => null)
      if (!response?.ok) await this._on_error(`${file.name}: ${response ? await response.text() : "there is no connection; try again."}`)
    }
  }
}
