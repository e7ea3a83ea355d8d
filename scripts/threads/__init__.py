"""One Detector and many threads: whether the answers are right, and how many there are per second."""
