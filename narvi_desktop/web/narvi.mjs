// The same as an ES module: import { start_narvi } from "./narvi/narvi.mjs"
import "./narvi.js"
export const start_narvi = globalThis.start_narvi
