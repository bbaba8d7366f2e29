"""From the texts of a pack folder to a checked pack; every mistake is reported with its place, all at once."""
