"""App folders: what their manifests say and where they come from. None of an app's code runs here."""
