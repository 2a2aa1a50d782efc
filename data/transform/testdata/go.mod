// Not a module with code: this file keeps the test data out of what go get downloads.
module github.com/facula-ml/facula/data/transform/testdata

go 1.26.0
