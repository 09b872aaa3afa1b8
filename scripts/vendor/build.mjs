// Bundles the editor of the notes app and the charts, with the licences of what is inside: npm ci && npm run build
import { build } from "esbuild"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const ours = join(here, "../../narvi_desktop")
await bundle("editor.js", join(ours, "apps/notes/web/vendor"), "editor.js")
await bundle("chart.js", join(ours, "web/vendor"), "uplot.js")
writeFileSync(join(ours, "web/vendor/uplot.css"), readFileSync(join(here, "node_modules/uplot/dist/uPlot.min.css")))

async function bundle(entry, target, name) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    format: "esm",
    minify: true,
    metafile: true,
    legalComments: "none",
    absWorkingDir: here,
    outfile: join(target, name),
  })
  const names = new Set(
    Object.keys(result.metafile.inputs)
      .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
      .filter(Boolean),
  )
  const texts = [...names].sort().map((name) => {
    const folder = join(here, "node_modules", name)
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((each) => join(folder, each)).find(existsSync)
    return `${name} ${version} (${license})\n\n${file ? readFileSync(file, "utf8").trim() : ""}\n`
  })
  writeFileSync(join(target, "LICENSES.txt"), texts.join("\n" + "-".repeat(72) + "\n\n"))
}
