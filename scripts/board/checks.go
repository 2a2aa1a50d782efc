package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/facula-ml/facula/train/runlog"
)

// A check is something that a person does, and what they must see then.
type check struct {
	name string
	run  func(b *browser, dir string) error
}

var checks = []check{
	{"curves of both runs, drawn", curves},
	{"a chart reads by the keyboard", readByKeys},
	{"smoothing and logarithm by keys", scales},
	{"axes: epochs and time", axes},
	{"a live run moves on by itself", live},
	{"a resumed run loses what is void", resumed},
	{"a run is hidden and shown, the list filtered", choose},
	{"table of runs sorts", sorting},
	{"confusion matrix", confusionView},
	{"images load", images},
	{"histograms", histogramView},
	{"notes are text, not markup", notes},
	{"dark and light", themes},
	{"help and focus by keys", help},
	{"a narrow window", narrow},
	{"nothing comes from elsewhere", ownOnly},
}

// ink is how much of the first chart is painted in a run's colour.
const ink = `(() => { const c = document.querySelector("canvas.chart"), g = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
	let n = 0; for (let i = 0; i < g.length; i += 4) if (g[i+3] > 200 && Math.abs(g[i]-%d) + Math.abs(g[i+1]-%d) + Math.abs(g[i+2]-%d) < 60) n++; return n > 100; })()`

func curves(b *browser, _ string) error {
	return errors.Join(
		want(b, `[...document.querySelectorAll("main h3")].map((h) => h.textContent).join()`, "train/loss,val/loss,val/accuracy,lr,memory_bytes,samples_per_second"),
		want(b, fmt.Sprintf(ink, 0xd9, 0x77, 0x06), true), want(b, fmt.Sprintf(ink, 0x25, 0x63, 0xeb), true),
		want(b, `document.getElementById("status").textContent`, "2 runs, 2 live"), b.shoot("board-curves"))
}

const read = `document.querySelector(".read").textContent`

func readByKeys(b *browser, _ string) error {
	return errors.Join(b.do(chromedp.Focus("canvas.chart")), b.key(kb.Home), want(b, read+`.startsWith("1lenet-adam")`, true),
		b.key(kb.ArrowRight), want(b, read+`.startsWith("2lenet-adam")`, true),
		b.key(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)), want(b, read+`.startsWith("12lenet-adam")`, true),
		b.key(kb.End), want(b, read+`.startsWith("600lenet-adam")`, true),
		want(b, `document.querySelector("canvas.chart").getAttribute("aria-label").startsWith("train/loss, 2 curves. lenet-adam: last")`, true),
		b.do(chromedp.Blur("canvas.chart")), want(b, read+`.startsWith("last")`, true))
}

func scales(b *browser, _ string) error {
	return errors.Join(b.key("]]"), want(b, `document.getElementById("smoothed").textContent`, "0.20"),
		b.key("l"), want(b, `document.getElementById("log").checked`, true), b.shoot("board-log"),
		b.key("l"), b.key("[["), want(b, `document.getElementById("smoothed").textContent`, "0.00"))
}

func axes(b *browser, _ string) error {
	first := func(axis string) string {
		return fmt.Sprintf(`(() => { const s = document.getElementById("axis"); s.value = %q; s.dispatchEvent(new Event("change")); const c = document.querySelector("canvas.chart"); c.focus(); c.dispatchEvent(new KeyboardEvent("keydown", {key: "End"})); const t = document.querySelector(".read span").textContent; c.blur(); return t; })()`, axis)
	}
	return errors.Join(want(b, first("epoch"), "3"), want(b, first("time"), "2 min 30 s"), want(b, first("step"), "600"))
}

func live(b *browser, dir string) error {
	w, err := runlog.Append(filepath.Join(dir, "lenet-sgd"), 600)
	if err != nil {
		return err
	}
	return errors.Join(w.Write(runlog.Scalar(601, 4, "train/loss", 0.0625)), w.Close(), want(b, read+`.endsWith("lenet-sgd 0.0625")`, true))
}

func resumed(b *browser, dir string) error {
	w, err := runlog.Append(filepath.Join(dir, "lenet-sgd"), 590)
	if err != nil {
		return err
	}
	return errors.Join(w.Write(runlog.Scalar(591, 3, "train/loss", 0.125)), w.Close(), want(b, read+`.endsWith("lenet-sgd 0.125")`, true))
}

