"""Files that come with the package: `cfgs` (models) and `weights` (the default model), kept at the repository's top."""
