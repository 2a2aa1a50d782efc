// A module of its own, so that facula does not depend on a browser's driver.
module github.com/facula-ml/facula/scripts/board

go 1.26.0

require (
	github.com/chromedp/cdproto v0.160.2
	github.com/chromedp/chromedp v0.23.1
	github.com/facula-ml/facula v0.0.0
)

require github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect

replace github.com/facula-ml/facula => ../..
