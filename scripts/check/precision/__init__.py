"""What lower precision costs on trained checkpoints."""
