"""Ways by which a message leaves the platform. The in-app inbox is no channel: it always has the message."""
