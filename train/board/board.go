package board

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/train/runlog"
)

//go:embed page
var page embed.FS

// maxEvents are the events of one answer; a page asks again for more.
const maxEvents = 5000

// Handler serves the page of the runs at dir, which is the folder of one run or
// has some below it. It writes nothing. It answers only requests that name this
// machine as localhost or by an IP address, so that no page of the internet can
// read the runs by way of a host name of its own.
func Handler(dir string) http.Handler {
	b := &board{runs: &runs{dir: dir, open: map[string]*run{}}}
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/runs", b.list)
	mux.HandleFunc("GET /api/events", b.events)
	mux.HandleFunc("GET /api/image", b.image)
	return guard(mux)
}

type board struct{ runs *runs }

// guard refuses foreign host names and tells the browser to load nothing from elsewhere.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !localHost(r.Host) {
			http.Error(w, fmt.Sprintf("the board does not answer to the name %q; use localhost or an IP address", r.Host), http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

func localHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return host == "localhost" || net.ParseIP(host) != nil
}

func (b *board) list(w http.ResponseWriter, r *http.Request) {
	list, err := b.runs.list()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, list)
}

// page of events: a run's from a place on. A page that has another generation,
// or comes for the first time, is told to forget what it has.
type news struct {
	Generation int            `json:"generation"`
	Reset      bool           `json:"reset"`
	Next       int            `json:"next"`
	More       bool           `json:"more"`
	Events     []runlog.Event `json:"events"`
}

func (b *board) events(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, err := whole(q, "from")
	generation, err2 := whole(q, "generation")
	if err := errors.Join(err, err2); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n, err := b.runs.events(q.Get("run"), from, generation)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, n)
}

func whole(q url.Values, name string) (int, error) {
	text := q.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is %.20q; want a number, 0 or more", name, text)
	}
	return n, nil
}

func (b *board) image(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f, err := b.runs.image(q.Get("run"), q.Get("file"))
	if err != nil {
		fail(w, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		fail(w, err)
		return
	}
	if strings.HasSuffix(info.Name(), ".png") { // the only kind that runlog writes
		w.Header().Set("Content-Type", "image/png")
	} else {
		w.Header().Set("Content-Type", "application/octet-stream")
	}
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// fail answers an error: 404 for what is not there.
func fail(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	if errors.Is(err, fs.ErrNotExist) {
		code = http.StatusNotFound
	}
	http.Error(w, err.Error(), code)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) // an error here is a reader who left
}
