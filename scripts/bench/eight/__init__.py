"""Eight networks by darkcsp and by its peers, in one run."""
