"""How fast models run on this machine: every runtime in a process of its own, the processes asked in turn."""
