"""What the commands ``babashi match`` and ``babashi packs`` do."""
