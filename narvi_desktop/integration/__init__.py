"""What this system's menu knows of us: launcher entries, icons, and the narvi: address scheme."""
