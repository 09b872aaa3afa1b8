// What chart.js needs of uPlot: the class.
export { default } from "uplot"
