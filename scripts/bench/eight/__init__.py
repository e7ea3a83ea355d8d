"""Eight networks run by darkcsp and by its peers, in one run."""