// choose deletes the slash: the driver types a key's character even where the
// page has taken the key, which a keyboard does not.
func choose(b *browser, _ string) error {
	return errors.Join(b.do(chromedp.Click(`[data-run="lenet-sgd"]`)), want(b, fmt.Sprintf(ink, 0x25, 0x63, 0xeb), false),
		b.do(chromedp.Click(`[data-run="lenet-sgd"]`)), want(b, fmt.Sprintf(ink, 0x25, 0x63, 0xeb), true),
		b.key("/"), want(b, `document.activeElement.id`, "filter"), b.key(kb.Backspace), b.key("adam"), want(b, `document.getElementById("filter").value`, "adam"), want(b, `document.querySelectorAll("#runs li").length`, 1),
		b.key(kb.Backspace+kb.Backspace+kb.Backspace+kb.Backspace),
		b.key(kb.Escape), want(b, `document.querySelectorAll("#runs li").length`, 2))
}

const firstRow = `document.querySelector("tbody td").textContent.trim()`

func sorting(b *browser, _ string) error {
	return errors.Join(b.key("2"), want(b, firstRow, "lenet-adam"),
		b.do(chromedp.Click(`[data-column="lr"]`)), b.do(chromedp.Click(`[data-column="lr"]`)), b.shoot("board-runs"),
		b.do(chromedp.Click(`[data-column="val/accuracy"]`)), want(b, firstRow, "lenet-sgd"),
		want(b, `document.querySelector("[aria-sort]").getAttribute("aria-sort")`, "ascending"),
		want(b, `document.activeElement.dataset.column`, "val/accuracy"),
		b.key(kb.Enter), want(b, firstRow, "lenet-adam"))
}

func confusionView(b *browser, _ string) error {
	return errors.Join(b.key("3"), want(b, `document.querySelectorAll("table.matrix").length`, 2),
		want(b, `document.querySelectorAll("table.matrix td[title]").length`, 200), b.shoot("board-confusion"))
}

func images(b *browser, _ string) error {
	return errors.Join(b.key("4"), want(b, `[...document.querySelectorAll("figure img")].filter((i) => i.complete && i.naturalWidth === 112).length >= 3`, true))
}

func histogramView(b *browser, _ string) error {
	return errors.Join(b.key("5"), want(b, fmt.Sprintf(ink, 0xd9, 0x77, 0x06), true), b.shoot("board-histograms"))
}

func notes(b *browser, _ string) error {
	return errors.Join(b.key("6"), want(b, `document.body.textContent.includes("a <b>demo</b> that is no page")`, true))
}

func themes(b *browser, _ string) error {
	back := `getComputedStyle(document.body).backgroundColor`
	return errors.Join(b.key("1"),
		prefer(b, "dark"), want(b, back, "rgb(23, 22, 20)"), b.shoot("board-dark"),
		b.key("t"), want(b, back, "rgb(251, 250, 248)"), b.key("t"), want(b, back, "rgb(23, 22, 20)"), b.key("t"),
		prefer(b, "light"), want(b, back, "rgb(251, 250, 248)"))
}

// prefer sets the theme of the system.
func prefer(b *browser, scheme string) error {
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	return err
}

func help(b *browser, _ string) error {
	return errors.Join(b.key("?"), want(b, `document.getElementById("keys").open`, true), b.key("2"), want(b, `document.querySelector("table") === null`, true),
		b.key(kb.Escape), want(b, `document.getElementById("keys").open`, false),
		b.do(chromedp.Focus("#tabs button")), b.key(kb.ArrowRight), want(b, `document.activeElement.textContent`, "Runs"),
		b.key(kb.ArrowLeft), want(b, `document.activeElement.textContent`, "Curves"), want(b, `document.querySelectorAll("canvas.chart").length`, 6))
}

func narrow(b *browser, _ string) error {
	return errors.Join(b.do(chromedp.EmulateViewport(390, 844)), want(b, `document.documentElement.scrollWidth <= 390`, true), b.shoot("board-phone"),
		b.do(chromedp.EmulateViewport(1280, 860)))
}

func ownOnly(b *browser, _ string) error {
	return want(b, `performance.getEntriesByType("resource").every((r) => r.name.startsWith(location.origin))`, true)
}
