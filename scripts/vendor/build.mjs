// Bundles the editor of the notes app and the charts, and gathers the licences of what is inside: npm ci && npm run build
import { build } from "esbuild"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const package_ = join(here, "../../narvi_desktop")
await vendor(join(package_, "apps/notes/web/vendor"), { "editor.js": "editor.js" })
await vendor(join(package_, "web/vendor"), { "uplot.js": "uplot.js", "uplot.css": "node_modules/uplot/dist/uPlot.min.css" })

// Each source into a file of that name in the target, beside one text with all their licences.
async function vendor(target, sources) {
  const inputs = []
  for (const [name, source] of Object.entries(sources)) {
    const result = await build({
      entryPoints: [join(here, source)],
      bundle: true,
      format: "esm",
      minify: true,
      metafile: true,
      legalComments: "none",
      absWorkingDir: here,
      outfile: join(target, name),
    })
    inputs.push(...Object.keys(result.metafile.inputs))
  }
  writeFileSync(join(target, "LICENSES.txt"), licences(inputs))
}

function licences(paths) {
  const names = new Set(paths.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean))
  const texts = [...names].sort().map((name) => {
    const folder = join(here, "node_modules", name)
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((each) => join(folder, each)).find(existsSync)
    return `${name} ${version} (${license})\n\n${file ? readFileSync(file, "utf8").trim() : ""}\n`
  })
  return texts.join("\n" + "-".repeat(72) + "\n\n")
}
