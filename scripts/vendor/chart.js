// What the pages' charts need of uPlot.
export { default } from "uplot"
