"""Django's own commands about accounts, where ours have to be used instead."""
