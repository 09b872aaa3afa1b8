"""A page that shows the running services; register it as an app of `monitor_app.MonitorApp`."""
