globalThis.stolen = "SECRET"; if (typeof postMessage === "function" && typeof document === "undefined") postMessage("SECRET"); globalThis.onconnect = (event) => event.ports[0].postMessage("SECRET")
