// CodeMirror, set up for a note: Markdown, the shared text, images in their place.
import {
  Decoration, EditorState, EditorView, HighlightStyle, RangeSetBuilder, ViewPlugin, WidgetType, defaultKeymap, drawSelection,
  indentWithTab, keymap, markdown, placeholder, syntaxHighlighting, tags, yCollab, yUndoManagerKeymap,
} from "./vendor/editor.js"

const STYLE = HighlightStyle.define([
  { tag: tags.heading1, fontSize: "1.5em", fontWeight: "650" },
  { tag: tags.heading2, fontSize: "1.25em", fontWeight: "650" },
  { tag: tags.heading, fontWeight: "650" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.monospace, fontFamily: "var(--mono)", fontSize: ".92em" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: tags.quote, color: "var(--quiet)" },
  { tag: tags.processingInstruction, color: "var(--quiet)" },
])

const THEME = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "transparent", fontSize: "16px" },
  ".cm-scroller": { fontFamily: "var(--font)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { maxWidth: "46rem", padding: "1.3rem 2rem 40vh", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-placeholder": { color: "var(--quiet)" },
  ".cm-ySelectionInfo": { opacity: "1", font: "600 11px/1.3 var(--font)", padding: "1px 5px", borderRadius: "4px", top: "-1.2em" },
})

class Image extends WidgetType {
  constructor(address, text) {
    super()
    this._address = address
    this._text = text
  }

  eq(other) {
    return other._address === this._address && other._text === this._text
  }

  toDOM(view) {
    const image = document.createElement("img")
    image.className = "cm-image"
    image.alt = this._text || "Image"
    image.onload = image.onerror = () => view.requestMeasure() // lines below it have moved
    image.src = this._address
    return image
  }
}

const IMAGES = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = images_of(view)
    }

    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = images_of(update.view)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)

function images_of(view) {
  const builder = new RangeSetBuilder()
  for (const { from, to } of view.visibleRanges) {
    // Only images of the service: a text that was pasted must not make the page call other machines.
    for (const match of view.state.doc.sliceString(from, to).matchAll(/!\[([^\]\n]*)\]\((image\/[\w.-]+)\)/g)) {
      const position = from + match.index + match[0].length
      builder.add(position, position, Decoration.widget({ widget: new Image(match[2], match[1]), side: 1 }))
    }
  }
  return builder.finish()
}

/** `add_image(file)` is called for each image that is pasted or dropped. */
export function make_editor(parent, note, add_image) {
  const take = (event, files) => {
    const images = [...(files ?? [])].filter((file) => file.type.startsWith("image/"))
    if (images.length === 0) return false
    event.preventDefault()
    images.forEach(add_image)
    return true
  }
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: note.text.toString(),
      extensions: [
        keymap.of([...yUndoManagerKeymap, ...defaultKeymap, indentWithTab]),
        markdown(),
        syntaxHighlighting(STYLE),
        THEME,
        drawSelection(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Text of the note, Markdown", spellcheck: "true" }),
        placeholder("Write. The first line is the title; paste images where you want them."),
        EditorView.domEventHandlers({
          paste: (event) => take(event, event.clipboardData?.files),
          drop: (event) => take(event, event.dataTransfer?.files),
        }),
        IMAGES,
        yCollab(note.text, note.awareness),
      ],
    }),
  })
}
