// CodeMirror, set up for a note: Markdown, the shared text, images in their place.
import {
  Compartment, Decoration, EditorState, EditorView, HighlightStyle, RangeSetBuilder, ViewPlugin, WidgetType, defaultKeymap, drawSelection,
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

const LONGEST = 20_000_000 // characters; larger ones make an editor of no use

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

// Until the text is here what is typed stays apart; then both are one, and shared.
const SHARED = new Compartment()

/** `acts`: add_images(files, from, to), add_texts(files, place), typed(), say(text) */
export function make_editor(parent, acts) {
  return new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        keymap.of([...defaultKeymap, indentWithTab]),
        markdown(),
        syntaxHighlighting(STYLE),
        THEME,
        drawSelection(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Text of the note, Markdown", spellcheck: "true" }),
        EditorView.domEventHandlers({
          paste: (event, view) => pasted(event, view, acts),
          drop: (event, view) => dropped(event, view, acts),
        }),
        EditorView.updateListener.of((update) => update.docChanged && acts.typed()),
        EditorState.changeFilter.of((change) => fits(change, acts)),
        IMAGES,
        SHARED.of([]),
      ],
    }),
  })
}

/** Join what was typed so far, at the start, with the note's text. */
export function join_text(view, note) {
  const typed = view.state.doc.toString()
  if (typed) note.text.insert(0, typed)
  view.dispatch({
    changes: { from: typed.length, insert: note.text.toString().slice(typed.length) },
    effects: SHARED.reconfigure([
      keymap.of(yUndoManagerKeymap),
      placeholder("Write. The first line is the title; paste images where you want them."),
      yCollab(note.text, note.awareness),
    ]),
  })
}

// Refused before it is part of the note: later changes build on each one, so none can be left out.
function fits(change, acts) {
  const { length } = change.newDoc
  if (!change.isUserEvent("input") || length <= LONGEST || length <= change.startState.doc.length) return true
  acts.say("A note holds at most 20 million characters. This was not put in.")
  return false
}

const images_among = (files) => [...(files ?? [])].filter((file) => file.type.startsWith("image/"))

function pasted(event, view, acts) {
  const images = images_among(event.clipboardData?.files)
  // An office program puts a picture of the text beside the text.
  if (images.length === 0 || event.clipboardData.getData("text/plain")) return false
  event.preventDefault()
  const { from, to } = view.state.selection.main
  acts.add_images(images, from, to)
  return true
}

function dropped(event, view, acts) {
  const files = [...(event.dataTransfer?.files ?? [])]
  if (files.length === 0) return false
  event.preventDefault()
  const place = view.posAtCoords({ x: event.clientX, y: event.clientY }, false)
  view.focus()
  const images = images_among(files)
  if (images.length > 0) acts.add_images(images, place, place)
  acts.add_texts(files.filter((file) => !images.includes(file)), place)
  return true
}
