package intake

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"huiying/crawler"
	"huiying/crawler/sitetext"
)

// What one request may hold. A hotline hands its calls in as they come.
const (
	apiBytes = 1 << 20
	apiRows  = 200
	apiDepth = 8
)

// storeTime bounds how long a request waits for its posts to be stored.
const storeTime = 30 * time.Second

// Endpoint is a source that another system may push rows to.
type Endpoint struct {
	// Options say how the rows are read; their Now is not used.
	Options
	// Token is what the other system shows. Required.
	Token string
	// PerMinute is how many requests are taken a minute. Defaults to 60.
	PerMinute int
}

// APIOptions are what an API needs.
type APIOptions struct {
	Endpoints []Endpoint
	// Emit stores the posts: a request is answered 200 only after it returned.
	Emit crawler.Emit
	// Clock defaults to time.Now.
	Clock func() time.Time
	// Log defaults to silence. Neither rows nor tokens are logged.
	Log *slog.Logger
}

// API takes rows by POST /intake/{source}, as JSON, from whoever shows the
// source's token. A row pushed again under the same id changes nothing, or is a
// new reading of the same post where its text changed.
type API struct {
	o         APIOptions
	endpoints map[string]*endpoint
	// unauthenticated bounds how fast wrong tokens are answered at all; right ones are
	// not held up by them.
	unauthenticated *rate.Limiter
}

type endpoint struct {
	Endpoint
	hash  [sha256.Size]byte
	limit *rate.Limiter
}

// NewAPI makes an API.
func NewAPI(o APIOptions) (*API, error) {
	if o.Emit == nil {
		return nil, errors.New("intake: Emit is missing")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{o: o, endpoints: map[string]*endpoint{}, unauthenticated: rate.NewLimiter(1, 30)}
	for _, d := range o.Endpoints {
		if d.Token == "" {
			return nil, fmt.Errorf("intake: source %s has no token; whoever reaches the port could push to it", d.Source.ID)
		}
		if d.PerMinute <= 0 {
			d.PerMinute = 60
		}
		a.endpoints[d.Source.ID] = &endpoint{
			Endpoint: d, hash: sha256.Sum256([]byte(d.Token)),
			limit: rate.NewLimiter(rate.Limit(float64(d.PerMinute)/60), max(1, min(d.PerMinute, 20))),
		}
	}
	return a, nil
}

// refusal is an answer of 4xx or 503 with its reason in Chinese.
type refusal struct {
	status int
	// Reason says what is wrong and what to do.
	Reason string `json:"error"`
	// Rows are the rows concerned, one line each.
	Rows  []string `json:"rows,omitempty"`
	after time.Duration
	// quiet keeps unauthenticated from filling the log.
	quiet bool
}

// accepted is the answer to rows that are stored.
type accepted struct {
	// Stored counts the posts that stand in the database now, known ones included.
	Stored int      `json:"stored"`
	IDs    []string `json:"ids"`
	// Notes name what was left out of rows that were taken.
	Notes []string `json:"notes,omitempty"`
}

// Handler serves the API.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /intake/{source}", func(w http.ResponseWriter, r *http.Request) {
		yes, no := a.take(w, r)
		if no != nil {
			if no.after > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(no.after.Seconds()))))
			}
			if !no.quiet {
				a.o.Log.WarnContext(r.Context(), "pushed rows refused", "source", r.PathValue("source"), "status", no.status)
			}
			a.answer(w, r, no.status, no)
			return
		}
		a.answer(w, r, http.StatusOK, yes)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusNotFound
		if strings.HasPrefix(r.URL.Path, "/intake/") && r.Method != http.MethodPost {
			status = http.StatusMethodNotAllowed
			w.Header().Set("Allow", http.MethodPost)
		}
		a.answer(w, r, status, &refusal{Reason: "这里只收 POST /intake/来源编号。"})
	})
	return mux
}

