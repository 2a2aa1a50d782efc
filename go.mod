module github.com/facula-ml/facula

go 1.26
