// Draws the admin data as a table, one row for each instance.
class MonitorApp {
  constructor(service) {
    service.add_message_listener((message) => this.show(JSON.parse(message)))
  }

  show(data) {
    const rows = []
    for (const [workspace, services] of Object.entries(data))
      for (const [name, service] of Object.entries(services))
        for (const [id, instances] of Object.entries(service.instances))
          for (const instance of instances) rows.push(this.row(workspace, name, id, instance))
    document.getElementById("services").replaceChildren(...rows)
  }

  row(workspace, name, id, instance) {
    const metrics = instance.metrics.length ? JSON.stringify(instance.metrics[0][1]) : ""
    const sessions = Object.keys(instance.sessions).length
    const row = document.createElement("tr")
    for (const text of [workspace, name, id, instance.uptime, sessions, metrics]) {
      row.insertCell().textContent = text
    }
    return row
  }
}

start_narvi(MonitorApp)
