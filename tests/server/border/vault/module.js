export const stolen = "SECRET"
