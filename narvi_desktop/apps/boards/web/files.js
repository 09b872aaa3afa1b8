// Attached files: sent and fetched by addresses that belong to this page's session.
const MOST = 25 * 1024 * 1024

export class Files {
  /** complain(text) tells of a file that could not be attached. */
  constructor(input, complain) {
    this._input = input
    this._complain = complain
    this._files = this._attach = ""
    input.onchange = () => { const given = [...input.files]; input.value = ""; this.attach(this._card, given) }
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

  /** Whether it may be attached; otherwise the person is told. */
  async fits(file) {
    if (file.size > MOST) await this._complain(`${file.name} is larger than 25 MB.`)
    return file.size <= MOST
  }

  async attach(card, given) {
    for (const file of given) {
      if (!(await this.fits(file))) continue
      const url = `${this._attach.replace("$card", card.id)}?name=${encodeURIComponent(file.name)}`
      const response = await fetch(url, { method: "POST", body: file }).catch(() => null)
      if (!response?.ok) await this._complain(`${file.name}: ${response ? await response.text() : "there is no connection; try again."}`)
    }
  }
}
