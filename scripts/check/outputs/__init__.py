"""Commands that are killed, and disks that are full: the old output or the whole new one is there."""
