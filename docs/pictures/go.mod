// Not a module: this file keeps the pictures out of what go get downloads.
module github.com/facula-ml/facula/docs/pictures

go 1.26.0
