// A module of its own, so that facula does not depend on golang.org/x/mod.
module github.com/facula-ml/facula/scripts/modzip

go 1.26.0

require golang.org/x/mod v0.41.0