func (a *API) answer(w http.ResponseWriter, r *http.Request, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="huiying"`)
	}
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		a.o.Log.DebugContext(r.Context(), "answer not sent", "error", err)
	}
}

// take is one request from its token to the stored posts.
func (a *API) take(w http.ResponseWriter, r *http.Request) (*accepted, *refusal) {
	now := a.o.Clock()
	d, no := a.admit(r, now)
	if no != nil {
		return nil, no
	}
	objects, no := read(w, r)
	if no != nil {
		return nil, no
	}
	o := d.Options
	o.Now = now
	rd := &reader{file: d.Source.ID, o: o, seen: map[string]seen{}}
	for i, object := range objects {
		rd.object(i+1, object)
	}
	var lost, notes []string
	for _, p := range rd.problems {
		line := fmt.Sprintf("第 %d 条: %s", p.Row, p.What)
		if p.Lost {
			lost = append(lost, line)
		} else {
			notes = append(notes, line)
		}
	}
	if len(lost) > 0 {
		return nil, &refusal{status: http.StatusUnprocessableEntity, Reason: "有几条没有标题也没有内容，整批都没有收。请补上再推，或在 columns 里写明字段。", Rows: lost}
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTime)
	defer cancel()
	if err := a.o.Emit(ctx, rd.posts); err != nil {
		a.o.Log.ErrorContext(ctx, "pushed rows not stored", "source", d.Source.ID, "rows", len(rd.posts), "error", err)
		return nil, &refusal{status: http.StatusServiceUnavailable, Reason: "没有存下。请稍后原样再推一次；编号相同不会重复。", after: 5 * time.Second}
	}
	yes := &accepted{Stored: len(rd.posts), IDs: make([]string, len(rd.posts)), Notes: notes}
	for i, p := range rd.posts {
		yes.IDs[i] = p.ID
	}
	a.o.Log.InfoContext(ctx, "pushed rows stored", "source", d.Source.ID, "rows", len(rd.posts))
	return yes, nil
}

// admit finds the endpoint that the request's token opens. An unknown source and a
// wrong token are told alike, and cost the same time.
func (a *API) admit(r *http.Request, now time.Time) (*endpoint, *refusal) {
	scheme, shown, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	bearer := strings.EqualFold(scheme, "Bearer") // RFC 9110, section 11.1
	hash := sha256.Sum256([]byte(strings.TrimSpace(shown)))
	d, ok := a.endpoints[r.PathValue("source")]
	if !ok {
		d = &endpoint{}
	}
	if subtle.ConstantTimeCompare(hash[:], d.hash[:]) != 1 || !bearer || !ok {
		if !a.unauthenticated.AllowN(now, 1) {
			return nil, &refusal{status: http.StatusTooManyRequests, Reason: "令牌错误太多，稍后再试。", after: time.Second, quiet: true}
		}
		return nil, &refusal{status: http.StatusUnauthorized, Reason: "令牌不对，或没有这个来源。请在请求头写 Authorization: Bearer 令牌。"}
	}
	turn := d.limit.ReserveN(now, 1)
	if wait := turn.DelayFrom(now); wait > 0 {
		turn.CancelAt(now)
		return nil, &refusal{
			status: http.StatusTooManyRequests, after: wait,
			Reason: fmt.Sprintf("推得太快，每分钟最多 %d 次。请按 Retry-After 再推，或一次多推几条。", d.PerMinute),
		}
	}
	return d, nil
}

// read reads one object, or an array of objects.
func read(w http.ResponseWriter, r *http.Request) ([]map[string]any, *refusal) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") || r.Header.Get("Content-Encoding") != "" {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, Reason: "只收不压缩的 UTF-8 JSON。请写 Content-Type: application/json。"}
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, apiBytes))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, Reason: fmt.Sprintf("一次最多 %d KB。请分几次推。", apiBytes>>10)}
	}
	if err != nil {
		return nil, &refusal{status: http.StatusBadRequest, Reason: "请求没有传完。"}
	}
	return objects(string(raw))
}

func objects(text string) ([]map[string]any, *refusal) {
	bad := &refusal{status: http.StatusBadRequest, Reason: "不是 JSON。请推一个对象 {…}，或一个数组 [{…}, {…}]，编码用 UTF-8。"}
	if sitetext.DeeperThan(text, apiDepth) {
		return nil, bad
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	var all []map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber() // a long number must not become 2.02e+10
	if strings.HasPrefix(text, "[") {
		if err := dec.Decode(&all); err != nil {
			return nil, bad
		}
	} else {
		var one map[string]any
		if err := dec.Decode(&one); err != nil {
			return nil, bad
		}
		all = append(all, one)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, bad
	}
	switch {
	case len(all) == 0:
		return nil, &refusal{status: http.StatusUnprocessableEntity, Reason: "数组是空的，没有可收的。"}
	case len(all) > apiRows:
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, Reason: fmt.Sprintf("一次最多 %d 条。请分几次推。", apiRows)}
	}
	return all, nil
}
