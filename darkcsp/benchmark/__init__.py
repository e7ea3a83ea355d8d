"""The speed of models on this machine. Each runtime has its own process, and the processes take turns."""
